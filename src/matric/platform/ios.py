"""Cisco IOS and IOS-XE (Catalyst 9800 included) through NAPALM's unmodified ios driver, over SSH and SCP.

NAPALM opens the connection and copies the candidate. What decides the outcome of a cut-over is sent and read back
here: its own commit edits running-config (``file prompt quiet``) and leaves copies with secrets on flash, its confirm
ignores the answer and writes startup.
Source: Cisco IOS Configuration Fundamentals, chapter "Configuration Replace and Configuration Rollback".
"""

import math
import re
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from typing import Any

from matric.errors import NothingPending, Refused, Unreachable
from matric.platform.base import (
    Address,
    Candidate,
    Capability,
    Facts,
    Look,
    Neighbour,
    NetKind,
    Pending,
    Platform,
    Session,
)
from matric.platform.edge import EDGE
from matric.platform.ios_rules import RULES
from matric.platform.ios_text import body, first, full_port, lines, routes, staged, typed, uptime_s
from matric.platform.reading import accounts, clock, communities, skew
from matric.platform.transport import (
    Watched,
    allowed,
    complete,
    dialled,
    private_file,
    private_folder,
    quiet,
    said,
    strict_ssh,
    translated,
    within_time,
)

__all__ = ("PLATFORM",)

SHOW = (
    r"show version",
    r"show running-config",
    r"show startup-config",
    r"show archive",
    r"show archive config rollback timer",
    r"show lldp neighbors",
    r"show ip route",
    r"show clock",
    r"show configuration lock",
    r"dir flash:",
    r"verify /md5 flash:/?matric-[A-Za-z0-9-]+\.cfg",
    r"more flash:/?matric-[A-Za-z0-9-]+\.cfg",
    r"more (?:boot)?flash:[\w./:-]+",
    *EDGE["ios"],
)

FLASH = "flash:"
_PROMPT = r"(?:\A|[\r\n])[\w.()/:-]{1,63}[>#]\s*\Z"
"""A line that is nothing but a prompt, at the end of what came: a replace may change the hostname."""
_QUESTION = r"\[confirm\]\s*\Z|all username.*confirm|\]\?\s*\Z"
_REFUSAL = re.compile(r"^\s*%|\berror\b|\bfailed\b|\babort", re.IGNORECASE | re.MULTILINE)
_REPLACE_FACTOR = 3
"""A replace takes the device longer than a read: this many time-outs."""
_REPLACED = "Rollback Done"


