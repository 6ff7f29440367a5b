"""Who made the thing behind a MAC address, from the IEEE's registry as a library ships it; nothing is asked online."""

from functools import cache

__all__ = ("RANDOM", "group", "maker", "random")

RANDOM = "random address"
"""What is said in the place of a maker's name where the address was made up."""
_UNNAMED = ("unknown", "Private", "IEEE Registration Authority")


def group(mac: str) -> bool:
    """True for broadcast and multicast: no host has such an address (IEEE 802, bit I/G)."""
    return bool(int(mac[:2], 16) & 1)


def random(mac: str) -> bool:
    """True where the address is locally administered (IEEE 802, bit U/L): made up by the host, as telephones do."""
    return bool(int(mac[:2], 16) & 2)


@cache
def maker(mac: str) -> str:
    """Whom the address was given to; ``RANDOM`` where it was made up, and empty where the registry names nobody."""
    import pymanuf  # noqa: PLC0415 - it reads two megabytes when it is imported

    # The registry is asked first: some makers were given prefixes with that bit set, long ago.
    name = str(pymanuf.lookup(mac)).strip()
    if name not in _UNNAMED:
        return name
    return RANDOM if random(mac) else ""
