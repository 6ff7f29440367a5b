"""What a merge would make of a configuration, foretold; and when two configurations are the same."""

import pytest

from napalm_aruba_osswitch.config import Config, collapsed, expanded

BASE = """\
; J9773A Configuration Editor; Created on release #YA.16.11.0012
hostname "sw-01"
trunk 23-24 trk1 lacp
no telnet-server
snmp-server contact "the office" location "Room 4"
interface 5
   disable
   name "spare"
   exit
vlan 1
   name "DEFAULT_VLAN"
   no untagged 1-10,Trk1
   untagged 11-22
   no ip address
   exit
vlan 20
   name "Pupils"
   untagged 1-10
   tagged Trk1
   no ip address
   exit
"""


def merged(lines: str) -> Config:
    found = Config(BASE)
    found.take(lines)
    return found


@pytest.mark.parametrize("text", ["1-24", "1,3,5-7,Trk1", "A1-A4,B2", "1/1-1/3,2/A1"])
def test_a_port_list_is_read_and_written_the_same(text: str) -> None:
    assert collapsed(expanded(text)) == text


@pytest.mark.parametrize(
    "other",
    [
        BASE.replace("1-10\n   tagged", "1-4,5,6-10\n   tagged"),
        BASE.replace('"sw-01"', "sw-01"),
        BASE.replace("; J9773A", "; JL253A"),
        BASE.replace("   no ip address\n", ""),
        BASE.replace('   disable\n   name "spare"', '   name "spare"\n   disable'),
        BASE.replace('contact "the office" location "Room 4"', 'location "Room 4"\nsnmp-server contact "the office"'),
        BASE.replace("\n", "\r\n"),
    ],
)
def test_the_same_in_other_words_is_the_same(other: str) -> None:
    assert Config(BASE).difference(Config(other)) == []
    assert Config(BASE).diff(Config(other)) == ""


@pytest.mark.parametrize(
    ("lines", "rows"),
    [
        ("vlan 30\n   untagged 1,11\n", ["+vlan 30", "+   untagged 1,11", "+   untagged 2-10", "+   untagged 12-22"]),
        ("vlan 20 tagged 11\n", ["+   tagged 11,Trk1", "-   tagged Trk1"]),
        ("vlan 20\n   no tagged Trk1\n", ["-   tagged Trk1"]),
        ("no vlan 20\n", ["-vlan 20", "-   untagged 1-10", "-   name Pupils", "+   untagged 1-22,Trk1"]),
        ("interface 5-6 enable\n", ["-   disable"]),
        ("interface 6\n   disable\n   exit\n", ["+interface 6", "+   disable"]),
        ("interface 6\n   untagged vlan 1\n", ["+   untagged 6,11-22", "+   untagged 1-5,7-10"]),
        ('hostname "sw-02"\n', ["-hostname sw-01", "+hostname sw-02"]),
        ("telnet-server\n", ["-no telnet-server"]),
        ("trunk 21-22 trk2 lacp\n", ["+trunk 21-22 trk2 lacp", "+   untagged 11-20,Trk2"]),
        ('snmp-server location "Room 5"\n', ['+snmp-server location "Room 5"', '-snmp-server location "Room 4"']),
        ("ntp server 10.0.0.1\nntp server 10.0.0.2\n", ["+ntp server 10.0.0.1", "+ntp server 10.0.0.2"]),
    ],
)
def test_lines_do_what_the_device_would_do(lines: str, rows: list[str]) -> None:
    shown = Config(BASE).diff(merged(lines)).split("\n")
    assert set(rows) <= set(shown)


def test_the_head_of_a_section_stands_above_its_change() -> None:
    assert Config(BASE).diff(merged("vlan 20 no tagged Trk1\n")) == " vlan 20\n-   tagged Trk1"


def test_what_the_device_may_take_for_a_default_is_not_asked_for() -> None:
    wanted = merged("telnet-server\nno tftp server\n")
    assert wanted.difference(Config(BASE.replace("no telnet-server\n", ""))) == []
    assert wanted.difference(Config(BASE.replace("no telnet-server\n", "no tftp server\n"))) == []
    assert wanted.difference(Config(BASE)) == ["+ no telnet-server"]


def test_an_access_list_keeps_its_order() -> None:
    text = (
        'ip access-list extended "guests"\n   20 deny ip 0.0.0.0 255.255.255.255\n   10 permit ip 10.0.0.0 0.0.0.255\n'
    )
    found = Config(text)
    assert found.text().split("\n")[1].strip().startswith("20 deny")
    found.take('no ip access-list extended "guests"\n')
    assert found.facts() == set()
