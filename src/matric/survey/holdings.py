"""What a whole trust holds, school by school, and what it would take to have less of a mixture."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from matric.intent.base import Model
from matric.intent.limit import HARDWARE
from matric.intent.release import allows
from matric.intent.school import NOT_CONFIGURED, Device, School
from matric.intent.standard import Standard
from matric.policy.agreement import Agreement
from matric.survey.model import Device as Surveyed
from matric.survey.model import Survey
from matric.survey.readiness.known import known_model
from matric.survey.support import Support

__all__ = ("Holdings", "ModelHeld", "Role", "SchoolHeld", "Software", "Told", "Way", "holdings")

SOON_DAYS = 730
"""Support that ends within two years is planned for now: a budget is made once a year."""
_POE_W = {"low": 15.4, "high": 30.0, "critical": 30.0}
"""Watts that a port of this priority may ask for (IEEE 802.3af and 802.3at, at the switch)."""


class ModelHeld(Model):
    """One model, in the whole trust."""

    vendor: str
    model: str
    role: str
    platform: str
    count: int
    schools: tuple[str, ...]
    support_end: str = ""
    """ISO date; empty where nobody has said."""
    source: str = ""


class Software(Model):
    """One release, in the whole trust; only of devices that were surveyed."""

    platform: str
    release: str
    count: int
    schools: tuple[str, ...]
    approved: bool | None
    """None where the standard approves none for the platform."""


class Role(Model):
    """What consolidating the devices of a role would take."""

    role: str
    count: int
    makers: int
    models: int
    commonest: str
    """The model most of them are."""
    others: int
    """Devices that would be replaced for all to be of that model's maker and platform."""
    ending: int
    """Of these, how many have to be replaced within two years anyway."""


class Way(Model):
    """Something that schools keep their own way."""

    area: str
    what: str
    schools: tuple[str, ...]
    owners: tuple[str, ...]
    review: str
    """The first day on which one of them is looked at again."""
    findings: int
    """Findings at these schools that name it."""
    pilot: str
    """Why it is or is not worth trying elsewhere, in one sentence."""


class SchoolHeld(Model):
    """One school of the trust, or one that is joining."""

    school: str
    name: str
    joining: bool
    devices: int
    makers: tuple[str, ...]
    wireless: str
    """The wireless solution: controllers and access points, by model."""
    access_points: int
    ports: int
    spare_ports: int | None
    poe_budget_w: float
    poe_used_w: float | None
    """What is drawn, where it was surveyed; else what the ports' profiles may ask for."""
    poe_measured: bool
    failing: int | None
    """Findings without a waiver; None for a joining school, which has a readiness report instead."""
    undecided: int | None
    waivers: int
    agreements: int
    past_support: int
    soon_past_support: int
    support_unknown: int
    surveyed: str = ""
    """When it was last surveyed; empty where it was not."""


class Holdings(Model):
    """The page that shows a trust what it holds."""

    format_version: int = 1
    trust: str
    made_at: str
    schools: tuple[SchoolHeld, ...]
    models: tuple[ModelHeld, ...]
    software: tuple[Software, ...]
    roles: tuple[Role, ...]
    ways: tuple[Way, ...]
    not_seen: tuple[str, ...]


@dataclass(frozen=True)
class Told:
    """What rules and people say of one school: numbers that are worked out elsewhere."""

    failing: int
    undecided: int
    waivers: int
    objects: tuple[str, ...] = ()
    """The object of each finding."""


@dataclass(frozen=True)
class _Held:
    """One device, wherever it is known from."""

    school: str
    vendor: str
    model: str
    role: str
    platform: str
    release: str = ""


def holdings(  # noqa: PLR0913, PLR0917 - what a trust holds has many sources
    standard: Standard,
    schools: Iterable[School],
    surveys: Mapping[str, Survey],
    told: Mapping[str, Told],
    agreements: tuple[Agreement, ...],
    support: Support,
    made_at: str,
    makers: Mapping[str, str] | None = None,
) -> Holdings:
    """What the trust of *standard* holds on the day *made_at* (ISO 8601): its *schools*, and those only surveyed.

    *makers*: model -> maker, as NetBox has them, of what matric has no data sheet of.
    """
    today = date.fromisoformat(made_at[:10])
    held: list[_Held] = []
    rows: list[SchoolHeld] = []
    for school in schools:
        ours = tuple(_of_school(school, surveys.get(school.slug), makers or {}))
        held += ours
        rows.append(_school(school, surveys.get(school.slug), told.get(school.slug), ours, agreements, support, today))
    joined = {row.school for row in rows}
    for slug in sorted(surveys.keys() - joined):
        theirs = tuple(_of_survey(surveys[slug]))
        held += theirs
        rows.append(_joining(surveys[slug], theirs, agreements, support, today))
    return Holdings(
        trust=standard.trust.name,
        made_at=made_at,
        schools=tuple(rows),
        models=tuple(_models(held, support)),
        software=tuple(_software(held, standard)),
        roles=tuple(_roles(held, support, today)),
        ways=tuple(_ways(agreements, told)),
        not_seen=tuple(_not_seen(rows, held)),
    )


