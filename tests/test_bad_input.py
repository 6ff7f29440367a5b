"""Bad input, as it reaches a person: through the command line, all of it in one pass, and no device is contacted."""

import ast
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, cast

import pytest

from matric import lab, plan, snapshot, yaml_file
from matric.cli import main
from matric.errors import ExitCode
from matric.lab.client import Lab
from matric.site import Site
from tests import estate

ROOT = Path(__file__).parents[1]
CASES = ROOT / "tests" / "cases"
CONTENT = ("inventory", "policies", "runbooks", "tasks", "templates")
FIRST, LAST = 1, 95

Case = dict[str, Any]


@dataclass(frozen=True)
class Said:
    """How a command ended, and what it said."""

    code: int
    out: str
    err: str

    def lines(self, code: str) -> list[str]:
        """Every line that bears *code*."""
        return [line for line in (*self.out.splitlines(), *self.err.splitlines()) if f"{code} " in line]


Run = Callable[..., Said]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A copy of the reference trust that a test may spoil."""
    copy = tmp_path / "trust"
    copy.mkdir()
    return estate.laid_out(copy)


@pytest.fixture(autouse=True)
def nobody_elsewhere_is_contacted(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Nothing leaves this machine: the management addresses of the trust's devices are not called."""
    called: list[object] = []
    connect = socket.socket.connect

    def watched(self: socket.socket, address: Any) -> None:
        if self.family != socket.AF_UNIX and not str(address[0]).startswith("127."):
            called.append(address)
            raise ConnectionRefusedError(address)
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", watched)
    yield
    assert called == []


