"""What an old provider left behind, what it lets them do, and what ends it."""

import re
from dataclasses import dataclass, replace
from typing import Any, Literal

from matric.survey.ledger.model import RESIDUES, Entry, Ledger, Residue

__all__ = ("UNTIL", "Leftover", "Until", "leftovers", "plain")

FIRM = re.compile(
    r"\b(?:ltd|limited|plc|llp|solutions|services|support|helpdesk|help desk|communications|networks|technolog\w+"
    r"|systems|consult\w+|managed by|installed by|maintained by|property of|contact|call)\b|https?://|www\.|\S@\S"
    r"|\b0\d{2,4}[ -]?\d{3}[ -]?\d{3,4}\b",
    re.IGNORECASE,
)
"""Words by which a banner names a firm, or how to reach it."""


Until = Literal["stays", "undecided", "device", "cut-over"]
"""How long it works: for good; nobody knows, and the gate stays closed; as long as the device; to the cut-over."""
UNTIL: tuple[Until, ...] = ("stays", "undecided", "device", "cut-over")


@dataclass(frozen=True, slots=True)
class Leftover:
    """One line, on all devices that have it."""

    kind: Residue
    what: str
    """What it is, in a few words: "local account"."""
    path: str
    """The line with the heads above it, as decisions name it."""
    devices: tuple[str, ...]
    """``sw-01 line 12`` of each."""
    until: Until
    end: str
    """What removes it, or why nothing does, with the remedy."""
    words: str = ""
    """Of a banner: the line that names somebody."""
    risk: str = ""
    """What stops working when it goes; empty: nothing that is known."""

    @property
    def lets(self) -> str:
        """What it lets them do."""
        return RESIDUES[self.kind]

    @property
    def remains(self) -> bool:
        """True where no cut-over takes it away, or nobody has said that one may."""
        return self.until in ("stays", "undecided")

    @property
    def shown(self) -> str:
        """As people are shown it."""
        return self.words or plain(self.path)

    @property
    def as_json(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "what": self.what,
            "path": self.path,
            "devices": list(self.devices),
            "lets": self.lets,
            "until": self.until,
            "end": self.end,
            "remains": self.remains,
            "risk": self.risk,
            "words": self.words,
        }


def leftovers(ledger: Ledger) -> tuple[Leftover, ...]:
    """What was left behind at the school, by kind; what remains after the cut-over first."""
    found: dict[Leftover, list[str]] = {}
    waiting = {account.device for account in ledger.accounts if account.waits}
    for entries in _things(ledger):
        first = entries[0]
        words = next((entry.text for entry in entries if FIRM.search(entry.text)), "")
        if first.residue is None or (first.residue == "banner" and not words) or _ours(first) or _of_nobody(first):
            continue
        until, end = _end(first, ledger.school)
        end = WAITS if first.device in waiting and until == "undecided" else end
        words = words if first.residue == "banner" else ""
        what = first.what or first.residue
        one = Leftover(first.residue, what, first.path, (), until, end, words, first.risk if until != "stays" else "")
        found.setdefault(one, []).append(f"{first.device} line {first.number}")
    all_of_them = (replace(one, devices=tuple(devices)) for one, devices in found.items())
    order = tuple(RESIDUES)
    return tuple(sorted(all_of_them, key=lambda one: (UNTIL.index(one.until), order.index(one.kind), one.path)))


def plain(path: str) -> str:
    """The first line of *path* without what belongs to its format alone: the braces of Junos."""
    first = path.split("\n", 1)[0]
    return re.sub(r" \{ > ", " ", first).removesuffix(" ## SECRET-DATA").rstrip(";{ ") if "{" in first else first


WAITS = "nobody can say yet what the standard has in its device's place"
ADDRESS = re.compile(r"\b(?!0\.0\.0\.0)\d{1,3}(?:\.\d{1,3}){3}\b")


def _ours(entry: Entry) -> bool:
    """True where the standard's line in its place names the same addresses: another spelling of the trust's own."""
    named = set(ADDRESS.findall(entry.text))
    return entry.kind == "replaced" and bool(named) and named <= set(ADDRESS.findall(" ".join(entry.new)))


SOMEBODY = re.compile(r"\d\.\d|[a-z0-9-]\.[a-z]{2,}\b|\b(?:group|radius|tacacs\w*|hwtacacs)\b", re.IGNORECASE)


def _of_nobody(entry: Entry) -> bool:
    """True where the line names no server: ``sntp unicast``, ``aaa authorization exec default local``."""
    return entry.residue in ("aaa", "dns", "ntp", "syslog") and SOMEBODY.search(entry.path) is None


def _things(ledger: Ledger) -> list[list[Entry]]:
    """Entries of a kind that is left behind; a banner's lines together."""
    things: list[list[Entry]] = []
    for entry in ledger.residue:
        above = things[-1][0] if things else None
        if (
            above is not None
            and (above.device, above.residue, entry.residue) == (entry.device, "banner", "banner")
            and entry.heads == (*above.heads, above.text)
        ):
            things[-1].append(entry)
        else:
            things.append([entry])
    return things


def _end(entry: Entry, school: str) -> tuple[Until, str]:  # noqa: PLR0911 - one return for each end
    """(how long it works, what removes it or why nothing does)."""
    decide = f"Do: matric ledger {school} --decide"
    if entry.carried and entry.kind != "kept":
        return "stays", "it stays: it belongs to the device, and the cut-over carries it over. Do: take it off by hand"
    if entry.stays and entry.kind == "removed":
        return "device", f"it goes with the device, decided by {entry.by}" if entry.by else entry.why
    if entry.stays and entry.kind == "kept" and not entry.lost:
        return "stays", f"it stays as long as the device does: kept by {entry.by}"
    if entry.stays and not entry.lost:
        return "undecided", f"nobody has decided what becomes of the device. {decide}"
    match entry.kind:
        case "replaced":
            shown = "; ".join(plain(line) for line in entry.new[:3])
            return "cut-over", f"the cut-over puts in its place: {shown}"
        case "removed" | "volatile":
            word = f", decided by {entry.by}" if entry.by else ""
            return "cut-over", f"the cut-over removes it: {entry.why}{word}"
        case "kept" if entry.lost:
            mend = "Do: bring it into NetBox or a template, or decide to remove it"
            return "cut-over", f"the cut-over removes it, though {entry.by} wants it kept. {mend}"
        case "kept":
            return "stays", f"it stays: kept by {entry.by}"
        case _:
            return "undecided", f"nobody has decided what becomes of it, and the gate stays closed. {decide}"
