"""Operating systems: one module each, and what they share.

A module of this package that holds ``PLATFORM`` is a platform; adding one adds a file and edits none.
"""

import importlib
import pkgutil
from collections.abc import Iterator, Mapping

from matric.errors import UsageError
from matric.platform.base import Platform

__all__ = ("PLATFORMS", "get")


class _Platforms(Mapping[str, Platform]):
    """Slug -> platform; each module is imported when it is asked for."""

    def __getitem__(self, slug: str) -> Platform:
        if slug not in _modules():
            raise KeyError(slug)
        found = getattr(importlib.import_module(f"{__name__}.{slug}"), "PLATFORM", None)
        if not isinstance(found, Platform):
            raise KeyError(slug)
        return found

    def __iter__(self) -> Iterator[str]:
        return (slug for slug in _modules() if slug in self)

    def __len__(self) -> int:
        return sum(1 for _ in self)


def _modules() -> tuple[str, ...]:
    return tuple(sorted(found.name for found in pkgutil.iter_modules(__path__)))


PLATFORMS: Mapping[str, Platform] = _Platforms()
"""Every platform matric knows, by NetBox slug."""


def get(slug: str) -> Platform:
    """The platform with NetBox slug *slug*."""
    try:
        return PLATFORMS[slug]
    except KeyError:
        raise UsageError(f"platform {slug!r} is not known. Do: use one of {', '.join(PLATFORMS)}") from None
