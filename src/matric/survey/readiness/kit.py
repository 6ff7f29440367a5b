"""Kit of a joining school: what can be brought onto the standard, what must be replaced, what is out of support."""

from collections import Counter
from collections.abc import Iterator

from matric.intent.limit import HARDWARE
from matric.intent.release import allows
from matric.survey.model import Device
from matric.survey.readiness.known import CONFIGURED, Known
from matric.survey.readiness.model import Gap, KitLine, counted

__all__ = ("fits", "gaps")

_SLOW_MBPS = 1000
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
            f"{len(good)} of {len(known.survey.devices)} switches and controllers are models the standard runs on: "
            + ", ".join(
                f"{count} x {model}" for model, count in sorted(Counter(known.models[one.name] for one in good).items())
            )
        )


def _replaced(known: Known) -> Iterator[Gap]:
    strange = [device for device in known.survey.devices if device.platform and device.platform not in CONFIGURED]
    if strange:
        yield Gap(
            kind="replace-switch",
            area="kit",
            when="before-cut-over",
            hours=known.effort.of("replace-switch", len(strange)),
            title=counted(len(strange), "switch", "switches")
            + " cannot be brought onto the trust's standard and must be replaced",
            detail="; ".join(f"{one.name}: {_called(one)}, {one.platform}" for one in strange),
            objects=tuple(one.name for one in strange),
            kit=_in_place_of(strange),
            remedy="order replacements of a model in the standard; carry the cabling over port by port",
        )
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


def _support(known: Known) -> Iterator[Gap]:
    over: list[tuple[Device, str]] = []
    silent: list[Device] = []
    for device in known.survey.devices:
        if not device.model:
            silent.append(device)
            continue
        found = known.support.of(device.vendor, known.models[device.name] or device.model)
        if found is None:
            found = known.support.of(device.vendor, device.model)
        if found is None:
            silent.append(device)
        elif found.end < known.today and device.platform in CONFIGURED:
            over.append((device, f"{_called(device)}, since {found.end} ({found.source})"))
    if over:
        devices = [device for device, _ in over]
        yield Gap(
            kind="replace-old",
            area="kit",
            when="before-cut-over",
            hours=known.effort.of("replace-old", len(over)),
            title=counted(len(over), "device is", "devices are")
            + " no longer mended by the maker when a fault is found",
            detail="; ".join(f"{device.name}: {words}" for device, words in over),
            objects=tuple(device.name for device in devices),
            kit=_in_place_of(devices),
            remedy="replace them, or keep them apart from everything that matters until they are",
            source="NCSC Cyber Essentials: Requirements for IT Infrastructure v3.3, security update management; "
            + _DFE_SWITCHING,
        )
    if silent:
        yield Gap(
            kind="unknown-support",
            area="kit",
            when="before-joining",
            hours=known.effort.of("unknown-support", len(silent)),
            title="Nobody has said until when the maker supports " + counted(len(silent), "device", "devices"),
            detail="; ".join(f"{one.name}: {_called(one)}" for one in silent),
            objects=tuple(one.name for one in silent),
            remedy="look the day up at the maker; write it into inventory/support.yaml",
        )


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


def _in_place_of(devices: list[Device]) -> tuple[KitLine, ...]:
    """One switch for each, by how many ports are used."""
    needed: Counter[str] = Counter()
    for device in devices:
        ports = [one for one in device.ports or () if one.mode != "routed" and not one.name.lower().startswith("trk")]
        size = 48 if len(ports) > 30 else 24  # noqa: PLR2004 - what is sold
        power = " with PoE" if device.power is None or any(one.watts for one in device.power) else ""
        needed[f"access switch, {size} ports{power}"] += 1
    return tuple(KitLine(item=item, quantity=count) for item, count in sorted(needed.items()))


def _called(device: Device) -> str:
    return " ".join(one for one in (device.vendor, device.model) if one) or "model unknown"
