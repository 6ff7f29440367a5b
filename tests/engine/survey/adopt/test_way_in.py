"""What is typed on a joining school's switches so that matric has a way in."""

from pathlib import Path

import pytest

from matric.config import parse
from matric.errors import BadInput
from matric.intent.school import School
from matric.intent.standard import Standard
from matric.platform import get as platform
from matric.render import Renderer
from matric.site import Site
from matric.survey.adopt import Adoption, Choices
from matric.survey.adopt.facts import facts
from matric.survey.model import Address, Device, Survey, Vlan
from matric.survey.way_in import Sheet, ways, write
from matric.switch import reading

MANAGEMENT = 99


@pytest.fixture(scope="session")
def renderer(trust: Site) -> Renderer:
    return Renderer(trust.templates)


@pytest.fixture(scope="session")
def sheets(messy: Survey, standard: Standard, made: Adoption, built: School, renderer: Renderer) -> dict[str, Sheet]:
    """Of the school of the conftest, by the name each switch has today."""
    found, without = ways(facts(messy, standard, made.records, Choices(school="thornfield")), built, renderer)
    assert without == ()
    return {one.seen: one for one in found}


def changed(taken: Survey, name: str, **fields: object) -> Survey:
    devices = tuple(one.model_copy(update=fields) if one.name == name else one for one in taken.devices)
    return taken.model_copy(update={"devices": devices})


def refused(taken: Survey, standard: Standard, made: Adoption, built: School, renderer: Renderer) -> str:
    """What is said where no sheet can be written."""
    with pytest.raises(BadInput) as caught:
        ways(facts(taken, standard, made.records, Choices(school="thornfield")), built, renderer)
    return str(caught.value)


def test_the_core_comes_first_and_then_whatever_is_nearest_to_it(sheets: dict[str, Sheet]) -> None:
    assert next(iter(sheets)) == "core"
    assert set(sheets) == {"core", "SW-A", "ks2", "EX2300-24P"}


def test_every_switch_gets_the_trusts_account_with_its_password_still_a_reference(sheets: dict[str, Sheet]) -> None:
    for one in sheets.values():
        account = [line for line in one.lines if "matric" in line and "secret" in line]
        assert account, one
        assert all("<secret:" in line for line in account)


def test_every_switch_gets_its_new_address_in_the_management_network(sheets: dict[str, Sheet], built: School) -> None:
    for one in sheets.values():
        address = built.by_name[one.device].management
        assert address is not None
        assert any(str(address.ip) in line for line in one.lines)
        assert one.new == str(address.ip)
        assert one.old != one.new


def test_a_trunk_keeps_what_it_carries_and_gets_the_management_network_too(sheets: dict[str, Sheet]) -> None:
    port = "GigabitEthernet1/0/24"
    lines = sheets["ks2"].lines
    added = lines[lines.index(f"interface {port}") + 1]
    today = f"interface {port}\n switchport mode trunk\n switchport trunk allowed vlan 10,20\n"
    found = reading.read("ios", parse(f"{today}{added}\n", platform("ios").rules)).interfaces[port]
    assert found.allowed == frozenset({10, 20, MANAGEMENT})


def test_an_aos_s_switch_tags_the_lag_not_its_members(sheets: dict[str, Sheet]) -> None:
    assert "   tagged Trk1" in sheets["SW-A"].lines
    assert "   tagged 24,28,Trk1" in sheets["core"].lines


def test_a_junos_trunk_gets_the_network_by_name(sheets: dict[str, Sheet]) -> None:
    line = "set interfaces xe-0/1/0 unit 0 family ethernet-switching vlan members Management"
    assert line in sheets["EX2300-24P"].lines


def test_a_port_that_is_no_trunk_yet_becomes_one_that_keeps_its_vlan_untagged(
    messy: Survey, standard: Standard, made: Adoption, built: School, renderer: Renderer
) -> None:
    ks2 = next(one for one in messy.devices if one.name == "ks2")
    uplink = "GigabitEthernet1/0/24"
    access = {"mode": "access", "access": 20, "native": None, "tagged": None}
    ports = tuple(one.model_copy(update=access) if one.name == uplink else one for one in ks2.ports or ())
    taken = changed(messy, "ks2", ports=ports)
    found, _ = ways(facts(taken, standard, made.records, Choices(school="thornfield")), built, renderer)
    sheet = next(one for one in found if one.seen == "ks2")
    port = reading.read("ios", parse("\n".join(sheet.lines), platform("ios").rules)).interfaces[uplink]
    assert (port.mode, port.native, port.allowed) == ("trunk", 20, frozenset({20, MANAGEMENT}))
    assert any("its other end in the same minute" in note for note in sheet.notes)


def test_the_core_answers_for_an_old_router_that_the_trusts_takes_the_port_of(sheets: dict[str, Sheet]) -> None:
    core = sheets["core"]
    assert "   ip address 192.168.1.254 255.255.255.0" in core.lines
    assert any("unplug the school's old router from 27" in note for note in core.notes)


