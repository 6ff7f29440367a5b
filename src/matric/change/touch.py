"""Which schools a change touches, and why or why not: cheap candidates first, then proof by rendering those alone.

A candidate is a school that the changed data may reach (``matric.change.influence``). It is rendered at the base and at
the head, and touched only where a device's configuration differs. What cannot be read, rendered or classified touches:
nothing here takes silence for "the same". No Python of the trust is run: ``site.tasks`` and ``site.rules`` are never
asked for. Templates that the change brings run in Jinja's sandbox, or not at all where *texts* gives what they said.
"""

import contextlib
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from matric import plan, platform, yaml_file
from matric.change import influence, path_kind
from matric.change.influence import Reached, Trust
from matric.change.path_kind import PathKind
from matric.drift import Decision
from matric.errors import BadInput, MatricError, Problem, UsageError
from matric.intent import build
from matric.policy import agreement
from matric.policy.subject import Answers

if TYPE_CHECKING:
    from matric.intent.record import DeviceRow
    from matric.intent.school import School
    from matric.platform.base import ConfigRules
    from matric.render import Renderer
    from matric.site import Site

__all__ = ("Texts", "Touch", "python_paths", "same_templates", "touched")

Texts = Callable[["School"], Mapping[str, str]]
"""Device key -> configuration of a school as the head wants it; BadInput where it cannot be had."""

_QUIET = (
    PathKind.LOGIN,
    PathKind.LAB,
    PathKind.RUNBOOK,
    PathKind.PIPELINE,
    PathKind.PAGE,
    PathKind.TEST,
    PathKind.OUTSIDE,
    PathKind.PINS,
    PathKind.DECISION,
    PathKind.JOINING,
)
SHOWN_PATHS = 3


@dataclass(frozen=True)
class Touch:
    """What a change is to one school."""

    school: str
    touched: bool
    reasons: tuple[str, ...]
    """Sentences without full stop: why it is touched, or why not. Never empty."""
    devices: tuple[str, ...] = ()
    """Keys whose rendered configuration differs between base and head."""
    deploys: bool = False
    """True where merging the change is to reach devices; False where only the verdict is to be given anew."""
    problems: tuple[Problem, ...] = ()
    """Why the school cannot be rendered as the head wants it."""
    gone: bool = False
    """True where the head has no such school: there is nothing to check, render or plan."""


def touched(
    base: "Site",
    head: "Site",
    paths: Collection[str],
    *,
    texts: Texts | None = None,
    kept: dict[str, Mapping[str, str]] | None = None,
) -> tuple[Touch, ...]:
    """Every school of the head's snapshot, and those that only the base has, by slug.

    *paths* are all that differ, relative to the site. *texts* gives the head's configurations where its templates must
    not be run here. *kept* is given those of every school that is touched or had to be rendered to know.
    """
    return _Comparison(base, head, paths, texts, kept).touches()


def python_paths(site: "Site", paths: Iterable[str]) -> tuple[str, ...]:
    """Those of *paths* that are Python content, or lie beside it: they merge alone and deploy nothing."""
    return path_kind.sorted_out(paths, site.folders).get(PathKind.PYTHON, ())


def same_templates(one: "Site", other: "Site") -> bool:
    """True where every file of both template folders is the same, byte for byte."""
    return influence.files(one.templates) == influence.files(other.templates)


