"""The snapshot: whole or not at all, read only as it was written, and compared in words of the estate."""

import json
import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matric import snapshot
from matric.errors import BadInput
from matric.intent.record import (
    CableRow,
    DeviceRow,
    DeviceTypeRow,
    InterfaceRow,
    Records,
    SiteRow,
    TerminationRow,
    VlanRow,
)
from matric.snapshot import Manifest

INTERFACE = "dcim.interface"
CABLE = "cable oakfield/sw-01 Gi1/1/1 to oakfield/sw-02 Gi1/1/1"


def estate(**more: object) -> Records:
    """A school with two switches and a cable between them."""
    rows: dict[str, object] = {
        "sites": (SiteRow(id=1, name="Oakfield Primary", slug="oakfield", status="active"),),
        "device_types": (DeviceTypeRow(id=1, manufacturer="Cisco", model="C9200L-24P-4X", slug="c9200l-24p-4x"),),
        "devices": tuple(
            DeviceRow(id=key, name=name, site_id=1, role="access", device_type_id=1, platform="ios", status="active")
            for key, name in ((201, "sw-01"), (202, "sw-02"))
        ),
        "vlans": (vlan(70, 10, "Staff"), vlan(71, 20, "Pupils")),
        "interfaces": (port(411, 201, "Gi1/0/3"), port(412, 201, "Gi1/1/1"), port(413, 202, "Gi1/1/1")),
        "cables": (CableRow(id=5, a=(end(412),), b=(end(413),)),),
    }
    return Records(**{**rows, **more})  # type: ignore[arg-type]


def vlan(key: int, vid: int, name: str) -> VlanRow:
    return VlanRow(id=key, vid=vid, name=name, status="active", site_id=1, role=name.lower())


def port(key: int, device: int, name: str, vlan_id: int | None = 70) -> InterfaceRow:
    return InterfaceRow(
        id=key, last_updated=f"2026-11-0{key % 9 + 1}T09:00:00Z", device_id=device, name=name, type="1000base-t",
        mode="access", untagged_vlan_id=vlan_id, custom_fields={"port_profile": "staff"},
    )  # fmt: skip


def end(key: int) -> TerminationRow:
    return TerminationRow(object_type=INTERFACE, object_id=key)


