"""Agreements: what a school keeps its own way, with an owner, an approver and a day on which it is looked at again."""

from datetime import date
from pathlib import Path
from typing import Annotated

from pydantic import Field

from matric.intent.base import Model
from matric.intent.standard import AgreedArea

__all__ = ("FILE", "Agreement", "Agreements", "load")

FILE = "agreements.yaml"


class Agreement(Model):
    """One thing that one school keeps its own way."""

    school: str
    """Slug."""
    area: AgreedArea
    object: Annotated[str, Field(min_length=1)]
    """As the finding of MAT-03 names it: ``oakfield vlan 75``, ``oakfield prefix 10.48.99.0/24``."""
    owner: Annotated[str, Field(min_length=1)]
    """Who answers for it."""
    approver: Annotated[str, Field(min_length=1)]
    """Who agreed for the trust: somebody else."""
    reason: Annotated[str, Field(min_length=1)]
    review: Annotated[date, Field(strict=False)]
    """The last day it holds without being looked at again, quoted in YAML."""


class Agreements(Model):
    """The whole of ``agreements.yaml``."""

    agreements: tuple[Agreement, ...] = ()


def load(inventory: Path) -> Agreements:
    """The agreements in the folder *inventory*; none where the file is not there."""
    from matric import yaml_file  # noqa: PLC0415 - heavy, and not needed to name a rule

    path = inventory / FILE
    return yaml_file.model(path, Agreements) if path.exists() else Agreements()
