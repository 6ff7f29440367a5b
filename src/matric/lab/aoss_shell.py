"""One login to a lab AOS-S switch: the banner that waits for a key, the screen's escape sequences, the pager.

The sequences are those netmiko's ProCurve driver expects to strip: cursor positions, scroll region, show and hide of
the cursor, ``ESC E`` for a line end.
"""

from matric.lab import aoss_show
from matric.lab.aoss import AossDevice, minutes
from matric.lab.aoss_port import collapsed
from matric.lab.aoss_tree import AossPosition
from matric.lab.login import Commands, Login, Terminal
from matric.lab.tree import Invalid

__all__ = ("AossShell",)

ESC = "\x1b"
CLEAR = f"{ESC}[2J{ESC}[?7l{ESC}[1;24r{ESC}[?6l{ESC}[24;1H{ESC}[?25h"
AT_PROMPT = f"{ESC}[1;24r{ESC}[24;1H{ESC}[2K{ESC}[24;1H{ESC}[?25h"
ENTERED = f"{ESC}[?25h{ESC}[24;0H{ESC}E"
BANNER = (
    "{model} Switch\r\nSoftware revision {release}\r\n\r\n"
    "(C) Copyright 2023 Hewlett Packard Enterprise Development LP\r\n"
    "                      RESTRICTED RIGHTS LEGEND\r\n\r\n"
    " Confidential computer software. Valid license from Hewlett Packard Enterprise\r\n"
    " Development LP required for possession, use or copying.\r\n\r\n\r\n"
    f"{ESC}[24;1HPress any key to continue{ESC}[24;26H{ESC}[?25h"
)
MORE = "-- MORE --, next page: Space, next line: Enter, quit: Control-C"
PAGE = 22
LONG_PROMPTS = {"vlan": "vlan-{}", "interface": "eth-{}", "acl": "config-ext-nacl"}
RESTORING = "Current running-configuration will be replaced with '{}'. Continue (y/n)? "


