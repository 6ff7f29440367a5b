"""One cell of the fault matrix: a fault, at a step, on a platform; what the run says, and what the devices are."""

import json
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from matric import execution, fleet, plan, yaml_file
from matric.clock import Clock
from matric.cutover.effects import Ask, Mark, Said
from matric.cutover.outcome import Outcome
from matric.errors import Locked, MatricError
from matric.journal.sqlite import SqliteLedger
from matric.plan import Plan
from napalm_aruba_aoscx import AOSCXDriver
from tests.engine.faults.bed import BY_PLATFORM, CORE, MODELS, QUIET_S, ROOT, SCHOOL, Bed, Injector, unfinished, wrong

FOLDER = ROOT / "tests" / "cases" / "faults"
PATIENCE_S = 240
PLATFORMS = ("eos", "ios")
"""Those of ``matrix.yaml``, where a cell has a column for each; every other platform has a file of its own."""
OTHERS = tuple(slug for slug in MODELS if (FOLDER / f"{slug}.yaml").is_file())
"""Those others."""


@dataclass(frozen=True)
class Cell:
    """A row and a column of facts about what may go wrong, made concrete for one platform."""

    row: int
    step: str
    name: str
    platform: str
    point: str
    """Effect, ``Effect+`` for after its answer, or a mark of the protocol (S9); on the victim unless *on* is core."""
    do: dict[str, Any]
    expect: str
    """Word and exit code, or the class of the error."""
    then: str = ""
    """What a recovery comes to, once the fault is gone."""
    nth: int = 1
    on: str = "victim"
    quick: bool = False
    anywhere: bool = False
    """The point may be on any device."""
    says: str = ""
    """What the reason names, where only words can tell it."""

    @property
    def id(self) -> str:
        return f"{self.row:02}-{self.step}-{self.name}-{self.platform}"

    @property
    def victim(self) -> str:
        return CORE if self.on == "core" else BY_PLATFORM[self.platform]


def cells(platform: str) -> list[Cell]:
    """Every cell of *platform*, in the order of the file."""
    found: list[Cell] = []
    for row in case_of(platform)["cells"]:
        given = dict(row)
        per = {name: given.pop(name, None) for name in {*PLATFORMS, platform}}
        one = per[platform]
        if one is None:
            continue
        expect, _, then = str(one).partition(" then ")
        found.append(
            Cell(
                row=given["row"],
                step=given["step"],
                name=given["name"],
                platform=platform,
                point=given["at"],
                do=given["do"],
                expect=expect,
                then=then,
                nth=given.get("nth", 1),
                on=given.get("on", "victim"),
                quick=given.get("quick", False),
                anywhere=given.get("anywhere", False),
                says=given.get("says", ""),
            )
        )
    return found


def reasoned(platform: str = "eos") -> set[tuple[int, str]]:
    """Row and step of everything that is tested elsewhere, or cannot happen, on *platform*."""
    case = case_of(platform)
    return {(int(row["row"]), step) for row in (*case["elsewhere"], *case["none"]) for step in row["steps"]}


def case_of(platform: str) -> dict[str, Any]:
    """The file that holds the cells of *platform*."""
    found: Any = yaml_file.load(FOLDER / ("matrix.yaml" if platform in PLATFORMS else f"{platform}.yaml"))
    return dict(found)


@dataclass
class Ended:
    """How a cell ended."""

    said: str
    then: str = ""
    silent: list[str] = field(default_factory=list[str])
    words: str = ""


