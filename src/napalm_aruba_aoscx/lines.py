"""AOS-CX configuration as a tree of lines: what a change is, in which order it is sent, and what it should lead to.

AOS-CX has no candidate: a replacement is a list of lines too. Every line that adds comes before any that takes away,
``vlan trunk allowed`` is never reset on the way, and what a line did is proved afterwards by reading the switch.
Pure: no socket, no clock.
"""

import difflib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby

__all__ = ("Node", "Unclear", "applied", "change", "difference", "facts", "parse", "render", "unmet", "written")

Tree = dict[str, "Node"]
Path = tuple[str, ...]


class Unclear(Exception):
    """A configuration that does not say enough, or says it in a form that is not understood."""


@dataclass(slots=True)
class Node:
    """One line and what stands below it."""

    text: str
    below: "dict[str, Node]" = field(default_factory=dict[str, "Node"])

    def copy(self) -> "Node":
        return Node(self.text, {key: node.copy() for key, node in self.below.items()})


TRUNK = "vlan trunk allowed"
NATIVE = "vlan trunk native"
_HEADS = re.compile(r"(?:Current|Startup) configuration:$|end$|exit$")
_SLOTS = tuple(
    re.compile(pattern)
    for pattern in (
        r"hostname\b",
        r"banner (?:motd|exec)\b",
        r"name\b",
        r"description\b",
        r"mtu\b",
        r"speed\b",
        r"lag\b",
        r"lacp (?:mode|rate)\b",
        r"vrf attach\b",
        r"vlan access\b",
        r"vlan trunk native\b",
        r"vlan trunk allowed\b",
        r"ip address (?!.*secondary$)",
        r"ip static\b",
        r"default-gateway\b",
        r"user \S+",
        r"snmpv3 user \S+",
        r"radius-server host \S+",
        r"radius-server (?:key|timeout|retries)\b",
        r"tacacs-server host \S+",
        r"clock timezone\b",
        r"ntp vrf\b",
        r"lldp (?:timer|holdtime)\b",
        r"snmp-server system-(?:location|contact|description)\b",
        r"spanning-tree (?:mode|priority|config-name|config-revision|port-type|cost|port-priority)\b",
        r"power-over-ethernet (?:priority|allocate-by|assigned-class|threshold)\b",
        r"aaa authentication login \S+",
        r"aaa authentication port-access (?:client-limit|auth-mode|critical-role|reject-role|auth-role)\b",
        r"https-server rest access-mode\b",
        r"access-level\b",
        r"type\b",
    )
)
"""Lines of which a section holds one: a later one takes the place of the earlier one."""
_TOGGLES = (
    "shutdown",
    "routing",
    "lldp",
    "cdp",
    "usb",
    "spanning-tree",
    "power-over-ethernet",
    "ip dhcp",
    "dhcpv4-snooping option 82",
    "ip icmp redirect",
)
"""Lines whose ``no`` is shown."""
_SECRET = re.compile(r"\b(?:plaintext|ciphertext) \S+")
_BANNER = re.compile(r"banner (?:motd|exec) (?P<end>\S)(?P<text>.*)$")
_PORT = re.compile(r"interface (?:\d+/\d+/\d+|mgmt)$")


# ---- text <-> tree ----


def parse(text: str) -> Tree:
    """The tree *text* stands for. A line belongs to the nearest one above that is indented less.

    A banner is one line that holds its line ends, up to its delimiter.
    """
    tree: Tree = {}
    stack: list[tuple[int, Tree]] = [(-1, tree)]
    rows = iter(text.replace("\r\n", "\n").replace("\t", "    ").split("\n"))
    for raw in rows:
        bare = " ".join(raw.split())
        if not bare or bare.startswith("!") or _HEADS.match(bare):
            continue
        if begun := _BANNER.match(raw.strip()):
            banner = _banner(raw.strip(), begun, rows)
            tree[banner] = Node(banner)
            continue
        if not bare.isprintable():
            raise Unclear(f"a line holds characters that cannot be typed: {bare!r}")
        depth = len(raw) - len(raw.lstrip())
        while stack[-1][0] >= depth:
            stack.pop()
        here = stack[-1][1]
        nodes = [here.setdefault(one, Node(one)) for one in _singles(bare)]
        stack.append((depth, nodes[-1].below))
    return tree


def _banner(first: str, begun: "re.Match[str]", rows: Iterator[str]) -> str:
    """A whole banner. Where all of it stands on one line it is written as three, as the switch takes it."""
    end = begun["end"]
    head = first[: begun.start("end")] + end
    if end in begun["text"]:
        return "\n".join((head, begun["text"].partition(end)[0], end))
    block = [begun["text"]] if begun["text"] else []
    for raw in rows:
        if not all(character.isprintable() for character in raw):
            raise Unclear(f"a banner holds characters that cannot be typed: {raw!r}")
        block.append(raw.rstrip())
        if end in raw:
            return "\n".join((head, *block))
    raise Unclear("a banner has no end")


