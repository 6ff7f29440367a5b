"""After the merge: which reviewed plans are due, and carrying them out."""

from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import click

from matric.cli.context import Context, pass_context
from matric.errors import ExitCode, GateBlocked, MatricError, StalePlan, UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from rich.console import Console

    from matric.approval import Kind
    from matric.change.deployment import Deployed
    from matric.change.proposal import Proposal, State

__all__ = ("deploy", "merged")

_FORGE: "tuple[Kind, ...]" = ("forge",)
_WAITING: "tuple[State, ...]" = ("merged",)
_DONE: "tuple[State, ...]" = ("carried-out",)


@click.command()
@click.option("--change", help="The merge request: gitlab:group/project!12, github:owner/repo#12 or git:BRANCH.")
@click.option("--commit", required=True, help="The commit that the merge made, on the protected branch.")
@click.option("--withdrawn", is_flag=True, help="It was closed without a merge: its plans are never carried out.")
@pass_context
def merged(context: Context, change: str | None, commit: str, *, withdrawn: bool = False) -> int:
    """Mark the reviewed plans of a change as merged, so that 'matric deploy' may carry them out.

    Without --change the forge is asked which change COMMIT came by.
    """
    from matric.change import deployment, proposal, repository  # noqa: PLC0415 - loaded on use

    named = _named_state(context)
    sha = repository.commit(context.site.root, commit)
    of = change or _change_of(sha)
    shelf = context.journal.shelf(proposal.KIND)
    if of is None:
        found: tuple[Proposal, ...] = ()
        words = f"commit {sha[:12]} came by no merge request: nothing was reviewed, so nothing is deployed"
    elif withdrawn:
        found = tuple(proposal.withdrawn(shelf, one) for one in proposal.of(shelf, change=of))
        words = f"{of}: {len(found)} plans withdrawn"
    else:
        found = deployment.merged(shelf, of, sha)
        _record_approvals(context, found)
        _say_under_way(context, found)
        words = f"{of}: {_schools(found)}" if found else _without_plans(context, of)
    context.emit(
        {"change": of, "commit": sha, "schools": [one.school for one in found], "state": named},
        lambda console: console.print(words, soft_wrap=True, markup=False),
    )
    return ExitCode.DONE


def _schools(found: "tuple[Proposal, ...]") -> str:
    return f"merged; to be deployed: {', '.join(one.school for one in found)}"


def _without_plans(context: Context, change: str) -> str:
    """In words, that *change* has no plan because its review said so; an error where nothing is known of it."""
    from matric.change import proposal  # noqa: PLC0415 - loaded on use

    if proposal.of(context.journal.shelf(proposal.KIND), change=change, states=_DONE):
        return f"{change}: carried out already"
    review = context.journal.shelf("review").get(change)
    if review is None:
        raise MatricError(
            f"{change}: no review of it is in the state, so nothing is known of what it would do, and nothing is "
            "deployed. Do: run its pipeline's plan job again, with the same MATRIC_STATE"
        )
    if any(of["touched"] and of["plans"] and of["plan"] is None for of in review.get("schools", ())):
        return f"{change}: none of the schools it touches could be planned, so nothing is deployed"
    if not review.get("deploys", True):
        return f"{change}: it changes rules or tasks only and deploys nothing"
    return f"{change}: its review touched no school, so there is nothing to deploy"


def _record_approvals(context: Context, found: "tuple[Proposal, ...]") -> None:
    """Keep what the forge says of approvals, where one is to be asked; a signature in the state counts as well."""
    import os  # noqa: PLC0415 - only here

    from matric import approval, forge, onboarding  # noqa: PLC0415 - loaded on use
    from matric.approval import signature  # noqa: PLC0415 - loaded on use

    asked = [one for one in found if one.change.startswith(("gitlab:", "github:"))]
    if not asked:
        return
    connected = forge.connect(os.environ)
    signers = signature.trusted(context.site.root, "HEAD")
    for one in asked:
        now = onboarding.clock_of(context.at(one.school).lab).now()
        try:
            approval.from_forge(
                context.journal, one.plan, one.change, connected, now, signers=signers, authors=one.authors
            )
        except (GateBlocked, StalePlan) as error:
            # Whether a signature stands in its place is for the deployment to say.
            click.echo(f"matric: {error}", err=True)


def _through_forge(context: Context, one: "Proposal") -> bool:
    """True where *one* waits and stands on an approval of the forge's: it may have been taken back since the merge."""
    from matric import approval  # noqa: PLC0415 - loaded on use

    now = context.journal.clock.now()
    return one.state == "merged" and bool(
        approval.approvals(context.journal, one.plan, now, authors=one.authors, kinds=_FORGE, head=one.head)
    )


