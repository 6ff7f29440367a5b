"""Configurations of the kind Cisco began: IOS, IOS-XE and EOS."""

import re
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from ipaddress import IPv4Address, IPv4Interface, IPv4Network
from itertools import chain
from typing import TypeVar

from matric.config import Config, Line
from matric.switch import ANYWHERE, Account, Entry, Interface, Route, Switch, Wireless

__all__ = ("read", "vids")

Value = TypeVar("Value")

HASHES = {"0": "plain", "4": "broken", "5": "md5", "6": "reversible", "7": "reversible", "8": "sha256", "9": "scrypt"}
SIDES = {"any": ANYWHERE}


@dataclass(frozen=True, slots=True)
class Dialect:
    """How one platform says what the others say in another way."""

    guard_by_default: str
    """Line that puts BPDU guard on every edge port."""
    spanning_tree: str
    """Mode where no line names one."""
    http: Callable[[Config], bool]
    telnet: Callable[[Config], bool]
    ssh: Callable[[Config], bool]
    api: Callable[[Config], bool]
    """True where matric's own way in is open."""
    forwards: Callable[[Config], bool]


def read(slug: str, tree: Config) -> Switch:
    """What *tree* says, in the dialect of platform *slug*: ``ios`` or ``eos``."""
    dialect = DIALECTS[slug]
    guarded = bool(tree.find(dialect.guard_by_default))
    return Switch(
        interfaces={one.name: one for one in (_interface(line, guarded) for line in tree.find(r"^interface \S"))},
        vlans=dict(_vlans(tree)),
        access_lists=dict(_access_lists(tree)),
        accounts=tuple(_accounts(tree)),
        communities=tuple(_words(tree, r"^snmp-server community (\S+)")),
        routes=tuple(_routes(tree)),
        spanning_tree=_mode(tree) or dialect.spanning_tree,
        telnet=dialect.telnet(tree),
        http=dialect.http(tree),
        ssh=dialect.ssh(tree),
        api=dialect.api(tree),
        doors=tuple(sorted(set(_doors(tree)))),
        wireless=_wireless(tree),
        forwards=dialect.forwards(tree),
    )


def _words(tree: Config | Line, pattern: str) -> Iterator[str]:
    """Group 1 of *pattern* in every line it finds."""
    return (found[1] for line in tree.find(pattern) if (found := re.search(pattern, line.text)))


def _last(given: Iterator[Value], otherwise: Value) -> Value:
    """The last of *given*: a later line replaces an earlier one."""
    return deque(chain((otherwise,), given), maxlen=1).pop()


def vids(text: str) -> frozenset[int]:
    """``10,20,30-32`` or ``none`` as numbers; ``all`` is every VLAN there is."""
    if text == "all":
        return frozenset(range(1, 4095))
    numbers: set[int] = set()
    for part in text.split(",") if text != "none" else ():
        first, _, last = part.partition("-")
        numbers.update(range(int(first), int(last or first) + 1))
    return frozenset(numbers)


# ---- interfaces ----


def _interface(line: Line, guarded: bool) -> Interface:  # noqa: FBT001 - said by a line of the configuration
    name = line.text.removeprefix("interface ")
    virtual = name.lower().startswith(("vlan", "loopback", "management"))
    edge = bool(line.find(r"^spanning-tree portfast(?! disable)"))
    lag = next(iter(_lags(line)), None)
    one = Interface(
        name=name,
        enabled=not line.find(r"^shutdown$"),
        mode=_mode_of(line, virtual=virtual, member=lag is not None),
        access=_last(map(int, _words(line, _untagged(line))), 1),
        voice=_last(map(int, _words(line, r"^switchport (?:voice|phone) vlan (\d+)$")), None),
        native=_last(map(int, _words(line, r"^switchport trunk native vlan (\d+)$")), 1),
        allowed=_allowed(line),
        edge=edge,
        bpdu_guard=bool(line.find(r"^spanning-tree bpduguard enable$")),
        trusted=bool(line.find(r"^ip dhcp snooping trust$")),
        access_list=_last(_words(line, r"^ip access-group (\S+) in$"), ""),
        access_list_out=_last(_words(line, r"^ip access-group (\S+) out$"), ""),
        vid=int(name[4:]) if re.fullmatch(r"(?i)vlan\d+", name) else None,
        address=_last(_addresses(line), None),
    )
    if edge and guarded and not line.find(r"^spanning-tree bpduguard disable$"):
        one = replace(one, bpdu_guard=True)
    return one if lag is None else replace(one, lag=lag[0], lacp=lag[1] != "on")


def _untagged(line: Line) -> str:
    """Which line names the VLAN of an access port: on a phone's port of EOS it is the native one."""
    phone = line.find(r"^switchport mode trunk phone$")
    return r"^switchport trunk native vlan (\d+)$" if phone else r"^switchport access vlan (\d+)$"


