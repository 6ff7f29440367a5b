"""A YAML file says one thing, or is refused with the line that says two."""

from pathlib import Path
from unittest.mock import patch

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from matric import yaml_file
from matric.errors import BadInput
from matric.intent.base import Model


class Window(Model):
    school: str
    days: tuple[str, ...]
    vid: int = 10


def refused(text: str) -> list[str]:
    with pytest.raises(BadInput) as error:
        yaml_file.read(text, "site.yaml")
    return [str(problem) for problem in error.value.problems]


def test_words_that_yaml_1_1_takes_for_booleans_and_times_stay_text() -> None:
    text = "a: no\nb: off\nc: yes\nd: 17:00\ne: 1e3\nf: 1_0\ng: 0.1.2\nh: +5\n"

    found = yaml_file.read(text, "site.yaml")

    assert found == {"a": "no", "b": "off", "c": "yes", "d": "17:00", "e": "1e3", "f": "1_0", "g": "0.1.2", "h": "+5"}


def test_numbers_booleans_and_nothing_are_read_as_such_only_when_bare() -> None:
    found = yaml_file.read("a: 10\nb: -3\nc: 1.5\nd: true\ne:\nf: null\ng: '10'\nh: \"true\"\ni: '2026-09-01'\n", "x")

    assert found == {
        "a": 10, "b": -3, "c": 1.5, "d": True, "e": None, "f": None, "g": "10", "h": "true", "i": "2026-09-01",
    }  # fmt: skip


def test_an_empty_file_says_nothing() -> None:
    assert yaml_file.read("# only a comment\n", "site.yaml") is None


def test_every_repeated_key_is_named_with_its_line_in_one_pass() -> None:
    messages = refused("a: 1\na: 2\nb:\n  c: 1\n  c: 2\n")

    assert [message.split(":")[0] for message in messages] == [
        "YAML-UNSAFE site.yaml line 2",
        "YAML-UNSAFE site.yaml line 5",
    ]


def test_an_anchor_bomb_is_refused_before_it_is_expanded() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 30)]

    messages = refused("\n".join(lines))

    assert "anchors and aliases are not allowed" in messages[0]


def test_a_key_that_is_a_list_is_refused() -> None:
    assert "a key is not plain text" in refused("? [a, b]\n: 1\n")[0]


def test_a_file_larger_than_the_limit_is_refused_without_being_read(tmp_path: Path) -> None:
    big = tmp_path / "big.yaml"
    with big.open("wb") as file:
        file.truncate(yaml_file.MAX_BYTES + 1)

    with pytest.raises(BadInput, match=f"larger than {yaml_file.MAX_BYTES} bytes"):
        yaml_file.load(big)


def test_a_file_that_is_not_utf_8_is_refused_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "site.yaml"
    path.write_bytes(b"a: 1\nb: \xff\n")

    with pytest.raises(BadInput, match="line 2: not UTF-8"):
        yaml_file.load(path)


def test_a_byte_order_mark_is_no_part_of_the_first_key(tmp_path: Path) -> None:
    path = tmp_path / "site.yaml"
    path.write_bytes(b"\xef\xbb\xbfa: 1\n")

    assert yaml_file.load(path) == {"a": 1}


def test_a_file_that_is_not_there_is_bad_input_and_no_traceback(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"missing\.yaml: cannot be read"):
        yaml_file.load(tmp_path / "missing.yaml")


def test_a_list_becomes_a_tuple_but_text_never_becomes_a_number() -> None:
    read = yaml_file.read_model("school: oakfield\ndays: [mon, tue]\n", "calendar.yaml", Window)

    assert read == Window(school="oakfield", days=("mon", "tue"))
    with pytest.raises(BadInput, match=r"VLAN-TYPE calendar\.yaml line 3 vid='10': text is not a VLAN id"):
        yaml_file.read_model("school: oakfield\ndays: [mon]\nvid: '10'\n", "calendar.yaml", Window)


def test_every_field_that_does_not_fit_is_named_with_its_line_in_one_pass() -> None:
    text = "school: 7\ndays:\n  - mon\n  - 3\nserverity: high\n"

    with pytest.raises(BadInput) as error:
        yaml_file.read_model(text, "calendar.yaml", Window)

    places = {(problem.thing, problem.field) for problem in error.value.problems}
    assert places == {
        ("calendar.yaml line 1", "school"),
        ("calendar.yaml line 4", "days.1"),
        ("calendar.yaml line 5", "serverity"),
    }


def test_a_missing_field_is_named_where_its_parent_stands() -> None:
    with pytest.raises(BadInput, match=r"FILE-FIELD calendar\.yaml line 1 days='': required and missing"):
        yaml_file.read_model("school: oakfield\n", "calendar.yaml", Window)


def test_a_value_with_a_line_break_cannot_forge_a_line_of_the_message() -> None:
    with pytest.raises(BadInput) as error:
        yaml_file.read_model('school: oakfield\ndays: [mon]\nvid: "1\\nGATE allowed"\n', "calendar.yaml", Window)

    assert len(str(error.value).splitlines()) == 1


PIECES = (
    "name: x\n", "- id: 1\n", "  - a\n", "    b: c\n", "[1, 2]", "{a: 1, b: no}", "key:\n", "  key:\n", "a: [", "# b\n",
    "- ", "a", "'", '"', "''", '"y"', "|", "|-\n", ">\n", "#", " #", "? ", "?", ":", ": ", ", ", "]", "}", "\n", "\n  ",
    "\t", "\r\n", "&x ", "*x", "!t ", "%", "@", "---\n", "...\n", "<<: ", "~", "null", "010", "2026-01-01", "1.5", "\\",
    "\u2028", "\ufeff", "\x85",
)  # fmt: skip


def said(text: str, *, fast: bool) -> object:
    """What a text says, or everything that is said against it, by libyaml or without."""
    with patch.object(yaml, "__with_libyaml__", fast):
        try:
            return yaml_file.read(text, "x")
        except BadInput as error:
            return [str(problem) for problem in error.problems]


@pytest.mark.skipif(not yaml.__with_libyaml__, reason="PyYAML without libyaml")
@given(st.lists(st.sampled_from(PIECES), max_size=9).map("".join))
@example("a:\tb\n")
@example("|#\n")
@example("[~? ,~]\n")
@example("\n\ufeffa\n")
@example("key:\n  id: [1,\n")
def test_the_fast_parser_says_what_the_strict_one_says(text: str) -> None:
    assert said(text, fast=True) == said(text, fast=False)
