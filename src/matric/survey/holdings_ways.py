"""What schools keep their own way, and whether what the data says makes it worth a pilot elsewhere."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from matric.intent.base import Model
from matric.policy.agreement import Agreement
from matric.survey.model import Survey

__all__ = ("Told", "Way", "ways")


class Way(Model):
    """Something that schools keep their own way."""

    area: str
    what: str
    schools: tuple[str, ...]
    owners: tuple[str, ...]
    review: str
    """The first day on which one of them is looked at again."""
    findings: int | None
    """Findings at these schools that name it; None where the rules of one of them were not asked."""
    candidates: tuple[str, ...] = ()
    """Other schools that have the like: the survey of a joining one shows it, or a rule finds fault with it there."""
    worth_a_pilot: bool = False
    """No rule finds fault with it, nobody has to look at it again first, and another school has the like."""
    pilot: str = ""
    """Why it is or is not worth trying elsewhere, in one sentence."""


@dataclass(frozen=True)
class Told:
    """What rules and people say of one school: numbers that are worked out elsewhere."""

    failing: int
    undecided: int
    waivers: int
    objects: tuple[str, ...] = ()
    """The object of each finding."""


def ways(
    agreements: tuple[Agreement, ...], told: Mapping[str, Told], surveys: Mapping[str, Survey], today: date
) -> Iterator[Way]:
    """What is kept on the day *today*, alike things together: the object without the school it begins with."""
    alike: dict[tuple[str, str], list[Agreement]] = defaultdict(list)
    for one in agreements:
        alike[one.area, one.object.removeprefix(f"{one.school} ")].append(one)
    for (area, what), found in sorted(alike.items(), key=lambda item: (-len(item[1]), item[0])):
        schools = tuple(sorted({one.school for one in found}))
        broken = None
        if told.keys() >= set(schools):
            broken = sum(_names(one.object, named) for one in found for named in told[one.school].objects)
        review = min(one.review for one in found)
        others = {slug for slug, one in told.items() if any(_names(f"{slug} {what}", named) for named in one.objects)}
        others |= {slug for slug, survey in surveys.items() if _has(survey, area, what)}
        candidates = tuple(sorted(others - set(schools)))
        worth, words = _pilot(schools, candidates, broken, late=review < today)
        yield Way(
            area=area, what=what, schools=schools, owners=tuple(sorted({one.owner for one in found})),
            review=str(review), findings=broken, candidates=candidates, worth_a_pilot=worth, pilot=words,
        )  # fmt: skip


def _names(agreed: str, found: str) -> bool:
    """Whether a finding about *found* is about what is *agreed*, or a part of it."""
    return found == agreed or found.startswith(f"{agreed} ")


def _has(survey: Survey, area: str, what: str) -> bool:
    """Whether a surveyed school has the like: the VLAN of that number, the wireless network of that name."""
    if area == "vlan":
        return any(f"vlan {vlan.vid}" == what for device in survey.devices for vlan in device.vlans or ())
    if area == "ssid":
        names = {what, what.removeprefix("ssid ")}
        return any(one.ssid in names for device in survey.devices for one in device.wlans or ())
    return False


def _pilot(
    schools: tuple[str, ...], candidates: tuple[str, ...], broken: int | None, *, late: bool
) -> tuple[bool, str]:
    """Whether it is worth a pilot elsewhere, and why."""
    where = f": {', '.join(candidates)} {'has' if len(candidates) == 1 else 'have'} the like" if candidates else ""
    if broken is None:
        return False, "not known: no rule was asked about it"
    if broken:
        return False, f"no: {broken} finding{'' if broken == 1 else 's'} against it"
    if late:
        return False, "not yet: the day on which it was to be looked at again has passed"
    if len(schools) > 1:
        return True, f"yes: {len(schools)} schools chose it by themselves, and no rule finds fault with it{where}"
    if candidates:
        return True, f"yes: no rule finds fault with it{where}"
    return False, "nowhere to try it: no rule finds fault with it, and no other school has the like"
