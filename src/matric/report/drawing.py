"""A drawing as shapes, for a page (SVG) and for paper (PDF): one picture, said once."""

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from fpdf import FPDF

__all__ = ("Box", "Drawing", "Label", "Stroke", "Tone", "on_paper", "scaled", "svg")

Tone = Literal["ink", "dim", "line", "card", "good", "bad", "warn", "blue"]
_CSS: dict[Tone, str] = {
    "ink": "var(--ink)",
    "dim": "var(--dim)",
    "line": "var(--line)",
    "card": "var(--card)",
    "good": "var(--new)",
    "bad": "var(--bad)",
    "warn": "var(--warn)",
    "blue": "var(--old)",
}
_INK: dict[Tone, tuple[int, int, int]] = {
    "ink": (21, 32, 43),
    "dim": (91, 104, 117),
    "line": (206, 213, 221),
    "card": (255, 255, 255),
    "good": (10, 125, 79),
    "bad": (192, 57, 43),
    "warn": (154, 103, 0),
    "blue": (47, 111, 219),
}
_POINT = 2.83465
"""Points of a millimetre."""


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle; ``title`` is told on hovering."""

    x: float
    y: float
    width: float
    height: float
    fill: Tone = "card"
    edge: Tone = "ink"
    title: str = ""
    round: float = 0.0


@dataclass(frozen=True, slots=True)
class Stroke:
    """A straight line."""

    x1: float
    y1: float
    x2: float
    y2: float
    tone: Tone = "dim"
    width: float = 1.5
    dashed: bool = False


@dataclass(frozen=True, slots=True)
class Label:
    """One line of text; ``y`` is its foot."""

    x: float
    y: float
    text: str
    size: float = 12.0
    tone: Tone = "ink"
    anchor: Literal["start", "middle", "end"] = "start"
    bold: bool = False


@dataclass(frozen=True, slots=True)
class Drawing:
    """Shapes on a sheet of so many units; ``words`` say for everybody what it shows."""

    width: float
    height: float
    shapes: tuple[Box | Stroke | Label, ...]
    words: str


def svg(drawing: Drawing) -> str:
    """The drawing for a page; every text in it is escaped."""
    size = f"max-width:{drawing.width:.0f}px;width:100%;height:auto"
    sheet = f"0 0 {drawing.width:.0f} {drawing.height:.0f}"
    head = f'<svg viewBox="{sheet}" style="{size}" role="img" aria-label="{escape(drawing.words, quote=True)}">'
    return "".join((head, *(_markup(shape) for shape in drawing.shapes), "</svg>"))


def _markup(shape: Box | Stroke | Label) -> str:
    if isinstance(shape, Box):
        title = f"<title>{escape(shape.title)}</title>" if shape.title else ""
        return (
            f'<rect x="{shape.x:.1f}" y="{shape.y:.1f}" width="{shape.width:.1f}" height="{shape.height:.1f}" '
            f'rx="{shape.round:.0f}" style="fill:{_CSS[shape.fill]};stroke:{_CSS[shape.edge]}">{title}</rect>'
        )
    if isinstance(shape, Stroke):
        dashes = ";stroke-dasharray:5 4" if shape.dashed else ""
        return (
            f'<line x1="{shape.x1:.1f}" y1="{shape.y1:.1f}" x2="{shape.x2:.1f}" y2="{shape.y2:.1f}" '
            f'style="stroke:{_CSS[shape.tone]};stroke-width:{shape.width:.1f}{dashes}"/>'
        )
    style = f"fill:{_CSS[shape.tone]};font:{'600 ' if shape.bold else ''}{shape.size:.0f}px system-ui,sans-serif"
    at = f'x="{shape.x:.1f}" y="{shape.y:.1f}" text-anchor="{shape.anchor}"'
    return f'<text {at} style="{style}">{escape(shape.text)}</text>'


def scaled(drawing: Drawing, width: float, most: float) -> float:
    """Millimetres of a unit: the drawing fits, and its letters are no larger than those around it."""
    return min(width / drawing.width, most / drawing.height, 0.26)


def on_paper(paper: "FPDF", drawing: Drawing, width: float, *, most: float, latin: "Latin") -> None:
    """Draw at the pen's place, *width* millimetres wide and at *most* so many high; the pen is then below it."""
    scale = scaled(drawing, width, most)
    left, top = paper.get_x(), paper.get_y()
    if paper.will_page_break(drawing.height * scale):
        paper.add_page()
        left, top = paper.get_x(), paper.get_y()
    for shape in drawing.shapes:
        _ink(paper, shape, left, top, scale, latin)
    paper.set_xy(left, top + drawing.height * scale + 2)


def _ink(paper: "FPDF", shape: Box | Stroke | Label, left: float, top: float, scale: float, latin: "Latin") -> None:  # noqa: PLR0913, PLR0917 - where, how large, in which letters
    if isinstance(shape, Box):
        paper.set_line_width(0.25)
        paper.set_draw_color(*_INK[shape.edge])
        paper.set_fill_color(*_INK[shape.fill])
        paper.rect(left + shape.x * scale, top + shape.y * scale, shape.width * scale, shape.height * scale, style="DF")
    elif isinstance(shape, Stroke):
        paper.set_line_width(max(0.15, shape.width * scale))
        paper.set_draw_color(*_INK[shape.tone])
        if shape.dashed:
            paper.set_dash_pattern(dash=1.2, gap=0.8)
        paper.line(left + shape.x1 * scale, top + shape.y1 * scale, left + shape.x2 * scale, top + shape.y2 * scale)
        paper.set_dash_pattern()
    else:
        paper.set_font("Helvetica", style="B" if shape.bold else "", size=max(3.5, shape.size * scale * _POINT))
        paper.set_text_color(*_INK[shape.tone])
        text = latin(shape.text)
        wide = paper.get_string_width(text)
        back = {"start": 0.0, "middle": wide / 2, "end": wide}[shape.anchor]
        paper.text(left + shape.x * scale - back, top + shape.y * scale, text)


if TYPE_CHECKING:
    from collections.abc import Callable

    Latin = Callable[[str], str]
