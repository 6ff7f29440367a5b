"""Approve as typed: with a name, with a key, with a signature made elsewhere; and what is refused."""

import shutil
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from matric.approval import signature
from tests.engine.test_repository import committed, git, put
from tests.engine.test_signature import Key, key, public

__all__ = ("key",)


@pytest.fixture
def apart(estate: Any, tmp_path: Path) -> Any:
    """The estate's shell with a state of its own: an approval here is none for the other tests' plans."""
    return replace(estate, environment={**estate.environment, "MATRIC_STATE": str(tmp_path / "state")})


@pytest.fixture
def clone(apart: Any, key: Key, tmp_path: Path) -> Any:
    """A shell in a clone whose protected branch lists Bo and the plan's author."""
    origin = Path(shutil.copytree(apart.folder, tmp_path / "origin", ignore=shutil.ignore_patterns(".matric")))
    git(origin, "init", "-q", "-b", "main")
    listed = f"bo@fernhill.example {public(key('bo'))}\na.mensah@fernhill.example {public(key('ada'))}\n"
    put(origin, signature.PATH, listed)
    committed(origin)
    git(tmp_path, "clone", "-q", str(origin), "clone")
    return replace(apart, folder=tmp_path / "clone")


def test_a_plan_is_approved_with_a_key(clone: Any, planned: Path, key: Key) -> None:
    ended = clone("approve", planned, "--sign", key("bo"), "--as", "bo@fernhill.example", "--json")

    assert ended.code == 0, ended.err
    assert ended.value["kind"] == "ssh"
    assert ended.value["approver"] == "bo@fernhill.example"
    assert ended.value["plan_digest"] == clone("show", planned, "--json").value["digest"]
    assert "BEGIN SSH SIGNATURE" in ended.value["signature"]


def test_a_plan_is_approved_with_a_signature_that_plain_ssh_keygen_made(
    clone: Any, planned: Path, key: Key, tmp_path: Path
) -> None:
    how = clone("approve", planned, "--how", "--json").value
    typed = how["sign"].replace("~/.ssh/id_ed25519", str(key("bo")))
    subprocess.run(["sh", "-c", typed], cwd=tmp_path, check=True, capture_output=True)

    ended = clone("approve", planned, "--signature", tmp_path / "plan.sig")

    assert ended.code == 0, ended.err
    assert "approved by bo@fernhill.example with a signature" in ended.out
    assert how["sign"] in clone("approve", planned, "--how").out


def test_an_author_s_or_a_stranger_s_signature_is_refused(clone: Any, planned: Path, key: Key) -> None:
    own = clone("approve", planned, "--sign", key("ada"), "--as", "a.mensah@fernhill.example")
    strange = clone("approve", planned, "--sign", key("eve"), "--as", "eve@fernhill.example")
    other = clone("approve", planned, "--sign", key("eve"), "--as", "bo@fernhill.example")

    assert (own.code, strange.code, other.code) == (3, 3, 3)
    assert "made the plan" in own.err
    assert "is not in inventory/allowed_signers" in strange.err
    assert "does not hold" in other.err


def test_a_change_cannot_name_its_own_signers(clone: Any, planned: Path, key: Key) -> None:
    git(clone.folder, "switch", "-q", "-c", "change")
    put(clone.folder, signature.PATH, f"eve@fernhill.example {public(key('eve'))}\n")
    committed(clone.folder)
    eve = ("approve", planned, "--sign", key("eve"), "--as", "eve@fernhill.example")

    assert clone(*eve).code == 3
    assert clone("approve", planned, "--sign", key("bo"), "--as", "bo@fernhill.example").code == 0
    git(clone.folder, "tag", "origin/main")
    ambiguous = clone(*eve, "--signers", "origin/main")
    assert ambiguous.code == 3
    assert "more than one thing" in ambiguous.err


def test_where_no_repository_lists_signers_a_name_still_does_for_a_cut_over_by_hand(
    apart: Any, planned: Path, key: Key
) -> None:
    ended = apart("approve", planned, "--sign", key("bo"), "--as", "bo@fernhill.example")

    assert ended.code == 3
    assert "no git repository" in ended.err
    assert apart("approve", planned, "--by", "j.okafor", "--json").value["kind"] == "named"


def test_a_plan_whose_gate_is_closed_is_not_approved(apart: Any, planned: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(apart.folder, tmp_path / "trust"))
    waivers = folder / "policies" / "waivers.yaml"
    stale = (
        "waivers:\n  - {rule: SAF-01, object: oakfield vlan 40, owner: P. Adeyemi, "
        'reason: "Was to be mended", expiry: "2026-01-01"}\n'
    )
    waivers.write_text(waivers.read_text(encoding="utf-8").replace("waivers: []\n", stale), encoding="utf-8")
    shell = replace(apart, folder=folder)

    ended = shell("approve", planned, "--by", "j.okafor")

    assert ended.code == 3
    assert "is not approved" in ended.err
    assert "SAF-01" in ended.err
    assert all(line in ended.err for line in shell("gate", planned, "--json").value["opens"])


@pytest.mark.parametrize(
    "typed",
    [
        ("--by", "bo", "--how"),
        ("--sign", "KEY"),
        ("--as", "bo@fernhill.example"),
        ("--sign", "KEY", "--as", "bo", "--by", "bo"),
        ("--from-forge",),
        ("--change", "gitlab:a/b!1"),
        ("--from-forge", "--change", "gitlab:a/b!1"),
    ],
)
def test_what_cannot_be_meant_is_a_usage_error(apart: Any, planned: Path, key: Key, typed: tuple[str, ...]) -> None:
    words = [str(key("bo")) if word == "KEY" else word for word in typed]
    nowhere = {"GITHUB_REPOSITORY": "", "GITLAB_CI": "", "CI_PROJECT_PATH": ""}

    ended = apart("approve", planned, *words, **nowhere)

    assert ended.code == 7
    assert "Do: " in ended.err


def test_a_key_that_is_none_is_an_error(clone: Any, planned: Path, tmp_path: Path) -> None:
    (tmp_path / "no-key").write_text("no key", encoding="utf-8")

    for path in (tmp_path / "no-key", tmp_path / "absent"):
        assert clone("approve", planned, "--sign", path, "--as", "bo@fernhill.example").code == 1
    assert clone("approve", planned, "--signature", tmp_path / "no-key").code == 3
    assert clone("approve", planned, "--signature", tmp_path / "absent").code == 1
