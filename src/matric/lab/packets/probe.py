"""Whether packets get there and an answer comes back: real ones, from a namespace."""

import socket
import subprocess
import threading
from collections.abc import Generator
from contextlib import contextmanager, suppress

from matric.errors import UsageError
from matric.lab.netns import inside

__all__ = ("datagram", "handshake", "ping")

ATTEMPTS = 2
PATIENCE_S = 1.2
"""For one attempt; a first packet that waits for ARP is answered within milliseconds here."""
TEXT = b"matric"


def ping(namespace: str, destination: str) -> bool:
    """ICMP echo, by the ping of iputils."""
    command = ["ip", "netns", "exec", namespace, "ping", "-n", "-q", "-c", "1", "-W", "1", destination]
    for _ in range(ATTEMPTS):
        ran = subprocess.run(command, capture_output=True, text=True, check=False, timeout=30)
        if ran.returncode == 0:
            return True
        # 1: no answer. 2: ping could not look, or nothing leads there.
        if ran.returncode != 1 and "nreachable" not in ran.stderr:
            raise UsageError(
                f"ping {destination} could not look: {ran.stderr.strip()}. Do: see docs/reference/packets.md"
            )
    return False


def handshake(namespace: str, destination: str, port: int, *, open_only: bool = False) -> bool:
    """TCP: a connection; without *open_only* also its refusal by the far end, which takes a packet each way too."""
    for _ in range(ATTEMPTS):
        with inside(namespace):
            wire = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        with wire:
            wire.settimeout(PATIENCE_S)
            try:
                wire.connect((destination, port))
            except ConnectionRefusedError:
                return not open_only
            except OSError:
                continue
            return True
    return False


def datagram(namespace: str, answering: str, destination: str, port: int) -> bool:
    """UDP: a datagram to *destination*, which lives in the namespace *answering*, and the same one back."""
    with _echo(answering, destination, port), inside(namespace):
        wire = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        with wire:
            wire.settimeout(PATIENCE_S)
            for _ in range(ATTEMPTS):
                with suppress(OSError):
                    wire.sendto(TEXT, (destination, port))
                    if wire.recv(64) == TEXT:
                        return True
    return False


@contextmanager
def _echo(namespace: str, address: str, port: int) -> Generator[None, None, None]:
    """Something at *address* that sends every datagram back."""
    with inside(namespace):
        wire = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    # Several may ask at once; whichever socket hears it answers the same.
    wire.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    wire.settimeout(0.05)
    wire.bind((address, port))
    done = threading.Event()

    def answer() -> None:
        while not done.is_set():
            with suppress(OSError):
                text, sender = wire.recvfrom(64)
                wire.sendto(text, sender)

    thread = threading.Thread(target=answer, daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join(5)
        wire.close()
