"""What NetBox is to hold for a joining school comes from its survey and the standard, and not from typing."""

from ipaddress import IPv4Network
from typing import Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matric import site as sites
from matric.errors import UsageError
from matric.intent import build, record
from matric.intent.limit import HARDWARE
from matric.intent.record import Records
from matric.intent.school import School
from matric.intent.standard import Standard
from matric.render import Renderer
from matric.survey.adopt import Adoption, Choices, adoption, free, taken
from matric.survey.adopt.kit import clean, hardware
from matric.survey.adopt.use import Meaning, port_use
from matric.survey.model import Address, Device, Mac, Neighbour, Port, Survey


def test_the_rows_pass_every_check_of_the_input(made: Adoption) -> None:
    assert made.problems == ()


def test_every_surveyed_switch_is_a_device_called_as_the_trust_calls_its_own(built: School) -> None:
    found = {one.name: (one.role, one.platform, one.model, one.serial) for one in built.configured}

    assert found == {
        "core-1": ("collapsed-core", "aoss", "2930F-24G-PoE+ (JL255A)", "CN11A"),
        "sw-01": ("access", "aoss", "2530-24G-PoE+ (J9773A)", "CN22B"),
        "sw-02": ("access", "ios", "C9200L-24P-4X", "FOC33"),
        "sw-03": ("access", "junos", "EX2300-24P", "JN44"),
    }


def test_each_has_every_port_its_model_has_by_the_models_names(built: School) -> None:
    for one in built.configured:
        assert {port.name for port in one.ports} == set(HARDWARE[one.model].names())


@pytest.mark.parametrize(
    ("port", "profile"),
    [
        ("1", "staff"), ("2", "printer"), ("3", "phone"), ("4", "camera"), ("7", "access-point"), ("8", "unused"),
        ("24", "downlink"), ("25", "downlink"), ("27", "router"), ("28", "downlink"),
    ],
)  # fmt: skip
def test_a_ports_purpose_comes_from_what_it_does_today(built: School, port: str, profile: str) -> None:
    ports = {one.name: one for one in built.by_name["core-1"].ports}

    assert ports[port].profile_name == profile


def test_a_telephone_with_a_computer_behind_it_gets_both_networks(built: School) -> None:
    port = next(one for one in built.by_name["sw-02"].ports if one.name == "GigabitEthernet1/0/2")

    assert (port.profile_name, port.access and port.access.role, port.voice and port.voice.role) == (
        "staff", "staff", "voice",
    )  # fmt: skip


def test_the_cables_between_two_switches_become_one_lag_at_both_ends(built: School) -> None:
    assert {one.members for one in built.by_name["core-1"].lags} == {("25", "26"), ("28",), ("24",)}
    assert [(one.name, one.members) for one in built.by_name["sw-01"].lags] == [("Trk1", ("25", "26"))]


def test_a_trunk_carries_what_is_behind_it_and_nothing_else(built: School) -> None:
    lags = {one.members[0]: one for one in built.by_name["core-1"].lags}

    assert {one.role for one in lags["28"].allowed} == {"management", "pupil", "staff", "voice"}
    assert {one.role for one in lags["24"].allowed} == {"management", "pupil"}


def test_a_cable_says_where_only_one_end_or_no_end_told_of_it(made: Adoption) -> None:
    labels = sorted(one.label for one in made.school_rows.cables if one.label)

    assert labels == ["seen by MAC tables only", "seen by one end only"]


def test_the_room_is_the_one_the_device_names(built: School) -> None:
    assert built.by_name["core-1"].location == "Main / Comms cupboard"


def test_the_old_way_in_is_kept_beside_the_new_addresses(made: Adoption, built: School) -> None:
    old = {one.description: one.address for one in made.school_rows.ip_addresses if one.status == "deprecated"}

    assert old["sw-02 until its cut-over"] == "192.168.1.3/24"
    assert str(IPv4Network("192.168.1.0/24")) in {
        one.prefix for one in made.school_rows.prefixes if one.status == "deprecated"
    }
    assert all(one.management and one.management.ip in built.block for one in built.configured)


