"""NetBox read whole or not at all: every way a read can go wrong has its own code, and the old snapshot stays."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from matric import snapshot
from matric.errors import Problem, SourceError
from matric.intent.record import Records
from matric.lab.netbox import Access, NetBox, Store
from matric.netbox import Client, check, pull, pull_into

MODELS = (
    "dcim.site", "dcim.location", "dcim.devicetype", "dcim.device", "dcim.interface", "dcim.cable", "ipam.vlangroup",
    "ipam.vlan", "ipam.vrf", "ipam.prefix", "ipam.iprange", "ipam.ipaddress", "wireless.wirelesslan",
)  # fmt: skip
ALSO = ("core.objectchange", "extras.tag", "dcim.manufacturer", "dcim.devicerole", "dcim.platform", "ipam.role",
        "wireless.wirelesslangroup")  # fmt: skip
VIEW = frozenset({"view"})


def problems(read: Callable[[], object]) -> tuple[Problem, ...]:
    """What the read is refused for."""
    with pytest.raises(SourceError) as caught:
        read()
    assert caught.value.problems
    return caught.value.problems


def codes(read: Callable[[], object]) -> set[str]:
    return {problem.code for problem in problems(read)}


def reading(netbox: NetBox, access: Access) -> Client:
    return Client(netbox.url, netbox.admit("limited", access))


def described(text: str) -> Callable[[Store], None]:
    """An edit at NetBox: VLAN 110 is described anew."""

    def act(store: Store) -> None:
        store.update("ipam.vlan", 110, {"description": text})

    return act


def gone(store: Store) -> None:
    """An edit at NetBox: Oakfield's wireless LAN is deleted."""
    store.delete("wireless.wirelesslan", 2)


# The read.


def test_what_netbox_holds_is_what_is_read(reader: Client, trust: Records) -> None:
    taken = pull(reader)

    assert snapshot.difference(trust, taken.records) == ()
    assert taken.manifest.counts == {name: len(rows) for name, rows in trust.tables()}


def test_switches_of_one_name_in_two_schools_stay_two(reader: Client) -> None:
    taken = pull(reader)

    assert [(row.id, row.site_id) for row in taken.records.devices if row.name == "sw-01"] == [(100, 1), (200, 2)]


def test_the_manifest_says_where_the_rows_come_from(reader: Client, netbox: NetBox) -> None:
    manifest = pull(reader).manifest

    assert manifest.source == netbox.url
    assert manifest.netbox_version == netbox.version
    assert manifest.taken_at.startswith("2026-11-24T09:00:")
    assert manifest.change_id
    assert not manifest.unproven


def test_interfaces_come_by_graphql_and_the_same_by_rest(reader: Client, netbox: NetBox) -> None:
    by_graphql = pull(reader)
    netbox.fault("status", "graphql", status=404, body="<html>", times=None)

    by_rest = pull(reader)

    assert ("POST", "/graphql/") in netbox.requests
    assert by_rest.records == by_graphql.records
    assert by_rest.digest == by_graphql.digest


def test_pages_are_followed_to_the_end(reader: Client, netbox: NetBox, trust: Records) -> None:
    reader.page = 3

    assert snapshot.difference(trust, pull(reader).records) == ()
    assert sum(path.startswith("/graphql") for _, path in netbox.requests) > 2


def test_progress_names_each_table(reader: Client) -> None:
    seen: list[tuple[str, int, int]] = []

    pull(reader, on_progress=lambda what, done, of: seen.append((what, done, of)))

    assert [name for name, _, _ in seen] == [*Records.model_fields, "checks"]


def test_a_custom_field_that_was_never_filled_in_is_not_there(reader: Client) -> None:
    ap = next(row for row in pull(reader).records.devices if row.name == "ap-01")

    assert ap.custom_fields == {"ap_location": "indoor"}


# Versions.


@pytest.mark.parametrize(
    ("given", "proven"), [("4.6.8", True), ("4.5.0", True), ("4.6.8-Docker-3.4", True), ("4.2.1", False)]
)
def test_versions_that_are_read(reader: Client, netbox: NetBox, given: str, *, proven: bool) -> None:
    netbox.version = given

    assert pull(reader).manifest.unproven is not proven


