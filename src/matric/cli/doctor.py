"""``matric doctor``: try on one switch what matric's promises rest on."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from matric.cli.context import Context, pass_context
from matric.cli.interrupt import Interrupt
from matric.errors import ExitCode, GateBlocked, Locked, StrangerError, UsageError

if TYPE_CHECKING:
    from rich.console import Console

    from matric.doctor.examination import Permission
    from matric.doctor.outcome import Outcome, Record
    from matric.doctor.point import Point
    from matric.doctor.where import Where
    from matric.platform.base import Look

__all__ = ("doctor",)

_STYLES = {"proven": "green", "disproven": "red", "could not look": "yellow"}


@click.command()
@click.argument("device")
@click.option("--spare", default="", metavar="NAME", help="The device's own name: it may be changed, and put back.")
@click.option("--in-use", default="", metavar="NAME", help="Its name again: it may be changed although it is at work.")
@click.option("--power", is_flag=True, help="Ask for its power to be pulled while a timer runs. Stand at the device.")
@click.option("--net", default="", help="The net to try; the best that costs nobody anything where not given.")
@click.option("--platform", "slug", default="", help="With an address: the platform's slug in NetBox (eos, ios, ...).")
@click.option("--user", default="", help="With an address: the account to log in with.")
@click.option("--secret", default="", help="With an address: reference to its password, e.g. env:SPARE.")
@click.option("--port", type=click.IntRange(1, 65535), help="With an address: the port.")
@click.option("--fingerprint", default="", help="What the device's own console shows, where nothing is pinned.")
@click.option("--identify", is_flag=True, help="Put name, address and serial number into the report.")
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path(),
    help="Folder for the report, in JSON and in Markdown.",
)
@pass_context
def doctor(
    context: Context,
    device: str,
    spare: str,
    in_use: str,
    slug: str,
    user: str,
    secret: str,
    port: int | None,
    fingerprint: str,
    net: str,
    out: Path,
    *,
    power: bool,
    identify: bool,
) -> int:
    """Prove on a spare switch what matric's promises rest on, and write a report that can be sent in.

    DEVICE is school/name, or the address of a switch that is not in NetBox. Points that only read come first and are
    all that is done without --spare. See docs/how-to/prove-a-spare-switch.md.
    """
    from matric import onboarding  # noqa: PLC0415 - loaded on use
    from matric.doctor import Examination, Patient  # noqa: PLC0415 - ditto

    where = _found(context, device, slug, user, secret, port)
    where.named(spare, in_use)
    if power and not sys.stdin.isatty():
        raise UsageError("--power asks a person to pull the power. Do: run it at a terminal, at the device")
    if not out.is_dir():
        raise UsageError(f"{out} is no folder. Do: make it, or name another with --out")
    if spare:
        _nobody_works_there(context, where)
    pin = _identity(where, fingerprint)

    interrupt = Interrupt()
    told = _Told(context, interrupt)
    lab = where.lab
    patient = Patient(where.platform, where.address(pin), onboarding.clock_of(lab), where.origin)
    if net:
        patient.net(net, None)  # a name that is none is said before anything is sent
    examined = Examination(patient, told, say=told.waiting, identify=identify)
    base = out / f"doctor-{where.platform.slug}-{examined.id}"
    examined.keep = lambda record: _written(base, record, where)
    blocked = remedy = ""
    try:
        with interrupt:
            look = examined.read()
            spare = spare or _typed(context, where, look)
            blocked, remedy = where.objection(look, spare, in_use)
            examined.change(_permission(spare, blocked, net, power=power), look)
    except KeyboardInterrupt:
        if not examined.left:
            raise
    finally:
        record = examined.record()
        _written(base, record, where)
        _shown(context, record, base)
    if record.left:
        return ExitCode.SPLIT
    if blocked:
        raise GateBlocked(f"{device} was read and not changed: {blocked}. Do: {remedy}")
    return record.exit_code


# -- before anything is contacted -------------------------------------------------------------------------------------


def _found(context: Context, device: str, slug: str, user: str, secret: str, port: int | None) -> "Where":
    from matric.doctor import where  # noqa: PLC0415 - loaded on use

    given = {"--platform": slug, "--user": user, "--secret": secret, "--port": port}
    if where.is_address(device):
        missing = [name for name, value in given.items() if not value]
        if missing or port is None:
            raise UsageError(f"{device} is an address. Do: give {', '.join(missing)} as well")
        return where.by_address(device, slug, user, secret, port, context.lab)
    odd = [name for name, value in given.items() if value]
    if odd:
        raise UsageError(f"{', '.join(odd)} belong to an address. Do: leave them out for a device of the site")
    school = device.partition("/")[0]
    return where.in_site(context.site, device, context.at(school).lab)


def _nobody_works_there(context: Context, where: "Where") -> None:
    """No run of matric holds the school of a device that is to be changed."""
    school, slash, _ = where.key.partition("/")
    if not slash:
        return
    journal = context.at(school).journal
    holder = journal.holder(school)
    if holder is not None and not holder.gone(journal.clock.now()):
        raise Locked(f"run {holder.run} holds {school}. Do: wait until it has ended, see 'matric status'")
    for run in journal.unfinished(school):
        raise Locked(f"run {run.id} of {school} never ended. Do: 'matric recover {school}' first")


def _identity(where: "Where", fingerprint: str) -> str:
    """The identity that answers, once a record or a person has confirmed it. No credential is sent."""
    from matric import pins  # noqa: PLC0415 - loaded on use

    offered = pins.fetch(where.platform, where.host, where.port, where.timeout_s)
    shown = pins.fingerprint(offered)
    if where.pin:
        if pins.digest(where.pin) != pins.digest(offered):
            raise StrangerError(
                f"{where.key} shows {shown}, pinned is {pins.fingerprint(where.pin)}; it was sent no password. "
                "Do: find out what answers there"
            )
        return where.pin
    if fingerprint:
        if fingerprint.strip().upper().removeprefix("SHA256:") != shown.upper().removeprefix("SHA256:"):
            raise StrangerError(
                f"{where.key} shows {shown}, not what was given; it was sent no password. Do: compare again"
            )
        return offered
    click.echo(f"{where.key} port {where.port} shows\n  {shown}", err=True)
    if not sys.stdin.isatty():
        raise UsageError(
            "nothing is pinned for it, and only a person can confirm it. Do: compare it with the device's own console, "
            "then give --fingerprint"
        )
    if not click.confirm("Is this what the device's own console shows?", err=True):
        raise StrangerError(
            f"{where.key} is not the device that was meant; it was sent no password. Do: find out what it is"
        )
    return offered


# -- after it was read ------------------------------------------------------------------------------------------------


def _typed(context: Context, where: "Where", look: "Look | None") -> str:
    """The name a person types once it was read, where there is a person to ask and nothing speaks against it."""
    if look is None or not sys.stdin.isatty() or context.as_json or where.working or where.busy(look):
        return ""
    click.echo(f"It was read: {look.facts.model}, {look.facts.os_version}. Nothing was changed yet.", err=True)
    words = "Type its name to let it be changed and put back, or Enter to leave it"
    return str(click.prompt(words, default="", show_default=False, err=True))


def _permission(name: str, blocked: str, net: str, *, power: bool) -> "Permission":
    from matric.doctor.examination import Permission  # noqa: PLC0415 - loaded on use

    if blocked or not name:
        return Permission(why_not=blocked) if blocked else Permission()
    return Permission(change=True, net=net, power=_pulled if power else None)


def _pulled(words: str) -> bool:
    click.echo(f"\n{words}.", err=True)
    return click.confirm("Was its power pulled, and given back?", err=True)


# -- what is shown and kept -------------------------------------------------------------------------------------------


class _Told:
    """One line for each point, as it ends."""

    def __init__(self, context: Context, interrupt: Interrupt) -> None:
        self._console = context.progress_console
        self._interrupt = interrupt

    def __call__(self, point: "Point", outcome: "Outcome | None") -> None:
        from rich.markup import escape  # noqa: PLC0415 - rich is loaded by now

        self._interrupt.check()
        if outcome is None:
            if self._console.is_terminal:
                self._console.print(f"[dim]...       {escape(point.title)}[/]")
            return
        verdict = str(outcome.verdict) if outcome.tried else "not tried"
        style = _STYLES.get(verdict, "dim")
        self._console.print(f"[{style}]{verdict:<15}[/]{escape(point.title)}: {escape(outcome.words)}", soft_wrap=True)

    def waiting(self, words: str) -> None:
        self._interrupt.check()
        if self._console.is_terminal:
            self._console.print(f"[dim]               {words}[/]", soft_wrap=True)


def _written(base: Path, record: "Record", where: "Where") -> None:
    """Both forms, each whole or as it was before."""
    from matric.doctor import report  # noqa: PLC0415 - loaded on use
    from matric.journal.file import write_durably  # noqa: PLC0415 - ditto

    write_durably(base.with_suffix(".json"), report.as_json(record))
    write_durably(base.with_suffix(".md"), report.as_markdown(record, where.platform))


def _shown(context: Context, record: "Record", base: Path) -> None:
    from matric.doctor import report  # noqa: PLC0415 - loaded on use

    def show(console: "Console") -> None:
        from rich.markup import escape  # noqa: PLC0415 - only for people

        console.print(f"[bold]{record.title}[/], {record.origin}: {report.headline(record)}")
        for one in record.left:
            console.print(f"[red]left[/] {escape(one.what)}. Do: {escape(one.remedy)}", soft_wrap=True)
        console.print(f"report {base}.json and {base}.md", soft_wrap=True)

    context.emit({**record.plain(), "report": f"{base}.json"}, show)
