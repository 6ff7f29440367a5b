"""What goes over one SSH login: a command and what the switch says to it, lines of configuration, whole configurations.

Silence is the only yes to a line of configuration. A question is answered with no, unless whoever asks says
otherwise; no answer at all is ConnectionClosedException, after which nothing is known.
"""

import contextlib
import re
import time
from collections.abc import Generator, Iterable
from dataclasses import dataclass
from typing import Any, Protocol

from napalm.base.exceptions import (  # noqa: TID251 - this is a driver
    CommandErrorException,
    CommitError,
    ConnectionClosedException,
    ConnectionException,
)

__all__ = ("SLOW_FACTOR", "Answer", "Login", "Watched", "Wire", "alive", "masked", "said")

SLOW_FACTOR = 3
"""Going back to a checkpoint takes the switch longer than an answer: this many time-outs."""
SETTLE_S = 0.5
READ_S = 0.002
SURE_S = 0.05
"""So long a prompt stays the last word before it ends a configuration: a row of a banner may look like one."""
ECHO = 16
"""Characters of a command by which its echo is known: a long one may be broken by the terminal."""
PROMPT = r"(?:\A|[\r\n])(?P<name>[\w.-]{1,64})(?:\((?P<mode>config[\w-]*)\))?[#>] ?\Z"
QUESTION = r"\(y/n\)\??:?\s*\Z|\[y/n\]\??:?\s*\Z|password:\s*\Z"
ENDED = re.compile(f"{PROMPT}|{QUESTION}")
UNASKED = re.compile(r'^\s*WARNING +(?:Please "checkpoint auto confirm"|Restoring configuration).*$', re.MULTILINE)
REFUSED = re.compile(r"\s*(?:Invalid input|% |Command not|Ambiguous|Unknown command|Cannot execute)", re.IGNORECASE)
BANNER = re.compile(r"banner (?:motd|exec) \S")


class Login(Protocol):
    """What a wire needs of the driver it belongs to."""

    device: Any
    hostname: str
    timeout: int


@dataclass(frozen=True)
class Answer:
    """What the switch said, and where its prompt says the login stands."""

    text: str
    mode: str
    """The configuration mode: ``config-if``; empty outside."""
    name: str
    """The host name in the prompt."""


