"""What the trust's templates write for AOS-CX switches: golden texts, and whether such a switch takes them."""

import os
from pathlib import Path

import pytest

from matric import diff, secret, snapshot, yaml_file
from matric.config import parse
from matric.intent import build
from matric.intent.school import Device
from matric.intent.standard import Standard
from matric.lab.aoscx_text import show, take
from matric.lab.tree import Section
from matric.platform.aoscx_rules import RULES
from matric.render import Renderer
from matric.switch import reading
from tests import estate
from tests.engine.mixed import as_models

ROOT = Path(__file__).parents[3]
STANDARD = yaml_file.model(ROOT / "inventory/standard.yaml", Standard)
MODELS = {
    "oakfield/core-1": "6300M-24SFP+ (JL658A)",
    "oakfield/sw-01": "6200F-24G-PoE (JL725A)",
    "oakfield/sw-04": "6100-24G-PoE (JL677A)",
    "fernhill/core-1": "6300M-24SFP+ (JL658A)",
}
RECORDS = as_models(snapshot.load(estate.ESTATE / "snapshot").records, MODELS)
SCHOOLS = {slug: build.school(RECORDS, STANDARD, slug) for slug in ("fernhill", "oakfield")}
DEVICES = {key: SCHOOLS[key.partition("/")[0]].by_name[key.partition("/")[2]] for key in MODELS}
EVERY_DEVICE = pytest.mark.parametrize("device", DEVICES.values(), ids=[key.replace("/", "-") for key in DEVICES])


@pytest.fixture(scope="module")
def renderer(tmp_path_factory: pytest.TempPathFactory) -> Renderer:
    return Renderer(ROOT / "templates", cache=tmp_path_factory.mktemp("cache"))


def text_of(renderer: Renderer, device: Device) -> str:
    return renderer.render(SCHOOLS[device.school], device).text


def held(text: str) -> str:
    """What a switch shows that was given *text*; it takes every line."""
    tree = Section("top")
    assert [error.line for error in take(tree, text)] == []
    return show(tree)


@EVERY_DEVICE
def test_the_text_is_the_one_that_was_reviewed(renderer: Renderer, device: Device) -> None:
    """``MATRIC_UPDATE=1`` rewrites the golden texts; review them as what devices will get."""
    golden = ROOT / "tests/cases/aoscx" / f"rendered-{device.key.replace('/', '-')}" / "intended.conf"

    text = text_of(renderer, device)

    if os.environ.get("MATRIC_UPDATE"):
        golden.parent.mkdir(parents=True, exist_ok=True)
        golden.write_text(text, encoding="utf-8")
    assert text == golden.read_text("utf-8")


@EVERY_DEVICE
def test_the_switch_takes_every_line_and_shows_the_same(renderer: Renderer, device: Device) -> None:
    keys = secret.vault(lab_seed="golden")
    text = text_of(renderer, device)
    sent = secret.resolve(text, keys, device.key)

    shown = held(sent)

    assert diff.same(shown, sent, RULES) == ()
    assert diff.planned(shown, text, RULES, keys).empty
    assert held(shown) == shown


@EVERY_DEVICE
def test_no_secret_in_the_clear_is_left_on_the_switch(renderer: Renderer, device: Device) -> None:
    keys = secret.vault(lab_seed="golden")

    shown = held(secret.resolve(text_of(renderer, device), keys, device.key))

    assert "plaintext" not in shown
    assert secret.lab_value("golden", "service") not in shown


@EVERY_DEVICE
def test_no_two_lines_of_one_section_say_the_same(renderer: Renderer, device: Device) -> None:
    config = parse(text_of(renderer, device), RULES)

    heads = [(*above, line.text) for above, line in config.walk()]

    assert len(heads) == len(set(heads))


@EVERY_DEVICE
def test_every_switch_is_managed_safely(renderer: Renderer, device: Device) -> None:
    text = text_of(renderer, device)
    switch = reading.read("aoscx", parse(text, RULES))

    assert (switch.ssh, switch.telnet, switch.http, switch.communities) == (True, False, False, ())
    assert switch.doors == ("MGMT-ACCESS",)
    assert "snmp-server snmpv3-only\n" in text
    assert "aaa authentication login default group TRUST-RADIUS local\n" in text
    assert all(f"ntp server {server}\n" in text for server in STANDARD.services.ntp)
    assert all(f"logging {server} severity info\n" in text for server in STANDARD.services.syslog)
    assert len(switch.defaults) == 1
    assert device.management is not None
    assert switch.holder(device.management.ip) is not None


@EVERY_DEVICE
def test_what_is_written_is_what_the_estate_says(renderer: Renderer, device: Device) -> None:
    """Read back by the reader that rules and proofs use."""
    switch = reading.read("aoscx", parse(text_of(renderer, device), RULES))
    native = STANDARD.networks[STANDARD.native].vid
    parking = STANDARD.networks[STANDARD.parking].vid

    for port in device.ports:
        one = switch.interfaces[port.name]
        if port.lag is not None:
            carrier = switch.carrier(port.name)
            assert carrier is not None
            assert (one.mode, one.lacp, carrier.native) == ("member", True, native)
        elif port.profile.mode == "access":
            assert port.access is not None
            assert (one.mode, one.access, one.edge, one.bpdu_guard) == ("access", port.access.vid, True, True)
            assert one.voice == (port.voice.vid if port.voice is not None else None)
        elif port.profile.mode == "trunk":
            assert (one.mode, one.native) == ("trunk", native)
            assert one.allowed == frozenset(network.vid for network in port.allowed)
        elif port.profile.mode == "routed":
            assert (one.mode, one.address) == ("routed", port.address)
        else:
            assert (one.enabled, one.access) == (False, parking)
    for lag in device.lags:
        assert switch.interfaces[lag.name].allowed == frozenset(network.vid for network in lag.allowed)


def test_a_core_filters_between_zones_where_it_routes(renderer: Renderer) -> None:
    switch = reading.read("aoscx", parse(text_of(renderer, DEVICES["oakfield/core-1"]), RULES))

    filtered = [one for one in switch.interfaces.values() if one.vid is not None]
    assert filtered
    assert all(one.access_list in switch.access_lists for one in filtered)
    entries = [entry for found in switch.access_lists.values() for entry in found]
    assert not any("permit" in entry.rest for entry in entries), "every entry is read"
    assert any(entry.source_ports == "eq 68" for entry in entries)
    assert any(entry.rest == "icmp-type echo" for entry in entries)


def test_a_port_s_way_of_routing_is_said_only_where_the_model_can(renderer: Renderer) -> None:
    assert "no routing" in text_of(renderer, DEVICES["oakfield/core-1"])
    assert "routing" not in text_of(renderer, DEVICES["oakfield/sw-04"])


def test_telephones_get_their_vlan_tagged_and_by_lldp_med(renderer: Renderer) -> None:
    config = parse(text_of(renderer, DEVICES["oakfield/sw-01"]), RULES)

    assert config.find(r"^vlan 30$", r"^voice$")
    (port,) = config.find(r"^interface 1/1/2$")
    assert [line.text for line in port.find(r"^vlan ")] == ["vlan trunk native 10", "vlan trunk allowed 10,30"]
