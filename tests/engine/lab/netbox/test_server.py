"""What a client can rely on of the stand-in, and how it can be made to go wrong."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import pytest
import requests

from matric.errors import UsageError
from matric.intent.record import Records
from matric.lab.netbox import READ_ONLY, Access, NetBox, Store, serve

Ask = Callable[..., requests.Response]
READER = "nbt_readerreader.readerreaderreaderreaderreaderreaderre"


def ids(answer: requests.Response) -> list[int]:
    return [row["id"] for row in answer.json()["results"]]


# Lists.


def test_a_list_is_never_longer_than_a_thousand_whatever_is_asked(netbox: NetBox, ask: Ask) -> None:
    def grow(store: Store) -> None:
        row = store.get("dcim.interface", 99)
        for number in range(1200):
            store.insert("dcim.interface", {**row, "id": 1000 + number, "name": f"Vlan{1000 + number}"}, log=False)

    netbox.change(grow)

    for limit in (0, 5000):
        page = ask("GET", f"api/dcim/interfaces/?limit={limit}").json()
        assert len(page["results"]) == 1000
        assert page["count"] == 1207
        assert "offset=1000" in page["next"]
    assert len(ask("POST", "graphql/", json={"query": "{interface_list{id}}"}).json()["data"]["interface_list"]) == 1000


def test_pages_lead_to_each_other_and_hold_every_row_once(ask: Ask, netbox: NetBox) -> None:
    found: list[int] = []
    after: str | None = f"{netbox.url}/api/dcim/interfaces/?limit=3&ordering=id"
    while after:
        answer = ask("GET", after.removeprefix(f"{netbox.url}/"))
        found += ids(answer)
        after = answer.json()["next"]

    assert found == [11, 12, 13, 21, 22, 23, 99]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("site=oakfield&name=Gi1/0/1", [11, 21]),
        ("device_id=2", [21, 22, 23]),
        ("type__n=1000base-t", [99]),
        ("tag=legacy&device=sw-01", [11, 12, 13]),
        ("cf_port_profile=uplink&id=11&id=12", [11, 12]),
        ("id__gt=23", [99]),
        ("name__isw=vlan", [99]),
        ("untagged_vlan_id=5&device_id=1", [12]),
        ("no_such_filter=1&device_id=2", [21, 22, 23]),
    ],
)
def test_filters_narrow_a_list_and_an_unknown_one_does_not(ask: Ask, query: str, found: list[int]) -> None:
    answer = ask("GET", f"api/dcim/interfaces/?{query}&ordering=id")

    assert answer.status_code == 200, answer.text
    assert ids(answer) == found


def test_an_ordering_may_be_turned_round(ask: Ask) -> None:
    assert ids(ask("GET", "api/dcim/interfaces/?ordering=-id&limit=2")) == [99, 23]


# Who may do what.


def test_who_may_not_view_gets_403_by_rest_and_an_empty_list_by_graphql(netbox: NetBox, ask: Ask) -> None:
    netbox.admit(READER, Access((5, "reader"), {"dcim.site": READ_ONLY}))

    assert ask("GET", "api/dcim/sites/", token=READER).status_code == 200
    assert ask("GET", "api/dcim/devices/", token=READER).status_code == 403
    answer = ask("POST", "graphql/", token=READER, json={"query": "{device_list{id} site_list{id}}"})
    assert answer.json() == {"data": {"device_list": [], "site_list": [{"id": "2"}, {"id": "1"}]}}


def test_who_may_only_view_may_not_write(netbox: NetBox, ask: Ask) -> None:
    netbox.admit(READER, Access((5, "reader"), {"dcim.site": READ_ONLY}))

    assert ask("POST", "api/dcim/sites/", token=READER, json={"name": "X", "slug": "x"}).status_code == 403
    assert ask("PATCH", "api/dcim/sites/1/", token=READER, json={"name": "X"}).status_code == 403
    assert ask("DELETE", "api/dcim/sites/1/", token=READER).status_code == 403
    assert len(netbox.store.rows("dcim.site")) == 2


def test_a_row_beyond_a_constraint_is_not_there_but_is_still_counted_where_it_belongs(netbox: NetBox, ask: Ask) -> None:
    netbox.admit(READER, Access((5, "reader"), None, {"dcim.device": frozenset({2})}))

    assert ids(ask("GET", "api/dcim/devices/", token=READER)) == [1]
    assert ask("GET", "api/dcim/devices/2/", token=READER).status_code == 404
    assert ask("GET", "api/dcim/sites/1/", token=READER).json()["device_count"] == 2


def test_a_relation_to_a_hidden_object_empties_the_whole_graphql_answer(netbox: NetBox, ask: Ask) -> None:
    netbox.admit(READER, Access((5, "reader"), None, {"dcim.device": frozenset({2})}))

    answer = ask("POST", "graphql/", token=READER, json={"query": "{interface_list{id device{id}}}"})

    assert answer.status_code == 200
    assert answer.json()["data"] is None
    assert answer.json()["errors"]


# Writing.


def test_a_bulk_create_with_one_bad_item_creates_nothing_and_logs_nothing(netbox: NetBox, ask: Ask) -> None:
    before = len(netbox.store.changes)

    answer = ask("POST", "api/ipam/vlans/", json=[{"vid": 30, "name": "voice"}, {"vid": 5000, "name": "x"}])

    assert answer.status_code == 400
    assert answer.json()[0] == {}
    assert "vid" in answer.json()[1]
    assert [row["vid"] for row in netbox.store.rows("ipam.vlan")] == [20]
    assert len(netbox.store.changes) == before


def test_every_write_is_in_the_change_log_with_who_and_why(ask: Ask) -> None:
    ask("PATCH", "api/dcim/sites/", json=[{"id": 1, "description": "East", "changelog_message": "moved"}])

    newest = ask("GET", "api/core/object-changes/?limit=1&ordering=-id").json()["results"][0]

    assert (newest["changed_object_type"], newest["changed_object_id"]) == ("dcim.site", 1)
    assert newest["message"] == "moved"
    assert newest["postchange_data"]["description"] == "East"
    assert newest["user_name"] == "admin"


def test_a_write_on_what_one_read_before_another_wrote_is_refused(ask: Ask) -> None:
    etag = ask("GET", "api/dcim/sites/1/").headers["ETag"]

    first = ask("PATCH", "api/dcim/sites/1/", json={"facility": "A"}, headers={"If-Match": etag})
    second = ask("PATCH", "api/dcim/sites/1/", json={"facility": "B"}, headers={"If-Match": etag})

    assert (first.status_code, second.status_code) == (200, 412)
    assert ask("GET", "api/dcim/sites/1/").json()["facility"] == "A"


def test_what_is_deleted_takes_its_cable_and_addresses_with_it(netbox: NetBox, ask: Ask) -> None:
    answer = ask("DELETE", "api/dcim/devices/", json=[{"id": 1}])

    assert answer.status_code == 204
    assert not netbox.store.rows("dcim.cable")
    assert not netbox.store.rows("ipam.ipaddress")
    assert [row["id"] for row in netbox.store.rows("dcim.interface")] == [21, 22, 23]


# Faults.


def unavailable(answer: requests.Response) -> bool:
    return answer.status_code == 503


def a_login_page(answer: requests.Response) -> bool:
    return answer.status_code == 200 and "text/html" in answer.headers["Content-Type"]


def elsewhere(answer: requests.Response) -> bool:
    return answer.status_code == 302


def without_its_last_row(answer: requests.Response) -> bool:
    return ids(answer) == [11, 12] and cast("int", answer.json()["count"]) == 7


def with_its_first_row_again(answer: requests.Response) -> bool:
    return ids(answer) == [11, 12, 11]


def without_one_row(answer: requests.Response) -> bool:
    return ids(answer) == [11, 13] and cast("int", answer.json()["count"]) == 6


def with_another_name(answer: requests.Response) -> bool:
    return "Gi9/9/9" in answer.text


@pytest.mark.parametrize(
    ("kind", "more", "told"),
    [
        ("status", {"status": 503}, unavailable),
        ("html", {}, a_login_page),
        ("redirect", {}, elsewhere),
        ("short", {}, without_its_last_row),
        ("duplicate", {}, with_its_first_row_again),
        ("hide", {"ids": frozenset({12})}, without_one_row),
        ("text", {"old": "Gi1/0/1", "new": "Gi9/9/9"}, with_another_name),
    ],
)
def test_a_fault_strikes_once_and_then_all_is_well(
    netbox: NetBox, ask: Ask, kind: str, more: dict[str, Any], told: Callable[[requests.Response], bool]
) -> None:
    path = "api/dcim/interfaces/?ordering=id&limit=3"
    netbox.fault(kind, "dcim/interfaces", **more)

    assert told(ask("GET", path))
    after = ask("GET", path)
    assert ids(after) == [11, 12, 13]
    assert after.json()["count"] == 7


def test_a_truncated_answer_is_no_json(netbox: NetBox, ask: Ask) -> None:
    netbox.fault("truncate", "dcim/sites", at=30)

    with pytest.raises(ValueError, match=r"Unterminated|Expecting"):
        json.loads(ask("GET", "api/dcim/sites/").text)


def test_a_dropped_connection_is_an_error_of_the_transport(netbox: NetBox, ask: Ask) -> None:
    netbox.fault("drop", "dcim/sites")

    with pytest.raises(requests.RequestException):
        ask("GET", "api/dcim/sites/")


def test_what_hangs_answers_nobody_until_it_is_let_go(netbox: NetBox, ask: Ask) -> None:
    netbox.fault("hang", "dcim/sites", times=None)
    with pytest.raises(requests.Timeout):
        ask("GET", "api/dcim/sites/", timeout=0.2)

    netbox.clear()

    assert ask("GET", "api/dcim/sites/").status_code == 200


def test_netbox_may_change_in_the_middle_of_a_read(netbox: NetBox, ask: Ask) -> None:
    def rename(store: Store) -> None:
        store.update("dcim.site", 1, {"name": "New"})

    netbox.fault("change", "dcim/sites", skip=1, act=rename)

    first, second = (ask("GET", "api/dcim/sites/1/").json()["name"] for _ in range(2))

    assert (first, second) == ("Oakfield", "New")


def test_graphql_lists_can_be_short_too(netbox: NetBox, ask: Ask) -> None:
    netbox.fault("short", "graphql")
    asked = {"query": "{interface_list(pagination:{start:0}){id}}"}

    first, second = (len(ask("POST", "graphql/", json=asked).json()["data"]["interface_list"]) for _ in range(2))

    assert (first, second) == (6, 7)


def test_a_fault_nobody_knows_is_refused_when_it_is_set(netbox: NetBox) -> None:
    with pytest.raises(ValueError, match="no fault is called"):
        netbox.fault("gremlin")


# Its life.


def test_what_was_written_is_there_after_a_restart(tmp_path: Path, records: Records) -> None:
    state = tmp_path / "netbox.json"
    headers = {"Authorization": ""}
    with serve(records, state=state) as first:
        headers["Authorization"] = f"Bearer {first.token}"
        answer = requests.patch(
            f"{first.url}/api/dcim/sites/1/", json={"facility": "East"}, headers=headers, timeout=30
        )
        assert answer.status_code == 200
        changes = len(first.store.changes)

    with serve(state=state) as second:
        site = requests.get(f"{second.url}/api/dcim/sites/1/", headers=headers, timeout=30).json()
        assert site["facility"] == "East"
        assert len(second.store.changes) == changes


def test_a_port_that_is_taken_is_said_so(netbox: NetBox) -> None:
    with pytest.raises(UsageError, match="cannot be opened"):
        serve(port=int(netbox.url.rpartition(":")[2]))


def test_it_is_never_reached_from_another_machine() -> None:
    with pytest.raises(UsageError, match="not of this machine"):
        serve(host="0.0.0.0")


def test_an_empty_netbox_holds_nothing_and_knows_no_custom_field() -> None:
    with serve(prepared=False) as empty:
        assert all(not rows for rows in empty.store.tables.values())
