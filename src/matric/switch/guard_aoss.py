"""How HPE Aruba AOS-S guards its ports: most of it is said in lists of ports outside the interfaces.

Source: HPE ArubaOS-Switch 16.x guides (advanced traffic management, access security, multicast and routing).
"""

import re
from collections.abc import Iterator, Mapping
from itertools import chain

from matric.config import Config, Line
from matric.intent.port_list import expanded
from matric.switch.guard import Guard, Guards, last, megabits, words
from matric.switch.industry import vids

__all__ = ("read",)

STEP = 4096


def read(tree: Config) -> Guards:
    """What *tree* says."""
    sections = {int(line.text.split()[1]): line for line in tree.find(r"^vlan \d+$")}
    priority = last(tree, r"^spanning-tree priority (\d+)(?: |$)")
    return Guards(
        ports=dict(_ports(tree, sections)),
        priority=int(priority) * STEP if priority else None,
        priorities=tuple(_priorities(tree)),
        propagation=tuple(name for name, on in (("GVRP", r"^gvrp$"), ("MVRP", r"^mvrp enable$")) if tree.find(on)),
        snooped=_listed(tree, "dhcp-snooping"),
        inspected=_listed(tree, "arp-protect"),
        radius=len(tree.find(r"^radius-server host \S+")),
        relays={
            vid: found
            for vid, line in sections.items()
            if (found := frozenset(words(line, r"^ip helper-address (\S+)$")))
        },
        answering=tuple(_answering(tree, sections)),
    )


def _listed(tree: Config, feature: str) -> frozenset[int]:
    """``dhcp-snooping vlan 10 20-30``, which counts where the feature itself is on."""
    if not tree.find(rf"^{feature}$"):
        return frozenset()
    texts = words(tree, rf"^{feature} vlan (\d[\d ,-]*)$")
    return frozenset(vid for text in texts for part in text.split() for vid in vids(part))


def _priorities(tree: Config) -> Iterator[tuple[frozenset[int], int]]:
    for text in words(tree, r"^spanning-tree vlan ([\d,-]+ priority \d+)$"):
        listed, _, number = text.split()
        yield vids(listed), int(number) * STEP


def _answering(tree: Config, sections: Mapping[int, Line]) -> Iterator[tuple[str, str]]:
    everywhere = bool(tree.find(r"^ip directed-broadcast"))
    for vid, line in sections.items():
        if line.find(r"^ip (?:local-)?proxy-arp$"):
            yield f"vlan{vid}", "proxy ARP"
        if everywhere and line.find(r"^ip address \d"):
            yield f"vlan{vid}", "directed broadcast"


def _ports(tree: Config, sections: Mapping[int, Line]) -> Iterator[tuple[str, Guard]]:
    own = {port: line for line in tree.find(r"^interface \S+$") for port in expanded(line.text.split()[1])}
    untagged = {
        port: vid
        for vid, line in sections.items()
        for ports in words(line, r"^untagged (.+)$")
        for port in expanded(ports)
    }
    tagged = {port for line in sections.values() for ports in words(line, r"^tagged (.+)$") for port in expanded(ports)}
    members = _in(tree, r"^trunk (\S+) trk\d+")
    asks = _in(tree, r"^aaa port-access mac-based ([\w,-]+)$")
    active = tree.find(r"^aaa port-access authenticator active$")
    speaks = _in(tree, r"^aaa port-access authenticator ((?!active)[\w,-]+)$") if active else frozenset[str]()
    asks |= speaks
    # Until a line names RADIUS, 802.1X is answered by the switch's own accounts: no device has one.
    dot1x = speaks if tree.find(r"^aaa authentication port-access (?:eap|chap)-radius(?: |$)") else frozenset[str]()
    looped = _in(tree, r"^loop-protect ([A-Za-z]*\d[\w,-]*)(?: |$)")
    believed = _in(tree, r"^arp-protect trust (\S+)$")
    silent = _in(tree, r"^spanning-tree (\S+) (?:.* )?bpdu-filter(?: |$)")
    edges = _in(tree, r"^spanning-tree (\S+) (?:.* )?admin-edge-port(?: |$)")
    rooted = _in(tree, r"^spanning-tree (\S+) (?:.* )?root-guard(?: |$)")
    limits, lets_in = dict(_limits(tree)), dict(_lets_in(tree, untagged))
    for name in dict.fromkeys((*untagged, *sorted(tagged), *own, *sorted(members))):
        line = own.get(name, Line(f"interface {name}"))
        yield (
            name,
            Guard(
                described=last(line, r"^name (.+)$").strip('"'),
                authenticates=name in asks,
                dot1x=name in dot1x,
                lets_in=lets_in.get(name, frozenset()) if name in asks else frozenset(),
                max_macs=limits.get(name),
                storm=bool(line.find(r"^rate-limit bcast in |^broadcast-limit \d")),
                # Between switches it has no loop guard: it hears a loop by frames of its own, on the edge.
                loop=True if name in looped else False if name in edges else None,
                root=name in rooted,
                arp_trusted=name in believed or bool(line.find(r"^arp-protect trust$")),
                spanning_tree=name not in silent,
                speed=megabits(last(line, r"^speed-duplex (\d\S*)$")),
                one_way=bool(line.find(r"^link-keepalive(?: |$)")),
                heeds=not line.find(r"^qos trust none$"),
                power=not line.find(r"^no power-over-ethernet$"),
            ),
        )


def _in(tree: Config, pattern: str) -> frozenset[str]:
    return frozenset(chain.from_iterable(expanded(ports) for ports in words(tree, pattern)))


def _limits(tree: Config) -> Iterator[tuple[str, int]]:
    for text in words(tree, r"^port-security (\S+ .*\blearn-mode (?!continuous).*)$"):
        found = re.search(r"\baddress-limit (\d+)", text)
        for port in expanded(text.split()[0]):
            yield port, int(found[1]) if found else 1


def _lets_in(tree: Config, own: Mapping[str, int]) -> Iterator[tuple[str, frozenset[int]]]:
    """Where devices land that did not log in: a VLAN, or by a role that names none, the port's own."""
    roles = {line.text.split()[-1].strip('"'): last(line, r"^vlan-id (\d+)$")
             for line in tree.find(r"^aaa authorization user-role name \S+$")}  # fmt: skip
    found: dict[str, frozenset[int]] = {}
    pattern = (
        r"^aaa port-access (?:authenticator |mac-based )?(\S+ (?:unauth-vid|critical-auth data-vlan"
        r"|critical-auth user-role|open-auth data-vlan|open-auth user-role) \S+)$"
    )
    for text in words(tree, pattern):
        ports, *_, kind, value = text.split()
        for port in expanded(ports):
            plain = roles.get(value.strip('"')) if kind == "user-role" else value
            found[port] = found.get(port, frozenset()) | {int(plain) if plain else own.get(port, 1)}
    yield from found.items()
