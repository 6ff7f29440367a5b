"""What a path of a trust's repository is to matric: data, Python, a runbook, a pipeline, a page, or nobody knows.

Data is compared by what it says, so that a path alone never decides there. Where only the path can tell, a path that
nobody can classify may touch every school.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from enum import StrEnum
from pathlib import PurePosixPath

__all__ = ("PathKind", "kind", "own_school", "sorted_out")


class PathKind(StrEnum):
    """What a change of the path can do; the value is said to people."""

    DATA = "compared by what it says"
    PYTHON = "tasks and policies: they merge alone and deploy nothing"
    OWN = "a school's own file"
    PINS = "pinned identities: they change no configuration"
    LOGIN = "how matric logs in: it changes no configuration"
    LAB = "of a lab only"
    DECISION = "a decision about drift: it changes no intended configuration"
    JOINING = "of a school that is yet to join: it changes no school of the trust"
    RUNBOOK = "a runbook: it changes no configuration"
    PIPELINE = "the pipeline changed: it changes no configuration"
    PAGE = "documentation"
    TEST = "a test"
    OUTSIDE = "outside the trust's folder: matric does not read it"
    SETTING = "the folders of the trust's content"
    UNKNOWN = "nobody can say what it does"


_CASES = "cases"
"""As matric.policy.case has it, which brings every platform along."""
_DATA = ("standard.yaml", "calendar.yaml", "answers.yaml", "agreements.yaml")
_LOGIN = ("access.yaml", "nornir.yaml", "allowed_signers")
_PIPELINE = (
    ".gitlab-ci.yml", ".gitlab-ci-local-env", ".gitlab-ci-local-variables.yml", ".matric/starter.json",
    "CODEOWNERS", "package-lock.json", "package.json", "renovate.json",
)  # fmt: skip
_PIPELINE_FOLDERS = (".gitlab", ".github", ".gitlab-ci", "ci", "vendor")
_PAGES = ("LICENSE", "LICENCE", "NOTICE", "AUTHORS", ".gitignore", ".editorconfig", ".mailmap")
_PAGE_ENDS = (".md", ".rst", ".txt", ".png", ".svg", ".jpg", ".pdf")
_PAGE_FOLDERS = ("docs", "doc")
_JOINING_DEPTH = 3
_DECISION = re.compile(r"[0-9a-f]{12}\.yaml")


def sorted_out(
    paths: Iterable[str], folders: Mapping[str, str], schools: Collection[str] = ()
) -> dict[PathKind, tuple[str, ...]]:
    """Each kind that *paths* has with its paths, sorted."""
    found: dict[PathKind, list[str]] = {}
    for path in sorted(set(paths)):
        found.setdefault(kind(path, folders, schools), []).append(path)
    return {one: tuple(of) for one, of in found.items()}


def kind(path: str, folders: Mapping[str, str], schools: Collection[str] = ()) -> PathKind:  # noqa: PLR0911 - one each
    """What *path*, relative to the site, is; *folders* as [tool.matric] names them."""
    pure = PurePosixPath(path)
    if pure.is_absolute() or ".." in pure.parts:
        return PathKind.OUTSIDE
    for name, folder in folders.items():
        if pure.is_relative_to(folder) and path != folder:
            return _content(name, pure.relative_to(folder), schools)
    if path == "pyproject.toml":
        return PathKind.SETTING
    top = pure.parts[0]
    if path in _PIPELINE or top in _PIPELINE_FOLDERS or _locks(pure):
        return PathKind.PIPELINE
    if top == "tests":
        return PathKind.TEST
    if top in _PAGE_FOLDERS or pure.name in _PAGES or (len(pure.parts) == 1 and pure.suffix in _PAGE_ENDS):
        return PathKind.PAGE
    return PathKind.UNKNOWN


def own_school(path: str, folders: Mapping[str, str], schools: Collection[str]) -> str:
    """The school whose own file below inventory/ *path* is, by its folder or its stem; empty where it is of none."""
    pure = PurePosixPath(path)
    if not pure.is_relative_to(folders["inventory"]):
        return ""
    inside = pure.relative_to(folders["inventory"])
    below = [*inside.parts[1:-1], inside.stem] if len(inside.parts) > 1 else []
    return next((part for part in below if part in schools), "")


def _content(folder: str, path: PurePosixPath, schools: Collection[str]) -> PathKind:
    match folder:
        case "templates":
            return PathKind.DATA
        case "runbooks":
            return PathKind.RUNBOOK
        case "policies" if str(path) == "waivers.yaml":
            return PathKind.DATA
        case "policies" if path.parts[0] == _CASES and path.suffix == ".yaml":
            return PathKind.TEST
        case "tasks" | "policies":
            # Whatever else lies there is read by the Python beside it, if by anything.
            return PathKind.PAGE if path.suffix == ".md" else PathKind.PYTHON
        case _:
            return _inventory(path, schools)


def _inventory(path: PurePosixPath, schools: Collection[str]) -> PathKind:  # noqa: PLR0911 - one each
    top = path.parts[0]
    if str(path) in _DATA or top == "snapshot":
        return PathKind.DATA
    if str(path) in _LOGIN:
        return PathKind.LOGIN
    if top in ("lab", "pins"):
        return PathKind.LAB if top == "lab" else PathKind.PINS
    if path.suffix == ".md":
        return PathKind.PAGE
    if top == "drift" and _DECISION.fullmatch(path.name):
        return PathKind.DECISION
    if own_school(f"i/{path}", {"inventory": "i"}, schools):
        return PathKind.OWN
    # joining/<school>/<file>: what was seen and decided of a school that the snapshot has not.
    return PathKind.JOINING if top == "joining" and len(path.parts) == _JOINING_DEPTH else PathKind.UNKNOWN


def _locks(path: PurePosixPath) -> bool:
    """True for what pins the program that the pipeline runs."""
    return path.parent == PurePosixPath() and path.match("requirements*") and path.suffix in (".lock", ".txt", ".in")
