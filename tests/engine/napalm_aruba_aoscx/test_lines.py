"""Which lines lead from one AOS-CX configuration to another, and what they are expected to do."""

import random

import pytest

from matric.lab.aoscx_text import AoscxPosition, show, take
from matric.lab.tree import Section
from napalm_aruba_aoscx.lines import Node, Unclear, applied, change, difference, facts, parse, render, unmet

BASE = """\
Current configuration:
!
!Version ArubaOS-CX FL.10.13.1040
hostname cx-01
vlan 1,30
vlan 20
    name Pupils
vlan 99
vlan 999
interface 1/1/1
    no shutdown
    no routing
    vlan access 20
interface 1/1/25
    no shutdown
    no routing
    vlan trunk native 999
    vlan trunk allowed 20,99,999
interface vlan 99
    ip address 10.48.65.11/24
ip route 0.0.0.0/0 10.48.65.1
"""


def lines(old: str, new: str) -> list[str]:
    return [row.strip() for row in render(change(parse(old), parse(new)))]


def test_equal_configurations_give_an_empty_change() -> None:
    assert lines(BASE, BASE) == []
    assert not difference(parse(BASE), parse(BASE))
    assert lines(BASE, BASE.replace("vlan 1,30\n", "vlan 1\nvlan 30\n")) == []


def test_a_trunk_is_added_to_and_taken_from_but_never_reset() -> None:
    assert lines(BASE, BASE.replace("allowed 20,99,999", "allowed 30,99,999")) == [
        "interface 1/1/25",
        "vlan trunk allowed 30",
        "no vlan trunk allowed 20",
    ]


def test_a_port_that_becomes_a_trunk_never_carries_every_vlan() -> None:
    new = BASE.replace("    vlan access 20\n", "    vlan trunk native 999\n    vlan trunk allowed 20,999\n")
    assert lines(BASE, new) == ["interface 1/1/1", "vlan trunk allowed 20,999", "vlan trunk native 999"]


def test_what_is_new_comes_before_what_goes_and_vlans_first_and_last() -> None:
    new = (
        BASE.replace("vlan 1,30", "vlan 1,40")
        .replace("vlan access 20", "vlan access 40")
        .replace("10.48.65.1\n", "10.48.65.254\n")
    )
    assert lines(BASE, new) == [
        "vlan 40",
        "interface 1/1/1",
        "vlan access 40",
        "ip route 0.0.0.0/0 10.48.65.254",
        "no ip route 0.0.0.0/0 10.48.65.1",
        "no vlan 30",
    ]


def test_a_line_of_which_there_is_one_is_replaced_not_taken_away() -> None:
    assert lines(BASE, BASE.replace("10.48.65.11/24", "10.48.65.12/24")) == [
        "interface vlan 99",
        "ip address 10.48.65.12/24",
    ]
    assert lines(BASE, BASE.replace("    name Pupils\n", "")) == ["vlan 20", "no name"]


@pytest.mark.parametrize(
    ("left_out", "said"),
    [
        ("    no shutdown\n    no routing\n    vlan access 20\n", "neither 'no routing' nor 'routing'"),
        ("interface 1/1/1\n    no shutdown\n    no routing\n    vlan access 20\n", "interface 1/1/1"),
    ],
)
def test_a_candidate_that_leaves_a_port_or_a_switch_unsaid_is_refused(left_out: str, said: str) -> None:
    with pytest.raises(Unclear, match=said):
        lines(BASE, BASE.replace(left_out, ""))


@pytest.mark.parametrize("line", ["banner motd ^", "banner motd ^\nno \x07 end\n^", "hostname a\x07b"])
def test_what_cannot_be_sent_as_a_line_is_refused(line: str) -> None:
    with pytest.raises(Unclear):
        parse(line)


def test_a_secret_is_no_part_of_what_is_compared() -> None:
    one, other = (
        facts(parse(f"user kim group administrators password {text}")) for text in ("plaintext a", "ciphertext b")
    )
    assert one == other


def test_what_did_not_come_or_go_is_named() -> None:
    wanted = applied(parse(BASE), parse("no vlan 30\nvlan 20\n    name Learners\n"))
    assert unmet(parse(BASE), wanted, parse(BASE)) == (
        "missing: vlan 20 > name Learners",
        "still there: vlan 20 > name Pupils",
        "still there: vlan 30",
    )


def test_the_lab_s_switch_does_what_is_expected_of_it() -> None:
    """Two models written apart: this driver's, and the lab's; 150 random changes from a fixed seed."""
    dice = random.Random(7)
    for _ in range(150):
        new = variant(dice)
        old = variant(dice)
        tree = Section("top")
        assert not take(tree, old)
        shown = show(tree)
        todo = change(parse(shown), parse(new))
        position = AoscxPosition(tree)
        for node in todo.values():
            send(position, node, tree)
        assert facts(parse(show(tree))) == facts(parse(new))
        assert facts(applied(parse(shown), todo)) == facts(parse(new))
        assert not change(parse(show(tree)), parse(new))


def send(position: AoscxPosition, node: Node, tree: Section) -> None:
    """One line of the top level with what stands below it; after each, the way in still stands."""
    position.top()
    for line in (node.text, *(child.text for child in node.below.values())):
        position.apply(line)
        now = facts(parse(show(tree)))
        assert ("interface 1/1/25", "vlan trunk allowed", "99") in now, f"the way in is gone after {line}"
        assert not any(path[-1] == "vlan trunk allowed all" for path in now), f"every VLAN after {line}"


def variant(dice: random.Random) -> str:
    vids = sorted({1, 99, 999, *dice.sample(range(2, 60), 4)})
    some = sorted({99, *dice.sample(vids, 3)})
    rows = ["hostname cx-01"]
    for vid in vids:
        rows.append(f"vlan {vid}")
        if vid > 1 and dice.random() < 0.6:
            rows.append(f"    name N{dice.randrange(3)}")
    for port in ("1/1/1", "1/1/2"):
        rows.extend((f"interface {port}", dice.choice(("    no shutdown", "    shutdown")), "    no routing"))
        if dice.random() < 0.5:
            rows.append(f"    vlan access {dice.choice(vids)}")
        else:
            chosen = ",".join(str(vid) for vid in sorted(dice.sample(vids, 2)))
            rows.extend((f"    vlan trunk native {dice.choice(vids)}", f"    vlan trunk allowed {chosen}"))
    rows.extend(("interface 1/1/25", "    no shutdown", "    no routing", "    vlan trunk native 999"))
    rows.append(f"    vlan trunk allowed {','.join(map(str, some))}")
    rows.extend(("interface vlan 99", "    ip address 10.0.0.2/24", f"ip route 0.0.0.0/0 10.0.0.{dice.choice((1, 3))}"))
    return "\n".join(rows) + "\n"
