"""Where a device has no atomic replace: the lines that lead it to its target, in an order proven against the school."""

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from matric.config import parse
from matric.intent.school import Device, School
from matric.platform.base import Look, Platform
from matric.switch import Switch, reading

if TYPE_CHECKING:
    from matric.secret import Vault

__all__ = ("Ground", "lines_of", "tells")

_PROSE = re.compile(r"^\s*(?:no )?(?:description|name|banner|snmp-server (?:system-)?(?:location|contact))\b")
_FACTORY = re.compile(r"\bcommunity \"?(?:public|private)\b")
"""No secrets, though they look like one."""


class Ground:
    """The school while it is changed: what each device holds before and after its turn.

    Devices are armed one after the other, so when *device* is at it those before it hold what is intended, and those
    after it what they were read to hold.
    """

    def __init__(
        self,
        school: School,
        platforms: Mapping[str, Platform],
        looks: Mapping[str, Look | None],
        targets: Mapping[str, str],
        order: Sequence[str],
    ) -> None:
        """*looks* and *targets* (texts) by device key; *order* are the keys of the devices that change."""
        self.school = school
        self.platforms = platforms
        self._order = tuple(order)
        self._texts = {key: look.running for key, look in looks.items() if look is not None}
        self._targets = targets

    def during(self, key: str) -> dict[str, Switch]:
        """Device name -> what it holds while *key* is changed."""
        armed = set(self._order[: self._order.index(key)])
        return {
            device.name: self._read(device, self._targets[device.key] if device.key in armed else text)
            for device in self.school.configured
            if (text := self._texts.get(device.key)) is not None
        }

    def _read(self, device: Device, text: str) -> Switch:
        platform = self.platforms[device.platform or ""]
        return reading.read(platform.slug, parse(text, platform.rules))


def lines_of(ground: Ground, device: Device, running: str, target: str, vault: "Vault | None") -> tuple[str, ...]:
    """The lines from *running* to *target* (with references). ``ordering.Unsafe`` where no order is safe.

    None of them holds a secret: what no reference stands for is named by its place (``secret.held``).
    """
    from matric import ordering  # noqa: PLC0415 - hier_config costs a quarter of a second of CPU
    from matric.secret import held  # noqa: PLC0415 - pulls in hashlib's slow forms

    platform = ground.platforms[device.platform or ""]
    shown, wanted = held.named(parse(running, platform.rules), parse(target, platform.rules), platform.rules, vault)
    cut = ordering.plan_cut(ground.school, device, ground.during(device.key))
    return ordering.ordered(platform, shown.text(), wanted.text(), cut=cut).lines


def tells(line: str, *, of_device: bool) -> bool:
    """True where *line* looks as if it held a secret that no rule of the platform names by its place.

    Lines of a template hold references; those that take something away, and all of a backup, are the device's own.
    """
    if not (of_device or line.lstrip().startswith("no ")) or _PROSE.match(line):
        return False
    from matric.secret import guarded  # noqa: PLC0415 - pulls in hashlib's slow forms

    plain = _FACTORY.sub("", line)
    return guarded(plain) != plain
