"""The driver: one AOS-CX switch over one SSH login.

AOS-CX has no candidate configuration on its command line: a change is a list of lines, and each acts when it is sent.
What makes that safe is the switch's own timer. ``commit_config(revert_in=...)`` keeps a named checkpoint, arms
``checkpoint auto`` **before the first line**, sends line by line, stops at the first line the switch says anything
about, and reads the switch back; only ``confirm_commit`` ends the timer and writes startup. Loading and comparing send
show commands only.

What the switch does not tell is not guessed: no command shows whether somebody's ``checkpoint auto`` runs, so
``has_pending_commit`` knows of its own only, and raises where this object never armed one. ``pending`` is a plain
value that can be kept and handed to another object, which may then confirm or roll back after a lost connection.

Sources: HPE AOS-CX 10.x command-line guide, "Checkpoint commands"; netmiko's ``aruba_aoscx``. No real switch was used.
"""

import contextlib
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

from napalm.base import NetworkDriver, netmiko_helpers  # noqa: TID251 - this is a driver
from napalm.base.exceptions import (  # noqa: TID251
    CommandErrorException,
    CommitError,
    ConnectAuthError,
    ConnectionException,
    MergeConfigException,
    ReplaceConfigException,
)

from napalm_aruba_aoscx import lines, show
from napalm_aruba_aoscx.wire import SLOW_FACTOR, Watched, Wire, alive, masked, said

__all__ = ("AOSCXDriver", "Pending")

MINUTES = range(1, 61)
"""What ``checkpoint auto`` takes."""


@dataclass(frozen=True)
class Pending:
    """A committed change whose ``checkpoint auto`` runs."""

    checkpoint: str
    """The named checkpoint that holds what was there before."""
    before: str
    """The running configuration before the first line."""
    after: str
    """The running configuration as it was read back."""
    until: float
    """When the timer ends at the latest, on this machine's ``time.time()``."""


@dataclass(frozen=True)
class _Candidate:
    text: str
    base: str
    change: dict[str, lines.Node]
    expected: dict[str, lines.Node]
    replace: bool


