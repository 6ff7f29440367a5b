"""Hours and days that gaps take, as data."""

from functools import cache
from importlib.resources import files
from math import ceil
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from matric import yaml_file
from matric.intent.base import Model

__all__ = ("FILE", "Effort", "Hours", "Prices", "effort", "prices")

FILE = "effort.yaml"
Amount = Annotated[float, Field(ge=0, le=1000, strict=False)]


class Hours(Model):
    """Hours for the school once, and for each object."""

    once: Amount = 0.0
    each: Amount = 0.0


class Effort(Model):
    """The whole of ``effort.yaml``."""

    format_version: Literal[1]
    hours: dict[str, Hours] = Field(default_factory=dict[str, Hours])
    lead_days: dict[str, Annotated[int, Field(ge=0, le=1000)]] = Field(default_factory=dict[str, int])

    def of(self, kind: str, objects: int) -> float:
        """Hours for a gap of *kind* in *objects* places, in begun quarters of one; 0 for a kind that is not named.

        Quarters add up exactly, in whatever order: the hours of the gaps are the hours of the whole.
        """
        found = self.hours.get(kind, Hours())
        return ceil(round((found.once + found.each * objects) * 4, 6)) / 4


class Prices(Model):
    """A price list: pounds without VAT for one of each item, by its name in the report, and for one hour."""

    format_version: Literal[1]
    hour: Amount
    items: dict[str, Annotated[float, Field(ge=0, strict=False)]] = Field(default_factory=dict[str, float])


@cache
def _shipped() -> Effort:
    text = files("matric.survey.readiness").joinpath(FILE).read_text(encoding="utf-8")
    return yaml_file.read_model(text, FILE, Effort)


def effort(inventory: Path) -> Effort:
    """What is shipped, or what the trust writes in its place in ``inventory/effort.yaml``. BadInput as for any YAML."""
    path = inventory / FILE
    if not path.exists():
        return _shipped()
    ours, theirs = _shipped(), yaml_file.model(path, Effort)
    return Effort(
        format_version=1, hours={**ours.hours, **theirs.hours}, lead_days={**ours.lead_days, **theirs.lead_days}
    )


def prices(path: Path) -> Prices:
    """The price list at *path*. BadInput lists what does not fit."""
    return yaml_file.model(path, Prices)
