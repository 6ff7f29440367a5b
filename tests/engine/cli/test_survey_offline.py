"""A joining school surveyed from a folder, as typed; and what a folder of samples is worth."""

import json
from pathlib import Path

from tests.engine.cli.conftest import Shell
from tests.engine.survey import corpus
from tests.engine.survey.test_survey_offline import CDP, config


def handed_over(folder: Path) -> Path:
    folder.mkdir()
    (folder / "sw-01-2026-10-01.cfg").write_text(config("sw-01") + "snmp-server community S3CRET RO\n")
    (folder / "sw-01-2024-01-01.cfg").write_text(config("sw-01"))
    near = CDP.format(name="core-1", port=24, says="Router Switch IGMP")
    (folder / "sw-01-show_cdp_neighbors_detail.txt").write_text(near)
    (folder / "plan.pdf").write_bytes(b"%PDF-1.7")
    return folder


def test_a_folder_becomes_a_survey_that_is_kept_without_secrets_and_says_what_it_lacks(
    own: Shell, tmp_path: Path
) -> None:
    folder = handed_over(tmp_path / "handed-over")

    told = own("survey", "thornfield", folder)
    kept = own.folder / "inventory" / "joining" / "thornfield" / "survey.json"
    first = kept.read_bytes()
    again = own("survey", "thornfield", folder, "--json")

    assert (told.code, again.code) == (0, 0), told.err
    assert kept.read_bytes() == first
    assert b"S3CRET" not in first
    assert "S3CRET" not in told.out + told.err + again.out
    for words in ("device core-1 (named by sw-01 GigabitEthernet1/0/24): named by a neighbour", "plan.pdf: not text",
                  "set aside sw-01-2024-01-01.cfg", "taken 2026-10-01T00:00:00Z"):  # fmt: skip
        assert words in told.out
    assert json.loads(first)["taken_at"] == "2026-10-01T00:00:00Z"
    assert [one["name"] for one in again.value["devices"]] == ["sw-01"]
    assert again.value["devices"][0]["macs"] is None
    assert {one["name"] for one in again.value["unseen"]} == {"core-1", "plan.pdf"}


def test_a_folder_without_a_device_keeps_nothing_and_says_why(own: Shell, tmp_path: Path) -> None:
    (tmp_path / "plan.pdf").write_bytes(b"%PDF-1.7")

    ended = own("survey", "thornhill", tmp_path / "plan.pdf")

    assert ended.code == 7
    assert "no device of thornhill could be read (plan.pdf: not text: a PDF)" in ended.err
    assert not (own.folder / "inventory" / "joining" / "thornhill").exists()


def test_a_corpus_is_told_by_platform_and_needs_no_trust(tmp_path: Path) -> None:
    for one in corpus.samples():
        if one.host.endswith("-01"):
            (tmp_path / one.name).parent.mkdir(exist_ok=True)
            (tmp_path / one.name).write_text(one.text, encoding="utf-8")

    told = Shell(tmp_path)("survey", "--corpus", tmp_path, "--json")

    assert told.code == 0, told.err
    assert set(told.value["platforms"]) == set(corpus.PROMPTS)
    assert told.value["platforms"]["ios"]["by_kind"]["configuration"]["lines"] > 50
