"""A long comment in several parts, each complete in itself; what does not fit is counted, by name, and never just gone.

A comment is made of blocks. A block is never cut: not inside a fence, not inside what folds away.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from matric.report.markdown import code, prose, size

__all__ = ("MOST", "SMALLEST", "Block", "parts", "room_for")

MOST = 10
"""More parts than this nobody reads: the rest is in the artefact."""

SMALLEST = 4000
"""Bytes; with less, a comment says nothing."""

_HEAD = 420
"""Room for the heading of a part."""
_NOTICE = 1400
"""Room for what is left out."""


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of the comment that is shown whole or not at all."""

    text: str
    school: str = ""
    """Empty where it concerns the whole change."""
    heading: str = ""
    """What stands above the school's first block; a later part repeats it."""
    changed: int = 0
    """Changed lines in it, over all its places."""
    devices: tuple[str, ...] = ()
    findings: int = 0


def parts(blocks: Sequence[Block], title: str, *, limit: int, artefact: str, most: int = MOST) -> tuple[str, ...]:
    """The blocks in at most *most* parts of at most *limit* bytes. *title* is Markdown without a line break."""
    if limit < SMALLEST:
        raise ValueError(f"a comment of {limit} bytes says nothing: give at least {SMALLEST}")
    room = limit - _HEAD - size(title)
    too_long = [block for block in blocks if size(block.text) > room_for(limit, title, block.heading)]
    fitting = [block for block in blocks if block not in too_long]
    packed = _packed(fitting, room - (_NOTICE if too_long else 0))
    left = list(too_long)
    if len(packed) > most:
        packed = _packed(fitting, room - _NOTICE)
        left = [*too_long, *(block for part in packed[most:] for block in part)]
        packed = packed[:most]
    texts = [_part(part, title, at, len(packed)) for at, part in enumerate(packed, 1)]
    if left:
        texts[-1] = f"{texts[-1]}\n\n{_left_out(left, artefact)}"
    return tuple(f"{text}\n" for text in texts)


def room_for(limit: int, title: str, heading: str = "") -> int:
    """The bytes that one block may have."""
    return limit - _HEAD - size(title) - _NOTICE - size(heading)


def _packed(blocks: Sequence[Block], room: int) -> list[list[Block]]:
    """Blocks in order, as many to a part as fit."""
    packed: list[list[Block]] = [[]]
    used = 0
    for block in blocks:
        need = size(block.text) + 2
        # The school's heading is written wherever its first block in a part stands.
        opens = size(block.heading) + 16 if block.school not in {one.school for one in packed[-1]} else 0
        if packed[-1] and used + need + opens > room:
            packed.append([])
            used, opens = 0, size(block.heading) + 16
        packed[-1].append(block)
        used += need + opens
    return packed


def _part(blocks: Sequence[Block], title: str, number: int, count: int) -> str:
    told = [f"## {title}" if number == 1 else f"## {title}, continued"]
    if count > 1:
        told.append(f"Part {number} of {count}.")
    school = ""
    for block in blocks:
        if block.school != school and block.heading:
            told.append(block.heading)
        school = block.school
        told.append(block.text)
    return "\n\n".join(told)


def _left_out(left: Sequence[Block], artefact: str) -> str:
    """Exactly what is missing, school by school."""
    where = _link(artefact)
    lines = [f"**Not shown above, and whole in {where}:**", ""]
    schools = sorted({block.school for block in left})
    for school in schools:
        own = [block for block in left if block.school == school]
        lines.append(f"- {prose(school) or 'the change'}: {_counts(own, named=True)}")
    text = "\n".join(lines)
    if size(text) <= _NOTICE:
        return text
    schools_text = f"{len(schools)} schools" if len(schools) > 1 else prose(schools[0]) or "the change"
    return f"**Not shown above, and whole in {where}:** {_counts(left, named=False)}, at {schools_text}."


def _counts(blocks: Sequence[Block], *, named: bool) -> str:
    changed = sum(block.changed for block in blocks)
    devices = sorted({device for block in blocks for device in block.devices})
    findings = sum(block.findings for block in blocks)
    other = sum(1 for block in blocks if not block.changed and not block.findings)
    told: list[str] = []
    if changed:
        names = f" ({', '.join(prose(device) for device in devices)})" if named else ""
        told.append(f"{_number(changed, 'changed line')} on {_number(len(devices), 'device')}{names}")
    if findings:
        told.append(_number(findings, "finding"))
    if other:
        told.append(_number(other, "other part"))
    return ", ".join(told)


def _number(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def _link(artefact: str) -> str:
    if artefact.startswith(("https://", "http://")) and all(one not in artefact for one in "<>\"' \n"):
        return f'<a href="{artefact.replace("&", "&amp;")}">the artefact</a>'
    return f"the artefact {code(artefact)}"
