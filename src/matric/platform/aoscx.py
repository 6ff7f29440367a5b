"""HPE Aruba AOS-CX (6100, 6200F, 6300M) over SSH, through our NAPALM driver ``aruba_aoscx``.

AOS-CX holds no candidate: a change is lines, and each acts when it is sent. The net is the switch's own ``checkpoint
auto``, armed before the first line and confirmed by a new login only. What ran before is kept as a checkpoint named
after the run, so that any later login can tell whose change waits, and bring it back.

What nobody can see on AOS-CX: a ``checkpoint auto`` of somebody else. The switch refuses a second one, so such a timer
stops a cut-over before its first line; and whoever types ``checkpoint auto confirm`` confirms ours.
Sources: AOS-CX 10.10 to 10.13 "Fundamentals Guide", checkpoint commands. No real switch was used.
"""

import re
from collections.abc import Generator
from contextlib import ExitStack, contextmanager, suppress
from typing import TYPE_CHECKING, Any

from matric.errors import NothingPending, Refused, Unreachable
from matric.platform import aoscx_text as text
from matric.platform.aoscx_rules import RULES
from matric.platform.base import (
    Address,
    Candidate,
    Capability,
    Facts,
    Look,
    NetKind,
    Pending,
    Platform,
    Session,
)
from matric.platform.edge import EDGE
from matric.platform.reading import clock, skew
from matric.platform.transport import (
    allowed,
    dialled,
    private_folder,
    quiet,
    said,
    strict_ssh,
    translated,
    within_time,
)

if TYPE_CHECKING:
    from napalm_aruba_aoscx.wire import Wire

__all__ = ("PLATFORM",)

SHOW = (
    r"show version",
    r"show system",
    r"show running-config",
    r"show startup-config",
    r"show checkpoint",
    r"show checkpoint matric-[\w-]+",
    r"show lldp neighbor-info detail",
    r"show ip route",
    r"show clock",
    *EDGE["aoscx"],
)
TIMER_MAX_S = 3600
_SLOW = 3
"""Going back to a checkpoint, and saving, take longer than an answer: this many time-outs."""