def _say_under_way(context: Context, found: "tuple[Proposal, ...]") -> None:
    """NetBox hears that these schools are under way, where one is named; what does not arrive is kept."""
    import os  # noqa: PLC0415 - only here

    from matric.netbox import letter  # noqa: PLC0415 - loaded on use

    if not (os.environ.get("MATRIC_NETBOX_URL") and os.environ.get(letter.TOKEN)):
        return
    for one in found:
        letter.under_way(context.journal, one.plan, context.journal.clock.now())
    for why in letter.deliver(context.journal, os.environ).why:
        click.echo(f"matric: NetBox has yet to hear of it: {why}", err=True)


def _named_state(context: Context) -> str:
    """The state, which must have been named: the journal of a job's own folder is gone with the job."""
    if not context.state_named:
        raise UsageError(
            "no state is named, and what this job knows would be gone with it. Do: set MATRIC_STATE to a "
            "postgresql:// address or to a folder that outlives the job"
        )
    return context.journal.where


def _change_of(sha: str) -> str | None:
    import os  # noqa: PLC0415 - only here

    from matric import forge  # noqa: PLC0415 - loaded on use

    return forge.connect(os.environ).change_of(sha)


@click.command()
@click.option("--change", help="Deploy the merged plans of this change.")
@click.option("--merge", help="Deploy the merged plans of the change that this commit came by.")
@click.option("--due", is_flag=True, help="Deploy every merged, approved, unspent plan whose window is open.")
@click.option("--school", "schools", multiple=True, help="Only this school (may be given more than once).")
@click.option("--signers", default="HEAD", show_default=True, help="Commit whose inventory/allowed_signers counts.")
@pass_context
def deploy(
    context: Context,
    change: str | None,
    merge: str | None,
    schools: tuple[str, ...],
    signers: str,
    *,
    due: bool = False,
) -> int:
    """Carry out what was reviewed, approved and merged, and nothing else. An unfinished run is recovered first.

    Each plan is made anew and held against the reviewed one: the same commands, or it is refused (unit school), or the
    devices that moved are left out and named (unit device). Outside the window it ends green and says when it is due.
    """
    from matric.change import deployment, proposal  # noqa: PLC0415 - loaded on use

    if sum((change is not None, merge is not None, due)) != 1:
        raise UsageError("deploy wants one of --change, --merge and --due. Do: give one of them")
    _named_state(context)
    worst = _recovered(context)
    if worst >= ExitCode.SPLIT:
        return worst

    shelf = context.journal.shelf(proposal.KIND)
    wanted = proposal.of(shelf, states=_WAITING) if due else _of_change(context, change, merge)
    found = tuple(one for one in wanted if not schools or one.school in schools)
    if schools and not found:
        raise UsageError(f"no merged plan is of {', '.join(schools)}. Do: see 'matric status'")
    lacking = _lacking(context, signers)
    _record_approvals(context, tuple(one for one in found if _through_forge(context, one)))
    with context.gathered("deployed"), ExitStack() as shown:
        for one in deployment.deployed(lambda school: _bench(context, school, found, shown), found, lacking):
            shown.close()
            worst = max(worst, one.exit_code, key=_weight)
            _tell(context, one)
        unplanned = () if due else _unplanned(context, {one.change for one in wanted} | {change or ""})
        for one in unplanned:
            worst = max(worst, one.exit_code, key=_weight)
            _tell(context, one)
        if not found and not unplanned:
            context.emit({"result": "nothing"}, lambda console: console.print("nothing is due", markup=False))
    return worst


_WEIGHT = (ExitCode.DONE, ExitCode.STALE, ExitCode.BLOCKED, ExitCode.USAGE, ExitCode.ERROR, ExitCode.ROLLED_BACK)


def _weight(code: ExitCode) -> int:
    """The worse the ending, the more it weighs: one school that needs hands is never hidden by another's refusal."""
    return _WEIGHT.index(code) if code in _WEIGHT else len(_WEIGHT)


def _recovered(context: Context) -> ExitCode:
    """Runs that died are brought to a known end before anything new begins."""
    from matric.cli.change import recovered  # noqa: PLC0415 - loaded on use

    schools = sorted({one.school for one in context.journal.runs() if one.ended is None and one.kind != "recover"})
    dead = [context.journal.unfinished(school)[0] for school in schools]
    return max((recovered(context, record) for record in dead), default=ExitCode.DONE, key=_weight)


