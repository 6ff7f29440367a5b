"""History and drift as typed: an out-of-band edit on lab devices, from its first night to its decision."""

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from matric import platform
from matric.config import parse
from matric.journal import open_state
from matric.journal.backups import newest
from matric.lab.forge import Stand, stand
from tests.engine.cli.conftest import Shell, open_the_gate

SHOUTED = "hunter-2-canary"
EDIT = f"username eve privilege 15 secret 0 {SHOUTED}\n"


@pytest.fixture(scope="module")
def lab(laid_out: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shell]:
    """A trust of this module's own, whose Oakfield is as it is meant to be."""
    folder = tmp_path_factory.mktemp("watch") / "trust"
    shutil.copytree(laid_out, folder)
    open_the_gate(folder)
    git(folder, "init", "-q", "-b", "main")
    with tempfile.TemporaryDirectory(prefix="matric-") as short:
        shell = Shell(folder, {"MATRIC_LAB": str(Path(short) / "lab")})
        assert shell("lab", "up", "oakfield", "--seed", "watched").code == 0
        try:
            assert shell("plan", "oakfield", "--out", "plan.json", "--author", "a.mensah").code == 0
            assert shell("approve", "plan.json", "--by", "j.okafor").code == 0
            assert shell("cutover", "plan.json").code == 0
            yield shell
        finally:
            shell("lab", "down", "oakfield")


@pytest.fixture
def edited(lab: Shell) -> Iterator[Shell]:
    """Somebody typed the same line on two switches."""
    for name in ("sw-02", "sw-04"):
        assert lab("lab", "fault", "oakfield", name, "edit", f"text={EDIT}").code == 0
    try:
        yield lab
    finally:
        for name in ("sw-02", "sw-04"):
            lab("lab", "fault", "oakfield", name, "edit", "text=no username eve")


def git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(["git", "-C", str(folder), *arguments], check=True, capture_output=True)
    return done.stdout.decode("utf-8", "replace")


def everything(folder: Path) -> str:
    """Every object of the repository, commits and their messages included, and every file of its folder."""
    objects = git(folder, "cat-file", "--batch-all-objects", "--batch", "--unordered")
    files = [path for path in folder.rglob("*") if path.is_file() and "objects" not in path.parts]
    return objects + "".join(path.read_bytes().decode("utf-8", "replace") for path in files)


def cause_of(value: Any) -> Any:
    return next(one for one in value["causes"] if any("username eve" in line for line in one["lines"]))


# ---- history ----


def test_the_first_history_holds_every_device_and_the_second_run_makes_no_commit(lab: Shell, tmp_path: Path) -> None:
    folder = tmp_path / "history"

    first = lab("backup", "--history", folder, "--json")
    again = lab("backup", "oakfield", "--history", folder)

    assert first.code == 0, first.err
    assert len(first.value["changed"]) == len(first.value["read"]) == 6
    assert again.code == 0
    assert "nothing changed, no commit" in again.out
    state = open_state(Path(lab.environment["MATRIC_LAB"]) / "state")
    try:
        assert all(one.at is not None for one in newest(state, "oakfield", first.value["read"])), (
            "the gate tells its age"
        )
    finally:
        state.close()
    assert git(folder, "rev-list", "--count", "HEAD").strip() == "1"
    assert "hostname" in git(folder, "show", "HEAD:oakfield/sw-02/running.conf")


def test_no_secret_of_any_device_is_in_any_object_of_the_history(lab: Shell, tmp_path: Path, edited: Shell) -> None:
    folder, raw = tmp_path / "history", tmp_path / "raw"
    assert edited("backup", "--history", folder).code == 0
    assert lab("backup", "oakfield", "--out", raw).code == 0
    lab("lab", "fault", "oakfield", "sw-02", "edit", f"text=username eve privilege 15 secret 0 {SHOUTED}-two")
    assert edited("backup", "--history", folder, "--json").value["changed"] == ["oakfield/sw-02"]

    text = everything(folder)
    found: set[str] = set()
    for path in raw.glob("*.conf"):
        rules = platform.get("eos" if path.name.startswith(("sw-01.", "sw-03.")) else "ios").rules
        for pattern in rules.secret:
            for heads, line in parse(path.read_text(), rules).walk():
                if hit := re.search(pattern, " > ".join((*heads, line.text))):
                    found.add(hit["secret"].split()[-1])
    assert len(found) > 10
    assert SHOUTED not in text
    assert not {value for value in found if value in text}
    assert text.count("<secret:lab:") > 10
    # What changed is the secret, and that it did can be seen.
    shown = git(folder, "show", "--format=%B", "HEAD", "--", "oakfield/sw-02/running.conf")
    assert len(re.findall(r"^[-+]username eve .*<secret-keyed-[0-9a-f]{16}>", shown, re.MULTILINE)) == 2
    assert "eve" not in git(folder, "log", "--format=%B")


