"""What people say of a school's endpoints: ``inventory/joining/<school>/endpoints.yaml``.

    devices: {OLD-SW1: sw-01}              # the old switch -> the one that takes its place
    endpoints:
      - endpoint: 00:0b:d6:01:02:03        # its address, or the port: SW1 GigabitEthernet1/0/7
        kind: door
        owner: Site manager
        room: Reception
        to: sw-01 1/1/7                    # where it will be plugged in, if not into the port of the same name
        acknowledged: {by: A. Patel, on: "2026-11-20", fate: "sha256:..."}

The file keeps its comments and its order.
"""

import io
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field

from matric.errors import BadInput, Problem
from matric.intent.base import Model
from matric.survey.endpoint import kind
from matric.survey.endpoint.model import Place

if TYPE_CHECKING:
    from ruamel.yaml import YAML

__all__ = ("FILE", "Acknowledged", "Entry", "Kept", "load", "record")

FILE = "endpoints.yaml"
LONGEST = 200
Text = Annotated[str, Field(min_length=1, max_length=LONGEST, pattern=r"^[^\r\n]+$")]
LongText = Annotated[str, Field(max_length=LONGEST, pattern=r"^[^\r\n]*$")]


class Acknowledged(Model):
    """Somebody's word that what will happen to an endpoint is known and provided for."""

    by: Text
    on: Annotated[date, Field(strict=False)]
    """The day it was said, quoted in YAML."""
    fate: Annotated[str, Field(pattern=r"^sha256:[0-9a-f]{64}$")]
    """Digest of the fate that was agreed to; of any other fate nothing was said."""


class Entry(Model):
    """What people say of one endpoint."""

    endpoint: Text
    """Its MAC address, or ``device port``."""
    kind: LongText = ""
    owner: LongText = ""
    """Who answers for it in the school."""
    room: LongText = ""
    to: LongText = ""
    """``device port`` it will hang on."""
    note: LongText = ""
    acknowledged: Acknowledged | None = None


class Kept(Model):
    """The whole of ``endpoints.yaml``."""

    devices: dict[str, str] = Field(default_factory=dict[str, str])
    """Old device -> the device that takes its place."""
    endpoints: tuple[Entry, ...] = ()

    def entry(self, key: str, place: Place | None = None) -> Entry | None:
        """What is said of *key*; else of the port it is alone on."""
        found = next((one for one in self.endpoints if one.endpoint.casefold() == key.casefold()), None)
        if found is None and place is not None and place.how == "port":
            port = f"{place.device} {place.port}".casefold()
            found = next((one for one in self.endpoints if one.endpoint.casefold() == port), None)
        return found


def load(folder: Path) -> Kept:
    """What is kept in a joining school's *folder*; nothing where the file is not there."""
    from matric import yaml_file  # noqa: PLC0415 - read on use

    path = folder / FILE
    if not path.is_file():
        return Kept()
    kept = yaml_file.model(path, Kept)
    wrong = [*_unknown(kept.endpoints), *_twice(kept.endpoints)]
    if wrong:
        raise BadInput(wrong)
    return kept


def _unknown(entries: Iterable[Entry]) -> Iterable[Problem]:
    for one in entries:
        if one.kind and one.kind not in kind.kinds():
            known = ", ".join(kind.kinds())
            yield Problem(
                "ENDPOINT-KIND", f"{FILE} {one.endpoint}", "its kind is none", f"use one of {known}", "kind", one.kind
            )


def _twice(entries: Iterable[Entry]) -> Iterable[Problem]:
    names = [one.endpoint.casefold() for one in entries]
    for name in dict.fromkeys(one for one in names if names.count(one) > 1):
        yield Problem("ENDPOINT-TWICE", f"{FILE} {name}", "it stands there twice", "merge the two")


def record(folder: Path, entries: Iterable[Entry]) -> Path:
    """Put *entries* into the file: each in the place of what was said of the endpoint before, comments kept."""
    path = folder / FILE
    load(folder)  # what cannot be read is not written over
    yaml: Any = _yaml()
    whole: Any = yaml.load(path.read_text("utf-8-sig")) if path.is_file() else None
    whole = whole if whole is not None else {}
    held: Any = whole.get("endpoints")
    if not held:
        held = whole["endpoints"] = []
    for entry in entries:
        there = next((one for one in held if str(one["endpoint"]).casefold() == entry.endpoint.casefold()), None)
        if there is None:
            there = {"endpoint": entry.endpoint}
            held.append(there)
        told = entry.model_dump(mode="json", exclude_defaults=True, exclude={"endpoint"})
        there.update(_quoted(told))
    text = io.StringIO()
    yaml.dump(whole, text)
    folder.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{FILE}.partial")
    try:
        partial.write_text(text.getvalue(), encoding="utf-8")
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
    load(folder)
    return path


def _quoted(told: dict[str, Any]) -> dict[str, Any]:
    """Days and digests stand in quotes, which the strict reader asks for."""
    from ruamel.yaml.scalarstring import DoubleQuotedScalarString  # noqa: PLC0415 - only to write

    said = told.get("acknowledged")
    if said is not None:
        told["acknowledged"] = {
            "by": said["by"],
            "on": DoubleQuotedScalarString(said["on"]),
            "fate": DoubleQuotedScalarString(said["fate"]),
        }
    return told


def _yaml() -> "YAML":
    from ruamel.yaml import YAML  # noqa: PLC0415 - only to write

    yaml = YAML()
    yaml.indent(mapping=2, sequence=4, offset=2)
    yaml.preserve_quotes = True
    yaml.width = 200
    return yaml
