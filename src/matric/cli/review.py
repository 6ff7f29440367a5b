"""What a change would do: which schools it touches, and the plan of each, for people to review."""

import getpass
from collections.abc import Generator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from matric.cli.context import Context, pass_context
from matric.cli.planning import accepted
from matric.errors import BadInput, ExitCode, GateBlocked, UsageError

if TYPE_CHECKING:
    from rich.console import Console

    from matric.change.review import Planned
    from matric.change.touch import Touch
    from matric.gate import Verdict
    from matric.intent.school import School
    from matric.plan import Plan
    from matric.site import Site

__all__ = ("propose", "touched")

FOLDER = click.Path(path_type=Path, file_okay=False)


@dataclass(frozen=True)
class _Sides:
    """The change's two ends, checked out, and the trusted content beside them."""

    base: "Site"
    head: "Site"
    """With the trusted content's Python where there is one."""
    trusted: "Site | None"
    names: Mapping[str, str]
    """base, head and trusted -> commit."""
    paths: tuple[str, ...]


@contextmanager
def _sides(context: Context, base: str, head: str, trusted: str | None = None) -> Generator[_Sides]:
    """Base, head and trusted content in temporary folders: nothing that lies about uncommitted is taken."""
    from matric import site  # noqa: PLC0415 - loaded on use
    from matric.change import repository  # noqa: PLC0415 - loaded on use

    root = context.site.root
    names = {"head": repository.commit(root, head), "trusted": ""}
    names["base"] = repository.merge_base(root, base, names["head"])
    if trusted is not None:
        names["trusted"] = repository.commit(root, trusted)
        if not repository.is_ancestor(root, names["base"], names["trusted"]):
            raise UsageError(
                f"base {names['base'][:12]} is not part of {trusted}, so nobody has reviewed it. "
                "Do: name the branch that the change is to be merged into"
            )
    paths = repository.changed(root, names["base"], names["head"])
    with ExitStack() as stack:
        places = {
            name: stack.enter_context(repository.worktree(root, name)) for name in sorted({*names.values()} - {""})
        }
        reviewed = places.get(names["trusted"])
        yield _Sides(
            base=site.load(places[names["base"]]),
            head=site.load(places[names["head"]], python_from=reviewed),
            trusted=site.load(reviewed) if reviewed is not None else None,
            names=names,
            paths=paths,
        )


@click.command()
@click.option("--base", required=True, help="Branch or commit the change is to be merged into.")
@click.option("--head", default="HEAD", show_default=True, help="The change's own last commit.")
@click.option(
    "--rendered",
    type=FOLDER,
    help="Write <school>/<device>.conf of every school that is touched or had to be rendered to know: "
    "what 'matric propose --rendered' reads.",
)
@pass_context
def touched(context: Context, base: str, head: str = "HEAD", rendered: Path | None = None) -> int:
    """Say which schools a change touches, and why or why not. Runs no Python of it, and contacts nothing.

    A school that cannot be rendered is touched, and its problems are told; 'matric check' ends with their exit code.
    """
    from matric.change import touch  # noqa: PLC0415 - loaded on use

    kept: dict[str, Mapping[str, str]] | None = {} if rendered is not None else None
    with context.progress("comparing"), _sides(context, base, head) as sides:
        found = touch.touched(sides.base, sides.head, sides.paths, kept=kept)
    if rendered is not None:
        _write(rendered, kept or {})
    context.emit([_as_json(one) for one in found], lambda console: _draw(console, found))
    return ExitCode.DONE


def _as_json(one: "Touch") -> dict[str, Any]:
    from matric.secret import redact  # noqa: PLC0415 - loaded on use

    return {
        "school": one.school,
        "touched": one.touched,
        "deploys": one.deploys,
        "renders": not one.gone,
        "reasons": [redact(reason) for reason in one.reasons],
        "devices": one.devices,
        "problems": [redact(str(problem)) for problem in one.problems],
    }


def _write(folder: Path, texts: Mapping[str, Mapping[str, str]]) -> None:
    for school, of in texts.items():
        place = folder / school
        place.mkdir(parents=True, exist_ok=True)
        for key, text in of.items():
            (place / f"{key.partition('/')[2]}.conf").write_text(text, encoding="utf-8")


