"""How Junos guards the ports of an EX switch (ELS): each protocol lists the interfaces it minds.

Sources: Junos OS CLI reference and the EX user guides for Ethernet switching, port security and 802.1X.
A statement that the device passes over (``inactive:``) begins with that word, so no pattern here finds it.
"""

import re
from collections.abc import Iterator, Mapping

from matric.config import Config, Line
from matric.switch.guard import Guard, Guards, last, megabits, words

__all__ = ("read",)

TREES = ("mstp", "rstp", "vstp")
EVERY = frozenset(range(1, 4095))
PRIORITY = r"^bridge-priority (\w+);"


def read(tree: Config) -> Guards:
    """What *tree* says."""
    vlans = {line.text.removesuffix(" {"): line for line in tree.find(r"^vlans \{$", r"^\S+ \{$")}
    ids = {name: int(vid) for name, line in vlans.items() if (vid := last(line, r"^vlan-id (\d+);"))}
    common = [text for name in ("mstp", "rstp") for line in _at(tree, "protocols", name)
              for text in words(line, PRIORITY)]  # fmt: skip
    servers = _words_below(tree, r"^access \{$", r"^profile ", r"^radius \{$", pattern=r"^authentication-server (.+);$")
    secured = {name: _at(line, "forwarding-options", "dhcp-security") for name, line in vlans.items()}
    bare = {name for name, line in vlans.items() if line.find(r"^forwarding-options \{$", r"^dhcp-security;$")}
    return Guards(
        ports=dict(_ports(tree, ids)),
        priority=_kilo(common[-1]) if common else None,
        priorities=tuple(_priorities(tree, ids)),
        propagation=("MVRP",) if tree.find(r"^protocols \{$", r"^mvrp\b") else (),
        snooped=frozenset(ids[name] for name, found in secured.items() if (found or name in bare) and name in ids),
        inspected=frozenset(
            ids[name]
            for name, found in secured.items()
            if name in ids and any(one.find(r"^arp-inspection\b") for one in found)
        ),
        radius=len({one for text in servers for one in re.findall(r"[\d.:a-f]+", text)}),
        relays=_relays(tree, vlans, ids),
        answering=tuple(_answering(tree)),
    )


def _at(tree: Config | Line, *names: str) -> tuple[Line, ...]:
    """The statements *names*, one below the other."""
    return tree.find(*(rf"^{re.escape(name)} \{{$" for name in names))


def _words_below(tree: Config, *path: str, pattern: str) -> list[str]:
    """Group 1 of *pattern* in the lines below *path*."""
    return [text for line in tree.find(*path) for text in words(line, pattern)]


def _kilo(text: str) -> int:
    """``4k`` or ``4096``."""
    return int(text[:-1]) * 1024 if text.endswith("k") else int(text)


def _bare(name: str) -> str:
    return name.removesuffix(" {").removesuffix(";").split()[-1].removesuffix(".0")


def _priorities(tree: Config, ids: Mapping[str, int]) -> Iterator[tuple[frozenset[int], int]]:
    for vstp in _at(tree, "protocols", "vstp"):
        # What is said of one VLAN counts before what is said of all.
        for line in sorted(vstp.find(r"^vlan \S+ \{$"), key=lambda one: not one.text.startswith("vlan all ")):
            name = _bare(line.text)
            for text in words(line, PRIORITY):
                vid = ids.get(name, int(name) if name.isdecimal() else 0)
                yield (EVERY if name == "all" else frozenset({vid})), _kilo(text)


def _relays(tree: Config, vlans: Mapping[str, Line], ids: Mapping[str, int]) -> dict[int, frozenset[str]]:
    units = {last(line, r"^l3-interface (\S+);"): ids[name] for name, line in vlans.items() if name in ids}
    found: dict[int, frozenset[str]] = {}
    for relay in _at(tree, "forwarding-options", "dhcp-relay"):
        groups = {_bare(line.text): frozenset(_bare(one.text) for one in line.children)
                  for line in relay.find(r"^server-group \{$", r"^\S+ \{$")}  # fmt: skip
        whole = last(relay, r"^active-server-group (\S+);")
        for group in relay.find(r"^group \S+ \{$"):
            servers = groups.get(last(group, r"^active-server-group (\S+);", whole), frozenset())
            for name in words(group, r"^interface (\S+?)(?:;| \{)"):
                if name in units and servers:
                    found[units[name]] = servers
    return found