def test_a_device_that_cannot_be_read_is_named_keeps_its_file_and_ends_with_1(lab: Shell, tmp_path: Path) -> None:
    folder = tmp_path / "history"
    assert lab("backup", "--history", folder).code == 0
    before = git(folder, "rev-parse", "HEAD")
    assert lab("lab", "fault", "oakfield", "sw-02", "unreachable").code == 0
    try:
        ended = lab("backup", "--history", folder, "--json")
    finally:
        assert lab("lab", "fault", "oakfield", "sw-02", "clear").code == 0

    assert ended.code == 1
    assert list(ended.value["not_read"]) == ["oakfield/sw-02"]
    assert "oakfield/sw-02" in ended.err
    assert git(folder, "rev-parse", "HEAD") == before
    assert (folder / "oakfield" / "sw-02" / "running.conf").exists()


def test_half_an_answer_is_no_configuration(lab: Shell, tmp_path: Path) -> None:
    folder = tmp_path / "history"
    assert lab("backup", "--history", folder).code == 0
    armed = lab("lab", "fault", "oakfield", "sw-04", "drop", "at=900", "--on", "show running-config", "--sticky")
    assert armed.code == 0
    try:
        ended = lab("backup", "--history", folder, "--json")
    finally:
        assert lab("lab", "fault", "oakfield", "sw-04", "clear").code == 0

    assert ended.code == 1
    assert list(ended.value["not_read"]) == ["oakfield/sw-04"]
    assert git(folder, "rev-list", "--count", "HEAD").strip() == "1"


def test_the_trust_s_own_folder_is_refused_before_a_device_is_asked(lab: Shell) -> None:
    before = len(lab("lab", "events", "oakfield").out)

    for wrong in (lab.folder, lab.folder / "history"):
        assert lab("backup", "--history", wrong).code == 7
    assert lab("backup", "--history", "h", "--out", "o").code == 7
    assert lab("backup").code == 7
    assert len(lab("lab", "events", "oakfield").out) == before


def test_a_key_that_could_be_guessed_is_refused(lab: Shell, tmp_path: Path) -> None:
    assert lab("backup", "--history", tmp_path / "h", MATRIC_HISTORY_KEY="short").code == 7


# ---- drift ----


def test_the_same_edit_on_two_switches_is_one_cause_without_its_secret(edited: Shell) -> None:
    ended = edited("drift", "--json", "--detailed-exitcode")

    cause = cause_of(ended.value)
    assert ended.code == 2
    assert (cause["kind"], cause["devices"]) == ("unknown extra", ["oakfield/sw-02", "oakfield/sw-04"])
    assert SHOUTED not in ended.out + ended.err


def test_as_meant_is_0_and_says_so_of_each_device(lab: Shell) -> None:
    ended = lab("drift", "--detailed-exitcode")

    assert ended.code == 0, ended.out
    assert ended.out.count("as meant") == 6


def test_a_device_that_is_silent_is_no_drift_and_no_absence_of_it(lab: Shell) -> None:
    assert lab("lab", "fault", "oakfield", "sw-02", "unreachable").code == 0
    try:
        ended = lab("drift", "--json", "--detailed-exitcode")
    finally:
        assert lab("lab", "fault", "oakfield", "sw-02", "clear").code == 0

    assert ended.code == 1
    assert list(ended.value["could_not_look"]) == ["oakfield/sw-02"]
    assert not [one for one in ended.value["causes"] if "oakfield/sw-02" in one["devices"]]


def test_a_decision_is_a_file_that_drift_tells_and_that_is_named_when_its_cause_has_gone(edited: Shell) -> None:
    name = cause_of(edited("drift", "--json").value)["id"]
    until = "2027-01-31"

    made = edited("drift", "--decide", name, "--adopt", "--by", "J. Okafor", "--reason", "a test", "--until", until)
    told = cause_of(edited("drift", "--json").value)

    path = edited.folder / "inventory" / "drift" / f"{name}.yaml"
    try:
        assert made.code == 0, made.err
        assert told["stands"] == "adopted"
        assert told["says"] == f"adopted by J. Okafor until {until}"
        assert not told["open"]
        assert SHOUTED not in path.read_text(encoding="utf-8")
        assert edited("check", "oakfield").code in {0, 3}
        changed = edited("drift", "--decide", name, "--revert", "--by", "J. Okafor", "--reason", "no need")
        assert changed.code == 0
        assert cause_of(edited("drift", "--json").value)["stands"] == "to be reverted"
        for switch in ("sw-02", "sw-04"):
            edited("lab", "fault", "oakfield", switch, "edit", "text=no username eve")
        assert "delete the file" in edited("drift", "--json").value["unused_decisions"][name]
        path.write_text(path.read_text(encoding="utf-8").replace("username eve", "username adam"), encoding="utf-8")
        assert edited("drift").code == 7
        assert "DRIFT-DECISION" in edited("check", "oakfield").err
    finally:
        path.unlink()