def _of_school(school: School, survey: Survey | None, makers: Mapping[str, str]) -> Iterator[_Held]:
    seen = {device.name: device for device in survey.devices} if survey is not None else {}
    for device in school.devices:
        hardware = HARDWARE.get(device.model)
        found = seen.get(device.name)
        yield _Held(
            school.slug,
            hardware.manufacturer if hardware is not None else makers.get(device.model, ""),
            device.model,
            device.role,
            device.platform or "",
            found.os_version if found is not None else "",
        )


def _of_survey(survey: Survey) -> Iterator[_Held]:
    for device in survey.devices:
        model = known_model(device)
        hardware = HARDWARE.get(model)
        vendor = hardware.manufacturer if hardware is not None else device.vendor
        yield _Held(survey.school, vendor, model or device.model, _role(device), device.platform, device.os_version)


def _role(device: Surveyed) -> str:
    """What it is for, as far as a survey can say."""
    return "wireless-controller" if device.wlans and not device.ports else "switch"


def _school(  # noqa: PLR0913, PLR0917 - what a school holds has many sources
    school: School,
    survey: Survey | None,
    told: Told | None,
    held: tuple[_Held, ...],
    agreements: tuple[Agreement, ...],
    support: Support,
    today: date,
) -> SchoolHeld:
    ports = [
        port for device in school.configured for port in device.ports if port.profile.mode in {"access", "shutdown"}
    ]
    drawn = _drawn(survey)
    over, soon, unknown = _ages(held, support, today)
    return SchoolHeld(
        school=school.slug,
        name=school.name,
        joining=False,
        devices=len(school.devices),
        makers=_makers(held),
        wireless=_wireless(school.devices),
        access_points=sum(device.role == "access-point" for device in school.devices),
        ports=len(ports),
        spare_ports=sum(port.profile.mode == "shutdown" for port in ports),
        poe_budget_w=sum(device.poe_budget_w or 0.0 for device in school.configured),
        poe_used_w=drawn
        if drawn is not None
        else sum(_POE_W.get(port.profile.poe, 0.0) for port in ports if port.enabled),
        poe_measured=drawn is not None,
        failing=told.failing if told is not None else None,
        undecided=told.undecided if told is not None else None,
        waivers=told.waivers if told is not None else 0,
        agreements=sum(one.school == school.slug for one in agreements),
        past_support=over,
        soon_past_support=soon,
        support_unknown=unknown,
        surveyed=survey.taken_at if survey is not None else "",
    )


def _joining(
    survey: Survey, held: tuple[_Held, ...], agreements: tuple[Agreement, ...], support: Support, today: date
) -> SchoolHeld:
    ports = [port for device in survey.devices for port in device.ports or () if port.mode in {"access", ""}]
    told = [port for port in ports if port.up is not None]
    over, soon, unknown = _ages(held, support, today)
    drawn = _drawn(survey)
    ssids = sorted({one.ssid for device in survey.devices for one in device.wlans or ()})
    return SchoolHeld(
        school=survey.school,
        name=survey.school,
        joining=True,
        devices=len(survey.devices),
        makers=_makers(held),
        wireless=", ".join(ssids),
        access_points=len({
            one.mac or one.name
            for device in survey.devices
            for one in device.neighbours or ()
            if "wlan-access-point" in one.capabilities
        }),
        ports=len(ports),
        spare_ports=sum(not port.up for port in told) if told else None,
        poe_budget_w=sum(device.power_budget_w or 0.0 for device in survey.devices),
        poe_used_w=drawn,
        poe_measured=drawn is not None,
        failing=None,
        undecided=None,
        waivers=0,
        agreements=sum(one.school == survey.school for one in agreements),
        past_support=over,
        soon_past_support=soon,
        support_unknown=unknown,
        surveyed=survey.taken_at,
    )  # fmt: skip


def _drawn(survey: Survey | None) -> float | None:
    seen = [one.watts for device in (survey.devices if survey is not None else ()) for one in device.power or ()]
    watts = [one for one in seen if one is not None]
    return round(sum(watts), 1) if watts else None


def _makers(held: Iterable[_Held]) -> tuple[str, ...]:
    return tuple(sorted({one.vendor for one in held if one.vendor}))


