"""Watching the estate: every school looked at, its history kept, its drift raised with the forge once per cause.

Nothing here changes a device. What could not be looked at is named by device or school, and is never "no drift".
"""

import secrets as randomness
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from matric import drift, onboarding, platform
from matric.change import repository
from matric.drift import Cause, Decision, Standing, history
from matric.errors import BadInput, MatricError, NothingToPropose, UsageError
from matric.plan import timestamp

if TYPE_CHECKING:
    from matric.fleet import Nornir
    from matric.forge import Forge
    from matric.journal import Shelf
    from matric.onboarding import Drift, Looked
    from matric.secret import Vault
    from matric.site import Site

__all__ = (
    "MOST_CAUSES",
    "Kept",
    "Raised",
    "Watched",
    "configured",
    "decide",
    "decision_path",
    "history_key",
    "keep",
    "raise_all",
    "schools",
    "watched",
    "wide",
)

MOST_CAUSES = 20
"""A school with more open causes than this is one that waits for its plan: they are not raised one by one."""
KEY_VARIABLE = "MATRIC_HISTORY_KEY"


class Start(Protocol):
    """Gives the devices of one school."""

    def __call__(self, school: str) -> "Nornir": ...


def configured(trust: "Site") -> dict[str, tuple[str, ...]]:
    """School -> keys of the devices matric configures there; schools without one are left out."""
    from matric.intent import build  # noqa: PLC0415 - loaded on use

    found = {
        school.slug: tuple(device.key for device in school.configured)
        for school in build.schools(trust.snapshot.records, trust.standard)
    }
    return {slug: keys for slug, keys in found.items() if keys}


def schools(trust: "Site", named: Sequence[str], lab: Path | None) -> tuple[str, ...]:
    """The schools *named*, else every school with a device; in a lab, the one that the lab is of."""
    if named:
        return tuple(dict.fromkeys(named))
    if lab is not None:
        from matric import fleet  # noqa: PLC0415 - loaded on use

        return (fleet.lab_state(str(lab)).school,)
    found = tuple(configured(trust))
    if not found:
        raise UsageError("no school has a device that matric configures. Do: check the snapshot")
    return found


# ---- drift ----


@dataclass(frozen=True)
class Watched:
    """What was seen of the schools asked for."""

    asked: tuple[str, ...]
    devices: "tuple[Drift, ...]"
    failed: Mapping[str, str] = field(default_factory=dict[str, str])
    """School -> why none of its devices could be looked at."""

    @property
    def unread(self) -> tuple[str, ...]:
        return tuple(one.key for one in self.devices if one.unread)

    @property
    def looked(self) -> frozenset[str]:
        return frozenset(one.key for one in self.devices if not one.unread)

    @property
    def causes(self) -> tuple[Cause, ...]:
        found = [each for one in self.devices if one.change for each in drift.differences(one.key, one.change)]
        return drift.causes([*found, *(drift.unsaved(one.key) for one in self.devices if one.unsaved)])


def watched(trust: "Site", asked: Sequence[str], start: Start, vault: "Vault", today: date) -> Watched:
    """Live against intended at the schools *asked*. One school that cannot be built raises; one of many is told."""
    from matric import intake  # noqa: PLC0415 - loaded on use

    devices: list[Drift] = []
    failed: dict[str, str] = {}
    for slug in asked:
        try:
            wanted = intake.school(trust, slug, vault, today, contacting=True)
            nornir = start(slug)
            devices.extend(onboarding.drifted(wanted, onboarding.looked(trust, nornir), nornir))
        except MatricError as error:
            if len(asked) == 1:
                raise
            failed[slug] = str(error).split("\n", 1)[0]
    return Watched(tuple(asked), tuple(devices), failed)


# ---- decisions ----


def decide(  # noqa: PLR0913 - a decision has all of these
    trust: "Site",
    shelf: "Shelf",
    found: Cause | Decision,
    word: str,
    *,
    by: str,
    reason: str,
    until: str,
    now: datetime,
) -> Path:
    """Write the decision about *found* into the inventory, for review, and into the state; its file.

    Refuses what the file itself would be refused for.
    """
    made = Decision.model_validate(
        {
            "format_version": 1, "id": found.id, "section": found.section, "devices": found.devices,
            "lines": found.lines, "decision": word, "by": by, "reason": reason, "until": until,
        }
    )  # fmt: skip
    wrong = [f"{rule} (do: {remedy})" for rule, remedy in drift.faults(made, made.id, now.date())]
    if not wrong and made.expired(now.date()):
        wrong.append(f"until {until} is past (do: name a day to come)")
    if wrong:
        raise UsageError(f"the decision about {found.id} was not written: {'; '.join(wrong)}")
    folder = trust.inventory / drift.FOLDER
    folder.mkdir(exist_ok=True)
    path = folder / f"{made.id}.yaml"
    partial = path.with_name(f".{path.name}.partial")
    partial.write_text(drift.text_of(made), encoding="utf-8")
    partial.replace(path)
    shelf.put(made.id, {**(shelf.get(made.id) or {}), "decision": made.model_dump(mode="json"), "at": timestamp(now)})
    return path


