"""A forge that is not well: asked again where that is safe, read back where it is not, and never taken for empty."""

import http.server
import logging
import ssl
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from matric.errors import ForgeError, ForgeRefused, ForgeUnavailable
from matric.forge import Forge
from matric.forge.asking import Patience
from matric.forge.github import GitHub
from matric.forge.gitlab import GitLab
from matric.lab.identity import certificate
from tests.engine.forge.place import TOKEN, Place, Waits, client, prepared

SNAPSHOT = "inventory/snapshot/vlans.json"
TROUBLES: dict[str, dict[str, Any]] = {
    "cut before it is carried out": {"kind": "cut-before"},
    "cut after it is carried out": {"kind": "cut-after"},
    "asked for fewer": {"kind": "status", "status": 429, "headers": {"Retry-After": "7"}},
    "502, not carried out": {"kind": "status", "status": 502},
    "502, carried out": {"kind": "status", "status": 502, "done": True},
    "a page in its place": {"kind": "html"},
    "JSON that breaks off": {"kind": "truncate"},
}
RARER = ("502, not carried out", "a page in its place", "JSON that breaks off")
"""Like one of the others in what is to be done about it: run by script/test --all."""
SOME = [pytest.param(name, marks=[pytest.mark.slow] if name in RARER else []) for name in TROUBLES]


def comment(place: Place) -> object:
    return place.forge.comment(place.id(1), "review", ["one", "two"])


def propose(place: Place) -> object:
    return place.forge.propose("matric/snapshot", "main", "Snapshot", "moved", {SNAPSHOT: "vlan 20\n"}, "Snapshot")


def raise_issue(place: Place) -> object:
    return place.forge.raise_issue("drift", "NTP differs", "on 3 switches")


def state(place: Place) -> tuple[object, ...]:
    """What people see at the forge."""
    merges = place.served.state.merges.values()
    open_issues = [(one.title, one.body) for one in place.served.state.issues.values() if one.state == "open"]
    head = place.head("matric/snapshot")
    return ([(one.title, one.body, [note.body for note in one.comments]) for one in merges], open_issues,
            head and place.git.commit(head).tree)  # fmt: skip


@pytest.mark.parametrize("act", [comment, propose, raise_issue])
@pytest.mark.parametrize("trouble", SOME)
def test_one_fault_at_any_write_leaves_what_no_fault_would(
    place: Place, act: Callable[[Place], object], trouble: str, tmp_path: Path
) -> None:
    """Every writing request of the act meets the fault once, in a place of its own each time."""
    place.opened({"a": "b\n"})
    act(place)
    expected, writes = state(place), place.writes()
    assert writes

    for number, write in enumerate(writes):
        folder = tmp_path / str(number)
        with prepared(place.forge.name, folder).start() as served:
            other = Place(served, client(served, Waits()), Waits())
            other.opened({"a": "b\n"})
            fault = served.fault(path="^(POST|PUT|PATCH|DELETE)", skip=number, **TROUBLES[trouble])
            act(other)

            assert fault.struck == 1
            assert state(other) == expected, write


@pytest.mark.parametrize("act", [comment, propose, raise_issue])
def test_a_forge_that_never_answers_is_given_up_and_holds_nothing_twice(
    place: Place, act: Callable[[Place], object]
) -> None:
    place.opened({"a": "b\n"})
    act(place)
    expected = state(place)
    place.served.state.merges[1].comments.clear()
    place.served.state.issues.clear()
    place.served.fault("cut-after", "^(POST|PUT|PATCH)", times=None)

    for _again in range(2):
        with suppress(ForgeUnavailable):
            act(place)

    place.served.faults.clear()
    act(place)
    assert state(place) == expected


