"""A driver over NETCONF alone, as RFC 6241 has it: candidate, confirmed commit with ``persist``, startup.

Junos has its own RPCs for all of this, so ``matric.platform.junos`` cannot be pointed at another server; this is the
least that can. It is no platform of matric's: it shows that the cut-over's protocol holds where the timer, the
candidate and the refusals are by people who never heard of it.

What the server says of a commit that waits is read from its own events (RFC 6470), which name who made it and when, and
not by which name it can be confirmed. So a timer is known by its owner here, and the server's refusal tells the rest.
"""

import importlib
import re
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from matric.errors import DeviceError, NothingPending, Refused, StrangerError, Unreachable
from matric.platform.base import (
    Address,
    Candidate,
    Capability,
    ConfigRules,
    Driver,
    Facts,
    Look,
    NetKind,
    Pending,
    Platform,
    Session,
)
from tests.packets import school_xml

# Without types of its own.
ncclient: Any = importlib.import_module("ncclient")
manager: Any = importlib.import_module("ncclient.manager")
operations: Any = importlib.import_module("ncclient.operations")
transport: Any = importlib.import_module("ncclient.transport")

NET = NetKind("commit-timer", "The server takes the change back by itself when nobody confirms it.", atomic=True)
MONITORING = "urn:ietf:params:xml:ns:yang:ietf-netconf-monitoring"
SINCE_EVER = "2026-01-01T00:00:00Z"
LEFT_S = 3600.0
"""netconfd leaves the timeout out of its event, though RFC 6470 has it there. A run counts for itself, and the shorter
count is the one that counts."""
EVENT = re.compile(r"<eventTime>([^<]+)</eventTime>")
CONFIRM = re.compile(r"<confirm-event>(\w+)</confirm-event>")
OWNER = re.compile(r"<username>([^<]+)</username>")


