"""The school as the standard wants it, whether or not NetBox has heard of it."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matric.intent.school import School
    from matric.site import Site

__all__ = ("wanted",)


def wanted(site: "Site", slug: str) -> "School":
    """School *slug* as it is to be: from the snapshot. UsageError where the snapshot does not know it."""
    return site.school(slug)
