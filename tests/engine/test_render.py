"""Rendering: from frozen values to complete text, and nothing else."""

from collections.abc import Callable
from dataclasses import replace
from ipaddress import IPv4Address, IPv4Interface, IPv4Network
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from matric import yaml_file
from matric.config import Config, parse
from matric.errors import BadInput
from matric.intent.school import Device, Network, Peer, Port, School, Svi, Wlan
from matric.intent.standard import Standard
from matric.platform import ios_rules
from matric.render import Renderer, data_problems, key
from matric.secret import vault
from matric.secret.wireless_key import key_problems, school_problems

ROOT = Path(__file__).parents[2]
STANDARD = yaml_file.model(ROOT / "inventory/standard.yaml", Standard)
CASES: list[dict[str, Any]] = yaml.safe_load((ROOT / "tests/cases/bad-input-render/cases.yaml").read_text("utf-8"))


def network(role: str, prefix: str | None = None) -> Network:
    plan = STANDARD.networks[role]
    net = IPv4Network(prefix) if prefix else None
    gateway = net[1] if net else None
    return Network(plan.vid, role, plan.vid, plan.name, plan.zone, net, 1, gateway, plan.dhcp_relay, plan.filter_policy)


MANAGEMENT = network("management", "10.48.64.0/24")
PUPIL = network("pupil", "10.48.80.0/21")
NATIVE = network("native")
PARKING = network("parking")
NETWORKS = (PUPIL, MANAGEMENT, PARKING, NATIVE)


def port(number: int, profile: str, **more: Any) -> Port:
    name, enabled = f"GigabitEthernet1/0/{number}", profile != "unused"
    made = Port(number, name, "1000base-t", enabled, profile, STANDARD.profiles[profile], "")
    return replace(made, **more)


def switch(description: str = "Room 1", platform: str = "ios") -> Device:
    return Device(
        id=203,
        name="sw-03",
        school="oakfield",
        role="access",
        platform=platform,
        model="C9200L-48P",
        serial="X1",
        status="active",
        location="Main",
        management=IPv4Interface("10.48.64.13/24"),
        management_gateway=IPv4Address("10.48.64.1"),
        ports=(
            port(1, "pupil", access=PUPIL, description=description),
            port(2, "unused"),
            port(3, "uplink", native=NATIVE, allowed=(PUPIL, MANAGEMENT), peer=Peer("core-1", 1, "core", "Gi1/0/1", 7)),
        ),
        svis=(Svi(9, "Vlan99", MANAGEMENT, IPv4Interface("10.48.64.13/24")),),
        vlans=(PUPIL, MANAGEMENT),
        poe_budget_w=370.0,
    )


def school(device: Device, standard: Standard = STANDARD, **more: Any) -> School:
    block = IPv4Network("10.48.64.0/18")
    return replace(School(1, "Oakfield Primary", "oakfield", block, standard, (device,), NETWORKS, ()), **more)


@pytest.fixture(scope="module")
def renderer(tmp_path_factory: pytest.TempPathFactory) -> Renderer:
    return Renderer(ROOT / "templates", cache=tmp_path_factory.mktemp("cache"))


def templates(tmp_path: Path, text: str, name: str = "access.j2") -> Renderer:
    folder = tmp_path / "templates" / "ios"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text, encoding="utf-8")
    return Renderer(tmp_path / "templates", cache=tmp_path / "cache")


def banner(text: str) -> Standard:
    return STANDARD.model_copy(update={"hardening": STANDARD.hardening.model_copy(update={"banner": text})})


def refusal(act: Callable[[], object]) -> BadInput:
    with pytest.raises(BadInput) as caught:
        act()
    return caught.value


def codes(error: BadInput) -> set[str]:
    return {problem.code for problem in error.problems}


# ---- what a text is ----