def written(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


# Written and read.


def test_what_is_saved_is_what_is_loaded(tmp_path: Path) -> None:
    saved = snapshot.save(tmp_path / "snapshot", estate(), Manifest(source="https://netbox.example", change_id=7))

    loaded = snapshot.load(tmp_path / "snapshot")

    assert loaded == saved
    assert loaded.records == estate()
    assert loaded.manifest.counts["interfaces"] == 3
    assert loaded.digest.startswith("sha256:")


def test_the_same_rows_in_any_order_give_the_same_bytes(tmp_path: Path) -> None:
    turned = estate(interfaces=tuple(reversed(estate().interfaces)))

    snapshot.save(tmp_path / "one", estate(), Manifest())
    snapshot.save(tmp_path / "two", turned, Manifest())

    assert written(tmp_path / "one") == written(tmp_path / "two")


def test_each_row_stands_on_its_own_line_by_id(tmp_path: Path) -> None:
    snapshot.save(tmp_path / "snapshot", estate(), Manifest())

    lines = (tmp_path / "snapshot" / "interfaces.json").read_text().splitlines()

    assert [json.loads(line.rstrip(","))["id"] for line in lines[1:-1]] == [411, 412, 413]


def test_the_digest_does_not_know_when_a_row_was_last_touched() -> None:
    touched = estate(interfaces=tuple(row.model_copy(update={"last_updated": "x"}) for row in estate().interfaces))

    one, two = (snapshot.described(rows, Manifest()) for rows in (estate(), touched))

    assert one.digest == two.digest


@given(st.sampled_from(["description", "name", "mode"]), st.text(min_size=1, max_size=12))
@settings(max_examples=30)
def test_any_other_change_of_a_row_changes_the_digest(field: str, value: str) -> None:
    first, *rest = estate().interfaces
    changed = estate(interfaces=(first.model_copy(update={field: value + "!"}), *rest))

    assert snapshot.described(estate(), Manifest()).digest != snapshot.described(changed, Manifest()).digest


def test_two_rows_of_one_id_are_never_written(tmp_path: Path) -> None:
    twice = estate(vlans=(vlan(70, 10, "Staff"), vlan(70, 20, "Pupils")))

    with pytest.raises(BadInput, match="vlans #70"):
        snapshot.save(tmp_path / "snapshot", twice, Manifest())

    assert not (tmp_path / "snapshot").exists()


# Whole or not at all.


def test_a_save_that_fails_leaves_the_old_snapshot(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "snapshot"
    snapshot.save(folder, estate(), Manifest(taken_at="monday"))
    before = written(folder)
    real = os.fsync
    calls = iter(range(99))

    def full_disk(handle: int) -> None:
        if next(calls) == 6:
            raise OSError(28, "No space left on device")
        real(handle)

    monkeypatch.setattr(os, "fsync", full_disk)
    with pytest.raises(OSError, match="No space"):
        snapshot.save(folder, estate(vlans=()), Manifest(taken_at="tuesday"))

    assert written(folder) == before


@pytest.mark.parametrize("killed_at", [1, 2])
def test_a_save_killed_between_its_renames_leaves_one_whole_snapshot(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, killed_at: int
) -> None:
    folder = tmp_path / "snapshot"
    old = snapshot.save(folder, estate(), Manifest(taken_at="monday"))
    real = Path.rename
    calls = iter(range(1, 9))

    def kill(path: Path, target: Path) -> Path:
        if next(calls) == killed_at:
            raise KeyboardInterrupt
        return real(path, target)

    monkeypatch.setattr(Path, "rename", kill)
    with pytest.raises(KeyboardInterrupt):
        snapshot.save(folder, estate(vlans=()), Manifest(taken_at="tuesday"))
    monkeypatch.undo()

    assert snapshot.load(folder) == old
    assert snapshot.save(folder, estate(vlans=()), Manifest()) == snapshot.load(folder)
    assert [path.name for path in tmp_path.iterdir()] == ["snapshot"]


def test_what_a_person_put_beside_the_tables_stays(tmp_path: Path) -> None:
    folder = tmp_path / "snapshot"
    snapshot.save(folder, estate(), Manifest())
    (folder / "README.md").write_text("pulled every Monday")

    snapshot.save(folder, estate(vlans=()), Manifest())

    assert (folder / "README.md").read_text() == "pulled every Monday"


# Read only as it was written.


@pytest.mark.parametrize(
    ("name", "old", "new", "rule"),
    [
        ("vlans.json", "Staff", "Stuff", "changed after they were written"),
        ("vlans.json", "Pupils", "Pupils\0", "control character"),
        ("vlans.json", '"vid":10', '"vid":"10"', "vid"),
        ("vlans.json", "Pupils", "", "changed after they were written"),
        ("manifest.json", 'version": 1', 'version": 9', "format_version is 9"),
        ("manifest.json", '"digest": "sha256:', '"digest": "sha256:0', "digest"),
        ("manifest.json", "{", "", "JSON"),
    ],
)  # fmt: skip
def test_a_file_that_was_changed_is_refused_by_name(tmp_path: Path, name: str, old: str, new: str, rule: str) -> None:
    snapshot.save(tmp_path, estate(), Manifest())
    path = tmp_path / name
    path.write_text(path.read_text().replace(old, new))

    with pytest.raises(BadInput) as refused:
        snapshot.load(tmp_path)

    problem = refused.value.problems[0]
    assert (problem.code, problem.thing) == ("SNAPSHOT", str(path))
    assert rule in problem.rule


def test_every_missing_file_is_named_in_one_pass(tmp_path: Path) -> None:
    snapshot.save(tmp_path, estate(), Manifest())
    for name in ("vlans.json", "cables.json"):
        (tmp_path / name).unlink()

    with pytest.raises(BadInput) as refused:
        snapshot.load(tmp_path)

    assert {Path(problem.thing).name for problem in refused.value.problems} == {"vlans.json", "cables.json"}


def test_a_table_that_is_missing_from_the_manifest_is_refused(tmp_path: Path) -> None:
    snapshot.save(tmp_path, estate(), Manifest())
    manifest = json.loads((tmp_path / "manifest.json").read_text())
    del manifest["tables"]["vlans"]
    (tmp_path / "manifest.json").write_text(json.dumps(manifest))

    with pytest.raises(BadInput, match=r"vlans\.json"):
        snapshot.load(tmp_path)


def test_a_folder_without_a_snapshot_says_how_to_get_one(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="matric snapshot pull"):
        snapshot.load(tmp_path / "nowhere")


# In words of the estate.


def test_nothing_has_changed_between_equal_estates() -> None:
    assert snapshot.difference(estate(), estate()) == ()


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"interfaces": (port(411, 201, "Gi1/0/3", 71), *estate().interfaces[1:])},
         "oakfield/sw-01 Gi1/0/3: untagged VLAN 10 -> 20"),
        ({"interfaces": (port(411, 201, "Gi1/0/3", None), *estate().interfaces[1:])},
         "oakfield/sw-01 Gi1/0/3: untagged VLAN 10 -> none"),
        ({"vlans": (*estate().vlans, vlan(72, 45, "byod"))}, "VLAN 45 byod added at oakfield"),
        ({"vlans": (*estate().vlans, vlan(72, 45, "byod"))[1:]}, "VLAN 10 Staff removed at oakfield"),
        ({"vlans": (vlan(70, 11, "Staff"), estate().vlans[1])}, "VLAN 10 Staff at oakfield: vid 10 -> 11"),
        ({"cables": ()}, f"{CABLE} removed"),
        ({"cables": (CableRow(id=5, a=(end(411),), b=(end(413),)),)},
         f"{CABLE}: moved to oakfield/sw-01 Gi1/0/3 to oakfield/sw-02 Gi1/1/1"),
        ({"interfaces": (estate().interfaces[0].model_copy(update={"custom_fields": {"port_profile": "pupil"}}),
                         *estate().interfaces[1:])},
         "oakfield/sw-01 Gi1/0/3: port_profile staff -> pupil"),
        ({"interfaces": (estate().interfaces[0].model_copy(update={"tagged_vlan_ids": (70, 71)}),
                         *estate().interfaces[1:])},
         "oakfield/sw-01 Gi1/0/3: tagged VLANs +10 +20"),
        ({"devices": (estate().devices[0].model_copy(update={"name": "sw-09"}), estate().devices[1])},
         "oakfield/sw-01: name sw-01 -> sw-09"),
    ],
)  # fmt: skip
def test_a_change_is_said_in_words_of_the_estate(changed: dict[str, object], said: str) -> None:
    assert said in snapshot.difference(estate(), estate(**changed))


def test_a_switch_that_goes_speaks_for_its_ports() -> None:
    smaller = estate(devices=estate().devices[:1], interfaces=estate().interfaces[:2], cables=())

    said = snapshot.difference(estate(), smaller)

    assert "oakfield/sw-02 removed with 1 interface" in said
    assert not [sentence for sentence in said if sentence.startswith("oakfield/sw-02 Gi")]


def test_the_same_estate_in_another_netbox_differs_only_in_ids() -> None:
    other = Records(
        sites=(estate().sites[0].model_copy(update={"id": 9}),),
        device_types=estate().device_types,
        devices=tuple(row.model_copy(update={"site_id": 9}) for row in estate().devices),
        vlans=tuple(row.model_copy(update={"site_id": 9}) for row in estate().vlans),
        interfaces=estate().interfaces,
        cables=estate().cables,
    )

    assert snapshot.difference(estate(), other) == ("1 rows have other NetBox ids than before",)
