"""An address block for a joining school: NetBox gives it, and never the same one twice."""

import subprocess
import sys
from ipaddress import IPv4Network

import pytest

from matric.errors import SourceError, UsageError
from matric.intent import record
from matric.intent.record import Records
from matric.lab.netbox import NetBox, serve
from matric.netbox import Client, Limits, allocate

POOL = IPv4Network("10.48.0.0/12")


def trust_with(*prefixes: str) -> Records:
    rows = [record.PrefixRow(id=1, prefix=str(POOL), status="container")]
    rows += [record.PrefixRow(id=number, prefix=one, status="container") for number, one in enumerate(prefixes, 2)]
    return Records(prefixes=tuple(rows))


@pytest.fixture
def given() -> NetBox:
    return serve(trust_with("10.48.0.0/18", "10.48.64.0/18"))


def block(netbox: NetBox, school: str, **more: object) -> IPv4Network:
    with Client(netbox.url, netbox.token, limits=Limits(connect_s=2, read_s=2)) as client:
        return allocate(client, POOL, school, note=f"{school}: block", **({"size": 18} | more))  # type: ignore[arg-type]


ASKING = """
import sys
from ipaddress import IPv4Network
from matric.netbox import Client, allocate
url, token, school = sys.argv[1:]
with Client(url, token) as client:
    print("ready", flush=True)
    sys.stdin.readline()
    print(allocate(client, IPv4Network("10.48.0.0/12"), school, note=f"{school}: block", size=18))
"""


def test_the_first_free_block_is_given_and_recorded(given: NetBox) -> None:
    with given:
        assert block(given, "thornfield") == IPv4Network("10.48.128.0/18")
        (row,) = [one for one in given.store.rows("ipam.prefix") if one["prefix"] == "10.48.128.0/18"]

    assert (row["status"], row["description"]) == ("container", "thornfield: block")


def test_a_school_that_asks_again_gets_the_block_it_has(given: NetBox) -> None:
    with given:
        first = block(given, "thornfield")

        assert block(given, "thornfield") == first
        assert block(given, "ashby") != first


def test_a_block_in_use_at_the_school_itself_is_kept_clear(given: NetBox) -> None:
    said: list[str] = []
    with given:
        used = ((IPv4Network("10.48.130.0/24"), "in use at thornfield"),)
        found = block(given, "thornfield", used=used, say=said.append)
        kept = given.store.find("ipam.prefix", prefix="10.48.128.0/18")

    assert found == IPv4Network("10.48.192.0/18")
    assert said == ["10.48.128.0/18 is kept clear: in use at thornfield"]
    assert kept is not None
    assert kept["status"] == "reserved"


def test_a_trust_whose_block_is_full_is_told_so() -> None:
    full = (str(one) for one in POOL.subnets(new_prefix=13))
    with serve(trust_with(*full)) as netbox, pytest.raises(UsageError, match="no /18 left"):
        block(netbox, "thornfield")


def test_a_netbox_without_the_trusts_block_is_told_so() -> None:
    with serve(Records()) as netbox, pytest.raises(UsageError, match=r"has no prefix 10\.48\.0\.0/12"):
        block(netbox, "thornfield")


def test_an_answer_that_never_came_gives_no_second_block(given: NetBox) -> None:
    with given:
        given.fault("drop", "available-prefixes", method="POST")
        found = block(given, "thornfield")
        mine = [one for one in given.store.rows("ipam.prefix") if one["description"] == "thornfield: block"]

    assert [one["prefix"] for one in mine] == [str(found)]


def test_a_netbox_that_falls_down_is_asked_again_once(given: NetBox) -> None:
    with given:
        given.fault("status", "available-prefixes", method="POST", status=500)
        assert block(given, "thornfield") == IPv4Network("10.48.128.0/18")

        given.fault("status", "available-prefixes", method="POST", status=500, times=None)
        with pytest.raises(SourceError):
            block(given, "ashby")


@pytest.mark.slow
@pytest.mark.parametrize("schools", [("a", "b", "c", "d"), ("a", "a", "a", "a")], ids=["four schools", "one school"])
def test_processes_that_ask_at_once_never_share_a_block(given: NetBox, schools: tuple[str, ...]) -> None:
    with given:
        asking = [
            subprocess.Popen(
                [sys.executable, "-c", ASKING, given.url, given.token, school],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            )
            for school in schools
        ]  # fmt: skip
        for one in asking:
            assert one.stdout is not None
            assert one.stdout.readline() == "ready\n"
        for one in asking:  # all have come up: now all ask
            assert one.stdin is not None
            one.stdin.write("\n")
            one.stdin.flush()
        found = [(school, one.communicate(timeout=60)[0].strip()) for school, one in zip(schools, asking, strict=True)]

    assert len({network for _, network in found}) == len({school for school, _ in found}) == len(set(schools))
