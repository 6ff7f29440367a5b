"""A whole school in which one device changes: the order keeps the way to every device."""

import re
from pathlib import Path

import pytest

from matric import snapshot, yaml_file
from matric.config import parse
from matric.intent import build
from matric.intent.school import School
from matric.intent.standard import Standard
from matric.ordering import Unsafe, ordered, plan_cut
from matric.platform import get
from matric.render import Renderer
from matric.switch import Switch, reading
from tests import estate
from tests.engine.mixed import as_models
from tests.engine.ordering import judge

ROOT = Path(__file__).parents[3]
MODELS = {
    "oakfield/core-1": "6300M-24SFP+ (JL658A)",
    "oakfield/sw-01": "6200F-24G-PoE (JL725A)",
    "oakfield/sw-02": "2930F-24G-PoE+ (JL255A)",
}


@pytest.fixture(scope="module")
def school() -> School:
    records = as_models(snapshot.load(estate.ESTATE / "snapshot").records, MODELS)
    return build.school(records, yaml_file.model(ROOT / "inventory/standard.yaml", Standard), "oakfield")


@pytest.fixture(scope="module")
def texts(school: School, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Device name -> what it is to hold."""
    renderer = Renderer(ROOT / "templates", cache=tmp_path_factory.mktemp("cache"))
    return {device.name: renderer.render(school, device).text for device in school.configured}


@pytest.fixture(scope="module")
def held(school: School, texts: dict[str, str]) -> dict[str, Switch]:
    return {
        name: reading.read(platform, parse(text, get(platform).rules))
        for name, text in texts.items()
        if (platform := school.by_name[name].platform) is not None
    }


def told(slug: str, text: str) -> Switch:
    return reading.read(slug, parse(text, get(slug).rules))


def broken(ways: tuple[str, ...]) -> set[str]:
    return {way.partition(": ")[0] for way in ways}


def without_management(text: str) -> str:
    """*text* whose LAGs do not carry VLAN 99."""
    return re.sub(r"(interface lag \d+\n(?: .*\n)*?    vlan trunk allowed \S+),99\b", lambda found: found[1], text)


def test_every_device_is_reached_where_all_hold_what_they_are_to_hold(school: School, held: dict[str, Switch]) -> None:
    for name, switch in held.items():
        assert plan_cut(school, school.by_name[name], held)(switch) == ()


def test_a_core_that_does_not_carry_management_cuts_the_devices_below_and_says_why(
    school: School, texts: dict[str, str], held: dict[str, Switch]
) -> None:
    cut = plan_cut(school, school.by_name["core-1"], held)

    found = cut(told("aoscx", without_management(texts["core-1"])))

    assert {"oakfield/sw-01", "oakfield/sw-02"} <= broken(found)
    assert "oakfield/core-1" not in broken(found)
    assert all("VLAN 99" in way for way in found)


def test_a_device_nobody_read_is_not_taken_to_be_reached(school: School, held: dict[str, Switch]) -> None:
    known = {name: switch for name, switch in held.items() if name != "sw-02"}

    found = plan_cut(school, school.by_name["core-1"], known)(held["core-1"])

    assert "oakfield/sw-02: nobody read what it holds" in found


@pytest.mark.parametrize("name", [pytest.param("core-1", marks=pytest.mark.slow), "sw-01"])
def test_the_ways_of_the_school_stand_while_every_trunk_and_list_is_rebuilt(
    school: School, texts: dict[str, str], held: dict[str, Switch], name: str
) -> None:
    """From a device that carries management and nothing else to what it is to hold, judged by the lab."""
    intended = re.sub(r"^banner .*\n(?:.*\n)*?\S*\^\n", "", texts[name], flags=re.MULTILINE)
    shown = next(judge.shown("aoscx", "", ())) + intended
    poor = re.sub(r"(vlan trunk allowed) \S+", r"\1 99", shown)
    poor = re.sub(r"^access-list ip ZONE.*\n(?: .*\n)*", "", poor, flags=re.MULTILINE)
    poor = re.sub(r"^ *apply access-list ip ZONE.*\n", "", poor, flags=re.MULTILINE)
    cut = plan_cut(school, school.by_name[name], held)
    assert cut(told("aoscx", poor)) == ()

    found = ordered(get("aoscx"), poor, intended, cut=cut)

    assert len(found.lines) > (20 if name == "core-1" else 2)
    for line, state in zip(found.lines, list(judge.shown("aoscx", poor, found.lines))[1:], strict=True):
        assert cut(judge.switch("aoscx", state)) == (), line


@pytest.mark.slow
@pytest.mark.parametrize("name", ["sw-01", "sw-02"])
def test_an_old_switch_comes_onto_the_standard_and_is_reached_at_every_line(
    school: School, texts: dict[str, str], held: dict[str, Switch], name: str
) -> None:
    running = (ROOT / "tests/cases/ordering-school" / f"{name}.conf").read_text("utf-8")
    device = school.by_name[name]
    slug = device.platform or ""
    cut = plan_cut(school, device, held)
    assert cut(told(slug, running)) == ()

    found = ordered(get(slug), running, texts[name], cut=cut)

    assert len(found.lines) > 200
    states = list(judge.shown(slug, running, found.lines))
    for line, state in zip(found.lines, states[1:], strict=True):
        assert cut(judge.switch(slug, state)) == (), line


def test_a_way_that_is_to_go_goes_with_the_last_line(
    school: School, texts: dict[str, str], held: dict[str, Switch]
) -> None:
    running = texts["sw-01"]
    intended = without_management(running).replace("hostname sw-01", "hostname new")

    found = ordered(get("aoscx"), running, intended, cut=plan_cut(school, school.by_name["sw-01"], held))

    assert found.lines[-1].strip() == "no vlan trunk allowed 99"
    assert found.lines[0] == "hostname new"


def test_two_lines_that_each_cut_are_refused_with_the_line_the_way_and_the_remedy(
    school: School, texts: dict[str, str], held: dict[str, Switch]
) -> None:
    running = texts["sw-01"]
    intended = re.sub(r"(interface vlan 99\n)(?: .*\n)+", r"\1", without_management(running))

    with pytest.raises(Unsafe) as refused:
        ordered(get("aoscx"), running, intended, cut=plan_cut(school, school.by_name["sw-01"], held))

    assert "vlan 99" in refused.value.line or "allowed 99" in refused.value.line
    assert broken(refused.value.cuts) == {"oakfield/sw-01"}
    assert "Do: " in str(refused.value)
