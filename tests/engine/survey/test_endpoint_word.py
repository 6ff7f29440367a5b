"""An owner's word: bound to what will happen, kept beside the comments of others, and gone when something changes."""

import shutil
from datetime import date
from pathlib import Path

import pytest

from matric import site, survey, yaml_file
from matric.errors import BadInput, UsageError
from matric.survey.endpoint import after, endpoints, fate, kept, saying, surveyed, waiting
from matric.survey.endpoint.census import why_unseen
from matric.survey.endpoint.model import Fated
from matric.survey.endpoint.saying import Said
from matric.survey.model import Device as Old
from matric.survey.model import Survey
from tests import estate

CASE = Path(__file__).parents[2] / "cases" / "survey" / "endpoint" / "flat-primary"
OAKFIELD = site.load(estate.standing()).school("oakfield")
SEEN = yaml_file.model(CASE / "survey.yaml", Survey)
DOOR, TODAY = "00:0b:d6:01:02:03", date(2026, 11, 21)
AGREED = Said(by="A. Patel, site manager", owner="Site manager", acknowledge=True)


@pytest.fixture
def inventory(tmp_path: Path) -> Path:
    there = survey.folder(tmp_path, "oakfield")
    there.mkdir(parents=True)
    survey.save(tmp_path, SEEN)
    shutil.copy(CASE / "endpoints.yaml", there)
    return tmp_path


def one(inventory: Path, key: str = DOOR, seen: Survey = SEEN) -> Fated:
    return next(each for each in endpoints(inventory, seen, OAKFIELD) if each.endpoint.key == key)


def test_where_nobody_can_say_what_the_school_is_to_be_everything_is_still_told_and_nothing_promised(
    inventory: Path,
) -> None:
    found = waiting(inventory, SEEN, "survey what was not seen")

    assert {each.endpoint.key for each in found} == {each.endpoint.key for each in endpoints(inventory, SEEN, OAKFIELD)}
    assert {(each.fate.word, each.fate.device, each.fate.changes[0].do) for each in found} == {
        ("at-risk", "", "survey what was not seen")
    }


@pytest.mark.parametrize(
    ("name", "how", "words"),
    [
        ("sw-9", "live", "nobody has looked at it"),
        ("sw-1", "live", "Do: survey again"),
        ("sw-1", "folder", "Do: give its answer to 'show mac address-table'"),
    ],
)
def test_what_was_not_seen_of_a_switch_is_told_and_not_that_the_switch_was_not(name: str, how: str, words: str) -> None:
    seen = Survey(school="oakfield", taken_at="2026-11-20T09:00:00Z", how="live", devices=(Old(name="sw-1"),))
    seen = seen.model_copy(update={"how": how})

    assert words in why_unseen(seen, name)


def test_a_door_that_moves_owes_its_owner_s_word_until_it_is_given(inventory: Path) -> None:
    assert one(inventory).owed

    (told,) = saying.say(inventory, SEEN, OAKFIELD, ["000b.d601.0203"], said=AGREED, today=TODAY)

    assert (told.owed, told.acknowledged) == (False, "A. Patel, site manager on 2026-11-21")
    assert told.endpoint.owner == "Site manager"


def test_what_was_agreed_to_lapses_when_something_else_will_happen(inventory: Path) -> None:
    saying.say(inventory, SEEN, OAKFIELD, [DOOR], said=AGREED, today=TODAY)

    saying.say(inventory, SEEN, OAKFIELD, [DOOR], said=Said(to="sw-02 GigabitEthernet1/0/18"), today=TODAY)

    told = one(inventory)
    assert (told.owed, told.acknowledged, told.lapsed) == (True, "", "A. Patel, site manager on 2026-11-21")


def test_a_second_survey_that_finds_the_same_lets_a_word_hold(inventory: Path) -> None:
    saying.say(inventory, SEEN, OAKFIELD, [DOOR], said=AGREED, today=TODAY)
    more_power = [
        device.model_copy(update={"power": tuple(row.model_copy(update={"watts": 3.3}) for row in device.power or ())})
        for device in SEEN.devices
    ]
    again = SEEN.model_copy(update={"devices": tuple(more_power), "taken_at": "2026-11-23T10:00:00Z"})

    assert one(inventory, seen=again).acknowledged


