"""Lists of DHCP leases that belong to no switch: Windows' and other CSV files, dnsmasq's, and ISC dhcpd's and Kea's.

Sources: Microsoft ``Get-DhcpServerv4Lease | Export-Csv`` and the console's "Export List"; dnsmasq(8), ``dhcp.leases``;
dhcpd.leases(5); Kea's memfile.
"""

import csv
import re
from ipaddress import IPv4Address

from matric.survey.model import Lease
from matric.survey.source_text import says

__all__ = ("leases",)

IP = ("ipaddress", "clientipaddress", "ip", "address", "leaseip", "ipv4address")
MAC = ("clientid", "uniqueid", "mac", "macaddress", "hwaddr", "hwaddress", "hardwareaddress", "physicaladdress")
HOST = ("hostname", "name", "host", "clientname", "description", "devicename")
STATE = ("addressstate", "leaseexpiration", "type", "state")
_DNSMASQ = re.compile(r"^\d+ (?P<mac>(?:[0-9a-fA-F]{2}:){5}[0-9a-fA-F]{2}) (?P<ip>\d+(?:\.\d+){3}) (?P<host>\S+) \S+$")
_ISC = re.compile(r"^(?P<host>host|lease) (?P<ip>\S+) \{(?P<body>[^{}]*)\}", re.MULTILINE)
_MAC_DIGITS = 12


def leases(text: str, server: str) -> tuple[tuple[Lease, ...], tuple[int, ...]] | None:
    """The leases *text* lists and the lines (from 1) that were not understood; None where it is no such list."""
    lines = text.split("\n")
    for read in (_csv, _dnsmasq, _isc):
        found = read(lines, server)
        if found is not None:
            kept, known = found
            left = tuple(at for at, line in enumerate(lines, 1) if at not in known and says(line))
            return tuple(sorted(kept, key=lambda one: (IPv4Address(one.ip), one.mac))), left
    return None


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


def _csv(lines: list[str], server: str) -> tuple[list[Lease], set[int]] | None:
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
            found.append(Lease(ip=ip, mac=mac, hostname=cell("host"), server=server, reserved=reserved))
            known.add(number)
    return found, known


def _cells(line: str, mark: str) -> list[str]:
    try:
        return next(iter(csv.reader([line], delimiter=mark)))
    except (csv.Error, StopIteration):
        return []


def _dnsmasq(lines: list[str], server: str) -> tuple[list[Lease], set[int]] | None:
    hits = {at: found for at, line in enumerate(lines, 1) if (found := _DNSMASQ.match(line)) and _ip(found["ip"])}
    if not hits:
        return None
    made = [
        Lease(ip=_ip(one["ip"]), mac=_mac(one["mac"]), hostname=one["host"].strip("*"), server=server)
        for one in hits.values()
    ]
    return made, set(hits)


def _isc(lines: list[str], server: str) -> tuple[list[Lease], set[int]] | None:
    text = "\n".join(lines)
    made: list[Lease] = []
    known: set[int] = set()
    for found in _ISC.finditer(text):
        body = found["body"]
        mac = re.search(r"hardware ethernet ([0-9a-fA-F:]+);", body)
        fixed = re.search(r"fixed-address ([\d.]+);", body)
        ip = _ip(fixed[1] if fixed else found["ip"])
        if mac is None or not ip or not _mac(mac[1]):
            continue
        name = re.search(r"client-hostname \"([^\"]*)\";", body)
        host = name[1] if name else found["ip"] if found["host"] == "host" else ""
        made.append(Lease(ip=ip, mac=_mac(mac[1]), hostname=host, server=server, reserved=found["host"] == "host"))
        first = text.count("\n", 0, found.start()) + 1
        known.update(range(first, first + found[0].count("\n") + 1))
    return (made, known) if made else None
