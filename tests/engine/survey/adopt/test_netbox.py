"""A joining school written into a NetBox that people work in: filled, never emptied, never overwritten unasked."""

from collections.abc import Iterator
from typing import Any

import pytest

from matric import netbox as edge
from matric import site as sites
from matric.errors import SourceError
from matric.intent.record import Records
from matric.intent.standard import Standard
from matric.lab.netbox import NetBox, serve
from matric.netbox import Adopted, Client, reading, rows
from matric.netbox.macs import Macs
from matric.survey.adopt import Adoption, Choice, Choices, adoption
from matric.survey.model import Survey


@pytest.fixture
def netbox(trust: sites.Site) -> Iterator[NetBox]:
    """What the trust's own NetBox holds before the school joins: other schools' prefixes and types, no devices."""
    held = trust.snapshot.records
    few = Records(
        sites=held.sites, device_types=held.device_types, prefixes=held.prefixes, vlans=held.vlans,
        vlan_groups=held.vlan_groups, vrfs=held.vrfs,
    )  # fmt: skip
    with serve(few) as served:
        yield served


@pytest.fixture
def client(netbox: NetBox) -> Iterator[Client]:
    with Client(netbox.url, netbox.token) as one:
        yield one


def read(client: Client) -> Records:
    tables: dict[str, Any] = {
        one.name: reading.models(one, client.rows(one.path, fields=",".join(one.asked)), one.row) for one in rows.TABLES
    }
    return Records(**tables)


def worked(client: Client, survey: Survey, standard: Standard, choices: Choices) -> tuple[Adoption, Records]:
    held = read(client)
    return adoption(survey, standard, held, choices), held


def put(client: Client, survey: Survey, standard: Standard, choices: Choices, *, dry_run: bool = False) -> Adopted:
    made, held = worked(client, survey, standard, choices)
    return edge.adopt(
        client, made.school_rows, held, chosen=made.chosen, macs=made.macs, message="matric: thornfield",
        dry_run=dry_run,
    )  # fmt: skip


def writes(netbox: NetBox) -> list[tuple[str, str]]:
    return [request for request in netbox.requests if request[0] != "GET" and "graphql" not in request[1]]


def test_a_dry_run_says_all_and_writes_nothing(
    client: Client, netbox: NetBox, messy: Survey, standard: Standard, nothing: Choices
) -> None:
    said = put(client, messy, standard, nothing, dry_run=True).writes
    assert not writes(netbox)

    done = put(client, messy, standard, nothing)

    assert done.writes == said
    assert "thornfield/SW-A" in said
    assert len(done.requests) == len(writes(netbox))
    assert all(done.requests)


def test_what_is_read_afterwards_is_what_was_worked_out(
    client: Client, messy: Survey, standard: Standard, nothing: Choices
) -> None:
    put(client, messy, standard, nothing)

    again, _ = worked(client, messy, standard, nothing)

    assert again.problems == ()
    assert not [one for one in again.choices.choices if one.field.startswith("netbox ")]


def test_a_second_run_writes_nothing(
    client: Client, netbox: NetBox, messy: Survey, standard: Standard, nothing: Choices
) -> None:
    put(client, messy, standard, nothing)
    netbox.requests.clear()

    assert put(client, messy, standard, nothing).writes == ()
    assert not writes(netbox)


def test_every_change_says_in_netboxs_log_where_it_came_from(
    client: Client, netbox: NetBox, messy: Survey, standard: Standard, nothing: Choices
) -> None:
    done = put(client, messy, standard, nothing)
    logged = [one for one in netbox.store.changes if one["request_id"] in done.requests]

    tables = {one["changed_object_type"] for one in logged if one["message"] == "matric: thornfield"}

    assert {"dcim.site", "dcim.device", "dcim.interface", "dcim.cable", "ipam.prefix"} <= tables


def test_what_somebody_typed_stays_and_is_a_choice(
    client: Client, netbox: NetBox, messy: Survey, standard: Standard, nothing: Choices
) -> None:
    put(client, messy, standard, nothing)
    device = netbox.store.find("dcim.device", name="SW-A")
    assert device is not None
    client.update("dcim/devices/", [{"id": device["id"], "serial": "TYPED", "description": "In the loft"}])
    netbox.requests.clear()

    made, _ = worked(client, messy, standard, nothing)
    put(client, messy, standard, nothing)
    given = made.choices.of("SW-A", "netbox serial")

    assert given is not None
    assert (given.here, given.there, given.propose) == ("CN22B", "TYPED", "adopt")
    assert not writes(netbox)

    decided = Choices(school="thornfield", choices=(given.model_copy(update={"decide": "adopt"}),))
    assert put(client, messy, standard, decided).writes == ("thornfield/SW-A: serial",)
    after = netbox.store.get("dcim.device", device["id"])
    assert (after["serial"], after["description"]) == ("CN22B", "In the loft")


