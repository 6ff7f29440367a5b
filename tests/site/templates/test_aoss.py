"""What the templates write for AOS-S, on four models: golden texts, and whether the lab takes and shows them."""

import os
from pathlib import Path

import pytest

from matric import diff, lab, secret, yaml_file
from matric.config import parse
from matric.intent import build
from matric.intent.port_list import collapsed, expanded
from matric.intent.school import Device, School
from matric.intent.standard import Standard
from matric.lab.aoss_line import SILENT
from matric.lab.aoss_tree import DIALECT, AossPosition, factory, load
from matric.platform import get
from matric.platform.aoss_rules import RULES
from matric.render import Renderer
from matric.switch import aoss, reading
from matric.switch.ways import Ways, cables
from tests import estate
from tests.engine.mixed import as_models

ROOT = Path(__file__).parents[3]
MODELS = {
    "oakfield/core-1": "5406R (J9821A)",
    "oakfield/sw-02": "2930F-24G-PoE+ (JL255A)",
    "oakfield/sw-03": "2540-24G-PoE+ (JL356A)",
    "oakfield/sw-04": "2530-24G-PoE+ (J9773A)",
}
STANDARD = yaml_file.model(ROOT / "inventory/standard.yaml", Standard)
RECORDS = as_models(estate.flawless(), MODELS)
SCHOOL = build.school(RECORDS, STANDARD, "oakfield")
WHOLE = build.school(as_models(RECORDS, {"oakfield/sw-01": "2930F-24G-PoE+ (JL255A)"}), STANDARD, "oakfield")
"""With every switch an AOS-S one."""
DEVICES = [SCHOOL.by_name[key.partition("/")[2]] for key in MODELS]
EVERY_DEVICE = pytest.mark.parametrize("device", DEVICES, ids=[device.name for device in DEVICES])


@pytest.fixture(scope="module")
def renderer(tmp_path_factory: pytest.TempPathFactory) -> Renderer:
    return Renderer(ROOT / "templates", cache=tmp_path_factory.mktemp("cache"))


def text_of(renderer: Renderer, device: Device, school: School = SCHOOL) -> str:
    return renderer.render(school, device).text


def shown(text: str, device: Device) -> tuple[str, list[str]]:
    """What a lab switch with the ports of *device* shows after *text*, and the lines it refused."""
    ports = [port.name for port in device.ports]
    tree = factory(ports)
    refused = load(text, AossPosition(tree, ports, orphans=True))
    return DIALECT.show(tree), [one.line for one in refused]


@EVERY_DEVICE
def test_the_text_is_the_one_that_was_reviewed(renderer: Renderer, device: Device) -> None:
    """``MATRIC_UPDATE=1`` rewrites the golden texts; review them as what devices will get."""
    golden = ROOT / "tests/cases/aoss" / f"rendered-oakfield-{device.name}" / "intended.conf"

    text = text_of(renderer, device)

    if os.environ.get("MATRIC_UPDATE"):
        golden.parent.mkdir(parents=True, exist_ok=True)
        golden.write_text(text, encoding="utf-8")
    assert text == golden.read_text("utf-8")


@EVERY_DEVICE
def test_the_lab_takes_every_line_and_shows_the_same(renderer: Renderer, device: Device) -> None:
    keys = secret.vault(lab_seed="golden")
    text = text_of(renderer, device)
    sent = secret.resolve(text, keys, device.key)

    held, refused = shown(sent, device)

    assert refused == []
    # The defaults apart (they are not shown), line for line.
    wanted = [line for line in sent.splitlines() if not SILENT.fullmatch(line.strip())]
    assert sorted(held.splitlines()) == sorted(wanted)
    assert diff.same(held, sent, RULES) == ()
    assert diff.planned(held, text, RULES, keys).empty


@EVERY_DEVICE
def test_no_two_lines_of_one_section_say_the_same(renderer: Renderer, device: Device) -> None:
    config = parse(text_of(renderer, device), RULES)

    heads = [(*above, line.text) for above, line in config.walk()]

    assert len(heads) == len(set(heads))


@EVERY_DEVICE
def test_every_list_of_ports_is_written_as_the_device_writes_it(renderer: Renderer, device: Device) -> None:
    config = parse(text_of(renderer, device), RULES)

    lists = [line.text.split()[-1] for line in config.find(r"^vlan ", r"^(?:no )?(?:un)?tagged ")]

    assert lists
    assert all(collapsed(expanded(text)) == text for text in lists)


