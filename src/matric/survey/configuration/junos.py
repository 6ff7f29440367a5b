"""Configurations of Junos on EX switches, as ``set`` lines or with braces. Source: Junos OS CLI reference.

Both forms become the words of one path: ``interfaces ge-0/0/1 unit 0 family ethernet-switching ...``.
"""

# ruff: noqa: FBT003 - every action of a rule takes the same three values

import re
from collections.abc import Callable, Iterator
from typing import Any

from matric import secret
from matric.platform import junos_rules
from matric.survey.configuration.draft import Draft, PortDraft, ipv4, mac, vid, vids
from matric.survey.configuration.lines import Row, rows
from matric.survey.configuration.reading import MOST_SHOWN, NO_VALUE, UNKNOWN
from matric.survey.configuration.silent import table
from matric.survey.model import Lease, Unread
from matric.survey.told import Told
from matric.survey.unread import guarded, unread

__all__ = ("told",)

Match = re.Match[str]
Action = Callable[[Draft, Match], None]
DEEPEST = 40
"""Levels of braces: more is no configuration."""
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"|(\[)|(\])|([^\s\[\]]+)')
_PORT = r"interfaces ((?:ge|xe|et|mge|fe)-\d+/\d+/\d+|ae\d+)"
_UNIT = r"interfaces (\S+) unit (\S+)"


def told(text: str) -> Told:
    """What the configuration *text* tells. Never raises."""
    draft = Draft(platform="junos", vendor="Juniper")
    every = tuple(rows(text, ()))
    left: list[Unread] = []
    for row, path, closed in _paths(every):
        fault = "" if closed else _line(draft, path)
        if fault:
            left.append(_kept(row, path, fault))
    _finish(draft)
    return Told(**draft.values(), lines=len(every), understood=len(every) - len(left), unread=tuple(left))


def _paths(every: tuple[Row, ...]) -> Iterator[tuple[Row, str, bool]]:
    """Each line with the path it means; True where it says nothing: opens, closes, comments, or is switched off."""
    heads: list[tuple[str, bool]] = []
    off = tuple(f"{found[1]} " for row in every if (found := re.match(r"(?:deactivate|delete) (.+)$", row.text)))
    comment = False
    for row in every:
        text = re.sub(r"\s*## SECRET-DATA$", "", row.text)
        if comment or text.startswith(("/*", "##", "#")):
            comment = (comment or text.startswith("/*")) and "*/" not in text
            yield row, "", True
        elif text.startswith("}"):
            del heads[-1:]
            yield row, "", True
        elif text.endswith("{") and len(heads) < DEEPEST:
            head = re.sub(r"^(?:(?:inactive|protect): )+", "", text[:-1].strip())
            heads.append((head, "inactive: " in text or (bool(heads) and heads[-1][1])))
            path = " ".join(one for one, _ in heads)
            # A head alone says that there is such a thing; whether it is known shows with what is below it.
            yield row, path, heads[-1][1] or not _KNOWN_HEAD.match(path)
        elif re.match(r"(?:deactivate|activate|delete|protect|annotate) \S", text):
            yield row, "", True
        elif found := re.match(r"set (.+)$", text):
            path = found[1].rstrip(";")
            yield row, path, f"{path} ".startswith(off)
        else:
            path = " ".join((*(one for one, _ in heads), text.rstrip(";")))
            yield row, path, text.startswith("inactive: ") or (bool(heads) and heads[-1][1])


def _line(draft: Draft, path: str) -> str:
    """Why the line is not understood; empty where it is."""
    first = path.partition(" ")[0]
    for pattern, action in _RULES.get(first, ()):
        if found := pattern.match(path):
            try:
                action(draft, found)
            except (ValueError, IndexError):
                return NO_VALUE
            return ""
    return "" if _HUSH.match(path) else UNKNOWN


_SECRET = tuple(re.compile(pattern) for pattern in junos_rules.RULES.secret)


def _kept(row: Row, path: str, why: str) -> Unread:
    heads = tuple(path.split(" ")[:1])
    masked, values = secret.masked_line(heads, row.text, _SECRET)
    text = secret.filled_line(masked, ("<secret>",) * len(values)) if values else row.text
    return unread(row.number, guarded(text)[:MOST_SHOWN], why)


def _words(text: str) -> tuple[str, ...]:
    """The words of a value: one, or those of a list in brackets."""
    return tuple(quoted or word for quoted, _, _, word in _QUOTED.findall(text) if quoted or word)


# ---- what lines do ----


def _hostname(draft: Draft, found: Match) -> None:
    draft.name = guarded(_words(found[1])[0])


def _version(draft: Draft, found: Match) -> None:
    draft.os_version = found[1]


def _port(draft: Draft, found: Match) -> None:
    draft.port(found[1])