def _mode_of(line: Line, *, virtual: bool, member: bool) -> str:
    if member:
        return "member"
    if virtual or line.find(r"^no switchport$"):
        return "routed"
    said = _last(_words(line, r"^switchport mode (access|trunk phone|trunk|dynamic)"), "access")
    return "access" if said == "trunk phone" else said


def _lags(line: Line) -> Iterator[tuple[int, str]]:
    for member in line.find(r"^channel-group \d+ mode \S+"):
        words = member.text.split()
        yield int(words[1]), words[3]


def _allowed(line: Line) -> frozenset[int] | None:
    allowed: frozenset[int] | None = None
    for text in _words(line, r"^switchport trunk allowed vlan (.+)$"):
        verb, _, rest = text.partition(" ")
        match verb:
            case "add":
                allowed = vids(rest) if allowed is None else allowed | vids(rest)
            case "remove":
                allowed = (vids("all") if allowed is None else allowed) - vids(rest)
            case "all":
                allowed = None
            case _:
                allowed = vids(text)
    return allowed


def _addresses(line: Line) -> Iterator[IPv4Interface]:
    for text in _words(line, r"^ip address (\d\S+(?: \d\S+)?)$"):
        yield IPv4Interface(text.replace(" ", "/"))


def _vlans(tree: Config) -> Iterator[tuple[int, str]]:
    yield 1, "default"
    for line in tree.find(r"^vlan \d[\d,-]*$"):
        name = _last(_words(line, r"^name (.+)$"), "")
        yield from ((vid, name) for vid in sorted(vids(line.text.removeprefix("vlan "))))


# ---- access lists ----


def _access_lists(tree: Config) -> Iterator[tuple[str, tuple[Entry, ...]]]:
    for line in tree.find(r"^ip access-list (?:standard |extended )?\S+$"):
        standard = line.text.startswith("ip access-list standard ")
        yield line.text.split()[-1], tuple(_entries(line, standard=standard))
    numbered: dict[str, list[Entry]] = {}
    for line in tree.find(r"^access-list \d+ (?:permit|deny) "):
        name, text = line.text.removeprefix("access-list ").split(" ", 1)
        entry = _entry(text, standard=int(name) < 100)  # noqa: PLR2004 - IOS numbering
        numbered.setdefault(name, []).append(replace(entry, text=line.text))
    yield from ((name, tuple(entries)) for name, entries in numbered.items())


def _entries(line: Line, *, standard: bool) -> Iterator[Entry]:
    for child in line.children:
        if found := re.match(r"(?:\d+ )?((?:permit|deny) .+)$", child.text):
            yield replace(_entry(found[1], standard=standard), text=child.text)


def _entry(text: str, *, standard: bool) -> Entry:
    try:
        return _read(text, standard=standard)
    except (ValueError, IndexError):
        # Nobody here can read it: it may let anything through, and refuses nothing for certain.
        return Entry(text.startswith("permit"), "ip", ANYWHERE, ANYWHERE, text)


def _read(text: str, *, standard: bool) -> Entry:
    words = text.split()
    action = words.pop(0)
    protocol = "ip" if standard else words.pop(0)
    source = _side(words)
    ports = _ports(words)
    destination = ANYWHERE if standard else _side(words)
    rest = " ".join(word for word in (*ports, *words) if word != "log")
    return Entry(action == "permit", protocol, source, destination, rest, " ".join(ports))


def _side(words: list[str]) -> IPv4Network:
    """The end of an entry that *words* begin with, which are taken off."""
    first = words.pop(0)
    if first in SIDES:
        return SIDES[first]
    if first == "host":
        return IPv4Network(words.pop(0))
    if "/" not in first and words and re.match(r"\d+\.\d+\.\d+\.\d+$", words[0]):
        return _wild(first, words.pop(0))
    return IPv4Network(first)


def _wild(address: str, wildcard: str) -> IPv4Network:
    """The network of *address* and *wildcard*; ValueError where the wildcard has holes."""
    mask = IPv4Address(int(IPv4Address(wildcard)) ^ 0xFFFFFFFF)
    return IPv4Network(f"{address}/{mask}", strict=False)


def _ports(words: list[str]) -> list[str]:
    count = {"eq": 2, "gt": 2, "lt": 2, "neq": 2, "range": 3}.get(words[0] if words else "", 0)
    taken = words[:count]
    del words[:count]
    return taken


# ---- the rest ----


def _accounts(tree: Config) -> Iterator[Account]:
    for line in tree.find(r"^username \S+"):
        yield Account(line.text.split()[1], _hash(line.text))
    for line in tree.find(r"^enable (?:secret|password) "):
        yield Account("enable", _hash(line.text))
    for line in tree.find(r"^line "):
        yield from (Account(line.text, _hash(child.text)) for child in line.find(r"^password "))


def _hash(text: str) -> str:
    if found := re.search(r"\b(secret|password) (?:(\d|sha512|8a) )?(\S+)$", text):
        kind = found[2] or ("5" if found[3].startswith("$1$") else "0")
        return HASHES.get(kind, "sha512" if kind == "sha512" else "unknown")
    # A name without a password, or with a line of its own for the key only: whoever knows the name is in.
    return "plain" if "nopassword" in text or " ssh-key" not in text else "unknown"


