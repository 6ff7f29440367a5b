"""The receiver over real HTTP: it takes what NetBox signed, once and lately, and never loses silently what it took."""

import asyncio
import hashlib
import hmac
import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from matric.errors import ForgeUnavailable, JournalError, UsageError
from matric.journal import Journal
from matric.journal.book import Shelf
from matric.serve import KIND, Limits, Receiver
from matric.site import Site

SECRET = "a-webhook-secret-that-is-a-canary"
QUICK: dict[str, Any] = {"quiet_s": 0.05, "longest_wait_s": 0.5, "retry_s": 0.05, "longest_retry_s": 0.1}
WITHIN_S = 20.0


class Clock:
    """The machine's clock; its hands may be set."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    def monotonic(self) -> float:
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        raise NotImplementedError(seconds)


@dataclass
class Asked:
    """Whom the receiver asks: counts, and fails as often as it is told."""

    failures: int = 0
    times: list[frozenset[str]] = field(default_factory=list[frozenset[str]])
    hold: threading.Event | None = None

    def __call__(self, own: frozenset[str]) -> str:
        self.times.append(own)
        if self.hold:
            self.hold.wait(WITHIN_S)
        if self.failures:
            self.failures -= 1
            raise ForgeUnavailable("gitlab: no answer. Do: try again later")
        return "asked for pipeline 7"


class Served:
    """A receiver in a thread, with a state folder of its own; every test's SQLite is opened in that thread."""

    def __init__(self, state: Path, ask: Asked, own: frozenset[str], **limits: Any) -> None:
        self.ask, self.clock, self.said = ask, Clock(), list[str]()
        self._opened = threading.Event()
        self._calls: list[tuple[Callable[[Journal], Any], list[Any], threading.Event]] = []
        self.state = state
        self._limits = Limits(**{**QUICK, **limits})
        self._own = own
        self.thread = threading.Thread(target=self._serve)
        self.thread.start()
        assert self._opened.wait(WITHIN_S)

    def _serve(self) -> None:
        journal = Journal(self.state, tombstones=self.state / "spent")
        self.receiver = Receiver(SECRET, journal.shelf(KIND), self.ask, self.clock, own=lambda: self._own,
                                 limits=self._limits, told=self.said.append)  # fmt: skip
        try:
            asyncio.run(self.receiver.run("127.0.0.1", 0, self._opened.set))
        finally:
            journal.close()

    def stop(self) -> None:
        self.receiver.stop()
        self.thread.join(WITHIN_S)
        assert not self.thread.is_alive()

    @property
    def address(self) -> tuple[str, int]:
        parts = urlsplit(self.receiver.url)
        return str(parts.hostname), int(parts.port or 0)

    def kept(self) -> dict[str, dict[str, Any]]:
        """What is on the shelf, read by another process's eyes."""
        other = Journal(self.state)
        try:
            return dict(other.shelf(KIND).items())
        finally:
            other.close()

    def post(self, body: bytes, headers: Mapping[str, str] | None = None, path: str = "/netbox") -> tuple[int, Any]:
        asking = http.client.HTTPConnection(*self.address, timeout=WITHIN_S)
        try:
            asking.request("POST", path, body, dict(headers if headers is not None else signed(body)))
            answer = asking.getresponse()
            return answer.status, json.loads(answer.read() or b"null")
        finally:
            asking.close()

    def health(self) -> dict[str, Any]:
        asking = http.client.HTTPConnection(*self.address, timeout=WITHIN_S)
        asking.request("GET", "/health")
        said: dict[str, Any] = json.loads(asking.getresponse().read())
        asking.close()
        return said


def event(request_id: str = "r-1", at: datetime | None = None, **more: Any) -> bytes:
    """What NetBox sends when an interface is edited."""
    moment = at or datetime.now(UTC)
    return json.dumps({"event": "updated", "timestamp": moment.isoformat(), "object_type": "dcim.interface",
                       "username": "ada", "request_id": request_id, "data": {"id": 1}, **more}).encode()  # fmt: skip


def signed(body: bytes, secret: str = SECRET) -> dict[str, str]:
    signature = hmac.new(secret.encode(), body, hashlib.sha512).hexdigest()
    return {"Content-Type": "application/json", "X-Hook-Signature": signature}


