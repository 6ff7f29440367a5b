"""Where people's things hang on a school: ports towards nobody matric configures, SSIDs, and the devices themselves.

What an attachment is for comes from the intent; the VLAN it lands in comes from the configuration alone.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from matric.intent.school import Device, Port, School
from matric.reach.domain import Place
from matric.switch import Interface, Switch

__all__ = ("Attachment", "attachments", "routers")


@dataclass(frozen=True, slots=True)
class Attachment:
    """One way onto the network."""

    device: str
    port: str
    """Port, or ``SSID name``."""
    role: str | None
    """The network that whatever hangs there belongs to; None where nothing is meant to hang there."""
    vid: int
    """The VLAN its frames land in."""
    how: str
    """untagged, tagged, voice or wireless."""
    access_list: str = ""
    """Filters what comes in at the port itself."""

    @property
    def place(self) -> Place:
        return self.device, self.vid

    @property
    def name(self) -> str:
        return f"{self.device} {self.port}"


def attachments(school: School, held: Mapping[str, Switch]) -> tuple[Attachment, ...]:
    """Every way onto the network of *school* while its devices hold *held*: ports that are up, and SSIDs."""
    ours = {device.name for device in school.configured}
    found: list[Attachment] = []
    for device in school.configured:
        switch = held.get(device.name)
        if switch is None:
            continue
        for port in device.ports:
            peer = port.peer
            if peer is None or (peer.device not in ours and peer.device_role != "router"):
                found.extend(_on_port(device, port, switch))
        found.extend(_ssids(school, device, switch))
    return tuple(found)


def _on_port(device: Device, port: Port, switch: Switch) -> Iterator[Attachment]:
    # A port about which nothing is written is an access port in VLAN 1, and up.
    own = switch.interfaces.get(port.name, Interface(port.name))
    governing = switch.carrier(port.name) or own
    if not (own.enabled and governing.enabled):
        return
    tagged = {network.vid: network.role for network in port.allowed}
    untagged = port.access.role if port.access is not None and port.profile.mode == "access" else None
    if governing.mode == "access":
        listed = governing.access_list
        yield Attachment(device.name, port.name, untagged, governing.access, "untagged", listed)
        if governing.voice is not None:
            role = port.voice.role if port.voice is not None else None
            yield Attachment(device.name, port.name, role, governing.voice, "voice", listed)
    elif governing.mode == "trunk":
        listed = governing.access_list
        every = frozenset(switch.vlans) if governing.allowed is None else governing.allowed & frozenset(switch.vlans)
        if governing.allowed is None or governing.native in governing.allowed:
            yield Attachment(
                device.name, port.name, untagged or tagged.get(governing.native), governing.native, "untagged", listed
            )
        for vid in sorted(every - {governing.native}):
            yield Attachment(device.name, port.name, tagged.get(vid), vid, "tagged", listed)


def _ssids(school: School, device: Device, switch: Switch) -> Iterator[Attachment]:
    by_profile = {wlan.profile_name: wlan for wlan in school.wlans}
    for name, lands in switch.wireless.wlans.items():
        vids = [vid for vid, called in switch.vlans.items() if lands in (str(vid), called)]
        wlan = by_profile.get(name)
        ssid = wlan.ssid if wlan is not None else name
        role = wlan.network.role if wlan is not None else None
        # A VLAN that is not there, or none: the controller's clients fall into VLAN 1.
        yield Attachment(device.name, f"SSID {ssid}", role, vids[0] if vids else 1, "wireless")


def routers(school: School, held: Mapping[str, Switch]) -> Iterator[tuple[Place, str, str]]:
    """Places where a router of the school hangs in a VLAN: place, port, router."""
    for device in school.configured:
        for port in device.ports:
            if port.peer is None or port.peer.device_role != "router" or device.name not in held:
                continue
            end = held[device.name].carrier(port.name)
            if end is None or not end.enabled or not held[device.name].interfaces[port.name].enabled:
                continue
            if end.mode == "access":
                yield (device.name, end.access), port.name, port.peer.device
            elif end.mode == "trunk":
                every = held[device.name].vlans if end.allowed is None else end.allowed
                for vid in sorted(every):
                    yield (device.name, vid), port.name, port.peer.device