def _answering(tree: Config) -> Iterator[tuple[str, str]]:
    for interface in tree.find(r"^interfaces \{$", r"^\S+ \{$"):
        for unit in interface.find(r"^unit \d+ \{$"):
            name = f"{interface.text.removesuffix(' {')}.{unit.text.split()[1]}".removesuffix(".0")
            if unit.find(r"^proxy-arp\b"):
                yield name, "proxy ARP"
            if unit.find(r"^family inet \{$", r"^targeted-broadcast\b"):
                yield name, "directed broadcast"


def _ports(tree: Config, ids: Mapping[str, int]) -> Iterator[tuple[str, Guard]]:
    minded = {
        _bare(line.text): line
        for name in TREES
        for line in tree.find(r"^protocols \{$", rf"^{name} \{{$", r"^interface ")
    }
    logins = ("protocols", "dot1x", "authenticator")
    asks = {_bare(line.text): line for one in _at(tree, *logins, "interface") for line in one.children}
    if not any(one.find(r"^authentication-profile-name ") for one in _at(tree, *logins)):
        asks = {}
    limits = {_bare(line.text): line for line in tree.find(r"^switch-options \{$", r"^interface \S+ \{$")}
    voices = tree.find(r"^switch-options \{$", r"^voip \{$", r"^interface \S+ \{$")
    plain = {_bare(line.text) for line in voices if not line.find(r"^forwarding-class \S+;$")}
    storms = {line.text.split()[1] for line in tree.find(r"^forwarding-options \{$", r"^storm-control-profiles \S+ \{$")
              if any(not one.find(r"^no-broadcast;") for one in line.find(r"^all\b"))}  # fmt: skip
    unpowered = {_bare(line.text) for line in tree.find(r"^poe \{$", r"^interface \S+ \{$") if line.find(r"^disable;$")}
    oam = (r"^protocols \{$", r"^oam \{$", r"^ethernet \{$", r"^link-fault-management \{$")
    faults = {_bare(line.text) for line in tree.find(*oam, r"^interface \S")}
    for line in tree.find(r"^interfaces \{$", r"^\S+ \{$"):
        name = line.text.removesuffix(" {")
        own = line.find(r"^unit 0 \{$", r"^family ethernet-switching \{$")
        storm = {text for one in own for text in words(one, r"^storm-control (\S+);$")}
        mind = minded.get(name, minded.get("all"))
        yield (
            name,
            Guard(
                described=last(line, r"^description (.+);$").strip('"'),
                authenticates=name in asks,
                # Restricted to MAC RADIUS, a port hears no 802.1X.
                dot1x=name in asks and not asks[name].find(r"^mac-radius \{$", r"^restrict;$"),
                lets_in=frozenset(_lets_in(asks[name], own, ids)) if name in asks else frozenset(),
                max_macs=_limit(limits.get(name)),
                storm=bool(storm & storms),
                loop=_loop(mind),
                root=mind is not None and bool(mind.find(r"^no-root-port;$")),
                arp_trusted=None,
                spanning_tree=mind is not None and not mind.find(r"^disable;$"),
                speed=megabits(last(line, r"^speed (\w+);$", "".join(
                    text for one in line.find(r"^(?:gig)?ether-options \{$") for text in words(one, r"^speed (\w+);$")
                ))),
                one_way=name in faults,
                # A trunk heeds 802.1p by itself; what a telephone sends gets the class that its line names.
                heeds=name not in plain,
                power=name not in unpowered,
            ),
        )  # fmt: skip


def _loop(mind: Line | None) -> bool | None:
    """An edge has BPDU protection and nothing else; where BPDUs are awaited, missing them must block the port."""
    if mind is None:
        return False
    return None if mind.find(r"^edge;$") else bool(mind.find(r"^bpdu-timeout-action\b"))


def _limit(line: Line | None) -> int | None:
    if line is None:
        return None
    said = (*words(line, r"^interface-mac-limit (\d+);$"),
            *(text for one in line.find(r"^interface-mac-limit \{$") for text in words(one, r"^(\d+);$")))  # fmt: skip
    return int(said[-1]) if said else None


def _lets_in(line: Line, own: tuple[Line, ...], ids: Mapping[str, int]) -> Iterator[int]:
    fails = line.find(r"^server-fail \{$")
    named = (
        *words(line, r"^(?:guest-vlan|server-reject-vlan|server-fail vlan-name) ([^\s;]+)"),
        *(text for one in fails for text in words(one, r"^vlan-name ([^\s;]+);$")),
    )
    yield from (ids.get(name, int(name) if name.isdecimal() else 0) for name in named)
    if line.find(r"^server-fail permit;$") or any(one.find(r"^permit;$") for one in fails):
        members = [text for one in own for vlan in one.find(r"^vlan \{$") for text in words(vlan, r"^members (\S+);$")]
        yield from (ids.get(name, int(name) if name.isdecimal() else 0) for name in members)
