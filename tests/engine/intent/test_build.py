"""A school is what its rows and the standard say together."""

from ipaddress import IPv4Address, IPv4Interface, IPv4Network

import pytest

from matric.errors import BadInput
from matric.intent import build
from matric.intent.record import Records
from matric.intent.school import Device, School
from matric.intent.standard import Standard


@pytest.fixture(scope="module")
def oakfield(trust: Records, standard: Standard) -> School:
    return build.school(trust, standard, "oakfield")


@pytest.fixture(scope="module")
def fernhill(trust: Records, standard: Standard) -> School:
    return build.school(trust, standard, "fernhill")


def test_the_core_sends_what_it_does_not_know_to_the_router_and_the_switches_to_the_core(oakfield: School) -> None:
    core, switch = oakfield.by_name["core-1"], oakfield.by_name["sw-04"]

    assert core.management == IPv4Interface("10.48.64.1/24")
    assert core.management_gateway == IPv4Address("10.48.67.2")
    assert switch.management_gateway == IPv4Address("10.48.64.1")


def test_the_core_holds_the_gateway_of_every_network_that_has_a_zone(oakfield: School) -> None:
    gateways = {svi.network.role: svi.address.ip for svi in oakfield.by_name["core-1"].svis}

    wanted = {network.role: network.gateway for network in oakfield.networks if network.zone is not None}
    assert gateways == wanted
    assert len(wanted) == 12


def test_a_switch_has_the_vlans_of_its_own_ports_and_of_the_switches_behind_it(oakfield: School) -> None:
    near, far = oakfield.by_name["sw-03"], oakfield.by_name["sw-04"]

    assert {vlan.role for vlan in far.vlans} < {vlan.role for vlan in near.vlans}
    assert "printer" not in {vlan.role for vlan in far.vlans}


def test_a_staff_port_has_a_data_and_a_voice_vlan(oakfield: School) -> None:
    port = next(port for port in oakfield.by_name["sw-02"].ports if port.profile_name == "staff")

    assert port.access is not None
    assert port.voice is not None
    assert (port.access.vid, port.voice.vid) == (10, 30)
    assert port.native is None
    assert port.allowed == ()


def test_an_unused_port_is_shut_and_parked(oakfield: School) -> None:
    unused = [port for port in oakfield.by_name["sw-01"].ports if port.profile_name == "unused"]

    assert unused
    assert all(not port.enabled and port.access is not None and port.access.role == "parking" for port in unused)


@pytest.mark.parametrize(("name", "lag"), [("sw-01", "Port-Channel1"), ("sw-02", "Port-channel1")])
def test_a_lag_carries_the_trunk_and_its_members_carry_nothing(oakfield: School, name: str, lag: str) -> None:
    device = oakfield.by_name[name]
    members = [port for port in device.ports if port.lag == lag]

    found = device.lags[0]
    assert (found.name, found.number, len(found.members)) == (lag, 1, 2)
    assert found.native is not None
    assert found.native.role == "native"
    assert {network.role for network in found.allowed} >= {"management", "wireless"}
    assert found.peer is not None
    assert found.peer.device == "core-1"
    assert all(port.native is None and port.allowed == () for port in members)


def test_the_peer_of_a_port_is_the_other_end_of_its_cable(fernhill: School, oakfield: School) -> None:
    for school in (fernhill, oakfield):
        for device in school.devices:
            for port in (port for port in device.ports if port.peer is not None):
                assert port.peer is not None
                far = school.by_name[port.peer.device]
                back = next(one for one in far.ports if one.name == port.peer.port).peer
                assert back is not None
                assert (back.device, back.port) == (device.name, port.name)


def test_devices_of_one_name_in_two_schools_are_two_devices(fernhill: School, oakfield: School) -> None:
    one, two = fernhill.by_name["sw-01"], oakfield.by_name["sw-01"]

    assert one.key == "fernhill/sw-01"
    assert two.key == "oakfield/sw-01"
    assert one.id != two.id
    assert one.serial != two.serial


def test_matric_writes_switches_and_controllers_of_both_platforms_and_nothing_else(
    fernhill: School, oakfield: School
) -> None:
    for school, count in ((fernhill, 13), (oakfield, 6)):
        assert len(school.configured) == count
        assert {device.platform for device in school.configured} == {"eos", "ios"}
        assert {device.role for device in school.devices} - {device.role for device in school.configured} == {
            "access-point",
            "router",
        }


