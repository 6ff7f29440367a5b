"""An Arista EOS switch as eAPI shows it: sessions, timed commits, files, and the show commands matric and NAPALM use.

What the texts look like follows the EOS user manual and NAPALM's eos driver; texts marked "ours" were never captured.
"""
# ruff: noqa: ARG001, ARG002 - every handler of a command takes the same arguments

import difflib
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, cast

from matric.lab import eos_show
from matric.lab.device import Device, Dropped, Timer
from matric.lab.tree import Invalid, Position, Section

__all__ = ("EapiError", "EosDevice", "Request", "Session")

MAX_OPEN_SESSIONS = 5
FREE_BYTES = 2_500_000_000
Result = dict[str, Any]


class EapiError(Exception):
    """An answer with an error: code 1002 is a command that was refused."""

    def __init__(self, code: int, message: str, data: list[Result]) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.data = data


class _Failed(Exception):
    """A command was refused, with its words."""


@dataclass
class Session:
    """A configuration session. Uncommitted, committed with a timer, or done."""

    name: str
    candidate: Section
    owner: str
    state: str = "pending"
    foreign: bool = False
    """Made by a fault."""


@dataclass
class Request:
    """One JSON-RPC call: it starts in exec mode and remembers where it stands."""

    user: str
    text: bool
    mode: str = "exec"
    session: Session | None = None
    position: Position | None = None
    results: list[Result] = field(default_factory=list[Result])


