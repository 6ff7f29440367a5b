"""A running configuration of AOS-S in the words the path is followed in: ports with their VLANs, SVIs, routes."""

from collections.abc import Iterable

from matric.lab.aoss_port import expanded
from matric.lab.aoss_tree import lags, members, unquoted, vlan_ids
from matric.lab.tree import Entry, Section

__all__ = ("seen", "unanswered")

NOWHERE = 4095
"""The native VLAN of a port that has none: no frame is in it."""


def unanswered(tree: Section) -> str:
    """Why nobody can log in; empty where somebody can. SSH is on unless it is turned off."""
    return "SSH is off" if any(entry.text == "no ip ssh" for entry in tree.entries.values()) else ""


def seen(tree: Section, known: Iterable[str]) -> Section:
    """*tree* of a switch that has the ports *known*."""
    out = Section("top")
    bound = lags(tree)
    speaking = {
        port for entry in tree.find("trunk") for port in expanded(entry.text.split()[1]) if "lacp" in entry.text.split()
    }
    inside = {port: name.removeprefix("Trk") for name, found in bound.items() for port in found}
    untagged: dict[str, int] = {}
    tagged: dict[str, list[int]] = {}
    for vid in vlan_ids(tree):
        untagged |= dict.fromkeys(members(tree, vid, "untagged"), vid)
        for port in members(tree, vid, "tagged"):
            tagged.setdefault(port, []).append(vid)
    for port in dict.fromkeys((*known, *bound, *inside, *sorted(untagged), *sorted(tagged))):
        section = _interface(tree, port)
        if port in inside:
            section.entries["channel-group"] = Entry(
                f"channel-group {inside[port]} mode {'active' if port in speaking else 'on'}"
            )
        else:
            _member(section, untagged.get(port), tagged.get(port, []))
        shown = port.replace("Trk", "Port-channel")
        out.entries[f"interface {shown}"] = Entry(f"interface {shown}", section)
    _routing(tree, out)
    return out


def _interface(tree: Section, port: str) -> Section:
    section = Section("interface")
    own = tree.entries.get(f"interface {port}")
    if own is not None and own.below is not None:
        if own.below.find("disable"):
            section.entries["shutdown"] = Entry("shutdown")
        if name := own.below.value("name"):
            section.entries["description"] = Entry(f"description {unquoted(name)}")
    return section


def _member(section: Section, untagged: int | None, tagged: list[int]) -> None:
    rows = ["switchport mode trunk", f"switchport trunk native vlan {untagged or NOWHERE}"]
    allowed = sorted({*tagged, *([untagged] if untagged else [])})
    rows.append(f"switchport trunk allowed vlan {','.join(map(str, allowed)) or 'none'}")
    for row in rows:
        section.entries[row] = Entry(row)


def _routing(tree: Section, out: Section) -> None:
    for vid in vlan_ids(tree):
        section = tree.entries[f"vlan {vid}"].below or Section("vlan")
        named = Section("vlan", {"name": Entry(f"name {unquoted(section.value('name') or f'VLAN{vid}')}")})
        out.entries[f"vlan {vid}"] = Entry(f"vlan {vid}", named)
        address = section.value("ip address")
        if address and address != "dhcp-bootp":
            svi = Section("interface", {"ip address": Entry(f"ip address {address}")})
            out.entries[f"interface Vlan{vid}"] = Entry(f"interface Vlan{vid}", svi)
    routing = bool(tree.find("ip routing"))
    for entry in (*tree.find("ip route"), *tree.find("ip default-gateway")):
        if entry.text.startswith("ip route") == routing:
            out.entries[entry.text] = Entry(entry.text)