@dataclass
class NetconfDriver:
    """One server, over one login with a key."""

    address: Address
    key: Path
    connection: Any = None

    # -- login

    def open(self) -> None:
        with self._edge("logging in"):
            self.connection = manager.connect_ssh(
                host=self.address.host,
                port=self.address.port,
                username=self.address.user,
                key_filename=str(self.key),
                hostkey_b64=self.address.pin.split()[1],
                look_for_keys=False,
                allow_agent=False,
                timeout=self.address.timeout_s,
            )

    def close(self) -> None:
        found, self.connection = self.connection, None
        if found is not None:
            with self._edge("logging out"):
                found.close_session()

    # -- reading

    def facts(self) -> Facts:
        name = re.search(r"^host-name (\S+)$", self.running(), re.MULTILINE)
        return Facts(name[1] if name else "", "netconfd", self.address.key, "2.13", 0.0)

    def running(self) -> str:
        return self._text("running")

    def startup(self) -> str:
        return self._text("startup")

    def look(self) -> Look:
        return Look(self.facts(), self.running(), self.startup(), sessions=self.sessions(), pending=self.pending())

    def pending(self) -> Pending | None:
        found: Pending | None = None
        for event in self._events():
            kind = CONFIRM.search(event)
            if "<sysStartup" in event or (kind and kind[1] not in {"start", "extend"}):
                found = None
            elif kind:
                owner, since = OWNER.findall(event)[0], EVENT.findall(event)[0]
                found = Pending(f"{owner}@{since}", LEFT_S, owner)
        return found

    def sessions(self) -> tuple[Session, ...]:
        """Who holds a lock; where nobody does and the candidate is changed, the change itself."""
        wanted = f'<netconf-state xmlns="{MONITORING}"><datastores/></netconf-state>'
        with self._edge("asking who is at it"):
            told = self.connection.get(("subtree", wanted)).data_xml
        holders = set(re.findall(r"<locked-by-session>(\d+)</locked-by-session>", told))
        locks = tuple(Session(f"lock of session {one}", one, "locked") for one in sorted(holders))
        changed = not locks and self._text("candidate") != self.running()
        return (Session("candidate", "", "changed"),) if changed else locks

    def _events(self) -> list[str]:
        """Every event the server has kept, by a login of its own: a subscription lasts as long as its session."""
        with NetconfDriver(self.address, self.key).opened() as aside, self._edge("asking for its events"):
            aside.connection.create_subscription(start_time=SINCE_EVER)
            found: list[str] = []
            while not found or "<replayComplete" not in found[-1]:
                event = aside.connection.take_notification(timeout=self.address.timeout_s)
                if event is None:
                    raise Refused(f"{self.address.key}: its events could not be read whole. Do: try again")
                found.append(event.notification_xml)
            return found

    @contextmanager
    def opened(self) -> "Generator[NetconfDriver]":
        self.open()
        try:
            yield self
        finally:
            self.close()

    def _text(self, source: str) -> str:
        with self._edge(f"reading {source}"):
            return school_xml.text(self.connection.get_config(source).data_ele)

    # -- writing

    def stage(self, session: str, candidate: Candidate) -> str:  # noqa: ARG002 - the candidate has no name here
        """Loaded and read back, and dropped again: the one candidate is everybody's, and free for as long as possible.

        No ``validate``: netconfd 2.13 then answers the commit with ok, and running stays as it was.
        """
        with self.locked():
            self.load(candidate.config)
            return self._text("candidate")

    def unstage(self, session: str) -> None:
        """Nothing is held."""

    def arm(self, session: str, revert_after_s: int, candidate: Candidate) -> str:
        with self.locked():
            held = self.running()
            self.load(candidate.config)
            with self._edge("committing with a timer"):
                self.connection.commit(confirmed=True, timeout=str(revert_after_s), persist=session)
        return held

    def confirm(self, session: str) -> None:
        self._waits()
        with self._edge("confirming"):
            self.connection.commit(persist_id=session)

    def cancel(self, session: str) -> None:
        self._waits()
        with self._edge("going back"):
            self.connection.cancel_commit(persist_id=session)

    def restore(self, session: str, config: str) -> None:  # noqa: ARG002 - ditto
        with self.locked():
            self.load(config)
            with self._edge("restoring the backup"):
                self.connection.commit()

    def save(self) -> None:
        with self._edge("saving"):
            self.connection.copy_config(source="running", target="startup")

    def clean(self, session: str) -> tuple[str, ...]:  # noqa: ARG002 - ditto
        return ()

    def load(self, config: str) -> None:
        with self._edge("loading the candidate"):
            self.connection.edit_config(
                config=school_xml.tree(config),
                target="candidate",
                default_operation="replace",
                error_option="rollback-on-error",
            )

    def _waits(self) -> None:
        if self.pending() is None:
            raise NothingPending(f"{self.address.key}: no timer runs. Do: read which configuration it holds")

    @contextmanager
    def locked(self) -> Generator[None]:
        """The candidate for us alone; what is not committed is dropped."""
        with self._edge("locking the candidate"):
            self.connection.lock("candidate")
        try:
            yield
        finally:
            with self._edge("giving the candidate up"):
                self.connection.discard_changes()
                self.connection.unlock("candidate")

    @contextmanager
    def _edge(self, doing: str) -> Generator[None]:
        where = f"{self.address.key} ({self.address.host} port {self.address.port})"
        try:
            yield
        except DeviceError:
            raise
        except transport.SSHUnknownHostError:
            raise StrangerError(f"{where} is not the server that was enrolled. Do: find out what answers") from None
        except (operations.RPCError, transport.AuthenticationError) as error:
            raise Refused(f"{where} refused while {doing}: {error}. Do: read its state") from None
        except (ncclient.NCClientError, OSError) as error:
            raise Unreachable(f"{where} gave no answer while {doing}: {error!r}. Do: ask its state") from None


def platform(key: Path) -> Platform:
    """NETCONF alone, with logins by *key*."""

    def driver(address: Address) -> Driver:
        return NetconfDriver(address, key)

    made: Callable[[Address], Driver] = driver
    return Platform(
        slug="netconf",
        title="Any NETCONF server",
        capability=Capability(
            atomic_replace=True,
            timer_revert=True,
            timer_owner="device",
            survives_reboot=True,
            survives_session_drop=True,
            timer_min_s=1,
            timer_max_s=3600,
            timer_step_s=1,
            other_commits_confirm=False,
        ),
        rules=ConfigRules(hier_config="CISCO_IOS"),
        name_limit=32,
        description_limit=200,
        reserved_vids=(),
        ascii_only=True,
        show_commands=(),
        driver=made,
        nets=(NET,),
    )