def test_a_bare_site_and_a_block_that_is_there_are_filled_and_not_made_twice(
    client: Client, netbox: NetBox, messy: Survey, standard: Standard, nothing: Choices
) -> None:
    block = str(standard.addresses.schools["thornfield"])
    client.create("dcim/sites/", [{"name": "Thornfield C of E", "slug": "thornfield", "status": "planned"}])
    client.create("ipam/prefixes/", [{"prefix": block, "status": "container"}])

    said = put(client, messy, standard, nothing).writes
    (site,) = [one for one in netbox.store.rows("dcim.site") if one["slug"] == "thornfield"]
    (row,) = [one for one in netbox.store.rows("ipam.prefix") if one["prefix"] == block]

    assert "school thornfield" not in said
    assert (site["name"], site["status"]) == ("Thornfield C of E", "planned")
    assert (row["scope_type"], row["scope_id"]) == ("dcim.site", site["id"])


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("dcim/interfaces/", 409),
        pytest.param("dcim/interfaces/", 500, marks=pytest.mark.slow),
        pytest.param("dcim/cables/", 500, marks=pytest.mark.slow),
        pytest.param("dcim/cables/", 400, marks=pytest.mark.slow),
    ],
)
def test_a_run_that_broke_off_is_finished_by_the_next_and_nothing_is_there_twice(  # noqa: PLR0917 - fixtures
    client: Client, netbox: NetBox, messy: Survey, standard: Standard, nothing: Choices, path: str, status: int
) -> None:
    netbox.fault("status", path, method="POST", status=status, times=None, body={"detail": "no"})
    with pytest.raises(SourceError):
        put(client, messy, standard, nothing)
    netbox.clear()

    put(client, messy, standard, nothing)
    names = [(one["device"], one["name"]) for one in netbox.store.rows("dcim.interface")]
    again, _ = worked(client, messy, standard, nothing)

    assert len(names) == len(set(names)) == len(again.school_rows.interfaces)
    assert again.problems == ()


def test_a_write_without_an_answer_is_looked_for_before_it_is_tried_again(
    client: Client, netbox: NetBox, messy: Survey, standard: Standard, nothing: Choices
) -> None:
    for path in ("dcim/devices/", "dcim/interfaces/", "ipam/prefixes/", "dcim/cables/"):
        netbox.fault("drop", path, method="POST")
    netbox.fault("drop", "dcim/devices/", method="PATCH")

    put(client, messy, standard, nothing)
    posts = [path for method, path in writes(netbox) if method == "POST" and path == "/api/dcim/devices/"]
    again, held = worked(client, messy, standard, nothing)

    assert posts == ["/api/dcim/devices/"]
    assert again.problems == ()
    assert len({row.name for row in held.devices}) == len(held.devices)


def test_a_field_that_is_filled_while_we_write_is_left_alone(
    client: Client, netbox: NetBox, messy: Survey, standard: Standard, nothing: Choices
) -> None:
    client.create("dcim/sites/", [{"name": "Thornfield", "slug": "thornfield", "status": "planned"}])
    made, held = worked(client, messy, standard, nothing)
    client.create("dcim/locations/", [{"name": "Main", "slug": "main", "site": held.sites[-1].id}])

    edge.adopt(client, made.school_rows, held, chosen=made.chosen, message="m", dry_run=False)

    assert [one["name"] for one in netbox.store.rows("dcim.location")].count("Main") == 1


def test_nothing_of_another_school_is_touched(
    client: Client, netbox: NetBox, messy: Survey, standard: Standard, nothing: Choices
) -> None:
    before = {name: {key: dict(row) for key, row in rows.items()} for name, rows in netbox.store.tables.items()}
    put(client, messy, standard, nothing)

    changed = [
        (name, key) for name, rows in before.items() for key, row in rows.items()
        if netbox.store.tables[name].get(key) != row
    ]  # fmt: skip

    assert changed == []


def test_a_choice_that_is_open_is_named(messy: Survey, standard: Standard, trust: sites.Site) -> None:
    made = adoption(messy, standard, trust.snapshot.records, Choices(school="thornfield"))
    one: Choice | None = made.choices.of("VLAN 77", "meaning")

    assert one in made.open
    assert one is not None
    assert one.propose is None


# MAC addresses.


def mac_of(netbox: NetBox, device: str, name: str) -> dict[str, Any]:
    """The interface with its primary MAC address and all it has."""
    row = netbox.store.find("dcim.device", name=device)
    assert row is not None
    found = netbox.store.find("dcim.interface", device=row["id"], name=name)
    assert found is not None
    return found | {"macs": [one["mac_address"] for one in netbox.store.macs(found["id"])]}


def test_the_macs_that_were_seen_are_recorded_and_each_is_the_primary_one(
    client: Client, netbox: NetBox, messy: Survey, standard: Standard, nothing: Choices
) -> None:
    said = put(client, messy, standard, nothing).writes

    port = mac_of(netbox, "SW-A", "vlan99")
    assert port["macs"] == ["AA:00:00:00:00:02"]
    assert netbox.store.get("dcim.macaddress", port["primary_mac_address"])["mac_address"] == "AA:00:00:00:00:02"
    assert "MAC address AA:00:00:00:00:02 on thornfield/SW-A vlan99" in said
    logged = {one["message"] for one in netbox.store.changes if one["changed_object_type"] == "dcim.macaddress"}
    assert logged == {"matric: thornfield"}


