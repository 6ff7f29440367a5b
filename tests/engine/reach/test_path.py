"""Questions about the little school, and why the answers are what they are."""

from dataclasses import replace
from ipaddress import IPv4Network

import pytest

from matric.errors import UsageError
from matric.reach.end import end
from matric.reach.header import headers
from matric.reach.model import Model
from matric.reach.path import Answer, Question, answer
from matric.reach.span import addresses, span
from matric.switch import ANYWHERE, Entry, Route, Switch
from tests.engine.reach import little

PRINTER = little.PREFIXES[little.PRINTER][2]
PUPIL = little.PREFIXES[little.PUPIL][2]
STAFF = little.PREFIXES[little.STAFF][2]
NOTHING_MORE = Entry(permits=False, protocol="ip", source=ANYWHERE, destination=ANYWHERE)


def ask(held: dict[str, Switch], source: str, to: str, protocol: str = "ip", port: int | None = None) -> Answer:
    model = Model(little.school(), held)
    return answer(model, Question(end(model, source), end(model, to), protocol, port))


def permit(destination: IPv4Network, protocol: str = "ip", rest: str = "") -> Entry:
    return Entry(True, protocol, ANYWHERE, destination, rest, text=f"10 permit {protocol} any {destination} {rest}")  # noqa: FBT003 - a value


def deny(destination: IPv4Network) -> Entry:
    return Entry(False, "ip", ANYWHERE, destination, text=f"20 deny ip any {destination}")  # noqa: FBT003 - a value


def filtered(*entries: Entry, vid: int = little.PUPIL) -> dict[str, Switch]:
    return little.held({"L": entries}, {vid: "L"})


def test_without_a_list_everything_passes_over_two_routers() -> None:
    found = ask(little.held(), "pupil", "printer")

    assert found.verdict == "allowed"
    (way,) = [one for one in found.ways if one.fate.place is not None][:1]
    assert [str(hop) for hop in way.fate.hops] == [
        "sw-1 Ethernet5: in, VLAN 20",
        "sw-1 Ethernet1: VLAN 20, tagged, to core-1 Ethernet2",
        "core-1 Vlan20: in, nothing is filtered",
        "core-1 route 10.48.70.0/24 via 10.48.126.2: static",
        "core-1 Ethernet1: VLAN 90, tagged, to core-2 Ethernet1",
        "core-2 Vlan90: in, nothing is filtered",
        "core-2 route to Vlan50: connected, 10.48.70.0/24",
        "core-2 Ethernet2: VLAN 50, tagged, to sw-2 Ethernet1",
    ]


def test_a_refusal_names_the_entry() -> None:
    found = ask(filtered(deny(PRINTER), permit(ANYWHERE)), "pupil", "printer")

    assert found.verdict == "denied"
    assert found.ways[0].fate.hops[-1].entry == f"20 deny ip any {PRINTER}"
    assert found.ways[0].fate.hops[-1].access_list == "L"


def test_what_is_let_through_in_part_is_told_exactly() -> None:
    found = ask(filtered(permit(PRINTER, "tcp", "eq 9100"), NOTHING_MORE), "pupil", "printer")

    assert found.verdict == "partly"
    sources = addresses(PUPIL)
    assert found.passes <= headers(sources, addresses(PRINTER), span(6), destination_port=span(9100))
    assert headers(addresses(PUPIL[9]), addresses(PRINTER[9]), span(6), destination_port=span(9100)) <= found.passes


def test_a_service_is_allowed_only_if_its_answers_come_back() -> None:
    answers = (permit(PUPIL, "tcp", "established"), NOTHING_MORE)
    silent = (NOTHING_MORE,)

    def asked(*entries: Entry) -> str:
        held = little.held({"L": entries}, {little.STAFF: "L"})
        return ask(held, "pupil", "staff", "tcp", 443).verdict

    assert asked(*answers) == "allowed"
    assert asked(*silent) == "denied"


def test_answers_alone_open_nothing() -> None:
    held = filtered(permit(STAFF, "tcp", "established"), NOTHING_MORE)

    assert ask(held, "pupil", "staff", "tcp", 443).verdict == "denied"
    assert ask(held, "pupil", "staff").verdict == "partly"


def test_only_a_question_for_an_address_is_no_way() -> None:
    held = filtered(permit(ANYWHERE, "udp", "eq bootpc eq bootps"), NOTHING_MORE)

    found = ask(held, "pupil", "printer")

    assert found.verdict == "denied"
    assert [note for note in found.notes if "DHCP" in note]


def test_the_internet_is_reached_through_the_school_s_router_only() -> None:
    found = ask(little.held(), "pupil", "internet", "tcp", 443)

    assert found.verdict == "allowed"
    assert {way.fate.next_hop for way in found.ways if way.arrives and not way.back} == {str(little.ROUTER)}


def test_a_next_hop_that_nobody_knows_is_no_certain_way_to_the_internet() -> None:
    held = little.held(routes=(Route(ANYWHERE, "10.48.126.6"),))

    found = ask(held, "pupil", "internet", "tcp", 443)

    assert found.verdict == "partly"
    assert [way for way in found.ways if "nobody knows" in way.fate.why]


def test_routes_that_go_round_in_circles_are_told() -> None:
    held = little.held(routes=(Route(IPv4Network("198.51.100.0/24"), "10.48.126.2"),))

    found = ask(held, "pupil", "198.51.100.7")

    assert found.verdict == "denied"
    assert [way for way in found.ways if "round in circles" in way.fate.why]


