"""What the trust's templates write for Junos EX: golden texts, and whether such a switch takes and shows them."""

import os
import re
from dataclasses import replace
from pathlib import Path

import pytest

from matric import diff, secret, yaml_file
from matric.config import parse
from matric.intent import build
from matric.intent.school import Device
from matric.intent.standard import Standard
from matric.lab import junos_check, junos_tree
from matric.lab.junos import DIALECT
from matric.lab.junos_grammar import SCHEMA
from matric.lab.tree import Invalid, Section
from matric.platform.junos_rules import RULES
from matric.render import Renderer
from matric.switch import Entry, Switch, reading
from tests import estate
from tests.engine.mixed import as_models

ROOT = Path(__file__).parents[3]
STANDARD = yaml_file.model(ROOT / "inventory/standard.yaml", Standard)
MODELS = {"fernhill/sw-09": "EX2300-24P", "fernhill/sw-11": "EX3400-24P", "oakfield/core-1": "EX4600"}
PLAIN = estate.flawless()
RECORDS = as_models(PLAIN, MODELS)
SCHOOLS = {slug: build.school(RECORDS, STANDARD, slug) for slug in ("fernhill", "oakfield")}
DEVICES = {key: SCHOOLS[key.partition("/")[0]].by_name[key.partition("/")[2]] for key in MODELS}
EVERY_DEVICE = pytest.mark.parametrize("device", DEVICES.values(), ids=[key.replace("/", "-") for key in DEVICES])


@pytest.fixture(scope="module")
def renderer(tmp_path_factory: pytest.TempPathFactory) -> Renderer:
    return Renderer(ROOT / "templates", cache=tmp_path_factory.mktemp("cache"))


def text_of(renderer: Renderer, device: Device) -> str:
    return renderer.render(SCHOOLS[device.school], device).text


def tree_of(text: str) -> Section:
    """The tree of *text*; Invalid where a switch would not take it."""
    tree = Section("top")
    for statement in junos_tree.statements(text, "text"):
        junos_tree.apply(SCHEMA, tree, statement)
    return tree


def held(text: str) -> str:
    """What a switch shows that was given *text*."""
    tree = tree_of(text)
    DIALECT.salted(tree, None)
    return DIALECT.show(tree)


def said(renderer: Renderer, device: Device) -> Switch:
    return reading.read("junos", parse(text_of(renderer, device), RULES))


@EVERY_DEVICE
def test_the_text_is_the_one_that_was_reviewed(renderer: Renderer, device: Device) -> None:
    """``MATRIC_UPDATE=1`` rewrites the golden texts; review them as what devices will get."""
    golden = ROOT / "tests/cases/junos" / f"rendered-{device.key.replace('/', '-')}" / "intended.conf"

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

    assert junos_check.wrong(tree_of(sent)) is None
    # Line for line and in this order, but for passwords that become keys, and the number of an account.
    assert DIALECT.show(tree_of(sent)).replace('"', "") == sent.replace('"', "")
    assert [line for line in shown.splitlines() if line not in sent.splitlines() and "-key " not in line] == [
        f"            uid {number};" for number in (2000, 2001, 2002)
    ]
    assert diff.same(shown, sent, RULES) == ()
    assert diff.planned(shown, text, RULES, keys).empty
    assert held(shown) == shown


@EVERY_DEVICE
def test_no_secret_in_the_clear_is_left_on_the_switch(renderer: Renderer, device: Device) -> None:
    keys = secret.vault(lab_seed="golden")
    text = text_of(renderer, device)

    shown = held(secret.resolve(text, keys, device.key))

    assert all(keys.get(ref) not in shown for ref in secret.references(text))
    assert shown.count("## SECRET-DATA") == len(re.findall(r"(?:encrypted-password|secret|-key) \"\$[69]\$", shown))


@EVERY_DEVICE
def test_a_secret_salted_anew_is_the_same_and_another_one_is_seen(renderer: Renderer, device: Device) -> None:
    keys = secret.vault(lab_seed="golden")
    text = text_of(renderer, device)
    anew = held(secret.resolve(text, keys, "another/salt"))

    assert diff.planned(anew, text, RULES, keys).empty
    other = secret.vault(lab_seed="another")
    change = diff.planned(anew, text, RULES, other).text()
    assert change.count("<secret changed>") == anew.count("encrypted-password") + len(re.findall(r"\bsecret \"", anew))
    assert secret.redact(change) == change


