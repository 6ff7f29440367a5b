"""HPE Aruba AOS-S (2530, 2540, 2930F, 5400R) through our own NAPALM driver, over SSH, with files by SFTP.

AOS-S has no timer that takes a change back. A job that restores the kept configuration stands in for it, armed and
read back before the first line; where the switch cannot restore a file, a scheduled reload with the old startup does,
at the price of a restart. Which run it is, and until when, stands in the name and the command of a job, so that any
later login can tell; what is somebody else's is named and never touched.
Source: HPE ArubaOS-Switch 16.x Management and Configuration Guide (cfg-restore, job scheduler, reload), Access
Security Guide (SSH and SFTP). No real switch was used.
"""

import re
from contextlib import suppress
from datetime import datetime
from typing import Any, Final

from matric.errors import NothingPending, Refused
from matric.platform import aoss_text
from matric.platform.aoss_rules import RULES
from matric.platform.aoss_wire import SHOW, Wire, facts_of
from matric.platform.base import (
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
from matric.platform.reading import skew
from matric.platform.transport import said

__all__ = ("PLATFORM",)

MINUTE = 60
LONGEST_MIN = 24 * 60 - 1
"""The name of the job holds a time of day, no date."""
RESTORE_FACTOR = 4
"""A restore takes the switch longer than a read: this many time-outs."""
RELOAD: Final = "reload"
AWAY_S = 600
"""A chassis takes minutes to start."""
MARK = "show config"
"""What the job that marks a reload as ours runs: it does nothing."""
NO_RESTORE = "this firmware has no cfg-restore (it came with 16.04)"


class AossDriver(Wire):
    """One AOS-S switch over one login."""

    # -- reading --------------------------------------------------------------------------------------------------

    def facts(self) -> Facts:
        with self.edge("asked who it is"):
            found = self.device().get_facts()
        return Facts(
            hostname=found["hostname"],
            model=found["model"],
            serial=found["serial_number"],
            os_version=found["os_version"],
            uptime_s=found["uptime"],
        )

    def running(self) -> str:
        return aoss_text.whole(self.address.key, self.show("show running-config"), "running configuration")

    def startup(self) -> str:
        return aoss_text.whole(self.address.key, self.show("show config"), "startup configuration")

    def shown(self, command: str) -> str:
        """The device's own words to one listed command."""
        return self.show(command)

    def look(self) -> Look:
        running = self.running()
        shown = self.optional("show time")
        routes = self.optional("show ip route")
        return Look(
            facts=self.facts(),
            running=running,
            startup=self.startup(),
            neighbours=self._neighbours(),
            users=aoss_text.accounts(running),
            snmp_communities=aoss_text.communities(running),
            routes=None if routes is None else aoss_text.routes(routes),
            clock_skew_s=None if shown is None else skew(aoss_text.clock_text(shown, running), self.address.now()),
            sessions=self.sessions(),
            pending=self._pending(running),
            nets=self._nets(running),
        )

    def pending(self) -> Pending | None:
        return self._pending(self.running())

    def _pending(self, running: str) -> Pending | None:
        """A job that restores, ours or not, or a scheduled reload; ours where a job of ours names the run."""
        found = aoss_text.jobs(running)
        mark = next((job for job in found if job.session and not job.restores), None)
        restore = next((job for job in found if job.restores or not job.session), None)
        reload_s = self._reload_s()
        if restore is not None:
            # Beside a job of ours a reload is somebody else's: it would be taken away, or take the change, unseen.
            foreign = reload_s is not None and restore.session and mark is None
            return Pending(RELOAD, reload_s or 0.0, "") if foreign else self._of_job(restore, running)
        if reload_s is not None:
            session = mark.session if mark is not None else RELOAD
            return Pending(session, reload_s, self.address.user if mark is not None else "")
        return None

    def _of_job(self, job: aoss_text.Job, running: str) -> Pending:
        left = aoss_text.left_s(job, self._clock(running))
        if job.session:
            return Pending(job.session, left, self.address.user)
        return Pending(f"job {job.name}", left, "")

    def _reload_s(self) -> float | None:
        text = self.optional("show reload after")
        return None if text is None else aoss_text.reload_left_s(text)

    def _clock(self, running: str) -> datetime | None:
        shown = self.optional("show time")
        return None if shown is None else aoss_text.now(shown, running)

    def _nets(self, running: str) -> tuple[str, ...]:
        """Without its scheduler nobody can tell whose a reload is, and nothing restores."""
        jobs = self.optional("show job")
        if jobs is None or not re.search(r"Scheduler Status *: *Running", jobs):
            return ()
        sftp = re.search(r"(?m)^ip ssh filetransfer$", running) is not None
        restores = sftp and self.optional("show cfg-restore status") is not None
        reloads = self.optional("show reload after") is not None
        return (*(("restore-job",) if restores else ()), *((RELOAD,) if reloads else ()))

    def sessions(self) -> tuple[Session, ...]:
        """AOS-S has none: a staged candidate is a file on flash, and nothing tells of somebody else's session."""
        return aoss_text.staged(self.show("show config files"))

    # -- writing --------------------------------------------------------------------------------------------------

    def stage(self, session: str, candidate: Candidate) -> str:
        if candidate.net == RELOAD:
            running = self.running()
            rows = facts_of(candidate.config).difference(_after(running, candidate.lines))
            if rows:
                raise Refused(
                    f"{self.address.key}: the lines do not lead to the configuration: {said('; '.join(rows[:8]))}. "
                    "Do: make the plan again"
                )
            return candidate.config
        return self.put(session, self._headed(candidate.config))

    def unstage(self, session: str) -> None:
        self.erase(session)

    def arm(self, session: str, revert_after_s: int, candidate: Candidate) -> str:
        minutes = revert_after_s // MINUTE
        if revert_after_s % MINUTE or not 1 <= minutes <= LONGEST_MIN:
            raise ValueError(f"a timer of {revert_after_s} s is not 1 to {LONGEST_MIN} whole minutes")
        before = self.running()
        waiting = self._pending(before)
        if waiting is not None:
            raise Refused(f"{self.address.key}: {waiting.session} waits to change it already. Do: ask whose it is")
        startup = self.startup()
        if candidate.net == RELOAD:
            self._by_reload(session, minutes, candidate, before, startup)
        else:
            self._by_restore(session, minutes, candidate, before)
        if facts_of(startup).difference(facts_of(self.startup())):
            raise Refused(f"{self.address.key}: the change was written to startup as well. Do: go back now")
        return before

    def _by_restore(self, session: str, minutes: int, candidate: Candidate, before: str) -> None:
        """Keep what runs, arm the job that restores it, then restore the candidate, which holds the job's line too."""
        wanted = self._headed(candidate.config) if candidate.config else self.file(session)
        self._keep(session, before)
        name, line = self._armed(session, minutes, f"cfg-restore flash {session}-old", before)
        # Without its line in the file the restore itself would take the job away.
        self.put(session, f"{wanted.rstrip()}\n{line}\n")
        # The restore replaces whatever runs: what somebody typed since it was kept would be lost without a word.
        rows = facts_of(before).difference(facts_of(_without(self.running(), name)))
        if rows:
            self._disarm(name)
            raise Refused(
                f"{self.address.key}: somebody changed its running configuration while it was armed: "
                f"{said('; '.join(rows[:8]))}; nothing else was changed. Do: ask whose it is"
            )
        try:
            self._restored(session, facts_of(f"{wanted.rstrip()}\n{line}\n"))
        except Refused:
            if not facts_of(before).difference(facts_of(_without(self.running(), name))):
                self._disarm(name)
            raise
        self._want_ours(session)

    def _by_reload(self, session: str, minutes: int, candidate: Candidate, before: str, startup: str) -> None:
        """Mark the reload as ours, schedule it, read both back, then send the lines."""
        rows = facts_of(startup).difference(facts_of(before))
        if rows:
            raise Refused(
                f"{self.address.key}: startup is not what runs, so a reload would not bring it back: "
                f"{said('; '.join(rows[:8]))}. Do: save or correct it first"
            )
        with suppress(Refused):  # only for a way back that is quicker than a restart
            self._keep(session, before)
        name, _ = self._armed(session, minutes, f"{MARK} {session}", before)
        self.do(f"reload after {minutes}", "scheduling the reload", yes=True)
        left = self._reload_s()
        if left is None or not (minutes - 1) * MINUTE <= left <= (minutes + 1) * MINUTE:
            raise Refused(f"{self.address.key}: the reload is not among what is scheduled. Do: read its state")
        self.typed(candidate.lines, "sending the lines")
        rows = facts_of(candidate.config).difference(facts_of(_without(self.running(), name)))
        if candidate.config and rows:
            raise Refused(f"{self.address.key} does not hold what was sent: {said('; '.join(rows[:8]))}. Do: go back")
        self._want_ours(session)

    def confirm(self, session: str) -> None:
        self._ours(session)
        running = self.running()
        if self._reload_s() is not None:
            self.do("no reload", "confirming", yes=True)
        for job in aoss_text.jobs(running):
            if job.session == session:
                self._disarm(job.name)
                running = _without(running, job.name)
        if self.pending() is not None:
            raise Refused(f"{self.address.key}: what takes the change back is still armed. Do: read its state")
        if facts_of(running).difference(facts_of(self.running())):
            raise Refused(f"{self.address.key}: it changed while it was confirmed. Do: read its state")

    def cancel(self, session: str) -> None:
        self._ours(session)
        if f"{session}-old" not in self.files():
            if self._reload_s() is None:
                # A restart was never agreed to, and the job has nothing left to restore.
                raise Refused(f"{self.address.key}: the file {session}-old is gone. Do: put its backup back")
            self.restart()  # it would do so by itself when the time is over
            return
        old = self.file(f"{session}-old")
        self._restored(f"{session}-old", facts_of(old))
        for job in aoss_text.jobs(self.running()):
            if job.session == session:
                self._disarm(job.name)
        if self._reload_s() is not None:
            self.do("no reload", "going back", yes=True)

    def restore(self, session: str, config: str) -> None:
        name = f"{session}-restore"
        if self.optional("show cfg-restore status") is None:
            raise Refused(f"{self.address.key}: {NO_RESTORE}. Do: `reload` it if startup is the backup")
        wanted = self._headed(config)
        self.put(name, wanted)
        self._restored(name, facts_of(wanted))
        self.erase(name)

    def save(self) -> None:
        running = self.running()
        if self._pending(running) is None:
            # A confirm whose answer was lost half-way may have left the mark of its reload: not into startup with it.
            for job in aoss_text.jobs(running):
                self._disarm(job.name)
        self.do("write memory", "saving")
        rows = facts_of(self.running()).difference(facts_of(self.startup()))
        if rows:
            raise Refused(f"{self.address.key}: startup is not what runs: {said('; '.join(rows[:8]))}. Do: save again")

    def clean(self, session: str) -> tuple[str, ...]:
        pending = self.pending()
        ours = (session, f"{session}-old", f"{session}-restore")
        if pending is None or pending.session != session:
            for job in aoss_text.jobs(self.running()):
                if job.session == session:
                    self._disarm(job.name)
            for name in ours:
                self.erase(name)
        return tuple(name for name in ours if name in self.files())

    # -- steps of a change ----------------------------------------------------------------------------------------

    def _headed(self, config: str) -> str:
        """*config* under the editor's lines, without which the switch takes no file."""
        if re.match(r"\s*; \S+ Configuration Editor", config):
            return config
        head = re.match(r"(?:;.*\n)+", self.running())
        return f"{head[0] if head is not None else ''}{config}"

    def _keep(self, session: str, before: str) -> None:
        name = f"{session}-old"
        self.erase(name)
        answer = self.do(f"cfg-backup running-config config {name}", "keeping what runs")
        if name not in self.files():
            raise Refused(
                f"{self.address.key} keeps no file {name}: {said(answer) or 'it says nothing'}; nothing was changed. "
                "Do: erase a configuration file, it holds five"
            )
        if facts_of(before).difference(facts_of(self.file(name))):
            raise Refused(f"{self.address.key}: the file {name} is not what runs; nothing was changed. Do: try again")

    def _armed(self, session: str, minutes: int, command: str, running: str) -> tuple[str, str]:
        """The job that runs *command*, read back: its name and its line."""
        name, line = aoss_text.job_line(self._clock(running), minutes, command)
        self.typed((line,), "arming the job")
        found = [job for job in aoss_text.jobs(self.running()) if job.session == session]
        listed = self.show("show job")
        if [job.name for job in found] != [name] or name not in listed.split():
            raise Refused(
                f"{self.address.key}: the job {name} is not among the jobs; nothing was changed. Do: try again"
            )
        return name, line

    def _disarm(self, name: str) -> None:
        self.typed((f"no job {name}",), "taking the job away")

    def _restored(self, name: str, wanted: Any) -> None:
        """``cfg-restore`` of the file, whole or not at all, and what then runs read back."""
        self.do(f"cfg-restore flash {name} recovery-mode enable", "restoring a file", yes=True, factor=RESTORE_FACTOR)
        status = self.show("show cfg-restore status")
        fields = dict(re.findall(r"(?m)^ *(Status|Config File Name|Failure Reason) *: *(.*?) *$", status))
        if fields.get("Status") != "Success" or fields.get("Config File Name") != name:
            raise Refused(
                f"{self.address.key} did not restore {name}: {said(fields.get('Failure Reason', status))}. "
                "Do: correct the line, or load the file by hand where it needs a restart"
            )
        rows = wanted.difference(facts_of(self.running()))
        if rows:
            raise Refused(f"{self.address.key} does not hold what was sent: {said('; '.join(rows[:8]))}. Do: go back")

    def _want_ours(self, session: str) -> None:
        pending = self.pending()
        if pending is None or pending.session != session:
            raise Refused(f"{self.address.key}: the change took away what takes it back. Do: go back now")

    def _ours(self, session: str) -> None:
        pending = self.pending()
        if pending is None:
            raise NothingPending(f"{self.address.key}: nothing waits to go back. Do: read which configuration it holds")
        if pending.session != session:
            raise Refused(f"{self.address.key}: what waits is {pending.session}, not of {session}. Do: ask whose it is")

    def _neighbours(self) -> tuple[Neighbour, ...] | None:
        try:
            with self.edge("asked its neighbours"):
                found = self.device().get_lldp_neighbors_detail()
        except Refused:
            return None
        return tuple(
            Neighbour(port, one["remote_system_name"].partition(".")[0], one["remote_port"])
            for port, rows in found.items()
            for one in rows
        )


def _after(running: str, lines: tuple[str, ...]) -> Any:
    """What *lines* make of *running*, worked out here."""
    after = facts_of(running)
    after.take("\n".join(lines))
    return after


def _without(running: str, job: str) -> str:
    return re.sub(rf"(?m)^job {re.escape(job)} .*\n", "", running)


PLATFORM = Platform(
    slug="aoss",
    title="HPE Aruba AOS-S",
    capability=Capability(
        atomic_replace=True,
        timer_revert=True,
        timer_owner="device",
        survives_reboot=True,
        survives_session_drop=True,
        timer_min_s=MINUTE,
        timer_max_s=LONGEST_MIN * MINUTE,
        timer_step_s=MINUTE,
        other_commits_confirm=False,
    ),
    rules=RULES,
    name_limit=32,
    description_limit=64,
    reserved_vids=(),
    ascii_only=True,
    show_commands=SHOW,
    driver=AossDriver,
    nets=(
        NetKind(
            "restore-job",
            "A job on the switch puts the whole old configuration back by cfg-restore; nothing restarts.",
            atomic=True,
            unproven=(
                "cfg-restore run by a job of the scheduler",
                "a file put into /cfg by SFTP is taken by cfg-restore",
                "a restore whose file holds the job's own line leaves the job running",
                "startup stays as it was after a restore",
            ),
        ),
        NetKind(
            RELOAD,
            "The switch restarts with the old startup configuration: PoE drops for minutes, so telephones, access "
            "points and cameras behind it restart too.",
            atomic=False,
            consent=True,
            unproven=("the reload stays scheduled while its configuration changes",),
            away_s=AWAY_S,
        ),
    ),
    extra={"identity": "ssh"},
)
