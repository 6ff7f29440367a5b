"""What an ordered change is, line by line."""

from collections.abc import Callable

import pytest

from matric import platform
from matric.ordering import Unsafe, applied, ordered
from matric.ordering.step import Step, steps, written
from matric.switch import Switch
from tests.engine.ordering import judge

AOSCX = "hostname a\nuser matric group administrators password ciphertext OLD\nssh server vrf default\nvlan 1\n"
AOSS = 'hostname "a"\nvlan 1\n   name "DEFAULT_VLAN"\n   untagged 1-28\n   no ip address\n   exit\n'


def free(_switch: Switch) -> tuple[str, ...]:
    return ()


def lines(slug: str, running: str, intended: str, cut: Callable[[Switch], tuple[str, ...]] = free) -> tuple[str, ...]:
    return ordered(platform.get(slug), running, intended, cut=cut).lines


def test_lines_are_read_as_they_were_written() -> None:
    row = (
        Step((), "vlan 10"),
        Step(("vlan 10",), "name x"),
        Step(("interface 1/1/1",), "shutdown"),
        Step(("interface 1/1/1", "port-access port-security"), "enable"),
        Step((), "hostname b"),
    )

    text = written(row)

    assert text == (
        "vlan 10", " name x", "interface 1/1/1", " shutdown", " port-access port-security", "  enable", "hostname b"
    )  # fmt: skip
    assert set(row) <= set(steps(text))


def test_a_line_the_device_would_refuse_is_named() -> None:
    with pytest.raises(Unsafe, match=r"interface 1/1/1 > vlan access 70.*VLAN 70 does not exist yet"):
        applied(judge.AOSCX, AOSCX, ("interface 1/1/1", " vlan access 70"))


def test_a_platform_nothing_is_known_of_is_refused() -> None:
    with pytest.raises(Unsafe, match="nothing here knows what its lines do"):
        ordered(platform.get("eos"), "hostname a\n", "hostname b\n", cut=free)


@pytest.mark.parametrize(
    ("slug", "line", "no"),
    [
        ("aoscx", "user old group operators password ciphertext SECRET", "no user old"),
        ("aoscx", "radius-server host 10.0.0.1 key ciphertext SECRET", "no radius-server host 10.0.0.1"),
        ("aoscx", "tacacs-server key ciphertext SECRET", "no tacacs-server key"),
        ("aoscx", "snmpv3 user m auth sha auth-pass ciphertext S priv aes priv-pass ciphertext S", "no snmpv3 user m"),
        ("aoss", 'password operator user-name "old" sha1 "SECRET"', "no password operator"),
        ("aoss", 'radius-server host 10.0.0.1 key "SECRET"', "no radius-server host 10.0.0.1"),
        ("aoscx", "radius dyn-authorization client 10.0.0.1 secret-key ciphertext SECRET",
         "no radius dyn-authorization client 10.0.0.1"),
        ("aoscx", "snmp-server host 10.0.0.1 trap version v2c community SECRET",
         "no snmp-server host 10.0.0.1 trap version v2c"),
        ("aoss", 'tacacs-server key "SECRET"', "no tacacs-server key"),
        ("aoss", 'snmpv3 user "m" auth sha "SECRET" priv aes "SECRET"', 'no snmpv3 user "m"'),
        ("aoss", 'aaa authentication local-user "old" group "Level-15" password sha256 "SECRET"',
         'no aaa authentication local-user "old"'),
        ("aoss", "radius-server host 10.0.0.1 dyn-authorization", "no radius-server host 10.0.0.1 dyn-authorization"),
    ],
)  # fmt: skip
def test_what_goes_goes_without_its_old_secret(slug: str, line: str, no: str) -> None:
    base = AOSCX if slug == "aoscx" else AOSS

    assert lines(slug, f"{base}{line}\n", base) == (no,)


