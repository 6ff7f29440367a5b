"""``choices.yaml`` and the files a decision goes into, written as a person would: comments and order stay."""

import copy
import fcntl
import io
import os
from collections.abc import Collection, Generator, Iterable
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from matric import yaml_file
from matric.errors import BadInput, Problem
from matric.policy import agreement
from matric.policy.agreement import Agreement, Agreements
from matric.survey.adopt.choice import FILE, Choice, Choices, load

__all__ = ("agree", "allocate", "withdraw", "write")

HEAD = """\
Where {school} and the trust differ: one decision for each field. Fill in `decide`, and `value` where another one is
right than the one proposed.
  adopt    what the school has goes into NetBox
  impose   what stands in `there` (or in `value`) holds; the cut-over makes it so
  agree    the school keeps it as its own: needs owner, approver and until (the day it is looked at again)
  defer    until the day in `until`: nothing is written before
Written by `matric adopt {school} --propose`, which keeps what you write here."""
SHOWN = ("thing", "field", "here", "there", "propose", "value", "why", "was", "area", "needs")


def write(folder: Path, choices: Choices) -> Path:
    """Put *choices* into the file of a joining school's *folder*; comments, and what was decided, stay.

    What was decided about facts that are others by now stands in ``was``, and is to be decided again. Entries of what
    no longer differs go, unless something was decided there. BadInput where the file cannot be read.
    """
    path = folder / FILE
    folder.mkdir(parents=True, exist_ok=True)
    yaml = _yaml()
    whole = _read(yaml, path)
    if whole is None:
        whole = yaml.map(format_version=1, school=choices.school)
        whole.yaml_set_start_comment(HEAD.format(school=choices.school))
    held = whole.get("choices")
    if not held:  # a list that is empty is written on one line, and what is put into it too
        held = whole["choices"] = yaml.seq()
    known = {(str(one["thing"]), str(one["field"])): one for one in held}
    for one in load(folder, choices.school).joined(choices.choices).choices:
        entry = known.pop(one.key, None)
        if entry is None:
            held.append(_entry(yaml, one))
        else:
            _refresh(entry, one)
    for entry in known.values():
        if not entry.get("decide"):
            held.remove(entry)
    _replace(path, yaml, whole, Choices)
    return path


def _entry(yaml: Any, one: Choice) -> Any:
    entry = yaml.map()
    for name, value in _values(one).items():
        entry[name] = value
    return entry


def _values(one: Choice) -> dict[str, Any]:
    """Field -> value of one choice, those without a word left out; the decision always stands there to be filled in."""
    from ruamel.yaml.scalarstring import DoubleQuotedScalarString  # noqa: PLC0415 - only to write

    told: dict[str, Any] = {}
    for name in SHOWN:
        value = getattr(one, name)
        if value not in ("", None, False) or name in ("propose", "value"):
            told[name] = DoubleQuotedScalarString(value) if isinstance(value, str) and name not in _WORDS else value
    told["decide"] = one.decide
    if one.until is not None:
        told["until"] = DoubleQuotedScalarString(one.until.isoformat())
    for name in ("owner", "approver"):
        if getattr(one, name):
            told[name] = DoubleQuotedScalarString(getattr(one, name))
    return told


_WORDS = ("field", "propose", "area", "decide")


def _refresh(entry: Any, one: Choice) -> None:
    """The newest word of the survey in an entry, and what is decided of it."""
    told = _values(one)
    for name, value in told.items():
        if entry.get(name) != value:
            entry[name] = value
    for name in SHOWN:
        if name in entry and name not in told:
            del entry[name]


def agree(inventory: Path, agreements: Iterable[Agreement]) -> tuple[Agreement, ...]:
    """Put those *agreements* into agreements.yaml that are not there; those that were put there."""
    with _alone(inventory):
        held = {(one.school, one.object) for one in agreement.load(inventory).agreements}
        new = tuple(one for one in agreements if (one.school, one.object) not in held)
        if new:
            _append(inventory, new)
    return new


