"""The client on the wire: what it sends, how often it tries, and what it says when NetBox does not answer well."""

import socket
import ssl
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from matric.errors import SourceError, UsageError
from matric.netbox import Client, InvalidError, Limits, MissingError

TOKEN = "nbt_canary.3f1c0ffee"


def page(rows: list[Any], count: Any = None, after: str | None = None) -> dict[str, Any]:
    return {"count": len(rows) if count is None else count, "next": after, "previous": None, "results": rows}


def refused(client: Client, path: str = "ipam/vlans/") -> Any:
    """The one problem of reading *path*."""
    with pytest.raises(SourceError) as caught:
        client.rows(path)
    (problem,) = caught.value.problems
    assert TOKEN not in str(caught.value)
    assert problem.thing.endswith(path)
    assert problem.remedy
    return problem


# What is sent.


def test_two_clients_keep_their_own_tokens(script: Any, answer: Any) -> None:
    script.answers = [answer(body={"netbox-version": "4.6.8"})]

    with Client(script.url, "first") as one, Client(script.url, "second") as two:
        one.get("status/")
        two.get("status/")
        one.get("status/")

    assert [seen[2]["authorization"] for seen in script.seen] == ["Token first", "Token second", "Token first"]


def test_neither_netrc_nor_proxy_of_the_environment_is_heeded(
    script: Any, answer: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script.answers = [answer(body={"netbox-version": "4.6.8"})]
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login a password b\n")
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")

    with Client(script.url, "mine") as client:
        client.get("status/")

    assert script.seen[0][2]["authorization"] == "Token mine"


@pytest.mark.parametrize(
    ("url", "rule"),
    [
        ("http://netbox.fernhill.example", "in the clear"),
        ("https://admin:secret@netbox.fernhill.example", "holds a credential"),
        ("netbox.fernhill.example", "no URL"),
        ("ftp://netbox.fernhill.example", "no URL"),
        ("https://netbox:port", "no URL"),
    ],
)
def test_an_address_to_which_no_token_may_go_is_refused(url: str, rule: str) -> None:
    with pytest.raises(UsageError, match=rule) as caught:
        Client(url, TOKEN)

    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("token", ["", "two words", "new\nline", "ключ"])
def test_a_token_that_can_be_none_is_refused_without_being_shown(token: str) -> None:
    with pytest.raises(UsageError) as caught:
        Client("https://netbox.fernhill.example", token)

    assert not token or token not in str(caught.value)


def test_the_address_may_end_in_a_slash_or_api(script: Any, answer: Any) -> None:
    script.answers = [answer(body={"netbox-version": "4.6.8"})]

    for end in ("", "/", "/api", "/api/"):
        with Client(script.url + end, TOKEN) as client:
            client.get("status/")

    assert {seen[1] for seen in script.seen} == {"/api/status/"}


# How often it tries.


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_a_server_that_recovers_is_asked_again(
    script: Any, answer: Any, client: Client, waits: Any, status: int
) -> None:
    script.answers = [answer(status, "<html>", kind="text/html"), answer(status, {}), answer(body=page([{"id": 1}]))]

    assert client.rows("ipam/vlans/") == [{"id": 1}]
    assert len(waits.slept) == 2


def test_a_server_that_stays_down_is_given_up_after_five_tries(
    script: Any, answer: Any, client: Client, waits: Any
) -> None:
    script.answers = [answer(503, {})]

    problem = refused(client)

    assert problem.code == "NB-UNAVAILABLE"
    assert "503 after 5 tries" in problem.rule
    assert len(script.seen) == 5
    assert waits.slept == sorted(waits.slept)


@pytest.mark.parametrize(
    ("header", "seconds"), [("7", 7.0), ("Tue, 24 Nov 2026 09:00:30 GMT", 30.0), ("soon", None), ("", None)]
)
def test_retry_after_is_heeded(script: Any, answer: Any, waits: Any, header: str, seconds: float | None) -> None:
    script.answers = [answer(429, {}, Retry_After=header), answer(body=page([]))]
    client = Client(script.url, TOKEN, clock=waits)

    client.rows("ipam/vlans/")

    assert waits.slept == [seconds] if seconds else 0.4 <= waits.slept[0] <= 0.6


def test_a_longer_wait_than_there_is_time_for_is_not_begun(
    script: Any, answer: Any, client: Client, waits: Any
) -> None:
    script.answers = [answer(429, {}, Retry_After="3600")]

    problem = refused(client)

    assert problem.code == "NB-UNAVAILABLE"
    assert waits.slept == []


def test_a_connection_that_drops_is_tried_again(script: Any, answer: Any, client: Client) -> None:
    script.answers = [answer(drop=True), answer(body=page([{"id": 1}]), cut=9), answer(body=page([{"id": 1}]))]

    assert client.rows("ipam/vlans/") == [{"id": 1}]


def test_nobody_listening_is_unavailable(script: Any, waits: Any) -> None:
    script.stop()

    with Client(script.url, TOKEN, clock=waits) as client:
        problem = refused(client)

    assert (problem.code, len(waits.slept)) == ("NB-UNAVAILABLE", 4)


def test_silence_is_unavailable(waits: Any) -> None:
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        url = f"http://127.0.0.1:{deaf.getsockname()[1]}"
        with Client(url, TOKEN, limits=Limits(connect_s=1, read_s=0.05, tries=2), clock=waits) as client:
            problem = refused(client)

    assert problem.code == "NB-UNAVAILABLE"
    assert "no answer in time" in problem.rule


def test_a_write_that_may_have_begun_is_not_sent_again(script: Any, answer: Any, client: Client) -> None:
    script.answers = [answer(502, {})]

    with pytest.raises(SourceError) as caught:
        client.create("ipam/vlans/", [{"vid": 45}])

    assert caught.value.problems[0].code == "NB-UNAVAILABLE"
    assert len(script.seen) == 1


def test_a_write_that_was_turned_away_unread_is_sent_again(script: Any, answer: Any, client: Client) -> None:
    script.answers = [answer(429, {}), answer(201, [{"id": 9}])]

    assert client.create("ipam/vlans/", [{"vid": 45}]) == [{"id": 9}]


# TLS.


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A self-signed certificate for this machine, and its key."""
    folder = tmp_path_factory.mktemp("tls")
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "netbox")])
    start = datetime.now(UTC) - timedelta(days=1)
    builder = x509.CertificateBuilder(name, name, key.public_key(), 1, start, start + timedelta(days=2))
    builder = builder.add_extension(
        x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False
    )
    pem = serialization.Encoding.PEM
    (folder / "cert.pem").write_bytes(builder.sign(key, hashes.SHA256()).public_bytes(pem))
    (folder / "key.pem").write_bytes(
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return folder / "cert.pem", folder / "key.pem"


@pytest.fixture
def secure(script: Any, certificate: tuple[Path, Path]) -> str:
    """The address of the server, over TLS."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(*certificate)
    script.server.socket = context.wrap_socket(script.server.socket, server_side=True)
    return str(script.url).replace("http:", "https:")


def unsaid(*_: object) -> None:
    """The server's own complaint about the handshake is no output of a test."""


def test_a_certificate_nobody_vouches_for_ends_it_before_the_token_is_sent(
    script: Any, answer: Any, secure: str, waits: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    script.answers = [answer(body=page([]))]
    monkeypatch.setattr(script.server, "handle_error", unsaid)

    with Client(secure, TOKEN, clock=waits) as client:
        problem = refused(client)

    assert problem.code == "NB-UNAVAILABLE"
    assert "--ca" in problem.remedy
    assert script.seen == []
    assert waits.slept == []


def test_the_trusts_own_authority_can_be_named(
    script: Any, answer: Any, secure: str, certificate: tuple[Path, Path]
) -> None:
    script.answers = [answer(body=page([{"id": 1}]))]

    with Client(secure, TOKEN, ca=certificate[0]) as client:
        assert client.rows("ipam/vlans/") == [{"id": 1}]


# What it says.


@pytest.mark.parametrize(
    ("location", "code"),
    [
        ("http://other.example/", "NB-UNAVAILABLE"),
        ("https://127.0.0.1/api/ipam/vlans/", "NB-UNAVAILABLE"),
        ("/login/?next=/graphql/", "NB-401"),
    ],
)
def test_no_redirect_is_followed(script: Any, answer: Any, client: Client, location: str, code: str) -> None:
    script.answers = [answer(302, "", kind="text/html", Location=location)]

    assert refused(client).code == code
    assert len(script.seen) == 1


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"status": 401, "body": {"detail": "no"}}, "NB-401"),
        ({"status": 403, "body": {"detail": "You do not have permission"}}, "NB-403"),
        ({"status": 403, "body": "<html>", "kind": "text/html"}, "NB-403"),
        ({"status": 404, "body": {"detail": "Not found."}}, "NB-NOT-NETBOX"),
        ({"status": 404, "body": "<html>", "kind": "text/html"}, "NB-NOT-NETBOX"),
        ({"status": 200, "body": "<html>log in</html>", "kind": "text/html; charset=utf-8"}, "NB-NOT-NETBOX"),
        ({"status": 200, "body": '{"count": 2, "resu'}, "NB-PARTIAL"),
        ({"status": 200, "body": [1, 2]}, "NB-PARTIAL"),
        ({"status": 200, "body": {"count": 1, "next": None}}, "NB-PARTIAL"),
        ({"status": 200, "body": {"count": "1", "next": None, "results": [{"id": 1}]}}, "NB-PARTIAL"),
        ({"status": 200, "body": {"count": 1, "next": None, "results": {"id": 1}}}, "NB-PARTIAL"),
        ({"status": 200, "body": {"count": 1, "next": None, "results": [{"id": "1"}]}}, "NB-PARTIAL"),
        ({"status": 200, "body": {"count": 1, "next": None, "results": [7]}}, "NB-PARTIAL"),
        ({"status": 200, "body": {"count": 2, "next": None, "results": [{"id": 1}]}}, "NB-PARTIAL"),
        ({"status": 200, "body": {"count": 2, "next": None, "results": [{"id": 1}, {"id": 1}]}}, "NB-PARTIAL"),
    ],
)
def test_an_answer_that_is_no_whole_list_is_refused_by_its_own_code(
    script: Any, answer: Any, client: Client, given: dict[str, Any], code: str
) -> None:
    script.answers = [answer(**given)]

    assert refused(client).code == code