def test_the_same_school_renders_to_the_same_bytes(renderer: Renderer, tmp_path: Path) -> None:
    device = switch()

    again = Renderer(ROOT / "templates", cache=tmp_path).render(school(device), device)

    assert renderer.render(school(device), device) == again
    assert again.text.startswith("service ")
    assert again.text.endswith("\nend\n")
    assert again.template == "ios/access.j2"


def test_a_sandboxed_set_renders_the_same_bytes(renderer: Renderer, tmp_path: Path) -> None:
    device = switch()

    sandboxed = Renderer(ROOT / "templates", trusted=False, cache=tmp_path)

    assert sandboxed.render(school(device), device) == renderer.render(school(device), device)


@pytest.mark.parametrize("platform", ["ios", "eos"])
def test_no_secret_is_in_the_text_only_references(renderer: Renderer, platform: str) -> None:
    device = switch(platform=platform)

    rendered = renderer.render(school(device), device)

    assert "lab:break-glass" in rendered.secrets
    assert "<secret:lab:radius-1|type7>" in rendered.text


def test_what_did_not_change_is_looked_up(renderer: Renderer) -> None:
    device = switch("Room 7")
    same = school(device)

    assert renderer.render(same, device) is renderer.render(same, switch("Room 7"))
    assert renderer.render(same, switch("Room 8")) is not renderer.render(same, device)


def test_the_key_moves_with_everything_a_template_can_see() -> None:
    device = switch()
    base = key(school(device), device, "sha256:a")
    first, second, uplink = device.ports
    moved = {
        key(school(device), device, "sha256:b"),
        key(school(device, banner("other")), device, "sha256:a"),
        key(school(device, networks=(*NETWORKS, network("byod"))), device, "sha256:a"),
        key(school(device, legacy=(IPv4Network("192.168.0.0/24"),)), device, "sha256:a"),
        key(school(device), switch("Room 2"), "sha256:a"),
        key(school(device), replace(device, location="Other"), "sha256:a"),
        key(school(device), replace(device, poe_budget_w=None), "sha256:a"),
        key(school(device), replace(device, vlans=(MANAGEMENT,)), "sha256:a"),
        key(school(device), replace(device, ports=(first, replace(second, enabled=True), uplink)), "sha256:a"),
        key(school(device), replace(device, ports=(first, second, replace(uplink, allowed=(PUPIL,)))), "sha256:a"),
        key(school(device), replace(device, ports=(first, second, replace(uplink, peer=None))), "sha256:a"),
    }

    assert base not in moved
    assert len(moved) == 11
    assert key(school(switch()), switch(), "sha256:a") == base


def test_the_digest_of_the_set_moves_with_any_template(tmp_path: Path) -> None:
    first = templates(tmp_path, "hostname a\n").digest
    second = templates(tmp_path, "hostname b\n").digest
    third = templates(tmp_path, "x\n", "_new.j2").digest

    assert len({first, second, third}) == 3
    assert templates(tmp_path, "hostname b\n").digest == third


def test_a_school_gives_the_problems_of_all_its_devices(tmp_path: Path) -> None:
    one, two = switch(), replace(switch(), id=204, name="sw-04")
    renderer = templates(tmp_path, "hostname {{ nothing }}\n")

    error = refusal(lambda: renderer.school(school(one, devices=(one, two))))

    assert [problem.thing for problem in error.problems] == [
        "ios/access.j2:1 for sw-03 (#203)",
        "ios/access.j2:1 for sw-04 (#204)",
    ]


# ---- data stays data ----

PRINTABLE = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=40)
HOSTILE = st.text(
    st.one_of(
        st.sampled_from("\n\r\t\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029\x00\x03\x1b\u202e\ufeff"),
        st.sampled_from("!{}%#^\\ \"'|<>é"),
        st.characters(min_codepoint=32, max_codepoint=126),
    ),
    max_size=30,
)


def shape(config: Config) -> list[int]:
    return [len(heads) for heads, _ in config.walk()]


