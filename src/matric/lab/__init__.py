"""Devices that answer on the wire, and the cabling between them.

``start`` builds a school from the snapshot in a process of its own; ``client.Lab`` controls it. Everything the lab's
servers need is the extra ``matric[lab]``; the client needs nothing.
"""

import secrets
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from time import monotonic, sleep

from matric.errors import MatricError
from matric.intent.school import School
from matric.intent.standard import Standard
from matric.lab import build, spec
from matric.lab.client import Lab
from matric.lab.spec import LabSpec

__all__ = ("Lab", "begin", "launch", "start", "stop")

START_S = 30.0
_STARTED: dict[Path, "subprocess.Popen[bytes]"] = {}
"""Labs this process started: it owes each a wait when it ends."""


def start(  # noqa: PLR0913 - what a lab may be told
    school: School, state: Path, boot: Path, *, seed: str = "", cut: str = "refuse", epoch: float = 0.0
) -> Lab:
    """A lab of *school*: devices boot with ``BOOT/<device>.conf`` where there is one, else bare but manageable.

    *boot* is the folder of the school's configurations (``inventory/lab/<school>``); lab time starts at *epoch*
    (seconds since 1970; 0 is now).
    """
    found = build.lab(school, boot, seed or secrets.token_hex(16))
    return launch(replace(found, cut="hang" if cut == "hang" else "refuse", epoch=epoch), state)


def begin(  # noqa: PLR0913 - ditto
    standard: Standard,
    state: Path,
    folder: Path,
    *,
    seed: str = "",
    cut: str = "refuse",
    epoch: float = 0.0,
) -> Lab:
    """A lab of the school that *folder*/lab.yaml describes, whatever the snapshot says of it."""
    from matric.lab import description  # noqa: PLC0415 - a lab of the snapshot needs no descriptions

    found = description.described(folder, standard, seed or secrets.token_hex(16))
    return launch(replace(found, cut="hang" if cut == "hang" else "refuse", epoch=epoch), state)


def launch(lab: LabSpec, state: Path) -> Lab:
    """A lab from its description, in a process of its own; comes back when every device answers."""
    state = Path(state)
    state.mkdir(parents=True, exist_ok=True)
    if (state / "lab.json").exists():
        running = Lab(state)
        try:
            running.ask("time", patience_s=5)
        except MatricError:
            (state / "lab.json").unlink(missing_ok=True)
        else:
            raise MatricError(f"a lab already runs in {state}. Do: matric lab down {lab.school}")
    spec.write(lab, state / "spec.json")
    log = state / "lab.log"
    with log.open("ab") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "matric.lab", "serve", str(state)],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    try:
        _ready(process, state, log)
    except BaseException:
        process.kill()
        process.wait()
        raise
    _STARTED[state.resolve()] = process
    return Lab(state)


def _ready(process: "subprocess.Popen[bytes]", state: Path, log: Path) -> None:
    deadline = monotonic() + START_S
    while not (state / "lab.json").exists():
        if process.poll() is not None:
            last = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()[-1:]
            raise MatricError(f"the lab did not start: {' '.join(last)}. Do: read {log}; pip install 'matric[lab]'")
        if monotonic() > deadline:
            raise MatricError(f"the lab did not start within {START_S:.0f} s. Do: read {log}")
        sleep(0.02)


def stop(state: Path) -> None:
    """End the lab in *state*; comes back when it is gone. Done twice is done once."""
    state = Path(state)
    if not (state / "lab.json").exists():
        return
    try:
        Lab(state).stop()
    except MatricError:
        (state / "lab.json").unlink(missing_ok=True)
        return
    deadline = monotonic() + START_S
    while (state / "lab.json").exists() and monotonic() < deadline:
        sleep(0.02)
    child = _STARTED.pop(state.resolve(), None)
    if child is not None:
        child.wait(START_S)
