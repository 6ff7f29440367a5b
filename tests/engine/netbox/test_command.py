"""As typed: NetBox calls, a pipeline is asked for or a change opened on the forge, and what NetBox missed is sent."""

import hashlib
import hmac
import http.client
import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from matric.journal import Journal
from matric.lab.forge import Stand, stand
from matric.lab.netbox import NetBox, Store
from matric.netbox import Client, pull_into
from matric.netbox.note import Letter
from matric.site import Site
from tests import estate
from tests.warm import PROGRAM
from tests.warm import matric as run

TOKEN = "forge-canary-4d2f"
HOOK = "webhook-canary-secret-9a7b"
FLOW = ".github/workflows/matric-schedule.yml"
WITHIN_S = 60


@pytest.fixture(params=["gitlab", "github"])
def forge(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Stand]:
    """A forge whose repository is empty yet."""
    with stand(request.param, tmp_path / "network.git", token=TOKEN).start() as served:
        yield served


@pytest.fixture
def place(tmp_path: Path, trust_site: Site, forge: Stand, reader: Client) -> Path:
    """The trust's repository, its snapshot taken from ``netbox``, pushed to the forge."""
    site = tmp_path / "trust"
    shutil.copytree(trust_site.inventory, site / "inventory", ignore=shutil.ignore_patterns("snapshot", "lab"))
    for folder in ("policies", "runbooks", "tasks", "templates"):
        (site / folder).mkdir()
        (site / folder / ".keep").touch()
    (site / "pyproject.toml").write_text("[tool.matric]\n", encoding="utf-8")
    (site / FLOW).parent.mkdir(parents=True)
    (site / FLOW).write_text("on: {workflow_dispatch: {}}\n", encoding="utf-8")
    pull_into(site / "inventory" / "snapshot", reader)
    who = ("-c", "user.name=Ada", "-c", "user.email=ada@example.org")
    for arguments in (("init", "-q", "-b", "main"), ("add", "."), (*who, "commit", "-q", "-m", "The trust"),
                      ("push", "-q", str(forge.state.repository.path), "HEAD:main")):  # fmt: skip
        subprocess.run(["git", *arguments], cwd=site, check=True, capture_output=True)
    return site


@pytest.fixture
def trust_site() -> Site:
    """The reference trust: ``trust`` are rows here."""
    from matric import site  # noqa: PLC0415 - only here

    return site.load(estate.standing())


def environment(place: Path, forge: Stand, netbox: NetBox) -> dict[str, str]:
    of = (
        {"CI_SERVER_URL": forge.url, "CI_PROJECT_PATH": "trust/network"}
        if forge.api.name == "gitlab"
        else {"GITHUB_API_URL": forge.url, "GITHUB_REPOSITORY": "trust/network"}
    )
    return {**of, "PATH": os.environ["PATH"], "MATRIC_SITE": str(place), "MATRIC_FORGE_TOKEN": TOKEN,
            "MATRIC_STATE": str(place / "state"), "MATRIC_NETBOX_URL": netbox.url, "MATRIC_NETBOX_TOKEN": netbox.token,
            "MATRIC_WEBHOOK_SECRET": "env:HOOK", "HOOK": HOOK}  # fmt: skip


def matric(env: dict[str, str], *arguments: str) -> tuple[int, str]:
    ran = run(*arguments, cwd=Path.cwd(), env=env, timeout=WITHIN_S)
    return ran.returncode, ran.stdout + ran.stderr


def described(netbox: NetBox, text: str) -> None:
    """Somebody describes a port at NetBox."""

    def act(store: Store) -> None:
        store.update("dcim.interface", 201, {"description": text})

    netbox.change(act)


@contextmanager
def serving(env: dict[str, str], *more: str) -> Generator[tuple[str, list[str]]]:
    """``matric serve`` in a process of its own; its address, and at the end what it said."""
    said: list[str] = []
    running = subprocess.Popen([PROGRAM, "--json", "serve", "--port", "0", "--quiet-s", "0.2", *more], env=env,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)  # fmt: skip
    try:
        assert running.stdout is not None
        yield str(json.loads("".join(running.stdout.readline() for _ in range(3)))["url"]), said
    finally:
        running.send_signal(signal.SIGTERM)
        said.append(running.communicate(timeout=WITHIN_S)[1])
        assert running.returncode == 0


