"""From a device's configuration text to what protects it at layer 2, whatever it runs."""

from collections.abc import Callable, Mapping
from functools import lru_cache, partial

from matric.config import Config
from matric.intent.school import Device
from matric.policy.subject import CannotEvaluate, Configuration, Subject
from matric.switch import guard_aoscx, guard_aoss, guard_industry, guard_junos
from matric.switch.guard import Guards

__all__ = ("READERS", "guards")

READERS: Mapping[str, Callable[[Config], Guards]] = {
    "aoscx": guard_aoscx.read,
    "aoss": guard_aoss.read,
    "eos": partial(guard_industry.read, "eos"),
    "ios": partial(guard_industry.read, "ios"),
    "junos": guard_junos.read,
}
"""By platform slug."""


def guards(subject: Subject, device: Device) -> Guards:
    """What *device* is to be protected by; CannotEvaluate where it was not rendered, or nobody reads its platform."""
    if device.platform is None or device.platform not in READERS:
        raise CannotEvaluate(f"{device.key}: no rule can read the platform {device.platform}")
    return _read(device.platform, subject.intended(device))


@lru_cache(maxsize=1024)
def _read(platform: str, configuration: Configuration) -> Guards:
    return READERS[platform](configuration.tree)
