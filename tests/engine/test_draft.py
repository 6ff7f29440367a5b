"""Plans of the reference trust's joining school, made from small configurations."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import pytest

from matric import canonical, platform, site
from matric.errors import BadInput, StalePlan
from matric.intent.school import School
from matric.plan import Digests, Plan, draft, fingerprint, load, read, save
from matric.plan.budget import Pace
from matric.plan.draft import Setting
from matric.plan.path import tree
from matric.platform.base import Facts, Look
from matric.render import Rendered
from tests import estate

ROOT = Path(__file__).parents[2]
ANY = canonical.digest_of_text("any")
NOW = datetime(2026, 11, 25, 18, 0, tzinfo=UTC)
DIGESTS = Digests(snapshot=ANY, standard=ANY, templates=ANY, policies=ANY)
SETTING = Setting(digests=DIGESTS, author="a.khan", made_at=NOW, nonce="0" * 32, tool="0.1.0")
PLATFORMS = {slug: platform.get(slug) for slug in ("eos", "ios")}
CORE, FAR = "oakfield/core-1", "oakfield/sw-04"


@pytest.fixture(scope="module")
def school() -> School:
    return site.load(estate.standing()).school("oakfield")


def was(name: str) -> str:
    return f"hostname {name}\nvlan 1\n   name legacy\n"


def shall(name: str) -> str:
    return f"hostname {name}\nvlan 20\n   name pupil\n"


def look(running: str, serial: str) -> Look:
    return Look(facts=Facts("any", "any", serial, "any", 1.0), running=running, startup=running)


Make = Callable[..., Plan]


@pytest.fixture
def make(school: School) -> Make:
    def made(
        running: Callable[[str], str] = was, setting: Setting = SETTING, change: dict[str, Any] | None = None
    ) -> Plan:
        devices = school.configured
        rendered = {one.key: Rendered(one.key, shall(one.name), "any.j2", ()) for one in devices}
        looks: dict[str, Look | None] = {one.key: look(running(one.name), one.serial) for one in devices}
        pins = dict.fromkeys(rendered, ANY)
        given = {"rendered": rendered, "looks": looks, "pins": pins}
        for what, changes in (change or {}).items():
            given[what] = {key: one for key, one in (given[what] | changes).items() if one != "gone"}
        return draft.build(
            school,
            given["rendered"],  # type: ignore[arg-type]
            given["looks"],  # type: ignore[arg-type]
            platforms=PLATFORMS,
            pins=given["pins"],  # type: ignore[arg-type]
            setting=setting,
        )

    return made


def test_every_device_comes_before_those_it_is_reached_through(make: Make, school: School) -> None:
    plan = make()

    paths = tree(school)
    for at, key in enumerate(plan.order):
        above = {f"oakfield/{name}" for name in paths.above(key.split("/")[1])}
        assert not above.intersection(plan.order[:at])
    assert plan.order[-1] == CORE
    assert plan.by_key[FAR].above[-1] == CORE


def test_all_deadlines_fall_together_and_each_timer_outlasts_its_wait(make: Make) -> None:
    plan = make()

    timers = [net.revert_after_s for key in plan.order if (net := plan.by_key[key].net)]
    pace = plan.budget.pace
    assert timers == sorted(timers, reverse=True)
    assert all(timer >= pace.settle_s + pace.site_check_s + pace.margin_s for timer in timers)
    assert plan.budget.worst_case_s > max(timers)


def test_a_timer_is_of_a_length_the_device_takes(make: Make) -> None:
    plan = make()

    for key in plan.order:
        device = plan.by_key[key]
        can = PLATFORMS[device.platform].capability
        assert device.net is not None
        assert device.net.revert_after_s % can.timer_step_s == 0
        assert can.timer_min_s <= device.net.revert_after_s <= can.timer_max_s


def test_the_diff_reads_from_running_to_intended(make: Make) -> None:
    device = make().by_key[CORE]

    assert device.diff.startswith("--- running\n+++ intended\n")
    assert "-vlan 1\n" in device.diff
    assert "+vlan 20\n" in device.diff
    assert (device.added, device.removed) == (2, 2)


def test_a_school_that_is_as_intended_has_an_empty_plan(make: Make) -> None:
    plan = make(running=shall)

    assert plan.empty
    assert plan.steps == ()
    assert all(device.diff == "" and device.net is None for device in plan.devices)


def test_the_same_inputs_give_the_same_plan_in_every_bit(make: Make) -> None:
    assert make().digest == make().digest


def test_no_step_confirms_before_all_are_probed_and_none_saves_before_all_are_confirmed(make: Make) -> None:
    actions: list[str] = [step.action for step in make().steps]

    first = actions.index

    def last(action: str) -> int:
        return max(at for at, one in enumerate(actions) if one == action)

    assert last("back-up") < first("stage")
    assert last("stage") < first("arm")
    assert last("probe") < first("site-check") < first("confirm")
    assert last("confirm") < first("save")


def test_all_that_stands_in_the_way_is_told_in_one_pass(make: Make) -> None:
    with pytest.raises(BadInput) as refused:
        make(
            change={
                "looks": {CORE: None, FAR: look(was("sw-04"), "ANOTHER")},
                "rendered": {"oakfield/sw-01": "gone"},
                "pins": {"oakfield/sw-02": "gone"},
            }
        )

    codes = {(one.code, one.thing.split(" ")[0]) for one in refused.value.problems}
    assert codes == {
        ("PLAN-UNREAD", CORE),
        ("PLAN-SERIAL", FAR),
        ("PLAN-NO-TARGET", "oakfield/sw-01"),
        ("PLAN-PIN", "oakfield/sw-02"),
    }


def test_a_device_without_a_cable_path_is_named(school: School) -> None:
    cut = replace(school, entry="nowhere")

    with pytest.raises(BadInput, match="PLAN-PATH oakfield/core-1"):
        draft.build(cut, {}, {}, platforms=PLATFORMS, pins={}, setting=SETTING)


def test_a_pace_no_timer_can_hold_is_refused(make: Make) -> None:
    with pytest.raises(BadInput, match="PLAN-TIMER"):
        make(setting=replace(SETTING, pace=Pace(ask_s=7200)))


def test_a_platform_without_a_timer_of_its_own_is_refused(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    bare = replace(PLATFORMS["eos"], nets=())
    monkeypatch.setitem(PLATFORMS, "eos", bare)

    with pytest.raises(BadInput, match="PLAN-NO-NET"):
        make()


def test_a_plan_made_from_files_asks_for_no_pin_and_is_marked(make: Make) -> None:
    plan = make(setting=replace(SETTING, applicable=False), change={"pins": dict.fromkeys([CORE, FAR], "gone")})

    assert not plan.applicable


def test_a_secret_the_device_shows_is_not_in_the_plan(make: Make) -> None:
    def with_a_secret(name: str) -> str:
        return was(name) + "username x secret sha512 $6$saltsalt$S3cr3tHash\n"

    plan = make(running=with_a_secret)

    assert "S3cr3tHash" not in plan.model_dump_json()


def test_a_core_is_a_high_risk_and_a_description_is_a_low_one(make: Make) -> None:
    def but_for_a_name(name: str) -> str:
        return shall(name).replace("pupil", "pupils")

    plan = make(running=but_for_a_name)

    assert {device.risk for device in plan.devices} == {"low"}
    assert make().by_key[CORE].risk == "high"


def test_a_plan_back_names_the_backup_and_holds_no_line_of_it(school: School) -> None:
    kept = {one.key: (canonical.digest_of_text(was(one.name)), was(one.name)) for one in school.configured}
    looks: dict[str, Look | None] = {one.key: look(shall(one.name), one.serial) for one in school.configured}

    plan = draft.back(
        school,
        kept,
        looks,
        platforms=PLATFORMS,
        pins=dict.fromkeys(kept, ANY),
        setting=SETTING,
        run="20261125-180000-aaaa",
    )

    assert plan.by_key[CORE].target == f"<backup:{kept[CORE][0]}>"
    assert plan.reverts == "20261125-180000-aaaa"
    assert "+vlan 1\n" in plan.by_key[CORE].diff


def test_one_line_more_on_a_device_is_another_fingerprint() -> None:
    rules = PLATFORMS["eos"].rules

    assert fingerprint(was("x"), rules) != fingerprint(was("x") + "vlan 7\n", rules)
    assert fingerprint(was("x"), rules) == fingerprint(was("x").replace("\n", "\r\n"), rules)


# -- the saved plan


def test_a_saved_plan_is_the_plan(make: Make, tmp_path: Path) -> None:
    plan = make()

    save(plan, tmp_path / "plan.json")

    assert load(tmp_path / "plan.json") == plan
    assert [path.name for path in tmp_path.iterdir()] == ["plan.json"]


def leaves(value: Any, where: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The place of every plain value in a JSON document."""
    kind = cast("type[object]", type(value))
    if kind not in {dict, list}:
        return [where]
    within: Any = value.items() if kind is dict else enumerate(value)
    return [leaf for part, one in within for leaf in leaves(one, (*where, part))]


