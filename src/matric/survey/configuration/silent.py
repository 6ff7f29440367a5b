"""How lines begin that say nothing a survey needs, per platform: tables in ``silent_lines/``, for a reader to check.

A survey asks who a device is, its VLANs, ports, addresses and networks in the air. What is below one of these heads
belongs to the same topic. What is not in the table, and became no value, is not understood: dynamic routing, address
translation, tunnels, static routes but the default one, a DHCP server's scopes.

A table has a section for each kind of head (``[top]``, ``[port]``, ...); a line of it is a topic, a colon, a tab, and
the pattern that such a line begins with.
"""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from matric.survey.configuration.grammar import Silent

__all__ = ("SHARED", "table")

SHARED: Mapping[str, tuple[str, ...]] = {"ios": ("industry", "ios"), "eos": ("industry", "eos")}
"""Platform -> its tables, where it has another name or more than one."""


@cache
def table(platform: str) -> Mapping[str, tuple[Silent, ...]]:
    """Kind of head (empty: the top) -> topics and patterns of *platform*."""
    found: dict[str, list[Silent]] = {}
    for name in SHARED.get(platform, (platform,)):
        kind = ""
        for line in (
            (files(__package__ or "") / "silent_lines" / f"{name}.txt").read_text(encoding="utf-8").splitlines()
        ):
            if line.startswith("["):
                kind = line.strip("[]")
            elif ":\t" in line and not line.startswith("#"):
                topic, _, pattern = line.partition(":\t")
                found.setdefault("" if kind == "top" else kind, []).append((topic, pattern))
    return {kind: tuple(rows) for kind, rows in found.items()}
