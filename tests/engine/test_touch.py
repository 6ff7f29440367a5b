"""What a change touches: every school with a reason, nothing rendered that need not be, and no Python of it run."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from matric import site, snapshot
from matric.change import path_kind, touch
from matric.change.path_kind import PathKind
from matric.change.touch import Touch
from matric.errors import BadInput
from matric.policy import case
from matric.site import Site
from tests import estate

ROOT = Path(__file__).parents[2]
CONTENT = ("inventory", "templates", "tasks", "policies", "runbooks", "pyproject.toml")
STANDARD = "inventory/standard.yaml"


def copied(to: Path) -> Path:
    to.mkdir()
    return estate.laid_out(to)


class Change:
    """A trust and a copy of it that a test changes."""

    def __init__(self, folder: Path) -> None:
        self.base = copied(folder / "base")
        self.head = copied(folder / "head")
        self.paths: set[str] = set()

    def edit(self, path: str, old: str, new: str, *, at: str = "head") -> None:
        place = getattr(self, at) / path
        text = place.read_text(encoding="utf-8")
        assert old in text, (path, old)
        place.write_text(text.replace(old, new, 1), encoding="utf-8")
        self.paths.add(path)

    def write(self, path: str, text: str) -> None:
        place = self.head / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, encoding="utf-8")
        self.paths.add(path)

    def rows(self, table: str, of: Callable[[Any], Any]) -> None:
        """The head's *table* with each row as *of* gives it; None takes it away."""
        folder = self.head / "inventory" / "snapshot"
        before = snapshot.load(folder)
        rows = tuple(new for row in getattr(before.records, table) if (new := of(row)) is not None)
        snapshot.save(folder, before.records.model_copy(update={table: rows}), before.manifest)
        self.paths.add(f"inventory/snapshot/{table}.json")

    def touches(self, **more: Any) -> dict[str, Touch]:
        found = touch.touched(site.load(self.base), site.load(self.head), self.paths, **more)
        assert [one.school for one in found] == sorted(one.school for one in found)
        assert all(one.reasons for one in found)
        return {one.school: one for one in found}


@pytest.fixture
def change(tmp_path: Path) -> Change:
    return Change(tmp_path)


def on(touches: dict[str, Touch]) -> list[str]:
    return [slug for slug, one in touches.items() if one.touched]


def test_a_change_of_nothing_touches_nobody_and_says_so(change: Change) -> None:
    found = change.touches()

    assert sorted(found) == ["fernhill", "oakfield"]
    assert on(found) == []
    assert {one.reasons for one in found.values()} == {("nothing that it depends on changed",)}


def test_a_template_of_both_schools_touches_the_devices_that_are_rendered_from_it(change: Change) -> None:
    change.edit("templates/eos/access.j2", "no ip routing", "no ip routing\nlldp timer 20")

    found = change.touches()

    assert on(found) == ["fernhill", "oakfield"]
    assert found["oakfield"].devices == ("oakfield/sw-01", "oakfield/sw-03")
    assert found["oakfield"].reasons == (
        "2 of 6 devices' configurations differ",
        "templates/eos/access.j2 changed",
    )
    assert found["oakfield"].deploys


def test_a_part_of_a_template_counts_for_every_entry_that_includes_it(change: Change) -> None:
    change.edit("templates/ios/_lines.j2", "line con 0", "lldp timer 20\nline con 0")

    found = change.touches()

    assert on(found) == ["fernhill", "oakfield"]
    assert {key.partition("/")[2] for key in found["oakfield"].devices} == {"core-1", "sw-02", "sw-04", "wlc-1"}


def test_a_template_that_one_school_has_no_device_for_leaves_it_unrendered(change: Change) -> None:
    change.edit("templates/eos/core.j2", "ip routing", "ip routing\nlldp timer 20")
    asked: list[str] = []

    def texts(school: Any) -> dict[str, str]:
        asked.append(school.slug)
        return {device.key: "end\n" for device in school.configured}

    found = change.touches(texts=texts)

    assert on(found) == ["fernhill"]
    assert asked == ["fernhill"]
    assert on(change.touches()) == ["fernhill"]
    assert change.touches()["fernhill"].devices == ("fernhill/core-1",)


