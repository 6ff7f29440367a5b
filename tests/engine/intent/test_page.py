"""A problem leads to the page in NetBox where it is put right."""

from collections.abc import Callable
from typing import Any

import pytest

from matric.intent import check, page
from matric.intent.record import Records
from matric.intent.standard import Standard

SOURCE = "https://netbox.fernhill.example/"

CHANGES: list[tuple[dict[str, Any], str, str]] = [
    ({"table": "devices", "where": {"name": "sw-01"}, "set": {"serial": ""}}, "DEV-SERIAL", "dcim/devices"),
    ({"table": "devices", "where": {"name": "sw-01"}, "set": {"name": "sw#01"}}, "DEV-NAME-CHAR", "dcim/devices"),
    (
        {"table": "interfaces", "where": {"device": "sw-01", "name": "Ethernet3"}, "set": {"description": "! old"}},
        "DESC-TEXT",
        "dcim/interfaces",
    ),
    ({"table": "vlans", "where": {"vid": 60}, "set": {"vid": 4095}}, "VLAN-RANGE", "ipam/vlans"),
    (
        {"table": "wireless_lans", "where": {"ssid": "FLT-Staff"}, "set": {"auth_type": "open"}},
        "WLAN-AUTH",
        "wireless/wireless-lans",
    ),
]


@pytest.mark.parametrize(("change", "code", "path"), CHANGES, ids=[code for _, code, _ in CHANGES])
def test_a_problem_names_the_page_of_its_thing(
    changed: Callable[[list[dict[str, Any]]], Records], standard: Standard, change: dict[str, Any], code: str, path: str
) -> None:
    records = changed([change])
    found = check.problems(records, standard, "oakfield")

    linked = page.linked(found, records, standard, "oakfield", SOURCE)

    (problem, *_) = (one for one in linked if one.code == code)
    number = problem.thing.rpartition("#")[2].rstrip(")")
    assert problem.url == f"https://netbox.fernhill.example/{path}/{number}/"
    assert problem.url in str(problem)


def test_rows_that_came_from_no_netbox_have_no_page(
    changed: Callable[[list[dict[str, Any]]], Records], standard: Standard
) -> None:
    records = changed([CHANGES[0][0]])
    found = check.problems(records, standard, "oakfield")

    assert page.linked(found, records, standard, "oakfield", "script/fernhill") == found
