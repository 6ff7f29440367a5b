"""Each test that asks for ``place`` runs on both forges."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engine.forge.place import Place, Waits, client, prepared


@pytest.fixture(params=["gitlab", "github"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    with prepared(request.param, tmp_path).start() as served:
        waits = Waits()
        yield Place(served, client(served, waits), waits)
