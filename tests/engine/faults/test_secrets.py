"""No secret in anything a whole cut-over leaves: its output, plan, journal, approvals, report, temporary files."""

import base64
import json
import os
import re
import stat
import subprocess
import sys
import urllib.parse
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from matric import secret, site
from tests.engine.faults import bed as beds
from tests.engine.faults.bed import SEED, Bed

SHORTEST = 8
"""A shorter value is in every text by chance."""
CISCO = b"dsfd;kfoA,.iyewrkldJKDHSUBsgvca69834ncxv9873254k;fg87"
HASHED = re.compile(r"\$(?:[5689]|8|14)\$\S{20,}")


@dataclass(frozen=True)
class Left:
    """What matric's commands left behind."""

    trust: Path
    state: Path
    temporary: Path
    home: Path
    said: dict[str, bytes]
    """Command -> what it printed, both ways."""

    def artefacts(self) -> Iterator[tuple[str, bytes]]:
        """Everything but the backups, which are the devices' own configurations."""
        yield from self.said.items()
        for folder in (self.trust, self.state, self.temporary, self.home):
            for path in sorted(folder.rglob("*")):
                if path.is_file() and path.parent != self.state / "backups":
                    yield str(path), path.read_bytes()


@pytest.fixture(scope="module")
def left(raised: Bed, tmp_path_factory: pytest.TempPathFactory) -> Left:
    """A school brought onto the standard by the commands a person types."""
    raised.lab.renew()
    temporary, home = tmp_path_factory.mktemp("tmp"), tmp_path_factory.mktemp("home")
    environment = {
        **os.environ, "MATRIC_LAB": str(raised.state), "TMPDIR": str(temporary), "MATRIC_AUTHOR": "tests",
        "XDG_STATE_HOME": str(home / "state"), "XDG_CACHE_HOME": str(home / "cache"),
    }  # fmt: skip
    said: dict[str, bytes] = {}
    for command in (
        "plan oakfield --out plan.json", "show plan.json --steps", "gate plan.json --explain",
        "approve plan.json --by j.okafor", "cutover plan.json", "--json status", "devices oakfield", "drift oakfield",
        "plan oakfield --out after.json", "report",
    ):  # fmt: skip
        done = subprocess.run(
            [sys.executable, "-c", "from matric.cli import main; main()", *command.split()],
            cwd=raised.root, env=environment, capture_output=True, check=False, timeout=240,
        )  # fmt: skip
        said[command] = done.stdout + done.stderr
    assert b"ALL-NEW" in said["cutover plan.json"], said
    return Left(raised.root, raised.state / "state", temporary, home, said)


@pytest.fixture(scope="module")
def canaries(raised: Bed, left: Left) -> dict[str, str]:
    """Every secret of the run by its name: what the lab resolves, and every hash that is on a device."""
    assert left.said
    vault = secret.vault(SEED)
    references = {ref for one in raised.plan.devices for ref in secret.references(one.target)}
    standard = site.load(raised.root).standard.model_dump_json()
    references |= set(re.findall(r"lab:[\w./-]+", standard)) | {"lab:service"}
    found = {ref: vault.get(ref) for ref in sorted(references)}
    for key in beds.KEYS:
        shown = str(raised.lab.device_state(key)["running_text"])
        found |= {f"{key} hash {at}": value for at, value in enumerate(HASHED.findall(shown))}
    return {name: value for name, value in found.items() if len(value) >= SHORTEST}


def forms(value: str) -> dict[str, bytes]:
    """The same secret as it might be written down."""
    raw = value.encode()
    found = {
        "raw": raw,
        "hex": raw.hex().encode(),
        "HEX": raw.hex().upper().encode(),
        "url": urllib.parse.quote(value, safe="").encode(),
        "json": json.dumps(value)[1:-1].encode(),
    }
    for shift in range(3):
        # Within a longer text base64 depends on where it starts; its inner part does not.
        coded = base64.b64encode(b"x" * shift + raw)
        found[f"base64+{shift}"] = coded[4 if shift else 0 : len(coded) - 4]
    found |= {f"type7-{offset:02}": seven(raw, offset) for offset in range(16)}
    return found


def seven(raw: bytes, offset: int) -> bytes:
    """Cisco's type 7 of *raw*."""
    return b"%02d" % offset + b"".join(
        b"%02X" % (byte ^ CISCO[(offset + at) % len(CISCO)]) for at, byte in enumerate(raw)
    )


def found(artefacts: Iterator[tuple[str, bytes]], canaries: dict[str, str]) -> list[str]:
    """Which secret lies in which artefact, and in which form."""
    wanted = {(name, form): text for name, value in canaries.items() for form, text in forms(value).items()}
    return [
        f"{name} ({form}) in {where}"
        for where, content in artefacts
        for (name, form), text in wanted.items()
        if text in content
    ]


def test_no_secret_is_in_anything_a_cut_over_leaves(left: Left, canaries: dict[str, str]) -> None:
    assert len(canaries) > 10
    assert found(left.artefacts(), canaries) == []


def test_what_is_searched_is_what_a_run_leaves(left: Left) -> None:
    names = " ".join(name for name, _ in left.artefacts())

    for kind in ("plan.json", "journal.sqlite", ".html", "cutover plan.json"):
        assert kind in names, kind


@pytest.mark.parametrize("form", sorted(forms("a secret of the school")))
def test_a_secret_that_was_left_is_found_in_any_form(left: Left, canaries: dict[str, str], form: str) -> None:
    name, value = next(iter(canaries.items()))
    planted = left.temporary / "planted"
    planted.write_bytes(b"line before " + forms(value)[form] + b" line after")
    try:
        assert [one for one in found(left.artefacts(), canaries) if one.startswith(name) and form in one]
    finally:
        planted.unlink()


def test_backups_are_there_and_only_their_owner_may_read_them(left: Left) -> None:
    backups = sorted((left.state / "backups").iterdir())

    assert backups
    assert {stat.S_IMODE(path.stat().st_mode) for path in backups} == {0o600}


def test_no_temporary_file_outlives_the_run(left: Left) -> None:
    assert [path for path in left.temporary.rglob("*") if path.is_file()] == []