def _routes(tree: Config) -> Iterator[Route]:
    for text in _words(tree, r"^ip route (?!vrf )(.+)$"):
        words = text.split()
        prefix = words.pop(0)
        if "/" not in prefix:
            prefix = f"{prefix}/{words.pop(0)}"
        hop = next((word for word in words[:2] if re.fullmatch(r"\d+\.\d+\.\d+\.\d+", word)), words[0])
        yield Route(IPv4Network(prefix, strict=False), hop)
    yield from (Route(ANYWHERE, hop) for hop in _words(tree, r"^ip default-gateway (\S+)$"))


def _mode(tree: Config) -> str:
    return _last(_words(tree, r"^spanning-tree mode (\S+)$"), "").replace("mstp", "mst")


def _doors(tree: Config) -> Iterator[str]:
    for heads, line in tree.walk():
        if heads and re.match(r"line vty|management (?:ssh|api http-commands)", heads[0]):
            found = re.match(r"(?:ip )?access-(?:class|group) (\S+)", line.text)
            if found:
                yield found[1]


def _wireless(tree: Config) -> Wireless:
    profiles = tree.find(r"^wireless profile policy ")
    lands = {line.text.split()[-1]: _last(_words(line, r"^vlan (.+)$"), "") for line in profiles}
    wlans: dict[str, str] = {}
    for line in tree.find(r"^wireless tag policy ", r"^wlan \S+ policy \S+$"):
        _, name, _, profile = line.text.split()
        wlans[name] = lands.get(profile, "")
    countries = (*_words(tree, r"^wireless country (\S+)$"), *_words(tree, r"^ap country (\S+)$"))
    return Wireless(
        countries=tuple(one for text in countries for one in text.split(",")),
        wlans=wlans,
        rf_tags=dict(_rf_tags(tree)),
        rf_profiles={line.text.split()[-1]: dict(_bands(line)) for line in tree.find(r"^wireless tag rf \S+$")},
        channels={line.text.split()[-1]: _channels(line) for line in tree.find(r"^ap dot11 5ghz rf-profile \S+$")},
    )


def _rf_tags(tree: Config) -> Iterator[tuple[str, str]]:
    for line in tree.find(r"^ap filter name \S+$"):
        yield line.text.split()[-1], _last(_words(line, r"^tag rf (\S+)$"), "")


def _bands(line: Line) -> Iterator[tuple[str, str]]:
    for child in line.find(r"^\w+ghz-rf-policy \S+$"):
        band, name = child.text.split()
        yield band.removesuffix("-rf-policy"), name


def _channels(line: Line) -> frozenset[int]:
    """What a 5 GHz profile may choose from: everything, less what is removed."""
    removed = {vid for text in _words(line, r"^channel remove ([\d,]+)$") for vid in vids(text)}
    added = {vid for text in _words(line, r"^channel add ([\d,]+)$") for vid in vids(text)}
    return frozenset({*range(36, 65, 4), *range(100, 145, 4), *range(149, 166, 4)} - removed | added)


def _vty(tree: Config) -> tuple[str, ...]:
    """What each ``line vty`` lets in; without a line, everything."""
    return tuple(_last(_words(line, r"^transport input (.+)$"), "all") for line in tree.find(r"^line vty "))


def _api(tree: Config, pattern: str) -> bool:
    return bool(tree.find(r"^management api http-commands$", pattern))


DIALECTS: Mapping[str, Dialect] = {
    "ios": Dialect(
        guard_by_default=r"^spanning-tree portfast (?:edge )?bpduguard default$",
        spanning_tree="",
        http=lambda tree: not tree.find(r"^no ip http server$"),
        telnet=lambda tree: any(re.search(r"\b(?:telnet|all)\b", said) for said in _vty(tree) or ("all",)),
        ssh=lambda tree: any(re.search(r"\b(?:ssh|all)\b", said) for said in _vty(tree)),
        api=lambda tree: any(re.search(r"\b(?:ssh|all)\b", said) for said in _vty(tree)),
        # Shown where it is off; releases differ in what silence means, and then it is taken to be on.
        forwards=lambda tree: not tree.find(r"^no ip routing$"),
    ),
    "eos": Dialect(
        guard_by_default=r"^spanning-tree edge-port bpduguard default$",
        spanning_tree="mst",
        http=lambda tree: _api(tree, r"^protocol http(?: |$)") and _api(tree, r"^no shutdown$"),
        telnet=lambda tree: bool(tree.find(r"^management telnet$", r"^no shutdown$")),
        ssh=lambda tree: not tree.find(r"^management ssh$", r"^shutdown$"),
        api=lambda tree: _api(tree, r"^no shutdown$") and not _api(tree, r"^no protocol https$"),
        forwards=lambda tree: bool(tree.find(r"^ip routing(?: |$)")),
    ),
}
