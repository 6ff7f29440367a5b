"""Terminals that are not in the lab: Comware, privileged mode, pagers, banners, and nonsense."""

import asyncio
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

import asyncssh
import pytest

from matric import walk
from matric.errors import Refused
from matric.lab.identity import host_key
from matric.walk import Account, Door, Rules, Visit, Word

PASSWORD, PRIVILEGED = "correct-horse-battery-staple", "higher-horse-battery"
RULES = Rules(logins_per_s=1000, commands_per_s=1000, rest_s=0, timeout_s=3)
ADDRESS = "192.168.9.1"
NAMED = Word(engineer=True)

Talk = Callable[[Any], Any]
"""What a device does with one terminal."""


class Odd:
    """An SSH server on the loopback that talks as it is told."""

    def __init__(self, talk: Talk, *, asks: bool = False) -> None:
        self.sent: list[str] = []
        self.port = 0
        self._talk, self._asks = talk, asks
        self._ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), daemon=True)
        self._connections: list[Any] = []
        self._end: Callable[[], object] = lambda: None

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._ready.wait(10)
        return self

    def __exit__(self, *_: object) -> None:
        self._end()
        self._thread.join(10)

    async def _serve(self) -> None:
        odd = self

        class Server(asyncssh.SSHServer):
            def connection_made(self, conn: Any) -> None:
                odd._connections.append(conn)

            def password_auth_supported(self) -> bool:
                return not odd._asks

            def validate_password(self, username: str, password: str) -> bool:
                return (username, password) == ("caretaker", PASSWORD)

            def kbdint_auth_supported(self) -> bool:
                return odd._asks

            def get_kbdint_challenge(self, username: str, lang: str, submethods: str) -> Any:  # noqa: ARG002 - asyncssh's
                return "", "", "", [("Password: ", False)]

            def validate_kbdint_response(self, username: str, responses: Any) -> bool:
                return (username, list(responses)) == ("caretaker", [PASSWORD])

        async def terminal(process: Any) -> None:
            try:
                await odd._talk(Console(odd, process))
            except (asyncssh.Error, OSError, asyncio.IncompleteReadError):
                return

        server = await asyncssh.create_server(
            Server,
            "127.0.0.1",
            0,
            server_host_keys=[host_key("odd").ssh_key],
            process_factory=terminal,
            line_editor=False,
        )
        self.port = server.get_port()
        loop, done = asyncio.get_running_loop(), asyncio.Event()
        self._end = lambda: loop.call_soon_threadsafe(done.set)
        self._ready.set()
        await done.wait()
        server.close()
        for connection in self._connections:
            connection.abort()
        await server.wait_closed()
        await asyncio.sleep(0.05)  # what was cut off is told to whoever waits for it


class Console:
    """The device's end of one terminal."""

    def __init__(self, odd: Odd, process: Any) -> None:
        self._odd, self._process = odd, process

    def write(self, text: str) -> None:
        self._process.stdout.write(text.replace("\n", "\r\n"))

    async def line(self, *, echo: bool = True) -> str:
        """One line, echoed as it comes."""
        text = str(await self._process.stdin.readuntil("\n")).rstrip("\r\n")
        if text:
            self._odd.sent.append(text)
        if echo:
            self.write(f"{text}\n")
        return text

    async def key(self) -> str:
        return str(await self._process.stdin.readexactly(1))

    async def answer(self, prompt: str, answers: dict[str, str], unknown: str) -> None:
        """Prompt and answer for ever."""
        while True:
            self.write(prompt)
            line = await self.line()
            self.write(answers.get(line, f"{unknown}\n" if line else ""))


def visited(odd: Odd, folder: Path, *, enable: str = "", rules: Rules = RULES, word: Word = NAMED) -> Visit:
    memory = walk.Memory(folder, {}, lambda: "now")
    account = Account("school", "caretaker", PASSWORD, enable)

    def doors(_address: str) -> tuple[Door, ...]:
        return (Door("127.0.0.1", odd.port, "ssh"),)

    return walk.placed(rules, (account,), doors, memory).visit(ADDRESS, word)