class EosDevice(Device):
    """The switch."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.sessions: dict[str, Session] = {}
        self.files: dict[str, Section] = {}

    # ---- one request ----

    async def run(self, commands: list[Any], request: Request) -> list[Result]:
        """Every command's result; EapiError at the first refused, Dropped where a fault cuts the answer."""
        calls = [_call(command) for command in commands]
        names = [name for name, _ in calls]
        whole = "\n".join(name for name in names if name != "enable")
        self.log("commands", user=request.user, commands=_named(names))
        drop = self.faults.take("drop", "hang", command=whole)
        if drop is not None and not drop.flag("execute", default=drop.kind == "drop"):
            self.log("fault", kind=drop.kind)
            raise Dropped("" if drop.kind == "drop" else "hang")
        after = self.before_answer(whole)
        if slow := self.faults.take("slow", command=whole):
            self.log("fault", kind="slow")
            await self.time.wait(slow.number("seconds", 5))
        try:
            for number, (name, given) in enumerate(calls, 1):
                self._one(number, len(calls), name, given, request)
        finally:
            if after is not None:
                after()
        if drop is not None:
            self.log("fault", kind=drop.kind)
            raise Dropped(f"{int(drop.number('at', 0))}" if drop.kind == "drop" else "hang")
        return request.results

    def _one(self, number: int, count: int, command: str, given: str | None, request: Request) -> None:
        try:
            result = self._execute(command, given, request)
        except (_Failed, Invalid) as error:
            words = "Invalid input" if isinstance(error, Invalid) else str(error)
            request.results.append({"errors": [f"{words} (at token 0: '{command.split(' ', maxsplit=1)[0]}')"]})
            raise EapiError(
                1002,
                f"CLI command {number} of {count} '{command}' failed: invalid command",
                request.results,
            ) from None
        request.results.append({"output": result} if isinstance(result, str) else result)

    def _execute(self, command: str, given: str | None, request: Request) -> Result | str:
        plain = " ".join(command.split())
        if given is not None and plain == "comment":
            return self._silence(request)
        if given is not None and plain.startswith("banner "):
            command = f"{plain}\n{given.rstrip(chr(10))}\nEOF"
        if request.position is not None:
            answer = self._in_configuration(command, plain, request)
            if answer is not None:
                return answer
        for pattern, handler in HANDLERS:
            if found := re.fullmatch(pattern, plain):
                answer = handler(self, request, *found.groups())
                return answer if answer is not None else self._silence(request)
        raise Invalid(plain)

    @staticmethod
    def _silence(request: Request) -> Result | str:
        return "" if request.text else {}

    # ---- configuration mode ----

    def _in_configuration(self, command: str, plain: str, request: Request) -> Result | str | None:
        position = request.position
        if position is None or plain.startswith(("show ", "dir ", "write ", "copy ")):
            return None
        session = request.session
        if plain == "end":
            request.position = request.session = None
        elif plain == "exit":
            if not position.leave():
                request.position = request.session = None
        elif (session is not None and plain in ("abort", "commit")) or plain.startswith("commit timer "):
            if session is not None:
                self._session_end(session.name, plain, request)
            request.position = request.session = None
        elif session is not None and plain == "rollback clean-config":
            session.candidate.entries.clear()
            position.top()
        elif plain == "enable" or plain.startswith("configure"):
            return None
        else:
            self.take_line(position, command if "\n" in command else plain)
            if session is None:
                self.dialect.salted(self.running, self._edited_from)
                self.touched("direct-edit", user=request.user)
        return self._silence(request)

    def configure(self, request: Request) -> None:
        self._edited_from = self.running.copy()
        request.session, request.position = None, Position(self.dialect.grammar, self.running)

    def configure_session(self, request: Request, name: str) -> None:
        session = self.sessions.get(name)
        if session is None or session.state in ("completed", "aborted"):
            open_now = [one for one in self.sessions.values() if one.state == "pending"]
            if len(open_now) >= MAX_OPEN_SESSIONS:
                raise _Failed("Maximum number of pending sessions has been reached. Please commit or abort one")
            session = self.sessions[name] = Session(name, self.running.copy(), request.user)
            self.log("session", name=name)
        elif session.state != "pending":
            raise _Failed(f"Cannot enter session {name} (session has a pending commit timer)")
        request.session, request.position = session, Position(self.dialect.grammar, session.candidate)

    def session_end(self, request: Request, name: str, what: str) -> None:
        self._session_end(name, what, request)

    def _session_end(self, name: str, what: str, request: Request) -> None:
        session = self.sessions.get(name)
        if session is None or session.state in ("completed", "aborted"):
            if what == "abort":
                return  # the real one creates and drops it
            raise _Failed(f"Session {name} does not exist or is already completed")
        if what == "abort":
            if session.state == "pendingCommitTimer":
                self.revert("cancel")
            self.sessions.pop(name, None)
            self.log("abort", name=name)
        elif what == "commit":
            self._commit(session, request)
        else:
            self._commit_timer(session, what.removeprefix("commit timer "))

    def _commit(self, session: Session, request: Request) -> None:
        if session.state == "pendingCommitTimer":
            self.disarm()
            session.state = "completed"
            self.log("confirm", name=session.name, user=request.user)
            return
        if self.timer is not None:
            raise _Failed("Cannot commit session: another session has a pending commit timer")
        session.state = "completed"
        self.settle(session.candidate.copy(), "commit", name=session.name)

    def _commit_timer(self, session: Session, text: str) -> None:
        found = re.fullmatch(r"(\d+):(\d\d):(\d\d)", text)
        if found is None:
            raise Invalid(f"commit timer {text}")
        if self.timer is not None:
            raise _Failed("Cannot commit session: another session has a pending commit timer")
        hours, minutes, seconds = (int(part) for part in found.groups())
        before = self.running
        session.state = "pendingCommitTimer"
        self.arm(session.name, session.owner, hours * 3600 + minutes * 60 + seconds, before)
        self.settle(session.candidate.copy(), "commit-timer", name=session.name)

    def gone_back(self, timer: Timer) -> None:
        self.sessions.pop(timer.name, None)

    def forget(self) -> None:
        self.sessions.clear()

    def foreign_session(self, name: str, owner: str) -> None:
        self.sessions[name] = Session(name, self.running.copy(), owner, foreign=True)

    def renew(self, first: Section) -> None:
        self.files.clear()
        super().renew(first)

    def heal(self) -> None:
        super().heal()
        self.sessions = {name: found for name, found in self.sessions.items() if not found.foreign}

    def foreign_pending(self, seconds: float, owner: str, name: str) -> None:
        super().foreign_pending(seconds, owner, name)
        self.sessions[name] = Session(name, self.running.copy(), owner, "pendingCommitTimer")

    # ---- files ----

    def write_memory(self, request: Request) -> None:
        if not self.save():
            raise _Failed("Error copying system:/running-config to flash:/startup-config (No space left on device)")

    def copy_running(self, request: Request) -> Result | str:
        self.write_memory(request)
        return "Copy completed successfully.\n" if request.text else {"messages": ["Copy completed successfully."]}

    def copy(self, request: Request, source: str, name: str) -> Result | str:
        if self.faults.take("full-flash", command="copy"):
            raise _Failed(f"Error copying {source} to flash:{name} (No space left on device)")
        tree = self.startup if source.startswith("startup") else self.running
        self.files[name] = tree.copy()
        (self.flash / name).write_text(self.whole(tree), encoding="utf-8")
        return "Copy completed successfully.\n" if request.text else {"messages": ["Copy completed successfully."]}

    def delete(self, request: Request, name: str) -> None:
        if self.files.pop(name, None) is None:
            raise _Failed(f"Error deleting flash:/{name} (No such file or directory)")
        (self.flash / name).unlink(missing_ok=True)

    def replace(self, request: Request, name: str) -> None:
        if name == "startup-config":
            tree = self.startup.copy()
        elif name in self.files:
            tree = self.files[name].copy()
        else:
            raise _Failed(f"Error reading flash:/{name} (No such file or directory)")
        self.settle(tree, "replace", user=request.user)

    # ---- what it shows ----

    def whole(self, tree: Section, command: str = "") -> str:
        head = f"! Command: {command}\n" if command else ""
        model = f"{self.spec.model or 'CCS-720XP-48Y6'}, EOS-{self.spec.os_version}"
        head += f"! device: {self.hostname} ({model})\n!\n! boot system flash:/EOS64.swi\n!\n"
        return f"{head}{self.text(tree)}!\nend\n"

    def show_running(self, request: Request) -> Result | str:
        return self._configuration(request, self.running, "show running-config")

    def show_startup(self, request: Request) -> Result | str:
        text = self.whole(self.startup, "show startup-config")
        first, rest = text.split("\n", 1)
        stamp = self.changed_at.strftime("%a %b %d %H:%M:%S %Y")
        return f"{first}\n! Startup-config last modified at {stamp} by matric\n{rest}" if request.text else {"cmds": {}}

    def show_session(self, request: Request, name: str, diffs: str | None) -> Result | str:
        session = self.sessions.get(name)
        if session is None:
            raise _Failed(f"Session {name} does not exist")
        if not diffs:
            return self._configuration(request, session.candidate, f"show session-config named {name}")
        lines = difflib.unified_diff(
            self.text(self.running).splitlines(),
            self.text(session.candidate).splitlines(),
            "system:/running-config",
            f"session:/{name}-session-config",
            lineterm="",
        )
        return "".join(f"{line}\n" for line in lines) if request.text else {"diffs": "\n".join(lines)}

    def _configuration(self, request: Request, tree: Section, command: str) -> Result | str:
        return self.whole(tree, command) if request.text else {"cmds": {}, "header": [f"Command: {command}"]}

    def show_sessions(self, request: Request, detail: str | None) -> Result | str:
        now = self.uptime
        new_shape = _release(self.spec.os_version) >= (4, 32)
        rows: dict[str, Any] = {}
        for name, session in self.sessions.items():
            row: dict[str, Any] = {"state": session.state, "commitUser": "", "description": "", "instances": {}}
            if session.state == "pending":
                row["instances"] = {"1": {"user": session.owner, "terminal": "vty2", "currentTerminal": False}}
            elif session.state == "completed":
                row["completedTime"] = self.time.epoch()
                row["commitUser"] = session.owner
            if detail and self.timer is not None and self.timer.name == name:
                row["commitUser"] = session.owner
                if not new_shape:
                    row["commitBy"] = now + self.timer.due - self.time.monotonic()
            rows[name] = row
        answer: Result = {
            "sessions": rows,
            "maxSavedSessions": 1,
            "maxOpenSessions": MAX_OPEN_SESSIONS,
            "mergeOnCommit": False,
            "saveToStartupConfigOnCommit": False,
        }
        if detail and new_shape and self.timer is not None:
            answer["commitTimerSessionName"] = self.timer.name
            answer["commitTimerExpireTime"] = now + self.timer.due - self.time.monotonic()
        if not request.text:
            return answer
        head = "Maximum number of completed sessions: 1\nMaximum number of pending sessions: 5\n\n  Name State User\n"
        return head + "".join(f"  {name} {row['state']} {row['commitUser']}\n" for name, row in rows.items())

    def free_bytes(self) -> int:
        return 0 if "full-flash" in self.faults.names() else FREE_BYTES