def _singles(bare: str) -> list[str]:
    """``vlan 1,10-12`` is four lines."""
    found = re.fullmatch(r"(no )?vlan (\d[\d,-]*)", bare)
    if found is None:
        return [bare]
    return [f"{found[1] or ''}vlan {vid}" for vid in sorted(_vids(found[2]))] or [bare]


def _vids(text: str) -> frozenset[int]:
    found: set[int] = set()
    for part in text.split(","):
        if match := re.fullmatch(r"(\d{1,4})(?:-(\d{1,4}))?", part.strip()):
            found.update(range(int(match[1]), int(match[2] or match[1]) + 1))
        elif part.strip() not in ("none", ""):
            raise Unclear(f"{text!r} is not a list of VLANs")
    return frozenset(found)


def _ranges(vids: Iterable[int]) -> str:
    parts: list[str] = []
    for _, run in groupby(enumerate(sorted(vids)), key=lambda pair: pair[1] - pair[0]):
        found = [vid for _, vid in run]
        parts.append(str(found[0]) if len(found) == 1 else f"{found[0]}-{found[-1]}")
    return ",".join(parts)


def render(tree: Tree, depth: int = 0) -> list[str]:
    """Lines with AOS-CX's own indentation."""
    rows: list[str] = []
    for node in tree.values():
        rows.append(f"{'    ' * depth}{node.text}")
        rows.extend(render(node.below, depth + 1))
    return rows


def written(tree: Tree, depth: int = 0) -> list[str]:
    """Lines as they are sent: one blank a level, a banner with its line ends."""
    rows: list[str] = []
    for node in tree.values():
        rows.append(f"{' ' * depth}{node.text}")
        rows.extend(written(node.below, depth + 1))
    return rows


def facts(tree: Tree, above: Path = ()) -> frozenset[Path]:
    """What a configuration says, whatever its order: one path a line, one a VLAN of a trunk, secrets left out."""
    found: set[Path] = set()
    for node in tree.values():
        if node.text.startswith(f"{TRUNK} ") and not node.text.endswith(" all"):
            found.update((*above, TRUNK, str(vid)) for vid in _vids(node.text[len(TRUNK) :]))
            continue
        here = (*above, _SECRET.sub("<secret>", node.text))
        found.add(here)
        found.update(facts(node.below, here))
    return frozenset(found)


# ---- what lines do ----


def _slot(text: str) -> str:
    """What a later line replaces an earlier one by; empty where lines stand beside each other."""
    return next((found[0].strip() for slot in _SLOTS if (found := slot.match(text))), "")


def applied(tree: Tree, change: Tree) -> Tree:
    """*tree* after the lines of *change*, as this driver expects it."""
    after = {key: node.copy() for key, node in tree.items()}
    for node in change.values():
        if node.text.startswith("no "):
            _taken(after, node.text[3:])
        else:
            _given(after, node)
    return after


def _given(tree: Tree, node: Node) -> None:
    text = node.text
    if text.startswith(f"{TRUNK} "):
        text = _joined(tree, text)
    slot = _slot(text)
    for key in [key for key in tree if slot and _slot(key) == slot and key != text]:
        del tree[key]
    tree.pop(f"no {text}", None)
    held = tree.get(text)
    tree[text] = Node(text, applied(held.below if held else {}, node.below))
    if text.startswith("vlan access "):
        _drop(tree, "vlan trunk")
    elif text.startswith("vlan trunk "):
        _drop(tree, "vlan access")
        if text.startswith("vlan trunk native ") and not any(key.startswith(f"{TRUNK} ") for key in tree):
            tree[f"{TRUNK} all"] = Node(f"{TRUNK} all")


def _drop(tree: Tree, start: str) -> None:
    for key in [key for key in tree if f"{key} ".startswith(f"{start} ")]:
        del tree[key]


def _joined(tree: Tree, text: str) -> str:
    """The list of VLANs that *text* makes of the one that is there."""
    now = _allowed(tree)
    given = text[len(TRUNK) :].strip()
    if given == "all" or now is None or now == "all":
        return text
    return f"{TRUNK} {_ranges(_vids(now) | _vids(given))}"


def _allowed(tree: Tree) -> str | None:
    return next((key[len(TRUNK) :].strip() for key in tree if key.startswith(f"{TRUNK} ")), None)


