"""Who reaches whom, from configurations alone. Nothing here changes a device."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from matric.cli.context import Context, pass_context
from matric.errors import ExitCode, MatricError, Unreachable, UsageError

if TYPE_CHECKING:
    from rich.console import Console

    from matric.intent.school import School
    from matric.reach.breach import Breach
    from matric.reach.fate import Hop
    from matric.reach.model import Model
    from matric.reach.path import Answer, Question, Way
    from matric.switch import Switch

__all__ = ("path",)

SHOWN = 3
"""Ways of each kind that people are shown without --all."""
PLAN_FILE = click.Path(path_type=Path, dir_okay=False)
FOLDER = click.Path(path_type=Path, file_okay=False)


@click.command()
@click.argument("school")
@click.option("--from", "source", metavar="WHO", help="A network (pupil), an address, DEVICE:PORT, or internet.")
@click.option("--to", "destination", metavar="WHOM", help="The same.")
@click.option("--protocol", default="ip", show_default=True, help="ip (everything), tcp, udp, icmp or a number.")
@click.option("--port", type=click.IntRange(0, 65535), help="Destination port of tcp or udp.")
@click.option("--running", is_flag=True, help="Ask of what the devices hold now, read by show commands.")
@click.option("--running-from", "folder", type=FOLDER, help="Ask of <device>.conf in this folder.")
@click.option("--plan", "plan_file", type=PLAN_FILE, help="Ask of what a saved plan leads to.")
@click.option("--matrix", is_flag=True, help="Prove the zone matrix of the standard and the only ways out.")
@click.option("--expect", type=click.Choice(["allowed", "denied"]), help="End with 3 where the answer is another.")
@click.option("--all", "every", is_flag=True, help="Show every way.")
@pass_context
def path(
    context: Context,
    school: str,
    source: str | None,
    destination: str | None,
    protocol: str,
    port: int | None,
    folder: Path | None,
    plan_file: Path | None,
    expect: str | None,
    *,
    running: bool,
    matrix: bool,
    every: bool,
) -> int:
    """Say whether WHO reaches WHOM at SCHOOL, hop by hop, and exactly which packets pass.

    Worked out from the intended configurations over every packet there is; no packet is sent. With --matrix, prove that
    every network does what the standard says of its zone, and end with 3 where it does not.
    """
    if sum((running, folder is not None, plan_file is not None)) > 1:
        raise UsageError("--running, --running-from and --plan exclude each other. Do: name one of them")
    if matrix == bool(source or destination) or (not matrix and not (source and destination)):
        raise UsageError("one question at a time. Do: give --from and --to, or --matrix")
    if matrix and expect is not None:
        raise UsageError("--matrix ends with 3 where the matrix does not hold. Do: leave --expect out")
    if protocol not in {"ip", "tcp", "udp", "icmp"} and not (protocol.isdecimal() and int(protocol) <= 255):  # noqa: PLR2004 - one byte
        raise UsageError(f"{protocol} is no protocol. Do: name ip, tcp, udp, icmp or a number up to 255")
    if port is not None and protocol not in {"tcp", "udp"}:
        raise UsageError(f"{protocol} has no ports. Do: add --protocol tcp or --protocol udp")
    asked = _Asked(context, school, running=running, folder=folder, plan_file=plan_file)
    if matrix:
        return _prove(asked)
    return _ask(asked, str(source), str(destination), protocol, port, expect, every=every)


class _Asked:
    """The school, what its devices hold, and the model of it."""

    def __init__(
        self, context: Context, school: str, *, running: bool, folder: Path | None, plan_file: Path | None
    ) -> None:
        from matric import onboarding  # noqa: PLC0415 - loaded on use

        self.context = context
        self.school: School = context.site.school(school)
        if plan_file is not None:
            self.of = f"plan {plan_file}"
            self.texts = self._planned(plan_file)
        elif folder is not None:
            self.of = f"files in {folder}"
            self.texts = onboarding.running_from(folder, onboarding.intended(context.site, school))
        elif running:
            self.of = "running configurations"
            self.texts = self._running(school)
        else:
            self.of = "intended configurations"
            self.texts = {key: one.text for key, one in onboarding.intended(context.site, school).rendered.items()}
        self.model: Model = self._model()

    def _running(self, school: str) -> Mapping[str, str]:
        from matric import onboarding  # noqa: PLC0415 - loaded on use

        context = self.context.at(school)
        with context.progress(f"reading {school}"):
            seen = onboarding.looked(context.site, context.nornir(school))
        silent = [f"{key}: {why}" for key, why in seen.silent.items()]
        silent += [
            f"{key}: it did not answer" for key, look in seen.looks.items() if look is None and key not in seen.silent
        ]
        if silent:
            raise Unreachable(
                f"{'; '.join(silent)}. Nothing is known of a school of which a device is not. "
                "Do: reach it first, or ask of the intended configurations"
            )
        return {key: look.running for key, look in seen.looks.items() if look is not None}

    def _planned(self, plan_file: Path) -> Mapping[str, str]:
        from matric import plan as plans  # noqa: PLC0415 - loaded on use

        made = plans.load(plan_file)
        if made.school != self.school.slug:
            raise UsageError(f"{plan_file} is for {made.school}. Do: ask about {made.school}")
        texts: dict[str, str] = {}
        for one in made.devices:
            digest = plans.named_backup(one.target)
            texts[one.key] = one.target if digest is None else self.context.journal.backup(digest)
        return texts

    def _model(self) -> "Model":
        from matric.platform import get as platform  # noqa: PLC0415 - loaded on use
        from matric.policy.subject import CannotEvaluate, configuration  # noqa: PLC0415 - ditto
        from matric.reach.model import Model  # noqa: PLC0415 - ditto
        from matric.switch import reading  # noqa: PLC0415 - ditto

        held: dict[str, Switch] = {}
        for device in self.school.configured:
            slug = device.platform or ""
            if device.key not in self.texts:
                raise MatricError(f"{device.key} has no configuration in the {self.of}. Do: plan the whole school")
            try:
                tree = configuration(self.texts[device.key], platform(slug).rules).tree
                held[device.name] = reading.read(slug, tree)
            except CannotEvaluate as error:
                raise MatricError(f"{device.key}: {error}. Do: ask of a school whose platforms are read") from error
        return Model(self.school, held)

    def shortened(self, line: str) -> str:
        """*line* with the internet by its name instead of its prefixes."""
        from matric.reach.words import address_words  # noqa: PLC0415 - loaded on use

        return line.replace(", ".join(address_words(self.model.internet)), "internet")

    def line(self, hop: "Hop") -> int | None:
        """Where the entry that decided stands in the device's configuration."""
        from matric.reach.words import line_of  # noqa: PLC0415 - loaded on use

        return line_of(self.texts.get(f"{self.school.slug}/{hop.device}", ""), hop.access_list, hop.entry)


