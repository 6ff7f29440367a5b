"""``python -m matric.lab.forge gitlab|github --repository BARE.git [--port N] [--token T] [--person LOGIN=TOKEN]``."""

import argparse
import asyncio
import sys
from contextlib import suppress
from pathlib import Path

from matric.errors import MatricError
from matric.lab.forge import stand


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m matric.lab.forge", description="A stand-in for a forge.")
    parser.add_argument("forge", choices=("gitlab", "github"))
    parser.add_argument("--repository", type=Path, required=True, help="bare git repository; made where there is none")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one; its address is the first line printed")
    parser.add_argument("--token", default="lab-forge-token", help="the token of matric's own user")
    parser.add_argument("--project", default="trust/network", help="group/project or owner/repository")
    parser.add_argument("--person", action="append", default=[], metavar="LOGIN=TOKEN[:ROLE]",
                        help="somebody with an account: role none, read, write, maintain or admin")  # fmt: skip
    parser.add_argument("--actions", action="store_true", help="the token is GitHub Actions' own")
    given = parser.parse_args(arguments)
    served = stand(given.forge, given.repository, token=given.token, project=given.project, actions=given.actions)
    for one in given.person:
        login, _, rest = one.partition("=")
        token, _, role = rest.partition(":")
        served.person(login, role or "write", token)

    def opened() -> None:
        sys.stdout.write(f"{served.url}\n")
        sys.stdout.flush()

    with suppress(KeyboardInterrupt):
        asyncio.run(served.run("127.0.0.1", given.port, opened))
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except MatricError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(int(error.exit_code))
