"""A small school on the lab, a plan for it, and what its devices really are: never asked of matric.

Three devices: a core and a switch on IOS-XE, and a switch on EOS or another platform under test. OLD is what a device
booted with. NEW is what the lab's own grammar makes of the rendered target, with the lines that belong to the device.
Both are compared with salted hashes masked, for a device salts anew each time.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from matric import execution, fleet, lab, onboarding, secret, site, snapshot
from matric import plan as plans
from matric.cutover.effects import Answer, Ask, Effect, Said, Together
from matric.cutover.outcome import Outcome
from matric.intent.record import Records
from matric.journal import Journal, RunRecord, open_state
from matric.lab import aoscx_text, aoss_tree, junos, junos_tree, junos_view
from matric.lab.client import Lab
from matric.lab.junos_grammar import SCHEMA
from matric.lab.text import DIALECTS, loaded
from matric.lab.tree import Position, Section
from matric.plan import Plan, draft
from matric.plan.budget import Pace
from tests import estate
from tests.engine.mixed import as_models

ROOT = Path(__file__).parents[3]
SCHOOL = "oakfield"
KEPT = ("rtr-1", "core-1", "sw-01", "sw-02")
CORE, EOS, IOS = "oakfield/core-1", "oakfield/sw-01", "oakfield/sw-02"
KEYS = (CORE, EOS, IOS)
OTHER = EOS
"""The switch that is another model where another platform is under test."""
MODELS = {"aoscx": "6200F-24G-PoE (JL725A)", "aoss": "2930F-24G-PoE+ (JL255A)", "junos": "EX3400-24P"}
MIXED = {CORE: "6300M-24SFP+ (JL658A)", EOS: "2930F-24G-PoE+ (JL255A)", IOS: "EX3400-24P"}
"""The models of a school with a vendor on every device."""
BY_PLATFORM = {"eos": EOS, "ios": IOS, **dict.fromkeys(MODELS, OTHER)}
SEED = "a seed of the fault matrix"
EPOCH = 1_796_040_000.0
PACE = Pace(read_s=10, stage_s=10, arm_s=10, settle_s=5, probes=3, site_check_s=10, confirm_s=10, margin_s=30)
OPEN = """\
format_version: 1
windows:
  - {school: all, days: [mon, tue, wed, thu, fri, sat, sun], start: "00:00", end: "23:59"}
closed:
  - {name: Nobody is taught here, first: "2020-01-01", last: "2099-12-31", schools: all}
"""
STRANGER = "somebody"
"""Whose session or timer it is where a fault says no other name."""
QUIET_S = 3 * 3600.0
"""After this every timer of any device has gone off."""


def small(records: Records) -> Records:
    """The trust with nothing of Oakfield but its core, two switches and the way in."""
    oakfield = next(one.id for one in records.sites if one.slug == SCHOOL)
    gone = {one.id for one in records.devices if one.site_id == oakfield and one.name not in KEPT}
    ports = {one.id for one in records.interfaces if one.device_id in gone}
    free = {
        end.object_id
        for cable in records.cables
        if ports & {end.object_id for end in (*cable.a, *cable.b)}
        for end in (*cable.a, *cable.b)
    } - ports
    airborne = {one.id for one in records.vlans if one.role == "wireless"}
    lags = {one.lag_id for one in records.interfaces if one.id in free and one.lag_id is not None}
    return records.model_copy(
        update={
            "devices": tuple(one for one in records.devices if one.id not in gone),
            "interfaces": tuple(
                _unused(one) if one.id in free else _without(one, airborne)
                for one in records.interfaces
                if one.id not in ports | lags
            ),
            "cables": tuple(one for one in records.cables if not ports & {end.object_id for end in (*one.a, *one.b)}),
            "ip_addresses": tuple(one for one in records.ip_addresses if one.assigned_object_id not in ports),
        }
    )


def _without(port: Any, vlans: set[int]) -> Any:
    """A port that carries *vlans* no more: nothing behind it needs them."""
    return port.model_copy(update={"tagged_vlan_ids": tuple(one for one in port.tagged_vlan_ids if one not in vlans)})


def _unused(port: Any) -> Any:
    """A port of what stays whose cable went."""
    return port.model_copy(
        update={
            "lag_id": None,
            "mode": None,
            "enabled": False,
            "untagged_vlan_id": None,
            "tagged_vlan_ids": (),
            "poe_mode": None,
            "poe_type": None,
            "custom_fields": {**port.custom_fields, "port_profile": "unused"},
        }
    )


VOUCHED = f"""\
  - question: wireless-elsewhere
    school: {SCHOOL}
    by: P. Adeyemi, network engineer
    at: "2026-11-17"
    answer: true
    valid_days: 120