def test_the_router_link_is_where_the_engineers_path_enters(oakfield: School) -> None:
    assert oakfield.entry == "core-1"
    port = next(port for port in oakfield.by_name["core-1"].ports if port.profile_name == "router")

    assert port.address == IPv4Interface("10.48.67.1/30")
    assert port.peer is not None
    assert port.peer.device_role == "router"


def test_ssids_land_on_the_network_of_their_profile(oakfield: School) -> None:
    assert [(wlan.ssid, wlan.network.role) for wlan in oakfield.wlans] == [
        ("FLT-Staff", "staff"),
        ("FLT-Pupil", "pupil"),
        ("FLT-BYOD", "byod"),
        ("FLT-Guest", "guest"),
        ("FLT-Things", "building"),
    ]


def test_a_prefix_from_before_the_trust_is_legacy_and_no_network(oakfield: School, fernhill: School) -> None:
    old = IPv4Network("192.168.10.0/24")

    assert oakfield.legacy == (old,)
    assert all(network.prefix != old for network in oakfield.networks)
    assert all(prefix != old for _, prefix in fernhill.foreign), "it lies in a VRF of its own"
    assert ("oakfield", IPv4Network("10.48.64.0/18")) in fernhill.foreign


def test_access_points_keep_where_they_hang(fernhill: School) -> None:
    hung = [device.custom["ap_location"] for device in fernhill.devices if device.role == "access-point"]

    assert len(hung) == 40
    assert hung.count("outdoor") == 3


def test_devices_are_in_natural_order(fernhill: School) -> None:
    switches = [device.name for device in fernhill.devices if device.name.startswith("sw-")]

    assert switches == [f"sw-{number:02d}" for number in range(1, 12)]


def test_the_order_of_the_rows_does_not_matter(trust: Records, standard: Standard, oakfield: School) -> None:
    shuffled = Records(**{name: tuple(reversed(rows)) for name, rows in trust.tables()})  # type: ignore[arg-type]

    again = build.school(shuffled, standard, "oakfield")

    assert again.devices == oakfield.devices
    assert again.networks == oakfield.networks


def test_a_prefix_that_is_not_live_is_no_network_of_the_school(trust: Records, standard: Standard) -> None:
    retired = tuple(
        row.model_copy(update={"status": "deprecated"}) if row.prefix == "10.48.66.0/24" else row
        for row in trust.prefixes
    )

    with pytest.raises(BadInput, match=r"IP-NOT-IN-PFX core-1/Vlan15"):
        build.school(trust.model_copy(update={"prefixes": retired}), standard, "oakfield")


def test_all_schools_are_built_together_or_none(trust: Records, standard: Standard) -> None:
    built = build.schools(trust, standard)

    assert [school.slug for school in built] == ["fernhill", "oakfield"]
    nameless = tuple(row.model_copy(update={"name": None}) if row.role == "access" else row for row in trust.devices)
    with pytest.raises(BadInput) as refused:
        build.schools(trust.model_copy(update={"devices": nameless}), standard)
    assert len([problem for problem in refused.value.problems if problem.code == "DEV-NAME-NONE"]) == 15


def test_a_filtering_policy_is_what_netbox_says_and_never_the_standards_own(trust: Records, standard: Standard) -> None:
    emptied = tuple(
        row.model_copy(update={"custom_fields": {"filter_policy": ""}}) if row.vid == 40 else row for row in trust.vlans
    )

    school = build.school(trust.model_copy(update={"vlans": emptied}), standard, "oakfield")

    guest = next(network for network in school.networks if network.role == "guest")
    assert guest.filter_policy is None
    assert standard.networks["guest"].filter_policy == "guest"


def test_a_vlan_of_the_schools_own_is_treated_as_the_zone_it_names(trust: Records, standard: Standard) -> None:
    def named(zone: str) -> Records:
        own = {"role": "nursery", "custom_fields": {"zone": zone}}
        rows = tuple(row.model_copy(update=own) if row.role == "till" else row for row in trust.vlans)
        return trust.model_copy(update={"vlans": rows})

    school = build.school(named("guest"), standard, "oakfield")
    assert [network.zone for network in school.networks if network.role == "nursery"] == ["guest"]
    with pytest.raises(BadInput, match="the standard has no such zone") as refused:
        build.school(named("gest"), standard, "oakfield")
    assert [problem.code for problem in refused.value.problems] == ["VLAN-ZONE"]


def test_a_device_is_one_value(oakfield: School) -> None:
    device = oakfield.by_name["sw-01"]

    assert isinstance(device, Device)
    assert hash(device) == hash(oakfield.by_name["sw-01"])
