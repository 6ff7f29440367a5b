"""The evidence pack on paper: a PDF by fpdf2 (the extra ``matric[pdf]``), the same bytes for the same pack."""

from matric.policy.controls import CONFIDENCE
from matric.report.evidence_page import areas
from matric.report.pack import OUTCOMES, Evidence, Judged, summed
from matric.report.paper import DIM, Paper

__all__ = ("pdf",)

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
    title = f"{pack.stand.school}: evidence of {pack.stand.made_at}"
    paper = Paper(title, pack.stand.made_at, otherwise="evidence.html")
    _Page(paper, pack).draw()
    return paper.bytes()


class _Page:
    """Draws from top to bottom; a block that does not fit begins on the next page."""

    def __init__(self, paper: Paper, pack: Evidence) -> None:
        self._paper = paper
        self._pack = pack

    def draw(self) -> None:
        self._front()
        for area, controls in areas(self._pack):
            self._paper.heading(area)
            for one in controls:
                self._control(one)
        self._waivers()
        self._rests_on()

    def _front(self) -> None:
        pack, stand = self._pack, self._pack.stand
        self._paper.line(f"matric evidence pack, {stand.trust}, made {stand.made_at}", size=8, colour=DIM)
        self._paper.line(f"{stand.school}: how its network meets its controls", size=17, style="B", gap=3)
        for sentence in summed(pack):
            self._paper.line(sentence, size=11, gap=1.5)
        self._paper.line(stand.basis, colour=DIM, gap=2)
        self._paper.heading("By scheme")
        rows = [("Scheme", "Controls", *OUTCOMES.values())]
        rows += [(one.name, str(one.total), *(str(one.counts[name]) for name in OUTCOMES)) for one in pack.schemes]
        rows.append(("All", str(len(pack.controls)), *(str(pack.counts[name]) for name in OUTCOMES)))
        self._paper.table(rows, (46, *(22 for _ in range(len(OUTCOMES) + 1))))
        self._paper.heading("What is open")
        for control, found in pack.todo[:_FIRST]:
            first, *others = found
            more = f", {len(found)} findings, of which the first is" if others else ""
            self._paper.line(f"{control.id}  {control.title} ({first.severity}{more})", style="B", gap=0)
            self._paper.line(f"{first.object}: {first.message}. Do: {first.remedy}", gap=1)
        if not pack.todo:
            self._paper.line("Nothing that was looked at breaks a control without a waiver.")
        if len(pack.todo) > _FIRST:
            self._paper.line(f"and {len(pack.todo) - _FIRST} more controls, below", colour=DIM)
        for line in pack.soon:
            self._paper.line(f"Soon: {line}", colour=_COLOURS["cannot-evaluate"])
        self._paper.sheet.add_page()

    def _control(self, one: Judged) -> None:
        self._paper.keep(24)
        self._paper.line(f"{one.id}  {one.title}", size=10, style="B")
        looked = f", {one.checked} looked at" if one.checked else ""
        self._paper.line(
            f"{OUTCOMES[one.outcome]} ({one.severity}, applies {one.applies}{looked})",
            colour=_COLOURS.get(one.outcome, DIM),
        )
        if one.requirement:
            self._paper.line(one.requirement, size=8)
        for broken in one.findings:
            self._paper.line(f"{broken.object}: {broken.message}. Do: {broken.remedy}")
            if broken.waiver is not None:
                self._paper.line(f"waived: {broken.waiver.words}", colour=DIM)
        if one.missing:
            self._paper.line(f"Could not be read: {'; '.join(one.missing)}", size=8)
        if one.reason:
            self._paper.line(one.reason, size=8)
        for said in one.attested:
            word = "yes" if said.answer else "no"
            note = f" {said.note}" if said.note else ""
            asks = f'"{said.asks}" ({said.question})' if said.asks else said.question
            self._paper.line(f"{said.by} answered {word} to {asks} on {said.at}, until {said.until}.{note}", size=8)
        rule = f"Rule: {one.rule}. " if one.rule else ""
        self._paper.line(f"{rule}{'; '.join(one.citations)}", size=7, colour=DIM, gap=2.5)

    def _waivers(self) -> None:
        self._paper.heading("Waivers")
        for one in self._pack.waivers:
            self._paper.line(f"{one.rule} for {one.object}: {one.words} {one.fault}".rstrip())
        if not self._pack.waivers:
            self._paper.line("No waiver concerns this school.")

    def _rests_on(self) -> None:
        self._paper.heading("What this rests on")
        for name, version in (*self._pack.stand.versions, ("judged", self._pack.stand.judged_at)):
            self._paper.line(f"{name}: {version}", size=8)
        for one in self._pack.bound:
            self._paper.line(f"{one.kind} {one.name}".rstrip(), size=8)
            self._paper.line(one.digest, size=7, family="Courier", colour=DIM)
        grades = "; ".join(f"[{grade}] {words}" for grade, words in CONFIDENCE.items())
        self._paper.line(f"How well a source was read: {grades}.", size=7, colour=DIM)
        self._paper.line(
            "A rule decides what the school's data and configurations can show. What a control asks beyond that (a "
            "record, a contract, a person) needs its own evidence. Secrets are shown as references. Letters that the "
            "fonts of this file lack are written without their marks, or as ?; evidence.html and evidence.json have "
            "them as they are.",
            size=7,
            colour=DIM,
        )
