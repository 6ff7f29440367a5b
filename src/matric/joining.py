"""A joining school's way into NetBox: its block, the choices, and its rows, written.

Joins the survey's judgement (``matric.survey.adopt``) with the edge to NetBox.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from ipaddress import IPv4Network
from pathlib import Path
from typing import TYPE_CHECKING

from matric import survey as surveys
from matric.errors import BadInput, Problem, UsageError
from matric.survey import adopt
from matric.survey.adopt import file
from matric.survey.adopt.block import note

if TYPE_CHECKING:
    from matric.intent.record import Records
    from matric.netbox import Adopted, Client
    from matric.policy.agreement import Agreement
    from matric.site import Site
    from matric.survey.adopt import Adoption
    from matric.survey.model import Survey

__all__ = ("Allocated", "Worked", "accepted", "allocated", "worked", "written")

Say = Callable[[str], None]

FEW = 3
"""Open choices that a message names one by one; of more it counts the rest."""


@dataclass(frozen=True)
class Worked:
    """What NetBox is to hold for a school, and what it held when that was worked out."""

    survey: "Survey"
    adoption: "Adoption"
    held: "Records"
    provisional: bool
    """The school has no block yet: the first free one stands for it, and nothing may be written."""

    @property
    def obstacles(self) -> tuple[Problem, ...]:
        """Everything for whose sake nothing may be written."""
        slug = self.adoption.slug
        where = f"inventory/{surveys.FOLDER}/{slug}/{adopt.FILE}"
        opened = self.adoption.open
        bare = [one.told for one in opened if one.decide is None]
        found: list[Problem] = []
        if len(bare) > FEW:
            some = f"{'; '.join(bare[:FEW])} and {len(bare) - FEW} more"
            remedy = f"matric adopt {slug} --propose lists them; decide them in {where}"
            found.append(Problem("CHOICE-OPEN", f"{slug} {some}", f"{len(bare)} choices are not decided", remedy))
            opened = tuple(one for one in opened if one.decide is not None)
        found += [Problem("CHOICE-OPEN", f"{slug} {one.told}", one.open, f"decide it in {where}") for one in opened]
        if self.provisional:
            rule, remedy = f"{slug} has no address block", f"matric allocate {slug}"
            found.append(Problem("SCHOOL-BLOCK", "standard.yaml", rule, remedy, "addresses.schools"))
        return (*found, *self.adoption.problems)

    def again(self, site: "Site") -> "Worked":
        """The same, with the choices as they stand in the file now."""
        choices = adopt.load(surveys.folder(site.inventory, self.survey.school), self.survey.school)
        made = adopt.adoption(self.survey, self.adoption.standard, self.held, choices)
        return Worked(self.survey, made, self.held, self.provisional)


def worked(site: "Site", school: str, client: "Client | None", say: Say = lambda _: None) -> Worked:
    """What the school's survey, the standard and its choices come to in *client*'s NetBox; in the snapshot without one.

    UsageError where the school was not surveyed.
    """
    taken = surveys.load(site.inventory, school)
    if client is not None:
        from matric import netbox as edge  # noqa: PLC0415 - loaded on use

        held = edge.pull(client, on_progress=lambda what, done, of: say(f"{what} ({done} of {of})")).records
    else:
        held = site.snapshot.records
    standard = site.standard
    provisional = school not in standard.addresses.schools
    if provisional:
        standard = adopt.with_block(standard, school, adopt.free(standard, held, taken))
    choices = adopt.load(surveys.folder(site.inventory, school), school)
    return Worked(taken, adopt.adoption(taken, standard, held, choices), held, provisional)


def accepted(site: "Site", found: Worked, fields: Collection[str] = ()) -> Path:
    """Write the choices into the school's folder, with every proposal about one of *fields* taken.

    UsageError where a field is none that is open.
    """
    choices = found.adoption.choices
    known = {one.field for one in choices.choices}
    if unknown := sorted(set(fields) - known):
        raise UsageError(
            f"nothing is to be decided about {', '.join(unknown)}. Do: name one of {', '.join(sorted(known)) or 'none'}"
        )
    decided = tuple(
        one.model_copy(update={"decide": one.propose})
        if one.field in fields and one.decide is None and one.propose is not None and not (one.needs and not one.value)
        else one
        for one in choices.choices
    )
    folder = surveys.folder(site.inventory, choices.school)
    return file.write(folder, choices.model_copy(update={"choices": decided}))


def written(
    site: "Site", found: Worked, client: "Client", *, dry_run: bool = True, say: Say = lambda _: None
) -> "tuple[Adopted, tuple[Agreement, ...]]":
    """The rows in NetBox, and what is kept as the school's own in agreements.yaml; with *dry_run*, what would be.

    BadInput where a choice is open or a check refuses the rows: then nothing is written.
    """
    from matric import netbox as edge  # noqa: PLC0415 - loaded on use

    if not dry_run and found.obstacles:
        raise BadInput(found.obstacles)
    made = found.adoption
    agreements = tuple(made.agreements())
    if not dry_run:
        agreements = file.agree(site.inventory, agreements)
    done = edge.adopt(
        client,
        made.school_rows,
        found.held,
        chosen=made.chosen,
        macs=made.macs,
        message=f"matric: {made.slug} adopted from its survey of {found.survey.taken_at}",
        dry_run=dry_run,
        on_progress=lambda what, number, of: say(f"{what} ({number} of {of})"),
    )
    return done, agreements


@dataclass(frozen=True)
class Allocated:
    """A school's block."""

    block: IPv4Network
    new: bool
    """It was not in standard.yaml before."""
    said: tuple[str, ...] = ()
    """Blocks that were kept clear on the way, and why."""


