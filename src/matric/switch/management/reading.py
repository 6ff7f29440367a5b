"""From a device's configuration text to what it says about its management, whatever it runs."""

from collections.abc import Callable, Mapping
from functools import partial

from matric.config import Config
from matric.switch import Switch, reading
from matric.switch.management import Management, aoscx, aoss, industry, junos
from matric.switch.reader import Reader

__all__ = ("READERS", "intended", "read", "was")

READERS: Mapping[str, Callable[[Config, Switch], Management]] = {
    "aoscx": aoscx.read,
    "aoss": aoss.read,
    "eos": partial(industry.read, "eos"),
    "ios": partial(industry.read, "ios"),
    "junos": junos.read,
}
"""By platform slug."""


def _with_switch(platform: str, tree: Config) -> Management:
    """Which ports and lists there are is read from the same lines."""
    return READERS[platform](tree, reading.read(platform, tree))


_READER = Reader({platform: partial(_with_switch, platform) for platform in READERS})
intended, was, read = _READER.intended, _READER.was, _READER.read