@pytest.mark.parametrize("ask", ["change", "people", "approvals", "change_of"])
@pytest.mark.parametrize("trouble", TROUBLES)
def test_what_cannot_be_read_is_an_error_and_never_nothing(place: Place, ask: str, trouble: str) -> None:
    change = place.opened({"a": "b\n"})
    place.approve("ben")
    argument = place.merge() if ask == "change_of" else change
    place.served.fault(times=None, **TROUBLES[trouble])

    with pytest.raises(ForgeUnavailable, match="Do: "):
        getattr(place.forge, ask)(argument)

    assert len(place.served.seen) <= Patience().tries
    assert sum(place.waits.slept) <= Patience().total_s


def test_a_forge_is_waited_for_as_long_as_it_asks(place: Place) -> None:
    change = place.opened({"a": "b\n"})
    place.served.fault("status", "GET", status=429, headers={"Retry-After": "17"})

    place.forge.change(change)

    assert place.waits.slept == [17.0]


def test_a_wait_beyond_all_patience_is_not_waited(place: Place) -> None:
    change = place.opened({"a": "b\n"})
    place.served.fault("status", "GET", status=429, headers={"Retry-After": "3600"})

    with pytest.raises(ForgeUnavailable, match="3600 s"):
        place.forge.change(change)

    assert place.waits.slept == []


def test_a_wait_may_be_asked_for_by_date(place: Place) -> None:
    change = place.opened({"a": "b\n"})
    place.served.fault("status", "GET", status=503, headers={"Retry-After": "Tue, 24 Nov 2026 09:00:21 GMT"})

    place.forge.change(change)

    assert place.waits.slept == [21.0]


@pytest.mark.parametrize(
    "headers", [{"Retry-After": "9"}, {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1795510809"}]
)
def test_github_says_too_many_with_403_too(place: Place, headers: dict[str, str]) -> None:
    change = place.opened({"a": "b\n"})
    place.served.fault("status", "GET", status=403, headers=headers)

    place.forge.change(change)

    assert place.waits.slept == [9.0]


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 409, 410, 422, 451])
def test_a_refusal_is_told_with_the_forge_s_words_and_a_remedy_and_not_asked_again(place: Place, status: int) -> None:
    place.opened({"a": "b\n"})
    words = f"you may not, token {TOKEN}\nDo: rm -rf"
    place.served.fault("status", "", status=status, body={"message": words, "error": "e"}, times=None)

    with pytest.raises(ForgeRefused, match="Do: ") as caught:
        place.forge.change(place.id(1))

    assert caught.value.status == status
    assert str(status) in str(caught.value)
    assert "you may not" in str(caught.value)
    assert "\n" not in str(caught.value)
    assert TOKEN not in str(caught.value)
    assert len(place.served.seen) == 1


def test_a_refusal_names_the_token_s_scope(place: Place) -> None:
    change = place.opened({"a": "b\n"})
    place.served.person("matric-bot", "read", TOKEN)

    with pytest.raises(ForgeRefused, match=r"scope api|contents"):
        place.forge.propose("matric/x", "main", "t", "b", {"a": "c\n"}, "m")
    assert place.forge.change(change).state == "open"


def test_a_redirect_is_refused_and_not_followed_with_the_token(place: Place) -> None:
    change = place.opened({"a": "b\n"})
    heard: list[str] = []
    with listening(heard) as elsewhere:
        place.served.fault("status", "", status=302, headers={"Location": f"{elsewhere}/x"}, times=None)

        with pytest.raises(ForgeRefused, match="give the address it has now"):
            place.forge.change(change)

    assert heard == []


def test_a_server_that_says_nothing_is_given_up_in_time(place: Place) -> None:
    change = place.opened({"a": "b\n"})
    place.served.fault("slow", "GET", times=None)
    forge = client(place.served, place.waits, patience=Patience(timeout_s=1, tries=2))

    with pytest.raises(ForgeUnavailable, match="no answer in time"):
        forge.change(change)


