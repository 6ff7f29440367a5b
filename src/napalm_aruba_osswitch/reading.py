"""The tables and fields of AOS-S show commands, as the HPE ArubaOS-Switch 16.x guides print them."""

import re
from collections.abc import Iterator

__all__ = ("amount", "field", "mac", "release", "seconds", "table", "watts", "whole")


def field(text: str, name: str) -> str:
    """What follows ``NAME :``, up to two blanks or the line's end; empty where there is none."""
    return re.split(r" {2,}", whole(text, name), maxsplit=1)[0]


def whole(text: str, name: str) -> str:
    """What follows ``NAME :`` up to the line's end; empty where there is none."""
    found = re.search(rf"(?m)(?:^|\s){re.escape(name)} *: *([^\r\n]*)", text)
    return found[1].strip() if found is not None else ""


def table(text: str) -> Iterator[tuple[str, ...]]:
    """The cells of each row under a ruler of dashes, cut where the ruler says; a bar in the ruler is no cell."""
    columns: list[tuple[int, int]] = []
    for row in text.replace("\r", "").split("\n"):
        if re.fullmatch(r"[\s+|-]*-{3,}[\s+|-]*", row):
            spans = [found.span() for found in re.finditer(r"-+", row)]
            ends = [start for start, _ in spans[1:]] + [10_000]
            columns = [(start, end) for (start, _), end in zip(spans, ends, strict=True)]
        elif columns and row.strip():
            yield tuple(row[start:end].strip().rstrip("|+").strip() for start, end in columns)
        elif columns and not row.strip():
            columns = []


def mac(text: str) -> str:
    """``02ab01-020304``, ``02 ab 01 02 03 04`` ... as NAPALM writes a MAC address; other text as it is."""
    plain = re.sub(r"[^0-9A-Fa-f]", "", text)
    if not re.fullmatch(r"(?:[0-9A-Fa-f]{2}[ :.-]?){6}|[0-9A-Fa-f]{6}-[0-9A-Fa-f]{6}", text.strip()):
        return text.strip()
    return ":".join(plain[at : at + 2] for at in range(0, 12, 2)).upper()


def seconds(text: str) -> float:
    """``26 days``, ``3 hours``, ``45 mins``; -1 where it cannot be read."""
    units = {"day": 86400, "hour": 3600, "min": 60, "sec": 1}
    found = re.findall(r"(\d+)\s*(day|hour|min|sec)", text)
    return float(sum(int(number) * units[unit] for number, unit in found)) if found else -1.0


def amount(text: str) -> int:
    """``67,108,864``; 0 where it cannot be read."""
    plain = text.replace(",", "").strip()
    return int(plain) if plain.isdecimal() else 0


def watts(text: str, name: str) -> float:
    """``Used: 12 W``; -1 where it cannot be read."""
    found = re.search(rf"{name}\s*: *([\d.]+) ?W", text)
    return float(found[1]) if found is not None else -1.0


def release(text: str) -> str:
    """``YA.16.11.0012`` wherever it stands."""
    found = re.search(r"\b[A-Z]{1,3}\.\d\d\.\d\d\.\d{4}\w*", text)
    return found[0] if found is not None else ""
