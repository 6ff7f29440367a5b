"""What an HPE Aruba AOS-CX configuration says.

Sources: AOS-CX 10.10 to 10.13 guides "Fundamentals", "Layer 2 Bridging", "ACLs and Classifier Policies", "Security"
and "IP Services" for the 6100, 6200 and 6300. No switch of ours was read.
"""

import re
from collections import deque
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from ipaddress import IPv4Interface, IPv4Network
from itertools import chain
from typing import TypeVar

from matric.config import Config, Line
from matric.switch import ANYWHERE, Account, Entry, Interface, Route, Switch, Wireless

__all__ = ("read",)

Value = TypeVar("Value")

PROTOCOLS = {"any": "ip"}
"""What AOS-CX calls otherwise than everybody else."""
PORTS = {"eq": 2, "gt": 2, "lt": 2, "range": 3}
"""Words that begin a match of ports, and of how many words it is."""
NO_MATCH = frozenset({"log", "count"})
"""Words of an entry that say nothing about what it takes."""
MODES = {"rpvst": "rapid-pvst", "mstp": "mst"}


def read(tree: Config) -> Switch:
    """What *tree* says."""
    voice = frozenset(vid for line in _vlan_lines(tree) if line.find(r"^voice$") for vid in _vids_of(line))
    interfaces = _joined({one.name: one for one in (_interface(line, voice) for line in tree.find(r"^interface \S"))})
    ssh = bool(tree.find(r"^ssh server vrf default$"))
    return Switch(
        interfaces=interfaces,
        vlans=dict(_vlans(tree)),
        access_lists={line.text.split()[-1]: tuple(_entries(line)) for line in tree.find(r"^access-list ip \S+$")},
        accounts=tuple(_accounts(tree)),
        communities=tuple(_words(tree, r"^snmp-server community (\S+)")),
        routes=tuple(_routes(tree)),
        spanning_tree=_spanning_tree(tree),
        telnet=bool(tree.find(r"^telnet server vrf default$")),
        http=bool(tree.find(r"^https-server vrf default$")),
        ssh=ssh,
        api=ssh,
        doors=tuple(sorted(set(_words(tree, r"^apply access-list ip (\S+) control-plane vrf default$")))),
        wireless=Wireless((), {}, {}, {}, {}),
    )


def _words(tree: Config | Line, pattern: str) -> Iterator[str]:
    """Group 1 of *pattern* in every line it finds."""
    return (found[1] for line in tree.find(pattern) if (found := re.search(pattern, line.text)))


def _last(given: Iterator[Value], otherwise: Value) -> Value:
    """The last of *given*: a later line replaces an earlier one."""
    return deque(chain((otherwise,), given), maxlen=1).pop()


# ---- VLANs ----


def _vids(text: str) -> frozenset[int]:
    """``10,20,30-32`` as numbers."""
    found: set[int] = set()
    for part in text.split(","):
        first, _, last = part.partition("-")
        found.update(range(int(first), int(last or first) + 1))
    return frozenset(found)


def _vlan_lines(tree: Config) -> tuple[Line, ...]:
    return tree.find(r"^vlan \d[\d,-]*$")


def _vids_of(line: Line) -> frozenset[int]:
    return _vids(line.text.removeprefix("vlan "))


def _vlans(tree: Config) -> Iterator[tuple[int, str]]:
    yield 1, "DEFAULT_VLAN_1"
    for line in _vlan_lines(tree):
        name = _last(_words(line, r"^name (.+)$"), "")
        yield from ((vid, name) for vid in sorted(_vids_of(line)) if vid != 1 or name)


# ---- interfaces ----


@lru_cache(maxsize=4096)  # a change is proven line by line, and each line touches one of them
def _interface(line: Line, voice: frozenset[int]) -> Interface:
    words = line.text.split()[1:]
    name = "".join(words[:2])  # "lag 1 multi-chassis" too
    port = bool(re.match(r"\d", name))
    svi = re.fullmatch(r"vlan(\d+)", name)
    lag = _last(map(int, _words(line, r"^lag (\d+)$")), None)
    mode = "member" if lag is not None else _mode(line) if port or name.startswith("lag") else "routed"
    one = Interface(
        name=name,
        enabled=_enabled(line, port=port, lag=name.startswith("lag")),
        mode=mode,
        access=_last(map(int, _words(line, r"^vlan access (\d+)$")), 1),
        native=_last(map(int, _words(line, r"^vlan trunk native (\d+)(?: tag)?$")), 1),
        allowed=_allowed(line) if mode == "trunk" else None,
        edge=bool(line.find(r"^spanning-tree port-type admin-edge(?: trunk)?$")),
        bpdu_guard=bool(line.find(r"^spanning-tree bpdu-guard(?: |$)")),
        trusted=bool(line.find(r"^dhcpv4-snooping trust$")),
        lag=lag,
        lacp=bool(line.find(r"^lacp mode ")),
        vid=int(svi[1]) if svi else None,
        address=_last(map(IPv4Interface, _words(line, r"^ip (?:address|static) (\d\S+/\d+)$")), None),
        access_list=_last(_words(line, r"^apply access-list ip (\S+) (?:routed-)?in$"), ""),
        access_list_out=_last(_words(line, r"^apply access-list ip (\S+) (?:routed-)?out$"), ""),
    )
    return _phone(one, voice)


