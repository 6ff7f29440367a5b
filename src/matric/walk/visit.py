"""One address: who answers, whether it may be believed, which account it takes, what it says. It costs only itself."""

import socket
import threading
import time
from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from matric import pins
from matric.errors import DeviceError, Refused, StrangerError, Unreachable
from matric.platform.base import Address
from matric.survey.kit import platform_in
from matric.survey.show import COMMANDS
from matric.survey.show.commands import details
from matric.survey.unread import guarded
from matric.walk import proof
from matric.walk.credential import Account
from matric.walk.door import Door, Doors, Greeting, greeted
from matric.walk.frontier import Word
from matric.walk.line import Denied, Line, Unknown, opened
from matric.walk.memory import Memory
from matric.walk.ration import Pace, Ration, Stopped
from matric.walk.sent import ASKED_FIRST

__all__ = ("LOST", "Answer", "Counters", "Place", "Rules", "Visit")

LOST = "no answer"
"""Fault of an answer at which the login was lost."""
_AGAIN = 2
"""So often a device that ends the login while it is asked is logged in to again, past the question it broke at."""


@dataclass(frozen=True, slots=True)
class Rules:
    """How a survey treats the network."""

    max_failed: int = 2
    """Logins one device may refuse, in one run."""
    logins_per_s: float = 2.0
    commands_per_s: float = 5.0
    """For each device."""
    concurrency: int = 8
    rest_s: float = 30.0
    """An account rests so long after it was refused."""
    timeout_s: float = 30.0
    device_s: float = 600.0
    """No device is asked for longer."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What one device said to one question. It may hold secrets: in memory only."""

    command: str
    text: str = field(default="", repr=False)
    fault: str = ""
    """Why there is none; empty where there is."""


@dataclass
class Visit:
    """What came of one address."""

    address: str
    platform: str = ""
    fingerprint: str = ""
    first_met: bool = False
    credential: str = ""
    refused: tuple[str, ...] = ()
    """Names of the credentials it refused, in this run and before."""
    plain: bool = False
    """Privileged mode is not tried again."""
    answers: list[Answer] = field(default_factory=list[Answer])
    why: str = ""
    """Why it was not seen, or not whole; empty where it was."""
    remedy: str = ""

    @property
    def seen(self) -> bool:
        return any(not one.fault for one in self.answers)


@dataclass
class Counters:
    """What a walk did."""

    logins: int = 0
    failed: int = 0
    commands: int = 0


