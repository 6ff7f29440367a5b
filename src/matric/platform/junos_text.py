"""What Junos writes: its commit history, accounts and communities in a configuration, and whether a text is whole."""

import re
from dataclasses import dataclass
from typing import Any

from matric.errors import Refused

__all__ = ("Commit", "accounts", "commit", "communities", "edited", "whole")


@dataclass(frozen=True, slots=True)
class Commit:
    """One entry of the commit history."""

    user: str
    epoch: int
    comment: str
    """The device's own: ``commit confirmed, rollback in 5mins``; it stays for good."""
    log: str
    """What whoever committed wrote."""
    waits: bool
    """The device says that it waits for its confirmation."""

    @property
    def minutes(self) -> int | None:
        found = re.search(r"rollback in (\d+) *min", self.comment)
        return int(found[1]) if found else None


def commit(row: Any) -> Commit:
    """The entry in one ``<commit-history>``."""
    when = row.find("date-time")
    given = str(when.get("seconds", "")) if when is not None else ""
    return Commit(
        user=row.findtext("user") or "",
        epoch=int(given) if given.isdecimal() else 0,
        comment=row.findtext("comment") or "",
        log=(row.findtext("log") or "").strip(),
        waits="rollback pending" in (row.findtext("commit-confirmed") or ""),
    )


def whole(key: str, text: str, what: str) -> str:
    """*text*, if every brace that opens closes: well-formed XML may still hold half a text."""
    rows = text.replace("\r\n", "\n").strip("\n").split("\n")
    opened = sum(1 for row in rows if row.rstrip().endswith("{"))
    closed = sum(1 for row in rows if row.strip() == "}")
    if opened != closed or not opened:
        raise Refused(f"{key}: {what} is not whole, its braces do not close. Do: try again")
    return "\n".join(rows) + "\n"


def edited(changes: str) -> str:
    """The places (``[edit vlans]``) that ``show | compare`` names."""
    return " ".join(re.findall(r"^\[edit[^\]\n]*\]", changes, re.MULTILINE))


def accounts(running: str) -> tuple[str, ...]:
    """Names of local accounts; ``remote`` without a password is only the pattern for those RADIUS lets in."""
    found = re.search(r"^    login \{\n(.*?)^    \}", running, re.MULTILINE | re.DOTALL)
    users = (
        re.findall(r"^        user (\S+?)(?:;$| \{\n(.*?)^        \})", found[1], re.MULTILINE | re.DOTALL)
        if found
        else ()
    )
    return tuple(sorted({name for name, inside in users if name != "remote" or "authentication {" in inside}))


def communities(running: str) -> tuple[str, ...]:
    """SNMP communities. One that is not a factory default is a password: its length stands for it."""
    found = re.search(r"^snmp \{\n(.*?)^\}", running, re.MULTILINE | re.DOTALL)
    names = re.findall(r"^    community (\S+?)(?: \{|;)$", found[1], re.MULTILINE) if found else []
    return tuple(name if name in ("public", "private") else f"<{len(name)} characters>" for name in names)
