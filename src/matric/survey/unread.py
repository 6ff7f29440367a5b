"""Lines that nothing understood, kept without what may be a secret."""

import re

from matric import secret
from matric.survey.model import Origin, Unread

__all__ = ("guarded", "unread")

_HASHED = re.compile(
    r"(?P<keep>\b(?:irreversible-cipher|cipher|simple|hash|ciphertext|plaintext|sha1|sha256|sha512|md5) )(?P<value>\S+)"
    r"|(?P<hash>\$+\w{1,2}\$+\S+)"
)
"""How platforms that ``matric.secret`` has no rules for write what they hide: Comware, ICX."""
_TYPED = re.compile(
    r"(?P<keep>\b(?:password|secret|key|community|key-string|psk|md5|auth-key|encrypted-password|securityname)"
    r"(?:\s+(?:\d{1,2}|md5|key-string|ascii|hex|ascii-text|sha\d*|read|write|encrypted|cipher|simple))*\s+)"
    r"(?P<value>(?!(?:md5|key-string|ascii|hex|ascii-text|read|write|encrypted|cipher|simple)\s)"
    r"(?:(?<=\s\d\s)\S+|(?<=(?:md5|hex)\s)\S+|(?<=(?:ascii|write)\s)\S+|(?<=read\s)\S+|(?<=simple\s)\S+"
    r"|(?<=key-string\s)\S+|(?<=securityname\s)\S+))",
    re.IGNORECASE,
)
"""A secret behind the number or the name of its form: that word must not be taken for the secret."""
_SPOKEN = re.compile(
    r"(?P<keep>\b(?:pass(?:word|phrase|code|wd)|pwd|psk)s?\b(?:\s+(?:is|was))?\s*[:=-]?\s+"
    r"|\b(?:pass(?:word|phrase|code|wd)?|pwd|pw|psk|pin|secret|community|credentials?|(?:\w+[ -])?key)\s*[:=]\s*"
    r"|\b(?:pass|pw|pin|secret|community|(?:wi-?fi|wpa|shared|wep|network) ?key|key)\s+(?:is|was)\s+)"
    r"(?P<value>(?!<secret)(?:(?:\d|ascii-text|ascii|text|hex|encrypted) )?\S+)",
    re.IGNORECASE,
)
"""How people write a password into a banner, a description or a note, which no configuration's grammar has.

A "key stage" is a word of schools, so ``key`` alone is followed by no secret.
"""
_BLOB = re.compile(r"(?<![\w/])(?:[0-9A-Fa-f]{8}(?: +|$)){3,}|[A-Za-z0-9+/]{40,}={0,2}|\b[0-9A-Fa-f]{32,}\b")
"""Certificates, keys and hashes, in hexadecimal or base 64."""


def guarded(text: str) -> str:
    """*text* without what may be a secret: the wide net of ``matric.secret``, and how people write passwords."""
    kept = _TYPED.sub(lambda found: f"{found['keep']}<secret>", text)
    kept = _HASHED.sub(lambda found: f"{found['keep'] or ''}<secret>", kept)
    # Before the wide net, which would take the "is" of "the password is ..." for the password.
    kept = secret.guarded(_SPOKEN.sub(lambda found: f"{found['keep']}<secret>", kept))
    return _BLOB.sub("<secret>", kept)


def unread(number: int, text: str, why: str) -> Unread:
    """Line *number* of a text, that nothing understood."""
    return Unread(origin=Origin(source="", line=number), text=guarded(text.strip()), why=why)
