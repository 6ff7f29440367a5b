"""One question: may this reach that, and why.

The answer holds exactly which packets arrive for certain, which perhaps, on which ways, and whether answers come back.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import product
from typing import Literal

from matric.reach.access_list import entry_words, judged
from matric.reach.end import End, Start, Target
from matric.reach.fate import Fate, Hop
from matric.reach.header import ECHO, ICMP, NOTHING, OPENING, TCP, UDP, Headers, answered, everything, headers, replies
from matric.reach.model import Model
from matric.reach.span import PORTS, Spans, shared, span
from matric.reach.wanted import ASKS_FOR_ADDRESS

__all__ = ("Answer", "Question", "Way", "answer", "arriving", "fates", "judged_at")

Verdict = Literal["allowed", "denied", "partly"]

EPHEMERAL: Spans = span(1024, PORTS[0][1])
"""Ports a client asks from."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked. Without a protocol: whether everything passes."""

    source: End
    destination: End
    protocol: str = "ip"
    """ip, tcp, udp, icmp or a number."""
    port: int | None = None

    def asked(self, source: Spans) -> Headers:
        """The packets asked about. Clients ask from ports above 1023, TCP by opening, ICMP by echo."""
        to = self.destination.addresses
        match self.protocol:
            case "ip":
                return everything(source, to)
            case "icmp":
                return headers(source, to, span(ICMP), kind=span(ECHO))
            case "tcp" | "udp":
                number = TCP if self.protocol == "tcp" else UDP
                port = PORTS if self.port is None else span(self.port)
                return headers(source, to, span(number), EPHEMERAL, port, span(OPENING))
            case _:
                return headers(source, to, span(int(self.protocol)))

    @property
    def answerable(self) -> bool:
        """True where the question is about one protocol whose answers belong to it."""
        return self.protocol in {"tcp", "udp", "icmp"}


@dataclass(frozen=True, slots=True)
class Way:
    """One way that some of the packets take."""

    start: str
    fate: Fate
    arrives: bool
    back: bool = False
    """True where the packets are answers, from the destination to the source."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the model says."""

    verdict: Verdict
    passes: Headers
    """What arrives for certain from everywhere it may begin (and, where one protocol is asked, is answered)."""
    perhaps: Headers
    """What arrives from some place or on some way, and not for certain from all."""
    refused: Headers
    """What arrives from nowhere."""
    ways: tuple[Way, ...]
    notes: tuple[str, ...]


def answer(model: Model, question: Question) -> Answer:
    """What the model says to *question*."""
    source, destination = question.source, question.destination
    arrives, missed, every = NOTHING, NOTHING, NOTHING
    ways: dict[tuple[object, ...], Way] = {}
    for start in _unlike(source.starts):
        asked = question.asked(start.source)
        there, perhaps, found = arriving(model, start, destination, asked)
        if question.answerable:
            sure, unsure, back = _answers(model, question, start, there | perhaps)
            found += back
            there, perhaps = there & sure, (there | perhaps) & (sure | unsure)
        arrives, missed, every = arrives | there | perhaps, missed | (asked - there), every | asked
        for way in found:
            ways.setdefault(_likeness(way), way)
    passes = arrives - missed
    counted = arrives - ASKS_FOR_ADDRESS if question.protocol == "ip" else arrives
    verdict: Verdict = "denied" if not counted else "partly" if missed else "allowed"
    notes = [*model.domains.loops, *_neighbours(model, source, destination)]
    if not every:
        notes.append(f"nothing hangs on {source.word} that could send anything")
    if arrives and not counted:
        notes.append("only a question for an address (DHCP, udp 68 to 67) passes, as the standard has it")
    return Answer(
        verdict,
        passes.compact,
        (arrives - passes).compact,
        (every - arrives).compact,
        tuple(sorted(ways.values(), key=lambda way: (way.back, not way.arrives))),
        tuple(notes),
    )


def _unlike(starts: tuple[Start, ...]) -> Iterator[Start]:
    """One of those that begin in the same VLAN of the same device: they fare alike."""
    seen: set[tuple[object, ...]] = set()
    for start in starts:
        listed = start.attachment.access_list if start.attachment is not None else ""
        key = (start.place, start.device, start.source, start.gateway, start.on_link, listed)
        if key not in seen:
            seen.add(key)
            yield start


def _neighbours(model: Model, source: End, destination: End) -> Iterator[str]:
    """Ends that share a broadcast domain though their addresses differ: nothing filters between them."""
    if shared(source.addresses, destination.addresses):
        return
    for start, target in product(source.starts, destination.targets):
        if start.place is None or target.device:
            continue
        spread = model.domains.spread(start.place)
        for name, place in target.places:
            if place in spread:
                yield f"{start.name} and {name} share a broadcast domain: no access list stands between them"
                return


def _likeness(way: Way) -> tuple[object, ...]:
    """Ways that differ only in where they begin are told once."""
    routed = tuple(hop for hop in way.fate.hops if hop.access_list or hop.where.startswith("route"))
    return way.arrives, way.back, way.fate.end, way.fate.why, routed, way.fate.next_hop


