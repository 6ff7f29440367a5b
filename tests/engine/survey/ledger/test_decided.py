"""Decisions: what they cover, which do not count, and what they come to."""

from datetime import date
from pathlib import Path

import pytest

from matric.errors import BadInput, UsageError
from matric.policy.agreement import Agreement
from matric.site import Site
from matric.survey.ledger import Entry, Ledger, asking, build, counted
from matric.survey.ledger import decision as decisions
from matric.survey.ledger.classify import Inherited
from matric.survey.ledger.residue import leftovers
from matric.survey.model import Survey, Unseen
from tests.engine.survey.ledger.conftest import TODAY, Decide, decision, inherited

KEEP = {"owner": "B. Shah, head", "review": date(2027, 3, 1)}


def at(ledger: Ledger, device: str, path: str) -> Entry:
    return next(one for one in ledger.entries if (one.device, one.path) == (device, path))


def faults(ledger: Ledger) -> list[str]:
    return [str(fault) for fault in ledger.faults]


def test_an_old_line_is_told_with_what_stands_for_it_afterwards(decide: Decide) -> None:
    one = at(decide(), "sw-02", "ntp server 192.168.10.5")

    assert (one.kind, one.new) == ("replaced", ("ntp server 10.63.1.20", "ntp server 10.63.1.21"))


def test_an_account_of_the_old_provider_goes_and_it_is_said_why(decide: Decide) -> None:
    one = next(one for one in decide().entries if one.device == "sw-02" and one.text.startswith("username itsupport"))

    assert (one.kind, one.residue) == ("removed", "account")
    assert one.why == "the standard has two accounts, and no others"


def test_the_trust_s_own_account_is_no_residue_though_its_secret_changes(decide: Decide) -> None:
    ours = [one for one in decide().entries if one.text.startswith("username matric ")]

    assert ours
    assert all(one.residue is None for one in ours)


def test_what_nobody_knows_is_unknown_and_so_is_what_stands_below_it(decide: Decide) -> None:
    ledger = decide()

    assert at(ledger, "sw-02", "mystery section > inner one").kind == "unknown"
    assert not ledger.complete


def test_a_static_route_is_decided_by_people_and_its_risk_is_told(decide: Decide) -> None:
    one = at(decide(), "sw-02", "ip route 10.9.0.0 255.255.0.0 10.48.64.9")

    assert (one.kind, one.what, bool(one.risk)) == ("unknown", "static route", True)


def test_a_line_on_two_switches_is_decided_once(decide: Decide) -> None:
    ledger = decide(decision(line="frobnicate everything", lines=2))

    assert [at(ledger, name, "frobnicate everything").kind for name in ("sw-02", "sw-04")] == ["removed", "removed"]
    assert at(ledger, "sw-02", "frobnicate everything").by == "A. Mensah on 2026-11-20"
    assert not ledger.faults


def test_a_decision_for_one_switch_leaves_the_other_open(decide: Decide) -> None:
    ledger = decide(decision(line="frobnicate everything", devices=("sw-04",), lines=1))

    assert at(ledger, "sw-02", "frobnicate everything").kind == "unknown"


def test_what_is_kept_and_no_template_renders_is_lost_with_all_below_it(decide: Decide) -> None:
    ledger = decide(decision("keep", line="mystery section", **KEEP))

    assert [one.path for one in ledger.lost] == [
        "mystery section", "mystery section > inner one", "mystery section > inner two",
    ]  # fmt: skip
    assert not ledger.complete


def test_what_is_kept_and_rendered_survives(decide: Decide) -> None:
    ledger = decide(decision("keep", line="vlan 99", lines=12, **KEEP))

    kept = [one for one in ledger.of("kept") if one.path == "vlan 99"]
    assert kept
    assert not any(one.lost for one in kept)
    assert not ledger.faults


