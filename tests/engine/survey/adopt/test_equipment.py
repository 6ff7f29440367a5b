"""Fixed equipment at the edge, its MAC addresses and its new addresses, as NetBox is to record them."""

from datetime import UTC, datetime
from typing import Any

import pytest

from matric import site as sites
from matric.intent import build
from matric.intent.record import DeviceRow, IpAddressRow
from matric.intent.school import EDGE
from matric.intent.standard import Standard
from matric.platform.base import Facts, Look
from matric.platform.base import Neighbour as Heard
from matric.policy.subject import Subject
from matric.survey.adopt import Adoption, Choices, adoption
from matric.survey.adopt.equipment import fresh_name
from matric.survey.endpoint.kind import kinds
from matric.survey.model import Arp, Lease, Mac, Neighbour, Port, Survey

CAMERA, TWIN, TILL, LAPTOP = "c0:56:e3:00:00:01", "c0:56:e3:00:00:02", "00:0d:fa:00:00:03", "a4:bb:6d:00:00:04"


def camera(at: str, mac: str) -> Neighbour:
    return Neighbour(port=at, protocol="lldp", name="DS-2CD2143G2", platform="HIKVISION IPCamera V5.7.1",
                     capabilities=("station",), mac=mac)  # fmt: skip


def port(name: str, vid: int, description: str = "") -> Port:
    return Port(name=name, enabled=True, up=True, mode="access", access=vid, description=description)


@pytest.fixture(scope="module")
def busy(messy: Survey) -> Survey:
    """The same school, with two cameras of one name, a till and somebody's laptop on its core."""
    core = messy.devices[0]
    more = {
        "ports": (*(core.ports or ()), port("9", 60), port("10", 60), port("11", 1, "canteen till"), port("12", 10)),
        "neighbours": (*(core.neighbours or ()), camera("9", CAMERA), camera("10", TWIN)),
        "macs": (*(core.macs or ()), *(Mac(mac=mac, port=at, vid=60) for at, mac in (("9", CAMERA), ("10", TWIN))),
                 Mac(mac=TILL, port="11", vid=1), Mac(mac=LAPTOP, port="12", vid=10)),
        "arps": (*(core.arps or ()), Arp(ip="192.168.1.70", mac=TILL)),
        "leases": (Lease(ip="10.0.10.9", mac=LAPTOP, hostname="laptop-7"),),
    }  # fmt: skip
    return messy.model_copy(update={"devices": (core.model_copy(update=more), *messy.devices[1:])})


@pytest.fixture(scope="module")
def filled(busy: Survey, standard: Standard, trust: sites.Site, nothing: Choices) -> Adoption:
    return adoption(busy, standard, trust.snapshot.records, nothing)


def hanging(made: Adoption) -> dict[str, DeviceRow]:
    return {row.name or "": row for row in made.school_rows.devices if row.role in EDGE}


def test_every_role_of_equipment_is_a_kind_of_the_census() -> None:
    assert kinds().keys() >= EDGE
    assert not EDGE & {"computer", "virtual", "single-board", "network", "unknown", "access-point"}


def test_what_the_census_names_is_a_device_and_what_people_carry_about_is_none(filled: Adoption) -> None:
    found = {name: row.role for name, row in hanging(filled).items()}

    assert (
        found.items() >= {"DS-2CD2143G2": "camera", "DS-2CD2143G2-2": "camera", "Micro-Control-000003": "till"}.items()
    )
    assert "laptop-7" not in {row.name for row in filled.school_rows.devices}
    assert filled.problems == ()


def test_its_type_is_what_it_says_it_is_without_its_release_else_maker_and_kind(filled: Adoption) -> None:
    types = {row.id: (row.manufacturer, row.model) for row in filled.school_rows.device_types}
    rows = hanging(filled)

    assert types[rows["DS-2CD2143G2"].device_type_id][1] == "HIKVISION IPCamera"
    till = types[rows["Micro-Control-000003"].device_type_id]
    assert till == ("Micro Control Systems", "Micro Control Systems till or card terminal")