def test_a_bad_token_shows_at_the_first_request(script: Any, answer: Any, client: Client) -> None:
    script.answers = [answer(403, {"detail": "Invalid v1 token"})]

    with pytest.raises(SourceError) as caught:
        client.get("status/")

    assert caught.value.problems[0].code == "NB-401"


def test_pages_are_asked_for_by_offset_and_by_id(script: Any, answer: Any, client: Client) -> None:
    after = f"{script.url}/api/ipam/vlans/?limit=1000&offset=1&ordering=id"
    script.answers = [answer(body=page([{"id": 1}], 2, after)), answer(body=page([{"id": 2}], 2))]

    assert client.rows("ipam/vlans/") == [{"id": 1}, {"id": 2}]
    assert [seen[1] for seen in script.seen] == [
        "/api/ipam/vlans/?limit=1000&offset=0&ordering=id",
        "/api/ipam/vlans/?limit=1000&offset=1&ordering=id",
    ]


@pytest.mark.parametrize(
    "after",
    [
        "http://other.example/api/ipam/vlans/?offset=1",
        "http://127.0.0.1/api/ipam/vlans/?offset=0",
        "http://127.0.0.1/api/ipam/vlans/",
        None,
    ],
)
def test_a_next_page_that_leads_elsewhere_or_round_is_refused(
    script: Any, answer: Any, client: Client, after: str | None
) -> None:
    script.answers = [answer(body=page([{"id": 1}], 2, after))]

    assert refused(client).code == "NB-PARTIAL"
    assert len(script.seen) == 1


