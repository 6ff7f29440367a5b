"""Configuration text of AOS-S as it is read, shown without secrets, and typed."""

import re

from napalm_aruba_osswitch.config import typed

__all__ = ("stripped", "typed_lines", "without_secrets")

SECRETS = (
    r'(?m)^((?:\s*)password (?:manager|operator|port-access).*? (?:plaintext|sha1|sha256) )"?[^\s"]+"?',
    r'(?m)^(\s*aaa authentication local-user .*? (?:plaintext|sha1|sha256) )"?[^\s"]+"?',
    r'(?m)^(\s*(?:radius|tacacs)-server (?:host \S+ )?(?:.*?\b)?(?:encrypted-)?key )"?[^\s"]+"?',
    r'(?m)^(\s*snmp-server community )"?[^\s"]+"?',
    r'(?m)^(\s*snmp-server host \S+ (?:community )?)"?[^\s"]+"?',
    r'(?m)^(\s*snmpv3 user .*?\b(?:auth|priv) (?:md5|sha|des|aes) )"?[^\s"]+"?',
    r'(?m)^(\s*sntp authentication .*key-value )"?[^\s"]+"?',
)


def stripped(text: str) -> str:
    """A configuration from its first comment or line on."""
    rows = text.replace("\r", "").strip("\n").split("\n")
    while rows and (
        not rows[0].strip() or re.match(r"(?i)(running|startup) configuration|configuration file", rows[0])
    ):
        rows.pop(0)
    return "\n".join(rows).rstrip() + "\n"


def without_secrets(text: str) -> str:
    for pattern in SECRETS:
        text = re.sub(pattern, r"\1<removed>", text)
    return text


def typed_lines(text: str) -> list[tuple[bool, str]]:
    """The lines of a merge as they are typed: back to the top before each that stands there."""
    rows: list[tuple[bool, str]] = []
    inside = False
    for (top, line), raw in zip(typed(text), _raw(text), strict=True):
        if line == "end" or (line == "exit" and not inside):
            continue
        if top and inside and line != "exit":
            rows.append((True, "exit"))
        rows.append((top, raw))
        opens = re.fullmatch(r"(?:vlan|interface) \S+|ip access-list (?:standard|extended) \S+|oobm", line) is not None
        inside = opens if top else inside
        inside = inside and line != "exit"
    return [*rows, *([(True, "exit")] if inside else [])]


def _raw(text: str) -> list[str]:
    """The same lines with their quotes."""
    return [
        row.strip() for row in text.replace("\r", "").split("\n") if row.strip() and not row.strip().startswith(";")
    ]