def _ask(
    asked: _Asked, source: str, destination: str, protocol: str, port: int | None, expect: str | None, *, every: bool
) -> int:
    from matric.reach.end import end  # noqa: PLC0415 - loaded on use
    from matric.reach.path import Question, answer  # noqa: PLC0415 - ditto
    from matric.reach.words import said  # noqa: PLC0415 - ditto

    question = Question(end(asked.model, source), end(asked.model, destination), protocol, port)
    found = answer(asked.model, question)
    value = {
        "school": asked.school.slug,
        "of": asked.of,
        "from": source,
        "to": destination,
        "protocol": protocol,
        "port": port,
        "verdict": found.verdict,
        "passes": said(found.passes),
        "perhaps": said(found.perhaps),
        "refused": said(found.refused),
        "ways": [_way_as_json(asked, way) for way in found.ways],
        "notes": found.notes,
    }
    asked.context.emit(value, lambda console: _show(console, asked, question, found, every=every))
    return ExitCode.BLOCKED if expect not in (None, found.verdict) else ExitCode.DONE


def _way_as_json(asked: _Asked, way: "Way") -> dict[str, Any]:
    from matric.reach.words import said  # noqa: PLC0415 - loaded on use

    return {
        "start": way.start,
        "answer": way.back,
        "arrives": way.arrives,
        "why": way.fate.why,
        "next_hop": way.fate.next_hop or None,
        "packets": said(way.fate.headers),
        "hops": [_hop_as_json(asked, hop) for hop in way.fate.hops],
    }


def _hop_as_json(asked: _Asked, hop: "Hop") -> dict[str, Any]:
    return {
        "device": hop.device, "where": hop.where, "does": hop.does, "access_list": hop.access_list or None,
        "entry": hop.entry or None, "line": asked.line(hop),
    }  # fmt: skip


COLOURS = {"allowed": "green", "denied": "red", "partly": "yellow"}