@given(HOSTILE)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=300, deadline=None)
def test_no_text_of_the_source_changes_the_shape_of_a_configuration(renderer: Renderer, text: str) -> None:
    inert, hostile = switch("x"), switch(text)
    wanted = renderer.render(school(inert), inert).text

    if text.strip() and not (text.isascii() and text.isprintable()):
        assert codes(refusal(lambda: renderer.render(school(hostile), hostile))) == {"TPL-OUTPUT"}
        return
    if "<secret" in text:
        assert codes(refusal(lambda: renderer.render(school(hostile), hostile))) == {"SECRET-IN-DATA"}
        return

    given_text = renderer.render(school(hostile), hostile).text
    if text.strip():
        assert given_text.count("\n") == wanted.count("\n")
        assert shape(parse(given_text, ios_rules.RULES)) == shape(parse(wanted, ios_rules.RULES))


@given(PRINTABLE.filter(lambda text: "<secret" not in text), PRINTABLE.filter(lambda text: "<secret" not in text))
@settings(max_examples=100, deadline=None)
def test_names_of_networks_and_places_are_written_as_they_are(renderer: Renderer, vlan: str, place: str) -> None:
    device = replace(switch(), location=place, vlans=(replace(PUPIL, name=f"v{vlan}"), MANAGEMENT))

    text = renderer.render(school(device), device).text

    assert f" name v{vlan}".rstrip() in [line.rstrip() for line in text.split("\n")]


def test_a_description_that_poses_as_a_secret_reference_is_refused(renderer: Renderer) -> None:
    device = switch("<secret:lab:break-glass>")

    with pytest.raises(BadInput) as caught:
        renderer.render(school(device), device)

    assert codes(caught.value) == {"SECRET-IN-DATA"}


# ---- bad input ----


def case(number: str) -> list[str]:
    return next(row["input"] for row in CASES if row["id"] == number)


def expect(number: str, error: BadInput) -> None:
    wanted = next(row["expected_code"] for row in CASES if row["id"] == number)
    assert codes(error) == {wanted}, str(error)


def test_every_case_in_the_file_is_tried_here() -> None:
    source = Path(__file__).read_text("utf-8") + (Path(__file__).parent / "test_wireless_key.py").read_text("utf-8")

    assert all(f'"{row["id"]}"' in source for row in CASES)


@pytest.mark.parametrize("name", ["ios/access-v9.j2", "../../etc/passwd", "/etc/passwd", "ios/../../../etc/passwd"])
def test_a_template_outside_the_folder_is_refused(tmp_path: Path, name: str) -> None:
    renderer = templates(tmp_path, f'hostname a\n{{% include "{name}" %}}\n')
    device = switch()

    expect("BI-077", refusal(lambda: renderer.render(school(device), device)))


def test_a_link_that_leaves_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "outside.j2").write_text("hostname stolen\n")
    renderer = templates(tmp_path, '{% include "ios/_link.j2" %}\n')
    (tmp_path / "templates/ios/_link.j2").symlink_to(tmp_path / "outside.j2")
    device = switch()

    expect("BI-077", refusal(lambda: renderer.render(school(device), device)))


def test_a_role_without_a_template_is_refused(renderer: Renderer) -> None:
    device = replace(switch(), role="firewall")

    expect("BI-077", refusal(lambda: renderer.render(school(device), device)))


def test_a_name_not_in_the_view_is_refused_with_its_line(tmp_path: Path) -> None:
    renderer = templates(tmp_path, "hostname a\n{% for vlan in vlans %}\nvlan {{ vlan.dhcp_relays }}\n{% endfor %}\n")
    device = switch()

    error = refusal(lambda: renderer.render(school(device), device))

    expect("BI-078", error)
    assert str(error) == (
        "TPL-UNDEF ios/access.j2:3 for sw-03 (#203) name='Network.dhcp_relays': not in the view model. "
        "Do: add it to the model or correct the name"
    )


