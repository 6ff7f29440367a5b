"""A shell's end of an SSH channel: what is written in one go is one packet."""

import asyncio
from types import SimpleNamespace
from typing import Any, cast

from matric.lab.wire import SshTerminal


class Wire:
    """What a channel was given, and what it was told at its end."""

    def __init__(self) -> None:
        self.sent: list[str] = []
        self.stdout = SimpleNamespace(write=self.sent.append)
        self.stdin = SimpleNamespace(read=self._read)

    async def _read(self, _size: int) -> str:
        return f"{len(self.sent)} sent"

    def exit(self, code: int) -> None:
        self.sent.append(f"exit {code}")


def terminal(wire: Wire) -> SshTerminal:
    return SshTerminal(cast("Any", wire))


def test_rows_written_in_one_go_are_sent_in_one() -> None:
    wire = Wire()

    async def session() -> None:
        shown = terminal(wire)
        for row in ("hostname sw-01\r\n", "vlan 10\r\n", "sw-01# "):
            shown.write(row)
        await asyncio.sleep(0)
        shown.write("later")
        await asyncio.sleep(0)

    asyncio.run(session())

    assert wire.sent == ["hostname sw-01\r\nvlan 10\r\nsw-01# ", "later"]


def test_everything_is_sent_before_the_shell_waits_or_ends() -> None:
    wire = Wire()

    async def session() -> str:
        shown = terminal(wire)
        shown.write("Password: ")
        answer = await shown.read()
        shown.write("bye")
        shown.close()
        return answer

    assert asyncio.run(session()) == "1 sent"
    assert wire.sent == ["Password: ", "bye", "exit 0"]
