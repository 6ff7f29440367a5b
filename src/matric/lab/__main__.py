"""``python -m matric.lab serve STATE`` is the lab's process; the rest controls one that runs."""

import json
import sys
from pathlib import Path
from typing import Any

from matric.errors import MatricError
from matric.lab import Lab, stop

USAGE = """usage: python -m matric.lab serve|stop|events|reach|clear STATE
       python -m matric.lab state STATE DEVICE
       python -m matric.lab fault STATE DEVICE KIND [on=REGEX] [sticky=1] [NAME=VALUE ...]"""


def main(arguments: list[str]) -> int:
    match arguments:
        case ["serve", state]:
            from matric.lab import daemon  # noqa: PLC0415 - the servers, needed in their process only

            daemon.run(Path(state))
        case ["stop", state]:
            stop(Path(state))
        case [("events" | "reach" | "clear") as what, state]:
            _print(Lab(Path(state)).ask(what))
        case ["state", state, device]:
            _print(Lab(Path(state)).device_state(device))
        case ["fault", state, device, kind, *rest]:
            args: dict[str, Any] = dict(one.split("=", 1) for one in rest)
            sticky = args.pop("sticky", "") in {"1", "true", "yes"}
            Lab(Path(state)).fault(device, kind, on=args.pop("on", ""), sticky=sticky, **args)
        case _:
            sys.stderr.write(f"{USAGE}\n")
            return 7
    return 0


def _print(found: Any) -> None:
    sys.stdout.write(f"{json.dumps(found, indent=1)}\n")


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except MatricError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(int(error.exit_code))
