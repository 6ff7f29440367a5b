"""The primary as the standard wants it, once for all tests of a module: cut over, and on other vendors' switches."""

from collections.abc import Iterator, Mapping

import pytest

from tests import estate
from tests.engine.mixed import as_models
from tests.packets import school
from tests.packets.school import Standing

CORES: Mapping[str, Mapping[str, str]] = {
    "core-aoscx": {
        "core-1": "6300M-24SFP+ (JL658A)",
        "sw-01": "2930F-24G-PoE+ (JL255A)",
        "sw-02": "6100-24G-PoE (JL677A)",
        "sw-03": "EX2300-24P",
    },
    "core-aoss": {"core-1": "5406R (J9821A)", "sw-01": "6300M-24G-PoE (JL662A)", "sw-03": "2540-24G-PoE+ (JL356A)"},
    "core-junos": {"core-1": "EX4600", "sw-02": "2930F-24G-PoE+ (JL255A)", "sw-04": "EX3400-24P"},
}
"""Oakfield with another vendor's core, and other vendors' switches below it; the rest stays Cisco and Arista."""


@pytest.fixture(scope="module", params=["cut-over", "secondary", *CORES])
def primary(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Standing]:
    """Oakfield after its cut-over; Fernhill, or Oakfield on the switches of ``CORES``, as rendered. With hosts."""
    school.needed()
    root = estate.laid_out(tmp_path_factory.mktemp("packets") / "trust")
    slug = "fernhill" if request.param == "secondary" else "oakfield"
    models = {f"{slug}/{name}": model for name, model in CORES.get(request.param, {}).items()}
    school.write_site(root, as_models(estate.flawless(), models))
    cut_over = request.param == "cut-over"
    boot = None if cut_over else school.rendered(root, slug, root)
    with school.standing(root, slug, root / "lab", boot=boot) as standing:
        if cut_over:
            standing.cut_over()
            standing.fabric.settle()
        yield standing
