"""Every code of a plan that cannot be made is explained."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_every_code_of_a_plan_is_in_the_reference() -> None:
    said = {
        code
        for path in (ROOT / "src" / "matric").rglob("*.py")
        for code in re.findall(r'"(PLAN-[A-Z-]+)"', path.read_text("utf-8"))
    }
    written = (ROOT / "docs" / "reference" / "errors.md").read_text("utf-8")

    assert said
    assert {code for code in said if f"`{code}`" not in written} == set()
