"""One login to a lab AOS-CX switch: prompts, echo, pager, configuration line by line.

A line of the configuration acts at once: what cuts the path cuts it in mid-change.
"""

import re

from matric.lab import aoscx_show
from matric.lab.aoscx import AoscxDevice
from matric.lab.aoscx_text import BANNER, AoscxPosition
from matric.lab.login import Commands, Login, Terminal
from matric.lab.tree import Invalid

__all__ = ("AoscxShell",)

PAGE = 22
MORE = "-- MORE --, next page: Space, next line: Enter, quit: q"
MODES = {"interface": "config-if", "svi": "config-if-vlan", "mgmt": "config-if-mgmt", "acl": "config-acl-ip"}
AUTO_MAX = 60


class AoscxShell(Login[AoscxDevice]):
    """AOS-CX: what the switch says unasked comes in between; a banner goes over many lines."""

    def __init__(self, device: AoscxDevice, terminal: Terminal, user: str) -> None:
        super().__init__(device, terminal, user)
        self._position: AoscxPosition | None = None
        self._banner: list[str] = []
        """The lines of a banner that has not come to its delimiter."""
        self._paged = True

    async def serve(self) -> None:
        self.device.listeners.append(self._told)
        try:
            await super().serve()
        finally:
            self.device.listeners.remove(self._told)

    async def _greeted(self) -> bool:
        self._write("Please register your products now at: https://asp.arubanetworks.com\r\n\r\n")
        return True

    # ---- the wire ----

    def _told(self, text: str) -> None:
        """What the switch says unasked comes in between, with the prompt again."""
        self._write(f"\r\n{text}\r\n")
        self._prompt()

    async def _say(self, text: str) -> None:
        rows = text.rstrip("\n").split("\n") if text.strip("\n") else []
        left = PAGE
        for row in rows:
            if self._paged and not left:
                self._write(MORE)
                key = await self._key()
                self._write(f"\r{' ' * len(MORE)}\r")
                if key in {"q", "Q", ""}:
                    return
                left = PAGE if key == " " else 1
            self._write(f"{row}\r\n")
            left -= 1

    @property
    def prompt(self) -> str:
        return f"{self.device.hostname}{self._mode()}# "

    def _mode(self) -> str:
        position = self._position
        if position is None:
            return ""
        if self._banner:
            return f"(config-banner-{self._banner[0].split()[1]})"
        context = position.context
        if found := re.fullmatch(r"vlan (\d+)", context):
            return f"(config-vlan-{found[1]})"
        if context.startswith("interface lag"):
            return "(config-lag-if)"
        return f"({MODES.get(position.mode, 'config' if position.mode == 'top' else f'config-{position.mode}')})"

    # ---- lines ----

    async def _answer(self, line: str) -> None:
        if line or self._banner:
            await self._command(line)
        if not self._ended:
            self._prompt()

    async def _run(self, line: str) -> str:
        if self._position is not None:
            return self._configure(line)
        if line.startswith(("sh ", "show ")):
            return self._shown(line)
        answer = await self._called(COMMANDS, line)
        return answer if answer is not None else f"Invalid input: {line.partition(' ')[0]}"

    def _shown(self, line: str) -> str:
        command, _, pipe = line.partition("|")
        text = aoscx_show.answer(self.device, command.strip())
        if text is None:
            return f"Invalid input: {' '.join(command.split()[1:])}"
        what, _, pattern = pipe.strip().partition(" ")
        if not what:
            return text
        keep = "include".startswith(what)
        return "\n".join(row for row in text.split("\n") if (re.search(pattern.strip(), row) is not None) == keep)

    def _configure(self, line: str) -> str:
        position, device = self._position, self.device
        if self._banner and position is not None:
            return self._bannered(position)
        if position is None or line.startswith("!"):
            return ""
        if position.tree is not device.running:  # a revert or a rollback came in between
            position = self._position = AoscxPosition(device.running)
        if line == "end":
            self._position = None
        elif line == "exit":
            if not position.leave():
                self._position = None
        elif line.startswith(("show ", "do show ")):
            return self._shown(line.removeprefix("do "))
        elif (found := BANNER.match(line)) and found["end"] not in found["text"]:
            self._banner.append(line)
        else:
            return self._take(position, line)
        return ""

    def _bannered(self, position: AoscxPosition) -> str:
        """One more line of a banner; the one with its delimiter ends it."""
        found = BANNER.match(self._banner[0])
        self._banner.append(self._typed.rstrip())
        if found is None or found["end"] not in self._typed.rstrip():
            return ""
        whole = "\n".join(self._banner)
        self._banner.clear()
        return self._take(position, whole)

    def _take(self, position: AoscxPosition, line: str) -> str:
        before = self.device.running.copy()
        try:
            self.device.take_line(position, line)
        except Invalid as error:
            return f"Invalid input: {line}" if error.reason == "Invalid input" else f"{error.reason}."
        if self.device.running != before:
            self.device.broken_by("direct-edit")
            self.device.touched("direct-edit", user=self.user, line=line.partition(" plaintext ")[0])
        return ""

    # ---- commands ----

    def leave(self) -> str:
        self._ended = True
        return ""

    def enter(self) -> str:
        self._position = AoscxPosition(self.device.running)
        return ""

    def page(self, off: str | None) -> str:
        self._paged = not off
        return ""

    def save(self) -> str:
        return "Success" if self.device.save() else "Failed to save the configuration: no space left."

    def auto(self, minutes: str) -> str:
        if not 1 <= int(minutes) <= AUTO_MAX:
            return f"Invalid input: {minutes}"
        return self.device.auto(int(minutes), self.user)

    def confirm(self) -> str:
        return self.device.confirm(self.user)

    def keep(self, name: str) -> str:
        return self.device.keep(name)

    def roll_back(self, name: str) -> str:
        return self.device.roll_back(name, self.user)

    def to_startup(self, name: str) -> str:
        tree = self.device.held(name)
        if tree is None:
            return f"Checkpoint {name} does not exist."
        self.device.startup = tree.copy()
        self.device.log("save", digest=self.device.digest(tree))
        return "Success"

    def difference(self, one: str, other: str) -> str:
        return self.device.difference(one, other)

    def erase(self, name: str) -> str:
        if self.device.checkpoints.pop(name, None) is None:
            return f"Checkpoint {name} does not exist."
        return ""

    def silent(self) -> str:
        return ""


NAME = r"([A-Za-z0-9_-]+)"

COMMANDS: Commands = (
    (r"(?:exit|quit|logout)", AoscxShell.leave),
    (r"(?:enable|end|terminal .*)", AoscxShell.silent),
    (r"(no )?page(?: \d+)?", AoscxShell.page),
    (r"conf(?:igure)?(?: term(?:inal)?)?", AoscxShell.enter),
    (r"wr(?:ite)? mem(?:ory)?", AoscxShell.save),
    (r"copy running-config startup-config", AoscxShell.save),
    (rf"copy running-config checkpoint {NAME}", AoscxShell.keep),
    (rf"copy checkpoint {NAME} running-config", AoscxShell.roll_back),
    (rf"copy checkpoint {NAME} startup-config", AoscxShell.to_startup),
    (r"copy (startup-config) running-config", AoscxShell.roll_back),
    (r"checkpoint auto (\d+)", AoscxShell.auto),
    (r"checkpoint auto confirm", AoscxShell.confirm),
    (rf"checkpoint rollback {NAME}", AoscxShell.roll_back),
    (rf"checkpoint diff {NAME} {NAME}", AoscxShell.difference),
    (rf"erase checkpoint {NAME}", AoscxShell.erase),
)
