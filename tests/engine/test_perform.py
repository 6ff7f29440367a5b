"""Effects performed on the joining school's lab: every answer is what the devices really did."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from matric import fleet, lab, secret, site
from matric.cutover.effects import (
    Answer,
    Arm,
    Armed,
    BackedUp,
    Backup,
    Cancel,
    Checked,
    Clean,
    Cleaned,
    Confirm,
    Denied,
    Done,
    Found,
    Holds,
    Moved,
    Nothing,
    Probe,
    Read,
    Restore,
    Save,
    Seen,
    Silent,
    SiteCheck,
    Stage,
    Staged,
    Stranger,
    Together,
    Unstage,
)
from matric.fleet import Nornir
from matric.lab.client import Lab
from matric.perform import Performer
from matric.render import Renderer
from matric.site import Site
from tests import estate

ROOT = Path(__file__).parents[2]
NET = "commit-timer"
SESSION = "matric-t1"


@dataclass(frozen=True)
class School:
    """The lab, who performs, and what each device shall hold."""

    lab: Lab
    site: Site
    nornir: Nornir
    performer: Performer
    targets: dict[str, str]

    def base(self, key: str) -> str:
        found = self.performer.perform(Read(device=key, session=SESSION))
        assert isinstance(found, Found)
        return found.running_digest

    def staged(self, key: str) -> str:
        """Stage the target on *key*, and return the base digest."""
        base = self.base(key)
        answer = self.performer.perform(
            Stage(device=key, session=SESSION, base_digest=base, target=self.targets[key], net=NET)
        )
        assert isinstance(answer, Staged), answer
        assert answer.differing == ()
        return base

    def armed(self, key: str) -> str:
        base = self.staged(key)
        answer = self.arm(key, base)
        assert isinstance(answer, Armed), answer
        return base

    def arm(self, key: str, base: str) -> Answer:
        return self.performer.perform(
            Arm(
                device=key,
                session=SESSION,
                base_digest=base,
                target=self.targets[key],
                net=NET,
                revert_after_s=600,
            )
        )

    def probe(self, key: str, base: str) -> Answer:
        return self.performer.perform(Probe(device=key, session=SESSION, base_digest=base, target=self.targets[key]))

    def save(self, key: str, base: str) -> Answer:
        return self.performer.perform(Save(device=key, session=SESSION, base_digest=base, target=self.targets[key]))


@pytest.fixture(scope="module")
def oakfield(tmp_path_factory: pytest.TempPathFactory) -> Iterator[School]:
    found = site.load(estate.standing())
    school = found.school("oakfield")
    state = tmp_path_factory.mktemp("lab")
    running = lab.start(school, state, found.inventory / "lab" / "oakfield")
    renderer = Renderer(found.templates)
    targets = {device.key: renderer.render(school, device).text for device in school.configured}
    try:
        nornir = fleet.start(found, "oakfield", state)
        yield School(running, found, nornir, Performer(found, nornir), targets)
    finally:
        lab.stop(state)


@pytest.fixture(params=["oakfield/sw-01", "oakfield/sw-02"], ids=["eos", "ios"])
def key(request: pytest.FixtureRequest, oakfield: School) -> Iterator[str]:
    """A device of each platform, put back as it was."""
    key = str(request.param)
    yield key
    oakfield.lab.clear()
    oakfield.lab.sleep(1)
    oakfield.performer.perform(Cancel(device=key, session=SESSION))
    oakfield.performer.perform(Clean(device=key, session=SESSION))


def test_a_candidate_is_staged_and_removed_and_nothing_moved(oakfield: School, key: str) -> None:
    before = oakfield.lab.device_state(key)
    base = oakfield.staged(key)

    answer = oakfield.performer.perform(Unstage(device=key, session=SESSION))

    assert isinstance(answer, Done)
    assert oakfield.base(key) == base
    assert oakfield.lab.device_state(key)["revision"] == before["revision"]


def test_an_armed_device_holds_the_new_configuration_and_starts_with_the_old(oakfield: School, key: str) -> None:
    base = oakfield.armed(key)

    seen = oakfield.probe(key, base)

    assert isinstance(seen, Seen), seen
    assert (seen.running, seen.startup, seen.ours) == (Holds.NEW, Holds.OLD, True)


def test_an_edit_in_the_moment_of_arming_is_seen_and_not_lost(oakfield: School, key: str) -> None:
    base = oakfield.staged(key)
    oakfield.lab.fault(key, "edit", on="commit timer|configure replace", text="ntp server 10.9.9.9")

    answer = oakfield.arm(key, base)
    oakfield.performer.perform(Cancel(device=key, session=SESSION))

    assert isinstance(answer, Denied), answer
    assert "somebody changed" in answer.words
    assert "ntp server 10.9.9.9" in oakfield.lab.device_state(key)["running_text"]
    oakfield.lab.fault(key, "edit", text="no ntp server 10.9.9.9")
    assert oakfield.base(key) == base


def test_a_cancelled_device_holds_the_old_configuration(oakfield: School, key: str) -> None:
    base = oakfield.armed(key)

    answer = oakfield.performer.perform(Cancel(device=key, session=SESSION))

    assert isinstance(answer, Done), answer
    seen = oakfield.probe(key, base)
    assert isinstance(seen, Seen)
    assert (seen.running, seen.pending) == (Holds.OLD, None)


def test_an_unconfirmed_device_goes_back_by_itself_and_a_late_confirm_says_so(oakfield: School, key: str) -> None:
    base = oakfield.armed(key)
    oakfield.lab.sleep(605)

    answer = oakfield.performer.perform(Confirm(device=key, session=SESSION))

    assert isinstance(answer, Nothing), answer
    seen = oakfield.probe(key, base)
    assert isinstance(seen, Seen)
    assert seen.running is Holds.OLD


def test_nothing_is_staged_on_a_device_that_moved_since_the_plan(oakfield: School, key: str) -> None:
    before = oakfield.lab.device_state(key)["flash"]

    answer = oakfield.performer.perform(
        Stage(
            device=key,
            session=SESSION,
            base_digest=f"sha256:{'0' * 64}",
            target=oakfield.targets[key],
            net=NET,
        )
    )

    assert isinstance(answer, Moved)
    assert oakfield.lab.device_state(key)["flash"] == before


def test_nothing_is_armed_where_somebody_edited_since_staging(oakfield: School, key: str) -> None:
    base = oakfield.staged(key)
    oakfield.lab.fault(key, "edit", text="vlan 77\n name weekend\n")

    answer = oakfield.arm(key, base)

    assert isinstance(answer, Moved), answer
    assert oakfield.lab.device_state(key)["pending"] is None
    oakfield.lab.fault(key, "edit", text="no vlan 77\n")
    assert oakfield.base(key) == base


def test_nothing_is_armed_where_somebody_elses_session_is_open(oakfield: School, key: str) -> None:
    base = oakfield.staged(key)
    oakfield.lab.fault(key, "foreign-pending", seconds=600, owner="jo")

    answer = oakfield.arm(key, base)

    assert isinstance(answer, Moved), answer
    denied = oakfield.performer.perform(Confirm(device=key, session=SESSION))
    assert isinstance(denied, Denied), denied
    oakfield.lab.sleep(605)


def test_startup_is_not_written_while_running_is_not_the_target(oakfield: School, key: str) -> None:
    base = oakfield.base(key)
    before = oakfield.lab.device_state(key)["startup"]

    answer = oakfield.save(key, base)

    assert isinstance(answer, Moved), answer
    assert oakfield.lab.device_state(key)["startup"] == before


def test_startup_is_not_written_while_a_timer_runs(oakfield: School, key: str) -> None:
    base = oakfield.armed(key)

    assert isinstance(oakfield.save(key, base), Moved)


def test_a_confirmed_device_is_put_back_from_its_backup(oakfield: School, key: str) -> None:
    backed_up = oakfield.performer.perform(Backup(device=key, session=SESSION))
    assert isinstance(backed_up, BackedUp)
    base = oakfield.armed(key)
    oakfield.performer.perform(Confirm(device=key, session=SESSION))
    kept = {"sha256:b": backed_up.running}
    performer = Performer(oakfield.site, oakfield.nornir, kept.__getitem__)

    answer = performer.perform(
        Restore(device=key, session=SESSION, backup="sha256:b", base_digest=base, target=oakfield.targets[key])
    )

    assert isinstance(answer, Done), answer
    assert oakfield.base(key) == base


def test_a_lost_answer_is_silence_and_neither_yes_nor_no(oakfield: School, key: str) -> None:
    base = oakfield.staged(key)
    oakfield.lab.fault(key, "drop", on="commit timer|configure replace", execute=True)

    answer = oakfield.arm(key, base)

    assert isinstance(answer, Silent), answer
    seen = oakfield.probe(key, base)
    assert isinstance(seen, Seen)
    assert seen.ours


def test_a_refused_line_is_named_without_its_secret(oakfield: School, key: str) -> None:
    base = oakfield.base(key)
    oakfield.lab.fault(key, "refuse-line", line="snmp-server user|username")

    answer = oakfield.performer.perform(
        Stage(device=key, session=SESSION, base_digest=base, target=oakfield.targets[key], net=NET)
    )
    if isinstance(answer, Staged):  # IOS reads the file only when it becomes active
        answer = oakfield.arm(key, base)

    assert isinstance(answer, Denied), answer
    vault = fleet.vault_of(oakfield.nornir.inventory.hosts[key])
    values = [vault.get(reference) for reference in secret.references(oakfield.targets[key])]
    assert values
    assert not [value for value in values if value in answer.words]
    assert oakfield.base(key) == base


def test_no_secret_and_no_configuration_reaches_a_log(
    oakfield: School, key: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        oakfield.armed(key)

    assert fleet.address(oakfield.nornir.inventory.hosts[key]).password not in caplog.text
    assert "interface" not in caplog.text


def test_a_whole_school_is_looked_at_at_once_and_in_order(oakfield: School) -> None:
    keys = tuple(oakfield.targets)

    answers = oakfield.performer.together(Together(effects=tuple(Read(device=one, session=SESSION) for one in keys)))

    assert [answer.hostname for answer in answers if isinstance(answer, Found)] == [
        one.partition("/")[2] for one in keys
    ]


def test_a_school_is_checked_by_what_its_devices_see(oakfield: School) -> None:
    checked = oakfield.performer.perform(SiteCheck(school="oakfield", session=SESSION))

    assert isinstance(checked, Checked)
    assert checked.failed == ()
    assert "oakfield/sw-01 Ethernet25 reaches core-1" in checked.passed


def test_a_device_that_does_not_answer_fails_the_schools_check(oakfield: School) -> None:
    oakfield.lab.fault("oakfield/sw-04", "unreachable", sticky=True)

    checked = oakfield.performer.perform(SiteCheck(school="oakfield", session=SESSION))

    assert isinstance(checked, Checked)
    assert "oakfield/sw-04 gives no answer" in checked.failed
    oakfield.lab.clear()
    oakfield.lab.sleep(1)


def test_a_defect_in_a_task_is_silence_so_that_the_run_can_go_back(oakfield: School, tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.matric]\n")
    (tmp_path / "tasks").mkdir()
    (tmp_path / "tasks" / "preflight.py").write_text("def preflight(task, session):\n    return {}['serial']\n")
    performer = Performer(site.load(tmp_path), oakfield.nornir)

    answer = performer.perform(Read(device="oakfield/sw-01", session=SESSION))

    assert isinstance(answer, Silent), answer
    assert "KeyError" in answer.words


def test_a_missing_secret_is_a_no_before_anything_is_sent(oakfield: School, key: str) -> None:
    flash = oakfield.lab.device_state(key)["flash"]
    target = f"{oakfield.targets[key]}snmp-server location <secret:env:MATRIC_NO_SUCH_SECRET>\n"

    answer = oakfield.performer.perform(
        Stage(device=key, session=SESSION, base_digest=oakfield.base(key), target=target, net=NET)
    )

    assert isinstance(answer, Denied), answer
    assert "MATRIC_NO_SUCH_SECRET" in answer.words
    assert oakfield.lab.device_state(key)["flash"] == flash


def test_a_cut_off_device_is_silent_until_its_own_timer_has_brought_it_back(oakfield: School, key: str) -> None:
    base = oakfield.staged(key)
    oakfield.lab.fault(key, "cut-vlan")

    armed = oakfield.arm(key, base)
    oakfield.lab.sleep(5)
    cut_off = oakfield.probe(key, base)
    oakfield.lab.sleep(610)
    back = oakfield.probe(key, base)

    assert isinstance(armed, Armed | Silent), armed
    assert isinstance(cut_off, Silent), cut_off
    assert isinstance(back, Seen), back
    assert (back.running, back.pending) == (Holds.OLD, None)


def test_a_run_leaves_nothing_behind(oakfield: School, key: str) -> None:
    flash = oakfield.lab.device_state(key)["flash"]
    oakfield.staged(key)

    answer = oakfield.performer.perform(Clean(device=key, session=SESSION))

    assert isinstance(answer, Cleaned)
    assert answer.left == ()
    assert oakfield.lab.device_state(key)["flash"] == flash


def test_a_device_with_another_key_is_a_stranger(oakfield: School) -> None:
    oakfield.lab.fault("oakfield/wlc-1", "new-host-key")

    answer = oakfield.performer.perform(Read(device="oakfield/wlc-1", session=SESSION))

    assert isinstance(answer, Stranger), answer
