"""A cut-over's effects, performed on devices by the site's tasks, and what their answers are judged by.

Targets stay references until a task needs the text: Nornir logs the arguments of every task.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields

from matric import diff, fleet, plan, secret
from matric.config import parse
from matric.cutover import effects
from matric.cutover.effects import Answer, Checked, Denied, DeviceEffect, Holds, Silent, SiteCheck, Together
from matric.errors import BadInput, DeviceError
from matric.fleet import Host, Nornir, Task
from matric.platform.base import Candidate, ConfigRules, Pending
from matric.secret import held
from matric.site import Site

__all__ = ("Performer", "Target", "holds", "is_ours", "rules_of")

Backups = Callable[[str], str]
"""From the digest of a recorded backup to its text."""

_SHOWN = 12


@dataclass(frozen=True, slots=True)
class Target:
    """What a device shall hold: text with references, or a recorded backup. Its text is made on use, in memory only."""

    token: str = field(repr=False)
    backups: Backups | None = field(default=None, repr=False)
    lines: tuple[str, ...] = field(default=(), repr=False)
    """The commands that lead there, with references, where the net is not atomic."""
    net: str = ""

    def text(self, host: Host) -> str:
        """The target with every secret in it."""
        digest = plan.named_backup(self.token)
        if digest is None:
            return _resolved(self.token, host)
        if self.backups is None:
            raise DeviceError(f"{host.name}: the backup {digest} is not at hand. Do: run this from the run's journal")
        return self.backups(digest)

    def candidate(self, host: Host, running: str) -> Candidate:
        """The target as it is sent, with the lines of *running* that belong to the device."""
        rules, text = rules_of(host), self.text(host)
        whole = diff.candidate(running, text, rules)
        return Candidate(whole, self._typed(host, running, text) if self.lines else (), self.net)

    def _typed(self, host: Host, running: str, text: str) -> tuple[str, ...]:
        """The lines with every secret in them: those that are referred to, and those the device or the backup holds."""
        rules = rules_of(host)
        try:
            lines = held.filled(self.lines, parse(running, rules), parse(text, rules), rules)
        except KeyError:
            raise DeviceError(f"{host.name}: a secret that was there is gone. Do: plan again") from None
        return tuple(_resolved(line, host) for line in lines)

    def differing(self, host: Host, shown: str) -> tuple[str, ...]:
        """Lines in which *shown* is not the target, redacted; empty where it is."""
        lines = diff.same(shown, self.text(host), rules_of(host), fleet.vault_of(host))
        return tuple(secret.guarded(line) for line in lines)


def _resolved(text: str, host: Host) -> str:
    return secret.resolve(text, fleet.vault_of(host), host.name)


def rules_of(host: Host) -> ConfigRules:
    """How the host's configuration is read."""
    return fleet.platform_of(host).rules


def holds(host: Host, shown: str, base_digest: str, target: Target) -> tuple[Holds, tuple[str, ...]]:
    """What *shown* is, and where it is neither old nor new some of the lines in which it is not the target."""
    differing = target.differing(host, shown)
    if not differing:
        return Holds.NEW, ()
    if plan.fingerprint(shown, rules_of(host)) == base_digest:
        return Holds.OLD, ()
    return Holds.OTHER, differing[:_SHOWN]


def is_ours(host: Host, pending: Pending, session: str) -> bool:
    """True where the timer is of *session*; where the platform has no sessions, of the account matric logs in with."""
    return pending.session == session or pending.session.startswith(f"{host.username}@")


class Performer:
    """Performs effects on the devices of one Nornir."""

    def __init__(self, site: Site, nornir: Nornir, backups: Backups | None = None) -> None:
        self._site = site
        self._tasks = site.tasks
        self._nornir = nornir
        self._backups = backups

    def perform(self, effect: DeviceEffect | SiteCheck) -> Answer:
        """The answer to *effect*, whatever happened: a run must be able to go on, and back."""
        if isinstance(effect, SiteCheck):
            return self._site_check(effect)
        return self._asked({effect.device: effect})[effect.device]

    def together(self, effect: Together) -> tuple[Answer, ...]:
        """The answers to effects on several devices, each on another one, in their order."""
        answers = self._asked({one.device: one for one in effect.effects})
        return tuple(answers[one.device] for one in effect.effects)

    def _asked(self, wanted: Mapping[str, DeviceEffect]) -> dict[str, Answer]:
        def question(task: Task) -> Answer:
            return self._one(task, wanted[task.host.name])

        found = fleet.ask(fleet.only(self._nornir, *wanted), question)
        return {key: _answer(found.answers[key]) for key in wanted}

    def _one(self, task: Task, effect: DeviceEffect) -> Answer:
        """Run the task that is named as the effect is, with the effect's fields."""
        given = {one.name: getattr(effect, one.name) for one in fields(effect) if one.name != "device"}
        if "target" in given:
            given["target"] = Target(given["target"], self._backups, given.pop("lines", ()), given.pop("net", ""))
        if "backup" in given:
            given["backup"] = Target(plan.backup_token(given["backup"]), self._backups)
        answer = self._tasks[_TASKS[type(effect)]](task, **given)
        if not isinstance(answer, Answer):
            raise TypeError(f"tasks/{_TASKS[type(effect)]}.py answered {type(answer).__name__}. Do: correct the task")
        return answer

    def _site_check(self, effect: SiteCheck) -> Checked:
        nornir = self._nornir.filter(school=effect.school)
        found = fleet.ask(nornir, self._tasks["site_check"], school=self._site.school(effect.school))
        told = found.told.values()
        silent = tuple(f"{key} gives no answer" for key in sorted(found.silent))
        return Checked(
            passed=tuple(line for one in told for line in one.passed),
            failed=silent + tuple(line for one in told for line in one.failed),
            unread=tuple(line for one in told for line in one.unread),
        )


_TASKS: Mapping[type[DeviceEffect], str] = {
    effects.Arm: "arm",
    effects.Backup: "backup",
    effects.Cancel: "cancel",
    effects.Clean: "clean",
    effects.Confirm: "confirm",
    effects.Probe: "probe",
    effects.Read: "preflight",
    effects.Restore: "restore",
    effects.Save: "save",
    effects.Stage: "stage",
    effects.Unstage: "unstage",
}


def _answer(given: fleet.Told[Answer] | fleet.NoAnswer) -> Answer:
    match given:
        case fleet.Told(value=answer):
            return answer
        case fleet.NoAnswer(error=DeviceError() as error):
            return effects.answer_to(error, secret.guarded(str(error)))
        case fleet.NoAnswer(error=BadInput() as error):
            return Denied(words=secret.guarded(str(error)))  # a secret is missing: nothing was sent
        case fleet.NoAnswer(error=error):
            # A defect, ours or the task's. What it left on the device is not known, and that is what is said.
            return Silent(words=secret.guarded(f"{type(error).__name__}: {error}. Do: report this as a defect"))
