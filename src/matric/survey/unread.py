"""Lines that nothing understood, kept without what may be a secret."""

import re
from collections.abc import Iterable, Sequence

from matric import secret
from matric.survey.model import Origin, Unread

__all__ = ("announced", "guarded", "lines_unread", "unread")

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
_FORM = (
    r"\d{1,3}|0x[0-9A-Fa-f]+|md5|des|des56|3des|aes\d*|sha\d*(?:-\d+)?|hmac-\S+|cipher|simple|plain|hash|text|type|value"
    r"|irreversible-cipher|authentication|authorization|accounting|privacy|read|write|ascii|ascii-text|hex|hexadecimal"
    r"|plaintext|ciphertext|encrypted|inbound|outbound|esp|ah|pass-phrase|raw-key|user-name|key|key-string|key-id|cak"
    r"|encryption-key|common|local|remote|secret|password|level|simple-text-auth|name|auth-pass|priv-pass"
)
_ANNOUNCED = re.compile(
    r"(?P<keep>(?<![^\s{;])(?:[\w-]*(?:password|passphrase|secret|key|psk|cak|community|auth-pass|priv-pass)"
    r"|password-override|authpassword|plain-text-password-value|key-string|auth(?:entication)?-mode|privacy-mode|priv"
    rf"|auth-type|sa string-key|authentication)(?:\s+(?:{_FORM})){{1,6}}\s+|(?<![^\s{{;])(?:password-override"
    r"|authpassword|cak|auth-pass|priv-pass|[\w-]+-password(?:-value)?|community-name)\s+)"
    rf"(?P<value>(?!(?:{_FORM}|<secret>|\{{)(?:\s|$))(?:\"[^\"]*\"|[^\s;]+))",
    re.IGNORECASE,
)
"""A secret behind several words of its form, as Comware, AOS-S, AOS-CX, ICX and Junos have them."""
_QUOTED = re.compile(
    r"(?P<keep>(?<![^\s{;])(?:[\w-]*(?:password|secret|key|community|plaintext|ciphertext|sha1|sha256)|key-string|key-value"
    r"|community name)\s+)\"(?!<secret>\")[^\"]*\"",
    re.IGNORECASE,
)
"""A secret between quotation marks, which may hold blanks."""
_ELSEWHERE = re.compile(
    r"(?P<keep>\b(?:standby|nhrp|vrrp|glbp)\b(?: \S+){0,3} authentication (?!md5\b|text\b|key)"
    r"|\busm-user v(?:1|2c) |\bsnmp-server host \S+ [0-2] |\b(?:ingest|cv)?auth=(?:key|token|token-secure),"
    r"|\bkey [0-9a-f]{1,64} [07] |\benvironment \S{0,32}?(?:pass|pw|pwd|secret|key)\S{0,32} "
    r"|\bsimple-text-auth |\blog ?[io]n:? [^\s/]{1,64} ?/ ?(?=\S)"
    r"|\b(?:pass|pw|pwd|pin|passcode) (?!<secret>|log$|through\b|the\b))"
    r"[^\s,;\"]+",
    re.IGNORECASE,
)
"""Secrets that no such word announces: of SNMP, HSRP, VRRP, NHRP, MACsec and agents, and as people note them."""
_WORDS = re.compile(
    r"pass|secret|key|psk|cak|communit|auth|priv|pw|pin\b|usm-user|snmp-server|log ?[io]n", re.IGNORECASE
)
_BLOB = re.compile(r"(?<![\w/])(?:[0-9A-Fa-f]{8}(?: +|$)){3,}|[A-Za-z0-9+/]{40,}={0,2}|\b[0-9A-Fa-f]{32,}\b")
"""Certificates, keys and hashes, in hexadecimal or base 64."""


def guarded(text: str) -> str:
    """*text* without what may be a secret: the wide net of ``matric.secret``, and how people write passwords."""
    kept = _TYPED.sub(lambda found: f"{found['keep']}<secret>", announced(text))
    kept = _HASHED.sub(lambda found: f"{found['keep'] or ''}<secret>", kept)
    # Before the wide net, which would take the "is" of "the password is ..." for the password.
    kept = secret.guarded(_SPOKEN.sub(lambda found: f"{found['keep']}<secret>", kept))
    return _BLOB.sub("<secret>", kept)


def announced(text: str) -> str:
    """*text* without secrets behind several words, between quotation marks, or behind words of one protocol.

    These go first: whoever takes the next word for the secret takes the name of its form, and leaves the secret.
    """
    if not _WORDS.search(text):
        return text
    for wide in (_ANNOUNCED, _QUOTED, _ELSEWHERE):
        text = wide.sub(lambda found: f"{found['keep']}<secret>", text)
    return text


_ANNOUNCES = re.compile(
    r"(?:pass(?:word|phrase|code|wd)?s?|pwd|pw|psk|pin|secret|credentials?|log ?-?ins?|key|communit(?:y|ies))\W*"
    r"(?:(?:is|are|was|now|with|follows|below)\b\W*)*$",
    re.IGNORECASE,
)
"""A line that ends before the secret that it speaks of."""


def lines_unread(lines: Sequence[str], numbers: Iterable[int], why: str) -> tuple[Unread, ...]:
    """The *lines* of a text at *numbers* (from 0), that nothing understood; what follows a line that breaks off before
    its secret is not kept.
    """
    found: list[Unread] = []
    for at in numbers:
        above = next((line for line in reversed(lines[max(0, at - 3) : at]) if line.strip()), "")
        text = "<secret>" if _ANNOUNCES.search(above) else lines[at]
        found.append(unread(at + 1, text, why))
    return tuple(found)


def unread(number: int, text: str, why: str) -> Unread:
    """Line *number* of a text, that nothing understood."""
    return Unread(origin=Origin(source="", line=number), text=guarded(text.strip()), why=why)
