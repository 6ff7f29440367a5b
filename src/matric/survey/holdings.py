"""What a whole trust holds, school by school, and what it would take to have less of a mixture."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from matric.intent.limit import HARDWARE
from matric.intent.release import allows
from matric.intent.school import NOT_CONFIGURED, Device, School
from matric.intent.standard import Standard
from matric.policy.agreement import Agreement
from matric.survey.adopt.kit import core_of
from matric.survey.holdings_model import Holdings, ModelHeld, Role, SchoolHeld, Software
from matric.survey.holdings_ways import Told, Way, ways
from matric.survey.model import Device as Surveyed
from matric.survey.model import Survey
from matric.survey.readiness.kit import SOON
from matric.survey.readiness.known import known_model, points
from matric.survey.support import Support

if TYPE_CHECKING:
    from matric.survey.readiness.model import Readiness

__all__ = ("Holdings", "ModelHeld", "Role", "SchoolHeld", "Software", "Told", "Way", "holdings")

_POE_W = {"low": 15.4, "high": 30.0, "critical": 30.0}
"""Watts that a port of this priority may ask for (IEEE 802.3af and 802.3at, at the switch)."""


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
    ready: "Mapping[str, Readiness] | None" = None,
) -> Holdings:
    """What the trust of *standard* holds on the day *made_at* (ISO 8601): its *schools*, and those only surveyed.

    *makers*: model -> maker, as NetBox has them, of what matric has no data sheet of. *ready*: the readiness report of
    each school that is joining.
    """
    today = date.fromisoformat(made_at[:10])
    held: list[_Held] = []
    rows: list[SchoolHeld] = []
    schools = tuple(schools)
    leaving = {f"{school.slug} vlan {one.vid}" for school in schools for one in school.networks if one.leaving}
    agreements = tuple(one for one in agreements if one.object not in leaving)  # on its way out is nobody's own way
    for school in schools:
        ours = tuple(_of_school(school, surveys.get(school.slug), makers or {}))
        held += ours
        rows.append(_school(school, surveys.get(school.slug), told.get(school.slug), ours, agreements, support, today))
    joined = {row.school for row in rows}
    for slug in sorted(surveys.keys() - joined):
        theirs = tuple(_of_survey(surveys[slug]))
        held += theirs
        rows.append(_joining(surveys[slug], theirs, agreements, support, today, (ready or {}).get(slug)))
    return Holdings(
        trust=standard.trust.name,
        made_at=made_at,
        schools=tuple(rows),
        models=tuple(_models(held, support)),
        software=tuple(_software(held, standard)),
        roles=tuple(_roles(held, support, today)),
        ways=tuple(ways(agreements, told, surveys, today)),
        not_seen=tuple(_not_seen(rows, held, surveys)),
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
        name, role = model or device.model, _role(device, survey)
        yield _Held(survey.school, vendor, name, role, device.platform, device.os_version)
    for _, point in points(survey):
        words = point.platform.split()
        yield _Held(survey.school, words[0] if words else "", words[1] if len(words) > 1 else "", "access-point", "")


def _role(device: Surveyed, survey: Survey) -> str:
    """What it will be in NetBox, as ``matric adopt`` would have it: so that like is held against like."""
    if device.wlans and not device.ports:
        return "wireless-controller"
    return "collapsed-core" if device is core_of(survey.devices) else "access"


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
    # What a survey saw before the school joined is of other kit, or of other names: it measures nothing of today's.
    names = {device.name for device in school.devices}
    seen = tuple(one for one in survey.devices if one.name in names) if survey is not None else ()
    drawn, spare = _drawn(seen), _spare(seen)
    over, soon, unknown = _ages(held, support, today)
    return SchoolHeld(
        school=school.slug,
        name=school.name,
        joining=False,
        devices=len(school.devices),
        makers=_makers(held),
        wireless=_wireless(school.devices),
        access_points=sum(device.role == "access-point" for device in school.devices),
        ports=len(ports) if spare is None else spare[1],
        spare_ports=sum(port.profile.mode == "shutdown" for port in ports) if spare is None else spare[0],
        ports_measured=spare is not None,
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


def _joining(  # noqa: PLR0913, PLR0917 - ditto
    survey: Survey,
    held: tuple[_Held, ...],
    agreements: tuple[Agreement, ...],
    support: Support,
    today: date,
    ready: "Readiness | None",
) -> SchoolHeld:
    spare = _spare(survey.devices)
    over, soon, unknown = _ages(held, support, today)
    drawn = _drawn(survey.devices)
    ssids = sorted({one.ssid for device in survey.devices for one in device.wlans or ()})
    radio = Counter(one.model or "model unknown" for one in held if one.role in {"access-point", "wireless-controller"})
    return SchoolHeld(
        school=survey.school,
        name=ready.name if ready is not None else survey.school.title(),
        joining=True,
        devices=len(held),
        makers=_makers(held),
        wireless="; ".join(filter(None, (
            ", ".join(f"{count} x {model}" for model, count in sorted(radio.items())), ", ".join(ssids),
        ))),
        access_points=sum(one.role == "access-point" for one in held),
        ports=spare[1] if spare is not None else sum(len(device.ports or ()) for device in survey.devices),
        spare_ports=spare[0] if spare is not None else None,
        ports_measured=spare is not None,
        poe_budget_w=sum(_budget(device) or 0.0 for device in survey.devices),
        poe_used_w=drawn,
        poe_measured=drawn is not None,
        failing=None,
        gaps=len(ready.gaps) if ready is not None else None,
        gap_hours=ready.hours if ready is not None else None,
        undecided=None,
        waivers=0,
        agreements=sum(one.school == survey.school for one in agreements),
        past_support=over,
        soon_past_support=soon,
        support_unknown=unknown,
        surveyed=survey.taken_at,
    )  # fmt: skip


def _spare(devices: Iterable[Surveyed]) -> tuple[int, int] | None:
    """Ports that nothing is plugged into, and ports of which that was seen; None where it was seen of none."""
    told = [
        port.up
        for device in devices
        for port in device.ports or ()
        if port.up is not None and port.mode in {"access", ""} and not port.lag
    ]
    return (told.count(False), len(told)) if told else None


def _drawn(devices: Iterable[Surveyed]) -> float | None:
    """Watts that their ports give together; None where no port of them told."""
    watts = [one.watts for device in devices for one in device.power or () if one.watts is not None]
    return round(sum(watts), 1) if watts else None


def _budget(device: Surveyed) -> float | None:
    """Watts it can give, by its own word or else by its data sheet."""
    hardware = HARDWARE.get(known_model(device))
    return device.power_budget_w or (hardware.poe_budget_w if hardware is not None else None)


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
        if ends is None or ends.end is None:
            unknown += 1
        elif ends.end < today:
            over += 1
        elif ends.end - today <= SOON:
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
            schools=tuple(sorted(set(schools))), support_end=str((ends and ends.end) or ""),
            sold_until=str((ends and ends.sold_until) or ""), source=ends.told if ends is not None else "",
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
            where=tuple(f"{school} {count}" for school, count in sorted(Counter(one.school for one in others).items())),
        )  # fmt: skip


def _not_seen(rows: Iterable[SchoolHeld], held: Iterable[_Held], surveys: Mapping[str, Survey]) -> Iterator[str]:
    quiet = [row.school for row in rows if not row.surveyed]
    if quiet:
        yield f"software, ports in use and power drawn at {', '.join(quiet)}: never surveyed. Do: matric survey SCHOOL"
    for row in rows:
        if row.surveyed and not (row.ports_measured and row.poe_measured):
            yield f"ports in use or power drawn at {row.school} as it is today. Do: matric survey {row.school}"
    for slug, survey in sorted(surveys.items()):
        silent = [one.name for one in survey.devices if _budget(one) and one.power is None]
        if silent:
            yield f"power drawn of {', '.join(silent)} at {slug}: the figure of the school leaves it out"
    nameless = Counter(one.school for one in held if not one.model)
    for school, count in sorted(nameless.items()):
        yield f"the model of {count} device{'' if count == 1 else 's'} at {school}"
    unknown = [row for row in rows if row.support_unknown]
    for row in unknown:
        many = "1 device" if row.support_unknown == 1 else f"{row.support_unknown} devices"
        yield f"the end of support of {many} at {row.school}. Do: write inventory/support.yaml"
