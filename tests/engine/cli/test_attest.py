"""What people vouch for, as typed: asked at a terminal, given in a script, refused where it could not count."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from matric import snapshot, yaml_file
from matric.policy.subject import Answer, Answers
from tests.engine.cli.conftest import Shell
from tests.engine.cli.test_runbook import Person

TODAY = datetime.now(UTC).date()
ADA = "Ada Mensah, network engineer"


@pytest.fixture
def unasked(own: Shell) -> Shell:
    """A trust whose people have said nothing yet."""
    file(own).write_text("# Who vouches for what.\nanswers: []\n", encoding="utf-8")
    return own


def file(shell: Shell) -> Path:
    return shell.folder / "inventory" / "answers.yaml"


def held(shell: Shell) -> dict[tuple[str, str], Answer]:
    answers = yaml_file.model(file(shell), Answers).answers
    return {(one.school, one.question): one for one in answers}


def standing(shell: Shell, *more: str) -> dict[str, Any]:
    told = shell("attest", "oakfield", "--json", *more).value["questions"]
    return {one["id"]: one for one in told}


def test_without_a_terminal_it_says_what_is_open_and_asks_nothing(unasked: Shell) -> None:
    ended = unasked("attest", "oakfield", "--detailed-exitcode")

    assert ended.code == 2
    assert "restore-tried (CUT-01) Was a restore from a backup tried this term, and did it work?" in ended.out
    assert "filtering-tested" not in ended.out
    assert held(unasked) == {}


def test_what_is_asked_after_the_cut_over_is_told_apart(unasked: Shell) -> None:
    ended = unasked("attest", "oakfield", "--after")

    assert ended.code == 0
    assert "filtering-tested (SAF-07)" in ended.out
    assert "restore-tried" not in ended.out


def test_an_answer_given_in_a_script_is_in_the_file_with_name_day_and_end(unasked: Shell) -> None:
    seen = TODAY - timedelta(days=3)

    ended = unasked(
        "attest", "oakfield", "restore-tried", "safesearch", "--yes", "--by", ADA, "--note", "sw-02", "--at", str(seen)
    )

    assert ended.code == 0, ended.err
    assert set(held(unasked)) == {("oakfield", "restore-tried"), ("oakfield", "safesearch")}
    one = held(unasked)["oakfield", "restore-tried"]
    assert (one.by, one.at, one.answer, one.note, one.valid_days) == (ADA, seen, True, "sw-02", 120)
    assert file(unasked).read_text("utf-8").startswith("# Who vouches for what.\n")
    assert standing(unasked)["restore-tried"]["until"] == str(seen + timedelta(days=120))


def test_a_no_is_on_record_and_stays_to_be_mended(unasked: Shell) -> None:
    assert unasked("attest", "oakfield", "safesearch", "--no", "--by", ADA).code == 0

    found = standing(unasked)["safesearch"]
    assert (found["standing"], found["answer"]["by"]) == ("no", ADA)
    assert "no        safesearch" in unasked("attest", "oakfield").out


def test_what_hangs_on_a_condition_is_asked_only_where_that_is_yes(unasked: Shell) -> None:
    assert unasked("attest", "oakfield", "rpa-member", "--no", "--by", ADA).code == 0

    assert standing(unasked)["rpa-evidence"]["standing"] == "not-asked"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("oakfield", "safesarch", "--yes", "--by", ADA), "use safesearch"),
        (("oakfield", "radius-login-guest", "--yes", "--by", ADA), "no rule of this trust asks radius-login-guest"),
        (("nowhere", "safesearch", "--yes", "--by", ADA), "SCHOOL-UNKNOWN"),
        (("oakfield", "safesearch", "--yes"), "nobody is named"),
        (("oakfield", "--yes", "--by", ADA), "no question is named"),
        (("oakfield", "safesearch", "--by", ADA), "belong to an answer"),
        (("oakfield", "safesearch", "--yes", "--by", ADA, "--at", "yesterday"), "YYYY-MM-DD"),
        (("oakfield", "safesearch", "--yes", "--by", ADA, "--at", str(TODAY + timedelta(days=2))), "in the future"),
        (("oakfield", "safesearch", "--yes", "--by", ADA, "--at", "2019-01-01"), "longer ago"),
    ],
)
def test_what_could_not_count_is_refused_and_the_file_stays_as_it_was(
    arguments: tuple[str, ...], words: str, own: Shell
) -> None:
    before = file(own).read_bytes()

    ended = own("attest", *arguments)

    assert ended.code == 7
    assert words in ended.err
    assert file(own).read_bytes() == before


def test_a_trust_without_a_rule_is_not_asked_for_it(unasked: Shell) -> None:
    rules = unasked.folder / "policies" / "attested.py"
    text = rules.read_text("utf-8")
    start = text.index('@policy("SAF-09")')
    rules.write_text(text[:start] + text[text.index("@policy(", start + 1) :], encoding="utf-8")

    assert "safesearch" not in standing(unasked)
    assert "safeguarding-told" in standing(unasked)


def test_at_a_terminal_each_question_is_put_and_each_answer_is_on_file_before_the_next(unasked: Shell) -> None:
    def once_safesearch_is_on_file() -> str:
        assert not held(unasked)["oakfield", "safesearch"].answer
        return "y"

    code, screen = Person(unasked).follow(
        [
            ("Is SafeSearch enforced", lambda: "maybe"),
            ("answer yes, no or skip", lambda: "no"),
            ("Who vouches for it", lambda: ADA),
            ("Note", lambda: "Off in the library"),
            ("risk protection arrangement?", once_safesearch_is_on_file),
            ("Note", lambda: ""),
            ("as the RPA asks?", lambda: "skip"),
        ],
        "attest", "oakfield", "rpa-member", "rpa-evidence", "safesearch",
    )  # fmt: skip

    assert code == 0, screen
    assert set(held(unasked)) == {("oakfield", "rpa-member"), ("oakfield", "safesearch")}
    assert held(unasked)["oakfield", "safesearch"].note == "Off in the library"
    assert held(unasked)["oakfield", "rpa-member"].by == ADA


def test_a_check_tells_what_needs_an_answer_from_what_needs_the_devices(unasked: Shell) -> None:
    told = unasked("check", "oakfield").out

    assert "need the devices (matric plan oakfield)" in told
    assert "need an answer (matric attest oakfield)" in told


def test_a_check_names_what_no_plan_would_bring_and_says_what_to_do(unasked: Shell) -> None:
    folder = unasked.folder / "inventory" / "snapshot"
    kept = snapshot.load(folder)
    models = tuple(
        row.model_copy(
            update={"custom_fields": {key: value for key, value in row.custom_fields.items() if key != "support_end"}}
        )
        for row in kept.records.device_types
    )
    snapshot.save(folder, kept.records.model_copy(update={"device_types": models}), kept.manifest)

    told = unasked("check", "oakfield").out

    assert "cannot be decided yet" in told
    assert "cannot be decided: oakfield: custom field support_end of the device type " in told


def test_the_gate_asks_for_what_nobody_has_answered(unasked: Shell) -> None:
    found = unasked("check", "oakfield", "--json").value["schools"]["oakfield"]

    lacking = next(one for one in found if one["rule"] == "SAF-03")
    assert lacking["outcome"] == "cannot-evaluate"
    assert (
        "illegal-content-lists in answers.yaml. Do: answer what 'matric attest oakfield' asks" in lacking["missing"][0]
    )


def test_yes_and_no_at_once_is_no_answer(unasked: Shell) -> None:
    ended = unasked("attest", "oakfield", "restore-tried", "--yes", "--no", "--by", ADA)

    assert ended.code == 7
    assert "--yes and --no" in ended.err
    assert held(unasked) == {}


OWN_RULE = '''"""Keys."""

from collections.abc import Iterator

from matric import Question, Said, Subject, vouched
from matric.policy import policy

KEYS = Question(id="keyholder-named", ask="Is a keyholder named?", valid_days=120, why="It is in no record.")


@policy("FLT-20", title="Somebody has the keys", severity="warning", sources=("ours",), question=KEYS)
def somebody_has_the_keys(subject: Subject) -> Iterator[Said]:
    yield from vouched(subject, KEYS)
'''


def test_a_trust_s_own_question_is_asked_answered_and_shown_like_the_others(unasked: Shell) -> None:
    (unasked.folder / "policies" / "keys.py").write_text(OWN_RULE, encoding="utf-8")

    before = unasked("attest", "oakfield")
    ended = unasked("attest", "oakfield", "keyholder-named", "--yes", "--by", ADA)

    assert "keyholder-named (FLT-20) Is a keyholder named?" in before.out
    assert ended.code == 0, ended.err
    assert standing(unasked)["keyholder-named"]["standing"] == "answered"
    assert held(unasked)["oakfield", "keyholder-named"].valid_days == 120
    shown = unasked("policy", "show", "FLT-20").out
    assert "question keyholder-named" in shown
    assert "matric attest <slug> <id>" in shown