@pytest.mark.parametrize(
    ("slug", "line"),
    [
        ("aoscx", "user matric group administrators password ciphertext {}"),
        ("aoscx", "radius-server host 10.0.0.1 key ciphertext {}"),
        ("aoscx", "radius dyn-authorization client 10.0.0.1 secret-key ciphertext {}"),
        ("aoss", 'aaa authentication local-user "matric" group "Level-15" password sha256 "{}"'),
        ("aoss", 'password manager user-name "x" sha256 "{}"'),
        ("aoss", 'radius-server host 10.0.0.1 key "{}"'),
    ],
)
def test_a_new_secret_takes_the_place_of_the_old_in_one_line(slug: str, line: str) -> None:
    base = AOSCX.replace("user matric group administrators password ciphertext OLD\n", "") if slug == "aoscx" else AOSS
    old, new = (f"{base}{line.format(secret)}\n" for secret in ("<secret changed>", "<secret:env:NEW>"))

    assert lines(slug, old, new) == (line.format("<secret:env:NEW>"),)


@pytest.mark.parametrize("line", ["logging 10.0.0.1", "ntp server 10.0.0.1", "ip route 10.1.0.0/16 10.0.0.1"])
def test_lines_that_stand_beside_each_other_do_not_replace_each_other(line: str) -> None:
    other = line.replace("0.0.1", "0.0.2")

    assert lines("aoscx", f"{AOSCX}{line}\n{other}\n", f"{AOSCX}{line}\n") == (f"no {other}",)


def test_a_trunk_that_carried_all_gets_its_list_in_one_line() -> None:
    vlans = (
        f"{AOSCX}vlan 10\n    name x\nvlan 20\n    name y\ninterface 1/1/1\n    no shutdown\n    vlan trunk native 1\n"
    )

    found = lines("aoscx", f"{vlans}    vlan trunk allowed all\n", f"{vlans}    vlan trunk allowed 1,10,20\n")

    assert found == ("interface 1/1/1", " vlan trunk allowed 1,10,20")


def test_a_trunk_that_is_to_carry_all_loses_nothing_on_the_way() -> None:
    vlans = (
        f"{AOSCX}vlan 10\n    name x\nvlan 20\n    name y\ninterface 1/1/1\n    no shutdown\n    vlan trunk native 1\n"
    )

    found = lines("aoscx", f"{vlans}    vlan trunk allowed 1,10,20\n", f"{vlans}    vlan trunk allowed all\n")

    assert found == ("interface 1/1/1", " vlan trunk allowed all")


def test_a_list_of_vlans_only_loses_what_it_is_to_lose() -> None:
    vlans = (
        f"{AOSCX}vlan 10\n    name x\nvlan 20\n    name y\ninterface 1/1/1\n    no shutdown\n    vlan trunk native 1\n"
    )

    found = lines("aoscx", f"{vlans}    vlan trunk allowed 1,10,20\n", f"{vlans}    vlan trunk allowed 1,20\n")

    assert found == ("interface 1/1/1", " no vlan trunk allowed 10")


def test_a_banner_goes_as_one_line_that_holds_its_line_ends() -> None:
    old, new = (f"{AOSCX}banner motd ^\n{text}\n^\n" for text in ("old", "new"))

    assert lines("aoscx", old, new) == ("banner motd ^\nnew\n^",)
    assert lines("aoscx", new, AOSCX) == ("no banner motd",)
    assert "banner motd ^\nnew\n^" in ordered(judge.AOSCX, AOSCX, new, cut=free).after


def test_the_access_list_comes_before_it_is_applied_and_goes_after_it_is_not() -> None:
    vlan = f"{AOSCX}vlan 10\n    name x\n"
    applying = (
        f"{vlan}access-list ip A\n    10 permit any any any\ninterface vlan 10\n    apply access-list ip A routed-in\n"
    )
    bare = f"{vlan}interface vlan 10\n"

    there, back = lines("aoscx", bare, applying), lines("aoscx", applying, bare)

    assert there.index("access-list ip A") < there.index(" apply access-list ip A routed-in")
    assert back.index(" no apply access-list ip A routed-in") < back.index("no access-list ip A")


