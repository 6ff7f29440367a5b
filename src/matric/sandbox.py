"""Templates nobody has reviewed yet, rendered where they can do nothing: a child process without secrets.

The child gets the view as a pickle from this process, an empty environment, limits of time and memory, and gives back
JSON. It is a second wall behind Jinja's sandbox, which bounds neither loops nor memory. It does not cut the child off
from the network: nothing a sandboxed template can call reaches it.
"""

import contextlib
import json
import os
import pickle
import signal
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any, cast

from matric.errors import BadInput, Problem

__all__ = ("confined",)

MEMORY_BYTES = 1 << 30
GRACE_S = 5.0
"""Start and end of the child."""


def confined(templates: Path, name: str, thing: str, context: dict[str, Any], seconds: float) -> str:
    """The text of template *name*, made in the child; BadInput as if it were made here."""
    order = pickle.dumps((str(templates.resolve()), name, thing, context, seconds))
    too_much = Problem(
        "TPL-LIMIT", f"{name} for {thing}", "stopped at the limit of memory", "remove the unbounded loop"
    )
    try:
        done = subprocess.run(
            [sys.executable, "-m", "matric.sandbox"],
            input=order,
            capture_output=True,
            timeout=seconds + GRACE_S,
            env={"PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "HOME": os.devnull},
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise BadInput((too_much,)) from error
    if done.returncode != 0:
        raise BadInput((too_much,))
    answer = cast("dict[str, Any]", json.loads(done.stdout))
    if answer["problems"]:
        raise BadInput(tuple(Problem(**problem) for problem in answer["problems"]))
    return str(answer["text"])


def _limited(seconds: float) -> None:
    """Time is a signal, so that the line it struck can be named; memory is the kernel's."""
    import resource  # noqa: PLC0415 - Unix only, as all that runs here

    from matric.render.template import OverLimitError  # noqa: PLC0415 - heavy, and only in the child

    def out_of_time(*_: object) -> None:
        raise OverLimitError("time")

    signal.signal(signal.SIGALRM, out_of_time)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    with contextlib.suppress(ValueError, OSError):  # macOS does not limit address space
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))


def _main() -> None:
    from matric.render.template import Templates  # noqa: PLC0415 - heavy, and only in the child

    order: tuple[str, str, str, dict[str, Any], float] = pickle.load(sys.stdin.buffer)  # noqa: S301 - from our parent
    root, name, thing, context, seconds = order
    templates = Templates(Path(root), trusted=False, cache=None, seconds=seconds, keep=False)
    _limited(seconds)
    text, problems = "", list[dict[str, Any]]()
    try:
        text = templates.text(name, thing, context)
    except BadInput as error:
        problems = [asdict(problem) for problem in error.problems]
    signal.setitimer(signal.ITIMER_REAL, 0)
    sys.stdout.write(json.dumps({"text": text, "problems": problems}))


if __name__ == "__main__":
    _main()
