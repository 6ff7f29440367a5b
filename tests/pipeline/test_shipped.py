"""The pipelines as they ship: their schemas, zizmor, and what a change must not be able to do with them."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest
import yaml

from matric import layout

BIN = Path(sys.executable).parent
PIPELINE = Path(__file__).parents[2] / "src" / "matric" / "pipeline"
WORKFLOWS = sorted((PIPELINE / "github").glob("*.yml"))
SECRETS = (
    "MATRIC_STATE",
    "MATRIC_SERVICE_SECRET",
    "MATRIC_FORGE_TOKEN",
    "MATRIC_NETBOX_TOKEN",
    "GITHUB_TOKEN",
    "CI_JOB_TOKEN",
)
ACTIONS = {
    "actions/checkout@08c6903cd8c0fde910a37f88322edcfb5dd907a8 # v5.0.0",
    "actions/download-artifact@d3f86a106a0bac45b974a628896c90dbdf5c8093 # v4.3.0",
    "actions/upload-artifact@ea165f8d65b6e75b540449e92b4886f43607fa02 # v4.6.2",
}


class _Reading(yaml.SafeLoader):
    """YAML as GitLab writes it: ``!reference`` is kept as a list."""


def _reference(loader: yaml.SafeLoader, node: yaml.Node) -> list[Any]:
    assert isinstance(node, yaml.SequenceNode)
    return list(loader.construct_sequence(node))


_Reading.add_constructor("!reference", _reference)
# "on" is a key of GitHub's, not a truth.
_Reading.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in found if tag != "tag:yaml.org,2002:bool" or first not in "oO"]
    for first, found in _Reading.yaml_implicit_resolvers.items()
}


def read(path: Path) -> Any:
    """The last document of *path*."""
    return list(yaml.load_all(path.read_text(), _Reading))[-1]


def component() -> dict[str, dict[str, Any]]:
    """The component's jobs, by name; hidden ones too."""
    found = cast("dict[str, Any]", read(PIPELINE / "gitlab" / "component.yml"))
    return {name: cast("dict[str, Any]", job) for name, job in found.items() if name != "stages"}


def lines(value: Any) -> Iterator[str]:
    """Every script of a job, as text."""
    for key in ("before_script", "script", "after_script"):
        for one in value.get(key, []):
            if isinstance(one, str):
                yield one


def gitlab_scripts() -> list[tuple[str, str]]:
    return [(name, script) for name, job in component().items() for script in lines(job)]


def github_steps() -> list[tuple[str, str, dict[str, Any]]]:
    """Workflow, job and step, in order."""
    return [
        (path.stem, name, step)
        for path in WORKFLOWS
        for name, job in read(path)["jobs"].items()
        for step in job["steps"]
    ]


def scripts() -> list[tuple[str, str]]:
    runs = [(f"{flow} {job}", step["run"]) for flow, job, step in github_steps() if "run" in step]
    return gitlab_scripts() + runs


