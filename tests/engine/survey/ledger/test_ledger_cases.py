"""Configurations of one switch as text, line by line: what becomes of each, and which the old provider left.

A case is a folder: ``inherited.conf``, ``standard.conf`` where the standard writes the switch, ``about.yaml`` and
``expected.txt``, a line for each line of the configuration.
"""

from pathlib import Path
from typing import Any

import pytest
import yaml

from matric import secret
from matric.platform import PLATFORMS
from matric.survey import redacted
from matric.survey.ledger.classify import Inherited, Intended, classified
from matric.survey.ledger.model import Entry

CASES = Path(__file__).parents[3] / "cases" / "survey" / "ledger"


def told(folder: Path) -> str:
    about: dict[str, Any] = yaml.safe_load((folder / "about.yaml").read_text("utf-8"))
    text = secret.guarded(redacted.configuration(about["platform"], (folder / "inherited.conf").read_text("utf-8")))
    path = folder / "standard.conf"
    intended = Intended(path.read_text("utf-8"), (), PLATFORMS[about["platform"]].rules) if path.exists() else None
    device = Inherited(
        "sw-1", about["platform"], text, intended, about.get("why", ""), replaced=about.get("replaced", False)
    )
    return "".join(f"{row(entry)}\n" for entry in classified(device, {}))


def row(entry: Entry) -> str:
    mark = "carried" if entry.carried else "risk" if entry.risk else ""
    new = f"  ->  {'; '.join(line.split(chr(10))[0] for line in entry.new[:2])}" if entry.new else ""
    indent = "  " * len(entry.heads)
    what = entry.what or ("?" if entry.kind != "owned" else "")
    return f"{entry.kind:<9}{entry.residue or '-':<9}{mark:<8}[{what}] {indent}{entry.text}{new}".rstrip()


@pytest.mark.parametrize("folder", sorted(CASES.iterdir()), ids=lambda folder: folder.name)
def test_each_line_of_a_configuration_comes_to_what_the_case_says(folder: Path) -> None:
    assert told(folder) == (folder / "expected.txt").read_text("utf-8")