def call(url: str, request_id: str = "r-1") -> int:
    """NetBox's webhook."""
    body = json.dumps({"event": "updated", "timestamp": datetime.now(UTC).isoformat(), "model": "interface",
                       "request_id": request_id}).encode()  # fmt: skip
    signature = hmac.new(HOOK.encode(), body, hashlib.sha512).hexdigest()
    asking = http.client.HTTPConnection(urlsplit(url).netloc, timeout=WITHIN_S)
    asking.request("POST", "/netbox", body, {"Content-Type": "application/json", "X-Hook-Signature": signature})
    status = asking.getresponse().status
    asking.close()
    return status


def settled(place: Path) -> None:
    """Until every event has been asked for."""
    end = time.monotonic() + WITHIN_S
    while True:
        journal = Journal(place / "state")
        states = {body["state"] for _, body in journal.shelf("webhook").items()}
        journal.close()
        if states == {"asked"}:
            return
        assert time.monotonic() < end, states
        time.sleep(0.1)


def test_a_netbox_that_has_moved_is_one_change_on_the_forge_brought_along(
    place: Path, forge: Stand, netbox: NetBox
) -> None:
    env = environment(place, forge, netbox)
    told = [matric(env, "snapshot", "propose")]
    before = dict(forge.state.merges)
    described(netbox, "library")
    told.append(matric(env, "snapshot", "propose"))
    described(netbox, "sports hall")
    told.append(matric(env, "snapshot", "propose"))

    assert [code for code, _ in told] == [0, 0, 0]
    assert ("nothing has changed" in told[0][1], before) == (True, {})
    (merge,) = forge.state.merges.values()
    assert (merge.source, merge.target, merge.title) == ("matric/snapshot", "main", "NetBox: 1 change at oakfield")
    assert "description none -> sports hall" in merge.body
    kept = forge.state.repository.text("matric/snapshot", "inventory/snapshot/interfaces.json")
    assert kept is not None
    assert "sports hall" in kept
    assert "library" not in kept
    assert TOKEN not in str(told)


def test_netbox_calls_and_the_pipeline_for_snapshots_is_asked_for(place: Path, forge: Stand, netbox: NetBox) -> None:
    env = {name: value for name, value in environment(place, forge, netbox).items() if "NETBOX" not in name}

    with serving(env) as (url, said):
        assert call(url) == 202
        settled(place)
        assert call(url) == 200

    assert forge.state.pipelines == [("main", {"MATRIC_SCHEDULE": "snapshot"})]
    assert not [one for word in (HOOK, TOKEN) for one in said if word in one]


def test_netbox_calls_and_the_change_is_opened_by_the_receiver_itself(
    place: Path, forge: Stand, netbox: NetBox
) -> None:
    described(netbox, "library")

    with serving(environment(place, forge, netbox), "--propose") as (url, _):
        call(url)
        settled(place)

    assert [merge.title for merge in forge.state.merges.values()] == ["NetBox: 1 change at oakfield"]
    assert forge.state.pipelines == []


def test_what_netbox_missed_is_sent_when_it_is_said(place: Path, forge: Stand, netbox: NetBox) -> None:
    env = environment(place, forge, netbox)
    journal = Journal(place / "state")
    one = Letter(about="20261124-190000-abcd", school="oakfield", kind="success", text="It ended well.\n\n"
                 "`matric 20261124-190000-abcd`", message="matric", at="2026-11-24T19:00:00Z")  # fmt: skip
    journal.shelf("letter").put(one.key, one.model_dump(mode="json"))
    journal.close()
    writing = {**env, "MATRIC_NETBOX_WRITE_TOKEN": netbox.admit("nbt_writer.canary", netbox.tokens[netbox.token])}

    codes = [matric(env, "netbox", "send")[0],
             matric({**writing, "MATRIC_NETBOX_WRITE_TOKEN": netbox.token}, "netbox", "send")[0],
             matric({**writing, "MATRIC_NETBOX_URL": "http://127.0.0.1:9"}, "netbox", "send")[0],
             matric(writing, "netbox", "send")[0], matric(writing, "netbox", "send")[0]]  # fmt: skip

    assert codes == [7, 7, 1, 0, 0]
    assert [row["kind"] for row in netbox.store.rows("extras.journalentry")] == ["success"]
    code, said = matric(env, "snapshot", "check")
    assert (code, "current" in said) == (0, True)
