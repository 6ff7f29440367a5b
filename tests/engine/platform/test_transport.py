"""What the drivers' connections leave behind when the other end is gone."""

import gc
import importlib
import select
import socket
import ssl
import struct
import threading
import warnings
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from types import SimpleNamespace
from typing import Any

import pytest

from matric import platform
from matric.errors import Unreachable
from matric.lab.identity import certificate
from matric.platform import transport
from matric.platform.base import Address

paramiko: Any = importlib.import_module("paramiko")  # without types


def reset_connection() -> socket.socket:
    """A connection that the other end has reset at once, as a device does that is cut off."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        ours = socket.create_connection(listener.getsockname())
        theirs, _ = listener.accept()
        theirs.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        theirs.close()
    select.select([ours], [], [], 5)
    return ours


def wrapped(pem: str) -> str:
    """What the attempt to speak TLS over it comes to."""
    connection = reset_connection()
    try:
        transport.PinnedContext.of(pem).wrap_socket(connection, server_hostname="127.0.0.1")
    except (OSError, ssl.SSLError) as error:
        return type(error).__name__
    finally:
        connection.close()  # as http.client's caller does
    return "connected"


def test_a_connection_reset_before_its_handshake_is_closed() -> None:
    pem = certificate("ash/sw-01").pin

    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        came_to = [wrapped(pem) for _ in range(20)]
        gc.collect()

    assert "connected" not in came_to
    assert [str(one.message) for one in told if "SSLSocket" in str(one.message)] == []


def silent_server(over: threading.Event) -> Any:
    """A device that takes the password and a channel, and never answers what is asked of it next."""

    def answered(*_: Any, **__: Any) -> bool:
        return over.wait(60)

    def always(value: Any) -> Callable[..., Any]:
        def given(*_: Any, **__: Any) -> Any:
            return value

        return given

    return type(
        "Mute",
        (paramiko.ServerInterface,),
        {
            "check_auth_password": always(paramiko.AUTH_SUCCESSFUL),
            "get_allowed_auths": always("password"),
            "check_channel_request": always(paramiko.OPEN_SUCCEEDED),
            "check_channel_pty_request": answered,
            "check_channel_subsystem_request": answered,
        },
    )()


@contextmanager
def mute() -> Generator[Address]:
    """Where such a device answers, and by which key it is known."""
    key = paramiko.ECDSAKey.generate()
    over = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            with suppress(OSError, EOFError, paramiko.SSHException):
                transport = paramiko.Transport(listener.accept()[0])
                transport.add_server_key(key)
                transport.start_server(server=silent_server(over))
                over.wait(60)
                transport.close()

        serving = threading.Thread(target=serve, daemon=True)
        serving.start()
        port = listener.getsockname()[1]
        pin = f"{key.get_name()} {key.get_base64()}"
        yield Address("ash/sw-01", "127.0.0.1", port, "matric", "a password", pin, timeout_s=1.0)
        over.set()
        serving.join(10)


@pytest.mark.timeout(30)
@pytest.mark.parametrize("name", ["ios", "aoss", "aoscx", "junos"])
def test_a_device_that_falls_silent_in_the_middle_of_a_login_is_no_answer_and_holds_nobody(name: str) -> None:
    with mute() as address:
        driver = platform.get(name).driver(address)
        with pytest.raises(Unreachable, match="gave no answer while logging in"):
            driver.open()


@pytest.mark.timeout(30)
@pytest.mark.parametrize("accepted", [True, False])
def test_an_answer_to_a_password_that_comes_before_anybody_waits_for_it_is_heard(*, accepted: bool) -> None:
    transport.heard_at_once()
    refused = None if accepted else paramiko.AuthenticationException("Authentication failed.")
    waits = SimpleNamespace(
        auth_timeout=60, saved_exception=refused, is_active=lambda: True, get_exception=lambda: refused, _log=print
    )
    handler = importlib.import_module("paramiko.auth_handler").AuthOnlyHandler.__new__(
        importlib.import_module("paramiko.auth_handler").AuthOnlyHandler
    )
    handler.transport, handler.authenticated, handler.auth_event = waits, accepted, None
    handler.refused_early, handler.username, handler.auth_method = False, "matric", "password"
    if not accepted:
        answer = paramiko.Message()
        answer.add_list(["password"])
        answer.add_boolean(False)  # noqa: FBT003 - paramiko's own way
        answer.rewind()
        handler._parse_userauth_failure(answer)

    if accepted:
        assert handler.wait_for_response(threading.Event()) == []
    else:
        with pytest.raises(paramiko.AuthenticationException, match="failed"):
            handler.wait_for_response(threading.Event())


def test_a_connection_whose_path_is_lost_is_ended_by_the_kernel() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = Address("ash/sw-01", "127.0.0.1", listener.getsockname()[1], "", "", "", timeout_s=12.5)
        with transport.dialled(address) as made:
            assert made.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE) == 1
            assert made.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == 12500
