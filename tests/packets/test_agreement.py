"""What the lab computes and what packets do agree: who is reached, on schools changed at random."""

import random
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from matric.intent.school import Device, School
from tests import estate
from tests.packets import school
from tests.packets.school import Standing

pytestmark = [pytest.mark.root, pytest.mark.slow]

SEEDS = range(12)
VIDS = (10, 20, 99, 998, 999)
Change = Callable[[random.Random, School, Device], str]


@pytest.fixture(scope="module")
def intended(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Standing]:
    """Oakfield as the standard wants it from the start: nothing here is cut over."""
    school.needed()
    root = estate.laid_out(tmp_path_factory.mktemp("packets") / "trust")
    school.write_site(root, estate.flawless())
    boot = school.rendered(root, "oakfield", root)
    with school.standing(root, "oakfield", root / "lab", boot=boot, hosts=()) as standing:
        yield standing


@pytest.mark.parametrize("seed", SEEDS)
def test_the_lab_computes_what_packets_do(intended: Standing, seed: int) -> None:
    chance = random.Random(seed)
    intended.lab.renew()
    told: list[str] = []
    for _ in range(chance.randint(1, 4)):
        device = chance.choice(intended.school.configured)
        text = chance.choice(CHANGES)(chance, intended.school, device)
        told.append(f"{device.name}:\n{text}")
        intended.lab.fault(device.key, "edit", text=text)
        intended.fabric.settle()

        computed = {name: row["reachable"] for name, row in intended.lab.reach().items()}
        with ThreadPoolExecutor(max_workers=16) as pool:
            carried = dict(zip(computed, pool.map(intended.fabric.manages, computed), strict=True))

        why = {name: row["why"] for name, row in intended.lab.reach().items() if carried[name] != computed[name]}
        assert carried == computed, f"{''.join(told)}the packets say otherwise than: {why}"


def links(device: Device) -> list[str]:
    """LAGs and cabled ports of *device*."""
    return [*(lag.name for lag in device.lags), *members(device)]


def members(device: Device) -> list[str]:
    return [port.name for port in device.ports if port.lag is not None]


def lag(chance: random.Random, device: Device) -> str:
    return chance.choice([one.name for one in device.lags])


def native(chance: random.Random, _: School, device: Device) -> str:
    return f"interface {lag(chance, device)}\n switchport trunk native vlan {chance.choice(VIDS)}\n"


def pruned(chance: random.Random, _: School, device: Device) -> str:
    kept = ",".join(str(vid) for vid in VIDS if chance.random() < 0.6) or "10"
    return f"interface {lag(chance, device)}\n switchport trunk allowed vlan {kept}\n"


def shut(chance: random.Random, _: School, device: Device) -> str:
    return f"interface {chance.choice(links(device))}\n shutdown\n"


def access(chance: random.Random, _: School, device: Device) -> str:
    port = lag(chance, device)
    return f"interface {port}\n switchport mode access\n switchport access vlan {chance.choice(VIDS)}\n"


def unbundled(chance: random.Random, _: School, device: Device) -> str:
    """One member, or all of one LAG, is a plain port."""
    name = lag(chance, device)
    found = [port.name for port in device.ports if port.lag == name]
    chosen = found if chance.random() < 0.5 else [chance.choice(found)]
    return "".join(f"interface {port}\n no channel-group\n" for port in chosen)


def silent(chance: random.Random, _: School, device: Device) -> str:
    """The LAG speaks LACP no more."""
    name = lag(chance, device)
    number = name.rstrip("0123456789")
    found = [port.name for port in device.ports if port.lag == name]
    return "".join(f"interface {port}\n channel-group {name[len(number) :]} mode on\n" for port in found)


def forgotten(chance: random.Random, _: School, __: Device) -> str:
    return f"no vlan {chance.choice(VIDS)}\n"


def down(_: random.Random, __: School, ___: Device) -> str:
    return "interface Vlan99\n shutdown\n"


def renumbered(chance: random.Random, _: School, device: Device) -> str:
    assert device.management is not None
    other = device.management.network.network_address + chance.randint(200, 250)
    mask = f"/{device.management.network.prefixlen}" if device.platform == "eos" else f" {device.management.netmask}"
    return f"interface Vlan99\n ip address {other}{mask}\n"


def elsewhere(chance: random.Random, _: School, device: Device) -> str:
    """Its address is in another VLAN."""
    assert device.management is not None
    vid = chance.choice((10, 20, 998))
    mask = f"/{device.management.network.prefixlen}" if device.platform == "eos" else f" {device.management.netmask}"
    there = f"interface Vlan{vid}\n ip address {device.management.ip}{mask}\n no shutdown\n"
    return f"interface Vlan99\n no ip address\n{there}"


def lost(_: random.Random, found: School, device: Device) -> str:
    """No way back."""
    if device.name == found.entry:
        return "no ip route 0.0.0.0 0.0.0.0\n"
    return "no ip route 0.0.0.0/0\n" if device.platform == "eos" else "no ip default-gateway\n"


def deaf(_: random.Random, __: School, device: Device) -> str:
    if device.platform == "eos":
        return "management api http-commands\n shutdown\n"
    return "line vty 0 4\n transport input telnet\nline vty 5 15\n transport input telnet\n"


def moved(chance: random.Random, _: School, device: Device) -> str:
    """A user's port is put into another VLAN."""
    ports = [port.name for port in device.ports if port.peer is None and port.lag is None] or [device.ports[0].name]
    return f"interface {chance.choice(ports)}\n switchport mode access\n switchport access vlan {chance.choice(VIDS)}\n"


CHANGES: tuple[Change, ...] = (
    native, pruned, shut, access, unbundled, silent, forgotten, down, renumbered, elsewhere, lost, deaf, moved,
)  # fmt: skip
