"""Arista EOS through NAPALM's unmodified eos driver, over eAPI (HTTPS).

NAPALM opens the connection, reads and loads. What decides the outcome of a cut-over is sent and read back here: its own
confirm writes startup, takes "nothing pending" for success, and cannot end what another login began.
Sources: EOS configuration sessions (user manual); ``show configuration sessions detail`` in both shapes, before and
since 4.32.
"""

import re
from typing import Any, cast

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
from matric.platform.eos_json import listed, owner, timed, via
from matric.platform.eos_rules import RULES
from matric.platform.reading import accounts, communities, skew
from matric.platform.transport import PinnedContext, allowed, complete, quiet, said, translated

__all__ = ("PLATFORM",)

SHOW = (
    r"show version",
    r"show hostname",
    r"show running-config",
    r"show startup-config",
    r"show configuration sessions( detail)?",
    r"show session-config named matric-[A-Za-z0-9-]+( diffs)?",
    r"show lldp neighbors",
    r"show ip route",
    r"show clock",
    r"dir flash:",
    *EDGE["eos"],
)

HELD = "show running-config"
TIMER_MAX_S = 86399
"""``commit timer`` takes HH:MM:SS; a day and more would wrap to nothing."""


class EosDriver:
    """One EOS switch over one login."""

    def __init__(self, address: Address) -> None:
        self.address = address
        self._napalm: Any = None

    # -- login ----------------------------------------------------------------------------------------------------

    def open(self) -> None:
        """Nothing is sent before the certificate is proven to be the pinned one, and that at every request."""
        quiet()
        from napalm.eos import eos  # noqa: PLC0415 - heavy

        address = self.address
        with translated(address, "logging in"):
            options = {
                "transport": "https",
                "port": address.port,
                "context": PinnedContext.of(address.pin),
                "lock_disable": True,  # foreign sessions are read and named by us, not waited for
            }
            driver: Any = eos.EOSDriver
            self._napalm = driver(
                address.host, address.user, address.password, timeout=address.timeout_s, optional_args=options
            )
            self._napalm.open()

    def close(self) -> None:
        if self._napalm is not None:
            self._napalm.config_session = None  # NAPALM's close() would abort what is pending under this name
            napalm, self._napalm = self._napalm, None
            with translated(self.address, "logging out"):
                napalm.close()

    # -- reading --------------------------------------------------------------------------------------------------

    def facts(self) -> Facts:
        version, name = self._read("show version", "show hostname")
        return Facts(
            hostname=str(name["hostname"]),
            model=str(version["modelName"]),
            serial=str(version["serialNumber"]),
            os_version=str(version["version"]),
            uptime_s=float(version.get("uptime", 0)),
        )

    def running(self) -> str:
        return complete(self.address.key, self._text("show running-config"), "running configuration")

    def startup(self) -> str:
        return complete(self.address.key, self._text("show startup-config"), "startup configuration")

    def shown(self, command: str) -> str:
        """The device's own words to one listed command."""
        return self._text(command)

    def look(self) -> Look:
        running = self.running()
        return Look(
            facts=self.facts(),
            running=running,
            startup=self.startup(),
            neighbours=self._neighbours(),
            users=accounts(running),
            snmp_communities=communities(running),
            routes=self._routes(),
            clock_skew_s=self._skew(),
            sessions=self.sessions(),
            pending=self.pending(),
            free_bytes=self._free_bytes(),
            archive=None,
        )

    def pending(self) -> Pending | None:
        detail, version = self._read("show configuration sessions detail", "show version")
        found = timed(self.address.key, detail)
        if found is None:
            return None
        name, expires_s, who = found
        uptime = version.get("uptime")
        left = max(0.0, expires_s - float(uptime)) if expires_s is not None and uptime is not None else 0.0
        return Pending(session=name, left_s=left, owner=who)

    def sessions(self) -> tuple[Session, ...]:
        (detail,) = self._read("show configuration sessions detail")
        known = listed(self.address.key, detail)
        return tuple(
            Session(name, owner(given), str(given.get("state", "")))
            for name, given in sorted(known.items())
            if given.get("state") not in {"completed", "aborted"}  # history, not open
        )

    # -- writing --------------------------------------------------------------------------------------------------

    def stage(self, session: str, candidate: Candidate) -> str:
        if any(open_session.name == session for open_session in self.sessions()):
            self.unstage(session)  # a session half filled by a lost answer would be resumed, not replaced
        self._load(session, candidate.config)
        return complete(self.address.key, self._text(f"show session-config named {session}"), "the candidate")

    def unstage(self, session: str) -> None:
        for found in self.sessions():
            if found.name == session:
                if found.state != "pending":
                    raise Refused(f"{self.address.key}: session {session} is {found.state}. Do: cancel or confirm it")
                self._do("removing the candidate", f"configure session {session} abort")

    def arm(self, session: str, revert_after_s: int, candidate: Candidate) -> str:  # noqa: ARG002 - the device holds it
        if not 1 <= revert_after_s <= TIMER_MAX_S:
            raise ValueError(f"a timer of {revert_after_s} s is outside 1..{TIMER_MAX_S}")
        hours, rest = divmod(revert_after_s, 3600)
        timer = f"{hours:02}:{rest // 60:02}:{rest % 60:02}"
        return self._do(
            "committing with a timer", f"configure session {session} commit timer {timer}", allowed(HELD, SHOW)
        )

    def confirm(self, session: str) -> None:
        self._ours(session)
        self._do("confirming", f"configure session {session} commit")

    def cancel(self, session: str) -> None:
        self._ours(session)
        self._do("going back", f"configure session {session} abort")

    def restore(self, session: str, config: str) -> None:
        name = f"{session}-restore"  # the run's own session is spent by now
        if any(open_session.name == name for open_session in self.sessions()):
            self.unstage(name)
        self._load(name, config)
        self._do("restoring the backup", f"configure session {name} commit")

    def save(self) -> None:
        self._do("saving", "write memory")

    def clean(self, session: str) -> tuple[str, ...]:
        names = (session, f"{session}-restore")
        for found in self.sessions():
            if found.name in names and found.state == "pending":
                self._do("removing the candidate", f"configure session {found.name} abort")
        return tuple(found.name for found in self.sessions() if found.name in names)

    # -- the wire -------------------------------------------------------------------------------------------------

    def _read(self, *commands: str) -> list[dict[str, Any]]:
        return self._run("json", *(allowed(command, SHOW) for command in commands))

    def _text(self, command: str) -> str:
        (answer,) = self._run("text", allowed(command, SHOW))
        return str(answer.get("output", ""))

    def _run(self, encoding: str, *commands: str) -> list[dict[str, Any]]:
        with translated(self.address, f"asked `{commands[0]}`"):
            answers = self._node().run_commands(list(commands), encoding=encoding)
        return cast("list[dict[str, Any]]", answers)

    def _do(self, doing: str, command: str, *first: str) -> str:
        """Send one command that changes something. Whatever it answers beyond silence is taken as a no.

        In the same request go the reads *first*; what comes back is what they showed.
        """
        with translated(self.address, doing):
            *shown, answer = self._node().run_commands([*first, command], encoding="text")
        words = str(answer.get("output", "")).strip()
        if words and not _HARMLESS.search(words):
            raise Refused(f"{self.address.key} answered while {doing}: {said(words)}. Do: read its state")
        return "".join(str(one.get("output", "")) for one in shown)

    def _load(self, session: str, config: str) -> None:
        self._napalm.config_session = session
        try:
            with translated(self.address, "loading the candidate"):
                self._napalm.load_replace_candidate(config=config)
        finally:
            self._napalm.config_session = None

    def _node(self) -> Any:
        if self._napalm is None:
            raise Unreachable(f"{self.address.key}: the login is gone. Do: log in anew")
        return self._napalm.device

    def _ours(self, session: str) -> None:
        pending = self.pending()
        if pending is None:
            raise NothingPending(f"{self.address.key}: no timer runs. Do: read which configuration it holds")
        if pending.session != session:
            raise Refused(
                f"{self.address.key}: the timer is of {pending.session!r}, not of {session}. Do: ask whose it is"
            )

    # -- what may be missing --------------------------------------------------------------------------------------

    def _optional(self, command: str) -> dict[str, Any] | None:
        """The answer, or None where the device does not know the command: could not look."""
        try:
            return self._read(command)[0]
        except Refused:
            return None

    def _neighbours(self) -> tuple[Neighbour, ...] | None:
        answer = self._optional("show lldp neighbors")
        if answer is None or "lldpNeighbors" not in answer:
            return None
        return tuple(
            Neighbour(str(one["port"]), str(one["neighborDevice"]).partition(".")[0], str(one["neighborPort"]))
            for one in answer["lldpNeighbors"]
        )

    def _routes(self) -> tuple[str, ...] | None:
        answer = self._optional("show ip route")
        if answer is None or "vrfs" not in answer:
            return None
        routes = answer["vrfs"].get("default", {}).get("routes", {})
        return tuple(sorted(f"{prefix} via {via(route)}" for prefix, route in routes.items()))

    def _skew(self) -> float | None:
        try:
            return skew(self._text("show clock"), self.address.now())
        except Refused:
            return None

    def _free_bytes(self) -> int | None:
        try:
            found = re.search(r"\((\d+) bytes free\)", self._text("dir flash:"))
        except Refused:
            return None
        return int(found[1]) if found else None


_HARMLESS = re.compile(r"\A(?:Copy completed successfully\.?|\s)*\Z")


PLATFORM = Platform(
    slug="eos",
    title="Arista EOS",
    capability=Capability(
        atomic_replace=True,
        timer_revert=True,
        timer_owner="device",
        survives_reboot=True,
        survives_session_drop=True,
        timer_min_s=1,
        timer_max_s=TIMER_MAX_S,
        timer_step_s=1,
        other_commits_confirm=False,
    ),
    rules=RULES,
    name_limit=32,
    description_limit=240,
    reserved_vids=((1006, 1199),),
    ascii_only=True,
    show_commands=SHOW,
    driver=EosDriver,
    nets=(
        NetKind(
            "commit-timer",
            "The switch's own commit timer takes the whole configuration back; nothing restarts.",
            atomic=True,
        ),
    ),
    extra={"identity": "tls"},
)