def _show(console: "Console", asked: _Asked, question: "Question", found: "Answer", *, every: bool) -> None:
    from rich.markup import escape  # noqa: PLC0415 - only for people

    from matric.reach.words import said  # noqa: PLC0415 - ditto

    what = question.protocol if question.port is None else f"{question.protocol} port {question.port}"
    ends = f"{question.source.word} to {question.destination.word}"
    console.print(
        f"[bold]{asked.school.slug}[/] {escape(ends)}, {what}: [bold {COLOURS[found.verdict]}]{found.verdict}[/]"
    )
    console.print(f"[dim]{asked.of}; from {question.source.says}; to {question.destination.says}[/]")
    if found.verdict == "partly":
        for word, headers in (("passes", found.passes), ("perhaps", found.perhaps)):
            for line in said(headers):
                console.print(f"  {word:8} {escape(asked.shortened(line))}", soft_wrap=True)
        for line in said(found.refused) if every else ("everything else that was asked",) if found.refused else ():
            console.print(f"  refused  {escape(asked.shortened(line))}", soft_wrap=True)
    for note in found.notes:
        console.print(f"  [yellow]note[/]     {escape(note)}", soft_wrap=True)
    ways = [way for way in found.ways if every or _tells(way, found)]
    for kind in ((False, True), (False, False), (True, True), (True, False)):
        told = [way for way in ways if (way.back, way.arrives) == kind]
        for way in told if every else told[:SHOWN]:
            _show_way(console, asked, way)
        if not every and len(told) > SHOWN:
            console.print(f"[dim]and {len(told) - SHOWN} more ways like it (--all)[/]")


def _tells(way: "Way", found: "Answer") -> bool:
    """Of a clear answer, only the ways that make it."""
    return found.verdict == "partly" or way.arrives == (found.verdict == "allowed")


def _show_way(console: "Console", asked: _Asked, way: "Way") -> None:
    from rich.markup import escape  # noqa: PLC0415 - only for people

    from matric.reach.words import said  # noqa: PLC0415 - ditto

    packets = said(way.fate.headers)
    first = packets[0] + (f" and {len(packets) - 1} more" if len(packets) > 1 else "") if packets else ""
    head = "[green]arrives[/]" if way.arrives else "[red]refused[/]"
    console.print(
        f"\n{'answer' if way.back else 'way'} {head} [dim]{escape(asked.shortened(first))}[/]", soft_wrap=True
    )
    for number, hop in enumerate(way.fate.hops, 1):
        line = asked.line(hop)
        at = f" [dim](line {line})[/]" if line is not None else ""
        console.print(f"  {number:>2} {escape(str(hop))}{at}", soft_wrap=True)
    if way.fate.next_hop:
        console.print(f"     out of the school, to {escape(way.fate.next_hop)}")
    if way.fate.why and not (way.fate.hops and way.fate.hops[-1].entry):
        console.print(f"     {escape(way.fate.why)}", soft_wrap=True)


# ---- the matrix ----


def _prove(asked: _Asked) -> int:
    from matric.reach.matrix import zone_matrix  # noqa: PLC0415 - loaded on use
    from matric.reach.way_out import only_ways_out  # noqa: PLC0415 - ditto
    from matric.reach.words import said  # noqa: PLC0415 - ditto

    matrix, out = zone_matrix(asked.model), only_ways_out(asked.model)
    value = {
        "school": asked.school.slug,
        "of": asked.of,
        "holds": matrix.holds and not out,
        "pairs": [
            {"from": one.source, "to": one.destination, "wanted": said(one.wanted), "passes": said(one.passes)}
            for one in matrix.pairs
        ],
        "breaches": [_breach_as_json(asked, one) for one in matrix.breaches],
        "unfiltered": [
            {"network": one.network, "from": one.start, "next_hop": one.next_hop,
             "hops": [_hop_as_json(asked, hop) for hop in one.hops]}
            for one in out
        ],
    }  # fmt: skip

    def show(console: "Console") -> None:
        from rich.markup import escape  # noqa: PLC0415 - only for people

        for one in matrix.breaches:
            console.print(f"[red]{one.kind}[/] {escape(one.object)}: {escape(one.message)}", soft_wrap=True)
            for line in said(one.headers)[:SHOWN]:
                console.print(f"     {escape(line)}", soft_wrap=True)
        for way in out:
            console.print(
                f"[red]unfiltered[/] {way.network} leaves by {escape(way.next_hop)}, from {escape(way.start)}"
            )
        how = "[green]holds[/]" if value["holds"] else "[red]does not hold[/]"
        counted = f"{len(matrix.pairs)} pairs, {len(matrix.breaches)} breaches, {len(out)} unfiltered ways out"
        console.print(f"[bold]{asked.school.slug}[/]: the zone matrix {how}: {counted} [dim]({asked.of})[/]")

    asked.context.emit(value, show)
    return ExitCode.DONE if value["holds"] else ExitCode.BLOCKED


def _breach_as_json(asked: _Asked, one: "Breach") -> dict[str, Any]:
    from matric.reach.words import said  # noqa: PLC0415 - loaded on use

    return {
        "kind": one.kind, "object": one.object, "message": one.message, "packets": said(one.headers),
        "hops": [_hop_as_json(asked, hop) for hop in one.hops],
    }  # fmt: skip
