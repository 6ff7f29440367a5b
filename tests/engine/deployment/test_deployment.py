"""What was reviewed is deployed, in its window, once, and nothing else: on a small school in the lab.

Each way in which others have applied what nobody reviewed, or taken silence for success, is tried here.
"""

from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from matric import execution, site
from matric.change import deployment, proposal
from matric.change.deployment import Deployed
from matric.change.proposal import Proposal
from matric.errors import ExitCode, GateBlocked, MatricError
from matric.execution import Bench
from matric.plan import Plan
from tests.engine.deployment.conftest import CHANGE, Reviewed
from tests.engine.faults.bed import CORE, EOS, IOS, KEYS, SCHOOL, Bed

AFTERNOON = """\
format_version: 1
windows:
  - {school: all, date: "2027-01-01", start: "18:00", end: "22:00"}
"""
HAND_EDIT = "interface Ethernet7\n   description lift phone\n"


def approved(_one: Proposal) -> tuple[str, ...]:
    return ()


def nobody_approved(one: Proposal) -> tuple[str, ...]:
    return (f"plan {one.plan.digest} has no approval",)


@pytest.fixture
def bench(bed: Bed, state: Path) -> Iterator[Bench]:
    found = bed.bench(state)
    yield found
    found.journal.close()


def all_are(bed: Bed, word: str, keys: tuple[str, ...] = KEYS) -> bool:
    return all((one := bed.holds(key)).settled and one.running == word for key in keys)


def nothing_was_sent(bed: Bed) -> bool:
    """The lab's own log: since the school was as it was before, nobody wrote on a device."""
    return all_are(bed, "old")


def by_hand(bed: Bed, key: str) -> None:
    """A colleague's edit at a switch, not saved."""
    lines = "interface GigabitEthernet1/0/7\n description lift phone\n" if key == IOS else HAND_EDIT
    bed.lab.fault(key, "edit", text=lines)


@contextmanager
def calendar(bed: Bed, text: str) -> Generator[None]:
    path = bed.root / "inventory" / "calendar.yaml"
    before = path.read_text(encoding="utf-8")
    path.write_text(text, encoding="utf-8")
    try:
        yield
    finally:
        path.write_text(before, encoding="utf-8")


def anew(bed: Bed, bench: Bench) -> Bench:
    """The same bench with the trust's content as it is now."""
    return replace(bench, site=site.load(bed.root))


def state_of(bench: Bench) -> str:
    (one,) = proposal.of(
        bench.journal.shelf(proposal.KIND), states=("open", "merged", "superseded", "withdrawn", "carried-out")
    )
    return one.state


def test_what_was_reviewed_and_merged_is_carried_out_and_read_back(bed: Bed, bench: Bench, reviewed: Reviewed) -> None:
    one = reviewed()

    found = deployment.deploy(bench, one, approved)

    assert (found.result, found.exit_code) == ("carried-out", ExitCode.DONE), found.reason
    assert all_are(bed, "new")
    assert bench.journal.spent(one.plan.digest) == found.run
    assert bench.journal.plan(found.run).reviewed == one.plan.digest
    assert state_of(bench) == "carried-out"


@pytest.mark.slow
def test_asked_twice_it_is_carried_out_once_and_the_answer_is_the_same(
    bed: Bed, bench: Bench, reviewed: Reviewed
) -> None:
    one = reviewed()
    first = deployment.deploy(bench, one, approved)
    writes = len(bench.journal.events(first.run))

    again = deployment.deploy(bench, one, approved)

    assert (again.result, again.run, again.exit_code) == ("carried-out", first.run, ExitCode.DONE)
    assert len(bench.journal.runs(SCHOOL)) == 1
    assert len(bench.journal.events(first.run)) == writes
    assert all_are(bed, "new")


def test_at_two_in_the_afternoon_it_is_due_in_the_evening_and_nothing_is_sent(
    bed: Bed, bench: Bench, reviewed: Reviewed
) -> None:
    one = reviewed()
    evening = bed.lab.time() + timedelta(days=1)
    window = AFTERNOON.replace("2027-01-01", evening.date().isoformat())

    with calendar(bed, window):
        found = deployment.deploy(anew(bed, bench), one, approved)

    assert (found.result, found.exit_code) == ("due", ExitCode.DONE)
    assert found.due.startswith(evening.date().isoformat())
    assert f"due at {found.due}" in found.reason
    assert nothing_was_sent(bed)
    assert state_of(bench) == "merged"


