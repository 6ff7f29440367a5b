"""Watch the estate: copies and history of configurations, drift by cause, decisions. Nothing here changes a device."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from matric.cli.context import Context, pass_context
from matric.cli.estate import print_diff
from matric.errors import ExitCode, MatricError, UsageError

if TYPE_CHECKING:
    from rich.console import Console

    from matric.drift import Cause, Decision, Standing
    from matric.watch import Raised, Watched

__all__ = ("backup", "drift")


# ---- copies and history ----


@click.command()
@click.argument("schools", nargs=-1)
@click.option(
    "--out", type=click.Path(path_type=Path, file_okay=False), help="Folder (default: .matric/backup/SCHOOL)."
)
@click.option(
    "--history",
    type=click.Path(path_type=Path, file_okay=False),
    help="Keep the history in this git repository of its own, without secrets.",
)
@pass_context
def backup(context: Context, schools: tuple[str, ...], out: Path | None, history: Path | None) -> None:
    """Copy running and startup configuration of every device of a school. The files hold hashes: keep them private.

    With --history, of SCHOOLS (default: all) into a git repository, one commit where anything changed.
    """
    if history is not None:
        if out is not None:
            raise UsageError("--out and --history are two things. Do: give one of them")
        _history(context, schools, history)
        return
    if len(schools) != 1:
        raise UsageError("a copy is of one school. Do: name it, or give --history for several")
    _copy(context, schools[0], out)


def _copy(context: Context, school: str, out: Path | None) -> None:
    from matric import canonical, onboarding  # noqa: PLC0415 - loaded on use
    from matric.journal import backups, file  # noqa: PLC0415 - ditto

    nornir = context.nornir(school)
    folder = out or context.site.root / ".matric" / "backup" / school
    with context.progress(f"reading {len(nornir.inventory.hosts)} devices of {school}"):
        seen = onboarding.looked(context.site, nornir)
    file.private(folder)
    made: dict[str, str] = {}
    for key, look in seen.looks.items():
        if look is None:
            continue
        name = key.partition("/")[2]
        file.write_durably(folder / f"{name}.conf", look.running)
        file.write_durably(folder / f"{name}.startup.conf", look.startup)
        made[key] = canonical.digest_of_text(look.running)
    backups.note(context.journal, made, onboarding.clock_of(context.lab).now())

    def show(console: "Console") -> None:
        for key, digest in made.items():
            console.print(f"[green]kept[/]      {key} [dim]{digest}[/]")
        for key, why in seen.silent.items():
            console.print(f"[red]not read[/]  {key}: {why}")
        console.print(f"{len(made)} of {len(seen.looks)} devices in {folder}")

    context.emit({"folder": str(folder), "kept": made, "not_read": dict(seen.silent)}, show)
    if seen.silent:
        raise MatricError(f"{len(seen.silent)} devices were not backed up: {', '.join(seen.silent)}")


def _history(context: Context, named: tuple[str, ...], folder: Path) -> None:
    import os  # noqa: PLC0415 - loaded on use

    from matric import fleet, onboarding, watch  # noqa: PLC0415 - ditto
    from matric.journal import backups  # noqa: PLC0415 - ditto

    asked = watch.schools(context.site, named, context.lab)
    key = watch.history_key(os.environ, context.journal.shelf("history"))
    now = onboarding.clock_of(context.lab).now()
    with context.progress(f"reading the devices of {', '.join(asked)}"):
        kept = watch.keep(
            context.site, asked, context.nornir, fleet.vault_in(context.lab), folder, key=key, now=now
        )  # fmt: skip
    done = kept.recorded
    backups.note(context.journal, kept.read, now)

    def show(console: "Console") -> None:
        from rich.markup import escape  # noqa: PLC0415 - only for people

        for warning in kept.warnings:
            console.print(f"[yellow]warning[/]   {escape(warning)}")
        if done.rekeyed:
            console.print("[yellow]warning[/]   the key is a new one: every secret nobody knows shows as changed")
        for name in done.changed:
            console.print(f"[yellow]changed[/]   {name}")
        for name, why in kept.silent.items():
            console.print(f"[red]not read[/]  {name}: {escape(why)}")
        for name in done.left:
            console.print(f"[dim]left[/]      {name}: no device of the trust any more; its files stay")
        said = f"commit {done.commit[:12]}" if done.commit else "nothing changed, no commit"
        console.print(f"{len(kept.read)} devices read into {folder}: {said}")

    context.emit(
        {
            "folder": str(folder),
            "commit": done.commit or None,
            "changed": done.changed,
            "read": kept.read,
            "not_read": dict(kept.silent),
            "left": done.left,
            "rekeyed": done.rekeyed,
            "warnings": kept.warnings,
        },
        show,
    )
    if kept.silent:
        raise MatricError(
            f"{len(kept.silent)} could not be read, their history stays as it was: {', '.join(kept.silent)}"
        )


# ---- drift ----


@click.command()
@click.argument("schools", nargs=-1)
@click.option("--detailed-exitcode", is_flag=True, help="Exit 2 where there is drift that nobody has adopted.")
@click.option("--propose", is_flag=True, help="Raise each open cause with the forge: one issue each, kept up to date.")
@click.option(
    "--merge-request", is_flag=True, help="With --propose: a merge request with the pending decision instead."
)
@click.option("--all", "every", is_flag=True, help="With --propose: also where a school has more than 20 open causes.")
@click.option("--target", help="With --merge-request: the branch it is for (default: the pipeline's, else main).")
@click.option(
    "--decide", metavar="ID", help="Write the decision about this cause; no device is asked if it is on file."
)
@click.option("--adopt", is_flag=True, help="With --decide: the school keeps it until NetBox or the templates say so.")
@click.option("--revert", is_flag=True, help="With --decide: the next cut-over removes it.")
@click.option("--by", default="", help="With --decide: who decided.")
@click.option("--reason", default="", help="With --decide: why.")
@click.option("--until", default="", metavar="DATE", help="With --decide: the last day it holds, YYYY-MM-DD.")
@pass_context
def drift(
    context: Context,
    schools: tuple[str, ...],
    *,
    detailed_exitcode: bool,
    propose: bool,
    merge_request: bool,
    every: bool,
    target: str | None,
    decide: str | None,
    adopt: bool,
    revert: bool,
    by: str,
    reason: str,
    until: str,
) -> int:
    """Compare live with intended for every device of SCHOOLS (default: all), by show commands only.

    The same lines on many devices are one cause. A device that cannot be looked at is an error, never "no drift".
    """
    from matric import drift as judge  # noqa: PLC0415 - loaded on use
    from matric import fleet, onboarding, watch  # noqa: PLC0415 - ditto

    if decide is None and (adopt or revert or by or reason or until):
        raise UsageError("--adopt, --revert, --by, --reason and --until belong to --decide. Do: name the cause's id")
    if not propose and (merge_request or every or target):
        raise UsageError("--merge-request, --all and --target belong to --propose. Do: add it")
    if decide is not None:
        if adopt == revert or propose:
            raise UsageError("a decision is one thing. Do: give --decide ID with --adopt or with --revert")
        return _decided(context, schools, decide, "adopt" if adopt else "revert", by=by, reason=reason, until=until)
    clock = onboarding.clock_of(context.lab)
    today = clock.now().date()
    held = judge.decisions(context.site.inventory / judge.FOLDER, today)
    asked = watch.schools(context.site, schools, context.lab)
    with context.progress(f"looking at the devices of {', '.join(asked)}"):
        seen = watch.watched(context.site, asked, context.nornir, fleet.vault_in(context.lab), today)
    found = judge.standings(seen.causes, held, today)
    raised: tuple[Raised, ...] = ()
    trouble: MatricError | None = None
    if propose:
        try:
            raised = _raised(context, seen, found, every=every, target=_target(target) if merge_request else "")
        except MatricError as error:
            # What was seen is told first; the forge's trouble then decides how this ends.
            trouble = error
    _tell(context, seen, found, _unused(context, held, seen, found), raised)
    if seen.unread or seen.failed:
        names = ", ".join((*seen.unread, *seen.failed))
        also = f"; and the forge: {trouble}" if trouble is not None else ""
        count = len(seen.unread) + len(seen.failed)
        raise MatricError(f"{count} could not be looked at, so nothing is said of them: {names}{also}")
    if trouble is not None:
        raise trouble
    left = any(one.open or one.word != "adopted" for one in found)
    return ExitCode.PENDING if left and detailed_exitcode else ExitCode.DONE


def _raised(
    context: Context, seen: "Watched", found: "tuple[Standing, ...]", *, every: bool, target: str
) -> "tuple[Raised, ...]":
    import os  # noqa: PLC0415 - loaded on use

    from matric import forge, onboarding, watch  # noqa: PLC0415 - ditto

    return watch.raise_all(
        forge.connect(os.environ), context.journal.shelf("decision"), context.site, seen, found,
        now=onboarding.clock_of(context.lab).now(), every=every, target=target,
    )  # fmt: skip


def _target(given: str | None) -> str:
    """The branch decisions are proposed for: as given, the project's own by the pipeline's variables, else main."""
    import os  # noqa: PLC0415 - loaded on use

    return given or os.environ.get("CI_DEFAULT_BRANCH") or os.environ.get("GITHUB_REF_NAME") or "main"


def _unused(
    context: Context, held: "dict[str, Decision]", seen: "Watched", found: "tuple[Standing, ...]"
) -> dict[str, str]:
    """Decision id -> what is to be said of one whose cause nobody shows now."""
    from matric import drift as judge  # noqa: PLC0415 - loaded on use
    from matric import watch  # noqa: PLC0415 - ditto

    here = {one.cause.id for one in found}
    known = {key for keys in watch.configured(context.site).values() for key in keys}
    said: dict[str, str] = {}
    for name, one in held.items():
        if name in here or not {device.partition("/")[0] for device in one.devices} & set(seen.asked):
            continue
        if judge.gone(one.devices, seen.looked, seen.asked, known):
            said[name] = "no longer there: delete the file"
        else:
            said[name] = "not seen, but not every device it is about was looked at"
    return said


def _tell(
    context: Context,
    seen: "Watched",
    found: "tuple[Standing, ...]",
    unused: dict[str, str],
    raised: "tuple[Raised, ...]",
) -> None:
    context.emit(
        {
            "devices": [
                {
                    "key": one.key,
                    "diff": one.diff,
                    "unread": one.unread or None,
                    "unsaved": one.unsaved,
                    "drift": bool(one.diff),
                }
                for one in seen.devices
            ],
            "causes": [_as_json(one) for one in found],
            "could_not_look": {**{one.key: one.unread for one in seen.devices if one.unread}, **seen.failed},
            "unused_decisions": unused,
            "raised": [{"id": each.id, "what": each.what, "where": each.where} for each in raised],
        },
        lambda console: _show(console, seen, found, unused, raised),
    )


def _show(
    console: "Console",
    seen: "Watched",
    found: "tuple[Standing, ...]",
    unused: dict[str, str],
    raised: "tuple[Raised, ...]",
) -> None:
    from rich.markup import escape  # noqa: PLC0415 - only for people

    from matric import watch  # noqa: PLC0415 - ditto

    for one in seen.devices:
        if one.unread:
            console.print(f"[red]not read[/]  {one.key}: {escape(one.unread)}")
        elif one.diff:
            console.print(f"[yellow]drift[/]     {one.key}: +{one.added} -{one.removed}")
        else:
            console.print(f"[green]as meant[/]  {one.key}")
        if one.unsaved:
            console.print(f"[yellow]unsaved[/]   {one.key}: startup is not running; a power cut would change it")
    for school, why in seen.failed.items():
        console.print(f"[red]not read[/]  {school}: {escape(why)}")
    waiting = watch.wide(found)
    for standing in found:
        _show_cause(console, standing, short=set(standing.cause.schools) <= waiting)
    for school in sorted(waiting):
        console.print(f"\n[bold]{school}[/] differs in more than anybody decides one by one: 'matric plan {school}'")
    for name, said in unused.items():
        console.print(f"[yellow]warning[/]   decision {name}: {said}")
    for each in raised:
        console.print(f"{_WORDS[each.what]} {each.id} [dim]{escape(each.where)}[/]")


_WORDS = {
    "issue": "[green]raised[/]    issue",
    "proposed": "[green]raised[/]    merge request",
    "open": "[dim]open[/]      merge request",
    "recorded": "[dim]on file[/]   pending decision",
    "gone": "[green]gone[/]     ",
    "held": "[yellow]held back[/] its school waits for a plan (--all raises it):",
}


def _show_cause(console: "Console", standing: "Standing", *, short: bool) -> None:
    """The cause, its places and its lines; only the first of these where a school has more than anybody reads."""
    from rich.markup import escape  # noqa: PLC0415 - only for people

    cause = standing.cause
    colour = "yellow" if standing.open else "dim"
    head = f"[bold]{cause.id}[/] {cause.kind} in {escape(cause.section)}"
    stands = f"[{colour}]{escape(standing.tells)}[/]"
    if short:
        console.print(f"{head} on {len(cause.devices)} devices: {stands}")
        return
    where = ", ".join(f"{device}{f' ({place})' if place else ''}" for device, place in cause.places)
    console.print(f"\n{head}: {stands}")
    console.print(f"    [dim]{escape(where)}[/]", soft_wrap=True)
    print_diff(console, "\n".join(cause.lines))


def _as_json(standing: "Standing") -> dict[str, Any]:
    cause = standing.cause
    return {
        "id": cause.id,
        "kind": cause.kind,
        "section": cause.section,
        "lines": cause.lines,
        "devices": cause.devices,
        "places": cause.places,
        "stands": standing.word,
        "undecided_on": standing.new,
        "open": standing.open,
        "says": standing.tells,
        "decision": standing.decision.model_dump(mode="json") if standing.decision is not None else None,
    }


def _decided(
    context: Context, schools: tuple[str, ...], name: str, word: str, *, by: str, reason: str, until: str
) -> int:
    """Write the decision: about what its file says; where there is none, or schools are named, about what is seen."""
    from matric import drift as judge  # noqa: PLC0415 - loaded on use
    from matric import fleet, onboarding, watch  # noqa: PLC0415 - ditto

    now = onboarding.clock_of(context.lab).now()
    folder = context.site.inventory / judge.FOLDER
    about: Cause | Decision | None = None
    if (folder / f"{name}.yaml").is_file() and not schools:
        about = judge.decisions(folder, now.date()).get(name)
    if about is None:
        asked = watch.schools(context.site, schools, context.lab)
        with context.progress(f"looking at the devices of {', '.join(asked)}"):
            seen = watch.watched(
                context.site, asked, context.nornir, fleet.vault_in(context.lab), now.date()
            )  # fmt: skip
        about = next((cause for cause in seen.causes if cause.id == name), None)
    if about is None:
        raise UsageError(f"no device shows a cause {name}. Do: take the id from 'matric drift'")
    shelf = context.journal.shelf("decision")
    path = watch.decide(context.site, shelf, about, word, by=by, reason=reason, until=until, now=now)

    def show(console: "Console") -> None:
        console.print(f"[green]decided[/]   {name}: {word}, on {', '.join(about.devices)}")
        console.print(f"{path}: commit it for review. It is a record; it changes no configuration")

    context.emit({"file": str(path), "id": name, "decision": word, "devices": about.devices}, show)
    return ExitCode.DONE
