"""Lines that nothing understood, kept without what may be a secret."""

import re

from matric import secret
from matric.survey.model import Origin, Unread

__all__ = ("guarded", "unread")

_SPOKEN = re.compile(
    r"(?P<keep>\b(?:pass(?:word|phrase|code|wd)?|pwd|pw|psk|pin|secret|community|credentials?|(?:wi-?fi|wpa|shared|wep)"
    r" ?key|key)\b(?: (?:is|was))?\s*[:=]?\s+|\b(?:pass(?:word|phrase|wd)?|pwd|pw|psk|secret|key)\s*[:=]\s*)"
    r"(?P<value>(?!<secret)\S+)",
    re.IGNORECASE,
)
"""How people write a password into a banner, a description or a note, which no configuration's grammar has."""
_BLOB = re.compile(r"(?<![\w/])(?:[0-9A-Fa-f]{8}(?: +|$)){3,}|[A-Za-z0-9+/]{40,}={0,2}|\b[0-9A-Fa-f]{32,}\b")
"""Certificates, keys and hashes, in hexadecimal or base 64."""


def guarded(text: str) -> str:
    """*text* without what may be a secret: the wide net of ``matric.secret``, and how people write passwords."""
    kept = _SPOKEN.sub(lambda found: f"{found['keep']}<secret>", secret.guarded(text))
    return _BLOB.sub("<secret>", kept)


def unread(number: int, text: str, why: str) -> Unread:
    """Line *number* of a text, that nothing understood."""
    return Unread(origin=Origin(source="", line=number), text=guarded(text.strip()), why=why)
