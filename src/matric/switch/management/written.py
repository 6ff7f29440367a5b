"""The lines of a rendered configuration, and how the secrets in them are written."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from matric.intent.school import Device
from matric.platform import get as platform
from matric.policy.subject import Configuration, Subject
from matric.secret import TOKEN, masked_line

__all__ = ("Written", "lines", "written")

CLEAR = frozenset({"0", "7", "ascii", "plaintext"})
"""Words for a secret that is written out, or that can be read back."""
ONE_WAY = re.compile(r"\$[1568]\$\S+|[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64}")
"""What a device keeps instead of a password, without a word for its kind before it."""
HIDDEN = "..."


@dataclass(frozen=True, slots=True)
class Written:
    """One line."""

    shown: str
    """With the heads above it, and dots for what is secret: for people."""
    text: str
    """The line alone, with dots for what is secret."""
    secrets: tuple[str, ...]
    """What stands in the places of secrets: for no one to see."""
    clear: bool
    """True where one of them is neither a reference nor a one-way hash."""


def written(subject: Subject, device: Device) -> tuple[Written, ...]:
    """The lines that *device* is to hold; CannotEvaluate where it was not rendered."""
    return _lines(device.platform or "", subject.intended(device))


@lru_cache(maxsize=256)
def _lines(slug: str, configuration: Configuration) -> tuple[Written, ...]:
    return tuple(lines(slug, configuration))


def lines(slug: str, configuration: Configuration) -> Iterator[Written]:
    """Every line of *configuration* of platform *slug*."""
    patterns = tuple(re.compile(pattern) for pattern in platform(slug).rules.secret)
    for heads, line in configuration.tree.walk():
        masked, secrets = masked_line(heads, line.text, patterns)
        text = masked.replace("\x00", HIDDEN)
        above = (head.rstrip("{ ") for head in heads)
        yield Written(" > ".join((*above, text)), text, secrets, any(map(_clear, secrets)))


def _clear(secret: str) -> bool:
    words = secret.strip('"').split()
    if not words or TOKEN.fullmatch(words[-1].strip('"')):
        return False
    return words[0] in CLEAR if len(words) > 1 else not ONE_WAY.fullmatch(words[0])
