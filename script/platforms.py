"""The tables of docs/platforms.md, made from the platforms' own data."""

import sys
from pathlib import Path

from matric.doctor.sheet import placed, sheet
from matric.platform import PLATFORMS

PAGE = Path(__file__).parents[1] / "docs" / "platforms.md"

if __name__ == "__main__":
    if "--print" in sys.argv:
        print(sheet(PLATFORMS))
    else:
        PAGE.write_text(placed(PAGE.read_text(encoding="utf-8"), PLATFORMS), encoding="utf-8")
        print(f"wrote {PAGE.relative_to(PAGE.parents[1])}")
