"""The cut-over's protocol against a confirmed-commit server by other people: netconfd, over a real sshd.

matric's own Performer, tasks, journal and course drive it; only the driver is the tests' (``netconf.py``). No real
switch was used, and this server passes no frames: what is proven is who takes a change back, and when.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from nornir.core import Nornir

from matric import canonical, clock, diff, platform
from matric.config import parse
from matric.cutover import Host as Run
from matric.cutover import Outcome, Word, cut_over, drive, facts, recover
from matric.cutover.effects import Answer, Arm, Armed, Checked, Confirm, DeviceEffect, Done, Effect, SiteCheck
from matric.errors import NothingPending, Refused, StrangerError
from matric.journal import Journal
from matric.journal.process import Process
from matric.perform import Performer
from matric.plan import DevicePlan, Digests, Net, Plan, fingerprint
from matric.plan.budget import Pace, budget
from matric.plan.draft import steps
from matric.platform.base import Candidate
from matric.site import Site
from tests.packets import inventory, netconf
from tests.packets.netconf import NetconfDriver
from tests.packets.netconfd import Netconfd, serving
from tests.packets.stand import needed, standing, until

pytestmark = pytest.mark.root

KEY = "ash/sw-01"
OLD = "host-name sw-01\nvlan 20\n name Pupils\nport 1\n access-vlan 20\n"
NEW = "host-name sw-01\nvlan 10\n name Staff\nvlan 20\n name Pupils\nport 1\n access-vlan 10\n trunk-vlan 20\n"
PACE = Pace(read_s=3, stage_s=3, arm_s=10, settle_s=0, probes=2, site_check_s=0, confirm_s=3, margin_s=1)
HURRY = PACE.model_copy(update={"read_s": 1, "arm_s": 1, "confirm_s": 1})
"""A timer of a few seconds, for who wants to see it run out."""
UNASKED_S = 1.5
"""netconfd 2.13 serves its timers only while nobody asks it anything for a second: asked all the time, it never goes
back."""
ANY = canonical.digest_of_text("any")
PROGRAMS = {"netconfd": "netconfd", "sshd": "openssh-server", "ssh-keygen": "openssh-client"}


class Killed(BaseException):
    """The process is gone: nothing after this line has run."""


@dataclass
class Bench(Performer):
    """matric's performer; the school around the one device is played."""

    site: Site
    nornir: Nornir
    journal: Journal
    check: Callable[[], Checked] = field(default=lambda: Checked(passed=("the school holds",)))

    def __post_init__(self) -> None:
        super().__init__(self.site, self.nornir, self.journal.backup)

    def perform(self, effect: DeviceEffect | SiteCheck) -> Answer:
        return self.check() if isinstance(effect, SiteCheck) else super().perform(effect)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Netconfd]:
    needed(PROGRAMS)
    monkeypatch.setattr("ncclient.transport.session.TICK", 0.01)  # it looks for an answer ten times a second
    with standing() as stand, serving(stand) as found:
        found.hold(OLD)
        yield found