def _set(field: str, value: Any) -> Action:
    def act(draft: Draft, found: Match) -> None:
        setattr(draft.port(found[1]), field, value)

    return act


def _described(draft: Draft, found: Match) -> None:
    draft.port(found[1]).description = guarded(" ".join(_words(found[2])))


def _native(draft: Draft, found: Match) -> None:
    draft.spare.setdefault("native", {})[found[1]] = found[2]


def _mode(draft: Draft, found: Match) -> None:
    draft.port(found[1]).mode = found[2]


def _members(draft: Draft, found: Match) -> None:
    draft.port(found[1])
    draft.spare.setdefault("members", {}).setdefault(found[1], []).extend(_words(found[2]))


def _family(draft: Draft, found: Match) -> None:
    one = draft.port(found[1])
    one.mode = one.mode or "access"


def _lag(draft: Draft, found: Match) -> None:
    one = draft.port(found[1])
    one.lag = found[2]
    draft.port(one.lag)


def _speed(draft: Draft, found: Match) -> None:
    draft.port(found[1]).speed = int(found[2]) * (1000 if found[3] == "g" else 1)


def _address(draft: Draft, found: Match) -> None:
    name, unit = found[1], found[2]
    draft.address(f"{name}.{unit}").addresses.append(ipv4(found[3]))
    if re.match(r"(?:ge|xe|et|mge|fe)-|ae\d", name):
        draft.port(name).mode = "routed"


def _tagged_unit(draft: Draft, found: Match) -> None:
    draft.address(f"{found[1]}.{found[2]}").vid = vid(found[3])


def _vlan(draft: Draft, found: Match) -> None:
    draft.spare.setdefault("vlans", {})[found[1]] = vid(found[2])
    draft.vlan((vid(found[2]),), found[1])


def _vlan_list(draft: Draft, found: Match) -> None:
    draft.vlan(sorted(vids(" ".join(_words(found[2])))), found[1])


def _svi(draft: Draft, found: Match) -> None:
    draft.spare.setdefault("svis", {})[found[2]] = found[1]


def _vlan_port(draft: Draft, found: Match) -> None:
    """Membership the old way: at the VLAN."""
    name = found[2].partition(".")[0]
    draft.port(name)
    draft.spare.setdefault("members", {}).setdefault(name, []).append(found[1])


def _gateway(draft: Draft, found: Match) -> None:
    draft.gateway = draft.gateway or ipv4(found[1])


def _voice(draft: Draft, found: Match) -> None:
    draft.spare.setdefault("voice", {})[found[1].partition(".")[0]] = found[2]


def _dot1x(draft: Draft, found: Match) -> None:
    name = found[1].partition(".")[0]
    if name == "all":
        draft.spare["dot1x all"] = True
    else:
        draft.port(name).dot1x = True


def _poe(draft: Draft, found: Match) -> None:
    draft.spare.setdefault("poe", {})[found[1].partition(".")[0]] = found[2] != "disable"


def _relay(draft: Draft, found: Match) -> None:
    draft.spare.setdefault("relays", {}).setdefault(found[1], []).extend(
        ipv4(one) for one in _words(found[2]) if one[0].isdecimal()
    )


def _relayed(draft: Draft, found: Match) -> None:
    draft.spare.setdefault("relayed", {}).setdefault(found[1], []).append(found[2])


def _active(draft: Draft, found: Match) -> None:
    draft.spare.setdefault("active", {})[found[1] or ""] = found[2]


def _old_relay(draft: Draft, found: Match) -> None:
    draft.spare.setdefault("relays", {}).setdefault("", []).append(ipv4(found[1]))


def _binding(draft: Draft, found: Match) -> None:
    draft.leases.append(Lease(ip=ipv4(found[1]), mac=mac(found[2]), reserved=True))


# ---- all together ----


def _finish(draft: Draft) -> None:
    ids: dict[str, int] = draft.spare.get("vlans", {})
    for one in draft.ports.values():
        _finished(draft, one, ids)
    svis: dict[str, str] = draft.spare.get("svis", {})
    for name, address in draft.addresses.items():
        if name in svis and svis[name] in ids:
            address.vid = ids[svis[name]]
    relays: dict[str, list[str]] = draft.spare.get("relays", {})
    active: dict[str, str] = draft.spare.get("active", {})
    relayed: dict[str, list[str]] = draft.spare.get("relayed", {})
    for group, names in relayed.items():
        for name in names:
            if name in draft.addresses:
                chosen: str = active[group] if group in active else active.get("", group)
                servers: list[str] = relays.get(chosen, [])
                draft.addresses[name].relays |= dict.fromkeys(servers, None)
    for name, address in draft.addresses.items():
        if relays.get("") and name.startswith(("irb", "vlan")):
            address.relays |= dict.fromkeys(relays[""], None)


