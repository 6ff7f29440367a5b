"""How IOS, IOS-XE and EOS guard their ports.

Sources: Cisco IOS-XE 17 configuration guides "Layer 2", "Security" and "Network Management" for the Catalyst 9000;
Arista EOS 4.24 user manual, chapters on spanning tree, 802.1X, DHCP snooping and storm control.
"""

import re
from collections.abc import Iterator
from dataclasses import replace

from matric.config import Config, Line
from matric.switch.guard import Guard, Guards, last, megabits, words
from matric.switch.industry import vids

__all__ = ("read",)

LETS_IN = (
    (
        r"^authentication event (?:server dead|fail|fail retry \d+|no-response)"
        r" action (?:authorize|reinitialize) vlan (\d+)$"
    ),
    r"^dot1x (?:guest-vlan|auth-fail vlan) (\d+)$",
    r"^dot1x (?:aaa unresponsive|authentication failure) action traffic allow vlan (\d+)$",
)
"""Lines of a port that name the VLAN for those who did not log in."""
ASKED = (r"^dot1x system-auth-control$", r"^aaa authentication dot1x \S+ group ", r"^aaa new-model$")
"""Lines without which no port asks anybody; the last is IOS's alone."""
OPENS = (
    r"^authentication event server dead action authorize$|^authentication open$|^access-session closed disable$"
    r"|^dot1x (?:aaa unresponsive|authentication failure) action traffic allow$"
)
"""Lines that let them into the port's own VLAN."""


def read(slug: str, tree: Config) -> Guards:
    """What *tree* says, in the dialect of platform *slug*: ``ios`` or ``eos``."""
    cisco = slug == "ios"
    # For the whole switch it means its fibre ports: a port is asked whether it is one by whoever knows.
    udld = bool(tree.find(r"^udld (?:enable|aggressive)$"))
    lines = {line.text.removeprefix("interface "): line for line in tree.find(r"^interface \S")}
    mls = bool(tree.find(r"^mls qos$"))
    loop = bool(tree.find(r"^spanning-tree (?:loopguard default|guard loop default)$"))
    # Who may come in is asked of RADIUS only where a method says so; on IOS, only where the new model of AAA is on.
    authenticates = all(tree.find(line) for line in (ASKED if cisco else ASKED[:2]))
    snoops = bool(tree.find(r"^ip dhcp snooping$"))
    return Guards(
        ports={
            name: replace(
                _port(line, cisco=cisco, loop=loop, authenticates=authenticates, everywhere=tuple(_everywhere(tree))),
                # Switches that have ``mls qos`` take every priority away once it is on, but where a port trusts it.
                heeds=not (mls and not line.find(r"^mls qos trust\b")) and not line.find(r"^no qos trust$"),
                one_way=udld or bool(line.find(r"^udld port(?: aggressive)?$")),
            )
            for name, line in lines.items()
        },
        priority=_number(last(tree, r"^spanning-tree (?:mst 0 )?priority (\d+)$")),
        priorities=tuple(_priorities(tree)),
        propagation=_propagation(tree) if cisco else None,
        snooped=_listed(tree, r"^ip dhcp snooping vlan ([\d,-]+)$") if snoops else frozenset(),
        inspected=_listed(tree, r"^ip arp inspection vlan ([\d,-]+)$"),
        radius=len(tuple(_servers(tree)) if cisco else tree.find(r"^radius-server host \S+")),
        relays={int(name[4:]): found for name, line in lines.items()
                if re.fullmatch(r"Vlan\d+", name) and (found := frozenset(words(line, r"^ip helper-address (\S+)$")))},
        answering=tuple(pair for name, line in lines.items() for pair in _answering(name, line, cisco=cisco)),
    )  # fmt: skip


def _servers(tree: Config) -> Iterator[Line]:
    """RADIUS servers with an address, and a key of their own or of all."""
    common = tree.find(r"^radius-server key ")
    return (
        one for one in tree.find(r"^radius server \S+$") if one.find(r"^address ") and (common or one.find(r"^key "))
    )


