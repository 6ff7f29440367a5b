"""What a walk saw, as the same survey that a folder of files gives: read and merged by the same code, and redacted."""

import hashlib
from collections.abc import Iterable

from matric.survey import configuration, merge, show
from matric.survey.model import Source, Survey
from matric.survey.recognise_command import is_configuration
from matric.survey.told import Told
from matric.survey.unread import lines_unread
from matric.walk.run import Walked
from matric.walk.unseen import unseen
from matric.walk.visit import Answer, Visit

__all__ = ("surveyed", "told")


def surveyed(school: str, taken_at: str, walked: Walked) -> Survey:
    """The survey of *school* (slug) from what was *walked*, at *taken_at* (ISO 8601, UTC)."""
    seen = sorted(walked.seen, key=_by_address)
    met: list[tuple[str, str, list[merge.Part]]] = []
    for visit in seen:
        parts = list(_parts(visit))
        met.append((next((one.told.name for one in parts if one.told.name), visit.address), visit.address, parts))
    found, read = merge.named(met)
    # Where it answered is where it is managed.
    devices = [one.model_copy(update={"management": at.address}) for one, at in zip(found, seen, strict=True)]
    called = {at.address: one.name for one, at in zip(devices, seen, strict=True)}
    survey = Survey(
        school=school,
        taken_at=taken_at,
        how="live",
        devices=tuple(devices),
        sources=(
            *(one for of in read for one in of),
            *(gap for at, one in zip(seen, devices, strict=True) for gap in _gaps(at, one.name)),
        ),
        unseen=tuple(unseen(walked, devices, called)),
    )
    return merge.sorted_survey(survey)


def _by_address(visit: Visit) -> tuple[int, ...]:
    return tuple(int(part) for part in visit.address.split("."))


def _parts(visit: Visit) -> Iterable[merge.Part]:
    """Each answer as one part; their lines are counted on, as in one terminal's log."""
    start = 0
    for answer in visit.answers:
        if answer.fault:
            continue
        whole = is_configuration(answer.command)
        read = told(visit.platform, answer.command, answer.text)
        yield merge.Part(
            source=_source(visit, answer, read),
            told=read,
            configuration=answer.text if whole else "",
            start=start,
        )
        start += answer.text.count("\n")


def told(platform: str, command: str, text: str) -> Told:
    """What *text*, the answer to *command*, tells; nonsense tells nothing, and is kept line by line."""
    try:
        return configuration.read(platform, text) if is_configuration(command) else show.read(platform, command, text)
    except Exception as error:  # noqa: BLE001 - a device may answer anything, and one answer must not cost the survey
        why = f"it made no sense ({type(error).__name__})"
        lines = text.split("\n")
        left = lines_unread(lines, (at for at, line in enumerate(lines) if line.strip()), why)
        return Told(lines=len(left), understood=0, unread=left)


def _source(visit: Visit, answer: Answer, read: Told) -> Source:
    return Source(
        name=f"live {visit.address}",
        kind="configuration" if is_configuration(answer.command) else "show",
        platform=visit.platform,
        command="" if is_configuration(answer.command) else answer.command,
        digest=hashlib.sha256(answer.text.encode()).hexdigest(),
        lines=read.lines,
        understood=read.understood,
    )


def _gaps(visit: Visit, name: str) -> Iterable[Source]:
    """Questions that were not answered: asked, and nothing is known."""
    for answer in visit.answers:
        if answer.fault:
            yield Source(
                name=f"live {visit.address}",
                kind="show",
                platform=visit.platform,
                command=answer.command,
                device=name,
                fault=answer.fault,
            )