def _call(command: Any) -> tuple[str, str | None]:
    """The command, and the text it takes where it takes one."""
    if not isinstance(command, dict):
        return str(command).strip(), None
    found = cast("dict[str, Any]", command)
    return str(found["cmd"]).strip(), found.get("input")


def _named(names: list[str]) -> list[str]:
    """Commands worth a record: configuration lines may hold a secret and are counted only."""
    shown: list[str] = []
    lines = 0
    for name in names:
        if name == "enable":
            continue
        if re.match(r"(show|configure|write|copy|dir|delete|end|abort|commit|rollback|ping|more)\b", name):
            shown.append(name)
        else:
            lines += 1
    return [*shown, f"{lines} lines"] if lines else shown


def _release(version: str) -> tuple[int, int]:
    found = re.match(r"(\d+)\.(\d+)", version)
    return (int(found[1]), int(found[2])) if found else (4, 31)


def _nothing(device: EosDevice, request: Request) -> None:
    return None


def _enable(device: EosDevice, request: Request) -> None:
    request.mode = "enable"


Handler = Callable[..., Result | str | None]

HANDLERS: tuple[tuple[str, Handler], ...] = (
    (r"enable", _enable),
    (r"end|exit|terminal length 0|terminal width \d+", _nothing),
    (r"configure(?: terminal)?", EosDevice.configure),
    (r"configure session (\S+)", EosDevice.configure_session),
    (r"configure session (\S+) (abort|commit|commit timer \S+)", EosDevice.session_end),
    (r"configure replace (?:flash:/?)?(\S+)", EosDevice.replace),
    (r"write(?: memory)?", EosDevice.write_memory),
    (r"copy running-config startup-config", EosDevice.copy_running),
    (r"copy (startup-config|running-config) flash:/?(\S+)", EosDevice.copy),
    (r"delete flash:/?(\S+)", EosDevice.delete),
    (r"show running-config(?: all| sanitized)?", EosDevice.show_running),
    (r"show startup-config", EosDevice.show_startup),
    (r"show session-config named (\S+)( diffs)?(?: sanitized)?", EosDevice.show_session),
    (r"show configuration sessions( detail)?", EosDevice.show_sessions),
    *eos_show.HANDLERS,
)