def test_a_reserved_address_has_its_successor_put_by(made: Adoption) -> None:
    kept = [one for one in made.school_rows.ip_addresses if one.status == "reserved"]

    assert [one.description for one in kept] == ["sims had 10.0.20.9"]


def test_every_configuration_of_the_school_can_be_written(built: School, trust: sites.Site) -> None:
    texts = {one.device_key for one in Renderer(trust.templates).school(built)}

    assert texts == {one.key for one in built.configured}


def test_worked_out_again_over_its_own_result_nothing_is_added(
    messy: Survey, standard: Standard, made: Adoption, nothing: Choices
) -> None:
    assert adoption(messy, standard, made.records, nothing).records == made.records


@pytest.mark.parametrize(
    ("port", "busy", "profile", "sure"),
    [
        (Port(name="1", enabled=True, up=False, mode="access", access=1), None, "unused", True),
        (Port(name="1", enabled=True, mode="access", access=1), False, "unused", True),
        (Port(name="1", enabled=True, mode="access", access=1), None, "pupil", False),
        (Port(name="1", enabled=False, mode="access", access=1), True, "unused", True),
        (Port(name="1", enabled=True, up=False, mode="access", access=20), None, "staff", True),
        (None, None, "unused", False),
    ],
    ids=["down", "no host behind it", "nobody looked", "shut", "down, and of the staff", "not seen at all"],
)  # fmt: skip
def test_a_port_that_nobody_looked_at_is_asked_about_and_not_taken_for_unused(
    *, port: Port | None, busy: bool | None, profile: str, sure: bool, standard: Standard
) -> None:
    known = {1: Meaning(1, "default", None, ""), 20: Meaning(20, "Admin", "staff", "")}

    found = port_use(port, known, standard, busy=busy)

    assert (found.profile, found.sure) == (profile, sure)


def test_what_hangs_on_a_port_and_its_vlan_may_disagree_and_then_somebody_is_asked(standard: Standard) -> None:
    port = Port(name="1", enabled=True, up=True, mode="access", access=20)

    found = port_use(port, {20: Meaning(20, "Admin", "staff", "")}, standard, busy=True, told="camera")

    assert found.profile == "camera"
    assert not found.sure
    assert found.why == "a camera is seen there, and VLAN 20 is for staff"


def unread(name: str) -> Neighbour:
    return Neighbour(port="23", protocol="lldp", name=name, remote_port="1", capabilities=("bridge",))


def _towards(
    mode: Literal["access", "trunk"], *, tagged: tuple[int, ...] | None = None, vid: int | None = None
) -> Port:
    return Port(name="23", enabled=True, up=True, mode=mode, native=1, tagged=tagged, access=vid)


@pytest.mark.parametrize(
    ("port", "roles"),
    [
        (_towards("trunk", tagged=(10,)), {"management", "pupil"}),
        (_towards("trunk"), {"management", "camera"}),
        (_towards("access", vid=20), {"management", "staff"}),
        (_towards("access", vid=1), {"management"}),
    ],
    ids=["tagged", "all of them: what hosts are in", "an access port", "an access port of VLAN 1"],
)
def test_a_switch_that_nobody_read_stays_behind_a_trunk_of_what_it_has_a_use_for_and_is_asked_about(
    messy: Survey, standard: Standard, trust: sites.Site, port: Port, roles: set[str]
) -> None:
    core = messy.devices[0]
    more = core.model_copy(
        update={
            "neighbours": (*(core.neighbours or ()), unread("hall-switch")),
            "ports": (*(core.ports or ()), port),
            "macs": (*(core.macs or ()), Mac(mac="de:00:00:00:00:60", port="23", vid=60)),
        }
    )
    changed = messy.model_copy(update={"devices": (more, *messy.devices[1:])})
    made = adoption(changed, standard, trust.snapshot.records, Choices(school="thornfield"))
    asked = made.choices.of("core 23", "profile")
    given = next(
        one for one in build.school(made.records, standard, "thornfield").by_name["core-1"].ports if one.name == "23"
    )

    assert asked is not None
    assert "hall-switch is behind it" in asked.why
    assert (given.profile_name, {one.role for one in given.allowed}) == ("downlink", roles)


