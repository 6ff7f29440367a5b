"""What turns one configuration into another, as a value; and whether a device shows what it was sent.

Laws (held by tests): ``apply(running, difference(running, intended)) == intended``; ``difference(x, x)`` is empty;
``change.inverse`` leads back. Order counts: give both sides in canonical form (``matric.config.normalised``) where a
platform leaves it open.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, cast

from matric.config import Config, Line, aligned, matcher, normalised, parse, without
from matric.platform.base import ConfigRules

if TYPE_CHECKING:
    from matric.secret import Vault

__all__ = ("Change", "Edit", "apply", "candidate", "carried", "difference", "planned", "remediation", "same")

Where = tuple[int, ...]
HEADER = "--- running\n+++ intended\n"


@dataclass(frozen=True, slots=True)
class Edit:
    """One line, with all below it, that goes or comes."""

    kind: Literal["add", "remove"]
    heads: tuple[str, ...]
    """The lines above it."""
    where: Where
    """Its place, level by level: in the running configuration for what goes, in the intended one for what comes."""
    line: Line

    def text(self) -> str:
        """The lines as a unified view shows them."""
        sign = "+" if self.kind == "add" else "-"
        depth = len(self.heads)
        return "".join(
            f"{sign}{' ' * (depth + len(heads))}{text}\n"
            for heads, line in Config((self.line,)).walk()
            for text in line.text.split("\n")
        )


@dataclass(frozen=True)
class Change:
    """All edits, in the order of the merged text."""

    edits: tuple[Edit, ...] = ()

    @property
    def empty(self) -> bool:
        return not self.edits

    @property
    def adds(self) -> tuple[Edit, ...]:
        return tuple(edit for edit in self.edits if edit.kind == "add")

    @property
    def removes(self) -> tuple[Edit, ...]:
        return tuple(edit for edit in self.edits if edit.kind == "remove")

    @cached_property
    def inverse(self) -> "Change":
        """The change that leads back."""
        return Change(
            tuple(
                Edit("remove" if edit.kind == "add" else "add", edit.heads, edit.where, edit.line)
                for edit in self.edits
            )
        )

    def text(self) -> str:
        """A unified view, running to intended: empty where nothing changes."""
        if self.empty:
            return ""
        shown: tuple[str, ...] = ()
        parts = [HEADER]
        for edit in self.edits:
            common = _common(shown, edit.heads)
            parts.extend(
                f" {' ' * depth}{head.split(chr(10), 1)[0]}\n"
                for depth, head in enumerate(edit.heads)
                if depth >= common
            )
            parts.append(edit.text())
            shown = edit.heads
        return "".join(parts)


def _common(left: tuple[str, ...], right: tuple[str, ...]) -> int:
    length = 0
    for ours, theirs in zip(left, right, strict=False):
        if ours != theirs:
            break
        length += 1
    return length


def difference(running: Config, intended: Config) -> Change:
    """What must go from *running* and what must come for it to be *intended*."""
    return Change(tuple(_edits(running.lines, intended.lines, (), (), ())))


def _edits(
    old: tuple[Line, ...], new: tuple[Line, ...], heads: tuple[str, ...], old_at: Where, new_at: Where
) -> Iterator[Edit]:
    if old == new:
        return
    for kind, old_from, old_to, new_from, new_to in _opcodes(old, new):
        if kind == "equal":
            for offset in range(old_to - old_from):
                was, now = old[old_from + offset], new[new_from + offset]
                below = (*heads, was.text)
                yield from _edits(
                    was.children, now.children, below, (*old_at, old_from + offset), (*new_at, new_from + offset)
                )
            continue
        for at in range(old_from, old_to):
            yield Edit("remove", heads, (*old_at, at), old[at])
        for at in range(new_from, new_to):
            yield Edit("add", heads, (*new_at, at), new[at])


def _opcodes(old: tuple[Line, ...], new: tuple[Line, ...]) -> Iterator[tuple[str, int, int, int, int]]:
    """Runs of equal and unequal heads. The equal ends are cut off first: most changes touch few places."""
    start = 0
    shorter = min(len(old), len(new))
    while start < shorter and old[start].text == new[start].text:
        start += 1
    tail = 0
    while tail < shorter - start and old[-1 - tail].text == new[-1 - tail].text:
        tail += 1
    old_end, new_end = len(old) - tail, len(new) - tail
    if start:
        yield "equal", 0, start, 0, start
    old_heads = [line.text for line in old[start:old_end]]
    new_heads = [line.text for line in new[start:new_end]]
    for kind, a, b, c, d in SequenceMatcher(None, old_heads, new_heads, autojunk=False).get_opcodes():
        yield kind, a + start, b + start, c + start, d + start
    if tail:
        yield "equal", old_end, len(old), new_end, len(new)


def apply(running: Config, change: Change) -> Config:
    """*running* after *change*; a change made for another configuration raises ValueError."""
    gone: dict[Where, dict[int, Line]] = {}
    come: dict[Where, dict[int, Line]] = {}
    for edit in change.edits:
        side = gone if edit.kind == "remove" else come
        side.setdefault(edit.where[:-1], {})[edit.where[-1]] = edit.line
    if change.empty:
        return running
    return Config(_applied(running.lines, (), (), gone, come))


def _applied(
    lines: tuple[Line, ...],
    old_at: Where,
    new_at: Where,
    gone: dict[Where, dict[int, Line]],
    come: dict[Where, dict[int, Line]],
) -> tuple[Line, ...]:
    removed, added = gone.get(old_at, {}), come.get(new_at, {})
    for at, line in removed.items():
        if at >= len(lines) or lines[at] != line:
            raise ValueError(f"the change was made for another configuration: {line.text!r} is not where it was")
    kept = [(at, line) for at, line in enumerate(lines) if at not in removed]
    result: list[Line] = []
    queue = iter(kept)
    for now in range(len(kept) + len(added)):
        if now in added:
            result.append(added[now])
            continue
        was, line = next(queue)
        below = _applied(line.children, (*old_at, was), (*new_at, now), gone, come)
        result.append(line if below == line.children else Line(line.text, below))
    return tuple(result)


def candidate(running_text: str, intended_text: str, rules: ConfigRules) -> str:
    """*intended_text* with the lines of *running_text* that belong to the device (certificates, stack members)."""
    if not rules.device_owned:
        return intended_text
    intended = parse(intended_text, rules)
    owned = matcher(rules.device_owned)
    lines = _carried(parse(running_text, rules).lines, intended.lines, (), owned)
    ends = [line for line in lines if line.text == "end"]
    return Config(tuple(line for line in lines if line.text != "end") + tuple(ends)).text(_step(intended_text))


def carried(running_text: str, rules: ConfigRules) -> tuple[str, ...]:
    """The lines of *running_text*, by their heads, that are left to the device: for a plan to name."""
    owned = matcher(rules.device_owned)
    return tuple(
        " > ".join((*heads, line.text.split("\n", 1)[0]))
        for heads, line in parse(running_text, rules).walk()
        if owned(heads, line.text)
    )


def _step(text: str) -> int:
    """How far one level is indented in *text*."""
    for line in text.split("\n"):
        if line[:1] == " ":
            return len(line) - len(line.lstrip())
    return 1


def _carried(
    running: tuple[Line, ...],
    intended: tuple[Line, ...],
    heads: tuple[str, ...],
    owned: Callable[[tuple[str, ...], str], bool],
) -> tuple[Line, ...]:
    there = {line.text: line for line in running}
    result: list[Line] = []
    for line in intended:
        twin = there.get(line.text)
        if twin is not None and twin.children and not owned(heads, line.text):
            result.append(Line(line.text, _carried(twin.children, line.children, (*heads, line.text), owned)))
        else:
            result.append(line)
    have = {line.text for line in intended}
    result.extend(line for line in running if line.text not in have and owned(heads, line.text))
    return tuple(result)


def planned(running_text: str, intended_text: str, rules: ConfigRules, vault: "Vault | None" = None) -> Change:
    """The change a plan shows: in the order of *intended_text*, the device's own lines left alone, no secret in it.

    *intended_text* holds secret references. A secret the device shows is replaced by the reference where it is the
    same (proven with *vault*), else by ``<secret changed>``; without a vault by ``<secret not compared>``.
    """
    from matric.secret import concealed  # noqa: PLC0415 - pulls in hashlib's slow forms only when compared

    intended = _shown(intended_text, rules)
    running, intended = concealed(_shown(running_text, rules), intended, rules, vault)
    return difference(*aligned(running, intended, rules))


def same(running_text: str, intended_text: str, rules: ConfigRules, vault: "Vault | None" = None) -> tuple[str, ...]:
    """Lines in which a device differs from what it was sent, signed ``-`` and ``+``; empty means the same.

    *intended_text* is what was sent: resolved, or with references and a *vault*. Hashes the device salted anew are
    compared by what they are a hash of; lines it never shows, its own lines and its defaults are left out.
    """
    from matric.secret import concealed  # noqa: PLC0415

    intended = _shown(intended_text, rules)
    running, intended = concealed(_shown(running_text, rules), intended, rules, vault)
    change = difference(normalised(running, rules), normalised(intended, rules))
    return tuple(
        line for edit in change.edits for line in (" > ".join((*edit.heads, row)) for row in edit.text().splitlines())
    )


def _shown(text: str, rules: ConfigRules) -> Config:
    return without(parse(text, rules), rules.hidden, rules.device_owned)


def remediation(rules: ConfigRules, running_text: str, intended_text: str) -> str:
    """The commands that lead from running to intended, by hier_config: for people to read, never sent as they are.

    Its order can cut the engineer off (it removes before it adds), so matric replaces configurations whole.
    """
    import hier_config  # noqa: PLC0415 - a quarter of a second of CPU

    api = cast("Any", hier_config)
    driver = api.get_hconfig_driver(getattr(api.Platform, rules.hier_config))
    running, intended = (api.get_hconfig(driver, _plain(text, rules)) for text in (running_text, intended_text))
    workflow = api.WorkflowRemediation(running, intended)
    lines = workflow.remediation_config.all_children_sorted()
    return "".join(f"{line.cisco_style_text()}\n" for line in lines)


def _plain(text: str, rules: ConfigRules) -> str:
    """Canonical text without heredocs and without a line twice, either of which hier_config refuses."""
    config = normalised(_shown(text, rules), rules)
    return Config(_single(config.lines)).text()


def _single(lines: tuple[Line, ...]) -> tuple[Line, ...]:
    merged: dict[str, tuple[Line, ...]] = {}
    for line in lines:
        if "\n" not in line.text:
            merged[line.text] = merged.get(line.text, ()) + line.children
    return tuple(Line(text, _single(children)) for text, children in merged.items())
