"""The one gate through which everything goes that a survey sends: what only shows, and how it is to be shown."""

import re
from collections.abc import Mapping

from matric.errors import Refused
from matric.survey.show import COMMANDS
from matric.survey.show.commands import DETAILS

__all__ = ("ASKED_FIRST", "RAISES", "SETTINGS", "Gate", "refused")

ASKED_FIRST = ("show version", "display version")
"""What tells one operating system from another; one of the two is known everywhere."""
RAISES = "enable"
"""Privileged mode: nothing is changed by it, and without it some show no configuration."""
SETTINGS: Mapping[str, tuple[str, ...]] = {
    "ios": ("terminal length 0", "terminal width 511"),
    "eos": ("terminal length 0",),
    "junos": ("set cli screen-length 0", "set cli screen-width 0"),
    "aoscx": ("no page",),
    "aoss": ("no page",),
    "comware": ("screen-length disable",),
    "icx": ("skip-page-display",),
}
"""Platform slug -> what keeps this one login from being shown page by page; none is configuration."""

_KEYS = frozenset({"", " ", "\n", "\r", "\r\n"})
"""Enter and space: for "press any key" and "more"."""
_REFUSAL = re.compile(
    r"\A\s*(?:\^\s*)?(?:% ?(?:Invalid|Incomplete|Ambiguous|Unknown|Unrecognized|Authorization|Error|Too many)"
    r"|(?:Invalid|Incomplete|Ambiguous|Unknown|Unrecognized) (?:input|command)|Command not found|Not authorized"
    r"|(?:syntax )?error\b|unknown command|permission denied)",
    re.IGNORECASE,
)


class Gate:
    """Lets through what *platform* knows to only show; Refused for everything else, and nothing is sent."""

    def __init__(self) -> None:
        self.platform = ""
        self._once = ""

    def once(self, secret: str) -> None:
        """Let the answer to "Password:" through, one time."""
        self._once = secret

    def passed(self, text: str) -> str:
        """*text*, if it may be sent."""
        if text in _KEYS:
            return text
        line = text.rstrip("\r\n")
        if self._once and line == self._once:
            self._once = ""
            return text
        known = (*ASKED_FIRST, RAISES, *SETTINGS.get(self.platform, ()), *COMMANDS.get(self.platform, ()))
        detail = DETAILS.get(self.platform)
        if line not in known and (detail is None or not detail.fullmatch(line)):
            raise Refused(f"{line!r} is not on the list of show commands and was not sent. Do: report this as a defect")
        return text


def refused(text: str) -> bool:
    """Whether *text* is a device's "I do not know that, or you may not"."""
    return _REFUSAL.match(text) is not None
