"""Fixtures every test may use."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from matric import site
from matric.site import Site
from tests import estate

if TYPE_CHECKING:
    from tests.engine.journal.cluster import Cluster
    from tests.raised import Raised

ROOT = Path(__file__).parents[1]

# A run of every commit fails for what the commit did: its examples are the same each time.
settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.register_profile("explore", deadline=None)
settings.load_profile("repeatable")


LONGEST_S = 900
"""A file with a test that may take longer is begun first."""


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest story begins first: begun last, it is waited for alone. Then files of many tests, as xdist has it."""
    longest: dict[Path, float] = defaultdict(float)
    many: Counter[Path] = Counter(item.path for item in items)
    for item in items:
        found = item.get_closest_marker("timeout")
        longest[item.path] = max(longest[item.path], float(found.args[0]) if found is not None else 0.0)
    items.sort(key=lambda item: (longest[item.path] <= LONGEST_S, -many[item.path], str(item.path)))


@pytest.fixture(scope="session")
def trust() -> Site:
    """Fernhill Learning Trust with its two schools on Cisco and Arista."""
    return site.load(estate.standing())


@pytest.fixture(scope="session")
def raised(tmp_path_factory: pytest.TempPathFactory) -> Iterator["Raised"]:
    """A lab of these devices, raised once for all the tests that ask for the same, and renewed for each of them."""
    from tests.raised import Raised  # noqa: PLC0415 - few tests need it

    labs = Raised(lambda: tmp_path_factory.mktemp("raised"))
    yield labs
    labs.stop()


@pytest.fixture(scope="session")
def postgres() -> Iterator["Cluster"]:
    """A PostgreSQL of these tests' own; skipped where it is not installed, an error under CI."""
    from tests.engine.journal import cluster  # noqa: PLC0415 - few tests need it

    with cluster.standing() as found:
        yield found
