"""Fixed equipment at the edge: what the census names by its kind, as NetBox is to record it."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import count
from typing import Any

from matric.intent.rows import natural
from matric.intent.school import EDGE
from matric.survey.adopt.choice import ONE_OF, Choice, Choices
from matric.survey.adopt.kit import Kit, clean
from matric.survey.endpoint import kind as kinds
from matric.survey.endpoint.maker import RANDOM
from matric.survey.endpoint.model import Census, Endpoint

__all__ = ("GOOD", "Item", "asked", "fresh_name", "items", "made_by", "made_of", "maker_of")

GOOD = frozenset({"confirmed", "sure", "likely"})
"""Confidences of the census that are enough to record something without asking."""
FIELD = "device"
_RELEASE = re.compile(r"(\bSW Version\b|\bVersion\b|\bV?\d+(\.\d+){1,}\b).*$", re.IGNORECASE)
_COMPANY = re.compile(
    r"[,(]|\b(co|inc|incorporated|ltd|limited|corp|corporation|company|gmbh|ag|llc|plc|s\.?p\.?a)\b", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Item:
    """A thing at a port of a switch."""

    device: str
    """Name of the switch in NetBox."""
    port: str
    kind: str
    endpoint: Endpoint

    @property
    def own_name(self) -> str:
        """What it calls itself; else its maker and the end of its address; else its kind and where it hangs."""
        if host := plain(self.endpoint.host):
            return host
        if self.endpoint.mac:
            maker = " ".join(maker_of(self.endpoint).split()[:2])
            return plain(f"{maker or self.kind}-{self.endpoint.mac.replace(':', '')[-6:]}")
        return plain(f"{self.kind}-{self.device}-{self.port}")


def plain(name: str) -> str:
    """*name* as a device may be called: letters, digits and hyphens, at most 63."""
    return re.sub(r"[^A-Za-z0-9-]", "-", clean(name, 63)).strip("-")


def fresh_name(name: str, taken: Iterable[str]) -> str:
    """*name*, with a number where one of *taken* is called so already, be it in capitals."""
    held = {one.casefold() for one in taken}
    offers = (name if number == 1 else f"{name}-{number}" for number in count(1))
    return next(one for one in offers if one.casefold() not in held)


def maker_of(one: Endpoint) -> str:
    """Its maker in a word or two, as the registry of addresses has it; empty where that names nobody."""
    if one.maker in ("", RANDOM):
        return ""
    return made_by(_COMPANY.split(one.maker)[0])


def made_by(text: str) -> str:
    """*text* as the name of a manufacturer, whose slug NetBox takes."""
    return " ".join(re.sub(r"[^A-Za-z0-9 -]", " ", clean(text, 60)).split())


def made_of(item: Item) -> tuple[str, str]:
    """Manufacturer and model: what it says of itself, without its release; else maker and kind."""
    maker = maker_of(item.endpoint) or "Unknown"
    told = " ".join(_RELEASE.sub("", clean(item.endpoint.system, 100)).split()).strip(" /,-")
    return maker, told or f"{maker} {kinds.label(item.kind)}"


def items(census: Census, by_seen: dict[str, Kit], choices: Choices) -> Iterator[Item]:
    """What is recorded: what the signs are good for, and what somebody decided; one thing a port, the surest first.

    Of what is not decided it is what is proposed.
    """
    taken: set[tuple[str, str]] = set()
    for one, kit, port in _placed(census, by_seen):
        said = choices.of(f"{kit.seen.name} {port}", FIELD)
        what = one.kind if _sure(one) else ""
        if said is not None and said.decide is not None:
            what = (
                said.value if said.decide == "adopt" and said.value in EDGE else what if said.decide == "adopt" else ""
            )
        elif not what and not one.also and one.kind in EDGE:
            what = one.kind
        if what and (kit.name, port) not in taken:
            taken.add((kit.name, port))
            yield Item(kit.name, port, what, one)


def asked(census: Census, by_seen: dict[str, Kit]) -> Iterator[Choice]:
    """What may be fixed equipment by weak signs, or by signs that fit other things as well: somebody has to look."""
    for one, kit, port in _placed(census, by_seen):
        if _sure(one) or not {one.kind, *one.also} & EDGE:
            continue
        weighed = ", ".join(dict.fromkeys(f"{sign.source} {sign.text}" for sign in one.evidence))
        named = " or ".join(kinds.label(what) for what in (one.kind, *one.also))
        yield Choice(
            thing=f"{kit.seen.name} {port}", field=FIELD, here=" ".join(filter(None, (one.key, one.host, one.maker))),
            there=f"{ONE_OF}{', '.join(sorted(EDGE))}", propose=None if one.also else "adopt", needs=True,
            value="" if one.also else one.kind,
            why=f"weak signs of: {named} ({clean(weighed, 120)}). adopt records it as value says, impose leaves it out",
        )  # fmt: skip


def _sure(one: Endpoint) -> bool:
    return one.confidence in GOOD and one.kind in EDGE


def _placed(census: Census, by_seen: dict[str, Kit]) -> Iterator[tuple[Endpoint, Kit, str]]:
    """What hangs on a port itself of a device that is known, with that port as the model has it; the surest first."""

    def order(one: Endpoint) -> tuple[Any, ...]:
        return one.confidence not in GOOD, not one.mac, natural(one.place.device), natural(one.place.port), one.key

    for one in sorted(census.endpoints, key=order):
        kit = by_seen.get(one.place.device)
        port = kit.port(one.place.port) if kit is not None else ""
        if kit is not None and port and one.place.how == "port":
            yield one, kit, port