def test_a_kind_that_a_person_names_is_confirmed_and_may_make_a_thing_critical(inventory: Path) -> None:
    key = "e8:6a:64:00:00:11"
    assert not one(inventory, key).endpoint.critical

    (told,) = saying.say(inventory, SEEN, OAKFIELD, [key], said=Said(kind="till", room="Servery"), today=TODAY)

    assert (told.endpoint.kind, told.endpoint.confidence) == ("till", "confirmed")
    assert (told.endpoint.room, told.endpoint.room_from, told.owed) == ("Servery", "endpoints.yaml", True)


def test_the_file_keeps_its_comments_and_everybody_else_s_words(inventory: Path) -> None:
    path = survey.folder(inventory, "oakfield") / kept.FILE
    path.write_text("# Walked with the caretaker.\n" + path.read_text("utf-8"), encoding="utf-8")

    saying.say(inventory, SEEN, OAKFIELD, [DOOR], said=AGREED, today=TODAY)

    text = path.read_text("utf-8")
    assert text.startswith("# Walked with the caretaker.\ndevices: {OAK-CORE: core-1}\n")
    assert kept.load(path.parent).entry("00:90:e8:00:00:09") is not None
    assert [each.name for each in path.parent.iterdir() if each.name.startswith(".")] == []


@pytest.mark.parametrize(
    ("names", "said", "why"),
    [
        ([DOOR], Said(acknowledge=True, owner="X"), "nobody is named"),
        ([DOOR], Said(acknowledge=True, by="A. Patel"), "has no owner"),
        ([DOOR], Said(kind="dragon"), "is no kind of endpoint"),
        (["00:00:00:00:00:99"], AGREED, "nothing of that name was seen"),
        ([DOOR], Said(note="two\nlines"), "one line"),
    ],
)
def test_what_would_not_count_is_refused_and_nothing_is_written(
    inventory: Path, names: list[str], said: Said, why: str
) -> None:
    path = survey.folder(inventory, "oakfield") / kept.FILE
    before = path.read_bytes()

    with pytest.raises(UsageError, match=why):
        saying.say(inventory, SEEN, OAKFIELD, names, said=said, today=TODAY)

    assert path.read_bytes() == before


def test_a_file_that_names_a_thing_twice_is_refused_whole(tmp_path: Path) -> None:
    (tmp_path / kept.FILE).write_text(
        'endpoints:\n  - endpoint: "00:0b:d6:01:02:03"\n  - endpoint: "00:0B:D6:01:02:03"\n    kind: dragon\n',
        encoding="utf-8",
    )

    with pytest.raises(BadInput) as refused:
        kept.load(tmp_path)

    assert {problem.code for problem in refused.value.problems} == {"ENDPOINT-KIND", "ENDPOINT-TWICE"}


def test_rules_are_told_what_is_owed_and_what_was_not_read(inventory: Path) -> None:
    told = surveyed(inventory, SEEN, OAKFIELD)

    by_key = {each.key: each for each in told.endpoints}
    assert told.unseen == ("ADMIN-SW",)
    assert (by_key[DOOR].critical, by_key[DOOR].word, by_key[DOOR].acknowledged) == (True, "at-risk", "")
    assert not by_key["44:19:b6:00:00:07"].ported
    assert by_key["44:19:b6:00:00:07"].reason.startswith("sw-02 GigabitEthernet1/0/19 is to be shut")
    assert {each.state for each in told.endpoints} == {""}


def test_what_was_found_after_another_survey_tells_rules_nothing(inventory: Path) -> None:
    found = after.checked(endpoints(inventory, SEEN, OAKFIELD), "2020-01-01T00:00:00Z", SEEN)
    after.keep(inventory, found)

    assert surveyed(inventory, SEEN, OAKFIELD).after == ""


def test_two_old_switches_are_never_one_new_one_unless_somebody_said_so() -> None:
    first, second = (one for one in OAKFIELD.configured if one.name in ("sw-01", "sw-02"))
    # The switch that was called sw-01 is sw-02 by its serial number; the other one's number was not seen.
    renamed = Survey(
        school="oakfield", taken_at="2026-11-20T09:00:00Z", how="live",
        devices=(Old(name="sw-01", serial=second.serial), Old(name="sw-02"), Old(name="sw-03"), Old(name="sw-03 (2)")),
    )  # fmt: skip

    assert fate.pairs(renamed, OAKFIELD, kept.Kept()) == {"sw-01": second.name}
    assert fate.pairs(renamed, OAKFIELD, kept.Kept(devices={"sw-02": first.name})) == {
        "sw-01": second.name,
        "sw-02": first.name,
    }
