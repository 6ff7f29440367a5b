"""The main job, one question after the other: what should be, what is there, what would change, may it be done.

    intended -> looked -> judged -> (matric.planning) planned -> (matric.cutover) carried out

Each function takes what the one before gave. Where a device did not answer, it is in the result as None: silence is
never an empty answer.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from matric import canonical, fleet, pins, plan, platform, site
from matric.errors import BadInput, Problem
from matric.intent import check, page
from matric.plan import Digests, Plan, draft, net
from matric.plan.budget import Pace
from matric.platform.base import Facts, Look
from matric.policy.subject import Answers, Configuration, Step, Subject, configuration
from matric.secret import wireless_key

if TYPE_CHECKING:
    from matric.clock import Clock
    from matric.diff import Change
    from matric.fleet import Nornir
    from matric.gate import Verdict
    from matric.intent.school import School
    from matric.platform.base import Platform
    from matric.policy import Result
    from matric.policy.inherited import Inherited
    from matric.policy.surveyed import Surveyed
    from matric.render import Rendered
    from matric.secret import Vault
    from matric.site import Site

__all__ = (
    "Drift",
    "Intended",
    "Looked",
    "clock_of",
    "drifted",
    "intended",
    "judged",
    "looked",
    "running_from",
    "subject",
)


@dataclass(frozen=True)
class Intended:
    """A school as it should be, rendered."""

    site: "Site"
    school: "School"
    rendered: Mapping[str, "Rendered"]
    """By device key."""
    warnings: tuple[Problem, ...]
    templates_digest: str

    @cached_property
    def configurations(self) -> dict[str, Configuration]:
        """The same as trees, for the rules."""
        devices = {device.key: device for device in self.school.configured}
        return {
            key: configuration(one.text, platform.get(devices[key].platform or "").rules)
            for key, one in self.rendered.items()
        }

    @property
    def standard_digest(self) -> str:
        return canonical.digest(self.site.standard.model_dump(mode="json"))


@dataclass(frozen=True)
class Looked:
    """What the devices showed, by show commands only."""

    looks: Mapping[str, Look | None]
    """By device key; None where a device did not answer."""
    silent: Mapping[str, str] = field(default_factory=dict[str, str])
    """Device key -> why there is no answer."""


def intended(trust: "Site", slug: str, rendered: Path | None = None) -> Intended:
    """The school *slug*, rendered; BadInput with every problem of data and templates, no device contacted.

    With *rendered*, a folder of ``<school>/<device>.conf``, no template is run: their text is read as data, and held
    against what the trusted content (``trust.code``, or the site itself) lets the school use.
    """
    from matric.render import Renderer, data_problems  # noqa: PLC0415 - Jinja2 is slow to load

    records, source = trust.snapshot.records, trust.snapshot.manifest.source
    found = page.linked(check.problems(records, trust.standard, slug), records, trust.standard, slug, source)
    if any(not problem.warning for problem in found):
        raise BadInput(found)
    school = trust.school(slug)
    if rendered is not None:
        from matric.change import handover  # noqa: PLC0415 - ditto
        from matric.render import template  # noqa: PLC0415 - ditto

        texts = handover.read(rendered, school, handover.lent(trust.code or trust, slug))
        digest = template.digest(trust.templates)
    else:
        renderer = Renderer(trust.templates)
        texts, digest = {one.device_key: one for one in renderer.school(school)}, renderer.digest
    if not texts:
        rule = "has no device that matric configures"
        raise BadInput((Problem("DEV-PLATFORM", slug, rule, "set platform and status of its switches in NetBox"),))
    warnings = (*(problem for problem in found if problem.warning), *data_problems(school))
    return Intended(trust, school, texts, warnings, digest)


def looked(trust: "Site", nornir: "Nornir") -> Looked:
    """What every device of *nornir* shows."""
    found = fleet.ask(nornir, trust.tasks["look"])
    looks: dict[str, Look | None] = dict.fromkeys(found.answers)
    looks.update(found.told)
    return Looked(looks, {key: str(error) or type(error).__name__ for key, error in found.silent.items()})


def running_from(folder: Path, wanted: Intended) -> dict[str, str]:
    """Device key -> configuration from ``<device>.conf`` in *folder*; every one must be there."""
    texts: dict[str, str] = {}
    problems: list[Problem] = []
    for device in wanted.school.configured:
        path = folder / f"{device.name}.conf"
        try:
            texts[device.key] = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            rule = f"could not be read: {error.__class__.__name__}"
            problems.append(Problem("RUNNING-FILE", str(path), rule, "put the device's configuration there"))
    if problems:
        raise BadInput(problems)
    return texts


def looked_in(folder: Path, wanted: Intended) -> Looked:
    """Looks made from configuration files: what only a device can say stays None, unknown to the rules."""
    texts = running_from(folder, wanted)
    facts = {device.key: Facts(device.name, "", "", "", 0.0) for device in wanted.school.configured}
    return Looked({key: Look(facts=facts[key], running=text, startup=text) for key, text in texts.items()})


def judged(  # noqa: PLR0913 - a subject has many sides
    wanted: Intended,
    *,
    now: datetime,
    seen: Looked | None = None,
    running: Mapping[str, str] | None = None,
    steps: tuple[Step, ...] | None = None,
    window: tuple[datetime, datetime] | None = None,
) -> "tuple[Result, ...]":
    """What every rule says of the school. What was not looked at stays unknown to the rules."""
    from matric import policy  # noqa: PLC0415 - rules are loaded on use

    return policy.check(
        wanted.site.rules, subject(wanted, now=now, seen=seen, running=running, steps=steps, window=window)
    )


def subject(  # noqa: PLR0913 - ditto
    wanted: Intended,
    *,
    now: datetime,
    seen: Looked | None = None,
    running: Mapping[str, str] | None = None,
    steps: tuple[Step, ...] | None = None,
    window: tuple[datetime, datetime] | None = None,
) -> Subject:
    """Everything the rules may see."""
    from matric import yaml_file  # noqa: PLC0415 - read on use
    from matric.policy import agreement  # noqa: PLC0415 - ditto

    trust, school = wanted.site, wanted.school
    platforms = {device.key: platform.get(device.platform or "") for device in school.configured}
    looks: Mapping[str, Look | None] = seen.looks if seen is not None else {}
    texts = dict(running or {}) or {key: look.running for key, look in looks.items() if look is not None}
    return Subject(
        school=school,
        now=now,
        rendered=wanted.configurations,
        running={key: configuration(text, platforms[key].rules) for key, text in texts.items()},
        looks=looks,
        steps=steps,
        answers=yaml_file.model(trust.inventory / "answers.yaml", Answers),
        agreements=agreement.load(trust.inventory),
        calendar=trust.calendar,
        window=window,
        capabilities={one.slug: one.capability for one in platforms.values()},
        records=trust.snapshot.records,
        surveyed=_surveyed(trust, school),
        inherited=_inherited(trust, school, now),
    )


def _surveyed(trust: "Site", school: "School") -> "Surveyed | None":
    """What hangs on the school's ports, where a survey of it is kept."""
    from matric import survey  # noqa: PLC0415 - few schools are joining

    if not survey.saved(trust.inventory, school.slug):
        return None
    from matric.survey import endpoint  # noqa: PLC0415 - ditto

    return endpoint.surveyed(trust.inventory, survey.load(trust.inventory, school.slug), school)


