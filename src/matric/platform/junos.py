"""Juniper Junos on EX switches through NAPALM's junos driver, over NETCONF (SSH).

NAPALM opens the connection, locks, loads and commits; it is subclassed because it cannot have host keys checked.
Junos has one candidate for everybody, and any commit, by anybody and even a ``commit check``, confirms the commit that
waits for it. So nothing is loaded or committed here but under the exclusive lock, whose holder or whose foreign changes
are named when it cannot be had; and nothing is confirmed or taken back but the entry of the commit history that carries
our session's name. What is committed is what a reboot starts with: there is nothing to save, and a reboot inside the
window keeps the change.
Sources: Junos CLI User Guide, "Commit the Configuration"; Junos XML API Explorer.
"""

import importlib
import logging
import re
from collections.abc import Generator, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape

from matric.errors import DeviceError, NothingPending, Refused, StrangerError, Unreachable
from matric.platform.base import Address, Candidate, Capability, Facts, Look, Neighbour, Pending, Platform, Session
from matric.platform.junos_rules import RULES
from matric.platform.transport import allowed, known_hosts, private_file, private_folder, quiet, said

__all__ = ("JUNOS", "JunosDriver")

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
)
TIMER_MAX_S = 7200
"""Junos counts further (65535 minutes); no cut-over needs it."""
_COMMIT_FACTOR = 3
"""A commit takes the device longer than a read: this many time-outs."""
_STRANGERS = frozenset({"SSHUnknownHostError", "BadHostKeyException"})
_LOGIN_REFUSED = frozenset({"AuthenticationError", "AuthenticationException", "ConnectAuthError"})
_NO_ANSWER = frozenset(
    {
        "ConnectClosedError",
        "ConnectError",
        "ConnectRefusedError",
        "ConnectTimeoutError",
        "ConnectUnknownHostError",
        "ConnectionException",
        "RpcTimeoutError",
        "SSHError",
        "SSHException",
        "SessionCloseError",
        "SessionError",
        "TimeoutExpiredError",
        "TransportError",
    }
)


@dataclass(frozen=True, slots=True)
class _Commit:
    """One entry of the commit history."""

    user: str
    epoch: int
    comment: str
    """The device's own: ``commit confirmed, rollback in 5mins``; it stays for good."""
    log: str
    """What whoever committed wrote."""
    waits: bool
    """The device says that it waits for its confirmation."""

    @property
    def minutes(self) -> int | None:
        found = re.search(r"rollback in (\d+) *min", self.comment)
        return int(found[1]) if found else None