def _answers(model: Model, question: Question, start: Start, given: Headers) -> tuple[Headers, Headers, list[Way]]:
    """The packets whose answers come back to *start*, for certain and perhaps; and the ways the answers take."""
    arrives, missed = NOTHING, NOTHING
    ways: list[Way] = []
    if not given:
        return NOTHING, NOTHING, ways
    home = End(question.source.word, "", (), (start.home,))
    every = replies(given)
    for other in _unlike(question.destination.starts):
        asked = every & everything(other.source, start.source)
        if not asked:
            continue
        there, perhaps, found = arriving(model, other, home, asked)
        arrives, missed = arrives | there | perhaps, missed | (asked - there)
        ways += [replace(way, back=True) for way in found]
    sure = arrives - missed
    return answered(sure), answered(arrives - sure), ways


def arriving(model: Model, start: Start, destination: End, asked: Headers) -> tuple[Headers, Headers, list[Way]]:
    """What of *asked* arrives from *start* for certain, what perhaps, and all ways it takes."""
    arrives, missed = NOTHING, NOTHING
    ways: list[Way] = []
    for fate in fates(model, start, asked):
        for one, good in judged_at(model, fate, destination.targets):
            ways.append(Way(start.name, one, good))
            if good:
                arrives |= one.headers
            else:
                missed |= one.headers
    return arrives - missed, arrives & missed, ways


def fates(model: Model, start: Start, asked: Headers, *, any_gateway: bool = False) -> Iterator[Fate]:
    """What becomes of *asked* from *start*. With *any_gateway*, a host takes whichever router it finds."""
    if start.place is None:
        yield from model.from_device(start.device, asked) if start.device else model.from_outside(asked)
        return
    name, vid = start.place
    one = start.attachment
    hops: tuple[Hop, ...] = (Hop(name, one.port if one is not None else f"Vlan{vid}", f"in, VLAN {vid}"),)
    if one is not None and one.access_list and (entries := model.held[name].access_lists.get(one.access_list)):
        for part in judged(entries, asked):
            text = entry_words(entries[part.at]) if part.at is not None else ""
            how = Hop(name, one.port, f"in, {one.access_list}: {text or 'the end of the list'}", one.access_list, text)
            if part.permits:
                yield from _onwards(model, start, part.headers, (*hops, how), any_gateway=any_gateway)
            else:
                yield Fate("dropped", part.headers, (*hops, how), f"{name} {one.access_list}: {text}")
    else:
        yield from _onwards(model, start, asked, hops, any_gateway=any_gateway)


def _onwards(model: Model, start: Start, asked: Headers, hops: tuple[Hop, ...], *, any_gateway: bool) -> Iterator[Fate]:
    if start.place is None:
        return
    near = start.on_link if start.on_link is not None else model.on_link(start.place, start.gateway)
    beside = asked.to(near)
    if beside:
        yield from model.beside(start.place, beside, hops)
    if rest := asked - beside:
        yield from model.from_place(start.place, rest, None if any_gateway else start.gateway, hops=hops)


def judged_at(model: Model, fate: Fate, targets: tuple[Target, ...]) -> Iterator[tuple[Fate, bool]]:
    """*fate* by what it means for *targets*: the packets that arrive (True), and those that do not."""
    if fate.end == "dropped":
        yield fate, False
        return
    for target in targets:
        part = fate.headers.to(target.addresses)
        if not part:
            continue
        one = replace(fate, headers=part)
        if fate.end == "out":
            yield one, target.outside
            if target.outside and not fate.filtered:
                yield replace(one, why=f"it is given to {fate.next_hop}, and nobody knows what that is"), False
        elif fate.place is None:
            # What lies on a link between routers begins outside.
            good = target.outside if fate.device not in model.held else fate.device == target.device
            yield (one, True) if good else (replace(one, why=f"it ends at {fate.device}"), False)
        else:
            yield from _among(model, one, fate.place, target)


def _among(model: Model, fate: Fate, place: tuple[str, int], target: Target) -> Iterator[tuple[Fate, bool]]:
    """Packets come out in the VLAN of *place*; they arrive if whom they are for is in its broadcast domain."""
    spread = model.domains.spread(place)
    inside = [(name, there) for name, there in target.places if there in spread]
    outside = [name for name, there in target.places if there not in spread]
    if inside or not target.places:
        hops = model.frames(place, inside[0][1]) if inside else ()
        yield replace(fate, hops=(*fate.hops, *hops)), True
    if outside:
        more = f" and {len(outside) - 1} more" if len(outside) > 1 else ""
        yield (
            replace(fate, end="dropped", why=f"VLAN {place[1]} of {place[0]} does not arrive at {outside[0]}{more}"),
            False,
        )
    for doubt in dict.fromkeys(model.domains.doubt(place, there) for _, there in inside):
        if doubt:
            yield replace(fate, end="dropped", why=doubt), False
