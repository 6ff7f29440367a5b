"""The site: the folder whose pyproject.toml holds ``[tool.matric]``, and the content in it.

Content is imported below a private package name, one per site, so that its folders never meet what is installed:
another distribution may ship ``tasks`` or ``policies``, and two sites may be open in one process.
Loading Python content executes it: load only what has been reviewed.
"""

import hashlib
import importlib
import inspect
import sys
import tomllib
import traceback
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from importlib.machinery import ModuleSpec
from importlib.util import module_from_spec
from pathlib import Path
from types import MappingProxyType, ModuleType
from typing import TYPE_CHECKING, Any, cast

from matric.errors import BadInput, Problem, UsageError, escaped

if TYPE_CHECKING:
    from matric.intent.school import School
    from matric.intent.standard import Standard
    from matric.policy import Policy
    from matric.policy.waiver import Waiver
    from matric.snapshot import Snapshot
    from matric.window import Calendar

__all__ = ("FOLDERS", "Site", "Task", "find", "load")

Task = Callable[..., Any]
"""A plain Nornir task: its first argument is ``nornir.core.task.Task``."""

FOLDERS = ("inventory", "templates", "tasks", "policies", "runbooks")
"""The content folders, by the name [tool.matric] gives them."""


@dataclass(frozen=True)
class Site:
    """One trust's content. Everything is read on first use, and then kept."""

    root: Path
    folders: Mapping[str, str] = field(repr=False)
    """Folder kind -> path below the root."""
    code: "Site | None" = field(default=None, repr=False)
    """Where the Python of tasks/ and policies/ comes from; None where it is this site's own."""

    @property
    def inventory(self) -> Path:
        return self._folder("inventory")

    @property
    def templates(self) -> Path:
        return self._folder("templates")

    @property
    def runbooks(self) -> Path:
        return self._folder("runbooks")

    @property
    def policies(self) -> Path:
        return self._folder("policies")

    @property
    def rule_files(self) -> tuple[Path, ...]:
        """The Python files that the rules are made of, by name."""
        return tuple(sorted((self.code or self).policies.glob("*.py")))

    @cached_property
    def tasks(self) -> Mapping[str, Task]:
        """Each file of tasks/ by its name: the function of the same name."""
        if self.code is not None:
            return self.code.tasks
        return MappingProxyType(
            {module.__name__.rpartition(".")[2]: _task(module) for module in self._content("tasks")}
        )

    @cached_property
    def rules(self) -> "tuple[Policy, ...]":
        """Every rule of policies/, by id; two of one id are an error."""
        if self.code is not None:
            return self.code.rules
        from matric import policy  # noqa: PLC0415 - read on use

        problems: list[Problem] = []
        modules = tuple(_modules(self, "policies", self._folder("policies"), problems))
        found: tuple[Policy, ...] = ()
        try:
            # A file that could not be read is told as such, not as one without rules.
            found = policy.collect(modules) if modules or not problems else ()
        except BadInput as error:
            problems.extend(error.problems)
        if problems:
            raise BadInput(problems)
        return found

    @cached_property
    def standard(self) -> "Standard":
        from matric import yaml_file  # noqa: PLC0415 - read on use
        from matric.intent.standard import Standard  # noqa: PLC0415 - read on use

        return yaml_file.model(self.inventory / "standard.yaml", Standard)

    @cached_property
    def snapshot(self) -> "Snapshot":
        from matric import snapshot  # noqa: PLC0415 - read on use

        return snapshot.load(self.inventory / "snapshot")

    @cached_property
    def calendar(self) -> "Calendar":
        from matric import window  # noqa: PLC0415 - read on use

        return window.load(self.inventory / "calendar.yaml")

    @cached_property
    def waivers(self) -> "tuple[Waiver, ...]":
        from matric.policy import waiver  # noqa: PLC0415 - read on use

        return waiver.waivers(self.policies / "waivers.yaml")

    def school(self, slug: str) -> "School":
        """The school *slug* as snapshot and standard want it."""
        from matric.intent import build  # noqa: PLC0415 - read on use

        return build.school(self.snapshot.records, self.standard, slug)

    def _folder(self, kind: str) -> Path:
        folder = self.root / self.folders[kind]
        if not folder.is_dir():
            raise UsageError(
                f"{folder}: no such folder, though [tool.matric] in pyproject.toml names it for {kind}. "
                "Do: create it or correct its name"
            )
        return folder

    def _content(self, kind: str) -> tuple[ModuleType, ...]:
        return tuple(_modules(self, kind, self._folder(kind), []))


def find(start: Path | None = None) -> Path:
    """The site root at or above *start* (default: the current folder)."""
    here = (start or Path.cwd()).resolve()
    for folder in (here, *here.parents):
        if _table(folder / "pyproject.toml") is not None:
            return folder
    raise UsageError(
        f"{here} is not in a matric site: no pyproject.toml with [tool.matric] here or above. "
        "Do: go to your site's folder, name it with -C, or lay one out with `matric init`"
    )


