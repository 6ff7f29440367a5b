"""Laws of the edge: no address is lost or counted twice, and what stays as it is, stays."""

from hypothesis import given, settings
from hypothesis import strategies as st

from matric import site
from matric.survey.endpoint import fate
from matric.survey.endpoint.census import census
from matric.survey.endpoint.kept import Kept
from matric.survey.model import Arp, Device, Lease, Mac, Neighbour, Port, Power, Survey
from tests import estate
from tests.engine.survey.school_of_endpoints import (
    TAKEN,
    answering,
    as_wanted,
    census_macs,
    edge_ports,
    hung,
    survey,
)

OAKFIELD = site.load(estate.standing()).school("oakfield")

MACS = st.sampled_from([f"{first}:00:00:0{last}" for first in ("00:0b:d6", "02:aa:bb", "01:00:5e") for last in "123"])
NAMES = ("a", "b", "c")
PORTS = ("Gi1/0/1", "GigabitEthernet1/0/2", "Gi1/0/24")
ENDS = st.sampled_from(PORTS)
VIDS = st.sampled_from([None, 1, 10])


@st.composite
def neighbours(draw: st.DrawFn) -> Neighbour:
    return Neighbour(
        port=draw(ENDS),
        protocol=draw(st.sampled_from(["lldp", "cdp"])),
        name=draw(st.sampled_from(["", "a", "b.school.local", "cam-1", "SEP000000000001"])),
        remote_port=draw(st.sampled_from(["", *PORTS])),
        capabilities=draw(st.sampled_from([(), ("bridge",), ("bridge", "telephone"), ("wlan-access-point",)])),
        mac=draw(st.one_of(st.just(""), MACS)),
    )


@st.composite
def devices(draw: st.DrawFn, name: str) -> Device:
    rows = st.lists(st.builds(Mac, mac=MACS, port=ENDS, vid=VIDS), max_size=5).map(tuple)
    return Device(
        name=name,
        mac=draw(st.one_of(st.just(""), MACS)),
        ports=draw(st.one_of(st.none(), st.just(tuple(Port(name=one, up=True) for one in PORTS)))),
        macs=draw(st.one_of(st.none(), rows)),
        neighbours=draw(st.one_of(st.none(), st.lists(neighbours(), max_size=3).map(tuple))),
        arps=draw(st.lists(st.builds(Arp, ip=st.just("10.1.1.7"), mac=MACS), max_size=2).map(tuple)),
        power=draw(
            st.lists(st.builds(Power, port=ENDS, watts=st.sampled_from([None, 0.0, 6.5])), max_size=2).map(tuple)
        ),
    )


@st.composite
def surveys(draw: st.DrawFn) -> Survey:
    return Survey(
        school="oakfield",
        taken_at=TAKEN,
        how="folder",
        devices=tuple(draw(devices(name)) for name in NAMES),
        leases=draw(st.lists(st.builds(Lease, ip=st.just("10.1.1.9"), mac=MACS), max_size=2).map(tuple)),
    )


@given(surveys())
@settings(max_examples=150)
def test_every_address_of_a_survey_is_an_endpoint_or_the_network_s_own_and_is_so_once(found: Survey) -> None:
    told = census(found)

    macs = [one.mac for one in told.endpoints if one.mac] + [one.mac for one in told.own]
    keys = [one.key for one in told.endpoints]

    assert sorted(macs) == sorted(census_macs(found))
    assert len(keys) == len({*keys})


@given(surveys())
@settings(max_examples=50)
def test_no_neighbour_at_the_edge_is_lost(found: Survey) -> None:
    told = census(found)

    announced = {
        one.name or one.mac
        for device in found.devices
        for one in device.neighbours or ()
        if "bridge" not in one.capabilities or "telephone" in one.capabilities
        if one.name not in {"a", "b.school.local"} and one.mac not in {other.mac for other in found.devices}
    }
    own = {one.mac for one in told.own}
    known = {name for one in told.endpoints for name in (one.host, one.key, one.mac)} | own

    assert {one for one in announced if one} <= known


@given(st.data())
@settings(max_examples=60)
def test_an_endpoint_whose_port_is_what_is_intended_for_it_stays(data: st.DataObject) -> None:
    device, port = data.draw(st.sampled_from(edge_ports(OAKFIELD)))
    maker = data.draw(st.sampled_from(["00:0b:d6", "a0:8c:fd", "b8:27:eb", "00:90:e8", "02:00:00"]))
    assert port.access is not None
    mac, prefix = f"{maker}:00:00:07", port.access.prefix
    watts = data.draw(st.sampled_from([None, 4.5])) if port.profile.poe != "off" else None
    kit = {one.name: as_wanted(OAKFIELD, one) for one in OAKFIELD.configured}
    kit[device.name] = hung(kit[device.name], port.name, mac, port.access.vid, watts=watts)
    if prefix is not None:
        core = next(one.name for one in OAKFIELD.configured if one.svis)
        kit[core] = answering(kit[core], mac, prefix)
    seen = survey(*kit.values())

    (one,) = fate.fated(census(seen), seen, OAKFIELD, Kept())

    assert (one.endpoint.place.device, one.endpoint.place.port) == (device.name, port.name)
    assert (one.fate.word, [change for change in one.fate.changes if change.weight != "stays"]) == ("stays", [])
    assert not one.owed


def test_two_switches_of_one_name_are_told_apart_by_the_port_that_each_hears() -> None:
    def hears(port: str, other: str, remote: str) -> Neighbour:
        return Neighbour(port=port, protocol="lldp", name=other, remote_port=remote, capabilities=("bridge",))

    core = Device(
        name="Switch1",
        neighbours=(hears("Gi1/0/46", "HP-2920", "24"), hears("Gi1/0/47", "HP-2920", "24")),
        macs=(Mac(mac="00:0b:d6:00:00:01", port="Gi1/0/46"), Mac(mac="00:0b:d6:00:00:02", port="Gi1/0/47")),
    )
    read = Device(
        name="HP-2920 (192.168.1.21)",
        neighbours=(hears("24", "Switch1", "GigabitEthernet1/0/47"),),
        macs=(Mac(mac="00:0b:d6:00:00:02", port="8"),),
    )
    unread = Device(name="HP-2920 (192.168.1.22)", neighbours=(hears("24", "Switch1", "Gi1/0/46"),))

    told = {one.mac: one.place for one in census(survey(core, read, unread)).endpoints}

    there, hidden = told["00:0b:d6:00:00:02"], told["00:0b:d6:00:00:01"]
    assert (there.how, there.device, there.port) == ("port", "HP-2920 (192.168.1.21)", "8")
    assert (hidden.how, hidden.behind) == ("behind", "HP-2920 (192.168.1.22), whose table of addresses was not seen")


def test_where_a_switch_stands_is_one_line_of_its_configuration_and_nothing_below() -> None:
    device = Device(
        name="sw",
        configuration="snmp-server location Comms cupboard\nusername admin password 0 not-for-anybody\n",
        macs=(Mac(mac="00:0b:d6:00:00:01", port="1"),),
    )

    (one,) = census(survey(device)).endpoints

    assert one.room == "wired from Comms cupboard"
