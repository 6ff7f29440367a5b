"""The reachability model and real packets agree, on schools changed at random and on other vendors' cores."""

import random
from collections.abc import Callable, Iterator
from ipaddress import IPv4Address

import pytest

from matric.intent.school import School
from matric.lab.packets import Host
from matric.lab.packets.fabric import read
from matric.reach.end import End, Start, Target, end
from matric.reach.model import Model
from matric.reach.path import Question, answer
from matric.reach.span import addresses
from matric.switch import Switch
from tests import estate
from tests.packets import school
from tests.packets.school import BEYOND, Standing, many

pytestmark = [pytest.mark.root, pytest.mark.slow]

SEEDS = range(8)
SAMPLE = 60
ASKED = (("icmp", 0), ("tcp", 22), ("tcp", 443), ("tcp", 9100), ("udp", 53), ("udp", 161), ("udp", 8080))
Change = Callable[[random.Random, School], tuple[str, str]]
"""Device and lines."""


@pytest.fixture(scope="module")
def intended(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Standing]:
    """Oakfield as the standard wants it from the start, its hosts plugged in."""
    school.needed()
    root = estate.laid_out(tmp_path_factory.mktemp("packets") / "trust")
    school.write_site(root, estate.flawless())
    boot = school.rendered(root, "oakfield", root)
    with school.standing(root, "oakfield", root / "lab", boot=boot) as standing:
        yield standing


def test_on_every_core_the_model_says_what_packets_do(primary: Standing) -> None:
    found = compared(primary, random.Random(0), SAMPLE)

    assert set(found.values()) == {True, False}


@pytest.mark.parametrize("seed", SEEDS)
def test_on_a_school_changed_at_random_the_model_says_what_packets_do(intended: Standing, seed: int) -> None:
    chance = random.Random(seed)
    intended.lab.renew()
    told: list[str] = []
    for _ in range(chance.randint(1, 4)):
        name, text = chance.choice(CHANGES)(chance, intended.school)
        told.append(f"{name}:\n{text}")
        intended.lab.fault(f"oakfield/{name}", "edit", text=text)
    intended.fabric.settle()

    compared(intended, chance, SAMPLE, "".join(told))


def compared(
    standing: Standing, chance: random.Random, sample: int, told: str = ""
) -> dict[tuple[str, str, str, int], bool]:
    """(host, address, protocol, port) -> whether packets arrive and are answered; the model says so too."""
    hosts = standing.fabric.hosts
    model = Model(standing.school, _held(standing))
    owned = [str(device.management.ip) for device in standing.school.configured if device.management is not None]
    places = [*(str(host.address.ip) for host in hosts.values()), *owned, *BEYOND]
    # Nothing answers datagrams at a switch.
    every = [(name, there, *what) for name in hosts for there in places for what in ASKED
             if there != str(hosts[name].address.ip) and not (there in owned and what[0] == "udp")]  # fmt: skip
    asked = chance.sample(every, sample)
    said = {one: _verdict(model, hosts, one) for one in asked}
    carried = many(standing.fabric, asked)

    # Where the configurations leave it open (what spanning tree blocks), packets decide.
    clear = {one: verdict == "allowed" for one, verdict in said.items() if verdict != "partly"}
    assert len(clear) > sample * 0.8
    wrong = {one: got for one, got in carried.items() if one in clear and clear[one] != got}
    assert wrong == {}, f"{told}packets (True: they arrive) say otherwise"
    return dict(carried)


def _held(standing: Standing) -> dict[str, Switch]:
    told = standing.lab.ask("follow", patience_s=None, seen=-1)["devices"]
    return {
        device.name: read(str(device.platform), str(told[device.name]["running"]))
        for device in standing.school.configured
    }


def _verdict(model: Model, hosts: dict[str, Host], asked: tuple[str, str, str, int]) -> str:
    source, there, protocol, port = asked
    target = next((host for host in hosts.values() if str(host.address.ip) == there), None)
    other = _end(model, target) if target is not None else end(model, there)
    question = Question(_end(model, hosts[source]), other, protocol, port if protocol != "icmp" else None)
    return answer(model, question).verdict