def test_a_switch_matric_writes_nothing_for_is_replaced_and_its_serial_asked_for(
    messy: Survey, standard: Standard, trust: sites.Site
) -> None:
    old = Device(name="hall", platform="comware", vendor="HPE", model="1920S", serial="OLD1", neighbours=(
        Neighbour(port="GigabitEthernet1/0/24", protocol="lldp", name="core", remote_port="23"),),
        ports=(Port(name="GigabitEthernet1/0/1", enabled=True, up=True, mode="access", access=10),
               Port(name="GigabitEthernet1/0/24", enabled=True, up=True, mode="trunk", tagged=(10,))))  # fmt: skip
    changed = messy.model_copy(update={"devices": (*messy.devices, old)})
    made = adoption(changed, standard, trust.snapshot.records, Choices(school="thornfield"))
    model, serial = made.choices.of("hall", "model"), made.choices.of("hall", "serial")

    assert model is not None
    assert model.value in HARDWARE
    assert serial is not None
    assert serial.needs
    assert [one.code for one in made.problems] == ["DEV-SERIAL"]


@pytest.mark.parametrize(
    ("told", "model"),
    [
        ("JL255A Aruba 2930F-24G-PoE+-4SFP+ Switch", "2930F-24G-PoE+ (JL255A)"), ("c9200l-24p-4x", "C9200L-24P-4X"),
        ("C9200L-24P-4X-E", "C9200L-24P-4X"), ("ex2300-24p", "EX2300-24P"), ("WS-C2960X-48TS-L", None), ("", None),
    ],
)  # fmt: skip
def test_a_model_is_known_by_its_name_its_part_number_or_the_start_of_either(told: str, model: str | None) -> None:
    found = hardware(told)

    assert (found.model if found else None) == model


@given(st.text(max_size=300))
def test_a_cleaned_description_is_one_that_every_platform_takes(text: str) -> None:
    found = clean(text, 64)

    assert len(found) <= 64
    assert found.isascii()
    assert found == found.strip()
    assert not set(found) & set('"?|\\^`\n\r\t')
    assert not found.startswith("!")


# Address blocks.


def _net(start: int, length: int) -> IPv4Network:
    return IPv4Network((start << 8, length), strict=False)


NETS = st.builds(_net, st.integers(min_value=0x0A3000, max_value=0x0A3FFF), st.integers(min_value=16, max_value=30))


@settings(max_examples=30, deadline=None)
@given(st.lists(NETS, max_size=8), st.lists(NETS, max_size=3), st.integers(min_value=16, max_value=20))
def test_a_block_collides_with_nothing_that_anybody_has_or_that_the_school_uses(
    standard: Standard, held: list[IPv4Network], own: list[IPv4Network], size: int
) -> None:
    rows = tuple(
        record.PrefixRow(id=number, prefix=str(one), status="active") for number, one in enumerate(held, start=1)
    )
    device = Device(
        name="core", addresses=tuple(Address(interface="vlan1", address=f"{one[1]}/{one.prefixlen}") for one in own)
    )
    survey = Survey(school="thornfield", taken_at="", how="folder", devices=(device,))

    try:
        found = free(standard, Records(prefixes=rows), survey, size)
    except UsageError:
        return  # nothing left: the next assertion would have nothing to hold

    assert found.prefixlen == size
    assert found.subnet_of(standard.addresses.block)
    assert not [one for one in (*held, *own, *standard.addresses.schools.values()) if one.overlaps(found)]
    assert list(taken(standard, Records(prefixes=rows), survey))


def test_an_access_points_release_is_no_part_of_its_model(messy: Survey, standard: Standard, trust: sites.Site) -> None:
    says = "Ruckus R510 Multimedia Hotzone Wireless AP/SW Version: 200.12"
    devices = tuple(
        one.model_copy(
            update={
                "neighbours": tuple(
                    near.model_copy(update={"platform": says}) if near.name == "AP-Hall" else near
                    for near in one.neighbours or ()
                )
            }
        )
        for one in messy.devices
    )
    survey = messy.model_copy(update={"devices": devices})

    made = adoption(survey, standard, trust.snapshot.records, Choices(school="thornfield"))

    assert "Ruckus R510 Multimedia Hotzone Wireless AP" in {one.model for one in made.records.device_types}
