"""Everything wrong with what was given, told in one pass before any device is contacted.

What was given: the site's files, its rules and waivers, its templates, the rows of each school asked for, and the
secrets all of it refers to. One fault never hides another: what can still be read after it is read and judged too.
"""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from matric import drift, onboarding, yaml_file
from matric.errors import BadInput, Problem, UsageError
from matric.policy import Outcome, agreement, controls, waiver
from matric.policy.subject import Answers
from matric.secret import faults, references
from matric.secret.wireless_key import school_problems

if TYPE_CHECKING:
    from matric.fleet import Access
    from matric.intent.school import School
    from matric.onboarding import Intended
    from matric.policy import Result
    from matric.secret import Vault
    from matric.site import Site

__all__ = ("Intake", "idle", "school", "take")

REFERENCE = re.compile(r"([A-Za-z][A-Za-z0-9_-]*):[A-Za-z0-9_./-]+")


@dataclass(frozen=True)
class Intake:
    """What could be made of what was given, and everything wrong with it."""

    schools: Mapping[str, "Intended"]
    """Those asked for that could be built and rendered."""
    problems: tuple[Problem, ...]
    """Errors and warnings, each once."""

    @property
    def warnings(self) -> tuple[Problem, ...]:
        return tuple(problem for problem in self.problems if problem.warning)

    def accepted(self) -> "Intake":
        """The same; BadInput with every problem where anything refuses."""
        if any(not problem.warning for problem in self.problems):
            raise BadInput(self.problems)
        return self


class _Found:
    """Problems as they are found, each once: the only mutable thing here."""

    def __init__(self) -> None:
        self.problems: dict[Problem, None] = {}

    def add(self, problems: Iterable[Problem]) -> None:
        self.problems |= dict.fromkeys(problems)

    def of(self, read: Callable[[], Any]) -> bool:
        """True where *read* found nothing that refuses."""
        try:
            read()
        except BadInput as error:
            self.add(error.problems)
            return False
        except UsageError as error:
            said, _, remedy = str(error).partition(". Do: ")
            self.add([Problem("SITE", "site", said, remedy or "correct it")])
            return False
        return True


def take(  # noqa: PLR0913 - each says what follows
    trust: "Site",
    slugs: Collection[str],
    vault: "Vault",
    today: date,
    *,
    planning: bool = False,
    contacting: bool = False,
    rendered: Path | None = None,
) -> Intake:
    """Everything about the schools *slugs*, or about every school; *contacting* says that devices are asked next.

    With *rendered*, configurations are read from there and no template is run.

    A secret that only a lab has is a warning while nobody is contacted, and refuses where somebody is.
    """
    found = _Found()
    read = {name: found.of(of) for name, of in _files(trust).items()}
    if read["waivers.yaml"] and read["policies"] and read["standard.yaml"]:
        rules, schools = {rule.id: rule.severity for rule in trust.rules}, trust.standard.addresses.schools
        found.add(
            # A plan is judged by the gate, where a bad waiver of the school blocks: it may be made and discussed.
            replace(problem, warning=planning)
            for problem in waiver.problems(_waivers(trust, slugs if planning else ()), rules, schools, today)
        )
    if not planning:
        # No plan rests on a decision about drift: a bad one keeps nobody from mending what it is about.
        found.of(lambda: drift.decisions(trust.inventory / drift.FOLDER, today))
    wanted: dict[str, Intended] = {}
    if read["standard.yaml"]:
        joining = () if slugs or not read["snapshot"] else _joining(trust)
        slugs = slugs or tuple(sorted(trust.standard.addresses.schools.keys() - set(joining)))
        found.add(_waits(trust, slug) for slug in joining)
    if read["standard.yaml"] and read["snapshot"]:
        for slug in slugs:
            if (one := _intended(trust, slug, found, rendered)) is not None:
                wanted[slug] = one
        if len(wanted) < len(slugs) and rendered is None:
            _templates(trust, slugs, found)
    else:
        found.add(_read_templates(trust))
    if read["standard.yaml"] and read["access.yaml"]:
        found.add(_locked_out(trust))
    for one in wanted.values():
        found.add(one.warnings)
    found.add(_secrets(trust, read, wanted, vault, contacting=contacting))
    return Intake(wanted, tuple(found.problems))