# ---- the forge ----


@dataclass(frozen=True, slots=True)
class Raised:
    """What became of one cause at the forge."""

    id: str
    what: str
    """issue, proposed, open, recorded, gone or held."""
    where: str
    """The issue's address or the change's id; empty where there is none."""


def raise_all(  # noqa: PLR0913 - each is another part of the estate
    forge: "Forge",
    shelf: "Shelf",
    trust: "Site",
    seen: Watched,
    found: Sequence[Standing],
    *,
    now: datetime,
    every: bool = False,
    target: str = "",
) -> tuple[Raised, ...]:
    """Raise each open cause of *found* once, and say of those raised before that they are gone.

    Each is on the shelf as soon as the forge has it. With *target*, a branch, it is a merge request with a pending
    decision, else an issue. Without *every*, a school of more than MOST_CAUSES open causes raises none of its own.
    """
    held = frozenset[str]() if every else wide(found)
    made: list[Raised] = []
    for standing in found:
        if not standing.open:
            continue
        if set(standing.cause.schools) <= held:
            made.append(Raised(standing.cause.id, "held", ""))
            continue
        raised = _propose(forge, shelf, trust, standing, target) if target else _issue(forge, shelf, standing)
        made.append(raised)
    made.extend(_gone(forge, shelf, trust, seen, found, now=now))
    return tuple(made)


def wide(found: Sequence[Standing]) -> frozenset[str]:
    """Schools with more open causes than anybody decides one by one."""
    counts: dict[str, int] = {}
    for standing in found:
        if standing.open:
            for school in standing.cause.schools:
                counts[school] = counts.get(school, 0) + 1
    return frozenset(school for school, count in counts.items() if count > MOST_CAUSES)


def _issue(forge: "Forge", shelf: "Shelf", standing: Standing) -> Raised:
    cause = standing.cause
    where = forge.raise_issue(_marker(cause.id), drift.title(standing), drift.body(standing))
    _note(shelf, cause, issue=where)
    return Raised(cause.id, "issue", where)


def _propose(forge: "Forge", shelf: "Shelf", trust: "Site", standing: Standing, target: str) -> Raised:
    """A merge request with the pending decision. One that is open is somebody's to edit: it is only commented on."""
    cause, before = standing.cause, shelf.get(standing.cause.id) or {}
    change = str(before.get("change") or "")
    text = drift.body(standing)
    if _open(forge, change):
        if before.get("devices") != list(cause.devices) or before.get("gone"):
            forge.comment(change, _marker(cause.id), [text])
        _note(shelf, cause, change=change)
        return Raised(cause.id, "open", change)
    earlier = standing.decision
    named = set(cause.devices) | set(earlier.devices if earlier is not None else ())
    pending = Decision.model_validate(
        {
            "format_version": 1, "id": cause.id, "section": cause.section, "devices": tuple(sorted(named)),
            "lines": cause.lines, "decision": "pending", "by": earlier.by if earlier else "",
            "reason": earlier.reason if earlier else "", "until": earlier.until if earlier else "",
        }
    )  # fmt: skip
    try:
        change = forge.propose(
            f"matric/drift-{cause.id}",
            target,
            drift.title(standing),
            text,
            {decision_path(trust, cause.id): drift.text_of(pending)},
            f"{drift.title(standing)}\n\nRecords that a decision is pending: adopt or revert.\n",
        )
    except NothingToPropose:
        return Raised(cause.id, "recorded", "")
    _note(shelf, cause, change=change)
    return Raised(cause.id, "proposed", change)


def _gone(  # noqa: PLR0913 - ditto
    forge: "Forge", shelf: "Shelf", trust: "Site", seen: Watched, found: Sequence[Standing], *, now: datetime
) -> list[Raised]:
    here = {standing.cause.id for standing in found}
    known = {key for keys in configured(trust).values() for key in keys}
    made: list[Raised] = []
    for name, before in shelf.items():
        devices = tuple(str(device) for device in before.get("devices") or ())
        where = str(before.get("issue") or before.get("change") or "")
        if name in here or not where or not devices or before.get("gone"):
            continue
        if not drift.gone(devices, seen.looked, seen.asked, known):
            continue
        since = timestamp(now)
        last = Standing(
            Cause(str(before["section"]), tuple(before["lines"]), tuple((device, "") for device in devices)),
            "undecided",
        )
        text = drift.body(last, since=since)
        if before.get("issue"):
            forge.raise_issue(_marker(name), drift.title(last), text)
        if _open(forge, str(before.get("change") or "")):
            forge.comment(str(before["change"]), _marker(name), [text])
        shelf.put(name, {**before, "gone": since})
        made.append(Raised(name, "gone", where))
    return made