def test_a_syntax_error_is_named_with_its_line(tmp_path: Path) -> None:
    renderer = templates(tmp_path, "hostname a\n{% if %}\n")
    device = switch()

    error = refusal(lambda: renderer.render(school(device), device))

    assert codes(error) == {"TPL-SYNTAX"}
    assert "ios/access.j2:2" in str(error)


@pytest.mark.parametrize(
    "text",
    [
        '{% include "ios/access.j2" %}\n',
        "{% for i in range(10**9) %}x{% endfor %}\n",
        "{% for a in range(4000) %}{% for b in range(4000) %}xxxxxxxxxxxxxxxx{% endfor %}{% endfor %}\n",
        "{% for a in range(4000) %}{% for b in range(4000) %}{% set c = a %}{% endfor %}{% endfor %}x\n",
    ],
    ids=["includes itself", "range", "output", "silent loop"],
)
@pytest.mark.parametrize("trusted", [True, False], ids=["trusted", "sandboxed"])
def test_a_template_without_end_is_stopped(tmp_path: Path, text: str, *, trusted: bool) -> None:
    templates(tmp_path, text)
    renderer = Renderer(tmp_path / "templates", trusted=trusted, cache=tmp_path / "cache", seconds=0.3)
    device = switch()

    expect("BI-079", refusal(lambda: renderer.render(school(device), device)))


@pytest.mark.parametrize(
    "text",
    [
        "{% macro m(n) %}{% if n %}{% set a = m(n - 1) %}{% set b = m(n - 1) %}{% endif %}{% endmacro %}{{ m(90) }}\n",
        "{% set x = 'y' * 10**10 %}hostname a\n",
        "{{ '%10000000000d' | format(1) }}\n",
        "{{ vlans.__class__.__mro__ }}\n",
        "{{ hostname.__class__.__base__.__subclasses__() }}\n",
    ],
    ids=["calls without end", "memory", "padding", "classes", "subclasses"],
)
def test_an_unreviewed_template_can_neither_run_on_nor_look_around(tmp_path: Path, text: str) -> None:
    templates(tmp_path, text)
    renderer = Renderer(tmp_path / "templates", trusted=False, seconds=0.5)
    device = switch()

    assert codes(refusal(lambda: renderer.render(school(device), device))) <= {"TPL-LIMIT", "TPL-SYNTAX", "TPL-UNDEF"}


@pytest.mark.parametrize(
    "text", ["", "\n \n", "{% if rapid_pvst %}hostname a{% endif %}\n", "hostname é\n", "\ufeffhostname a\n"]
)
def test_an_empty_text_or_one_beyond_ascii_is_refused(tmp_path: Path, text: str) -> None:
    renderer = templates(tmp_path, text)
    device = switch()

    expect("BI-080", refusal(lambda: renderer.render(school(device), device)))


def test_line_ends_and_trailing_blanks_are_made_one_way(tmp_path: Path) -> None:
    renderer = templates(tmp_path, "hostname a   \r\nvlan 10\t\r\n name\tx\r\n")
    device = switch()

    assert renderer.render(school(device), device).text == "hostname a\nvlan 10\n name x\n"


def test_template_syntax_in_data_is_kept_as_text_and_said(renderer: Renderer) -> None:
    for text in case("BI-081"):
        device = switch(text)
        problems = data_problems(school(device))

        assert f" description {text}\n" in renderer.render(school(device), device).text
        assert [(problem.code, problem.warning, problem.value) for problem in problems] == [("TPL-IN-DATA", True, text)]


@pytest.mark.parametrize(
    "text", ["all ^C yours", "one\x03two", "text\nEOF\nmore", "x" * 2001, "café"], ids=["^C", "etx", "EOF", "long", "é"]
)
def test_a_banner_that_would_end_too_early_is_refused(renderer: Renderer, text: str) -> None:
    device = switch()

    expect("BI-084", refusal(lambda: renderer.render(school(device, banner(text)), device)))


