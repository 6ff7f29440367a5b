"""A readiness report as one self-contained page: its first screen is what a school's business manager needs."""

from matric.report.drawing import Drawing, svg
from matric.report.html import template
from matric.report.readiness_pictures import addresses, cabling, ports
from matric.survey.endpoint.room import location
from matric.survey.model import Survey
from matric.survey.readiness.graph import graph
from matric.survey.readiness.model import AREAS, DECIDERS, FIRST, WHEN, KitLine, Readiness, counted, day, hours

__all__ = ("REPLACED", "deciders", "figures", "ordered", "orders", "page", "pictures", "question", "summed")

REPLACED = frozenset({"replace-switch", "replace-old"})
_TITLES = 3
"""Gaps that are named to whoever decides; of more the rest are counted."""


def page(ready: Readiness, survey: Survey) -> str:
    """The page. Every text in it is escaped: nothing from a device, a file or a person becomes markup."""
    from markupsafe import Markup  # noqa: PLC0415 - only reports need Jinja2

    return template("readiness.html.j2").render(
        ready=ready,
        question=question(ready),
        sentences=summed(ready)[1:],
        figures=figures(ready),
        orders=orders(ready),
        deciders=deciders(ready),
        made=day(ready.made_at[:10]),
        surveyed=day(ready.seen.taken_at[:10]),
        blocked=bool(not ready.earliest or any(gap.when in FIRST for gap in ready.gaps)),
        urgent=FIRST,
        areas=AREAS,
        when=WHEN,
        who=DECIDERS,
        worked=hours,
        ordered=ordered,
        # Made by matric.report.drawing, which escapes every text itself.
        pictures=[(title, Markup(svg(drawing))) for title, drawing in pictures(ready, survey)],  # noqa: S704
    )


def question(ready: Readiness) -> str:
    """What the report answers."""
    return f"{ready.name}: is its network ready to join {ready.trust}?"


def pictures(ready: Readiness, survey: Survey) -> list[tuple[str, Drawing]]:
    """Every picture that can be drawn, with its title."""
    replaced = frozenset(name for gap in ready.gaps if gap.kind in REPLACED for name in gap.objects)
    rooms = {device.name: location(device.configuration) for device in survey.devices}
    drawn = (
        ("How the kit hangs together", cabling(survey, graph(survey), replaced)),
        ("Addresses before and after", addresses(ready.moves)),
        ("Ports, room by room", ports(survey.devices, rooms)),
    )
    return [(title, drawing) for title, drawing in drawn if drawing is not None]


def summed(ready: Readiness) -> tuple[str, ...]:
    """The report in a few sentences, the verdict first, for people who decide."""
    bought = ", ".join(f"{line.quantity} x {ordered(line)}" for line in ready.kit)
    found = [ready.verdict]
    if ready.gaps:
        found.append(
            "In all, "
            + counted(len(ready.gaps), "thing does", "things do")
            + f" not fit. Closing them takes about {hours(ready.hours)} of an engineer's work"
            + (f" and {bought}." if bought else "; nothing has to be bought.")
        )
    if ready.cost is not None:
        found.append(f"By the price list given that is {ready.cost:,.0f} pounds without VAT.")
    elif ready.unpriced:
        found.append(f"The price list does not name {', '.join(ready.unpriced)}, so that no sum is given.")
    if ready.seen.unseen or ready.not_judged:
        found.append(
            "Not everything could be looked at: "
            + counted(ready.seen.unseen, "device or file", "devices or files")
            + " and "
            + counted(len(ready.not_judged), "question", "questions")
            + " open. They are listed, and never counted as fitting."
        )
    return tuple(found)


def figures(ready: Readiness) -> tuple[tuple[str, str], ...]:
    """The figures at the head: each with what it counts."""
    before = [gap for gap in ready.gaps if gap.when in FIRST]
    kit = sum(line.quantity for line in ready.kit if not line.licence)
    licences = sum(line.licence for line in ready.kit)
    used = "use not seen" if ready.seen.ports_used is None else f"{ready.seen.ports_used} in use"
    return (
        (f"{len(before)} of {len(ready.gaps)}", "things that do not fit must be closed before the cut-over"),
        (f"{ready.hours:g}", f"hours of work, {sum(gap.hours for gap in before):g} of them before the cut-over"),
        (str(kit), f"pieces of kit to order, and {counted(licences, 'kind', 'kinds')} of licence"),
        (day(ready.earliest) if ready.earliest else "not known", "the first evening possible, if all is ordered today"),
        (
            str(ready.seen.devices),
            f"devices read, {ready.seen.unseen} things not; {ready.seen.ports} ports, {used}",
        ),
    )


def deciders(ready: Readiness) -> tuple[tuple[str, str], ...]:
    """Who decides what: each with the things that wait for their word, what takes most first."""
    found: list[tuple[str, str]] = []
    for who, name in DECIDERS.items():
        theirs = (gap for gap in ready.gaps if gap.decides == who)
        gaps = sorted(theirs, key=lambda gap: (gap.when not in FIRST, -gap.hours))
        if gaps:
            more = len(gaps) - _TITLES
            told = ". ".join(gap.title for gap in gaps[:_TITLES])
            found.append((name[0].upper() + name[1:], f"{told}.{f' And {more} more.' if more > 0 else ''}"))
    return tuple(found)


def ordered(line: KitLine) -> str:
    """What is ordered, in words."""
    return f"licence: {line.item}" if line.licence else line.item


def orders(ready: Readiness) -> tuple[tuple[KitLine, str], ...]:
    """Each line to order, with the gaps that it closes."""
    return tuple((line, "; ".join(ready.gaps[at].title for at in line.closes)) for line in ready.kit)
