"""The stand-in gives prefixes away as NetBox does: the next free one, all of a request or nothing."""

from collections.abc import Iterator
from typing import Any

import pytest
import requests

from matric.intent import record
from matric.intent.record import Records
from matric.lab.netbox import NetBox, serve


@pytest.fixture
def netbox() -> Iterator[NetBox]:
    rows = (
        record.PrefixRow(id=1, prefix="10.48.0.0/12", status="container"),
        record.PrefixRow(id=2, prefix="10.48.0.0/18", status="container"),
        record.PrefixRow(id=3, prefix="10.48.72.0/24", status="deprecated", vrf_id=1),
    )
    with serve(Records(prefixes=rows, vrfs=(record.VrfRow(id=1, name="old"),))) as served:
        yield served


def ask(netbox: NetBox, body: Any = None, key: int = 1) -> requests.Response:
    headers = {"Authorization": f"Bearer {netbox.token}"}
    where = f"{netbox.url}/api/ipam/prefixes/{key}/available-prefixes/"
    if body is None:
        return requests.get(where, headers=headers, timeout=5)
    return requests.post(where, json=body, headers=headers, timeout=5)


def test_what_is_free_is_listed_without_what_any_child_takes(netbox: NetBox) -> None:
    found = ask(netbox).json()

    assert found[0] == {"family": 4, "prefix": "10.48.64.0/21", "vrf": None}
    assert "10.48.0.0/18" not in {one["prefix"] for one in found}
    assert found[-1]["prefix"] == "10.56.0.0/13"


def test_the_smallest_free_piece_that_is_big_enough_is_used_from_its_start(netbox: NetBox) -> None:
    made = ask(netbox, {"prefix_length": 18, "status": "container"})
    small = ask(netbox, {"prefix_length": 24})

    assert (made.status_code, made.json()["prefix"], made.json()["status"]["value"]) == (
        201, "10.48.128.0/18", "container",
    )  # fmt: skip
    assert small.json()["prefix"] == "10.48.73.0/24"


def test_a_list_is_given_all_or_nothing(netbox: NetBox) -> None:
    both = ask(netbox, [{"prefix_length": 13}, {"prefix_length": 14}])
    before = len(netbox.store.rows("ipam.prefix"))
    none = ask(netbox, [{"prefix_length": 24}, {"prefix_length": 13}])

    assert [one["prefix"] for one in both.json()] == ["10.56.0.0/13", "10.52.0.0/14"]
    assert none.status_code == 409
    assert none.json() == {"detail": "Insufficient resources are available to satisfy the request"}
    assert len(netbox.store.rows("ipam.prefix")) == before


@pytest.mark.parametrize(
    ("body", "said"),
    [({}, "This field is required."), ({"prefix_length": "x"}, "A valid integer is required."),
     ({"prefix_length": 33}, "Invalid prefix length (33)")],
)  # fmt: skip
def test_a_length_that_is_none_is_refused(netbox: NetBox, body: dict[str, Any], said: str) -> None:
    answer = ask(netbox, body)

    assert (answer.status_code, answer.json()) == (400, {"prefix_length": [said]})


def test_a_prefix_that_is_not_there_has_nothing_to_give(netbox: NetBox) -> None:
    assert ask(netbox, {"prefix_length": 24}, key=99).status_code == 404
