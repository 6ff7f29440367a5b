"""A Junos configuration in the words the lab computes reachability in: those of the other two platforms."""

import re
from collections.abc import Iterator

from matric.lab.tree import Entry, Section

__all__ = ("at", "lag", "seen", "unanswered")

NO_NATIVE = 4095
"""No frame is of this VLAN: a trunk without native VLAN takes no untagged frame."""


def unanswered(tree: Section) -> str:
    """Why nothing on the device would take a NETCONF login; empty if something does."""
    netconf = at(tree, "system", "services", "netconf")
    return "" if netconf is not None and "ssh" in netconf.entries else "NETCONF over SSH is not configured"


def at(tree: Section, *path: str) -> Section | None:
    """What stands below *path*."""
    here: Section | None = tree
    for key in path:
        entry = here.entries.get(key) if here is not None else None
        here = entry.below if entry is not None else None
    return here


def lag(name: str) -> str:
    """``Port-channel0`` for ``ae0``, and the other way round; other names stay."""
    if found := re.fullmatch(r"(ae|Port-channel)(\d+)", name):
        return f"Port-channel{found[2]}" if found[1] == "ae" else f"ae{found[2]}"
    return name


def seen(tree: Section) -> Section:
    """*tree* as VLANs, interfaces, routes and accounts."""
    found = Section("top")
    ids = _ids(tree)
    speaking = {
        name for name, section in _members(tree, "interfaces") if at(section, "aggregated-ether-options", "lacp")
    }
    for name, vid in ids.items():
        _put(found, f"vlan {vid}", "vlan", [f"name {name}"])
    for name, section in _members(tree, "interfaces"):
        if name == "irb":
            for line, rows in _svis(tree, section, ids):
                _put(found, line, "interface", rows)
        else:
            _put(found, f"interface {lag(name)}", "interface", list(_port(section, ids, speaking)))
    for key, entry in (at(tree, "routing-options", "static") or Section("")).entries.items():
        hop = entry.below.value("next-hop") if entry.below is not None else None
        if hop:
            _put(found, f"ip route {key.split()[1]} {hop.strip('[] ').split()[0]}", "", [])
    for entry in (at(tree, "system", "login") or Section("")).find("user"):
        _put(found, f"username {entry.text.split()[1]}", "", [])
    return found


def _put(found: Section, line: str, mode: str, rows: list[str]) -> None:
    below = Section(mode, {row: Entry(row) for row in rows}) if mode else None
    found.entries[line] = Entry(line, below)


def _members(tree: Section, name: str) -> Iterator[tuple[str, Section]]:
    for key, entry in (at(tree, name) or Section("")).entries.items():
        yield key, entry.below or Section("")


def _ids(tree: Section) -> dict[str, int]:
    """VLAN name -> id."""
    found = {name: section.value("vlan-id") for name, section in _members(tree, "vlans")}
    return {name: int(vid) for name, vid in found.items() if vid and vid.isdecimal()}


def _svis(tree: Section, irb: Section, ids: dict[str, int]) -> Iterator[tuple[str, list[str]]]:
    for name, section in _members(tree, "vlans"):
        unit = (section.value("l3-interface") or "").removeprefix("irb.")
        entry = irb.entries.get(f"unit {unit}")
        if entry is None or entry.below is None or name not in ids:
            continue
        rows = list(_addresses(entry.below))
        if "disable" in entry.below.entries or "disable" in irb.entries:
            rows.append("shutdown")
        yield f"interface Vlan{ids[name]}", rows


def _addresses(unit: Section) -> Iterator[str]:
    for entry in (at(unit, "family", "inet") or Section("")).find("address"):
        yield f"ip {entry.text}"


def _port(section: Section, ids: dict[str, int], speaking: set[str]) -> Iterator[str]:
    if description := section.value("description"):
        yield f"description {description.strip(chr(34))}"
    unit = at(section, "unit 0") or Section("")
    if "disable" in section.entries or "disable" in unit.entries:
        yield "shutdown"
    for options in ("ether-options", "gigether-options"):
        group = (at(section, options) or Section("")).value("802.3ad")
        if group:
            yield f"channel-group {group.removeprefix('ae')} mode {'active' if group in speaking else 'on'}"
            return
    switching = at(unit, "family", "ethernet-switching")
    if switching is None:
        yield "no switchport"
        yield from _addresses(unit)
        return
    members = ((at(switching, "vlan") or Section("")).value("members") or "").strip("[] ").split()
    vids = ",".join(str(ids.get(word, word)) for word in members if word in ids or word[:1].isdecimal())
    if switching.value("interface-mode") == "trunk":
        yield "switchport mode trunk"
        yield f"switchport trunk native vlan {section.value('native-vlan-id') or NO_NATIVE}"
        yield f"switchport trunk allowed vlan {'1-4094' if 'all' in members else vids or 'none'}"
    elif vids:
        yield f"switchport access vlan {vids.split(',')[0]}"
