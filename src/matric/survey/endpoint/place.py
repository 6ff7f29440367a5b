"""Where each address is: the port farthest from the core that has no read switch behind it. No address is lost.

A switch learns an address on the port that its frames come in by (IEEE 802.1Q, 8.7), so a host stands in the tables of
every switch between it and the core: on uplinks there, and on its own port at its own switch.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from matric.survey.endpoint import maker
from matric.survey.endpoint.model import Own, Place, Sight
from matric.survey.endpoint.wiring import Wiring
from matric.survey.model import Survey

__all__ = ("Placed", "every_mac", "own", "placed")

_VIRTUAL_ROUTERS = ("00:00:5e:00:01:", "00:00:5e:00:02:", "00:00:0c:07:ac:", "00:00:0c:9f:f", "00:1c:73:00:00:99")
"""VRRP (RFC 9568), HSRP, and the usual address of EOS's shared gateway."""


@dataclass(frozen=True, slots=True)
class Placed:
    """Where an address was found."""

    mac: str
    place: Place


def every_mac(survey: Survey) -> frozenset[str]:
    """Every address that anything in the survey names."""
    return frozenset(filter(None, _macs(survey)))


def _macs(survey: Survey) -> Iterator[str]:
    for device in survey.devices:
        yield device.mac
        yield from (one.mac for one in device.macs or ())
        yield from (one.mac for one in device.arps or ())
        yield from (one.mac for one in device.leases or ())
        yield from (one.mac for one in device.neighbours or ())
    yield from (one.mac for one in survey.leases)


def own(wiring: Wiring) -> tuple[Own, ...]:
    """The addresses that are the network's own and no endpoint's."""
    found: dict[str, str] = {}
    for mac, of in (*_told(wiring), *_reserved(wiring.survey)):
        found.setdefault(mac, of)
    return tuple(Own(mac=mac, of=of) for mac, of in sorted(found.items()) if mac)


def _told(wiring: Wiring) -> Iterator[tuple[str, str]]:
    """(address, device): base addresses, those of switches that are heard, and those that answer for a device's own."""
    devices = wiring.survey.devices
    held = {device.gateway: f"the gateway {device.gateway}" for device in devices if device.gateway}
    held |= {one.address.partition("/")[0]: device.name for device in devices for one in device.addresses or ()}
    for device in devices:
        yield device.mac, device.name
    for device in devices:
        for heard in filter(wiring.passes_on, device.neighbours or ()):
            other = wiring.known(heard)
            yield heard.mac, other.name if other is not None else heard.name or heard.mac
        yield from ((arp.mac, held[arp.ip]) for arp in device.arps or () if arp.ip in held)


def _reserved(survey: Survey) -> Iterator[tuple[str, str]]:
    for mac in every_mac(survey):
        if maker.group(mac):
            yield mac, "group address"
        elif mac.startswith(_VIRTUAL_ROUTERS):
            yield mac, "virtual router"


def placed(wiring: Wiring) -> tuple[Placed, ...]:
    """Every address that is not the network's own, once, by address."""
    ours = {one.mac for one in own(wiring)}
    tables = _Tables(wiring)
    return tuple(Placed(mac, tables.place(mac)) for mac in sorted(every_mac(wiring.survey) - ours))


class _Tables:
    """The tables of addresses of every device, by address."""

    def __init__(self, wiring: Wiring) -> None:
        self.wiring = wiring

    @cached_property
    def sights(self) -> dict[str, list[Sight]]:
        found: dict[str, dict[Sight, None]] = defaultdict(dict)
        for device in self.wiring.survey.devices:
            for seen in device.macs or ():
                port = self.wiring.full(device.name, seen.port)
                found[seen.mac][Sight(device=device.name, port=port, vid=seen.vid)] = None
            for heard in device.neighbours or ():
                if heard.mac and not self.wiring.passes_on(heard):
                    port = self.wiring.full(device.name, heard.port)
                    already = any((one.device, one.port) == (device.name, port) for one in found[heard.mac])
                    if not already:
                        found[heard.mac][Sight(device=device.name, port=port)] = None
        return {mac: list(seen) for mac, seen in found.items()}

    @cached_property
    def crowd(self) -> dict[tuple[str, str], int]:
        """(device, port) -> how many addresses were seen there."""
        found: dict[tuple[str, str], set[str]] = defaultdict(set)
        for mac, seen in self.sights.items():
            for one in seen:
                found[one.device, one.port].add(mac)
        return {end: len(macs) for end, macs in found.items()}

    def place(self, mac: str) -> Place:
        seen = self.sights.get(mac, [])
        if not seen:
            return Place(how="unknown", why="it has an address (ARP or a lease), and stands in no table of addresses")
        links = self.wiring.links
        edge = [one for one in seen if (one.device, one.port) not in links]
        if edge:
            return self._at(self._farthest(edge), seen)
        beyond = [one for one in seen if not links[one.device, one.port].read]
        if beyond:
            best = self._farthest(beyond)
            link = links[best.device, best.port]
            why = "whose table of addresses was not seen" if link.surveyed else "which was not surveyed"
            return self._at(best, seen, f"{link.name}, {why}")
        last = self._farthest(seen)
        link = links[last.device, last.port]
        return Place(
            how="unknown",
            sights=tuple(seen),
            why=f"{last.device} {last.port} leads to {link.name}, whose table no longer holds it",
        )

    def _farthest(self, seen: list[Sight]) -> Sight:
        """The sight farthest from the core; of two, that on the port with fewer addresses."""
        depth = self.wiring.depth
        return min(seen, key=lambda one: (-depth[one.device], self.crowd[one.device, one.port], one.device, one.port))

    def _at(self, best: Sight, seen: list[Sight], behind: str = "") -> Place:
        here = [one for one in seen if (one.device, one.port) == (best.device, best.port)]
        return Place(
            how="behind" if behind else "port",
            device=best.device,
            port=best.port,
            vids=tuple(sorted({one.vid for one in here if one.vid is not None})),
            behind=behind,
            blind=bool(behind),
            sights=tuple(one for one in seen if one not in here),
        )