def _inherited(trust: "Site", school: "School", now: datetime) -> "Inherited | None":
    """What the school's inherited lines come to, where a survey of it is kept."""
    from matric import survey  # noqa: PLC0415 - few schools are joining

    if not survey.saved(trust.inventory, school.slug):
        return None
    from matric.survey import ledger  # noqa: PLC0415 - ditto

    seen = survey.load(trust.inventory, school.slug)
    return ledger.inherited(ledger.ledger(trust, seen, school, now.date()))


@dataclass(frozen=True, slots=True)
class Drift:
    """How one device differs from what is intended."""

    key: str
    diff: str
    """running -> intended, redacted; empty where there is no drift."""
    added: int = 0
    removed: int = 0
    unread: str = ""
    """Why it could not be looked at: neither drift nor none."""
    unsaved: bool = False
    """True where startup is not running: the next power cut changes the device."""
    change: "Change | None" = None
    """The same as *diff*, as a value; None where the device could not be looked at."""


def drifted(wanted: Intended, seen: Looked, nornir: "Nornir") -> tuple[Drift, ...]:
    """Live against intended, per device, read-only."""
    from matric import diff, secret  # noqa: PLC0415 - loaded on use

    found: list[Drift] = []
    for device in wanted.school.configured:
        look = seen.looks.get(device.key)
        if look is None:
            found.append(Drift(device.key, "", unread=seen.silent.get(device.key, "it was not asked")))
            continue
        rules = platform.get(device.platform or "").rules
        vault = fleet.vault_of(nornir.inventory.hosts[device.key])
        change = diff.planned(look.running, wanted.rendered[device.key].text, rules, vault)
        text = "" if change.empty else secret.guarded(change.text())
        unsaved = plan.fingerprint(look.running, rules) != plan.fingerprint(look.startup, rules)
        added, removed = _count(text, "+"), _count(text, "-")
        found.append(Drift(device.key, text, added, removed, unsaved=unsaved, change=change))
    return tuple(found)


