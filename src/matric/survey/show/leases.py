"""Lists of DHCP leases, in the four forms an old provider hands over.

ISC ``dhcpd.leases`` (dhcpd.leases(5)), dnsmasq's lease file (dnsmasq(8)), the CSV of Windows
``Get-DhcpServerv4Lease | Export-Csv``, and ``netsh dhcp server scope N show clients 1``.
"""

import csv
import re
from collections.abc import Iterator

from matric.survey.model import Lease
from matric.survey.show.words import ip, mac
from matric.survey.told import Told
from matric.survey.unread import guarded, unread

__all__ = ("leases",)

Line = tuple[int, str]
Read = tuple[int, Lease | None]
"""Number of a line that is understood, and the lease it ends, if it does."""
_BARE = re.compile(r"[\s=\-#*]*$")
_IP = r"(\d{1,3}(?:\.\d{1,3}){3})"
_OPEN = re.compile(rf"(?:lease {_IP}|host (\S+)) \{{$")
_ISC = re.compile(
    r"#|(?:starts|ends|tstp|tsfp|atsfp|cltt|binding|next|rewind|uid|set|option|server-duid|authoring|default-|max-|dynamic|"
    r"abandoned|vendor|on|execute|ddns|reserved|bootp|include|log|authoritative)\b"
)
_DNSMASQ = re.compile(rf"\d+ ([0-9A-Fa-f:]{{17}}) {_IP} (\S+)(?: \S+)?$")
_DUID = re.compile(r"duid [0-9a-f:]+$|\d+ \S+ [0-9a-f:]*:[0-9a-f:]* \S+ \S+$")
_NETSH = re.compile(
    rf"{_IP}\s*-\s*{_IP}\s*-\s*([0-9A-Fa-f-]{{17}})\s*-\s*(.+?)(?:\s*-\s*([UNDR])?\s*(?:-\s*(\S.*))?)?$"
)
_NETSH_TALK = re.compile(
    r"Changed the current scope|Type : |IP Address\s+- |No of Clients|Command completed|-\s*-|\s*Scope |={3,}"
)


def leases(text: str) -> Told:
    """What a list of leases tells, in whichever of the four forms it is. Never raises.

    A host's last lease counts (ISC appends). A list that is none leaves every line unread.
    """
    lines = [
        (at, line)
        for at, line in enumerate(
            text.lstrip("\ufeff").replace("\r", "").encode("utf-8", "replace").decode().split("\n"), 1
        )
        if not _BARE.match(line)
    ]
    every = (tuple(reader(lines)) for reader in (_isc, _dnsmasq, _windows, _netsh))
    read = max(every, key=lambda found: (sum(lease is not None for _, lease in found), len(found)))
    known = {number for number, _ in read}
    found = {lease.ip: lease for _, lease in read if lease is not None and ip(lease.ip)}
    left = tuple(unread(at, line, "no line of a list of leases that is known") for at, line in lines if at not in known)
    told = tuple(found.values()) if found or (lines and not left) else None
    return Told(leases=told, lines=len(lines), understood=len(lines) - len(left), unread=left)


def _isc(lines: list[Line]) -> Iterator[Read]:
    host, address, name, reserved, free, depth = "", "", "", False, False, 0
    for at, raw in lines:
        line = raw.strip()
        if opened := _OPEN.match(line):
            host, name, reserved = opened[1] or "", opened[2] or "", bool(opened[2])
            address, free, depth = "", False, 1
            yield at, None
        elif depth and line == "}":
            depth = 0
            whole = bool(host and address) and not free
            yield at, Lease(ip=host, mac=address, hostname=guarded(name), reserved=reserved) if whole else None
        elif found := re.match(r"hardware ethernet (\S+);", line):
            address = mac(found[1])
            yield at, None
        elif found := re.match(r'(?:client-hostname|option host-name) "?([^";]*)"?;', line):
            name = name if reserved else found[1].partition(".")[0]
            yield at, None
        elif found := re.match(rf"fixed-address {_IP};", line):
            host = found[1]
            yield at, None
        elif _ISC.match(line):
            free = free or bool(re.match(r"binding state (?:free|abandoned|backup|expired|released)", line))
            yield at, None


def _dnsmasq(lines: list[Line]) -> Iterator[Read]:
    for at, raw in lines:
        line = raw.strip()
        if found := _DNSMASQ.match(line):
            name = "" if found[3] == "*" else found[3]
            yield at, Lease(ip=found[2], mac=mac(found[1]), hostname=guarded(name)) if mac(found[1]) else None
        elif _DUID.match(line):
            yield at, None


def _windows(lines: list[Line]) -> Iterator[Read]:
    """The columns are named by the head; PowerShell puts the type of the objects before it."""
    head: list[str] = []
    for at, line in lines:
        if line.startswith("#TYPE "):
            yield at, None
            continue
        try:
            cells = next(
                csv.reader([line], delimiter="\t" if "\t" in line else ";" if ";" in line else ","), list[str]()
            )
        except csv.Error:
            continue
        if not head and {"IPAddress", "ClientId"} <= set(cells):
            head = cells
            yield at, None
        elif head and len(cells) == len(head):
            row = dict(zip(head, cells, strict=True))
            address, host = mac(row["ClientId"]), row["IPAddress"].strip()
            if re.fullmatch(_IP, host):
                state = row.get("AddressState", "")
                name = row.get("HostName", "").partition(".")[0]
                fixed = "Reservation" in state
                yield at, Lease(ip=host, mac=address, hostname=guarded(name), reserved=fixed) if address else None


def _netsh(lines: list[Line]) -> Iterator[Read]:
    for at, raw in lines:
        line = raw.strip()
        if found := _NETSH.match(line):
            name = (found[6] or "").partition(".")[0].strip()
            fixed = "INACTIVE" in found[4] or "NEVER EXPIRES" in found[4].upper()
            address = mac(found[3])
            yield at, Lease(ip=found[1], mac=address, hostname=guarded(name), reserved=fixed) if address else None
        elif _NETSH_TALK.match(line):
            yield at, None
