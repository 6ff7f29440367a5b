"""Secrets that only a device or a backup holds, named by where they stand: a plan speaks of them and holds none.

A line that takes away an SNMP community has to say which, and a community is as good as a password. The plan says
``<held:PLACE.N>``; what is typed is filled in from the running configuration, in memory, when it is sent. Where a plan
leads back to a backup, ``<kept:PLACE.N>`` stands for a secret of the backup in the same way.
"""

import hashlib
import re
from collections.abc import Callable, Iterator

from matric.config import PATH, Config, Line
from matric.platform.base import ConfigRules
from matric.secret import TOKEN, Vault, compared, filled_line, masked_line

__all__ = ("filled", "named")

Patterns = tuple["re.Pattern[str]", ...]
Of = Callable[[str, tuple[str, ...]], tuple[str, ...]]
Names = dict[tuple[str, str], str]
"""Place and value -> token."""


def named(running: Config, intended: Config, rules: ConfigRules, vault: Vault | None) -> tuple[Config, Config]:
    """Both without a secret in them: equal where the device's secret is the one that is wanted, else named by place."""
    patterns = _patterns(rules)
    held, kept = _names(running, patterns, "held"), _names(intended, patterns, "kept")
    wanted = {place: values for place, values in _secrets(intended, patterns) if values}

    def of_intended(place: str, values: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(value if TOKEN.search(value) else kept[place, value] for value in values)

    def of_running(place: str, values: tuple[str, ...]) -> tuple[str, ...]:
        wants = wanted.get(place, ("",) * len(values))
        return tuple(
            (want if TOKEN.search(want) else kept[place, want]) if _agrees(value, want, vault) else held[place, value]
            for value, want in zip(values, wants, strict=True)
        )

    return (
        Config(tuple(_mapped(running.lines, (), patterns, of_running))),
        Config(tuple(_mapped(intended.lines, (), patterns, of_intended))),
    )


def filled(lines: tuple[str, ...], running: Config, intended: Config, rules: ConfigRules) -> tuple[str, ...]:
    """*lines* of a plan as they are typed, but for references. KeyError where a place is no longer there."""
    patterns = _patterns(rules)
    values = {
        token: value
        for config, word in ((running, "held"), (intended, "kept"))
        for (_, value), token in _names(config, patterns, word).items()
    }
    return tuple(_NAMED.sub(lambda found: values[found[0]], line) for line in lines)


_NAMED = re.compile(r"<(?:held|kept):[0-9a-f]{12}\.[0-9]+>")


def _patterns(rules: ConfigRules) -> Patterns:
    return tuple(re.compile(pattern) for pattern in rules.secret)


def _agrees(value: str, want: str, vault: Vault | None) -> bool:
    if not want:
        return False
    told = compared(value, want, vault)
    return told in {want, "<secret>"}


def _names(config: Config, patterns: Patterns, word: str) -> Names:
    """Numbered by value within a place: the order in which a device shows its lines does not count."""
    places: dict[str, set[str]] = {}
    for place, values in _secrets(config, patterns):
        places.setdefault(place, set()).update(values)
    return {
        (place, value): f"<{word}:{hashlib.blake2b(place.encode(), digest_size=6).hexdigest()}.{number}>"
        for place, values in places.items()
        for number, value in enumerate(sorted(values))
    }


def _secrets(config: Config, patterns: Patterns) -> Iterator[tuple[str, tuple[str, ...]]]:
    """(Place, secrets there) of every line; a place is the line and its heads with every secret taken out."""
    return _walked(config.lines, (), (), patterns)


def _walked(
    lines: tuple[Line, ...], heads: tuple[str, ...], shown: tuple[str, ...], patterns: Patterns
) -> Iterator[tuple[str, tuple[str, ...]]]:
    for line in lines:
        masked, values = masked_line(heads, line.text, patterns)
        yield PATH.join((*shown, masked)), values
        yield from _walked(line.children, (*heads, line.text), (*shown, masked), patterns)


def _mapped(
    lines: tuple[Line, ...], heads: tuple[str, ...], patterns: Patterns, of: Of, above: str = ""
) -> Iterator[Line]:
    for line in lines:
        masked, values = masked_line(heads, line.text, patterns)
        place = PATH.join((above, masked)) if above else masked
        text = filled_line(masked, of(place, values)) if values else line.text
        yield Line(text, tuple(_mapped(line.children, (*heads, line.text), patterns, of, place)))