def test_what_is_no_decision_is_refused(lab: Shell) -> None:
    given = ("--by", "J. Okafor", "--reason", "a test")

    for wrong in (
        ("--decide", "0123456789ab", "--adopt", "--revert", *given),
        ("--decide", "0123456789ab", *given),
        ("--decide", "0123456789ab", "--revert", *given),
        ("--adopt", *given),
        ("--merge-request",),
        ("--all",),
    ):
        assert lab("drift", *wrong).code == 7, wrong


TOKEN = "canary-forge-token"


@pytest.fixture(params=["gitlab", pytest.param("github", marks=pytest.mark.slow)])
def forge(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Stand, dict[str, str]]]:
    """A forge, and the variables of a pipeline in it."""
    served = stand(request.param, tmp_path / "network.git", token=TOKEN)
    repository = served.state.repository
    tree = repository.tree_with(
        repository.git("mktree", given=b"").strip(), {"README": ("100644", repository.blob("the trust"))}
    )
    repository.point("refs/heads/main", repository.commit_tree(tree, (), "Begin", ("Ada", "ada@trust.example")))
    with served.start():
        if request.param == "gitlab":
            yield (
                served,
                {
                    "GITLAB_CI": "true",
                    "CI_SERVER_URL": served.url,
                    "CI_API_V4_URL": f"{served.url}/api/v4",
                    "CI_PROJECT_PATH": "trust/network",
                    "CI_DEFAULT_BRANCH": "main",
                    "MATRIC_FORGE_TOKEN": TOKEN,
                },
            )
        else:
            yield (
                served,
                {
                    "GITHUB_API_URL": served.url,
                    "GITHUB_REPOSITORY": "trust/network",
                    "GITHUB_REF_NAME": "main",
                    "GITHUB_TOKEN": TOKEN,
                },
            )


def test_each_cause_is_one_issue_that_is_told_when_it_has_gone_and_no_secret_reaches_the_forge(
    edited: Shell, forge: tuple[Stand, dict[str, str]]
) -> None:
    served, variables = forge

    first = edited("drift", "--propose", "--json", **variables)
    again = edited("drift", "--propose", "--json", **variables)

    assert first.code == again.code == 0, first.err + again.err
    assert {one["what"] for one in first.value["raised"]} == {"issue"}
    name = cause_of(first.value)["id"]
    assert len(served.state.issues) == len(first.value["raised"]) == 2
    (hit,) = [one for one in served.state.issues.values() if "username eve" in one.body]
    assert f"matric-drift-{name}" in hit.body
    for switch in ("sw-02", "sw-04"):
        edited("lab", "fault", "oakfield", switch, "edit", "text=no username eve")
    gone = edited("drift", "--propose", "--json", **variables)
    assert {one["what"] for one in gone.value["raised"]} == {"gone"}
    assert "Gone since" in hit.body
    assert len(served.state.issues) == 2
    said = "".join(f"{one.title}{one.body}" for one in served.state.issues.values())
    assert SHOUTED not in said + "".join(str(one.body) for one in served.seen)
    assert TOKEN not in first.out + first.err + again.out + gone.out


def test_a_merge_request_brings_the_pending_decision_that_the_site_then_reads(
    edited: Shell, forge: tuple[Stand, dict[str, str]]
) -> None:
    served, variables = forge

    ended = edited("drift", "--propose", "--merge-request", "--json", **variables)

    assert ended.code == 0, ended.err
    name = cause_of(ended.value)["id"]
    (merge,) = [one for one in served.state.merges.values() if one.source == f"matric/drift-{name}"]
    text = git(served.state.repository.path, "show", f"{merge.source}:inventory/drift/{name}.yaml")
    assert "username eve" in text
    assert SHOUTED not in text
    path = edited.folder / "inventory" / "drift" / f"{name}.yaml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    try:
        told = cause_of(edited("drift", "--json").value)
    finally:
        path.unlink()
    assert (told["stands"], told["open"]) == ("pending", True)


def test_without_a_forge_what_was_seen_is_told_before_the_error(lab: Shell) -> None:
    ended = lab("drift", "--propose", "--json")

    assert ended.code == 7
    assert ended.value["devices"]
    assert "no forge" in ended.err


def test_the_environment_of_these_tests_names_no_forge() -> None:
    assert not {"CI_PROJECT_PATH", "GITHUB_REPOSITORY"} & set(os.environ)
