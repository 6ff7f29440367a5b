"""How long it takes to prove the zone matrix of a school, from configurations in memory.

    .venv/bin/python benchmarks/reach.py --switches 20

The school is Fernhill with copies of its switches; each has its own ports, addresses and LAG to the core. CPU seconds.
"""

import argparse
import re
import time
from collections.abc import Mapping
from dataclasses import replace
from ipaddress import IPv4Interface
from pathlib import Path

from matric import site
from matric.intent.school import Device, Peer, Port, School
from matric.platform import get as platform
from matric.policy.subject import Configuration, configuration
from matric.reach.end import end
from matric.reach.matrix import zone_matrix
from matric.reach.model import Model
from matric.reach.path import Question, answer
from matric.reach.way_out import only_ways_out
from matric.render import Renderer
from matric.switch import Interface, Switch, reading

ROOT = Path(__file__).parents[1]
CORE = "core-1"
Held = Mapping[str, Switch]


def texts(school: School) -> dict[str, Configuration]:
    """Device name -> intended configuration."""
    renderer = Renderer(site.load(ROOT).templates)
    return {
        device.name: configuration(renderer.render(school, device).text, platform(device.platform or "").rules)
        for device in school.configured
    }


def read(school: School, given: Mapping[str, Configuration]) -> dict[str, Switch]:
    return {device.name: reading.read(device.platform or "", given[device.name].tree) for device in school.configured}


def grown(school: School, held: Held, switches: int) -> tuple[School, Held]:
    """*school* with so many switches below and beside its core."""
    models = [one for one in school.configured if one.role == "access" and _uplinks(one) and len(one.lags) == 1]
    devices = list(school.devices)
    found = dict(held)
    core = held[CORE]
    number = 0
    while sum(one.configured and one.role != "wireless-controller" for one in devices) < switches:
        model = models[number % len(models)]
        number += 1
        name = f"{model.name}-copy-{number}"
        device, cabled = _copy(model, name, number)
        devices.append(device)
        gate = next(one for one in devices if one.name == CORE)
        devices[devices.index(gate)] = replace(gate, ports=(*gate.ports, *cabled))
        core = _joined(core, cabled, number)
        found[name] = _moved(held[model.name], device)
    found[CORE] = core
    return replace(school, devices=tuple(devices)), found


def _uplinks(device: Device) -> list[str]:
    return [port.name for port in device.ports if port.peer is not None and port.peer.device == CORE]


def _copy(model: Device, name: str, number: int) -> tuple[Device, tuple[Port, ...]]:
    address = IPv4Interface(f"10.48.0.{100 + number}/24")
    ports: list[Port] = []
    cabled: list[Port] = []
    for at, port in enumerate(model.ports):
        if port.peer is None or port.peer.device != CORE:
            ports.append(replace(port, peer=None))
            continue
        cable = 100_000 + number * 10 + at % 10
        theirs = f"Ethernet{100 + number}/{at}"
        ports.append(replace(port, peer=Peer(CORE, 1, "core", theirs, cable)))
        cabled.append(
            replace(
                port, name=theirs, peer=Peer(name, 1, "access", port.name, cable), lag=f"Port-Channel{100 + number}"
            )
        )
    return replace(model, id=10_000 + number, name=name, management=address, ports=tuple(ports)), tuple(cabled)


def _joined(core: Switch, cabled: tuple[Port, ...], number: int) -> Switch:
    """The core with a LAG for the copy, which carries every VLAN."""
    like = next(one for one in core.interfaces.values() if re.fullmatch(r"Port-Channel\d+", one.name))
    lag = replace(like, name=f"Port-Channel{100 + number}", allowed=frozenset(core.vlans) - {1})
    members = {port.name: Interface(port.name, mode="member", lag=100 + number, lacp=True) for port in cabled}
    return replace(core, interfaces={**core.interfaces, lag.name: lag, **members})


def _moved(switch: Switch, device: Device) -> Switch:
    own = next(one for one in switch.interfaces.values() if one.address is not None)
    return replace(switch, interfaces={**switch.interfaces, own.name: replace(own, address=device.management)})


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--switches", type=int, default=20)
    school = site.load(ROOT).school("fernhill")
    given = texts(school)
    began = time.process_time()
    held: Held = read(school, given)
    reading_s = (time.process_time() - began) / len(held)
    school, held = grown(school, held, arguments.parse_args().switches)

    began = time.process_time()
    model = Model(school, held)
    matrix, out = zone_matrix(model), only_ways_out(model)
    proof_s = time.process_time() - began
    began = time.process_time()
    found = answer(model, Question(end(model, "pupil"), end(model, "management")))
    question_s = time.process_time() - began

    switches = sum(one.configured and one.role != "wireless-controller" for one in school.devices)
    print(f"{switches} switches, {len(model.attachments)} ports and SSIDs, {len(matrix.pairs)} pairs: ", end="")
    print(f"holds {matrix.holds}, {len(matrix.breaches)} breaches, {len(out)} other ways out")
    print(
        f"reading {reading_s:.3f} s for each device; proof {proof_s:.2f} s; one question ({found.verdict}) {question_s:.2f} s"
    )


if __name__ == "__main__":
    main()
