"""One device under examination: how it is logged in to, and a record of all it was asked and told."""

import contextlib
from collections.abc import Callable, Generator
from dataclasses import replace
from functools import partial
from typing import Any, Literal, cast

from matric import plan
from matric.clock import Clock
from matric.doctor.outcome import Call
from matric.doctor.scrub import Scrub
from matric.doctor.trial import NAME
from matric.errors import DeviceError, StrangerError, Unreachable, UsageError
from matric.platform.base import Address, Candidate, Driver, NetKind, Pending, Platform

__all__ = ("Origin", "Patient")

Origin = Literal["real", "lab", "unknown"]
"""Whether the device is real: ``unknown`` where it was reached over this machine's own loopback."""

_WRITES = frozenset({"stage", "unstage", "arm", "confirm", "cancel", "restore", "save", "clean"})


class Patient:
    """A device, by platform and address. Every login is a new one."""

    def __init__(self, platform: Platform, address: Address, clock: Clock, origin: Origin) -> None:
        self.platform = platform
        self.address = address
        self.clock = clock
        self.origin: Origin = origin
        self.calls: list[Call] = []
        self.known: dict[str, str] = {}
        """Configuration text -> what it is, in words: whole configurations are never put down."""
        self.scrub = Scrub(kept=(NAME,))
        self.scrub.hide(address.host, "address")
        self.scrub.hide(address.key, "device")
        self.scrub.hide(address.user, "account")
        self.before_write: Callable[[], None] = lambda: None
        """Called before anything that changes the device: what may be left there is put down first."""

    def net(self, wanted: str, held: tuple[str, ...] | None) -> NetKind | None:
        """The net called *wanted*; where none is, the best one *held* that costs nobody anything."""
        nets = self.platform.nets
        if wanted:
            found = next((net for net in nets if net.name == wanted), None)
            if found is None:
                names = ", ".join(net.name for net in nets) or "none"
                raise UsageError(f"{self.platform.title} has no net called {wanted}. Do: use one of {names}")
            return found
        return next((net for net in nets if not net.consent and (held is None or net.name in held)), None)

    def digest(self, text: str) -> str:
        """What *text* says, but for lines that change by themselves."""
        return plan.fingerprint(text, self.platform.rules)

    def ours(self, pending: Pending, session: str) -> bool:
        """True where the timer is of *session*; where the platform has no sessions, of our account."""
        return pending.session == session or pending.session.startswith(f"{self.address.user}@")

    @contextlib.contextmanager
    def login(self, address: Address | None = None, *, polite: bool = True) -> Generator[Driver]:
        """A new login, ended afterwards. Not *polite*: its connection is gone by then, and how it ends is no news."""
        opened = self.platform.driver(address or self.address)
        self._timed("log in", opened.open)
        try:
            yield cast("Driver", _Recorded(self, opened))
        finally:
            with contextlib.suppress(*((DeviceError,) if polite else (Exception,))):
                opened.close()

    def stranger(self, pin: str, user: str, password: str) -> None:
        """Try to log in with another *pin* and made-up credentials: ours are never at stake here."""
        opened = self.platform.driver(replace(self.address, pin=pin, user=user, password=password))
        try:
            self._timed("log in, pinned to another identity, with a made-up account", opened.open)
        finally:
            with contextlib.suppress(Exception):
                opened.close()

    def taken(self) -> tuple[Call, ...]:
        """What was asked and told since this was last called."""
        found, self.calls = tuple(self.calls), []
        return found

    def _timed(self, what: str, call: Callable[[], Any]) -> Any:
        began = self.clock.monotonic()
        said = ""
        try:
            return call()
        except BaseException as error:
            # Where the device said nothing there are no words of its own to put down.
            words = "" if isinstance(error, StrangerError | Unreachable) else str(error).partition(". Do:")[0]
            said = ": ".join(filter(None, (type(error).__name__, self.scrub(words))))
            raise
        finally:
            self._put_down(Call(what, round(self.clock.monotonic() - began, 1), said))

    def _put_down(self, call: Call) -> None:
        last = self.calls[-1] if self.calls else None
        if last is not None and call.said and (last.what, last.said) == (call.what, call.said):
            self.calls[-1] = replace(last, seconds=round(last.seconds + call.seconds, 1), times=last.times + 1)
        else:
            self.calls.append(call)

    def described(self, name: str, given: tuple[Any, ...]) -> str:
        """A call of the driver, in masked form."""
        words = [name]
        for one in given:
            if isinstance(one, Candidate):
                words.append(self.known.get(one.config, "a configuration"))
                words.extend(("by lines:", "; ".join(line.strip() for line in one.lines)) if one.lines else ())
            elif isinstance(one, int):
                words.append(f"timer {one} s")
            else:
                words.append(self.known.get(one, one if one.startswith("matric-") else "a configuration"))
        return " ".join(words)

    def performed(self, name: str, method: Callable[..., Any], *given: Any) -> Any:
        if name in _WRITES:
            self.before_write()
        return self._timed(self.described(name, given), lambda: method(*given))


class _Recorded:
    """A driver whose every call is put down."""

    def __init__(self, patient: Patient, driver: Driver) -> None:
        self._patient = patient
        self._driver = driver

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._driver, name)
        if not callable(method):
            return method
        return partial(self._patient.performed, name, method)
