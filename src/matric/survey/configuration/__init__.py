"""What a whole configuration tells, on any platform; each line is understood, or named as one that is not."""

from collections.abc import Callable, Mapping
from functools import partial

from matric.survey.configuration.aoscx import GRAMMAR as AOSCX
from matric.survey.configuration.aoss import GRAMMAR as AOSS
from matric.survey.configuration.cisco import EOS_GRAMMAR, IOS_GRAMMAR
from matric.survey.configuration.comware import GRAMMAR as COMWARE
from matric.survey.configuration.icx import GRAMMAR as ICX
from matric.survey.configuration.junos import told as junos
from matric.survey.configuration.reading import told
from matric.survey.told import Told
from matric.survey.unread import unread

__all__ = ("READERS", "read")

READERS: Mapping[str, Callable[[str], Told]] = {
    "aoscx": partial(told, AOSCX, "aoscx"),
    "aoss": partial(told, AOSS, "aoss"),
    "comware": partial(told, COMWARE, "comware"),
    "eos": partial(told, EOS_GRAMMAR, "eos"),
    "icx": partial(told, ICX, "icx"),
    "ios": partial(told, IOS_GRAMMAR, "ios"),
    "junos": junos,
}
"""By platform slug."""


def read(platform: str, text: str) -> Told:
    """What the configuration *text* of *platform* (slug) tells. Never raises.

    ``lines == understood + len(unread)``. Of a platform that nobody here reads, no line is understood.
    """
    if platform in READERS:
        return READERS[platform](text)
    why = f"nothing reads a configuration of {platform!r}"
    every = [(at, line) for at, line in enumerate(text.replace("\r", "").split("\n"), 1) if line.strip()]
    left = tuple(unread(at, line, why) for at, line in every)
    return Told(lines=len(left), understood=0, unread=left)
