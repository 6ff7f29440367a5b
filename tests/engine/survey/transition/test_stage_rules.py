"""No stage of a school's way breaks a rule that its end keeps; what an old network cannot keep is only noted."""

import datetime as dt
import shutil
from pathlib import Path

import pytest

from matric import onboarding, policy, site, snapshot, survey
from matric.intent.record import Records
from matric.survey import transition
from matric.survey.adopt import file
from matric.survey.model import Address, Survey
from tests.engine.survey.readiness.old_school import SCHOOL, surveyed

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[4]
NOW = dt.datetime(2026, 11, 26, 9, tzinfo=dt.UTC)


def broken(folder: Path, records: Records) -> set[tuple[str, str]]:
    """Rule and object of everything that closes the gate for the school as *records* have it: findings, and gaps."""
    manifest = snapshot.Manifest(source="tests", taken_at="2026-11-20T10:00:00Z")
    snapshot.save(folder / "inventory" / "snapshot", records, manifest)
    trust = site.load(folder)
    subject = onboarding.subject(onboarding.intended(trust, SCHOOL), now=NOW)
    results = [one for one in policy.check(trust.rules, subject) if one.severity != "info"]
    found = {(one.rule, it.object) for one in results for it in one.findings if it.severity != "info"}
    return found | {(one.rule, missing) for one in results for missing in one.missing}


def of_nobody(survey: Survey) -> Survey:
    """*survey* with a core that has no address in the flat network, and a switch that has one there."""
    core, a, *more = survey.devices
    loops = tuple(Address(interface=f"Loopback{n}", address=f"10.99.9.{n}/32") for n in (1, 2))
    core = core.model_copy(update={"addresses": loops})
    host = Address(interface="vlan1", address="192.168.1.9/24", vid=1)
    return survey.model_copy(update={"devices": (core, a.model_copy(update={"addresses": (host,)}), *more)})


@pytest.mark.parametrize(
    ("seen", "said"), [(surveyed(), ""), (of_nobody(surveyed()), "gateways: {1: 192.168.1.254}\n")]
)
def test_an_old_network_beside_the_new_ones_breaks_no_rule_that_the_end_keeps(
    tmp_path: Path, seen: Survey, said: str
) -> None:
    for name in ("inventory", "policies", "templates", "tasks", "runbooks"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("lab", "__pycache__"))
    shutil.copy2(ROOT / "pyproject.toml", tmp_path)
    inventory = tmp_path / "inventory"
    survey.save(inventory, seen)
    standard = inventory / "standard.yaml"
    text = standard.read_text(encoding="utf-8")
    block = "    oakfield: 10.48.64.0/18\n"
    standard.write_text(text.replace(block, f"{block}    {SCHOOL}: 10.48.128.0/18\n"), encoding="utf-8")
    order = transition.Order(review=dt.date(2027, 3, 1))
    (survey.folder(inventory, SCHOOL) / transition.FILE).write_text(
        f'format_version: 1\nreview: "2027-03-01"\n{said}', encoding="utf-8"
    )
    trust = site.load(tmp_path)
    way, rows = transition.planned(trust, SCHOOL)
    transition.keep(trust, way)
    end = broken(tmp_path, rows[len(way.stages)])

    assert {side.routed for side in way.sides} == {True}
    for stage in way.stages[:-1]:
        agreed = transition.agreements(way, stage, order, owner="the head", approver="the trust")
        (inventory / "agreements.yaml").unlink(missing_ok=True)
        file.agree(inventory, agreed)
        assert broken(tmp_path, rows[stage.number]) - end == set()

    # What was agreed before keeps its day, and is named where another one was decided since.
    (survey.folder(inventory, SCHOOL) / transition.FILE).write_text(
        f'format_version: 1\nreview: "2027-05-01"\n{said}', encoding="utf-8"
    )
    lines = transition.agree(trust, way, way.stages[-2], owner="the head", approver="the trust")
    assert lines
    assert all(f"until {order.review}, not 2027-05-01. Do: change its day" in line for line in lines)
