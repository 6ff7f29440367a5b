"""At which ports a MAC address stands for whoever is plugged in: what ``matric.switch.guard`` does not tell apart.

The words are those of the vendors' access security guides.
"""

import re
from collections.abc import Callable, Iterator, Mapping

from matric.config import Config
from matric.lab.aoss_port import expanded

__all__ = ("by_address",)


def by_address(platform: str, tree: Config) -> frozenset[str]:
    """Ports, in lower case, that ask about MAC addresses."""
    return frozenset(name.lower() for name in _READERS[platform](tree))


def _below(*patterns: str) -> Callable[[Config], Iterator[str]]:
    """Interfaces with a line that is reached by *patterns*."""

    def read(tree: Config) -> Iterator[str]:
        for line in tree.find(r"^interface \S+$"):
            if line.find(*patterns):
                yield line.text.split()[1]

    return read


def _aoscx(tree: Config) -> Iterator[str]:
    method = r"^aaa authentication port-access mac-auth"
    if tree.find(rf"{method} enable$") or any(one.find(r"^enable$") for one in tree.find(rf"{method}$")):
        yield from _below(rf"{method}$", r"^enable$")(tree)
        yield from _below(rf"{method} enable$")(tree)


def _aoss(tree: Config) -> Iterator[str]:
    for line in tree.find(r"^aaa port-access mac-based [\w,-]+$"):
        yield from expanded(line.text.split()[-1])


def _junos(tree: Config) -> Iterator[str]:
    path = (r"^protocols \{$", r"^dot1x \{$", r"^authenticator \{$", r"^interface \{$", r"\{$")
    for line in tree.find(*path):
        if line.find(r"^mac-radius\b"):
            yield re.sub(r"\.0 \{$| \{$", "", line.text)


_READERS: Mapping[str, Callable[[Config], Iterator[str]]] = {
    "aoscx": _aoscx,
    "aoss": _aoss,
    "eos": _below(r"^dot1x mac based authentication\b"),
    "ios": _below(r"^mab\b"),
    "junos": _junos,
}