def _number(text: str) -> int | None:
    return int(text) if text else None


def _listed(tree: Config, pattern: str) -> frozenset[int]:
    return frozenset(vid for text in words(tree, pattern) for vid in vids(text))


def _priorities(tree: Config) -> Iterator[tuple[frozenset[int], int]]:
    for text in words(tree, r"^spanning-tree vlan(?:-id)? ([\d,-]+ priority \d+)$"):
        listed, _, number = text.split()
        yield vids(listed), int(number)


def _propagation(tree: Config) -> tuple[str, ...]:
    """A switch of this kind is a VTP server until it is told to be none."""
    mode = last(tree, r"^vtp mode (\S+)", "server")
    return (*(("VTP",) if mode not in ("transparent", "off") else ()),
            *(("MVRP",) if tree.find(r"^mvrp global$") else ()))  # fmt: skip


def _everywhere(tree: Config) -> Iterator[str]:
    """What EOS says once for every port: ``dot1x`` and the lines below it."""
    for line in tree.find(r"^dot1x$", r"^(?:aaa unresponsive|authentication failure) action "):
        yield f"dot1x {line.text}"


def _port(line: Line, *, cisco: bool, loop: bool, authenticates: bool, everywhere: tuple[str, ...]) -> Guard:
    routed = bool(line.find(r"^no switchport$")) or line.text.lower().startswith(("interface vlan", "interface loop"))
    asks = authenticates and bool(line.find(r"^(?:authentication|access-session|dot1x) port-control auto$"))
    said = (*everywhere, *(child.text for child in line.children)) if asks else ()
    guard = last(line, r"^spanning-tree guard (\S+)$")
    return Guard(
        described=last(line, r"^description (.+)$"),
        fixed=not cisco or routed or bool(line.find(r"^switchport mode (?:access|trunk)$")),
        negotiates=(not routed and not line.find(r"^switchport nonegotiate$")) if cisco else None,
        authenticates=asks,
        dot1x=asks and bool(line.find(r"^dot1x pae authenticator$")),
        lets_in=frozenset(_lets_in(line, said)),
        max_macs=_macs(line),
        storm=bool(line.find(r"^storm-control (?:broadcast|all) (?:include multicast )?level ")),
        loop=guard == "loop" or (loop and guard not in ("none", "root")),
        root=guard == "root",
        arp_trusted=bool(line.find(r"^ip arp inspection trust$")),
        spanning_tree=not line.find(r"^spanning-tree bpdufilter enable(?:d)?$"),
        speed=megabits(last(line, r"^speed (?:forced )?(\d\S*)$")),
        power=not line.find(r"^power inline never$|^poe disabled$"),
    )


def _lets_in(line: Line, said: tuple[str, ...]) -> Iterator[int]:
    for text in said:
        for pattern in LETS_IN:
            if found := re.search(pattern, text):
                yield int(found[1])
        if re.search(OPENS, text):
            own = r"^switchport (?:access|trunk native) vlan (\d+)$"
            yield int(last(line, own, "1"))


def _macs(line: Line) -> int | None:
    """Either line switches it on; without a number, it is one address."""
    on = line.find(r"^switchport port-security(?: violation (?:protect|shutdown))?$")
    return int(last(line, r"^switchport port-security (?:mac-address )?maximum (\d+)", "1")) if on else None


def _answering(name: str, line: Line, *, cisco: bool) -> Iterator[tuple[str, str]]:
    if not line.find(r"^ip address \d"):
        return
    if not line.find(r"^no ip proxy-arp$") if cisco else line.find(r"^ip (?:local-)?proxy-arp$"):
        yield name, "proxy ARP"
    if line.find(r"^ip directed-broadcast\b"):
        yield name, "directed broadcast"