class _Comparison:
    """Base against head; each side is read once."""

    def __init__(
        self,
        base: "Site",
        head: "Site",
        paths: Collection[str],
        texts: Texts | None,
        kept: dict[str, Mapping[str, str]] | None,
    ) -> None:
        self.base, self.head, self.paths, self._kept = base, head, paths, kept
        self._texts = texts
        self._problems: list[Problem] = []
        """Of the head as a whole."""

    def touches(self) -> tuple[Touch, ...]:
        head = self._read(self.head, same_as=None)
        same = head is not None and self._same_snapshot()
        base = self._read(self.base, same_as=head if same else None)
        if base is None or head is None:
            return self._unreadable()
        found = self._found(base, head)
        return tuple(self._touch(slug, base, head, found) for slug in sorted({*base.schools, *head.schools}))

    # -- the cheap look

    def _read(self, site: "Site", same_as: Trust | None) -> Trust | None:
        """One side as data, rows shared with *same_as*; None where it cannot be read, the reasons kept."""
        try:
            return Trust(same_as.records if same_as is not None else site.snapshot.records, site.standard)
        except (BadInput, UsageError) as error:
            self._keep(site, error)
            return None

    def _keep(self, site: "Site", error: MatricError) -> None:
        self._problems += _problems(error) if site is self.head else [_of_the_base(error)]

    def _same_snapshot(self) -> bool:
        one, other = (influence.files(site.inventory / "snapshot") for site in (self.base, self.head))
        return one == other

    def _unreadable(self) -> tuple[Touch, ...]:
        """Every school that either side can name, touched: nothing can be said of any."""
        slugs: set[str] = set()
        for site in (self.base, self.head):
            with contextlib.suppress(BadInput, UsageError):
                slugs |= site.standard.addresses.schools.keys()
            with contextlib.suppress(BadInput, UsageError):
                slugs |= {row.slug for row in site.snapshot.records.sites}
        if not slugs:
            raise BadInput(self._problems)
        first = self._problems[0]
        reason = f"what it is made of cannot be read: {first.thing}: {first.rule}"
        problems = tuple(self._problems)
        return tuple(
            Touch(slug, touched=True, reasons=(reason,), deploys=True, problems=problems) for slug in sorted(slugs)
        )

    def _found(self, base: Trust, head: Trust) -> "_Found":
        every = sorted({*base.schools, *head.schools})
        found = _Found()
        if base.records is not head.records:
            influence.rows(base, head, found.candidates)
        influence.sections(base, head, found.candidates)
        found.templates = influence.templates(self.base.templates, self.head.templates)
        self._by_template(base, head, found)
        for name, read, compare in _JUDGING:
            try:
                after = read(self.head)
            except (BadInput, UsageError) as error:
                self._keep(self.head, error)
                found.asked.add(every, f"{name} cannot be read")
                continue
            try:
                compare(read(self.base), after, every, found.verdict)
            except (BadInput, UsageError):
                found.verdict.add(every, f"{name} changed, and cannot be read at the base")
        self._by_path(every, found)
        found.problems = tuple(self._problems)
        return found

    def _by_template(self, base: Trust, head: Trust, found: "_Found") -> None:
        """Candidates by the templates that their devices are rendered from."""
        folder = self.head.folders["templates"]
        for slug in {*base.schools, *head.schools}:
            entries = {_entry(row) for side in (base, head) for row in side.devices.get(slug, ())}
            for name, users in found.templates.items():
                if entries & users:
                    found.candidates.add([slug], f"{folder}/{name}")
                    found.by_template.add(slug)

    def _by_path(self, every: Collection[str], found: "_Found") -> None:
        """What only a path can tell."""
        kinds = path_kind.sorted_out(self.paths, self.head.folders, every)
        if self.base.folders != self.head.folders:
            found.asked.add(every, "pyproject.toml names other folders of content")
        if PathKind.UNKNOWN in kinds:
            found.asked.add(
                every, f"{_listed(kinds[PathKind.UNKNOWN])}: {PathKind.UNKNOWN}, so it may touch every school"
            )
        if PathKind.PYTHON in kinds:
            found.verdict.add(every, f"{_listed(kinds[PathKind.PYTHON])} changed ({PathKind.PYTHON})")
        for path in kinds.get(PathKind.OWN, ()):
            found.asked.add([path_kind.own_school(path, self.head.folders, every)], f"{path} is its own")
        for path in kinds.get(PathKind.DECISION, ()):
            self._by_decision(path, every, found)
        if self.base.folders == self.head.folders and PathKind.SETTING in kinds:
            found.quiet += (f"pyproject.toml: {PathKind.SETTING} stayed the same",)
        found.quiet += tuple(f"{_listed(kinds[kind])}: {kind}" for kind in _QUIET if kind in kinds)

    def _by_decision(self, path: str, every: Collection[str], found: "_Found") -> None:
        """A decision to revert what devices hold has their schools planned, though no configuration differs."""
        place = self.head.root / path
        if not place.exists():
            return
        try:
            one = yaml_file.model(place, Decision)
        except BadInput as error:
            self._keep(self.head, error)
            found.asked.add(every, f"{path} cannot be read")
            return
        if one.decision == "revert":
            schools = sorted({key.partition("/")[0] for key in one.devices})
            found.asked.add(schools, f"{path} reverts what {', '.join(one.devices)} hold beside the intended")

    # -- one school

    def _touch(self, slug: str, base: Trust, head: Trust, found: "_Found") -> Touch:
        if slug not in head.schools:
            whence = "standard.yaml" if any(row.slug == slug for row in head.records.sites) else "the snapshot"
            reason = f"removed from {whence}: matric leaves its devices as they are"
            return Touch(slug, touched=True, reasons=(reason,), gone=True)
        if slug not in base.schools:
            return self._new(slug, head)
        causes = found.candidates.of(slug)
        asked = (*found.asked.of(slug), *found.verdict.of(slug))
        anew = bool(found.asked.of(slug))
        if not causes and not asked:
            return Touch(slug, touched=False, reasons=found.quiet or ("nothing that it depends on changed",))
        if not causes:
            reasons = asked if anew else (*asked, "no configuration differs: only the verdict is given anew")
            if self._kept is not None:
                try:
                    self._head_texts(_school(head, slug))
                except BadInput as error:
                    return _unrendered(slug, asked, error.problems)
            return Touch(slug, touched=True, reasons=reasons, deploys=anew, problems=found.problems)
        return self._proven(slug, base, head, found)

    def _new(self, slug: str, head: Trust) -> Touch:
        try:
            texts = self._head_texts(_school(head, slug))
        except BadInput as error:
            return _unrendered(slug, ("new",), error.problems)
        return Touch(
            slug,
            touched=True,
            reasons=(f"new, with {_devices(len(texts))}",),
            devices=tuple(sorted(texts)),
            deploys=True,
        )

    def _proven(self, slug: str, base: Trust, head: Trust, found: "_Found") -> Touch:
        """The school rendered on both sides, and compared."""
        causes, asked = found.candidates.of(slug), (*found.asked.of(slug), *found.verdict.of(slug))
        try:
            school = _school(head, slug)
            after = self._head_texts(school)
        except BadInput as error:
            return _unrendered(slug, (*(f"{cause} changed" for cause in causes), *asked), error.problems)
        try:
            before = _texts(self._base_renderer, _school(base, slug))
        except BadInput as error:
            told = f"cannot be rendered at the base: {error.problems[0].thing}: {error.problems[0].rule}"
            return Touch(
                slug,
                touched=True,
                reasons=(told, *asked),
                devices=tuple(sorted(after)),
                deploys=True,
                problems=found.problems,
            )
        rules = {device.key: platform.get(device.platform or "").rules for device in school.configured}
        devices = sorted({*before, *after})
        differ = tuple(key for key in devices if not _same(before.get(key), after.get(key), rules.get(key)))
        anew = bool(found.asked.of(slug))
        if differ:
            told = f"{len(differ)} of {_devices(len(devices))}' configurations differ"
            reasons = (told, *(f"{cause} changed" for cause in causes), *asked)
            return Touch(slug, touched=True, reasons=reasons, devices=differ, deploys=True, problems=found.problems)
        of = len(devices)
        if slug in found.by_template and len(causes) == 1:
            of = len(
                {row.id for row in head.devices[slug] for users in found.templates.values() if _entry(row) in users}
            )
        told = f"{_and(causes)} changed, but renders the same for its {_devices(of)}"
        return Touch(slug, touched=bool(asked), reasons=(*asked, told), deploys=anew, problems=found.problems)

    # -- rendering

    def _head_texts(self, school: "School") -> Mapping[str, str]:
        found = self._texts(school) if self._texts is not None else _texts(self._head_renderer, school)
        if self._kept is not None:
            self._kept[school.slug] = found
        return found

    @cached_property
    def _base_renderer(self) -> "Renderer":
        from matric.render import Renderer  # noqa: PLC0415 - Jinja2 is slow to load

        return Renderer(self.base.templates, trusted=True, apart=False)

    @cached_property
    def _head_renderer(self) -> "Renderer":
        from matric.render import Renderer  # noqa: PLC0415 - ditto

        return Renderer(self.head.templates, trusted=same_templates(self.base, self.head), apart=False)


