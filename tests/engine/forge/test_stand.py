"""The stand-in as a process of its own, with people who act through the forge's own API."""

import json
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from matric.errors import UsageError
from matric.forge import connect
from matric.lab.forge import KINDS, Fault, stand
from matric.lab.forge.fault import Faults
from tests.engine.forge.place import prepared

PEOPLE = ("--person", "ada=token-of-ada", "--person", "ben=token-of-ben:maintain", "--person", "cy=token-of-cy:read")


@pytest.fixture(params=["gitlab", "github"])
def process(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[str, str]]:
    """The forge's name and address."""
    prepared(request.param, tmp_path)
    command = (sys.executable, "-m", "matric.lab.forge", request.param, "--repository", str(tmp_path / "network.git"),
               "--token", "lab-token-1", *PEOPLE)  # fmt: skip
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        yield request.param, running.stdout.readline().strip()
        running.terminate()
        running.wait(10)


def ask(url: str, method: str, path: str, token: str = "", body: Any = None) -> Any:
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    data = None if body is None else json.dumps(body).encode()
    with urllib.request.urlopen(urllib.request.Request(f"{url}{path}", data, headers, method=method)) as answer:
        return json.loads(answer.read() or b"null")


def test_a_change_is_proposed_approved_and_merged_over_http_alone(process: tuple[str, str]) -> None:
    name, url = process
    env = {"GITHUB_REPOSITORY": "trust/network", "GITHUB_API_URL": url, "GITHUB_TOKEN": "lab-token-1"}
    if name == "gitlab":
        env = {"CI_PROJECT_PATH": "trust/network", "CI_SERVER_URL": url, "MATRIC_FORGE_TOKEN": "lab-token-1"}
    forge = connect(env)
    change = forge.propose("matric/snapshot", "main", "Snapshot", "moved", {"a": "b\n"}, "Snapshot")

    if name == "gitlab":
        one = "/api/v4/projects/trust%2Fnetwork/merge_requests/1"
        ask(url, "POST", f"{one}/approve", "token-of-ben", {"sha": forge.change(change).head})
        ask(url, "POST", f"{one}/approve", "token-of-cy", {})
    else:
        one = "/repos/trust/network/pulls/1"
        ask(url, "POST", f"{one}/reviews", "token-of-ben", {"event": "APPROVE"})
        ask(url, "POST", f"{one}/reviews", "token-of-cy", {"event": "APPROVE"})
    approvals, uncounted = forge.approvals(change), forge.uncounted(change)
    merged = ask(url, "PUT", f"{one}/merge", "token-of-ben", {})

    assert [given.by for given in approvals] == ["ben"]
    assert len(uncounted) == 1
    assert "cy" in uncounted[0]
    assert forge.change_of(merged["merge_commit_sha"] if name == "gitlab" else merged["sha"]) == change
    assert ask(url, "GET", "/_lab/requests")[0]["by"] == "matric-bot"


def test_faults_are_set_and_cleared_over_http(process: tuple[str, str]) -> None:
    _, url = process
    ask(url, "POST", "/_lab/fault", body={"kind": "status", "path": "GET .*user", "status": 503, "times": None})

    address = "/user" if process[0] == "github" else "/api/v4/user"
    with pytest.raises(urllib.error.HTTPError) as caught:
        ask(url, "GET", address, "token-of-ada")
    caught.value.close()
    ask(url, "POST", "/_lab/clear")

    assert ask(url, "GET", address, "token-of-ada")["id"]


def test_a_forge_that_there_is_not_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="gitlab or github"):
        stand("gitea", tmp_path / "x.git")


def test_a_fault_that_there_is_not_is_named() -> None:
    with pytest.raises(ValueError, match="cut-before"):
        Faults().add(Fault("lightning"))
    assert "cut-before" in KINDS


def test_the_stand_in_is_served_on_this_machine_only(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"127\.0\.0\.1"):
        stand("gitlab", tmp_path / "x.git").start("192.0.2.1")