@EVERY_DEVICE
def test_no_two_lines_of_one_section_say_the_same(renderer: Renderer, device: Device) -> None:
    config = parse(text_of(renderer, device), RULES)

    heads = [(*above, line.text) for above, line in config.walk() if line.text != "}"]

    assert len(heads) == len(set(heads))


@EVERY_DEVICE
def test_every_device_is_managed_safely(renderer: Renderer, device: Device) -> None:
    switch, text = said(renderer, device), text_of(renderer, device)

    assert (switch.telnet, switch.http, switch.ssh, switch.api) == (False, False, True, True)
    assert switch.communities == ()
    assert switch.doors == ("MGMT-ACCESS",)
    first, *_ = switch.access_lists["MGMT-ACCESS"]
    assert first.permits
    assert first.source in STANDARD.trust.operators
    assert {account.hash for account in switch.accounts} == {"sha512"}
    assert "root-login deny;" in text
    assert "authentication-order [ radius password ];" in text
    assert all(f"        server {server};\n" in text for server in STANDARD.services.ntp)
    assert all(f"        host {server} {{\n" in text for server in STANDARD.services.syslog)


@EVERY_DEVICE
def test_every_port_is_what_the_intent_says(renderer: Renderer, device: Device) -> None:
    switch = said(renderer, device)
    native, parking = (STANDARD.networks[name].vid for name in (STANDARD.native, STANDARD.parking))

    for port in device.ports:
        found = switch.interfaces[port.name]
        if port.lag is not None:
            assert (found.mode, f"ae{found.lag}", found.lacp) == ("member", port.lag, True)
        elif port.profile.mode == "access":
            assert (found.mode, found.access) == ("access", port.access.vid if port.access else 1)
            assert found.voice == (port.voice.vid if port.voice else None)
            assert (found.edge, found.bpdu_guard, found.trusted) == (True, True, False)
        elif port.profile.mode == "trunk":
            assert (found.mode, found.native) == ("trunk", native)
            assert found.allowed == frozenset(network.vid for network in port.allowed)
            assert found.trusted is port.profile.dhcp_trust
        elif port.profile.mode == "routed":
            assert (found.mode, found.address) == ("routed", port.address)
        else:
            assert (found.mode, found.access, found.enabled) == ("access", parking, False)
    for lag in device.lags:
        found = switch.interfaces[lag.name]
        assert (found.mode, found.native, found.edge, found.trusted) == ("trunk", native, False, lag.profile.dhcp_trust)
        assert found.allowed == frozenset(network.vid for network in lag.allowed)
    for svi in device.svis:
        assert (switch.interfaces[svi.name].vid, switch.interfaces[svi.name].address) == (svi.network.vid, svi.address)
    assert switch.vlans == {1: "default", native: "Native-unused", parking: "Parking"} | {
        network.vid: network.name for network in device.vlans
    }


def test_the_zones_are_filtered_as_on_another_platform(renderer: Renderer) -> None:
    """Term for entry: the same access lists as the IOS templates write for the same core."""
    other = build.school(PLAIN, STANDARD, "oakfield")
    text = renderer.render(other, other.by_name["core-1"]).text
    wanted = reading.read("ios", parse(text, RULES)).access_lists
    core = DEVICES["oakfield/core-1"]
    switch = said(renderer, core)

    def plain(entries: tuple[Entry, ...]) -> list[Entry]:
        return [replace(entry, text="") for entry in entries]

    zones = {name for name in switch.access_lists if name.startswith("ZONE-")}
    assert len(zones) > 5
    for name in zones:
        assert plain(switch.access_lists[name]) == plain(wanted[name]), name
    assert {switch.interfaces[svi.name].access_list for svi in core.svis} == zones


@pytest.mark.parametrize(
    "words", ['she said "no"', "back\\slash", "} interfaces { x;", "## SECRET-DATA", "inactive: a", "[ a b ]", "plain"]
)
def test_no_description_leaves_its_line(renderer: Renderer, words: str) -> None:
    device = DEVICES["fernhill/sw-11"]
    school = SCHOOLS[device.school]
    first, *rest = device.ports
    changed = replace(device, ports=(replace(first, description=words), *rest))

    text = secret.resolve(renderer.render(school, changed).text, secret.vault(lab_seed="golden"), device.key)

    assert diff.same(held(text), text, RULES) == ()
    had, found = (reading.read("junos", parse(one, RULES)) for one in (text_of(renderer, device), held(text)))
    assert found.interfaces == had.interfaces