def test_an_unproven_version_is_read_by_rest_alone(reader: Client, netbox: NetBox) -> None:
    netbox.version = "4.4.10"

    pull(reader)

    assert not [path for _, path in netbox.requests if "graphql" in path]


@pytest.mark.parametrize("given", ["4.1.11", "3.7.8", "4.7.0", "9.9"])
def test_other_versions_are_refused(reader: Client, netbox: NetBox, given: str) -> None:
    netbox.version = given

    (problem,) = problems(lambda: pull(reader))

    assert (problem.code, problem.value) == ("NB-VERSION", given)


def test_something_else_that_answers_json_is_no_netbox(reader: Client, netbox: NetBox) -> None:
    netbox.fault("text", "status", old="netbox-version", new="other-version")

    assert codes(lambda: pull(reader)) == {"NB-NOT-NETBOX"}


# Permissions.


@pytest.mark.parametrize("model", [*MODELS, "core.objectchange", "extras.tag"])
def test_a_model_that_may_not_be_viewed_is_named(netbox: NetBox, model: str) -> None:
    granted = {name: VIEW for name in (*MODELS, *ALSO) if name != model}

    with reading(netbox, Access((3, "matric"), granted)) as client:
        (problem,) = problems(lambda: pull(client))

    assert problem.code == "NB-403"
    assert problem.remedy == f"grant view on {model} to the token's user"


def test_all_models_that_may_not_be_viewed_are_named_in_one_pass(netbox: NetBox) -> None:
    with reading(netbox, Access((3, "matric"), dict.fromkeys(ALSO, VIEW))) as client:
        found = problems(lambda: pull(client))

    assert len(found) == len(MODELS)


def test_viewing_all_is_enough(netbox: NetBox, trust: Records) -> None:
    with reading(netbox, Access((3, "matric"), dict.fromkeys((*MODELS, *ALSO), VIEW))) as client:
        assert snapshot.difference(trust, pull(client).records) == ()


@pytest.mark.parametrize(
    ("model", "key"),
    [("dcim.device", 201), ("dcim.device", 200), ("ipam.vlan", 210), ("ipam.vlan", 299), ("dcim.interface", 204),
     ("dcim.interface", 202), ("dcim.cable", 2), ("ipam.ipaddress", 2), ("ipam.prefix", 200), ("dcim.site", 2),
     ("dcim.location", 201), ("dcim.devicetype", 2), ("ipam.vlangroup", 2), ("ipam.vrf", 1)],
)  # fmt: skip
def test_an_object_that_a_permission_hides_is_missed(netbox: NetBox, model: str, key: int) -> None:
    with reading(netbox, Access((3, "matric"), None, {model: frozenset({key})})) as client:
        assert codes(lambda: pull(client)) == {"NB-PARTIAL"}


def test_a_prefix_of_a_building_counts_for_its_school(reader: Client) -> None:
    reader.create("ipam/prefixes/", [{"prefix": "10.9.0.0/24", "scope_type": "dcim.location", "scope_id": 201}])

    assert "10.9.0.0/24" in {row.prefix for row in pull(reader).records.prefixes}


def test_a_token_that_is_not_known_is_refused(netbox: NetBox) -> None:
    with Client(netbox.url, "nbt_unknown.token") as client:
        (problem,) = problems(lambda: pull(client))

    assert problem.code == "NB-401"
    assert "unknown.token" not in str(problem)


# Half answers.


@pytest.mark.parametrize("path", ["dcim/cables/", "ipam/vlans/", "dcim/devices/", "graphql"])
@pytest.mark.parametrize("kind", ["short", "duplicate"])
def test_a_page_with_a_row_too_few_or_twice_is_refused(reader: Client, netbox: NetBox, path: str, kind: str) -> None:
    netbox.fault(kind, path, method="POST" if path == "graphql" else "GET", times=None, skip=path != "graphql")

    assert codes(lambda: pull(reader)) == {"NB-PARTIAL"}


@pytest.mark.parametrize("path", ["dcim/cables/", "graphql"])
def test_json_that_breaks_off_is_refused(reader: Client, netbox: NetBox, path: str) -> None:
    netbox.fault("truncate", path, times=None)

    assert codes(lambda: pull(reader)) == {"NB-PARTIAL"}


