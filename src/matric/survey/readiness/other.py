"""Wireless, broadband, the old provider, and what was not seen."""

from collections import Counter
from collections.abc import Iterator

from matric.survey.model import Device, Wlan
from matric.survey.readiness.known import Known
from matric.survey.readiness.model import Gap

__all__ = ("gaps",)

_WIFI = "DfE Wireless network (core standard)"
_BROADBAND = "DfE Broadband internet (core standard)"
_PRIMARY_MBPS, _PRIMARY_UP_MBPS, _OTHER_MBPS = 100, 30, 1000
"""DfE Broadband internet: 100 down and 30 up for a primary, a capacity of 1 Gbit/s for a secondary or all-through."""


def gaps(known: Known) -> Iterator[Gap]:
    yield from _wireless(known)
    yield from _left(known)
    yield from _broadband(known)
    yield from _unseen(known)


def _wireless(known: Known) -> Iterator[Gap]:
    radio = [(device, one) for device in known.survey.devices for one in device.wlans or () if one.enabled]
    for kind, wrong, title in (
        ("open-wireless", ("open",), "can be joined by anybody, without a password"),
        ("weak-wireless", ("wep", "wpa"), "is protected by a method that is broken"),
        ("shared-wireless-key", ("wpa2-psk", "wpa3-sae"), "has one password that everybody shares"),
    ):
        found = {one.ssid: (device, one) for device, one in radio if one.security in wrong}
        if found:
            verb = title if len(found) == 1 else title.replace("is ", "are ", 1).replace("has ", "have ", 1)
            yield Gap(
                kind=kind,
                area="wireless",
                when="cut-over",
                hours=known.effort.of(kind, len(found)),
                title=f"{len(found)} wireless network{'' if len(found) == 1 else 's'} {verb}",
                detail="; ".join(_named(device, one) for device, one in found.values()),
                objects=tuple(found),
                remedy="the trust's wireless networks replace it at the cut-over; tell staff and parents a week before",
                source=_WIFI,
                decides="head",
            )


def _named(device: Device, one: Wlan) -> str:
    return f"{one.ssid} on {device.name}: {one.security}" + (f", VLAN {one.vid}" if one.vid is not None else "")


def _left(known: Known) -> Iterator[Gap]:
    if known.residue:
        yield Gap(
            kind="residue",
            area="provider",
            when="cut-over",
            hours=known.effort.of("residue", len(known.residue)),
            title=f"{len(known.residue)} ways in and reports of the old provider are still set up",
            detail=_kinds(known.residue),
            objects=known.residue,
            remedy=f"matric ledger {known.survey.school} --residue names each; "
            "the cut-over removes those that the standard does not hold",
            source="NCSC Cyber Essentials: Requirements for IT Infrastructure v3.3, user access control",
        )
    if known.unaccounted:
        yield Gap(
            kind="unaccounted-lines",
            area="provider",
            when="before-cut-over",
            hours=known.effort.of("unaccounted-lines", known.unaccounted),
            title=f"Nobody has decided yet what becomes of {known.unaccounted} lines of the old configuration",
            detail="lines that the standard does not hold and no decision covers",
            remedy=f"matric ledger {known.survey.school} --decide",
        )
    if known.unacknowledged:
        yield Gap(
            kind="critical-endpoints",
            area="provider",
            when="before-cut-over",
            hours=known.effort.of("critical-endpoints", len(known.unacknowledged)),
            title=f"{len(known.unacknowledged)} systems that safety depends on will change, and nobody has agreed yet",
            detail="; ".join(known.unacknowledged),
            objects=known.unacknowledged,
            remedy=f"speak with each owner; matric endpoints {known.survey.school} --critical names them",
            decides="owners",
        )


def _kinds(residue: tuple[str, ...]) -> str:
    """How many of each kind, most first: the lines themselves are the ledger's to tell."""
    kinds = Counter(one.partition(":")[0] for one in residue)
    return "; ".join(f"{kind}: {count}" for kind, count in sorted(kinds.items(), key=lambda one: (-one[1], one[0])))


def _broadband(known: Known) -> Iterator[Gap]:
    said = known.facts
    down, up = said.broadband_down_mbps, said.broadband_up_mbps
    if down is None or not said.phase or (said.phase == "primary" and up is None):
        yield Gap(
            kind="broadband-unknown",
            area="broadband",
            when="before-joining",
            hours=known.effort.of("broadband-unknown", 1),
            title="Nobody has said how fast the school's broadband is",
            detail="phase, broadband_down_mbps and broadband_up_mbps are not all in facts.yaml",
            remedy="ask the school for its contract; write it into facts.yaml of the school's folder",
            source=_BROADBAND,
            decides="business",
        )
        return
    small = said.phase in {"primary", "special"}
    slow = down < (_PRIMARY_MBPS if small else _OTHER_MBPS) or (small and (up or 0) < _PRIMARY_UP_MBPS)
    if slow or said.broadband_full_fibre is False:
        wants = "100 Mbit/s down and 30 up" if small else "a capacity of 1 Gbit/s"
        yield Gap(
            kind="broadband",
            area="broadband",
            when="later",
            hours=known.effort.of("broadband", 1),
            title="The broadband is below what the Department for Education asks for",
            detail=f"{down} Mbit/s down, {up if up is not None else 'not said'} up"
            + ("" if said.broadband_full_fibre is not False else ", no full fibre")
            + f"; asked for: full fibre with {wants}",
            remedy="order full fibre; the present contract ends "
            + (str(said.broadband_contract_end) if said.broadband_contract_end else "on a day nobody has said"),
            source=_BROADBAND,
            decides="business",
        )


def _unseen(known: Known) -> Iterator[Gap]:
    kit = [one for one in known.survey.unseen if one.what == "device"]
    if kit:
        yield Gap(
            kind="unseen-device",
            area="unseen",
            when="before-joining",
            hours=known.effort.of("unseen-device", len(kit)),
            title=f"{len(kit)} device{'' if len(kit) == 1 else 's'} that the school has could not be looked at",
            detail="; ".join(
                f"{one.name} ({one.why}{', named by ' + ', '.join(one.told_by) if one.told_by else ''})" for one in kit
            ),
            objects=tuple(one.name for one in kit),
            remedy="get their passwords from the old provider, or plan their replacement; then survey again",
            decides="provider",
        )
