"""What no text may show: every value that was resolved in this process, and what looks like a secret."""

import base64
import json
import re
from urllib.parse import quote

from matric.secret import password
from matric.secret.reference import token

__all__ = ("KNOWN", "NET", "WIDE", "WORDS", "Known", "guarded", "redact")

SHORTEST_REDACTED = 4
NET = re.compile(
    r"(?P<keep>(?:(?<!<)\b(?:password(?: (?:manager|operator|port-access)(?: user-name \S+)?)?|secret|key|community"
    r"|passphrase|set-key|auth (?:sha|md5)|priv aes(?: 128)?"
    r"|(?:auth|priv)-pass)(?: (?:[05-9]|sha512|ascii \d|plaintext|ciphertext|sha1|sha256))?) \"?)"
    r"(?P<value>(?!\"?<(?:secret|held|kept)|changed>|not compared>|(?:manager|operator|port-access)\b|user-name "
    r"|(?:auth|priv)-pass |(?:[05-9]|128|sha512|ascii|plaintext|ciphertext|sha1|sha256) )(?:[^\s\"]|\"(?=\S))+)"
    r"|(?P<hash>\$(?:1|5|6|8|9)\$[^\s$]+\$[^\s\"',]+|\$9\$[^\s\"',;$]+)"
)
WIDE = re.compile(
    r"(?P<keep>(?:\b(?:key-string|key-value|encrypted-key|community-name|trap-group|ciphertext|plaintext)"
    r"|\b(?:message-digest|authentication)-key \d+ (?:type )?\w+(?: value)?|\bpre-shared-key(?: local| remote)?"
    r"|\b(?:shared|client)-secret|\bpsk(?: ascii| hex)?|\bauthentication (?:text|mode md5 key-string)"
    r"|\bsnmpv3 community index \S+ name|\b(?:auth|priv)(?: (?:md5|sha|des|aes))?(?= \")"
    r"|^[-+ ]*(?:no )?snmp-server host \S+(?: vrf \S+)?(?: traps?| informs?)?(?: version v?(?:1|2c))?)"
    r"(?: (?:[05-9]|ciphertext|plaintext))? |://[^\s/:@\"]+:(?=[^\s/@]+@))"
    r"(?P<value>(?!\"?<(?:secret|held|kept)|(?:[05-9]|version|vrf|traps?|informs?|community|user|set-key|ascii|hex|local"
    r"|remote|ciphertext|plaintext) )\S+)",
    re.MULTILINE,
)
"""More of what may hold a secret than one would take out of a text for people."""
WORDS = frozenset({
    "authentication", "chain", "generate", "ipv4", "encryption", "hash", "reference", "references", "];",
})  # fmt: skip


class Known:
    """Every value resolved in this process, in each form it may show up in."""

    def __init__(self) -> None:
        self._shown: dict[str, str] = {}
        self._clear: dict[str, str] = {}
        self._net: re.Pattern[str] | None = None

    def add(self, ref: str, value: str) -> None:
        if value in self._clear and value in self._shown:
            return
        self._clear[value] = value
        if len(value) < SHORTEST_REDACTED:
            # Nothing hides a secret of one letter: its encoded forms would only take harmless words out of texts.
            return
        raw = value.encode()
        forms = {value, base64.b64encode(raw).decode(), raw.hex(), raw.hex().upper(), quote(value, safe="")}
        forms |= {json.dumps(value)[1:-1], base64.b64encode(raw).decode().rstrip("=")}
        forms |= {password.disguise(value, offset) for offset in range(16)}
        for form in forms:
            self._remember(form, ref)

    def sent(self, sent: str, clear: str, ref: str) -> None:
        """*sent* is a form of *clear*: both to be known again."""
        self._clear[sent] = clear
        self._remember(sent, ref)

    def clear(self, sent: str) -> str | None:
        return self._clear.get(sent)

    def _remember(self, form: str, ref: str) -> None:
        if len(form) >= SHORTEST_REDACTED and form not in self._shown:
            self._shown[form] = ref
            self._net = None

    def redact(self, text: str) -> str:
        if self._shown and self._net is None:
            longest_first = sorted(self._shown, key=lambda form: (-len(form), form))
            self._net = re.compile("|".join(re.escape(form) for form in longest_first))
        return text if self._net is None else self._net.sub(lambda found: token(self._shown[found[0]]), text)


KNOWN = Known()


def redact(text: str) -> str:
    """*text* without any value resolved in this process, in any usual encoding, nor anything that looks like one."""
    return NET.sub(_netted, KNOWN.redact(text))


def guarded(text: str) -> str:
    """*text* redacted with the wider net: for what a device holds and what then leaves for a forge or a kept file.

    It may take out what only looks like a secret, which ``redact`` may not: that one is for prose as well.
    """
    return redact(WIDE.sub(lambda found: f"{found['keep']}<secret>", text))


def _netted(found: "re.Match[str]") -> str:
    if found["hash"]:
        return "<secret>"
    return found[0] if found["value"] in WORDS else f"{found['keep']}<secret>"
