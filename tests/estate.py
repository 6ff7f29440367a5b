"""Two schools on Cisco and Arista switches alone: what the tests of the machine stand on.

The content is the trust's own; rows and old configurations are in ``tests/estates/cisco-arista`` and stay as they are
whatever switches the reference trust is given. Its rows were written by
``script/fernhill FOLDER --campus tests/estates/cisco-arista/campus.yaml``.
"""

import atexit
import shutil
import sys
import tempfile
from functools import cache
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path
from types import ModuleType

from matric import snapshot
from matric.intent.record import Records

__all__ = ("ESTATE", "flawless", "laid_out", "script", "settled", "standing")

ROOT = Path(__file__).parents[1]
ESTATE = ROOT / "tests" / "estates" / "cisco-arista"
LEFT = shutil.ignore_patterns("__pycache__")


def laid_out(folder: Path) -> Path:
    """A whole site in *folder*: this trust's content, these schools."""
    for name in ("inventory", "templates", "tasks", "policies", "runbooks"):
        shutil.copytree(ROOT / name, folder / name, ignore=LEFT, dirs_exist_ok=True)
    shutil.copy2(ROOT / "pyproject.toml", folder)
    return settled(folder)


def settled(folder: Path) -> Path:
    """The site in *folder* with these schools in the place of its own."""
    for name in ("snapshot", "lab"):
        shutil.rmtree(folder / "inventory" / name, ignore_errors=True)
        shutil.copytree(ESTATE / name, folder / "inventory" / name)
    return folder


def flawless() -> Records:
    """The rows without the deliberate flaw: every guest VLAN names its filtering policy."""
    found = snapshot.load(ESTATE / "snapshot").records
    policy = {"custom_fields": {"filter_policy": "guest"}}
    vlans = tuple(one.model_copy(update=policy) if one.role == "guest" else one for one in found.vlans)
    return found.model_copy(update={"vlans": vlans})


@cache
def script(name: str) -> ModuleType:
    """The module that *script/name* is, though its name has no ending."""
    module = f"script_{name.replace('-', '_')}"
    loader = SourceFileLoader(module, str(ROOT / "script" / name))
    spec = spec_from_loader(module, loader)
    assert spec is not None
    found = sys.modules[module] = module_from_spec(spec)
    before, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    try:
        loader.exec_module(found)
    finally:
        sys.dont_write_bytecode = before
    return found


@cache
def standing() -> Path:
    """One such site for all tests of a process, which none of them changes."""
    folder = Path(tempfile.mkdtemp(prefix="matric-estate-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return laid_out(folder)
