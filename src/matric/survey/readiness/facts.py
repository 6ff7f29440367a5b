"""What only people know of a joining school: its pupils, its broadband, its contracts and licences."""

from datetime import date
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, model_validator

from matric.intent.base import Model

__all__ = ("FILE", "Facts", "Licence", "facts")

FILE = "facts.yaml"
Count = Annotated[int, Field(ge=0, le=100_000)]
Day = Annotated[date, Field(strict=False)]


class Licence(Model):
    """A licence or subscription, as whoever pays for it knows it."""

    name: Annotated[str, Field(min_length=1)]
    count: Count | None = None
    """How many; None: nobody said."""
    end: Day | None = None
    """The last day it is paid for; None: nobody said, or it never ends."""
    never_ends: bool = False
    owner: Literal["school", "trust", "provider", ""] = ""
    """Who it belongs to: what is the provider's goes with the provider. Empty: nobody said."""
    supplier: str = ""
    """Who sold it."""
    transferable: bool | None = None
    """Whether the maker lets it pass to the trust; None: nobody asked."""

    @model_validator(mode="after")
    def _once(self) -> "Licence":
        if self.never_ends and self.end is not None:
            raise ValueError("never ends and ends on a day. Do: leave one of the two out")
        return self


class Facts(Model):
    """The whole of ``facts.yaml`` in the school's folder; everything may be left out, and is then not judged."""

    format_version: Literal[1] = 1
    name: str = ""
    """The school's name."""
    phase: Literal["primary", "secondary", "all-through", "special", ""] = ""
    pupils: Count | None = None
    staff: Count | None = None
    classrooms: Count | None = None
    broadband_down_mbps: Count | None = None
    broadband_up_mbps: Count | None = None
    broadband_full_fibre: bool | None = None
    broadband_second_line: bool | None = None
    """A line of another kind that takes over."""
    broadband_contract_end: Day | None = None
    provider: str = ""
    """Who looks after the network today."""
    provider_contract_end: Day | None = None
    licences: tuple[Licence, ...] | None = None
    """Licences and subscriptions; ``[]`` says that there are none, left out says nothing."""


def facts(folder: Path) -> Facts:
    """What stands in the school's *folder*; nothing where there is no file. BadInput lists what does not fit."""
    from matric import yaml_file  # noqa: PLC0415 - read on use

    path = folder / FILE
    return yaml_file.model(path, Facts) if path.exists() else Facts()
