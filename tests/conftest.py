"""Fixtures every test may use."""

from pathlib import Path

import pytest

from matric import site
from matric.site import Site

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="session")
def trust() -> Site:
    """The reference trust: Fernhill Learning Trust, as it lies in this repository."""
    return site.load(ROOT)
