"""A survey of Oakfield built by hand: a core and two switches, as the standard wants them, and what hangs on them."""

from collections.abc import Iterable
from ipaddress import IPv4Network

from matric.intent.school import Device as Wanted
from matric.intent.school import Port as WantedPort
from matric.intent.school import School
from matric.survey.model import Address, Arp, Device, Lease, Mac, Neighbour, Port, Power, Survey, Vlan

__all__ = ("TAKEN", "as_wanted", "census_macs", "edge_ports", "hung", "port_as_wanted", "survey")

TAKEN = "2026-11-20T09:00:00Z"


def survey(*devices: Device, leases: Iterable[Lease] = ()) -> Survey:
    return Survey(school="oakfield", taken_at=TAKEN, how="live", devices=devices, leases=tuple(leases))


def edge_ports(school: School) -> list[tuple[Wanted, WantedPort]]:
    """Every open access port of the school's switches."""
    return [
        (device, port)
        for device in school.configured
        for port in device.ports
        if port.enabled and port.profile.mode == "access" and port.peer is None
    ]


def port_as_wanted(port: WantedPort) -> Port:
    return Port(
        name=port.name,
        description=port.description,
        enabled=port.enabled,
        up=True,
        mode="trunk" if port.profile.mode == "trunk" else "access",
        access=port.access.vid if port.access else None,
        voice=port.voice.vid if port.voice else None,
        native=port.native.vid if port.native else None,
        dot1x=port.profile.dot1x or port.profile.mab,
        poe=port.profile.poe != "off",
    )


def as_wanted(school: School, device: Wanted) -> Device:
    """*device* as a survey would see it, had it been brought onto the standard already; nothing hangs on it."""
    cables = [port for port in device.ports if port.peer is not None and port.peer.device in school.by_name]
    gateways = [
        Address(interface=svi.name, address=f"{svi.address}", vid=svi.network.vid)
        for one in school.devices
        for svi in one.svis
        if one.name == device.name
    ]
    return Device(
        name=device.name,
        serial=device.serial,
        vlans=tuple(Vlan(vid=network.vid, name=network.name) for network in school.networks),
        addresses=tuple(gateways),
        ports=tuple(port_as_wanted(port).model_copy(update={"up": False}) for port in device.ports),
        neighbours=tuple(
            Neighbour(
                port=port.name, protocol="lldp", name=port.peer.device, remote_port=port.peer.port,
                capabilities=("bridge",),
            )
            for port in cables
            if port.peer is not None
        ),
        macs=(),
        arps=(),
        power=(),
    )  # fmt: skip


def hung(
    device: Device, port: str, mac: str, vid: int, *, watts: float | None = None, heard: Neighbour | None = None
) -> Device:
    """*device* with one more address on *port*."""
    power = (Power(port=port, watts=watts, state="delivering"),) if watts else ()
    return device.model_copy(
        update={
            "macs": (*(device.macs or ()), Mac(mac=mac, port=port, vid=vid)),
            "power": (*(device.power or ()), *power),
            "neighbours": (*(device.neighbours or ()), *((heard,) if heard else ())),
        }
    )


def answering(device: Device, mac: str, prefix: IPv4Network, host: int = 77) -> Device:
    """*device* with one more line of ARP."""
    return device.model_copy(update={"arps": (*(device.arps or ()), Arp(ip=str(prefix[host]), mac=mac))})


def census_macs(of: Survey) -> set[str]:
    """Every address that *of* names, told by another way than the census."""
    text = of.model_dump_json()
    return {text[at : at + 17] for at in range(len(text) - 16) if _is_mac(text[at : at + 17])}


def _is_mac(text: str) -> bool:
    pairs = text.split(":")
    return len(pairs) == 6 and all(len(pair) == 2 and set(pair) <= set("0123456789abcdef") for pair in pairs)
