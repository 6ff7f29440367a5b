"""A readiness report on paper: a PDF by fpdf2 (the extra ``matric[pdf]``), the same bytes for the same report."""

from matric.report import readiness_page
from matric.report.drawing import on_paper, scaled
from matric.report.paper import DIM, RED, Paper, latin
from matric.survey.model import Survey
from matric.survey.readiness.model import AREAS, WHEN, Readiness, counted

__all__ = ("pdf",)

_TALL = 230
"""Most millimetres of a picture."""
_MOST = 5
"""Gaps on the first page; every gap stands in its area."""


def pdf(ready: Readiness, survey: Survey) -> bytes:
    """The document; UsageError where the extra is not installed."""
    paper = Paper(f"{ready.name}: ready to join {ready.trust}?", ready.made_at, otherwise="readiness.html")
    _front(paper, ready)
    paper.sheet.add_page()
    for title, drawing in readiness_page.pictures(ready, survey):
        paper.keep(drawing.height * scaled(drawing, paper.sheet.epw, _TALL) + 16)
        paper.heading(title)
        on_paper(paper.sheet, drawing, paper.sheet.epw, most=_TALL, latin=latin)
    for area, words in AREAS.items():
        gaps = [gap for gap in ready.gaps if gap.area == area]
        if gaps:
            paper.heading(words)
        for gap in gaps:
            paper.keep(26)
            paper.line(gap.title, size=10, style="B")
            urgent = gap.when in {"before-joining", "before-cut-over"}
            kit = "".join(f"; {line.quantity} x {line.item}" for line in gap.kit)
            paper.line(f"{WHEN[gap.when]}, about {gap.hours:g} hours{kit}", colour=RED if urgent else DIM)
            paper.line(gap.detail)
            paper.line(f"Do: {gap.remedy}.", gap=1)
            if gap.source:
                paper.line(gap.source, size=7, colour=DIM, gap=2)
    paper.heading("What could not be judged")
    for line in ready.not_judged or ("Everything that this report asks could be judged.",):
        paper.line(line)
    paper.line(
        f"Survey {ready.seen.how}, {ready.seen.taken_at}: "
        f"{ready.seen.understood} of {ready.seen.lines} lines understood. "
        "Hours are the trust's estimates, or where it has none matric's, for planning alone.",
        size=7, colour=DIM,
    )  # fmt: skip
    return paper.bytes()


def _front(paper: Paper, ready: Readiness) -> None:
    """The one page for whoever decides."""
    paper.line(f"matric readiness report, {ready.trust}, made {ready.made_at}", size=8, colour=DIM)
    paper.line(f"{ready.name}: does its network fit the trust's?", size=17, style="B", gap=3)
    for sentence in readiness_page.summed(ready):
        paper.line(sentence, size=11, gap=1.5)
    paper.heading("What weighs most")
    for gap in sorted(ready.gaps, key=lambda gap: -gap.hours)[:_MOST]:
        paper.line(f"{gap.title}. {WHEN[gap.when]}, about {gap.hours:g} hours.", gap=1)
    paper.heading("What fits")
    for fits in ready.fits or ("Nothing could be said to fit.",):
        paper.line(fits)
    paper.heading("In which order")
    rows = [("When", "What", "Hours", "Wait")]
    for stage in ready.stages:
        wait = f"{stage.lead_days} days" if stage.lead_days else ""
        rows.append((WHEN[stage.when], counted(len(stage.gaps), "thing", "things"), f"{stage.hours:g}", wait))
    paper.table(rows, (80, 40, 25, 30))
    if ready.kit:
        paper.heading("What has to be bought")
        lines = [(one.item, str(one.quantity), "" if one.price is None else f"{one.price:.2f}") for one in ready.kit]
        paper.table([("Item", "Quantity", "Price of one"), *lines], (100, 30, 40))
