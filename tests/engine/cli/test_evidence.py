"""``matric evidence`` and ``matric facts`` as somebody types them: what is written, and what is refused."""

import json
from pathlib import Path
from typing import Any

import pytest

AT = "2026-11-26T09:00:00Z"


def test_a_school_s_evidence_is_three_files_that_say_the_same(here: Any, tmp_path: Path) -> None:
    ended = here("evidence", "oakfield", "--at", AT, "--out", tmp_path / "pack", "--json")

    assert ended.code == 0, ended.err
    assert ended.value["files"] == ["evidence.html", "evidence.json", "evidence.pdf"]
    told = json.loads((tmp_path / "pack" / "evidence.json").read_text(encoding="utf-8"))
    assert (told["format_version"], told["slug"], told["made_at"]) == (1, "oakfield", AT)
    assert told["summary"]["counts"] == ended.value["counts"]
    assert (tmp_path / "pack" / "evidence.pdf").read_bytes().startswith(b"%PDF-")
    assert told["summary"]["sentences"][0] in (tmp_path / "pack" / "evidence.html").read_text(encoding="utf-8")


def test_a_pack_made_again_for_the_same_moment_is_the_same(here: Any, tmp_path: Path) -> None:
    for name in ("one", "two"):
        assert here("evidence", "fernhill", "--at", AT, "--out", tmp_path / name).code == 0

    for name in ("evidence.html", "evidence.json", "evidence.pdf"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


@pytest.mark.parametrize(
    "arguments",
    [
        ("evidence", "nowhere", "--out", "pack"),
        ("evidence", "oakfield"),
        ("evidence", "oakfield", "--out", "pack", "--at", "yesterday"),
        ("evidence", "oakfield", "--out", "pack", "--plan", "gone.json"),
        ("evidence", "oakfield", "--out", "pack", "--run", "no-such-run"),
    ],
    ids=range(5),
)
def test_what_no_pack_can_be_made_of_is_refused(own: Any, arguments: tuple[str, ...]) -> None:
    ended = own(*arguments)

    assert ended.code == 7, ended
    assert not (own.folder / "pack").exists()
