"""The saved plan: what will be done to which device, in which order, bound by digests to all it rests on.

A plan is a value, named by the digest of its canonical JSON. What was reviewed is what is applied: whoever changes one
bit of it has another plan. It holds references to secrets and no secret.
"""

import json
import os
import secrets as randomness
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Literal, cast

from pydantic import Field, ValidationError

from matric import canonical
from matric.config import normalised, parse
from matric.errors import BadInput, Problem, StalePlan
from matric.intent.base import Model
from matric.plan.budget import Budget
from matric.platform.base import ConfigRules
from matric.policy import Result

__all__ = (
    "DevicePlan",
    "Digest",
    "Digests",
    "Instant",
    "LeftOut",
    "Net",
    "Plan",
    "Step",
    "backup_token",
    "fingerprint",
    "instant",
    "load",
    "named_backup",
    "nonce",
    "read",
    "save",
    "timestamp",
)

Digest = Annotated[str, Field(pattern=r"^sha256:[0-9a-f]{64}$")]
Instant = Annotated[str, Field(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")]
Key = Annotated[str, Field(pattern=r"^[^/]+/[^/]+$")]
Risk = Literal["low", "medium", "high"]

_BACKUP = ("<backup:", ">")


class Digests(Model):
    """What the plan rests on beside the devices."""

    snapshot: Digest
    standard: Digest
    templates: Digest
    policies: Digest


class Net(Model):
    """The safety net under a device: its own timer."""

    owner: Literal["device", "session", "nobody"]
    kind: Literal["commit-timer", "checkpoint-timer", "restore-job", "reload"] = "commit-timer"
    words: str = ""
    """What takes the change back and what that costs, for whoever approves."""
    unproven: tuple[str, ...] = ()
    """What it rests on that nobody of ours has seen on a real device."""
    consented: bool = False
    """True where it costs people something, and the plan's author accepted that."""
    revert_after_s: Annotated[int, Field(ge=1)]
    away_s: Annotated[int, Field(ge=0)] = 0
    """How long a device that goes back does not answer."""
    survives_reboot: bool


class DevicePlan(Model):
    """What will be done to one device."""

    key: Key
    netbox_id: int
    name: str
    role: str
    platform: str
    model: str
    serial: str
    pin_digest: Digest
    """Of the pinned host key or certificate."""
    base_digest: Digest
    """Fingerprint of the running configuration as read."""
    startup_digest: Digest
    target_digest: Digest
    changes: bool
    """False where the device is as intended already: it is checked, and not touched."""
    diff: str
    """running -> intended, without a secret; empty where nothing changes."""
    added: int
    removed: int
    target: str
    """The configuration, with ``<secret:REF>`` tokens; or one ``<backup:DIGEST>`` token where a plan leads back."""
    lines: tuple[str, ...] = ()
    """Where the net is not atomic: the commands in the proven order, with ``<secret:REF>`` tokens."""
    carried: tuple[str, ...] = ()
    """Lines that belong to the device (certificates, stack provision) and are left to it."""
    template: str
    secrets: tuple[str, ...]
    """References the target needs."""
    risk: Risk
    above: tuple[Key, ...]
    """The devices it is reached through, nearest first."""
    net: Net | None
    """None where nothing changes."""


class Step(Model):
    """One step, in the order it will be taken. ``device`` is empty where it concerns the whole school."""

    device: str
    action: Literal["preflight", "back-up", "stage", "arm", "probe", "site-check", "confirm", "save", "clean"]
    detail: str
    revert_after_s: int = 0
    net: str = ""
    """Where the device is armed: name of the net that takes the change back."""


class LeftOut(Model):
    """A device that was to change and is not touched: it is no longer as it was when the plan was reviewed."""

    device: Key
    reason: str
    difference: str = ""
    """Reviewed to now, as a unified view of the two differences; no secret is in it."""


class Plan(Model):
    """The whole plan. Approvals are kept apart from it, bound to its digest."""

    format_version: Literal[1] = 1
    tool: str
    """Version of matric that made it."""
    school: str
    unit: Literal["school", "device"]
    """``school``: one device that moved refuses all. ``device``: it is refused and named, the rest is applied."""
    author: str
    made_at: Instant
    expires_at: Instant
    nonce: Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]
    digests: Digests
    devices: tuple[DevicePlan, ...] = Field(min_length=1)
    """By key, those without changes included."""
    order: tuple[Key, ...]
    """The devices that change, farthest first: the order of arming. Confirms go the other way."""
    steps: tuple[Step, ...]
    results: tuple[Result, ...] = ()
    """What the policies said when the plan was made."""
    warnings: tuple[str, ...] = ()
    """Input that is kept but must be acknowledged by whoever approves."""
    budget: Budget
    applicable: bool = True
    """False where running configurations came from files: such a plan is for reading only."""
    reverts: str = ""
    """Run whose backups this plan leads back to, or empty."""
    reviewed: Digest | Literal[""] = ""
    """The plan that people reviewed and approved, where this one is made anew from it for its deployment."""
    left_out: tuple[LeftOut, ...] = ()
    """Devices of the reviewed plan that moved since (unit ``device``): they are in ``devices`` and not in ``order``."""

    @property
    def digest(self) -> str:
        """The plan's name."""
        return canonical.digest(self.model_dump(mode="json"))

    @property
    def commands(self) -> str:
        """Digest of what would be sent to which box in which order, and of nothing else.

        Two plans whose ``commands`` are the same do the same, byte for byte, from the same start; when they were made,
        by whom and by which nonce does not count.
        """
        devices = [
            {
                "key": one.key,
                "serial": one.serial,
                "platform": one.platform,
                "pin_digest": one.pin_digest,
                "base_digest": one.base_digest,
                "startup_digest": one.startup_digest,
                "target_digest": one.target_digest,
                "diff": one.diff,
                "target": one.target,
                "lines": one.lines,
                "carried": one.carried,
                "above": one.above,
                # The timer is a part of what is sent.
                "net": one.net.model_dump(mode="json") if one.net is not None else None,
            }
            for one in self.devices
        ]
        what = {"school": self.school, "unit": self.unit, "reverts": self.reverts, "order": self.order}
        # How long each wait is, and what has to fit into the window.
        budget = self.budget.model_dump(mode="json")
        return canonical.digest({**what, "budget": budget, "devices": devices})

    @property
    def by_key(self) -> dict[str, DevicePlan]:
        return {device.key: device for device in self.devices}

    @property
    def nets(self) -> dict[str, Net]:
        """The net of each device that changes, by key."""
        return {device.key: device.net for device in self.devices if device.net is not None}

    @property
    def empty(self) -> bool:
        """True where every device is as intended."""
        return not self.order

    def judged(self, results: tuple[Result, ...]) -> "Plan":
        """The same plan with what the policies said of it: they judge its steps, so it is made before they speak."""
        return self.model_copy(update={"results": results})


def fingerprint(text: str, rules: ConfigRules) -> str:
    """Digest of a configuration as a device shows it, less what changes by itself and what is left open in order."""
    return canonical.digest_of_text(normalised(parse(text, rules), rules).text())


def backup_token(digest: str) -> str:
    """The target of a device that goes back to a recorded backup."""
    return digest.join(_BACKUP)


def named_backup(target: str) -> str | None:
    """The digest in a target that is a backup token, else None."""
    start, end = _BACKUP
    inner = target[len(start) : -len(end)]
    return inner if target == backup_token(inner) and inner.startswith("sha256:") else None


def nonce() -> str:
    """A number used once."""
    return randomness.token_hex(16)


def timestamp(moment: datetime) -> str:
    """*moment* (aware) in UTC, to the second: ``2026-11-24T19:15:00Z``."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def instant(text: str) -> datetime:
    """The moment that ``timestamp`` wrote."""
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)


def save(plan: Plan, path: Path) -> None:
    """Write *plan* whole or not at all."""
    text = canonical.pretty_text({"digest": plan.digest, "plan": plan.model_dump(mode="json")})
    partial = path.with_name(f".{path.name}.partial")
    with partial.open("w", encoding="utf-8", newline="\n") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)


def load(path: Path) -> Plan:
    """The plan in *path*, byte for byte as it was saved; StalePlan if anything in it was changed since."""
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        raise _unusable(
            path, "PLAN-MISSING", "there is no such file", "name a plan made by 'matric plan --out'"
        ) from None
    return read(raw, path)


def read(raw: bytes, path: Path) -> Plan:
    """The plan in *raw*; *path* is for messages only."""
    try:
        outer: Any = json.loads(raw.decode("utf-8"))
        named, body = outer["digest"], outer["plan"]
    except (ValueError, KeyError, TypeError, RecursionError):
        raise _unusable(path, "PLAN-FORMAT", "is not a plan", "make it with 'matric plan --out'") from None
    if not isinstance(body, dict) or cast("dict[str, Any]", body).get("format_version") != 1:
        raise _unusable(path, "PLAN-VERSION", "the format is not version 1", "plan again with this version of matric")
    try:
        plan = Plan.model_validate_json(json.dumps(body))
    except ValidationError as error:
        raise BadInput([_problem(path, error_) for error_ in error.errors(include_url=False)]) from None
    if named != plan.digest or canonical.pretty_text({"digest": named, "plan": body}).encode() != raw:
        raise StalePlan(f"{path}: changed since it was made: its content is not what its digest names. Do: plan again")
    return plan


def _unusable(path: Path, code: str, rule: str, remedy: str) -> BadInput:
    return BadInput([Problem(code=code, thing=str(path), rule=rule, remedy=remedy)])


def _problem(path: Path, error: Any) -> Problem:
    where = ".".join(str(part) for part in error["loc"])
    return Problem(code="PLAN-FORMAT", thing=str(path), field=where, rule=str(error["msg"]), remedy="plan again")