SWAPPED = {
    "aoscx": (
        (
            f"{AOSCX}vlan 10\n    name x\ninterface vlan 10\n    ip address 10.0.10.1/24\n"
            "    apply access-list ip A routed-in\naccess-list ip A\n"
        ),
        (
            "    10 permit tcp any any\n    20 permit udp any any\n",
            "    10 permit udp any any\n    20 permit tcp any any\n",
        ),
        ("access-list ip A-NEW", "no access-list ip A-NEW"),
    ),
    "aoss": (
        (
            f'{AOSS}vlan 10\n   name "x"\n   ip address 10.0.10.1 255.255.255.0\n'
            '   ip access-group "A" vlan-in\n   exit\n'
            'ip access-list extended "A"\n'
        ),
        (
            (
                "   10 permit tcp 0.0.0.0 255.255.255.255 0.0.0.0 255.255.255.255\n"
                "   20 permit udp 0.0.0.0 255.255.255.255 0.0.0.0 255.255.255.255\n   exit\n"
            ),
            (
                "   10 permit udp 0.0.0.0 255.255.255.255 0.0.0.0 255.255.255.255\n"
                "   20 permit tcp 0.0.0.0 255.255.255.255 0.0.0.0 255.255.255.255\n   exit\n"
            ),
        ),
        ('ip access-list extended "A-NEW"', 'no ip access-list extended "A-NEW"'),
    ),
}


@pytest.mark.parametrize("slug", SWAPPED)
def test_a_list_that_cannot_be_changed_in_place_has_a_stand_in(slug: str) -> None:
    """Either entry can only take the number of the other: each line alone would refuse what both lists permit."""
    head, (one, two), (comes, goes) = SWAPPED[slug]

    found = lines(slug, head + one, head + two)

    assert found[0] == comes
    assert found[-1] == goes
    for state in list(judge.shown(slug, head + one, found))[1:]:
        now = judge.switch(slug, state)
        applied_list = now.interfaces["vlan10"].access_list
        permitted = {entry.protocol for entry in now.access_lists.get(applied_list, ())}
        assert not applied_list or permitted == {"tcp", "udp"}


def test_an_account_that_stays_is_there_at_every_line() -> None:
    running = f"{AOSCX}user old group administrators password ciphertext X\n"
    intended = AOSCX.replace("OLD", "NEW") + "user new group administrators password ciphertext Y\n"

    found = lines("aoscx", running, intended)

    states = [judge.switch("aoscx", text) for text in judge.shown("aoscx", running, found)]
    assert all("matric" in {one.name for one in state.accounts} for state in states)
    assert found[-1] == "no user old"


def test_a_log_in_asks_a_group_when_its_servers_are_there() -> None:
    """And they go after nobody asks them any more."""
    asked = (
        "radius-server host 10.0.0.1 key ciphertext X\naaa group server radius T\n    server 10.0.0.1\n"
        "aaa authentication login default group T local\n"
    )

    assert lines("aoscx", AOSCX, AOSCX + asked) == tuple(asked.replace("    ", " ").splitlines())
    assert lines("aoscx", AOSCX + asked, AOSCX) == (
        "no aaa authentication login default", "no aaa group server radius T", "no radius-server host 10.0.0.1"
    )  # fmt: skip


def test_ssh_is_not_switched_off_but_by_the_last_line() -> None:
    found = lines("aoscx", AOSCX, AOSCX.replace("ssh server vrf default\n", "").replace("hostname a", "hostname b"))

    assert found == ("hostname b", "no ssh server vrf default")


def test_who_may_manage_aos_s_is_added_before_anybody_is_taken_away() -> None:
    one, two = (f"ip authorized-managers 10.{n}.0.0 255.255.0.0 access manager\n" for n in (1, 2))
    stays = "ip authorized-managers 10.9.0.0 255.255.0.0 access manager\n"

    found = lines("aoss", AOSS + stays + one, AOSS + stays + two)

    assert [line.split()[0] for line in found] == ["ip", "no"]


