"""What the things in a school's sockets are, by what little they say of themselves."""

import pytest

from matric.survey.endpoint import kind
from matric.survey.endpoint.kind import Source, named, room_in, signs_of
from matric.survey.endpoint.maker import RANDOM, group, maker, random
from matric.survey.endpoint.port_name import Ports, hosts, same_number, short

KINDS: list[tuple[str, dict[Source, str], str, str]] = [
    # address, what else was seen -> kind, confidence
    ("00:0b:d6:00:00:01", {}, "door", "likely"),
    ("00:0b:d6:00:00:01", {"description": "Net2 main door"}, "door", "sure"),
    ("44:19:b6:00:00:01", {}, "camera", "likely"),
    ("44:19:b6:00:00:01", {"name": "NVR-HALL"}, "recorder", "likely"),
    ("3c:ef:8c:00:00:01", {"vlan": "CCTV"}, "camera", "likely"),
    ("00:40:8c:00:00:01", {"system": "AXIS P3245-LVE Network Camera"}, "camera", "sure"),
    ("00:09:18:00:00:01", {}, "camera", "likely"),
    ("00:03:c5:00:00:01", {}, "camera", "likely"),
    ("08:00:0f:00:00:01", {}, "phone", "likely"),
    ("80:5e:c0:00:00:01", {"lldp": "bridge telephone"}, "phone", "sure"),
    ("64:16:7f:00:00:01", {"lldp": "telephone", "description": "Refuge point 2"}, "emergency-phone", "sure"),
    ("80:5e:c0:00:00:01", {"description": "Lift 1"}, "lift", "sure"),
    ("00:90:e8:00:00:01", {}, "serial-gateway", "likely"),
    ("00:80:a3:00:00:01", {"description": "Fire panel"}, "fire", "sure"),
    ("dc:4a:9e:10:00:01", {}, "fire", "likely"),
    ("00:0a:fd:00:00:01", {}, "fire", "likely"),
    ("b8:27:eb:00:00:01", {}, "single-board", "likely"),
    ("00:11:32:00:00:01", {}, "nas", "likely"),
    ("00:c0:b7:00:00:01", {}, "ups", "likely"),
    ("58:b6:33:00:00:01", {"lldp": "wlan-access-point bridge"}, "access-point", "sure"),
    ("00:17:c8:00:00:01", {}, "printer", "likely"),
    ("", {"description": "Till 2 servery"}, "till", "likely"),
    ("", {"description": "Boiler room BMS"}, "boiler", "likely"),
    ("", {"name": "MEDICAL-FRIDGE"}, "medical", "likely"),
    ("a0:8c:fd:00:00:01", {"name": "OAK-LAPTOP-3"}, "computer", "likely"),
    ("02:4d:aa:00:00:01", {}, "unknown", "unknown"),
    ("", {"description": "Socket B14"}, "unknown", "unknown"),
]


@pytest.mark.parametrize(("mac", "seen", "wanted", "sure"), KINDS)
def test_a_thing_is_what_its_signs_say_and_no_surer(mac: str, seen: dict[Source, str], wanted: str, sure: str) -> None:
    what, confidence, _ = named(signs_of({"maker": maker(mac) if mac else "", **seen}))

    assert (what, confidence) == (wanted, sure)


def test_two_kinds_that_the_signs_fit_alike_are_both_named() -> None:
    what, confidence, also = named(signs_of({"maker": "Honeywell International Inc"}))

    assert {what, *also} == {"boiler", "fire", "intruder"}
    assert confidence == "could-be"


def test_each_sign_is_told_with_what_was_seen() -> None:
    (first, *_) = signs_of({"maker": "Paxton Access Ltd", "description": "Front door"})

    assert (first.kind, first.source, first.text) == ("door", "maker", "Paxton Access Ltd")


@pytest.mark.parametrize("word", ["fire", "lift", "intruder", "door", "camera", "boiler", "till", "medical"])
def test_what_people_depend_on_is_critical_and_says_why(word: str) -> None:
    assert kind.critical(word)
    assert kind.kinds()[word].critical