def test_a_banner_keeps_its_empty_lines(renderer: Renderer) -> None:
    device = switch()

    text = renderer.render(school(device, banner("one\n\ntwo\n")), device).text

    assert "banner login ^C\none\n\ntwo\n^C\n" in text


@pytest.mark.parametrize("name", ["env:MATRIC_NOT_SET", "file:/nowhere", "keyring:nobody/nothing", "vault:sealed"])
def test_a_secret_that_is_not_there_is_named_by_reference(name: str) -> None:
    expect("BI-085", refusal(lambda: vault(keyring=lambda _: None).get(name)))


@pytest.mark.parametrize(
    "line",
    [
        "username admin privilege 15 password 7 0822455D0A16",
        "username admin password hunter22",
        "enable secret hunter22",
        " key 7 0822455D0A16",
        "snmp-server community public",
        "  security wpa psk set-key ascii 0 hunter22",
        "radius-server host 10.0.0.1 key hunter22",
    ],
)
def test_a_secret_written_into_a_template_is_refused_and_not_shown(tmp_path: Path, line: str) -> None:
    renderer = templates(tmp_path, f"hostname a\n{line}\n")
    device = switch()

    error = refusal(lambda: renderer.render(school(device), device))

    expect("BI-086", error)
    assert "ios/access.j2:2" in str(error)
    assert "hunter22" not in str(error)
    assert "0822455D0A16" not in str(error)


@pytest.mark.parametrize(
    ("number", "values"),
    [
        ("BI-038", ["seven77", "g" * 64, "1"]),
        ("BI-039", ["elephants", "OakfieldPrimary9", "password1", "FLT-Things"]),
        ("BI-040", ["passéword12", "pass?word12", 'pass"word12', "passphrase 12 "]),
    ],
)
def test_a_wireless_key_is_judged_by_its_case(number: str, values: list[str]) -> None:
    for value in values:
        problems = key_problems("wlan (#15)", "lab:x", value, ssid="FLT-Things", school="Oakfield Primary")
        wanted = next(row["expected_code"] for row in CASES if row["id"] == number)

        assert wanted in {problem.code for problem in problems}


def test_a_wireless_controller_gets_its_networks_and_tags(renderer: Renderer) -> None:
    controller = replace(switch(), name="wlc-1", role="wireless-controller")
    point = replace(switch(), id=9, name="ap-01", role="access-point", platform=None, location="Main / Hall", ports=())
    things = STANDARD.wlans["building"]
    wlan = Wlan(15, "building", things, things.ssid, network("building", "10.48.72.0/24"))

    text = renderer.render(school(controller, devices=(controller, point), wlans=(wlan,)), controller).text

    assert "wlan building 5 FLT-Things\n no broadcast-ssid\n peer-blocking drop\n no security wpa akm dot1x\n" in text
    assert " security wpa psk set-key ascii 0 <secret:lab:wlan-things|psk>\n" in text
    assert "ap filter name ap-01\n ap name-regex ^ap-01$\n tag policy POLICY-oakfield\n" in text
    assert " tag site SITE-oakfield-Main---Hall\n" in text
    assert " wlan building policy POL-building\n" in text


def test_a_school_s_wireless_keys_are_judged_with_their_network_and_a_missing_one_is_named() -> None:
    things = STANDARD.wlans["building"]
    wlan = Wlan(15, "building", things, things.ssid, network("building", "10.48.72.0/24"))
    here = school(switch(), wlans=(wlan,))

    weak = school_problems(here, lambda _: "flt things")
    missing = school_problems(here, vault().get)
    good = school_problems(here, vault(lab_seed="x").get)

    assert [(problem.code, problem.thing) for problem in weak] == [("PSK-WEAK", "oakfield wlan FLT-Things (#15)")]
    assert [problem.code for problem in missing] == ["SECRET-REF"]
    assert good == ()
