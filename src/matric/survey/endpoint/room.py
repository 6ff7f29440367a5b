"""In which room something is, as far as anybody wrote it down."""

import re
from collections.abc import Mapping

from matric.survey.endpoint import kind
from matric.survey.model import Survey

__all__ = ("Rooms", "location")

_LOCATION = re.compile(
    r"""^\s*(?:set\s+)?(?:snmp-server|snmp|snmp-agent\ sys-info|system)\s+location\s+["']?(?P<where>[^"';\r\n]+)""",
    re.IGNORECASE | re.MULTILINE | re.VERBOSE,
)
"""How IOS, EOS, AOS-CX, AOS-S, ICX, Comware and Junos (as set lines) say where a device stands."""


def location(configuration: str) -> str:
    """Where the device of *configuration* says it stands; empty where it says nothing."""
    found = _LOCATION.search(configuration)
    return found["where"].strip() if found is not None and "***" not in found["where"] else ""


class Rooms:
    """Where the ports of a survey's devices lead; *locations* is where NetBox has each device."""

    def __init__(self, survey: Survey, locations: Mapping[str, str]) -> None:
        self._told = {device.name: said for device in survey.devices if (said := location(device.configuration))}
        self._recorded = locations

    def of(self, device: str, description: str) -> tuple[str, str]:
        """Room, and who says so; both empty where nobody does."""
        if room := kind.room_in(description):
            return room, "port description"
        # A socket may be anywhere around the cabinet that it is wired from.
        if recorded := self._recorded.get(device, ""):
            return f"wired from {recorded}", f"location of {device} in NetBox"
        if told := self._told.get(device, ""):
            return f"wired from {told}", f"location of {device}"
        return "", ""
