"""The map of every control and rule: what decides it, what it tells people, and whose it is."""

import hashlib
import importlib.util
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from matric import Device, Finding, Said, layout
from matric.policy import Policy, case, controls, overview, policy, remedy, shipped
from matric.site import Site

ROOT = Path(__file__).parents[2]
MEND = "mend the cable"


def told(port: str) -> Finding:
    return Finding(port, "it is wrong", MEND)


@policy("TST-01", title="A rule of a trust", severity="info", sources=("Our handbook, page 3",))
def tells_many_things(device: Device) -> Iterator[Said]:
    remedy = "label it" if device.ports else f"cable {device.name} to {device.key.upper()}"
    yield Finding(device.key, "it has no label", remedy)
    yield Finding(device.key, "it is dark", remedy="switch it on")
    yield told(device.name)


def test_every_control_is_on_the_map_with_its_rule_and_so_is_every_other_rule(trust: Site) -> None:
    rows = {row.id: row for row in overview.rows((*trust.rules, tells_many_things))}

    assert set(controls.catalogue()) | {rule.id for rule in trust.rules} | {"TST-01"} == set(rows)
    assert rows["SEG-08"].decided[0].startswith("rule policies/vlans.py:")
    assert rows["CUT-01"].decided[1] == "question restore-tried"
    assert [row.id for row in rows.values() if row.decided == ("the gate",)] == ["CUT-19"]
    assert rows["TST-01"].area == overview.OTHER
    assert rows["SEG-51"].area == rows["SEG-01"].area


def test_the_map_is_narrowed_by_document_or_section_area_and_weight() -> None:
    rows = overview.rows([tells_many_things])

    def ids(**wanted: Any) -> set[str]:
        return {row.id for row in overview.matching(rows, **wanted)}

    assert ids(source="dfe filtering") >= {"SAF-01", "SAF-02"}
    assert "SAF-01" in ids(source="BLOCK HARMFUL")
    assert ids(source="handbook") == {"TST-01"}
    assert {name.partition("-")[0] for name in ids(area="l2")} == {"L2"}
    assert ids(severity="info", area="tst") == {"TST-01"}
    assert not ids(area="L2", source="handbook")


def test_what_a_rule_tells_people_is_read_from_its_text_and_from_what_it_calls() -> None:
    assert set(remedy.remedies(tells_many_things)) == {"label it", "cable <name> to ...", "switch it on", MEND}


def test_a_source_says_where_it_is_and_how_well_it_was_read() -> None:
    for control in controls.catalogue().values():
        assert tuple(map(str, control.cited)) == control.sources
        assert {source.confidence for source in control.cited} <= set(controls.CONFIDENCE)
        assert control.area


def test_a_rule_is_the_trust_s_own_where_it_wrote_or_changed_it(tmp_path: Path) -> None:
    kept, changed = safeguarding(tmp_path, "kept", ""), safeguarding(tmp_path, "changed", "    _more = 1\n")

    assert shipped.own([kept]) == ()
    assert shipped.own([changed, tells_many_things]) == (changed, tells_many_things)


def test_a_file_that_is_as_an_older_matric_laid_it_out_is_matric_s(tmp_path: Path) -> None:
    older = safeguarding(tmp_path, "older", "    _older = 1\n")
    digest = hashlib.sha256((tmp_path / "older.py").read_bytes()).hexdigest()
    (tmp_path / shipped.MANIFEST).parent.mkdir()
    (tmp_path / shipped.MANIFEST).write_text(json.dumps({"files": {"older.py": {"sha256": digest}}}), encoding="utf-8")

    assert shipped.MANIFEST == layout.MANIFEST
    assert shipped.own([older], tmp_path) == ()
    assert shipped.own([older]) == (older,)
    (tmp_path / shipped.MANIFEST).write_text("[]", encoding="utf-8")
    assert shipped.own([older], tmp_path) == (older,)


def safeguarding(folder: Path, name: str, more: str) -> Policy:
    """The first rule of a file that ships, with a comment before it and *more* in it."""
    text = (ROOT / "src" / "matric" / "starter" / "policies" / "safeguarding.py").read_text(encoding="utf-8")
    path = folder / f"{name}.py"
    path.write_text(text.replace("@policy(", "# ours\n@policy(").replace("[Said]:\n", f"[Said]:\n{more}"), "utf-8")
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return next(value for value in vars(module).values() if isinstance(value, Policy))


def test_a_rule_may_have_another_title_and_weight_than_its_control() -> None:
    rule = replace(tells_many_things, id="SEG-08")

    (row,) = (row for row in overview.rows([rule]) if row.id == "SEG-08")

    assert (row.title, row.severity) == ("A rule of a trust", "info")


def test_every_change_a_case_may_make_is_in_the_how_to() -> None:
    page = (ROOT / "docs" / "how-to" / "write-a-policy.md").read_text(encoding="utf-8")

    assert [name for name in case.CHANGES if f"`{name}`" not in page] == []


def test_the_reference_of_policies_is_what_the_rules_say() -> None:
    spec = importlib.util.spec_from_file_location("policies_page", ROOT / "script" / "policies.py")
    assert spec is not None
    assert spec.loader is not None
    writer = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(writer)

    page = (ROOT / "docs" / "reference" / "policies.md").read_text(encoding="utf-8")

    assert page == writer.page(), "run script/policies"