COMWARE = {
    "display version": "HPE Comware Platform Software\nComware Software, Version 7.1.070, Release 3507P10\n",
    "display vlan brief": "Brief information about all VLANs:\nSupported Minimum VLAN ID: 1\n",
    "screen-length disable": "",
}


def test_comware_is_known_by_its_second_question_and_asked_in_its_own_words(tmp_path: Path) -> None:
    async def talk(console: Console) -> None:
        console.write("******\n* Copyright (c) <HPE> #1\n******\n\n")
        await console.answer("<HALL>", COMWARE, " % Unrecognized command found at '^' position.")

    with Odd(talk) as odd:
        found = visited(odd, tmp_path)

    assert found.platform == "comware"
    assert "Brief information" in next(one.text for one in found.answers if one.command == "display vlan brief")
    assert {one.fault for one in found.answers if one.fault} == {"the device refused it"}
    assert odd.sent[:3] == ["show version", "display version", "screen-length disable"]


IOS = {
    "show version": "Cisco IOS Software, C2960 Software, Version 15.2(7)E3\n",
    "show vlan brief": "1 default active\n",
}


def test_privileged_mode_is_entered_where_an_account_has_its_password(tmp_path: Path) -> None:
    async def talk(console: Console) -> None:
        raised = False
        while True:
            console.write("sw>" if not raised else "sw#")
            line = await console.line()
            if line == "enable":
                console.write("Password: ")
                raised = await console.line(echo=False) == PRIVILEGED
                console.write("\n")
            elif line == "show running-config" and not raised:
                console.write("        ^\n% Invalid input detected at '^' marker.\n\n")
            else:
                console.write(IOS.get(line, "hostname sw\nend\n" if line else ""))

    with Odd(talk) as odd:
        found = visited(odd, tmp_path, enable=PRIVILEGED)

    assert "hostname sw" in next(one.text for one in found.answers if one.command == "show running-config")
    assert odd.sent.count(PRIVILEGED) == 1


def test_a_wrong_password_of_privileged_mode_is_given_once_and_the_rest_is_asked(tmp_path: Path) -> None:
    async def talk(console: Console) -> None:
        while True:
            console.write("sw>")
            line = await console.line()
            if line == "enable":
                for _ in range(3):
                    console.write("Password: ")
                    await console.line(echo=False)
                    console.write("\n")
                console.write("% Bad secrets\n\n")
            elif line == "show running-config":
                console.write("        ^\n% Invalid input detected at '^' marker.\n\n")
            else:
                console.write(IOS.get(line, ""))

    with Odd(talk) as odd:
        found = visited(odd, tmp_path, enable=PRIVILEGED)

    faults = {one.command: one.fault for one in found.answers}
    assert faults["show running-config"] == "the device refused it"
    assert not faults["show vlan brief"]
    assert odd.sent.count(PRIVILEGED) == 1


AOSS = {
    "show version": "Image stamp:    /ws/swbuildm/rel\nBoot Image:     Primary\n",
    "show vlans": " Status and Counters - VLAN Information\n",
}


@pytest.mark.parametrize(("user", "raised"), [("caretaker", True), ("somebody else", False)])
def test_privileged_mode_that_asks_for_a_user_is_told_the_account_s_own(
    tmp_path: Path,
    user: str,
    raised: bool,  # noqa: FBT001 - a case
) -> None:
    async def talk(console: Console) -> None:
        sign = ">"
        while True:
            console.write(f"HP-2920{sign} ")
            line = await console.line()
            if line == "enable":
                console.write("Username: ")
                named = await console.line()
                console.write("Password: ")
                if (named, await console.line(echo=False)) == (user, PRIVILEGED):
                    sign = "#"
                console.write("\n" if sign == "#" else "\nUnable to verify password\n")
            elif line == "show running-config" and sign == ">":
                console.write("Invalid input: running-config\n")
            else:
                console.write(AOSS.get(line, "" if not line else "; J9726A\nhostname HP-2920\n"))

    with Odd(talk) as odd:
        found = visited(odd, tmp_path, enable=PRIVILEGED)

    faults = {one.command: one.fault for one in found.answers}
    assert faults["show running-config"] == ("" if raised else "the device refused it")
    assert not faults["show vlans"]
    assert not found.why
    assert odd.sent.count(PRIVILEGED) == 1


