"""Waivers are written one by one into a file that people keep, and each school's are a debt that runs out."""

from dataclasses import replace
from datetime import date

import pytest

from matric.errors import BadInput
from matric.policy.waiver import Waiver, faults, read
from matric.policy.waiving import debts, written

TODAY = date(2026, 11, 24)
HALF_TERM = date(2027, 2, 19)
PORT = "oakfield/sw-01 GigabitEthernet1/0/3"
WARNS = {"SEG-08": "warning"}
EMPTY = "# Exceptions.\nwaivers: []\n"


def waiver(thing: str = PORT, rule: str = "SEG-08", expiry: date = HALF_TERM) -> Waiver:
    return Waiver(rule, thing, "P. Adeyemi", "until half term", expiry, approver="J. Okafor")


def told(text: str) -> list[Waiver]:
    return [replace(one, line=0) for one in read(text, "waivers.yaml")]


def test_the_first_waiver_goes_where_none_was_and_the_comments_stay() -> None:
    text = written(EMPTY, [waiver()])

    assert text.startswith("# Exceptions.\nwaivers:\n  - rule: SEG-08\n")
    assert told(text) == [waiver()]


def test_what_stands_there_stays_as_somebody_wrote_it() -> None:
    theirs = (
        'waivers:\n- rule: "CUT-08" # cable\n  object: oakfield/sw-03 7\n  owner: P. Adeyemi\n'
        '  reason: >\n    two\n    lines\n  expiry: "2027-01-31"\n# the end\n'
    )

    text = written(theirs, [waiver()])

    assert text.startswith(theirs)
    assert told(text)[1] == waiver()


def test_a_waiver_of_the_same_rule_and_object_is_renewed_in_place_of_the_old_one() -> None:
    other, old = waiver("oakfield/sw-02 4"), waiver(expiry=date(2026, 11, 1))
    text = written(EMPTY, [old, other])

    text = written(text, [waiver()])

    assert told(text) == [other, waiver()]
    assert "2026-11-01" not in text


@pytest.mark.parametrize(
    "reason",
    [
        "yes",
        "2027-01-31",
        "a: b",
        "#5",
        'it\'s "urgent"',
        "zwei\nZeilen",
        "- no",
        "Möbel",
        "007",
        "{x}",
        " x",
        "\u202e",
    ],
)
def test_whatever_the_reason_is_it_is_read_back_as_it_was_given(reason: str) -> None:
    given = replace(waiver(), reason=reason, ends_when="the cable: re-run")

    assert told(written(EMPTY, [given])) == [given]


def test_a_file_that_is_written_otherwise_is_left_to_people() -> None:
    flow = '{waivers: [{rule: A-1, object: "oakfield vlan 1", owner: O, reason: R, expiry: "2027-01-31"}]}\n'

    with pytest.raises(BadInput, match="write the entry by hand"):
        written(flow, [waiver()])


def test_an_owner_does_not_approve_their_own_waiver_however_they_are_called() -> None:
    own = replace(waiver(), approver="Adeyemi P")
    before_it_was_asked = replace(waiver(), approver="")

    assert [fault for fault, _ in faults(own, WARNS, TODAY)] == ["P. Adeyemi owns it and has approved it"]
    assert not list(faults(before_it_was_asked, WARNS, TODAY))


def test_a_blocker_waits_only_where_somebody_else_agreed() -> None:
    alone = replace(waiver(), approver="")

    assert [fault for fault, _ in faults(alone, {"SEG-08": "blocker"}, TODAY)] == [
        "nobody but P. Adeyemi agreed that a blocker may wait"
    ]
    assert not list(faults(waiver(), {"SEG-08": "blocker"}, TODAY))


@pytest.mark.parametrize("severity", ["blocker", "warning", "info"])
def test_safeguarding_waits_only_where_somebody_else_agreed_and_its_end_is_named_whatever_a_trust_weighs_it(
    severity: str,
) -> None:
    kept = replace(waiver(rule="SAF-05"), ends_when="the filter is bought")

    def wrong(one: Waiver) -> list[str]:
        return [fault for fault, _ in faults(one, {"SAF-05": severity}, TODAY)]

    assert wrong(kept) == []
    assert wrong(replace(kept, approver="")) == ["nobody but P. Adeyemi agreed that a rule of safeguarding may wait"]
    assert wrong(replace(kept, ends_when="")) == ["it lets a rule of safeguarding wait and does not say what ends that"]


def test_a_school_s_debt_is_told_by_rule_the_expired_apart_and_what_is_left_after_each_day() -> None:
    held = [
        waiver(expiry=date(2026, 11, 23)),
        waiver("oakfield/sw-01 4", expiry=date(2026, 12, 18)),
        waiver("oakfield/sw-01 5"),
        waiver("oakfield/sw-01 6"),
        waiver("oakfield/sw-01 7", rule="CUT-08"),
        waiver("fernhill vlan 9"),
    ]

    fernhill, oakfield = debts(held, {"SEG-08": "blocker", "CUT-08": "warning"}, TODAY)

    assert fernhill.school == "fernhill"
    assert [(one.object, why) for one, why in oakfield.broken] == [(PORT, "expired 2026-11-23")]
    assert oakfield.by_rule == {"SEG-08": 4, "CUT-08": 1}
    assert oakfield.burn_down == ((date(2026, 12, 18), 1, 3), (HALF_TERM, 3, 0))