def _count(text: str, sign: str) -> int:
    """Lines of a unified view that bear *sign*, its header left out."""
    return sum(line.startswith(sign) and not line.startswith(sign * 3) for line in text.splitlines())


def clock_of(lab: Path | None) -> "Clock":
    """The clock everything is measured by: a lab's own where there is one."""
    if lab is None:
        from matric import clock  # noqa: PLC0415 - one of two

        return clock.system()
    from matric.lab.client import Lab  # noqa: PLC0415 - ditto

    return Lab(lab).clock()


def pin_of(nornir: "Nornir", key: str) -> str:
    """The pinned identity of one device, or empty."""
    data = nornir.inventory.hosts[key].data
    return str(data.get("pin") or pins.load(site.load(data["root"]).inventory, data["school"]).get(data["name"], ""))


def pins_of(nornir: "Nornir") -> dict[str, str]:
    """Device key -> digest of its pinned host key or certificate; only the devices that have one."""
    found = {key: pin_of(nornir, key) for key in nornir.inventory.hosts}
    return {key: pins.digest(pin) for key, pin in found.items() if pin}


def digests(wanted: Intended) -> Digests:
    """Everything a plan rests on beside the devices."""
    rules = wanted.site.rule_files
    return Digests(
        snapshot=wanted.site.snapshot.digest,
        standard=wanted.standard_digest,
        templates=wanted.templates_digest,
        policies=canonical.digest({path.name: path.read_text(encoding="utf-8") for path in rules}),
    )


def planned(  # noqa: PLR0913 - each is another part of the estate
    wanted: Intended,
    seen: Looked,
    nornir: "Nornir",
    *,
    now: datetime,
    author: str,
    unit: Literal["school", "device"] = "school",
    from_files: bool = False,
    ask_s: int = 0,
    consents: Mapping[str, str] | None = None,
) -> Plan:
    """The plan for the school, with what the rules say of it."""
    setting = draft.Setting(
        digests=digests(wanted),
        author=author,
        made_at=now,
        nonce=plan.nonce(),
        tool=version("matric"),
        unit=unit,
        applicable=not from_files,
        pace=Pace(ask_s=ask_s),
        consents=consents or {},
        unread=seen.silent,
        warnings=tuple(str(problem) for problem in wanted.warnings),
    )
    vault = fleet.vault_of(next(iter(nornir.inventory.hosts.values())))
    if not from_files and (weak := wireless_key.school_problems(wanted.school, vault.get)):
        raise BadInput(weak)
    made = draft.build(
        wanted.school,
        wanted.rendered,
        seen.looks,
        platforms=platforms(wanted),
        pins=pins_of(nornir),
        setting=setting,
        vault=None if from_files and _beyond(wanted, vault) else vault,
    )
    window = _when(wanted.site, made, now)
    return made.judged(judged(wanted, now=now, seen=seen, steps=made.steps, window=window))


