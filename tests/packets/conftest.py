"""The primary as the standard wants it: cut over in packets, once for all tests of a module."""

from collections.abc import Iterator

import pytest

from tests import estate
from tests.packets import school
from tests.packets.school import Standing


@pytest.fixture(scope="module")
def primary(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Standing]:
    """Oakfield after its cut-over, its hosts plugged in."""
    school.needed()
    root = estate.laid_out(tmp_path_factory.mktemp("packets") / "trust")
    school.write_site(root, estate.flawless())
    with school.standing(root, "oakfield", root / "lab") as standing:
        standing.cut_over()
        standing.fabric.settle()
        yield standing
