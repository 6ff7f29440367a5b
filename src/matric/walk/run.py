"""The walk itself: from the seeds to whoever they name, several at a time, until nobody new is named.

Threads of its own, not Nornir's: Nornir runs over an inventory that is known before it starts, so that a growing one
goes in waves, and one silent device holds up everybody behind it in its wave.
"""

from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field

from matric.survey import show
from matric.survey.model import Unseen
from matric.survey.recognise_command import is_configuration
from matric.survey.recognise_name import key_of
from matric.survey.told import Told
from matric.walk.frontier import Frontier, Scope, Seen
from matric.walk.visit import LOST, Counters, Place, Visit

__all__ = ("Walked", "walked")

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
                    under_way |= {pool.submit(place.visit, one, frontier.kinds_at(one)) for one in frontier.due()}
                if not under_way:
                    break
                for one in wait(under_way, timeout=_LOOK_S, return_when=FIRST_COMPLETED).done:
                    _take(one.result(), result, frontier, known, aliases)
                    under_way.discard(one)
                    on_progress(f"{len(result.seen)} seen, {len(under_way)} under way")
            except KeyboardInterrupt:
                result.interrupted = True
                place.cut()
    finally:
        place.cut()
        pool.shutdown(wait=True, cancel_futures=True)
    result.resting = place.ration.resting()
    result.unseen = tuple(_unseen(result, frontier, known, aliases))
    return result


def _take(
    visit: Visit, result: Walked, frontier: Frontier, known: dict[tuple[str, ...], _Known], aliases: dict[str, _Known]
) -> None:
    if any(one is visit for one in result.visits):
        return  # an interrupt fell between two lines
    told = tuple(_read(visit))
    name = next((one.name for one in told if one.name), "")
    serial = next((one.serial for one in told if one.serial), "")
    mac = next((one.mac for one in told if one.mac), "")
    held = frozenset(one.address.partition("/")[0] for each in told for one in each.addresses or ())
    # A cloned key is of two devices: without a number of its own one is known by its addresses too.
    own = (serial,) if serial else (mac,) if mac else (visit.fingerprint, *sorted(held))
    identity = (name, *own)
    if visit.seen and identity in known:
        aliases[visit.address] = known[identity]  # one device, two addresses
        return
    result.visits.append(visit)
    if not visit.seen:
        return
    aliases[visit.address] = known[identity] = _Known(visit, name or visit.address, held, told)
    neighbours = [one for each in told for one in each.neighbours or ()]
    frontier.told(name or visit.address, neighbours, [one for each in told for one in each.arps or ()])


def _read(visit: Visit) -> Iterable[Told]:
    """What the answers tell; an answer that nobody can read tells nothing, and costs only itself."""
    for answer in visit.answers:
        if answer.fault or is_configuration(answer.command):
            continue
        try:
            yield show.read(visit.platform, answer.command, answer.text)
        except Exception as error:  # noqa: BLE001 - nonsense from a device may break any parser, and costs only itself
            visit.why = visit.why or f"its answer to `{answer.command}` made no sense ({type(error).__name__})"
            visit.remedy = visit.remedy or "look at it by hand"


def _unseen(
    result: Walked, frontier: Frontier, known: dict[tuple[str, ...], _Known], aliases: dict[str, _Known]
) -> Iterable[Unseen]:
    held = {address for one in known.values() for address in one.addresses} | set(aliases)
    failed = {one.address: one for one in result.visits if one.why}
    for visit in result.visits:
        if visit.why and visit.seen:
            yield from _gaps(visit)
        elif visit.why:
            called = frontier.names_at(visit.address)
            yield Unseen(
                what="device",
                name=called[0] if called else visit.address,
                told_by=tuple(sorted({by for one in frontier.at(visit.address) for by in one.told_by})),
                why=f"{visit.address}: {visit.why}" if called else visit.why,
                remedy=visit.remedy,
            )
    for one in frontier.seen.values():
        if one.address in failed or not one.name:
            continue
        there = aliases.get(one.address)
        if there is None and (one.address in held or _same(one, known.values())):
            continue
        if there is not None and key_of(there.name) == key_of(one.name):
            continue
        why, remedy = _why(one, there.name if there else "", frontier.scope, stopped=result.interrupted)
        yield Unseen(
            what="wireless" if one.wireless else "device",
            name=one.name,
            told_by=tuple(sorted(one.told_by)),
            why=why,
            remedy=remedy,
        )


def _same(one: Seen, known: Iterable[_Known]) -> bool:
    """Whether *one*, at whose address nobody was seen, is a device that was: by its name, unless that device has
    addresses and this is none of them.
    """
    named = [two for two in known if key_of(two.name) == key_of(one.name)]
    return any(not one.address or not two.addresses for two in named)


def _gaps(visit: Visit) -> Iterable[Unseen]:
    """The device was seen; what a question would have told was not."""
    lost = [one.command for one in visit.answers if one.fault == LOST]
    for command in lost:
        name = f"live {visit.address} {command}"
        yield Unseen(what="file", name=name, why="the device gave no whole answer", remedy=visit.remedy)
    if not lost:
        yield Unseen(what="file", name=f"live {visit.address}", why=visit.why, remedy=visit.remedy)


def _why(one: Seen, answered: str, scope: Scope, *, stopped: bool) -> tuple[str, str]:
    """Why *one* was not asked, and what to do; the words for access points are those of a survey from files."""
    if one.wireless:
        reason = "an access point: its wireless networks are kept by its controller or cloud, which was not looked at"
        return reason, "export the wireless networks from the controller"
    if answered:
        return f"{one.address} answered as {answered}", "find out which of the two is there"
    if not one.address:
        return "nobody tells its address", "give it with --seed"
    if why := scope.why_not(one.address):
        return f"{one.address}: not asked, for {why}", "widen --within or leave --exclude out, if it is the school's"
    return f"{one.address}: not asked{', for the survey was stopped' if stopped else ''}", "run the survey again"
