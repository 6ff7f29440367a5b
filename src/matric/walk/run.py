"""The walk itself: from the seeds to whoever they name, several at a time, until nobody new is named.

Threads of its own, not Nornir's: Nornir runs over an inventory that is known before it starts, so that a growing one
goes in waves, and one silent device holds up everybody behind it in its wave.
"""

from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field

from matric.survey import show
from matric.survey.recognise_command import is_configuration
from matric.survey.told import Told
from matric.walk.frontier import Frontier, Scope
from matric.walk.visit import Counters, Place, Visit

__all__ = ("Walked", "walked")

_LOOK_S = 0.2
"""So often somebody who asks to stop is heard."""


@dataclass
class Walked:
    """What a walk saw, and whom it was told of."""

    frontier: Frontier
    visits: list[Visit] = field(default_factory=list[Visit])
    """Every address that was asked; of those seen, each device once."""
    answered: dict[str, str] = field(default_factory=dict[str, str])
    """Address -> the one at which the device that answered there was seen: itself, or another of its addresses."""
    resting: tuple[str, ...] = ()
    """Accounts that were refused too often in a row, and were not tried further."""
    counters: Counters = field(default_factory=Counters)
    interrupted: bool = False

    @property
    def seen(self) -> tuple[Visit, ...]:
        return tuple(one for one in self.visits if one.seen)


def walked(place: Place, scope: Scope, seeds: Iterable[str], on_progress: Callable[[str], None]) -> Walked:
    """Walk from *seeds*. On Ctrl-C every login is ended, and what was seen so far comes back as ``interrupted``."""
    frontier = Frontier(scope)
    frontier.seed(seeds)
    result = Walked(frontier, counters=place.counters)
    known: dict[tuple[str, ...], str] = {}
    own: set[str] = set()
    place.say = on_progress
    pool = ThreadPoolExecutor(place.rules.concurrency, thread_name_prefix="survey")
    under_way: set[Future[Visit]] = set()
    try:
        while True:
            try:
                if not place.stop.is_set():
                    due = [*frontier.due()] or ([] if under_way else [*frontier.last(own)])
                    under_way |= {pool.submit(place.visit, one, frontier.word(one)) for one in due}
                if not under_way:
                    break
                for one in wait(under_way, timeout=_LOOK_S, return_when=FIRST_COMPLETED).done:
                    _take(one.result(), result, known, own)
                    under_way.discard(one)
                    on_progress(f"{len(result.seen)} seen, {len(under_way)} under way")
            except KeyboardInterrupt:
                result.interrupted = True
                place.cut()
    finally:
        place.cut()
        pool.shutdown(wait=True, cancel_futures=True)
    result.resting = place.ration.resting()
    return result


def _take(visit: Visit, result: Walked, known: dict[tuple[str, ...], str], own: set[str]) -> None:
    if any(one is visit for one in result.visits):
        return  # an interrupt fell between two lines
    told = tuple(_read(visit))
    name = next((one.name for one in told if one.name), "")
    serial = next((one.serial for one in told if one.serial), "")
    mac = next((one.mac for one in told if one.mac), "")
    held = frozenset(one.address.partition("/")[0] for each in told for one in each.addresses or ())
    # A cloned key is of two devices: without a number of its own one is known by its addresses too.
    identity = (name, *((serial,) if serial else (mac,) if mac else (visit.fingerprint, *sorted(held))))
    if visit.seen and identity in known:
        result.answered[visit.address] = known[identity]  # one device, two addresses
        return
    result.visits.append(visit)
    if not visit.seen:
        return
    result.answered[visit.address] = known[identity] = visit.address
    own |= {mac, *held}
    neighbours = [one for each in told for one in each.neighbours or ()]
    result.frontier.told(neighbours, [one for each in told for one in each.arps or ()])


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
