"""Templates as a set: found under one folder, compiled once, named by one digest, and their faults as problems.

Heavy (jinja2): imported only by what renders.
"""

import hashlib
import os
import re
import time
import traceback
from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from typing import Any, cast

import jinja2
import jinja2.nodes
from jinja2 import meta
from jinja2.sandbox import ImmutableSandboxedEnvironment

from matric.errors import BadInput, Problem, escaped
from matric.intent.port_list import collapsed
from matric.secret import token

__all__ = ("OverLimitError", "Templates", "digest")

PIECES_A_LOOK = 64
LONGEST_RANGE = 4096
LONGEST_TEXT = 4_000_000
"""Characters: forty times the longest configuration of a campus core."""
LITERAL = re.compile(
    r"^\s*(?:username \S.* |enable |snmp-server |radius-server .*|tacacs-server .*|security wpa .*|ip .*)?"
    r"(?:password|secret|key|community|set-key ascii)"
    r"\s+(?:(?:[05-9]|sha512)\s+)?(?P<value>(?!\{|\}\})[^\s{]{3,})\s*$"
)
NOT_VALUES = frozenset({"chain", "config-key", "encryption", "generate", "hidekeys", "reference"})


class UnprintableError(ValueError):
    """A value that would not stay on its line, or that the device cannot take."""


class PosingError(ValueError):
    """Text that poses as a secret's reference."""


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


def _undefined(tree: jinja2.nodes.Template, name: str, unknown: Collection[str]) -> Iterator[Problem]:
    at = {(node.lineno, node.name) for node in tree.find_all(jinja2.nodes.Name) if node.name in unknown}
    for line, word in sorted(at):
        yield _missing(f"{name}:{line}", word)


def _missing(at: str, name: str) -> Problem:
    return Problem("TPL-UNDEF", at, "not in the view model", "add it to the model or correct the name", "name", name)


def digest(root: Path) -> str:
    """Digest over every template's name and bytes: two sets with one digest render alike."""
    whole = hashlib.sha256()
    for path in sorted(root.rglob("*.j2")):
        name, body = path.relative_to(root).as_posix().encode(), path.read_bytes()
        whole.update(b"%d %b %d " % (len(name), name, len(body)) + body)
    return f"sha256:{whole.hexdigest()}"


class Reference(str):
    """A placeholder a template asked for by the filter ``secret``: text that only looks like one is refused."""

    __slots__ = ()


def reference(ref: str, form: str = "") -> Reference:
    """What the filter ``secret`` writes."""
    return Reference(token(ref, form))


PLAIN = re.compile(r"[\w.:/@+,=-]+", re.ASCII)


def quoted(value: object) -> str:
    """Text in double quotes where it is more than one plain word, as Junos shows it; several lines become one."""
    lines = cast("tuple[object, ...]", value) if isinstance(value, tuple) else (value,)
    text = "\\n".join(str(line).replace("\\", r"\\").replace('"', r"\"") for line in lines)
    return text if PLAIN.fullmatch(text) else f'"{text}"'


def printable(value: Any) -> Any:
    """Every value a template writes passes here.

    None may end a line, hold what a device cannot take, or pose as a secret's reference, which would bring the
    secret into a description.
    """
    text = value if isinstance(value, str) else str(value)
    if not (text.isascii() and text.isprintable()):
        raise UnprintableError(text)
    if "<secret" in text and type(value) is not Reference:
        raise PosingError(text)
    return text


