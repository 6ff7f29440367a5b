"""The trust written into a NetBox: everything, in an order NetBox takes, and nothing twice."""

from typing import Any

import pytest

from matric import contract, snapshot
from matric.errors import SourceError
from matric.intent.record import Records
from matric.lab.netbox import READ_ONLY, Access, NetBox
from matric.netbox import Client, InvalidError, pull, push


def writes(netbox: NetBox) -> list[tuple[str, str]]:
    return [request for request in netbox.requests if request[0] != "GET" and "graphql" not in request[1]]


def test_a_dry_run_writes_nothing_and_says_all(writer: Client, empty: NetBox, trust: Records) -> None:
    said = push(writer, trust).writes

    assert not writes(empty)
    assert "oakfield/sw-01" in said
    assert "custom field port_profile on dcim.interface" in said


def test_what_was_written_is_what_is_read(writer: Client, trust: Records) -> None:
    said = push(writer, trust).writes
    pushed = push(writer, trust, dry_run=False)

    (ids_only,) = snapshot.difference(trust, pull(writer).records)

    assert pushed.writes == said
    assert ids_only.endswith("rows have other NetBox ids than before")


def test_a_second_run_writes_nothing(writer: Client, empty: NetBox, trust: Records) -> None:
    push(writer, trust, dry_run=False)
    empty.requests.clear()

    assert push(writer, trust, dry_run=False).writes == ()
    assert not writes(empty)


def test_ids_lead_from_the_rows_to_the_netbox(writer: Client, trust: Records) -> None:
    ids = push(writer, trust, dry_run=False).ids

    there = {row.id: row for row in pull(writer).records.devices}

    assert {there[ids["devices"][row.id]].serial: row.name for row in trust.devices if row.serial} == {
        "SN1": "sw-01", "SN2": "sw-01",
    }  # fmt: skip


def test_a_run_that_broke_off_is_finished_by_the_next(writer: Client, empty: NetBox, trust: Records) -> None:
    empty.fault("status", "dcim/cables/", method="POST", status=400, body=[{"a_terminations": ["no"]}, {}])
    with pytest.raises(InvalidError):
        push(writer, trust, dry_run=False)

    said = push(writer, trust, dry_run=False).writes

    assert said
    assert all("cable" in one or "SSID" in one for one in said)
    assert len(snapshot.difference(trust, pull(writer).records)) == 1


def test_what_was_edited_there_is_set_back_and_named(writer: Client, trust: Records) -> None:
    ids = push(writer, trust, dry_run=False).ids
    writer.update("ipam/vlans/", [{"id": ids["vlans"][110], "description": "by hand"}])

    assert push(writer, trust, dry_run=False).writes == ("VLAN 10 Staff at fernhill: description",)
    assert push(writer, trust, dry_run=False).writes == ()


def test_what_is_there_besides_stays(writer: Client, empty: NetBox, trust: Records) -> None:
    writer.create("dcim/sites/", [{"name": "Other", "slug": "other"}])

    push(writer, trust, dry_run=False)

    assert {row.slug for row in pull(writer).records.sites} == {"other", "fernhill", "oakfield"}
    assert not [request for request in empty.requests if request[0] == "DELETE"]


def test_interfaces_that_a_device_type_brings_along_are_used(writer: Client, trust: Records) -> None:
    devices = tuple(row.model_copy(update={"primary_ip4_id": None}) for row in trust.devices)
    only = trust.model_copy(update={"devices": devices, "cables": (), "interfaces": (), "ip_addresses": ()})
    push(writer, only, dry_run=False)
    device = push(writer, only).ids["devices"][100]
    writer.create("dcim/interfaces/", [{"device": device, "name": "Ethernet1", "type": "1000base-t"}])

    said = push(writer, trust, dry_run=False).writes

    assert "fernhill/sw-01 Ethernet1" not in said
    assert any(one.startswith("fernhill/sw-01 Ethernet1: ") for one in said)


def test_progress_runs_to_the_end(writer: Client, trust: Records) -> None:
    seen: list[tuple[str, int, int]] = []

    push(writer, trust, on_progress=lambda what, done, of: seen.append((what, done, of)))

    assert seen[0][0] == "sites"
    assert seen[-1][1] == seen[-1][2]


# The data contract.


def test_an_empty_netbox_lacks_the_whole_contract(writer: Client) -> None:
    assert len(contract.missing(writer)) == len(contract.CONTRACT)


def test_preparing_dry_says_what_preparing_does(writer: Client, empty: NetBox) -> None:
    said = contract.prepare(writer)
    assert not writes(empty)

    assert contract.prepare(writer, dry_run=False) == said
    assert contract.missing(writer) == ()
    assert contract.prepare(writer, dry_run=False) == ()


def test_a_role_of_the_standard_is_asked_for_too(writer: Client) -> None:
    contract.prepare(writer, dry_run=False)

    assert contract.missing(writer, ("sixth-form",)) == ("IPAM role sixth-form",)


def field(client: Client, **more: Any) -> None:
    client.create(
        "extras/custom-fields/", [{"name": "filter_policy", "type": "text", "object_types": ["ipam.vlan"], **more}]
    )


def test_a_custom_field_is_given_the_object_type_it_lacks(writer: Client) -> None:
    field(writer)
    assert "custom field filter_policy on ipam.prefix" in contract.missing(writer)

    contract.prepare(writer, dry_run=False)

    assert contract.missing(writer) == ()


def test_a_custom_field_of_another_type_is_left_to_a_person(writer: Client) -> None:
    field(writer, type="integer", object_types=["ipam.vlan", "ipam.prefix"])

    contract.prepare(writer, dry_run=False)

    assert contract.missing(writer) == ("custom field filter_policy: is of type integer, has to be text or select",)


def test_a_token_that_may_not_write_is_told_so(netbox: NetBox) -> None:
    reads = Access((3, "reader"), {"ipam.role": READ_ONLY})

    with Client(netbox.url, netbox.admit("reads", reads)) as client, pytest.raises(SourceError) as caught:
        client.create("ipam/roles/", [{"name": "Lab", "slug": "lab"}])

    assert caught.value.problems[0].code == "NB-403"


def test_the_small_trust_lacks_nothing(trust: Records) -> None:
    assert contract.gaps(trust) == ()


@pytest.mark.parametrize(
    ("table", "index", "change", "said"),
    [
        ("interfaces", 0, {"custom_fields": {}}, "fernhill/sw-01 Ethernet1: custom field port_profile"),
        ("devices", 1, {"custom_fields": {}}, "fernhill/ap-01: custom field ap_location (indoor or outdoor)"),
        ("device_types", 0, {"custom_fields": {"support_end": "2038-09-30"}},
         "device type Arista CCS-720XP-24Y6: custom field max_vlans"),
        ("device_types", 0, {"custom_fields": {"max_vlans": 4094}},
         "device type Arista CCS-720XP-24Y6: custom field support_end"),
        ("device_types", 1, {"custom_fields": {"support_end": "2036-10-31"}},
         "device type Cisco C9120AXI-E: custom field wifi_generation"),
        ("vlans", 0, {"role": None}, "VLAN 10 Staff at fernhill: role"),
        ("wireless_lans", 0, {"custom_fields": {}}, "SSID FLT-Staff at fernhill: custom field psk_ref"),
    ],
)  # fmt: skip
def test_what_a_row_lacks_is_said_by_object(
    trust: Records, table: str, index: int, change: dict[str, Any], said: str
) -> None:
    rows = list(getattr(trust, table))
    rows[index] = rows[index].model_copy(update=change)

    assert contract.gaps(trust.model_copy(update={table: tuple(rows)})) == (said,)
