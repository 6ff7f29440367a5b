"""Folding: what is the same stands once, and every line of every device is counted for each place it happens at."""

import re
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as some

from matric import diff
from matric.config import parse
from matric.platform import eos_rules
from matric.report.folding import Group, Place, compact, folded, kinds, sections

HEAD = "--- running\n+++ intended\n"
GUARD = "+ spanning-tree bpduguard enable\n"


def test_ports_with_the_same_lines_are_one_group_on_one_device_and_on_several() -> None:
    edge = "".join(f" interface Ethernet{at}\n{GUARD}" for at in range(1, 5))

    (group,) = folded({f"oakfield/sw-{at:02}": HEAD + edge for at in range(1, 13)})

    assert len(group.places) == 48
    assert len(group.devices) == 12
    assert group.changed == 48


def test_a_port_that_gets_another_line_besides_is_not_folded_with_those_that_do_not() -> None:
    more = f"{HEAD} interface Ethernet1\n{GUARD} interface Ethernet2\n{GUARD} interface Ethernet3\n{GUARD}+ shutdown\n"

    groups = folded({"a/sw": more})

    assert [[place.interface for place in group.places] for group in groups] == [["Ethernet1", "Ethernet2"], [""]]


def test_a_new_interface_counts_its_own_head_for_each_place() -> None:
    new = f"{HEAD}+interface Vlan10\n+ no autostate\n+interface Vlan20\n+ no autostate\n"

    (group,) = folded({"a/sw": new})

    assert group.ports
    assert group.changed == 4


def test_the_same_line_twice_on_a_device_is_two_changes() -> None:
    (group,) = folded({"a/sw-1": f"{HEAD}+!\n+!\n", "a/sw-2": f"{HEAD}+!\n+!\n"})

    assert group.changed == 4


def test_lines_on_the_same_devices_stand_together_and_others_apart() -> None:
    groups = folded(
        {
            "a/sw-1": f"{HEAD}+ntp server 1.1.1.1\n+logging on\n+hostname one\n",
            "a/sw-2": f"{HEAD}+ntp server 1.1.1.1\n+logging on\n+hostname two\n",
        }
    )

    assert [(len(group.devices), len(group.sections)) for group in groups] == [(2, 2), (1, 1), (1, 1)]


@pytest.mark.parametrize(
    ("names", "runs"),
    [
        (("Ethernet3", "Ethernet1", "Ethernet2"), ("Ethernet1-3",)),
        (("GigabitEthernet1/0/9", "GigabitEthernet1/0/10", "GigabitEthernet2/0/11"),
         ("GigabitEthernet1/0/9-10", "GigabitEthernet2/0/11")),
        (("Vlan10", "Management"), ("Management", "Vlan10")),
        (("Ethernet01", "Ethernet2"), ("Ethernet01", "Ethernet2")),
        ((), ()),
    ],
)  # fmt: skip
def test_runs_of_interfaces_are_drawn_together(names: tuple[str, ...], runs: tuple[str, ...]) -> None:
    assert compact(names) == runs


def test_an_interface_is_what_its_configuration_says() -> None:
    target = (
        "interface Ethernet1\n   switchport access vlan 10\ninterface Ethernet2\n   switchport mode trunk\n"
        "interface Ethernet3\n   no switchport\ninterface Vlan9\ninterface Port-Channel1\ninterface Loopback0\nvlan 1\n"
    )

    assert kinds(target) == {
        "Ethernet1": "access port", "Ethernet2": "trunk port", "Ethernet3": "port", "Vlan9": "SVI",
        "Port-Channel1": "LAG", "Loopback0": "interface",
    }  # fmt: skip


@pytest.mark.parametrize(
    "banner",
    ["banner login\nNobody else.\n   Indented.\n\nEOF\n", "banner login ^C\nNobody else.\n   Indented.\n\n^C\n"],
    ids=["eos", "ios"],
)
def test_the_lines_of_a_banner_stay_together(banner: str) -> None:
    rows = "".join(f"+{row}\n" for row in banner.splitlines())
    other = f"{HEAD}+banner login\n+Nobody else.\n+EOF\n+logging on\n"

    groups = folded({"a/sw-1": f"{HEAD}{rows}+logging on\n", "a/sw-2": other})

    mine = [group for group in groups if group.devices == ("a/sw-1",)]
    assert [section.text for group in mine for section in group.sections] == [tuple(rows.splitlines())]
    assert sum(group.changed for group in groups) == rows.count("\n") + 5


