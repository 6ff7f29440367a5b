"""Agree to exactly one plan: by name, by signature, or as the forge says."""

import getpass
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from matric.cli.context import Context, pass_context
from matric.errors import GateBlocked, UsageError

if TYPE_CHECKING:
    from datetime import datetime

    from rich.console import Console

    from matric.approval import Approval
    from matric.approval.signature import Signers
    from matric.plan import Plan

__all__ = ("approve", "by_hand")

_FILE = click.Path(path_type=Path, dir_okay=False)
_PROTECTED = "refs/remotes/origin/main"
"""As matric.approval.signature has it, which --help does not import."""


@click.command()
@click.argument("plan_file", type=_FILE)
@click.option("--by", help="Who approves, as a record without proof (default: your login name).")
@click.option("--sign", "key", type=_FILE, help="Sign with this SSH key, or with the agent's by its .pub file.")
@click.option("--signature", "file", type=_FILE, help="A signature made elsewhere; '-' reads it. See --how.")
@click.option("--as", "principal", help="Whose key it is, as inventory/allowed_signers names them.")
@click.option("--how", is_flag=True, help="Only print the command that signs without matric.")
@click.option("--from-forge", "forge", is_flag=True, help="Record the approvals that the forge has of --change.")
@click.option("--change", help="The change, for --from-forge: gitlab:group/project!12 or github:owner/repo#12.")
@click.option(
    "--signers",
    default=_PROTECTED,
    show_default=True,
    envvar="MATRIC_SIGNERS",
    help="Commit of the protected branch whose inventory/allowed_signers counts.",
)
@click.option("--note", default="", help="A word to go with it.")
@pass_context
def approve(
    context: Context,
    plan_file: Path,
    by: str | None = None,
    key: Path | None = None,
    file: Path | None = None,
    principal: str | None = None,
    change: str | None = None,
    signers: str = _PROTECTED,
    note: str = "",
    *,
    how: bool = False,
    forge: bool = False,
) -> None:
    """Approve the plan, bound to its digest. Whoever made the plan or the change it is of cannot.

    A merge deploys on a signature (--sign, --signature) or the forge's own approval (--from-forge) only; a cut-over by
    hand takes a name (--by) as well. A plan whose gate is closed is not approved.
    """
    from matric import onboarding  # noqa: PLC0415 - loaded on use
    from matric import plan as plans  # noqa: PLC0415 - ditto
    from matric.plan import net  # noqa: PLC0415 - ditto

    _refuse_mixed(how=how, by=by, key=key, file=file, principal=principal, forge=forge, change=change)
    made = plans.load(plan_file)
    if how:
        _tell_how(context, made, plan_file)
        return
    here = context.at(made.school)
    now = onboarding.clock_of(here.lab).now()
    _refuse_closed(here, made, now)
    listed = _signers(here, signers)
    if change is not None:
        given = _from_forge(here, made, change, now, listed)
    elif key is not None or file is not None:
        given = (_signed(here, made, key or file, principal, now, listed, note, sign=key is not None),)
    else:
        given = (_named(here, made, by or getpass.getuser(), now, listed, note),)

    def draw(console: "Console") -> None:
        from rich.markup import escape  # noqa: PLC0415 - only for people

        for one in given:
            how_so = {"named": "", "ssh": " with a signature", "forge": " through the forge"}[one.kind]
            console.print(
                f"[green]approved[/] by {escape(one.approver)}{how_so} at {one.at}: plan {one.plan_digest}",
                soft_wrap=True,
            )
        for words in net.accepted(made.nets):
            console.print(f"[yellow]agreed to with it[/] {escape(words)}")

    shown = [one.model_dump(mode="json") for one in given]
    context.emit({"approvals": shown} if change is not None else shown[0], draw)


