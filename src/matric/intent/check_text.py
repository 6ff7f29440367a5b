"""Names and descriptions: nothing in them may reach a line of its own, hide, or be taken for something else."""

import unicodedata
from collections.abc import Iterator
from itertools import pairwise

from matric.errors import Problem, escaped
from matric.intent.limit import LIMITS
from matric.intent.record import InterfaceRow, Row, VlanRow
from matric.intent.rows import SchoolRows

__all__ = ("CHECKS",)

_LINE_BREAKS = {"Cc", "Zl", "Zp"}
_UNSENDABLE = '"?|\\^`'
_TEMPLATE = ("{{", "{%", "{#")
_SHORTEST_LIMIT = min(limit.vlan_name for limit in LIMITS.values())


def _texts(rows: SchoolRows) -> Iterator[tuple[str, str, str]]:
    """(thing, field, text) for every text of the school's rows, custom fields included."""
    trust = rows.trust
    interfaces = [row for device in rows.devices for row in rows.interfaces(device)]
    ours = {row.id for row in interfaces}
    tables: tuple[tuple[str, list[Row]], ...] = (
        ("site", [rows.site]),
        ("location", [row for row in trust.records.locations if row.site_id == rows.site.id]),
        ("device", list(rows.devices)),
        ("interface", list(interfaces)),
        ("vlan", list(rows.vlans)),
        ("prefix", list(rows.prefixes)),
        ("wlan", list(rows.wireless_lans)),
        ("address", [row for row in trust.records.ip_addresses if row.assigned_object_id in ours]),
        (
            "device type",
            [row for row in trust.records.device_types if row.id in {d.device_type_id for d in rows.devices}],
        ),
    )
    for kind, found in tables:
        for row in found:
            yield from ((_thing(rows, kind, row), name, text) for name, text in _fields(row))


def _fields(row: Row) -> Iterator[tuple[str, str]]:
    for name, value in row:
        if isinstance(value, str):
            yield name, value
        elif name == "custom_fields":
            yield from ((key, text) for key, text in value.items() if isinstance(text, str))
        elif name == "tags":
            yield from (("tags", text) for text in value)


def _thing(rows: SchoolRows, kind: str, row: Row) -> str:
    if isinstance(row, InterfaceRow):
        return rows.label(row)
    return f"{kind} (#{row.id})"


def _position(text: str, index: int) -> str:
    return f"char {index + 1} U+{ord(text[index]):04X}"


def anywhere(rows: SchoolRows) -> Iterator[Problem]:
    """What no text of the school may hold, wherever it stands."""
    for thing, name, text in _texts(rows):
        yield from _control_characters(thing, name, text)
        if not text.isascii():
            yield from _invisible_characters(thing, name, text)
        if any(mark in text for mark in _TEMPLATE):
            rule = "template syntax in data, kept as text"
            yield Problem("TPL-IN-DATA", thing, rule, "retype it if it is not meant", name, text, warning=True)


def _control_characters(thing: str, name: str, text: str) -> Iterator[Problem]:
    if text.isprintable() and text.isascii():
        return
    at = next((i for i, char in enumerate(text) if char != "\t" and unicodedata.category(char) in _LINE_BREAKS), None)
    if at is not None:
        rule = f"control characters are not allowed ({_position(text, at)})"
        yield Problem("CTRL-CHAR", thing, rule, "retype it on one line", name, text)


def _invisible_characters(thing: str, name: str, text: str) -> Iterator[Problem]:
    """Direction overrides, zero-width characters, odd spaces, and letters of another alphabet among Latin ones."""
    at = next((i for i, char in enumerate(text) if _hides(char)), None)
    if at is None and _alphabets(text) > {"LATIN"}:
        at = next(i for i, char in enumerate(text) if char.isalpha() and _alphabet(char) != "LATIN")
    if at is not None:
        what = unicodedata.name(text[at], "unnamed character").lower()
        yield Problem("NAME-INVISIBLE", thing, f"{what} ({_position(text, at)})", "retype it", name, text)


def _hides(char: str) -> bool:
    category = unicodedata.category(char)
    return category == "Cf" or (category == "Zs" and char != " ")


