"""Edge ports: what a port carries that somebody plugs a device into, and what an unused one must not."""

from collections.abc import Iterator

from matric import Device, Finding, Port, Said, School, Subject, cannot_evaluate, checked, not_applicable
from matric.intent.limit import canonical
from matric.policy import policy
from matric.switch.guard import Guard
from matric.switch.guarding import guards
from matric.switch.link import SWITCHES, name_of
from matric.switch.reading import intended

from ._agreed import agreed_until
from ._ports import facing_hosts, logs_in

NOTHING = Guard()


@policy("L2-01")
def ports_that_face_users_are_static_access_ports(device: Device, subject: Subject) -> Iterator[Said]:
    switch, guard = intended(subject, device), guards(subject, device)
    ports = _hosts(device)
    for port in ports:
        written = switch.interfaces.get(port.name)
        if written is None or written.mode != "access":
            yield Finding(
                name_of(device, port.name),
                f"it faces users and is {'not configured' if written is None else f'a {written.mode} port'}",
                "give the port a profile of mode access, or record the cable to the switch behind it",
            )
        elif not guard.ports.get(port.name, NOTHING).fixed:
            yield Finding(
                name_of(device, port.name),
                "its mode is not written, so whoever is plugged in may make it a trunk",
                "write the mode access on the port",
            )


@policy("L2-13")
def ports_that_face_hosts_have_storm_control(device: Device, subject: Subject) -> Iterator[Said]:
    guard = guards(subject, device)
    for port in _hosts(device):
        if not guard.ports.get(port.name, NOTHING).storm:
            yield Finding(
                name_of(device, port.name),
                "nothing limits the broadcasts that come in on it",
                "set storm_control_percent in the port's profile",
            )


@policy("L2-14")
def unused_ports_are_shut_and_parked(device: Device, subject: Subject) -> Iterator[Said]:
    unused = [port for port in device.ports if port.profile.mode == "shutdown" or not port.enabled]
    if not unused:
        raise not_applicable("every port is in use")
    switch, guard = intended(subject, device), guards(subject, device)
    parking = subject.school.standard.networks[subject.school.standard.parking].vid
    for port in unused:
        written = switch.interfaces.get(port.name)
        wrong = [
            what
            for what, there in (
                ("not shut", written is None or written.enabled),
                ("not in the parking VLAN", written is None or (written.mode, written.access) != ("access", parking)),
            )
            if there
        ]
        exempt = guard.ports.get(port.name, NOTHING).authenticates
        if wrong and not exempt and port.lag is None:
            yield Finding(
                name_of(device, port.name),
                f"NetBox has no use for it, and it is {' and '.join(wrong)}",
                "give it the profile for unused ports",
            )
    heard = _heard(subject, device)
    for port in unused:
        if canonical(port.name) in heard:
            yield Finding(
                name_of(device, port.name),
                f"NetBox has no use for it, and {heard[canonical(port.name)]} is plugged in",
                "record the cable and the port's profile in NetBox, or unplug it",
            )


def _heard(subject: Subject, device: Device) -> dict[str, str]:
    """Who is heard, by port."""
    neighbours = subject.look(device).neighbours
    if neighbours is None:
        raise cannot_evaluate(f"{device.key}: LLDP neighbours")
    return {canonical(one.port): one.device for one in neighbours}


@policy("L2-15")
def ports_that_face_users_ask_who_is_there(school: School, subject: Subject) -> Iterator[Said]:
    found = False
    for device in (one for one in school.configured if one.role in SWITCHES):
        ports = [port for port in facing_hosts(device) if logs_in(school, port.access)]
        if ports:
            found = True
            yield checked(ports)
            yield from _asks(school, subject, device, ports)
    if not found:
        raise not_applicable("no port faces users")


def _asks(school: School, subject: Subject, device: Device, ports: list[Port]) -> Iterator[Finding]:
    guard = guards(subject, device)
    asking = [port for port in ports if guard.ports.get(port.name, NOTHING).authenticates]
    for port in (one for one in ports if one not in asking):
        wanted = port.profile.dot1x or port.profile.mab
        yield Finding(
            name_of(device, port.name),
            "it lets anybody in" + (", and its profile wants a login" if wanted else ""),
            "switch 802.1X or MAC authentication on" if wanted else "set dot1x or mab in the port's profile",
            # A server that waits in an old network: whoever takes its place reaches less than he will in its own.
            "blocker" if wanted else "info" if agreed_until(school, subject, port.access) else None,
        )
    for port in asking:
        if port.profile.dot1x and not guard.ports[port.name].dot1x:
            yield Finding(
                name_of(device, port.name),
                "it asks for an address only, which anybody can copy, and its profile wants 802.1X",
                "switch 802.1X on, for the switch and for the port",
                "warning",
            )
    if asking and guard.radius < 2:  # noqa: PLR2004 - one may fail
        yield Finding(
            device.key,
            f"its ports ask {guard.radius or 'no'} RADIUS server{'' if guard.radius == 1 else 's'}, so one that fails "
            "shuts every device out",
            "name two servers in the standard",
        )


@policy("L2-16")
def who_did_not_log_in_reaches_nothing(device: Device, subject: Subject) -> Iterator[Said]:
    guard = guards(subject, device)
    asking = {name: one for name, one in guard.ports.items() if one.authenticates}
    if not asking:
        raise not_applicable("no port asks who is there")
    for name, one in asking.items():
        for vid in sorted(one.lets_in):
            if harm := _harm(subject.school, vid):
                yield Finding(
                    name_of(device, name),
                    f"a device that did not log in lands in VLAN {vid}, {harm}",
                    "let it in nowhere, or into a VLAN from which nothing in the trust is reached",
                )


def _harm(school: School, vid: int) -> str:
    """What is wrong with letting strangers into VLAN *vid*; empty where nothing is."""
    network = next((one for one in school.networks if one.vid == vid), None)
    if network is None:
        return "which NetBox does not know"
    zone = school.standard.zones.get(network.zone or "")
    if network.role == school.standard.management.network:
        return "where the switches are managed"
    return f"from which {' and '.join(zone.reaches)} is reached" if zone is not None and zone.reaches else ""


@policy("L2-17")
def ports_without_a_login_limit_the_addresses_they_learn(device: Device, subject: Subject) -> Iterator[Said]:
    guard = guards(subject, device)
    open_ports = [port for port in _hosts(device) if not guard.ports.get(port.name, NOTHING).authenticates]
    if not open_ports:
        raise not_applicable("every port asks who is there")
    for port in open_ports:
        if guard.ports.get(port.name, NOTHING).max_macs is None:
            yield Finding(
                name_of(device, port.name),
                "it asks nobody for a login, and learns any number of addresses",
                "set max_macs in the port's profile",
            )


def _hosts(device: Device) -> tuple[Port, ...]:
    ports = facing_hosts(device) if device.role in SWITCHES else ()
    if not ports:
        raise not_applicable("no port faces a user")
    return ports