def _wireless(devices: tuple[Device, ...]) -> str:
    found = Counter(device.model for device in devices if device.role in {"wireless-controller", "access-point"})
    return ", ".join(f"{count} x {model}" for model, count in sorted(found.items()))


def _ages(held: Iterable[_Held], support: Support, today: date) -> tuple[int, int, int]:
    """How many are past their support, will be within two years, and of how many nobody has said."""
    over = soon = unknown = 0
    for one in held:
        ends = support.of(one.vendor, one.model)
        if ends is None:
            unknown += 1
        elif ends.end < today:
            over += 1
        elif (ends.end - today).days <= SOON_DAYS:
            soon += 1
    return over, soon, unknown


def _models(held: Iterable[_Held], support: Support) -> Iterator[ModelHeld]:
    found: dict[tuple[str, str, str, str], list[str]] = defaultdict(list)
    for one in held:
        found[one.vendor, one.model or "model unknown", one.role, one.platform].append(one.school)
    for (vendor, model, role, platform), schools in sorted(found.items(), key=lambda item: (-len(item[1]), item[0])):
        ends = support.of(vendor, model)
        yield ModelHeld(
            vendor=vendor, model=model, role=role, platform=platform, count=len(schools),
            schools=tuple(sorted(set(schools))), support_end=str(ends.end) if ends is not None else "",
            source=ends.source if ends is not None else "",
        )  # fmt: skip


def _software(held: Iterable[_Held], standard: Standard) -> Iterator[Software]:
    found: dict[tuple[str, str], list[str]] = defaultdict(list)
    for one in held:
        if one.release:
            found[one.platform, one.release].append(one.school)
    for (platform, release), schools in sorted(found.items()):
        approved = standard.approved_versions.get(platform)
        yield Software(
            platform=platform, release=release, count=len(schools), schools=tuple(sorted(set(schools))),
            approved=any(allows(one, release) for one in approved) if approved else None,
        )  # fmt: skip


def _roles(held: Iterable[_Held], support: Support, today: date) -> Iterator[Role]:
    roles: dict[str, list[_Held]] = defaultdict(list)
    for one in held:
        if one.role not in NOT_CONFIGURED or one.role == "access-point":
            roles[one.role].append(one)
    for role, devices in sorted(roles.items()):
        counts = Counter((one.vendor, one.platform, one.model) for one in devices)
        (vendor, platform, model), _ = min(counts.items(), key=lambda item: (-item[1], item[0]))
        others = [one for one in devices if (one.vendor, one.platform) != (vendor, platform)]
        over, soon, _ = _ages(others, support, today)
        yield Role(
            role=role, count=len(devices), makers=len({one.vendor for one in devices}),
            models=len({one.model for one in devices}), commonest=f"{vendor} {model}".strip(), others=len(others),
            ending=over + soon,
        )  # fmt: skip


def _ways(agreements: tuple[Agreement, ...], told: Mapping[str, Told]) -> Iterator[Way]:
    """What is kept, alike things together: the object without the school that its name begins with."""
    alike: dict[tuple[str, str], list[Agreement]] = defaultdict(list)
    for one in agreements:
        alike[one.area, one.object.removeprefix(f"{one.school} ")].append(one)
    for (area, what), found in sorted(alike.items(), key=lambda item: (-len(item[1]), item[0])):
        schools = tuple(sorted({one.school for one in found}))
        broken = sum(one.object in told[one.school].objects for one in found if one.school in told)
        yield Way(
            area=area, what=what, schools=schools, owners=tuple(sorted({one.owner for one in found})),
            review=str(min(one.review for one in found)), findings=broken, pilot=_pilot(len(schools), broken),
        )  # fmt: skip


def _pilot(schools: int, broken: int) -> str:
    if broken:
        return "not while rules find fault with it"
    if schools > 1:
        return f"{schools} schools chose it by themselves: ask whether the standard should offer it"
    return "one school's way without a finding: worth a pilot where another school asks for the same"


def _not_seen(rows: Iterable[SchoolHeld], held: Iterable[_Held]) -> Iterator[str]:
    quiet = [row.school for row in rows if not row.surveyed]
    if quiet:
        yield f"software and power drawn at {', '.join(quiet)}: never surveyed. Do: matric survey SCHOOL"
    nameless = Counter(one.school for one in held if not one.model)
    for school, count in sorted(nameless.items()):
        yield f"the model of {count} device{'' if count == 1 else 's'} at {school}"
    unknown = [row for row in rows if row.support_unknown]
    for row in unknown:
        yield f"the end of support of {row.support_unknown} devices at {row.school}. Do: write inventory/support.yaml"