class Templates:
    """One compiled environment for the whole run. *trusted* is False for templates nobody has reviewed yet."""

    def __init__(self, root: Path, *, trusted: bool, cache: Path | None, seconds: float, keep: bool = True) -> None:
        self.digest = digest(root)
        self._seconds = seconds
        self._end = 0.0
        self._root = root.resolve()
        self._folder = Folder(root)
        kind = jinja2.Environment if trusted else ImmutableSandboxedEnvironment
        self._environment = kind(
            loader=self._folder,
            undefined=Missing,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
            auto_reload=False,
            cache_size=-1,
            autoescape=False,
            finalize=printable,
            bytecode_cache=_bytecode(cache) if keep else None,
        )
        names = cast("dict[str, Any]", self._environment.globals)
        names["range"] = self._range
        for name in ("lipsum", "cycler", "joiner"):
            names.pop(name, None)
        self._environment.filters["secret"] = reference
        self._environment.filters["quoted"] = quoted
        self._environment.filters["ports"] = collapsed

    def text(self, name: str, thing: str, context: dict[str, Any]) -> str:
        """The text of template *name*; every fault of a template becomes a problem with file and line."""
        self._end = time.monotonic() + self._seconds
        try:
            return "".join(self._pieces(name, context))
        except BadInput:
            raise
        except Exception as error:
            problems = {self._problem(error, name, thing): None}
            if isinstance(error, jinja2.UndefinedError):
                problems |= dict.fromkeys(self._others(name, thing, context))
            raise BadInput(tuple(problems)) from error

    def problems(self, names: Collection[str]) -> tuple[Problem, ...]:
        """What is wrong with the templates as they are written, none of them rendered; *names* are what they may use.

        Templates whose name begins with ``_`` are parts of others, whose names they may use too.
        """
        found: list[Problem] = []
        for path in sorted(self._root.rglob("*.j2")):
            name = path.relative_to(self._root).as_posix()
            try:
                tree = self._environment.parse(self._folder.get_source(self._environment, name)[0], name)
            except BadInput as error:
                found.extend(error.problems)
            except (jinja2.TemplateError, UnicodeDecodeError) as error:
                found.append(self._problem(error, name, name))
            else:
                known = {*names, *self._environment.globals, *(("way",) if path.name == "way-in.j2" else ())}
                unknown = meta.find_undeclared_variables(tree) - known
                found.extend(_undefined(tree, name, () if path.name.startswith("_") else unknown))
        return tuple(found)

    def _others(self, name: str, thing: str, context: dict[str, Any]) -> Iterator[Problem]:
        """What else the template asks for in vain."""
        from matric.render.gap import gaps  # noqa: PLC0415 - only where a template is refused

        def make(environment: jinja2.Environment) -> None:
            for _ in self._pieces(name, context, environment):
                pass

        for at, what in gaps(self._environment, Missing, self._root, make):
            yield _missing(f"{at} for {thing}", what)

    def _pieces(
        self, name: str, context: dict[str, Any], environment: jinja2.Environment | None = None
    ) -> Iterator[str]:
        length = 0
        for count, piece in enumerate((environment or self._environment).get_template(name).generate(context)):
            length += len(piece)
            # The clock is looked at now and then only: a piece takes a microsecond, and so does a look.
            if length > LONGEST_TEXT or (not count % PIECES_A_LOOK and time.monotonic() > self._end):
                raise OverLimitError(f"{length} characters")
            yield piece

    def _range(self, *args: int) -> Iterator[int]:
        """``range`` in templates, for a few thousand at most and not beyond the time limit."""
        numbers = range(*args)
        if len(numbers) > LONGEST_RANGE:
            raise OverLimitError(f"range of {len(numbers)}")
        for number in numbers:
            if time.monotonic() > self._end:
                raise OverLimitError("time")
            yield number

    def _problem(  # noqa: PLR0911 - one return for each fault
        self, error: Exception, name: str, thing: str
    ) -> Problem:
        at = f"{self._line(error, name)} for {thing}"
        text = "correct the text where it is kept"
        match error:
            case jinja2.TemplateNotFound():
                wanted = str(error.name or name)
                outside = ".." in wanted or wanted.startswith("/")
                return _path(wanted, "outside the repository" if outside else "no such template")
            case jinja2.TemplateSyntaxError():
                where = f"{error.name or name}:{error.lineno}"
                return Problem("TPL-SYNTAX", where, error.message or "not Jinja", "correct the template")
            case jinja2.UndefinedError():
                return _missing(at, str(error))
            case UnprintableError():
                rule = "no line of a configuration may hold such a character"
                return Problem("TPL-OUTPUT", at, rule, text, "value", str(error))
            case PosingError():
                return Problem("SECRET-IN-DATA", at, "poses as a secret's reference", text, "value", str(error))
            case RecursionError() | MemoryError() | OverLimitError() | OverflowError():
                rule = "stopped at the limit of time, size or depth"
                return Problem("TPL-LIMIT", at, rule, "remove the unbounded loop")
            case jinja2.TemplateError():
                return Problem("TPL-SYNTAX", at, escaped(str(error)), "correct the template")
            case UnicodeDecodeError():
                return Problem("TPL-SYNTAX", at, "the template is not UTF-8", "save it as UTF-8")
            case _:
                # A template may put any two values together in any way.
                return Problem("TPL-FAULT", at, escaped(f"{type(error).__name__}: {error}"), "correct the template")

    def _line(self, error: BaseException, name: str) -> str:
        """``ios/access.j2:42``: the innermost template line the error passed through."""
        for frame in reversed(traceback.extract_tb(error.__traceback__)):
            path = Path(frame.filename)
            if path.suffix == ".j2" and path.is_relative_to(self._root):
                return f"{path.relative_to(self._root).as_posix()}:{frame.lineno}"
        return name


def _bytecode(cache: Path | None) -> jinja2.FileSystemBytecodeCache | None:
    """Compiled templates, kept where only this user writes; None where it cannot be."""
    base = cache or Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "matric"
    folder = base / f"templates-{jinja2.__version__}"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if folder.stat().st_uid != os.getuid() or folder.stat().st_mode & 0o022:
            return None
    except OSError:
        return None
    return jinja2.FileSystemBytecodeCache(str(folder))