def checked(schema: str, *paths: Path) -> None:
    done = subprocess.run(
        [BIN / "check-jsonschema", "--builtin-schema", schema, *paths], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_workflows_keep_to_githubs_schema() -> None:
    assert len(WORKFLOWS) == 4
    checked("vendor.github-workflows", *WORKFLOWS)


def test_the_pipeline_and_its_component_keep_to_gitlabs_schema(tmp_path: Path) -> None:
    text = (PIPELINE / "gitlab" / "component.yml").read_text()
    head, jobs = text.split("\n---\n")
    inputs = yaml.safe_load(head)["spec"]["inputs"]
    for name, one in inputs.items():
        jobs = jobs.replace(f"$[[ inputs.{name} ]]", json.dumps(one["default"]).strip('"'))
    jobs = jobs.replace("!reference ", "")
    assert "$[[" not in jobs
    (tmp_path / "head.yml").write_text(head)
    (tmp_path / "jobs.yml").write_text(jobs)

    checked("vendor.gitlab-ci", PIPELINE / "gitlab" / "ci.yml", tmp_path / "head.yml", tmp_path / "jobs.yml")


def test_the_schema_check_can_fail(tmp_path: Path) -> None:
    path = tmp_path / "review.yml"
    path.write_text((PIPELINE / "github" / "review.yml").read_text().replace("runs-on", "runs-at"))

    with pytest.raises(AssertionError):
        checked("vendor.github-workflows", path)


def zizmor(folder: Path) -> tuple[list[dict[str, Any]], str]:
    done = subprocess.run(
        [BIN / "zizmor", "--offline", "--no-progress", "--quiet", "--pedantic", "--format", "json", folder],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode in {0, 10, 11, 12, 13, 14}, done.stderr
    return json.loads(done.stdout), done.stderr


def test_zizmor_finds_nothing_but_the_one_trigger_that_is_explained(tmp_path: Path) -> None:
    layout.lay_out(tmp_path / "trust", "github", None)

    found, _ = zizmor(tmp_path / "trust")

    assert [one["ident"] for one in found if not one["ignored"]] == []
    ignored = [line for path in WORKFLOWS for line in path.read_text().splitlines() if "zizmor: ignore" in line]
    assert len(ignored) == 1
    assert ignored[0].split(maxsplit=2)[0] == "workflow_run:"
    assert ignored[0].endswith("nothing of the change is run here, and forks are left out below")


def test_zizmor_would_find_an_action_that_is_not_pinned(tmp_path: Path) -> None:
    layout.lay_out(tmp_path / "trust", "github", None)
    path = tmp_path / "trust" / ".github" / "workflows" / "matric-review.yml"
    path.write_text(re.sub(r"@[0-9a-f]{40} # v\S+", "@v5", path.read_text()))

    found, _ = zizmor(tmp_path / "trust")

    assert "unpinned-uses" in {one["ident"] for one in found}


def test_actions_are_few_and_pinned_by_commit() -> None:
    used = {
        line.partition("uses:")[2].strip()
        for path in WORKFLOWS
        for line in path.read_text().splitlines()
        if "uses:" in line
    }

    assert used == ACTIONS


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_a_workflow_is_given_nothing_that_a_job_does_not_ask_for(path: Path) -> None:
    flow = read(path)

    assert flow["permissions"] == {}
    assert "pull_request_target" not in flow["on"]
    assert flow["concurrency"]["group"].startswith("matric-")
    for job in flow["jobs"].values():
        assert "contents" in job["permissions"]
        assert job["timeout-minutes"] <= 240


def test_only_the_plans_own_token_may_write_and_only_its_comment() -> None:
    writes = {
        (path.stem, name): sorted(what for what, how in job["permissions"].items() if how == "write")
        for path in WORKFLOWS
        for name, job in read(path)["jobs"].items()
        if "write" in job["permissions"].values()
    }

    assert writes == {("plan", "plan"): ["pull-requests"]}


def test_no_expression_of_githubs_stands_in_a_script() -> None:
    assert [name for name, script in scripts() if "${{" in script] == []


def test_the_job_that_runs_the_changes_own_python_is_given_no_secret() -> None:
    text = (PIPELINE / "github" / "review.yml").read_text()
    job = component()["validate"]

    assert "secrets." not in text
    assert "github.token" not in text
    assert "environment" not in read(PIPELINE / "github" / "review.yml")["jobs"]["validate"]
    assert job["extends"] == ".matric"
    assert "environment" not in job
    assert not [name for name in SECRETS if name in json.dumps(job) + json.dumps(component()[".matric"])]


def test_every_job_with_a_secret_is_in_an_environment_and_on_a_protected_runner() -> None:
    for path in WORKFLOWS:
        for name, job in read(path)["jobs"].items():
            if "secrets." in json.dumps(job):
                assert job["environment"], (path.stem, name)
                assert "matric-protected" in job["runs-on"], (path.stem, name)
    jobs = component()
    for name, job in jobs.items():
        if "stage" in job and name != "validate" and not name.startswith("."):
            above = jobs[job["extends"]]
            assert ".matric-protected" in {job["extends"], above.get("extends")}, name
            assert (job.get("environment") or above["environment"])["name"], name


def test_no_secret_is_put_on_a_command_line() -> None:
    assert [(name, script) for name, script in scripts() if any(secret in script for secret in SECRETS)] == []


def test_the_plan_takes_its_python_from_the_protected_branch() -> None:
    job = component()["plan"]
    script = "\n".join(lines(job))
    flow = read(PIPELINE / "github" / "plan.yml")

    assert job["variables"]["GIT_CHECKOUT"] == "false"
    assert job["variables"]["MATRIC_FROM"] == ".matric/trusted"
    assert "worktree add --quiet --force --detach .matric/trusted" in script
    assert '--trusted "refs/remotes/origin/$CI_MERGE_REQUEST_TARGET_BRANCH_NAME"' in script
    assert list(flow["on"]) == ["workflow_run"]
    checkout = flow["jobs"]["plan"]["steps"][0]
    assert "ref" not in checkout["with"]
    assert not checkout["with"]["persist-credentials"]


def test_a_file_in_the_current_folder_is_never_taken_for_a_module() -> None:
    calls = [
        (name, line.strip())
        for name, script in scripts()
        for line in script.splitlines()
        if re.search(r"python3?\"? -", line)
    ]

    assert len(calls) > 4
    assert [call for call in calls if not re.search(r"python3?\"? -I ", call[1])] == []


def test_everything_that_is_installed_is_checked_against_its_hash() -> None:
    installs = [(name, script) for name, script in scripts() if "pip install" in script]

    assert len(installs) > 3
    assert [name for name, script in installs if "--require-hashes --no-deps -r requirements.txt" not in script] == []


def test_what_is_kept_is_what_was_rendered_and_planned_and_nothing_else() -> None:
    kept = {
        path for job in component().values() for path in job.get("artifacts", {}).get("paths", [])
    }  # fmt: skip
    uploaded = {
        step["with"]["path"] for _, _, step in github_steps() if str(step.get("uses", "")).startswith("actions/upload")
    }

    assert kept == {"rendered/", "plan/"}
    assert uploaded == {"rendered/", "plan/"}
    assert all("expire_in" in job["artifacts"] for job in component().values() if "artifacts" in job)


def test_a_deploy_is_alone_and_never_stopped_by_a_newer_pipeline() -> None:
    jobs = component()
    deploy = [jobs["deploy"], jobs["due"]]
    groups = [
        read(PIPELINE / "github" / f"{flow}.yml")["jobs"][job]["concurrency"]
        for flow, job in (("deploy", "deploy"), ("schedule", "due"))
    ]

    assert {job["resource_group"] for job in deploy} == {"matric-deploy"}
    assert {job["extends"] for job in deploy} == {".matric-protected"}
    assert jobs[".matric-protected"]["interruptible"] is False
    assert groups == [{"group": "matric-deploy", "cancel-in-progress": False}] * 2


@pytest.mark.parametrize(("name", "script"), scripts(), ids=lambda value: value.splitlines()[0][:40])
def test_a_script_is_sound_shell_with_every_variable_quoted(name: str, script: str) -> None:
    subprocess.run(["bash", "-n"], input=script, text=True, check=True, capture_output=True)

    assert list(unquoted(script)) == [], name


def test_a_variable_without_quotes_is_found() -> None:
    assert list(unquoted('a "$(b $c)" "$d"')) == ["$c"]
    assert list(unquoted('x=$y; z "${q}"; (cd "$r" && s $t)')) == ["$t"]


def unquoted(script: str) -> Iterator[str]:
    """Every variable of *script* that stands outside quotes and is not assigned."""
    quotes = [""]
    at = 0
    while at < len(script):
        one, before = script[at], script[at - 1] if at else " "
        if one == "'" and quotes[-1] == "":
            at = script.index("'", at + 1)
        elif one == "#" and quotes[-1] == "" and before.isspace():
            at = (script + "\n").index("\n", at) - 1
        elif one == '"':
            quotes[-1] = "" if quotes[-1] else '"'
        elif script.startswith("$(", at):
            quotes.append("")
            at += 1
        elif one == "(" and quotes[-1] == "":
            quotes.append("")
        elif one == ")" and quotes[-1] == "" and len(quotes) > 1:
            quotes.pop()
        elif one == "$" and quotes[-1] == "" and before != "=":
            yield script[at : at + 2]
        at += 1
