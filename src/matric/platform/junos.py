"""Juniper Junos on EX switches through NAPALM's junos driver, over NETCONF (SSH).

NAPALM opens the connection, locks, loads and commits; it is subclassed because it cannot have host keys checked.
Junos has one candidate for everybody, and any commit, by anybody and even a ``commit check``, confirms the commit that
waits for it. So nothing is loaded, checked or committed here but under the exclusive lock, and only where nobody waits;
whoever holds the lock, or has changed the candidate, is named when it cannot be had. Nothing is confirmed or taken back
but the entry of the commit history that carries our session's name.
The candidate goes with the login that locked it: staging loads, checks, reads back and discards; arming loads it again.
What is committed is what a reboot starts with: there is nothing to save, and a reboot inside the window keeps the
change.
Sources: Junos CLI User Guide, "Commit the Configuration"; Junos XML API Explorer.
"""

from collections.abc import Generator
from contextlib import contextmanager

from matric import diff
from matric.errors import NothingPending, Refused, Unreachable
from matric.platform.base import Candidate, Capability, NetKind, Pending, Platform
from matric.platform.junos_reading import SHOW, JunosReader
from matric.platform.junos_rules import RULES
from matric.platform.junos_text import edited
from matric.platform.transport import said

__all__ = ("PLATFORM",)

TIMER_MAX_S = 7200
"""Junos counts further (65535 minutes); no cut-over needs it."""
_COMMIT_FACTOR = 3
"""A load or a commit takes the device longer than a read: this many time-outs."""


