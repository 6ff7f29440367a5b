"""What a person vouches for, written into ``inventory/answers.yaml`` as a person would.

The file keeps its comments, its order and everybody's other answers: an answer that was given before is changed where
it stands, a first one is put at the end. The file is read strictly before and after, and must say what it said before
but for this one answer; otherwise it stays as it is.
"""

import json
import os
import re
import shutil
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from matric import yaml_file
from matric.errors import UsageError
from matric.policy.asked import Asked
from matric.policy.subject import Answer, Answers

__all__ = ("LONGEST_TEXT", "amended", "answer_to", "record")

LONGEST_TEXT = 300
"""Characters of a name or a note: both stand in every report."""

_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9 .,;()/'-]*[A-Za-z0-9.)]")
_WORDS = {"true", "false", "null", "yes", "no", "on", "off"}
"""Which some readers of YAML take for something else than text."""

Edit = tuple[int, int, str]
"""From here to there in the text, this."""


def answer_to(  # noqa: PLR0913 - an answer has all of these
    asked: Asked, school: str, *, by: str, at: date, today: date, yes: bool, note: str = ""
) -> Answer:
    """The answer as it may be written today; UsageError where it may not."""
    by, note = _line(by, "the name"), _line(note, "the note")
    if not by:
        raise UsageError("nobody is named. Do: say who vouches for it with --by 'NAME, ROLE'")
    if at > today:
        raise UsageError(f"{at} is in the future: nobody has seen it yet. Do: give the day it was seen")
    days = asked.question.valid_days
    if at + timedelta(days=days) < today:
        raise UsageError(f"an answer to {asked.id} holds for {days} days, and {at} is longer ago. Do: look again")
    return Answer(question=asked.id, school=school, by=by, at=at, answer=yes, note=note, valid_days=days)


def _line(text: str, what: str) -> str:
    text = text.strip()
    if not text.isprintable() or len(text) > LONGEST_TEXT:
        raise UsageError(f"{what} is not one line of at most {LONGEST_TEXT} characters. Do: shorten it")
    return text


def record(path: Path, answer: Answer) -> None:
    """Write *answer* into the file at *path*: whole, or not at all."""
    try:
        before = path.read_bytes()
    except FileNotFoundError as error:
        raise UsageError(f"{path} is not there. Do: bring it back, or begin it with the line 'answers: []'") from error
    text = amended(yaml_file.text_of(path), answer, path.name)
    target = path.resolve()
    partial = target.with_name(f".{target.name}.{os.getpid()}.partial")
    try:
        with partial.open("wb") as file:
            file.write(text.encode("utf-8"))
            file.flush()
            os.fsync(file.fileno())
        shutil.copymode(target, partial)
        if path.read_bytes() != before:
            raise UsageError(f"{path.name} was changed by somebody else meanwhile. Do: answer again")
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)


def amended(text: str, answer: Answer, name: str = "answers.yaml") -> str:
    """*text* of a file called *name* with *answer* in it. BadInput where it cannot be read, before or after."""
    held = yaml_file.read_model(text, name, Answers).answers
    own = [index for index, one in enumerate(held) if (one.question, one.school) == (answer.question, answer.school)]
    place = max(own, key=lambda index: held[index].at, default=None)
    if place is not None and held[place].at > answer.at:
        raise UsageError(
            f"{held[place].by} answered {answer.question} on {held[place].at}, which is later. "
            "Do: give the day it was seen with --at"
        )
    changed = text.replace("\r\n", "\n")
    edits = _append(changed, answer, name) if place is None else _change(changed, place, answer)
    for start, end, new in sorted(edits, reverse=True):
        changed = changed[:start] + new + changed[end:]
    wanted = (*held, answer) if place is None else (*held[:place], answer, *held[place + 1 :])
    if yaml_file.read_model(changed, name, Answers).answers != wanted:
        raise UsageError(f"{name} is written in a way that cannot be amended safely. Do: write the answer by hand")
    return changed.replace("\n", "\r\n") if "\r\n" in text else changed


# ---- an answer that was given before ----


def _change(text: str, place: int, answer: Answer) -> Iterator[Edit]:
    """The values of the entry at *place*, each where it stands."""
    entry = _sequence(text)[1].value[place]
    there: dict[str, ScalarNode] = {key.value: value for key, value in entry.value}
    for key, new in _values(answer).items():
        if key in there:
            node = there[key]
            yield node.start_mark.index, node.end_mark.index, new + ("\n" if _is_block(node) else "")
        elif new != '""':
            yield _added(text, entry, f"{key}: {new}")


def _added(text: str, entry: MappingNode, line: str) -> Edit:
    """One more line behind the last of *entry*."""
    last: Node = entry.value[-1][1]
    if entry.flow_style:
        return last.end_mark.index, last.end_mark.index, f", {line}"
    return _behind(text, last, f"{' ' * entry.value[0][0].start_mark.column}{line}")


# ---- a first answer ----


def _append(text: str, answer: Answer, name: str) -> Iterator[Edit]:
    key, sequence = _sequence(text)
    values = {"question": answer.question, "school": answer.school, **_values(answer)}
    lines = [f"{key}: {value}" for key, value in values.items() if value != '""']
    if not sequence.value:
        entry = "\n".join((f"  - {lines[0]}", *(f"    {line}" for line in lines[1:])))
        yield (key.end_mark.index, sequence.end_mark.index, f":\n{entry}")
        return
    if sequence.flow_style:
        raise UsageError(f"{name} has its answers in one line. Do: write each as a block of its own")
    dash = " " * sequence.start_mark.column
    entry = "\n".join((f"{dash}- {lines[0]}", *(f"{dash}  {line}" for line in lines[1:])))
    last: MappingNode = sequence.value[-1]
    yield _behind(text, last if last.flow_style else last.value[-1][1], entry)


# ---- text ----


def _sequence(text: str) -> tuple[Node, SequenceNode]:
    """The key ``answers`` and its list; the text has been read strictly before."""
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    pairs = root.value if isinstance(root, MappingNode) else ()
    for key, value in pairs:
        if key.value == "answers" and isinstance(value, SequenceNode):
            return key, value
    raise UsageError("answers.yaml holds no list of answers. Do: begin it with 'answers: []'")


def _behind(text: str, node: Node, lines: str) -> Edit:
    """*lines* below the line on which *node* ends."""
    if _is_block(node):
        return node.end_mark.index, node.end_mark.index, f"{lines}\n"
    end = text.find("\n", node.end_mark.index)
    end = len(text) if end < 0 else end
    return end, end, f"\n{lines}"


def _is_block(node: Node) -> bool:
    """True for text below ``|`` or ``>``: it ends where the next line begins."""
    return isinstance(node, ScalarNode) and node.style in {"|", ">"}


def _values(answer: Answer) -> dict[str, str]:
    return {
        "by": _scalar(answer.by),
        "at": f'"{answer.at}"',
        "answer": "true" if answer.answer else "false",
        "valid_days": str(answer.valid_days),
        "note": _scalar(answer.note),
    }


def _scalar(text: str) -> str:
    """*text* as one scalar that every reader of YAML takes for this text."""
    if _PLAIN.fullmatch(text) and text.casefold() not in _WORDS:
        return text
    return json.dumps(text, ensure_ascii=False)
