"""Against a NetBox of your own: MATRIC_TEST_NETBOX_URL and MATRIC_TEST_NETBOX_TOKEN name one that holds an estate.

Nothing is written there.
"""

import os
from collections.abc import Iterator

import pytest

from matric import contract
from matric.netbox import Client, check, pull, push, reading

URL, TOKEN = os.environ.get("MATRIC_TEST_NETBOX_URL", ""), os.environ.get("MATRIC_TEST_NETBOX_TOKEN", "")
pytestmark = pytest.mark.skipif(
    not (URL and TOKEN), reason="needs a NetBox of your own: MATRIC_TEST_NETBOX_URL, _TOKEN"
)


@pytest.fixture
def own() -> Iterator[Client]:
    with Client(URL, TOKEN) as client:
        yield client


def test_graphql_and_rest_say_the_same(own: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    by_graphql = pull(own)
    monkeypatch.setattr(reading, "GRAPHQL_FROM", (99,))

    by_rest = pull(own)

    assert by_rest.records == by_graphql.records
    assert by_rest.digest == by_graphql.digest


def test_it_has_not_moved_since_it_was_read(own: Client) -> None:
    assert not check(own, pull(own).manifest).moved


def test_writing_what_was_read_would_write_nothing(own: Client) -> None:
    assert contract.missing(own) == ()
    assert push(own, pull(own).records).writes == ()
