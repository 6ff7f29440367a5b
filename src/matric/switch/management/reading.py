"""From a device's configuration text to what it says about its management, whatever it runs."""

from collections.abc import Callable, Mapping
from functools import lru_cache, partial

from matric.config import Config
from matric.intent.school import Device
from matric.policy.subject import CannotEvaluate, Configuration, Subject
from matric.switch import Switch, reading
from matric.switch.management import Management, aoscx, aoss, industry, junos

__all__ = ("READERS", "intended", "read", "was")

READERS: Mapping[str, Callable[[Config, Switch], Management]] = {
    "aoscx": aoscx.read,
    "aoss": aoss.read,
    "eos": partial(industry.read, "eos"),
    "ios": partial(industry.read, "ios"),
    "junos": junos.read,
}
"""By platform slug."""


def intended(subject: Subject, device: Device) -> Management:
    """How *device* is to be managed; CannotEvaluate where it was not rendered."""
    return _read(_platform(device), subject.intended(device))


def was(subject: Subject, device: Device) -> Management:
    """How *device* is managed today; CannotEvaluate where it was not read."""
    return _read(_platform(device), subject.was(device))


def read(platform: str, tree: Config) -> Management:
    """What the configuration *tree* of *platform* says; CannotEvaluate where nobody can read the platform."""
    if platform not in READERS:
        raise CannotEvaluate(f"the platform {platform}: nothing here reads it")
    return READERS[platform](tree, reading.read(platform, tree))


def _platform(device: Device) -> str:
    if device.platform is None or device.platform not in READERS:
        raise CannotEvaluate(f"{device.key}: no rule can read the platform {device.platform}")
    return device.platform


@lru_cache(maxsize=1024)
def _read(platform: str, configuration: Configuration) -> Management:
    return read(platform, configuration.tree)
