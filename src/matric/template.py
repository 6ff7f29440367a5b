"""Templates as a set: found under one folder, compiled once, named by one digest, and their faults as problems.

Heavy (jinja2): imported only by what renders.
"""

import hashlib
import os
import re
import traceback
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import jinja2
from jinja2.sandbox import ImmutableSandboxedEnvironment

from matric.errors import BadInput, Problem, escaped
from matric.secret import token

__all__ = ("digest", "environment", "rendered")

LONGEST_RANGE = 4096
LITERAL = re.compile(
    r"^\s*(?:username \S.* |enable |snmp-server |radius-server .*|tacacs-server .*|security wpa .*|ip .*)?"
    r"(?:password|secret|key|community|set-key ascii)"
    r"\s+(?:(?:[05-9]|sha512)\s+)?(?P<value>(?!\{)[^\s{]{3,})\s*$"
)
NOT_VALUES = frozenset({"chain", "config-key", "encryption", "generate", "hidekeys", "reference"})
SKIPPED = (jinja2.Environment, jinja2.Template)


class UnprintableError(ValueError):
    """A value that would not stay on its line, or that the device cannot take."""


class OverLimitError(RuntimeError):
    """A template went on for too long or wrote too much."""


class Missing(jinja2.StrictUndefined):
    """Says only what is missing: ``View.dhcp_relay`` or ``vlan``."""

    @property
    def _undefined_message(self) -> str:
        name = str(self._undefined_name)
        owner: object = self._undefined_obj
        return name if owner is jinja2.utils.missing else f"{type(owner).__name__}.{name}"


class Folder(jinja2.FileSystemLoader):
    """Templates inside one folder only, links followed; a secret written into one is refused when it is read."""

    def __init__(self, root: Path) -> None:
        super().__init__(root, encoding="utf-8")
        self.root = root.resolve()

    def get_source(self, environment: jinja2.Environment, template: str) -> tuple[str, str, Callable[[], bool]]:
        path = self.root / template
        if not path.resolve().is_relative_to(self.root):
            raise BadInput((_path(template, "outside the repository"),))
        source, filename, current = super().get_source(environment, template)
        problems = tuple(_literals(source, template))
        if problems:
            raise BadInput(problems)
        return source, filename, current


def _path(template: str, rule: str) -> Problem:
    return Problem("TPL-PATH", "template", rule, "name a file under templates/", "template", template)


def _literals(source: str, name: str) -> Iterator[Problem]:
    for number, line in enumerate(source.split("\n"), 1):
        found = LITERAL.match(line)
        if found and found["value"] not in NOT_VALUES:
            remedy = "replace it with a secret reference and rotate the password"
            yield Problem("SECRET-IN-TEMPLATE", f"{name}:{number}", "a literal password", remedy)


def digest(root: Path) -> str:
    """Digest over every template's name and bytes: two sets with one digest render alike."""
    whole = hashlib.sha256()
    for path in sorted(root.rglob("*.j2")):
        name, body = path.relative_to(root).as_posix().encode(), path.read_bytes()
        whole.update(b"%d %b %d " % (len(name), name, len(body)) + body)
    return f"sha256:{whole.hexdigest()}"


def printable(value: Any) -> Any:
    """Every value a template writes passes here: none may end a line or hold what a device cannot take."""
    text = value if type(value) is str else str(value)
    if not (text.isascii() and text.isprintable()):
        raise UnprintableError(text)
    return text


def bounded_range(*args: int) -> range:
    """``range`` in templates, for a few thousand at most."""
    numbers = range(*args)
    if len(numbers) > LONGEST_RANGE:
        raise OverLimitError(f"range of {len(numbers)}")
    return numbers


def environment(root: Path, *, trusted: bool = True, cache: Path | None = None) -> jinja2.Environment:
    """One compiled environment for the whole run. *trusted* is False for templates nobody has reviewed yet."""
    kind = partial(jinja2.Environment) if trusted else partial(ImmutableSandboxedEnvironment)
    made = kind(
        loader=Folder(root),
        undefined=Missing,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
        cache_size=-1,
        autoescape=False,
        finalize=printable,
        bytecode_cache=_bytecode(cache, trusted=trusted),
    )
    made.globals["range"] = bounded_range
    for name in ("lipsum", "cycler", "joiner"):
        made.globals.pop(name, None)
    made.filters["secret"] = token
    return made


def _bytecode(cache: Path | None, *, trusted: bool) -> jinja2.FileSystemBytecodeCache | None:
    """Compiled templates, kept where only this user writes; sandboxed code is other code. None where it cannot be."""
    base = cache or Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "matric"
    folder = base / f"templates-{jinja2.__version__}-{'trusted' if trusted else 'sandboxed'}"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if folder.stat().st_uid != os.getuid() or folder.stat().st_mode & 0o022:
            return None
    except OSError:
        return None
    return jinja2.FileSystemBytecodeCache(str(folder))


def rendered(
    env: jinja2.Environment, name: str, thing: str, context: dict[str, Any], stop: Callable[[int], None]
) -> str:
    """The text of template *name*; *stop* is told how much there is after each piece and raises when it is enough.

    Every fault of a template becomes a problem with file and line.
    """
    try:
        pieces: list[str] = []
        length = 0
        for piece in env.get_template(name).generate(context):
            pieces.append(piece)
            length += len(piece)
            stop(length)
        return "".join(pieces)
    except BadInput:
        raise
    except jinja2.TemplateNotFound as error:
        wanted = str(error.name or name)
        rule = "outside the repository" if ".." in wanted or wanted.startswith("/") else "no such template"
        raise BadInput((_path(wanted, rule),)) from error
    except jinja2.TemplateSyntaxError as error:
        at = f"{error.name or name}:{error.lineno}"
        raise BadInput((Problem("TPL-SYNTAX", at, error.message or "not Jinja", "correct the template"),)) from error
    except (RecursionError, MemoryError, OverLimitError, OverflowError) as error:
        rule = "stopped at the limit of time, size or depth"
        problem = Problem("TPL-LIMIT", f"{_line(error, env, name)} for {thing}", rule, "remove the unbounded loop")
        raise BadInput((problem,)) from error
    except jinja2.UndefinedError as error:
        remedy = "add it to the model or correct the name"
        at = f"{_line(error, env, name)} for {thing}"
        problem = Problem("TPL-UNDEF", at, "not in the view model", remedy, "name", str(error))
        raise BadInput((problem,)) from error
    except UnprintableError as error:
        rule = "a value holds a character that no line of a configuration may hold"
        at = f"{_line(error, env, name)} for {thing}"
        problem = Problem("TPL-OUTPUT", at, rule, "correct the text in NetBox or the standard", "value", str(error))
        raise BadInput((problem,)) from error
    except jinja2.TemplateError as error:
        at = f"{_line(error, env, name)} for {thing}"
        raise BadInput((Problem("TPL-SYNTAX", at, escaped(str(error)), "correct the template"),)) from error


def _line(error: BaseException, env: jinja2.Environment, name: str) -> str:
    """``ios/access.j2:42``: the innermost template line the error passed through."""
    root = env.loader.root if isinstance(env.loader, Folder) else Path()
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        if frame.filename.endswith(".j2") and Path(frame.filename).resolve().is_relative_to(root):
            return f"{Path(frame.filename).resolve().relative_to(root).as_posix()}:{frame.lineno}"
    return name
