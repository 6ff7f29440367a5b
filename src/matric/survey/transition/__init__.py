"""Renumbering in stages: which networks run side by side, in what order things move, and each stage as NetBox's rows.

Every stage is a plan of its own: its rows are a snapshot, checked, planned, gated and carried out like any other.
"""

from typing import TYPE_CHECKING

from matric.survey.transition.course import course
from matric.survey.transition.model import Order, Stage, Transition
from matric.survey.transition.rows import agreements, ended, rows

if TYPE_CHECKING:
    from pathlib import Path

    from matric.intent.record import Records
    from matric.site import Site

__all__ = (
    "FILE",
    "Order",
    "Stage",
    "Transition",
    "agree",
    "agreements",
    "course",
    "keep",
    "kept",
    "order",
    "planned",
    "rows",
)

FILE, WAY = "transition.yaml", "transition.json"


def order(site: "Site", slug: str) -> Order:
    """What was decided about the way of school *slug*; the usual where no file is. BadInput lists what is wrong."""
    from matric import survey, yaml_file  # noqa: PLC0415 - loaded on use

    path = survey.folder(site.inventory, slug) / FILE
    return yaml_file.model(path, Order) if path.is_file() else Order()


def planned(site: "Site", slug: str, *, again: bool = False) -> "tuple[Transition, dict[int, Records]]":
    """The way of school *slug*, and the rows that NetBox is to hold at the end of each stage, by its number.

    The way that was kept (``keep``), whatever stage the snapshot is at; with *again*, or where none was, a new one.
    UsageError where the school was not surveyed. Where NetBox has the school already, its rows are the end.
    """
    from matric import survey  # noqa: PLC0415 - loaded on use
    from matric.survey import adopt  # noqa: PLC0415 - ditto
    from matric.survey.adopt.facts import facts  # noqa: PLC0415 - ditto
    from matric.survey.endpoint.census import census  # noqa: PLC0415 - ditto
    from matric.survey.wanted import rows as wanted_rows  # noqa: PLC0415 - ditto

    taken = survey.load(site.inventory, slug)
    base, standard = wanted_rows(site, slug)
    held = kept(site, slug)
    final = ended(base, slug, held) if held is not None else base
    choices = adopt.load(survey.folder(site.inventory, slug), slug)
    known = facts(taken, standard, final, choices)
    way = held
    if way is None or again:
        way = course(known, final, order(site, slug), census(taken).endpoints)
    return way, {stage.number: rows(known, final, way, stage) for stage in way.stages}


def agree(site: "Site", way: Transition, stage: Stage, *, owner: str, approver: str) -> tuple[str, ...]:
    """Agree that the old networks of *stage* run beside, and that those it ends do no more; each in words.

    What was agreed before keeps its day, and is named where that is another one than the file's.

    UsageError where nobody is named, or no day (``review`` in the file) by which nothing runs beside any more.
    """
    from matric.errors import UsageError  # noqa: PLC0415 - loaded on use
    from matric.policy import agreement  # noqa: PLC0415 - ditto
    from matric.survey.adopt import file  # noqa: PLC0415 - ditto

    decided = order(site, way.school)
    if stage.sides and not (owner and approver):
        raise UsageError("an agreement has an owner and an approver. Do: give --owner and --approver")
    if stage.sides and decided.review is None:
        raise UsageError(
            "nothing says by which day nothing runs beside any more. "
            f"Do: write review: into inventory/joining/{way.school}/{FILE}"
        )
    over = [f"{way.school} vlan {side.vid_during}" for side in way.sides if side.vid not in stage.sides]
    before = {one.object: one for one in agreement.load(site.inventory).agreements if one.school == way.school}
    due = tuple(agreements(way, stage, decided, owner=owner, approver=approver))
    new = file.agree(site.inventory, due)
    gone = file.withdraw(site.inventory, way.school, over)
    return (
        *(f"agreed {one.object} until {one.review}" for one in new),
        *(
            f"agreed before: {held.object} until {held.review}, not {one.review}. Do: change its day in "
            f"inventory/{agreement.FILE}, or take it out and agree again"
            for one in due
            if (held := before.get(one.object)) is not None and held.review != one.review
        ),
        *(f"no longer agreed {one}" for one in gone),
    )


def kept(site: "Site", slug: str) -> Transition | None:
    """The way of school *slug* that was kept; None where none was. BadInput where it cannot be read."""
    from matric import survey  # noqa: PLC0415 - loaded on use
    from matric.errors import BadInput, Problem  # noqa: PLC0415 - ditto

    path = survey.folder(site.inventory, slug) / WAY
    if not path.is_file():
        return None
    try:
        return Transition.model_validate_json(path.read_text(encoding="utf-8"))
    except ValueError as error:
        rule = f"this version reads no such way ({str(error).splitlines()[0]})"
        problem = Problem("TRANSITION-FORM", str(path), rule, f"make it anew: matric transition {slug} --again")
        raise BadInput((problem,)) from error


def keep(site: "Site", way: Transition) -> "Path":
    """Keep *way* in its school's folder: from its first stage on, what moves when stays as people were told."""
    from matric import canonical, survey  # noqa: PLC0415 - loaded on use

    path = survey.folder(site.inventory, way.school) / WAY
    path.write_text(canonical.pretty_text(way.model_dump(mode="json")), encoding="utf-8", newline="\n")
    return path