def _joined(every: dict[str, Interface]) -> dict[str, Interface]:
    """Whether a member speaks LACP is said by its LAG."""
    lags = {name: one.lacp for name, one in every.items() if name.startswith("lag")}
    return {
        name: one if one.lag is None else replace(one, lacp=lags.get(f"lag{one.lag}", False))
        for name, one in every.items()
    }


def _enabled(line: Line, *, port: bool, lag: bool) -> bool:
    """A port says which; a LAG is shut and an SVI is up until it says otherwise."""
    said = _last((found.text == "no shutdown" for found in line.find(r"^(?:no )?shutdown$")), None)
    return said if said is not None else port or not lag


def _mode(line: Line) -> str:
    if line.find(r"^vlan trunk "):
        return "trunk"
    switched = line.find(r"^vlan access |^no routing$")
    return "routed" if line.find(r"^routing$") or (line.find(r"^ip address \d") and not switched) else "access"


def _allowed(line: Line) -> frozenset[int] | None:
    """The list of a trunk: None is every VLAN. A native VLAN without a list brings every VLAN."""
    found: frozenset[int] | None = frozenset()
    said = False
    for text in _words(line, r"^vlan trunk allowed (\S+)$"):
        said = True
        found = None if text == "all" else (found or frozenset[int]()) | _vids(text)
    return found if said else None


def _phone(one: Interface, voice: frozenset[int]) -> Interface:
    """An edge port that carries its native VLAN and a voice VLAN is the access port of a phone with a PC behind it."""
    tagged = (one.allowed or frozenset()) - {one.native}
    if one.mode != "trunk" or not one.edge or len(tagged) != 1 or not tagged <= voice:
        return one
    return replace(one, mode="access", access=one.native, voice=next(iter(tagged)), native=1, allowed=None)


# ---- access lists ----


def _entries(line: Line) -> Iterator[Entry]:
    numbered = [child for child in line.children if re.match(r"\d+ (?:permit|deny) ", child.text)]
    for child in sorted(numbered, key=lambda child: int(child.text.split()[0])):
        yield replace(_entry(child.text.split()[1:]), text=child.text)


def _entry(words: list[str]) -> Entry:
    text = " ".join(words)
    try:
        return _read(list(words))
    except (ValueError, IndexError):
        # Nobody here can read it: it may let anything through, and refuses nothing for certain.
        return Entry(text.startswith("permit"), "ip", ANYWHERE, ANYWHERE, text)


def _read(words: list[str]) -> Entry:
    action, protocol = words.pop(0), words.pop(0)
    source = _side(words)
    ports = _ports(words)
    destination = _side(words)
    rest = " ".join(word for word in (*ports, *words) if word not in NO_MATCH)
    return Entry(action == "permit", PROTOCOLS.get(protocol, protocol), source, destination, rest, " ".join(ports))


def _side(words: list[str]) -> IPv4Network:
    """``any``, ``10.0.0.1``, ``10.0.0.0/24`` or ``10.0.0.0/255.255.255.0``."""
    first = words.pop(0)
    return ANYWHERE if first == "any" else IPv4Network(first, strict=False)


def _ports(words: list[str]) -> list[str]:
    count = PORTS.get(words[0] if words else "", 0)
    taken = words[:count]
    del words[:count]
    return taken


# ---- the rest ----


def _accounts(tree: Config) -> Iterator[Account]:
    """The switch encrypts a password as soon as it is typed, and shows nothing of how strong it is kept."""
    for line in tree.find(r"^user \S+ group "):
        words = line.text.split()
        # A name without a password: whoever knows the name is in.
        yield Account(words[1], "sealed" if {"ciphertext", "plaintext"} & set(words) else "plain")


def _routes(tree: Config) -> Iterator[Route]:
    for text in _words(tree, r"^ip route (\d\S+ \S+(?: (?!.*\bvrf ).*)?)$"):
        words = text.split()
        yield Route(IPv4Network(words[0], strict=False), words[1])


def _spanning_tree(tree: Config) -> str:
    """It runs where ``spanning-tree`` stands alone; MST where no mode is named."""
    if not tree.find(r"^spanning-tree$"):
        return "none"
    mode = _last(_words(tree, r"^spanning-tree mode (\S+)$"), "mstp")
    return MODES.get(mode, mode)