def test_a_template_that_reads_otherwise_and_renders_the_same_touches_nobody(change: Change) -> None:
    change.edit("templates/eos/access.j2", "no ip routing", "{# layer 2 only #}\nno ip routing")

    found = change.touches()

    assert on(found) == []
    assert found["oakfield"].reasons == ("templates/eos/access.j2 changed, but renders the same for its 2 devices",)
    assert found["fernhill"].reasons == ("templates/eos/access.j2 changed, but renders the same for its 5 devices",)


def test_a_default_spelled_out_is_the_same_to_a_device(change: Change) -> None:
    change.edit("templates/eos/access.j2", "no ip routing", "no ip routing\nno aaa root")

    assert on(change.touches()) == []


def test_one_device_of_one_school_in_the_snapshot_touches_that_device_alone(change: Change) -> None:
    port = next(
        row.id
        for row in snapshot.load(change.head / "inventory" / "snapshot").records.interfaces
        if row.custom_fields.get("port_profile") == "pupil" and row.device_id == device_id(change, "oakfield", "sw-01")
    )
    change.rows(
        "interfaces", lambda row: row.model_copy(update={"description": "Piano room"}) if row.id == port else row
    )

    found = change.touches()

    assert on(found) == ["oakfield"]
    assert found["oakfield"].devices == ("oakfield/sw-01",)
    assert found["oakfield"].reasons == (
        "1 of 6 devices' configurations differ",
        "the snapshot (1 of interfaces) changed",
    )
    assert found["fernhill"].reasons == ("nothing that it depends on changed",)


def device_id(change: Change, school: str, name: str) -> int:
    records = snapshot.load(change.head / "inventory" / "snapshot").records
    at = next(row.id for row in records.sites if row.slug == school)
    return next(row.id for row in records.devices if row.site_id == at and row.name == name)


def test_rows_that_were_only_saved_again_change_nothing(change: Change) -> None:
    change.rows("devices", lambda row: row.model_copy(update={"last_updated": "2026-11-25T12:00:00Z"}))

    assert on(change.touches()) == []


def test_a_section_of_the_standard_is_tied_to_the_schools_that_use_it(change: Change) -> None:
    change.edit(STANDARD, "    description: Till of the cashless catering", "    description: Till, hands off")
    used = site.load(change.head)
    schools = {
        device.school
        for slug in ("fernhill", "oakfield")
        for device in used.school(slug).configured
        for port in device.ports
        if port.profile_name == "till"
    }

    found = change.touches()

    said = {slug for slug, one in found.items() if any("profiles: till" in reason for reason in one.reasons)}
    assert said == schools


def test_a_school_s_own_block_is_its_own(change: Change) -> None:
    change.edit(STANDARD, "oakfield: 10.48.64.0/18", "oakfield: 10.48.64.0/19")

    found = change.touches()

    assert found["fernhill"].reasons == ("nothing that it depends on changed",)
    assert "standard.yaml (its block of addresses)" in " ".join(found["oakfield"].reasons)


def test_the_whole_trust_s_banner_touches_all(change: Change) -> None:
    change.edit(STANDARD, "10.63.1.30", "10.63.1.31")

    found = change.touches()

    assert on(found) == ["fernhill", "oakfield"]
    assert found["oakfield"].reasons[1] == "standard.yaml (services) changed"


def test_a_waiver_asks_for_the_verdict_of_its_school_and_deploys_nothing(change: Change) -> None:
    change.edit(
        "policies/waivers.yaml",
        "waivers: []",
        "waivers:\n  - {rule: SAF-01, object: oakfield vlan 40, owner: P. Adeyemi, reason: It is mended at half term, "
        'expiry: "2027-01-01"}',
    )

    found = change.touches()

    assert on(found) == ["oakfield"]
    assert not found["oakfield"].deploys
    assert found["oakfield"].devices == ()
    assert found["oakfield"].reasons == (
        "its waivers changed (SAF-01 oakfield vlan 40)",
        "no configuration differs: only the verdict is given anew",
    )


def test_an_agreement_asks_for_the_verdict_of_its_school_and_deploys_nothing(change: Change) -> None:
    change.write(
        "inventory/agreements.yaml",
        "agreements:\n  - {school: oakfield, area: vlan, object: oakfield vlan 75, owner: S. Mistry, "
        'approver: D. Lindqvist, reason: The nursery shares the building, review: "2027-07-31"}\n',
    )

    found = change.touches()

    assert on(found) == ["oakfield"]
    assert not found["oakfield"].deploys
    assert "its agreements changed" in found["oakfield"].reasons