def _joining(trust: "Site") -> tuple[str, ...]:
    """Schools that were given a block, and that NetBox does not hold yet: weeks may lie between.

    They have been surveyed, or have choices.yaml since their block was allocated; any other is a slip of the pen.
    """
    from matric import survey  # noqa: PLC0415 - loaded on use
    from matric.survey.adopt import FILE  # noqa: PLC0415 - ditto

    known = {row.slug for row in trust.snapshot.records.sites}
    waiting = (slug for slug in trust.standard.addresses.schools if slug not in known)
    return tuple(
        sorted(
            slug for slug in waiting
            if survey.saved(trust.inventory, slug) or (survey.folder(trust.inventory, slug) / FILE).is_file()
        )
    )  # fmt: skip


def _waits(trust: "Site", slug: str) -> Problem:
    from matric import survey  # noqa: PLC0415 - loaded on use

    rule = "has its block, and no site in the snapshot yet: it was left out"
    remedy = f"matric adopt {slug} --write, then matric snapshot pull"
    if not survey.saved(trust.inventory, slug):
        rule, remedy = "has its block, and nobody has surveyed it yet: it was left out", f"matric survey {slug}"
    return Problem("SCHOOL-JOINING", f"school {slug}", rule, remedy, warning=True)


def _intended(trust: "Site", slug: str, found: _Found, rendered: Path | None = None) -> "Intended | None":
    try:
        return onboarding.intended(trust, slug, rendered)
    except BadInput as error:
        found.add(error.problems)
        return None


def _waivers(trust: "Site", slugs: Collection[str]) -> Iterator[waiver.Waiver]:
    """The waivers of these schools, those whose school cannot be told included; without schools, all."""
    known = {"", *slugs}
    return (held for held in trust.waivers if not slugs or waiver.school_of(held) in known)


def school(  # noqa: PLR0913 - each says what follows
    trust: "Site",
    slug: str,
    vault: "Vault",
    today: date,
    *,
    contacting: bool = False,
    rendered: Path | None = None,
) -> "Intended":
    """The school *slug* with every warning to acknowledge; BadInput with every problem where anything refuses."""
    taken = take(trust, (slug,), vault, today, planning=True, contacting=contacting, rendered=rendered).accepted()
    return replace(taken.schools[slug], warnings=taken.warnings)


def _files(trust: "Site") -> dict[str, Callable[[], Any]]:
    """What is read whatever school is asked for."""
    return {
        "standard.yaml": lambda: trust.standard,
        "snapshot": lambda: trust.snapshot,
        "calendar.yaml": lambda: trust.calendar,
        "answers.yaml": lambda: yaml_file.model(trust.inventory / "answers.yaml", Answers),
        "agreements.yaml": lambda: agreement.load(trust.inventory),
        "access.yaml": lambda: _access(trust),
        "waivers.yaml": lambda: trust.waivers,
        "policies": lambda: trust.rules,
        "tasks": lambda: trust.tasks,
    }


def _access(trust: "Site") -> "Access":
    from matric.fleet import Access  # noqa: PLC0415 - brings Nornir

    return yaml_file.model(trust.inventory / "access.yaml", Access)


def _locked_out(trust: "Site") -> Iterator[Problem]:
    """Logins of matric that would fail once a device holds what the standard says: it would lock itself out."""
    management = trust.standard.management
    accounts = {
        management.service_user: management.service_secret,
        management.break_glass_user: management.break_glass_secret,
    }
    for slug, login in _access(trust).platforms.items():
        if accounts.get(login.user) == login.secret:
            continue
        rule = f"with {login.secret} it is no local account of the standard's, so the change may shut it out"
        remedy = f"log in as {management.service_user} with {management.service_secret}; change accounts in two steps"
        # Another account may be one that RADIUS knows; one account with two secrets cannot be right.
        known = login.user in accounts
        yield Problem("SELF-LOCKOUT", f"access.yaml {slug}", rule, remedy, "user", login.user, warning=not known)


# ---- templates, where the school asked for cannot be rendered ----


def _templates(trust: "Site", slugs: Collection[str], found: _Found) -> None:
    """Faults of templates that a school whose rows are refused would hide: read them, and render the other schools."""
    from matric.intent import check  # noqa: PLC0415 - only where something is refused

    for slug in trust.standard.addresses.schools:
        if slug not in slugs and _accepted(check.problems(trust.snapshot.records, trust.standard, slug)):
            _intended(trust, slug, found)
    rendered = [problem.thing for problem in found.problems if problem.code.startswith(("TPL-", "SECRET-IN"))]
    found.add(
        problem
        for problem in _read_templates(trust)
        if not any(thing.partition(" for ")[0] == problem.thing for thing in rendered)
    )