class Stepped:
    """A wall clock that somebody sets while the run goes on; the count of seconds goes on undisturbed."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.off = timedelta()

    def now(self) -> datetime:
        return self._clock.now() + self.off

    def monotonic(self) -> float:
        return self._clock.monotonic()

    def sleep(self, seconds: float) -> None:
        self._clock.sleep(seconds)


class Trial:
    """A cell under way on a bed: the acts by their names."""

    def __init__(self, bed: Bed, cell: Cell, folder: Path) -> None:
        self.bed = bed
        self.cell = cell
        self.folder = folder
        self.plan = bed.again()
        self.forbidden: tuple[str, ...] = ()
        self.clock = Stepped(bed.lab.clock())
        self.refusals: list[str] = []
        self.undo: list[Callable[[], None]] = []
        self.session = ""
        self.taken_over = ""
        """What whoever took the run over came to."""
        self.no = False

    # -- the run

    def run(self) -> Ended:
        if "kill" in self.cell.do:
            return self._killed()
        bench = self.bed.bench(
            self.folder,
            clock=self.clock,
            told=self._told(),
            approvals=self._withdrawn,
            ask=self._asked,
        )
        self.journal = bench.journal
        outcome: Outcome | None = None
        error: MatricError | None = None
        try:
            if self.cell.point == "start":
                self.act()
            execution.refuse_unless_allowed(bench, self.plan)
            _, outcome = execution.carry_out(
                bench, self.plan, ("does the till take a card?",) if "no" in self.cell.do else ()
            )
        except MatricError as met:
            error = met
        finally:
            bench.journal.close()
        ended = self._said(outcome, error)
        self._after(ended, outcome)
        return ended

    def _withdrawn(self, _plan: Plan) -> tuple[str, ...]:
        return self.forbidden

    def _asked(self, _ask: Ask) -> Said:
        return Said(yes=not self.no, words="the till takes no card" if self.no else "")

    def _said(self, outcome: Outcome | None, error: MatricError | None) -> Ended:
        if outcome is None:
            assert error is not None
            return Ended(f"{type(error).__name__} {int(error.exit_code)}", words=str(error))
        ended = Ended(f"{outcome.word.value} {int(outcome.exit_code)}", words=outcome.reason)
        ended.silent += wrong(outcome, self.bed.truth(), self._edited())
        return ended

    def _after(self, ended: Ended, outcome: Outcome | None) -> None:
        """The fault goes, every timer runs out; what was not named must be settled; what was is recovered."""
        for undo in self.undo:
            undo()
        self.bed.lab.clear()
        self.bed.lab.sleep(QUIET_S)
        if outcome is not None:
            ended.silent += [f"later: {line}" for line in wrong(outcome, self.bed.truth(), self._edited())]
        ended.then = self.taken_over
        self._recovered(ended)

    def _recovered(self, ended: Ended) -> None:
        bench = self.bed.bench(self.folder)
        try:
            record = unfinished(bench.journal) or bench.journal.recoverable(SCHOOL)
            if record is None:
                return
            _, outcome = execution.recover(bench, record)
            assert not bench.journal.verify()
        finally:
            bench.journal.close()
        ended.then = f"{outcome.word.value} {int(outcome.exit_code)}"
        ended.silent += [f"recovered: {line}" for line in wrong(outcome, self.bed.truth(), self._edited())]

    def _edited(self) -> tuple[str, ...]:
        """Devices somebody else wrote on, and that therefore are neither."""
        logged = self.bed.lab.event_log()
        last = max((at for at, one in enumerate(logged) if one["event"] == "renewed"), default=0)
        return tuple({str(one["device"]) for one in logged[last:] if one["event"] == "edit"})

    def _killed(self) -> Ended:
        """kill -9 at the point, in a process of its own; then, at once or after every timer, recovery."""
        point = self.cell.point.removesuffix("+")
        device = "" if self.cell.anywhere else self.cell.victim
        kill = {"effect": point, "device": device, "nth": self.cell.nth, "after": self.cell.point.endswith("+")}
        done = in_process(self.bed, self.folder, "cutover", kill, self.plan)
        assert done.returncode == -signal.SIGKILL, (done.returncode, done.stdout, done.stderr[-2000:])
        self.bed.lab.sleep(float(self.cell.do["kill"]))
        ended = Ended("killed")
        self._recovered(ended)
        return ended

    # -- the point

    def _told(self) -> Callable[[Any, Any], None]:
        point = self.cell.point.removesuffix("+")
        device = "" if self.cell.anywhere else self.cell.victim
        hook = Injector(point, device, self.act, self.cell.nth, after=self.cell.point.endswith("+"))
        seen: list[str] = []

        def told(effect: Any, answer: Any) -> None:
            self.session = getattr(effect, "session", self.session)
            if isinstance(effect, Mark):
                if effect.phase == point and not seen:
                    seen.append(point)
                    self.act()
            else:
                hook(effect, answer)

        return told

    def act(self) -> None:
        """The fault."""
        for name, given in self.cell.do.items():
            own = getattr(self, f"do_{name.replace('-', '_')}", None)
            if own is not None:
                own(given)
                continue
            args = dict(given or {})
            keys = args.pop("devices", None) or [self.cell.victim]
            more = args.pop("args", {})
            for key in keys:
                self.bed.lab.fault(key, name, **args, **more)

    # -- faults that are not the lab's

    def do_sleep(self, seconds: float) -> None:
        self.bed.lab.sleep(float(seconds))

    def do_clear(self, _: Any) -> None:
        self.bed.lab.clear()
        self.bed.lab.sleep(1)

    def do_disk_full(self, _: Any) -> None:
        """Not a page more for the journal: SQLite's own "disk is full"."""
        book = self.journal.book
        assert isinstance(book, SqliteLedger)
        store = book.store
        # A page that is half empty would still take the next event: each event asks for pages of its own as well.
        store.execute("CREATE TABLE ballast (bytes BLOB)")
        store.execute(
            "CREATE TEMP TRIGGER full BEFORE INSERT ON events BEGIN INSERT INTO ballast VALUES (zeroblob(1048576)); END"
        )
        (pages,) = store.execute("PRAGMA page_count").fetchone()
        store.execute(f"PRAGMA max_page_count={pages}")

    def do_withdraw(self, _: Any) -> None:
        self.forbidden = ("the approval was withdrawn",)

    def do_clock_step(self, seconds: float) -> None:
        self.clock.off = timedelta(seconds=float(seconds))

    def do_no(self, _: Any) -> None:
        self.no = True

    def do_change(self, name: str) -> None:
        """A file of the trust is another one now."""
        path = self.bed.root / name
        before = path.read_bytes()
        self.undo.append(lambda: _put(path, before))
        path.write_bytes(before + b"\n")

    def do_change_standard(self, _: Any) -> None:
        """The trust's design is another one now."""
        path = self.bed.root / "inventory" / "standard.yaml"
        before = path.read_bytes()
        self.undo.append(lambda: _put(path, before))
        path.write_bytes(before.replace(b"Fernhill Learning Trust", b"Fernhill Learning Federation"))

    def do_freeze(self, _: Any) -> None:
        """Nothing may be changed from now on."""
        path = self.bed.root / "inventory" / "calendar.yaml"
        before = path.read_bytes()
        self.undo.append(lambda: _put(path, before))
        freeze = '\nfreezes:\n  - {name: Flood, first: "2026-11-01", last: "2027-10-31", schools: all}\n'
        path.write_bytes(before + freeze.encode())

    def do_foreign_confirm(self, _: Any) -> None:
        """Somebody else, by another login, confirms what is on its timer."""
        nornir = fleet.start(self.bed.bench(self.folder / "other").site, SCHOOL, self.bed.state)
        host = nornir.inventory.hosts[self.cell.victim]
        if self.cell.platform == "aoscx":  # whoever types this: what the run has kept stays where it is
            address = fleet.address(host)
            options = {"port": address.port, "ssh_strict": False}
            person = AOSCXDriver(address.host, address.user, address.password, optional_args=options)
            person.open()
            person.cli(["checkpoint auto confirm"])
            person.close()
            return
        with fleet.login(host) as device:
            device.confirm(self.session)

    def do_second_run(self, _: Any) -> None:
        """Another process wants the same school."""
        bench = self.bed.bench(self.folder)
        try:
            execution.carry_out(bench, self.bed.again())
        except Locked as refused:
            self.refusals.append(str(refused))
        finally:
            bench.journal.close()
        assert self.refusals, "a second run was let in"

    def do_take_over(self, _: Any) -> None:
        """This process is stopped for so long that its lock runs out, and somebody recovers its run."""
        self.bed.lab.sleep(3600)
        bench = self.bed.bench(self.folder)
        record = unfinished(bench.journal)
        assert record is not None
        _, outcome = execution.recover(bench, record)
        bench.journal.close()
        self.taken_over = f"{outcome.word.value} {int(outcome.exit_code)}"
        assert not wrong(outcome, self.bed.truth())


def _put(path: Path, content: bytes) -> None:
    path.write_bytes(content)


def in_process(
    bed: Bed, folder: Path, what: str, point: dict[str, Any], made: Plan, *, journal: str = ""
) -> "subprocess.CompletedProcess[str]":
    """A run or a recovery in a process of its own, killed at *point*; its journal in *folder*, or at *journal*."""
    folder.mkdir(parents=True, exist_ok=True)
    plan.save(made, folder / "plan.json")
    job = folder / "job.json"
    job.write_text(
        json.dumps(
            {
                "root": str(bed.root),
                "state": str(bed.state),
                "journal": journal or str(folder),
                "plan": str(folder / "plan.json"),
                "what": what,
                "point": point,
            }
        ),
        encoding="utf-8",
    )
    return subprocess.run(
        [sys.executable, "-m", "tests.engine.faults.runner", str(job)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE_S,
    )