def _end(model: Model, host: Host) -> End:
    """A host keeps its address and gateway, whatever VLAN its port is put into."""
    here = [at for at in model.attachments if (at.device, at.port, at.how) == (host.device, host.port, "untagged")]
    own = addresses(host.address.ip)
    if not here:
        return End(host.name, "its port is shut", (), (Target(own, (("nowhere", ("", 0)),)),))
    one = here[0]
    home = Target(own, ((host.name, one.place),))
    net = addresses(host.address.network)
    start = Start(host.name, home, one.place, IPv4Address(host.way_out), attachment=one, on_link=net)
    return End(host.name, "", (start,), (home,))


# ---- what may be changed ----


def _uplinks(found: School) -> list[tuple[str, str]]:
    return [(device.name, lag.name) for device in found.configured for lag in device.lags]


def entry_gone(chance: random.Random, _: School) -> tuple[str, str]:
    name = chance.choice(["PUPIL", "STAFF", "PRINTER", "SERVER", "VOICE", "MANAGEMENT"])
    return "core-1", f"ip access-list extended ZONE-{name}-IN\n no {chance.randint(1, 14) * 10}\n"


def entry_added(chance: random.Random, found: School) -> tuple[str, str]:
    name = chance.choice(["PUPIL", "STAFF", "PRINTER", "SERVER", "VOICE"])
    net = chance.choice([one.prefix for one in found.networks if one.prefix is not None])
    action = chance.choice(["permit", "deny"])
    what = chance.choice(["ip any {}", "tcp any {} eq 443", "tcp any {} established", "udp any range 1 1023 {}",
                          "icmp any {} echo", "udp any {} gt 1023"])  # fmt: skip
    there = what.format(f"{net.network_address} {net.hostmask}")
    return "core-1", f"ip access-list extended ZONE-{name}-IN\n {chance.randint(1, 200)} {action} {there}\n"


def list_off(chance: random.Random, found: School) -> tuple[str, str]:
    net = chance.choice([one for one in found.networks if one.prefix is not None])
    return "core-1", f"interface Vlan{net.vid}\n no ip access-group ZONE-{net.role.upper()}-IN in\n"


def svi_down(chance: random.Random, found: School) -> tuple[str, str]:
    net = chance.choice([one for one in found.networks if one.prefix is not None])
    return "core-1", f"interface Vlan{net.vid}\n shutdown\n"


def route_added(chance: random.Random, _: School) -> tuple[str, str]:
    """Not to Null0: the packets' tier carries routes with a next hop."""
    prefix = chance.choice(["198.51.100.0 255.255.255.0", "10.63.1.10 255.255.255.255"])
    return "core-1", f"ip route {prefix} {chance.choice(['10.48.64.11', '10.48.80.77', '10.48.67.2'])}\n"


def default_gone(_: random.Random, __: School) -> tuple[str, str]:
    return "core-1", "no ip route 0.0.0.0 0.0.0.0\n"


def pruned(chance: random.Random, found: School) -> tuple[str, str]:
    device, lag = chance.choice(_uplinks(found))
    kept = ",".join(str(vid) for vid in (10, 15, 20, 30, 50, 99) if chance.random() < 0.6) or "99"
    return device, f"interface {lag}\n switchport trunk allowed vlan {kept}\n"


def native(chance: random.Random, found: School) -> tuple[str, str]:
    device, lag = chance.choice(_uplinks(found))
    return device, f"interface {lag}\n switchport trunk native vlan {chance.choice([10, 20, 99, 999])}\n"


def shut(chance: random.Random, found: School) -> tuple[str, str]:
    device, lag = chance.choice(_uplinks(found))
    return device, f"interface {lag}\n shutdown\n"


def moved(chance: random.Random, found: School) -> tuple[str, str]:
    """A port with a host is put into another VLAN."""
    host = chance.choice(school.hosts_of(found))
    vid = chance.choice([10, 15, 20, 30, 50, 99])
    return host.device, f"interface {host.port}\n switchport mode access\n switchport access vlan {vid}\n"


CHANGES: tuple[Change, ...] = (
    entry_gone, entry_added, entry_added, list_off, svi_down, route_added, default_gone, pruned, native, shut, moved,
)  # fmt: skip