def _append(inventory: Path, new: tuple[Agreement, ...]) -> None:
    from ruamel.yaml.scalarstring import DoubleQuotedScalarString  # noqa: PLC0415 - only to write

    yaml, path = _yaml(), inventory / agreement.FILE
    whole = _read(yaml, path)
    whole = whole if whole is not None else yaml.map()
    entries = whole.get("agreements")
    if not entries:
        entries = whole["agreements"] = yaml.seq()
    for one in new:
        told = one.model_dump(mode="json")
        entries.append(told | {"review": DoubleQuotedScalarString(told["review"])})
    _replace(path, yaml, whole, Agreements)


def withdraw(inventory: Path, school: str, objects: Collection[str]) -> tuple[str, ...]:
    """Take what *school* has agreed about *objects* out of agreements.yaml; the objects that stood there."""
    with _alone(inventory):
        path, yaml = inventory / agreement.FILE, _yaml()
        whole = _read(yaml, path)
        held: Any = whole.get("agreements") or [] if whole is not None else []
        gone: list[Any] = [one for one in held if str(one["school"]) == school and str(one["object"]) in objects]
        for one in gone:
            held.remove(one)
        if gone:
            _replace(path, yaml, whole, Agreements)
    return tuple(str(one["object"]) for one in gone)


def allocate(standard: Path, school: str, block: str) -> None:
    """Write a school's *block* into standard.yaml, ``addresses.schools``. BadInput where it has another one there."""
    from matric.intent.standard import Standard  # noqa: PLC0415 - only here

    with _alone(standard.parent):
        yaml = _yaml()
        whole = _read(yaml, standard)
        schools = whole["addresses"]["schools"]
        held = str(schools.get(school) or "")
        if held not in ("", block):
            rule = f"{school} has {held} there, and NetBox gave it {block}"
            raise BadInput((Problem("SCHOOL-BLOCK", standard.name, rule, "keep one of the two", "addresses.schools"),))
        if not held:
            _append_to(schools, school, block)
            _replace(standard, yaml, whole, Standard)


def _append_to(mapping: Any, key: str, value: str) -> None:
    """Put *key* behind the last one; a comment below the mapping belongs to what comes next, and stays there."""
    last = next(reversed(mapping), None)
    mapping[key] = value
    tokens = mapping.ca.items.get(last)
    if not tokens or tokens[2] is None:
        return
    beside, _, below = tokens[2].value.partition("\n")
    if not below:
        return
    moved = copy.copy(tokens[2])
    moved.value = f"\n{below}"
    mapping.ca.items[key] = [None, None, moved, None]
    if beside:
        tokens[2].value = f"{beside}\n"
    else:
        del mapping.ca.items[last]


@contextmanager
def _alone(folder: Path) -> Generator[None]:
    """Nobody else of this machine who asks the same changes a file of *folder* meanwhile."""
    held = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield
    finally:
        os.close(held)


def _yaml() -> Any:
    from ruamel.yaml import YAML  # noqa: PLC0415 - only to write

    yaml: Any = YAML()
    yaml.indent(mapping=2, sequence=4, offset=2)
    yaml.preserve_quotes = True
    yaml.width = 4096  # lines stay where they were broken
    yaml.representer.add_representer(type(None), _nothing)
    return yaml


def _nothing(representer: Any, value: None) -> Any:
    del value
    return representer.represent_scalar("tag:yaml.org,2002:null", "")


def _read(yaml: Any, path: Path) -> Any:
    if not path.is_file():
        return None
    yaml_file.load(path)  # what only one reader can read is not written over
    return yaml.load(path.read_text(encoding="utf-8-sig"))


def _replace(path: Path, yaml: Any, whole: Any, kind: Any) -> None:
    """The file anew: whole, or not at all; and only if it can be read as a *kind*."""
    text = io.StringIO()
    yaml.dump(whole, text)
    yaml_file.read_model(text.getvalue(), path.name, kind)
    partial = path.with_name(f".{path.name}.partial")
    try:
        partial.write_text(text.getvalue(), encoding="utf-8")
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