def _open(forge: "Forge", change: str) -> bool:
    """True where *change* is one of this forge's, still open. A trust that moved left those of the other behind."""
    return change.startswith(f"{forge.name}:") and forge.change(change).state == "open"


def _note(shelf: "Shelf", cause: Cause, **where: str) -> None:
    """Remember what was raised, and where: durable, so that it is raised once and told when it has gone."""
    before: dict[str, Any] = shelf.get(cause.id) or {}
    seen = {"section": cause.section, "lines": list(cause.lines), "devices": list(cause.devices), "gone": ""}
    shelf.put(cause.id, {**before, **seen, **where})


def _marker(name: str) -> str:
    return f"matric-drift-{name}"


def decision_path(trust: "Site", name: str) -> str:
    """The decision's file from the top of the repository on."""
    prefix = repository.git(trust.root, "rev-parse", "--show-prefix").removesuffix("\n")
    return f"{prefix}{trust.folders['inventory'].strip('/')}/{drift.FOLDER}/{name}.yaml"


# ---- history ----


@dataclass(frozen=True)
class Kept:
    """What one run of the history did."""

    recorded: history.Recorded
    read: tuple[str, ...]
    silent: Mapping[str, str]
    """Device key, or school, -> why it could not be read; its files stay as they were."""
    warnings: tuple[str, ...] = ()


def history_key(env: Mapping[str, str], shelf: "Shelf") -> bytes:
    """The key of digests of unknown secrets: from MATRIC_HISTORY_KEY, else one made once and kept in the state."""
    given = env.get(KEY_VARIABLE, "")
    if given:
        if len(given) < history.SHORTEST_KEY:
            raise UsageError(
                f"{KEY_VARIABLE} is shorter than {history.SHORTEST_KEY} characters and could be guessed. "
                "Do: take 'openssl rand -hex 32'"
            )
        return given.encode()
    kept = shelf.get("key")
    if kept is None:
        kept = {"key": randomness.token_hex(32)}
        shelf.put("key", kept)
    return str(kept["key"]).encode()


def keep(  # noqa: PLR0913 - each is another part of the estate
    trust: "Site", asked: Sequence[str], start: Start, vault: "Vault", folder: Path, *, key: bytes, now: datetime
) -> Kept:
    """Read every device of the schools *asked* and commit what changed to the history in *folder*."""
    history.refuse(folder, trust.root)
    found: dict[str, history.Kept] = {}
    silent: dict[str, str] = {}
    warnings: list[str] = []
    devices: dict[str, tuple[str, ...]] = {}
    for slug in asked:
        try:
            nornir = start(slug)
            texts = _texts(trust, slug, vault, warnings)
            seen = onboarding.looked(trust, nornir)
        except MatricError as error:
            if len(asked) == 1:
                raise
            silent[slug] = str(error).split("\n", 1)[0]
            continue
        devices[slug] = tuple(seen.looks)
        silent.update(seen.silent)
        found.update(_fit(nornir, seen, texts, vault, key))
    return Kept(
        history.record(folder, trust.root, found, devices, key=key, now=now), tuple(found), silent, tuple(warnings)
    )


def _texts(trust: "Site", slug: str, vault: "Vault", warnings: list[str]) -> dict[str, str]:
    """What is intended, where it can be made: it says which secret is which. Without it a history is kept as well."""
    from matric.secret import faults, references  # noqa: PLC0415 - loaded on use

    try:
        rendered = onboarding.intended(trust, slug).rendered
    except BadInput as error:
        warnings.append(
            f"{slug}: its data cannot be used ({len(error.problems)} problems), so no secret there was known by its "
            f"reference. Do: 'matric check {slug}'"
        )
        return {}
    for ref in {ref for one in rendered.values() for ref in references(one.text)}:
        # Asked for once, so that redaction knows the value; a reference without one is told by 'matric check'.
        faults(ref, vault)
    return {device: one.text for device, one in rendered.items()}


def _fit(
    nornir: "Nornir", seen: "Looked", texts: Mapping[str, str], vault: "Vault", key: bytes
) -> dict[str, history.Kept]:
    made: dict[str, history.Kept] = {}
    for device, look in seen.looks.items():
        if look is None:
            continue
        rules = platform.get(nornir.inventory.hosts[device].platform or "").rules
        running, startup = (
            history.kept(text, texts.get(device, ""), rules, vault, key=key, device=device)
            for text in (look.running, look.startup)
        )
        made[device] = history.Kept(running, startup)
    return made