class AOSCXDriver(NetworkDriver):
    """NAPALM's contract for HPE Aruba AOS-CX.

    Optional arguments: everything netmiko takes. Host keys are checked against the user's known hosts unless
    ``ssh_strict`` is given as False; ``alt_host_keys`` and ``alt_key_file`` name another file. ``checkpoint`` names the
    checkpoint kept before a commit; else it is ``napalm-`` and the time.
    """

    def __init__(
        self,
        hostname: str,
        username: str,
        password: str,
        timeout: int = 60,
        optional_args: dict[str, Any] | None = None,
    ) -> None:
        options = dict(optional_args or {})
        self.hostname = hostname
        self.username = username
        self.password = password
        self.timeout = timeout
        self.force_no_enable = True
        self.device: Any = None
        self.wire = Wire(self)
        self.platform = "aruba_aoscx"
        self.profile = [self.platform]
        self.pending: Pending | None = None
        """What this object armed and did not end; may be set from what another object armed."""
        self._knows = False
        self._checkpoint = str(options.pop("checkpoint", ""))
        self._last: Pending | None = None
        self._candidate: _Candidate | None = None
        given: dict[str, Any] = dict(cast("Any", netmiko_helpers).netmiko_args(options))
        strict = bool(given.get("ssh_strict", True))
        self._netmiko_args: dict[str, Any] = {"ssh_strict": strict, "system_host_keys": strict, **given}

    # ---- login ----

    def open(self) -> None:
        """Log in. The host key is checked before the password is sent."""
        try:
            base = cast("Any", self)
            self.device = base._netmiko_open("aruba_aoscx", netmiko_optional_args=self._netmiko_args)  # noqa: SLF001 - its base's, untyped
        except ConnectionException:
            raise
        except Exception as error:
            if "Authentication" in type(error).__name__:
                raise ConnectAuthError(f"{self.hostname} refused the login of {self.username}") from None
            raise ConnectionException(f"cannot connect to {self.hostname}: {error}") from error
        channel = self.device.channel
        channel.remote_conn = Watched(channel.remote_conn)

    def close(self) -> None:
        """Hang up. A running timer runs on.

        Netmiko's polite way leaves configuration mode first: over a path that a change has just cut it would wait for
        an answer minute after minute.
        """
        device, self.device = self.device, None
        if device is not None:
            with contextlib.suppress(Exception):
                device.paramiko_cleanup()
        self.__dict__.pop("_netmiko_device", None)

    def is_alive(self) -> Any:
        return {"is_alive": self.device is not None and alive(self.device)}

    # ---- reading ----

    def cli(self, commands: list[str], encoding: str = "text") -> Any:
        if encoding != "text":
            raise NotImplementedError("AOS-CX answers in text only")
        return {command: self.wire.say(command) for command in commands}

    def get_facts(self) -> Any:
        names = show.interface_names(self.wire.show("show interface brief"))
        return {**self._read("show system", show.system), "interface_list": names}

    def get_config(  # the signature is NAPALM's
        self,
        retrieve: str = "all",
        full: bool = False,  # noqa: FBT001, FBT002
        sanitized: bool = False,  # noqa: FBT001, FBT002
        format: str = "text",  # noqa: A002
    ) -> Any:
        if format != "text":
            raise NotImplementedError("AOS-CX shows its configuration as text; JSON is not read here")
        found = {"running": "", "startup": "", "candidate": ""}
        if retrieve in ("all", "running"):
            found["running"] = self._running(" all" if full else "")
        if retrieve in ("all", "startup"):
            found["startup"] = self._startup()
        if retrieve in ("all", "candidate") and self._candidate is not None:
            found["candidate"] = self._candidate.text
        return {name: _sanitized(text) for name, text in found.items()} if sanitized else found

    def get_interfaces(self) -> Any:
        return self._read("show interface", show.interfaces)

    def get_lldp_neighbors(self) -> Any:
        return {
            port: [{"hostname": one["remote_system_name"], "port": one["remote_port"]} for one in found]
            for port, found in self._read("show lldp neighbor-info detail", show.lldp).items()
        }

    def get_lldp_neighbors_detail(self, interface: str = "") -> Any:
        found = self._read("show lldp neighbor-info detail", show.lldp)
        return {port: ones for port, ones in found.items() if interface in ("", port)}

    def get_vlans(self) -> Any:
        return self._read("show vlan", show.vlans)

    def get_mac_address_table(self) -> Any:
        return self._read("show mac-address-table", show.macs)

    def get_arp_table(self, vrf: str = "") -> Any:
        return self._read(f"show arp vrf {vrf}" if vrf else "show arp", show.arp)

    def get_environment(self) -> Any:
        fan = self.wire.show("show environment fan")
        temperature = self.wire.show("show environment temperature")
        supply = self.wire.show("show environment power-supply")
        try:
            poe = self.wire.show("show power-over-ethernet")
        except CommandErrorException:
            poe = ""  # a model without PoE does not know the command
        return show.environment(fan, temperature, supply, self.wire.show("show system"), poe)

    # ---- the candidate ----

    def load_replace_candidate(self, filename: str | None = None, config: str | None = None) -> None:
        """The whole configuration wanted. It becomes the ordered lines that lead there; nothing is sent.

        ReplaceConfigException where it does not say what becomes of a port, or of a line that is on or off.
        """
        text = _text(filename, config)
        base = self._running()
        try:
            old, new = lines.parse(base), lines.parse(text)
            change = lines.change(old, new)
        except lines.Unclear as error:
            raise ReplaceConfigException(str(error)) from error
        self._candidate = _Candidate(text, base, change, {"vlan 1": lines.Node("vlan 1"), **new}, replace=True)

    def load_merge_candidate(self, filename: str | None = None, config: str | None = None) -> None:
        """Lines to send as they are, indented below the line that opens their section; nothing is sent."""
        text = _text(filename, config)
        base = self._running()
        try:
            change = lines.parse(text)
            expected = lines.applied(lines.parse(base), change)
        except lines.Unclear as error:
            raise MergeConfigException(str(error)) from error
        self._candidate = _Candidate(text, base, change, expected, replace=False)

    def compare_config(self) -> str:
        """What would change, computed here: from what runs to what the candidate should lead to."""
        if self._candidate is None:
            return ""
        base = lines.parse(self._candidate.base)
        return lines.difference(base, lines.applied(base, self._candidate.change))

    def discard_config(self) -> None:
        self._candidate = None

    def commit_config(self, message: str = "", revert_in: int | None = None) -> None:
        """Send the candidate, prove it by reading back, and write startup unless *revert_in* seconds are given.

        With *revert_in* (whole minutes, 60 to 3600) ``checkpoint auto`` is armed before the first line and startup
        stays as it was. A line the switch says anything about stops the change: the checkpoint is gone back to,
        proved, and CommitError raised.
        """
        if message:
            raise NotImplementedError("AOS-CX keeps no commit message")
        minutes = _minutes(revert_in)
        candidate = self._candidate
        if candidate is None:
            raise CommitError("nothing is loaded")
        if self.pending is not None:
            raise CommitError("a commit of this driver waits for its confirmation")
        if self._running() != candidate.base:
            raise CommitError("somebody changed the switch since the candidate was loaded: load it again")
        if not candidate.change:
            self._candidate = None
            return
        name = self._kept(candidate.base)
        undo = Pending(name, candidate.base, candidate.base, time.time() + 60 * minutes)
        if minutes:
            self._armed(minutes, undo)
        else:
            self._last = undo
        done = replace(undo, after=self._sent(candidate, name))
        if minutes:
            self.pending = done
        else:
            self._last = done
            self._saved(done.after)
        self._candidate = None

    def has_pending_commit(self) -> bool:
        """Whether a timer that is known here still runs, as far as the switch tells: what runs is not what was before.

        CommitError where this object neither armed one nor was given one: AOS-CX has no command that shows it.
        """
        if self.pending is None:
            if self._knows:
                return False
            raise CommitError("AOS-CX has no command that shows a running `checkpoint auto`, and none was armed here")
        if self._same(self._running(), self.pending.before):
            return False
        return time.time() < self.pending.until

    def confirm_commit(self) -> None:
        """End the timer, prove that what was committed still runs, write startup and read it back."""
        pending = self._due()
        running = self._running()
        if self._same(running, pending.before) and not self._same(pending.after, pending.before):
            self.pending, self._knows = None, True
            raise CommitError("nothing is pending: the switch has gone back to what it was")
        if not self._same(running, pending.after):
            raise CommitError("what runs is not what was committed; it was not confirmed and goes back by itself")
        answer = self.wire.do("checkpoint auto confirm")
        made = re.search(r"checkpoint (AUTO\S+) created", answer, re.IGNORECASE)
        if made is None:
            raise CommitError(f"the switch did not confirm: {said(answer)}")
        if made[1] not in self.wire.show("show checkpoint list").split():
            raise CommitError(f"the switch said that it confirmed, but holds no checkpoint {made[1]}")
        if not self._same(self._running(), pending.after):
            raise CommitError("what runs after the confirmation is not what was committed")
        self.pending, self._knows, self._last = None, True, pending
        self._saved(pending.after)

    def rollback(self) -> None:
        """Go back to the checkpoint kept before the last commit, if it still holds what was recorded; prove it."""
        found = self.pending or self._last
        if found is None:
            raise CommitError("no commit of this driver to go back from")
        armed = self.pending is not None
        self._gone_back(found)
        if not armed:
            self._saved(found.before)
        self._last = None

    # ---- steps of a commit ----

    def _kept(self, base: str) -> str:
        """A named checkpoint of what runs, proved to hold it."""
        name = self._checkpoint or f"napalm-{datetime.now(UTC):%Y%m%d%H%M%S%f}"
        answer = self.wire.do(f"copy running-config checkpoint {name}")
        if not self._same(self.wire.show(f"show checkpoint {name}"), base):
            raise CommitError(f"checkpoint {name} does not hold what runs: {said(answer)}")
        return name

    def _armed(self, minutes: int, pending: Pending) -> None:
        try:
            answer = self.wire.do(f"checkpoint auto {minutes}")
        except ConnectionException:
            self.pending = pending  # it may be armed: nobody heard
            raise
        if not re.search(rf"expires in {minutes} minute", answer):
            raise CommitError(f"the switch did not arm its timer, so nothing was sent: {said(answer)}")
        self.pending, self._knows = pending, True

    def _sent(self, candidate: _Candidate, name: str) -> str:
        """Send the change and read it back; on any doubt go back to the checkpoint and raise."""
        try:
            self.wire.send(lines.written(candidate.change))
            return self._proved(candidate)
        except CommitError as error:
            self._undone(candidate, name, error)
            raise

    def _proved(self, candidate: _Candidate) -> str:
        """What runs now, if it is what the candidate was to lead to."""
        after = self._running()
        held = lines.parse(after)
        if unmet := lines.unmet(lines.parse(candidate.base), candidate.expected, held):
            raise CommitError(f"the switch took every line, yet {'; '.join(unmet)}")
        if candidate.replace and lines.facts(held) != lines.facts(candidate.expected):
            rest = lines.difference(candidate.expected, held)
            raise CommitError(f"the switch took every line, yet it does not hold the candidate: {said(rest)}")
        return after

    def _undone(self, candidate: _Candidate, name: str, error: CommitError) -> None:
        try:
            self._gone_back(self.pending or Pending(name, candidate.base, candidate.base, time.time()))
        except Exception as second:
            timer = "its timer will" if self.pending else "no timer runs: do it by hand"
            raise CommitError(f"{error}; going back to checkpoint {name} failed too ({second}), {timer}") from second

    def _gone_back(self, found: Pending) -> None:
        self.wire.top()
        if not self._same(self.wire.show(f"show checkpoint {found.checkpoint}"), found.before):
            raise CommitError(f"checkpoint {found.checkpoint} is not the one that was kept: not gone back to")
        answer = self.wire.do(f"checkpoint rollback {found.checkpoint}", factor=SLOW_FACTOR)
        if not self._same(self._running(), found.before):
            raise CommitError(f"the switch does not hold what it held before: {said(answer)}")
        if self.pending is not None:
            # Old runs, proved: ending the timer keeps it, and spares later edits by others.
            answer = self.wire.do("checkpoint auto confirm")
            if not self._same(self._running(), found.before):
                raise CommitError(f"the switch does not hold what it held before: {said(answer)}")
            self.pending, self._knows = None, True

    def _saved(self, wanted: str) -> None:
        answer = self.wire.do("write memory", factor=SLOW_FACTOR)
        if not self._same(self._startup(), wanted):
            raise CommitError(f"startup does not hold what runs: {said(answer)}")

    def _due(self) -> Pending:
        if self.pending is None:
            raise CommitError("no commit waits for a confirmation, as far as this driver knows")
        return self.pending

    # ---- the wire ----

    def _read(self, command: str, parse: Callable[[str], Any]) -> Any:
        try:
            return parse(self.wire.show(command))
        except ValueError as error:
            raise CommandErrorException(str(error)) from error

    def _running(self, rest: str = "") -> str:
        return self.wire.whole(f"show running-config{rest}", "Current configuration:")

    def _startup(self) -> str:
        return self.wire.whole("show startup-config", "Startup configuration:")

    @staticmethod
    def _same(one: str, other: str) -> bool:
        return lines.render(lines.parse(one)) == lines.render(lines.parse(other))


def _text(filename: str | None, config: str | None) -> str:
    if (filename is None) == (config is None):
        raise ValueError("give either a file name or a configuration")
    return config if config is not None else Path(cast("str", filename)).read_text(encoding="utf-8")


def _minutes(revert_in: int | None) -> int:
    """``checkpoint auto`` takes 1 to 60 whole minutes; none is 0."""
    if revert_in is None:
        return 0
    minutes, rest = divmod(revert_in, 60)
    if rest or minutes not in MINUTES:
        raise CommitError(f"revert_in={revert_in} is not 1 to 60 whole minutes")
    return minutes


def _sanitized(text: str) -> str:
    return masked(text)