def _draw(console: "Console", found: "tuple[Touch, ...]") -> None:
    from matric.secret import redact  # noqa: PLC0415 - loaded on use

    hit = [one for one in found if one.touched]
    console.print(f"{len(hit)} of {len(found)} schools touched")
    for one in found:
        word = "[yellow]touched[/]    " if one.touched else "[dim]not touched[/]"
        console.print(f"  {one.school:<20}{word}", end="")
        console.print(f"  {redact('; '.join(one.reasons))}", markup=False, soft_wrap=True)
        for problem in one.problems:
            console.print(f"      {redact(str(problem))}", markup=False, soft_wrap=True)


@click.command()
@click.option("--change", required=True, help="gitlab:group/project!12, github:owner/repo#12 or git:BRANCH.")
@click.option("--base", required=True, help="Branch or commit the change is to be merged into.")
@click.option("--head", default="HEAD", show_default=True, help="The change's own last commit.")
@click.option(
    "--trusted", help="Protected branch: tasks, policies, logins and pins come from there, and none of the change's."
)
@click.option("--rendered", type=FOLDER, help="Folder of <school>/<device>.conf that a job without secrets rendered.")
@click.option("--out", required=True, type=FOLDER, help="Folder for plan-SCHOOL.json and review.json.")
@click.option(
    "--unit",
    type=click.Choice(["school", "device"]),
    default="school",
    show_default=True,
    help="What is refused whole where a device has moved.",
)
@click.option(
    "--consent",
    "consents",
    metavar="SCHOOL/DEVICE=NET",
    multiple=True,
    help="Change this device under a net that costs people something, as oakfield/sw-02=reload.",
)
@click.option("--author", "authors", multiple=True, help="Who opened the change (default: as the forge says).")
@pass_context
def propose(
    context: Context,
    change: str,
    base: str,
    out: Path,
    head: str = "HEAD",
    trusted: str | None = None,
    rendered: Path | None = None,
    unit: str = "school",
    consents: tuple[str, ...] = (),
    authors: tuple[str, ...] = (),
) -> int:
    """Plan every school that a change touches, by show commands only, and keep the plans for review and deployment.

    One school that cannot be planned stops no other; the exit code is that of the one that ended worst. Whether a gate
    is open is in review.json, and decides nothing here.
    """
    from matric import canonical  # noqa: PLC0415 - loaded on use
    from matric import plan as plans  # noqa: PLC0415 - ditto
    from matric.change import proposal as proposals  # noqa: PLC0415 - ditto
    from matric.change import repository, review, touch  # noqa: PLC0415 - loaded on use

    if (trusted is None) != (rendered is None):
        raise UsageError(
            "--trusted and --rendered go together: without a trusted branch nothing is gained by text from elsewhere, "
            "and with it no template of the change is run. Do: give both, or neither"
        )
    people = (*authors, *_opened_by(change, authors))
    out.mkdir(parents=True, exist_ok=True)
    # What an earlier head's review said must not be read as this one's, whatever happens from here on.
    reviews = context.journal.shelf(review.KIND)
    reviews.drop(change)
    _clean(out)
    with _sides(context, base, head, trusted) as sides:
        # Templates that the protected branch has as well are reviewed: only others come as text.
        given = rendered if sides.trusted is not None and not touch.same_templates(sides.trusted, sides.head) else None
        makers = _Makers(context, sides, given, unit, accepted(consents), author=next(iter(people), getpass.getuser()))
        touches = touch.touched(sides.base, sides.head, sides.paths, texts=makers.texts if given is not None else None)
        commits = repository.people(context.site.root, sides.names["base"], sides.names["head"])
        asked = review.Asked(
            change=change,
            base=sides.names["base"],
            head=sides.names["head"],
            trusted=sides.names["trusted"],
            authors=tuple(sorted({*people, *(f"{one.name} <{one.email}>" for one in commits)})),
            unit=unit,
            python=touch.python_paths(sides.head, sides.paths),
        )
        found: list[Planned] = []
        with context.progress(f"planning {change}") as say:
            for one in review.planned(asked, touches, makers.make):
                say(one.school)
                if one.plan is not None:
                    plans.save(one.plan, out / f"plan-{one.school}.json")
                found.append(one)
        try:
            waivers = sides.head.waivers
        except (BadInput, UsageError):
            waivers = ()
    body = review.document(asked, found, waivers)
    (out / "review.json").write_bytes(canonical.json_bytes(body) + b"\n")
    review.shelve(
        asked,
        found,
        body,
        proposals=context.journal.shelf(proposals.KIND),
        reviews=reviews,
        now=context.journal.clock.now(),
    )
    context.emit(body, lambda console: _tell(console, body, found))
    if review.mixed(asked, touches):
        raise GateBlocked(
            f"{review.ALONE}: the change holds {', '.join(asked.python[:3])} and what is deployed. Do: split it"
        )
    return review.worst(found)


