"""A configuration fit to be kept: without its secrets, wherever a person or a platform put them.

Rather too much is taken out than too little: this file goes into git, and who reads it there needs no password.
"""

import re
from functools import lru_cache

from matric import secret
from matric.platform.base import ConfigRules
from matric.survey import unread

__all__ = ("banner", "configuration")

_MORE = re.compile(
    r"(?P<keep>\b(?:password|key|secret|community|authentication-mode|auth-key|passphrase|simple-password|set-key)"
    r"(?: (?:cipher|simple|hash|irreversible-cipher|authentication|privacy|read|write|sha\d*|md5|ascii-text|hex"
    r"|encrypted))+ "
    r"|\bcommunity (?:read|write)(?: (?:cipher|simple))? |\b(?:cipher|irreversible-cipher|simple) (?=\$)"
    r"|\bpriv (?:des56|des|3des|aes)(?: \d+)? |\bencrypted-password |\bwep\d* \S+ "
    r"|^\s*snmp-server host \S+ version v[12]c? (?:(?:\d|<secret>) )?"
    r"|\b(?:key|password|passphrase|psk|secret)-?(?:string|phrase)?:? ?= ?"
    r"|\b(?:chap|pap|ftp|scp|http|tftp) password(?: \d)? )"
    r"(?P<value>(?!\"?<secret)\S+)",
    re.IGNORECASE,
)
_CRYPT = re.compile(r"\$(?:c|h|sha1|y|2[aby]|1|5|6|8|9|14)\$\S+")
_BANNER = re.compile(
    r"^\s*(?:banner (?:motd|login|exec|incoming|message-of-the-day)?|header (?:motd|login|shell|legal|incoming)"
    r"|(?:set system login )?(?:message|announcement))\b\s*(?P<rest>.*)$"
)
_TELLING = re.compile(
    r"pass|pwd|\bpin\b|\bpw\b|secret|\bkey\b|log ?-?[io]n|credential|\buser|wi-?fi|psk|\bcode\b|admin|\broot\b",
    re.IGNORECASE,
)
"""A line of a banner with one of these words is not kept: nobody can tell which of its words is the secret."""
_SPEAKING = re.compile(
    r"pass(?!ing|enger|age)|pwd|\bpin\b|\bpw\b|secret|\bkey\b|credential|wi-?fi|psk|\bcode\b", re.IGNORECASE
)
"""Of a banner with one of these nothing is kept: the secret may stand in another line."""
_GOES_ON = re.compile(r"(?:\b(?:with|as|is|and|by)|[:=,-])\s*$", re.IGNORECASE)
_LONGEST_BANNER = 400
"""Lines; one that does not end by then is none, and must not take the rest of a configuration with it."""
_PEM = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----")
_PEM_END = re.compile(r"-----END [A-Z ]*PRIVATE KEY-----")


def configuration(platform: str, text: str) -> str:
    """*text*, a configuration of *platform* (slug; may be empty), redacted; it has as many lines as before."""
    patterns = _patterns(platform)
    heads: list[tuple[int, str]] = []
    kept: list[str] = []
    until, private, said = "", False, [""]
    lines = text.split("\n")
    for at, line in enumerate(lines):
        if private:
            private = _PEM_END.search(line) is None
            kept.append("<secret>" if private else line)
        elif until:
            over = until in line if until != line.strip() else True
            said.append(line)
            until = "" if over else until
            if over:
                kept += banner("\n".join(said)).split("\n")[1:]
        else:
            private = _PEM.search(line) is not None
            begun = _BANNER.match(line)
            until = _ends_with(begun["rest"]) if begun else ""
            if not any(until in below for below in lines[at + 1 : at + _LONGEST_BANNER]):
                until = ""
            first = begun["rest"] if begun else ""
            said = [first]
            telling = begun is not None and _TELLING.search(first) is not None
            kept.append(f"{line[: begun.start('rest')]}<secret>" if begun and telling else _line(line, heads, patterns))
    return "\n".join(kept)


def banner(text: str) -> str:
    """*text*, which people wrote for whoever logs in, line by line; nothing of it where it speaks of a secret, and no
    line that speaks of accounts.

    A word may be broken between two lines, and the secret may stand above or below what announces it. A last line
    without words, which ends it, stays.
    """
    lines = text.split("\n")
    if not any(_SPEAKING.search(one) for one in (text, text.replace("\n", ""), re.sub(r"-?\n\s*", "", text))):
        telling = [_TELLING.search(line) is not None for line in lines]
        goes_on = [False, *(of and _GOES_ON.search(line) is not None for of, line in zip(telling, lines, strict=True))]
        return "\n".join(
            "<secret>" if of or (above and line.strip()) else unread.guarded(line)
            for of, above, line in zip(telling, goes_on, lines, strict=False)
        )
    ends = len(lines) > 1 and not re.search(r"\w{3}", lines[-1])
    hidden = ["<secret>" if line.strip() else line for line in lines]
    return "\n".join([*hidden[:-1], lines[-1]] if ends or lines[-1].strip() == "EOF" else hidden)


def _ends_with(rest: str) -> str:
    """What ends a banner that begins with *rest* on its line; empty where it ended there."""
    words = rest.split()
    if words and words[0] in ("motd", "login", "exec"):
        words = words[1:]
    if not words:
        return "EOF"
    mark = words[0] if words[0] in ("^C", "^") else words[0][:2] if words[0].startswith("^C") else words[0][0]
    return "" if mark in rest.strip()[len(mark) :] or rest.rstrip().endswith(";") or mark.isalnum() else mark


def _line(line: str, heads: list[tuple[int, str]], patterns: "tuple[re.Pattern[str], ...]") -> str:
    body = line.lstrip()
    if not body:
        return line
    depth = len(line) - len(body)
    while heads and heads[-1][0] >= depth:
        heads.pop()
    line = unread.announced(line)
    body = line.lstrip()
    if patterns:
        masked, values = secret.masked_line(tuple(head for _, head in heads), body, patterns)
        if values:
            line = line[:depth] + masked.replace("\x00", "<secret>")
    heads.append((depth, body))
    return _guarded(line)


_HINT = re.compile(
    r"pass|secret|key|community|auth|priv|psk|cipher|wep|\$|://|snmp|pin\b|pwd|pw\b|credential|trap-group|plaintext"
    r"|[0-9A-Fa-f]{8}|[A-Za-z0-9+/]{40}",
    re.IGNORECASE,
)


@lru_cache(maxsize=4096)
def _guarded(line: str) -> str:
    """Most lines hold none of the words that come before a secret: those are kept without a closer look."""
    if not _HINT.search(line):
        return secret.redact(line)
    line = _MORE.sub(lambda found: f"{found['keep']}<secret>", line)
    return _CRYPT.sub("<secret>", unread.guarded(line))


@lru_cache(maxsize=16)
def _patterns(platform: str) -> "tuple[re.Pattern[str], ...]":
    rules = _rules(platform)
    return tuple(re.compile(pattern) for pattern in rules.secret) if rules else ()


def _rules(platform: str) -> ConfigRules | None:
    from matric.platform import aoscx_rules, aoss_rules, eos_rules, ios_rules, junos_rules  # noqa: PLC0415 - on use

    known = {"ios": ios_rules, "eos": eos_rules, "junos": junos_rules, "aoscx": aoscx_rules, "aoss": aoss_rules}
    return known[platform].RULES if platform in known else None
