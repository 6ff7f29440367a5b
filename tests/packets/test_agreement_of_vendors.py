"""The lab's computation and packets agree on Aruba and Juniper switches too, whatever is broken on their uplinks."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests import estate
from tests.engine.mixed import as_models
from tests.packets import school
from tests.packets.school import Standing

pytestmark = [pytest.mark.root, pytest.mark.slow]

MODELS = {
    "oakfield/sw-01": "6300M-24G-PoE (JL662A)",
    "oakfield/sw-02": "2930F-24G-PoE+ (JL255A)",
    "oakfield/sw-03": "EX3400-24P",
}
AOSCX, AOSS, JUNOS = "sw-01", "sw-02", "sw-03"
BEHIND = "sw-04"
"""Hangs from the Junos switch."""
UNIT = "unit 0 family ethernet-switching"


@pytest.fixture(scope="module")
def mixed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Standing]:
    school.needed()
    root = estate.laid_out(tmp_path_factory.mktemp("packets") / "trust")
    school.write_site(root, as_models(estate.flawless(), MODELS))
    boot = school.rendered(root, "oakfield", root)
    with school.standing(root, "oakfield", root / "lab", boot=boot, hosts=()) as standing:
        yield standing


@pytest.mark.parametrize(
    ("device", "edit", "lost"),
    [
        (AOSCX, "", set[str]()),
        (AOSCX, "interface lag 1\n    no vlan trunk allowed 99\n", {AOSCX}),
        (AOSCX, "interface lag 1\n    vlan trunk native 99\n", {AOSCX}),
        (AOSCX, "interface lag 1\n    shutdown\n", {AOSCX}),
        (AOSCX, "interface 1/1/25\n    shutdown\n", set[str]()),
        (AOSCX, "interface lag 1\n    no lacp mode\n", {AOSCX}),
        (AOSCX, "interface vlan 99\n    no ip address\n", {AOSCX}),
        (AOSCX, "no ip route 0.0.0.0/0 10.48.64.1\n", {AOSCX}),
        (AOSCX, "no ssh server vrf default\n", {AOSCX}),
        (AOSS, "vlan 99\n   no tagged Trk1\n   exit\n", {AOSS}),
        (AOSS, "vlan 99\n   untagged Trk1\n   exit\n", {AOSS}),
        (AOSS, "interface 25\n   disable\n   exit\ninterface 26\n   disable\n   exit\n", {AOSS}),
        (AOSS, "interface 26\n   disable\n   exit\n", set[str]()),
        (AOSS, "no ip default-gateway\n", {AOSS}),
        (AOSS, "no ip ssh\n", {AOSS}),
        (JUNOS, "delete interfaces ae1 aggregated-ether-options lacp\n", {JUNOS, BEHIND}),
        (JUNOS, f"delete interfaces ae1 {UNIT} vlan members 99\n", {JUNOS, BEHIND}),
        (JUNOS, "set interfaces ae1 disable\n", {JUNOS, BEHIND}),
        (JUNOS, "set interfaces ae2 disable\n", {BEHIND}),
        (JUNOS, "set interfaces irb unit 99 disable\n", {JUNOS}),
        (JUNOS, "delete routing-options static route 0.0.0.0/0\n", {JUNOS}),
        (JUNOS, "delete system services netconf\n", {JUNOS}),
    ],
)
def test_what_breaks_a_vendors_way_in_breaks_it_in_packets_too(
    mixed: Standing, device: str, edit: str, lost: set[str]
) -> None:
    mixed.lab.renew()
    mixed.lab.fault(f"oakfield/{device}", "edit", text=edit)
    mixed.fabric.settle()

    computed = {name: row["reachable"] for name, row in mixed.lab.reach().items()}
    with ThreadPoolExecutor(max_workers=16) as pool:
        carried = dict(zip(computed, pool.map(mixed.fabric.manages, computed), strict=True))

    assert {name for name, got in carried.items() if not got} == lost
    assert carried == computed
