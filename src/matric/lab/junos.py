"""A Juniper Junos EX switch as NETCONF shows it: one shared candidate, commits with a timer, fifty rollbacks.

Sources: Junos XML Management Protocol Developer Guide; Junos CLI User Guide, "Commit the Configuration"; NAPALM's junos
driver and PyEZ for what clients read. No text here was captured from a device.
One ``JunosDevice`` outlives every login; ``junos_rpc`` is what a login may ask.
"""
# ruff: noqa: ARG002 - a method may have no use for what its base passes

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from matric.lab import junos_check, junos_keep, junos_tree, junos_view
from matric.lab.device import Device, Timer
from matric.lab.junos_grammar import SCHEMA
from matric.lab.junos_tree import Statement
from matric.lab.junos_view import at
from matric.lab.text import Dialect
from matric.lab.tree import Entry, Grammar, Invalid, Section
from matric.platform.base import ConfigRules

__all__ = ("ROLLBACKS", "Commit", "Denied", "JunosDevice", "Login")

ROLLBACKS = 50
CONFIRMED = "commit confirmed, rollback in {}mins"


class Denied(Exception):
    """The device refuses, with its words."""


@dataclass
class Login:
    """One NETCONF session."""

    user: str
    pid: int
    since: str
    terminal: str = ""
    foreign: bool = False
    """Made by a fault."""


@dataclass
class Commit:
    """One line of the commit history."""

    user: str
    client: str
    epoch: float
    comment: str
    log: str
    tree: Section
    revision: str


class JunosDialect(Dialect):
    """Braces instead of indented lines."""

    def show(self, tree: Section) -> str:
        return "".join(f"{row}\n" for row in junos_tree.braces(tree, SCHEMA))

    def salted(self, tree: Section, before: Section | None) -> None:
        """Secrets in the clear are disguised, and accounts numbered."""
        junos_keep.disguised(tree)
        junos_keep.numbered(tree)


DIALECT = JunosDialect("junos", Grammar({}), ConfigRules("JUNIPER_JUNOS"), (), "", junos_tree.INDENT)