def test_where_the_standard_is_rapid_pvst_it_is_vstp(renderer: Renderer) -> None:
    spanning = STANDARD.spanning_tree.model_copy(update={"mode": "rapid-pvst"})
    school = build.school(RECORDS, STANDARD.model_copy(update={"spanning_tree": spanning}), "oakfield")

    text = renderer.render(school, school.by_name["core-1"]).text

    assert reading.read("junos", parse(text, RULES)).spanning_tree == "rapid-pvst"
    assert held(secret.resolve(text, secret.vault(lab_seed="golden"), "oakfield/core-1"))
    assert "        vlan all {\n            bridge-priority 4k;\n" in text


def test_an_access_port_is_guarded_in_every_way(renderer: Renderer) -> None:
    device = DEVICES["fernhill/sw-11"]
    config = parse(text_of(renderer, device), RULES)
    ports = [port for port in device.ports if port.profile.dot1x or port.profile.mab]
    limited = [port for port in device.ports if port.profile.mode == "access" and port not in ports]

    assert ports
    for port in ports:
        head = ("^protocols ", "^dot1x ", "^authenticator ", "^interface ", rf"^{port.name}\.0 ")
        assert config.find(*head, "^supplicant multiple;$")
        assert bool(config.find(*head, "^mac-radius")) is port.profile.mab
    for port in limited:
        assert config.find("^switch-options ", rf"^interface {port.name}\.0 ", "^interface-mac-limit ", r"^\d+;$")
    for port in device.ports:
        if port.profile.poe == "off" and port.profile.mode == "access":
            assert config.find("^poe ", rf"^interface {port.name} ", "^disable;$")


@pytest.mark.parametrize(
    ("line", "wrong"),
    [
        ("bandwidth-percentage 1;", "bandwidth-percentage 101;"),
        ("interface-mode trunk;", "interface-mode hybrid;"),
        ("supplicant multiple;", "supplicant many;"),
        ("root-login deny;", "root-login never;"),
        ("interface-mac-limit {", "interface-mac-limits {"),
        ("native-vlan-id 999;", "native-vlan-id 5000;"),
    ],
)
def test_a_wrong_statement_is_refused(renderer: Renderer, line: str, wrong: str) -> None:
    text = text_of(renderer, DEVICES["fernhill/sw-11"])
    assert line in text

    with pytest.raises(Invalid, match=r"syntax error|not within range"):
        tree_of(text.replace(line, wrong, 1))


def test_the_order_of_terms_counts_and_that_of_interfaces_does_not(renderer: Renderer) -> None:
    core = DEVICES["oakfield/core-1"]
    text = secret.resolve(text_of(renderer, core), secret.vault(lab_seed="order"), core.key)
    terms = re.findall(r"^            term \S+ \{\n.*?^            \}\n", text, re.MULTILINE | re.DOTALL)
    ports = re.findall(r"^    xe-\S+ \{\n.*?^    \}\n", text, re.MULTILINE | re.DOTALL)

    def swapped(first: str, second: str) -> str:
        return text.replace(first, "<1>", 1).replace(second, first, 1).replace("<1>", second, 1)

    assert diff.same(swapped(ports[0], ports[1]), text, RULES) == ()
    assert diff.same(swapped(terms[0], terms[1]), text, RULES) != ()
    assert not diff.planned(swapped(terms[0], terms[1]), text, RULES).empty


def test_what_a_switch_had_becomes_the_standard(renderer: Renderer) -> None:
    device = DEVICES["fernhill/sw-09"]
    keys = secret.vault(lab_seed="legacy")
    had = (ROOT / "tests/cases/junos/legacy/had.conf").read_text("utf-8")
    text = text_of(renderer, device)
    sent = secret.resolve(text, keys, device.key)

    change = diff.planned(had, text, RULES, keys)
    candidate = diff.candidate(had, sent, RULES)

    assert diff.same(held(candidate), sent, RULES) == ()
    assert "version 22.4R3;" in candidate
    assert "uid 2005;" in candidate
    assert not change.empty
    assert secret.redact(change.text()) == change.text()
    assert "Summer2019" not in change.text()