@pytest.mark.parametrize(
    ("path", "old", "new"),
    [
        ("ipam/vlans/", '"vid": 10', '"vid": "ten"'),
        ("ipam/vlans/", '"name": "Staff"', '"name": null'),
        ("ipam/vlans/", '"site"', '"place"'),
        ("dcim/devices/", '"role": {', '"role": [7], "other": {'),
        ("graphql", '"untagged_vlan"', '"vlan"'),
        ("graphql", '"enabled": true', '"enabled": "maybe"'),
    ],
)
def test_a_field_of_another_type_is_refused_with_its_object(
    reader: Client, netbox: NetBox, path: str, old: str, new: str
) -> None:
    netbox.fault("text", path, old=old, new=new, times=None)

    assert codes(lambda: pull(reader)) == {"NB-PARTIAL"}


@pytest.mark.parametrize("path", ["status", "dcim/sites/", "graphql"])
def test_a_login_page_is_no_answer(reader: Client, netbox: NetBox, path: str) -> None:
    netbox.fault("html", path)

    assert codes(lambda: pull(reader)) == {"NB-NOT-NETBOX"}


@pytest.mark.parametrize("path", ["status", "ipam/vlans/", "graphql"])
def test_a_netbox_that_stumbles_is_read_all_the_same(reader: Client, netbox: NetBox, trust: Records, path: str) -> None:
    netbox.fault("status", path, status=502, body="<html>Bad gateway</html>")
    netbox.fault("drop", path)

    assert snapshot.difference(trust, pull(reader).records) == ()


@pytest.mark.parametrize("path", ["status", "ipam/vlans/", "graphql"])
def test_a_netbox_that_is_down_is_given_up(reader: Client, netbox: NetBox, path: str) -> None:
    netbox.fault("status", path, status=503, times=None)

    assert codes(lambda: pull(reader)) == {"NB-UNAVAILABLE"}


@pytest.mark.parametrize("table", ["dcim/sites/", "dcim/interfaces/", "ipam/vlans/", "ipam/prefixes/"])
def test_no_objects_at_all_are_never_believed(reader: Client, netbox: NetBox, table: str) -> None:
    empty: dict[str, Any] = {"count": 0, "next": None, "previous": None, "results": []}
    netbox.fault("status", table, status=200, body=empty, times=None)

    assert "NB-PARTIAL" in codes(lambda: pull(reader, allow_shrink=True))


# Edits during the read.


def test_an_edit_during_the_read_is_read_again(reader: Client, netbox: NetBox) -> None:
    netbox.fault("change", "ipam/prefixes/", act=described("edited"), skip=1)

    taken = pull(reader)

    assert next(row for row in taken.records.vlans if row.id == 110).description == "edited"
    assert not check(reader, taken.manifest).moved


def test_an_edit_during_both_reads_is_refused_by_name(reader: Client, netbox: NetBox) -> None:
    turns = iter(range(99))

    def edit(store: Store) -> None:
        described(f"edit {next(turns)}")(store)

    netbox.fault("change", "count_ipaddresses", times=None, act=edit)

    (problem,) = problems(lambda: pull(reader))

    assert problem.code == "NB-MOVING"
    assert problem.thing == "ipam.vlan Staff (10) (#110)"


def test_an_edit_of_what_matric_does_not_read_does_not_count(reader: Client) -> None:
    taken = pull(reader)

    reader.create("extras/custom-field-choice-sets/", [{"name": "Colours", "extra_choices": [["red", "Red"]]}])
    moved = check(reader, taken.manifest)

    assert moved.change_id != taken.manifest.change_id
    assert not moved.moved


# The old snapshot.


@pytest.mark.parametrize("kind", ["short", "html", "truncate"])
def test_a_read_that_fails_leaves_the_old_snapshot(reader: Client, netbox: NetBox, tmp_path: Path, kind: str) -> None:
    folder = tmp_path / "snapshot"
    pull_into(folder, reader)
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    netbox.fault(kind, "graphql", times=None)

    with pytest.raises(SourceError):
        pull_into(folder, reader)

    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_the_same_netbox_gives_the_same_rows_byte_for_byte(reader: Client, tmp_path: Path) -> None:
    pull_into(tmp_path / "one", reader)
    pull_into(tmp_path / "two", reader)

    for name in (*Records.model_fields,):
        assert (tmp_path / "one" / f"{name}.json").read_bytes() == (tmp_path / "two" / f"{name}.json").read_bytes()