def test_every_sign_and_every_carried_kind_is_of_a_kind_that_there_is() -> None:
    rules = kind._rules()  # pyright: ignore[reportPrivateUsage] - the file's own names
    used = {sign.kind for sign in rules.signs} | {*rules.carries} | {one for of in rules.carries.values() for one in of}

    assert used <= {*kind.kinds()}
    assert {*kind.kinds()} - used == {"unknown"}


def test_networks_that_kinds_belong_in_are_roles_of_the_standard() -> None:
    from matric import site  # noqa: PLC0415 - this test alone
    from tests import estate  # noqa: PLC0415 - ditto

    roles = {*site.load(estate.standing()).standard.networks}

    assert {role for one in kind.kinds().values() for role in one.networks} <= roles


def test_an_address_that_was_made_up_is_called_so() -> None:
    assert (maker("02:4d:aa:00:00:01"), random("02:4d:aa:00:00:01")) == (RANDOM, True)
    assert not random("00:0b:d6:00:00:01")
    assert group("01:80:c2:00:00:0e")
    assert not group("00:0b:d6:00:00:01")


def test_a_maker_with_a_small_block_is_not_called_by_the_registry_s_own_name() -> None:
    assert maker("dc:4a:9e:10:00:01") == "Advanced Electronics Ltd"
    assert "Registration Authority" not in maker("70:b3:d5:00:00:01")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("GigabitEthernet1/0/1", "Gi1/0/1"),
        ("GigabitEthernet1/0/1", "GE1/0/1"),
        ("Ten-GigabitEthernet1/0/1", "XGE1/0/1"),
        ("Bridge-Aggregation1", "BAGG1"),
        ("Port-channel1", "Po1"),
        ("ge-0/0/1", "ge-0/0/1.0"),
        ("Ethernet1", "Et1"),
        ("lag 1", "lag1"),
    ],
)
def test_a_port_is_the_same_however_short_it_is_written(one: str, other: str) -> None:
    assert short(one) == short(other)
    assert Ports([one]).find(other) == one


def test_ports_of_two_kinds_with_one_number_are_not_confused() -> None:
    ports = Ports(["GigabitEthernet1/1/1", "TenGigabitEthernet1/1/1"])

    assert ports.find("Te1/1/1") == "TenGigabitEthernet1/1/1"
    assert ports.known("1/1/1") == ""


@pytest.mark.parametrize(
    ("description", "room"),
    [("Rm 12 desk", "Rm 12"), ("Till 2 Dining Hall", "Dining Hall"), ("uplink", ""), ("Plant room BMS", "Plant room")],
)
def test_a_room_is_what_the_description_names(description: str, room: str) -> None:
    assert room_in(description) == room


@pytest.mark.parametrize(
    ("old", "names", "new"),
    [
        ("7", ["1/1/6", "1/1/7"], "1/1/7"),
        ("GigabitEthernet1/0/1", ["GigabitEthernet1/1/1", "1/1/1"], "1/1/1"),
        ("1", ["GigabitEthernet1/0/1", "TenGigabitEthernet1/1/1"], "GigabitEthernet1/0/1"),
        ("7", ["1/1/17"], ""),
        ("Trk", ["1/1/1"], ""),
    ],
)
def test_a_cable_goes_to_the_port_of_the_same_number_of_another_model(old: str, names: list[str], new: str) -> None:
    assert same_number(old, names) == new


@pytest.mark.parametrize(
    "name", ["Port-channel1", "Trk1", "ae0", "lag 1", "Bridge-Aggregation1", "Vlan10", "Management1"]
)
def test_nothing_is_plugged_in_to_a_port_that_is_no_socket(name: str) -> None:
    assert not hosts(name)


@pytest.mark.parametrize("name", ["GigabitEthernet1/0/1", "1/1/1", "24", "A1", "ge-0/0/1", "Ethernet1", "Te1/1/1"])
def test_a_socket_is_one(name: str) -> None:
    assert hosts(name)
