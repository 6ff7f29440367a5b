"""What somebody says of endpoints, put into ``endpoints.yaml``; an acknowledgement is bound to the fate it is about."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from pydantic import ValidationError

from matric.errors import UsageError
from matric.intent.school import School
from matric.survey import folder
from matric.survey.endpoint import endpoints, kept, kind
from matric.survey.endpoint.kept import Acknowledged, Entry
from matric.survey.endpoint.model import Fated
from matric.survey.model import Survey

__all__ = ("Said", "named", "say")

_HEX = re.compile(r"[0-9a-fA-F]{12}")


@dataclass(frozen=True, slots=True)
class Said:
    """What is said of each endpoint that was named. An empty text says nothing."""

    kind: str = ""
    owner: str = ""
    room: str = ""
    to: str = ""
    note: str = ""
    by: str = ""
    """Who acknowledges what will happen; needed for that alone."""
    acknowledge: bool = False

    @property
    def facts(self) -> dict[str, str]:
        """What is said beside an acknowledgement."""
        told = {"kind": self.kind, "owner": self.owner, "room": self.room, "to": self.to, "note": self.note}
        return {name: text.strip() for name, text in told.items() if text.strip()}


def named(found: Sequence[Fated], names: Sequence[str]) -> tuple[Fated, ...]:
    """Those of *found* that *names* name: by address, however it is written, or by ``device port``."""
    chosen: list[Fated] = []
    for name in names:
        plain = _HEX.fullmatch(re.sub(r"[:.\-]", "", name))
        key = ":".join(plain[0][at : at + 2] for at in range(0, 12, 2)).lower() if plain else name
        ones = [one for one in found if one.endpoint.key.casefold() == key.casefold()] or [
            one
            for one in found
            if f"{one.endpoint.place.device} {one.endpoint.place.port}".casefold() == key.casefold()
        ]
        if not ones:
            raise UsageError(f"{name}: nothing of that name was seen. Do: see 'matric endpoints SCHOOL --json'")
        chosen += ones
    return tuple(dict.fromkeys(chosen))


def say(  # noqa: PLR0913 - what is said, of what, where and when
    inventory: Path, survey: Survey, school: School, names: Sequence[str], *, said: Said, today: date
) -> tuple[Fated, ...]:
    """Write *said* of the endpoints *names*, and return them as they then stand.

    UsageError where somebody or something that is needed is not named; nothing is written then.
    """
    there = folder(inventory, survey.school)
    chosen = named(endpoints(inventory, survey, school), names)
    _refuse(chosen, said)
    keys = [one.endpoint.key for one in chosen]
    entries = {one.endpoint: one for one in kept.load(there).endpoints}
    if said.facts:
        # First what it is and where it goes: what becomes of it hangs on that.
        kept.record(there, [_entry(entries.get(key), key, said.facts) for key in keys])
    if said.acknowledge:
        now = {one.endpoint.key: one for one in endpoints(inventory, survey, school)}
        word = {key: Acknowledged(by=said.by.strip(), on=today, fate=now[key].fate.digest) for key in keys}
        kept.record(there, [Entry(endpoint=key, acknowledged=word[key]) for key in keys])
    return named(endpoints(inventory, survey, school), keys)


def _refuse(chosen: Sequence[Fated], said: Said) -> None:
    if said.kind and said.kind not in kind.kinds():
        raise UsageError(f"{said.kind} is no kind of endpoint. Do: use one of {', '.join(kind.kinds())}")
    if not said.acknowledge:
        return
    if not said.by.strip():
        raise UsageError("nobody is named who acknowledges it. Do: give --by 'NAME, ROLE'")
    for one in chosen:
        if not (said.owner.strip() or one.endpoint.owner):
            raise UsageError(f"{one.endpoint.key} has no owner. Do: name who answers for it with --owner")
        if one.fate.word == "stays" and not said.facts:
            raise UsageError(f"{one.endpoint.key} stays as it is: no word is owed. Do: leave it out")


def _entry(held: Entry | None, key: str, facts: dict[str, str]) -> Entry:
    before = held.model_dump(exclude={"acknowledged"}) if held is not None else {"endpoint": key}
    try:
        return Entry.model_validate({**before, **facts})
    except ValidationError as error:
        wrong = error.errors()[0]
        field = ".".join(map(str, wrong["loc"]))
        raise UsageError(f"--{field}: {wrong['msg']}. Do: write one line of at most 200 characters") from error
