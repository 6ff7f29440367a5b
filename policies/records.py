"""Records: NetBox knows every device, and everything that has to be known of it."""

from collections import defaultdict
from collections.abc import Iterator

from matric import Device, Finding, Port, Said, School, Subject, cannot_evaluate, checked, not_applicable
from matric.policy import policy
from matric.switch.link import SWITCHES, name_of

from ._endpoints import without_a_port
from ._heard import hostnames


@policy("HW-04")
def the_asset_record_is_complete(school: School) -> Iterator[Said]:
    devices = [device for device in school.devices if device.status == "active"]
    if not devices:
        raise not_applicable("no active device")
    yield checked(devices)
    for device in devices:
        for what, recorded in _record(device):
            if not (recorded or "").strip():
                yield Finding(f"{device.key} {what}", "NetBox does not record it", f"record the {what} in NetBox")


def _record(device: Device) -> Iterator[tuple[str, str | None]]:
    # Model and role NetBox itself asks for, and without its platform no school with such a device is read at all.
    yield "serial number", device.serial
    yield "location", device.location


@policy("HW-13")
def no_unmanaged_switch_carries_standard_vlans(school: School, subject: Subject) -> Iterator[Said]:
    for device in (one for one in school.configured if one.role in SWITCHES):
        yield checked(1)
        for port, names in _heard(subject, device):
            # A managed switch keeps LLDP to itself. Behind a telephone stands a computer, which may speak it too.
            if len(names) < 2 or port is None or port.voice is not None:  # noqa: PLR2004 - one is who is plugged in
                continue
            trunk = port.profile.mode == "trunk"
            yield Finding(
                name_of(device, port.name),
                f"it hears {' and '.join(sorted(names))} at once, so something between them passes frames on",
                "take what stands between them out of the path",
                None if trunk else "warning",
            )


def _heard(subject: Subject, device: Device) -> Iterator[tuple[Port | None, set[str]]]:
    """Each port that hears somebody, and whom."""
    neighbours = subject.look(device).neighbours
    if neighbours is None:
        raise cannot_evaluate(f"{device.key}: LLDP neighbours")
    ports = {_short(port.name): port for port in device.ports}
    names: defaultdict[str, set[str]] = defaultdict(set)
    for one in neighbours:
        names[_short(one.port)].add(one.device)
    yield from ((ports.get(name), found) for name, found in names.items())


@policy("CUT-09")
def nothing_on_the_wire_is_missing_from_netbox(school: School, subject: Subject) -> Iterator[Said]:
    yield from without_a_port(subject)
    called = hostnames(subject)
    for device in (one for one in school.configured if one.role in SWITCHES):
        neighbours = subject.look(device).neighbours
        if neighbours is None:
            yield cannot_evaluate(f"{device.key}: LLDP neighbours")
            continue
        yield checked(1)
        ports = {_short(port.name): port for port in device.ports}
        for heard in neighbours:
            port = ports.get(_short(heard.port))
            if heard.device in school.by_name or heard.device in called or (port is not None and _expected(port)):
                continue
            yield Finding(
                name_of(device, port.name if port is not None else heard.port),
                f"the switch hears {heard.device or 'something without a name'}, which NetBox does not know",
                "find it, then record it in NetBox or take it off",
            )


def _expected(port: Port) -> bool:
    """Where a cable is recorded, what else hangs on it is CUT-08's finding; telephones are records of no one."""
    return port.peer is not None or port.voice is not None or port.profile.network == "voice"


def _short(name: str) -> str:
    """A port's name in a form that does not depend on how short a device writes it."""
    kind = name.rstrip("0123456789/.:")
    return f"{kind[:2].lower()}{name[len(kind) :]}"
