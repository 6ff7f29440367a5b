"""Layer 2: edges are edges, links between switches are links, and both ends of a LAG agree."""

from collections.abc import Iterator

from matric import Device, Finding, Lag, Port, Said, School, Subject, cannot_evaluate, checked, not_applicable
from matric.plan.path import tree
from matric.policy import policy
from matric.switch import Interface, Switch
from matric.switch.guard import Guard
from matric.switch.guarding import guards
from matric.switch.link import SWITCHES, name_of
from matric.switch.reading import intended

from ._ports import BETWEEN


@policy("L2-03")
def edge_ports_have_bpdu_guard(device: Device, subject: Subject) -> Iterator[Said]:
    switch = intended(subject, device)
    edges = [port for port in device.ports if _is_edge(port, switch.interfaces.get(port.name))]
    if not edges:
        raise not_applicable("no port faces a user")
    for port in edges:
        written = switch.interfaces[port.name]
        heeds = guards(subject, device).ports.get(port.name, Guard()).spanning_tree
        lacking = [
            what
            for what, there in (
                ("an edge port", written.edge),
                ("guarded", written.bpdu_guard),
                ("heeding BPDUs", heeds),
            )
            if not there
        ]
        if lacking:
            yield Finding(
                name_of(device, port.name),
                f"it faces a user and is not {' and not '.join(lacking)}",
                "make its profile an edge with BPDU guard",
            )


def _is_edge(port: Port, written: Interface | None) -> bool:
    faces = port.peer is None or port.peer.device_role not in BETWEEN
    return faces and written is not None and written.mode == "access" and written.enabled


@policy("L2-04")
def bpdu_guard_is_not_on_links_between_switches(device: Device, subject: Subject) -> Iterator[Said]:
    switch = intended(subject, device)
    between = [port for port in device.ports if port.peer is not None and port.peer.device_role in SWITCHES]
    if not between:
        raise not_applicable("no link to another switch")
    for port in between:
        written = [one for one in (switch.interfaces.get(port.name), switch.carrier(port.name)) if one is not None]
        far = port.peer.device if port.peer else ""
        if any(one.bpdu_guard for one in written):
            yield Finding(
                name_of(device, port.name),
                f"BPDU guard would shut the link to {far}",
                "give the port a profile that is no edge",
            )
        elif any(one.edge for one in written):
            yield Finding(
                name_of(device, port.name),
                f"the link to {far} is an edge, so it forwards before spanning tree has looked for a loop",
                "give the port a profile that is no edge",
            )


@policy("L2-06")
def all_switches_run_one_compatible_spanning_tree_mode(school: School, subject: Subject) -> Iterator[Said]:
    switches = [device for device in school.configured if device.role in SWITCHES]
    modes = {device: intended(subject, device).spanning_tree for device in switches}
    mixed = len({device.platform for device in switches}) > 1
    # MST and RSTP speak to each other as RSTP; a mode of one tree per VLAN is one vendor's alone.
    compatible = {"mst", "rstp"} if mixed or "rapid-pvst" not in modes.values() else {"rapid-pvst"}
    yield checked(switches)
    for device, mode in modes.items():
        if mode not in compatible:
            yield Finding(
                device.key,
                f"its spanning-tree mode is {mode or 'not written'}, which the others do not speak",
                f"use {' or '.join(sorted(compatible))} on every switch of the school",
            )
        yield from _outside(subject, device)


def _outside(subject: Subject, device: Device) -> Iterator[Finding]:
    """Links to other switches that spanning tree is not told of: a second cable there is a loop nothing breaks."""
    switch, guard = intended(subject, device), guards(subject, device)
    for port in device.ports:
        carrier = switch.carrier(port.name)
        between = port.peer is not None and port.peer.device_role in SWITCHES and port.address is None
        if between and carrier is not None and not guard.ports.get(carrier.name, Guard()).spanning_tree:
            yield Finding(
                name_of(device, port.name),
                f"spanning tree does not run on the link to {port.peer.device if port.peer else ''}",
                "take the BPDU filter off, or name the port in the spanning-tree protocol",
            )


@policy("L2-10")
def snooping_trust_is_on_uplinks_only(school: School, subject: Subject) -> Iterator[Said]:
    path = tree(school)
    for device in (one for one in school.configured if one.role in SWITCHES):
        yield checked(1)
        switch = intended(subject, device)
        above = _above(school, device, path.entry) if path.parents.get(device.name) is not None else frozenset[str]()
        snoops = any(network.dhcp_relay for network in device.vlans)
        for port in device.ports:
            yield from _trust(device, port, switch, above=above, snoops=snoops)


