"""From a device's configuration text to what it says, whatever it runs."""

from collections.abc import Callable, Mapping
from functools import partial

from matric.config import Config
from matric.switch import Switch, aoscx, aoss, industry, junos
from matric.switch.reader import Reader

__all__ = ("READERS", "intended", "read", "was")

READERS: Mapping[str, Callable[[Config], Switch]] = {
    "aoscx": aoscx.read,
    "aoss": aoss.read,
    "eos": partial(industry.read, "eos"),
    "ios": partial(industry.read, "ios"),
    "junos": junos.read,
}
"""By platform slug."""

_READER = Reader(READERS)
intended, was, read = _READER.intended, _READER.was, _READER.read
