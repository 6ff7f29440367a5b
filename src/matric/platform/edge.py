"""What tells a device's edge: the show commands of each platform for learned addresses, neighbours, power and link.

A driver that can answer them in its own words is a ``Shows``; ``matric.survey.show`` reads the words.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from matric.errors import DeviceError, Refused

__all__ = ("EDGE", "Answer", "Shows", "answers")

EDGE: Mapping[str, tuple[str, ...]] = {
    "ios": (
        "show mac address-table",
        "show lldp neighbors detail",
        "show power inline",
        "show interfaces status",
        "show etherchannel summary",  # an address behind a LAG is learned on the LAG, and its members lead to a switch
    ),
    "eos": (
        "show mac address-table",
        "show lldp neighbors detail",
        "show poe",
        "show interfaces status",
        "show port-channel summary",
    ),
    "junos": (
        "show ethernet-switching table",
        "show lldp neighbors",
        "show poe interface",
        "show interfaces terse",
        "show lacp interfaces",
        "show vlans",  # the table of addresses names VLANs, and this tells their numbers
    ),
    "aoscx": (
        "show mac-address-table",
        "show lldp neighbor-info detail",
        "show power-over-ethernet",
        "show interface brief",
        "show lacp interfaces",
    ),
    "aoss": (
        "show mac-address",
        "show lldp info remote-device detail",
        "show power-over-ethernet brief",
        "show interfaces brief",
        "show trunks",
    ),
}
"""Platform slug -> commands; each only shows, and stands on the platform's allow-list."""


@runtime_checkable
class Shows(Protocol):
    """A driver that passes on a device's own words."""

    def shown(self, command: str) -> str:
        """The answer to one command on the platform's allow-list, as text; Refused where the device knows it not."""
        ...


@dataclass(frozen=True, slots=True)
class Answer:
    """What a device said to one command, or why it did not."""

    command: str
    text: str = ""
    fault: str = ""
    """The device's refusal; empty where it answered."""


def answers(device: object, platform: str) -> tuple[Answer, ...]:
    """What *device*, a driver that is open, says to every command of *platform* (slug) that tells its edge.

    DeviceError where its driver passes no words on.
    """
    if not isinstance(device, Shows):
        raise DeviceError(f"nothing reads what hangs on a device of {platform}. Do: look by hand")
    return tuple(_answers(device, EDGE.get(platform, ())))


def _answers(device: Shows, commands: tuple[str, ...]) -> Iterator[Answer]:
    for command in commands:
        try:
            yield Answer(command, device.shown(command))
        except Refused as error:
            yield Answer(command, fault=str(error))