@pytest.fixture
def run(root: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """matric on the copy; no lab, unless the arguments name one."""
    monkeypatch.delenv("MATRIC_LAB", raising=False)

    def matric(*arguments: str) -> Said:
        capsys.readouterr()
        with pytest.raises(SystemExit) as left:
            main(["-C", str(root), *arguments])
        out, err = capsys.readouterr()
        return Said(int(left.value.code or 0), out, err)

    return matric


def spoil(root: Path, edits: list[Case]) -> None:
    """Make the *edits* of a case in the copy at *root*."""
    for edit in edits:
        path = root / edit["file"]
        if "replace" in edit:
            old, new = edit["replace"]
            text = path.read_text("utf-8")
            assert old in text, f"{edit['file']} has no {old!r}: the case is out of date"
            path.write_text(text.replace(old, new), "utf-8")
        elif "append" in edit:
            path.write_bytes(path.read_bytes() + edit["append"].encode())
        elif "write" in edit:
            path.write_text(edit["write"], "utf-8")
        elif "link" in edit:
            path.symlink_to(edit["link"])
        else:
            with path.open("r+b") as file:
                file.truncate(edit["size"])


def variants() -> Iterator[Any]:
    for path in sorted((CASES / "bad-input-site").glob("*.yaml")):
        case = cast("Case", yaml_file.load(path))
        assert path.stem == case["id"]
        for variant in case["variants"]:
            merged = {"code": case["code"], "severity": case["severity"][0], **variant}
            yield pytest.param(merged, id=f"{case['id']} {variant['name']}")


ENDS = {"R": {ExitCode.USAGE}, "W": {ExitCode.DONE, ExitCode.BLOCKED}, "P": {ExitCode.BLOCKED}}
"""Refused; told and gone on with (the reference trust breaks one rule on purpose); broken rule."""


@pytest.mark.parametrize("variant", list(variants()))
def test_what_files_templates_and_secrets_may_hold_ends_in_its_own_error(
    variant: Case, root: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    spoil(root, variant["edits"])
    for name, value in variant.get("env", {}).items():
        monkeypatch.setenv(name, value)

    said = run(*variant.get("command", ["check", "oakfield"]))

    if variant["severity"] == "A":
        assert not said.lines(variant["code"])
        return
    told = said.lines(variant["code"])
    assert told, said
    assert any(variant.get("says", "") in line for line in told), told
    assert said.code in ENDS[variant["severity"]], said
    assert "Traceback" not in said.err
    hidden = [variant.get("hidden", ""), variant.get("env", {}).get("MATRIC_TEST_SECRET", "")]
    assert not [value for value in hidden if len(value) > 1 and value in said.out + said.err], "a secret was shown"


# ---- many things wrong at once ----


def wrong_rows(root: Path) -> None:
    """A VLAN id that 802.1Q keeps for itself, and a switch without serial number, at Oakfield."""
    folder = root / "inventory" / "snapshot"
    held = snapshot.load(folder)
    site = next(row for row in held.records.sites if row.slug == "oakfield")
    vlans = tuple(
        row.model_copy(update={"vid": 4095}) if (row.site_id, row.vid) == (site.id, 60) else row
        for row in held.records.vlans
    )
    devices = tuple(
        row.model_copy(update={"serial": ""}) if (row.site_id, row.name) == (site.id, "sw-02") else row
        for row in held.records.devices
    )
    assert (vlans, devices) != (held.records.vlans, held.records.devices)
    manifest = held.manifest.model_copy(update={"source": "https://netbox.fernhill.example"})
    snapshot.save(folder, held.records.model_copy(update={"vlans": vlans, "devices": devices}), manifest)


EVERYWHERE: list[Case] = [
    {"file": "inventory/calendar.yaml", "append": "windows: []\n"},
    {"file": "inventory/standard.yaml", "replace": ["auth: lab:snmp-auth", "auth: env:MATRIC_TEST_NOWHERE"]},
    {"file": "templates/ios/core.j2", "append": "{{ no_such_name }}\n"},
    {"file": "templates/eos/access.j2", "append": "{% for vlan in vlans %}{{ vlan.no_such_field }}{% endfor %}\n"},
    {"file": "templates/ios/wireless-controller.j2", "append": "enable secret hunter22\n"},
    {"file": "policies/own.py", "write": "def rule(:\n"},
]
CODES = {"VLAN-RANGE", "DEV-SERIAL", "YAML-UNSAFE", "SECRET-REF", "TPL-UNDEF", "SECRET-IN-TEMPLATE", "POLICY-FILE"}


@pytest.fixture(scope="module")
def oakfield(tmp_path_factory: pytest.TempPathFactory, trust: Site) -> Iterator[Lab]:
    """The joining school's lab, as the reference trust has it."""
    state = tmp_path_factory.mktemp("lab")
    yield lab.start(trust.school("oakfield"), state, trust.inventory / "lab" / "oakfield")
    lab.stop(state)


@pytest.mark.parametrize("command", [["check"], ["check", "oakfield"], ["plan", "oakfield"]], ids=" ".join)
def test_everything_wrong_is_told_in_one_pass_and_no_device_is_contacted(
    root: Path, run: Run, oakfield: Lab, command: list[str]
) -> None:
    wrong_rows(root)
    spoil(root, EVERYWHERE)

    said = run("--lab", str(oakfield.state), *command)

    assert said.code == ExitCode.USAGE, said
    assert {code for code in CODES if said.lines(code)} == CODES, said.err
    assert len(said.lines("TPL-UNDEF")) >= 2, "each template tells its own"
    assert "no device was contacted" in said.err
    assert "Traceback" not in said.err
    assert "https://netbox.fernhill.example/dcim/devices/" in said.lines("DEV-SERIAL")[0]
    assert oakfield.event_log() == []


def test_a_standard_that_cannot_be_read_hides_nothing_else(root: Path, run: Run) -> None:
    spoil(root, [*EVERYWHERE, {"file": "inventory/standard.yaml", "replace": ["staff: {vid: 10,", "staff: {vid: 08,"]}])

    said = run("check")

    assert said.code == ExitCode.USAGE
    assert {line.split()[0] for line in said.err.splitlines()} >= CODES - {"VLAN-RANGE", "DEV-SERIAL", "SECRET-REF"}
    assert len(said.lines("YAML-UNSAFE")) == 2, "the calendar's and the standard's"


def test_a_trust_without_fault_is_planned_and_only_then_are_devices_contacted(
    run: Run, oakfield: Lab, tmp_path: Path
) -> None:
    said = run("--lab", str(oakfield.state), "plan", "oakfield", "--out", str(tmp_path / "plan.json"))

    assert said.code == ExitCode.DONE, said
    assert [event for event in oakfield.event_log() if event["event"] == "login"]


def test_a_plan_from_the_future_is_refused(run: Run, oakfield: Lab, tmp_path: Path) -> None:
    run("--lab", str(oakfield.state), "plan", "oakfield", "--out", str(tmp_path / "plan.json"))
    made = plan.load(tmp_path / "plan.json")
    later = {"made_at": "2096-11-24T12:00:00Z", "expires_at": "2096-11-25T12:00:00Z"}
    plan.save(made.model_copy(update=later), tmp_path / "later.json")
    changed = len(oakfield.event_log())

    said = run("--lab", str(oakfield.state), "cutover", str(tmp_path / "later.json"))

    assert said.code == ExitCode.STALE
    assert said.lines("CLOCK-WINDOW")
    assert len(oakfield.event_log()) == changed, "no device was contacted"


# ---- a file that is broken, whatever is asked ----

# None of these reaches an address: no device is enrolled, and secrets of a lab do not resolve.
COMMANDS = (
    ["check"],
    ["plan", "oakfield"],
    ["render", "oakfield"],
    ["devices"],
    ["policy", "list"],
    ["drift", "oakfield"],
    ["backup", "oakfield"],
    ["task", "look", "oakfield"],
    ["run", "cut-over", "oakfield", "--list"],
    ["show", "inventory/standard.yaml"],
    ["gate", "inventory/standard.yaml"],
    ["cutover", "inventory/standard.yaml"],
    ["status"],
    ["recover", "oakfield"],
    ["revert", "no-such-run"],
    ["report", "no-such-run"],
)
BROKEN = (
    "inventory/standard.yaml",
    "inventory/calendar.yaml",
    "inventory/access.yaml",
    "inventory/answers.yaml",
    "inventory/snapshot/manifest.json",
    "inventory/snapshot/devices.json",
    "policies/waivers.yaml",
    "policies/vlans.py",
    "tasks/look.py",
    "templates/ios/_aaa.j2",
    "runbooks/cut-over.md",
    "pyproject.toml",
)
WRONG = (b"\xff\xfe\x00", b"{\n")


@pytest.mark.parametrize("file", BROKEN)
def test_no_command_ends_in_a_traceback_over_a_broken_file(
    file: str, root: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(root)
    assert (root / file).is_file()
    ends: set[int] = set()
    for content in WRONG:
        (root / file).write_bytes(content)
        for command in COMMANDS:
            said = run(*command)  # an exception that is nobody's would end the test
            ends.add(said.code)
            assert said.code in {ExitCode.DONE, ExitCode.BLOCKED} or said.err.strip(), f"{command} does not say why"

    assert ends & {ExitCode.ERROR, ExitCode.USAGE}


# ---- the catalogue ----


@cache
def functions(path: str) -> frozenset[str]:
    """The tests that a file defines."""
    tree = ast.parse((ROOT / path).read_text("utf-8"))
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


@cache
def rows(folder: str) -> frozenset[tuple[str, str]]:
    """(id, name of a variant) of every row in a folder of cases."""
    cases = [cast("Case", yaml_file.load(path)) for path in (CASES / folder).rglob("BI-*.yaml")]
    return frozenset((case["id"], variant["name"]) for case in cases for variant in case["variants"])


def exists(name: str, proof: Case) -> bool:
    (kind, said), *others = proof.items()
    assert not others
    if kind == "test":
        path, _, test = str(said).partition("::")
        return (ROOT / path).is_file() and test in functions(path)
    return (name, str(said)) in rows({"row": "bad-input", "site": "bad-input-site"}[kind])


def catalogue() -> list[Case]:
    return cast("list[Case]", yaml_file.load(CASES / "bad-input" / "catalogue.yaml"))


def test_the_catalogue_names_every_case_once_and_in_order() -> None:
    assert [case["id"] for case in catalogue()] == [f"BI-{number:03}" for number in range(FIRST, LAST + 1)]
    assert all(case["code"] and case["severity"] in {"R", "W", "R/W", "A"} for case in catalogue())


@pytest.mark.parametrize("case", catalogue(), ids=lambda case: str(case["id"]))
def test_every_variant_of_the_catalogue_has_a_proof_or_the_case_a_reason(case: Case) -> None:
    if case.get("reason"):
        assert "variants" not in case
        return
    assert case["variants"]
    for variant in case["variants"]:
        assert variant["proof"], variant
        missing = [proof for proof in variant["proof"] if not exists(case["id"], proof)]
        assert not missing, f"{variant['input']}: no such proof"


def test_every_row_of_the_cases_belongs_to_the_catalogue() -> None:
    known = {case["id"]: case for case in catalogue()}

    for folder in ("bad-input", "bad-input-site"):
        for path in (CASES / folder).rglob("BI-*.yaml"):
            case = cast("Case", yaml_file.load(path))
            assert case["code"] == known[case["id"]]["code"], path.name
            assert set(case["severity"].split("/")) <= set(known[case["id"]]["severity"].split("/")), path.name


def test_every_code_of_the_catalogue_is_in_the_reference() -> None:
    written = (ROOT / "docs" / "reference" / "errors.md").read_text("utf-8")

    codes = {case["code"] for case in catalogue() if not case.get("reason")} - {"NONE"}

    assert {code for code in codes if f"| `{code}` |" not in written} == set()