def _accepted(problems: Iterable[Problem]) -> bool:
    """True where none refuses."""
    return all(problem.warning for problem in problems)


def _read_templates(trust: "Site") -> tuple[Problem, ...]:
    from matric.render import VIEW_FIELDS  # noqa: PLC0415 - only where something is refused
    from matric.render.template import Templates  # noqa: PLC0415 - jinja2 costs 70 ms

    return Templates(trust.templates, trusted=True, cache=None, seconds=0, keep=False).problems(VIEW_FIELDS)


# ---- secrets ----


def _secrets(
    trust: "Site", read: Mapping[str, bool], wanted: Mapping[str, "Intended"], vault: "Vault", *, contacting: bool
) -> Iterator[Problem]:
    """What is wrong with every secret referred to. No message shows one."""
    refs: set[str] = {ref for one in wanted.values() for made in one.rendered.values() for ref in references(made.text)}
    keys: set[str] = set()
    if read["standard.yaml"]:
        refs |= set(_referred(trust.standard.model_dump(mode="json"), vault.schemes | {"lab"}))
        keys = {wlan.psk for wlan in trust.standard.wlans.values() if wlan.psk}
    if read["access.yaml"]:
        refs |= {login.secret for login in _access(trust).platforms.values()}
    only_in_a_lab = set[str]()
    if "lab" not in vault.schemes and not contacting:
        only_in_a_lab = {ref for ref in refs if ref.startswith("lab:")}
        if only_in_a_lab:
            yield _lab_only(only_in_a_lab)
    for ref in sorted(refs - only_in_a_lab):
        yield from faults(ref, vault, psk=ref in keys)
    yield from _wireless_keys([one.school for one in wanted.values()], vault, only_in_a_lab)


def _wireless_keys(schools: Sequence["School"], vault: "Vault", unseen: Collection[str]) -> Iterator[Problem]:
    """What is wrong with the keys of wireless networks, and which schools share one."""
    users: dict[str, list[str]] = {}
    for school in schools:
        refs = {wlan.profile.psk for wlan in school.wlans if wlan.profile.psk}
        if not refs & set(unseen):
            yield from school_problems(school, vault.get)
        for ref in refs:
            users.setdefault(ref, []).append(school.slug)
    for ref, slugs in sorted(users.items()):
        if len(slugs) > 1:
            rule = f"the same key is used at {' and '.join(slugs)}"
            yield Problem(
                "PSK-WEAK", f"secret {ref}", rule, "acknowledge it, or give each school its own", warning=True
            )


def _lab_only(refs: Collection[str]) -> Problem:
    rule = f"these secrets exist in a lab only: {', '.join(sorted(refs))}"
    return Problem("SECRET-REF", "standard.yaml and access.yaml", rule, "use env:, file: or keyring:", warning=True)


def _referred(value: object, schemes: Collection[str]) -> Iterator[str]:
    """Every reference to a secret in plain data."""
    match value:
        case str() if (found := REFERENCE.fullmatch(value)) and found[1] in schemes:
            yield value
        case dict():
            for part in cast("dict[str, object]", value).values():
                yield from _referred(part, schemes)
        case list():
            for part in cast("list[object]", value):
                yield from _referred(part, schemes)
        case _:
            pass


# ---- rules that look at nothing ----


def idle(results: Mapping[str, tuple["Result", ...]]) -> tuple[Problem, ...]:
    """Rules that concern nothing at any school: a warning, for it may be a rule that was written wrong."""
    said: dict[str, list[Result]] = {}
    for result in (one for of_school in results.values() for one in of_school):
        said.setdefault(result.rule, []).append(result)
    return tuple(
        Problem("POLICY-FILE", name, f"it matched nothing: {given[0].reason}", "delete it, or correct it", warning=True)
        for name, given in said.items()
        if all(result.outcome is Outcome.NOT_APPLICABLE for result in given) and not _told_not_to_apply(name)
    )


def _told_not_to_apply(rule: str) -> bool:
    """True where people say whether *rule* applies: one that concerns no school now is no mistake."""
    control = controls.find(rule)
    return control is not None and control.condition is not None