def test_a_list_of_managers_begins_and_ends_entry_by_entry() -> None:
    """From nobody listed, which lets everybody in: there is no other way, and who is in stays in."""
    some = [f"ip authorized-managers 10.{n}.0.0 255.255.0.0 access manager" for n in (1, 2)]
    listed = AOSS + "".join(f"{one}\n" for one in some)

    assert lines("aoss", AOSS, listed) == tuple(some)
    assert lines("aoss", listed, AOSS) == tuple(f"no {one}" for one in some)


def test_a_filter_on_the_log_in_that_would_shut_somebody_out_on_the_way_is_put_in_order() -> None:
    """The entry that refuses comes after the one that permits what both let in."""
    filtered = f"{AOSCX}access-list ip IN\n{{}}apply access-list ip IN control-plane vrf default\n"
    one = "    10 permit tcp 10.1.0.0/255.255.0.0 any eq 22\n    30 deny any any any\n"
    two = "    10 deny tcp 10.1.9.0/255.255.255.0 any eq 22\n    20 permit tcp 10.1.0.0/255.255.0.0 any eq 22\n"

    found = lines("aoscx", filtered.format(one), filtered.format(f"{two}    30 deny any any any\n"))

    assert found[1:] == (
        " 20 permit tcp 10.1.0.0/255.255.0.0 any eq 22",
        " 10 deny tcp 10.1.9.0/255.255.255.0 any eq 22",
    )


def test_an_address_does_not_move_to_another_vlan_while_the_first_holds_it() -> None:
    running = f"{AOSCX}vlan 10\n    name x\nvlan 99\n    name y\ninterface vlan 10\n    ip address 10.0.0.5/24\n"
    intended = running.replace("interface vlan 10", "interface vlan 99")

    found = lines("aoscx", running, intended)

    assert found.index("no interface vlan 10") < found.index(" ip address 10.0.0.5/24")


def test_such_a_move_is_refused_where_the_address_is_the_way_in() -> None:
    running = f"{AOSCX}vlan 10\n    name x\nvlan 99\n    name y\ninterface vlan 10\n    ip address 10.0.0.5/24\n"

    def cut(switch: Switch) -> tuple[str, ...]:
        held = any(one.address and str(one.address.ip) == "10.0.0.5" for one in switch.interfaces.values())
        return () if held else ("the device: nothing holds its address",)

    with pytest.raises(Unsafe, match="cannot be sent at any point") as refused:
        lines("aoscx", running, running.replace("interface vlan 10", "interface vlan 99"), cut)

    assert refused.value.line == "no interface vlan 10"
    assert refused.value.cuts == ("the device: nothing holds its address",)


def test_what_the_device_owns_is_left_alone() -> None:
    owned = "vsf member 1\n    type jl725a\n"

    assert lines("aoscx", f"{AOSCX}{owned}", AOSCX) == ()
    assert "vsf member 1" in ordered(judge.AOSCX, f"{AOSCX}{owned}", f"{AOSCX}vlan 5\n    name x\n", cut=free).after


def test_ports_of_aos_s_are_put_into_a_vlan_in_one_line() -> None:
    intended = AOSS.replace("   untagged 1-28\n", "   no untagged 1-20\n   untagged 21-28\n")
    intended += 'vlan 20\n   name "Staff"\n   untagged 1-20\n   no ip address\n   exit\n'

    assert lines("aoss", AOSS, intended) == ("vlan 20", ' name "Staff"', " untagged 1-20")


def test_a_vlan_of_aos_s_goes_when_nothing_is_in_it_any_more() -> None:
    running = AOSS.replace("   untagged 1-28\n", "   no untagged 1-20\n   untagged 21-28\n")
    running += 'vlan 20\n   name "Staff"\n   untagged 1-20\n   no ip address\n   exit\n'

    assert lines("aoss", running, AOSS) == ("vlan 1", " untagged 1-20", "no vlan 20")
