"""No stage of a school's way breaks a rule that its end keeps, but for two that an old network cannot keep."""

import datetime as dt
import shutil
from pathlib import Path

import pytest

from matric import onboarding, policy, site, snapshot, survey
from matric.intent.record import Records
from matric.survey import transition
from matric.survey.adopt import file
from tests.engine.survey.readiness.old_school import SCHOOL, surveyed

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[4]
NOW = dt.datetime(2026, 11, 26, 9, tzinfo=dt.UTC)
OLD = {"L2-09", "L2-11"}
"""DHCP snooping and ARP inspection: the server of an old network may stand in it, unknown to the trust."""


def broken(folder: Path, records: Records) -> set[tuple[str, str]]:
    """Rule and object of every finding at the school as *records* have it."""
    manifest = snapshot.Manifest(source="tests", taken_at="2026-11-20T10:00:00Z")
    snapshot.save(folder / "inventory" / "snapshot", records, manifest)
    trust = site.load(folder)
    subject = onboarding.subject(onboarding.intended(trust, SCHOOL), now=NOW)
    return {(one.rule, found.object) for one in policy.check(trust.rules, subject) for found in one.findings}


def test_an_old_network_beside_the_new_ones_breaks_no_rule_of_safeguarding_or_segmentation(tmp_path: Path) -> None:
    for name in ("inventory", "policies", "templates", "tasks", "runbooks"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("lab", "__pycache__"))
    shutil.copy2(ROOT / "pyproject.toml", tmp_path)
    inventory = tmp_path / "inventory"
    survey.save(inventory, surveyed())
    standard = inventory / "standard.yaml"
    text = standard.read_text(encoding="utf-8")
    block = "    oakfield: 10.48.64.0/18\n"
    standard.write_text(text.replace(block, f"{block}    {SCHOOL}: 10.48.128.0/18\n"), encoding="utf-8")
    order = transition.Order(review=dt.date(2027, 3, 1))
    (survey.folder(inventory, SCHOOL) / transition.FILE).write_text(
        'format_version: 1\nreview: "2027-03-01"\n', encoding="utf-8"
    )
    trust = site.load(tmp_path)
    way, rows = transition.planned(trust, SCHOOL)
    transition.keep(trust, way)
    end = broken(tmp_path, rows[len(way.stages)])
    olds = {f"vlan {side.vid_during}" for side in way.sides}

    assert olds
    for stage in way.stages[:-1]:
        agreed = transition.agreements(way, stage, order, owner="the head", approver="the trust")
        (inventory / "agreements.yaml").unlink(missing_ok=True)
        file.agree(inventory, agreed)
        more = broken(tmp_path, rows[stage.number]) - end
        assert {rule for rule, _ in more} <= OLD, more
        assert all(any(old in thing for old in olds) for _, thing in more), more
