"""Every error matric raises, and every exit code it returns.

MatricError                     1   something failed; nothing is known to be wrong with the estate
+-- BadInput                    7   what was given cannot be used: holds every Problem found in one pass
+-- UsageError                  7   the command line or the site folder cannot be understood
+-- SourceError                 1   NetBox could not be read or written completely
+-- ForgeError                  1   GitLab or GitHub did not do as asked
|   +-- ForgeUnavailable        1   no usable answer: nothing is known
|   +-- ForgeRefused            1   the forge answered, and said no
|   +-- NothingToPropose        1   the target branch holds it already
+-- GateBlocked                 3   the gate, a window or a freeze forbids it
+-- StalePlan                   4   something the plan is bound to has moved, or it has run before
+-- DeviceError                 1   a device did not do as asked
|   +-- Unreachable             1   no answer: nothing is known (also a TimeoutError)
|   +-- StrangerError           1   host key, certificate or serial is not the pinned one; no password was sent
|   +-- Refused                 1   the device answered, and said no
|   +-- NothingPending          5   there is no timer to confirm: the device has gone back
+-- Locked                      1   another run holds the school
+-- JournalError                1   the journal cannot be written or does not verify
+-- GitError                    1   git could not say: nothing is known of the change
+-- SignatureError              1   ssh-keygen could not sign or could not say
"""

from dataclasses import dataclass
from enum import IntEnum

__all__ = (
    "BadInput",
    "DeviceError",
    "ExitCode",
    "ForgeError",
    "ForgeRefused",
    "ForgeUnavailable",
    "GateBlocked",
    "GitError",
    "JournalError",
    "Locked",
    "MatricError",
    "NothingPending",
    "NothingToPropose",
    "Problem",
    "Refused",
    "SignatureError",
    "SourceError",
    "StalePlan",
    "StrangerError",
    "Unreachable",
    "UsageError",
)


class ExitCode(IntEnum):
    """What every command's exit code means."""

    DONE = 0
    """Done, nothing outstanding."""
    ERROR = 1
    """An error: the message says what and what to do."""
    PENDING = 2
    """Changes are pending (only with --detailed-exitcode)."""
    BLOCKED = 3
    """The gate, a window or a freeze blocks."""
    STALE = 4
    """The plan is stale: plan again."""
    ROLLED_BACK = 5
    """Rolled back: every device is as it was."""
    SPLIT = 6
    """Split: hands needed; each device is named with its next command."""
    USAGE = 7
    """Usage error or bad input."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with what was given: the code, the thing, the rule and the remedy."""

    code: str
    """Stable short code, e.g. ``VLAN-RANGE``."""
    thing: str
    """The object with its NetBox id or the file with its line, e.g. ``vlan (#70)``."""
    rule: str
    """The rule that is broken, in one sentence without full stop."""
    remedy: str
    """What to do, in the imperative."""
    field: str = ""
    """The field at fault, or empty."""
    value: str = ""
    """The value as given; control characters are escaped when shown. Never a secret."""
    warning: bool = False
    """True where the input is kept but must be acknowledged in the plan."""
    url: str = ""
    """The object's page in NetBox, or empty."""

    def __str__(self) -> str:
        shown = f" {self.field}='{escaped(self.value)}'" if self.field else ""
        page = f" {escaped(self.url, 200)}" if self.url else ""
        head = f"{self.code} {escaped(self.thing, 240)}{page}{shown}"
        return f"{head}: {on_one_line(self.rule)}. Do: {on_one_line(self.remedy)}"


def escaped(text: str, limit: int = 80) -> str:
    """*text* on one line in ASCII, at most *limit* characters, so that no input can forge a message."""
    shown = text.encode("unicode_escape").decode("ascii")
    return shown if len(shown) <= limit else shown[: limit - 3] + "..."


def on_one_line(text: str) -> str:
    """*text* with whatever would break or turn the line escaped: a rule may quote what was given."""
    if text.isprintable():
        return text
    return "".join(one if one.isprintable() else one.encode("unicode_escape").decode("ascii") for one in text)


class MatricError(Exception):
    """The root: one sentence that names the thing and the remedy."""

    exit_code = ExitCode.ERROR


class BadInput(MatricError):
    """Input that cannot be used, with every problem found in one pass."""

    exit_code = ExitCode.USAGE

    def __init__(self, problems: "tuple[Problem, ...] | list[Problem]") -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class UsageError(MatricError):
    """The command line or the site folder cannot be understood."""

    exit_code = ExitCode.USAGE


class SourceError(MatricError):
    """The source of truth could not be read or written completely; *problems* says what stood in the way."""

    def __init__(self, *problems: "Problem | str") -> None:
        self.problems = tuple(problem for problem in problems if isinstance(problem, Problem))
        super().__init__("\n".join(str(problem) for problem in problems))


class ForgeError(MatricError):
    """GitLab or GitHub did not do as asked."""


class ForgeUnavailable(ForgeError):
    """No usable answer came: nothing is known, least of all that there is nothing."""


class ForgeRefused(ForgeError):
    """The forge answered, and its answer was no."""

    def __init__(self, said: str, status: int = 0) -> None:
        self.status = status
        """HTTP's, or 0 where the answer was well and its content was not."""
        super().__init__(said)


class NothingToPropose(ForgeError):
    """The target branch holds all of it already."""


class GateBlocked(MatricError):
    """The gate, a window or a freeze forbids it."""

    exit_code = ExitCode.BLOCKED


class StalePlan(MatricError):
    """Something the plan is bound to has moved, or the plan has run before."""

    exit_code = ExitCode.STALE


class DeviceError(MatricError):
    """A device did not do as asked."""


class Unreachable(DeviceError, TimeoutError):
    """No answer came: nothing is known about the device."""


class StrangerError(DeviceError):
    """Host key, certificate or serial number is not the one that was enrolled."""


class Refused(DeviceError):
    """The device answered, and its answer was no."""


class NothingPending(DeviceError):
    """There is no timer to confirm: the device has gone back to what it was."""

    exit_code = ExitCode.ROLLED_BACK


class Locked(MatricError):
    """Another run holds the school."""


class JournalError(MatricError):
    """The journal cannot be written, or what it holds does not verify."""


class GitError(MatricError):
    """Git could not say: nothing is known of the change."""


class SignatureError(MatricError):
    """ssh-keygen could not sign, or could not say whether a signature holds."""
