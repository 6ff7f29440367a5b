"""Which port is meant, however short a device writes its name in one table and how long in another."""

import re
from collections.abc import Iterable

__all__ = ("Ports", "hosts", "same_number", "short")

# Comware and Junos write GE and ge- where IOS writes Gi; Comware says XGE for Ten-Gigabit and BAGG for its LAGs.
_SAME = {"ge": "gi", "xg": "te", "xe": "te", "ba": "br"}


_NO_SOCKET = (
    "po", "trk", "ae", "lag", "bridge-agg", "bagg", "vlan", "vl", "irb", "lo", "tu", "nu", "ma", "me0", "vme", "fxp",
    "oobm", "stack", "ap", "cpu",
)  # fmt: skip


def short(name: str) -> str:
    """*name* in a form that is the same for ``GigabitEthernet1/0/1``, ``Gi1/0/1`` and ``GE1/0/1``."""
    plain = name.strip().lower().replace(" ", "")
    number = plain.lstrip("abcdefghijklmnopqrstuvwxyz-_")
    letters = plain[: len(plain) - len(number)].rstrip("-_")
    if letters in {"ge", "xe", "et", "ae"} and "." in number:
        number = number.partition(".")[0]  # a unit of Junos is the port
    kind = letters[:2]
    return f"{_SAME.get(kind, kind)}{number}"


class Ports:
    """The ports of one device, found by any of their names."""

    def __init__(self, names: Iterable[str]) -> None:
        self._by_short: dict[str, str] = {}
        numbers: dict[str, list[str]] = {}
        for name in names:
            self._by_short.setdefault(short(name), name)
            numbers.setdefault(_number(name), []).append(name)
        self._by_number = {number: found[0] for number, found in numbers.items() if len(found) == 1}

    def find(self, name: str) -> str:
        """The port's full name; *name* itself where the device has no such port."""
        return self.known(name) or name

    def known(self, name: str) -> str:
        """The port's full name; empty where the device has none."""
        found = self._by_short.get(short(name))
        if found is None and _number(name) == name.strip().lower():
            # Some tables leave the kind out: 1/1/1 for ethernet1/1/1.
            found = self._by_number.get(_number(name))
        return found or ""


def hosts(name: str) -> bool:
    """True for a port that something can be plugged in to: no LAG, VLAN, loopback, tunnel or management port."""
    plain = name.strip().lower()
    return not plain.startswith(_NO_SOCKET)


def same_number(old: str, names: Iterable[str]) -> str:
    """The port among *names* of another model into which the cable of port *old* goes: that of the same number.

    Of several the first module's; empty where there is none.
    """
    wanted = _numbers(old)[-1:]
    found = [(_numbers(name), name) for name in names if wanted and _numbers(name)[-1:] == wanted]
    return min(found)[1] if found else ""


def _numbers(name: str) -> tuple[int, ...]:
    return tuple(int(one) for one in re.findall(r"[0-9]+", _number(name)))


def _number(name: str) -> str:
    return name.strip().lower().lstrip("abcdefghijklmnopqrstuvwxyz-_ ")
