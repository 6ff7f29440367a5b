"""The driver: changes by ``cfg-restore`` or by ordered lines, a job as the dead man's hand.

AOS-S has no commit-confirm. ``commit_config(revert_in=...)`` keeps the running configuration as a file on the switch,
arms a scheduled job that restores that file, reads both back, and only then sends the first line. ``confirm_commit``
takes the job away and saves. Where the firmware has no ``cfg-restore``, or its scheduler does not run, it refuses.
A merge is sent line by line; any refusal raises and the kept file is restored. Success is read back, never inferred.

On the switch stand, after a commit, the files ``napalm-old`` and ``napalm-new`` and, while one is pending, the job
``napalm-deadman``. Unproven on real hardware: ``cfg-restore`` run by a job, and files put under ``/cfg`` by SFTP.
"""

import contextlib
import re
from pathlib import Path
from typing import Any, cast

from napalm.base import (  # noqa: TID251 - this is a driver
    models,
    netmiko_helpers,
)
from napalm.base.exceptions import (  # noqa: TID251 - NAPALM's own words
    CommandErrorException,
    CommandTimeoutException,
    CommitError,
    ConnectAuthError,
    ConnectionClosedException,
    ConnectionException,
    MergeConfigException,
    NapalmException,
    ReplaceConfigException,
)

from napalm_aruba_osswitch import reading
from napalm_aruba_osswitch.config import Config
from napalm_aruba_osswitch.getters import Getters
from napalm_aruba_osswitch.session import LineRefused, Session
from napalm_aruba_osswitch.text import stripped, typed_lines, without_secrets

__all__ = ("ArubaOSSwitchDriver",)

OLD, NEW, JOB = "napalm-old", "napalm-new", "napalm-deadman"
MINUTE = 60
LONGEST_MIN = 24 * 60 - 1
NO_RESTORE = "this firmware has no cfg-restore (it came with 16.04)"
LOST = (ConnectionClosedException, CommandTimeoutException)


