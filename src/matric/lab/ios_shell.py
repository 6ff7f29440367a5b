"""One login to a lab IOS device: prompts, echo, pipes, configuration mode, questions."""

import re

from matric.lab import ios_show
from matric.lab.ios import IosDevice
from matric.lab.login import CONTROL_Z, Commands, Login, Terminal
from matric.lab.text import logical
from matric.lab.tree import Invalid, Position, Section

__all__ = ("IosShell",)

INVALID = "% Invalid input detected at '^' marker.\n"
PROMPT_LIMIT = 20
SUFFIX = {"top": "config", "interface": "config-if", "line": "config-line", "vlan": "config-vlan", "acl": "config-nacl"}


class IosShell(Login[IosDevice]):
    """IOS: nothing in configuration mode acts before its line is whole; a banner goes over many lines."""

    def __init__(self, device: IosDevice, terminal: Terminal, user: str) -> None:
        super().__init__(device, terminal, user)
        self._position: Position | None = None
        self._heredoc: list[str] = []
        self._mark = ""

    async def _greeted(self) -> bool:
        self._write("\r\n")
        return True

    async def _answer(self, line: str) -> None:
        if self._mark:
            self._gather(self._typed)
        elif self._position is not None:
            self._configure(line)
        elif line:
            await self._command(line)
        if not self._mark and not self._ended:
            self._prompt()

    @property
    def prompt(self) -> str:
        host = self.device.hostname[:PROMPT_LIMIT]
        if self._position is None:
            return f"{host}#"
        return f"{host}({SUFFIX.get(self._position.mode, 'config-sub')})#"

    def _echo(self, line: str, end: str) -> None:
        self._write(f"{line}{'^Z' if end == CONTROL_Z else ''}\r\n")

    async def _say(self, text: str) -> None:
        self._tell(text)

    def _tell(self, text: str) -> None:
        if text:
            body = text.rstrip("\n").replace("\n", "\r\n")
            self._write(f"{body}\r\n")

    # ---- configuration mode ----

    def enter_configuration(self, minutes: int | None = None) -> str:
        device = self.device
        if device.lock_owner is not None:
            return f"Configuration mode locked exclusively by user '{device.lock_owner}' process '1' from terminal '2'."
        if minutes is not None:
            if not device.archive_on():
                return "%Please turn config archive on before using the feature"
            if device.timer is not None:
                return "%Rollback Confirmed Change is already in progress"
            device.arm("terminal", self.user, minutes * 60, device.running.copy())
        self._position = Position(device.dialect.grammar, device.running)
        return "Enter configuration commands, one per line.  End with CNTL/Z."

    def _configure(self, line: str) -> None:
        position = self._position
        if position is None or not line or line.startswith("!"):
            return
        if line == "end":
            self._position = None
        elif line == "exit":
            if not position.leave():
                self._position = None
        elif line.startswith("do "):
            self._tell(device_show(self, line.removeprefix("do ")))
        elif found := re.match(r"banner \S+ (\^C|\x03|\S)", line):
            self._heredoc, self._mark = [line], found[1]
            if found[1] in line[found.end() :]:
                self._take()
        else:
            self._apply(line)

    def _gather(self, line: str) -> None:
        self._heredoc.append(line)
        if self._mark in line:
            self._take()

    def _take(self) -> None:
        text, self._heredoc, self._mark = "\n".join(self._heredoc), [], ""
        for _, line in logical("ios", text):
            self._apply(line)

    def _apply(self, line: str) -> None:
        position, device = self._position, self.device
        if position is None:
            return
        before = device.running.copy()
        try:
            device.take_line(position, line)
        except Invalid:
            self._tell(f"{' ' * (len(device.hostname) + 9)}^\n{INVALID}")
            return
        device.dialect.salted(device.running, before)
        device.touched("direct-edit", user=self.user)

    # ---- commands ----

    async def _run(self, line: str) -> str:
        answer = await self._called(COMMANDS, line)
        return device_show(self, line) if answer is None else answer

    def leave(self) -> str:
        self._ended = True
        return ""


def device_show(shell: IosShell, line: str) -> str:
    """A show command, with its pipe."""
    command, _, pipe = line.partition("|")
    text = ios_show.answer(shell.device, shell.user, command.strip())
    if text is None:
        return f"{' ' * (len(shell.device.hostname) + 1)}^\n{INVALID}"
    return _piped(text, pipe.strip()) if pipe else text


def _piped(text: str, pipe: str) -> str:
    what, _, pattern = pipe.partition(" ")
    pattern = pattern.strip()
    rows = text.split("\n")
    if "include".startswith(what):
        rows = [row for row in rows if re.search(pattern, row)]
    elif "exclude".startswith(what):
        rows = [row for row in rows if not re.search(pattern, row)]
    elif "begin".startswith(what):
        start = next((at for at, row in enumerate(rows) if re.search(pattern, row)), len(rows))
        rows = rows[start:]
    elif "section".startswith(what):
        rows = _section(rows, pattern)
    elif "count".startswith(what):
        rows = [f"Number of lines which match regexp = {sum(1 for row in rows if re.search(pattern, row))}"]
    return "\n".join(rows)


