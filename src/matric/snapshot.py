"""The pinned copy of the source of truth: one file of sorted rows per table, and a manifest that names them by digest.

A snapshot is written whole or not at all, and is read only if every byte that matters is the one that was written.
"""

import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from pydantic import Field, TypeAdapter, ValidationError

from matric import canonical
from matric.errors import BadInput, Problem
from matric.estate import difference
from matric.intent.base import Model
from matric.intent.record import Records, Row

__all__ = ("FORMAT_VERSION", "MANIFEST", "Manifest", "Snapshot", "described", "difference", "load", "save")

FORMAT_VERSION = 1
MANIFEST = "manifest.json"
AGAIN = "run 'matric snapshot pull', or restore the folder from git"


class Manifest(Model):
    """What the rows are, and where they came from."""

    format_version: int = FORMAT_VERSION
    source: str = ""
    """Address of the NetBox, or what else wrote the rows. Never holds a credential."""
    netbox_version: str = ""
    unproven: bool = False
    """True where the NetBox is of a version matric reads but is not tested against."""
    taken_at: str = ""
    """ISO 8601 in UTC: when the read began."""
    change_id: int | None = None
    """Id of NetBox's newest object change, the same before and after the read; None where there is none."""
    counts: dict[str, int] = Field(default_factory=dict)
    """Table -> rows."""
    tables: dict[str, str] = Field(default_factory=dict)
    """Table -> digest of its rows, less last_updated and how far a school is (planned, staging, active)."""
    digest: str = ""
    """Digest of ``tables``: the snapshot's name."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The rows, and what they are."""

    records: Records
    manifest: Manifest

    @property
    def digest(self) -> str:
        """``sha256:<hex>`` of what should be: the rows less last_updated and how far a school is."""
        return self.manifest.digest


def described(records: Records, manifest: Manifest) -> Manifest:
    """*manifest* with the counts and digests of *records*, whatever it said of them before."""
    tables = {name: _digest(name, [_plain(row) for row in _sorted(name, rows)]) for name, rows in records.tables()}
    return manifest.model_copy(
        update={
            "counts": {name: len(rows) for name, rows in records.tables()},
            "tables": tables,
            "digest": canonical.digest(tables),
        }
    )


# ---------------------------------------------------------------------------------------------------------------------
# Writing


def save(folder: Path, records: Records, manifest: Manifest) -> Snapshot:
    """Write the snapshot to *folder*: afterwards it holds the new one whole; after a failure or a kill, the old one."""
    manifest = described(records, manifest)
    files = {f"{name}.json": _text([_plain(row) for row in _sorted(name, rows)]) for name, rows in records.tables()}
    files[MANIFEST] = canonical.pretty_text(manifest.model_dump(mode="json"))
    new, old = _beside(folder, "new"), _beside(folder, "old")
    if old.exists() and not folder.exists():
        old.rename(folder)  # a save that was killed between its two renames
    for left_over in (new, old):
        shutil.rmtree(left_over, ignore_errors=True)
    new.mkdir(parents=True)
    for name, text in files.items():
        _write(new / name, text)
    _keep_strangers(folder, new, set(files))
    _sync(new)
    if folder.exists():
        folder.rename(old)
    new.rename(folder)
    _sync(folder.parent)
    shutil.rmtree(old, ignore_errors=True)
    ordered: dict[str, Any] = {name: tuple(_sorted(name, rows)) for name, rows in records.tables()}
    return Snapshot(Records(**ordered), manifest)


def _beside(folder: Path, word: str) -> Path:
    return folder.parent / f".{folder.name}.{word}"


def _write(path: Path, text: str) -> None:
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def _sync(folder: Path) -> None:
    """Make the names in *folder* durable."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _keep_strangers(folder: Path, new: Path, ours: set[str]) -> None:
    """Carry over what a person put beside the tables, a README for one."""
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        if path.is_file() and path.name not in ours:
            shutil.copy2(path, new / path.name)


def _sorted(name: str, rows: tuple[Row, ...]) -> list[Row]:
    ordered = sorted(rows, key=lambda row: row.id)
    twice = sorted({row.id for row, after in pairwise(ordered) if row.id == after.id})
    if twice:
        raise BadInput([_problem(f"{name} #{key}", "two rows have this id", "report this") for key in twice])
    return ordered


def _plain(row: Row) -> dict[str, Any]:
    """The row as JSON. What has its default is left out, so that a field added later changes no digest."""
    return {"id": row.id, **row.model_dump(mode="json", exclude_defaults=True)}


def _text(rows: list[dict[str, Any]]) -> str:
    lines = ",\n".join(canonical.json_bytes(row).decode() for row in rows)
    return f"[\n{lines}\n]\n" if rows else "[]\n"


UNDER_WAY = frozenset({"planned", "staging", "active"})
"""How far a school is: matric says so itself, at NetBox, as a cut-over goes on. What should be is the same in each."""


def _digest(name: str, rows: list[dict[str, Any]]) -> str:
    """Of what should be: when a row was written is left out, and how far a school is."""
    return _digest_as_it_stands([_as_if_active(row) for row in rows] if name == "sites" else rows)


def _digest_as_it_stands(rows: list[dict[str, Any]]) -> str:
    """Also the rule of snapshots written before a school's progress was left out."""
    return canonical.digest([{key: value for key, value in row.items() if key != "last_updated"} for row in rows])


