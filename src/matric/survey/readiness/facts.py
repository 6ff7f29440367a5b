"""What only people know of a joining school: its pupils, its broadband, its contracts."""

from datetime import date
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from matric.intent.base import Model

__all__ = ("FILE", "Facts", "facts")

FILE = "facts.yaml"
Count = Annotated[int, Field(ge=0, le=100_000)]
Day = Annotated[date, Field(strict=False)]


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


def facts(folder: Path) -> Facts:
    """What stands in the school's *folder*; nothing where there is no file. BadInput lists what does not fit."""
    from matric import yaml_file  # noqa: PLC0415 - read on use

    path = folder / FILE
    return yaml_file.model(path, Facts) if path.exists() else Facts()
