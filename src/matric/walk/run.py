"""The walk itself: from the seeds to whoever they name, several at a time, until nobody new is named.

Threads of its own, not Nornir's: Nornir runs over an inventory that is known before it starts, so that a growing one
goes in waves, and one silent device holds up everybody behind it in its wave.
"""

import threading
from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field

from matric.survey import show
from matric.survey.model import Unseen
from matric.survey.told import Told
from matric.walk.credential import Account
from matric.walk.door import Doors
from matric.walk.frontier import Frontier, Scope
from matric.walk.memory import Memory
from matric.walk.ration import Pace, Ration
from matric.walk.visit import Counters, Place, Rules, Visit

__all__ = ("Walked", "placed", "walked")

_LOOK_S = 0.2
"""So often somebody who asks to stop is heard."""


@dataclass
class Walked:
    """What a walk saw, and what it did not."""

    visits: list[Visit] = field(default_factory=list[Visit])
    """Every address that was asked; of those seen, each device once."""
    unseen: tuple[Unseen, ...] = ()
    resting: tuple[str, ...] = ()
    """Accounts that were refused too often in a row, and were not tried further."""
    counters: Counters = field(default_factory=Counters)
    interrupted: bool = False

    @property
    def seen(self) -> tuple[Visit, ...]:
        return tuple(one for one in self.visits if one.seen)


@dataclass
class _Known:
    """A device that was seen, by what tells it from others."""

    visit: Visit
    name: str
    addresses: frozenset[str]
    told: tuple[Told, ...]


def walked(place: Place, scope: Scope, seeds: Iterable[str], on_progress: Callable[[str], None]) -> Walked:
    """Walk from *seeds*. On Ctrl-C every login is ended, and what was seen so far comes back as ``interrupted``."""
    frontier = Frontier(scope)
    frontier.seed(seeds)
    result = Walked(counters=place.counters)
    known: dict[tuple[str, ...], _Known] = {}
    aliases: dict[str, _Known] = {}
    place.say = on_progress
    pool = ThreadPoolExecutor(place.rules.concurrency, thread_name_prefix="survey")
    under_way: set[Future[Visit]] = set()
    try:
        while True:
            try:
                if not place.stop.is_set():
                    under_way |= {pool.submit(place.visit, address) for address in frontier.due()}
                if not under_way:
                    break
                done, under_way = wait(under_way, timeout=_LOOK_S, return_when=FIRST_COMPLETED)
            except KeyboardInterrupt:
                result.interrupted = True
                place.cut()
                continue
            for one in done:
                _take(one.result(), result, frontier, known, aliases)
                on_progress(f"{len(result.seen)} seen, {len(under_way)} under way")
    finally:
        place.cut()
        pool.shutdown(wait=True, cancel_futures=True)
    result.resting = place.ration.resting()
    result.unseen = tuple(_unseen(result, frontier, known, aliases))
    return result


def _take(
    visit: Visit, result: Walked, frontier: Frontier, known: dict[tuple[str, ...], _Known], aliases: dict[str, _Known]
) -> None:
    told = tuple(_read(visit))
    name = next((one.name for one in told if one.name), "")
    serial = next((one.serial for one in told if one.serial), "")
    mac = next((one.mac for one in told if one.mac), "")
    identity = tuple(part for part in (name, serial or mac or visit.fingerprint) if part) or (visit.address,)
    if visit.seen and identity in known:
        aliases[visit.address] = known[identity]  # one device, two addresses
        return
    result.visits.append(visit)
    if not visit.seen:
        return
    held = frozenset(one.address.partition("/")[0] for each in told for one in each.addresses or ())
    aliases[visit.address] = known[identity] = _Known(visit, name or visit.address, held, told)
    neighbours = [one for each in told for one in each.neighbours or ()]
    frontier.told(name or visit.address, neighbours, [one for each in told for one in each.arps or ()])


def _read(visit: Visit) -> Iterable[Told]:
    """What the answers tell; an answer that nobody can read tells nothing, and costs only itself."""
    for answer in visit.answers:
        if answer.fault or answer.command in {
            "show running-config",
            "show configuration",
            "display current-configuration",
        }:
            continue
        try:
            yield show.read(visit.platform, answer.command, answer.text)
        except Exception:  # noqa: BLE001, S112 - nonsense from a device may break any parser; the survey says what it could not read
            continue


def _unseen(
    result: Walked, frontier: Frontier, known: dict[tuple[str, ...], _Known], aliases: dict[str, _Known]
) -> Iterable[Unseen]:
    names = {one.name.lower() for one in known.values()}
    held = {address for one in known.values() for address in one.addresses} | set(aliases)
    failed = {one.address: one for one in result.visits if one.why}
    for visit in result.visits:
        if visit.why:
            called = frontier.names_at(visit.address)
            told_by = tuple(
                dict.fromkeys(
                    by for one in frontier.seen.values() if one.address == visit.address for by in one.told_by
                )
            )
            name = f"{called[0]} ({visit.address})" if called else visit.address
            yield Unseen(what="device", name=name, told_by=told_by, why=visit.why, remedy=visit.remedy)
    for one in frontier.seen.values():
        if one.address in failed or not one.name:
            continue
        there = aliases.get(one.address)
        if one.name.lower() in names or (there is None and one.address in held):
            continue
        why, remedy = _why(one.address, there.name if there else "", frontier, wireless=one.wireless)
        label = f"{one.name} ({one.address})" if one.address else one.name
        yield Unseen(
            what="wireless" if one.wireless else "device",
            name=label,
            told_by=tuple(one.told_by),
            why=why,
            remedy=remedy,
        )


def _why(address: str, answered: str, frontier: Frontier, *, wireless: bool) -> tuple[str, str]:
    if wireless:
        return "an access point is not logged in to", "take its configuration, or its controller's"
    if answered:
        return f"{address} answered as {answered}", "find out which of the two is there"
    if not address:
        return "nobody tells its address", "give it with --seed"
    if why := frontier.scope.why_not(address):
        return f"it was not asked: {why}", "give --within, if it is the school's"
    return "it was not asked", "run the survey again"


def placed(rules: Rules, accounts: tuple[Account, ...], doors: Doors, memory: Memory) -> Place:
    """Everything a walk needs, set up once."""
    ends = threading.Event()
    return Place(rules, accounts, doors, memory, Ration(ends, rules.rest_s), Pace(rules.logins_per_s, ends), ends)
