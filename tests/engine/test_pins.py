"""Identities are read without a credential, confirmed by a person, and never change by themselves."""

import datetime as dt
import socket
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from matric import pins, platform
from matric.errors import BadInput, StrangerError, Unreachable, UsageError

KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGWmFGkzFmhUvrnFHQ4rVwvjYyOdSnkxVBpbJ3yZpPjM"
OTHER = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKkk3Hn5Yx9AFdVmSyFfBp4jrV8oU5pEx0ZKC2n6WQ4T"


def certificate(folder: Path) -> tuple[Path, Path, str]:
    """A self-signed certificate as a switch makes it: file, key file, text."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "switch")])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    pem = made.public_bytes(serialization.Encoding.PEM)
    (folder / "cert.pem").write_bytes(pem)
    (folder / "key.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return folder / "cert.pem", folder / "key.pem", pem.decode()


@pytest.fixture
def switch(tmp_path: Path) -> Iterator[tuple[int, str, list[bytes]]]:
    """A TLS server: its port, its certificate, and all that clients ever sent after the handshake."""
    cert, key, pem = certificate(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    sent: list[bytes] = []
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            try:
                with context.wrap_socket(connection, server_side=True) as wrapped:
                    sent.append(wrapped.recv(4096))
            except OSError:
                sent.append(b"")

    thread = threading.Thread(target=serve)
    thread.start()
    yield listener.getsockname()[1], pem, sent
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()
    thread.join()


def offer(pin: str, name: str = "sw-01") -> pins.Offer:
    return pins.Offer(f"ash/{name}", "127.0.0.1", 22, pin, pins.fingerprint(pin))


def test_a_certificate_is_read_without_sending_anything(switch: tuple[int, str, list[bytes]]) -> None:
    port, pem, sent = switch

    shown = pins.fetch(platform.get("eos"), "127.0.0.1", port)

    assert pins.digest(shown) == pins.digest(pem)
    assert not any(sent)


def test_a_fingerprint_is_shown_as_the_devices_console_shows_it() -> None:
    assert pins.fingerprint(KEY).startswith("SHA256:")
    assert "=" not in pins.fingerprint(KEY)


def test_nothing_answers_is_no_identity() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]

    with pytest.raises(Unreachable):
        pins.fetch(platform.get("ios"), "127.0.0.1", port, 1)


def test_what_a_person_confirms_is_pinned_and_the_rest_is_not(tmp_path: Path) -> None:
    pinned = pins.enrol(tmp_path, "ash", (offer(KEY), offer(OTHER, "sw-02")), lambda one: one.key == "ash/sw-01")

    assert pinned == ("ash/sw-01",)
    assert dict(pins.load(tmp_path, "ash")) == {"sw-01": KEY}


def test_enrolling_again_keeps_what_was_pinned_and_asks_nobody(tmp_path: Path) -> None:
    pins.enrol(tmp_path, "ash", (offer(KEY),), lambda _: True)

    assert pins.enrol(tmp_path, "ash", (offer(f"{KEY} comment"),), lambda _: pytest.fail("asked")) == ()


def test_another_key_than_the_pinned_one_is_an_error_and_changes_nothing(tmp_path: Path) -> None:
    pins.enrol(tmp_path, "ash", (offer(KEY),), lambda _: True)

    with pytest.raises(StrangerError, match="delete its line"):
        pins.enrol(tmp_path, "ash", (offer(OTHER), offer(OTHER, "sw-02")), lambda _: True)
    assert dict(pins.load(tmp_path, "ash")) == {"sw-01": KEY}


def test_a_certificate_survives_the_file(tmp_path: Path) -> None:
    _, _, pem = certificate(tmp_path)

    pins.enrol(tmp_path, "ash", (offer(pem),), lambda _: True)

    assert pins.digest(pins.load(tmp_path, "ash")["sw-01"]) == pins.digest(pem)


def test_a_pin_that_is_no_key_is_refused(tmp_path: Path) -> None:
    (tmp_path / "pins").mkdir()
    (tmp_path / "pins" / "ash.yaml").write_text("format_version: 1\npins:\n  sw-01: any\n")

    with pytest.raises(BadInput, match="sw-01"):
        pins.load(tmp_path, "ash")


def test_a_school_cannot_name_a_file_elsewhere(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no school's slug"):
        pins.load(tmp_path, "../ash")


@pytest.mark.parametrize("host", ["", "localhost"])
def test_an_identity_is_read_at_an_address_and_never_at_a_name(host: str, switch: tuple[int, str, list[bytes]]) -> None:
    with pytest.raises(Unreachable, match="no IP address"):
        pins.fetch(platform.get("eos"), host, switch[0])