def test_a_window_of_one_school_is_its_own(change: Change) -> None:
    change.edit(
        "inventory/calendar.yaml", 'school: oakfield, date: "2027-02-17"', 'school: oakfield, date: "2027-02-18"'
    )

    found = change.touches()

    assert on(found) == ["oakfield"]
    assert not found["oakfield"].deploys


def test_a_closure_of_one_school_is_its_own(change: Change) -> None:
    change.edit(
        "inventory/calendar.yaml", 'last: "2026-11-27", schools: [oakfield]', 'last: "2026-11-28", schools: [oakfield]'
    )

    found = change.touches()

    assert on(found) == ["oakfield"]
    assert "its closures changed" in found["oakfield"].reasons
    assert not found["oakfield"].deploys


@pytest.mark.parametrize("path", ["policies/vlans.py", "tasks/look.py", "policies/_views.py", "policies/limits.json"])
def test_python_has_every_school_planned_anew_and_deploys_nothing(change: Change, path: str) -> None:
    change.write(path, "# nothing\n")

    found = change.touches()

    assert on(found) == ["fernhill", "oakfield"]
    assert not any(one.deploys for one in found.values())
    assert path in found["oakfield"].reasons[0]
    assert touch.python_paths(site.load(change.head), change.paths) == (path,)


def test_the_change_s_own_python_is_never_run(change: Change, tmp_path: Path) -> None:
    mark = tmp_path / "ran"
    for path in ("policies/vlans.py", "tasks/look.py", "policies/fresh.py"):
        change.write(path, f"from pathlib import Path\nPath({str(mark)!r}).write_text('ran')\n")
    change.edit("templates/eos/access.j2", "no ip routing", "no ip routing\nlldp timer 20")

    assert on(change.touches()) == ["fernhill", "oakfield"]
    assert not mark.exists()


def test_a_template_of_the_change_is_rendered_in_the_sandbox(change: Change, tmp_path: Path) -> None:
    mark = tmp_path / "ran"
    change.edit(
        "templates/eos/access.j2",
        "no ip routing",
        f"{{{{ range.__globals__['os'].system('touch {mark}') }}}}\nno ip routing",
    )

    found = change.touches()

    assert not mark.exists()
    assert found["oakfield"].touched
    assert found["oakfield"].problems


def test_a_template_that_cannot_be_rendered_touches_and_says_where(change: Change) -> None:
    change.edit("templates/eos/access.j2", "no ip routing", "{{ no_such_thing }}")

    found = change.touches()

    assert on(found) == ["fernhill", "oakfield"]
    assert found["oakfield"].problems[0].code == "TPL-UNDEF"
    assert "cannot be rendered" in found["oakfield"].reasons[0]


def test_a_base_that_cannot_be_rendered_is_taken_as_different(change: Change) -> None:
    change.edit("templates/eos/access.j2", "no ip routing", "{{ no_such_thing }}", at="base")

    found = change.touches()

    assert on(found) == ["fernhill", "oakfield"]
    assert len(found["oakfield"].devices) == 6
    assert "cannot be rendered at the base" in found["oakfield"].reasons[0]


@pytest.mark.parametrize("path", [STANDARD, "inventory/snapshot/devices.json"])
def test_what_cannot_be_read_at_the_head_touches_every_school_with_the_problem(change: Change, path: str) -> None:
    change.write(path, "[")

    found = change.touches()

    assert on(found) == ["fernhill", "oakfield"]
    assert all(one.problems for one in found.values())


def test_waivers_that_cannot_be_read_touch_every_school_with_the_problem(change: Change) -> None:
    change.write("policies/waivers.yaml", "waivers: [")

    found = change.touches()

    assert on(found) == ["fernhill", "oakfield"]
    assert all(one.problems for one in found.values())


def test_a_school_that_went_is_touched_and_its_devices_are_left(change: Change) -> None:
    change.edit(STANDARD, "    oakfield: 10.48.64.0/18\n", "")

    found = change.touches()

    assert found["oakfield"].reasons == ("removed from standard.yaml: matric leaves its devices as they are",)
    assert found["oakfield"].touched
    assert not found["oakfield"].deploys


def test_a_school_that_came_is_new_with_all_its_devices(change: Change) -> None:
    change.edit(STANDARD, "    oakfield: 10.48.64.0/18\n", "", at="base")

    found = change.touches()

    assert found["oakfield"].reasons == ("new, with 6 devices",)
    assert len(found["oakfield"].devices) == 6
    assert found["oakfield"].deploys


