"""The demonstration, as a new user types it."""

import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.mark.slow
def test_the_demonstration_blocks_fixes_rolls_back_succeeds_and_ends_with_a_report() -> None:
    kept = {key: value for key, value in os.environ.items() if not key.startswith("MATRIC")}

    done = subprocess.run(
        [ROOT / "script" / "demo"], cwd=ROOT, env=kept, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, text=True, timeout=280, check=False,
    )  # fmt: skip

    assert done.returncode == 0, done.stdout
    for words in ("SAF-01", "the gate is closed", "ALL-OLD", "ALL-NEW", "nothing to do", ".html"):
        assert words in done.stdout, words
