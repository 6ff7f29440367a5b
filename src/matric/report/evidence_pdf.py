"""The evidence pack on paper: a PDF by fpdf2 (the extra ``matric[pdf]``), the same bytes for the same pack."""

import unicodedata
from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from matric.errors import UsageError
from matric.policy.controls import CONFIDENCE
from matric.report.evidence_page import areas
from matric.report.pack import OUTCOMES, Evidence, Judged, summed

if TYPE_CHECKING:
    from fpdf import FPDF

__all__ = ("pdf",)

_INK = (21, 32, 43)
_DIM = (91, 104, 117)
_COLOURS = {
    "pass": (10, 125, 79),
    "answered": (47, 111, 219),
    "fail": (192, 57, 43),
    "cannot-evaluate": (154, 103, 0),
}
_FIRST = 8
"""Controls with open findings on the first page; every finding stands at its control."""


def pdf(pack: Evidence) -> bytes:
    """The document; UsageError where the extra is not installed."""
    try:
        from fpdf import FPDF  # noqa: PLC0415 - an extra
    except ImportError:
        raise UsageError("a PDF needs fpdf2. Do: pip install 'matric[pdf]', or print evidence.html") from None
    paper = FPDF(format="A4")
    paper.set_creation_date(datetime.fromisoformat(pack.stand.made_at))
    paper.set_title(_latin(f"{pack.stand.school}: evidence of {pack.stand.made_at}"))
    paper.set_producer("matric")
    paper.set_margin(16)
    paper.set_auto_page_break(auto=True, margin=16)
    _Page(paper, pack).draw()
    return bytes(paper.output())


