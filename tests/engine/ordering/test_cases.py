"""Ordered changes as plain text: folders under tests/cases/ordering/<platform>/ with running.conf and intended.conf.

The first line of running.conf names the uplinks, and the addresses at which the device is to answer. lines.txt is the
change; refused.txt, in its place, why there is none. ``MATRIC_UPDATE=1`` rewrites both; review them in the diff.
"""

import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from matric.ordering import Unsafe, ordered
from matric.switch import Switch
from tests.engine.ordering import judge

CASES = Path(__file__).parents[2] / "cases/ordering"
FOLDERS = sorted(path.parent for path in CASES.glob("*/*/running.conf"))
EVERY = pytest.mark.parametrize("folder", FOLDERS, ids=[f"{path.parent.name}-{path.name}" for path in FOLDERS])
PLATFORMS = {"aoscx": judge.AOSCX, "aoss": judge.AOSS}


def answers(running: str) -> Callable[[Switch], tuple[str, ...]]:
    """The ways that the first line of *running* names: an address that answers through an uplink."""
    told = re.match(r"[!;] uplinks (\S+) ways (\S+)", running)
    assert told is not None
    uplinks, addresses = (found.split(",") for found in told.groups())

    def cut(switch: Switch) -> tuple[str, ...]:
        ends = [switch.carrier(port) for port in uplinks if port in switch.interfaces]
        carried = [one for one in ends if one is not None and one.enabled]
        broken: list[str] = []
        for address in addresses:
            own = next(
                (one for one in switch.interfaces.values() if one.address and str(one.address.ip) == address), None
            )
            out = own is not None and own.enabled and own.vid in switch.vlans
            if not out or not any(one.allowed is not None and own and own.vid in one.allowed for one in carried):
                broken.append(f"the device at {address}: it does not answer")
        return tuple(broken)

    return cut


@EVERY
def test_the_lines_read_as_they_were_reviewed(folder: Path) -> None:
    running, intended = ((folder / f"{name}.conf").read_text("utf-8") for name in ("running", "intended"))
    lines, refused = folder / "lines.txt", folder / "refused.txt"
    try:
        found = "".join(
            f"{line}\n"
            for line in ordered(PLATFORMS[folder.parent.name], running, intended, cut=answers(running)).lines
        )
        where, other = lines, refused
    except Unsafe as unsafe:
        found, where, other = f"{unsafe}\n", refused, lines

    if os.environ.get("MATRIC_UPDATE"):
        where.write_text(found, encoding="utf-8")
        other.unlink(missing_ok=True)

    assert where.read_text("utf-8") == found
    assert not other.exists()


@EVERY
def test_the_device_answers_after_every_line_but_the_last(folder: Path) -> None:
    slug = folder.parent.name
    running = (folder / "running.conf").read_text("utf-8")
    cut = answers(running)
    if not (folder / "lines.txt").exists():
        assert (folder / "refused.txt").exists()
        return
    lines = tuple((folder / "lines.txt").read_text("utf-8").splitlines())
    quiet = tuple(line for line in lines if "<secret" not in line)

    states = list(judge.shown(slug, re.sub("<secret[^>]*>", "x", running), quiet))

    before = {way.partition(":")[0] for way in cut(judge.switch(slug, states[0]))}
    assert lines
    for line, state in zip(quiet, states[1:-1], strict=False):
        assert {way.partition(":")[0] for way in cut(judge.switch(slug, state))} <= before, line


def test_both_platforms_have_the_same_cases() -> None:
    names = [{path.name for path in FOLDERS if path.parent.name == slug} for slug in PLATFORMS]

    assert names[0] == names[1]
    assert len(names[0]) >= 6
