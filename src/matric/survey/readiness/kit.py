"""Kit of a joining school: what can be brought onto the standard, what must be replaced, what is out of support."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta

from matric.intent.limit import HARDWARE
from matric.intent.release import allows
from matric.survey.model import Device, Neighbour
from matric.survey.readiness.known import CONFIGURED, Known, points, strangers
from matric.survey.readiness.model import Gap, KitLine, counted
from matric.survey.support import Ends

__all__ = ("fits", "gaps")

_SLOW_MBPS = 1000
SOON = timedelta(days=730)
"""Support that ends within two years is planned for now: a budget is made once a year."""
_DFE_SWITCHING = "DfE Network switching (core standard)"


def gaps(known: Known) -> Iterator[Gap]:
    yield from _replaced(known)
    yield from _support(known)
    yield from _software(known)
    yield from _slow(known)
    yield from _power(known)


def fits(known: Known) -> Iterator[str]:
    good = [device for device in known.survey.devices if device.platform in CONFIGURED and known.models[device.name]]
    if good:
        yield (
            f"{len(good)} of the {len(known.survey.devices)} switches and controllers that were read "
            "are models the standard runs on: "
            + ", ".join(
                f"{count} x {model}" for model, count in sorted(Counter(known.models[one.name] for one in good).items())
            )
        )


def _replaced(known: Known) -> Iterator[Gap]:
    strange = [device for device in known.survey.devices if device.platform and device.platform not in CONFIGURED]
    hidden = strangers(known.survey)
    number = len(strange) + len(hidden)
    if number:
        yield Gap(
            kind="replace-switch",
            area="kit",
            when="before-cut-over",
            hours=known.effort.of("replace-switch", number),
            title=counted(number, "switch", "switches")
            + " cannot be brought onto the trust's standard and must be replaced",
            detail="; ".join((
                *(f"{one.name}: {_called(one)}, {one.platform}" for one in strange),
                *(f"{name}: {point.platform}, by the word of {by.name}" for name, point, by in hidden),
            )),
            objects=(*(one.name for one in strange), *(name for name, _, _ in hidden)),
            kit=_summed((
                *_in_place_of(known, strange),
                *(_unread(name, point, known.place(by, point.port)) for name, point, by in hidden),
            )),
            remedy="order replacements of a model in the standard; carry the cabling over port by port",
            decides="business",
        )  # fmt: skip
    nameless = [device for device in known.survey.devices if not device.platform]
    unknown = [
        one for one in known.survey.devices if one.platform in CONFIGURED and one.model and not known.models[one.name]
    ]
    if nameless or unknown:
        yield Gap(
            kind="unknown-kit",
            area="kit",
            when="before-joining",
            hours=known.effort.of("unknown-kit", len(nameless) + len(unknown)),
            title="Nobody can say yet whether the standard runs on "
            + counted(len(nameless) + len(unknown), "device", "devices"),
            detail="; ".join(f"{one.name}: {_called(one)}" for one in (*nameless, *unknown)),
            objects=tuple(one.name for one in (*nameless, *unknown)),
            remedy="try the standard on one spare of each model (matric doctor), or plan its replacement",
        )


@dataclass(frozen=True, slots=True)
class _Aged:
    """A switch, controller or access point, and what is known of its support."""

    name: str
    called: str
    ends: Ends | None
    line: KitLine
    """What would take its place."""
    goes: bool = False
    """It has to be replaced for another reason."""

    def told(self, word: str) -> str:
        """Name, model, the day and who says so."""
        ends = self.ends
        return f"{self.name}: {self.called}" + (f", {word} {ends.end} ({ends.told})" if ends and ends.end else "")


def _aged(known: Known) -> Iterator[_Aged]:
    for device in known.survey.devices:
        ends = known.support.of(device.vendor, known.models[device.name]) if known.models[device.name] else None
        ends = ends or known.support.of(device.vendor, device.model)
        goes = bool(device.platform) and device.platform not in CONFIGURED
        yield _Aged(device.name, _called(device), ends, _in_place_of(known, [device])[0], goes)
    for device, point in points(known.survey):
        maker = point.platform.partition(" ")[0]
        line = KitLine(item="wireless access point", quantity=1, where=(known.place(device, point.port),))
        name = point.name or f"what hangs on {device.name} {point.port}"
        called = " ".join(point.platform.split()[:2]) or "an access point of a model nobody saw"
        yield _Aged(name, called, known.support.told(maker, point.platform), line)


def _support(known: Known) -> Iterator[Gap]:
    aged = tuple(_aged(known))
    dated = [(one, one.ends.end) for one in aged if one.ends is not None and one.ends.end is not None and not one.goes]
    over = [one for one, end in dated if end < known.today]
    soon = [one for one, end in dated if known.today <= end <= known.today + SOON]
    silent = [one for one in aged if one.ends is None or one.ends.end is None]
    if over:
        yield Gap(
            kind="replace-old",
            area="kit",
            when="before-cut-over",
            hours=known.effort.of("replace-old", len(over)),
            title=counted(len(over), "device is", "devices are")
            + " no longer mended by the maker when a fault is found",
            detail="; ".join(one.told("since") for one in over),
            objects=tuple(one.name for one in over),
            kit=_summed(one.line for one in over),
            remedy="replace them, or keep them apart from everything that matters until they are",
            source="NCSC Cyber Essentials: Requirements for IT Infrastructure v3.3, security update management; "
            + _DFE_SWITCHING,
            decides="business",
        )
    if soon:
        yield Gap(
            kind="replace-soon",
            area="kit",
            when="later",
            hours=known.effort.of("replace-soon", len(soon)),
            title="The maker stops mending " + counted(len(soon), "device", "devices") + " within two years",
            detail="; ".join(one.told("until") for one in soon),
            objects=tuple(one.name for one in soon),
            kit=_summed(one.line for one in soon),
            remedy="put their replacement into the next budget",
            source=_DFE_SWITCHING,
            decides="business",
        )
    if silent:
        yield Gap(
            kind="unknown-support",
            area="kit",
            when="before-joining",
            hours=known.effort.of("unknown-support", len({one.called for one in silent})),
            title="Nobody has said until when the maker supports " + counted(len(silent), "device", "devices"),
            detail="; ".join(f"{one.name}: {one.called}{_sold(one.ends)}" for one in silent),
            objects=tuple(one.name for one in silent),
            remedy="look the day up at the maker, once for each model; write it into inventory/support.yaml",
        )


def _sold(ends: Ends | None) -> str:
    """The half of it that somebody has said."""
    if ends is None or ends.sold_until is None:
        return ""
    return f", sold until {ends.sold_until} and supported until a day the maker's notice does not name ({ends.told})"


def _software(known: Known) -> Iterator[Gap]:
    behind = [
        device
        for device in known.survey.devices
        if device.platform in CONFIGURED
        and device.os_version
        and (approved := known.standard.approved_versions.get(device.platform))
        and not any(allows(one, device.os_version) for one in approved)
    ]
    if behind:
        yield Gap(
            kind="unapproved-software",
            area="kit",
            when="before-cut-over",
            hours=known.effort.of("unapproved-software", len(behind)),
            title=counted(len(behind), "device runs", "devices run")
            + " another release than those the trust has approved",
            detail="; ".join(f"{one.name}: {one.os_version}" for one in behind),
            objects=tuple(one.name for one in behind),
            remedy="upgrade before the cut-over, one switch first; or approve the release in standard.yaml",
            source="NCSC Cyber Essentials: Requirements for IT Infrastructure v3.3, security update management",
        )


def _slow(known: Known) -> Iterator[Gap]:
    """Cables between switches that carry a tenth of what they should."""
    slow: list[str] = []
    for join in known.graph.joins:
        for name, ports in ((join.a, [near for near, _ in join.ports]), (join.b, [far for _, far in join.ports])):
            device = known.survey.device(name)
            found = [device.port(port) for port in ports] if device is not None else []
            slow += [
                f"{name} {port.name}: {port.speed_mbps} Mbit/s"
                for port in found
                if port is not None and port.speed_mbps is not None and port.speed_mbps < _SLOW_MBPS
            ]
    if slow:
        yield Gap(
            kind="slow-uplink",
            area="kit",
            when="later",
            hours=known.effort.of("slow-uplink", len(slow)),
            title=counted(len(slow), "end of a cable runs", "ends of cables run")
            + " between switches run slower than 1 Gbit/s",
            detail="; ".join(slow),
            objects=tuple(slow),
            remedy="test the cable; replace it, or the transceiver",
            source=_DFE_SWITCHING,
        )


def _power(known: Known) -> Iterator[Gap]:
    over: list[str] = []
    for device in known.survey.devices:
        drawn = sum(one.watts or 0.0 for one in device.power or ())
        hardware = HARDWARE.get(known.models[device.name])
        budget = device.power_budget_w or (hardware.poe_budget_w if hardware is not None else None)
        if budget and drawn > 0.8 * budget:
            over.append(f"{device.name}: {drawn:.0f} of {budget:.0f} W")
    if over:
        yield Gap(
            kind="power-budget",
            area="power",
            when="before-cut-over",
            hours=known.effort.of("power-budget", len(over)),
            title=counted(len(over), "switch gives", "switches give")
            + " more than four fifths of the power it can: nothing more can be plugged in safely",
            detail="; ".join(over),
            objects=tuple(over),
            remedy="move access points or cameras, or add a power supply",
        )


def _in_place_of(known: Known, devices: list[Device]) -> tuple[KitLine, ...]:
    """One switch for each, with as many ports as it has today."""
    found: list[KitLine] = []
    for device in devices:
        ports = [one for one in device.ports or () if one.mode != "routed" and not one.name.lower().startswith("trk")]
        size = 48 if len(ports) > 30 else 24  # noqa: PLR2004 - what is sold
        power = " with PoE" if device.power is None or any(one.watts for one in device.power) else ""
        found.append(KitLine(item=f"access switch, {size} ports{power}", quantity=1, where=(known.place(device),)))
    return _summed(found)


def _unread(name: str, near: Neighbour, where: str) -> KitLine:
    """One switch for one that nobody could read: its name says how many ports it has, if anything does."""
    size = 48 if re.search(r"(?<!\d)48", f"{name} {near.platform}") else 24
    return KitLine(item=f"access switch, {size} ports with PoE", quantity=1, where=(f"{name}, on {where}",))


def _summed(lines: Iterable[KitLine]) -> tuple[KitLine, ...]:
    """One line for each item, and every place it is for."""
    wanted: dict[str, list[str]] = {}
    for line in lines:
        wanted.setdefault(line.item, []).extend(line.where)
    return tuple(KitLine(item=item, quantity=len(where), where=tuple(where)) for item, where in sorted(wanted.items()))


def _called(device: Device) -> str:
    return " ".join(one for one in (device.vendor, device.model) if one) or "model unknown"