@dataclass
class _Found:
    """What the cheap look found: what must be proven for a school, what touches it whatever is rendered, and why."""

    candidates: Reached = field(default_factory=Reached)
    verdict: Reached = field(default_factory=Reached)
    """The verdict is to be given anew."""
    asked: Reached = field(default_factory=Reached)
    """Planned whatever is rendered: its own files, and what nobody can classify."""
    quiet: tuple[str, ...] = ()
    """What changed and reaches no school."""
    templates: Mapping[str, frozenset[str]] = field(default_factory=dict[str, frozenset[str]])
    by_template: set[str] = field(default_factory=set[str])
    problems: tuple[Problem, ...] = ()
    """Of the head as a whole."""


_JUDGING: tuple[tuple[str, Callable[["Site"], Any], Callable[[Any, Any, Collection[str], Reached], None]], ...] = (
    ("waivers.yaml", lambda site: site.waivers, influence.waived),
    ("calendar.yaml", lambda site: site.calendar, influence.calendars),
    (
        "answers.yaml",
        lambda site: yaml_file.model(site.inventory / "answers.yaml", Answers).answers,
        influence.answered,
    ),
    (agreement.FILE, lambda site: agreement.load(site.inventory).agreements, influence.agreed),
)
"""What changes no configuration, and what the gate says of a school: the file, how it is read, how it is compared."""


