"""What a trust holds as one self-contained page."""

from matric.report.drawing import Box, Drawing, Label, Tone, svg
from matric.report.html import template
from matric.survey.holdings import Holdings

__all__ = ("outstanding", "page")

_YEARS = 10
ROLES = {
    "access": "access switches", "access-point": "access points", "collapsed-core": "cores of small schools",
    "core": "cores", "wireless-controller": "wireless controllers", "router": "routers", "server": "servers",
}  # fmt: skip
"""Role of a device -> the words for several."""


def page(held: Holdings) -> str:
    """The page. Every text in it is escaped: nothing from a device, NetBox or a person becomes markup."""
    from markupsafe import Markup  # noqa: PLC0415 - only reports need Jinja2

    drawing = _ends(held)
    # Made by matric.report.drawing, which escapes every text itself.
    picture = Markup(svg(drawing)) if drawing is not None else ""  # noqa: S704
    return template("holdings.html.j2").render(held=held, picture=picture, outstanding=outstanding(held), roles=ROLES)


def outstanding(held: Holdings) -> tuple[str, ...]:
    """What a trust should know first, a sentence each; nothing of what nobody knows."""
    found: list[str] = []
    over, soon, unknown = (
        sum(getattr(one, of) for one in held.schools) for of in ("past_support", "soon_past_support", "support_unknown")
    )
    if over or soon:
        found.append(f"{over} devices are past their maker's support, and {soon} more will be within two years.")
    if unknown:
        found.append(f"Of {unknown} devices nobody has said until when they are supported.")
    mixed = max(held.roles, key=lambda role: role.others, default=None)
    if mixed is not None and mixed.others:
        found.append(
            f"The greatest mixture is among {ROLES.get(mixed.role, mixed.role)}: {mixed.models} models by "
            f"{mixed.makers} makers. For one kind, {mixed.others} of {mixed.count} would be replaced; {mixed.ending} "
            "of these are due within two years anyway."
        )
    told = [one for one in held.schools if one.failing is not None]
    if told:
        found.append(f"{sum(one.failing or 0 for one in told)} findings without a waiver at {len(told)} schools.")
    found += [
        f"{one.name} is joining: {one.gaps} things do not fit, about {one.gap_hours:g} hours of work."
        for one in held.schools
        if one.gaps is not None
    ]
    measured = [one for one in held.schools if one.ports_measured]
    if measured:
        spare, ports = sum(one.spare_ports or 0 for one in measured), sum(one.ports for one in measured)
        where = f"{len(measured)} of {len(held.schools)} schools, where that was measured"
        found.append(f"{spare} of {ports} ports are spare at {where}.")
    found += [f"Worth a pilot: {way.what} of {', '.join(way.schools)}." for way in held.ways if way.worth_a_pilot]
    return tuple(found)


def _ends(held: Holdings) -> Drawing | None:
    """How many devices leave their maker's support in each year; those of which nobody has said stand last."""
    now = int(held.made_at[:4])
    counts: dict[str, int] = {}
    for one in held.models:
        year = int(one.support_end[:4]) if one.support_end else 0
        word = (
            "not said" if not year else "past" if one.support_end < held.made_at[:10] else str(min(year, now + _YEARS))
        )
        counts[word] = counts.get(word, 0) + one.count
    words = ["past", *(str(year) for year in range(now, now + _YEARS + 1)), "not said"]
    most = max(counts.values(), default=0)
    if not most:
        return None
    shapes: list[Box | Label] = []
    for place, word in enumerate(words):
        count = counts.get(word, 0)
        tone: Tone = "bad" if word == "past" else "warn" if word in {"not said", str(now), str(now + 1)} else "blue"
        x, height = place * 66, 110 * count / most
        if count:
            shapes.append(Box(x + 8, 130 - height, 46, height, fill=tone, edge=tone, title=f"{word}: {count}"))
            shapes.append(Label(x + 31, 124 - height, str(count), 12, anchor="middle", bold=True))
        label = f"{word} on" if word == words[-2] else word
        shapes.append(Label(x + 31, 148, label, 11, "dim", "middle"))
    told = ", ".join(f"{word}: {counts[word]}" for word in words if counts.get(word))
    return Drawing(len(words) * 66, 156, tuple(shapes), f"Devices by the year their support ends: {told}")
