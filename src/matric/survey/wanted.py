"""The school as the standard wants it, whether or not NetBox has heard of it."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matric.intent.record import Records
    from matric.intent.school import School
    from matric.intent.standard import Standard
    from matric.site import Site

__all__ = ("recorded", "rows", "wanted")


def wanted(site: "Site", slug: str) -> "School":
    """School *slug* as it is to be.

    From the snapshot where that has its devices; else from its kept survey, the standard and the choices made so far:
    what is undecided is as proposed, a block that is not allocated yet is the first free one, and a serial number
    that nobody knows stands as ``unknown-NAME``. UsageError where the school is neither in the snapshot nor surveyed,
    BadInput where its rows could not be used.
    """
    from matric.intent import build  # noqa: PLC0415 - loaded on use

    records, standard = rows(site, slug)
    return build.school(records, standard, slug)


def recorded(site: "Site", slug: str) -> bool:
    """Whether the snapshot has devices of school *slug*."""
    records = site.snapshot.records
    known = next((row for row in records.sites if row.slug == slug), None)
    return known is not None and any(row.site_id == known.id for row in records.devices)


def rows(site: "Site", slug: str) -> "tuple[Records, Standard]":
    """The trust's records and standard with school *slug* in them; the same as ``wanted`` reads."""
    from matric import survey  # noqa: PLC0415 - loaded on use
    from matric.survey import adopt  # noqa: PLC0415 - ditto

    records, standard = site.snapshot.records, site.standard
    if recorded(site, slug):
        return records, standard
    if not survey.saved(site.inventory, slug):
        return records, standard  # and the checks say that nobody knows the school
    taken = survey.load(site.inventory, slug)
    if slug not in standard.addresses.schools:
        standard = adopt.with_block(standard, slug, adopt.free(standard, records, taken))
    choices = adopt.load(survey.folder(site.inventory, slug), slug)
    found = adopt.proposed(taken, standard, records, choices)
    old = {row.id for row in records.devices}
    stood = tuple(
        row if row.serial or row.id in old else row.model_copy(update={"serial": f"unknown-{row.name}"})
        for row in found.devices
    )
    return found.model_copy(update={"devices": stood}), standard
