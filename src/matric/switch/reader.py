"""From a device's configuration to a view of it, whatever the device runs: which reader takes it, and what is kept."""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Generic, TypeVar

from matric.config import Config
from matric.intent.school import Device
from matric.policy.subject import CannotEvaluate, Configuration, Subject

__all__ = ("Reader",)

View = TypeVar("View")
KEPT = 1024
"""Views that are kept: of a configuration that is asked about again nothing is read twice."""


class Reader(Generic[View]):
    """One kind of view, read from the configuration of any platform that somebody can read."""

    def __init__(self, readers: Mapping[str, Callable[[Config], View]]) -> None:
        """*readers* by platform slug."""
        self._readers = readers
        self._kept = lru_cache(maxsize=KEPT)(self._whole)

    def intended(self, subject: Subject, device: Device) -> View:
        """What *device* is to hold; CannotEvaluate where it was not rendered, or nobody reads its platform."""
        return self._kept(self._platform(device), subject.intended(device))

    def was(self, subject: Subject, device: Device) -> View:
        """What *device* holds today; CannotEvaluate where it was not read, or nobody reads its platform."""
        return self._kept(self._platform(device), subject.was(device))

    def read(self, platform: str, tree: Config) -> View:
        """What the configuration *tree* of *platform* says; CannotEvaluate where nobody can read the platform."""
        if platform not in self._readers:
            raise CannotEvaluate(f"the platform {platform}: nothing here reads it")
        return self._readers[platform](tree)

    def _platform(self, device: Device) -> str:
        if device.platform is None or device.platform not in self._readers:
            raise CannotEvaluate(f"{device.key}: no rule can read the platform {device.platform}")
        return device.platform

    def _whole(self, platform: str, configuration: Configuration) -> View:
        return self.read(platform, configuration.tree)
