"""From a device's configuration text to what it says, whatever it runs."""

from collections.abc import Callable, Mapping
from functools import lru_cache, partial

from matric.config import Config
from matric.intent.school import Device
from matric.policy.subject import CannotEvaluate, Configuration, Subject
from matric.switch import Switch, aoscx, aoss, industry, junos

__all__ = ("READERS", "intended", "read", "was")

READERS: Mapping[str, Callable[[Config], Switch]] = {
    "aoscx": aoscx.read,
    "aoss": aoss.read,
    "eos": partial(industry.read, "eos"),
    "ios": partial(industry.read, "ios"),
    "junos": junos.read,
}
"""By platform slug."""


def intended(subject: Subject, device: Device) -> Switch:
    """What *device* is to hold; CannotEvaluate where it was not rendered."""
    return _read(_platform(device), subject.intended(device))


def was(subject: Subject, device: Device) -> Switch:
    """What *device* holds today; CannotEvaluate where it was not read."""
    return _read(_platform(device), subject.was(device))


def read(platform: str, tree: Config) -> Switch:
    """What the configuration *tree* of *platform* says; CannotEvaluate where nobody can read the platform."""
    if platform not in READERS:
        raise CannotEvaluate(f"the platform {platform}: nothing here reads it")
    return READERS[platform](tree)


def _platform(device: Device) -> str:
    if device.platform is None or device.platform not in READERS:
        raise CannotEvaluate(f"{device.key}: no rule can read the platform {device.platform}")
    return device.platform


@lru_cache(maxsize=1024)
def _read(platform: str, configuration: Configuration) -> Switch:
    return read(platform, configuration.tree)
