"""What is tried on a device: the smallest change that shows in its configuration and that no traffic can notice.

How an operating system writes it is data. A platform may bring its own as ``Platform.extra["trial"]``.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from matric.config import Config, Line, parse
from matric.platform.base import Candidate, ConfigRules, NetKind, Platform

__all__ = ("NAME", "Hand", "Trial", "Way", "by_hand", "candidate", "chosen", "nonsense", "way")

NAME = "matric-doctor"
VIDS = range(4050, 3500, -1)
"""Tried from the top: far from what schools use."""


@dataclass(frozen=True, slots=True)
class Way:
    """One way to write a trial. ``{vid}``, ``{port}`` and ``{name}`` stand for what is chosen."""

    text: str
    """The lines as the device shows them."""
    undo: tuple[str, ...]
    """The lines that take it away again, indented by one space per level."""
    needs: str = ""
    """Regular expression that the running configuration must hold, else the next way is taken."""
    port: str = ""
    """Regular expression of the section of a port, its name in group 1: one without a description is taken."""


@dataclass(frozen=True, slots=True)
class Trial:
    """A change that was chosen for one device."""

    what: str
    """In words: VLAN 4050."""
    lines: tuple[str, ...]
    undo: tuple[str, ...]
    config: str
    """What runs, with the change."""


@dataclass(frozen=True, slots=True)
class Hand:
    """What a person types where matric cannot. ``{session}`` stands for the name of the examination's session."""

    pending: str
    staged: str
    save: str


_VLAN = ("no vlan {vid}",)
_WAYS: Mapping[str, tuple[Way, ...]] = {
    "eos": (Way("vlan {vid}\n   name {name}\n", _VLAN),),
    "ios": (
        # A switch that learns its VLANs by VTP keeps them in a file, and shows none.
        Way("vlan {vid}\n name {name}\n", _VLAN, needs=r"^vlan \d"),
        Way(
            "interface {port}\n description {name}\n",
            ("interface {port}", " no description"),
            port=r"^interface (\S*Ethernet\S+)$",
        ),
    ),
    "aoscx": (Way("vlan {vid}\n    name {name}\n", _VLAN),),
    "aoss": (Way('vlan {vid}\n   name "{name}"\n   no ip address\n   exit\n', _VLAN),),
    "junos": (Way("vlans {\n    {name} {\n        vlan-id {vid};\n    }\n}\n", ("delete vlans {name}",)),),
}
_NONSENSE: Mapping[str, str] = {"junos": "matric-doctor-asks-for-a-refusal;"}
_HANDS: Mapping[str, Hand] = {
    "eos": Hand("configure session {session} abort", "configure session {session} abort", "write memory"),
    "ios": Hand("configure revert now", "delete /force flash:{session}.cfg", "copy running-config startup-config"),
    "junos": Hand("configure exclusive, rollback 1, commit", "configure, rollback 0", "nothing, a commit is kept"),
    "aoscx": Hand(
        "wait until its timer has run out",
        "erase checkpoint NAME, for each that show checkpoint lists under {session}",
        "write memory",
    ),
    "aoss": Hand(
        "wait until its job or its reload has run",
        "no job NAME, for each that names {session}; erase config {session}, {session}-old and {session}-restore",
        "write memory",
    ),
}
_ANY = Hand("let the timer run out", "remove what is called {session}", "save the running configuration")


def chosen(platform: Platform, running: str) -> Trial | None:
    """A trial that fits what runs; None where none does, or nobody has said how the platform writes one."""
    for way in platform.extra.get("trial", _WAYS.get(platform.slug, ())):
        if way.needs and not re.search(way.needs, running, re.MULTILINE):
            continue
        given = {"name": NAME}
        if "{vid}" in way.text:
            vid = _vid(platform, running)
            if vid is None:
                continue
            given["vid"], what = str(vid), f"VLAN {vid}"
        else:
            port = _port(way.port, running, platform.rules)
            if port is None:
                continue
            given["port"], what = port, f"the description of {port}"
        text = _filled(way.text, given)
        added = parse(text, platform.rules)
        return Trial(
            what, tuple(_typed(added)), tuple(_filled(one, given) for one in way.undo), _with(platform, running, added)
        )
    return None


