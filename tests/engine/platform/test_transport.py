"""What the drivers' connections leave behind when the other end is gone."""

import gc
import select
import socket
import ssl
import struct
import warnings

from matric.lab.identity import certificate
from matric.platform import transport


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
