"""Access points at the wire: the right VLANs, power and speed; and how old their radios are."""

from collections.abc import Iterator

from matric import Device, Finding, Port, Said, School, Subject, cannot_evaluate, checked, not_applicable
from matric.intent.limit import speed_of_type
from matric.policy import policy
from matric.switch import Interface
from matric.switch.guarding import guards
from matric.switch.link import name_of
from matric.switch.reading import intended

from ._agreed import agreed_until

OLD, MULTIGIG = 4, 7
"""Wi-Fi generations: the last that is to be replaced, and the first that outruns a gigabit."""
GIGABIT, MORE = 1_000_000, 2_500_000
"""kbit/s."""


def _points(school: School) -> list[Device]:
    points = [device for device in school.devices if device.role == "access-point" and device.status == "active"]
    if not points:
        raise not_applicable("no access point")
    return points


def _cabled(school: School) -> Iterator[tuple[Device, Device, Port]]:
    """(access point, switch, port) for each cable there is."""
    points = {device.id: device for device in _points(school)}
    for device in school.configured:
        for port in device.ports:
            point = points.get(port.peer.device_id) if port.peer is not None else None
            if point is not None:
                yield point, device, port


@policy("WIF-08")
def access_point_ports_carry_the_right_vlans_and_power(school: School, subject: Subject) -> Iterator[Said]:
    home = next((network for network in school.networks if network.role == "wireless"), None)
    hung: set[int] = set()
    for point, device, port in _cabled(school):
        if home is None:
            raise cannot_evaluate(f"{school.slug}: VLAN with the role wireless in NetBox")
        hung.add(point.id)
        yield checked(1)
        name = name_of(device, port.name)
        written = intended(subject, device).carrier(port.name)
        guard = guards(subject, device).ports.get(port.name)
        if written is None or guard is None:
            yield cannot_evaluate(f"{name}: intended configuration of the port")
            continue
        # An old network keeps its access points until they move; any other number is as wrong as ever.
        meant = written.mode == "access" and port.access is not None and written.access == port.access.vid
        old = meant and written.enabled and agreed_until(school, subject, port.access) is not None
        for wrong in _wrong(school, home.vid, written):
            yield Finding(
                name,
                f"{point.name} hangs on it, and {wrong}",
                "give it the profile of access points",
                "info" if old else None,
            )
        if not guard.power:
            yield Finding(name, f"{point.name} hangs on it, and it gives no power", "let its profile give power")
    for point in _points(school):
        if point.id not in hung:
            yield cannot_evaluate(f"{point.key}: its cable in NetBox")


def _wrong(school: School, home: int, written: Interface) -> Iterator[str]:
    """What a port's VLANs have that an access point's must not."""
    untagged = written.access if written.mode == "access" else written.native
    if untagged != home:
        yield f"what comes without a tag is in VLAN {untagged}, not {home}"
    if not written.enabled:
        yield "it is shut"
    if written.mode != "trunk":
        return
    if written.tagged is None:
        yield "it carries every VLAN"
        return
    landing = {wlan.network.vid for wlan in school.wlans}
    for vid in sorted(written.tagged - landing - {home}):
        yield f"it carries VLAN {vid}, on which no SSID lands"


@policy("WIF-14")
def old_generations_of_access_points_are_flagged(school: School) -> Iterator[Said]:
    for point in _points(school):
        generation = point.model_custom.get("wifi_generation", "")
        if not generation.isdecimal():
            yield cannot_evaluate(
                f"{school.slug}: custom field wifi_generation of the device type {point.model} in NetBox"
            )
        elif int(generation) <= OLD:
            yield Finding(
                point.key, f"a {point.model} is Wi-Fi {generation}", "replace it at the next purchase, by Wi-Fi 7"
            )
        else:
            yield checked(1)


@policy("WIF-15")
def uplinks_of_access_points_are_fast_enough(school: School, subject: Subject) -> Iterator[Said]:
    hung: set[int] = set()
    for point, device, port in _cabled(school):
        hung.add(point.id)
        yield checked(1)
        name = name_of(device, port.name)
        guard = guards(subject, device).ports.get(port.name)
        end = next((one for one in point.ports if port.peer is not None and one.name == port.peer.port), None)
        speeds = [speed_of_type(one.type) for one in (port, end) if one is not None]
        known = [speed for speed in speeds if speed is not None]
        if len(known) < 2 or guard is None:  # noqa: PLR2004 - a cable has two ends
            yield cannot_evaluate(f"{name}: the type of both ends of its cable in NetBox")
            continue
        generation = point.model_custom.get("wifi_generation", "")
        least = MORE if generation.isdecimal() and int(generation) >= MULTIGIG else GIGABIT
        speed = min(*known, *([guard.speed * 1000] if guard.speed is not None else []))
        if speed < least:
            yield Finding(
                name,
                f"{point.name} gets {speed / GIGABIT:g} Gbit/s here, and needs {least / GIGABIT:g}",
                "move it to a faster port, or let the port agree its speed",
            )
    for point in _points(school):
        if point.id not in hung:
            yield cannot_evaluate(f"{point.key}: its cable in NetBox")