def by_hand(context: Context) -> "Callable[[Plan], tuple[str, ...]]":
    """What speaks against a plan's approval where people cut over by hand: every kind of approval counts."""
    from matric import approval, onboarding  # noqa: PLC0415 - loaded on use

    listed: list[Signers] = []
    authors: dict[str, tuple[str, ...]] = {}

    def lacking(made: "Plan") -> tuple[str, ...]:
        # Asked again and again while devices change: what cannot move meanwhile is read once.
        if not listed:
            listed.append(_signers(context, os.environ.get("MATRIC_SIGNERS") or _PROTECTED))
        if made.digest not in authors:
            authors[made.digest] = approval.authors_of(context.journal, made)
        now = onboarding.clock_of(context.at(made.school).lab).now()
        return approval.missing(context.journal, made, now, authors=authors[made.digest], signers=listed[0])

    return lacking


def _refuse_mixed(**given: Any) -> None:
    ways = [name for name in ("how", "by", "key", "file", "forge") if given[name]]
    if len(ways) > 1:
        raise UsageError("one approval at a time. Do: give one of --by, --sign, --signature, --from-forge and --how")
    if given["forge"] != (given["change"] is not None):
        raise UsageError("the forge is asked about a change. Do: give --from-forge and --change together")
    if given["key"] and not given["principal"]:
        raise UsageError("whose key it is must be said. Do: give --as with the name in inventory/allowed_signers")
    if given["principal"] and not (given["key"] or given["file"]):
        raise UsageError("--as says whose signature it is. Do: give --sign or --signature with it")


def _refuse_closed(context: Context, made: "Plan", now: "datetime") -> None:
    """GateBlocked where the plan could not be carried out anyhow: who approves it would approve nothing."""
    from matric import gate, onboarding  # noqa: PLC0415 - loaded on use

    verdict = onboarding.verdict(context.site, made, now)
    if not isinstance(verdict, gate.Allowed):
        raise GateBlocked("\n  ".join((f"plan {made.digest} is not approved:", *verdict.explain())))


def _signers(context: Context, rev: str) -> "Signers":
    from matric.approval import signature  # noqa: PLC0415 - loaded on use

    return signature.trusted(context.site.root, rev)


def _tell_how(context: Context, made: "Plan", plan_file: Path) -> None:
    from matric.approval import signature  # noqa: PLC0415 - loaded on use

    typed = signature.command(made, "plan.sig")
    then = f"matric approve {plan_file} --signature plan.sig"
    shown = {"sign": typed, "then": then, "text": signature.text_of(made).decode(), "namespace": signature.NAMESPACE}
    context.emit(shown, lambda console: console.print(f"{typed}\n{then}", soft_wrap=True, markup=False))


def _named(context: Context, made: "Plan", who: str, now: "datetime", signers: "Signers", note: str) -> "Approval":
    from matric import approval  # noqa: PLC0415 - loaded on use

    authors = approval.authors_of(context.journal, made)
    return approval.approve(context.journal, made, who, now, note, signers=signers, authors=authors)


def _signed(
    context: Context,
    made: "Plan",
    path: Path | None,
    principal: str | None,
    now: "datetime",
    signers: "Signers",
    note: str,
    *,
    sign: bool,
) -> "Approval":
    from matric import approval  # noqa: PLC0415 - loaded on use
    from matric.approval import signature  # noqa: PLC0415 - loaded on use

    text = signature.sign(made, path) if sign and path is not None else _read(path)
    who = principal or signers.principal(text)
    if not who:
        why = signers.unknown or "no line of inventory/allowed_signers has the key that made it, or none that holds now"
        raise GateBlocked(f"plan {made.digest} is not approved: {why}")
    authors = approval.authors_of(context.journal, made)
    return approval.approve_signed(context.journal, made, text, who, now, signers=signers, note=note, authors=authors)


def _read(path: Path | None) -> str:
    raw = sys.stdin.buffer.read() if path is None or str(path) == "-" else path.read_bytes()
    return raw.decode("ascii", "replace")


def _from_forge(
    context: Context, made: "Plan", change: str, now: "datetime", signers: "Signers"
) -> "tuple[Approval, ...]":
    from matric import approval, forge  # noqa: PLC0415 - loaded on use

    authors = approval.authors_of(context.journal, made)
    asked = forge.connect(os.environ)
    return approval.from_forge(context.journal, made, change, asked, now, signers=signers, authors=authors)
