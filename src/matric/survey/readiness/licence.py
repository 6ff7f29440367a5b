"""Licences and subscriptions: what devices say of theirs, what people wrote down, and what nobody has said."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from matric.survey.readiness.facts import Licence
from matric.survey.readiness.known import Known
from matric.survey.readiness.model import Gap, KitLine, When, counted

__all__ = ("gaps", "judged")

_YEAR = timedelta(days=365)
"""What ends within a year of the report has to be in the next budget."""


@dataclass(frozen=True, slots=True)
class _Sign:
    """What shows that kit is managed by, or runs on, something that is paid for by the year."""

    name: str
    said: str
    """A licence of this sort is one whose name matches this pattern."""
    configured: str = ""
    neighbour: str = ""
    licence: str = ""


_SIGNS = (
    _Sign("Cisco DNA subscriptions of the switches", r"\bdna\b", licence=r"dna-|.*-DNA-"),
    _Sign("Aruba Central", r"central", configured=r"^(?:aruba|hpe-anw)-central(?:\s*$(?!\n\s+disable)|\s+enable)"),
    _Sign("Juniper Mist", r"mist", configured=r"mist\.com|client mist", neighbour=r"\bmist\b"),
    _Sign("Cisco Meraki", r"meraki", neighbour=r"meraki"),
    _Sign("the UniFi controller", r"unifi|ubiquiti", neighbour=r"unifi|ubiquiti|\bU[A6]P?-"),
    _Sign(
        "whatever controls the Ruckus access points", r"ruckus|smartzone|unleashed|zonedirector",
        neighbour=r"ruckus.*(?:wireless ap|multimedia hotzone)",
    ),
    _Sign("whatever controls the Aruba access points", r"aruba|instant", neighbour=r"arubaos \(model: *\d"),
    _Sign("the controller of the Cisco access points", r"wireless|\bair\b", neighbour=r"cisco ap|air-(?:c?ap|ap)"),
)  # fmt: skip


def gaps(known: Known) -> Iterator[Gap]:
    yield from _held(known)
    yield from _ends(known)
    yield from _missing(known)
    yield from _unknown(known)
    yield from _silent(known)


def judged(known: Known) -> bool:
    """Whether people said which licences there are; what devices say alone is never the whole."""
    return known.facts.licences is not None


def _of_people(known: Known) -> tuple[Licence, ...]:
    return known.facts.licences or ()


def _held(known: Known) -> Iterator[Gap]:
    """What goes with the old provider."""
    theirs = [one for one in _of_people(known) if one.owner == "provider" or one.transferable is False]
    ours = {known.standard.trust.name.casefold(), known.facts.name.casefold()}
    accounts: dict[str, list[str]] = {}
    for device in known.survey.devices:
        for one in device.licences or ():
            if one.holder and one.holder.casefold() not in ours:
                accounts.setdefault(one.holder, []).append(f"{one.name} of {device.name}")
    if not theirs and not accounts:
        return
    provider = known.facts.provider or "the old provider"
    until = known.facts.provider_contract_end
    leaves = f"on {until}" if until else "on a day nobody has said"
    told = [f"{_counted(one)}: {_whose(one, provider, leaves)}" for one in theirs]
    told += [f"registered to {holder}: {', '.join(names)}" for holder, names in sorted(accounts.items())]
    number = len(theirs) + len(accounts)
    yield Gap(
        kind="licence-held",
        area="licences",
        when="before-cut-over",
        hours=known.effort.of("licence-held", number),
        title=counted(number, "licence or account belongs", "licences or accounts belong")
        + " to somebody else and will not come with the school",
        detail="; ".join(told),
        objects=(*(one.name for one in theirs), *sorted(accounts)),
        kit=tuple(_bought(theirs, provider)),
        remedy="have each signed over in writing before notice is given; buy anew what cannot be",
        decides="provider",
    )


def _whose(one: Licence, provider: str, leaves: str) -> str:
    if one.transferable is False:
        return "the maker does not let it pass to another owner"
    return f"{provider}'s own, whose contract ends {leaves}"


def _ends(known: Known) -> Iterator[Gap]:
    horizon = known.today + _YEAR
    people = [
        one
        for one in _of_people(known)
        if one.end is not None and one.end < horizon and one.owner != "provider" and one.transferable is not False
    ]
    seen = [
        (device.name, one, date.fromisoformat(one.end))
        for device in known.survey.devices
        for one in device.licences or ()
        if one.end and date.fromisoformat(one.end) < horizon
    ]
    if not people and not seen:
        return
    days = [one.end for one in people if one.end is not None] + [day for _, _, day in seen]
    when: When = "before-cut-over" if min(days) <= known.today + timedelta(days=120) else "later"
    number = len(people) + len(seen)
    yield Gap(
        kind="licence-ends",
        area="licences",
        when=when,
        hours=known.effort.of("licence-ends", number),
        title=counted(number, "licence has ended or ends", "licences have ended or end") + f" before {horizon}",
        detail="; ".join((
            *(f"{_counted(one)}: until {one.end}" for one in people),
            *(f"{one.name} of {name}: until {day}" for name, one, day in seen),
        )),
        objects=(*(one.name for one in people), *(f"{name}: {one.name}" for name, one, _ in seen)),
        kit=(
            *_bought(people, ""),
            *(KitLine(item=one.name, quantity=one.used or 1, where=(name,), licence=True) for name, one, _ in seen),
        ),
        remedy="renew them in the trust's name, or plan without what they are for",
        decides="business",
    )  # fmt: skip


def _missing(known: Known) -> Iterator[Gap]:
    """What a device uses, and has no licence for or only one on trial."""
    found = [
        (device.name, one)
        for device in known.survey.devices
        for one in device.licences or ()
        if one.state in {"missing", "evaluation", "expired"}
    ]
    if found:
        yield Gap(
            kind="licence-missing",
            area="licences",
            when="before-cut-over",
            hours=known.effort.of("licence-missing", len(found)),
            title=counted(len(found), "function of a switch is", "functions of switches are")
            + " used without a licence, or on trial",
            detail="; ".join(f"{name}: {one.name}, {one.state}" for name, one in found),
            objects=tuple(f"{name}: {one.name}" for name, one in found),
            kit=tuple(
                KitLine(item=one.name, quantity=one.used or 1, where=(name,), licence=True) for name, one in found
            ),
            remedy="buy it, or turn the function off; the standard may not need it",
            decides="business",
        )


def _unknown(known: Known) -> Iterator[Gap]:
    """What people wrote down by halves."""
    lacks: dict[str, list[str]] = {}
    for one in _of_people(known):
        words = [
            word
            for word, said in (
                ("until when", one.end is not None or one.never_ends),
                ("whose it is", bool(one.owner)),
                ("how many", one.count is not None),
            )
            if not said
        ]
        if words:
            lacks[one.name] = words
    if lacks:
        yield Gap(
            kind="licence-unknown",
            area="licences",
            when="before-joining",
            hours=known.effort.of("licence-unknown", len(lacks)),
            title=counted(len(lacks), "licence is", "licences are") + " written down by halves",
            detail="; ".join(f"{name}: nobody said {', '.join(words)}" for name, words in lacks.items()),
            objects=tuple(lacks),
            remedy="ask whoever pays the bill; write it into facts.yaml of the school's folder",
            decides="business",
        )


def _silent(known: Known) -> Iterator[Gap]:
    """What can be seen to be paid for by the year, and nobody has written down."""
    names = [one.name for one in _of_people(known)]
    found = {
        sign.name: where
        for sign in _SIGNS
        if (where := _seen(known, sign)) and not any(re.search(sign.said, name, re.IGNORECASE) for name in names)
    }
    if found:
        yield Gap(
            kind="licence-silent",
            area="licences",
            when="before-joining",
            hours=known.effort.of("licence-silent", len(found)),
            title=counted(len(found), "subscription was", "subscriptions were") + " seen that nobody has written down",
            detail="nobody has said whose account each is, until when and for how many; "
            + "; ".join(f"{name}: seen at {', '.join(where)}" for name, where in found.items()),
            objects=tuple(found),
            remedy="ask whoever pays the bill; write each into facts.yaml under licences, with count, end and owner",
            decides="business",
        )


def _seen(known: Known, sign: _Sign) -> tuple[str, ...]:
    """Where it shows: the devices, and the access points that their neighbour tables name."""
    found: list[str] = []
    for device in known.survey.devices:
        used = (one for one in device.licences or () if one.state in {"in use", "evaluation"} and not one.permanent)
        if (sign.licence and any(re.match(sign.licence, one.name, re.IGNORECASE) for one in used)) or (
            sign.configured and re.search(sign.configured, device.configuration, re.IGNORECASE | re.MULTILINE)
        ):
            found.append(device.name)
        if sign.neighbour:
            found += [
                one.name or f"{device.name} {one.port}"
                for one in device.neighbours or ()
                if re.search(sign.neighbour, one.platform, re.IGNORECASE)
            ]
    return tuple(dict.fromkeys(found))


def _counted(one: Licence) -> str:
    return one.name if one.count is None else f"{one.count} x {one.name}"


def _bought(licences: list[Licence], where: str) -> Iterator[KitLine]:
    """As many again; of what nobody has counted no number is made up."""
    for one in licences:
        if one.count:
            yield KitLine(
                item=one.name, quantity=one.count, where=tuple(filter(None, (one.supplier or where,))), licence=True
            )