class AossShell(Login[AossDevice]):
    """AOS-S: the cursor is moved for every prompt and every line; a line of the configuration acts at once."""

    def __init__(self, device: AossDevice, terminal: Terminal, user: str) -> None:
        super().__init__(device, terminal, user)
        self.paged = True
        self._position: AossPosition | None = None

    async def _greeted(self) -> bool:
        self._write(BANNER.format(model=self.device.model, release=self.device.release))
        if not await self._key():
            return False
        self._write(CLEAR)
        return True

    async def _answer(self, line: str) -> None:
        if line:
            await self._command(" ".join(line.split()))
        if not self._ended:
            self._prompt()

    # ---- the screen ----

    def _echo(self, line: str, end: str) -> None:
        del end
        self._write(f"{line}{ENTERED}")

    async def _say(self, text: str) -> None:
        rows = text.rstrip("\n").split("\n") if text.strip("\n") else []
        for at, row in enumerate(rows):
            if self.paged and at and not at % PAGE:
                self._write(f"{MORE}{ESC}[24;64H{ESC}[?25h")
                with self.device.time.idle():
                    key = await self._key()
                self._write(f"{ESC}[24;1H{ESC}[2K{ESC}[24;1H")
                if key in {"\x03", "q", ""}:
                    return
            self._write(f"{row}\r\n")

    @property
    def prompt(self) -> str:
        position = self._position
        if position is None:
            return f"{self.device.hostname}# "
        if not position.heads:
            return f"{self.device.hostname}(config)# "
        name = LONG_PROMPTS.get(position.mode, position.mode).format(position.heads[0].split()[-1])
        return f"{self.device.hostname}({name})# "

    def _prompt(self) -> None:
        self._write(f"{AT_PROMPT}{self.prompt}{ESC}[24;{len(self.prompt) + 1}H{ESC}[?25h")

    async def agreed(self, question: str) -> bool:
        """Whether the user says yes to *question*."""
        return (await self.ask(question)).lower().startswith("y")

    # ---- commands ----

    async def _run(self, line: str) -> str:
        if line.startswith("show "):
            shown = aoss_show.answer(self.device, line.removeprefix("show "))
            return f"Invalid input: {line.split(maxsplit=2)[1]}" if shown is None else shown
        if line == "enable" and self._position is not None:
            return self._configure(line)  # a port's, not the manager's
        answer = await self._called(COMMANDS, line)
        if answer is not None:
            return answer
        if self._position is not None:
            return self._configure(line)
        return f"Invalid input: {line.split(maxsplit=1)[0]}"

    def _configure(self, line: str) -> str:
        position = self._position
        if position is None or line.startswith(";"):
            return ""
        position.tree = self.device.running  # a job or a colleague may have put another in its place
        before = self.device.running.copy()
        try:
            self.device.take_line(position, line)
        except Invalid as error:
            return f"{error.reason}: {error.line}"
        if before != self.device.running:
            self.device.changed_line(self.user, line)
        return ""

    # ---- what the commands do ----

    def configure(self) -> str:
        if self._position is None:
            self._position = self.device.position(self.device.running)
        elif self._position.tree is not self.device.running:
            self._position.tree = self.device.running
        return ""

    async def no_vlan(self, number: str) -> str:
        """A VLAN goes; where ports would move, not without a yes."""
        position = self._position
        if position is None:
            return "Invalid input: vlan"
        position.tree = self.device.running
        moved = position.moved(int(number)) if number != "1" else set[str]()
        if moved:
            self._write(f"The following ports will be moved to the default VLAN:\r\n{collapsed(moved)}\r\n")
            if not await self.agreed("Do you want to continue? [y/n] "):
                return ""
        return self._configure(f"no vlan {number}")

    def back(self) -> str:
        if self._position is None:
            self._ended = True
        elif not self._position.leave():
            self._position = None
        return ""

    def to_top(self) -> str:
        self._position = None
        return ""

    async def leave(self) -> str:
        if not await self.agreed("Do you want to log out [y/n]? "):
            return ""
        if not self.device.saved() and await self.agreed("Do you want to save current configuration [y/n/^C]? "):
            self.device.save()
        self._ended = True
        return ""

    def write_memory(self) -> str:
        return "" if self.device.save() else "Unable to write the configuration: no space left on flash."  # ours

    def no_page(self) -> str:
        self.paged = False
        return ""

    def page(self) -> str:
        self.paged = True
        return ""

    def backup(self, what: str, name: str) -> str:
        """``cfg-backup running-config config NAME``."""
        device = self.device
        if not device.has_restore:
            return "Invalid input: cfg-backup"
        tree = device.running if what == "running-config" else device.startup
        return "" if device.put(name, device.whole(tree)) else "No space left for configuration files."  # ours

    def erase(self, name: str) -> str:
        path = self.device.flash / name
        if not path.is_file():
            return f"File not found: {name}"
        path.unlink()
        return ""

    async def restore(self, name: str, rest: str) -> str:
        """``cfg-restore flash NAME [diff] [force] [recovery-mode enable|disable] [non-blocking] [verbose]``."""
        device = self.device
        text = device.get(name)
        if not device.has_restore or text is None:
            return f"File not found: {name}" if device.has_restore else "Invalid input: cfg-restore"
        words = rest.split()
        if "diff" in words:
            return _differences(device, text)
        if not await self.agreed(RESTORING.format(name)):
            return ""
        found = device.restore(name, recovery="recovery-mode disable" not in rest, force="force" in words)
        if self._position is not None:
            self._position = device.position(device.running)
        if found.status != "Success":
            return f"Configuration restore to config {name} failed: {found.reason}"  # ours
        return f"Successfully applied configuration '{name}' to running configuration."

    def restore_from_server(self) -> str:
        if not self.device.has_restore:
            return "Invalid input: cfg-restore"
        return "Unable to connect to the server: the lab has no SFTP server"  # ours

    async def reload_after(self, when: str) -> str:
        mins = minutes(when)
        if not mins:
            return f"Invalid input: {when}"
        if not await self.agreed(f"Reload scheduled in {mins} minutes. Continue (y/n)? "):  # ours
            return ""
        self.device.reload_after(mins, self.user)
        return ""

    def no_reload(self) -> str:
        return "" if self.device.no_reload() else "Reload is not scheduled."  # ours

    async def reload(self) -> str:
        if not await self.agreed("System will be rebooted from primary image. Do you want to continue [y/n]?  "):
            return ""
        if not self.device.saved() and await self.agreed("Do you want to save current configuration [y/n/^C]? "):
            self.device.save()
        self.device.power_cut()
        self._ended = True
        return ""

    def silent(self) -> str:
        return ""


def _differences(device: AossDevice, text: str) -> str:
    """``cfg-restore flash NAME diff``."""
    tree, refused = device.candidate(text)
    if refused is not None:
        return f"{refused.reason}: {refused.line}"
    gone, come = device.difference(tree)
    rows = ["Configuration delete list:", *(f"    {row}" for row in gone)]
    return "\n".join([*rows, "Configuration add list:", *(f"    {row}" for row in come)])


COMMANDS: Commands = (
    (r"conf(?:igure)?(?: t(?:erminal)?)?", AossShell.configure),
    (r"no vlan (\d+)", AossShell.no_vlan),
    (r"exit", AossShell.back),
    (r"end", AossShell.to_top),
    (r"logout", AossShell.leave),
    (r"wr(?:ite)? mem(?:ory)?|save", AossShell.write_memory),
    (r"no page", AossShell.no_page),
    (r"page", AossShell.page),
    (r"(?:enable|terminal .*)", AossShell.silent),
    (r"cfg-backup (running-config|startup-config) config (\S+)", AossShell.backup),
    (r"cfg-restore flash (\S+)(.*)", AossShell.restore),
    (r"cfg-restore (?:sftp|tftp|usb) .*", AossShell.restore_from_server),
    (r"erase config (\S+)", AossShell.erase),
    (r"reload after (\S+)", AossShell.reload_after),
    (r"no reload(?: after)?", AossShell.no_reload),
    (r"reload|boot", AossShell.reload),
)