def test_it_is_cabled_to_its_port_and_its_mac_address_is_at_its_interface(filled: Adoption) -> None:
    rows = filled.school_rows
    ports = {row.id: row for row in rows.interfaces}
    names = {row.id: row.name for row in rows.devices}
    far = {
        (names[ports[b.object_id].device_id], ports[a.object_id].name): filled.macs.get(b.object_id)
        for cable in rows.cables for a, b in zip(cable.a, cable.b, strict=True)
    }  # fmt: skip

    assert far["DS-2CD2143G2", "9"] == CAMERA
    assert far["DS-2CD2143G2-2", "10"] == TWIN
    assert far["Micro-Control-000003", "11"] == TILL


def test_a_switchs_own_address_is_at_the_interface_it_is_managed_by(filled: Adoption) -> None:
    rows = filled.school_rows
    ports = {row.id: row.name for row in rows.interfaces}
    core = next(row for row in rows.devices if row.name == "core-1")
    own = {ports[key]: mac for key, mac in filled.macs.items()
           if any(row.id == key and row.device_id == core.id for row in rows.interfaces)}  # fmt: skip

    assert own == {"vlan99": "aa:00:00:00:00:01"}


def test_what_has_no_lease_gets_an_address_in_the_network_of_its_port_by_choice(
    filled: Adoption, busy: Survey, standard: Standard, trust: sites.Site
) -> None:
    asked = filled.choices.of("address 192.168.1.70", "address")
    assert asked is not None
    row = hanging(filled)["Micro-Control-000003"]
    address = next(one for one in filled.school_rows.ip_addresses if one.id == row.primary_ip4_id)
    till = next(one for one in filled.school_rows.prefixes if one.role == "till" and one.status == "active")

    assert asked.there == "an address of till"
    assert address.address.partition("/")[0] == asked.value
    assert address.address.rpartition(".")[0] == till.prefix.rpartition(".")[0]

    other = asked.model_copy(update={"decide": "impose", "value": asked.value.rpartition(".")[0] + ".9"})
    again = adoption(busy, standard, trust.snapshot.records, Choices(school="thornfield", choices=(other,)))
    assert other.value in {one.address.partition("/")[0] for one in again.school_rows.ip_addresses}


def test_an_address_that_somebody_has_is_offered_to_nobody_else(
    filled: Adoption, busy: Survey, standard: Standard, trust: sites.Site
) -> None:
    asked = filled.choices.of("address 192.168.1.70", "address")
    assert asked is not None
    held = trust.snapshot.records
    typed = IpAddressRow(id=9000, address=f"{asked.value}/24", status="active", description="somebody's")
    elsewhere = IpAddressRow(id=9001, address="10.48.1.9/24", status="reserved", description="till had 192.168.1.70")
    records = held.model_copy(update={"ip_addresses": (*held.ip_addresses, typed, elsewhere)})

    other = adoption(busy, standard, records, Choices(school="thornfield")).choices.of(*asked.key)
    said = Choices(
        school="thornfield", choices=(asked.model_copy(update={"thing": "address 10.0.0.9", "decide": "impose"}),)
    )
    third = adoption(busy, standard, held, said).choices.of(*asked.key)

    assert other is not None
    assert third is not None
    assert asked.value not in (other.value, third.value)
    assert other.value != "10.48.1.9", "another school's till had the same address"


def test_the_school_is_built_without_it_and_its_port_knows_what_hangs_there(
    filled: Adoption, standard: Standard
) -> None:
    school = build.school(filled.records, standard, "thornfield")
    peers = {one.name: one.peer.device for one in school.by_name["core-1"].ports if one.peer is not None}

    assert not {one.role for one in school.devices} & EDGE
    assert (peers["9"], peers["10"]) == ("DS-2CD2143G2", "DS-2CD2143G2-2")


def test_worked_out_again_nothing_is_there_twice(
    filled: Adoption, busy: Survey, standard: Standard, nothing: Choices
) -> None:
    again = adoption(busy, standard, filled.records, nothing)

    assert again.records == filled.records
    assert again.macs == filled.macs


def renamed(made: Adoption, old: str, new: str) -> Any:
    rows = tuple(
        row.model_copy(update={"name": new, "role": "recorder"}) if row.name == old else row
        for row in made.records.devices
    )
    return made.records.model_copy(update={"devices": rows})


