"""What a Junos device finds wrong when a configuration is checked as a whole: what is referred to and is not there.

Source: messages of ``commit check`` as the Junos CLI user guide and public reports show them; the rest in their manner.
"""

from collections.abc import Iterator

from matric.lab import junos_tree
from matric.lab.junos_view import at
from matric.lab.tree import Entry, Section

__all__ = ("wrong",)

LAST_VID = 4094
CLASSES = frozenset({"operator", "read-only", "super-user", "superuser", "unauthorized"})


def wrong(tree: Section) -> str | None:
    """The first fault; None where a commit would be taken."""
    return next(_faults(tree), None)


def _faults(tree: Section) -> Iterator[str]:
    if at(tree, "system", "root-authentication") is None:
        yield "[edit system] Missing mandatory statement: 'root-authentication'"
    vlans = at(tree, "vlans") or Section("")
    for name, vlan in _parts(vlans):
        vid = vlan.value("vlan-id")
        if vid and not (vid.isdecimal() and 1 <= int(vid) <= LAST_VID):
            yield f"[edit vlans {name}] vlan-id {vid}: must be 1..{LAST_VID}"
    for name, interface in _parts(at(tree, "interfaces") or Section("")):
        for unit, inside in _parts(interface, "unit"):
            yield from _unit(tree, vlans, f"[edit interfaces {name} unit {unit}", inside)
    profile = (at(tree, "protocols", "dot1x", "authenticator") or Section("")).value("authentication-profile-name")
    if profile and f"profile {profile}" not in (at(tree, "access") or Section("")).entries:
        yield f"[edit protocols dot1x authenticator] Access profile '{profile}' is not defined"
    login = at(tree, "system", "login") or Section("")
    for name, user in _parts(login, "user"):
        given = user.value("class")
        if given and given not in CLASSES and f"class {given}" not in login.entries:
            yield f"[edit system login user {name}] class {given}: no such login class"


def _unit(tree: Section, vlans: Section, place: str, unit: Section) -> Iterator[str]:
    switching = at(unit, "family", "ethernet-switching") or Section("")
    members = (at(switching, "vlan") or Section("")).entries.get("members") or Entry("members")
    for member in junos_tree.values(members):
        if not member[:1].isdecimal() and member != "all" and member not in vlans.entries:
            yield f"{place} family ethernet-switching vlan] vlan {member}: no such"
    profile = switching.value("storm-control")
    if profile and f"storm-control-profiles {profile}" not in (at(tree, "forwarding-options") or Section("")).entries:
        yield f"{place} family ethernet-switching] Referenced storm-control profile '{profile}' is not defined"
    known = (at(tree, "firewall", "family", "inet") or Section("")).entries
    for way in ("input", "output"):
        name = (at(unit, "family", "inet", "filter") or Section("")).value(way)
        if name and f"filter {name}" not in known:
            yield f"{place} family inet] 'filter' Referenced filter '{name}' is not defined"


def _parts(section: Section, word: str = "") -> Iterator[tuple[str, Section]]:
    """Name and inside of every statement, or of every ``word NAME``."""
    entries = section.find(word) if word else tuple(section.entries.values())
    for entry in entries:
        yield entry.text.removeprefix(f"{word} "), entry.below or Section("")