@pytest.mark.slow
def test_an_approval_taken_back_while_devices_are_armed_lets_the_school_go_back(
    bed: Bed, bench: Bench, reviewed: Reviewed
) -> None:
    one = reviewed()
    asked: list[str] = []

    def taken_back(_one: Proposal) -> tuple[str, ...]:
        asked.append("")
        return ("the approval was taken back",) if len(asked) > len(KEYS) + 1 else ()

    found = deployment.deploy(bench, one, taken_back)

    assert found.exit_code is not ExitCode.DONE
    assert "taken back" in found.reason
    assert all_are(bed, "old")


def test_without_an_approval_that_counts_it_is_blocked_even_while_no_window_is_open(
    bed: Bed, bench: Bench, reviewed: Reviewed
) -> None:
    with calendar(bed, AFTERNOON), pytest.raises(GateBlocked, match="no approval"):
        deployment.deploy(anew(bed, bench), reviewed(), nobody_approved)

    assert nothing_was_sent(bed)


@pytest.mark.parametrize("word", ["open", "superseded", "withdrawn"])
def test_what_was_not_merged_is_not_deployed(bed: Bed, bench: Bench, reviewed: Reviewed, word: str) -> None:
    with pytest.raises(GateBlocked, match=word):
        deployment.deploy(bench, reviewed(word=word), approved)

    assert nothing_was_sent(bed)


def test_a_hand_edit_refuses_the_whole_school_and_shows_the_difference(
    bed: Bed, bench: Bench, reviewed: Reviewed
) -> None:
    one = reviewed()
    by_hand(bed, EOS)

    (found,) = deployment.deployed(lambda _: bench, (one,), approved)

    assert (found.result, found.exit_code) == ("refused", ExitCode.STALE)
    assert EOS in found.reason
    assert "lift phone" in found.reason
    assert CORE not in found.reason
    assert all_are(bed, "old", (CORE, IOS))
    assert "lift phone" in str(bed.lab.device_state(EOS)["running_text"])
    assert bench.journal.runs(SCHOOL) == ()


def test_a_hand_edit_leaves_out_its_device_and_the_rest_is_deployed(bed: Bed, bench: Bench, reviewed: Reviewed) -> None:
    one = reviewed(unit="device")
    by_hand(bed, EOS)

    (found,) = deployment.deployed(lambda _: bench, (one,), approved)

    assert (found.result, found.exit_code) == ("carried-out", ExitCode.STALE), found.reason
    assert f"left out: {EOS}" in found.reason
    assert all_are(bed, "new", (CORE, IOS))
    assert "lift phone" in str(bed.lab.device_state(EOS)["running_text"])
    recorded = bench.journal.run(found.run).outcome
    assert recorded is not None
    assert [end["device"] for end in recorded["refused"]] == [EOS]
    assert state_of(bench) == "carried-out"


def test_a_device_that_gives_no_answer_is_not_taken_for_one_that_has_not_moved(
    bed: Bed, bench: Bench, reviewed: Reviewed
) -> None:
    one = reviewed(unit="device")
    bed.lab.fault(IOS, "unreachable", sticky=True)

    (found,) = deployment.deployed(lambda _: bench, (one,), approved)

    assert found.result == "refused"
    assert found.exit_code is not ExitCode.DONE
    assert "could not be read" in found.reason
    assert all_are(bed, "old", (CORE, EOS))
    assert state_of(bench) == "merged"


def test_content_that_another_merge_moved_is_not_what_was_reviewed(bed: Bed, bench: Bench, reviewed: Reviewed) -> None:
    one = reviewed()
    path = bed.root / "inventory" / "standard.yaml"
    before = path.read_text(encoding="utf-8")
    path.write_text(before.replace("10.63.1.30", "10.63.1.31"), encoding="utf-8")
    try:
        (found,) = deployment.deployed(lambda _: anew(bed, bench), (one,), approved)
    finally:
        path.write_text(before, encoding="utf-8")

    assert (found.result, found.exit_code) == ("refused", ExitCode.STALE)
    assert "what it is to become moved" in found.reason
    assert nothing_was_sent(bed)


