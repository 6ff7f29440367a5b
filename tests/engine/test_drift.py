"""Drift by cause: one thing to decide however often it is seen, and nothing decided that nobody decided."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matric import diff, drift, platform, watch
from matric.change import path_kind
from matric.drift import Cause, Decision, Difference, Standing
from matric.errors import BadInput, ForgeUnavailable, MatricError, NothingToPropose, UsageError
from matric.forge import Change as ForgeChange
from matric.forge import Forge
from matric.journal import Journal, Shelf
from matric.onboarding import Drift
from tests.engine.test_history import SECRETS

TODAY = date(2026, 11, 24)
NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
INTENDED = """\
hostname {name}
vlan 10
 name Staff
interface GigabitEthernet1/0/1
 description Staff room
 switchport access vlan 10
interface GigabitEthernet1/0/2
 description Library
 switchport access vlan 10
ntp server 10.63.1.20
"""


def compared(running: str, intended: str = INTENDED) -> diff.Change:
    return diff.planned(running, intended, platform.get("ios").rules)


def seen(device: str, *edits: tuple[str, str], more: str = "") -> tuple[Difference, ...]:
    """The differences of a device whose configuration is as intended but for *edits* (from, to) and *more* lines."""
    text = INTENDED
    for old, new in edits:
        assert old in text
        text = text.replace(old, new)
    return drift.differences(device, compared(text + more))


def one(*found: Difference) -> Cause:
    made = drift.causes(found)
    assert len(made) == 1, made
    return made[0]


SHUT = (" description Library\n", " description Library\n shutdown\n")
EVE = "username eve privilege 15 secret 0 CANARY\n"


def decided(cause: Cause, decision: str = "adopt", **more: Any) -> Decision:
    said = {"by": "J. Okafor", "reason": "until the hall is rewired", "until": "2026-12-24"}
    return Decision.model_validate(
        {
            "format_version": 1, "id": cause.id, "section": cause.section, "devices": cause.devices,
            "lines": cause.lines, "decision": decision, **({} if decision == "pending" else said), **more,
        }
    )  # fmt: skip


# ---- causes ----


def test_as_intended_has_no_cause() -> None:
    assert seen("a/sw-01") == ()
    assert drift.causes(()) == ()


def test_the_same_hand_edit_on_two_switches_and_two_ports_is_one_cause_with_each_place_named() -> None:
    other = (" description Staff room\n", " description Staff room\n shutdown\n")

    cause = one(*seen("a/sw-01", SHUT), *seen("a/sw-02", SHUT, other))

    assert cause.lines == ("-shutdown",)
    assert (cause.section, cause.kind) == ("interface", "unknown extra")
    assert cause.places == (
        ("a/sw-01", "interface GigabitEthernet1/0/2"),
        ("a/sw-02", "interface GigabitEthernet1/0/1"),
        ("a/sw-02", "interface GigabitEthernet1/0/2"),
    )


def test_in_two_schools_it_is_one_cause_with_both_named_and_its_name_stays() -> None:
    alone = one(*seen("a/sw-01", SHUT))

    both = one(*seen("a/sw-01", SHUT), *seen("b/sw-09", SHUT))

    assert both.id == alone.id
    assert both.schools == ("a", "b")


def test_two_edits_of_one_device_are_two_causes() -> None:
    found = drift.causes(seen("a/sw-01", SHUT, ("ntp server 10.63.1.20", "ntp server 192.168.1.1"), more=EVE))

    assert {cause.section: cause.kind for cause in found} == {
        "interface": "unknown extra",
        "ntp": "hand edit",
        "username": "unknown extra",
    }


def test_what_lacks_is_a_missing_line_and_what_is_not_saved_its_own_kind() -> None:
    missing = one(*seen("a/sw-01", ("Library\n switchport access vlan 10\n", "Library\n")))
    unsaved = one(drift.unsaved("a/sw-01"), drift.unsaved("b/sw-02"))

    assert (missing.kind, missing.lines) == ("missing line", ("+switchport access vlan 10",))
    assert (unsaved.kind, unsaved.devices) == ("unsaved", ("a/sw-01", "b/sw-02"))


def test_the_same_lines_in_another_kind_of_section_are_another_cause() -> None:
    one_, other = Difference("a/x", "interface", ("-shutdown",)), Difference("a/x", "wlan", ("-shutdown",))

    assert len(drift.causes([one_, other])) == 2


def test_no_secret_is_in_a_cause_nor_in_what_is_said_of_it() -> None:
    cause = one(*seen("a/sw-01", more=EVE))
    standing = Standing(cause, "undecided")

    said = f"{cause} {drift.title(standing)} {drift.body(standing)} {drift.text_of(decided(cause))}"

    assert "username eve" in said
    assert "CANARY" not in said


@pytest.mark.parametrize("line", SECRETS)
def test_no_form_of_a_secret_reaches_what_goes_to_the_forge(line: str) -> None:
    made = drift.causes(seen("a/sw-01", more=f"{line}\n"))

    said = "".join(drift.body(Standing(cause, "undecided")) + drift.text_of(decided(cause)) for cause in made)

    assert line.split(maxsplit=1)[0] in said
    assert "CANARY" not in said


LINES = st.lists(
    st.sampled_from(("-shutdown", "+no shutdown", "-description x", "-vlan 9")), min_size=1, max_size=3
).map(tuple)
DIFFERENCES = st.lists(
    st.builds(
        Difference,
        st.sampled_from(("a/sw-01", "a/sw-02", "b/sw-01")),
        st.sampled_from(("interface", "vlan", "line")),
        LINES,
        st.sampled_from(("", "interface 1", "interface 2")),
    ),
    max_size=20,
)


@given(DIFFERENCES, st.randoms(use_true_random=False))
def test_grouping_does_not_depend_on_the_order_things_were_seen_in(found: list[Difference], random: Any) -> None:
    shuffled = list(found)
    random.shuffle(shuffled)

    assert drift.causes(found) == drift.causes(shuffled) == drift.causes(found + found)


@given(DIFFERENCES)
def test_every_difference_belongs_to_exactly_one_cause_and_no_cause_to_none(found: list[Difference]) -> None:
    made = drift.causes(found)

    homes = [
        [cause.id for cause in made if (each.section, each.lines) == (cause.section, cause.lines)] for each in found
    ]
    assert all(len(home) == 1 for home in homes)
    assert {home[0] for home in homes} == {cause.id for cause in made}
    assert len({cause.id for cause in made}) == len(made)
    for each in found:
        assert any((each.device, each.place) in cause.places for cause in made if cause.lines == each.lines)


EXTRA = st.lists(
    st.sampled_from(
        (
            "snmp-server location x", "ntp server 1.1.1.1", "vlan 99\n name Odd", "ip route 0.0.0.0 0.0.0.0 10.1.1.1",
            "ip http server", "username eve", "interface Vlan9\n shutdown", "line vty 0 4\n exec-timeout 0 0",
        )
    ),
    unique=True,
)  # fmt: skip


@given(EXTRA)
def test_no_line_of_a_change_is_lost_between_it_and_its_differences(extra: list[str]) -> None:
    change = compared(INTENDED.replace("name Staff", "name Stuff") + "".join(f"{text}\n" for text in extra))

    signed = [line for line in change.text().splitlines()[2:] if line[:1] in "+-"]
    parted = [line for each in drift.differences("a/x", change) for line in each.lines if line[:1] in "+-"]
    assert sorted(line[0] + line[1:].strip() for line in signed) == sorted(
        line[0] + line[1:].strip() for line in parted
    )


# ---- decisions ----


def held(*those: Decision) -> dict[str, Decision]:
    return {each.id: each for each in those}


def stands(cause: Cause, *those: Decision, today: date = TODAY) -> Standing:
    return drift.standings([cause], held(*those), today)[0]


def test_adopted_is_told_with_name_and_day_and_is_nobody_s_to_decide() -> None:
    cause = one(*seen("a/sw-01", SHUT))

    standing = stands(cause, decided(cause))

    assert standing.tells == "adopted by J. Okafor until 2026-12-24"
    assert not standing.open


def test_an_adoption_holds_on_its_last_day_and_comes_back_after_it() -> None:
    cause = one(*seen("a/sw-01", SHUT))

    assert not stands(cause, decided(cause), today=date(2026, 12, 24)).open
    after = stands(cause, decided(cause), today=date(2026, 12, 25))
    assert (after.word, after.open) == ("expired", True)


def test_to_be_reverted_says_by_what() -> None:
    cause = one(*seen("a/sw-01", SHUT))

    standing = stands(cause, decided(cause, "revert", until=""))

    assert standing.tells == "to be reverted by the next cut-over (decided by J. Okafor)"
    assert not standing.open


def test_a_decision_holds_for_its_devices_only() -> None:
    cause = one(*seen("a/sw-01", SHUT))
    both = one(*seen("a/sw-01", SHUT), *seen("b/sw-09", SHUT))
    elsewhere = one(*seen("b/sw-09", SHUT))

    assert (stands(both, decided(cause)).new, stands(both, decided(cause)).open) == (("b/sw-09",), True)
    assert "undecided on b/sw-09" in stands(both, decided(cause)).tells
    assert (stands(elsewhere, decided(cause)).word, stands(elsewhere, decided(cause)).open) == ("undecided", True)


def test_pending_is_open() -> None:
    cause = one(*seen("a/sw-01", SHUT))

    assert stands(cause, decided(cause, "pending")).open


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1)


@given(TEXTS, TEXTS, TEXTS)
def test_a_decision_s_file_reads_back_as_what_was_written(line: str, reason: str, by: str) -> None:
    from matric import yaml_file  # noqa: PLC0415 - only here

    made = decided(Cause("interface", (f"-{line}",), (("a/sw-01", ""),)), reason=reason, by=by)

    assert yaml_file.read_model(drift.text_of(made), "x.yaml", Decision) == made


def stored(folder: Path, made: Decision, stem: str = "") -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / f"{stem or made.id}.yaml"
    path.write_text(drift.text_of(made), encoding="utf-8")
    return path


def test_decisions_are_read_from_their_folder_and_without_one_there_are_none(tmp_path: Path) -> None:
    made = decided(one(*seen("a/sw-01", SHUT)))
    stored(tmp_path / "drift", made)

    assert drift.decisions(tmp_path / "drift", TODAY) == {made.id: made}
    assert drift.decisions(tmp_path / "nowhere", TODAY) == {}


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"lines": ("-no shutdown",)}, "do not belong together"),
        ({"section": "vlan"}, "do not belong together"),
        ({"by": " "}, "who decided"),
        ({"reason": ""}, "who decided"),
        ({"until": ""}, "last day"),
        ({"until": "2026-13-01"}, "is no day"),
        ({"until": "2028-01-01"}, "366 days"),
    ],
)
def test_a_decision_that_says_too_little_or_of_other_lines_is_refused(
    tmp_path: Path, wrong: dict[str, Any], says: str
) -> None:
    stored(tmp_path, decided(one(*seen("a/sw-01", SHUT)), **wrong))

    with pytest.raises(BadInput, match=says):
        drift.decisions(tmp_path, TODAY)


def test_a_decision_under_another_s_name_is_refused(tmp_path: Path) -> None:
    stored(tmp_path, decided(one(*seen("a/sw-01", SHUT))), "0123456789ab")

    with pytest.raises(BadInput, match="do not belong together"):
        drift.decisions(tmp_path, TODAY)


def test_a_decision_touches_no_school() -> None:
    folders = {"inventory": "inventory"}

    assert path_kind.kind("inventory/drift/0123456789ab.yaml", folders, ["a"]) is path_kind.PathKind.DECISION


def test_gone_is_said_only_of_what_was_looked_at() -> None:
    known = ("a/sw-01", "a/sw-02")

    assert drift.gone(["a/sw-01"], {"a/sw-01"}, ["a"], known)
    assert not drift.gone(["a/sw-01", "a/sw-02"], {"a/sw-01"}, ["a"], known)
    assert drift.gone(["a/sw-77"], {"a/sw-01"}, ["a"], known)
    assert not drift.gone(["b/sw-77"], {"a/sw-01"}, ["a"], known)


# ---- what people are told ----


def test_lines_of_a_device_cannot_break_out_of_the_text() -> None:
    nasty = ("-banner motd ```", "-@everyone", "-/close", "-<!-- matric -->", "-````")

    text = drift.body(Standing(Cause("banner", nasty, (("a/sw-01", ""),)), "undecided"))

    fence = next(line for line in text.splitlines() if line.startswith("`")).removesuffix("diff")
    inside = text.split(fence)[1]
    assert all(line in inside for line in nasty)
    assert len(fence) > 4
    assert not [line for line in text.splitlines() if line.startswith("/")]


def test_a_reason_mentions_nobody_and_gives_no_order() -> None:
    cause = one(*seen("a/sw-01", SHUT))
    made = decided(cause, reason="x`\n/close @everyone", by="@root <b>")

    text = drift.body(stands(cause, made))

    assert "\n/close" not in text
    assert "@root" not in text
    assert "`x'\\n/close @everyone`" in text


# ---- the forge ----


class Stub:
    """As much of a forge as drift asks for; it keeps what it was told."""

    name = "stub"

    def __init__(self) -> None:
        self.issues: dict[str, tuple[str, str]] = {}
        self.proposed: list[tuple[str, str, dict[str, str | None]]] = []
        self.comments: list[tuple[str, tuple[str, ...]]] = []
        self.states: dict[str, str] = {}
        self.fails: MatricError | None = None

    def raise_issue(self, marker: str, title: str, body: str) -> str:
        if self.fails is not None:
            raise self.fails
        self.issues[marker] = (title, body)
        return f"https://forge.example/{marker}"

    def propose(  # noqa: PLR0917 - as the forge has it
        self, branch: str, target: str, title: str, body: str, files: Mapping[str, str | None], message: str
    ) -> str:
        del title, body, message
        if self.fails is not None:
            raise self.fails
        self.proposed.append((branch, target, dict(files)))
        self.states[f"{self.name}:{branch}"] = "open"
        return f"{self.name}:{branch}"

    def comment(self, change: str, marker: str, parts: Sequence[str]) -> tuple[str, ...]:
        del marker
        self.comments.append((change, tuple(parts)))
        return ("https://forge.example/comment",)

    def change(self, change: str) -> ForgeChange:
        state: Any = self.states[change]
        return ForgeChange(change, "", "", change, "main", "", state, "", is_fork=False)


class Desk:
    """A forge, a shelf and a trust, looked at again and again."""

    def __init__(self, shelf: Shelf, trust: Any) -> None:
        self.forge = Stub()
        self.shelf = shelf
        self.trust = trust

    def look(
        self,
        found: Mapping[str, tuple[tuple[str, str], ...] | None],
        *those: Decision,
        every: bool = False,
        target: str = "",
    ) -> list[tuple[str, str]]:
        """What became of it: device -> edits, None where it was silent."""
        devices: list[Drift] = []
        for device, edits in found.items():
            if edits is None:
                devices.append(Drift(device, "", unread="no answer"))
                continue
            text = INTENDED
            for old, new in edits:
                text = text.replace(old, new)
            devices.append(Drift(device, "x", change=compared(text)))
        asked = tuple(dict.fromkeys(device.partition("/")[0] for device in found))
        watched = watch.Watched(asked, tuple(devices))
        standings = drift.standings(watched.causes, held(*those), TODAY)
        raised = watch.raise_all(
            cast("Forge", self.forge), self.shelf, self.trust, watched, standings, now=NOW, every=every, target=target
        )
        return [(each.what, each.id) for each in raised]


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    class Trust:
        root = tmp_path
        folders = {"inventory": "inventory"}  # noqa: RUF012 - a stand-in
        inventory = tmp_path / "inventory"

    Trust.inventory.mkdir()

    def configured(_trust: Any) -> dict[str, tuple[str, ...]]:
        return {"a": ("a/sw-01", "a/sw-02"), "b": ("b/sw-09",)}

    def path(_trust: Any, name: str) -> str:
        return f"inventory/drift/{name}.yaml"

    monkeypatch.setattr(watch, "configured", configured)
    monkeypatch.setattr(watch, "decision_path", path)
    journal = Journal(tmp_path / "state")
    yield Desk(journal.shelf("decision"), Trust())
    journal.close()


SHUT_ID = one(*seen("a/sw-01", SHUT)).id


def test_a_cause_is_one_issue_night_after_night(desk: Desk) -> None:
    for _ in range(2):
        assert desk.look({"a/sw-01": (SHUT,), "a/sw-02": (SHUT,)}) == [("issue", SHUT_ID)]

    assert list(desk.forge.issues) == [f"matric-drift-{SHUT_ID}"]
    title, body = desk.forge.issues[f"matric-drift-{SHUT_ID}"]
    assert title == "Drift: unknown extra in interface on 2 devices at a"
    assert "a/sw-02 interface GigabitEthernet1/0/2" in body
    assert f"matric drift --decide {SHUT_ID}" in body


def test_a_decided_cause_is_not_raised(desk: Desk) -> None:
    cause = one(*seen("a/sw-01", SHUT))

    assert desk.look({"a/sw-01": (SHUT,)}, decided(cause)) == []
    assert desk.look({"a/sw-01": (SHUT,)}, decided(cause, "revert")) == []
    assert desk.forge.issues == {}


def test_an_expired_one_comes_back_and_a_new_device_is_raised(desk: Desk) -> None:
    cause = one(*seen("a/sw-01", SHUT))

    assert desk.look({"a/sw-01": (SHUT,)}, decided(cause, until="2026-11-23")) == [("issue", SHUT_ID)]
    assert desk.look({"a/sw-01": (SHUT,), "b/sw-09": (SHUT,)}, decided(cause)) == [("issue", SHUT_ID)]


def test_what_has_gone_is_said_once_and_never_of_a_device_that_was_silent(desk: Desk) -> None:
    desk.look({"a/sw-01": (SHUT,)})

    assert desk.look({"a/sw-01": None}) == []
    assert desk.look({"b/sw-09": ()}) == []
    assert "Gone since" not in desk.forge.issues[f"matric-drift-{SHUT_ID}"][1]
    assert desk.look({"a/sw-01": ()}) == [("gone", SHUT_ID)]
    assert "Gone since 2026-11-24T02:00:00Z" in desk.forge.issues[f"matric-drift-{SHUT_ID}"][1]
    assert desk.look({"a/sw-01": ()}) == []
    assert desk.look({"a/sw-01": (SHUT,)}) == [("issue", SHUT_ID)]
    assert "Gone since" not in desk.forge.issues[f"matric-drift-{SHUT_ID}"][1]


def test_a_forge_that_is_away_is_an_error_and_what_it_has_is_remembered(desk: Desk) -> None:
    desk.forge.fails = ForgeUnavailable("the forge is away. Do: try again")

    with pytest.raises(ForgeUnavailable):
        desk.look({"a/sw-01": (SHUT,)})

    assert desk.shelf.items() == ()


def test_a_merge_request_records_that_a_decision_is_pending(desk: Desk, tmp_path: Path) -> None:
    assert desk.look({"a/sw-01": (SHUT,)}, target="trunk") == [("proposed", SHUT_ID)]

    branch, target, files = desk.forge.proposed[0]
    (path, text), *rest = files.items()
    assert (branch, target, path, rest) == (f"matric/drift-{SHUT_ID}", "trunk", f"inventory/drift/{SHUT_ID}.yaml", [])
    (tmp_path / "drift").mkdir()
    (tmp_path / "drift" / f"{SHUT_ID}.yaml").write_text(text or "")
    assert drift.decisions(tmp_path / "drift", TODAY)[SHUT_ID].decision == "pending"


def test_an_open_merge_request_is_never_written_over_a_new_device_is_a_comment(desk: Desk) -> None:
    desk.look({"a/sw-01": (SHUT,)}, target="main")

    assert desk.look({"a/sw-01": (SHUT,)}, target="main") == [("open", SHUT_ID)]
    assert desk.forge.comments == []
    assert desk.look({"a/sw-01": (SHUT,), "b/sw-09": (SHUT,)}, target="main") == [("open", SHUT_ID)]
    assert len(desk.forge.proposed) == 1
    assert "b/sw-09" in desk.forge.comments[0][1][0]


def test_one_that_was_closed_without_a_decision_is_proposed_again(desk: Desk) -> None:
    desk.look({"a/sw-01": (SHUT,)}, target="main")
    desk.forge.states[f"stub:matric/drift-{SHUT_ID}"] = "closed"

    assert desk.look({"a/sw-01": (SHUT,)}, target="main") == [("proposed", SHUT_ID)]


def test_a_trust_that_moved_to_another_forge_starts_anew_there(desk: Desk) -> None:
    desk.look({"a/sw-01": (SHUT,)}, target="main")
    desk.forge.name = "other"

    assert desk.look({"a/sw-01": (SHUT,)}, target="main") == [("proposed", SHUT_ID)]


def test_a_pending_decision_that_is_on_file_is_not_proposed_twice(desk: Desk) -> None:
    desk.forge.fails = NothingToPropose("main holds it. Do: nothing")

    assert desk.look({"a/sw-01": (SHUT,)}, target="main") == [("recorded", SHUT_ID)]


def test_a_school_that_waits_for_its_plan_raises_nothing_of_its_own_unless_asked(desk: Desk) -> None:
    extra = "".join(f"odd{at} line\n" for at in range(watch.MOST_CAUSES + 1))
    lots = (("ntp server 10.63.1.20\n", f"ntp server 10.63.1.20\n{extra}"),)

    kinds = {what for what, _ in desk.look({"a/sw-01": lots})}
    assert kinds == {"held"}
    assert desk.forge.issues == {}
    assert desk.look({"a/sw-01": lots, "b/sw-09": (SHUT,)}).count(("issue", SHUT_ID)) == 1
    assert {what for what, _ in desk.look({"a/sw-01": lots}, every=True)} == {"issue"}


def test_a_decision_is_written_as_a_file_and_kept_in_the_state(desk: Desk) -> None:
    cause = one(*seen("a/sw-01", SHUT))

    path = watch.decide(
        desk.trust, desk.shelf, cause, "adopt", by="J. Okafor", reason="rewiring", until="2026-12-24", now=NOW
    )

    assert drift.decisions(path.parent, TODAY)[cause.id].by == "J. Okafor"
    record = desk.shelf.get(cause.id)
    assert record is not None
    assert record["decision"]["decision"] == "adopt"


@pytest.mark.parametrize(
    "wrong",
    [{"by": ""}, {"reason": ""}, {"until": ""}, {"until": "2026-11-23"}, {"until": "2030-01-01"}, {"until": "soon"}],
)
def test_a_decision_that_would_not_hold_is_not_written(desk: Desk, wrong: dict[str, str]) -> None:
    cause = one(*seen("a/sw-01", SHUT))
    given = {"by": "J. Okafor", "reason": "rewiring", "until": "2026-12-24", **wrong}

    with pytest.raises(UsageError):
        watch.decide(desk.trust, desk.shelf, cause, "adopt", now=NOW, **given)

    assert not (desk.trust.inventory / "drift").exists()