def _section(rows: list[str], pattern: str) -> list[str]:
    found: list[str] = []
    inside = False
    for row in rows:
        if not row.startswith(" "):
            inside = re.search(pattern, row) is not None
        if inside:
            found.append(row)
    return found


# ---- what changes something ----


async def copy(shell: IosShell, source: str, target: str) -> str:
    device = shell.device
    name = _flash(target) if target.startswith("flash:") else "startup-config"
    if not device.quiet_prompts() and target not in ("running-config", "system:running-config"):
        await shell.ask(f"Destination filename [{name}]? ")
    if target.startswith("startup"):
        return _save(device, source)
    if target.endswith("running-config"):
        if not device.quiet_prompts():
            await shell.ask("Destination filename [running-config]? ")
        return device.merge(_flash(source), shell.user)
    text = _source(device, source)
    if text is None:
        return f"%Error opening {source} (No such file or directory)"
    if not device.put(_flash(target), text):
        return f"%Error writing {target} (No space left on device)"
    return f"{len(text)} bytes copied in 0.214 secs ({len(text) * 4} bytes/sec)"


def _source(device: IosDevice, source: str) -> str | None:
    if source.startswith("null:"):
        return ""
    if source.startswith(("running", "system:")):
        return device.whole(device.running)
    if source.startswith(("startup", "nvram:")):
        return device.whole(device.startup)
    return device.get(_flash(source))


def _save(device: IosDevice, source: str) -> str:
    if not source.startswith(("running", "system:")):
        return "% not supported in the lab"
    if not device.save():
        return "startup-config file open failed (Not enough space)"
    return "Building configuration...\n[OK]"


async def write(shell: IosShell) -> str:
    return _save(shell.device, "running-config")


async def delete(shell: IosShell, force: str | None, target: str) -> str:
    device, name = shell.device, _flash(target)
    if not force and not device.quiet_prompts():
        await shell.ask(f"Delete filename [{name}]? ")
        await shell.ask(f"Delete flash:/{name}? [confirm]")
    path = device.flash / name
    if not path.is_file():
        return f"%Error deleting flash:/{name} (No such file or directory)"
    path.unlink()
    return ""


async def replace(shell: IosShell, target: str, rest: str) -> str:
    device, name = shell.device, _flash(target)
    if device.lock_owner is not None:
        return f"Configuration mode locked exclusively by user '{device.lock_owner}' process '1' from terminal '2'."
    found = re.search(r"\btimer (\d+)", rest)
    if "force" not in rest:
        await shell.ask("This will apply all necessary additions and deletions ... Enter Y if you are sure. [no]: ")
    text = device.get(name)
    if text is not None:
        for _ in _removed_users(device.running, text):
            await shell.ask(
                "This operation will remove all username related configurations with same name.Do you want to continue?"
                " [confirm]"
            )
    return device.replace(name, shell.user, int(found[1]) if found else None)


def _removed_users(running: Section, text: str) -> list[str]:
    kept = set(re.findall(r"^username (\S+)", text, re.MULTILINE))
    names = dict.fromkeys(entry.text.split()[1] for entry in running.find("username"))
    return [name for name in names if name not in kept]


def _flash(target: str) -> str:
    return target.removeprefix("flash:").lstrip("/")


def _more(shell: IosShell, target: str) -> str:
    text = shell.device.get(_flash(target))
    return f"%Error opening {target} (No such file or directory)" if text is None else text.rstrip("\n")


def _differences(shell: IosShell, base: str, target: str) -> str:
    device = shell.device
    text = device.get(_flash(target))
    if text is None:
        return f"%Error opening {target} (No such file or directory)"
    if base.endswith("running-config"):
        return device.differences(device.running, text)
    held = device.get(_flash(base))
    if held is None:
        return f"%Error opening {base} (No such file or directory)"
    return device.differences(device.parsed(held), text)


def _incremental(shell: IosShell, target: str) -> str:
    text = shell.device.get(_flash(target))
    return f"%Error opening {target} (No such file or directory)" if text is None else shell.device.incremental(text)


def _guarded(shell: IosShell, minutes: str) -> str:
    return shell.enter_configuration(int(minutes))


def _confirm(shell: IosShell) -> str:
    return shell.device.confirm(shell.user)


def _revert(shell: IosShell) -> str:
    return shell.device.revert_now(shell.user)


def _silent(_: IosShell) -> str:
    return ""


COMMANDS: Commands = (
    (r"(?:exit|quit|logout)", IosShell.leave),
    (r"(?:enable|en|end|terminal .*|term .*|clear .*)", _silent),
    (r"conf(?:igure)? t(?:erminal)?", IosShell.enter_configuration),
    (r"configure terminal revert timer (\d+)", _guarded),
    (r"configure replace (flash:\S+)(.*)", replace),
    (r"configure confirm", _confirm),
    (r"configure revert now", _revert),
    (r"wr(?:ite)?(?: mem(?:ory)?)?", write),
    (r"copy (\S+) (\S+)", copy),
    (r"delete (/force )?(?:/recursive )?(flash:\S+)", delete),
    (r"more (flash:\S+)", _more),
    (r"show archive config differences (\S+) (\S+)", _differences),
    (r"show archive config incremental-diffs (\S+)(?: ignorecase)?", _incremental),
)