class Wire:
    """Commands over the login of a driver."""

    def __init__(self, login: Login) -> None:
        self._login = login

    # ---- commands ----

    def say(self, command: str) -> str:
        return self.ask(command).text

    def show(self, command: str) -> str:
        """What a show command shows; CommandErrorException where the switch does not know it."""
        text = self.say(command)
        if REFUSED.match(text):
            raise CommandErrorException(f"the switch refused {command!r}: {said(text)}")
        return text

    def do(self, command: str, *, mode: str | None = None, factor: int = 1, answer: str = "n") -> str:
        """A command that acts. With *mode* it must say nothing, and leave the login there."""
        found = self.ask(command, factor, answer)
        if mode is not None and (found.mode != mode or found.text):
            raise CommitError(f"the switch answered {command!r} with: {said(found.text) or found.mode or 'its prompt'}")
        return found.text

    def whole(self, command: str, head: str) -> str:
        """A configuration under its *head*. AOS-CX marks no end of it: that its prompt came is all the proof there is.

        A running configuration says the name that the prompt must show.
        """
        found = self.ask(command, sure=True)
        text = found.text.strip("\n")
        if REFUSED.match(text) or not re.search(r"^!Version \S+", text, re.MULTILINE):
            raise CommandErrorException(f"{command!r} gave no configuration: {said(text)}")
        named = re.search(r"^hostname (\S+)$", text, re.MULTILINE)
        if command.startswith("show running") and named and found.name and named[1][:16] not in found.name:
            raise CommandErrorException(f"{command!r} was not read whole: it ends at a prompt of {found.name!r}")
        return text if text.startswith(head) else f"{head}\n{text}"

    # ---- lines of configuration ----

    def send(self, lines: Iterable[str]) -> None:
        """Lines in their order, each below the one that opened its section indented by a blank a level.

        A section may be opened again. CommitError at the first line the switch says anything about.
        """
        self.do("configure terminal", mode="config")
        modes = ["config"]
        depths = [0]
        for line in lines:
            depth = len(line) - len(line.lstrip(" "))
            while depth < depths[-1]:
                self._leave(modes, depths)
            mode = self._line(line.strip(" "))
            if mode != modes[-1]:
                modes.append(mode)
                depths.append(depth + 1)
        self.do("end", mode="")

    def top(self) -> None:
        """Out of configuration mode, wherever a refusal left the login; out of an open banner too."""
        found = self.ask("end")
        if found.mode.startswith("config-banner"):
            self.ask("^")
            found = self.ask("end")
        if found.mode:
            raise CommitError("the switch stays in configuration mode")

    def _leave(self, modes: list[str], depths: list[int]) -> None:
        modes.pop()
        depths.pop()
        if self._quiet("exit") != modes[-1]:
            raise CommitError("the switch did not come back from a section")

    def _line(self, line: str) -> str:
        """The mode after *line*; one that holds line ends is a banner."""
        if "\n" not in line:
            return self._quiet(line)
        first, *rest = line.split("\n")
        mode = self._quiet(first)
        if not BANNER.match(first) or not mode.startswith("config-banner"):
            raise CommitError(f"the switch opened no banner at {masked(first)!r}")
        for row in rest:
            mode = self._quiet(row)
        return mode

    def _quiet(self, line: str) -> str:
        found = self.ask(line)
        if found.text:
            raise CommitError(f"the switch refused {masked(line)!r}: {said(found.text)}")
        return found.mode

    # ---- one command ----

    def ask(self, command: str, factor: int = 1, answer: str = "n", *, sure: bool = False) -> Answer:
        """Send *command*; a question gets *answer*, and one that gets no raises CommitError.

        *sure*: what follows what looks like a prompt belongs to the answer.
        """
        with self._edge(command):
            text = self._raw(command, factor, sure=sure)
            if re.search(QUESTION, text):
                text = self._answered(command, text, answer, factor)
            if UNASKED.search(text):
                # It spoke in between and showed its prompt for that: the answer may still be on its way.
                text += str(
                    self._login.device.read_channel_timing(last_read=SETTLE_S, read_timeout=self._login.timeout)
                )
        found = re.search(PROMPT, text)
        body = text[: found.start()] if found else text
        if UNASKED.search(body):  # and with it the prompt that was shown again
            body = re.sub(r"(?m)^[\w.-]+(?:\(config[\w-]*\))?[#>] ?$", "", UNASKED.sub("", body))
        first, _, rest = body.lstrip("\n").partition("\n")
        bare = (rest if first.strip() == command.strip() else body).strip("\n").rstrip()
        return Answer(bare, (found["mode"] or "") if found else "", found["name"] if found else "")

    def _answered(self, command: str, text: str, answer: str, factor: int) -> str:
        if answer == "n" or re.search(r"password:\s*\Z", text):
            no = str(self._login.device.send_command_timing("n", strip_prompt=False, strip_command=False))
            raise CommitError(
                f"the switch asked about {masked(command)!r}, which was answered with no: {said(text + no)}"
            )
        return f"{re.sub(QUESTION, '', text)}\n{self._raw(answer, factor)}"

    def _raw(self, command: str, factor: int, *, sure: bool = False) -> str:
        """From the echo of *command* to a prompt or a question. Netmiko's own way sleeps at each line: a change of
        five hundred would take half a minute, with the switch between two configurations all the while.
        """
        device = self._login.device
        device.read_channel()  # what came unasked, or late, answers nothing
        device.write_channel(f"{command}\n")
        deadline = time.monotonic() + self._login.timeout * factor
        raw = pending = ""
        while time.monotonic() < deadline:
            more, pending = pending or str(device.read_channel()), ""
            if not more:
                if _hung_up(device):
                    raise OSError("the connection is gone")
                time.sleep(READ_S)
                continue
            raw += more
            text = device.normalize_linefeeds(device.strip_ansi_escape_codes(raw))
            at = text.find(command[:ECHO])
            end = text.find("\n", at) if at >= 0 else -1
            if end >= 0 and ENDED.search(text, end):
                if sure:
                    time.sleep(SURE_S)
                    pending = str(device.read_channel())
                    if pending:
                        continue
                return str(text[at:])
        raise TimeoutError("no prompt came")

    @contextlib.contextmanager
    def _edge(self, command: str) -> Generator[None]:
        """What netmiko raises when no answer comes, in NAPALM's words."""
        if self._login.device is None:
            raise ConnectionClosedException("the driver is not open")
        try:
            yield
        except (CommitError, ConnectionException):
            raise
        except Exception as error:
            raise ConnectionClosedException(
                f"{self._login.hostname} gave no answer to {masked(command)!r}: its outcome is not known"
            ) from error


class Watched:
    """An SSH channel that says when its other end is gone: netmiko would wait for the whole time-out."""

    def __init__(self, channel: Any) -> None:
        self._channel = channel

    def recv_ready(self) -> bool:
        channel = self._channel
        return bool(channel.recv_ready() or channel.closed or channel.eof_received)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._channel, name)


def _hung_up(device: Any) -> bool:
    """True where the other end has said so. Nothing is sent: over a cut path it would wait to be taken, for ever."""
    channel = device.remote_conn
    return bool((channel.closed or channel.eof_received) and not channel.recv_ready())


def alive(device: Any) -> bool:
    channel = device.remote_conn
    return bool(device.is_alive()) and not (channel.closed or channel.eof_received)


def masked(line: str) -> str:
    return re.sub(r"\b(plaintext|ciphertext|community) \S+", r"\1 <removed>", line)


def said(text: str, limit: int = 400) -> str:
    words = " ".join(masked(text).split())
    return words if len(words) <= limit else f"{words[: limit - 3]}..."
