"""Secrets: references in data and text, values only at the last moment and only in memory, redaction by value.

A reference is ``env:NAME``, ``file:PATH``, ``keyring:SERVICE/NAME`` or ``lab:NAME``. In rendered text it stands as
``<secret:REF>`` or ``<secret:REF|FORM>``; the form says how the device keeps it:

    (none)            as it is                     type7             Cisco type 7, reversible
    type8             IOS type 8 (PBKDF2)          sha512            EOS and Junos sha512
    juniper           Junos $9$, reversible
    psk               as it is, checked as a key   sha:ENGINE        SNMPv3 key localised to that engine id
                      of a wireless network        aes:ENGINE        the same, 16 bytes
    sha256            AOS-S SHA-256, no salt

A hash gets a salt derived from device and reference, so the same input always gives the same text, and the device
shows what it was sent. ``lab:`` values are derived from the lab's seed and exist nowhere else.
"""

from matric.secret.compare import compared, concealed, filled_line, masked_line, misplaced, sealed
from matric.secret.redaction import guarded, redact
from matric.secret.reference import REFERENCE, TOKEN, references, referred, token
from matric.secret.source import Vault, faults, lab_value, resolve, vault

__all__ = (
    "REFERENCE",
    "TOKEN",
    "Vault",
    "compared",
    "concealed",
    "faults",
    "filled_line",
    "guarded",
    "lab_value",
    "masked_line",
    "misplaced",
    "redact",
    "references",
    "referred",
    "resolve",
    "sealed",
    "token",
    "vault",
)