@dataclass
class Place:
    """What every visit needs."""

    rules: Rules
    accounts: tuple[Account, ...]
    doors: Doors
    memory: Memory
    ration: Ration
    pace: Pace
    stop: threading.Event
    say: Callable[[str], None] = lambda _message: None
    counters: Counters = field(default_factory=Counters)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _open: set[socket.socket] = field(default_factory=set[socket.socket])
    _turns: dict[str, threading.Lock] = field(default_factory=dict[str, threading.Lock])
    _failed: dict[str, int] = field(default_factory=dict[str, int])
    """Fingerprint -> logins it refused in this run."""

    def visit(self, address: str, word: Word) -> Visit:
        """Look at *address*, of which others say *word*. Never raises for what a device or a library does."""
        found = Visit(address)
        try:
            self._visit(found, word)
        except Stopped:
            found.why, found.remedy = "the survey was stopped", "run it again"
        except StrangerError as error:
            found.why, _, found.remedy = str(error).partition(" Do: ")
        except Unreachable as error:
            what = "it stopped answering" if found.fingerprint else "no answer on SSH, HTTPS or NETCONF"
            found.why, found.remedy = f"{what} ({_short(error)})", "check that it is on, and the path to it"
        except DeviceError as error:
            found.why, found.remedy = _short(error), "look at it by hand"
        except Exception as error:  # noqa: BLE001 - the libraries share no root, and one device must not end the walk
            found.why, found.remedy = f"its answers made no sense ({type(error).__name__})", "look at it by hand"
        if self.stop.is_set() and (found.why or not found.seen):
            found.why, found.remedy = "the survey was stopped", "run it again"
        return found

    def cut(self) -> None:
        """End every login under way: somebody asked to stop."""
        self.stop.set()
        with self._lock:
            for one in self._open:
                try:
                    one.shutdown(socket.SHUT_RDWR)
                except OSError:
                    continue

    # ---- one address ----

    def _visit(self, found: Visit, word: Word) -> None:
        self.pace.wait()
        doors = tuple(one for one in self.doors(found.address) if one.fits(word.kind))
        greeting = greeted(doors, min(self.rules.timeout_s, 10.0))
        if why := proof.why_not(greeting, word):
            found.why, found.remedy = why, proof.REMEDY.format(address=found.address)
            return
        found.first_met = self.memory.met(found.address, greeting.key)
        found.fingerprint = pins.fingerprint(greeting.key)
        if why := self.memory.locked(found.address, found.fingerprint):
            found.why, found.remedy = f"it is not tried again: {why}", "ask whoever runs it, then take its entry out"
            return
        with self._alone(found.fingerprint):
            line = self._in(found, greeting)
        again = _AGAIN
        ends = time.monotonic() + self.rules.device_s
        while line is not None:
            try:
                whole = self._ask(found, line, ends)
            finally:
                line.close()
            if whole or not again or self.stop.is_set():
                return
            again -= 1
            line = self._back(found, greeting)

    @contextmanager
    def _alone(self, fingerprint: str) -> Generator[None]:
        """One login at a time to one device, whichever of its addresses it is met at: its refusals are counted."""
        with self._lock:
            turn = self._turns.setdefault(fingerprint, threading.Lock())
        with turn:
            yield

    def _back(self, found: Visit, greeting: Greeting) -> Line | None:
        """Log in again with the account that worked, where a login was lost; None where that does not go."""
        account = next(one for one in self.accounts if one.name == found.credential)
        account = replace(account, enable="" if found.plain else account.enable)
        self.pace.wait()
        if not self.ration.take(account.name):
            return None
        accepted: bool | None = None
        try:
            line = self._login(found.address, greeting, account)
        except Denied:
            accepted = False
            self._count(failed=1)
            return None
        except DeviceError:
            return None
        else:
            accepted = True
            return line
        finally:
            self.ration.told(account.name, accepted)

    def _in(self, found: Visit, greeting: Greeting) -> Line | None:
        """A login with the first account it takes; None where it takes none that may be tried."""
        before = self.memory.refused(found.address, found.fingerprint)
        fitting = {one.name: one for one in self.accounts if one.fits(found.address)}
        rested, tries = False, 0
        order = self.ration.order(tuple(one for one in fitting if one not in before))
        for name in sorted(order, key=lambda one: -fitting[one].closeness(found.address)):
            if self._failed.get(found.fingerprint, 0) >= self.rules.max_failed:
                break
            if tries:  # the first follows the greeting, which has waited
                self.pace.wait()
            tries += 1
            if not self.ration.take(name):
                rested = True
                continue
            accepted: bool | None = None
            try:
                line = self._login(found.address, greeting, fitting[name])
            except Denied:
                accepted = False
                self._failed[found.fingerprint] = self._failed.get(found.fingerprint, 0) + 1
                self._count(failed=1)
                self.memory.refuse(found.address, found.fingerprint, name)
            except Unreachable:
                if self._failed.get(found.fingerprint):
                    why = "it closed its door after a refused login, and may have locked us out"
                    self.memory.lock(found.address, found.fingerprint, why)
                raise
            else:
                accepted, found.credential = True, name
                return line
            finally:
                self.ration.told(name, accepted)
        tried = sorted({*self.memory.refused(found.address, found.fingerprint)})
        found.refused = tuple(tried)
        limit = self._failed.get(found.fingerprint, 0) >= self.rules.max_failed and len(tried) < len(fitting)
        found.why, found.remedy = _turned_away(tried, rested=rested, limit=limit)
        return None

    def _login(self, address: str, greeting: Greeting, account: Account) -> Line:
        if self.stop.is_set():
            raise Stopped
        self._count(logins=1)
        door: Door = greeting.door
        there = Address(
            address, door.host, door.port, account.user, account.password, greeting.key, self.rules.timeout_s
        )
        return opened(greeting, there, account.enable, self._watched)

    def _watched(self, connection: socket.socket) -> None:
        with self._lock:
            self._open = {one for one in self._open if one.fileno() >= 0} | {connection}

    # ---- what it says ----

    def _ask(self, found: Visit, line: Line, ends: float) -> bool:
        """Ask everything that was not asked; False where the login is spent before the end."""
        gap = Pace(self.rules.commands_per_s, self.stop)
        found.platform = found.platform or line.platform
        if not found.platform:
            self._identify(found, line, gap)
        if not found.platform:
            found.why = "nobody here knows what it is: it answers to none of " + " and ".join(ASKED_FIRST)
            found.remedy = "take its configuration by hand"
            return True
        try:
            line.settle(found.platform)
        except Refused as error:  # of its privileged mode: what is shown without it is asked all the same
            found.why, found.remedy, found.plain = _short(error), "look at its privileged mode by hand", True
            return False
        left = [*COMMANDS.get(found.platform, ())]
        while left:
            command = left.pop(0)
            if before := next((one for one in found.answers if one.command == command), None):
                left[:0] = details(found.platform, command, before.text)
                continue
            if time.monotonic() > ends:
                found.why, found.remedy = f"it took longer than {self.rules.device_s:.0f} s", "survey it by itself"
                return True
            if not self._one(found, line, command, gap):
                return False
            left[:0] = details(found.platform, command, found.answers[-1].text)
        return True

    def _identify(self, found: Visit, line: Line, gap: Pace) -> None:
        """Ask what it is; the answer that tells is kept."""
        for command in ASKED_FIRST:
            gap.wait()
            self._count(commands=1)
            try:
                text = line.ask(command)
            except Unknown:
                continue
            if platform := platform_in(text):
                found.platform = platform
                found.answers.append(Answer(command, text))
                return

    def _one(self, found: Visit, line: Line, command: str, gap: Pace) -> bool:
        """Ask one question; False where the login is spent."""
        gap.wait()
        self._count(commands=1)
        self.say(f"{found.address}: {command}")
        try:
            found.answers.append(Answer(command, line.ask(command)))
        except Unknown:
            found.answers.append(Answer(command, fault="the device refused it"))
        except (Unreachable, Refused) as error:
            found.answers.append(Answer(command, fault=LOST if isinstance(error, Unreachable) else _short(error)))
            found.why = "the survey was stopped" if self.stop.is_set() else f"it gave no whole answer to `{command}`"
            found.remedy = "run the survey again"
            return False
        return True

    def _count(self, *, logins: int = 0, failed: int = 0, commands: int = 0) -> None:
        with self._lock:
            self.counters.logins += logins
            self.counters.failed += failed
            self.counters.commands += commands


def _turned_away(tried: Iterable[str], *, rested: bool, limit: bool) -> tuple[str, str]:
    names = ", ".join(tried)
    if not names:
        words = "no account was tried: " + (
            "those that fit rest after too many refusals" if rested else "none fits its address"
        )
        return words, "give the school's own account for it"
    words = f"no credential was accepted (tried: {names})"
    if limit:
        words += "; more were not tried, so that nobody is locked out"
    if rested:
        words += "; others rest after too many refusals"
    return words, "find out its account, and add it to credentials.yaml; a password that was mended: take the entry out"


def _short(error: Exception) -> str:
    # What a device said may stand in it, and it is kept: a banner tells passwords.
    return guarded(str(error).partition(" Do: ")[0].rstrip("."))[:200]
