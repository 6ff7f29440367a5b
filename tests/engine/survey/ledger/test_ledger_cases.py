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
from matric.survey.ledger import set_form
from matric.survey.ledger.classify import Inherited, Intended, classified
from matric.survey.ledger.model import Entry
from matric.survey.ledger.reading import lines

CASES = Path(__file__).parents[3] / "cases" / "survey" / "ledger"


def told(folder: Path) -> str:
    about: dict[str, Any] = yaml.safe_load((folder / "about.yaml").read_text("utf-8"))
    text = secret.guarded(redacted.configuration(about["platform"], (folder / "inherited.conf").read_text("utf-8")))
    path = folder / "standard.conf"
    intended = Intended(path.read_text("utf-8"), (), PLATFORMS[about["platform"]].rules) if path.exists() else None
    as_set = about["platform"] == "junos" and set_form.is_set(text)
    device = Inherited(
        "sw-1", about["platform"], text, intended.as_set if intended is not None and as_set else intended,
        about.get("why", ""), as_set=as_set, replaced=about.get("replaced", False),
    )  # fmt: skip
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


def test_a_statement_of_junos_is_the_standard_s_as_a_set_line_where_it_is_in_braces() -> None:
    folder = CASES / "junos-braces"
    rules = PLATFORMS["junos"].rules
    standard = Intended((folder / "standard.conf").read_text("utf-8"), (), rules)
    braces = Inherited("sw-1", "junos", secret.guarded((folder / "inherited.conf").read_text("utf-8")), standard)
    flat = tuple(set_form.rows(braces.reads))
    as_set = Inherited("sw-1", "junos", "\n".join(row for row, _ in flat), standard.as_set, as_set=True)

    owned = {entry.number for entry in classified(braces, {}) if entry.kind == "owned"}
    kinds = [entry.kind == "owned" for entry in classified(as_set, {})]

    assert set_form.is_set(as_set.text)
    assert not set_form.is_set(braces.text)
    assert kinds == [number in owned for _, number in flat]
    assert any(kinds)


def test_a_list_in_brackets_is_a_set_line_for_each_of_its_values() -> None:
    text = 'vlan {\n    members [ 10 "a b" 99 ];\n    disable;\n}\n'

    assert [row for row, _ in set_form.rows(lines(text, PLATFORMS["junos"].rules))] == [
        "set vlan members 10", 'set vlan members "a b"', "set vlan members 99", "set vlan disable",
    ]  # fmt: skip
