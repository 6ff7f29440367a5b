"""The report put together: what fits, what does not, how long it takes and what is to be bought."""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Literal

from matric.survey.readiness import address, kit, licence, other, resilience
from matric.survey.readiness.effort import Prices
from matric.survey.readiness.known import CONFIGURED, Known
from matric.survey.readiness.model import FIRST, WHEN, Gap, KitLine, Readiness, Seen, Stage, counted, day, hours

__all__ = ("Known", "judge")

_MOST = 5
"""Gaps on the first page."""
_GRAVE = frozenset({"open-wireless", "weak-wireless", "flat-network", "replace-old", "critical-endpoints"})
"""What puts pupils or the school at risk today matters before it is due."""
_PIECE_HOURS = 3
"""A piece of kit weighs as much as so many hours, where what matters most is told first."""


def judge(known: Known, made_at: str, prices: Prices | None = None) -> Readiness:
    """The report on *known*, made at *made_at* (ISO 8601, UTC). Pounds only where *prices* are given."""
    order = {when: number for number, when in enumerate(WHEN)}
    found = [gap for room in (address, kit, resilience, licence, other) for gap in room.gaps(known)]
    gaps = tuple(sorted(found, key=lambda gap: (order[gap.when], -gap.hours, gap.kind)))
    bought = _bought(gaps, prices)
    stages = _stages(known, gaps)
    total = sum(gap.hours for gap in gaps)
    wait = max((stage.lead_days for stage in stages if stage.when in FIRST), default=0)
    earliest = str(known.today + timedelta(days=wait)) if known.survey.devices else ""
    unpriced = tuple(line.item for line in bought if line.price is None) if prices is not None else ()
    cost = None
    if prices is not None and not unpriced:
        cost = round(total * prices.hour + sum(line.quantity * (line.price or 0.0) for line in bought), 2)
    return Readiness(
        school=known.survey.school,
        name=known.facts.name or (known.school.name if known.school is not None else known.survey.school.title()),
        trust=known.standard.trust.name,
        made_at=made_at,
        seen=_seen(known),
        verdict=_sentence(known, gaps, earliest),
        earliest=earliest,
        first=_first(gaps),
        fits=tuple(_fits(known)),
        gaps=gaps,
        moves=address.moves(known),
        stages=stages,
        hours=total,
        kit=bought,
        cost=cost,
        unpriced=unpriced,
        not_judged=tuple(_not_judged(known)),
    )


def _bought(gaps: tuple[Gap, ...], prices: Prices | None) -> tuple[KitLine, ...]:
    """All kit lines summed; what is replaced for two reasons is bought once."""
    counts: Counter[str] = Counter()
    where: dict[str, list[str]] = {}
    closes: dict[str, list[int]] = {}
    licences: set[str] = set()
    for at, gap in enumerate(gaps):
        for line in gap.kit:
            places = where.setdefault(line.item, [])
            # A line that names each place it is for tells what another gap has asked for already.
            again = sum(one in places for one in line.where) if len(line.where) == line.quantity else 0
            counts[line.item] += line.quantity - again
            places += [one for one in line.where if one not in places]
            closes.setdefault(line.item, []).append(at)
            licences |= {line.item} if line.licence else set()
    listed = prices.items if prices is not None else {}
    return tuple(
        KitLine(
            item=item,
            quantity=count,
            where=tuple(where[item]),
            closes=tuple(closes[item]),
            licence=item in licences,
            price=listed.get(item),
        )
        for item, count in sorted(counts.items())
    )


def _first(gaps: tuple[Gap, ...]) -> tuple[int, ...]:
    """Places of what matters most: what is due first or puts people at risk, then what takes most."""

    def weight(at: int) -> tuple[bool, float]:
        gap = gaps[at]
        pieces = sum(1 if line.licence else line.quantity for line in gap.kit)
        return gap.when not in FIRST and gap.kind not in _GRAVE, -gap.hours - _PIECE_HOURS * pieces

    return tuple(sorted(range(len(gaps)), key=weight)[:_MOST])


def _sentence(known: Known, gaps: tuple[Gap, ...], earliest: str) -> str:
    """The whole report in one sentence; what nobody looked at is never called ready."""
    if not known.survey.devices:
        return "Nobody can say yet: nothing of the school's network was read."
    before = [gap for gap in gaps if gap.when in FIRST]
    if before:
        work = hours(sum(gap.hours for gap in before))
        return (
            f"Not ready yet: {counted(len(before), 'thing has', 'things have')} to be done before a cut-over, about "
            f"{work} of work, and no evening before {day(earliest)} is possible."
        )
    hidden = counted(len(known.survey.unseen), "device or file", "devices or files")
    unseen = f", as far as could be seen: {hidden} could not be looked at" if known.survey.unseen else ""
    return f"Ready for a date: nothing has to be done before the evening of the cut-over{unseen}."


