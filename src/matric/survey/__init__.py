"""What a joining school has today, and what will become of it.

A survey is read from what people have (``folder``) or over the network (``matric.walk``), kept as one redacted file,
and judged here: every line (``ledger``), every endpoint (``endpoint``), whether it fits (``readiness``), how it gets
there (``transition``), and what of it goes into NetBox (``adopt``).
"""

from pathlib import Path

from matric import canonical
from matric.errors import BadInput, Problem, UsageError
from matric.survey.model import Survey

__all__ = ("FOLDER", "folder", "kept", "load", "read", "save", "saved")

FOLDER = "joining"
FILE = "survey.json"


def folder(inventory: Path, school: str) -> Path:
    """Where everything about a joining school lies: ``inventory/joining/<school>/``."""
    return inventory / FOLDER / school


def saved(inventory: Path, school: str) -> bool:
    """Whether a survey of *school* was kept."""
    return (folder(inventory, school) / FILE).is_file()


def kept(inventory: Path) -> tuple[str, ...]:
    """Every school a survey was kept of, by slug."""
    return tuple(sorted(path.parent.name for path in (inventory / FOLDER).glob(f"*/{FILE}")))


def save(inventory: Path, survey: Survey) -> Path:
    """Keep *survey* in its school's folder; it is fit for git: sorted, redacted."""
    path = folder(inventory, survey.school) / FILE
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(canonical.pretty_text(survey.model_dump(mode="json")), encoding="utf-8")
    return path


def load(inventory: Path, school: str) -> Survey:
    """The kept survey of *school*. UsageError where there is none, BadInput where it is not one."""
    path = folder(inventory, school) / FILE
    if not path.is_file():
        raise UsageError(f"{school} was not surveyed. Do: matric survey {school}")
    return read(path, school)


def read(path: Path, school: str) -> Survey:
    """The survey of *school* that the file at *path* is; BadInput where it is none, or another school's."""
    try:
        found = Survey.model_validate_json(path.read_text(encoding="utf-8"))
    except ValueError as error:
        rule = f"this version reads no such survey ({str(error).splitlines()[0]})"
        problem = Problem("SURVEY-FORM", str(path), rule, f"take it again: matric survey {school}")
        raise BadInput((problem,)) from error
    if found.school != school:
        problem = Problem("SURVEY-SCHOOL", str(path), f"it is of {found.school}", f"name a survey of {school}")
        raise BadInput((problem,))
    return found