def test_a_page_that_comes_twice_is_refused(script: Any, answer: Any, client: Client) -> None:
    after = f"{script.url}/api/ipam/vlans/?offset=1"
    script.answers = [answer(body=page([{"id": 1}], 2, after)), answer(body=page([{"id": 1}], 2))]

    problem = refused(client)

    assert (problem.code, problem.rule) == ("NB-PARTIAL", "count=2, 1 distinct ids in 2 rows")


def test_what_netbox_says_against_a_write_is_passed_on_with_the_item(script: Any, answer: Any, client: Client) -> None:
    script.answers = [answer(400, [{}, {"vid": ["Ensure this value is less than or equal to 4094."]}])]

    with pytest.raises(InvalidError) as caught:
        client.create("ipam/vlans/", [{"vid": 45}, {"vid": 5000}])

    (problem,) = caught.value.problems
    assert "less than or equal to 4094" in problem.value
    assert "'item': 1" in problem.value


def test_an_address_netbox_does_not_have_is_told_apart(script: Any, answer: Any, client: Client) -> None:
    script.answers = [answer(404, {"detail": "Not found."})]

    with pytest.raises(MissingError):
        client.rows("core/nothing/")


def test_a_graphql_error_is_an_error_though_the_status_is_200(script: Any, answer: Any, client: Client) -> None:
    script.answers = [answer(body={"data": None, "errors": [{"message": "Cannot query field 'no_such_list'"}]})]

    with pytest.raises(SourceError) as caught:
        client.graphql("{no_such_list{id}}")

    assert "no_such_list" in caught.value.problems[0].value


@pytest.mark.parametrize("pages", [[["1", "2"], ["2"]], [["2", "1"]], [["1", "1", "2"]], [["1"], []]])
def test_a_graphql_page_out_of_order_twice_or_short_is_refused(
    script: Any, answer: Any, client: Client, pages: list[list[str]]
) -> None:
    script.answers = [answer(body={"data": {"vlan_list": [{"id": key} for key in one]}}) for one in pages]

    with pytest.raises(SourceError) as caught:
        client.graphql_rows("vlan_list", "id", 3)

    assert caught.value.problems[0].code == "NB-PARTIAL"
