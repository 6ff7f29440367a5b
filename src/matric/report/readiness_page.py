"""A readiness report as one self-contained page: its first screen is what a head teacher's business manager needs."""

from matric.report.drawing import Drawing, svg
from matric.report.html import template
from matric.report.readiness_pictures import addresses, cabling, ports
from matric.survey.model import Survey
from matric.survey.readiness.graph import graph
from matric.survey.readiness.model import AREAS, WHEN, Readiness, counted

__all__ = ("page", "pictures", "summed")

_REPLACED = frozenset({"replace-switch", "replace-old"})


def page(ready: Readiness, survey: Survey) -> str:
    """The page. Every text in it is escaped: nothing from a device, a file or a person becomes markup."""
    from markupsafe import Markup  # noqa: PLC0415 - only reports need Jinja2

    return template("readiness.html.j2").render(
        ready=ready,
        sentences=summed(ready),
        areas=AREAS,
        when=WHEN,
        # Made by matric.report.drawing, which escapes every text itself.
        pictures=[(title, Markup(svg(drawing))) for title, drawing in pictures(ready, survey)],  # noqa: S704
    )


def pictures(ready: Readiness, survey: Survey) -> list[tuple[str, Drawing]]:
    """Every picture that can be drawn, with its title."""
    replaced = frozenset(name for gap in ready.gaps if gap.kind in _REPLACED for name in gap.objects)
    drawn = (
        ("How the kit hangs together", cabling(survey, graph(survey), replaced)),
        ("Addresses before and after", addresses(ready.moves)),
        ("Ports, switch by switch", ports(survey.devices)),
    )
    return [(title, drawing) for title, drawing in drawn if drawing is not None]


def summed(ready: Readiness) -> tuple[str, ...]:
    """The report in a few sentences, for people who decide."""
    first = sum(gap.when in {"before-joining", "before-cut-over"} for gap in ready.gaps)
    bought = ", ".join(f"{line.quantity} x {line.item}" for line in ready.kit)
    wait = max((stage.lead_days for stage in ready.stages), default=0)
    found = [
        counted(len(ready.gaps), "thing does", "things do")
        + f" not fit, {first} of which must be closed before the evening of the cut-over."
        if ready.gaps else "Nothing that was looked at is in the way.",
        f"Closing them takes about {ready.hours:g} hours of an engineer's work"
        + (f" and {bought}." if bought else "; nothing has to be bought."),
    ]  # fmt: skip
    if ready.cost is not None:
        found.append(f"By the price list given that is {ready.cost:,.0f} pounds without VAT.")
    elif ready.unpriced:
        found.append(f"The price list does not name {', '.join(ready.unpriced)}, so that no sum is given.")
    if wait:
        found.append(f"What takes longest to come takes about {wait} days.")
    if ready.seen.unseen or ready.not_judged:
        found.append(
            "Not everything could be looked at: "
            + counted(ready.seen.unseen, "device or file", "devices or files")
            + " and "
            + counted(len(ready.not_judged), "question", "questions")
            + " open. They are listed, and never counted as fitting."
        )
    return tuple(found)