class JunosDriver:
    """One Junos switch over one login."""

    def __init__(self, address: Address) -> None:
        self.address = address
        self._napalm: Any = None
        self._stack = ExitStack()
        self._lost = False
        self._staged = ""

    # -- login ----------------------------------------------------------------------------------------------------

    def open(self) -> None:
        """The host key is compared with the pinned one before anything of a login is sent."""
        quiet()
        for name in ("ncclient", "jnpr"):
            logging.getLogger(name).setLevel(logging.CRITICAL + 1)  # they log whole configurations
        folder = self._stack.enter_context(private_folder())
        try:
            known = known_hosts(folder, self.address)
            _readable(self.address, str(known))
            config = private_file(folder / "ssh_config", f"UserKnownHostsFile {known}\n")
            with self._edge("logging in"):
                self._napalm = _pinned(self.address, str(config))
                self._napalm.open()
        except BaseException:
            self._napalm = None
            self._stack.close()
            raise

    def close(self) -> None:
        """Log out. A candidate staged over this login goes with it: the device drops it with the lock."""
        napalm, self._napalm = self._napalm, None
        self._staged = ""
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
        return self._configuration("committed", "running configuration")

    def startup(self) -> str:
        """What is committed: a reboot starts with it."""
        return self._configuration("committed", "startup configuration")

    def look(self) -> Look:
        running = self.running()
        return Look(
            facts=self.facts(),
            running=running,
            startup=running,
            neighbours=self._neighbours(),
            users=_accounts(running),
            snmp_communities=_communities(running),
            routes=self._routes(),
            clock_skew_s=self._now() - self.address.now().timestamp(),
            sessions=self.sessions(),
            pending=self.pending(),
            free_bytes=None,
            archive=None,
        )

    def pending(self) -> Pending | None:
        newest = self._history()[0]
        minutes = newest.minutes
        left = 0.0 if minutes is None else max(0.0, minutes * 60 - (self._now() - newest.epoch))
        if not newest.waits and left <= 0:
            return None  # releases that do not say whether it waits are believed while its time runs
        return Pending(session=newest.log or f"{newest.user}@{newest.epoch}", left_s=left, owner=newest.user)

    def sessions(self) -> tuple[Session, ...]:
        """Who edits or locks the one candidate; where nobody does and it is changed, the change itself."""
        found: list[Session] = []
        for row in self._read("get-database-status-information").iter("database-status"):
            exclusive = row.find("exclusive") is not None
            if exclusive and self._staged:
                found.append(Session(self._staged, self.address.user, "pending"))
            else:
                user = row.findtext("user") or ""
                found.append(Session("configuration database", user, "locked" if exclusive else "editing"))
        if not found and self._changes():
            found.append(Session("configuration database", "", "changed"))
        return tuple(found)

    # -- writing --------------------------------------------------------------------------------------------------

    def stage(self, session: str, candidate: Candidate) -> str:
        if self._staged:
            self.unstage(self._staged)
        self._take()
        try:
            self._nobody_waits()
            self._load(candidate.config, "loading the candidate")
            held = self._configuration("candidate", "the candidate")
        except Refused:
            self._release()
            raise
        self._staged = session
        return held

    def unstage(self, session: str) -> None:
        if self._staged == session:
            self._release()
            self._staged = ""

    def arm(self, session: str, revert_after_s: int, candidate: Candidate) -> str:  # noqa: ARG002 - the login holds it
        if revert_after_s % 60 or not 60 <= revert_after_s <= TIMER_MAX_S:  # noqa: PLR2004 - seconds of a minute
            raise ValueError(f"a timer of {revert_after_s} s is not 1 to {TIMER_MAX_S // 60} whole minutes")
        if self._staged != session:
            raise Refused(
                f"{self.address.key}: nothing of {session} is staged over this login, and Junos drops a candidate with "
                "the login that locked it. Do: stage again over this login"
            )
        try:
            self._nobody_waits()
            held = self.running()
            with self._edge("checking the candidate"), self._patience():
                self._device().cu.commit_check()
            with self._edge("committing with a timer"), self._patience():
                self._device().cu.commit(comment=session, confirm=revert_after_s // 60)
        finally:
            self._staged = ""
            self._release()
        return held

    def confirm(self, session: str) -> None:
        self._ours(session)
        with self._locked():
            self._ours(session)
            self._commit(f"{session} confirmed", "confirming")
            after = self._history()
            if self.pending() is not None:
                raise Refused(f"{self.address.key}: the timer still runs after the confirm. Do: read its state")
            # Had the timer run out between the two, the entry below ours would be the device's own going back.
            if len(after) > 1 and (after[0].log, after[1].log) == (f"{session} confirmed", session):
                return
        raise NothingPending(f"{self.address.key}: it went back before the confirm. Do: read what it holds now")

    def cancel(self, session: str) -> None:
        """Load what was before by its text, not as ``rollback 1``: the timer may fire meanwhile, to the same end."""
        self._ours(session)
        with self._locked():
            self._ours(session)
            before = self._read("get-rollback-information", rollback="1", format="text")
            text = self._whole(before.findtext(".//configuration-output") or "", "the configuration before")
            self._load(text, "going back")
            self._commit(f"{session} cancelled", "going back")
        if self.pending() is not None:
            raise Refused(f"{self.address.key}: the timer still runs after going back. Do: read its state")

    def restore(self, session: str, config: str) -> None:
        pending = self.pending()
        if pending is not None and pending.session != session:
            self._foreign(pending, session)
        with self._locked():
            self._load(config, "restoring the backup")
            self._commit(f"{session} restore", "restoring the backup")

    def save(self) -> None:
        """Nothing to do: what is committed is what a reboot starts with. It is read, and must be whole."""
        self.startup()

    def clean(self, session: str) -> tuple[str, ...]:
        """Nothing of ours outlives a login but commits; those stay in the history."""
        self.unstage(session)
        return tuple(found.name for found in self.sessions() if found.name == session)

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
        return self._whole(answer.text or "", what)

    def _whole(self, text: str, what: str) -> str:
        """*text*, if every brace that opens closes: well-formed XML may still hold half a text."""
        rows = text.replace("\r\n", "\n").strip("\n").split("\n")
        opened = sum(1 for row in rows if row.rstrip().endswith("{"))
        closed = sum(1 for row in rows if row.strip() == "}")
        if opened != closed or not opened:
            raise Refused(f"{self.address.key}: {what} is not whole, its braces do not close. Do: try again")
        return "\n".join(rows) + "\n"

    def _changes(self) -> str:
        """How the candidate differs from what is committed; empty where it does not."""
        answer = self._read("get-configuration", attributes='compare="rollback" rollback="0" format="text"')
        return (answer.findtext(".//configuration-output") or "").strip()

    def _load(self, config: str, doing: str) -> None:
        with self._edge(doing):
            self._napalm.load_replace_candidate(config=config)

    def _commit(self, comment: str, doing: str) -> None:
        with self._edge(doing), self._patience():
            self._device().cu.commit(comment=comment)

    @contextmanager
    def _patience(self) -> Generator[None]:
        device = self._device()
        device.timeout = int(self.address.timeout_s * _COMMIT_FACTOR)
        try:
            yield
        finally:
            if device.connected:
                device.timeout = int(self.address.timeout_s)

    # -- the one candidate ----------------------------------------------------------------------------------------

    def _take(self) -> None:
        """The exclusive lock, or the words of who is in the way."""
        try:
            with self._edge("locking the candidate"):
                self._device()
                self._napalm._lock()  # noqa: SLF001 - NAPALM's own load would lock, too late for us
        except Refused as error:
            holders = ", ".join(f"{one.owner or 'somebody'} ({one.state})" for one in self.sessions()) or "nobody"
            places = " ".join(re.findall(r"^\[edit[^\]\n]*\]", self._changes(), re.MULTILINE))
            raise Refused(
                f"{self.address.key}: its one candidate is not free: {holders}; changed there: "
                f"{said(places) or 'nothing'}; nothing was loaded. It said: {error}"
            ) from None

    def _release(self) -> None:
        """Give the lock up; the device drops what was not committed."""
        if self._napalm is not None and not self._lost:
            with self._edge("unlocking the candidate"):
                self._napalm._unlock()  # noqa: SLF001 - and forgets nothing where it was not locked

    @contextmanager
    def _locked(self) -> Generator[None]:
        self._take()
        try:
            yield
        finally:
            self._release()

    def _nobody_waits(self) -> None:
        pending = self.pending()
        if pending is not None:
            raise Refused(
                f"{self.address.key}: the commit {pending.session!r} of {pending.owner!r} waits for its confirmation, "
                "and any commit would confirm it. Do: wait until it is confirmed or has gone back"
            )

    def _ours(self, session: str) -> None:
        pending = self.pending()
        if pending is None:
            raise NothingPending(f"{self.address.key}: no timer runs. Do: read which configuration it holds")
        if pending.session != session:
            self._foreign(pending, session)

    def _foreign(self, pending: Pending, session: str) -> None:
        raise Refused(
            f"{self.address.key}: the timer is of {pending.session!r} ({pending.owner}), not of {session}. "
            "Do: ask whose it is"
        )

    # -- what it says ---------------------------------------------------------------------------------------------

    def _history(self) -> tuple[_Commit, ...]:
        rows = tuple(_commit(row) for row in self._read("get-commit-information").iter("commit-history"))
        if not rows:
            raise Refused(f"{self.address.key}: its commit history could not be read. Do: try again")
        return rows

    def _now(self) -> float:
        found = self._read("get-system-uptime-information").find(".//current-time/date-time")
        if found is None or not str(found.get("seconds", "")).isdecimal():
            raise Refused(f"{self.address.key}: its clock could not be read. Do: try again")
        return float(found.get("seconds"))

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
            ours = _as_ours(self.address, doing, error)
            self._lost = self._lost or isinstance(ours, Unreachable)
            # Not "from error": the libraries' messages repeat configuration lines, and a traceback would print them.
            raise ours from None


def _readable(address: Address, known: str) -> None:
    """Refuse a pin that is no key: ncclient would take it for a device that does not answer."""
    paramiko: Any = importlib.import_module("paramiko")  # heavy, and without types
    try:
        found = len(paramiko.HostKeys(known))
    except (paramiko.SSHException, paramiko.hostkeys.InvalidHostKey, ValueError):
        found = 0
    if not found:
        raise StrangerError(
            f"{address.key} has no usable host key on record, and no password was sent. Do: `matric enrol`"
        )


def _pinned(address: Address, ssh_config: str) -> Any:
    """NAPALM's driver, over a PyEZ device that takes no host key but the one in *ssh_config*'s known_hosts."""
    from napalm.junos import junos  # noqa: PLC0415 - heavy

    module: Any = junos
    base: Any = junos.JunOSDriver
    options = {"port": address.port, "ssh_config_file": ssh_config}
    device = module.Device(
        address.host,
        user=address.user,
        password=address.password,
        port=address.port,
        ssh_config=ssh_config,
        hostkey_verify=True,
        look_for_keys=False,
        allow_agent=False,
        gather_facts=False,
        conn_open_timeout=int(address.timeout_s),
    )

    def made(self: Any) -> None:
        base.__init__(
            self, address.host, address.user, address.password, timeout=int(address.timeout_s), optional_args=options
        )
        self.device = device

    return type("PinnedJunOSDriver", (base,), {"__init__": made})()


def _as_ours(address: Address, doing: str, error: Exception) -> DeviceError:
    where = f"{address.key} ({address.host} port {address.port})"
    chain = tuple(_chain(error))
    names = {type(one).__name__ for one in chain}
    if names & _STRANGERS or any("no acceptable host key" in str(one) for one in chain):
        return StrangerError(
            f"{where} is not the device that was enrolled: its host key is another one, and no password was sent. "
            "Do: find out what answers there; if the device was replaced, `matric enrol` it again"
        )
    if names & _LOGIN_REFUSED:
        return Refused(f"{where} refused the login. Do: check the account and its secret reference")
    if names & _NO_ANSWER or any(isinstance(one, OSError | EOFError) for one in chain):
        return Unreachable(f"{where} gave no answer while {doing}. Do: check the path to it, then ask its state")
    words = getattr(error, "message", None) or str(error)
    return Refused(f"{where} refused while {doing}: {said(str(words))}. Do: read its state before anything else")


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        inner = getattr(error, "_orig", None)
        error = inner if isinstance(inner, BaseException) else error.__cause__ or error.__context__


def _commit(row: Any) -> _Commit:
    when = row.find("date-time")
    given = str(when.get("seconds", "")) if when is not None else ""
    return _Commit(
        user=row.findtext("user") or "",
        epoch=int(given) if given.isdecimal() else 0,
        comment=row.findtext("comment") or "",
        log=(row.findtext("log") or "").strip(),
        waits="rollback pending" in (row.findtext("commit-confirmed") or ""),
    )


def _accounts(running: str) -> tuple[str, ...]:
    """Names of local accounts."""
    found = re.search(r"^    login \{\n(.*?)^    \}", running, re.MULTILINE | re.DOTALL)
    return tuple(sorted(set(re.findall(r"^        user (\S+?)(?: \{|;)$", found[1], re.MULTILINE)))) if found else ()


def _communities(running: str) -> tuple[str, ...]:
    """SNMP communities. One that is not a factory default is a password: its length stands for it."""
    found = re.search(r"^snmp \{\n(.*?)^\}", running, re.MULTILINE | re.DOTALL)
    names = re.findall(r"^    community (\S+?)(?: \{|;)$", found[1], re.MULTILINE) if found else []
    return tuple(name if name in ("public", "private") else f"<{len(name)} characters>" for name in names)


JUNOS = Platform(
    slug="junos",
    title="Juniper Junos EX",
    capability=Capability(
        atomic_replace=True,
        timer_revert=True,
        timer_owner="device",
        survives_reboot=False,
        survives_session_drop=True,
        timer_min_s=60,
        timer_max_s=TIMER_MAX_S,
        timer_step_s=60,
        other_commits_confirm=True,
    ),
    rules=RULES,
    name_limit=64,
    description_limit=900,
    reserved_vids=(),
    ascii_only=True,
    show_commands=SHOW,
    driver=JunosDriver,
    extra={"identity": "ssh"},
)
"""Not yet among ``platform.PLATFORMS``: nothing renders for it."""
