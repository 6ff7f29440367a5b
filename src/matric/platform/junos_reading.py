"""What a Junos switch says over one login: the reads of ``matric.platform.junos``, which change nothing."""

from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from typing import Any
from xml.sax.saxutils import escape

from matric.errors import DeviceError, Refused, Unreachable
from matric.platform.base import Address, Facts, Look, Neighbour, Pending, Session
from matric.platform.edge import EDGE
from matric.platform.junos_login import as_ours, pinned
from matric.platform.junos_text import Commit, accounts, commit, communities, whole
from matric.platform.transport import allowed, dialled, private_folder, within_time

__all__ = ("SHOW", "JunosReader")

SHOW = (
    r"get-configuration database committed format text",
    r"get-configuration database candidate format text",
    r"get-configuration compare rollback rollback 0 format text",
    r"get-software-information",
    r"get-chassis-inventory",
    r"get-system-uptime-information",
    r"get-commit-information",
    r"get-database-status-information",
    r"get-rollback-information",
    r"get-lldp-neighbors-information",
    r"get-route-information",
    *(f"command {one}" for one in EDGE["junos"]),
)
_READS = 3
"""So often the history is read again where a commit came between it and the configuration it speaks of."""


class JunosReader:
    """One Junos switch over one login."""

    def __init__(self, address: Address) -> None:
        self.address = address
        self._napalm: Any = None
        self._stack = ExitStack()
        self._lost = False
        self._shown = ""
        """What this login last read to be committed."""

    # -- login ----------------------------------------------------------------------------------------------------

    def open(self) -> None:
        """The host key is compared with the pinned one before anything of a login is sent."""
        try:
            with self._edge("logging in"):
                folder = self._stack.enter_context(private_folder())
                connection = self._stack.enter_context(dialled(self.address))
                self._napalm = pinned(self.address, folder, connection)
                with within_time(self.address, connection):
                    self._napalm.open()
        except BaseException:
            self._napalm = None
            self._stack.close()
            raise

    def close(self) -> None:
        """Log out. A lock goes with the login, and with the lock what was not committed."""
        napalm, self._napalm = self._napalm, None
        with self._stack:
            if napalm is None:
                return
            if self._lost:
                napalm.device.connected = False
                napalm.device._conn._session.close()  # noqa: SLF001 - a polite exit would wait for an answer again
                return
            with self._edge("logging out"):
                napalm.close()

    # -- reading --------------------------------------------------------------------------------------------------

    def facts(self) -> Facts:
        software = self._read("get-software-information")
        inventory = self._read("get-chassis-inventory")
        uptime = self._read("get-system-uptime-information")
        booted = uptime.find(".//system-booted-time/time-length")
        return Facts(
            hostname=self._first(software, ".//host-name", "hostname"),
            model=self._first(software, ".//product-model", "model"),
            serial=self._first(inventory, ".//chassis/serial-number", "serial number"),
            os_version=self._first(software, ".//junos-version", "version"),
            uptime_s=float(booted.get("seconds", 0)) if booted is not None else 0.0,
        )

    def running(self) -> str:
        self._shown = self._configuration("committed", "running configuration")
        return self._shown

    def startup(self) -> str:
        """What the device goes back to, by its timer or after a restart once the timer has done its work.

        While a commit waits that is the configuration before it (``rollback 1``); a restart meanwhile keeps what waits,
        and then this is that. Else it is what is committed, which a restart starts with.
        """
        for _ in range(_READS):
            newest = self._history()[0]
            if self._waiting(newest) is None:
                return self._configuration("committed", "startup configuration")
            before = self._before()
            if self._history()[0] == newest:
                return before
        raise Refused(f"{self.address.key}: commits come between its answers. Do: ask who is at it, then try again")

    def shown(self, command: str) -> str:
        """The device's own words to one listed command."""
        allowed(f"command {command}", SHOW)
        with self._edge(f"asked `{command}`"):
            answer = self._device().execute(f'<command format="text">{escape(command)}</command>')
        return "" if answer is True else "".join(answer.itertext())

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
            clock_skew_s=self._clock()[0] - self.address.now().timestamp(),
            sessions=self.sessions(),
            pending=self.pending(),
            free_bytes=None,
            archive=None,
        )

    def pending(self) -> Pending | None:
        found = self._waiting(self._history()[0])
        return found and replace(found, held=self._holders())

    def _holders(self) -> str:
        """Who has the one candidate, or has changed it: until they are done nobody can confirm or cancel."""
        return ", ".join(f"{one.owner or 'somebody'} ({one.state})" for one in self.sessions())

    def _waiting(self, newest: Commit, *, maybe: bool = False) -> Pending | None:
        """The timer of *newest*; None where it waits for nothing.

        After a restart it does not, by what is known; with *maybe* it is taken for one that does as long as it could.
        """
        now, booted = self._clock()
        left = 0.0 if newest.minutes is None else max(0.0, newest.minutes * 60 - (now - newest.epoch))
        # Releases that do not say whether it waits are believed while its time runs, unless a restart ended it.
        runs = left > 0 and (maybe or booted <= newest.epoch)
        if not newest.waits and not runs:
            return None
        # A commit without our word in its log is not ours, by whatever account: never ``user@...`` here.
        return Pending(session=newest.log or f"a commit by {newest.user}", left_s=left, owner=newest.user)

    def sessions(self) -> tuple[Session, ...]:
        """Who edits or locks the one candidate; where nobody does and it is changed, the change itself."""
        found = tuple(
            Session(
                "configuration database",
                row.findtext("user") or "",
                "locked" if row.find("exclusive") is not None else "editing",
            )
            for row in self._read("get-database-status-information").iter("database-status")
        )
        if not found and self._changes():
            return (Session("configuration database", "", "changed"),)
        return found

    # -- the wire -------------------------------------------------------------------------------------------------

    def _read(self, name: str, *, attributes: str = "", **given: str) -> Any:
        """The answer to a listed read."""
        words = " ".join((name, *attributes.replace('"', "").replace("=", " ").split()))
        inner = "".join(f"<{key}>{escape(value)}</{key}>" for key, value in given.items())
        with self._edge(f"asked `{name}`"):
            answer = self._device().execute(f"<{allowed(words, SHOW)[: len(name)]} {attributes}>{inner}</{name}>")
        if answer is True:
            raise Refused(f"{self.address.key} answered `{name}` with nothing. Do: try again")
        return answer

    def _configuration(self, database: str, what: str) -> str:
        answer = self._read("get-configuration", attributes=f'database="{database}" format="text"')
        return whole(self.address.key, answer.text or "", what)

    def _before(self) -> str:
        """What was committed before the newest commit."""
        answer = self._read("get-rollback-information", rollback="1", format="text")
        text = answer.findtext(".//configuration-output") or ""
        return whole(self.address.key, text, "the configuration before")

    def _changes(self) -> str:
        """How the candidate differs from what is committed; empty where it does not."""
        answer = self._read("get-configuration", attributes='compare="rollback" rollback="0" format="text"')
        return (answer.findtext(".//configuration-output") or "").strip()

    # -- what it says ---------------------------------------------------------------------------------------------

    def _history(self) -> tuple[Commit, ...]:
        rows = tuple(commit(row) for row in self._read("get-commit-information").iter("commit-history"))
        if not rows:
            raise Refused(f"{self.address.key}: its commit history could not be read. Do: try again")
        return rows

    def _clock(self) -> tuple[float, float]:
        """Seconds of the epoch by the device's own clock: now, and when it started."""
        answer = self._read("get-system-uptime-information")
        found = [answer.find(f".//{name}/date-time") for name in ("current-time", "system-booted-time")]
        seconds = [str(one.get("seconds", "")) if one is not None else "" for one in found]
        if not all(one.isdecimal() for one in seconds):
            raise Refused(f"{self.address.key}: its clock could not be read. Do: try again")
        return float(seconds[0]), float(seconds[1])

    def _first(self, answer: Any, path: str, what: str) -> str:
        found = str(answer.findtext(path) or "").strip()
        if not found:
            raise Refused(f"{self.address.key} did not say its {what}. Do: check that it is a Junos switch")
        return found

    def _optional(self, name: str) -> Any:
        """The answer, or None where the device refuses: could not look."""
        try:
            return self._read(name)
        except Refused:
            return None

    def _neighbours(self) -> tuple[Neighbour, ...] | None:
        answer = self._optional("get-lldp-neighbors-information")
        if answer is None:
            return None
        return tuple(
            Neighbour(
                row.findtext("lldp-local-port-id") or row.findtext("lldp-local-interface") or "",
                (row.findtext("lldp-remote-system-name") or "").partition(".")[0],
                row.findtext("lldp-remote-port-id") or row.findtext("lldp-remote-port-description") or "",
            )
            for row in answer.iter("lldp-neighbor-information")
        )

    def _routes(self) -> tuple[str, ...] | None:
        answer = self._optional("get-route-information")
        if answer is None:
            return None
        return tuple(
            f"{row.findtext('rt-destination')} via {row.findtext('.//nh/to') or row.findtext('.//nh/via')}"
            for row in answer.iter("rt")
        )

    # -- errors ---------------------------------------------------------------------------------------------------

    def _device(self) -> Any:
        if self._napalm is None or self._lost:
            raise Unreachable(f"{self.address.key}: the login is gone. Do: log in anew")
        return self._napalm.device

    @contextmanager
    def _edge(self, doing: str) -> Generator[None]:
        """What the libraries raise, in our words; an answer that did not come leaves the login unusable."""
        try:
            yield
        except DeviceError:
            raise
        except Exception as error:  # noqa: BLE001 - napalm, PyEZ, ncclient and paramiko share no root
            ours = as_ours(self.address, doing, error)
            self._lost = self._lost or isinstance(ours, Unreachable)
            # Not "from error": the libraries' messages repeat configuration lines, and a traceback would print them.
            raise ours from None