def test_a_plan_in_which_any_field_was_changed_is_refused(make: Make, tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    save(make(), path)
    text = path.read_text(encoding="utf-8")
    count = 0

    for where in leaves(json.loads(text)):
        changed = json.loads(text)
        inner = changed
        for part in where[:-1]:
            inner = inner[part]
        value = inner[where[-1]]
        inner[where[-1]] = (
            not value if isinstance(value, bool) else value + 1 if isinstance(value, int) else f"{value}x"
        )
        with pytest.raises((StalePlan, BadInput)):
            read(canonical.pretty_text(changed).encode(), path)
        count += 1

    assert count > 150


def test_a_plan_in_which_any_single_byte_was_changed_is_refused(make: Make, tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    save(make(), path)
    raw = path.read_bytes()

    for at in range(0, len(raw), 97):
        with pytest.raises((StalePlan, BadInput)):
            read(raw[:at] + bytes([raw[at] ^ 1]) + raw[at + 1 :], path)


@pytest.mark.parametrize(
    "raw", [b"", b"[]", b"null", b"{", b"\xff\xfe", b'{"plan": 1, "digest": 2}', b'{"plan": {}, "digest": ""}']
)
def test_what_is_no_plan_is_refused_with_a_problem(raw: bytes) -> None:
    with pytest.raises(BadInput, match=r"PLAN-(FORMAT|VERSION) x\.json"):
        read(raw, Path("x.json"))


def test_a_plan_of_another_format_version_is_refused(make: Make, tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    save(make(), path)

    with pytest.raises(BadInput, match="PLAN-VERSION"):
        read(path.read_bytes().replace(b'"format_version": 1', b'"format_version": 2'), path)
