"""What of the standard each platform's templates write: said in tests/cases/features, and looked for in the text.

``MATRIC_UPDATE=1`` rewrites docs/reference/features.md.
"""

import os
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from matric import contract, yaml_file
from matric.intent import build
from matric.intent.standard import Standard
from matric.render import Renderer
from tests import estate
from tests.engine.mixed import as_models

ROOT = Path(__file__).parents[3]
FOLDER = ROOT / "tests" / "cases" / "features"
PAGE = ROOT / "docs" / "reference" / "features.md"
SHOWS: Mapping[str, Mapping[str, str]] = yaml_file.load(FOLDER / "shows.yaml")  # type: ignore[assignment]
PLATFORMS = ("ios", "eos", "junos", "aoscx", "aoss")
MODELS = {
    "aoscx": {"oakfield/core-1": "6300M-24SFP+ (JL658A)", "oakfield/sw-01": "6200F-24G-PoE (JL725A)"},
    "aoss": {"oakfield/core-1": "5406R (J9821A)", "oakfield/sw-01": "2930F-24G-PoE+ (JL255A)"},
    "junos": {"oakfield/core-1": "EX4600", "oakfield/sw-01": "EX3400-24P"},
}
CELLS = [pytest.param(platform, slug, id=f"{platform}-{slug}") for platform in PLATFORMS for slug in SHOWS]


@cache
def said(platform: str) -> Mapping[str, Mapping[str, Any]]:
    found: Any = yaml_file.load(FOLDER / f"{platform}.yaml")
    return dict(found)


@cache
def written(platform: str) -> str:
    """Everything the templates of *platform* write for the schools it can stand in."""
    standard = yaml_file.model(ROOT / "inventory" / "standard.yaml", Standard)
    records = as_models(estate.flawless(), dict(MODELS.get(platform, {})))
    renderer = Renderer(ROOT / "templates")
    schools = [build.school(records, standard, slug) for slug in standard.addresses.schools]
    return "\n".join(
        renderer.render(school, device).text
        for school in schools
        for device in school.configured
        if device.platform == platform and device.role != "wireless-controller"
    )


@pytest.mark.parametrize("platform", PLATFORMS)
def test_every_feature_is_said_of_every_platform(platform: str) -> None:
    assert set(said(platform)) == set(SHOWS)


@pytest.mark.parametrize(("platform", "slug"), CELLS)
def test_what_is_said_to_be_written_is_written_and_the_rest_has_a_reason(platform: str, slug: str) -> None:
    one = said(platform)[slug]
    pattern = SHOWS[slug].get(platform)

    if one["rendered"]:
        assert pattern is not None, "shows.yaml does not say by which line it is known"
        # What a platform does by itself is known by nothing in the text.
        assert pattern == "" or re.search(pattern, written(platform), re.MULTILINE), pattern
        assert pattern or "default" in one["why"]
    else:
        assert pattern is None
        assert one["why"]


def test_the_page_says_the_same() -> None:
    text = page()

    if os.environ.get("MATRIC_UPDATE"):
        PAGE.write_text(text, encoding="utf-8")
    assert text == PAGE.read_text(encoding="utf-8")


def page() -> str:
    """docs/reference/features.md."""
    titles = [contract.PLATFORMS[platform] for platform in PLATFORMS]
    rows = [
        f"| {' | '.join([slug.replace('-', ' '), *(cell(platform, slug) for platform in PLATFORMS)])} |"
        for slug in SHOWS
    ]
    lines = [
        "# What each platform is given of the standard",
        "",
        "Made from `tests/cases/features` by `tests/site/templates/test_features.py`, which looks for each line in the",
        "text the templates write. *yes* is followed by the oldest firmware whose guide documents the lines.",
        "**0 real switches** were used.",
        "",
        f"| Feature | {' | '.join(titles)} |",
        f"|---|{'---|' * len(PLATFORMS)}",
        *rows,
    ]
    return "\n".join(lines) + "\n"


def cell(platform: str, slug: str) -> str:
    one = said(platform)[slug]
    word = f"yes, {one['firmware']}" if one["rendered"] else "**no**"
    return f"{word}: {one['why']}".replace("|", "\\|") if one["why"] else word
