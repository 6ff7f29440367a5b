"""A server that gives, to each request in turn, the answer it was told to give."""

import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from matric.netbox import Client, Limits

TOKEN = "nbt_canary.3f1c0ffee"  # a canary: it must turn up nowhere


class Answer:
    """One HTTP answer; *cut* sends fewer bytes than its header promises, *drop* closes without a word."""

    def __init__(self, status: int = 200, body: Any = None, *, kind: str = "application/json", cut: int = 0,
                 drop: bool = False, **headers: str) -> None:  # fmt: skip
        self.status, self.kind, self.cut, self.drop, self.headers = status, kind, cut, drop, headers
        self.body = body.encode() if isinstance(body, str) else json.dumps(body).encode()


class Script:
    """The server: ``answers`` are given in turn, the last one again and again."""

    def __init__(self) -> None:
        self.answers: list[Answer] = []
        self.seen: list[tuple[str, str, dict[str, str], Any]] = []
        script = self

        class Handler(BaseHTTPRequestHandler):
            def answer(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                body = json.loads(self.rfile.read(length)) if length else None
                script.seen.append((self.command, self.path, dict(self.headers), body))
                script.give(self, script.answers.pop(0) if len(script.answers) > 1 else script.answers[0])

            do_GET = do_POST = do_PATCH = answer  # noqa: N815 - the base class looks for these names

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class names it so
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}"

    @staticmethod
    def give(handler: BaseHTTPRequestHandler, answer: Answer) -> None:
        handler.close_connection = True
        if answer.drop:
            return
        handler.send_response(answer.status)
        handler.send_header("Content-Type", answer.kind)
        handler.send_header("Content-Length", str(len(answer.body)))
        for name, value in answer.headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(answer.body[: len(answer.body) - answer.cut])

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()


class Waits:
    """A clock whose time passes only by waiting."""

    def __init__(self) -> None:
        self.slept: list[float] = []

    def now(self) -> datetime:
        return datetime(2026, 11, 24, 9, tzinfo=UTC) + timedelta(seconds=self.monotonic())

    def monotonic(self) -> float:
        return sum(self.slept)

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)


@pytest.fixture
def script() -> Iterator[Script]:
    server = Script()
    yield server
    server.stop()


@pytest.fixture
def waits() -> Waits:
    return Waits()


@pytest.fixture
def client(script: Script, waits: Waits) -> Iterator[Client]:
    with Client(script.url, TOKEN, limits=Limits(connect_s=2, read_s=2), clock=waits) as one:
        yield one


@pytest.fixture
def answer() -> type[Answer]:
    return Answer
