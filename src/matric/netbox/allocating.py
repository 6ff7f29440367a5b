"""A school's address block, given by NetBox itself: two who ask at once never get the same one.

NetBox's ``available-prefixes`` hands out and records a block in one request, under a lock. What it does not know of
(blocks in standard.yaml, prefixes in use at the school) is put down there as kept clear, and the next block asked for.
"""

from collections.abc import Callable, Iterable
from ipaddress import IPv4Network, ip_network
from typing import Any

from matric.errors import Problem, SourceError, UsageError
from matric.netbox.client import Client
from matric.netbox.reading import version
from matric.netbox.transport import InvalidError
from matric.netbox.writing import MESSAGE_FROM, at_least

__all__ = ("allocate",)

PATH = "ipam/prefixes/"
MOST = 64
"""Blocks that are kept clear before somebody has to look."""
Used = tuple[IPv4Network, str]
"""A prefix that NetBox need not know of, and whose it is."""


def allocate(  # noqa: PLR0913 - each is a choice of its own
    client: Client,
    pool: IPv4Network,
    school: str,
    *,
    note: str,
    size: int,
    used: Iterable[Used] = (),
    say: Callable[[str], None] = lambda _: None,
) -> IPv4Network:
    """A block of *size* out of *pool* for *school*: the one NetBox has for it, by *note*, or a new one.

    UsageError where the pool is no prefix of NetBox or has no room; SourceError where NetBox gives no answer.
    """
    work = _Allocating(client, pool, school, note, message=at_least(version(client)[0], MESSAGE_FROM))
    taken = tuple(used)
    for _ in range(MOST):
        found = work.ours() or work.asked(size)
        block = IPv4Network(found["prefix"])
        clash = next((whose for other, whose in taken if other.overlaps(block)), None)
        if clash is None:
            return block
        say(f"{block} is kept clear: {clash}")
        work.keep_clear(found, clash)
    raise UsageError(f"{MOST} blocks of {pool} are in use elsewhere. Do: look at the prefixes below it in NetBox")


class _Allocating:
    def __init__(self, client: Client, pool: IPv4Network, school: str, note: str, *, message: bool) -> None:
        self.client, self.school, self.note = client, school, note
        self.message = {"changelog_message": f"matric: an address block for {school}"} if message else {}
        found = [row for row in client.rows(PATH, prefix=str(pool)) if row["vrf"] is None]
        if not found:
            raise UsageError(
                f"NetBox has no prefix {pool}, the trust's block (standard.yaml, addresses.block), to give from. "
                "Do: create it there with the status container"
            )
        self.pool = found[0]

    def ours(self) -> dict[str, Any] | None:
        """The block NetBox has for the school. Of two the first holds, and the other is said to be free again."""
        rows = [row for row in self.client.rows(PATH, description=self.note) if row["description"] == self.note]
        mine = [row for row in rows if self._inside(row)]
        for row in mine[1:]:
            self._patch(row, "reserved", f"given to {self.school} twice; may be deleted")
        return mine[0] if mine else None

    def _inside(self, row: dict[str, Any]) -> bool:
        own, whole = ip_network(row["prefix"]), ip_network(self.pool["prefix"])
        return isinstance(own, IPv4Network) and isinstance(whole, IPv4Network) and own.subnet_of(whole)

    def asked(self, size: int) -> dict[str, Any]:
        """The next free block, recorded."""
        wanted = {"prefix_length": size, "status": "container", "description": self.note, **self.message}
        for last in (False, True):
            try:
                self.client.written("POST", f"{PATH}{self.pool['id']}/available-prefixes/", [wanted])
            except InvalidError as error:
                raise self._refused(error, size) from error
            except SourceError:
                if last and self.ours() is None:
                    raise  # no answer twice; where it was heard after all, a second run finds the block
            # Read whatever the answer was: it may have come late, or another may have asked for the same school.
            if (found := self.ours()) is not None:
                return found
        rule = "NetBox took the request, and no block of the school is there"
        raise SourceError(Problem("NB-PARTIAL", f"POST /api/{PATH}", rule, "run again"))

    def _refused(self, error: InvalidError, size: int) -> Exception:
        if any("(409)" in one.rule for one in error.problems):
            return UsageError(
                f"{self.pool['prefix']} has no /{size} left that is free. "
                "Do: choose a smaller block with --size, or give the trust another one in standard.yaml"
            )
        return error

    def keep_clear(self, row: dict[str, Any], why: str) -> None:
        self._patch(row, "reserved", f"kept clear: {why}"[:200])

    def _patch(self, row: dict[str, Any], status: str, description: str) -> None:
        given = {"id": row["id"], "status": status, "description": description, **self.message}
        self.client.update(PATH, [given])