def load(path: Path | str | None = None, python_from: Path | None = None) -> Site:
    """The site at *path* itself, or, where no path is given, at or above the current folder.

    With *python_from*, the root of another checkout (the protected branch's, say), tasks/ and the Python of policies/
    come from there and data from here: what nobody has reviewed yet is read, and never run.
    """
    root = Path(path).resolve() if path is not None else find()
    table = _table(root / "pyproject.toml")
    if table is None:
        raise UsageError(f"{root} is not a matric site: it has no pyproject.toml with [tool.matric]. Do: name its root")
    unknown = sorted(table.keys() - set(FOLDERS))
    if unknown:
        raise UsageError(
            f"{root / 'pyproject.toml'}: [tool.matric] does not know {', '.join(unknown)}. "
            f"Do: use only {', '.join(FOLDERS)}"
        )
    folders = MappingProxyType({kind: _inside(root, kind, table.get(kind, kind)) for kind in FOLDERS})
    return Site(root, folders, load(python_from) if python_from is not None else None)


def _inside(root: Path, kind: str, given: object) -> str:
    if not isinstance(given, str) or not (root / given).resolve().is_relative_to(root) or (root / given) == root:
        raise UsageError(f"{root / 'pyproject.toml'}: {kind} = {given!r} is no folder below the site. Do: correct it")
    return given


def _table(pyproject: Path) -> dict[str, Any] | None:
    """[tool.matric] of *pyproject*, or None where there is none."""
    if not pyproject.is_file():
        return None
    try:
        whole: dict[str, Any] = tomllib.loads(pyproject.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{pyproject}: {error}. Do: correct the file") from error
    table = whole.get("tool", {}).get("matric")
    return cast("dict[str, Any]", table) if isinstance(table, dict) else None


def _modules(site: Site, kind: str, folder: Path, problems: list[Problem]) -> Iterator[ModuleType]:
    """Each content file of *folder* as a module; a folder without one is an error, never an empty answer.

    A policy file that cannot be imported goes to *problems*, so that all of them are told in one pass.
    """
    shown = site.folders[kind]
    stems = sorted(path.stem for path in folder.glob("*.py") if not path.name.startswith("_"))
    if not stems:
        raise UsageError(f"{folder}: holds no {kind}. Do: add one, or correct the folder's name in [tool.matric]")
    if (folder / "__init__.py").exists():
        raise UsageError(f"{shown}/__init__.py: content folders are no packages. Do: delete the file")
    nested = sorted(
        path.relative_to(site.root).as_posix()
        for path in folder.glob("*/**/*.py")
        if not any(part.startswith((".", "_")) for part in path.relative_to(folder).parts)
    )
    if nested:
        raise UsageError(f"{nested[0]}: {kind} lie flat in {shown}/, this file would never run. Do: move it up")
    package = _mount(site.root, kind, folder)
    for stem in stems:
        try:
            yield _import(f"{package}.{stem}", f"{shown}/{stem}.py")
        except UsageError as error:
            if kind != "policies":
                raise
            problems.extend(_policy_problems(error.__cause__ or error, f"{shown}/{stem}.py"))


def _import(name: str, shown: str) -> ModuleType:
    if not name.rpartition(".")[2].isidentifier():
        raise UsageError(f"{shown}: the name is no Python name. Do: use letters, digits and _ only")
    try:
        return importlib.import_module(name)
    except Exception as error:  # the content author's code may raise anything
        raise UsageError(f"{shown}: {error}. Do: correct the file ({type(error).__name__})") from error


def _policy_problems(cause: BaseException, shown: str) -> Iterator[Problem]:
    """What is wrong with a policy file, with its line where it is known."""
    if isinstance(cause, BadInput):
        yield from (replace(problem, thing=f"{shown} {problem.thing}") for problem in cause.problems)
        return
    frames = [frame for frame in traceback.extract_tb(cause.__traceback__) if frame.filename.endswith(f"/{shown}")]
    line = cause.lineno if isinstance(cause, SyntaxError) else frames[-1].lineno if frames else None
    rule = escaped(f"{type(cause).__name__}: {cause.msg if isinstance(cause, SyntaxError) else cause}")
    yield Problem("POLICY-FILE", f"{shown}:{line}" if line else shown, rule, "correct the file")


def _mount(root: Path, kind: str, folder: Path) -> str:
    """Make *folder* importable as ``_matric_site_<root>.<kind>`` and return that name."""
    site = f"_matric_site_{hashlib.sha256(str(root).encode()).hexdigest()[:12]}"
    importlib.invalidate_caches()
    for name, place in ((site, root), (f"{site}.{kind}", folder)):
        mounted = sys.modules.get(name)
        if mounted is None or list(mounted.__path__) != [str(place)]:
            for below in [known for known in sys.modules if known.startswith(f"{name}.")]:
                del sys.modules[below]
            spec = ModuleSpec(name, None, is_package=True)
            spec.submodule_search_locations = [str(place)]
            sys.modules[name] = module_from_spec(spec)
    return f"{site}.{kind}"


def _stem(module: ModuleType) -> str:
    return module.__name__.rpartition(".")[2]


def _task(module: ModuleType) -> Task:
    """The task that the file defines: a function with the file's own name."""
    stem = _stem(module)
    found = getattr(module, stem, None)
    if not inspect.isfunction(found) or found.__module__ != module.__name__:
        raise UsageError(f"tasks/{stem}.py: defines no function {stem}. Do: name the task as its file")
    return found
