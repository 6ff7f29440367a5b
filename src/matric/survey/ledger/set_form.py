"""Junos configurations as ``show configuration | display set`` writes them, held against a standard written in braces.

A set line says its whole place: ``set system ntp server 10.1.1.5`` is ``server 10.1.1.5;`` below ``ntp {`` below
``system {``. A list in brackets is a line for each of its values. Source: Junos OS CLI User Guide, "display set".
"""

import re
from collections.abc import Iterable, Iterator

from matric.platform.base import ConfigRules
from matric.survey.ledger.reading import Read

__all__ = ("RULES", "is_set", "off", "place", "rows", "rule")

RULES = ConfigRules(hier_config="")
"""A set line stands below nothing."""
_VERBS = ("set ", "deactivate ", "activate ", "protect ", "delete ")
_SECRET = re.compile(r"\s*## SECRET-DATA$")
_LIST = re.compile(r"^(?P<head>.*?)\[ (?P<values>.*) \]$")
_WORD = re.compile(r'"(?:[^"\\]|\\.)*"|\S+')


def is_set(text: str) -> bool:
    """True where *text* is made of set lines."""
    said = [row for row in text.splitlines() if row.strip() and row.lstrip()[0] not in "#/{}"]
    return bool(said) and sum(row.startswith(_VERBS) for row in said) * 2 > len(said)


def rows(reads: Iterable[Read]) -> Iterator[tuple[str, int]]:
    """(set line, number of the line it is made of) for each statement of a configuration in braces."""
    for one in reads:
        bare = _SECRET.sub("", one.node[-1])
        if one.comment or not bare.endswith(";"):
            continue
        heads = [head.removesuffix(" {") for head in one.node[:-1]]
        found = _LIST.match(bare[:-1])
        values = _WORD.findall(found["values"]) if found else []
        start = " ".join(("set", *heads))
        if found:
            yield from ((f"{start} {found['head']}{value}", one.number) for value in values)
        else:
            yield f"{start} {bare[:-1]}", one.number


def place(line: str) -> str:
    """What a set line is about: all of it but its last word."""
    return " ".join(_WORD.findall(line)[:-1])


def off(reads: Iterable[Read]) -> tuple[str, ...]:
    """The beginnings of set lines that *reads* have switched off again (``deactivate``)."""
    return tuple(f"set {one.text.partition(' ')[2]} " for one in reads if one.text.startswith("deactivate "))


def rule(pattern: str) -> str:
    """An expression about lines in braces, as one about set lines; empty where it is about a brace that opens."""
    if pattern.startswith(("^set ", "^deactivate ", "^(?:##")):
        return pattern
    if pattern.endswith(r"\{$"):
        return ""
    flat = pattern.replace(r" \{ > ", " ").replace(" > ", " ")
    return f"^set {flat[1:]}" if flat.startswith("^") else flat