class IosDriver:
    """One IOS or IOS-XE device over one login."""

    def __init__(self, address: Address) -> None:
        self.address = address
        self._napalm: Any = None
        self._stack = ExitStack()
        self._lost = False

    # -- login ----------------------------------------------------------------------------------------------------

    def open(self) -> None:
        """Netmiko rejects every host key but the pinned one, before it authenticates."""
        quiet()
        from napalm.ios import ios  # noqa: PLC0415 - heavy

        address = self.address
        try:
            with translated(address, "logging in"):
                folder = self._stack.enter_context(private_folder())
                connection = self._stack.enter_context(dialled(address))
                options = {
                    **strict_ssh(address, folder, connection),
                    "dest_file_system": FLASH,
                    "auto_file_prompt": False,  # it would edit running-config
                }
                driver: Any = ios.IOSDriver
                self._napalm = driver(
                    address.host, address.user, address.password, timeout=address.timeout_s, optional_args=options
                )
                with within_time(address, connection):
                    self._napalm.open()
                channel = self._napalm.device.channel
                channel.remote_conn = Watched(channel.remote_conn)
        except BaseException:
            self._stack.close()
            raise

    def close(self) -> None:
        napalm, self._napalm = self._napalm, None
        with self._stack:
            if napalm is not None:
                with translated(self.address, "logging out"):
                    if self._lost:
                        napalm.device.paramiko_cleanup()  # a polite exit would wait for an answer again
                    else:
                        napalm.close()

    # -- reading --------------------------------------------------------------------------------------------------

    def facts(self) -> Facts:
        text = self._show("show version")
        return Facts(
            hostname=first(self.address.key, text, r"^\s*(\S+) uptime is ", "hostname"),
            model=first(
                self.address.key, text, r"^Model [Nn]umber\s*: *(\S+)", "model", r"^[Cc]isco (\S+) .*\bprocessor\b"
            ),
            serial=first(
                self.address.key,
                text,
                r"^System [Ss]erial [Nn]umber\s*: *(\S+)",
                "serial number",
                r"^Processor board ID (\S+)",
            ),
            os_version=first(self.address.key, text, r"\bVersion ([^\s,]+)", "version"),
            uptime_s=uptime_s(text),
        )

    def running(self) -> str:
        return body(complete(self.address.key, self._show("show running-config"), "running configuration"))

    def startup(self) -> str:
        return body(complete(self.address.key, self._show("show startup-config"), "startup configuration"))

    def shown(self, command: str) -> str:
        """The device's own words to one listed command."""
        return self._show(command)

    def look(self) -> Look:
        running = self.running()
        files = self._show("dir flash:")
        free = re.search(r"\((\d+) bytes free\)", files)
        return Look(
            facts=self.facts(),
            running=running,
            startup=self.startup(),
            neighbours=self._neighbours(),
            users=accounts(running),
            snmp_communities=communities(running),
            routes=self._routes(),
            clock_skew_s=skew(self._show("show clock"), self.address.now()),
            sessions=(*staged(files), *self._lock()),
            pending=self.pending(),
            free_bytes=int(free[1]) if free else None,
            archive=self._archive(),
        )

    def pending(self) -> Pending | None:
        text = self._show("show archive config rollback timer")
        if "No Rollback Confirmed Change pending" in text or "Archive feature not enabled" in text:
            return None
        found = dict(re.findall(r"^(Time configured|Timer value|User)[^:\n]*: *(.*?)\s*$", text, re.MULTILINE))
        minutes = re.match(r"\d+", found.get("Timer value", ""))
        if minutes is None or "User" not in found:
            raise Refused(f"{self.address.key}: its rollback timer could not be read: {said(text)}. Do: try again")
        since = found.get("Time configured", "")
        left = self._left_s(since, int(minutes[0]) * 60)
        return Pending(session=f"{found['User']}@{since}", left_s=left, owner=found["User"])

    def sessions(self) -> tuple[Session, ...]:
        """IOS has none: a staged candidate is a file on flash, somebody else's session the configuration lock."""
        return (*staged(self._show("dir flash:")), *self._lock())

    # -- writing --------------------------------------------------------------------------------------------------

    def stage(self, session: str, candidate: Candidate) -> str:
        self._put(f"{session}.cfg", candidate.config)
        held = self._show(f"more {FLASH}{session}.cfg")
        if lines(held) != lines(candidate.config):
            raise Refused(f"{self.address.key}: {session}.cfg on flash is not what was sent. Do: stage again")
        return complete(self.address.key, held, "the candidate")

    def unstage(self, session: str) -> None:
        self._delete(f"{session}.cfg")

    def arm(self, session: str, revert_after_s: int, candidate: Candidate) -> str:  # noqa: ARG002 - the device holds it
        minutes = math.ceil(revert_after_s / 60)
        if revert_after_s % 60 or not 1 <= minutes <= TIMER_MAX_S // 60:
            raise ValueError(f"a timer of {revert_after_s} s is not 1 to 120 whole minutes")
        text = self._replace(
            f"{FLASH}{session}.cfg force revert trigger error timer {minutes}", "committing with a timer"
        )
        kept = re.search(r"Backing up current running config to ((?:boot)?flash:[\w./:-]+)", text)
        held = self._optional(f"more {kept[1]}") if kept else None
        # Whoever edited it after it was last read is in what the timer keeps, and nowhere else.
        return body(held.rstrip() + "\n") if held and held.rstrip().endswith("\nend") else ""

    def confirm(self, session: str) -> None:
        self._ours(session)
        self._settled("configure confirm", "confirming")

    def cancel(self, session: str) -> None:
        self._ours(session)
        self._settled("configure revert now", "going back", done=_REPLACED)

    def restore(self, session: str, config: str) -> None:
        name = f"{session}-restore.cfg"
        self._put(name, config)
        self._replace(f"{FLASH}{name} force", "restoring the backup")
        self._delete(name)

    def save(self) -> None:
        self._settled("copy running-config startup-config", "saving", done="[OK]")

    def clean(self, session: str) -> tuple[str, ...]:
        ours = (session, f"{session}-restore")
        for found in self.sessions():
            if found.name in ours:
                self._delete(f"{found.name}.cfg")
        return tuple(f"{FLASH}{found.name}.cfg" for found in self.sessions() if found.name in ours)

    # -- the wire -------------------------------------------------------------------------------------------------

    def _show(self, command: str) -> str:
        with self._edge(f"asked `{command}`"):
            text = self._device().send_command(
                allowed(command, SHOW),
                expect_string=_PROMPT,  # netmiko's own would take "sw-01#" in a description for the end
                read_timeout=self.address.timeout_s,
            )
        text = str(text)
        if re.match(r"\s*(\^\s*)?% ?(Invalid|Incomplete|Ambiguous|Unknown)|% ?Authorization", text):
            raise Refused(f"{self.address.key} refused `{command}`: {said(text)}. Do: check the account's privileges")
        return text

    def _settled(self, command: str, doing: str, *, done: str = "", factor: int = 1) -> str:
        """Send *command*, answer its questions with Enter, and want *done* in the answer; without one, silence."""
        with self._edge(doing):
            text = self._ask(command, factor)
            self._device().set_base_prompt()  # the hostname may be another one now
        if "No Rollback Confirmed Change pending" in text:
            raise NothingPending(f"{self.address.key}: no timer runs. Do: read which configuration it holds")
        if (_REFUSAL.search(text) or done not in text) if done else text.strip():
            raise Refused(f"{self.address.key} answered while {doing}: {said(text)}. Do: read its state")
        return text

    def _ask(self, command: str, factor: int) -> str:
        device = self._device()
        expect = f"{_PROMPT}|{_QUESTION}"
        timeout = self.address.timeout_s * factor
        answer = device.send_command(command, expect_string=expect, read_timeout=timeout, strip_prompt=False)
        whole = [str(answer)]
        while re.search(_QUESTION, whole[-1]):
            answer = device.send_command("\n", expect_string=expect, read_timeout=timeout, **_RAW)
            whole.append(str(answer))
        return re.sub(_PROMPT, "", "\n" + "\n".join(whole)).strip()

    def _replace(self, what: str, doing: str) -> str:
        return self._settled(f"configure replace {what}", doing, done=_REPLACED, factor=_REPLACE_FACTOR)

    def _put(self, name: str, config: str) -> None:
        """SCP *config* to flash under *name*; NAPALM proves the copy by its MD5."""
        self._napalm.candidate_cfg = name
        with self._edge("copying the candidate"), private_folder() as folder, dialled(self.address) as connection:
            self._device().sock = connection  # netmiko's SCP logs in anew, over what the first login was given
            self._napalm.load_replace_candidate(filename=str(private_file(folder / name, typed(config))))

    def _delete(self, name: str) -> None:
        if name.removesuffix(".cfg") in {found.name for found in staged(self._show("dir flash:"))}:
            self._settled(f"delete /force {FLASH}{name}", "removing the candidate")

    @contextmanager
    def _edge(self, doing: str) -> Generator[None]:
        """What the libraries raise, in our words; an answer that did not come leaves the login unusable."""
        try:
            with translated(self.address, doing):
                yield
        except Unreachable:
            self._lost = True
            raise

    def _device(self) -> Any:
        if self._napalm is None or self._lost:
            raise Unreachable(f"{self.address.key}: the login is gone. Do: log in anew")
        return self._napalm.device

    def _ours(self, session: str) -> None:
        pending = self.pending()
        if pending is None:
            raise NothingPending(f"{self.address.key}: no timer runs. Do: read which configuration it holds")
        if pending.owner != self.address.user:
            raise Refused(
                f"{self.address.key}: the timer is of {pending.owner!r}, not of {session}. Do: ask whose it is"
            )

    def _lock(self) -> tuple[Session, ...]:
        text = self._show("show configuration lock")
        found = dict(re.findall(r"^(Owner PID|User)\s*: *(.*?)\s*$", text, re.MULTILINE))
        if "Owner PID" not in found:
            raise Refused(f"{self.address.key}: its configuration lock could not be read: {said(text)}. Do: try again")
        if found["Owner PID"] == "-1":  # nobody
            return ()
        return (Session("configuration lock", found.get("User", ""), "locked"),)

    # -- what may be missing --------------------------------------------------------------------------------------

    def _left_s(self, since: str, timer_s: int) -> float:
        """Seconds left; none where the device does not say enough, so that nobody counts on them."""
        started, now = clock(since), clock(self._show("show clock"))
        return max(0.0, timer_s - (now - started).total_seconds()) if started and now else 0.0

    def _archive(self) -> bool:
        return "Archive feature not enabled" not in self._show("show archive")

    def _optional(self, command: str) -> str | None:
        """The answer, or None where the device does not know the command: could not look."""
        try:
            return self._show(command)
        except Refused:
            return None

    def _neighbours(self) -> tuple[Neighbour, ...] | None:
        text = self._optional("show lldp neighbors")
        if text is None or "LLDP is not enabled" in text:
            return None
        rows = re.findall(r"^(\S+) +(\S+) +\d+ +(?:[A-Z,]+ +)?(\S+)\s*$", text, re.MULTILINE)
        return tuple(
            Neighbour(full_port(port), device.partition(".")[0], full_port(remote)) for device, port, remote in rows
        )

    def _routes(self) -> tuple[str, ...] | None:
        text = self._optional("show ip route")
        return None if text is None else routes(text)


TIMER_MAX_S = 7200
_RAW: dict[str, Any] = {"strip_prompt": False, "strip_command": False, "cmd_verify": False}


PLATFORM = Platform(
    slug="ios",
    title="Cisco IOS-XE",
    capability=Capability(
        atomic_replace=True,
        timer_revert=True,
        timer_owner="device",
        survives_reboot=True,
        survives_session_drop=True,
        timer_min_s=60,
        timer_max_s=TIMER_MAX_S,
        timer_step_s=60,
        other_commits_confirm=False,
    ),
    rules=RULES,
    name_limit=32,
    description_limit=200,
    reserved_vids=((1002, 1005),),
    ascii_only=True,
    show_commands=SHOW,
    driver=IosDriver,
    nets=(
        NetKind(
            "commit-timer",
            "The switch's own rollback timer replaces the whole configuration by the archived one; nothing restarts.",
            atomic=True,
        ),
    ),
    extra={"identity": "ssh"},
)