def test_a_banner_without_an_end_and_one_on_a_single_line_swallow_nothing() -> None:
    text = f"{HEAD}+banner login\n+interface Vlan9\n+ shutdown\n-EOF\n+banner exec ^Chello^C\n+vlan 9\n+ name x^C\n"

    found = sections(text)

    assert [section.heads for section in found] == [(), ("interface Vlan9",), (), (), ("vlan 9",)]


# ---- laws ----

WORDS = some.sampled_from(["name a", "name b", "shutdown", "mtu 9214"])
HEADS = some.sampled_from(
    ["interface Ethernet1", "interface Ethernet2", "interface Ethernet10", "interface Vlan5", "vlan 5", "router bgp 1"]
)


@some.composite
def configurations(draw: some.DrawFn) -> str:
    rows: list[str] = []
    for head in draw(some.lists(HEADS, unique=True, max_size=5)):
        rows.append(head)
        rows += [f"   {word}" for word in draw(some.lists(WORDS, unique=True, max_size=3))]
    rows += draw(some.lists(some.sampled_from(["ntp server 1.1.1.1", "ntp server 2.2.2.2", "logging on"]), unique=True))
    return "".join(f"{row}\n" for row in rows)


def changed(rows: list[str]) -> Counter[str]:
    return Counter(row for row in rows if row[:1] in "+-")


def spread(group: Group) -> Counter[tuple[str, str]]:
    """(device, changed line) for every place of the group."""
    found: Counter[tuple[str, str]] = Counter()
    for place in group.places:
        for section in group.sections:
            heads = (f"interface {place.interface}", *section.heads[1:]) if place.interface else section.heads
            rows = type(section)(heads, section.sign, section.lines).text
            found.update((place.device, row) for row in changed(list(rows)).elements())
    return found


@given(some.dictionaries(some.sampled_from(["a/s1", "a/s2", "a/s10"]), some.tuples(configurations(), configurations())))
def test_folding_loses_no_line_and_invents_none(devices: dict[str, tuple[str, str]]) -> None:
    rules = eos_rules.RULES
    diffs = {
        key: diff.difference(parse(was, rules), parse(shall, rules)).text() for key, (was, shall) in devices.items()
    }

    groups = folded(diffs)

    read = sum((spread(group) for group in groups), Counter[tuple[str, str]]())
    meant = Counter((key, row) for key, text in diffs.items() for row in changed(text.splitlines()[2:]).elements())
    assert read == meant
    assert sum(group.changed for group in groups) == meant.total()


@given(some.dictionaries(some.sampled_from(["a/s1", "a/s2", "a/s3"]), configurations(), min_size=1))
def test_the_order_of_devices_changes_nothing(configs: dict[str, str]) -> None:
    rules = eos_rules.RULES
    diffs = {key: diff.difference(parse("", rules), parse(text, rules)).text() for key, text in configs.items()}

    assert folded(dict(reversed(diffs.items()))) == folded(diffs)


@given(some.sets(some.tuples(some.sampled_from(["Ethernet", "Gi1/0/", "Po"]), some.integers(0, 60)), max_size=40))
def test_runs_stand_for_exactly_the_names_they_were_made_of(names: set[tuple[str, int]]) -> None:
    given_names = {f"{stem}{number}" for stem, number in names}

    spread_out: list[str] = []
    for run in compact(given_names):
        found = re.fullmatch(r"(.*?)(\d+)-(\d+)", run)
        spread_out += [f"{found[1]}{at}" for at in range(int(found[2]), int(found[3]) + 1)] if found else [run]

    assert sorted(spread_out) == sorted(given_names)


def test_an_empty_difference_has_no_section() -> None:
    assert sections("") == ()
    assert folded({"a/sw": ""}) == ()


def test_places_name_a_device_and_where_on_it() -> None:
    (group,) = folded({"a/sw": f"{HEAD} interface Ethernet1\n{GUARD} interface Ethernet2\n{GUARD}"})

    assert group.places == (Place("a/sw", "Ethernet1"), Place("a/sw", "Ethernet2"))
