"""One login to an AOS-S switch: commands and their answers, configuration lines and their refusals, files.

Any word a configuration line brings back is a refusal: AOS-S takes a line in silence. Whoever knows better of one text
adds it to ``QUESTIONS``.
"""

import contextlib
import importlib
import re
import socket
import time
from collections.abc import Iterable
from typing import Any

from napalm.base.exceptions import (  # noqa: TID251 - what a driver raises
    CommandErrorException,
    CommandTimeoutException,
    ConnectionClosedException,
)

__all__ = ("LineRefused", "Session")

SSH_PORT = 22
READ_S = 0.002
ECHO = 16
"""Characters of a line by which its echo is known: a long one may be broken by the terminal."""
FLAGS = re.MULTILINE | re.IGNORECASE
RESIDUE = r"[\x1b\[0-9;?HhKr ]*\Z"
"""What is left of an escape sequence that came in two pieces."""
ANY_PROMPT = rf"^(?:[^\s#>]+|[^\s#>:][^\n#>:]{{0,63}})[#>] ?{RESIDUE}"
"""A name may hold blanks; a refusal, which may repeat a word that ends in #, has a colon first."""
ASKS = r"(?:\[y/n(?:/\^C)?\]|\(y/n\)) ?\??:? *" + RESIDUE
REFUSED = re.compile(
    r"(?m)^\s*(?:Invalid input|Incomplete input|Ambiguous input|Unknown command|Module not present|Operation failed"
    r"|Not enough|File not found|Unable to|Error|.*not authorized).*$"
)
QUESTIONS = (r"moved to the default VLAN",)
"""Questions a configuration line may ask and that are answered with yes: nothing is lost by them."""


class LineRefused(CommandErrorException):
    """The device did not take a configuration line."""

    def __init__(self, line: str, words: str) -> None:
        super().__init__(f"the device did not take the line {line!r}: {' '.join(words.split())}")
        self.line = line