def test_a_number_that_means_something_else_on_a_switch_is_in_the_way(
    messy: Survey, standard: Standard, made: Adoption, built: School, renderer: Renderer
) -> None:
    ks2 = next(one for one in messy.devices if one.name == "ks2")
    ports = tuple(
        one.model_copy(update={"access": MANAGEMENT}) if one.name == "GigabitEthernet1/0/1" else one
        for one in ks2.ports or ()
    )
    taken = changed(messy, "ks2", ports=ports, vlans=(*(ks2.vlans or ()), Vlan(vid=MANAGEMENT, name="Doors")))
    said = refused(taken, standard, made, built, renderer)
    assert "VLAN 99 is Doors today, on GigabitEthernet1/0/1" in said
    assert "ks2" in said or "sw-" in said


def test_two_vlans_of_one_name_are_in_the_way(
    messy: Survey, standard: Standard, made: Adoption, built: School, renderer: Renderer
) -> None:
    taken = changed(messy, "SW-A", vlans=(Vlan(vid=1, name="DEFAULT_VLAN"), Vlan(vid=7, name="MANAGEMENT")))
    assert "VLAN 7 is called MANAGEMENT today" in refused(taken, standard, made, built, renderer)


def test_a_range_of_the_school_that_overlaps_its_new_one_is_in_the_way(
    messy: Survey, standard: Standard, made: Adoption, built: School, renderer: Renderer
) -> None:
    management = next(one.management for one in built.devices if one.management is not None)
    ks2 = next(one for one in messy.devices if one.name == "ks2")
    old = Address(interface="Vlan5", address=f"{management.network[200]}/25", vid=5)
    taken = changed(messy, "ks2", addresses=(*(ks2.addresses or ()), old))
    assert "overlaps" in refused(taken, standard, made, built, renderer)


def test_a_port_towards_the_core_that_nobody_saw_is_in_the_way(
    messy: Survey, standard: Standard, made: Adoption, built: School, renderer: Renderer
) -> None:
    ks2 = next(one for one in messy.devices if one.name == "ks2")
    ports = tuple(
        one.model_copy(update={"mode": "", "tagged": None}) if one.name == "GigabitEthernet1/0/24" else one
        for one in ks2.ports or ()
    )
    said = refused(changed(messy, "ks2", ports=ports), standard, made, built, renderer)
    assert "GigabitEthernet1/0/24 leads to another switch, and what it carries was not seen" in said


def test_what_matric_does_not_write_gets_no_sheet_and_is_named(
    messy: Survey, standard: Standard, made: Adoption, built: School, renderer: Renderer
) -> None:
    icx = Device(name="ICX7150", platform="icx", model="ICX7150-24P", management="192.168.1.9", ports=())
    taken = messy.model_copy(update={"devices": (*messy.devices, icx)})
    found, without = ways(facts(taken, standard, made.records, Choices(school="thornfield")), built, renderer)
    assert "ICX7150" not in {one.seen for one in found}
    assert len(without) == 1
    assert "takes its place" in without[0]


def test_what_nobody_saw_of_a_switch_is_to_be_looked_at_before_anything_is_typed(
    messy: Survey, standard: Standard, made: Adoption, built: School, renderer: Renderer
) -> None:
    taken = changed(messy, "ks2", vlans=None, addresses=None, gateway="")
    found, _ = ways(facts(taken, standard, made.records, Choices(school="thornfield")), built, renderer)
    notes = {one.seen: " ".join(one.notes) for one in found}
    told = notes["ks2"]

    assert "look first that 99 and Management are free" in told
    assert "look first that none overlaps" in told
    assert "take the old one out by hand" in told
    assert "look first" not in notes["SW-A"]


def test_a_switch_that_no_cable_is_known_of_says_so(
    messy: Survey, standard: Standard, made: Adoption, built: School, renderer: Renderer
) -> None:
    taken = changed(messy, "EX2300-24P", macs=())
    found, _ = ways(facts(taken, standard, made.records, Choices(school="thornfield")), built, renderer)
    sheet = found[-1]

    assert sheet.seen == "EX2300-24P"
    assert any("nobody saw which port leads to the core" in note for note in sheet.notes)


def test_a_sheet_is_written_for_each_switch_and_the_order_beside_them(sheets: dict[str, Sheet], tmp_path: Path) -> None:
    paths = write(tmp_path / "way-in", tuple(sheets.values()))
    assert {path.name for path in paths} == {f"{one.device}.txt" for one in sheets.values()} | {"order.md"}
    order = (tmp_path / "way-in" / "order.md").read_text(encoding="utf-8")
    assert "unplug the school's old router from 27" in order
    assert order.index("(core)") < order.index("(ks2)")