def test_a_mac_that_netbox_has_elsewhere_stays_there_and_one_at_nothing_is_assigned(
    client: Client, netbox: NetBox, messy: Survey, standard: Standard, nothing: Choices
) -> None:
    put(client, messy, standard, nothing)
    there, other = mac_of(netbox, "SW-A", "vlan99"), mac_of(netbox, "SW-A", "1")
    for row in netbox.store.rows("dcim.macaddress"):
        if row["mac_address"] == "AA:00:00:00:00:02":
            client.update("dcim/interfaces/", [{"id": there["id"], "primary_mac_address": None}])
            client.update("dcim/mac-addresses/", [{"id": row["id"], "assigned_object_id": other["id"]}])
    assert put(client, messy, standard, nothing).writes == ()
    assert mac_of(netbox, "SW-A", "1")["macs"] == ["AA:00:00:00:00:02"]

    (row,) = [one for one in netbox.store.rows("dcim.macaddress") if one["assigned_object_id"] == other["id"]]
    nowhere = {"id": row["id"], "assigned_object_type": None, "assigned_object_id": None}
    client.update("dcim/mac-addresses/", [nowhere])
    put(client, messy, standard, nothing)

    assert mac_of(netbox, "SW-A", "vlan99")["primary_mac_address"] == row["id"]


def test_a_mac_that_two_interfaces_are_said_to_have_is_written_at_neither(client: Client, netbox: NetBox) -> None:
    macs = Macs(client)
    one, two = "aa:00:00:00:00:0a", "aa:00:00:00:00:0b"
    called = {-1: "sw-a 1", -2: "sw-a 2", -3: "sw-a 3"}

    said = macs.write({-1: one, -2: one.upper(), -3: two}, called, dry_run=True)

    assert said == ("MAC address AA:00:00:00:00:0B on sw-a 3",)
    assert netbox.store.rows("dcim.macaddress") == []


@pytest.mark.slow
def test_a_primary_mac_that_somebody_chose_stays(
    client: Client, netbox: NetBox, messy: Survey, standard: Standard, nothing: Choices
) -> None:
    put(client, messy, standard, nothing)
    port = mac_of(netbox, "SW-A", "vlan99")
    own = {"mac_address": "02:00:00:00:00:99", "assigned_object_type": "dcim.interface",
           "assigned_object_id": port["id"]}  # fmt: skip
    (typed,) = client.create("dcim/mac-addresses/", [own])
    client.update("dcim/interfaces/", [{"id": port["id"], "primary_mac_address": typed["id"]}])

    assert put(client, messy, standard, nothing).writes == ()
    assert mac_of(netbox, "SW-A", "vlan99")["primary_mac_address"] == typed["id"]


@pytest.mark.slow
def test_macs_whose_write_had_no_answer_are_not_there_twice(
    client: Client, netbox: NetBox, messy: Survey, standard: Standard, nothing: Choices
) -> None:
    netbox.fault("drop", "dcim/mac-addresses/", method="POST")

    put(client, messy, standard, nothing)

    found = [one["mac_address"] for one in netbox.store.rows("dcim.macaddress")]
    assert len(found) == len(set(found)) > 0


@pytest.mark.slow
def test_a_device_in_store_elsewhere_is_moved_in_netbox_when_that_is_chosen(
    client: Client, netbox: NetBox, messy: Survey, standard: Standard, nothing: Choices
) -> None:
    held = read(client)
    (role,) = client.create("dcim/device-roles/", [{"name": "Access spare", "slug": "access-spare"}])
    (room,) = client.create("dcim/locations/", [{"name": "Store", "slug": "store", "site": held.sites[0].id}])
    spare = {"name": "spare-1", "site": held.sites[0].id, "location": room["id"], "role": role["id"],
             "device_type": held.device_types[0].id, "serial": "CN22B", "status": "inventory"}  # fmt: skip
    (device,) = client.create("dcim/devices/", [spare])
    made, _ = worked(client, messy, standard, nothing)
    (asked,) = [one for one in made.choices.choices if one.field == "netbox school"]
    chosen = Choices(school="thornfield", choices=(asked.model_copy(update={"decide": "adopt"}),))

    put(client, messy, standard, chosen)

    row = netbox.store.get("dcim.device", device["id"])
    site = netbox.store.find("dcim.site", slug="thornfield")
    assert site is not None
    assert (row["name"], row["site"], row["status"], row["location"]) == ("SW-A", site["id"], "active", None)
    assert [one["serial"] for one in netbox.store.rows("dcim.device")].count("CN22B") == 1
    assert put(client, messy, standard, nothing).writes == ()