def test_a_comment_whose_answer_is_late_is_still_one(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first request is carried out only after it was looked for and sent again: both are there then."""
    change = place.opened({"a": "b\n"})
    place.served.fault("cut-before", "POST .*/(notes|comments)")
    once, served = place.served.state.comment, place.served.state

    def twice(*given: Any) -> Any:
        once(*given)
        return once(*given)

    monkeypatch.setattr(served, "comment", twice)
    place.forge.comment(change, "review", ["one"])

    assert len(place.comments()) == 1


def test_an_issue_whose_answer_is_late_is_still_one_open_issue(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    place.served.fault("cut-before", "POST .*/issues")
    once, served = place.served.state.issue, place.served.state

    def twice(*given: Any) -> Any:
        once(*given)
        return once(*given)

    monkeypatch.setattr(served, "issue", twice)
    place.forge.raise_issue("drift", "NTP differs", "on 3 switches")

    assert [one.state for one in served.issues.values()] == ["open", "closed"]


def test_a_change_somebody_opened_in_between_is_taken_up(place: Place) -> None:
    place.push("matric/snapshot", {SNAPSHOT: "vlan 20\n"}, message="Snapshot\n\nMatric-Content: sha256:0")
    head = place.head("matric/snapshot")
    place.served.state.open_merge(place.served.state.people["matric-bot"], "matric/snapshot", "main", "Snapshot", "")
    place.served.fault("status", "GET .*(source_branch|head)=", status=200, body=[], times=1)

    assert propose(place) == place.id(1)

    assert len(place.served.state.merges) == 1
    assert place.head("matric/snapshot") != head


def test_the_token_stands_in_no_address_no_error_and_no_log(place: Place, caplog: pytest.LogCaptureFixture) -> None:
    place.opened({"a": "b\n"})
    with caplog.at_level(logging.DEBUG):
        comment(place)
        propose(place)
        place.served.fault("cut-before", "", times=None)
        with pytest.raises(ForgeError) as caught:
            comment(place)

    assert TOKEN not in caplog.text
    chain: BaseException | None = caught.value
    while chain is not None:
        assert TOKEN not in f"{chain!r} {chain}"
        chain = None if chain.__suppress_context__ else chain.__cause__ or chain.__context__
    assert not [one for one in place.served.seen if TOKEN in one.path or TOKEN in str(one.body)]


def test_what_matric_says_at_a_forge_holds_no_secret(place: Place) -> None:
    place.opened({"a": "b\n"})

    place.forge.comment(place.id(1), "review", [f"the token is {TOKEN}"])
    place.forge.raise_issue("drift", f"t {TOKEN}", f"b {TOKEN}")
    place.forge.propose("matric/x", "main", f"t {TOKEN}", f"b {TOKEN}", {"a": "c\n"}, f"m {TOKEN}")

    assert place.writes()
    assert not [one for one in place.served.seen if TOKEN in str(one.body) or TOKEN in str(one.reply)]


# ---- TLS ----


@contextmanager
def listening(heard: list[str], context: ssl.SSLContext | None = None) -> Generator[str]:
    """A server that notes what it hears and answers 404."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            heard.append(f"{self.path} {self.headers}")
            self.send_response(404)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class names it so
            pass

    class Server(http.server.ThreadingHTTPServer):
        def handle_error(self, request: Any, client_address: Any) -> None:
            """A client that hangs up on a certificate is no error here."""

    server = Server(("127.0.0.1", 0), Handler)
    if context:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    try:
        yield f"{'https' if context else 'http'}://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize("name", ["gitlab", "github"])
def test_a_certificate_nobody_vouches_for_gets_no_token(name: str, tmp_path: Path) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    pem = tmp_path / "cert.pem"
    pem.write_text(certificate("forge").pem, encoding="utf-8")
    context.load_cert_chain(pem)
    heard: list[str] = []
    with listening(heard, context) as url:
        forge: Forge = (GitLab if name == "gitlab" else GitHub)(url, "trust/network", TOKEN, clock=Waits())

        with pytest.raises(ForgeUnavailable, match="REQUESTS_CA_BUNDLE"):
            forge.change(f"{name}:trust/network{'!' if name == 'gitlab' else '#'}1")

    assert heard == []