"""
"""The small school has no controller for its wireless networks."""
AGREED = f"""\
agreements:
  - school: {SCHOOL}
    area: wireless
    object: {SCHOOL} wireless
    owner: P. Adeyemi, network engineer
    approver: D. Lindqvist, trust IT lead
    reason: Its controller stands elsewhere
    review: "2027-11-17"
"""


def trust(folder: Path, calendar: str = OPEN, platform: str = "eos") -> Path:
    """The reference trust's content in *folder*, with the small school, without the deliberate flaw, always open.

    *platform*: what the switch under test runs; "mixed": the school is ``MIXED``.
    """
    models = MIXED if platform == "mixed" else {OTHER: MODELS[platform]} if platform in MODELS else {}
    estate.laid_out(folder)
    (folder / "inventory" / "calendar.yaml").write_text(calendar, encoding="utf-8")
    with (folder / "inventory" / "answers.yaml").open("a", encoding="utf-8") as answers:
        answers.write(VOUCHED)
    (folder / "inventory" / "agreements.yaml").write_text(AGREED, encoding="utf-8")
    manifest = snapshot.Manifest(source="tests", taken_at="2026-11-02T09:00:00Z")
    snapshot.save(folder / "inventory" / "snapshot", as_models(small(estate.flawless()), models), manifest)
    if models:
        school = site.load(folder).school(SCHOOL)
        for device in school.configured:
            if device.key in models:
                held = estate.script("lab-legacy").OLD[device.platform](school, device)
                (folder / "inventory" / "lab" / SCHOOL / f"{device.name}.conf").write_text(held, encoding="utf-8")
    return folder


Hook = Callable[["Effect", "Answer | None"], None]


@dataclass(frozen=True)
class Bed:
    """The lab that stands, and the trust it stands for."""

    root: Path
    state: Path
    plan: Plan
    old: Mapping[str, str]
    """Device -> its masked configuration when the lab started."""
    new: Mapping[str, str]
    """Device -> its masked configuration once the target is on it."""

    @property
    def lab(self) -> Lab:
        return Lab(self.state)

    def bench(self, folder: Path | str, **changes: Any) -> execution.Bench:
        """What a run stands on, its journal in *folder* (or at that address)."""
        found = site.load(self.root)
        clock = changes.pop("clock", None) or self.lab.clock()
        made = execution.Bench(
            site=found,
            nornir=fleet.start(found, SCHOOL, self.state),
            journal=open_state(folder, clock),
            clock=clock,
            approvals=lambda _plan: (),
            ask=yes,
        )
        return replace(made, **changes)

    def again(self) -> Plan:
        """The same plan under another name: a plan runs once."""
        return self.plan.model_copy(update={"nonce": plans.nonce()})

    def holds(self, key: str) -> "Truth":
        """What *key* is, by the lab."""
        state = self.lab.device_state(key)
        pending: dict[str, str] = state["pending"] or {}
        if self.plan.by_key[key].platform == "aoscx" and pending.get("owner") == STRANGER:
            pending = {}  # no command of AOS-CX shows it, so no run can tell
        return Truth(
            running=self._word(key, state["running_text"]),
            startup=self._word(key, state["startup_text"]),
            pending=pending.get("name", ""),
            owner=pending.get("owner", ""),
            flash=tuple(name for name in state["flash"] if name.startswith("matric-")),
        )

    def truth(self) -> dict[str, "Truth"]:
        return {key: self.holds(key) for key in KEYS}

    def _word(self, key: str, text: str) -> str:
        shown = masked(text)
        return "old" if shown == self.old[key] else "new" if shown == self.new[key] else "other"


def yes(_effect: Ask) -> Said:
    """People on site who find everything as it should be."""
    return Said(yes=True, by="tests")


@dataclass(frozen=True)
class Truth:
    """One device, as the lab knows it."""

    running: str
    startup: str
    pending: str = ""
    owner: str = ""
    flash: tuple[str, ...] = ()

    @property
    def settled(self) -> bool:
        return self.running == self.startup and self.running in {"old", "new"} and not self.pending


_MASKS = (
    r"\$[0-9]+\$\S+",
    r"(?<= 7 )[0-9A-F]{6,}",
    r"(?<= )[0-9a-f]{24,}\b",
    r"(?<=ciphertext )\S+",
)
_OWN = re.compile(r"^(?:crypto pki|!|version|ntp clock-period|end$|boot )")


def masked(text: str) -> str:
    """*text* with what a device salts or counts anew taken out; order within it is kept."""
    for mask in _MASKS:
        text = re.sub(mask, "*", text)
    return text


def of_target(platform_slug: str, target: str, booted: str) -> str:
    """What the lab's grammar makes of a resolved *target*, with the device's own certificate of *booted*."""
    if platform_slug == "junos":
        return masked(_of_braces(target, booted))
    if platform_slug == "aoss":
        return masked(_of_vlans(target))
    if platform_slug == "aoscx":
        return masked(_of_sections(target))
    dialect = DIALECTS[platform_slug]
    tree = Section("top")
    refused = loaded(dialect, target + _certificates(booted), Position(dialect.grammar, tree))
    assert not [str(one) for one in refused]
    dialect.salted(tree, None)
    return masked(dialect.show(tree))


def _of_braces(target: str, booted: str) -> str:
    """What a Junos switch shows that was given *target*; its release and the numbers of its accounts are its own."""
    held, before = _tree_of_braces(target), _tree_of_braces(booted)
    if "version" in before.entries:
        held.entries["version"] = before.entries["version"]
    users = junos_view.at(held, "system", "login") or Section("")
    for name, user in users.entries.items():
        known = junos_view.at(before, "system", "login", name)
        if user.below is not None and known is not None and "uid" in known.entries:
            user.below.entries["uid"] = known.entries["uid"]
    junos.DIALECT.salted(held, None)
    return junos.DIALECT.show(held)


def _tree_of_braces(text: str) -> Section:
    tree = Section("top")
    for statement in junos_tree.statements(text, "text"):
        junos_tree.apply(SCHEMA, tree, statement)
    return tree


def _of_vlans(target: str) -> str:
    """What an AOS-S switch shows that was given *target*: every port is in a VLAN of it."""
    held = aoss_tree.factory(())
    refused = aoss_tree.load(target, aoss_tree.AossPosition(held, orphans=True))
    assert not [str(one) for one in refused]
    return aoss_tree.DIALECT.show(held)


def _of_sections(target: str) -> str:
    """What an AOS-CX switch shows that was given *target*."""
    tree = Section("top")
    refused = aoscx_text.take(tree, target)
    assert not [str(one) for one in refused]
    return aoscx_text.show(tree)


def _certificates(text: str) -> str:
    """The blocks of *text* that begin with ``crypto pki``."""
    kept: list[str] = []
    inside = False
    for line in text.splitlines(keepends=True):
        if not line.startswith((" ", "\t")):
            inside = line.startswith("crypto pki")
        if inside:
            kept.append(line)
    return "".join(kept)


def raised(
    folder: Path,
    boot: Mapping[str, str] | None = None,
    platform: str = "eos",
    consents: Mapping[str, str] | None = None,
) -> Bed:
    """A trust and a running lab in *folder*, and the plan that brings the school onto the standard.

    *boot*: device name -> lines it boots with besides its own; *consents*: device -> a net that costs people something.
    """
    root, state = trust(folder / "trust", platform=platform), folder / "lab"
    for name, lines in (boot or {}).items():
        path = root / "inventory" / "lab" / SCHOOL / f"{name}.conf"
        text = path.read_text(encoding="utf-8").rstrip()
        ended = text.endswith("\nend")
        held = text.removesuffix("end").rstrip()
        path.write_text(f"{held}\n{lines}{'end' if ended else ''}\n", encoding="utf-8")
    found = site.load(root)
    lab.start(found.school(SCHOOL), state, found.inventory / "lab" / SCHOOL, seed=SEED, epoch=EPOCH)
    return planned(root, state, consents or {})


def planned(root: Path, state: Path, consents: Mapping[str, str]) -> Bed:
    """The plan for a lab that stands."""
    found = site.load(root)
    wanted = onboarding.intended(found, SCHOOL)
    nornir = fleet.start(found, SCHOOL, state)
    seen = onboarding.looked(found, nornir)
    control = Lab(state)
    setting = draft.Setting(
        digests=onboarding.digests(wanted),
        author="tests",
        made_at=control.time(),
        nonce=plans.nonce(),
        tool="0",
        pace=PACE,
        lifetime=timedelta(days=365),
        consents=consents,
    )
    vault = secret.vault(SEED)
    made = draft.build(
        wanted.school,
        wanted.rendered,
        seen.looks,
        platforms=onboarding.platforms(wanted),
        pins=onboarding.pins_of(nornir),
        setting=setting,
        vault=vault,
    )
    window = found.calendar.next_fit(SCHOOL, control.time(), made.budget.worst_case_s)
    made = made.judged(onboarding.judged(wanted, now=control.time(), seen=seen, steps=made.steps, window=window))
    booted = {key: str(control.device_state(key)["running_text"]) for key in KEYS}
    platforms = {one.key: one.platform for one in made.devices}
    new = {
        key: of_target(platforms[key], secret.resolve(made.by_key[key].target, vault, key), booted[key]) for key in KEYS
    }
    return Bed(root, state, made, {key: masked(text) for key, text in booted.items()}, new)


@dataclass
class Injector:
    """Does something when a run comes to a point: before the *nth* effect of a kind (on a device)."""

    effect: str
    device: str
    act: Callable[[], None]
    nth: int = 1
    after: bool = False
    """After its answer, instead of before it is sent."""
    came: int = field(default=0, init=False)

    def __call__(self, effect: "Effect", answer: "Answer | None") -> None:
        if isinstance(effect, Together) or (answer is None) == self.after:
            return
        if type(effect).__name__ != self.effect or self.device not in ("", getattr(effect, "device", "")):
            return
        self.came += 1
        if self.came == self.nth:
            self.act()


def words(outcome: Outcome) -> str:
    """Everything a person would read of *outcome*."""
    lines = [outcome.word.value, outcome.reason]
    lines += [
        f"{end.device}: {end.running} {end.startup} {end.reason} {end.next} {end.left}"
        for end in (*outcome.devices, *outcome.refused)
    ]
    return "\n".join(lines)


def unfinished(journal: Journal) -> RunRecord | None:
    return next(iter(journal.unfinished(SCHOOL)), None)


def wrong(outcome: Outcome, truth: Mapping[str, Truth], edited: Iterable[str] = ()) -> list[str]:
    """Every way in which *outcome* is not what the devices are. Empty is what is wanted.

    *edited*: devices on which somebody else wrote; neither old nor new is then theirs to say.
    """
    found: list[str] = []
    ends = {end.device: end for end in (*outcome.devices, *outcome.refused)}
    uniform = {"all-new": "new", "nothing-to-do": "old", "all-old": "old", "unstaged": "old", "refused": "old"}
    wanted = uniform.get(outcome.word.value)
    for key, real in truth.items():
        end = ends.get(key)
        named = end is not None and bool(end.next or end.reason) and not end.settled
        if end is not None and end.settled and (not real.settled or real.running != end.running):
            found.append(f"{key}: said {end.running}/{end.startup}, is {real}")
        if not real.settled and not named and key not in edited:
            found.append(f"{key}: a third state without a word: {real}")
        if wanted is not None and real.running != wanted and not named and key not in edited:
            found.append(f"{key}: {outcome.word.value} was said, is {real}")
        if real.flash and not (end is not None and (end.left or named)):
            found.append(f"{key}: left behind without a word: {real.flash}")
        if real.settled and outcome.word.value in {"split", "hands"} and end is None:
            found.append(f"{key}: {outcome.word.value} was said without a word of it")
    return found
