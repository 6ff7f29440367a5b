"""One command of a change, and how a row of them is written."""

from collections.abc import Iterable
from dataclasses import dataclass

__all__ = ("Step", "steps", "written")


@dataclass(frozen=True, slots=True)
class Step:
    """A command and the sections it stands in; one that opens a section creates it where there is none."""

    heads: tuple[str, ...]
    text: str

    @property
    def path(self) -> str:
        """``interface 1/1/1 > no shutdown``."""
        return " > ".join((*self.heads, self.text))


def written(row: Iterable[Step]) -> tuple[str, ...]:
    """*row* as a device takes it: one command a line, one blank per level, a section opened again where needed."""
    lines: list[str] = []
    at: tuple[str, ...] = ()
    for step in row:
        shared = 0
        while shared < len(step.heads) and step.heads[: shared + 1] == at[: shared + 1]:
            shared += 1
        lines.extend(f"{' ' * depth}{head}" for depth, head in enumerate(step.heads) if depth >= shared)
        lines.append(f"{' ' * len(step.heads)}{step.text}")
        at = (*step.heads, step.text)
    return tuple(lines)


def steps(lines: Iterable[str]) -> tuple[Step, ...]:
    """What ``written`` wrote, one step a line: a line that only opens a section again is a step too."""
    row: list[Step] = []
    above: list[str] = []
    for line in lines:
        text = line.strip()
        if not text:
            continue
        depth = len(line) - len(line.lstrip())
        del above[depth:]
        row.append(Step(tuple(above), text))
        above.append(text)
    return tuple(row)
