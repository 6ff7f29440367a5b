"""A NetBox that has moved is put before a reviewer: whole or not at all, and nothing it holds is a command."""

import dataclasses
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from matric import secret, snapshot
from matric.errors import NothingToPropose, SourceError, UsageError
from matric.forge import Change, ForgeApproval
from matric.lab.netbox import Access, NetBox, Store
from matric.netbox import Client, pull, pull_into
from matric.refresh import BRANCH, folded, propose


@dataclasses.dataclass
class Notes:
    """A forge that writes down what it is asked to propose."""

    name: str = "notes"
    room: int = 1_000_000
    has_it: bool = False
    proposals: list[dict[str, Any]] = dataclasses.field(default_factory=list[dict[str, Any]])

    def propose(  # noqa: PLR0917 - the forge's own
        self, branch: str, target: str, title: str, body: str, files: Mapping[str, str | None], message: str
    ) -> str:
        if self.has_it:
            raise NothingToPropose("main has it. Do: nothing")
        self.proposals.append({"branch": branch, "target": target, "title": title, "body": body, "files": dict(files),
                               "message": message})  # fmt: skip
        return "notes:trust!1"

    def change(self, change: str) -> Change:
        raise NotImplementedError(change)

    def people(self, change: str) -> tuple[str, ...]:
        raise NotImplementedError(change)

    def approvals(self, change: str) -> tuple[ForgeApproval, ...]:
        raise NotImplementedError(change)

    def uncounted(self, change: str) -> tuple[str, ...]:
        raise NotImplementedError(change)

    def change_of(self, merge_commit: str) -> str | None:
        raise NotImplementedError(merge_commit)

    def comment(self, change: str, marker: str, parts: Sequence[str]) -> tuple[str, ...]:
        raise NotImplementedError(change, marker, parts)

    def raise_issue(self, marker: str, title: str, body: str) -> str:
        raise NotImplementedError(marker, title, body)

    def start_pipeline(self, ref: str, variables: Mapping[str, str]) -> str:
        raise NotImplementedError(ref, variables)


def git(folder: Path, *arguments: str) -> None:
    who = ("-c", "user.name=Ada", "-c", "user.email=ada@example.org")
    subprocess.run(["git", *who, *arguments], cwd=folder, check=True, capture_output=True)


@pytest.fixture
def place(tmp_path: Path, reader: Client) -> Path:
    """A trust's site below the top of its repository, its snapshot committed."""
    site = tmp_path / "repository" / "trust"
    pull_into(site / "inventory" / "snapshot", reader)
    git(tmp_path / "repository", "init", "-q", "-b", "main")
    git(site, "add", ".")
    git(site, "commit", "-q", "-m", "The trust")
    return site


@pytest.fixture
def forge() -> Notes:
    return Notes()


def edited(netbox: NetBox, model: str, key: int, **values: Any) -> None:
    def act(store: Store) -> None:
        store.update(model, key, values)

    netbox.change(act)


def files_of(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def test_what_has_changed_is_proposed_and_the_snapshot_here_stays(
    place: Path, netbox: NetBox, reader: Client, forge: Notes, tmp_path: Path
) -> None:
    before = files_of(place / "inventory" / "snapshot")
    edited(netbox, "dcim.interface", 201, description="library")

    made = propose(place, reader, forge, "main")

    assert made.change == "notes:trust!1"
    assert made.changes == ("oakfield/sw-01 Ethernet1: description none -> library",)
    (asked,) = forge.proposals
    assert (asked["branch"], asked["target"], asked["title"]) == (BRANCH, "main", "NetBox: 1 change at oakfield")
    assert made.changes[0] in asked["body"]
    assert files_of(place / "inventory" / "snapshot") == before
    # What is proposed, laid over what is there, is a snapshot that reads, and is what NetBox says.
    for path, text in asked["files"].items():
        assert path.startswith("trust/inventory/snapshot/")
        (tmp_path / "repository" / path).write_text(text, encoding="utf-8")
    proposed = snapshot.load(place / "inventory" / "snapshot")
    assert proposed.digest == made.taken.digest == pull(reader).digest
    assert set(asked["files"]) == {f"trust/inventory/snapshot/{name}.json" for name in ("interfaces", "manifest")}


def test_nothing_changed_proposes_nothing(place: Path, reader: Client, forge: Notes) -> None:
    made = propose(place, reader, forge, "main")

    assert (made.change, made.changes, forge.proposals) == ("", (), [])


def test_how_far_a_school_is_alone_is_not_worth_a_proposal(
    place: Path, netbox: NetBox, reader: Client, forge: Notes
) -> None:
    edited(netbox, "dcim.site", 2, status="staging")

    assert propose(place, reader, forge, "main").change == ""
    assert forge.proposals == []


def test_a_target_that_is_ahead_and_has_it_is_nothing_to_propose(
    place: Path, netbox: NetBox, reader: Client, forge: Notes
) -> None:
    forge.has_it = True
    edited(netbox, "dcim.interface", 201, description="library")

    assert propose(place, reader, forge, "main").change == ""


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "status", "path": "dcim/devices", "status": 500, "times": None},
        {"kind": "short", "path": "dcim/devices", "times": None},
        {"kind": "hide", "path": "dcim/devices", "ids": frozenset({200, 201}), "times": None},
        {"kind": "truncate", "path": "graphql", "times": None},
    ],
    ids=lambda fault: fault["kind"],
)
def test_a_read_that_failed_or_was_short_proposes_nothing(
    place: Path, netbox: NetBox, reader: Client, forge: Notes, fault: dict[str, Any]
) -> None:
    edited(netbox, "dcim.interface", 201, description="library")
    netbox.fault(**fault)

    with pytest.raises(SourceError):
        propose(place, reader, forge, "main")
    assert forge.proposals == []


