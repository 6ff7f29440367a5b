"""Who announces what name on the wire."""

from collections.abc import Mapping

from matric import Subject


def hostnames(subject: Subject) -> Mapping[str, tuple[str, ...]]:
    """Host name a device gave when it was read -> the names in NetBox of those that gave it."""
    found: dict[str, tuple[str, ...]] = {}
    for key, look in sorted(subject.looks.items()):
        if look is not None and look.facts.hostname:
            found[look.facts.hostname] = (*found.get(look.facts.hostname, ()), key.partition("/")[2])
    return found
