"""Thornfield Primary in this process: its switches answer to questions put to them directly."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from matric import yaml_file
from matric.intent.standard import Standard
from matric.lab import aoscx_show, aoss_show, ios_show, junos_cli
from matric.lab.daemon import Laboratory
from matric.lab.description import described
from matric.lab.eos import Request
from matric.lab.spec import LabSpec

ROOT = Path(__file__).resolve().parents[3]
THORNFIELD = ROOT / "inventory" / "lab" / "thornfield"
STANDARD = yaml_file.model(ROOT / "inventory" / "standard.yaml", Standard)
SPEC = described(THORNFIELD, STANDARD, "a seed of the tests")
T = TypeVar("T")


def inside(folder: Path, act: Callable[[Laboratory], Awaitable[T]], spec: LabSpec = SPEC) -> T:
    """What *act* finds in a lab of the school."""

    async def run() -> T:
        lab = Laboratory(spec, folder)
        try:
            lab.sync()
            return await act(lab)
        finally:
            for wire in lab.wires.values():
                wire.close()

    return asyncio.run(run())


async def shown(lab: Laboratory, name: str, command: str) -> str:
    """What device *name* answers to *command*."""
    device: Any = lab.devices[name]
    direct: dict[str, Callable[[], str | None]] = {
        "ios": lambda: ios_show.answer(device, "admin", command),
        "aoss": lambda: aoss_show.answer(device, command.removeprefix("show ")),
        "aoscx": lambda: aoscx_show.answer(device, command),
        "junos": lambda: junos_cli.answer(device, command),
    }
    if device.spec.platform == "eos":
        answers: list[Any] = await device.run([command], Request("admin", text=True))
        return str(answers[0]["output"])
    answer = direct[device.spec.platform]()
    assert answer is not None, f"{name} does not know {command}"
    return answer


def with_endpoint(name: str, **changes: object) -> LabSpec:
    """The school with one endpoint of another kind."""
    changed = (replace(one, **changes) if one.name == name else one for one in SPEC.endpoints)  # type: ignore[arg-type]
    return replace(SPEC, endpoints=tuple(changed))