def test_what_somebody_recorded_at_the_port_keeps_its_name_and_its_role(
    filled: Adoption, busy: Survey, standard: Standard, nothing: Choices
) -> None:
    held = renamed(filled, "DS-2CD2143G2", "Front gate")

    again = adoption(busy, standard, held, nothing)

    assert again.records == held
    assert again.macs == filled.macs
    assert not [one for one in again.choices.choices if one.field.startswith("netbox ")]


def test_what_netbox_has_a_cable_for_elsewhere_is_not_cabled_twice(
    filled: Adoption, busy: Survey, standard: Standard, nothing: Choices
) -> None:
    core = busy.devices[0]
    moved = core.model_copy(
        update={
            "macs": tuple(one.model_copy(update={"port": "8"}) if one.mac == TILL else one for one in core.macs or ()),
            "ports": tuple(
                one.model_copy(update={"up": one.name == "8", "description": "canteen till"})
                if one.name in ("8", "11")
                else one
                for one in core.ports or ()
            ),
        }
    )
    again = adoption(busy.model_copy(update={"devices": (moved, *busy.devices[1:])}), standard, filled.records, nothing)

    assert again.records.cables == filled.records.cables
    assert again.problems == ()


@pytest.mark.parametrize(
    ("decide", "value", "recorded"),
    [("adopt", "board", "board"), ("impose", "", None), ("adopt", "projector", "projector"), (None, "board", "board")],
)
def test_what_has_weak_signs_is_recorded_as_somebody_says(  # noqa: PLR0917 - fixtures
    decide: str | None, value: str, recorded: str | None,
    messy: Survey, standard: Standard, trust: sites.Site, nothing: Choices,
) -> None:  # fmt: skip
    core = messy.devices[0]
    more = {"ports": (*(core.ports or ()), port("9", 10, "Y1 board")),
            "macs": (*(core.macs or ()), Mac(mac="00:1e:c0:00:00:09", port="9", vid=10))}  # fmt: skip
    survey = messy.model_copy(update={"devices": (core.model_copy(update=more), *messy.devices[1:])})
    asked = adoption(survey, standard, trust.snapshot.records, nothing).choices.of("core 9", "device")
    assert asked is not None
    said = asked.model_copy(update={"decide": decide, "value": value})

    made = adoption(survey, standard, trust.snapshot.records, Choices(school="thornfield", choices=(said,)))

    assert not (decide and said.open)
    found = {row.name: row.role for row in made.school_rows.devices}
    assert found.get("Microchip-Technology-000009") == recorded


def test_of_three_that_have_one_name_each_gets_its_own() -> None:
    assert [fresh_name("cam", ()), fresh_name("cam", ["CAM"]), fresh_name("cam", ["cam", "cam-2"])] == [
        "cam", "cam-2", "cam-3",
    ]  # fmt: skip


def test_an_access_point_and_the_router_are_asked_for_their_serial_numbers_once(
    made: Adoption, messy: Survey, standard: Standard, trust: sites.Site, nothing: Choices
) -> None:
    asked = [made.choices.of("core 7", "serial"), made.choices.of("rtr-1", "serial")]
    assert all(one is not None and one.propose == "adopt" and not one.needs for one in asked)
    given = tuple(
        one.model_copy(update={"decide": "adopt", "value": f"SN-{number}"})
        for number, one in enumerate(asked) if one is not None
    )  # fmt: skip

    again = adoption(messy, standard, trust.snapshot.records, Choices(school="thornfield", choices=given))
    serials = {row.name: row.serial for row in again.school_rows.devices}
    third = adoption(messy, standard, again.records, nothing)

    assert (serials["AP-Hall"], serials["rtr-1"]) == ("SN-0", "SN-1")
    assert third.choices.of("core 7", "serial") is None
    assert third.choices.of("rtr-1", "serial") is None
    assert third.records == again.records


