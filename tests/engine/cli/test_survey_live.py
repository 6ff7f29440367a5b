"""A live survey as typed: refused where it could do harm, asked at a terminal, kept when it is done."""

import json
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from matric.lab.client import Lab
from matric.secret import lab_value
from tests.engine.cli.conftest import Shell

ROOT = Path(__file__).parents[3]
THORNFIELD = ROOT / "inventory" / "lab" / "thornfield"
OFFICE = {"OFFICE": "office-horse-battery"}


def with_accounts(shell: Shell, secret: str) -> Shell:
    folder = shell.folder / "inventory" / "joining" / "elm"
    folder.mkdir(parents=True, exist_ok=True)
    text = f'format_version: 1\ncredentials:\n  office: {{user: admin, secret: "{secret}"}}\n'
    (folder / "credentials.yaml").write_text(text, encoding="utf-8")
    return shell


def test_without_a_terminal_no_password_leaves_unless_that_is_said(own: Shell) -> None:
    ended = with_accounts(own, "env:OFFICE")("survey", "elm", "--seed", "192.168.1.2", **OFFICE)

    assert ended.code == 7
    assert "The passwords of office (admin) will be shown to whatever looks like a switch" in ended.err
    assert "192.168.1.0/24. Do: give --yes" in ended.err
    assert "secrets of the trust cannot be had here: that no account has one is not known" in ended.err
    assert "horse" not in ended.err


def test_the_trust_s_own_account_is_refused(own: Shell) -> None:
    standard = own.folder / "inventory" / "standard.yaml"
    standard.write_text(standard.read_text("utf-8").replace("lab:break-glass", "env:OFFICE"), encoding="utf-8")

    ended = with_accounts(own, "env:OFFICE")("survey", "elm", "--seed", "192.168.1.2", "--yes", **OFFICE)

    assert ended.code == 7
    assert "SURVEY-CREDENTIAL" in ended.err
    assert "no device was contacted" in ended.err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("elm", "--seed", "8.8.8.8"), "is no private address"),
        (("elm", "--seed", "192.168.1.2", "--within", "192.0.0.0/8"), "more than a school's"),
        (("elm", "--seed", "192.168.1.2"), "credentials.yaml is not there"),
        (("elm", ".", "--seed", "192.168.1.2"), "with no folder"),
    ],
)
def test_a_walk_that_cannot_be_right_is_refused_before_it_begins(
    here: Shell, arguments: tuple[str, ...], words: str
) -> None:
    ended = here("survey", *arguments, "--yes")

    assert ended.code == 7
    assert words in ended.err


@pytest.fixture
def thornfield(own: Shell) -> Iterator[Shell]:
    inventory = own.folder / "inventory"
    shutil.copytree(THORNFIELD, inventory / "lab" / "thornfield", dirs_exist_ok=True)
    home = inventory / "joining" / "thornfield"
    home.mkdir(parents=True)
    shutil.copy2(THORNFIELD / "credentials.yaml", home)
    with tempfile.TemporaryDirectory(prefix="matric-") as short:
        shell = Shell(own.folder, {"MATRIC_LAB": str(Path(short) / "lab")})
        assert shell("lab", "up", "thornfield", "--seed", "of the tests").code == 0
        yield shell
        shell("lab", "down", "thornfield")


@pytest.mark.slow
def test_thornfield_is_walked_from_its_core_and_kept_without_a_secret(thornfield: Shell) -> None:
    ended = thornfield("survey", "thornfield", "--seed", "192.168.1.2", "--yes", "--json")

    assert ended.code == 0
    assert len(ended.value["devices"]) == 6
    assert all(one["configuration"] for one in ended.value["devices"])
    assert ended.err.count("new key") == 6
    text = Path(ended.value["file"]).read_text(encoding="utf-8")
    kept = json.loads(text)
    assert kept["how"] == "live"
    why = {(one["name"], one["why"].partition(": ")[0]) for one in kept["unseen"] if one["what"] == "device"}
    assert ("ICX7150-MOBILE", "192.168.1.26") in why
    assert ("HP-5130-HALL", "192.168.1.27") in why
    for reference in ("admin", "provider", "kitchen"):
        assert _value(thornfield, f"thornfield-{reference}") not in text + ended.out + ended.err


def _value(shell: Shell, name: str) -> str:
    return lab_value(Lab(Path(shell.environment["MATRIC_LAB"])).secret_seed, name)
