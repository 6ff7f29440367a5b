"""What the templates write, with lines missing: from there and back, as the lab's switches take it."""

import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from matric.config import Config, normalised, parse, without
from matric.diff import difference
from matric.ordering import ordered
from matric.platform import get
from matric.switch import Switch
from tests.engine.ordering import judge

CASES = Path(__file__).parents[2] / "cases"
NEEDED = re.compile(r"hostname|interface|trunk|vlan|exit|(?:no )?shutdown|untagged|tagged|ssh server|spanning-tree$")
"""Lines without which a text does not say what becomes of a port, or is no text of a switch one could log in to."""
DEEP = settings(
    max_examples=20,
    deadline=None,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[HealthCheck.too_slow],
)


def free(_switch: Switch) -> tuple[str, ...]:
    return ()


def golden(slug: str) -> list[str]:
    """The texts of devices whose ports the judge has, without their banner."""
    found = sorted(
        path for path in CASES.glob(f"{slug}/rendered-*/intended.conf") if slug != "aoss" or "core" not in str(path)
    )
    return [re.sub(r"^banner .*\n(?:.*\n)*?\^\n", "", path.read_text("utf-8"), flags=re.MULTILINE) for path in found]


def compared(slug: str, text: str) -> Config:
    rules = judge.RULES[slug]
    plain = re.sub(r"(?:plaintext|ciphertext) \S+", "X", text)
    return normalised(without(parse(plain, rules), rules.hidden, rules.device_owned), rules)


def without_lines(text: str, gone: set[int]) -> str:
    """*text* without its lines at *gone*, with what stands below them."""
    kept: list[str] = []
    above: int | None = None
    for at, line in enumerate(text.splitlines()):
        depth = len(line) - len(line.lstrip())
        if above is not None and depth > above:
            continue
        above = depth if at in gone and not NEEDED.match(line.strip()) else None
        if above is None:
            kept.append(line)
    return "".join(f"{line}\n" for line in kept)


@pytest.mark.slow
@pytest.mark.parametrize("slug", ["aoscx", "aoss"])
@DEEP
@given(data=st.data())
def test_a_switch_that_lacks_lines_gets_them_and_loses_them_again(slug: str, data: st.DataObject) -> None:
    text = data.draw(st.sampled_from(golden(slug)))
    numbers = st.integers(0, len(text.splitlines()) - 1)
    poor = without_lines(text, data.draw(st.sets(numbers, min_size=1, max_size=60)))
    whole, part = (next(judge.shown(slug, each, ())) for each in (text, poor))

    for running, intended in ((part, whole), (whole, part)):
        *_, last = judge.shown(slug, running, ordered(get(slug), running, intended, cut=free).lines)
        assert difference(compared(slug, last), compared(slug, intended)).text() == ""


@pytest.mark.parametrize("slug", ["aoscx", "aoss"])
def test_what_the_templates_write_is_not_changed_where_it_stands(slug: str) -> None:
    texts = golden(slug)

    assert texts
    assert all(ordered(get(slug), text, text, cut=free).lines == () for text in texts)
