"""What this trust's templates write for Cisco and Arista: golden texts, and whether devices take and show them."""

import os
from dataclasses import replace
from pathlib import Path

import pytest

from matric import diff, secret, snapshot, yaml_file
from matric.config import parse
from matric.intent import build
from matric.intent.school import Device, School
from matric.intent.standard import Standard
from matric.lab.text import DIALECTS, loaded
from matric.lab.tree import Position, Section
from matric.render import Renderer
from tests import estate

ROOT = Path(__file__).parents[3]
CASES = ROOT / "tests/cases"
GOLDEN = ("oakfield/core-1", "oakfield/sw-01", "oakfield/sw-02", "oakfield/wlc-1", "fernhill/core-1")
STANDARD = yaml_file.model(ROOT / "inventory/standard.yaml", Standard)
RECORDS = snapshot.load(estate.ESTATE / "snapshot").records
SCHOOLS = {slug: build.school(RECORDS, STANDARD, slug) for slug in STANDARD.addresses.schools}
ESTATE = [(school, device) for school in SCHOOLS.values() for device in school.configured]
EVERY_DEVICE = pytest.mark.parametrize(
    ("school", "device"), ESTATE, ids=[device.key.replace("/", "-") for _, device in ESTATE]
)


@pytest.fixture(scope="module")
def renderer(tmp_path_factory: pytest.TempPathFactory) -> Renderer:
    return Renderer(ROOT / "templates", cache=tmp_path_factory.mktemp("cache"))


def text_of(renderer: Renderer, school: School, device: Device) -> str:
    return renderer.render(school, device).text


@pytest.mark.parametrize("key", GOLDEN)
def test_the_text_is_the_one_that_was_reviewed(renderer: Renderer, key: str) -> None:
    """``MATRIC_UPDATE=1`` rewrites the golden texts; review them as what devices will get."""
    slug, name = key.split("/")
    device = SCHOOLS[slug].by_name[name]
    golden = CASES / f"{device.platform}" / f"rendered-{slug}-{name}" / "intended.conf"

    text = text_of(renderer, SCHOOLS[slug], device)

    if os.environ.get("MATRIC_UPDATE"):
        golden.parent.mkdir(parents=True, exist_ok=True)
        golden.write_text(text, encoding="utf-8")
    assert text == golden.read_text("utf-8")


@EVERY_DEVICE
def test_the_lab_takes_every_line_and_shows_the_same(renderer: Renderer, school: School, device: Device) -> None:
    keys = secret.vault(lab_seed="golden")
    text = text_of(renderer, school, device)
    sent = secret.resolve(text, keys, device.key)
    dialect = DIALECTS[device.platform or ""]
    tree = Section("top")

    refused = loaded(dialect, sent, Position(dialect.grammar, tree))
    dialect.salted(tree, None)
    shown = dialect.show(tree)

    assert refused == []
    assert diff.same(shown, sent, dialect.rules) == ()
    assert diff.planned(shown, text, dialect.rules, keys).empty


def test_only_a_switch_that_is_surely_the_root_has_root_guard(renderer: Renderer) -> None:
    school = SCHOOLS["oakfield"]
    core = school.by_name["core-1"]
    second = replace(core, id=core.id + 1000, name="core-2")
    two = replace(school, devices=(*school.devices, second))

    assert text_of(renderer, school, core).count("spanning-tree guard root") == 3
    assert "guard root" not in text_of(renderer, two, core) + text_of(renderer, two, second)
    assert all("guard root" not in text_of(renderer, school, one) for one in school.configured if one != core)


@EVERY_DEVICE
def test_no_two_lines_of_one_section_say_the_same(renderer: Renderer, school: School, device: Device) -> None:
    config = parse(text_of(renderer, school, device), DIALECTS[device.platform or ""].rules)

    heads = [(*above, line.text) for above, line in config.walk()]

    assert len(heads) == len(set(heads))


@EVERY_DEVICE
def test_every_device_is_managed_safely(renderer: Renderer, school: School, device: Device) -> None:
    text = text_of(renderer, school, device)

    assert "snmp-server community" not in text
    assert "v3 " in text
    assert f"hostname {device.name}\n" in text
    assert text.count("MGMT-ACCESS in\n") + text.count("ip access-group MGMT-ACCESS\n") >= 2
    assert "transport input telnet" not in text
    assert "aaa authentication login default group TRUST-RADIUS local\n" in text
    assert all(f"ntp server {server}\n" in text for server in STANDARD.services.ntp)
    assert all(f"logging host {server}\n" in text for server in STANDARD.services.syslog)


@EVERY_DEVICE
def test_every_trunk_names_its_vlans_and_its_native_vlan(renderer: Renderer, school: School, device: Device) -> None:
    config = parse(text_of(renderer, school, device), DIALECTS[device.platform or ""].rules)
    native = STANDARD.networks[STANDARD.native].vid

    for interface in config.find("^interface "):
        lines = [line.text for line in interface.children]
        if "switchport mode trunk" in lines:
            assert f"switchport trunk native vlan {native}" in lines, interface.text
            assert any(line.startswith("switchport trunk allowed vlan ") for line in lines), interface.text
            assert "switchport trunk allowed vlan all" not in lines, interface.text


@EVERY_DEVICE
def test_every_unused_port_is_shut_and_parked(renderer: Renderer, school: School, device: Device) -> None:
    config = parse(text_of(renderer, school, device), DIALECTS[device.platform or ""].rules)
    parking = STANDARD.networks[STANDARD.parking].vid
    unused = [port.name for port in device.ports if port.profile.mode == "shutdown" and port.lag is None]

    for name in unused:
        (interface,) = config.find(f"^interface {name}$")
        lines = [line.text for line in interface.children]
        assert "shutdown" in lines
        assert f"switchport access vlan {parking}" in lines


@EVERY_DEVICE
def test_what_a_device_had_becomes_the_standard_and_the_change_shows_no_secret(
    renderer: Renderer, school: School, device: Device
) -> None:
    keys = secret.vault(lab_seed="legacy")
    dialect = DIALECTS[device.platform or ""]
    had = (estate.ESTATE / "lab" / school.slug / f"{device.name}.conf").read_text("utf-8")
    tree = Section("top")
    loaded(dialect, secret.resolve(had, keys, device.key), Position(dialect.grammar, tree))
    dialect.salted(tree, None)
    running = dialect.show(tree)
    text = text_of(renderer, school, device)
    sent = secret.resolve(text, keys, device.key)

    change = diff.planned(running, text, dialect.rules, keys)
    candidate = diff.candidate(running, sent, dialect.rules)

    after = Section("top")
    refused = loaded(dialect, candidate, Position(dialect.grammar, after))
    dialect.salted(after, tree)
    assert refused == []
    assert not change.empty
    assert diff.same(dialect.show(after), sent, dialect.rules) == ()
    assert secret.redact(change.text()) == change.text()