def allocated(site: "Site", school: str, client: "Client", *, size: int = adopt.SIZE) -> Allocated:
    """A block for *school*: recorded in NetBox, and written into standard.yaml for review.

    One it has already is kept. A school that nobody surveyed gets a choices.yaml without a choice: by that ``matric
    check`` knows it for one that joins. UsageError where there is no room, or the size is none a school can have.
    """
    from matric import netbox as edge  # noqa: PLC0415 - loaded on use

    standard = site.standard
    pool = standard.addresses.block
    if not pool.prefixlen < size <= _least(site):
        raise UsageError(
            f"a /{size} holds no school: the trust's block is a /{pool.prefixlen}, and the standard's networks need a "
            f"/{_least(site)}. Do: choose a size from {pool.prefixlen + 1} to {_least(site)}"
        )
    held = standard.addresses.schools.get(school)
    if held is not None:
        return Allocated(held, new=False)
    taken = surveys.load(site.inventory, school) if surveys.saved(site.inventory, school) else None
    used = [(block, f"block of {slug} in standard.yaml") for slug, block in standard.addresses.schools.items()]
    used += [(one, "the trust's operators") for one in standard.trust.operators]
    used += [(one, f"in use at {school} before it joins") for one in (adopt.seen(taken) if taken is not None else ())]
    said: list[str] = []
    block = edge.allocate(client, pool, school, note=note(school), size=size, used=used, say=said.append)
    file.allocate(site.inventory / "standard.yaml", school, str(block))
    if taken is None:  # without a survey nothing else says that the school joins, and is no slip of the pen
        home = surveys.folder(site.inventory, school)
        file.write(home, adopt.load(home, school))
    return Allocated(block, new=True, said=tuple(said))


def _least(site: "Site") -> int:
    """Length of the smallest block that holds every network of the standard, and a link to the router."""
    networks = site.standard.networks.values()
    ends = [256 * (one.offset or 0) + 2 ** (32 - one.prefix_length) for one in networks if one.prefix_length]
    return 32 - (max(ends, default=256) - 1).bit_length()
