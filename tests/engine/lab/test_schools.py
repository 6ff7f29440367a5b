"""Both schools of the reference trust stand in the lab: as they were, and as the standard wants them."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from matric import diff, platform, render, secret, snapshot, yaml_file
from matric.intent import build as intent
from matric.intent.school import School
from matric.intent.standard import Standard
from matric.lab import build
from matric.lab.cabling import Cabling
from matric.lab.spec import DeviceSpec, LabSpec
from matric.lab.text import DIALECTS, loaded
from matric.lab.tree import Position, Section
from tests import estate

ROOT = Path(__file__).resolve().parents[3]
SEED = "a seed of the tests"


@dataclass
class Box:
    """A device as far as the cabling looks at it."""

    spec: DeviceSpec
    running: Section
    away: bool = False


@pytest.fixture(scope="module", params=["fernhill", "oakfield"])
def school(request: pytest.FixtureRequest) -> School:
    records = snapshot.load(estate.ESTATE / "snapshot").records
    standard = yaml_file.model(ROOT / "inventory" / "standard.yaml", Standard)
    return intent.school(records, standard, request.param)


@pytest.fixture(scope="module")
def spec(school: School) -> LabSpec:
    return build.lab(school, estate.ESTATE / "lab" / school.slug, SEED)


def taken(platform_slug: str, text: str, *, indented: bool = True) -> Section:
    dialect = DIALECTS[platform_slug]
    tree = Section("top")
    refused = loaded(dialect, text, Position(dialect.grammar, tree), indented=indented)
    assert not [str(one) for one in refused]
    dialect.salted(tree, None)
    return tree


def unreachable(spec: LabSpec, trees: dict[str, Section]) -> dict[str, str]:
    boxes: dict[str, Any] = {device.name: Box(device, trees[device.name]) for device in spec.devices}
    return {name: found.why for name, found in Cabling(spec, boxes).reach().items() if not found.reachable}


def test_every_device_boots_with_what_it_had_and_is_reached(spec: LabSpec) -> None:
    trees = {device.name: taken(device.platform, device.boot) for device in spec.devices}
    assert not unreachable(spec, trees)


def test_both_platforms_and_a_wireless_controller_stand_in_the_school(spec: LabSpec) -> None:
    assert {device.platform for device in spec.devices} == {"eos", "ios"}
    assert "wireless-controller" in {device.role for device in spec.devices}


def test_what_the_standard_renders_is_taken_shown_and_reached(school: School, spec: LabSpec) -> None:
    renderer = render.Renderer(ROOT / "templates")
    vault = secret.vault(SEED)
    trees: dict[str, Section] = {}
    for device in school.configured:
        slug = str(device.platform)
        text = secret.resolve(renderer.render(school, device).text, vault, device.key)
        tree = trees[device.name] = taken(slug, text)
        assert not diff.same(DIALECTS[slug].show(tree), text, platform.get(slug).rules, vault)
        if slug == "eos":
            bare = "\n".join(line.strip() for line in text.splitlines())
            shown = DIALECTS[slug].show(taken(slug, bare, indented=False))
            assert not diff.same(shown, text, platform.get(slug).rules, vault)
    assert not unreachable(spec, trees)


def test_nothing_in_the_boot_files_is_a_secret_of_the_standard() -> None:
    for path in (estate.ESTATE / "lab").rglob("*.conf"):
        assert "$6$" not in path.read_text()
        assert "$8$" not in path.read_text()
