"""The edge of a school on the standard, as its switches tell it; whoever does not answer is not seen, and not empty."""

import pytest

from matric.platform.edge import Answer
from matric.walk import joined

TABLE = """\
   Vlan                MAC                 MAC      Age    Logical                NH        RTR
   name                address             flags           interface              Index     ID
   Building-systems    00:0b:d6:01:02:03   D          -    ge-0/0/7.0             0         0
   Nobody-knows        00:0b:d6:01:02:04   D          -    ge-0/0/8.0             0         0
"""
VLANS = """\

Routing instance        VLAN name             Tag          Interfaces
default-switch          Building-systems      80
                                                           ge-0/0/7.0*
"""


def test_a_vlan_that_a_table_names_is_told_by_its_number_where_the_device_says_it() -> None:
    answers = (Answer("show ethernet-switching table", TABLE), Answer("show vlans", VLANS))

    table, _ = joined._numbered("junos", answers)  # pyright: ignore[reportPrivateUsage] - the only way without a device

    assert "   v80    00:0b:d6:01:02:03" in table.text
    assert "Nobody-knows        00:0b:d6:01:02:04" in table.text


def test_a_part_that_makes_no_sense_tells_nothing_of_addresses() -> None:
    part = joined._part("ios", "sw-01", Answer("show mac address-table", "\x00 nonsense"))  # pyright: ignore[reportPrivateUsage] - ditto

    assert not part.told.macs


@pytest.mark.parametrize("platform", ["ios", "eos"])
def test_other_tables_stay_as_they_are(platform: str) -> None:
    answers = (Answer("show mac address-table", "  80    000b.d601.0203    DYNAMIC     Gi1/0/7\n"),)

    assert joined._numbered(platform, answers) == answers  # pyright: ignore[reportPrivateUsage] - ditto
