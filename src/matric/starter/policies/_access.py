"""What an access list lets through."""

from collections.abc import Iterable, Iterator
from ipaddress import IPv4Network

from matric.switch import ANYWHERE, Entry, Switch

__all__ = ("INTERNET", "holes", "leaving", "list_on")

INTERNET = IPv4Network("198.51.100.0/24")
"""Stands for any address outside the trust (RFC 5737)."""


def list_on(switch: Switch, interface: str) -> tuple[Entry, ...] | None:
    """The list that filters what comes in on *interface*; None where nothing does, an unwritten list included."""
    found = switch.interfaces.get(interface)
    return switch.access_lists.get(found.access_list) if found is not None and found.access_list else None


def holes(entries: Iterable[Entry], source: IPv4Network, destination: IPv4Network) -> Iterator[Entry]:
    """The entries that let something from *source* to *destination* through, asking for an address by DHCP aside."""
    for entry in entries:
        if not (entry.source.overlaps(source) and entry.destination.overlaps(destination)):
            continue
        whole = entry.protocol == "ip" and not entry.rest and source.subnet_of(entry.source)
        if entry.permits and not _asks_for_address(entry):
            yield entry
        elif whole and not entry.permits and destination.subnet_of(entry.destination):
            return


def leaving(entries: tuple[Entry, ...], source: IPv4Network, inside: Iterable[IPv4Network]) -> Iterator[Entry]:
    """The entries that let *source* out to anywhere that is not *inside*."""
    home = tuple(inside)
    for entry in holes(entries, source, ANYWHERE):
        stays = any(entry.destination.subnet_of(one) for one in home)
        # What earlier entries refuse whole is no way out.
        if not stays and entry in tuple(holes(entries, source, entry.destination)):
            yield entry


def _asks_for_address(entry: Entry) -> bool:
    return entry.protocol == "udp" and ("bootps" in entry.rest.split() or "67" in entry.rest.split())
