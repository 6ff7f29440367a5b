"""What leaves for the report: without secrets, and without who and where the device is.

Over-careful: what only looks like an address, a serial number or somebody's text is taken out too.
"""

import re

from matric import secret

__all__ = ("Scrub",)

_ADDRESS = re.compile(
    r"\b\d{1,3}(?:\.\d{1,3}){3}(?:/\d{1,2})?\b"
    r"|\b[0-9A-Fa-f]{4}\.[0-9A-Fa-f]{4}\.[0-9A-Fa-f]{4}\b"
    r"|\b(?:[0-9A-Fa-f]{2}[:-]){5}[0-9A-Fa-f]{2}\b"
    r"|\b[0-9A-Fa-f]{6}-[0-9A-Fa-f]{6}\b"
    r"|(?<![\w:])(?:[0-9A-Fa-f]{0,4}:){2,7}[0-9A-Fa-f]{0,4}(?![\w:])"
)
_CLOCK = re.compile(r"\d{1,2}:\d\d:\d\d")
_PRINT = re.compile(r"SHA256:\S+|\b[0-9A-F]{2}(?::[0-9A-F]{2}){15,}")
_FREE_TEXT = re.compile(
    r"(?P<keep>\b(?:description|name|location|contact|banner \w+|alias|hostname|host-name|user(?:name)?|ssid) )"
    r"(?P<value>\"[^\"]*\"|\S+)"
)
_SHORTEST = 3
_COMMON = frozenset({"matric", "admin", "manager", "switch", "router", "localhost"})
"""What many devices are called, and accounts on them: tells nobody anything, and stands in our own words."""
_LONGEST = 300


class Scrub:
    """Takes out of texts what was said to be private, by value; and what looks like it, by form."""

    def __init__(self, private: dict[str, str] | None = None, kept: tuple[str, ...] = ()) -> None:
        """*private*: value -> what stands for it; *kept*: words of our own that are no secret and stay."""
        self._private = dict(private or {})
        self._kept = kept

    def hide(self, value: str, word: str) -> None:
        """From now on *word* stands for *value*."""
        if len(value) >= _SHORTEST and value.lower() not in _COMMON:
            self._private[value] = f"<{word}>"

    def __call__(self, text: str) -> str:
        """A device's *text* on one line, as it may leave."""
        shown = _FREE_TEXT.sub(self._free, self.named(text))
        return shown if len(shown) <= _LONGEST else f"{shown[: _LONGEST - 3]}..."

    def named(self, text: str) -> str:
        """*text* on one line without secrets, addresses and what is private by value; its words stay."""
        shown = secret.guarded(" ".join(text.split()))
        for value in sorted(self._private, key=len, reverse=True):
            shown = re.sub(rf"(?<![\w-]){re.escape(value)}(?![\w-])", self._private[value], shown)
        shown = _PRINT.sub("<fingerprint>", shown)
        return _ADDRESS.sub(lambda found: found[0] if _CLOCK.fullmatch(found[0]) else "<address>", shown)

    def _free(self, found: "re.Match[str]") -> str:
        value = found["value"].strip('"')
        return found[0] if value.startswith("<") or value in self._kept else f"{found['keep']}<text>"