def _as_if_active(row: dict[str, Any]) -> dict[str, Any]:
    return {**row, "status": "active"} if row.get("status") in UNDER_WAY else row


# ---------------------------------------------------------------------------------------------------------------------
# Reading


def load(folder: Path) -> Snapshot:
    """The snapshot in *folder*; BadInput names every file that is missing or is not as it was written."""
    if not folder.exists() and _beside(folder, "old").exists():
        folder = _beside(folder, "old")  # a save that was killed between its two renames: the old one still holds
    manifest = _manifest(folder / MANIFEST)
    problems: list[Problem] = []
    tables = {name: _table(folder / f"{name}.json", name, manifest, problems) for name in Records.model_fields}
    if not problems and canonical.digest(manifest.tables) != manifest.digest:
        problems.append(_problem(str(folder / MANIFEST), "its digest is not that of its tables", AGAIN))
    if problems:
        raise BadInput(problems)
    return Snapshot(Records(**tables), _named_anew(folder, manifest))


def _named_anew(folder: Path, manifest: Manifest) -> Manifest:
    """The manifest of a snapshot from before a school's progress was left out, by the rule of today."""
    now = manifest.tables | {"sites": _digest("sites", json.loads((folder / "sites.json").read_bytes()))}
    same = now == manifest.tables
    return manifest if same else manifest.model_copy(update={"tables": now, "digest": canonical.digest(now)})


def _manifest(path: Path) -> Manifest:
    try:
        manifest = Manifest.model_validate_json(path.read_bytes())
    except OSError as error:
        raise BadInput([_problem(str(path), f"cannot be read: {error.strerror}", AGAIN)]) from error
    except ValidationError as error:
        raise BadInput([_problem(str(path), _first(error), AGAIN)]) from error
    if manifest.format_version != FORMAT_VERSION:
        rule = f"format_version is {manifest.format_version}, this matric reads {FORMAT_VERSION}"
        raise BadInput([_problem(str(path), rule, "use the matric that wrote it, or pull again")])
    return manifest


def _table(path: Path, name: str, manifest: Manifest, problems: list[Problem]) -> tuple[Any, ...]:
    try:
        raw = path.read_bytes()
        rows: tuple[Row, ...] = _reader(name).validate_json(raw)
        written = json.loads(raw)
        faults = list(_faults(name, written, rows, manifest))
    except OSError as error:
        rows, faults = (), [f"cannot be read: {error.strerror}"]
    except ValidationError as error:
        rows, faults = (), [_first(error)]
    problems.extend(_problem(str(path), fault, AGAIN) for fault in faults)
    return rows


def _reader(name: str) -> TypeAdapter[Any]:
    annotation: Any = Records.model_fields[name].annotation
    return TypeAdapter(annotation)


def _faults(name: str, written: list[dict[str, Any]], rows: tuple[Row, ...], manifest: Manifest) -> Iterator[str]:
    if name not in manifest.tables:
        yield f"the manifest does not name the table {name}"
    elif manifest.tables[name] not in {_digest(name, written), _digest_as_it_stands(written)}:
        yield "its rows are not those the manifest names: changed after they were written"
    if any(row.id >= after.id for row, after in pairwise(rows)):
        yield "its rows are not in the order of their ids, each once"


def _first(error: ValidationError) -> str:
    """The first thing wrong, without the value: a row may hold anything."""
    found = error.errors(include_input=False, include_url=False)[0]
    return f"{'.'.join(str(part) for part in found['loc']) or 'the file'}: {found['msg']}"


def _problem(thing: str, rule: str, remedy: str) -> Problem:
    return Problem(code="SNAPSHOT", thing=thing, rule=rule, remedy=remedy)