class _Page:
    """Draws from top to bottom; a block that does not fit begins on the next page."""

    def __init__(self, paper: "FPDF", pack: Evidence) -> None:
        self._paper = paper
        self._pack = pack

    def draw(self) -> None:
        self._paper.add_page()
        self._front()
        for area, controls in areas(self._pack):
            self._heading(area)
            for one in controls:
                self._control(one)
        self._waivers()
        self._rests_on()

    def _front(self) -> None:
        pack, stand = self._pack, self._pack.stand
        self._line(f"matric evidence pack, {stand.trust}, made {stand.made_at}", size=8, colour=_DIM)
        self._line(f"{stand.school}: how its network meets its controls", size=17, style="B", gap=3)
        for sentence in summed(pack):
            self._line(sentence, size=11, gap=1.5)
        self._line(stand.basis, colour=_DIM, gap=2)
        self._heading("By scheme")
        rows = [("Scheme", "Controls", *OUTCOMES.values())]
        rows += [(one.name, str(one.total), *(str(one.counts[name]) for name in OUTCOMES)) for one in pack.schemes]
        rows.append(("All", str(len(pack.controls)), *(str(pack.counts[name]) for name in OUTCOMES)))
        self._table(rows, (46, *(22 for _ in range(len(OUTCOMES) + 1))))
        self._heading("What is open")
        for control, found in pack.todo[:_FIRST]:
            first, *others = found
            more = f", {len(found)} findings, of which the first is" if others else ""
            self._line(f"{control.id}  {control.title} ({first.severity}{more})", style="B", gap=0)
            self._line(f"{first.object}: {first.message}. Do: {first.remedy}", gap=1)
        if not pack.todo:
            self._line("Nothing that was looked at breaks a control without a waiver.")
        if len(pack.todo) > _FIRST:
            self._line(f"and {len(pack.todo) - _FIRST} more controls, below", colour=_DIM)
        for line in pack.soon:
            self._line(f"Soon: {line}", colour=_COLOURS["cannot-evaluate"])
        self._paper.add_page()

    def _control(self, one: Judged) -> None:
        if self._paper.will_page_break(24):
            self._paper.add_page()
        self._line(f"{one.id}  {one.title}", size=10, style="B")
        looked = f", {one.checked} looked at" if one.checked else ""
        self._line(
            f"{OUTCOMES[one.outcome]} ({one.severity}, applies {one.applies}{looked})",
            colour=_COLOURS.get(one.outcome, _DIM),
        )
        if one.requirement:
            self._line(one.requirement, size=8)
        for broken in one.findings:
            self._line(f"{broken.object}: {broken.message}. Do: {broken.remedy}")
            if broken.waiver is not None:
                self._line(f"waived: {broken.waiver.words}", colour=_DIM)
        if one.missing:
            self._line(f"Could not be read: {'; '.join(one.missing)}", size=8)
        if one.reason:
            self._line(one.reason, size=8)
        for said in one.attested:
            word = "yes" if said.answer else "no"
            note = f" {said.note}" if said.note else ""
            asks = f'"{said.asks}" ({said.question})' if said.asks else said.question
            self._line(f"{said.by} answered {word} to {asks} on {said.at}, until {said.until}.{note}", size=8)
        rule = f"Rule: {one.rule}. " if one.rule else ""
        self._line(f"{rule}{'; '.join(one.citations)}", size=7, colour=_DIM, gap=2.5)

    def _waivers(self) -> None:
        self._heading("Waivers")
        for one in self._pack.waivers:
            self._line(f"{one.rule} for {one.object}: {one.words} {one.fault}".rstrip())
        if not self._pack.waivers:
            self._line("No waiver concerns this school.")

    def _rests_on(self) -> None:
        self._heading("What this rests on")
        for name, version in (*self._pack.stand.versions, ("judged", self._pack.stand.judged_at)):
            self._line(f"{name}: {version}", size=8)
        for one in self._pack.bound:
            self._line(f"{one.kind} {one.name}".rstrip(), size=8)
            self._line(one.digest, size=7, family="Courier", colour=_DIM)
        grades = "; ".join(f"[{grade}] {words}" for grade, words in CONFIDENCE.items())
        self._line(f"How well a source was read: {grades}.", size=7, colour=_DIM)
        self._line(
            "A rule decides what the school's data and configurations can show. What a control asks beyond that (a "
            "record, a contract, a person) needs its own evidence. Secrets are shown as references. Letters that the "
            "fonts of this file lack are written without their marks, or as ?; evidence.html and evidence.json have "
            "them as they are.",
            size=7,
            colour=_DIM,
        )

    def _heading(self, text: str) -> None:
        if self._paper.will_page_break(30):
            self._paper.add_page()
        self._paper.ln(3)
        self._line(text, size=13, style="B", gap=1.5)

    def _table(self, rows: Iterable[tuple[str, ...]], widths: tuple[int, ...]) -> None:
        self._paper.set_font("Helvetica", size=8)
        with self._paper.table(col_widths=widths, text_align="LEFT", borders_layout="HORIZONTAL_LINES") as table:
            for row in rows:
                cells = table.row()
                for text in row:
                    cells.cell(_latin(text))

    def _line(  # noqa: PLR0913 - a line has many sides
        self,
        text: str,
        *,
        size: float = 9,
        style: str = "",
        family: str = "Helvetica",
        colour: tuple[int, int, int] = _INK,
        gap: float = 0.5,
    ) -> None:
        paper = self._paper
        paper.set_font(family, style="B" if style == "B" else "", size=size)
        paper.set_text_color(*colour)
        paper.multi_cell(0, size * 0.45, _latin(text), new_x="LMARGIN", new_y="NEXT", align="LEFT")
        paper.ln(gap)


def _latin(text: str) -> str:
    """*text* in the letters that every PDF reader has a font for: Latin-1."""
    plain = text.translate({0x2010: "-", 0x2013: "-", 0x2014: "-", 0x2018: "'", 0x2019: "'", 0x201C: '"', 0x201D: '"'})
    return "".join(one if ord(one) < 256 else _bare(one) for one in plain)  # noqa: PLR2004 - Latin-1


def _bare(letter: str) -> str:
    bare = unicodedata.normalize("NFKD", letter)[:1]
    return bare if bare and ord(bare) < 256 else "?"  # noqa: PLR2004 - ditto