def _school(trust: Trust, slug: str) -> "School":
    return build.school(trust.records, trust.standard, slug, trust.rows)


def _texts(renderer: "Renderer", school: "School") -> dict[str, str]:
    return {one.device_key: one.text for one in renderer.school(school)}


def _same(before: str | None, after: str | None, rules: "ConfigRules | None") -> bool:
    """True where a device would take both for one configuration."""
    if before is None or after is None or rules is None:
        return False
    return before == after or plan.fingerprint(before, rules) == plan.fingerprint(after, rules)


def _unrendered(slug: str, causes: tuple[str, ...], problems: tuple[Problem, ...]) -> Touch:
    refusing = [problem for problem in problems if not problem.warning]
    told = f"it cannot be rendered: {len(refusing)} problem(s), the first at {refusing[0].thing}"
    return Touch(slug, touched=True, reasons=(told, *causes), deploys=True, problems=problems)


def _problems(error: MatricError) -> list[Problem]:
    if isinstance(error, BadInput):
        return list(error.problems)
    said, _, remedy = str(error).partition(". Do: ")
    return [Problem("SITE", "site", said, remedy or "correct it")]


def _of_the_base(error: MatricError) -> Problem:
    first = _problems(error)[0]
    return Problem("BASE", f"{first.thing} at the base", first.rule, "compare with a commit that can be read")


def _entry(row: "DeviceRow") -> str:
    return f"{row.platform}/{row.role}.j2"


def _listed(paths: Collection[str]) -> str:
    shown = [*paths][:SHOWN_PATHS]
    more = len(paths) - len(shown)
    return f"{', '.join(shown)} and {more} more" if more else ", ".join(shown)


def _and(causes: Sequence[str]) -> str:
    return " and ".join((", ".join(causes[:-1]), causes[-1])) if len(causes) > 1 else causes[0]


def _devices(count: int) -> str:
    return f"{count} device" if count == 1 else f"{count} devices"