@pytest.mark.slow
def test_content_that_moved_and_renders_the_same_commands_is_deployed(
    bed: Bed, bench: Bench, reviewed: Reviewed
) -> None:
    one = reviewed()
    path = bed.root / "templates" / "eos" / "access.j2"
    before = path.read_text(encoding="utf-8")
    path.write_text("{# a word to whoever reads this #}" + before, encoding="utf-8")
    try:
        found = deployment.deploy(anew(bed, bench), one, approved)
    finally:
        path.write_text(before, encoding="utf-8")

    assert (found.result, found.exit_code) == ("carried-out", ExitCode.DONE)
    assert bench.journal.plan(found.run).digests.templates != one.plan.digests.templates
    assert all_are(bed, "new")


@pytest.mark.slow
def test_a_school_that_somebody_brought_there_already_is_as_intended(bench: Bench, reviewed: Reviewed) -> None:
    first, second = reviewed(), reviewed()
    deployment.deploy(bench, first, approved)

    found = deployment.deploy(bench, second, approved)

    assert (found.result, found.exit_code) == ("as-intended", ExitCode.DONE)
    assert len(bench.journal.runs(SCHOOL)) == 1


@pytest.mark.slow
def test_a_run_that_came_back_by_itself_has_spent_its_plan_and_no_later_school_begins(
    bed: Bed, bench: Bench, reviewed: Reviewed
) -> None:
    one = reviewed()
    bed.lab.fault(CORE, "cut-vlan", sticky=True)
    later = one.model_copy(update={"school": "fernhill"})

    found, next_one = deployment.deployed(lambda _: bench, (one, later), approved)

    assert (found.result, found.exit_code) == ("carried-out", ExitCode.ROLLED_BACK), found.reason
    assert (next_one.result, next_one.school) == ("not-begun", "fernhill")
    assert SCHOOL in next_one.reason
    assert bench.journal.spent(one.plan.digest)
    bed.lab.clear()
    again = deployment.deploy(bench, one, approved)
    assert (again.result, again.exit_code) == ("carried-out", ExitCode.ROLLED_BACK)
    assert all_are(bed, "old")


@pytest.mark.slow
def test_a_refusal_at_one_school_does_not_keep_the_next_from_its_turn(
    bed: Bed, bench: Bench, reviewed: Reviewed
) -> None:
    one = reviewed(word="open")
    begun: list[str] = []

    def benches(school: str) -> Bench:
        begun.append(school)
        return bench

    found = list(deployment.deployed(benches, (one, one), approved))

    assert [each.result for each in found] == ["refused", "refused"]
    assert begun == [SCHOOL, SCHOOL]
    assert nothing_was_sent(bed)


def test_what_preflight_refuses_was_never_begun_and_stays_due(bed: Bed, bench: Bench, reviewed: Reviewed) -> None:
    one = reviewed()
    bed.lab.fault(EOS, "foreign-session", name="weekend", owner="somebody")

    found = deployment.deploy(bench, one, approved)

    assert (found.result, found.exit_code) == ("refused", ExitCode.ERROR)
    assert "weekend" in found.reason
    assert nothing_was_sent(bed)
    assert state_of(bench) == "merged"


def test_a_journal_that_fails_in_the_middle_is_told_as_a_run_broken_off(
    bench: Bench, reviewed: Reviewed, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = reviewed()

    def broken_off(bench: Bench, plan: Plan) -> tuple[str, object]:
        bench.journal.start(plan, "cutover")
        raise MatricError("the disk is full.")

    monkeypatch.setattr(execution, "carry_out", broken_off)

    found, next_one = deployment.deployed(lambda _: bench, (one, one), approved)

    assert found.result == "broken-off"
    assert f"matric recover {SCHOOL}" in found.reason
    assert next_one.result == "not-begun"


def test_marking_a_change_as_merged_twice_keeps_its_first_commit(bench: Bench, reviewed: Reviewed) -> None:
    reviewed(word="open")
    shelf = bench.journal.shelf(proposal.KIND)

    first = deployment.merged(shelf, CHANGE, "d" * 40)
    again = deployment.merged(shelf, CHANGE, "e" * 40)

    assert [one.merged for one in (*first, *again)] == ["d" * 40, "d" * 40]
    assert deployment.merged(shelf, "gitlab:fernhill/network!13", "f" * 40) == ()


def test_what_became_of_a_plan_is_one_json_value() -> None:
    one = Deployed("git:x", SCHOOL, "due", "due at 18:00", ExitCode.DONE, due="2026-11-25T18:00:00Z")

    assert one.as_json["due"] == "2026-11-25T18:00:00Z"
    assert one.as_json["exit_code"] == 0
