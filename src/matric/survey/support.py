"""Until when a maker mends faults in a model: what NetBox says, else the trust's file, else what is shipped."""

import re
from datetime import date
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, field_validator

from matric import yaml_file
from matric.intent.base import Model
from matric.intent.record import Records

__all__ = ("FILE", "Ends", "Support", "support")

FILE = "support.yaml"


class Ends(Model):
    """The end of support of some models."""

    models: str
    """A regular expression for the start of ``vendor model``, in lower case."""
    end: Annotated[date, Field(strict=False)]
    source: str = ""

    @field_validator("models")
    @classmethod
    def _readable(cls, value: str) -> str:
        try:
            re.compile(value)
        except re.error as error:
            raise ValueError(f"is no regular expression: {error}") from error
        return value


class _File(Model):
    format_version: Literal[1]
    support: tuple[Ends, ...] = ()


class Support:
    """All that is known, the nearest word first."""

    def __init__(self, ends: tuple[Ends, ...], rows: dict[str, date]) -> None:
        self._ends, self._rows = ends, rows

    def of(self, vendor: str, model: str) -> Ends | None:
        """What is known of a model; None where nobody says."""
        said = self._rows.get(model.lower())
        if said is not None:
            return Ends(models=re.escape(model.lower()), end=said, source="NetBox, support_end of the device type")
        name = f"{vendor} {model}".lower().strip()
        return next((one for one in self._ends if re.match(one.models, name)), None)


@cache
def _shipped() -> tuple[Ends, ...]:
    text = files("matric.survey").joinpath(FILE).read_text(encoding="utf-8")
    return yaml_file.read_model(text, FILE, _File).support


def support(inventory: Path, records: Records) -> Support:
    """What is known in this trust: its device types in NetBox, ``inventory/support.yaml``, and what is shipped."""
    path = inventory / FILE
    theirs = yaml_file.model(path, _File).support if path.exists() else ()
    rows: dict[str, date] = {}
    for kind in records.device_types:
        said = kind.custom_fields.get("support_end")
        if isinstance(said, str) and said:
            try:
                rows[kind.model.lower()] = date.fromisoformat(said)
            except ValueError:
                continue  # the rules about hardware say so
    return Support((*theirs, *_shipped()), rows)