@pytest.mark.parametrize(
    ("made", "words"),
    [
        (decision(line="gone long ago"), "covers no line any more"),
        (decision(pattern="^frob", lines=1), "was made for 1 line and matches 2"),
        (decision(pattern="^vlan 99$"), "which is owned"),
        (decision(pattern="^ntp server"), "which is replaced"),
        (decision(line="frobnicate everything", devices=("sw-77",)), "the survey has no device sw-77"),
        (decision(whole=True, devices=("sw-02",)), "its lines are decided one by one"),
        (decision(line="license smart url https://acme.example"), "covers no line any more"),
    ],
)
def test_a_decision_that_covers_nothing_or_too_much_does_not_count_and_is_named(
    decide: Decide, made: decisions.Decision, words: str
) -> None:
    ledger = decide(made)

    assert [words in fault for fault in faults(ledger)] == [True]
    assert counted(ledger.entries) == counted(decide().entries)


def test_what_is_kept_past_its_day_is_named(decide: Decide) -> None:
    late = decision("keep", line="mystery section", owner="B. Shah", review=date(2026, 11, 25))

    assert ["was to look again by 2026-11-25" in fault for fault in faults(decide(late))] == [True]


def test_two_decisions_that_differ_are_named(decide: Decide) -> None:
    one, other = decision(line="frobnicate everything"), decision("volatile", pattern="^frobnicate")

    assert "is remove there and volatile here" in faults(decide(one, other))[0]


def test_a_device_that_is_not_in_the_standard_waits_for_one_decision(decide: Decide) -> None:
    before = decide()
    after = decide(decision(whole=True, devices=("hp-old",)))

    assert {one.kind for one in before.entries if one.device == "hp-old"} == {"volatile", "unknown"}
    assert {one.kind for one in after.entries if one.device == "hp-old"} == {"volatile", "removed"}


def test_a_line_the_cut_over_carries_over_stays_unknown_until_it_is_off_or_kept(decide: Decide) -> None:
    path = "license smart url https://acme.example"

    assert at(decide(), "sw-02", path).carried
    kept = at(decide(decision("keep", line=path, **KEEP)), "sw-02", path)
    assert (kept.kind, kept.lost) == ("kept", False)


def test_the_lines_of_an_agreed_vlan_are_kept_by_whoever_agreed(trust: Site, messy: tuple[Survey, object]) -> None:
    agreed = Agreement(
        school="oakfield", area="vlan", object="oakfield vlan 99", owner="S. Mistry", approver="D. Lindqvist",
        reason="shared with the nursery", review=date(2027, 7, 31),
    )  # fmt: skip

    ledger = build.built(messy[0], inherited(trust, messy[0], agreed), decisions.Decisions(), TODAY)

    one = at(ledger, "sw-02", "vlan 99")
    assert (one.kind, one.lost, one.by) == ("kept", False, "S. Mistry, agreed by D. Lindqvist, until 2027-07-31")


# ---- what is left behind ----


def test_what_is_left_behind_says_who_could_do_what_and_what_ends_it(decide: Decide) -> None:
    left = {(one.kind, one.words or one.path): one for one in leftovers(decide())}

    trap = left["ntp", "ntp server 192.168.10.5"]
    assert trap.end == "the cut-over puts in its place: ntp server 10.63.1.20; ntp server 10.63.1.21"
    assert len(trap.devices) == 6
    assert left["cloud", "license smart url https://acme.example"].remains
    assert left["banner", "Managed by Acme IT Solutions, call 01632 960001"].end.startswith("the cut-over")
    assert left["ntp", "ntp-service unicast-server 192.168.10.5"].remains


def test_a_banner_that_names_nobody_is_no_residue(decide: Decide) -> None:
    words = [one.words for one in leftovers(decide()) if one.kind == "banner"]

    assert words == ["Managed by Acme IT Solutions, call 01632 960001"]


def test_residue_of_a_device_that_goes_goes_with_it(decide: Decide) -> None:
    gone = decide(decision(whole=True, devices=("hp-old",)))

    one = next(one for one in leftovers(gone) if one.path.startswith("ntp-service"))
    assert (one.remains, one.end) == (False, "it goes with the device, decided by A. Mensah on 2026-11-20")


# ---- what is asked ----


def test_the_same_line_is_one_question_and_the_biggest_comes_first(decide: Decide) -> None:
    asked = asking.groups(decide())

    assert [(one.shown, one.size) for one in asked[:3]] == [
        ("mystery section", 3), ("the whole of hp-old", 3), ("frobnicate everything", 2),
    ]  # fmt: skip
    assert asked[2].devices == ("sw-02", "sw-04")


