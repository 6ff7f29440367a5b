"""The reference trust in inventory/: what the committed files say is what the script says, and it is fit to use."""

import sys
from datetime import date
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path
from types import ModuleType

import pytest

from matric import snapshot, window, yaml_file
from matric.errors import Problem
from matric.intent import build, check
from matric.intent.record import Records
from matric.intent.school import School
from matric.intent.standard import Standard
from matric.policy import asked
from matric.policy.subject import Answers

ROOT = Path(__file__).parents[2]
INVENTORY = ROOT / "inventory"


@pytest.fixture(scope="module")
def script() -> ModuleType:
    loader = SourceFileLoader("_fernhill_site", str(ROOT / "script" / "fernhill"))
    spec = spec_from_loader("_fernhill_site", loader)
    assert spec is not None
    module = module_from_spec(spec)
    sys.modules["_fernhill_site"] = module
    loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def committed() -> Records:
    return snapshot.load(INVENTORY / "snapshot").records


@pytest.fixture(scope="module")
def standard() -> Standard:
    return yaml_file.model(INVENTORY / "standard.yaml", Standard)


@pytest.fixture(scope="module")
def schools(committed: Records, standard: Standard) -> dict[str, School]:
    return {school.slug: school for school in build.schools(committed, standard)}


def test_the_committed_snapshot_is_what_the_script_writes(script: ModuleType, tmp_path: Path) -> None:
    folder = tmp_path / "snapshot"

    script.write(folder)

    made = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert made == {path.name: path.read_bytes() for path in (INVENTORY / "snapshot").iterdir()}


def test_the_committed_trust_has_one_flaw_and_it_is_the_guests_filtering(
    script: ModuleType, committed: Records
) -> None:
    clean = script.records(flaw=False)

    changes = snapshot.difference(clean, committed)

    assert len(changes) == 1
    assert "filter_policy" in changes[0]
    assert [row.custom_fields["filter_policy"] for row in committed.vlans if row.role == "guest"] == ["guest", ""]


@pytest.mark.parametrize("slug", ["fernhill", "oakfield"])
def test_nothing_in_the_committed_trust_is_bad_input(committed: Records, standard: Standard, slug: str) -> None:
    found: tuple[Problem, ...] = check.problems(committed, standard, slug)

    assert found == ()


def test_the_trust_is_as_large_as_it_says(schools: dict[str, School]) -> None:
    counts = {
        slug: tuple(
            sum(device.role in roles for device in school.devices)
            for roles in (("access", "core", "collapsed-core"), ("wireless-controller",), ("access-point",))
        )
        for slug, school in schools.items()
    }

    assert counts == {"fernhill": (12, 1, 40), "oakfield": (5, 1, 12)}


def test_every_switch_hangs_on_a_lag_of_two(schools: dict[str, School]) -> None:
    for school in schools.values():
        for device in school.configured:
            uplinks = [lag for lag in device.lags if lag.profile_name == "uplink"]
            assert len(uplinks) == (0 if device.role in ("core", "collapsed-core") else 1)
            assert all(len(lag.members) == 2 for lag in uplinks)


def test_every_prefix_is_the_one_the_plan_gives(schools: dict[str, School], standard: Standard) -> None:
    for school in schools.values():
        for network in school.networks:
            role = standard.networks[network.role]
            assert (network.prefix is None) == (role.zone is None)
            if network.prefix is not None and role.offset is not None:
                start = int(school.block.network_address) + 256 * role.offset
                assert int(network.prefix.network_address) == start
                assert network.prefix.prefixlen == role.prefix_length


def test_every_profile_of_the_standard_is_used_somewhere(schools: dict[str, School], standard: Standard) -> None:
    used = {port.profile_name for school in schools.values() for device in school.configured for port in device.ports}

    assert used == set(standard.profiles)


def test_user_zones_never_reach_management(standard: Standard) -> None:
    zone = standard.networks[standard.management.network].zone

    users = [name for name, one in standard.zones.items() if one.users]
    assert users
    assert all(zone not in standard.zones[name].reaches for name in users)


def test_every_window_and_freeze_is_for_a_school_of_the_trust(standard: Standard) -> None:
    calendar = window.load(INVENTORY / "calendar.yaml")

    named = {one.school for one in calendar.windows}
    named |= {slug for freeze in calendar.freezes if freeze.schools != "all" for slug in freeze.schools}
    assert calendar.windows
    assert named - {"all"} == set(standard.addresses.schools)


def test_every_question_of_before_a_cut_over_is_answered_at_every_school(schools: dict[str, School]) -> None:
    answers = yaml_file.model(INVENTORY / "answers.yaml", Answers).answers

    for slug, school in schools.items():
        found = asked.standings(asked.questions(school), answers, slug, date(2026, 11, 26))
        assert {one.asked.id for one in found if one.word not in {"answered", "not-asked"}} == {
            one.asked.id for one in found if one.asked.question.when == "after"
        }


def test_no_answer_is_to_a_question_that_nobody_asks(schools: dict[str, School]) -> None:
    answers = yaml_file.model(INVENTORY / "answers.yaml", Answers).answers

    known = {(slug, one.id) for slug, school in schools.items() for one in asked.questions(school)}
    given = [(answer.school, answer.question) for answer in answers]
    assert set(given) <= known
    assert len(given) == len(set(given))