@EVERY_DEVICE
def test_every_device_is_managed_safely(renderer: Renderer, device: Device) -> None:
    text = text_of(renderer, device)

    for line in (
        f'hostname "{device.name}"',
        "no telnet-server",
        "no web-management",
        "no tftp server",
        "console idle-timeout 600",
        "snmpv3 only",
        "ip authorized-managers 10.63.0.0 255.255.255.0 access manager access-method ssh",
        'aaa authentication ssh login radius server-group "TRUST-RADIUS" local',
    ):
        assert f"{line}\n" in text
    assert "snmp-server community" not in text
    assert text.count("access-method ssh\n") == len(STANDARD.trust.operators)
    assert all(f"ntp server {server} iburst\n" in text for server in STANDARD.services.ntp)
    assert all(f"logging {server}\n" in text for server in STANDARD.services.syslog)


@EVERY_DEVICE
def test_what_it_says_is_what_the_school_wants(renderer: Renderer, device: Device) -> None:
    switch = aoss.read(parse(text_of(renderer, device), RULES))
    native, parking = (STANDARD.networks[role].vid for role in (STANDARD.native, STANDARD.parking))

    assert (switch.telnet, switch.http, switch.ssh, switch.spanning_tree) == (False, False, True, "mst")
    assert device.management is not None
    held = switch.holder(device.management.ip)
    assert held is not None
    assert held.vid == 99
    for port in device.ports:
        found = switch.interfaces[port.name]
        if port.lag is not None:
            assert (found.mode, found.lacp) == ("member", True)
        elif port.profile.mode == "shutdown":
            assert (found.mode, found.access, found.enabled, found.bpdu_guard) == ("access", parking, False, True)
        elif port.access is not None:
            voice = port.voice.vid if port.voice is not None else None
            assert (found.mode, found.access, found.voice, found.enabled) == ("access", port.access.vid, voice, True)
    for lag in device.lags:
        found = switch.interfaces[lag.name]
        assert (found.mode, found.native) == ("trunk", native)
        assert found.allowed == frozenset({native, *(network.vid for network in lag.allowed)})
        assert found.trusted == lag.profile.dhcp_trust


def test_a_routed_port_has_a_vlan_of_its_own(renderer: Renderer) -> None:
    core = SCHOOL.by_name["core-1"]
    (port,) = (port for port in core.ports if port.address is not None)

    switch = aoss.read(parse(text_of(renderer, core), RULES))

    found = switch.interfaces[port.name]
    assert switch.interfaces[f"vlan{found.access}"].address == port.address
    assert [name for name, one in switch.interfaces.items() if one.access == found.access] == [port.name]


def test_the_zones_of_a_core_are_filtered_as_on_other_platforms(renderer: Renderer) -> None:
    switch = aoss.read(parse(text_of(renderer, SCHOOL.by_name["core-1"]), RULES))
    filtered = {one.vid: one.access_list for one in switch.interfaces.values() if one.access_list}

    assert filtered[10] == "ZONE-STAFF-IN"
    assert set(filtered.values()) <= set(switch.access_lists)
    staff = switch.access_lists["ZONE-STAFF-IN"]
    assert [one.permits for one in staff if one.protocol == "ip"][-1]
    assert any(not one.permits and str(one.destination) == "10.48.64.0/24" for one in staff)


def test_everything_of_a_school_on_aos_s_is_reached(renderer: Renderer) -> None:
    held = {
        device.name: reading.read(
            device.platform or "", parse(text_of(renderer, device, WHOLE), get(device.platform or "").rules)
        )
        for device in WHOLE.configured
    }
    ways = Ways(WHOLE, held, cables(WHOLE))

    assert {device.name: ways.cut(device) for device in WHOLE.configured} == dict.fromkeys(held, "")


@pytest.mark.slow
def test_a_school_that_boots_with_it_answers_on_every_device(renderer: Renderer, tmp_path: Path) -> None:
    boot = tmp_path / "boot"
    boot.mkdir()
    for device in WHOLE.configured:
        (boot / f"{device.name}.conf").write_text(text_of(renderer, device, WHOLE), encoding="utf-8")
    try:
        running = lab.start(WHOLE, tmp_path / "lab", boot, seed="seed")
        states = {device.key: running.device_state(device.key)["reachable"] for device in WHOLE.configured}
    finally:
        lab.stop(tmp_path / "lab")

    assert states == dict.fromkeys(states, True)
