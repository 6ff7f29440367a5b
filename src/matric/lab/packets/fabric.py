"""A lab's network in packets: built, kept in step with what the devices hold, asked, and taken away again."""

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from ipaddress import IPv4Address
from pathlib import Path
from subprocess import CompletedProcess

from matric.lab.client import Lab
from matric.lab.packets.host import Host

__all__ = ("NOC", "Fabric", "fabric", "missing")

NOC = "noc"
"""The place where the engineer sits, behind the school's router."""


class Fabric:
    """A network that stands. Its places are ``NOC`` and the hosts, by name."""

    state: Path
    """A lab's state folder for runs from the NOC (``MATRIC_LAB``): devices at their management addresses."""

    def reaches(self, source: str, destination: str | IPv4Address, protocol: str = "icmp", port: int = 0) -> bool:
        """Whether a packet of *protocol* (icmp, tcp, udp) from *source* gets to *destination*, and an answer back.

        *source* is a place; *destination* an address. An answer is an echo reply, a TCP handshake or its refusal by
        the far end, or a datagram that comes back.
        """
        raise NotImplementedError

    def manages(self, device: str) -> bool:
        """Whether matric's way in to *device* (name) answers the NOC, at its management address."""
        raise NotImplementedError

    def run(self, place: str, *command: str, **given: object) -> "CompletedProcess[str]":
        """Run *command* at *place*; *given* as for ``subprocess.run``."""
        raise NotImplementedError

    def settle(self) -> None:
        """Come back when packets go the way the running configurations say now."""
        raise NotImplementedError


@contextmanager
def fabric(lab: Lab, hosts: Sequence[Host] = (), *, beyond: Sequence[str] = ()) -> Generator[Fabric, None, None]:
    """The network of *lab* in packets, with *hosts* plugged in; *beyond* are addresses behind the router that answer.

    While it stands, the lab's devices are reached by its packets only, at their management addresses.
    """
    raise NotImplementedError


def missing() -> str:
    """Why this tier cannot run here; empty where it can."""
    raise NotImplementedError