def until(true: Callable[[], bool]) -> None:
    """Wait for something that is bound to happen."""
    end = time.monotonic() + WITHIN_S
    while not true():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.01)


Start = Callable[..., Served]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Starts a receiver; stopped when the test ends."""
    started: list[Served] = []

    def begin(ask: Asked | None = None, own: frozenset[str] = frozenset(), **limits: Any) -> Served:
        started.append(Served(tmp_path / "state", ask or Asked(), own, **limits))
        return started[-1]

    yield begin
    for one in started:
        one.stop()


# What is taken.


def test_a_signed_event_is_kept_and_asked_for(start: Start) -> None:
    served = start()

    assert served.post(event()) == (202, {"kept": True})

    until(lambda: served.kept()["r-1"]["state"] == "asked")
    assert len(served.ask.times) == 1
    assert any("asked for pipeline 7" in line for line in served.said)


def test_many_events_of_a_bulk_edit_become_one_ask(start: Start) -> None:
    served = start(quiet_s=0.5, longest_wait_s=30)

    answers = [served.post(event(f"r-{number}")) for number in range(20)]
    answers += [served.post(event("r-1", data={"id": number})) for number in range(20)]

    assert [status for status, _ in answers] == [202] * 20 + [200] * 20
    until(lambda: all(one["state"] == "asked" for one in served.kept().values()))
    assert len(served.ask.times) == 1


def test_events_that_never_cease_are_asked_for_all_the_same(start: Start) -> None:
    served = start(quiet_s=30, longest_wait_s=0.2)

    served.post(event())

    until(lambda: len(served.ask.times) == 1)


def test_newer_netboxes_name_the_request_within_the_request(start: Start) -> None:
    served = start(quiet_s=30)
    body = json.loads(event())
    del body["request_id"]
    body["request"] = {"id": "r-new", "user": "ada"}

    served.post(json.dumps(body).encode())

    assert set(served.kept()) == {"r-new"}


def test_what_matric_wrote_itself_asks_for_nothing(start: Start) -> None:
    served = start(own=frozenset({"ours"}))

    assert served.post(event("ours", object_type="dcim.site")) == (200, {"own": True})
    # The same name on a thing that matric never writes is somebody else's doing.
    assert served.post(event("ours", object_type="dcim.device"))[0] == 202


def test_those_that_ask_are_told_what_matric_wrote_itself(start: Start) -> None:
    served = start(own=frozenset({"ours"}))

    served.post(event())

    until(lambda: served.ask.times == [frozenset({"ours"})])


# What is not.


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"X-Hook-Signature": ""}, 401),
        ({"X-Hook-Signature": "00" * 64}, 403),
        ({"X-Hook-Signature": "\xff\xfe"}, 403),
        ({"Content-Type": "text/plain"}, 415),
        ({"Content-Type": "application/x-www-form-urlencoded"}, 415),
        ({"Content-Encoding": "gzip"}, 415),
    ],
    ids=str,
)
def test_what_is_not_signed_json_is_refused_and_not_kept(start: Start, headers: dict[str, str], status: int) -> None:
    served = start()
    body = event()

    assert served.post(body, {**signed(body), **headers})[0] == status
    assert served.kept() == {}
    assert served.ask.times == []


def test_a_signature_that_is_missing_or_of_another_secret_or_body_is_refused(start: Start) -> None:
    served = start()
    body = event()

    assert served.post(body, {"Content-Type": "application/json"})[0] == 401
    assert served.post(body, signed(body, "another secret of the same kind"))[0] == 403
    assert served.post(body + b" ", signed(body))[0] == 403
    assert served.kept() == {}


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'"x"', b"[" * 100_000, b"{}", b'{"timestamp": "soon"}'], ids=len)
def test_signed_nonsense_is_refused(start: Start, body: bytes) -> None:
    served = start()

    assert served.post(body)[0] == 400
    assert served.kept() == {}


@pytest.mark.parametrize("away", [timedelta(minutes=-6), timedelta(minutes=6), timedelta(days=-400)])
def test_an_event_of_another_time_is_refused(start: Start, away: timedelta) -> None:
    served = start()

    assert served.post(event(at=datetime.now(UTC) + away))[0] == 403
    assert served.kept() == {}


def test_an_event_of_some_minutes_ago_is_taken(start: Start) -> None:
    assert start().post(event(at=datetime.now(UTC) - timedelta(minutes=4)))[0] == 202


def test_a_replay_is_known_and_asks_for_nothing_even_after_a_restart(start: Start) -> None:
    first = start()
    body = event()
    first.post(body)
    until(lambda: first.kept()["r-1"]["state"] == "asked")
    first.stop()

    again = start()

    assert again.post(body) == (200, {"known": True})
    again.clock.ahead = timedelta(minutes=10)
    assert again.post(body)[0] == 403
    again.stop()
    assert again.ask.times == []


def test_a_body_that_is_too_large_is_refused_whether_it_says_so_or_not(start: Start) -> None:
    served = start(body_bytes=1000)
    body = event(data="x" * 2000)

    def chunks() -> Iterator[bytes]:
        for at in range(0, len(body), 100):
            yield body[at : at + 100]

    said = served.post(body)[0]
    asking = http.client.HTTPConnection(*served.address, timeout=WITHIN_S)
    asking.request("POST", "/netbox", chunks(), signed(body), encode_chunked=True)

    assert (said, asking.getresponse().status) == (413, 413)
    asking.close()
    assert served.kept() == {}


def test_only_a_post_to_netbox_and_a_look_at_its_health_are_answered(start: Start) -> None:
    served = start()
    body = event()

    assert served.post(body, path="/")[0] == 404
    assert served.post(body, path="/health")[0] == 405
    assert served.health() == {"failing": "", "status": "ok", "waiting": 0}


# Too much, too slow.


def test_events_beyond_the_rate_are_refused_and_still_asked_for(start: Start) -> None:
    ask = Asked(hold=threading.Event())
    served = start(ask, per_s=0.001, burst=2)

    answers = [served.post(event(f"r-{number}"))[0] for number in range(4)]

    assert answers == [202, 202, 429, 429]
    assert ask.hold is not None
    ask.hold.set()
    until(lambda: all(one["state"] == "asked" for one in served.kept().values()))
    # What was refused while an ask was under way is asked for by one more.
    first = len(ask.times)
    ask.hold.clear()
    served.post(event("r-5"))
    until(lambda: len(ask.times) == first + 1)
    served.post(event("r-6"))
    ask.hold.set()
    until(lambda: len(ask.times) == first + 2)
    until(lambda: all(one["state"] == "asked" for one in served.kept().values()))


def test_a_flood_without_a_signature_is_refused_and_does_not_shut_netbox_out(start: Start) -> None:
    served = start(failures_per_s=0.001, failures_burst=3)
    body = event()

    answers = [served.post(body, signed(body, "of somebody else entirely"))[0] for _ in range(5)]

    assert answers == [403, 403, 403, 429, 429]
    assert served.post(body)[0] == 202


def test_a_head_that_does_not_come_is_not_waited_for(start: Start) -> None:
    served = start(header_s=0.2)

    with socket.create_connection(served.address, WITHIN_S) as slow:
        slow.sendall(b"POST /netbox HTTP/1.1\r\nHost: x\r\nX-A: ")
        assert gone(slow)
    with socket.create_connection(served.address, WITHIN_S) as silent:
        assert gone(silent)
    assert served.post(event())[0] == 202


def test_a_body_that_does_not_come_is_not_waited_for(start: Start) -> None:
    served = start(body_s=0.2)
    head = b"POST /netbox HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"

    with socket.create_connection(served.address, WITHIN_S) as slow:
        slow.sendall(head)
        answer = slow.recv(4096)

    assert b" 408 " in answer.splitlines()[0]


def test_many_that_are_silent_do_not_keep_netbox_out(start: Start) -> None:
    served = start(connections=5)
    silent = [socket.create_connection(served.address, WITHIN_S) for _ in range(20)]
    try:
        assert served.post(event())[0] == 202
        assert gone(silent[0])
    finally:
        for one in silent:
            one.close()


def test_a_connection_carries_one_request(start: Start) -> None:
    served = start()

    with socket.create_connection(served.address, WITHIN_S) as kept:
        kept.sendall(b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n")
        assert gone(kept)


def gone(connection: socket.socket) -> bool:
    """Whether the other side closes it, in whatever way."""
    with suppress(ConnectionError):
        while connection.recv(4096):
            pass
    return True


# An ask that fails.


def test_events_whose_ask_failed_are_kept_and_asked_for_again(start: Start) -> None:
    served = start(Asked(failures=3))

    assert served.post(event())[0] == 202

    until(lambda: served.kept()["r-1"]["state"] == "asked")
    assert len(served.ask.times) == 4
    assert sum("kept, and asked for again" in line for line in served.said) == 3
    assert served.health()["failing"] == ""


def test_a_failing_ask_shows_in_its_health(start: Start) -> None:
    served = start(Asked(failures=1_000), retry_s=30)

    served.post(event())

    until(lambda: served.health()["failing"] == "ForgeUnavailable")
    assert served.health()["waiting"] == 1


def test_what_was_not_asked_for_before_the_end_is_asked_for_at_the_next_start(start: Start) -> None:
    first = start(Asked(failures=1_000), retry_s=30)
    first.post(event())
    until(lambda: len(first.ask.times) == 1)
    first.stop()
    assert first.kept()["r-1"]["state"] == "waiting"

    again = start()

    until(lambda: len(again.ask.times) == 1)
    until(lambda: again.kept()["r-1"]["state"] == "asked")


def test_the_end_does_not_wait_for_ever_for_an_ask(start: Start) -> None:
    ask = Asked(hold=threading.Event())
    served = start(ask, grace_s=0.1)
    served.post(event())
    until(lambda: len(ask.times) == 1)

    served.stop()

    assert ask.hold is not None
    ask.hold.set()
    assert served.kept()["r-1"]["state"] == "waiting"
    assert any("the ask under way was left" in line for line in served.said)


def test_an_event_during_an_ask_is_asked_for_by_the_next(start: Start) -> None:
    ask = Asked(hold=threading.Event())
    served = start(ask)
    served.post(event("r-1"))
    until(lambda: len(ask.times) == 1)

    served.post(event("r-2"))
    assert ask.hold is not None
    ask.hold.set()

    until(lambda: len(ask.times) == 2)
    until(lambda: {key: one["state"] for key, one in served.kept().items()} == {"r-1": "asked", "r-2": "asked"})


def test_what_was_asked_for_is_forgotten_in_time_and_what_waits_is_not(tmp_path: Path, start: Start) -> None:
    journal = Journal(tmp_path / "state")
    shelf = journal.shelf(KIND)
    for number in range(5):
        shelf.put(f"young-{number}", {"at": f"{datetime.now(UTC):%Y-%m-%dT%H:%M}:0{number}Z", "state": "asked"})
    shelf.put("old", {"at": "2026-01-01T00:00:00Z", "state": "asked"})
    shelf.put("waits", {"at": "2026-01-01T00:00:00Z", "state": "waiting"})
    journal.close()

    served = start(Asked(failures=1_000), kept=3)

    assert set(served.kept()) == {"waits", "young-2", "young-3", "young-4"}


def test_an_event_that_cannot_be_written_down_is_not_answered_as_if_it_were(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    served = start()

    def full(*_: Any) -> None:
        raise JournalError("the disk is full. Do: free it")

    monkeypatch.setattr(Shelf, "put", full)

    assert served.post(event())[0] == 500
    assert any("could not be kept" in line for line in served.said)


# What it is.


@pytest.mark.parametrize("secret", ["", "short"])
def test_it_does_not_start_without_a_real_secret(tmp_path: Path, secret: str) -> None:
    journal = Journal(tmp_path / "state")
    with pytest.raises(UsageError, match="anybody could sign"):
        Receiver(secret, journal.shelf(KIND), Asked(), Clock())
    journal.close()


def test_it_knows_no_device_and_no_way_to_deploy() -> None:
    code = "import sys, matric.serve, matric.cli.serve, matric.refresh, matric.netbox.letter\nprint(*sys.modules)"

    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    loaded = set(ran.stdout.split())
    assert "matric.serve" in loaded
    assert not loaded & {
        "matric.fleet",
        "matric.perform",
        "matric.execution",
        "matric.change.deployment",
        "nornir",
        "napalm",
    }


def test_no_word_of_it_holds_the_secret(start: Start) -> None:
    served = start(Asked(failures=1))
    body = event()
    served.post(body, {**signed(body), "X-Hook-Signature": SECRET})
    served.post(body)
    until(lambda: len(served.ask.times) == 2)

    assert SECRET not in str((served.said, served.kept(), served.health()))


# The command.


@pytest.fixture
def site(tmp_path: Path, trust: Site) -> Path:
    """The reference trust, without its snapshot."""
    shutil.copytree(
        trust.root / "inventory", tmp_path / "site" / "inventory", ignore=shutil.ignore_patterns("snapshot")
    )
    for folder in ("policies", "runbooks", "tasks", "templates"):
        (tmp_path / "site" / folder).mkdir()
    (tmp_path / "site" / "pyproject.toml").write_text("[tool.matric]\n", encoding="utf-8")
    return tmp_path / "site"


def environment(site: Path, **more: str) -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "MATRIC_STATE": str(site / "state"), "CI_PROJECT_PATH": "trust/network",
            "CI_API_V4_URL": "http://127.0.0.1:9/api/v4", "CI_SERVER_URL": "http://127.0.0.1:9",
            "MATRIC_FORGE_TOKEN": "glpat-canary", **more}  # fmt: skip


def command(site: Path, *more: str) -> list[str]:
    return [
        sys.executable,
        "-c",
        "from matric.cli import main; main()",
        "-C",
        str(site),
        "serve",
        "--port",
        "0",
        "--quiet-s",
        "0.1",
        *more,
    ]


@pytest.mark.parametrize(
    ("env", "said"),
    [
        ({}, "MATRIC_WEBHOOK_SECRET is not set"),
        ({"MATRIC_WEBHOOK_SECRET": SECRET}, "holds no reference"),
        ({"MATRIC_WEBHOOK_SECRET": "env:HOOK"}, "not found"),
        ({"MATRIC_WEBHOOK_SECRET": "env:HOOK", "HOOK": ""}, "empty"),
        ({"MATRIC_WEBHOOK_SECRET": "env:HOOK", "HOOK": "short"}, "anybody could sign"),
        ({"MATRIC_WEBHOOK_SECRET": "env:HOOK", "HOOK": SECRET, "SERVICE": "x"}, "have no place here"),
    ],
    ids=lambda given: given if isinstance(given, str) else "",
)
def test_it_does_not_start_as_it_should_not(site: Path, env: dict[str, str], said: str) -> None:
    standard = site / "inventory" / "standard.yaml"
    standard.write_text(standard.read_text(encoding="utf-8").replace("lab:service", "env:SERVICE"), encoding="utf-8")

    ran = subprocess.run(command(site), env=environment(site, **env), capture_output=True, text=True, timeout=60,
                         check=False)  # fmt: skip

    assert ran.returncode == 7
    assert said in ran.stderr
    assert SECRET not in ran.stderr


def test_sigterm_ends_it_well_and_what_was_not_heard_is_kept(site: Path) -> None:
    secret_file = site / "hook"
    secret_file.write_text(f"{SECRET}\n", encoding="utf-8")
    env = environment(site, MATRIC_WEBHOOK_SECRET=f"file:{secret_file}")
    running = subprocess.Popen(
        command(site, "--json"), env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        assert running.stdout is not None
        url: str = json.loads("".join(running.stdout.readline() for _ in range(3)))["url"]
        asking = http.client.HTTPConnection(urlsplit(url).netloc, timeout=WITHIN_S)
        body = event()
        asking.request("POST", "/netbox", body, signed(body))
        assert asking.getresponse().status == 202
        asking.close()
    finally:
        running.send_signal(signal.SIGTERM)
    _, said = running.communicate(timeout=60)

    assert running.returncode == 0
    assert said.endswith("stopped\n")
    assert SECRET not in said
    journal = Journal(site / "state")
    assert [one["state"] for _, one in journal.shelf(KIND).items()] == ["waiting"]
    journal.close()