def test_a_school_that_is_gone_is_proposed_only_if_it_is_said_to_be_meant(
    place: Path, netbox: NetBox, reader: Client, forge: Notes
) -> None:
    def gone(store: Store) -> None:
        for model in ("dcim.device", "ipam.vlan", "dcim.location"):
            for row in store.rows(model):
                if row["site"] == 1:
                    store.delete(model, row["id"])
        store.delete("wireless.wirelesslan", 1)
        store.delete("ipam.prefix", 100)
        store.delete("ipam.vlangroup", 1)
        store.delete("dcim.site", 1)

    netbox.change(gone)

    with pytest.raises(SourceError, match="NB-SHRUNK"):
        propose(place, reader, forge, "main")
    assert forge.proposals == []
    propose(place, reader, forge, "main", allow_shrink=True)
    assert "school fernhill removed" in forge.proposals[0]["body"]


@pytest.mark.parametrize("allow_shrink", [False, True])
def test_an_empty_netbox_is_never_proposed(
    place: Path, empty: NetBox, writer: Client, forge: Notes, *, allow_shrink: bool
) -> None:
    with pytest.raises(SourceError):
        propose(place, writer, forge, "main", allow_shrink=allow_shrink)
    assert (forge.proposals, empty.bodies) == ([], [])


def test_a_token_that_sees_nothing_proposes_nothing(place: Path, netbox: NetBox, forge: Notes) -> None:
    with (
        Client(netbox.url, netbox.admit("blind", Access(permissions={}))) as blind,
        pytest.raises(SourceError, match="NB-403"),
    ):
        propose(place, blind, forge, "main", allow_shrink=True)
    assert forge.proposals == []


def test_a_snapshot_that_is_not_committed_is_not_compared_with(place: Path, reader: Client, forge: Notes) -> None:
    with (place / "inventory" / "snapshot" / "sites.json").open("a", encoding="utf-8") as file:
        file.write("\n")

    with pytest.raises(UsageError, match="not committed"):
        propose(place, reader, forge, "main")


def test_the_first_snapshot_of_a_trust_is_proposed_whole(tmp_path: Path, reader: Client, forge: Notes) -> None:
    git(tmp_path, "init", "-q", "-b", "main")

    propose(tmp_path, reader, forge, "main")

    assert "inventory/snapshot/sites.json" in forge.proposals[0]["files"]
    assert forge.proposals[0]["title"].endswith("at fernhill, oakfield")


def test_what_is_proposed_already_is_proposed_in_the_very_same_bytes(
    place: Path, netbox: NetBox, reader: Client, forge: Notes, waits: Any
) -> None:
    edited(netbox, "dcim.interface", 201, description="library")
    propose(place, reader, forge, "main")
    first = forge.proposals[0]["files"]
    git(place, "checkout", "-q", "-b", "proposed")
    for path, text in first.items():
        (place.parent / path).write_text(text, encoding="utf-8")
    git(place, "commit", "-q", "-a", "-m", "NetBox")
    git(place, "update-ref", f"refs/remotes/origin/{BRANCH}", "HEAD")
    git(place, "checkout", "-q", "main")
    waits.sleep(3600)

    propose(place, reader, forge, "main")

    assert forge.proposals[1]["files"] == first


def test_what_netbox_holds_cannot_speak_in_the_description(
    place: Path, netbox: NetBox, reader: Client, forge: Notes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PROPOSE_CANARY", "c4n4ry-of-netbox")
    secret.vault().get("env:PROPOSE_CANARY")
    text = "````\n/merge\n@all <!-- x --> c4n4ry-of-netbox"
    edited(netbox, "dcim.interface", 201, description=text)

    propose(place, reader, forge, "main")

    body = forge.proposals[0]["body"]
    assert "c4n4ry" not in body
    lines = body.splitlines()
    fences = [number for number, line in enumerate(lines) if line.startswith("````")]
    said = [number for number, line in enumerate(lines) if "/merge" in line or "@all" in line]
    assert len(fences) == 2
    assert said
    assert all(fences[0] < number < fences[1] and not lines[number].startswith("/") for number in said)


def test_like_changes_are_one_line() -> None:
    ports = tuple(f"oakfield/sw-01 Gi1/0/{number}: PoE mode none -> pse" for number in range(1, 49))

    assert list(folded((*ports, "VLAN 45 byod added at oakfield", "oakfield/sw-02: serial A -> B"))) == [
        "48 ports: PoE mode none -> pse (oakfield/sw-01 Gi1/0/1, oakfield/sw-01 Gi1/0/2 and 46 more)",
        "VLAN 45 byod added at oakfield",
        "oakfield/sw-02: serial A -> B",
    ]