def _opened_by(change: str, authors: tuple[str, ...]) -> tuple[str, ...]:
    """Who opened the change and made its commits, as the forge knows them; none where no forge has the change."""
    import os  # noqa: PLC0415 - only here

    if authors or not change.startswith(("gitlab:", "github:")):
        return ()
    from matric import forge  # noqa: PLC0415 - loaded on use

    connected = forge.connect(os.environ)
    return (connected.change(change).author, *connected.people(change))


def _clean(out: Path) -> None:
    """A plan of an earlier head must not lie beside the review of this one."""
    for left in (*out.glob("plan-*.json"), out / "review.json"):
        left.unlink(missing_ok=True)


@dataclass(frozen=True)
class _Makers:
    """How one school of the head is rendered, planned and judged."""

    context: Context
    sides: _Sides
    rendered: Path | None
    unit: str
    consents: Mapping[str, str]
    author: str

    def texts(self, school: "School") -> dict[str, str]:
        """The school's configurations as another job rendered them."""
        from matric.change import handover  # noqa: PLC0415 - loaded on use

        trusted = self.sides.trusted or self.sides.head
        found = handover.read(self.rendered or Path(), school, handover.lent(trusted, school.slug))
        return {key: one.text for key, one in found.items()}

    def make(self, slug: str) -> "tuple[Plan, Verdict]":
        from matric import fleet, intake, onboarding  # noqa: PLC0415 - loaded on use
        from matric.change import review  # noqa: PLC0415 - loaded on use

        head = self.sides.head
        if self.sides.trusted is not None:
            review.refuse_new_secrets(head, self.sides.trusted, slug)
        here = replace(self.context.at(slug))
        here.__dict__["site"] = head
        now = onboarding.clock_of(here.lab).now()
        vault = fleet.vault_in(here.lab)
        wanted = intake.school(head, slug, vault, now.date(), contacting=True, rendered=self.rendered)
        nornir = here.nornir(slug)
        made = onboarding.planned(
            wanted,
            onboarding.looked(head, nornir),
            nornir,
            now=now,
            author=self.author,
            unit="device" if self.unit == "device" else "school",
            consents={key: net for key, net in self.consents.items() if key.startswith(f"{slug}/")},
        )
        return made, onboarding.verdict(head, made, now)


def _tell(console: "Console", body: Mapping[str, Any], found: "list[Planned]") -> None:
    console.print(body["says"], markup=False, soft_wrap=True)
    for one in found:
        if one.touch.touched:
            word = body_of(body, one.school)
            console.print(f"  {one.school:<20}{word}", markup=False, soft_wrap=True)
            for problem in one.problems:
                console.print(f"      {problem}", markup=False, soft_wrap=True)


def body_of(body: Mapping[str, Any], school: str) -> str:
    """A school's line: its plan and verdict, or why there is none."""
    of = next(one for one in body["schools"] if one["school"] == school)
    if of["plan"] is None:
        return "; ".join(of["reasons"]) if not of["problems"] else "not planned"
    return f"gate {of['verdict']['verdict']}, {of['file']}, plan {of['plan']}"