class AoscxDriver:
    """One AOS-CX switch over one login."""

    def __init__(self, address: Address) -> None:
        self.address = address
        self._napalm: Any = None
        self._stack = ExitStack()

    # -- login ----------------------------------------------------------------------------------------------------

    def open(self) -> None:
        """Netmiko rejects every host key but the pinned one, before it authenticates."""
        quiet()
        from napalm_aruba_aoscx import AOSCXDriver  # noqa: PLC0415 - heavy

        address = self.address
        try:
            with translated(address, "logging in"):
                folder = self._stack.enter_context(private_folder())
                connection = self._stack.enter_context(dialled(address))
                options = strict_ssh(address, folder, connection)
                driver: Any = AOSCXDriver
                self._napalm = driver(
                    address.host, address.user, address.password, timeout=address.timeout_s, optional_args=options
                )
                with within_time(address, connection):
                    self._napalm.open()
        except BaseException:
            self._stack.close()
            raise

    def close(self) -> None:
        napalm, self._napalm = self._napalm, None
        with self._stack:
            if napalm is not None:
                with translated(self.address, "logging out"):
                    napalm.close()

    # -- reading --------------------------------------------------------------------------------------------------

    def facts(self) -> Facts:
        with translated(self.address, "reading `show system`"):
            return text.facts(self._show("show system"))

    def running(self) -> str:
        return self._whole("show running-config", "Current configuration:")

    def startup(self) -> str:
        return self._whole("show startup-config", "Startup configuration:")

    def shown(self, command: str) -> str:
        """The device's own words to one listed command."""
        return self._show(command)

    def look(self) -> Look:
        running = self.running()
        return Look(
            facts=self.facts(),
            running=running,
            startup=self.startup(),
            neighbours=text.neighbours(self._show("show lldp neighbor-info detail")),
            users=text.accounts(running),
            snmp_communities=text.communities(running),
            routes=text.routes(self._show("show ip route")),
            clock_skew_s=skew(self._show("show clock"), self.address.now()),
            sessions=self.sessions(),
            pending=self.pending(),
        )

    def pending(self) -> Pending | None:
        found = self._waiting()
        return None if found is None else Pending(found.session, found.left_s, "matric")

    def sessions(self) -> tuple[Session, ...]:
        """AOS-CX has none; a change of matric that waits is one."""
        found = self._waiting()
        return () if found is None else (Session(found.session, "matric", "pending"),)

    # -- writing --------------------------------------------------------------------------------------------------

    def stage(self, session: str, candidate: Candidate) -> str:  # noqa: ARG002 - nothing is held on the device
        """Nothing is written: what the lines lead to, from what runs now, is worked out here."""
        from matric.ordering import Unsafe, applied  # noqa: PLC0415 - needed with this only

        try:
            return applied(PLATFORM, self.running(), candidate.lines)
        except Unsafe as error:
            raise Refused(f"{self.address.key}: {error}") from error

    def unstage(self, session: str) -> None:
        """Nothing was staged on the device."""

    def arm(self, session: str, revert_after_s: int, candidate: Candidate) -> str:
        minutes, rest = divmod(revert_after_s, 60)
        if rest or not 1 <= minutes <= TIMER_MAX_S // 60:
            raise ValueError(f"a timer of {revert_after_s} s is not 1 to 60 whole minutes")
        self._erase(*text.names_of(session, self._checkpoints()))  # of an attempt that armed nothing
        name = text.before_name(session, minutes)
        before = self._keep(name)
        self._start(minutes, name)
        if not self._alike(self.running(), before):
            # Not one line was sent. The timer would take back what somebody else did in this moment.
            self._do("checkpoint auto confirm", "ending the timer")
            self._erase(name)
            raise Refused(
                f"{self.address.key}: somebody changed its running configuration in the moment it was armed, and "
                "nothing was sent. Do: plan again"
            )
        try:
            self._change(candidate, text.after_name(session))
        except Refused as refused:
            self._take_back(name, before, refused)
            raise Refused(f"{refused}; it holds what it held before") from None
        return before

    def confirm(self, session: str) -> None:
        if self._ours(session).gone:
            raise NothingPending(f"{self.address.key} holds what it held before. Do: plan again")
        answer = self._do("checkpoint auto confirm", "confirming")
        made = re.search(r"checkpoint (AUTO\S+) created", answer, re.IGNORECASE)
        if made is None and "not active" in answer:
            raise NothingPending(f"{self.address.key}: no timer runs. Do: read which configuration it holds")
        if made is None or made[1] not in {one.name for one in self._checkpoints()}:
            raise Refused(f"{self.address.key} answered while confirming: {said(answer)}. Do: read its state")
        self._erase(*text.names_of(session, self._checkpoints()))

    def cancel(self, session: str) -> None:
        """A change that was not sent whole is taken back, and its timer left to run out: a line whose answer was lost
        may still be at work, and only the timer takes that back too.
        """
        found = self._ours(session)
        before = self._held(found.checkpoint)
        if not found.gone:
            self._roll_back(found.checkpoint, before)
        if not found.done:
            raise Refused(
                f"{self.address.key} holds what it held before. Its timer is left to run out, for a line whose answer "
                f"was lost may be at work. Do: wait {found.left_s:.0f} s, then read its state"
            )
        self._do("checkpoint auto confirm", "ending the timer")
        if not self._alike(self.running(), before):
            raise Refused(f"{self.address.key} does not hold what it held before. Do: read its state")

    def restore(self, session: str, config: str) -> None:
        """By the checkpoint that was kept, where it is still there; else line by line."""
        for name in text.names_of(session, self._checkpoints()):
            before = self._held(name)
            if self._alike(before, config):
                return self._roll_back(name, before)
        return self._rewrite(config)

    def save(self) -> None:
        answer = self._do("write memory", "saving")
        if "Success" not in answer or not self._alike(self.startup(), self.running()):
            raise Refused(f"{self.address.key} answered while saving: {said(answer)}. Do: read its startup")

    def clean(self, session: str) -> tuple[str, ...]:
        found = text.names_of(session, self._checkpoints())
        waiting = self._waiting() if found else None
        if waiting is None or waiting.session != session:
            self._erase(*found)
            found = text.names_of(session, self._checkpoints())
        return tuple(f"checkpoint {name}" for name in found)

    # -- steps of a change ----------------------------------------------------------------------------------------

    def _keep(self, name: str) -> str:
        """What runs, kept as checkpoint *name*; what that holds, read back."""
        running = self.running()
        answer = self._do(f"copy running-config checkpoint {name}", "keeping a checkpoint")
        if name not in {one.name for one in self._checkpoints()}:
            raise Refused(f"{self.address.key} kept no checkpoint {name}: {said(answer)}. Do: `show checkpoint` on it")
        held = self._held(name)
        if not self._alike(held, running):
            self._erase(name)
            raise Refused(f"{self.address.key}: checkpoint {name} does not hold what runs. Do: plan again")
        return held

    def _start(self, minutes: int, name: str) -> None:
        answer = self._do(f"checkpoint auto {minutes}", "arming the timer")
        if re.search(rf"expires in {minutes} minute", answer):
            return
        self._erase(name)
        whose = "a `checkpoint auto` of somebody else runs" if "already" in answer else said(answer)
        raise Refused(f"{self.address.key} did not arm its timer, so nothing was sent: {whose}. Do: ask whose it is")

    def _change(self, candidate: Candidate, name: str) -> None:
        """Send the lines; Refused where one is, or where what then runs is not the candidate. Kept as *name*."""
        from matric import diff  # noqa: PLC0415 - needed with this only

        with self._edge("changing it"):
            self._wire().send(candidate.lines)
        differing = diff.same(self.running(), candidate.config, RULES)
        if differing:
            shown = said(" | ".join(differing[:3]))
            raise Refused(f"{self.address.key} took every line, yet it does not hold the candidate: {shown}")
        self._keep(name)

    def _take_back(self, name: str, before: str, refused: Refused) -> None:
        """A line was refused: back at once, and the timer ended only where old is read to run."""
        try:
            with self._edge("leaving its configuration mode"):
                self._wire().top()
            self._roll_back(name, before)
            self._do("checkpoint auto confirm", "ending the timer")
            self._erase(name)
        except Refused as second:
            raise Refused(f"{refused}; going back failed too ({second}): its timer will. Do: wait for it") from refused

    def _roll_back(self, name: str, before: str) -> None:
        answer = self._do(f"checkpoint rollback {name}", "going back")
        if not self._alike(self.running(), before):
            raise Refused(f"{self.address.key} did not go back to {name}: {said(answer)}. Do: read its state")

    def _rewrite(self, config: str) -> None:
        """The lines from what runs to *config*, without a net: additions first, then what goes."""
        from napalm_aruba_aoscx import lines  # noqa: PLC0415 - heavy

        try:
            change = lines.change(lines.parse(self.running()), lines.parse(config))
        except lines.Unclear as error:
            raise Refused(f"{self.address.key}: the backup cannot be put back: {error}. Do: do it by hand") from error
        if change:
            with self._edge("restoring the backup"):
                self._wire().send(lines.written(change))
        if not self._alike(self.running(), config):
            raise Refused(f"{self.address.key}: the backup did not come back whole. Do: compare it by hand")

    def _erase(self, *names: str) -> None:
        for name in names:
            with self._edge("removing a checkpoint"):
                self._wire().do(f"erase checkpoint {name}", answer="y")

    def _ours(self, session: str) -> text.Waiting:
        found = self._waiting()
        if found is None:
            raise NothingPending(f"{self.address.key}: no timer runs. Do: read which configuration it holds")
        if found.session != session:
            raise Refused(
                f"{self.address.key}: the timer is of {found.session!r}, not of {session}. Do: ask whose it is"
            )
        return found

    # -- the wire -------------------------------------------------------------------------------------------------

    def _show(self, command: str) -> str:
        with self._edge(f"asked `{command}`"):
            return self._wire().show(allowed(command, SHOW))

    def _whole(self, command: str, head: str) -> str:
        with self._edge(f"asked `{command}`"):
            return self._wire().whole(allowed(command, SHOW), head) + "\n"

    def _do(self, command: str, doing: str) -> str:
        with self._edge(doing):
            return self._wire().do(command, factor=_SLOW)

    def _wire(self) -> "Wire":
        if self._napalm is None:
            raise Unreachable(f"{self.address.key}: the login is gone. Do: log in anew")
        wire: Wire = self._napalm.wire
        return wire

    @contextmanager
    def _edge(self, doing: str) -> Generator[None]:
        """What the libraries raise, in our words; an answer that did not come leaves the login unusable."""
        try:
            with translated(self.address, doing):
                yield
        except Unreachable:
            napalm, self._napalm = self._napalm, None
            if napalm is not None and napalm.device is not None:
                with suppress(Exception):  # whose other end may be gone
                    napalm.device.paramiko_cleanup()  # a polite exit would wait for an answer again
            raise

    # -- checkpoints ----------------------------------------------------------------------------------------------

    def _checkpoints(self) -> tuple[text.Checkpoint, ...]:
        return text.checkpoints(self.address.key, self._show("show checkpoint"))

    def _held(self, name: str) -> str:
        """What checkpoint *name* holds, under the head of a running configuration."""
        return self._whole(f"show checkpoint {name}", "Current configuration:")

    def _waiting(self) -> text.Waiting | None:
        found = self._checkpoints()
        if not any(one.user and one.name.startswith("matric-") for one in found):
            return None
        now = clock(self._show("show clock"))
        if now is None:
            raise Refused(f"{self.address.key}: its clock could not be read. Do: `show clock` on it by hand")
        running = self.running()
        return text.waiting(found, now, self.facts().uptime_s, lambda name: self._alike(running, self._held(name)))

    @staticmethod
    def _alike(one: str, other: str) -> bool:
        """The same configuration, in whatever order it is shown."""
        from matric.config import normalised, parse  # noqa: PLC0415 - needed with this only

        return normalised(parse(one, RULES), RULES) == normalised(parse(other, RULES), RULES)


