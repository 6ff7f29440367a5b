"""What an old provider left behind, what it lets them do, and what ends it."""

import re
from dataclasses import dataclass
from typing import Any

from matric.survey.ledger.model import RESIDUES, Entry, Ledger, Residue

__all__ = ("Leftover", "leftovers")

FIRM = re.compile(
    r"\b(?:ltd|limited|plc|llp|solutions|services|support|helpdesk|help desk|communications|networks|technolog\w+"
    r"|systems|consult\w+|managed by|installed by|maintained by|property of|contact|call)\b|https?://|www\.|\S@\S"
    r"|\b0\d{2,4}[ -]?\d{3}[ -]?\d{3,4}\b",
    re.IGNORECASE,
)
"""Words by which a banner names a firm, or how to reach it."""


@dataclass(frozen=True, slots=True)
class Leftover:
    """One line, on all devices that have it."""

    kind: Residue
    path: str
    devices: tuple[str, ...]
    """``sw-01 line 12`` of each."""
    end: str
    """What removes it, or that it remains."""
    remains: bool
    """True where no cut-over takes it away, or nobody has said that one may."""
    words: str = ""
    """Of a banner: the line that names somebody."""

    @property
    def lets(self) -> str:
        """What it lets them do."""
        return RESIDUES[self.kind]

    @property
    def as_json(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "path": self.path,
            "devices": list(self.devices),
            "lets": self.lets,
            "end": self.end,
            "remains": self.remains,
            "words": self.words,
        }


def leftovers(ledger: Ledger) -> tuple[Leftover, ...]:
    """What was left behind at the school, by kind; what remains after the cut-over first."""
    found: dict[tuple[Residue, str, str, bool, str], list[str]] = {}
    for entries in _things(ledger):
        first = entries[0]
        words = next((entry.text for entry in entries if FIRM.search(entry.text)), "")
        if first.residue is None or (first.residue == "banner" and not words) or _ours(first) or _of_nobody(first):
            continue
        end, remains = _end(first)
        name = (first.residue, first.path, end, remains, words if first.residue == "banner" else "")
        found.setdefault(name, []).append(f"{first.device} line {first.number}")
    all_of_them = (
        Leftover(kind, path, tuple(devices), end, remains, words)
        for (kind, path, end, remains, words), devices in found.items()
    )
    order = tuple(RESIDUES)
    return tuple(sorted(all_of_them, key=lambda one: (not one.remains, order.index(one.kind), one.path)))


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


def _end(entry: Entry) -> tuple[str, bool]:  # noqa: PLR0911 - one return for each end
    """(what removes it, whether it remains)."""
    if entry.carried:
        return "it remains: the cut-over carries over what belongs to the device. Do: take it off by hand", True
    if entry.stays and entry.kind == "removed":
        return f"it goes with the device, decided by {entry.by}", False
    if entry.stays:
        word = f"kept by {entry.by}" if entry.kind == "kept" else "nobody has decided what becomes of the device"
        return f"it remains while the device is there: {word}", True
    match entry.kind:
        case "replaced":
            shown = "; ".join(line.split("\n", 1)[0] for line in entry.new[:3])
            return f"the cut-over: in its place comes {shown}", False
        case "removed":
            word = f", decided by {entry.by}" if entry.by else ""
            return f"the cut-over: no template renders it{word}", False
        case "kept":
            if entry.lost:
                return f"the cut-over takes it away, though it is to be kept by {entry.by}", False
            return f"it remains: kept by {entry.by}", True
        case _:
            return "nobody has decided yet", True