def _finished(draft: Draft, one: PortDraft, ids: dict[str, int]) -> None:
    one.enabled = one.enabled is not False
    one.dot1x = bool(one.dot1x or draft.spare.get("dot1x all"))
    poe: dict[str, bool] = draft.spare.get("poe", {})
    one.poe = poe.get(one.name, poe.get("all") if not one.name.startswith("ae") else None)
    named: list[str] = draft.spare.get("members", {}).get(one.name, [])
    numbers = {found for word in named for found in _numbers(word, ids)}
    native = draft.spare.get("native", {}).get(one.name)
    one.voice = next(iter(_numbers(draft.spare.get("voice", {}).get(one.name, ""), ids)), None)
    if one.mode == "trunk":
        one.native = next(iter(_numbers(native, ids)), None) if native else None
        one.allowed = None if "all" in named else frozenset(numbers)
    elif one.mode == "access" or named:
        one.mode, one.access = "access", min(numbers, default=1)


def _numbers(word: str, ids: dict[str, int]) -> tuple[int, ...]:
    """The VLANs that a name, a number or a range means; none where nothing here knows the name."""
    if word in ids:
        return (ids[word],)
    return tuple(sorted(vids(word))) if re.fullmatch(r"\d+(?:-\d+)?", word) and word else ()


_MANY: tuple[tuple[str, Action], ...] = (
    (r"system host-name (\S+)$", _hostname),
    (r"version (\S+)$", _version),
    (rf"{_PORT} description (.+)$", _described),
    (rf"{_PORT} disable$", _set("enabled", False)),
    (rf"{_PORT} (?:unit 0 )?disable$", _set("enabled", False)),
    (rf"{_PORT} enable$", _set("enabled", True)),
    (rf"{_PORT} (?:unit \d+ family ethernet-switching )?native-vlan-id (\S+)$", _native),
    (rf"{_PORT} unit \d+ family ethernet-switching (?:interface-mode|port-mode) (access|trunk|tagged-access)$", _mode),
    (rf"{_PORT} unit \d+ family ethernet-switching vlan members (.+)$", _members),
    (rf"{_PORT} unit \d+ family ethernet-switching$", _family),
    (rf"{_PORT} (?:ether-options|gigether-options) (?:802\.3ad|ieee-802\.3ad) (?:lacp )?(ae\d+)$", _lag),
    (rf"{_PORT} (?:ether-options |gigether-options )?speed (\d+)(m|g)$", _speed),
    (rf"{_PORT}$", _port),
    (rf"{_PORT} unit \d+$", _port),
    (rf"{_UNIT} family inet address (\d\S+)(?: .*)?$", _address),
    (rf"{_UNIT} vlan-id (\d+)$", _tagged_unit),
    (r"vlans (\S+) vlan-id (\d+)$", _vlan),
    (r"vlans (\S+) vlan-id-list (.+)$", _vlan_list),
    (r"vlans (\S+) vlan-range (\d+-\d+)$", _vlan_list),
    (r"vlans (\S+) l3-interface (\S+)$", _svi),
    (r"vlans (\S+) interface (\S+)$", _vlan_port),
    (r"routing-options static route (?:0\.0\.0\.0/0|default) (?:next-hop )?(\d\S+)$", _gateway),
    (r"switch-options voip interface (\S+) vlan (\S+)$", _voice),
    (r"ethernet-switching-options voip interface (\S+) vlan (\S+)$", _voice),
    (r"protocols dot1x authenticator interface (\S+)(?: .*)?$", _dot1x),
    (r"poe interface (\S+)(?: (\S+).*)?$", _poe),
    (r"forwarding-options dhcp-relay server-group (\S+) (.+)$", _relay),
    (r"forwarding-options dhcp-relay group (\S+) interface (\S+)$", _relayed),
    (r"forwarding-options dhcp-relay (?:group (\S+) )?active-server-group (\S+)$", _active),
    (r"forwarding-options helpers bootp (?:interface \S+ )?server (\d\S+)$", _old_relay),
    (r"vlans \S+ forwarding-options dhcp-security group \S+ interface \S+ static-ip (\S+) mac (\S+)$", _binding),
)
_RULES: dict[str, tuple[tuple["re.Pattern[str]", Action], ...]] = {}
for _pattern, _action in _MANY:
    _top = _pattern.partition(" ")[0]
    _RULES[_top] = (*_RULES.get(_top, ()), (re.compile(_pattern), _action))
_HUSH = re.compile("|".join(f"(?:{pattern})" for _, pattern in table("junos")[""]))
_KNOWN_HEAD = re.compile(rf"(?:{_PORT}|{_PORT} unit \d+ family ethernet-switching|poe interface \S+"
                         r"|protocols dot1x authenticator interface \S+)$")  # fmt: skip
"""Heads that say something by themselves."""
