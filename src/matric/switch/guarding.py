"""From a device's configuration text to what protects it at layer 2, whatever it runs."""

from collections.abc import Callable, Mapping
from functools import partial

from matric.config import Config
from matric.switch import guard_aoscx, guard_aoss, guard_industry, guard_junos
from matric.switch.guard import Guards
from matric.switch.reader import Reader

__all__ = ("READERS", "guards")

READERS: Mapping[str, Callable[[Config], Guards]] = {
    "aoscx": guard_aoscx.read,
    "aoss": guard_aoss.read,
    "eos": partial(guard_industry.read, "eos"),
    "ios": partial(guard_industry.read, "ios"),
    "junos": guard_junos.read,
}
"""By platform slug."""

guards = Reader(READERS).intended
