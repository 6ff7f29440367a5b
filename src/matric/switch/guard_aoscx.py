"""How HPE Aruba AOS-CX guards its ports.

Sources: AOS-CX 10.10 to 10.13 guides "Layer 2 Bridging", "Security" and "IP Services" for the 6100, 6200 and 6300.
"""

import re
from collections.abc import Iterator

from matric.config import Config, Line
from matric.switch.guard import Guard, Guards, last, megabits, words
from matric.switch.industry import vids

__all__ = ("read",)

STEP = 4096


def read(tree: Config) -> Guards:
    """What *tree* says."""
    lines = {"".join(line.text.split()[1:3]): line for line in tree.find(r"^interface \S")}
    asked = {method for method in ("dot1x authenticator", "mac-auth") if _enabled(tree, method)}
    limits = bool(tree.find(r"^port-access port-security enable$"))
    roles = {line.text.split()[-1]: last(line, r"^vlan (?:access|trunk native) (\d+)$")
             for line in tree.find(r"^port-access role \S+$")}  # fmt: skip
    vlans = tuple((vids(line.text.removeprefix("vlan ")), line) for line in tree.find(r"^vlan \d[\d,-]*$"))
    trust = last(tree, r"^qos trust (\w+)$", "none")
    priority = last(tree, r"^spanning-tree priority (\d+)$")
    return Guards(
        ports={name: _port(line, asked=asked, limits=limits, roles=roles, trust=trust) for name, line in lines.items()},
        priority=int(priority) * STEP if priority else None,
        priorities=tuple(_priorities(tree)),
        propagation=("MVRP",) if tree.find(r"^mvrp$") else (),
        snooped=_with(vlans, r"^dhcpv4-snooping$") if tree.find(r"^dhcpv4-snooping$") else frozenset(),
        inspected=_with(vlans, r"^arp inspection$"),
        radius=len(tree.find(r"^radius-server host \S+")),
        relays={int(name[4:]): found for name, line in lines.items()
                if re.fullmatch(r"vlan\d+", name) and (found := frozenset(words(line, r"^ip helper-address (\S+)")))},
        answering=tuple(pair for name, line in lines.items() for pair in _answering(name, line)),
    )  # fmt: skip


def _enabled(tree: Config | Line, method: str) -> bool:
    """A method counts where it is switched on, for the switch and for the port."""
    return bool(tree.find(rf"^aaa authentication port-access {method} enable$")) or any(
        line.find(r"^enable$") for line in tree.find(rf"^aaa authentication port-access {method}$")
    )


def _priorities(tree: Config) -> Iterator[tuple[frozenset[int], int]]:
    for text in words(tree, r"^spanning-tree vlan ([\d,-]+ priority \d+)$"):
        listed, _, number = text.split()
        yield vids(listed), int(number) * STEP


def _with(vlans: tuple[tuple[frozenset[int], Line], ...], pattern: str) -> frozenset[int]:
    return frozenset(vid for listed, line in vlans if line.find(pattern) for vid in listed)


def _port(line: Line, *, asked: set[str], limits: bool, roles: dict[str, str], trust: str) -> Guard:
    asks = any(_enabled(line, method) for method in asked)
    own = last(line, r"^vlan (?:access|trunk native) (\d+)", "1")
    named = [name for text in line.find(r"^aaa authentication port-access (?:critical|reject|preauth)-role ")
             for name in text.text.split()[-1:]]  # fmt: skip
    security = [one for one in line.find(r"^port-access port-security$") if one.find(r"^enable$")]
    return Guard(
        described=last(line, r"^description (.+)$"),
        authenticates=asks,
        dot1x="dot1x authenticator" in asked and _enabled(line, "dot1x authenticator"),
        # A role that names no VLAN leaves the device in the port's own.
        lets_in=frozenset(int(roles.get(name) or own) for name in named if asks),
        max_macs=int(last(security[0], r"^client-limit (\d+)$", "1")) if limits and security else None,
        storm=bool(line.find(r"^rate-limit broadcast \d+ ")),
        loop=bool(line.find(r"^loop-protect(?: |$)|^spanning-tree loop-guard$")),
        root=bool(line.find(r"^spanning-tree root-guard$")),
        arp_trusted=bool(line.find(r"^arp inspection trust$")),
        spanning_tree=not line.find(r"^spanning-tree bpdu-filter(?: |$)"),
        speed=megabits(last(line, r"^speed (\d\S*)$")),
        one_way=bool(line.find(r"^udld$")),
        heeds=last(line, r"^qos trust (\w+)$", trust) != "none",
        power=not line.find(r"^no power-over-ethernet$"),
    )


def _answering(name: str, line: Line) -> Iterator[tuple[str, str]]:
    if line.find(r"^ip (?:local-)?proxy-arp$"):
        yield name, "proxy ARP"
    if line.find(r"^ip directed-broadcast$"):
        yield name, "directed broadcast"