def _seen(known: Known) -> Seen:
    survey = known.survey
    ports = [port for device in survey.devices for port in device.ports or ()]
    told = [port for port in ports if port.up is not None]
    return Seen(
        taken_at=survey.taken_at,
        how=survey.how,
        devices=len(survey.devices),
        models=len({device.model for device in survey.devices if device.model}),
        ports=len(ports),
        ports_used=sum(bool(port.up) for port in told) if told else None,
        unseen=len(survey.unseen),
        lines=sum(source.lines for source in survey.sources),
        understood=sum(source.understood for source in survey.sources),
    )


def _stages(known: Known, gaps: tuple[Gap, ...]) -> tuple[Stage, ...]:
    days = known.effort.lead_days
    return tuple(
        Stage(
            when=when,
            gaps=places,
            hours=sum(gaps[place].hours for place in places),
            lead_days=max((_wait(days, gaps[place]) for place in places), default=0),
        )
        for when in WHEN
        if (places := tuple(place for place, gap in enumerate(gaps) if gap.when == when))
    )


def _wait(days: Mapping[str, int], gap: Gap) -> int:
    """Days until what is ordered for *gap* is there."""
    return days.get("kit" if any(not line.licence for line in gap.kit) else gap.kind, 0)


def _fits(known: Known) -> list[str]:
    good = list(kit.fits(known))
    kinds = {gap.kind for room in (address, resilience, licence, other) for gap in room.gaps(known)}
    if known.before and "address-overlap" not in kinds and _all_read(known, "addresses"):
        good.append("No range of its addresses is used elsewhere in the trust")
    if (
        any(device.vlans for device in known.survey.devices)
        and "vlan-meaning" not in kinds
        and _all_read(known, "vlans")
    ):
        good.append("None of its network numbers means something else in the trust")
    radio = [one for device in known.survey.devices for one in device.wlans or ()]
    told = not any(one.what == "wireless" for one in known.survey.unseen) and all(one.security for one in radio)
    if radio and told and not kinds & {"open-wireless", "weak-wireless"}:
        good.append("No wireless network is open or protected by a broken method")
    if known.residue == ():
        good.append("Nothing of the old provider was found in what could be read")
    if known.unacknowledged == ():
        good.append("The owners of everything critical that changes have agreed")
    if licence.judged(known) and not any(kind.startswith("licence-") for kind in kinds):
        good.append("No licence that anybody knows of ends within a year, or belongs to somebody else")
    if (
        known.facts.phase
        and known.facts.broadband_down_mbps is not None
        and not kinds & {"broadband", "broadband-unknown"}
    ):
        good.append("The broadband is as fast as the Department for Education asks for")
    return good


def _all_read(known: Known, what: Literal["addresses", "vlans"]) -> bool:
    """Whether every device of the school told of *what*: of one that was not read nobody knows."""
    unread = any(one.what == "device" for one in known.survey.unseen)
    return not unread and all(getattr(one, what) is not None for one in known.survey.devices)


def _half_read(known: Known) -> Iterator[str]:
    """What is judged by what every device says, and not every one did."""
    if not any(device.wlans is not None for device in known.survey.devices):
        yield "Wireless: no controller or access point was read"
    elif points := [one.name for one in known.survey.unseen if one.what == "wireless"]:
        yield f"Wireless: what controls {', '.join(points)} was not read"
    if not _all_read(known, "addresses"):
        yield "Whether any other range is used elsewhere in the trust: not every device told its addresses"
    if not _all_read(known, "vlans"):
        yield "Whether any other network number means something else: not every device told its VLANs"


def _not_judged(known: Known) -> list[str]:
    found: list[str] = []
    if known.why_not:
        found.append(f"What every port will be: {known.why_not}")
    for device in known.survey.devices:
        lacks = [
            word
            for word, there in (
                ("configuration", device.configuration),
                ("ports", device.ports is not None),
                ("neighbours", device.neighbours is not None),
                ("MAC table", device.macs is not None),
            )
            if not there
        ]
        if lacks:
            found.append(f"{device.name}: {', '.join(lacks)} not seen")
    found.extend(_half_read(known))
    if known.unaccounted is None:
        found.append(f"What becomes of every line: no ledger was made. Do: matric ledger {known.survey.school}")
    if known.unacknowledged is None:
        found.append(f"What becomes of every endpoint: not known of all. Do: matric endpoints {known.survey.school}")
    if not any(device.platform in CONFIGURED for device in known.survey.devices):
        found.append("No switch was read that the standard runs on")
    if not licence.judged(known):
        found.append("Licences: nobody has said which there are. Do: write licences into facts.yaml, [] for none")
    files = [one.name for one in known.survey.unseen if one.what == "file"]
    if files:
        many = "1 answer or file" if len(files) == 1 else f"{len(files)} answers or files"
        found.append(f"{many} could not be read: {', '.join(files[:5])}{' ...' if len(files) > 5 else ''}")  # noqa: PLR2004
    return found