@pytest.fixture
def bench(server: Netconfd, trust: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bench:
    monkeypatch.setattr(platform, "PLATFORMS", {"netconf": netconf.platform(server.key)})
    monkeypatch.setenv(inventory.SECRET, "not-used-a-key-logs-in")
    nornir = inventory.nornir(trust, {server.address(KEY): ("netconf", "access")})
    return Bench(trust, nornir, Journal(tmp_path / "state"))


def plan_of(bench: Bench, target: str = NEW, pace: Pace = PACE) -> Plan:
    found = netconf.platform(Path())
    timers, budgeted = budget((KEY,), pace, {KEY: found.capability})
    net = Net(owner="device", revert_after_s=timers[KEY], survives_reboot=True)
    change = diff.difference(parse(OLD, found.rules), parse(target, found.rules))
    base = fingerprint(OLD, found.rules)
    device = DevicePlan(
        key=KEY,
        netbox_id=1,
        name="sw-01",
        role="access",
        platform="netconf",
        model="netconfd",
        serial=KEY,
        pin_digest=canonical.digest_of_text(str(bench.nornir.inventory.hosts[KEY]["pin"])),
        base_digest=base,
        startup_digest=base,
        target_digest=fingerprint(target, found.rules),
        changes=True,
        diff=change.text(),
        added=len(change.adds),
        removed=len(change.removes),
        target=target,
        template="none",
        secrets=(),
        risk="high",
        above=(),
        net=net,
    )
    return Plan(
        tool="0.1.0",
        school="ash",
        unit="school",
        author="a.khan",
        made_at="2026-11-24T17:00:00Z",
        expires_at="2026-12-01T17:00:00Z",
        nonce="0" * 32,
        digests=Digests(snapshot=ANY, standard=ANY, templates=ANY, policies=ANY),
        devices=(device,),
        order=(KEY,),
        steps=steps((KEY,), {KEY: net}),
        budget=budgeted,
    )


def nothing(_effect: Effect, _answer: Answer | None) -> None:
    """Nobody looks on."""


def carry_out(bench: Bench, plan: Plan, told: Callable[[Effect, Answer | None], None] = nothing) -> Outcome:
    run = bench.journal.start(plan, "cutover")
    return drive(cut_over(plan, run.session), bench, Run(bench.journal, run, clock.system(), told=told))


def die(_effect: Effect, answer: Answer | None) -> None:
    if isinstance(answer, Armed):
        raise Killed


def carry_on(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> Outcome:
    """What 'matric recover' does, once the process is gone."""
    monkeypatch.setattr(Process, "dead", True)
    left = bench.journal.recoverable("ash")
    assert left is not None
    plan = bench.journal.plan(left.id)
    run = bench.journal.start(plan, "recover", of=left.id)
    known = facts(bench.journal.history(left.id))
    return drive(recover(plan, known, f"matric-{left.id}"), bench, Run(bench.journal, run, clock.system()))


def held(server: Netconfd) -> tuple[str, str]:
    """Running and startup, by a login of its own."""
    with server.login().opened() as driver:
        return driver.running(), driver.startup()


def ended(outcome: Outcome) -> tuple[Word, str, str]:
    (device,) = outcome.devices
    return outcome.word, device.running, device.startup


def test_a_change_is_applied_confirmed_by_another_login_and_saved(bench: Bench, server: Netconfd) -> None:
    seen: list[str] = []

    def watch(effect: Effect, answer: Answer | None) -> None:
        if isinstance(answer, Armed | Done) and isinstance(effect, Arm | Confirm):
            with server.login().opened() as onlooker:
                seen.append("waits" if onlooker.pending() else "stays")

    outcome = carry_out(bench, plan_of(bench), watch)

    assert ended(outcome) == (Word.ALL_NEW, "new", "new"), outcome
    assert seen == ["waits", "stays"]
    assert held(server) == (NEW, NEW)


def test_a_school_that_does_not_hold_takes_the_change_back_at_once(bench: Bench, server: Netconfd) -> None:
    bench.check = lambda: Checked(failed=("sw-02 gives no answer",))

    outcome = carry_out(bench, plan_of(bench))

    assert ended(outcome) == (Word.ALL_OLD, "old", "old"), outcome
    assert "sw-02 gives no answer" in outcome.reason
    assert held(server) == (OLD, OLD)


def test_where_matric_dies_the_server_takes_the_change_back_and_recovery_finds_it_so(
    bench: Bench, server: Netconfd, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(Killed):
        carry_out(bench, plan_of(bench, pace=HURRY), die)
    assert held(server) == (NEW, OLD)

    until(lambda: held(server) == (OLD, OLD), "netconfd's own timer", every_s=UNASKED_S)
    outcome = carry_on(bench, monkeypatch)

    assert ended(outcome) == (Word.ALL_OLD, "old", "old"), outcome


def test_recovery_before_the_timer_has_run_takes_the_change_back(
    bench: Bench, server: Netconfd, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(Killed):
        carry_out(bench, plan_of(bench), die)

    outcome = carry_on(bench, monkeypatch)

    assert ended(outcome) == (Word.ALL_OLD, "old", "old"), outcome
    assert held(server) == (OLD, OLD)


def test_somebody_elses_confirm_is_named_and_never_called_ours(bench: Bench, server: Netconfd) -> None:
    """Whoever knows the persist-id can confirm: the server does not tell who did, only that nothing waits any more."""
    plan = plan_of(bench)
    sessions: list[str] = []

    def meddle() -> Checked:
        with server.login().opened() as stranger:
            stranger.confirm(sessions[0])
        return Checked(passed=("the school holds",))

    def remember(effect: Effect, _answer: Answer | None) -> None:
        if isinstance(effect, Arm):
            sessions.append(effect.session)

    bench.check = meddle
    outcome = carry_out(bench, plan, remember)

    assert outcome.word is Word.HANDS, outcome
    assert "FOREIGN-CONFIRM" in outcome.devices[0].reason
    assert outcome.devices[0].running == "new"


def test_somebody_elses_plain_commit_neither_confirms_nor_ends_the_timer(bench: Bench, server: Netconfd) -> None:
    said: list[str] = []

    def meddle() -> Checked:
        with server.login().opened() as stranger:
            try:
                stranger.restore("", OLD)
            except Refused as error:
                said.append(str(error))
        return Checked(passed=("the school holds",))

    bench.check = meddle
    outcome = carry_out(bench, plan_of(bench))

    assert "confirmed-commit pending" in said[0]
    assert ended(outcome) == (Word.ALL_NEW, "new", "new"), outcome


def test_a_candidate_that_somebody_holds_is_not_fought_over(bench: Bench, server: Netconfd) -> None:
    with server.login().opened() as stranger, stranger.locked():
        outcome = carry_out(bench, plan_of(bench))

    assert outcome.word is Word.REFUSED, outcome
    assert "session" in outcome.reason
    assert held(server) == (OLD, OLD)


def test_what_the_server_refuses_is_refused_in_its_own_words_and_leaves_no_candidate(
    bench: Bench, server: Netconfd
) -> None:
    """A port in a VLAN that is not there."""
    outcome = carry_out(bench, plan_of(bench, NEW.replace(" access-vlan 10", " access-vlan 40")))

    assert outcome.word is Word.UNSTAGED, outcome
    assert "required value instance not found" in outcome.reason
    assert held(server) == (OLD, OLD)
    with server.login().opened() as driver:
        assert driver.sessions() == ()


def test_an_ok_after_which_nothing_has_changed_is_not_believed(
    bench: Bench, server: Netconfd, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A fault of netconfd 2.13: a commit after ``validate`` is answered with ok, and running stays as it was."""
    loaded = NetconfDriver.load

    def and_validate(self: NetconfDriver, config: str) -> None:
        loaded(self, config)
        self.connection.validate("candidate")

    monkeypatch.setattr(NetconfDriver, "load", and_validate)

    outcome = carry_out(bench, plan_of(bench))

    assert ended(outcome) == (Word.ALL_OLD, "old", "old"), outcome
    assert "has gone back by itself" in outcome.reason
    assert held(server) == (OLD, OLD)


def test_a_confirm_that_comes_too_late_is_told_so(server: Netconfd) -> None:
    with server.login().opened() as driver:
        driver.arm("matric-late", 1, Candidate(NEW))
        until(lambda: driver.running() == OLD, "netconfd's own timer", every_s=UNASKED_S)

        with pytest.raises(NothingPending):
            driver.confirm("matric-late")


def test_a_server_that_was_not_enrolled_is_not_spoken_to(server: Netconfd) -> None:
    stranger = server.login()
    other = (server.stand.folder / "userkey.pub").read_text(encoding="ascii")
    object.__setattr__(stranger.address, "pin", other)

    with pytest.raises(StrangerError):
        stranger.open()