PLATFORM = Platform(
    slug="aoscx",
    title="HPE Aruba AOS-CX",
    capability=Capability(
        atomic_replace=False,
        timer_revert=True,
        timer_owner="device",
        survives_reboot=False,  # nobody has seen it; startup is old, so a restart is believed to bring old back
        survives_session_drop=True,
        timer_min_s=60,
        timer_max_s=TIMER_MAX_S,
        timer_step_s=60,
        other_commits_confirm=True,
    ),
    rules=RULES,
    name_limit=32,
    description_limit=64,
    reserved_vids=(),
    ascii_only=True,
    show_commands=SHOW,
    driver=AoscxDriver,
    nets=(
        NetKind(
            "checkpoint-timer",
            "The change goes line by line, in a proven order; the switch's own `checkpoint auto` takes all of it back "
            "unless it is confirmed. Nothing restarts.",
            atomic=False,
            unproven=(
                "`checkpoint auto` goes on when the login that armed it is gone",
                "after a power cut inside the window the switch starts with its old startup configuration",
                "`show checkpoint NAME` shows a checkpoint as `show running-config` shows what runs",
                "a checkpoint is kept although another one holds the same",
                "what `checkpoint auto` takes back is whole: no line stays",
                "the lines of a banner are taken one by one up to the delimiter",
            ),
        ),
    ),
    extra={"identity": "ssh"},
)