def test_a_setting_of_many_ports_is_one_question_and_its_answer_covers_them_all(decide: Decide) -> None:
    ledger = decide()
    heads = [f"interface GigabitEthernet1/0/{number}" for number in (5, 6)]
    rows = tuple(Entry("sw-02", 900 + at, (head,), "speed 100", "unknown") for at, head in enumerate(heads))
    account = ledger.accounts[2]
    assert account.device == "sw-02"
    more = type(account)(account.device, account.platform, account.wanted, (*account.entries, *rows))

    group = next(one for one in asking.groups(Ledger("oakfield", "", (more,))) if one.pattern)

    assert group.pattern == r"^interface GigabitEthernet\d+/\d+/\d+ > speed 100$"
    assert group.size == 2


def test_when_everything_is_answered_nothing_is_asked_and_nothing_is_unknown(decide: Decide) -> None:
    ledger = decide()
    made = tuple(
        asking.decided(
            ledger, "keep" if "license" in one.line else "remove", by="A. Mensah", reason="seen to", today=TODAY,
            line=one.line, pattern=one.pattern, whole=one.whole, devices=one.devices if one.whole else (),
            **(KEEP if "license" in one.line else {}),  # type: ignore[arg-type]
        )
        for one in asking.groups(ledger)
    )  # fmt: skip

    done = decide(*made)

    assert (done.unknown, done.faults, asking.groups(done)) == ((), (), ())
    assert done.complete


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"line": "no such line"}, "is no open line of oakfield"),
        ({"line": "license smart url https://acme.example"}, "the cut-over carries it over. Do: take it off by hand"),
        ({"line": "mystery section", "verdict": "keep"}, "has an owner"),
        ({"pattern": "(("}, "no regular expression"),
        ({"line": "mystery section", "by": ""}, "--by is not given"),
        ({"line": "mystery section", "reason": "two\nlines"}, "not one line"),
        ({"line": "mystery section", "review": date(2026, 11, 26)}, "not in the future"),
    ],
)
def test_a_decision_that_could_not_count_is_not_written(decide: Decide, more: dict[str, object], words: str) -> None:
    given = {"verdict": "remove", "by": "A. Mensah", "reason": "seen to", **more}

    with pytest.raises(UsageError, match=words):
        asking.decided(decide(), given.pop("verdict"), today=TODAY, **given)  # type: ignore[arg-type]


def test_a_block_is_decided_with_every_line_of_it(decide: Decide) -> None:
    made = asking.decided(decide(), "remove", by="A. Mensah", reason="seen to", today=TODAY, line="mystery section")

    assert made.lines == 3


def test_a_whole_device_that_nobody_has_seen_is_decided_of_no_line(trust: Site) -> None:
    survey = Survey(
        school="oakfield", taken_at="2026-11-20T10:00:00Z", how="folder",
        unseen=(Unseen(what="device", name="sw-hall", told_by=("sw-02 24",), why="no answer on SSH"),),
    )  # fmt: skip
    ledger = build.built(survey, inherited(trust, survey), decisions.Decisions(), TODAY)

    made = asking.decided(
        ledger, "remove", by="A. Mensah", reason="it goes", today=TODAY, whole=True, devices=("sw-hall",)
    )

    assert made.lines == 0


# ---- the file ----


def test_decisions_go_to_the_end_of_the_file_and_leave_what_is_there(tmp_path: Path) -> None:
    folder = tmp_path / "oakfield"
    asking.record(folder, decision(line="one"))
    path = folder / decisions.FILE
    path.write_text(path.read_text("utf-8") + "  # seen by the head\n", encoding="utf-8")
    text = path.read_text("utf-8")

    before = asking.record(folder, second := decision(pattern='^say "hi"  > # \\d+$', reason="why: because"))

    assert before == text
    assert path.read_text("utf-8").startswith(text)
    assert [one.line or one.pattern for one in decisions.load(folder).decisions] == ["one", '^say "hi"  > # \\d+$']
    asking.undo(folder, before, second)
    assert path.read_text("utf-8") == text


