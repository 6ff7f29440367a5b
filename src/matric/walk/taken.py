"""What a walk saw, as the same survey that a folder of files gives: read and merged by the same code, and redacted."""

import hashlib
from collections.abc import Iterable, Sequence

from matric.survey import configuration, merge, show
from matric.survey.model import Device, Source, Survey, Unread, Unseen
from matric.survey.recognise_command import is_configuration
from matric.survey.recognise_name import key_of
from matric.survey.told import Told
from matric.survey.unread import unread
from matric.walk.run import Walked
from matric.walk.visit import Answer, Visit

__all__ = ("surveyed", "told")


def surveyed(school: str, taken_at: str, walked: Walked) -> Survey:
    """The survey of *school* (slug) from what was *walked*, at *taken_at* (ISO 8601, UTC)."""
    devices: list[Device] = []
    sources: list[Source] = []
    unseen: list[Unseen] = list(walked.unseen)
    names: dict[str, int] = {}
    for visit in sorted(walked.seen, key=_by_address):
        parts = list(_parts(visit))
        name = next((one.told.name for one in parts if one.told.name), visit.address)
        count = names[key_of(name)] = names.get(key_of(name), 0) + 1
        if count > 1:
            unseen.append(_namesake(name, visit))
            name = f"{name} ({count})"
        device, read = merge.device(name, parts)
        devices.append(device.model_copy(update={"management": visit.address}))
        sources.extend(read)
        sources.extend(_gaps(visit, name))
    survey = Survey(
        school=school,
        taken_at=taken_at,
        how="live",
        devices=tuple(devices),
        sources=tuple(sources),
        unseen=tuple(unseen),
    )
    return merge.sorted_survey(survey)


def _by_address(visit: Visit) -> tuple[int, ...]:
    return tuple(int(part) for part in visit.address.split("."))


def _namesake(name: str, visit: Visit) -> Unseen:
    """Neighbours say a name; where two have it, nobody can tell which of them is meant."""
    return Unseen(
        what="network",
        name=f"{name} ({visit.address})",
        why=f"another device is called {name} too: what neighbours say of that name may be of either",
        remedy="tell them apart by hand, and rename one",
    )


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
        left: Sequence[Unread] = [unread(at, line, why) for at, line in enumerate(text.split("\n"), 1) if line.strip()]
        return Told(lines=len(left), understood=0, unread=tuple(left))


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
