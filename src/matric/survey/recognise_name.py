"""Which device a text is of, and from when, by what it says itself and by what its file is called."""

import re

__all__ = ("FACTORY", "by_file", "dated", "hostname", "key_of", "suffix")

_HOSTNAME = re.compile(
    r"^(?:hostname +\"?(?P<a>[^\s\"]+)\"?|(?:switchname|sysname) +(?P<b>\S+)| sysname (?P<c>\S+)"
    r"| {4}host-name \"?(?P<d>[^\s;\"]+)\"?;|set system host-name \"?(?P<e>[^\s\"]+)\"?)\s*$",
    re.MULTILINE,
)
FACTORY = re.compile(
    r"(?:switch|router|localhost|procurve(?:[ -]switch)?|hpe?|h3c|aruba|arista|ap|amnesiac|hp-switch|ruckus|brocade"
    r"|icx\d*|(?:hp|aruba|hpe)-\S*\d\w*g?\w*|aruba-stack-\w+|\d+[a-z]?-cx|telnet|console)",
    re.IGNORECASE,
)
"""Names that a device has before anybody names it: they tell no two apart."""
_TAILS = re.compile(
    r"(?:[ ._-]*(?:confg|config(?:uration)?|cfg|conf|running|run|startup|start|backup|bak|old|new|copy|log|txt|raw|text"
    r"|show|sh|tech|tech-support|capture|session|putty|output|final|latest|saved|export|display|set"
    r"|v?\d{1,2}|\(\d+\)|\d{4}[-_.]?\d\d[-_.]?\d\d(?:[tT _-]*\d\d[-_:.]?\d\d(?:[-_:.]?\d\d)?z?)?))++$",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"(?<!\d)(\d{1,3})[._-](\d{1,3})[._-](\d{1,3})[._-](\d{1,3})(?!\d)")
_DAY = re.compile(r"(?<!\d)(20\d\d)[-_.]?([01]\d)[-_.]?([0-3]\d)(?:[tT _-]*([0-2]\d)[-_:.]?([0-5]\d))?(?!\d)")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_CHANGED = re.compile(
    r"^(?:! ?(?:Last configuration change|NVRAM config last updated) at (?P<time>\d\d:\d\d:\d\d)(?:\.\d+)? \S+"
    r" \w{3} (?P<month>\w{3}) +(?P<day>\d+) (?P<year>\d{4})"
    r"|! Startup-config last modified at +\w{3} (?P<month2>\w{3}) +(?P<day2>\d+)"
    r" (?P<time2>\d\d:\d\d:\d\d) (?P<year2>\d{4})"
    r"|## Last (?:commit|changed): (?P<iso>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d))",
    re.MULTILINE,
)


def hostname(text: str) -> str:
    """The host name that a configuration gives its device; empty where it gives none."""
    found = _HOSTNAME.search(text)
    return next((one for one in found.groups() if one), "") if found else ""


def key_of(name: str) -> str:
    """*name* as one compares it: without case and domain; an address stays whole."""
    plain = name.casefold().strip().strip(".")
    return plain if _ADDRESS.fullmatch(plain) else plain.split(".", 1)[0]


def by_file(stem: str) -> str:
    """The device that a file called *stem* (no folder) is of: without dates, counts and words for what it holds."""
    address = _ADDRESS.search(stem)
    if address and all(int(one) < 256 for one in address.groups()):  # noqa: PLR2004 - an octet
        return ".".join(address.groups())
    plain = re.sub(
        r"\.(?:txt|cfg|conf|config|log|raw|text|bak|old|out|dat|set|run|ios|eos)$", "", stem, flags=re.IGNORECASE
    )
    cut = _TAILS.sub("", plain).strip(" ._-")
    # "sw-01" ends as a count does: a name keeps its number where a word stands before it.
    numbered = re.match(rf"{re.escape(cut)}[-_. ]?\d{{1,3}}(?![\d])", plain)
    if cut and numbered and not re.match(r"[-_. ]?(?:19|20)\d\d", plain[len(cut) :]):
        cut = numbered[0]
    return "".join(one if one.isprintable() else "?" for one in cut)


def suffix(stem: str) -> bool:
    """Whether a file's name says that it is not the newest: old, bak, copy."""
    return re.search(r"(?:^|[ ._-])(?:old|bak|backup|copy|previous|prev|orig)\d*(?:[ ._-]|$)", stem.lower()) is not None


def dated(text: str, name: str) -> str:
    """ISO 8601, from when a configuration is: by its own header, or its file's name; empty where neither says it.

    A device's clock is taken as it stands; zones are not told apart, for only the order matters.
    """
    found = _CHANGED.search(text, 0, 8192)
    if found and found["iso"]:
        return found["iso"].replace(" ", "T")
    if found:
        month, day, year, time = (found[one] or found[f"{one}2"] for one in ("month", "day", "year", "time"))
        if month.lower() in _MONTHS:
            return f"{year}-{_MONTHS.index(month.lower()) + 1:02}-{int(day):02}T{time}"
    day_in_name = _DAY.search(name)
    if day_in_name is None:
        return ""
    year, month, day, hour, minute = day_in_name.groups()
    if not (1 <= int(month) <= 12 and 1 <= int(day) <= 31):  # noqa: PLR2004 - a calendar
        return ""
    return f"{year}-{month}-{day}T{hour or '00'}:{minute or '00'}:00"
