"""A change under review: every school it touches is planned and judged, and what comes of it is one document.

What a school's planning ends in is kept beside the others: one that fails stops none. A plan that is to be deployed
becomes a proposal; whatever an earlier head of the change proposed and this one does not is withdrawn, so that a school
that a change no longer touches is never deployed to.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from matric import canonical, secret
from matric.change import handover, proposal
from matric.change.proposal import Proposal
from matric.errors import BadInput, ExitCode, MatricError, Problem
from matric.plan import timestamp

if TYPE_CHECKING:
    from datetime import datetime

    from matric.change.touch import Touch
    from matric.gate import Verdict
    from matric.journal import Shelf
    from matric.plan import Plan
    from matric.policy.waiver import Waiver
    from matric.site import Site

__all__ = (
    "FORMAT_VERSION",
    "KIND",
    "Asked",
    "Planned",
    "anew",
    "document",
    "mixed",
    "planned",
    "refuse_new_secrets",
    "says",
    "shelve",
    "worst",
)

FORMAT_VERSION = 1
KIND = "review"
"""The shelf on which the last document of each change is kept."""

ALONE = "policies and tasks merge alone"


@dataclass(frozen=True)
class Asked:
    """What is to be reviewed."""

    change: str
    base: str
    head: str
    trusted: str = ""
    """Commit whose Python, logins and pins are used; empty where they are the head's own."""
    authors: tuple[str, ...] = ()
    unit: str = "school"
    python: tuple[str, ...] = ()
    """The paths of Python content that the change holds."""


@dataclass(frozen=True)
class Planned:
    """What came of one school."""

    touch: "Touch"
    plan: "Plan | None" = None
    verdict: "Verdict | None" = None
    problems: tuple[str, ...] = ()
    code: ExitCode = ExitCode.DONE
    wanted: bool = False
    """True where a plan was to be made."""

    @property
    def school(self) -> str:
        return self.touch.school

    @property
    def proposed(self) -> bool:
        """True where a merge is to deploy its plan."""
        return self.plan is not None and self.touch.deploys


def mixed(asked: Asked, touches: Iterable["Touch"]) -> bool:
    """True where the change brings Python together with what deploys: it is refused whole."""
    return bool(asked.python) and any(one.touched and one.deploys for one in touches)


def planned(
    asked: Asked,
    touches: Sequence["Touch"],
    make: Callable[[str], "tuple[Plan, Verdict]"],
) -> Iterator[Planned]:
    """Each school as far as it came; *make* plans and judges one of them."""
    for touch in touches:
        wanted = touch.touched and not touch.gone and not asked.python
        if mixed(asked, touches) and touch.touched:
            rule = f"{ALONE}: {', '.join(asked.python[:3])} would change together with what is deployed"
            problem = Problem("PYTHON-ALONE", "the change", rule, "split it in two, and merge the Python first")
            yield Planned(touch, problems=(str(problem),), code=ExitCode.BLOCKED, wanted=touch.deploys)
        elif wanted:
            yield _made(touch, make)
        else:
            yield Planned(touch)


def _made(touch: "Touch", make: Callable[[str], "tuple[Plan, Verdict]"]) -> Planned:
    try:
        plan, verdict = make(touch.school)
    except BadInput as error:
        told = tuple(str(problem) for problem in error.problems if not problem.warning)
        return Planned(touch, problems=told, code=error.exit_code, wanted=True)
    except MatricError as error:
        return Planned(touch, problems=(str(error),), code=error.exit_code, wanted=True)
    except Exception as error:  # noqa: BLE001 - a defect at one school must not hide the others
        defect = f"a defect: {type(error).__name__}: {error}. Do: plan the school by itself with MATRIC_DEBUG=1"
        return Planned(touch, problems=(defect,), code=ExitCode.ERROR, wanted=True)
    return Planned(touch, plan, verdict, wanted=True)


_WEIGHT = (ExitCode.DONE, ExitCode.BLOCKED, ExitCode.STALE, ExitCode.USAGE, ExitCode.ERROR)


def worst(found: Iterable[Planned]) -> ExitCode:
    """The exit code of the school that ended worst."""
    return max((one.code for one in found), key=_weight, default=ExitCode.DONE)


def _weight(code: ExitCode) -> int:
    return _WEIGHT.index(code) if code in _WEIGHT else len(_WEIGHT)


# ---- the document ----


def anew(asked: Asked, touches: Iterable["Touch"]) -> tuple[str, ...]:
    """The schools to be planned and approved anew once the change has merged."""
    return tuple(one.school for one in touches if one.touched) if asked.python else ()


def says(asked: Asked, found: Sequence[Planned]) -> str:
    """What the change does, in one sentence."""
    touched = [one for one in found if one.touch.touched]
    if not touched:
        reasons = dict.fromkeys(reason for one in found for reason in one.touch.reasons)
        why = "; ".join(reasons) or "there is no school"
        return f"0 schools touched, because: {why}. There is nothing to deploy; this approves nothing"
    if mixed(asked, [one.touch for one in found]):
        return f"refused: {ALONE}"
    many = f"{len(touched)} of {len(found)} schools touched"
    if asked.python:
        return f"{many}: the change deploys nothing; they are to be planned and approved anew after it has merged"
    if failed := [one.school for one in touched if one.problems]:
        return f"{many}; not planned: {', '.join(failed)}"
    proposed = sum(one.proposed for one in touched)
    return f"{many}; {proposed} to be deployed once approved" if proposed else f"{many}: the change deploys nothing"


