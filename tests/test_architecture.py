"""The direction of imports, exports and start-up cost, held by reading the code itself."""

import ast
import subprocess
import sys
import tomllib
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SRC = ROOT / "src" / "matric"
MODULES = sorted(path for path in SRC.rglob("*.py") if "starter" not in path.parts)

EDGES = {"journal", "fleet", "perform", "platform", "netbox", "forge", "lab", "pins", "clock", "walk"}
JUDGES = {"gate", "drift", "survey", "report"}
PURE = {"intent", "render", "config", "diff", "policy", "switch", "ordering", "plan", "cutover", "reach"}

# Pure modules touch no clock, socket or disk; a template folder is read by render, and files are loaded where named.
NO_WORLD = {
    "socket",
    "requests",
    "subprocess",
    "time",
    "threading",
    "asyncio",
    "sqlite3",
    "nornir",
    "napalm",
    "netmiko",
}

HEAVY = {"napalm", "netmiko", "nornir", "hier_config", "netbox_python", "requests",
         "aiohttp", "asyncssh", "graphql", "jinja2", "gitlab", "github",
         "pydantic", "rich", "yaml", "keyring", "markdown_it"}  # fmt: skip


def room(path: Path) -> str:
    """The top-level module of *path* inside matric."""
    return path.relative_to(SRC).parts[0].removesuffix(".py")


@cache
def code(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


@cache
def imports(path: Path) -> tuple[str, ...]:
    """Every module *path* imports at run time."""
    tree = code(path)
    typing_only = {
        id(inner) for node in ast.walk(tree) if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)
        for inner in ast.walk(node)
    }  # fmt: skip
    found: list[str] = []
    for node in ast.walk(tree):
        if id(node) in typing_only:
            continue
        if isinstance(node, ast.Import):
            found += (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module is not None and node.level == 0:
            found.append(node.module)
            found += (f"{node.module}.{alias.name}" for alias in node.names if node.module == "matric")
    return tuple(found)


def libraries(path: Path) -> set[str]:
    """The packages that *path* imports from."""
    return {name.split(".")[0] for name in imports(path)}


def named(found: Iterable[tuple[Path, object]]) -> dict[str, object]:
    """What is wrong, by module; what is empty is not wrong."""
    return {str(path.relative_to(SRC)): wrong for path, wrong in found if wrong}


def used_rooms(path: Path) -> set[str]:
    return {name.split(".")[1] for name in imports(path) if name.startswith("matric.")}


def test_what_is_pure_knows_nothing_of_the_judges_the_edges_or_the_command_line() -> None:
    pure = [path for path in MODULES if room(path) in PURE or path == SRC / "change" / "bound.py"]
    # Two exceptions: what bounds the time of a template or a rule must look at a clock.
    clocks = {SRC / "render" / "template.py": {"time"}, SRC / "policy" / "patience.py": {"threading"}}
    forbidden = EDGES - {"platform", "clock"} | JUDGES | {"cli"}

    assert {room(path) for path in pure} == PURE | {"change"}
    assert not named((path, used_rooms(path) & forbidden) for path in pure)
    assert not named((path, libraries(path) & (NO_WORLD - clocks.get(path, set()))) for path in pure)


def test_the_judges_touch_no_device() -> None:
    judges = [path for path in MODULES if room(path) in JUDGES]

    assert {room(path) for path in judges} == JUDGES
    assert not named((path, used_rooms(path) & {"fleet", "perform", "netbox", "lab", "cli"}) for path in judges)


def test_nothing_but_the_command_line_imports_the_command_line() -> None:
    assert not named((path, used_rooms(path) & {"cli"}) for path in MODULES if room(path) != "cli")


def test_only_one_module_imports_netbox_python() -> None:
    users = {path for path in MODULES if "netbox_python" in libraries(path)}

    assert users == {SRC / "netbox" / "client.py"}


@pytest.mark.parametrize("library", ["gitlab", "github"])
def test_only_its_own_module_speaks_to_a_forge(library: str) -> None:
    users = {path for path in MODULES if library in libraries(path)}

    assert users == {SRC / "forge" / f"{library}.py"}


@pytest.mark.parametrize("folder", ["tasks", "policies"])
def test_content_imports_only_matric_and_tasks_also_nornir(folder: str) -> None:
    allowed: set[str] = {"matric", *sys.stdlib_module_names}
    if folder == "tasks":
        allowed |= {"nornir", "nornir_napalm"}
    files = sorted((ROOT / folder).glob("*.py"))

    strangers = {(path.name, name) for path in files for name in imports(path) if name.split(".")[0] not in allowed}

    assert files
    assert not strangers


def test_the_machine_never_imports_content_by_name() -> None:
    content = {"tasks", "policies", "templates", "runbooks", "inventory"}

    assert not {(path.name, name) for path in MODULES for name in imports(path) if name.split(".")[0] in content}


def test_content_folders_are_no_packages() -> None:
    assert not [path for folder in ("tasks", "policies", "tests") for path in (ROOT / folder).rglob("__init__.py")]


def _kind(name: str) -> int:
    return 0 if name.isupper() else 1 if name.lstrip("_")[:1].isupper() else 2


def test_every_module_exports_a_sorted_tuple_of_names_that_exist() -> None:
    assert not named((path, _misplaced(path)) for path in MODULES)


def _misplaced(path: Path) -> str:
    """What is wrong with the docstring and ``__all__`` of *path*; whether its names exist is the linter's to say."""
    tree = code(path)
    if path.name == "__main__.py" or (path.name == "__init__.py" and len(tree.body) == 1):
        return ""
    exported = [
        node.value for node in tree.body if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__"
    ]
    if not exported:
        return "it has no __all__"
    names: tuple[str, ...] = ast.literal_eval(exported[0])
    # The linter's own order: constants, classes, functions.
    if type(names) is not tuple or list(names) != sorted(names, key=lambda name: (_kind(name), name)):
        return f"its __all__ is no sorted tuple: {names}"
    return "" if ast.get_docstring(tree) else "it has no docstring"


@pytest.mark.parametrize("arguments", [["--help"], ["--version"]])
def test_asking_for_help_imports_nothing_heavy(arguments: list[str]) -> None:
    ask = f"import sys\nfrom matric.cli import main\ntry: main({arguments})\nexcept SystemExit: pass"
    code = f"{ask}\nprint('LOADED', *sys.modules)"

    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    loaded = set(ran.stdout.split("LOADED")[-1].split())
    assert not loaded & HEAVY


def test_the_lock_names_no_address_and_pins_every_package_by_hash() -> None:
    for lock in ("requirements.lock", "requirements-hier4.lock"):
        text = (ROOT / lock).read_text(encoding="utf-8")
        pins = [line for line in text.splitlines() if "==" in line and not line.lstrip().startswith("#")]

        assert "://" not in text
        assert text.count("--hash=sha256:") >= len(pins) > 40


def test_the_lab_s_servers_stay_out_of_the_core() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]

    core = " ".join(project["dependencies"])

    assert not [name for name in ("asyncssh", "aiohttp", "graphql") if name in core]
