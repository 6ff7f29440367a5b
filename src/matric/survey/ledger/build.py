"""A school's ledger: its survey, held against the standard's rendering of the same devices and what was decided."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from matric import secret
from matric.errors import BadInput
from matric.policy.inherited import Inherited as Inheritance
from matric.policy.inherited import Line
from matric.survey.ledger import decision as decisions
from matric.survey.ledger import set_form
from matric.survey.ledger.classify import Inherited, Intended, classified
from matric.survey.ledger.model import Account, Entry, Ledger
from matric.survey.ledger.ruling import ruled

if TYPE_CHECKING:
    from matric.intent.school import Device as Wanted
    from matric.intent.school import School
    from matric.policy.agreement import Agreements
    from matric.site import Site
    from matric.survey.model import Device, Survey

__all__ = ("built", "counterparts", "held_against", "inherited", "ledger", "of")

ABSENT = "the standard has no device in its place. Do: decide what becomes of the whole device"

UNSEEN = "others name it, and nobody has looked at it. Do: survey it, or decide what becomes of the whole device"


def of(site: "Site", slug: str, today: date) -> Ledger:
    """The ledger of school *slug*, from its kept survey, its decisions and the standard.

    Where NetBox has not heard of the school, and too little was seen to say what it is to be, every line waits for
    that. UsageError where the school was not surveyed; BadInput where the survey, the decisions, the school's rows or a
    template cannot be used.
    """
    from matric import survey  # noqa: PLC0415 - loaded on use
    from matric.survey.wanted import recorded, wanted  # noqa: PLC0415 - ditto

    seen = survey.load(site.inventory, slug)
    try:
        school = wanted(site, slug)
    except BadInput as error:
        if recorded(site, slug):
            raise
        return _made(site, seen, tuple(_waiting(seen, error)), today)
    return ledger(site, seen, school, today)


def ledger(site: "Site", seen: "Survey", school: "School", today: date) -> Ledger:
    """The ledger of *seen* against *school*, as ``of`` makes it of what is kept."""
    from matric.policy import agreement  # noqa: PLC0415 - loaded on use

    return _made(site, seen, tuple(held_against(site.templates, seen, school, agreement.load(site.inventory))), today)


def _made(site: "Site", seen: "Survey", inherited: tuple[tuple[Inherited, str], ...], today: date) -> Ledger:
    from matric import survey  # noqa: PLC0415 - loaded on use

    held = decisions.load(survey.folder(site.inventory, seen.school))
    return built(seen, inherited, held, today, max_age_days=site.standard.survey.max_age_days)


def _waiting(seen: "Survey", error: BadInput) -> Iterator[tuple[Inherited, str]]:
    """Each device, held against nothing because of *error*."""
    first, *more = (f"{one.thing}: {one.rule}" for one in error.problems)
    told = f"{first} (and {len(more)} more)" if more else first
    why = (
        f"nobody can say yet what the standard has in its place: {told}. Do: survey what was not seen (neighbours, "
        "above all), or bring the school into NetBox"
    )
    for device in seen.devices:
        yield Inherited(device.name, device.platform, secret.guarded(device.configuration), None, why, waits=True), ""


def inherited(found: Ledger) -> Inheritance:
    """What rules see of *found*."""

    def line(entry: Entry) -> Line:
        return Line(entry.device, entry.number, entry.path.split("\n", 1)[0], entry.why)

    return Inheritance(
        lines=len(found.entries),
        unknown=tuple(line(entry) for entry in found.unknown),
        lost=tuple(line(entry) for entry in found.lost),
        unread=found.unread,
        faults=tuple((fault.object, fault.rule, fault.remedy) for fault in found.faults),
        age_days=found.age_days,
        max_age_days=found.max_age_days,
        joined=str(found.joined or ""),
    )


def built(
    seen: "Survey",
    inherited: tuple[tuple[Inherited, str], ...],
    held: decisions.Decisions,
    today: date,
    *,
    max_age_days: int = 90,
) -> Ledger:
    """The ledger of *inherited*: each device with the key of what the standard has in its place."""
    accounts: dict[str, Account] = {}
    for device, key in inherited:
        entries = _shown(classified(device, {}), device)
        accounts[device.name] = Account(
            device.name,
            device.platform,
            key,
            entries,
            device.why,
            bool(device.text.strip()),
            device.replaced,
            device.waits,
        )
    for name in _named(seen):
        accounts.setdefault(name, Account(name, "", "", (), UNSEEN, read=False))
    bare = tuple(accounts.values())
    counting = ruled(held.decisions, accounts, today)
    for name in counting.whole:
        accounts[name] = replace(accounts[name], read=True)
    for device, _ in inherited:
        if found := counting.by_device.get(device.name):
            entries = _shown(classified(device, found), device)
            accounts[device.name] = replace(accounts[device.name], entries=entries)
    return Ledger(
        school=seen.school,
        taken_at=seen.taken_at,
        accounts=tuple(accounts.values()),
        faults=tuple(counting.faults),
        bare=bare,
        age_days=max(0, (today - _day(seen.taken_at, today)).days),
        max_age_days=max_age_days,
        joined=held.joined if held.joined is not None and held.joined <= today else None,
    )


def _shown(entries: tuple[Entry, ...], device: Inherited) -> tuple[Entry, ...]:
    """The entries; the law of the ledger is held here too, not by tests alone."""
    said = sum(1 for row in device.text.replace("\r\n", "\n").split("\n") if row.strip())
    if len(entries) != said:
        raise AssertionError(f"{device.name} has {said} lines and {len(entries)} entries")
    return entries


def _named(seen: "Survey") -> Iterator[str]:
    """What others name and nobody looked at: it has lines too, and nobody knows them."""
    return (one.name for one in seen.unseen if one.what == "device")


def _day(taken_at: str, today: date) -> date:
    try:
        return datetime.fromisoformat(taken_at).astimezone(UTC).date()
    except ValueError:
        return today


# ---- what stands in whose place ----


def counterparts(seen: "Survey", school: "School") -> "Mapping[str, Wanted]":
    """Name in the survey -> what the standard has in its place, found by serial number, then name, then address."""
    by_serial = {one.serial.casefold(): one for one in school.devices if one.serial}
    by_name = {one.name.casefold(): one for one in school.devices}
    by_address = {str(one.management.ip): one for one in school.devices if one.management is not None}
    found: dict[str, Wanted] = {}
    taken: set[str] = set()
    for way in range(3):
        for device in seen.devices:
            names = (
                by_serial.get(device.serial.casefold()) if device.serial else None,
                by_name.get(device.name.casefold()),
                by_address.get(device.management) if device.management else None,
            )
            one = names[way]
            if one is not None and device.name not in found and one.key not in taken:
                found[device.name] = one
                taken.add(one.key)
    return found


def held_against(
    templates: Path, seen: "Survey", school: "School", agreements: "Agreements"
) -> Iterator[tuple[Inherited, str]]:
    """Each device of *seen* with what the standard has in its place, and the key of that. BadInput as of rendering."""
    from matric.platform import PLATFORMS  # noqa: PLC0415 - ditto
    from matric.render import Renderer  # noqa: PLC0415 - Jinja2 is slow to load
    from matric.render.origin import Tracer  # noqa: PLC0415 - ditto

    renderer, tracer = Renderer(templates), Tracer(templates)
    agreed = _agreed(agreements, seen.school)
    places = counterparts(seen, school)
    for device in seen.devices:
        text = secret.guarded(device.configuration)
        one = places.get(device.name)
        why, replaced = _unlike(device, one)
        if why or one is None or one.platform is None or one.platform not in PLATFORMS:
            bare = Inherited(device.name, device.platform, text, None, why or ABSENT, replaced=replaced)
            yield bare, one.key if one else ""
            continue
        rules = PLATFORMS[one.platform].rules
        rendered = secret.guarded(renderer.render(school, one).text)
        intended = Intended(rendered, tracer.origins(school, one), rules, agreed)
        as_set = device.platform == "junos" and set_form.is_set(text)
        yield (
            Inherited(device.name, device.platform, text, intended.as_set if as_set else intended, as_set=as_set),
            one.key,
        )


def _unlike(device: "Device", one: "Wanted | None") -> tuple[str, bool]:
    """(why the standard's configuration does not take the place of this device's, whether another box does).

    Empty where it takes its place. What nobody recognised may be the very box that the standard means.
    """
    if one is None:
        return ABSENT, False
    if not one.configured:
        return f"matric does not configure {one.key}. Do: decide what becomes of the whole device", False
    if device.platform == (one.platform or ""):
        return "", False
    was = device.platform or "an unknown system"
    if not device.platform or (device.serial and device.serial.casefold() == one.serial.casefold()):
        told = f"it runs {was}, and {one.key}, which stands for it, is to run {one.platform}"
        return f"{told}: one of the two is wrong. Do: correct NetBox, or decide what becomes of the whole device", False
    if not device.serial:
        told = f"it runs {was}, and {one.key}, which runs {one.platform}, has its name or address"
        return f"{told}: whether that is another box its serial number would say. Do: decide on the whole device", False
    return f"it runs {was}, and goes with its lines: {one.key}, which runs {one.platform}, takes its place", True


def _agreed(agreements: "Agreements", slug: str) -> dict[int, str]:
    """VLAN -> who keeps it by agreement, and until when."""
    found: dict[int, str] = {}
    for one in agreements.agreements:
        last = one.object.rsplit(" ", 1)[-1]
        if one.school == slug and one.area == "vlan" and last.isdecimal():
            found[int(last)] = f"{one.owner}, agreed by {one.approver}, until {one.review}"
    return found