def _beyond(wanted: Intended, vault: "Vault") -> bool:
    """True where the texts refer to what only a lab knows: with a file it cannot be compared."""
    refs = (ref for one in wanted.rendered.values() for ref in one.secrets)
    return "lab" not in vault.schemes and any(ref.startswith("lab:") for ref in refs)


def planned_back(  # noqa: PLR0913 - each is another part of the estate
    wanted: Intended,
    backups: Mapping[str, tuple[str, str]],
    seen: Looked,
    nornir: "Nornir",
    *,
    now: datetime,
    author: str,
    run: str,
    agreed: Mapping[str, str] | None = None,
    consents: Mapping[str, str] | None = None,
) -> Plan:
    """The plan from what the devices hold now to the *backups* (device key: digest and text) of *run*.

    *agreed* (device key: net) is what was consented to for *run*: it holds where a device has no net without.

    The rules judge the steps and what was read against the configurations it leads to, which are those the run kept:
    they may well break the standard, and then only a waiver opens the gate.
    """
    by_slug = platforms(wanted)
    slugs = {device.key: device.platform or "" for device in wanted.school.configured if device.key in backups}
    bare = [key for key, slug in slugs.items() if net.chosen(by_slug[slug], seen.looks.get(key), None) is None]
    setting = draft.Setting(
        digests=digests(wanted),
        author=author,
        made_at=now,
        nonce=plan.nonce(),
        tool=version("matric"),
        consents={**{key: kind for key, kind in (agreed or {}).items() if key in bare}, **(consents or {})},
        unread=seen.silent,
    )
    made = draft.back(
        wanted.school, backups, seen.looks, platforms=by_slug, pins=pins_of(nornir), setting=setting, run=run
    )
    return made.judged(_ways_back(wanted, made, seen, now))


def _ways_back(wanted: Intended, made: Plan, seen: Looked, now: datetime) -> "tuple[Result, ...]":
    """What the rules of the way itself say: going back is no time to ask whether the past met the standard.

    What people vouch for of the school is none of it. Nor is CUT-03: what is left alone need not hold what is intended.
    """
    found = judged(wanted, now=now, seen=seen, steps=made.steps, window=_when(wanted.site, made, now))
    of_the_way = {rule.id for rule in wanted.site.rules if rule.of_the_way}
    return tuple(result for result in found if result.rule in of_the_way)


def platforms(wanted: Intended) -> dict[str, "Platform"]:
    """Platform slug -> platform, of every device of the school."""
    return {device.platform or "": platform.get(device.platform or "") for device in wanted.school.configured}


def verdict(trust: "Site", made: Plan, now: datetime) -> "Verdict":
    """The gate's word on *made* today: what the rules said when it was planned, against the waivers of now."""
    from matric import gate  # noqa: PLC0415 - loaded on use

    rules = tuple(rule.id for rule in trust.rules if not made.reverts or rule.of_the_way)
    return gate.verdict(made.results, trust.waivers, now.date(), school=made.school, rules=rules)


def _when(trust: "Site", made: Plan, now: datetime) -> tuple[datetime, datetime] | None:
    """The next time the whole of *made*, rollback included, fits into a window; None where there is none."""
    return trust.calendar.next_fit(made.school, now, made.budget.worst_case_s)
