"""Address blocks of schools: which of the trust's are free."""

from collections.abc import Iterable, Iterator
from ipaddress import IPv4Network, ip_network

from matric.errors import UsageError
from matric.intent.record import Records
from matric.intent.standard import Standard
from matric.survey.adopt.facts import network_of
from matric.survey.model import Survey

__all__ = ("SIZE", "free", "note", "seen", "taken")

SIZE = 18
"""Prefix length of a school's block where nothing else is said."""


def free(standard: Standard, records: Records, survey: Survey | None, size: int = SIZE) -> IPv4Network:
    """The first block of the trust's that nobody has and that is not in use at the school itself.

    UsageError where there is none.
    """
    used = tuple(taken(standard, records, survey))
    for one in standard.addresses.block.subnets(new_prefix=size):
        if not any(one.overlaps(other) for other in used):
            return one
    raise UsageError(
        f"the trust's block {standard.addresses.block} has no /{size} left that nobody uses. "
        "Do: choose a smaller block with --size, or give the trust another one in standard.yaml"
    )


def taken(standard: Standard, records: Records, survey: Survey | None) -> Iterator[IPv4Network]:
    """Every prefix a new block must stay clear of; the trust's own container and wider ones are none."""
    yield from standard.addresses.schools.values()
    whole = standard.addresses.block
    yield from (one for one in standard.trust.operators if one != whole)
    for row in records.prefixes:
        found = ip_network(row.prefix, strict=False)
        if isinstance(found, IPv4Network) and not (whole.subnet_of(found) and row.status == "container"):
            yield found
    if survey is not None:
        yield from seen(survey)


def seen(survey: Survey) -> tuple[IPv4Network, ...]:
    """Prefixes in use at the school: of the devices' own addresses, and /24s around leases that lie in none of them."""
    found = {
        prefix for one in survey.devices for address in one.addresses or () if (prefix := network_of(address.address))
    }
    found |= set(_around((lease.ip for one in survey.devices for lease in one.leases or ()), found))
    found |= set(_around((lease.ip for lease in survey.leases), found))
    return tuple(sorted(found))


def _around(addresses: Iterable[str], known: set[IPv4Network]) -> Iterator[IPv4Network]:
    for text in addresses:
        if ":" in text:
            continue
        near = IPv4Network((text, 24), strict=False)
        if not any(near.overlaps(one) for one in known):
            yield near


def note(slug: str) -> str:
    """The description of a school's block in NetBox, by which it is known again."""
    return f"{slug}: the school's block"