def test_a_dialogue_of_privileged_mode_without_an_end_is_left_at_once_with_the_reason(tmp_path: Path) -> None:
    async def talk(console: Console) -> None:
        while True:
            console.write("HP-2920> ")
            line = await console.line()
            while line == "enable":
                console.write("Username: ")
                await console.line()
                console.write("Password: ")
                await console.line(echo=False)
                console.write("\n")
            console.write(AOSS.get(line, ""))

    with Odd(talk) as odd:
        found = visited(odd, tmp_path, enable=PRIVILEGED)

    assert "privileged mode asks again and again" in found.why
    assert odd.sent.count(PRIVILEGED) == 1
    assert not next(one.fault for one in found.answers if one.command == "show vlans")


def test_an_answer_that_comes_page_by_page_comes_whole(tmp_path: Path) -> None:
    async def talk(console: Console) -> None:
        while True:
            console.write("sw#")
            line = await console.line()
            if line == "show vlan brief":
                console.write("first page\n --More-- ")
                assert await console.key() == " "
                console.write("\b" * 10 + " " * 10 + "\b" * 10 + "second page\n")
            else:
                console.write(IOS.get(line, ""))

    with Odd(talk) as odd:
        found = visited(odd, tmp_path)

    text = next(one.text for one in found.answers if one.command == "show vlan brief")
    assert [line.strip() for line in text.split("\n") if line.strip()] == ["first page", "second page"]


def test_a_device_that_asks_for_the_password_is_given_it_once(tmp_path: Path) -> None:
    async def talk(console: Console) -> None:
        await console.answer("sw#", IOS, "% Invalid input detected")

    with Odd(talk, asks=True) as odd:
        found = visited(odd, tmp_path)

    assert found.platform == "ios"


def test_what_nobody_here_knows_is_named_and_asked_no_further(tmp_path: Path) -> None:
    async def talk(console: Console) -> None:
        await console.answer("~ $ ".replace(" ", "") + "#", {}, "-sh: not found")

    with Odd(talk) as odd:
        found = visited(odd, tmp_path)

    assert not found.seen
    assert found.why
    assert set(odd.sent) <= {"show version", "display version"}


@pytest.mark.slow
def test_a_terminal_without_a_prompt_and_one_that_never_stops_cost_only_themselves(tmp_path: Path) -> None:
    async def silent(console: Console) -> None:
        console.write("welcome\n")
        await console.line()
        await asyncio.Event().wait()

    async def endless(console: Console) -> None:
        while True:
            console.write("x" * 60000 + "\n")
            await asyncio.sleep(0)

    for number, talk in enumerate((silent, endless)):
        with Odd(talk) as odd:
            found = visited(odd, tmp_path / str(number))

        assert not found.seen
        assert found.why
        assert found.remedy


def test_a_password_in_a_banner_is_not_in_the_reason_why_a_device_was_not_seen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def opened(*_: object) -> None:
        raise Refused("it shows no prompt but 'Welcome. The password is S3CRETofthehall'")

    async def talk(console: Console) -> None:
        await console.line()

    monkeypatch.setattr("matric.walk.visit.opened", opened)
    with Odd(talk) as odd:
        found = visited(odd, tmp_path)

    assert "no prompt" in found.why
    assert "S3CRET" not in found.why