def _alphabet(char: str) -> str:
    return unicodedata.name(char, "?").split(" ")[0]


def _alphabets(text: str) -> set[str]:
    return {_alphabet(char) for char in text if char.isalpha()}


def _unsendable(text: str) -> str | None:
    """Why *text* cannot be sent to a command line, or None."""
    if text != text.strip(" "):
        return "starts or ends with a space"
    if "\t" in text:
        return "holds a tab"
    if text.startswith("!"):
        return "starts with a comment sign"
    char = next((char for char in text if char in _UNSENDABLE), None)
    return f"'{char}' cannot be sent to a command line" if char else None


def vlan_names(rows: SchoolRows) -> Iterator[Problem]:
    for row in rows.vlans:
        thing, name = f"vlan {row.vid} (#{row.id})", row.name
        if not any(char.isalpha() for char in name):
            yield Problem("NAME-EMPTY", thing, "a name needs letters", "give the role's name", "name", name)
        why = _unsendable(name)
        if why is not None and name.strip():
            yield Problem("NAME-CHAR", thing, why, "remove it", "name", name)
        if len(name) > _SHORTEST_LIMIT:
            rule = f"{len(name)} characters, the limit is {_SHORTEST_LIMIT}"
            yield Problem("NAME-LENGTH", thing, rule, "shorten it", "name", name)


def descriptions(rows: SchoolRows) -> Iterator[Problem]:
    for device in rows.configured:
        limit = LIMITS[device.platform].description if device.platform in LIMITS else min(_descriptions())
        for row in rows.interfaces(device):
            text = row.description
            why = _unsendable(text)
            if len(text) > limit:
                rule = f"{len(text)} characters, the limit on {device.platform} is {limit}"
                yield Problem("DESC-TEXT", rows.label(row), rule, "shorten it", "description", text)
            elif "\n" in text or "\r" in text:
                rule = "more than one line"
                yield Problem("DESC-TEXT", rows.label(row), rule, "put it on one line", "description", text)
            elif text.startswith("!"):
                yield Problem("DESC-TEXT", rows.label(row), str(why), "rephrase", "description", text)
            elif why is not None:
                yield Problem("NAME-CHAR", rows.label(row), why, "remove it", "description", text)


def _descriptions() -> Iterator[int]:
    return (limit.description for limit in LIMITS.values())


def character_sets(rows: SchoolRows) -> Iterator[Problem]:
    """Text that a switch can hold in ASCII only: kept, transliterated, and acknowledged."""
    texts = [(f"vlan {row.vid} (#{row.id})", "name", row.name) for row in rows.vlans]
    for device in rows.configured:
        texts += [(rows.label(row), "description", row.description) for row in rows.interfaces(device)]
    for thing, name, text in texts:
        if not text.isascii():
            plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode("ascii").strip()
            remedy = f"acknowledge the transliteration '{escaped(plain)}' or rename"
            yield Problem(
                "NAME-CHARSET", thing, "not ASCII, which every platform here needs", remedy, name, text, warning=True
            )


def confusable_names(rows: SchoolRows) -> Iterator[Problem]:
    by_form: dict[str, list[VlanRow]] = {}
    for row in rows.vlans:
        by_form.setdefault(unicodedata.normalize("NFKC", row.name).casefold().strip(), []).append(row)
    for alike in by_form.values():
        for first, second in pairwise(alike):
            if first.name == second.name:
                thing = rows.site.name
                rule = f"VLANs {first.vid} (#{first.id}) and {second.vid} (#{second.id}) have one name"
                yield Problem(
                    "VLAN-NAME-DUP", thing, rule, "rename one or acknowledge", "name", first.name, warning=True
                )
            else:
                rule = f"differs from '{escaped(first.name)}' (#{first.id}) only by case or Unicode form"
                thing = f"{rows.site.name} vlan {second.vid} (#{second.id})"
                yield Problem("NAME-CONFUSABLE", thing, rule, "use one spelling", "name", second.name, warning=True)


CHECKS = (anywhere, vlan_names, descriptions, character_sets, confusable_names)