def nonsense(platform: Platform, running: str) -> Trial:
    """What runs, with one line that no device knows."""
    line = str(platform.extra.get("nonsense", _NONSENSE.get(platform.slug, "matric-doctor asks for a refusal")))
    return Trial("a line no device knows", (line,), (), _with(platform, running, Config((Line(line),))))


def candidate(net: NetKind, config: str, lines: tuple[str, ...]) -> Candidate:
    """*config* as the device is given it over *net*: whole, or by the *lines* that lead there."""
    return Candidate(config, () if net.atomic else lines, net.name)


def way(platform: Platform, net: NetKind, running: str, config: str, lines: tuple[str, ...]) -> Candidate:
    """From *running* to *config* over *net*, as a cut-over would send it; by *lines* where nobody orders them."""
    from matric import ordering  # noqa: PLC0415 - needed with few nets

    if net.atomic or platform.slug not in ordering.MODELS:
        return candidate(net, config, lines)
    return candidate(net, config, ordering.ordered(platform, running, config, cut=lambda _switch: ()).lines)


def by_hand(platform: Platform) -> Hand:
    """What a person types on the device where matric could not."""
    return platform.extra.get("hand") or _HANDS.get(platform.slug, _ANY)


def _filled(text: str, given: Mapping[str, str]) -> str:
    return re.sub(r"\{(vid|port|name)\}", lambda found: given[found[1]], text)


def _vid(platform: Platform, running: str) -> int | None:
    """An id that no line about VLANs names, and that the platform does not keep for itself."""
    named = {int(number) for row in running.split("\n") if "vlan" in row.lower() for number in re.findall(r"\d+", row)}
    kept = platform.reserved_vids
    return next((vid for vid in VIDS if vid not in named and not any(low <= vid <= high for low, high in kept)), None)


def _port(pattern: str, running: str, rules: ConfigRules) -> str | None:
    """A port without a description, one that is shut down before any other."""
    free = [
        (not any(below.text == "shutdown" for below in line.children), found[1])
        for line in parse(running, rules).lines
        if (found := re.search(pattern, line.text))
        and not any(below.text.startswith(("description", "channel-group")) for below in line.children)
    ]
    return min(free, default=(False, None), key=lambda one: one[0])[1]


def _typed(config: Config) -> Iterator[str]:
    """The commands of *config*, without what only closes a section."""
    for heads, line in config.walk():
        if line.text not in _CLOSERS:
            yield f"{' ' * len(heads)}{line.text}"


_CLOSERS = frozenset({"}", "exit"})


def _with(platform: Platform, running: str, added: Config) -> str:
    tree = Config(_merged(parse(running, platform.rules).lines, added.lines))
    return tree.text(_step(running))


def _step(text: str) -> int:
    """How far one level is indented."""
    depths = (len(row) - len(row.lstrip()) for row in text.split("\n") if row.strip())
    return next((depth for depth in depths if depth), 1)


def _merged(lines: tuple[Line, ...], added: tuple[Line, ...]) -> tuple[Line, ...]:
    """*lines* with *added*: a section that is there takes what is new in it, a new one stands beside its like."""
    result = list(lines)
    last = -1
    for line in added:
        if line.text == "}":
            if last >= 0:  # closes what was put in; what was there is closed already
                last += 1
                result.insert(last, line)
            continue
        there = next((at for at, one in enumerate(result) if one.text == line.text and line.children), None)
        if there is not None:
            result[there] = Line(line.text, _merged(result[there].children, line.children))
            last = -1
            continue
        last = _place(result, line) if last < 0 else last + 1
        result.insert(last, line)
    return tuple(result)


def _place(lines: list[Line], line: Line) -> int:
    word = line.text.split()[0]
    after = max((at for at, one in enumerate(lines) if one.text.split()[:1] == [word]), default=None)
    if after is not None:
        return after + 2 if lines[after + 1 : after + 2] == [Line("}")] else after + 1
    ends = (at for at, one in enumerate(lines) if one.text in {"end", "exit"})
    return next(ends, len(lines))
