"""Lists of DHCP leases that belong to no switch: those of known servers, and any table that names addresses and hosts.

The tables of Windows' console ("Export List"), of Kea (memfile) and of firewalls differ in the names of their columns
only.
"""

import csv
import re
from collections.abc import Iterable
from ipaddress import IPv4Address

from matric.survey.model import Lease
from matric.survey.source_text import says

__all__ = ("leases",)

IP = ("ipaddress", "clientipaddress", "ip", "address", "leaseip", "ipv4address")
MAC = ("clientid", "uniqueid", "mac", "macaddress", "hwaddr", "hwaddress", "hardwareaddress", "physicaladdress")
HOST = ("hostname", "name", "host", "clientname", "description", "devicename")
STATE = ("addressstate", "leaseexpiration", "type", "state")
_LOOKS = re.compile(
    r"^(?:lease [\d.]+ \{|host \S+ \{|\d+ (?:[0-9a-f]{2}:){5}[0-9a-f]{2} \d|.*IPAddress.*ClientId|.*ClientId.*IPAddress"
    r"|[\d.]{7,15} *- *[\d.]{7,15} *-)",
    re.MULTILINE | re.IGNORECASE,
)
_MAC_DIGITS = 12


def leases(text: str) -> tuple[tuple[Lease, ...], tuple[int, ...]] | None:
    """The leases *text* lists and the lines (from 1) that were not understood; None where it is no such list."""
    from matric.survey import show  # noqa: PLC0415 - templates only where there is a text

    if _LOOKS.search(text):
        told = show.leases(text)
        if told.leases and told.understood * 2 > told.lines:
            return _sorted(told.leases), tuple(one.origin.line for one in told.unread)
    lines = text.split("\n")
    found = _csv(lines)
    if found is None:
        return None
    kept, known = found
    return _sorted(kept), tuple(at for at, line in enumerate(lines, 1) if at not in known and says(line))


def _sorted(kept: Iterable[Lease]) -> tuple[Lease, ...]:
    return tuple(sorted(kept, key=lambda one: (IPv4Address(one.ip), one.mac)))


def _mac(text: str) -> str:
    digits = re.sub(r"[^0-9a-f]", "", text.lower())
    if len(digits) == _MAC_DIGITS + 2 and digits.startswith("01"):
        digits = digits[2:]
    return ":".join(digits[at : at + 2] for at in range(0, 12, 2)) if len(digits) == _MAC_DIGITS else ""


def _ip(text: str) -> str:
    try:
        return str(IPv4Address(text.strip()))
    except ValueError:
        return ""


def _csv(lines: list[str]) -> tuple[list[Lease], set[int]] | None:
    first = next((at for at, line in enumerate(lines) if says(line) and not line.startswith("#TYPE")), None)
    if first is None:
        return None
    mark = max(",;\t", key=lines[first].count)
    heads = [re.sub(r"[^a-z0-9]", "", one.lower()) for one in _cells(lines[first], mark)]
    at = {of: next((heads.index(one) for one in names if one in heads), None) for of, names in
          (("ip", IP), ("mac", MAC), ("host", HOST), ("state", STATE))}  # fmt: skip
    if at["ip"] is None or at["mac"] is None:
        return None
    found: list[Lease] = []
    known = {*range(1, first + 2)}
    for number, line in enumerate(lines[first + 1 :], first + 2):
        cells = _cells(line, mark)

        def cell(of: str, cells: list[str] = cells) -> str:
            place = at[of]
            return cells[place].strip() if place is not None and place < len(cells) else ""

        if (ip := _ip(cell("ip"))) and (mac := _mac(cell("mac"))):
            reserved = "reserv" in cell("state").lower()
            found.append(Lease(ip=ip, mac=mac, hostname=cell("host"), reserved=reserved))
            known.add(number)
    return found, known


def _cells(line: str, mark: str) -> list[str]:
    try:
        return next(iter(csv.reader([line], delimiter=mark)))
    except (csv.Error, StopIteration):
        return []