def test_a_route_into_nothing_and_one_to_nobody_are_told() -> None:
    for hop, why in (("Null0", "throws it away"), ("192.0.2.9", "no interface of it is in the network")):
        found = ask(little.held(routes=(Route(IPv4Network("198.51.100.0/24"), hop),)), "pupil", "198.51.100.7")

        assert found.verdict == "denied"
        assert [way for way in found.ways if why in way.fate.why]


def test_what_is_connected_counts_before_a_route_to_the_same_prefix() -> None:
    held = little.held(routes=(Route(STAFF, "10.48.126.6"),))

    assert ask(held, "pupil", "staff").verdict == "allowed"


def test_what_leaves_by_an_interface_is_filtered_there_too() -> None:
    held = little.held({"OUT": (deny(PRINTER), permit(ANYWHERE))})
    held = little.changed(held, "core-2", "Vlan50", access_list_out="OUT")

    found = ask(held, "pupil", "10.48.70.9")

    assert found.verdict == "denied"
    assert [way for way in found.ways if "out, OUT refuses" in str(way.fate.hops[-1])]


def test_a_list_on_the_port_itself_filters_first() -> None:
    held = filtered(permit(ANYWHERE))
    held["sw-1"] = replace(held["sw-1"], access_lists={"P": (NOTHING_MORE,)})
    held = little.changed(held, "sw-1", "Ethernet5", access_list="P")

    assert ask(held, "sw-1:Ethernet5", "printer").verdict == "denied"
    assert ask(held, "sw-2:Ethernet5", "printer").verdict == "allowed"
    assert ask(held, "pupil", "printer").verdict == "partly"


def test_an_entry_that_nobody_can_read_leaves_what_it_could_match_open() -> None:
    unread = Entry(True, "ip", ANYWHERE, ANYWHERE, "permit ip object-group X any")  # noqa: FBT003 - a value

    found = ask(filtered(unread, NOTHING_MORE), "pupil", "printer")

    assert found.verdict == "partly"
    assert not found.passes
    assert found.perhaps


def test_neighbours_in_one_network_need_no_router() -> None:
    held = filtered(NOTHING_MORE)

    found = ask(held, "sw-1:Ethernet5", "sw-2:Ethernet5", "tcp", 445)

    assert found.verdict == "allowed"


def test_a_link_that_is_down_parts_a_network() -> None:
    held = little.held()
    for device, port in (("sw-2", "Ethernet1"), ("sw-2", "Ethernet2")):
        held = little.changed(held, device, port, enabled=False)

    assert ask(held, "pupil", "printer").verdict == "denied"
    assert ask(held, "staff", "internet", "tcp", 443).verdict == "allowed"


def test_two_networks_in_one_broadcast_domain_are_told() -> None:
    held = little.changed(little.held(), "sw-1", "Ethernet6", access=little.PUPIL)

    found = ask(held, "staff", "pupil")

    assert [note for note in found.notes if "nothing stands" in note or "share a broadcast domain" in note]


def test_a_device_is_asked_by_its_address_and_answers_by_its_own_route() -> None:
    held = little.held({"L": (permit(PUPIL, "tcp", "established"), NOTHING_MORE)}, {little.MANAGEMENT: "L"})

    found = ask(held, "pupil", "10.48.64.4", "tcp", 22)

    assert found.verdict == "allowed"
    assert [str(way.fate.hops[0]) for way in found.ways if way.back] == ["sw-2 route 0.0.0.0/0 via 10.48.64.1: static"]


@pytest.mark.parametrize(
    ("word", "message"),
    [
        ("pupils", "has nothing called pupils"),
        ("transit", "has no addresses"),
        ("sw-1:Ethernet1", "leads to a device of ours"),
        ("sw-9:Ethernet1", "nothing hangs on a device sw-9"),
        ("10.48.64.999", "has nothing called"),
    ],
)
def test_an_end_that_is_not_there_is_refused_with_what_there_is(word: str, message: str) -> None:
    model = Model(little.school(), little.held())
    with pytest.raises(UsageError, match=message):
        end(model, word)


def test_ends_are_named_in_several_ways() -> None:
    model = Model(little.school(), little.held())

    assert {start.name for start in end(model, "pupil").starts} == {"sw-1 Ethernet5", "sw-2 Ethernet5"}
    assert end(model, "10.48.70.9").says == "in Printer, VLAN 50"
    assert end(model, "10.48.64.4").says == "sw-2"
    assert end(model, "192.0.2.1").says == "outside the school"
    assert end(model, "sw-2:ethernet7").says == "VLAN 50 untagged"


def test_a_list_without_an_entry_is_in_doubt_because_vendors_differ() -> None:
    assert ask(little.held({"L": ()}, {little.PUPIL: "L"}), "pupil", "printer").verdict == "partly"
    assert ask(little.held({}, {little.PUPIL: "L"}), "pupil", "printer").verdict == "allowed"


def test_what_a_switch_sends_itself_is_not_filtered_outwards() -> None:
    held = little.changed(little.held({"OUT": (NOTHING_MORE,)}), "core-1", "Vlan20", access_list_out="OUT")

    assert ask(held, "10.48.76.1", "pupil", "icmp").verdict == "allowed"
    assert ask(held, "staff", "pupil", "icmp").verdict == "denied"