def test_the_token_is_in_no_file_of_the_snapshot(reader: Client, netbox: NetBox, tmp_path: Path) -> None:
    pull_into(tmp_path / "snapshot", reader)

    files = [path.read_text() for path in (tmp_path / "snapshot").iterdir()]

    assert files
    assert not [text for text in files if netbox.token in text or netbox.token.split(".")[1] in text]


def grown(trust: Records, table: str, many: int) -> Records:
    """The trust with *many* more rows in *table*, each like the last."""
    rows = getattr(trust, table)
    more = tuple(rows[-1].model_copy(update={"id": 5000 + number}) for number in range(many))
    return trust.model_copy(update={table: rows + more})


def taken_before(reader: Client, rows: Records, source: str = "") -> snapshot.Snapshot:
    manifest = pull(reader).manifest.model_copy(update={"source": source} if source else {})
    return snapshot.Snapshot(rows, snapshot.described(rows, manifest))


@pytest.mark.parametrize(
    ("table", "many"), [("interfaces", 2), ("interfaces", 21), ("vlans", 1), ("sites", 1), ("vrfs", 1)]
)
def test_an_estate_that_shrank_much_is_refused_until_a_person_says_so(
    reader: Client, trust: Records, table: str, many: int
) -> None:
    before = taken_before(reader, grown(trust, table, many))

    assert codes(lambda: pull(reader, previous=before)) == {"NB-SHRUNK"}
    assert pull(reader, previous=before, allow_shrink=True).records.devices


def test_one_port_less_of_many_is_no_shrinking(reader: Client, trust: Records) -> None:
    before = taken_before(reader, grown(trust, "interfaces", 1))

    assert pull(reader, previous=before).records.devices


def test_a_snapshot_from_elsewhere_is_compared_by_name(reader: Client, trust: Records) -> None:
    renumbered = trust.model_copy(
        update={
            "vrfs": tuple(row.model_copy(update={"id": 901}) for row in trust.vrfs),
            "prefixes": tuple(row.model_copy(update={"vrf_id": row.vrf_id and 901}) for row in trust.prefixes),
        }
    )

    assert pull(reader, previous=taken_before(reader, renumbered, "script/fernhill")).records.devices
    assert codes(lambda: pull(reader, previous=taken_before(reader, renumbered))) == {"NB-SHRUNK"}


def test_an_old_snapshot_that_cannot_be_read_is_not_written_over_unasked(reader: Client, tmp_path: Path) -> None:
    pull_into(tmp_path / "snapshot", reader)
    (tmp_path / "snapshot" / "vlans.json").write_text("[]\n")

    assert "NB-SHRUNK" in codes(lambda: pull_into(tmp_path / "snapshot", reader))
    assert pull_into(tmp_path / "snapshot", reader, allow_shrink=True).records.vlans


# Has it moved?


def test_an_untouched_netbox_has_not_moved(reader: Client, netbox: NetBox) -> None:
    taken = pull(reader)
    netbox.requests.clear()

    assert not check(reader, taken.manifest).moved
    assert len(netbox.requests) == 1


def test_a_snapshot_from_another_netbox_is_never_current(reader: Client) -> None:
    manifest = pull(reader).manifest.model_copy(update={"source": "https://netbox.elsewhere.example"})

    moved = check(reader, manifest)

    assert moved.moved
    assert "netbox.elsewhere.example" in moved.changes[0]


@pytest.mark.parametrize(
    ("act", "said"),
    [
        (described("edited"), "ipam.vlan Staff (10) (#110)"),
        (gone, "wireless.wirelesslan FLT-Staff (#2)"),
    ],
)
def test_a_netbox_that_moved_says_how(reader: Client, netbox: NetBox, act: Any, said: str) -> None:
    taken = pull(reader)
    netbox.change(act)

    moved = check(reader, taken.manifest)

    assert moved.moved
    assert said in moved.changes
