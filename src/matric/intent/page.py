"""Where in NetBox the thing of a problem is: the address of its page, so that it can be put right there."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from matric.errors import Problem
from matric.intent.record import DeviceRow, Records
from matric.intent.rows import SchoolRows, TrustRows
from matric.intent.standard import Standard

__all__ = ("linked",)


def linked(
    problems: Iterable[Problem], records: Records, standard: Standard, slug: str, source: str
) -> tuple[Problem, ...]:
    """*problems* of the school *slug* with the page of each thing; as they are where *source* is no NetBox."""
    given = tuple(problems)
    site = next((row for row in records.sites if row.slug == slug), None)
    if site is None or not given or not source.startswith(("https://", "http://")):
        return given
    pages = dict(_pages(SchoolRows(TrustRows(records), standard, site)))
    base = source.rstrip("/")
    return tuple(
        replace(problem, url=f"{base}/{pages[problem.thing]}/") if problem.thing in pages else problem
        for problem in given
    )


def _pages(rows: SchoolRows) -> Iterator[tuple[str, str]]:
    """(what messages call a row, its path in NetBox)."""
    for device in rows.devices:
        for name in (rows.label(device), f"device #{device.id}", f"device (#{device.id})"):
            yield name, f"dcim/devices/{device.id}"
        yield from _port_pages(rows, device)
    for vlan in rows.vlans:
        for name in ("vlan", f"vlan {vlan.vid}", f"{rows.site.name} vlan {vlan.vid}"):
            yield f"{name} (#{vlan.id})", f"ipam/vlans/{vlan.id}"
    yield from ((f"prefix (#{row.id})", f"ipam/prefixes/{row.id}") for row in rows.prefixes)
    yield from ((f"range (#{row.id})", f"ipam/ip-ranges/{row.id}") for row in rows.ranges())
    for wlan in rows.wireless_lans:
        for name in ("wlan", f"wlan {wlan.ssid}"):
            yield f"{name} (#{wlan.id})", f"wireless/wireless-lans/{wlan.id}"
    yield from ((f"cable #{row.id}", f"dcim/cables/{row.id}") for row in rows.trust.records.cables)


def _port_pages(rows: SchoolRows, device: DeviceRow) -> Iterator[tuple[str, str]]:
    for port in rows.interfaces(device):
        for address in rows.trust.addresses_of.get(port.id, []):
            for name in (f"{device.name}/{port.name}", "address"):
                yield f"{name} (#{address.id})", f"ipam/ip-addresses/{address.id}"
        # Last, for where the ids of address and port are one the port is as good a place to look.
        yield rows.label(port), f"dcim/interfaces/{port.id}"