def test_an_outdoor_access_point_stays_one_though_its_switch_gets_another_name(
    made: Adoption, messy: Survey, standard: Standard, trust: sites.Site
) -> None:
    asked = made.choices.of("core 7", "ap_location")
    assert asked is not None
    said = asked.model_copy(update={"decide": "adopt", "value": "outdoor"})

    again = adoption(messy, standard, trust.snapshot.records, Choices(school="thornfield", choices=(said,)))

    assert next(row for row in again.school_rows.devices if row.name == "AP-Hall").custom_fields == {
        "ap_location": "outdoor"
    }


@pytest.mark.parametrize(("name", "recorded"), [("AP-Gym", True), ("", False)], ids=["heard", "silent"])
def test_an_access_point_with_good_signs_is_recorded_where_a_switch_hears_it(
    name: str, messy: Survey, standard: Standard, trust: sites.Site, nothing: Choices, *, recorded: bool
) -> None:
    core, mac = messy.devices[0], "f8:e7:1e:00:00:05"
    told = Neighbour(port="9", protocol="lldp", name=name, remote_port="eth0", mac=mac, serial="GYM-5")
    heard = (told,) if name else ()
    more = {"ports": (*(core.ports or ()), port("9", 1, "AP gym")), "neighbours": (*(core.neighbours or ()), *heard),
            "macs": (*(core.macs or ()), Mac(mac=mac, port="9", vid=1))}  # fmt: skip
    survey = messy.model_copy(update={"devices": (core.model_copy(update=more), *messy.devices[1:])})

    made = adoption(survey, standard, trust.snapshot.records, nothing)

    points = {row.name for row in made.school_rows.devices if row.role == "access-point"}
    assert points == {"AP-Hall", "AP-Gym"} if recorded else {"AP-Hall"}
    assert (mac in made.macs.values()) is recorded
    assert ("GYM-5" in {row.serial for row in made.school_rows.devices}) is recorded
    assert made.choices.of("core 9", "serial") is None, "it was heard"


@pytest.mark.parametrize(
    ("hears", "found"),
    [("DS-2CD2143G2", False), ("anything else", False), ("sw-01", True)],
    ids=["the name of its model", "a name of its own", "a switch"],
)
def test_equipment_may_call_itself_what_it_likes_but_no_switch_may_be_in_its_place(
    hears: str, filled: Adoption, standard: Standard, trust: sites.Site, *, found: bool
) -> None:
    school = build.school(filled.records, standard, "thornfield")
    core = school.by_name["core-1"]
    neighbours = tuple(
        Heard(one.name, hears if one.name == "10" else one.peer.device, one.peer.port)
        for one in core.ports if one.peer is not None
    )  # fmt: skip
    look = Look(Facts("core-1", core.model, core.serial, "16.11", 60.0), "", "", neighbours=neighbours)
    (rule,) = (one for one in trust.rules if one.id == "CUT-08")

    result = rule.judge(Subject(school, datetime.now(UTC), looks={core.key: look}))

    assert ("thornfield/core-1 10" in {one.object for one in result.findings}) is found


@pytest.mark.parametrize(
    ("serials", "kept"),
    [
        (("7", "7"), ["", ""]),
        (("SN-7", "SN-7"), ["", ""]),
        (("00000000", "N/A"), ["", ""]),
        (("C-1", "C-2"), ["C-1", "C-2"]),
    ],
    ids=["one digit", "one number for both", "filled in by the maker", "each its own"],
)
def test_a_number_that_is_no_device_s_own_is_no_serial_number_and_the_school_is_the_same_again(  # noqa: PLR0917 - fixtures
    serials: tuple[str, str], kept: list[str], busy: Survey, standard: Standard, trust: sites.Site, nothing: Choices
) -> None:
    core = busy.devices[0]
    told: dict[str, str] = dict(zip((CAMERA, TWIN), serials, strict=True))
    near = tuple(one.model_copy(update={"serial": told.get(one.mac, "")}) for one in core.neighbours or ())
    more = {"devices": (core.model_copy(update={"neighbours": near}), *busy.devices[1:])}
    survey = busy.model_copy(update=more)

    made = adoption(survey, standard, trust.snapshot.records, nothing)
    again = adoption(survey, standard, made.records, nothing)

    assert [hanging(made)[name].serial for name in ("DS-2CD2143G2", "DS-2CD2143G2-2")] == kept
    assert again.records == made.records
