"""A readiness report on paper: a PDF by fpdf2 (the extra ``matric[pdf]``), the same bytes for the same report."""

from matric.report import readiness_page
from matric.report.drawing import on_paper, scaled
from matric.report.paper import DIM, GREEN, RED, Paper, latin
from matric.survey.model import Survey
from matric.survey.readiness.model import AREAS, DECIDERS, FIRST, WHEN, Readiness, day, hours

__all__ = ("pdf",)

_TALL = 230
"""Most millimetres of a picture."""
_MOST = 6
"""Lines to order on the first page; all stand on the second."""


def pdf(ready: Readiness, survey: Survey) -> bytes:
    """The document; UsageError where the extra is not installed."""
    paper = Paper(readiness_page.question(ready), ready.made_at, otherwise="readiness.html")
    _front(paper, ready)
    paper.sheet.add_page()
    _orders(paper, ready)
    paper.heading("What fits")
    for fits in ready.fits or ("Nothing could be said to fit.",):
        paper.line(f"- {fits}")
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
            urgent = gap.when in FIRST
            kit = "".join(f"; {line.quantity} x {readiness_page.ordered(line)}" for line in gap.kit)
            told = f"{WHEN[gap.when]}, about {hours(gap.hours)}{kit}. Decides: {DECIDERS[gap.decides]}"
            paper.line(told, colour=RED if urgent else DIM)
            for told in gap.told:
                paper.line(f"- {told}" if len(gap.told) > 1 else told)
            paper.line(f"Do: {gap.remedy}.", gap=1)
            if gap.source:
                paper.line(gap.source, size=7, colour=DIM, gap=2)
    paper.heading("What could not be judged")
    for line in ready.not_judged or ("Everything that this report asks could be judged.",):
        paper.line(f"- {line}")
    paper.line(
        f"Survey {ready.seen.how}, {ready.seen.taken_at}: "
        f"{ready.seen.understood} of {ready.seen.lines} lines understood. "
        "Hours are the trust's estimates, or where it has none matric's, for planning alone.",
        size=7, colour=DIM,
    )  # fmt: skip
    return paper.bytes()


def _front(paper: Paper, ready: Readiness) -> None:
    """The one page for whoever decides; it can stand alone."""
    paper.line(
        f"Readiness report, made {day(ready.made_at[:10])} from the survey of {day(ready.seen.taken_at[:10])}",
        size=8,
        colour=DIM,
    )
    paper.line(readiness_page.question(ready), size=16, style="B", gap=2)
    blocked = not ready.earliest or any(gap.when in FIRST for gap in ready.gaps)
    paper.line(ready.verdict, size=12, style="B", colour=RED if blocked else GREEN, gap=2)
    for sentence in readiness_page.summed(ready)[1:]:
        paper.line(sentence, size=9.5, gap=1)
    paper.heading("The five things that matter most" if len(ready.first) > 1 else "What matters most")
    rows = [("What", "When", "Hours", "Who decides")]
    for at in ready.first:
        gap = ready.gaps[at]
        rows.append((gap.title, WHEN[gap.when], f"{gap.hours:g}", DECIDERS[gap.decides]))
    paper.table(rows, (84, 40, 14, 40))
    paper.heading("In which order")
    rows = [("When", "Things", "Hours", "Wait for what is ordered")]
    for stage in ready.stages:
        wait = f"about {stage.lead_days} days" if stage.lead_days else ""
        rows.append((WHEN[stage.when], str(len(stage.gaps)), f"{stage.hours:g}", wait))
    rows.append(("In all", str(len(ready.gaps)), f"{ready.hours:g}", ""))
    paper.table(rows, (80, 25, 25, 50))
    if ready.kit:
        paper.heading("What has to be ordered")
        lines = [(readiness_page.ordered(line), str(line.quantity)) for line in ready.kit[:_MOST]]
        more = [("and more, overleaf", "")] if len(ready.kit) > _MOST else []
        paper.table([("Item (overleaf: for what and where)", "Number"), *lines, *more], (140, 40))
    paper.heading("Who decides what")
    paper.table([("Who", "What waits for them"), *readiness_page.deciders(ready)], (45, 135))


def _orders(paper: Paper, ready: Readiness) -> None:
    paper.heading("What has to be ordered, for what and where")
    if not ready.kit:
        paper.line("Nothing has to be ordered.")
        return
    rows = [("Item", "Number", "Closes", "Where", "Price of one")]
    for line, closes in readiness_page.orders(ready):
        price = "not given" if line.price is None else f"{line.price:.2f}"
        rows.append(
            (
                readiness_page.ordered(line),
                str(line.quantity),
                closes,
                "; ".join(line.where) or "the whole school",
                price,
            )
        )
    paper.table(rows, (40, 15, 55, 50, 20))
    paper.line(
        "A switch is replaced by one with as many ports as it has today. Prices are pounds without VAT.",
        size=7, colour=DIM,
    )  # fmt: skip
