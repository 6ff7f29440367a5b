"""A4 paper by fpdf2 (the extra ``matric[pdf]``): lines, headings and tables, top to bottom."""

import unicodedata
from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from matric.errors import UsageError

if TYPE_CHECKING:
    from fpdf import FPDF

__all__ = ("DIM", "GREEN", "INK", "RED", "Paper", "latin")

INK = (21, 32, 43)
DIM = (91, 104, 117)
RED = (192, 57, 43)
LINE = (206, 213, 221)
GREEN = (10, 125, 79)


class Paper:
    """Draws from top to bottom; a block that does not fit begins on the next page."""

    sheet: "FPDF"

    def __init__(self, title: str, made_at: str, *, otherwise: str) -> None:
        """A document made at *made_at*. UsageError where the extra is missing; *otherwise* can be printed instead."""
        try:
            from fpdf import FPDF  # noqa: PLC0415 - an extra
        except ImportError:
            raise UsageError(f"a PDF needs fpdf2. Do: pip install 'matric[pdf]', or print {otherwise}") from None
        self.sheet = FPDF(format="A4")
        self.sheet.set_creation_date(datetime.fromisoformat(made_at))
        self.sheet.set_title(latin(title))
        self.sheet.set_producer("matric")
        self.sheet.set_margin(16)
        self.sheet.set_auto_page_break(auto=True, margin=16)
        self.sheet.add_page()

    def bytes(self) -> bytes:
        """The document; the same bytes for the same calls."""
        return bytes(self.sheet.output())

    def keep(self, millimetres: float) -> None:
        """Begin a new page unless so much is left of this one."""
        if self.sheet.will_page_break(millimetres):
            self.sheet.add_page()

    def heading(self, text: str) -> None:
        self.keep(30)
        self.sheet.ln(3)
        self.line(text, size=13, style="B", gap=1.5)

    def table(self, rows: Iterable[tuple[str, ...]], widths: tuple[int, ...]) -> None:
        """Rows of texts, the first one the heads; widths as shares."""
        self.sheet.set_font("Helvetica", size=8)
        self.sheet.set_text_color(*INK)
        self.sheet.set_draw_color(*LINE)
        with self.sheet.table(
            col_widths=widths, text_align="LEFT", v_align="TOP", borders_layout="HORIZONTAL_LINES",
            line_height=3.6, padding=(0.8, 1.5, 0.8, 0),
        ) as table:  # fmt: skip
            for row in rows:
                cells = table.row()
                for text in row:
                    cells.cell(latin(text))

    def line(  # noqa: PLR0913 - a line has many sides
        self,
        text: str,
        *,
        size: float = 9,
        style: str = "",
        family: str = "Helvetica",
        colour: tuple[int, int, int] = INK,
        gap: float = 0.5,
    ) -> None:
        """A paragraph; *gap* is the space below it in millimetres."""
        paper = self.sheet
        paper.set_font(family, style="B" if style == "B" else "", size=size)
        paper.set_text_color(*colour)
        paper.multi_cell(0, size * 0.45, latin(text), new_x="LMARGIN", new_y="NEXT", align="LEFT")
        paper.ln(gap)


def latin(text: str) -> str:
    """*text* in the letters that every PDF reader has a font for: Latin-1."""
    plain = text.translate(
        {0x2010: "-", 0x2013: "-", 0x2014: "-", 0x2018: "'", 0x2019: "'", 0x201C: '"', 0x201D: '"', 0x2026: "..."}
    )
    return "".join(one if ord(one) < 256 else _bare(one) for one in plain)  # noqa: PLR2004 - Latin-1


def _bare(letter: str) -> str:
    bare = unicodedata.normalize("NFKD", letter)[:1]
    return bare if bare and ord(bare) < 256 else "?"  # noqa: PLR2004 - ditto
