"""One login to a device's command line: lines read and echoed, keys for the pager, answers, the faults of a command."""

import asyncio
import re
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, Protocol, TypeVar

from matric.lab.device import Device, Dropped

__all__ = ("Commands", "Handler", "Login", "Terminal")

D = TypeVar("D", bound=Device)
CONTROL_Z = "\x1a"
END_OF_LINE = re.compile(rf"\r\n|\r|\n|{CONTROL_Z}")
SLOW_S = 5.0
"""How long a slow answer takes where its fault does not say."""

Handler = Callable[..., str | Awaitable[str]]
Commands = Sequence[tuple[str, Handler]]
"""Pattern of a whole line, and what it calls: with the login, then the pattern's groups."""


class Terminal(Protocol):
    """The wire below a login."""

    async def read(self) -> str:
        """What came; empty at the end."""
        ...

    def write(self, text: str) -> None: ...
    def abort(self) -> None: ...
    def close(self) -> None: ...


class Login(ABC, Generic[D]):
    """Reads lines, answers them, until the other end leaves; what a platform adds is in its own class."""

    def __init__(self, device: D, terminal: Terminal, user: str) -> None:
        self.device = device
        self.user = user
        self._terminal = terminal
        self._buffer = ""
        self._typed = ""
        """The last line as it was typed, with its blanks."""
        self._ended = False

    async def serve(self) -> None:
        """Greet, then read and answer until either end leaves."""
        if not await self._greeted():
            return
        self._prompt()
        while not self._ended:
            line = await self._line()
            if line is None:
                return
            with self.device.time.busy():
                try:
                    await self._answer(line)
                    await self.device.lab.carried()
                except Dropped as dropped:
                    if dropped.left == "hang":
                        await self.device.hang()
                    else:
                        self._write(dropped.left)
                        await asyncio.sleep(0)  # what is left goes out first
                    self._terminal.abort()
                    return
        self._terminal.close()

    # ---- what a platform says ----

    @abstractmethod
    async def _greeted(self) -> bool:
        """Say what comes before the first prompt; False where the other end left at that."""

    @property
    @abstractmethod
    def prompt(self) -> str:
        """What stands before a line."""

    @abstractmethod
    async def _answer(self, line: str) -> None:
        """Take one line, and prompt for the next."""

    @abstractmethod
    async def _run(self, line: str) -> str:
        """Carry a command out; what it answers."""

    @abstractmethod
    async def _say(self, text: str) -> None:
        """An answer, row by row."""

    def _prompt(self) -> None:
        self._write(self.prompt)

    def _echo(self, line: str, end: str) -> None:
        del end
        self._write(f"{line}\r\n")

    # ---- the wire ----

    async def _more(self) -> bool:
        more = await self._terminal.read()
        self._buffer += more.replace("\x00", "")
        return bool(more)

    async def _line(self) -> str | None:
        """The next line without its end and its blanks, echoed as it comes; None at the end."""
        while not (found := END_OF_LINE.search(self._buffer)):
            if not await self._more():
                return None
        self._typed, end = self._buffer[: found.start()], found[0]
        self._buffer = self._buffer[found.end() :]
        self._echo(self._typed, end)
        return "end" if end == CONTROL_Z and not self._typed else self._typed.strip()

    async def _key(self) -> str:
        """Any one key; empty at the end. An end of a line is one key."""
        while not self._buffer:
            if not await self._more():
                return ""
        key, self._buffer = self._buffer[0], self._buffer[1:]
        if key == "\r" and self._buffer.startswith("\n"):
            self._buffer = self._buffer[1:]
        return key

    def _write(self, text: str) -> None:
        self._terminal.write(text)

    async def ask(self, question: str) -> str:
        """The user's answer to *question*."""
        self._write(question)
        with self.device.time.idle():
            answer = await self._line()
        if answer is None:
            raise Dropped
        return answer

    # ---- commands ----

    async def _command(self, line: str) -> None:
        """Log *line*, carry it out and say its answer, with whatever fault meets it on the way."""
        device = self.device
        device.log("command", user=self.user, command=line)
        fault = device.faults.take("drop", "hang", command=line)
        if fault is not None and not fault.flag("execute", default=fault.kind == "drop"):
            device.log("fault", kind=fault.kind, command=line)
            raise Dropped("" if fault.kind == "drop" else "hang")
        after = device.before_answer(line)
        if slow := device.slowed(line):
            device.log("fault", kind="slow", command=line)
            await device.time.wait(slow.number("seconds", SLOW_S))
        answer = await self._run(line)
        if after is not None:
            after()
        if fault is not None:
            device.log("fault", kind=fault.kind, command=line)
            whole = answer.replace("\n", "\r\n") + f"\r\n{self.prompt}"
            raise Dropped(whole[: int(fault.number("at", 0))] if fault.kind == "drop" else "hang")
        await self._say(answer)

    async def _called(self, commands: Commands, line: str) -> str | None:
        """The answer of the first of *commands* that *line* is; None where it is none of them."""
        for pattern, handler in commands:
            if found := re.fullmatch(pattern, line):
                answer = handler(self, *found.groups())
                return answer if isinstance(answer, str) else await answer
        return None
