"""What the devices of a survey are called: by host names; where several have one, each with what it alone has.

The mark is the device's own, so neither the order of files and visits nor the way a school was surveyed changes a name.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from ipaddress import ip_address

from matric.survey.model import Device, Unseen
from matric.survey.recognise_name import key_of

__all__ = ("Found", "host_of", "names", "namesakes")

_MARK = re.compile(r"(?: \([^()]*\))+$")


@dataclass(frozen=True, slots=True)
class Found:
    """A device before it has its name in the survey."""

    host: str
    """What it calls itself; what its file is called, or its address, where it says nothing."""
    device: Device
    place: str = ""
    """Where it was met: the address it answered at, or the file."""

    @property
    def marks(self) -> tuple[str, ...]:
        """What may tell it from others of its name, the best first."""
        own = {one.address.partition("/")[0] for one in self.device.addresses or () if one.address}
        ordered = sorted(own, key=_number)
        tried = (self.device.management, *ordered, self.device.serial, self.device.mac, self.place)
        return tuple(dict.fromkeys(one for one in tried if one))


def _number(text: str) -> tuple[int, int, str]:
    try:
        address = ip_address(text)
    except ValueError:
        return (9, 0, text)
    return (address.version, int(address), text)


def names(found: Sequence[Found]) -> tuple[str, ...]:
    """The name of each of *found*, in their order; no two are the same.

    ``HP-2920 (192.168.1.21)``: its management address, else the lowest of its own addresses, its serial number, its
    base MAC address, where it was met; the first of them that no other of its name has.
    """
    of_host = Counter(key_of(one.host) for one in found)
    held: dict[str, Counter[str]] = {}
    for one in found:
        held.setdefault(key_of(one.host), Counter()).update(one.marks)
    called = [
        one.host if of_host[key_of(one.host)] == 1 else f"{one.host} ({_mark(one, held[key_of(one.host)])})"
        for one in found
    ]
    taken: Counter[str] = Counter()
    for at in sorted(range(len(found)), key=lambda at: (called[at], found[at].marks)):
        taken[called[at]] += 1
        if taken[called[at]] > 1:  # in everything alike: nothing tells the two apart
            called[at] = f"{called[at]} ({taken[called[at]]})"
    return tuple(called)


def _mark(one: Found, held: Counter[str]) -> str:
    return next((mark for mark in one.marks if held[mark] == 1), one.place or "no address")


def host_of(name: str) -> str:
    """The host name in *name*, which a survey gave a device."""
    return _MARK.sub("", name)


def namesakes(devices: Iterable[Device]) -> tuple[Unseen, ...]:
    """Host names that several *devices* have: neighbours say a name, and nobody can tell which of them is meant."""
    held: dict[str, list[str]] = {}
    for one in devices:
        held.setdefault(key_of(host_of(one.name)), []).append(one.name)
    return tuple(
        Unseen(
            what="network",
            name=host_of(same[0]),
            why=f"{len(same)} devices are called so: what neighbours say of that name may be of any of them",
            remedy=f"tell {', '.join(same)} apart by hand, and rename them",
        )
        for same in map(sorted, held.values())
        if len(same) > 1
    )