class JunosDevice(Device):
    """The switch."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.candidate = self.running.copy()
        self.edited_by = ""
        """Who changed the candidate without a lock."""
        self.lock: Login | None = None
        self.history: list[Commit] = []
        self._pids = 4000
        self._record("root", "other", "", "")

    # ---- what it says of itself ----

    def spoken(self) -> Dialect:
        return DIALECT

    @property
    def hostname(self) -> str:
        system = at(self.running, "system")
        return (system.value("host-name") if system is not None else None) or "Amnesiac"

    def state(self) -> dict[str, Any]:
        return {
            **super().state(),
            "candidate": self.digest(self.candidate),
            "locked_by": self.lock.user if self.lock is not None else "",
            "commits": [
                " ".join(word for word in (one.user, one.client, one.comment, one.log) if word) for one in self.history
            ],
        }

    def login(self, user: str) -> Login:
        self._pids += 7
        return Login(user, self._pids, f"{self.clock:%Y-%m-%d %H:%M:%S} UTC")

    def left(self, login: Login) -> None:
        """A session is over: its lock goes, and what it had not committed."""
        if self.lock is login:
            self.unlock(login)

    # ---- configuration ----

    def parsed(self, text: str) -> Section:
        tree = Section("top")
        for statement in _all(text):
            try:
                junos_tree.apply(SCHEMA, tree, statement)
            except Invalid as error:
                self.log("boot-refused-line", line=error.line)
        return tree

    @property
    def modified(self) -> bool:
        return self.text(self.candidate) != self.text(self.running)

    def take(self, login: Login) -> None:
        """The exclusive lock."""
        self._not_locked_by_others(login)
        if self.modified:
            raise Denied("configuration database modified")
        self.lock = login
        self.log("lock", user=login.user)

    def unlock(self, login: Login) -> None:
        """The lock is given up; what was not committed is gone."""
        if self.lock is not login:
            raise Denied("configuration database not locked by this session")
        self.lock = None
        self.discard()
        self.log("unlock", user=login.user)

    def discard(self) -> None:
        self.candidate = self.running.copy()
        self.edited_by = ""

    def _not_locked_by_others(self, login: Login) -> None:
        if self.lock is not None and self.lock is not login:
            holder = self.lock
            raise Denied(
                f"configuration database locked by: {holder.user} terminal {holder.terminal or 'none'} "
                f"(pid {holder.pid}) on since {holder.since} exclusive"
            )

    def load(self, login: Login, statements: Iterable[Statement], *, override: bool) -> None:
        """Change the candidate; all of it or nothing."""
        self._not_locked_by_others(login)
        tree = Section("top") if override else self.candidate.copy()
        for statement in statements:
            self._take_statement(tree, statement)
        junos_keep.disguised(tree)
        self._edited(login, tree)

    def load_rollback(self, login: Login, number: int) -> None:
        self._not_locked_by_others(login)
        self._edited(login, self.rolled(number).copy())

    def _edited(self, login: Login, tree: Section) -> None:
        self.candidate = tree
        self.edited_by = login.user if self.modified else ""

    def rolled(self, number: int) -> Section:
        if not 0 <= number < len(self.history):
            raise Denied(f"rollback {number} does not exist")
        return self.history[number].tree

    def _take_statement(self, tree: Section, statement: Statement) -> None:
        line = str(statement)
        if statement.verb != "open":
            if self.faults.line("ignore-line", line):
                self.log("fault", kind="ignore-line")
                return
            if self.faults.line("refuse-line", line):
                self.log("fault", kind="refuse-line")
                raise Invalid(line, "syntax error")
        words = statement.words
        if self.spec.ports and words[:1] == ("interfaces",) and len(words) > 1:
            known = words[1] in self.spec.ports or words[1].startswith(("ae", "irb", "lo", "me", "vme", "em", "fxp"))
            if not known:
                self.log("unknown-port", port=words[1])  # Junos takes it: the port may be plugged in later
        junos_tree.apply(SCHEMA, tree, statement)

    # ---- commit ----

    def check(self, login: Login) -> None:
        """``commit check``: by Juniper's guide it confirms a commit that waits for it."""
        self._not_locked_by_others(login)
        self._valid()
        if self.timer is not None:
            self.disarm()
            self.log("confirm", user=login.user, by="commit check")

    def commit(self, login: Login, log: str, minutes: int | None) -> None:
        """The candidate, whoever filled it, becomes active; what waited for a confirmation is confirmed."""
        self._not_locked_by_others(login)
        self._valid()
        if self.faults.take("full-flash", command="commit"):
            self.log("fault", kind="full-flash")
            raise Denied("could not write /config/juniper.conf: filesystem full")
        if (timer := self.disarm()) is not None:
            self.log("confirm", user=login.user, name=timer.name)
        before = self.running
        name = log or f"re0-{int(self.time.epoch())}"
        if minutes is not None:
            self.arm(name, login.user, minutes * 60, before)
        event = "commit" if minutes is None else "commit-confirmed"
        self.settle(self.candidate.copy(), event, user=login.user, name=log)
        self._record(login.user, "netconf", "" if minutes is None else CONFIRMED.format(minutes), log)
        self.discard()

    def _valid(self) -> None:
        if (wrong := junos_check.wrong(self.candidate)) is not None:
            raise Denied(wrong)

    def _record(self, user: str, client: str, comment: str, log: str) -> None:
        """What is active now is what a reboot starts with, and entry 0 of the history."""
        self.startup = self.running.copy()
        number = self._pids + len(self.history)
        epoch = self.clock.timestamp()
        made = Commit(user, client, epoch, comment, log, self.running.copy(), f"re0-{int(epoch)}-{number}")
        self.history.insert(0, made)
        del self.history[ROLLBACKS:]

    def revert(self, event: str) -> bool:
        untouched = not self.modified
        if not super().revert(event):
            return False
        self._record("root", "other", "", "")
        if untouched:
            self.discard()
        return True

    # ---- power and strangers ----

    def forget(self) -> None:
        """After a reboot inside the window the change stays: startup is what was committed."""
        self.lock = None
        self.candidate = self.startup.copy()
        self.edited_by = ""

    def edit(self, text: str) -> None:
        """Somebody else commits: what waited for a confirmation is confirmed by it."""
        stranger = Login("somebody", 1, "", foreign=True)
        tree = self.running.copy()
        for statement in _all(text):
            junos_tree.apply(SCHEMA, tree, statement)
        if (timer := self.disarm()) is not None:
            self.log("confirm", user=stranger.user, name=timer.name)
        untouched = not self.modified
        self.running = tree
        self.touched("edit")
        self._record(stranger.user, "cli", "", "")
        if untouched:
            self.discard()

    def act(self, kind: str, args: dict[str, Any], on: str) -> bool:
        if kind == "foreign-session" and args.get("text"):
            tree = self.candidate.copy()
            for statement in _all(str(args["text"])):
                junos_tree.apply(SCHEMA, tree, statement)
            self.candidate, self.edited_by = tree, str(args.get("owner", "somebody"))
            self.log("foreign-edit", owner=self.edited_by)
            return True
        return super().act(kind, args, on)

    def foreign_session(self, name: str, owner: str) -> None:
        self.lock = Login(owner, 2, f"{self.clock:%Y-%m-%d %H:%M:%S} UTC", "pts/0", foreign=True)

    def foreign_pending(self, seconds: float, owner: str, name: str) -> None:
        """Somebody commits what is active, with a timer: that too confirms what waited."""
        if (timer := self.disarm()) is not None:
            self.log("confirm", user=owner, name=timer.name)
        super().foreign_pending(seconds, owner, name)
        self._record(owner, "cli", CONFIRMED.format(max(1, int(seconds // 60))), name)

    def heal(self) -> None:
        super().heal()
        if self.lock is not None and self.lock.foreign:
            self.lock = None
        if self.lock is None:
            self.discard()

    def renew(self, first: Section) -> None:
        super().renew(first)
        self.history.clear()
        self._record("root", "other", "", "")
        self.discard()

    def _cut_vlan(self) -> None:
        """The uplink no longer carries the management VLAN."""
        vlans = at(self.running, "vlans") or Section("")
        names = {name for name, entry in vlans.entries.items() if _is(entry, self.lab.vlan)} | {str(self.lab.vlan)}
        for port in self.lab.uplinks(self):
            vlan = at(
                self.running, "interfaces", junos_view.lag(port), "unit 0", "family", "ethernet-switching", "vlan"
            )
            members = vlan.entries.get("members") if vlan is not None else None
            if vlan is None or members is None:
                continue
            left = [word for word in junos_tree.values(members) if word not in names]
            if "all" in left:
                left = [name for name in vlans.entries if name not in names]
            left = [one for word in left for one in _less(word, self.lab.vlan)]
            if left:
                vlan.entries["members"] = Entry(junos_tree.many("members", tuple(left)))
            else:
                del vlan.entries["members"]

    def gone_back(self, timer: Timer) -> None:
        self.log("rolled-back", name=timer.name)


def _less(word: str, vid: int) -> list[str]:
    """*word* of a list of members; a range of ids that holds *vid* without it."""
    first, dash, last = word.partition("-")
    if not (dash and first.isdecimal() and last.isdecimal() and int(first) <= vid <= int(last)):
        return [word]
    return [str(one) for one in range(int(first), int(last) + 1) if one != vid]


def _is(entry: Entry, vid: int) -> bool:
    return entry.below is not None and entry.below.value("vlan-id") == str(vid)


def _all(text: str) -> list[Statement]:
    """*text* in braces or as ``set`` lines."""
    first = next((row.split()[0] for row in text.splitlines() if row.split() and row.split()[0][0] not in "#/"), "")
    return list(junos_tree.statements(text, "set" if first in ("set", "delete") else "text"))