class ArubaOSSwitchDriver(Getters):
    """NAPALM's contract for one switch."""

    platform = "aruba_osswitch"

    def __init__(
        self,
        hostname: str,
        username: str,
        password: str,
        timeout: int = 60,
        optional_args: dict[str, Any] | None = None,
    ) -> None:
        self.device: Any = None
        self.hostname = hostname
        self.username = username
        self.password = password
        self.timeout = timeout
        args = dict(optional_args or {})
        self._netmiko: dict[str, Any] = dict(cast("Any", netmiko_helpers).netmiko_args(args))
        # Without these netmiko takes any key it is shown.
        self._netmiko.setdefault("ssh_strict", True)
        self._netmiko.setdefault("system_host_keys", not self._netmiko.get("alt_host_keys"))
        self.terminal: Session | None = None
        """For whoever drives the switch beyond NAPALM's contract."""
        self._candidate = ""
        self._replaces = False
        self._base: str | None = None
        self._kept: str | None = None

    # ---- the connection ----

    def open(self) -> None:
        """Log in; a host key that is not known is refused before the password is sent."""
        try:
            self.device = cast("Any", self)._netmiko_open("aruba_osswitch", netmiko_optional_args=self._netmiko)  # noqa: SLF001 - its base's, untyped
        except ConnectionException:
            raise
        except Exception as error:
            if type(error).__name__ == "NetmikoAuthenticationException":
                raise ConnectAuthError(f"{self.hostname} refused the login") from error
            raise ConnectionException(f"cannot log in to {self.hostname}: {error}") from error
        self.terminal = Session(self.device, self.timeout)

    def close(self) -> None:
        """Log out. What is pending stays pending."""
        with contextlib.suppress(OSError, EOFError):
            self._netmiko_close()
        self.device = self.terminal = None

    def is_alive(self) -> models.AliveDict:
        device = self.device
        if device is None:
            return {"is_alive": False}
        try:
            device.write_channel(chr(0))
            return {"is_alive": bool(device.remote_conn.transport.is_active())}
        except (OSError, EOFError, AttributeError):
            return {"is_alive": False}

    def _session(self) -> Session:
        if self.terminal is None:
            raise ConnectionClosedException("the connection is not open")
        return self.terminal

    def _show(self, command: str) -> str:
        """The answer to a show command."""
        return self._session().show(command)

    def _try_show(self, command: str) -> str | None:
        """The answer to a show command this firmware may not have."""
        return self._session().try_show(command)

    def cli(self, commands: list[str], encoding: str = "text") -> dict[str, str | dict[str, Any]]:
        if encoding != "text":
            raise NotImplementedError(f"{encoding} is not a supported encoding")
        if not isinstance(cast("Any", commands), list):
            raise TypeError("Please enter a valid list of commands!")
        return {command: self._show(command) for command in commands}

    # ---- configurations ----

    def _running(self) -> str:
        """What runs, without the job of a pending commit."""
        text = stripped(self._show("show running-config"))
        return re.sub(rf"(?m)^job {JOB} .*\n", "", text)

    def _startup(self) -> str:
        return stripped(self._show("show config"))

    def get_config(
        self,
        retrieve: str = "all",
        full: bool = False,  # noqa: FBT001, FBT002 - NAPALM's signature
        sanitized: bool = False,  # noqa: FBT001, FBT002
        format: str = "text",  # noqa: A002
    ) -> models.ConfigDict:
        if format != "text":
            raise NotImplementedError(f"{format} is not a supported format")
        if full:
            raise NotImplementedError("the device does not show its defaults")
        found = {"running": "", "startup": "", "candidate": ""}
        if retrieve in {"running", "all"}:
            found["running"] = self._running()
        if retrieve in {"startup", "all"}:
            found["startup"] = self._startup()
        if retrieve in {"candidate", "all"}:
            found["candidate"] = self._candidate
        shown = {name: without_secrets(text) if sanitized else text for name, text in found.items()}
        return cast("models.ConfigDict", shown)

    # ---- changes ----

    def load_replace_candidate(self, filename: str | None = None, config: str | None = None) -> None:
        """Held here until the commit: the switch is not touched."""
        self._load(filename, config, ReplaceConfigException, replaces=True)

    def load_merge_candidate(self, filename: str | None = None, config: str | None = None) -> None:
        """Held here until the commit: the switch is not touched. A second merge is added to the first."""
        self._load(filename, config, MergeConfigException, replaces=False)

    def _load(self, filename: str | None, config: str | None, error: type[NapalmException], *, replaces: bool) -> None:
        if filename:
            try:
                config = Path(filename).read_text(encoding="utf-8")
            except OSError as reason:
                raise error(f"the candidate cannot be read: {reason}") from reason
        if not config or not config.strip():
            raise error("the candidate is empty")
        if replaces and self._try_show("show cfg-restore status") is None:
            raise ReplaceConfigException(f"{NO_RESTORE}, so there is no replace: merge ordered lines")
        if self._candidate and self._replaces != replaces:
            raise error("a candidate of the other kind is loaded: discard it first")
        self._candidate = config if replaces else f"{self._candidate.rstrip()}\n{config}".lstrip("\n")
        self._replaces = replaces
        self._base = self._running()

    def _after(self, before: str) -> Config:
        """What the candidate would make of *before*."""
        if self._replaces:
            return Config(self._candidate)
        after = Config(before)
        after.take(self._candidate)
        return after

    def compare_config(self) -> str:
        """Worked out here from what runs; the switch is only read."""
        if not self._candidate:
            return ""
        before = self._running()
        return Config(before).diff(self._after(before))

    def discard_config(self) -> None:
        self._candidate, self._base = "", None

    def commit_config(self, message: str = "", revert_in: int | None = None) -> None:
        if message:
            raise NotImplementedError("Commit message not implemented for this platform")
        if not self._candidate:
            raise CommitError("nothing is loaded")
        minutes = None if revert_in is None else _minutes(revert_in)
        if self.has_pending_commit():
            raise CommitError("a commit is pending: confirm it or roll it back first")
        before = self._running()
        if Config(self._base or "").difference(Config(before)):
            raise CommitError("the running configuration has changed since the candidate was loaded: load it again")
        net = self._try_show("show cfg-restore status") is not None
        if minutes is not None:
            self._able_to_arm(net=net)
        if net:
            self._keep(before)
        armed = self._arm(minutes) if minutes is not None else ""
        expected = self._after(before)
        try:
            self._apply(armed)
            self._proven(expected, armed)
        except LOST as error:
            raise CommitError(f"{error} while changing it; {_outlook(minutes)}") from error
        except (CommandErrorException, CommitError) as error:
            self._undo(before, error, net=net, minutes=minutes)
        if minutes is None:
            self._save()
        self.discard_config()

    def _able_to_arm(self, *, net: bool) -> None:
        """A job can restore a file, now."""
        if not net:
            raise CommitError(f"{NO_RESTORE}, so nothing can take a change back in time: commit without revert_in")
        jobs = self._try_show("show job")
        if jobs is None:
            raise CommitError("this firmware has no job scheduler, so nothing can take a change back in time")
        if not re.search(r"Scheduler Status *: *Running", jobs):
            state = reading.field(jobs, "Scheduler Status")
            raise CommitError(f"the job scheduler does not run ({state}): the device needs the time first")

    def _keep(self, before: str) -> None:
        """What runs, as a file on the switch; read back."""
        try:
            self._session().do(f"cfg-backup running-config config {OLD}")
            kept = stripped(self._show(f"show config {OLD}"))
        except CommandErrorException as error:
            raise CommitError(
                f"the running configuration could not be kept, and nothing was changed: {error}"
            ) from error
        if Config(kept).difference(Config(before)):
            raise CommitError(f"the file {OLD} is not what runs, and nothing was changed")
        self._kept = kept

    def _arm(self, minutes: int) -> str:
        """The job that goes back; read back. Its line."""
        delay = f"{minutes // MINUTE}:{minutes % MINUTE:02}" if minutes >= MINUTE else str(minutes)
        line = f'job {JOB} delay {delay} count 1 "cfg-restore flash {OLD}"'
        try:
            self._session().configure([line])
        except CommandErrorException as error:
            raise CommitError(f"the dead-man could not be armed, and nothing was changed: {error}") from error
        if not self.has_pending_commit():
            raise CommitError("the dead-man is not among the jobs after it was armed, and nothing was changed")
        return line

    def _apply(self, armed: str) -> None:
        session = self._session()
        if not self._replaces:
            session.configure(line for _, line in typed_lines(self._candidate))
            return
        text = self._candidate
        if not re.match(r"\s*; \S+ Configuration Editor", text):
            text = "".join(re.findall(r"(?m)^;.*\n", self._base or "")) + text
        # Without its line in the file the restore itself would take the job away.
        text = f"{text.rstrip()}\n{armed}\n" if armed else text
        session.upload(NEW, text)
        if Config(stripped(self._show(f"show config {NEW}"))).difference(Config(text)):
            raise CommitError(f"the file {NEW} on the switch is not the candidate")
        session.do(f"cfg-restore flash {NEW} recovery-mode enable", yes=True)
        self._restored(NEW)

    def _restored(self, name: str) -> None:
        status = self._show("show cfg-restore status")
        if reading.field(status, "Status") != "Success" or reading.field(status, "Config File Name") != name:
            raise CommitError(f"the restore of {name} failed: {reading.field(status, 'Failure Reason')}")

    def _proven(self, expected: Config, armed: str) -> None:
        rows = expected.difference(Config(self._running()))
        if rows:
            raise CommitError(f"the device does not hold what was sent: {'; '.join(rows[:10])}")
        if armed and not self.has_pending_commit():
            raise CommitError("the change took the dead-man away")

    def _undo(self, before: str, error: Exception, *, net: bool, minutes: int | None) -> None:
        """Back to *before*, then raise *error* with how that went."""
        kind = ReplaceConfigException if self._replaces else MergeConfigException
        if not net:
            raise kind(f"{error}; {NO_RESTORE}: the lines before it stand, unsaved. A reload brings back startup")
        try:
            self._back_to(before)
        except NapalmException as second:
            raise CommitError(f"{error}; going back failed too ({second}); {_outlook(minutes)}") from error
        self.discard_config()
        raise kind(f"{error}; the device was put back to what ran before, and that was read back") from error

    def _back_to(self, before: str) -> None:
        """Restore the kept file; the job is not in it, so it goes too."""
        self._session().do(f"cfg-restore flash {OLD}", yes=True)
        self._restored(OLD)
        rows = Config(before).difference(Config(self._running()))
        if rows:
            raise CommitError(f"after the restore of {OLD}: {'; '.join(rows[:10])}")
        if self.has_pending_commit():
            self._session().configure([f"no job {JOB}"])

    def _save(self) -> None:
        """Running to startup; read back."""
        try:
            self._session().do("write memory")
            rows = Config(self._running()).difference(Config(self._startup()))
        except CommandErrorException as error:
            raise CommitError(f"the change runs but was not saved: {error}") from error
        if rows:
            raise CommitError(f"the change runs but startup is another: {'; '.join(rows[:10])}")

    def has_pending_commit(self) -> bool:
        jobs = self._try_show("show job")
        return jobs is not None and any(row[0] == JOB for row in reading.table(jobs))

    def confirm_commit(self) -> None:
        """From any login: the pending change is on the switch, not in this object."""
        if not self.has_pending_commit():
            raise CommitError("No pending commit-confirm found!")
        running = self._running()
        if not Config(stripped(self._show(f"show config {OLD}"))).difference(Config(running)):
            raise CommitError("what runs is what ran before: there is no change to confirm")
        try:
            self._session().configure([f"no job {JOB}"])
        except LineRefused as error:
            raise CommitError(f"the dead-man could not be taken away: {error}") from error
        if self.has_pending_commit():
            raise CommitError("the dead-man is still armed")
        if Config(running).difference(Config(self._running())):
            raise CommitError("the device went back while it was being confirmed; nothing was saved")
        self._save()

    def rollback(self) -> None:
        """Back to what ran before the last commit: the pending one, or one of this object; never to an older file."""
        pending = self.has_pending_commit()
        if not pending and self._kept is None:
            raise CommitError("nothing is pending and this login committed nothing: there is nothing to go back to")
        kept = stripped(self._show(f"show config {OLD}"))
        if self._kept is not None and Config(self._kept).difference(Config(kept)):
            raise CommitError(f"the file {OLD} is not the one this login kept: nothing was changed")
        self._back_to(kept)
        if not pending:
            self._save()
        self._kept = None


def _minutes(revert_in: int) -> int:
    if revert_in % MINUTE or not 1 <= revert_in // MINUTE <= LONGEST_MIN:
        raise CommitError(
            f"revert_in={revert_in}: a job's delay is in whole minutes, from 60 to {LONGEST_MIN * MINUTE} seconds"
        )
    return revert_in // MINUTE


def _outlook(minutes: int | None) -> str:
    if minutes is None:
        return "no dead-man is armed and startup is old: read its state"
    return f"the dead-man is armed and takes it back {minutes} min after it was armed: read its state then"
