"""The GitLab pipeline, really run with gitlab-ci-local in a repository that `matric init --from WHEEL` laid out."""

import subprocess
from pathlib import Path

import pytest

from tests.pipeline.conftest import TOKEN, Estate, GitLab, clean, git

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

MEMBER = {
    "CI_PIPELINE_SOURCE": "merge_request_event",
    "CI_MERGE_REQUEST_PROJECT_ID": "7",
    "CI_MERGE_REQUEST_SOURCE_PROJECT_ID": "7",
    "CI_MERGE_REQUEST_IID": "1",
    "CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "main",
}
FORK = MEMBER | {"CI_MERGE_REQUEST_SOURCE_PROJECT_ID": "8"}


def test_a_new_user_types_it_and_it_runs(wheel: Path, tools: None, tmp_path: Path) -> None:
    """Every line as docs/how-to/run-in-gitlab.md has it."""
    del tools
    typed = f"""
        matric init demo --from "{wheel}" && cd demo
        git init --quiet -b main && git add --all && git commit --quiet -m "The trust's network"
        npm ci --silent
        npx gitlab-ci-local
    """
    done = subprocess.run(
        ["bash", "-e"], input=typed, cwd=tmp_path, env=clean(), capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert "matric 0." in done.stdout
    assert "oakfield: 1 rule fails" in done.stdout
    assert "SAF-01 oakfield vlan 40" in done.stdout
    assert "a rule fails: a plan of that school is blocked" in done.stdout
    assert git(tmp_path / "demo", "status", "--porcelain") == ""


def test_a_wheel_that_is_not_the_pinned_one_is_not_installed(gitlab: GitLab, clone: Path) -> None:
    with next((clone / "vendor").glob("*.whl")).open("ab") as file:
        file.write(b"\0")
    git(clone, "commit", "--all", "--quiet", "-m", "Another wheel")

    ended = gitlab(clone)

    assert ended.code != 0
    assert "THESE PACKAGES DO NOT MATCH THE HASHES" in ended.out


def test_a_members_merge_request_is_validated_and_planned(gitlab: GitLab, demo: Path) -> None:
    assert gitlab.jobs(demo, MEMBER) == {"validate": "on_success", "plan": "on_success"}


def test_a_forks_merge_request_is_validated_and_goes_no_further(gitlab: GitLab, demo: Path) -> None:
    assert gitlab.jobs(demo, FORK) == {"validate": "on_success"}


def test_the_protected_branch_deploys_and_on_your_own_machine_only_when_asked(gitlab: GitLab, demo: Path) -> None:
    assert gitlab.jobs(demo, {}) == {"validate": "on_success", "deploy": "manual"}
    assert gitlab.jobs(demo, {"GITLAB_CI": "true"}) == {"validate": "on_success", "deploy": "on_success"}


def test_a_branch_without_a_merge_request_is_never_planned_or_deployed(gitlab: GitLab, clone: Path) -> None:
    git(clone, "switch", "--quiet", "-c", "mine")

    assert set(gitlab.jobs(clone, {"GITLAB_CI": "true"})) <= {"validate"}


@pytest.mark.parametrize(
    ("what", "jobs"), [("due", ["due"]), ("nightly", ["backup", "drift", "snapshot"]), ("", [])], ids=str
)
def test_a_schedule_runs_what_its_variable_names(gitlab: GitLab, demo: Path, what: str, jobs: list[str]) -> None:
    found = gitlab.jobs(demo, {"CI_PIPELINE_SOURCE": "schedule", "MATRIC_SCHEDULE": what})

    assert sorted(found) == jobs


@pytest.mark.parametrize(("what", "jobs"), [("snapshot", ["snapshot"]), ("due", []), ("nightly", [])])
def test_a_call_of_the_receivers_starts_the_snapshot_and_nothing_else(
    gitlab: GitLab, demo: Path, what: str, jobs: list[str]
) -> None:
    assert sorted(gitlab.jobs(demo, {"CI_PIPELINE_SOURCE": "api", "MATRIC_SCHEDULE": what})) == jobs


def test_a_schedule_on_another_branch_runs_nothing_with_credentials(gitlab: GitLab, clone: Path) -> None:
    git(clone, "switch", "--quiet", "-c", "mine")

    assert gitlab.jobs(clone, {"CI_PIPELINE_SOURCE": "schedule", "MATRIC_SCHEDULE": "nightly"}) == {}


def variables(estate: Estate, head: str) -> dict[str, str]:
    return MEMBER | {
        "CI_SERVER_URL": estate.forge.url,
        "CI_API_V4_URL": f"{estate.forge.url}/api/v4",
        "CI_MERGE_REQUEST_DIFF_BASE_SHA": git(estate.folder, "merge-base", "origin/main", head),
    }


def test_a_merge_request_is_planned_reported_and_commented_once(gitlab: GitLab, on_gitlab: Estate) -> None:
    estate = on_gitlab
    told = variables(estate, estate.changed())
    runner = estate.runner | {"MATRIC_FORGE_TOKEN": TOKEN}

    first = gitlab(estate.folder, variables=told, more=runner)

    assert first.code == 0, first.out
    plans = estate.folder / "plan"
    assert {"review.json", "plan-oakfield.json", "codequality.json", "terraform.json", "junit.xml"} <= {
        path.name for path in plans.iterdir()
    }
    assert len(estate.comments()) == 1
    assert "oakfield" in estate.comments()[0]
    assert estate.leaks(plans, estate.folder / "rendered", estate.folder / ".gitlab-ci-local" / "output") == []
    assert TOKEN not in first.out
    assert not [path for path in plans.iterdir() if "backup" in path.name]

    again = gitlab(estate.folder, "plan", variables=told, more=runner)

    assert again.code == 0, again.out
    assert len(estate.comments()) == 1