def _of_change(context: Context, change: str | None, merge: str | None) -> "tuple[Proposal, ...]":
    """The plans of one change, those that were carried out included: asked twice, the answer is the same."""
    from matric.change import proposal, repository  # noqa: PLC0415 - loaded on use

    shelf = context.journal.shelf(proposal.KIND)
    states: tuple[State, ...] = ("merged", "carried-out")
    if change is None:
        root = context.site.root
        sha = repository.commit(root, merge or "")
        if not repository.is_ancestor(root, sha, "HEAD"):
            raise UsageError(f"the checkout does not hold {sha[:12]}. Do: check the protected branch out")
        found = tuple(one for one in proposal.of(shelf, states=states) if one.merged == sha)
        if found:
            return found
        change = _change_of(sha)
        if change is None:
            click.echo(f"commit {sha[:12]} came by no merge request: nothing was reviewed or is deployed", err=True)
            return ()
    found = proposal.of(shelf, change=change, states=states)
    if not found:
        if proposal.of(shelf, change=change):
            raise MatricError(f"{change} is not marked as merged. Do: 'matric merged --change {change} --commit SHA'")
        click.echo(_without_plans(context, change), err=True)
    return found


def _unplanned(context: Context, changes: set[str]) -> "list[Deployed]":
    """The schools that *changes* touch and that nobody could plan: merged all the same, they are not passed over."""
    from matric.change import review  # noqa: PLC0415 - loaded on use
    from matric.change.deployment import Deployed  # noqa: PLC0415 - ditto

    shelf = context.journal.shelf(review.KIND)
    why = "the change touches it, and no plan came of it, so nothing is deployed. Do: correct what its review says"
    return [
        Deployed(change, of["school"], "refused", why, ExitCode.ERROR)
        for change in sorted(changes - {""})
        for of in (shelf.get(change) or {}).get("schools", ())
        if of["deploys"] and of["plans"] and of["plan"] is None
    ]


def _lacking(context: Context, signers: str) -> Any:
    """What speaks against a proposal's approval: signatures and the forge's approvals count, a typed name does not."""
    from matric import approval, onboarding  # noqa: PLC0415 - loaded on use
    from matric.approval import signature  # noqa: PLC0415 - loaded on use

    def lacking(one: "Proposal") -> tuple[str, ...]:
        now = onboarding.clock_of(context.at(one.school).lab).now()
        # Who may sign is said by the protected branch as it is, and as it was before the change: a key that has been
        # taken away since counts no more, and one that the change itself brings does not count yet.
        found = (
            approval.missing(
                context.journal,
                one.plan,
                now,
                authors=one.authors,
                kinds=approval.PROVEN,
                signers=signature.trusted(context.site.root, rev),
                head=one.head,
            )
            for rev in (signers, one.base)
        )
        return next(filter(None, found), ())

    return lacking


def _bench(context: Context, school: str, found: "tuple[Proposal, ...]", shown: ExitStack) -> Any:
    """Everything a run at *school* stands on; its board is on the screen until *shown* is closed."""
    from matric.cli.board import Board  # noqa: PLC0415 - loaded on use
    from matric.cli.change import bench_of  # noqa: PLC0415 - ditto

    board = Board(context.progress_console, next((one.plan.order for one in found if one.school == school), ()))
    shown.enter_context(board.shown())
    return bench_of(context.at(school), school, board)


def _tell(context: Context, one: "Deployed") -> None:
    from matric.change import bound  # noqa: PLC0415 - loaded on use
    from matric.cli.change import tell_netbox  # noqa: PLC0415 - ditto

    report = _report(context, one)
    left_out = context.journal.plan(one.run).left_out if one.outcome is not None else ()
    moved = {each.device: bound.told(each.difference) for each in left_out}
    if one.outcome is not None:
        tell_netbox(context, one.run, one.outcome)

    def draw(console: "Console") -> None:
        from rich.markup import escape  # noqa: PLC0415 - only for people

        colour = {0: "green", 4: "yellow", 5: "blue"}.get(int(one.exit_code), "red")
        console.print(f"[{colour}]{one.result}[/] {one.school} [dim]{escape(one.change)}[/]", soft_wrap=True)
        console.print(f"  {escape(one.reason)}", soft_wrap=True)
        for end in one.outcome.refused if one.outcome is not None else ():
            console.print(f"  left out {end.device}: {escape(end.reason + moved.get(end.device, ''))}", soft_wrap=True)
        if one.outcome is not None:
            console.print(f"  run {one.run}, report {report or 'not written'}", soft_wrap=True)

    more = {"report": str(report) if report else None, "left_out": [each.model_dump() for each in left_out]}
    context.emit({**one.as_json, **more}, draw)


def _report(context: Context, one: "Deployed") -> "Path | None":
    """The page of the run, if there was one; how it ended must be told whatever is wrong with a page."""
    from matric.cli.page import write_report  # noqa: PLC0415 - loaded on use

    if one.outcome is None:
        return None
    try:
        return write_report(context, one.run)
    except (MatricError, OSError) as error:
        click.echo(f"matric: the report was not written: {error} Do: 'matric report {one.run}' later", err=True)
        return None