def _taken(tree: Tree, plain: str) -> None:
    if plain.startswith(f"{TRUNK} ") and (now := _allowed(tree)) is not None:
        left = _vids("1-4094" if now == "all" else now) - _vids(plain[len(TRUNK) :])
        _drop(tree, TRUNK)
        if left:
            text = f"{TRUNK} {_ranges(left)}"
            tree[text] = Node(text)
        return
    _drop(tree, plain)
    if plain in _TOGGLES:
        tree[f"no {plain}"] = Node(f"no {plain}")


# ---- from one configuration to another ----


def change(old: Tree, new: Tree) -> Tree:
    """The lines that lead from *old* to *new*, in the order they are sent.

    VLANs first, then all else that is added or changed, then what goes, last lines first: a path exists before the
    one it replaces is taken away. ``Unclear`` where *new* leaves a port or an on/off line unsaid.
    """
    lines = _section(old, {"vlan 1": Node("vlan 1"), **new}, top=True)
    heads = sorted(lines, key=lambda text: 0 if re.match(r"vlan \d", text) else 2 if text.startswith("no ") else 1)
    return {text: lines[text] for text in heads}


def _section(old: Tree, new: Tree, *, top: bool = False) -> Tree:
    lines: Tree = {}
    for text, node in _listed_first(new):
        if text.startswith(f"{TRUNK} "):
            _trunk(_allowed(old), text, lines)
            continue
        held = old.get(text)
        inner = _section(held.below, node.below) if held else _section({}, node.below)
        if held is None or inner:
            lines[text] = Node(text, inner)
    slots = {_slot(text) for text in new} - {""}
    access = any(text.startswith("vlan access ") for text in new)
    trunk = any(text.startswith("vlan trunk ") for text in new)
    for text in reversed(old):
        if text in new or _slot(text) in slots:
            continue
        if (text.startswith("vlan trunk ") and access) or (text.startswith("vlan access ") and trunk):
            continue
        _gone(text, new, lines, top=top)
    if top:
        return lines
    return dict(sorted(lines.items(), key=lambda pair: _late(pair[0])))


def _listed_first(new: Tree) -> list[tuple[str, Node]]:
    """The list of a trunk before its native VLAN, which would bring every VLAN with it where there is no list yet."""
    items = list(new.items())
    at = {
        start: number for number, (text, _) in enumerate(items) for start in (TRUNK, NATIVE) if text.startswith(start)
    }
    if len(at) == 2 and at[NATIVE] < at[TRUNK]:  # noqa: PLR2004 - both are there
        items.insert(at[NATIVE], items.pop(at[TRUNK]))
    return items


def _late(text: str) -> bool:
    """Lines that take away come last, but for those that only state what is off."""
    return text.startswith("no ") and text[3:] not in _TOGGLES


def _gone(text: str, new: Tree, lines: Tree, *, top: bool) -> None:
    if text.startswith("no "):
        if text[3:] in new:
            return
        raise Unclear(f"the candidate says neither {text!r} nor {text[3:]!r}")
    if top and _PORT.match(text):
        raise Unclear(f"the candidate does not say what becomes of {text!r}")
    if f"no {text}" in new:
        return
    slot = _slot(text)
    line = f"no {slot}" if slot else f"no {text}"
    lines[line] = Node(line)


def _trunk(now: str | None, text: str, lines: Tree) -> None:
    """Only what is missing is added, only what is too much is taken: never the whole list at once."""
    want = text[len(TRUNK) :].strip()
    if now == want:
        return
    if want == "all" or now is None or now == "all":
        lines[text] = Node(text)
        return
    more, less = _vids(want) - _vids(now), _vids(now) - _vids(want)
    for line in ((f"{TRUNK} {_ranges(more)}", more), (f"no {TRUNK} {_ranges(less)}", less)):
        if line[1]:
            lines[line[0]] = Node(line[0])


# ---- what came of it ----


def difference(old: Tree, new: Tree) -> str:
    """A unified diff without its header; empty where both say the same."""
    if facts(old) == facts(new) and render(old) == render(new):
        return ""
    rows = difflib.unified_diff(render(old), render(new), lineterm="", n=2)
    return "\n".join(row for row in rows if not row.startswith(("---", "+++", "@@")))


def unmet(before: Tree, expected: Tree, now: Tree) -> tuple[str, ...]:
    """What was to come or go between *before* and *expected*, and did not: in words, for the reader."""
    had, want, have = facts(before), facts(expected), facts(now)
    missing = sorted(want - had - have)
    left = sorted((had - want) & have)
    return (
        *(f"missing: {' > '.join(path)}" for path in missing),
        *(f"still there: {' > '.join(path)}" for path in left),
    )