def test_the_first_decision_taken_back_leaves_no_file(tmp_path: Path) -> None:
    before = asking.record(tmp_path, made := decision(line="one"))
    asking.undo(tmp_path, before, made)

    assert not (tmp_path / decisions.FILE).exists()
    assert decisions.load(tmp_path).decisions == ()


def test_a_file_changed_by_somebody_else_is_not_taken_back(tmp_path: Path) -> None:
    before = asking.record(tmp_path, made := decision(line="one"))
    asking.record(tmp_path, decision(line="two"))

    with pytest.raises(UsageError, match="changed by somebody else"):
        asking.undo(tmp_path, before, made)


@pytest.mark.parametrize(
    "text", ["decisions:\n", "decisions: []\n", 'joined: "2026-11-20"\n', "# a note\ndecisions: []\n"]
)
def test_a_decision_finds_its_place_however_the_file_begins(tmp_path: Path, text: str) -> None:
    (tmp_path / decisions.FILE).write_text(text, encoding="utf-8")

    asking.record(tmp_path, decision(line="one"))
    asking.record(tmp_path, decision(line="two"))

    held = decisions.load(tmp_path)
    assert [one.line for one in held.decisions] == ["one", "two"]
    assert (held.joined is not None) == ("joined" in text)


def test_a_file_that_is_no_ledger_is_told_with_its_line(tmp_path: Path) -> None:
    (tmp_path / decisions.FILE).write_text("decisions:\n  - line: x\n    decision: burn\n", encoding="utf-8")

    with pytest.raises(BadInput, match=r"ledger\.yaml line 3"):
        decisions.load(tmp_path)


# ---- the survey ----


@pytest.mark.parametrize(("today", "stale"), [(date(2027, 2, 18), False), (date(2027, 2, 19), True)])
def test_a_survey_older_than_the_standard_lets_it_be_is_stale(decide: Decide, today: date, *, stale: bool) -> None:
    assert decide(today=today).stale is stale


def test_what_the_rules_see_names_each_line_that_is_open(decide: Decide) -> None:
    told = build.inherited(decide())

    assert ("sw-04", "frobnicate everything") in {(one.device, one.path) for one in told.unknown}
    assert (told.lines, told.lost, told.joined) == (len(decide().entries), (), "")


def test_a_setting_that_names_no_server_is_nobody_s(decide: Decide) -> None:
    rows = [("aaa", "aaa authorization exec default local"), ("ntp", "sntp unicast"), ("ntp", "ntp server 10.9.9.9")]
    entries = tuple(
        Entry("sw-02", at, (), text, "removed", why="the standard has its own", residue=kind)  # type: ignore[arg-type]
        for at, (kind, text) in enumerate(rows, 1)
    )
    account = decide().accounts[0]

    left = leftovers(Ledger("oakfield", "", (type(account)("sw-02", "ios", "oakfield/sw-02", entries),)))

    assert [one.path for one in left] == ["ntp server 10.9.9.9"]


def test_a_switch_that_others_name_and_nobody_looked_at_keeps_the_ledger_open_until_it_is_decided(
    messy: tuple[Survey, tuple[tuple[Inherited, str], ...]],
) -> None:
    survey, held = messy
    named = Unseen(what="device", name="sw-hall", told_by=("sw-02 24",), why="no answer on SSH")
    survey = survey.model_copy(update={"unseen": (named, named.model_copy(update={"what": "file", "name": "a.pdf"}))})
    whole = decision("remove", whole=True, devices=("sw-hall",))

    before = build.built(survey, held, decisions.Decisions(), TODAY)
    after = build.built(survey, held, decisions.Decisions(decisions=(whole,)), TODAY)

    assert before.unread == ("sw-hall",)
    assert build.inherited(before).unread == ("sw-hall",)
    assert (after.unread, faults(after)) == ((), [])


def test_a_survey_without_a_device_accounts_for_nothing() -> None:
    nothing = Survey(school="oakfield", taken_at="2026-11-20T10:00:00Z", how="folder")

    assert not build.built(nothing, (), decisions.Decisions(), TODAY).complete
