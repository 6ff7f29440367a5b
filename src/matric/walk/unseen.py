"""What a walk did not see, each with its reason: whom neighbours name, which addresses gave nothing, what broke off.

Whom neighbours name is worked out as in a survey from files (``merge.unseen_neighbours``); the reasons are a walk's.
"""

from collections.abc import Iterator, Mapping, Sequence

from matric.survey import merge, naming
from matric.survey.model import Device, Unseen
from matric.walk.run import Walked
from matric.walk.visit import LOST, Visit

__all__ = ("unseen",)


def unseen(walked: Walked, devices: Sequence[Device], called: Mapping[str, str]) -> Iterator[Unseen]:
    """What is not among *devices*. *called*: address at which a device was seen -> its name in the survey."""
    failed = {one.address: one for one in walked.visits if not one.seen}
    said: set[str] = set()

    def why(one: merge.Named) -> tuple[str, str]:
        place = walked.frontier.place(one.address, one.mac)
        if one.there:
            return f"{place} answered as {one.there}", "find out which of the two is there"
        if not place:
            return "nobody tells its address", "give it with --seed"
        if visit := failed.get(place):
            said.add(place)
            return f"{place}: {visit.why}", visit.remedy
        if reason := walked.frontier.scope.why_not(place):
            remedy = "widen --within or leave --exclude out, if it is the school's"
            return f"{place}: not asked, for {reason}", remedy
        stopped = ", for the survey was stopped" if walked.interrupted else ""
        return f"{place}: not asked{stopped}", "run the survey again"

    yield from merge.unseen_neighbours(devices, why, {at: called[by] for at, by in walked.answered.items()})
    yield from naming.namesakes(devices)
    held = {one.address.partition("/")[0] for device in devices for one in device.addresses or ()}
    for visit in walked.visits:
        if visit.seen and visit.why:
            yield from _gaps(visit)
        elif not visit.seen and visit.address not in said | held and _matters(walked, visit):
            by = ("you",) if walked.frontier.word(visit.address).engineer else ()
            yield Unseen(what="device", name=visit.address, told_by=by, why=visit.why, remedy=visit.remedy)


def _matters(walked: Walked, visit: Visit) -> bool:
    """What only stands in an ARP table is worth a word where it took a login: else it hangs at the edge."""
    return walked.frontier.word(visit.address).named or bool(visit.credential or visit.refused)


def _gaps(visit: Visit) -> Iterator[Unseen]:
    """The device was seen; what a question would have told was not."""
    lost = [one.command for one in visit.answers if one.fault == LOST]
    for command in lost:
        name = f"live {visit.address} {command}"
        yield Unseen(what="file", name=name, why="the device gave no whole answer", remedy=visit.remedy)
    if not lost:
        yield Unseen(what="file", name=f"live {visit.address}", why=visit.why, remedy=visit.remedy)
