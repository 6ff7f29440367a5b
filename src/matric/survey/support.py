"""Until when a maker mends faults in a model: what NetBox says, else the trust's file, else what is shipped."""

import re
from collections.abc import Iterator
from datetime import date
from fnmatch import fnmatchcase
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator

from matric import yaml_file
from matric.intent.base import Model
from matric.intent.record import Records

__all__ = ("FILE", "Ends", "Support", "shipped", "support")

FILE = "support.yaml"
Day = Annotated[date, Field(strict=False)]
Known = Literal["read", "quoted", "recalled", ""]
KNOWN: dict[Known, str] = {
    "read": "",
    "quoted": "as quoted by others: look it up before money is spent",
    "recalled": "from memory: look it up before money is spent",
    "": "",
}
_HOUSES = {"hp": "hpe", "hewlett": "hpe", "aruba": "hpe", "h3c": "hpe", "brocade": "ruckus", "commscope": "ruckus"}
"""Makers that sell under more than one name: the first word of the name -> the house."""


class Ends(Model):
    """Until when some models of one maker are sold and supported, and who says so."""

    maker: str
    models: Annotated[tuple[str, ...], Field(min_length=1)]
    """Model names and part numbers, whole (``SG300-28``) or with ``*``, ``?`` and ``[...]`` as in file names
    (``WS-C2960X-*``). A name that is written whole says more than one with a wildcard; of two with wildcards, the one
    with more letters."""
    sold_until: Day | None = None
    """The last day of sale; None where it is not said."""
    end: Day | None = None
    """The last day of support, of whatever kind; None where the maker's document does not say."""
    source: Annotated[str, Field(min_length=1)]
    """The maker's document, by name or number."""
    url: Annotated[str, Field(pattern=r"^(https://\S+)?$")] = ""
    known: Known = ""
    """How well: somebody ``read`` the document, found it ``quoted``, or ``recalled`` it. Empty: not said."""
    looked_up: Day | None = None
    """The day on which that was done."""

    @field_validator("models")
    @classmethod
    def _written(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if short := [one for one in value if len(re.sub(r"\[.*?\]|\W", "", one)) < 2]:  # noqa: PLR2004 - "*" is all
            raise ValueError(f"{', '.join(short)}: names every model. Do: write at least two letters or digits of it")
        return value

    @model_validator(mode="after")
    def _ordered(self) -> "Ends":
        if self.sold_until is None and self.end is None:
            raise ValueError("says neither sold_until nor end. Do: give one, or leave the entry out")
        if self.sold_until is not None and self.end is not None and self.end < self.sold_until:
            raise ValueError("support ends before the sale does. Do: look up both days again")
        return self

    @property
    def told(self) -> str:
        """The source in one line, with how well it is known."""
        return ", ".join(one for one in (self.source, KNOWN[self.known]) if one)


class _File(Model):
    format_version: Literal[1]
    support: tuple[Ends, ...] = ()


class Support:
    """All that is known, the nearest word first."""

    def __init__(self, theirs: tuple[Ends, ...], shipped: tuple[Ends, ...], rows: dict[str, date]) -> None:
        self._files, self._rows = (theirs, shipped), rows

    def of(self, vendor: str, model: str) -> Ends | None:
        """What is known of a model; None where nobody says. A model whose maker nobody knows is none that is known."""
        said = self._rows.get(model.lower())
        if said is not None:
            return Ends(
                maker=vendor, models=(model,), end=said, source="NetBox, support_end of the device type", known="read"
            )
        house, names = _house(vendor), tuple(_names(model))
        for ends in self._files if house else ():
            found = [
                (weight, one)
                for one in ends
                if _house(one.maker) == house and (weight := max(_weight(glob, names) for glob in one.models))
            ]
            if found:
                return max(found, key=lambda pair: pair[0])[1]
        return None

    def told(self, vendor: str, words: str) -> Ends | None:
        """What is known of the first word of *words* that is a model: of what a neighbour says of itself."""
        return next((found for word in words.split() if (found := self.of(vendor, word.strip("(),;")))), None)


def _house(maker: str) -> str:
    first = maker.casefold().split()[0] if maker.strip() else ""
    return _HOUSES.get(first, first)


def _names(model: str) -> Iterator[str]:
    """Each name in ``2530-24G-PoE+ (J9773A)``: as it stands, without the part number, and that alone."""
    plain = model.casefold().strip()
    if plain:
        yield plain
        yield re.sub(r"\s*\(.*?\)", "", plain).strip()
        yield from re.findall(r"\(([^)]+)\)", plain)


def _weight(glob: str, names: tuple[str, ...]) -> int:
    """How much *glob* says of a model of these names: 0 where it is none of them."""
    glob = glob.casefold()
    if not any(name and fnmatchcase(name, glob) for name in names):
        return 0
    letters = len(re.sub(r"\[.*?\]|[*?]", "", glob))
    return 2 * letters + (re.search(r"[*?\[]", glob) is None)


@cache
def shipped() -> tuple[Ends, ...]:
    """What comes with matric: makers' own documents, as far as we could name them."""
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
    return Support(theirs, shipped(), rows)