class JunosDriver(JunosReader):
    """One Junos switch over one login, which may change it."""

    _loaded = False
    """The candidate holds what this login loaded, and nobody has committed."""

    # -- writing --------------------------------------------------------------------------------------------------

    def stage(self, session: str, candidate: Candidate) -> str:  # noqa: ARG002 - nothing stays that needs its name
        """Load, check and read back under the lock; then discard, because nothing outlives the login that locked."""
        with self._locked():
            self._nobody_waits()
            self._load(candidate.config, "loading the candidate")
            with self._edge("checking the candidate"), self._patience():
                self._device().cu.commit_check()
            return self._configuration("candidate", "the candidate")

    def unstage(self, session: str) -> None:
        """Nothing to do: staging leaves nothing behind."""

    def arm(self, session: str, revert_after_s: int, candidate: Candidate) -> str:
        if revert_after_s % 60 or not 60 <= revert_after_s <= TIMER_MAX_S:  # noqa: PLR2004 - seconds of a minute
            raise ValueError(f"a timer of {revert_after_s} s is not 1 to {TIMER_MAX_S // 60} whole minutes")
        with self._locked():
            self._nobody_waits()
            shown, before = self._shown, self.running()
            if shown and diff.same(before, shown, RULES):
                raise Refused(
                    f"{self.address.key}: somebody committed in the moment it was to be armed; nothing was loaded. "
                    "Do: read what it holds now"
                )
            self._load(candidate.config, "loading the candidate")
            differing = diff.same(self._configuration("candidate", "the candidate"), candidate.config, RULES)
            if differing:
                raise Refused(
                    f"{self.address.key} holds another candidate than was sent: {said(' | '.join(differing[:3]))}; "
                    "nothing was committed. Do: correct the template"
                )
            self._commit(session, "committing with a timer", confirm=revert_after_s // 60)
        return before

    def confirm(self, session: str) -> None:
        self._ours(session)
        with self._locked():
            self._ours(session)
            self._commit(f"{session} confirmed", "confirming")
            after = self._history()
            if self._waiting(after[0]) is not None:
                raise Refused(f"{self.address.key}: the timer still runs after the confirm. Do: read its state")
            # Had the timer run out between the two, the entry below ours would be the device's own going back.
            if len(after) > 1 and (after[0].log, after[1].log) == (f"{session} confirmed", session):
                return
        raise NothingPending(f"{self.address.key}: it went back before the confirm. Do: read what it holds now")

    def cancel(self, session: str) -> None:
        """Load what was before by its text, not as ``rollback 1``: the timer may fire meanwhile, to the same end."""
        self._ours(session)
        with self._locked():
            before = self._before()
            self._ours(session)  # had the timer run out by now, what stood before ours would be ours
            self._load(before, "going back")
            self._commit(f"{session} cancelled", "going back")
        if self._waiting(self._history()[0]) is not None:
            raise Refused(f"{self.address.key}: the timer still runs after going back. Do: read its state")

    def restore(self, session: str, config: str) -> None:
        pending = self._waiting(self._history()[0])
        if pending is not None and pending.session != session:
            self._foreign(pending, session)
        with self._locked():
            self._load(config, "restoring the backup")
            self._commit(f"{session} restore", "restoring the backup")

    def save(self) -> None:
        """Nothing to do: what is committed is what a reboot starts with. It is read, and must be whole."""
        self.startup()

    def clean(self, session: str) -> tuple[str, ...]:  # noqa: ARG002
        """Nothing of ours outlives a login but commits; those stay in the history."""
        return ()

    # -- the one candidate ----------------------------------------------------------------------------------------

    def _load(self, config: str, doing: str) -> None:
        self._loaded = True
        with self._edge(doing), self._patience():
            self._napalm.load_replace_candidate(config=config)

    def _commit(self, comment: str, doing: str, **more: int) -> None:
        with self._edge(doing), self._patience():
            self._device().cu.commit(comment=comment, **more)
        self._loaded = False

    @contextmanager
    def _patience(self) -> Generator[None]:
        device = self._device()
        device.timeout = int(self.address.timeout_s * _COMMIT_FACTOR)
        try:
            yield
        finally:
            if device.connected:
                device.timeout = int(self.address.timeout_s)

    def _take(self) -> None:
        """The exclusive lock, or the words of who is in the way."""
        try:
            with self._edge("locking the candidate"):
                self._device()
                self._napalm._lock()  # noqa: SLF001 - NAPALM's own load would lock, too late for us
        except Refused as error:
            holders = self._holders() or "nobody"
            raise Refused(
                f"{self.address.key}: its one candidate is not free: {holders}; changed there: "
                f"{said(edited(self._changes())) or 'nothing'}; nothing was loaded. It said: {error}"
            ) from None

    def _release(self) -> None:
        """Discard what was not committed, and give the lock up."""
        if self._lost:
            return
        try:
            if self._loaded:
                with self._edge("discarding what was not committed"):
                    self._device().cu.rollback(0)
        finally:
            if not self._lost:
                with self._edge("unlocking the candidate"):
                    self._napalm._unlock()  # noqa: SLF001 - the other end of ``_lock``

    @contextmanager
    def _locked(self) -> Generator[None]:
        self._take()
        self._loaded = False
        try:
            yield
        finally:
            try:
                self._release()
            except Unreachable:
                if self._loaded:
                    raise
                # What was committed may have cut this very login; the lock goes with it.

    def _nobody_waits(self) -> None:
        pending = self._waiting(self._history()[0], maybe=True)
        if pending is not None:
            raise Refused(
                f"{self.address.key}: the commit {pending.session!r} of {pending.owner!r} waits for its confirmation, "
                "and any commit would confirm it. Do: wait until it is confirmed or has gone back"
            )

    def _ours(self, session: str) -> None:
        pending = self._waiting(self._history()[0])
        if pending is None:
            raise NothingPending(f"{self.address.key}: no timer runs. Do: read which configuration it holds")
        if pending.session != session:
            self._foreign(pending, session)

    def _foreign(self, pending: Pending, session: str) -> None:
        raise Refused(
            f"{self.address.key}: the timer is of {pending.session!r} ({pending.owner}), not of {session}. "
            "Do: ask whose it is"
        )


PLATFORM = Platform(
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
    nets=(
        NetKind(
            "commit-timer",
            "The switch's own `commit confirmed` loads the whole configuration before it again; nothing restarts. "
            "Anybody's commit meanwhile confirms the change, and so does a restart of the switch.",
            atomic=True,
            unproven=(
                "that a restart inside the window keeps the change (one report only)",
                "that the exclusive lock keeps every other commit out between the look for a waiting one and ours",
                "that an unlock discards what was not committed",
            ),
        ),
    ),
    extra={"identity": "ssh"},
)
