"""What has to be shown before a password is: that it is network equipment which answers, or that an engineer named it.

Computers, printers, recorders and telephones answer on the same ports, and a school's password for its switches opens
more than switches. What is judged here is shown before anybody logs in.
"""

import base64
import re

from matric.survey import kit
from matric.survey.endpoint.maker import maker
from matric.survey.unread import guarded
from matric.walk.door import Greeting
from matric.walk.frontier import Word

__all__ = ("why_not",)

_SWITCH = re.compile(r"SSH-[\d.]+-(?:Cisco-|Comware|HUAWEI|H3C)")
"""SSH servers (RFC 4253, section 4.2) that nobody but a maker of network equipment has."""
_EMBEDDED = re.compile(r"SSH-[\d.]+-(?:Mocana|RomSShell|OpenSSH_[\d.p]+$)")
"""SSH servers of switches, and of much else: a sign beside the maker of the address."""
_MAKES_SWITCHES_TOO = re.compile(r"(?:hewlett packard|hpe?\b|aruba|ruckus)", re.IGNORECASE)
_COMPUTER = re.compile(
    r"windows|debian|ubuntu|raspb|openbsd|netbsd|darwin|dropbear|mpssh|bitvise|winsshd|weonlydo|libssh|paramiko"
    r"|twisted|asyncssh|sshlib|-go\b|russh|esxi|synology|qnap|hikvision|dahua",
    re.IGNORECASE,
)
"""SSH servers of computers, of their out-of-band management, and of recorders and cameras."""
REMEDY = "if it is a switch of the school, name it: --seed {address}"


def why_not(greeting: Greeting, word: Word) -> str:
    """Why what has greeted is shown no password; empty where it may be. *word* is what others say of it."""
    if word.engineer:
        return ""
    if _COMPUTER.search(greeting.software):
        called = guarded(" ".join(greeting.software.split())[:60])
        return f"not asked: it calls itself {called}, which is no switch's"
    fits = _is_eapi(greeting, word) if greeting.door.kind == "eapi" else _is_switch(greeting, word)
    return "" if fits else "not asked: nothing says that it is a switch"


def _is_eapi(greeting: Greeting, word: Word) -> bool:
    """Arista's, by a neighbour's word, the maker of its address, or its certificate: any other web page is none."""
    said = kit.platform_in(word.kind) == "eos" or any("Arista" in maker(one) for one in word.macs)
    return said or b"Arista" in _der(greeting.key)


def _is_switch(greeting: Greeting, word: Word) -> bool:
    if word.forwards or _SWITCH.match(greeting.software):
        return True
    if any(kit.network_maker(one) for one in word.macs):
        return word.named or _EMBEDDED.match(greeting.software) is not None
    too = any(_MAKES_SWITCHES_TOO.match(maker(one)) for one in word.macs)
    return too and _EMBEDDED.match(greeting.software) is not None


def _der(pem: str) -> bytes:
    """A certificate's bytes, in which names stand as they are; empty where it is none."""
    try:
        return base64.b64decode("".join(line for line in pem.split("\n") if not line.startswith("-----")))
    except ValueError:
        return b""
