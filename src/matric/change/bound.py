"""What was reviewed is what is applied: a plan made anew at deployment is held against the reviewed one.

Only what a device is, holds, and is to become counts; when it was planned and by which nonce does not. So an approval
carries over exactly where the commands are the same, byte for byte. What moved is refused: the whole school, or with
unit ``device`` the device, named with the difference.
"""

import difflib
from collections.abc import Iterator
from dataclasses import dataclass

from matric.errors import StalePlan
from matric.plan import DevicePlan, LeftOut, Plan, draft

__all__ = ("Moved", "moved", "to_apply", "told")

_BOUND = {
    "serial": "it is another box",
    "netbox_id": "it is another device in NetBox",
    "platform": "its platform moved",
    "pin_digest": "its pinned identity moved",
    "base_digest": "its running configuration moved",
    "startup_digest": "its startup configuration moved",
    "target_digest": "what it is to become moved",
    "target": "what it is to become moved",
    "diff": "what would be sent moved",
    "carried": "what is left to it moved",
    "above": "the way to it moved",
}
SHOWN_LINES = 20
"""Of a difference, in a message; the fresh plan has all of it."""


@dataclass(frozen=True, slots=True)
class Moved:
    """One device that is not as it was when the plan was reviewed."""

    device: str
    reasons: tuple[str, ...]
    difference: str = ""
    """reviewed -> now, as a unified view of the two differences; redacted as they are."""

    def __str__(self) -> str:
        return f"{self.device}: {'; '.join(self.reasons)}{told(self.difference)}"


def told(difference: str) -> str:
    """*difference* below a message, cut where it is long: the plan has all of it."""
    lines = difference.splitlines()
    more = [f"... {len(lines) - SHOWN_LINES} more lines"] if len(lines) > SHOWN_LINES else []
    return "".join(f"\n      {line}" for line in (*lines[:SHOWN_LINES], *more))


def moved(reviewed: Plan, fresh: Plan) -> tuple[Moved, ...]:
    """Every device that *fresh* does not treat as *reviewed* said; with unit ``device`` only those that change."""
    if reviewed.school != fresh.school:
        raise ValueError(f"plans of {reviewed.school} and {fresh.school} cannot be compared")
    counted = {device.key for plan in (reviewed, fresh) for device in plan.devices}
    if reviewed.unit == "device":
        counted = {*reviewed.order, *fresh.order}
    before, now = reviewed.by_key, fresh.by_key
    return tuple(one for key in sorted(counted) if (one := _moved(key, before.get(key), now.get(key))) is not None)


def _moved(key: str, before: DevicePlan | None, now: DevicePlan | None) -> Moved | None:
    if before is None:
        return Moved(key, ("it is new: nobody reviewed it",), now.diff if now is not None else "")
    if now is None:
        return Moved(key, ("it is no longer among the devices of the school",))
    if now.changes and not before.changes:
        return Moved(key, ("it was as intended, and would change now", *_reasons(before, now)), now.diff)
    reasons = tuple(dict.fromkeys(_reasons(before, now)))
    return Moved(key, reasons, _difference(before, now)) if reasons else None


def _reasons(before: DevicePlan, now: DevicePlan) -> Iterator[str]:
    for name, reason in _BOUND.items():
        if getattr(before, name) != getattr(now, name):
            yield reason


def _difference(before: DevicePlan, now: DevicePlan) -> str:
    lines = difflib.unified_diff(
        before.diff.splitlines(), now.diff.splitlines(), "as reviewed", "now", lineterm="", n=1
    )
    return "\n".join(lines)


def to_apply(reviewed: Plan, fresh: Plan) -> Plan:
    """*fresh*, less the devices that moved since *reviewed*; StalePlan where that may not be.

    The result is bound to the reviewed plan's digest, and spends it.
    """
    gone = moved(reviewed, fresh)
    if gone and reviewed.unit == "school":
        raise StalePlan(_refusal(reviewed, gone, "its unit is the school, so nothing is applied"))
    names = {one.device for one in gone}
    order = tuple(key for key in fresh.order if key not in names)
    if gone and not order:
        raise StalePlan(_refusal(reviewed, gone, "no device is left to apply it to"))
    if gone and (by_line := [key for key in order if fresh.by_key[key].lines]):
        why = f"the order of the lines of {', '.join(by_line)} was proven with it changed"
        raise StalePlan(_refusal(reviewed, gone, why))
    return fresh.model_copy(
        update={
            "unit": reviewed.unit,
            "reviewed": reviewed.digest,
            "order": order,
            "steps": draft.steps(order, fresh.nets),
            "left_out": tuple(
                LeftOut(device=one.device, reason="; ".join(one.reasons), difference=one.difference) for one in gone
            ),
        }
    )


def _refusal(reviewed: Plan, gone: tuple[Moved, ...], why: str) -> str:
    each = "".join(f"\n    {one}" for one in gone)
    return f"plan {reviewed.digest} was reviewed, and since then {len(gone)} devices moved; {why}. Do: plan again{each}"