def document(asked: Asked, found: Sequence[Planned], waivers: Sequence["Waiver"]) -> dict[str, Any]:
    """``review.json``: the same input and plans give the same document. Holds no secret."""
    touched = [one for one in found if one.touch.touched]
    return {
        "format_version": FORMAT_VERSION,
        "change": asked.change,
        "base": asked.base,
        "head": asked.head,
        "trusted": asked.trusted,
        "authors": sorted(asked.authors),
        "unit": asked.unit,
        "deploys": not touched or (any(one.touch.deploys for one in touched) and not asked.python),
        "says": secret.redact(says(asked, found)),
        "anew": anew(asked, [one.touch for one in found]),
        "schools": [_school(asked, one, waivers) for one in sorted(found, key=lambda one: one.school)],
    }


def _school(asked: Asked, one: Planned, waivers: Sequence["Waiver"]) -> dict[str, Any]:
    plan = one.plan
    return {
        "school": one.school,
        "touched": one.touch.touched,
        "deploys": one.touch.deploys,
        "plans": one.wanted,
        "reasons": [secret.redact(reason) for reason in one.touch.reasons],
        "devices": one.touch.devices,
        "plan": plan.digest if plan is not None else None,
        "file": f"plan-{one.school}.json" if plan is not None else None,
        "verdict": _redacted(one.verdict.as_json) if one.verdict is not None else None,
        "problems": [secret.redact(problem) for problem in one.problems],
        "waivers": [_used(waiver) for waiver in waivers if _held(one, waiver)],
        "reproduce": f"git switch --detach {asked.head} && matric plan {one.school} --unit {asked.unit}",
    }


def _held(one: Planned, waiver: "Waiver") -> bool:
    used = one.verdict.waived if one.verdict is not None else ()
    return any((reason.rule, reason.object) == (waiver.rule, waiver.object) for reason in used)


def _used(waiver: "Waiver") -> dict[str, str]:
    approved = {"approver": waiver.approver} if waiver.approver else {}
    return {
        **approved,
        "rule": waiver.rule,
        "object": waiver.object,
        "owner": waiver.owner,
        "reason": secret.redact(waiver.reason),
        "expires": waiver.expiry.isoformat(),
    }


def _redacted(value: Any) -> Any:
    match value:
        case str():
            return secret.redact(value)
        case dict():
            return {key: _redacted(one) for key, one in value.items()}  # pyright: ignore[reportUnknownVariableType]
        case list() | tuple():
            return [_redacted(one) for one in value]  # pyright: ignore[reportUnknownVariableType]
        case _:
            return value


# ---- the shelves ----


def shelve(  # noqa: PLR0913 - a shelf each, and what goes on them
    asked: Asked,
    found: Sequence[Planned],
    body: dict[str, Any],
    *,
    proposals: "Shelf",
    reviews: "Shelf",
    now: "datetime",
) -> tuple[Proposal, ...]:
    """Keep the plans that a merge is to deploy, take back what this head no longer proposes; the proposals made.

    The document is kept for the merge to know what the review said. Where nothing came of what was to be deployed there
    is none: the merge then asks for the review to be made again, and does not read it as nothing to do.
    """
    made = tuple(
        Proposal(
            change=asked.change,
            base=asked.base,
            head=asked.head,
            school=one.school,
            plan=one.plan,
            authors=tuple(sorted(asked.authors)),
            state="open",
            at=timestamp(now),
        )
        for one in found
        if one.plan is not None and one.proposed and not one.problems
    )
    here = {one.school for one in made}
    for old in proposal.of(proposals, change=asked.change):
        # Planned from this very head before, it stays what it was though a device did not answer this time.
        if old.school not in here and not (old.head == asked.head and _again(found, old.school)):
            proposal.withdrawn(proposals, old)
    for one in made:
        proposal.put(proposals, one)
    if not made and any(one.touch.touched and one.touch.deploys for one in found):
        reviews.drop(asked.change)
    else:
        reviews.put(asked.change, _plain(body))
    return made


def _again(found: Sequence[Planned], school: str) -> bool:
    return any(one.school == school and one.wanted and one.touch.deploys and one.problems for one in found)


def _plain(body: dict[str, Any]) -> dict[str, Any]:
    import json  # noqa: PLC0415 - only here

    plain: dict[str, Any] = json.loads(canonical.json_bytes(body))
    return plain


# ---- secrets that the change names anew ----


def refuse_new_secrets(head: "Site", trusted: "Site", slug: str) -> None:
    """BadInput where the head's data name a secret that the trusted content does not, before anything is looked up.

    A job with credentials would else be told by a change which of its secrets, files and variables to look at.
    """
    from matric import yaml_file  # noqa: PLC0415 - read on use
    from matric.fleet import Access  # noqa: PLC0415 - brings Nornir

    known = set(secret.referred(trusted.standard.model_dump(mode="json")))
    for site in (trusted, head):
        access = yaml_file.model(site.inventory / "access.yaml", Access)
        logins = {login.secret for login in access.platforms.values()}
        if site is trusted:
            known |= logins
            continue
        asked = {*secret.referred(head.standard.model_dump(mode="json")), *logins}
        schools = trusted.standard.addresses.schools
        strange = [
            ref
            for ref in handover.foreign(asked, slug, known, schools)
            # What only looks like a reference is text.
            if ref.partition(":")[0] in secret.vault().schemes | {"lab"}
        ]
        if strange:
            rule = f"{', '.join(strange)}: new with this change, and not looked up for it"
            remedy = f"put it under {slug}'s own prefix, or merge a change that names it and touches no school first"
            raise BadInput([Problem("SECRET-FOREIGN", "standard.yaml or access.yaml", rule, remedy)])