def test_a_path_that_nobody_can_classify_touches_every_school(change: Change) -> None:
    change.write("inventory/colours.toml", "")

    found = change.touches()

    assert on(found) == ["fernhill", "oakfield"]
    assert all(one.deploys for one in found.values())
    assert "inventory/colours.toml" in found["oakfield"].reasons[0]


def test_pages_pipelines_and_runbooks_are_named_and_touch_nobody(change: Change) -> None:
    for path in ("README.md", "docs/why.md", ".gitlab-ci.yml", "runbooks/cut-over.md", "inventory/access.yaml"):
        change.write(path, "x")

    found = change.touches()

    assert on(found) == []
    said = " | ".join(found["oakfield"].reasons)
    for words in (
        "README.md, docs/why.md: documentation",
        ".gitlab-ci.yml: the pipeline changed",
        "runbook",
        "logs in",
    ):
        assert words in said


def test_a_file_of_one_school_below_inventory_is_its_own(change: Change) -> None:
    change.write("inventory/drift/oakfield.yaml", "decision: revert\n")

    found = change.touches()

    assert on(found) == ["oakfield"]
    assert found["oakfield"].deploys


@pytest.mark.parametrize(("word", "planned"), [("revert", ["oakfield"]), ("adopt", []), ("pending", [])])
def test_a_decision_to_revert_has_the_schools_of_its_devices_planned(
    change: Change, word: str, planned: list[str]
) -> None:
    change.write(
        "inventory/drift/0123456789ab.yaml",
        "format_version: 1\nid: 0123456789ab\nsection: interface\ndevices: [oakfield/sw-01]\n"
        f"lines: ['-description by hand']\ndecision: {word}\nby: b.okafor\nreason: nobody knows why\n",
    )

    found = change.touches()

    assert on(found) == planned
    assert found["oakfield"].deploys is bool(planned)


def test_a_decision_that_cannot_be_read_touches_every_school(change: Change) -> None:
    change.write("inventory/drift/0123456789ab.yaml", "decision: revert\n")

    assert on(change.touches()) == ["fernhill", "oakfield"]


def test_configurations_given_for_the_head_are_taken_instead_of_its_templates(change: Change) -> None:
    change.edit("templates/eos/core.j2", "ip routing", "ip routing\nlldp timer 20")

    def texts(school: Any) -> dict[str, str]:
        raise BadInput([path_problem(school.slug)])

    found = change.touches(texts=texts)

    assert found["fernhill"].problems[0].code == "RENDERED-FILE"
    assert found["fernhill"].touched
    assert not found["oakfield"].touched


def path_problem(slug: str) -> Any:
    from matric.errors import Problem  # noqa: PLC0415 - only here

    return Problem("RENDERED-FILE", slug, "it is missing", "render it")


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("templates/eos/access.j2", PathKind.DATA),
        ("templates/eos/more.txt", PathKind.DATA),
        ("policies/waivers.yaml", PathKind.DATA),
        ("policies/vlans.py", PathKind.PYTHON),
        (f"policies/{case.CASES}/FLT-07/fires-somewhere/case.yaml", PathKind.TEST),
        ("policies/cases/FLT-07/words.py", PathKind.PYTHON),
        ("tasks/deeper/look.py", PathKind.PYTHON),
        ("inventory/pins/oakfield.yaml", PathKind.PINS),
        ("inventory/lab/oakfield/sw-01.conf", PathKind.LAB),
        ("inventory/joining/oakfield/ledger.yaml", PathKind.OWN),
        ("inventory/joining/thornfield/ledger.yaml", PathKind.JOINING),
        ("inventory/joining/thornfield.yaml", PathKind.UNKNOWN),
        (".github/workflows/matric.yml", PathKind.PIPELINE),
        ("requirements.lock", PathKind.PIPELINE),
        ("../other/thing", PathKind.OUTSIDE),
        ("pyproject.toml", PathKind.SETTING),
        (".gitattributes", PathKind.UNKNOWN),
        ("Makefile", PathKind.UNKNOWN),
        ("docs", PathKind.PAGE),
    ],
)
def test_a_path_is_of_one_kind(trust: Site, path: str, kind: PathKind) -> None:
    assert path_kind.kind(path, trust.folders, ("oakfield",)) is kind