class Session:
    """The terminal behind a netmiko connection."""

    def __init__(self, device: Any, timeout: float) -> None:
        self._device = device
        self._timeout = timeout
        self._name = re.escape(str(device.base_prompt))

    # ---- commands ----

    def show(self, command: str) -> str:
        """The answer to a command that must be known."""
        answer = self.try_show(command)
        if answer is None:
            raise CommandErrorException(f"the device does not know {command!r}")
        return answer

    def try_show(self, command: str) -> str | None:
        """The answer to a command; None where this firmware does not know it."""
        answer = self._talk(command, rf"^{self._name}[#>] ?{RESIDUE}")
        if re.match(r"\s*(?:Invalid input|Ambiguous input|Incomplete input)", answer):
            return None
        return answer

    def do(self, command: str, *, yes: bool = False, factor: int = 1) -> str:
        """A command that does something; raises where the answer is a refusal. *yes* answers its one question.

        It may take *factor* times as long as a read. The device may have another name afterwards.
        """
        answer = self._talk(command, f"{ANY_PROMPT}|{ASKS}", factor)
        if re.search(ASKS, answer, FLAGS):
            if not yes:
                self._talk("n", ANY_PROMPT)
                raise CommandErrorException(f"{command!r} asks: {' '.join(answer.split())}")
            answer = self._talk("y", ANY_PROMPT, factor)
        if "(" not in self._last:
            self._name = re.escape(self._last.rstrip("#> "))
        if found := REFUSED.search(answer):
            raise CommandErrorException(f"the device refused {command!r}: {found[0].strip()}")
        return answer

    def restart(self) -> None:
        """``reload``: yes to the restart, no to saving. The switch hangs up."""
        with contextlib.suppress(ConnectionClosedException):
            answer = self._talk("reload", f"{ANY_PROMPT}|{ASKS}")
            for reply in ("y", "n"):
                if not re.search(ASKS, answer, FLAGS):
                    break
                answer = self._talk(reply, f"{ANY_PROMPT}|{ASKS}")
            if found := REFUSED.search(answer):
                raise CommandErrorException(f"the device refused 'reload': {found[0].strip()}")

    def configure(self, lines: Iterable[str]) -> None:
        """Lines in configuration mode, one by one; ``LineRefused`` at the first that is not taken in silence."""
        self.do("configure terminal")
        try:
            for line in lines:
                self._line(line)
        except LineRefused:
            self._leave()
            raise
        self._leave()

    def _line(self, line: str) -> None:
        answer = self._talk(line, f"{ANY_PROMPT}|{ASKS}")
        if re.search(ASKS, answer, FLAGS):
            good = any(re.search(known, answer) for known in QUESTIONS)
            more = self._talk("y" if good else "n", ANY_PROMPT)
            if not good:
                raise LineRefused(line, answer)
            answer = more
        if answer.strip():
            raise LineRefused(line, answer)

    def _leave(self) -> None:
        self._talk("end", ANY_PROMPT)
        # A line may have given the device another name.
        self._name = re.escape(self._last.rstrip("#> "))

    # ---- the terminal ----

    _last = ""

    def _talk(self, line: str, until: str, factor: int = 1) -> str:
        """Send *line*; what came back before what *until* matches, without the echo."""
        device = self._device
        with contextlib.suppress(OSError):
            device.read_channel()  # what came late answers nothing
        self._send(line)
        deadline = time.monotonic() + self._timeout * factor
        text = ""
        while time.monotonic() < deadline:
            more = str(device.read_channel())
            text += more.replace("\r", "")
            # A prompt that was still on its way when the line was sent comes before the echo, and answers nothing.
            at = text.find(line[:ECHO])
            echoed = text.find("\n", at) if at >= 0 else -1
            if more and echoed >= 0 and (found := re.search(until, text[echoed:], FLAGS)):
                body = text[echoed + 1 : echoed + found.start()]
                prompt = re.sub(r"\x1b.*", "", found[0])
                if re.match(ANY_PROMPT, prompt, FLAGS):
                    self._last = prompt.strip()
                    return body
                return text[echoed + 1 :]
            if not more:
                self._alive()
                time.sleep(READ_S)
        raise CommandTimeoutException(f"no answer to {line!r} within {self._timeout:.0f} s")

    def _send(self, line: str) -> None:
        try:
            self._device.write_channel(f"{line}\n")
        except OSError as error:
            raise ConnectionClosedException("the connection to the device is gone") from error

    def _alive(self) -> None:
        channel = self._device.remote_conn
        if channel.closed or (channel.eof_received and not channel.recv_ready()):
            raise ConnectionClosedException("the connection to the device is gone")

    # ---- files ----

    def upload(self, name: str, text: str) -> None:
        """A configuration file by SFTP, over a connection of its own: it must show the host key this one has."""
        paramiko: Any = importlib.import_module("paramiko")
        device = self._device
        key = device.remote_conn.get_transport().get_remote_server_key()
        host = device.host if device.port == SSH_PORT else f"[{device.host}]:{device.port}"
        client = paramiko.SSHClient()
        client.get_host_keys().add(host, key.get_name(), key)
        client.set_missing_host_key_policy(paramiko.RejectPolicy())
        refused = ""
        try:
            client.connect(
                device.host,
                port=device.port,
                sock=_dialled(device.host, device.port, self._timeout),
                channel_timeout=self._timeout,
                username=device.username,
                password=device.password,
                timeout=self._timeout,
                allow_agent=False,
                look_for_keys=False,
                disabled_algorithms=device.disabled_algorithms,
            )
            with client.open_sftp() as files:
                files.get_channel().settimeout(self._timeout)
                with files.open(f"/cfg/{name}", "w") as target:
                    target.write(text.encode())
        except (OSError, EOFError, paramiko.SSHException) as error:
            there = client.get_transport()
            if isinstance(error, EOFError) or there is None or not there.is_active():
                raise CommandErrorException(f"the connection was lost while /cfg/{name} was sent by SFTP") from error
            refused = str(error) or type(error).__name__
        finally:
            client.close()
        if refused:  # by the device, over a connection that stood
            raise CommandErrorException(
                f"the candidate could not be sent to /cfg/{name} by SFTP ({refused}); it needs `ip ssh filetransfer`"
            )


def _dialled(host: str, port: int, timeout: float) -> socket.socket:
    """A connection that the kernel ends when the path is lost: paramiko waits without an end for some answers."""
    made = socket.create_connection((host, port), timeout=timeout)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    if hasattr(socket, "TCP_USER_TIMEOUT"):
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, 5)
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, 5)
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, round(timeout * 1000))
    return made
