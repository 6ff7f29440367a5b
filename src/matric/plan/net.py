"""Which safety net a device is changed under: the best it can hold that costs nobody anything, or one agreed to."""

from collections.abc import Mapping

from matric.plan import Net
from matric.platform.base import Look, NetKind, Platform

__all__ = ("accepted", "chosen", "kinds", "under")


def kinds(platform: Platform, look: Look | None) -> tuple[NetKind, ...]:
    """The nets the device can hold, best first; where it was not read, those of its platform."""
    held = look.nets if look is not None else None
    return tuple(kind for kind in platform.nets if held is None or kind.name in held)


def chosen(platform: Platform, look: Look | None, consent: str | None) -> NetKind | None:
    """The net that was consented to, else the best one that needs nobody's consent; None where there is none."""
    held = kinds(platform, look)
    if consent is not None:
        return next((kind for kind in held if kind.name == consent), None)
    return next((kind for kind in held if not kind.consent), None)


def under(platform: Platform, kind: NetKind, revert_after_s: int) -> Net:
    """The net as a plan has it."""
    can = platform.capability
    return Net(
        owner=can.timer_owner,
        kind=kind.name,
        words=kind.words,
        unproven=kind.unproven,
        consented=kind.consent,
        revert_after_s=revert_after_s,
        away_s=kind.away_s,
        survives_reboot=can.survives_reboot,
    )


def accepted(nets: Mapping[str, Net]) -> tuple[str, ...]:
    """What an approver accepts with every net that costs people something; *nets* by device key."""
    return tuple(f"{key} is changed under {net.kind}: {net.words}" for key, net in nets.items() if net.consented)