def _above(school: School, device: Device, entry: str) -> frozenset[str]:
    """Whom *device* reaches the school's way in through, by any path and not the shortest alone.

    Requests for an address take whichever path spanning tree leaves open, and after a fault it is another one.
    """
    beside = {
        one.name: {port.peer.device for port in one.ports if port.peer is not None} - {device.name}
        for one in school.devices
        if one.role in SWITCHES and one is not device
    }
    reached, waiting = set[str](), [entry]
    while waiting:
        here = waiting.pop()
        if here in beside and here not in reached:
            reached.add(here)
            waiting.extend(beside[here])
    return frozenset(port.peer.device for port in device.ports if port.peer is not None) & reached


def _trust(device: Device, port: Port, switch: Switch, *, above: frozenset[str], snoops: bool) -> Iterator[Finding]:
    written = switch.carrier(port.name)
    trusted = written is not None and written.trusted
    towards = port.peer is not None and (port.peer.device in above or port.peer.device_role == "router")
    between = port.peer is not None and port.peer.device_role in BETWEEN
    if trusted and not between:
        yield Finding(
            name_of(device, port.name),
            "DHCP snooping trusts a port that does not lead towards the DHCP server",
            "give the port a profile without dhcp_trust",
        )
    elif snoops and above and towards and not trusted:
        yield Finding(
            name_of(device, port.name),
            "DHCP snooping does not trust the uplink, so nobody behind it gets an address",
            "give the port a profile with dhcp_trust",
        )


@policy("L2-25")
def both_ends_of_a_lag_agree(school: School, subject: Subject) -> Iterator[Said]:
    by_name = {device.name: device for device in school.configured}
    pairs = [
        (device, lag, by_name[lag.peer.device])
        for device in school.configured
        for lag in device.lags
        if lag.peer is not None and lag.peer.device in by_name
    ]
    if not pairs:
        raise not_applicable("no LAG between devices")
    yield checked(pairs)
    for device, lag, other in pairs:
        yield from _agree(subject, device, lag, other)


def _agree(subject: Subject, device: Device, lag: Lag, other: Device) -> Iterator[Finding]:
    here, there = intended(subject, device), intended(subject, other)
    name = f"{name_of(device, lag.name)} to {other.name}"
    cables = [
        (port, far)
        for port in device.ports
        for far in other.ports
        if port.lag == lag.name and _joined(port, other, far)
    ]
    if not cables:
        raise cannot_evaluate(f"{name}: cables of its members")
    yield from _members(device, lag, here, {port.name for port, _ in cables}, other)
    for port, far in cables:
        near_end, far_end = here.interfaces.get(port.name), there.interfaces.get(far.name)
        for where, end in ((name_of(device, port.name), near_end), (name_of(other, far.name), far_end)):
            if end is None or end.lag is None or not end.lacp:
                yield Finding(
                    where,
                    "it is not a member of an LACP LAG, and the other end is",
                    "put both ends of the cable into a LAG",
                )
        held = (_speed(subject, device, port), _speed(subject, other, far))
        if held[0] != held[1]:
            yield Finding(
                name,
                f"{port.name} is held to {_mbit(held[0])} and {far.name} to {_mbit(held[1])}",
                "let both ends agree their speed, or hold both to the same",
            )
        if port.type != far.type:
            yield Finding(name, f"{port.name} is {port.type} and {far.name} is {far.type}", "use ports of one speed")
    if len({end.lag for _, far in cables if (end := there.interfaces.get(far.name)) is not None}) > 1:
        yield Finding(
            name, f"its cables end in more than one LAG of {other.name}", f"put them into one LAG on {other.name}"
        )
    near, far_lag = here.carrier(cables[0][0].name), there.carrier(cables[0][1].name)
    if near is not None and far_lag is not None and (near.tagged, near.native) != (far_lag.tagged, far_lag.native):
        yield Finding(name, "the two ends carry different VLANs", "tag the same VLANs on both LAGs in NetBox")


def _members(device: Device, lag: Lag, here: Switch, cabled: set[str], other: Device) -> Iterator[Finding]:
    """What of the LAG's members is otherwise in NetBox, on the switch and in the cabling."""
    for port in device.ports:
        written = here.interfaces.get(port.name)
        number = written.lag if written is not None else None
        if port.lag == lag.name and port.name not in cabled:
            yield Finding(
                name_of(device, port.name),
                f"it is a member of {lag.name}, and no cable leads from it to {other.name}",
                "record the cable in NetBox, or take the port out of the LAG",
            )
        if (port.lag == lag.name) != (number == lag.number) and (port.lag != lag.name or number is not None):
            yield Finding(
                name_of(device, port.name),
                f"the switch has it in LAG {number}, and NetBox in {port.lag or 'none'}",
                f"make the members of {lag.name} the same in both",
            )


def _joined(port: Port, other: Device, far: Port) -> bool:
    return port.peer is not None and port.peer.device == other.name and port.peer.port == far.name


def _speed(subject: Subject, device: Device, port: Port) -> int | None:
    return guards(subject, device).ports.get(port.name, Guard()).speed


def _mbit(speed: int | None) -> str:
    return "no speed" if speed is None else f"{speed} Mbit/s"
