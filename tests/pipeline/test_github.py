"""The GitHub workflows: every `run:` step, in order, in a real checkout, against the lab and a forge's stand-in."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.pipeline import workflow
from tests.pipeline.conftest import QUICK, TOKEN, WHO, Estate, git

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

HERE = Path(".github") / "workflows"
PROJECT = "trust/network"


def machine(estate: Estate, store: Path, told: Mapping[str, Any]) -> workflow.Machine:
    """A runner of this trust's repository."""
    known = {
        "github.repository": PROJECT,
        "github.token": TOKEN,
        "secrets.MATRIC_STATE": str(estate.state),
        "secrets.MATRIC_SERVICE_SECRET": "not asked for in a lab",
        **told,
    }
    store.mkdir(exist_ok=True)
    summary = store / "summary.md"
    given = {
        "GITHUB_REPOSITORY": PROJECT, "GITHUB_API_URL": estate.forge.url, "GITHUB_SERVER_URL": estate.forge.url,
        "GITHUB_STEP_SUMMARY": str(summary), "GITHUB_SHA": str(known.get("github.sha", "")), "GITHUB_RUN_ID": "1",
        "MATRIC_LAB": str(estate.lab), **QUICK,
        "GIT_CONFIG_GLOBAL": WHO["GIT_CONFIG_GLOBAL"], "GIT_CONFIG_NOSYSTEM": "1",
    }  # fmt: skip
    return workflow.Machine(
        estate.origin, store.parent / "work", store / "artefacts", known, workflow.environment(given)
    )


def job(estate: Estate, flow: str, name: str) -> dict[str, Any]:
    found: dict[str, Any] = workflow.read(estate.folder / HERE / f"matric-{flow}.yml")["jobs"][name]
    return found


def reviewed(estate: Estate, store: Path, head: str) -> workflow.Machine:
    """The run of 'matric review' for the pull request, which must end well."""
    told = {
        "github.event.pull_request.number": 1,
        "github.event.pull_request.base.sha": git(estate.folder, "rev-parse", "origin/main"),
        "github.event.pull_request.head.sha": head,
        "github.event.pull_request.head.repo.full_name": PROJECT,
        "github.sha": head,
    }
    found = machine(estate, store, told)
    assert found.run(job(estate, "review", "validate")), "\n".join(found.log)
    return found


def after(head: str, **other: Any) -> dict[str, Any]:
    """What 'matric plan' is told of the run it follows."""
    run = "github.event.workflow_run"
    return {
        f"{run}.event": "pull_request",
        f"{run}.conclusion": "success",
        f"{run}.head_repository.full_name": PROJECT,
        f"{run}.pull_requests[0].number": 1,
        f"{run}.head_sha": head,
        f"{run}.id": 41,
        **{f"{run}.{name}": value for name, value in other.items()},
    }


def test_a_pull_request_is_planned_commented_once_merged_and_due(on_github: Estate, tmp_path: Path) -> None:
    estate, store = on_github, tmp_path / "store"
    main = git(estate.folder, "rev-parse", "origin/main")
    head = estate.changed()
    review = reviewed(estate, store, head)

    told = after(head) | {"github.sha": main}
    plan = machine(estate, store, told)
    for _ in range(2):
        assert plan.wanted(job(estate, "plan", "plan"))
        assert plan.run(job(estate, "plan", "plan")), "\n".join(plan.log)
    assert len(estate.comments()) == 1
    assert "oakfield" in estate.comments()[0]
    assert "oakfield" in (store / "summary.md").read_text()
    assert (store / "artefacts" / "plan" / "plan-oakfield.json").is_file()
    assert (store / "artefacts" / "plan" / "matric.sarif").is_file()

    with estate.forge.lock:
        ben = estate.forge.person("ben")
        estate.forge.state.refresh()
        merge = estate.forge.state.merge(estate.forge.state.merges[1], ben, "merge")
    deploy = machine(estate, store, {"github.sha": merge})
    assert deploy.run(job(estate, "deploy", "merged")), "\n".join(deploy.log)
    deploy.run(job(estate, "deploy", "deploy"))

    assert "merged; to be deployed: oakfield" in "\n".join(deploy.log)
    assert "not approved" in deploy.log[-1] or "approv" in deploy.log[-1], deploy.log[-1]

    logs = tmp_path / "logs.txt"
    logs.write_text("\n".join([*review.log, *plan.log, *deploy.log, *estate.comments()]))
    assert estate.leaks(store, logs) == []


def test_a_forks_pull_request_is_not_planned(on_github: Estate, tmp_path: Path) -> None:
    wanted = job(on_github, "plan", "plan")
    told = {"head_repository.full_name": "somebody/network", "pull_requests[0].number": ""}

    assert machine(on_github, tmp_path / "a", after("f00")).wanted(wanted)
    assert not machine(on_github, tmp_path / "b", after("f00", **told)).wanted(wanted)
    assert not machine(on_github, tmp_path / "c", after("f00", event="push")).wanted(wanted)
    assert not machine(on_github, tmp_path / "d", after("f00", conclusion="failure")).wanted(wanted)


@pytest.mark.parametrize(
    ("schedule", "asked", "jobs"),
    [
        ("7,22,37,52 * * * *", "", ["due"]),
        ("30 1 * * *", "", ["nightly", "snapshot"]),
        ("", "snapshot", ["snapshot"]),
        ("", "due", ["due"]),
    ],
)
def test_the_clock_and_the_receiver_start_what_they_name_on_the_protected_branch_only(
    on_github: Estate, tmp_path: Path, schedule: str, asked: str, jobs: list[str]
) -> None:
    def started(ref: str) -> list[str]:
        told = {"github.event.schedule": schedule, "inputs.MATRIC_SCHEDULE": asked, "github.ref": ref}
        there = machine(on_github, tmp_path / "store", told)
        return [
            name
            for name, one in workflow.read(on_github.folder / HERE / "matric-schedule.yml")["jobs"].items()
            if there.wanted(one)
        ]

    assert started("refs/heads/main") == jobs
    assert started("refs/heads/mine") == []
