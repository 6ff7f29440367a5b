"""What hangs on each port of a joining school, what becomes of it, and whether it has come back."""

from collections.abc import Mapping
from pathlib import Path

from matric.intent.school import School
from matric.policy.surveyed import Hanging, Surveyed
from matric.survey import folder
from matric.survey.endpoint import after, fate, kept
from matric.survey.endpoint.after import label
from matric.survey.endpoint.census import census
from matric.survey.endpoint.model import ORDER, Change, Fate, Fated
from matric.survey.model import Survey

__all__ = ("endpoints", "locations", "surveyed", "waiting")

UNPORTED = ("place", "device", "port", "mode")
"""Changes that leave an endpoint without a port, where they are grave enough."""


def endpoints(inventory: Path, survey: Survey, school: School) -> tuple[Fated, ...]:
    """Every endpoint of *survey* with its fate in *school*, and what people said of it in ``endpoints.yaml``."""
    said = _said(inventory, survey.school)
    found = census(survey, said, locations(survey, school, said))
    return fate.fated(found, survey, school, said)


def waiting(inventory: Path, survey: Survey, why: str) -> tuple[Fated, ...]:
    """Every endpoint of *survey* where nobody can say yet what the school is to be, which is *why*."""
    nowhere = Change(
        what="place", old="not known", new="not known", weight="at-risk",
        reason="nobody can say yet what becomes of it", do=why,
    )  # fmt: skip
    found = census(survey, _said(inventory, survey.school), {})
    return tuple(Fated(endpoint=one, fate=Fate(endpoint=one.key, changes=(nowhere,))) for one in found.endpoints)


def _said(inventory: Path, school: str) -> kept.Kept:
    """``endpoints.yaml``, and the names that were chosen for devices in ``choices.yaml``."""
    from matric.survey import adopt  # noqa: PLC0415 - slow to load, and few commands need it

    there = folder(inventory, school)
    said = kept.load(there)
    chosen = {one.thing: one.value for one in adopt.load(there, school).choices if one.field == "name" and one.value}
    return said.model_copy(update={"devices": {**chosen, **said.devices}})


def locations(survey: Survey, school: School, said: kept.Kept) -> Mapping[str, str]:
    """Old device -> where NetBox has the device that it is."""
    pairs = fate.pairs(survey, school, said)
    return {old: school.by_name[new].location for old, new in pairs.items() if new in school.by_name}


def surveyed(inventory: Path, survey: Survey, school: School) -> Surveyed:
    """The same for rules, with how each was found after the cut-over, where somebody has looked."""
    said = _said(inventory, survey.school)
    found = census(survey, said, locations(survey, school, said))
    returned = after.kept(inventory, survey.school)
    if returned is not None and returned.before != survey.taken_at:
        returned = None  # it was looked for what an older survey saw
    backs = {one.endpoint: one for one in returned.backs} if returned is not None else {}
    return Surveyed(
        taken_at=survey.taken_at,
        endpoints=tuple(_hanging(one, backs.get(one.endpoint.key)) for one in fate.fated(found, survey, school, said)),
        unseen=found.unseen,
        after=returned.taken_at if returned is not None else "",
    )


def _hanging(one: Fated, back: "after.Back | None") -> Hanging:
    graver = sorted((change for change in one.fate.changes if change.weight != "stays"), key=_gravity)
    place = one.endpoint.place
    return Hanging(
        key=one.endpoint.key,
        label=label(one.endpoint),
        where=f"{place.device} {place.port}".strip(),
        word=one.fate.word,
        reason="; ".join(change.reason for change in graver),
        remedy="; ".join(change.do for change in graver if change.do),
        critical=one.endpoint.critical,
        ported=not any(change.what in UNPORTED and change.weight == "lost" for change in graver),
        acknowledged=one.acknowledged,
        lapsed=one.lapsed,
        state=back.state if back is not None else "",
        found=(back.why or back.where) if back is not None else "",
    )


def _gravity(change: Change) -> int:
    return -ORDER.index(change.weight)
