"""The comment on a change: what would happen to which school, for somebody with five minutes before the window.

First a line for each school, then what changes, folded; what is only there to be looked up folds away. Made from saved
plans alone and at no particular time: the same review gives the same bytes.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date

from matric.config import natural
from matric.plan import Plan, instant
from matric.report import changes
from matric.report.finding import Item, counted, items, rules_checked
from matric.report.markdown import code, details, fenced, prose, size
from matric.report.parts import MOST, Block, parts, room_for
from matric.report.reviewed import About, Reviewed, Used, short

__all__ = ("comment", "days_left", "headline")

_WORDS = {
    "not touched": "not touched",
    "unplanned": ":x: could not be planned",
    "blocked": ":no_entry: the gate is closed",
    "undecided": ":grey_question: not everything could be looked at",
    "not judged": ":grey_question: nobody has judged it",
    "later": ":hourglass: not planned with this change",
    "allowed": ":white_check_mark: the gate is open",
    "nothing to do": ":white_check_mark: nothing would change",
}
_WORST_FIRST = ("unplanned", "blocked", "undecided", "not judged", "allowed", "later", "nothing to do")
_RISKS = {"high": ":red_circle: high", "medium": ":orange_circle: medium", "low": ":green_circle: low", "": "none"}
_UNITS = {
    "school": " One device that has moved refuses the whole school.",
    "device": " A device that has moved is left out and named; the others are changed.",
}
_CHANGES = "**What changes**, the riskiest first:\n\n"
_ROWS = 40
"""Lines of a table or list in one block."""


def comment(
    reviewed: Sequence[Reviewed], *, limit: int, artefact: str, about: About | None = None, most: int = MOST
) -> tuple[str, ...]:
    """The comment, in as many parts as *limit* asks for, at most *most*.

    *limit* is the forge's, in characters; no part has more bytes than that. *artefact* names or addresses what holds
    everything in full: what does not fit is counted and said to be there.
    """
    known = about or About()
    schools = tuple(sorted(reviewed, key=lambda one: natural(one.school)))
    title = headline(schools, known)
    told = [*_overview(schools, known)]
    for one in sorted((one for one in schools if one.standing not in {"not touched", "later"}), key=_worst):
        heading = _heading(one)
        told += _school(one, heading, room_for(limit, title, heading), known)
    return parts(told, title, limit=limit, artefact=artefact, most=most)


def headline(schools: Sequence[Reviewed], about: About) -> str:
    """The overall verdict, in one line: that of the school that stands worst."""
    touched = [one for one in schools if one.touched]
    of = f"{len(touched)} of {_many(len(schools), 'school')} touched"
    if not schools:
        return "matric: 0 schools: there was nothing to look at"
    if not touched:
        return f"matric: {of}: no device would change"
    worst = min(touched, key=_worst).standing
    deploys = about.deploys and any(one.deploys for one in touched)
    match worst:
        case "unplanned":
            words = "not every school could be planned, so this must not be merged"
        case "blocked":
            words = "the gate is closed"
        case "undecided" | "not judged":
            words = "not everything could be looked at, so the gate stays closed"
        case "allowed" if deploys:
            words = "may be deployed, once somebody else approves"
        case "allowed" | "later":
            words = "merging it deploys nothing"
        case _:
            words = "nothing would change"
    return f"matric: {of}: {words}"


def _worst(one: Reviewed) -> tuple[object, ...]:
    return _WORST_FIRST.index(one.standing), natural(one.school)


def _many(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def _chunks(rows: Sequence[str], count: int = _ROWS) -> Iterator[Sequence[str]]:
    for at in range(0, len(rows), count):
        yield rows[at : at + count]


# ---- the whole change ----


def _overview(schools: Sequence[Reviewed], about: About) -> Iterator[Block]:
    if not about.deploys:
        anew = (
            f" Rules and tasks merge alone; {_named(about.anew)} planned and approved afterwards." if about.anew else ""
        )
        yield Block(f"**Merging this deploys nothing.**{anew}")
    touched = sorted((one for one in schools if one.touched), key=_worst)
    later = [one for one in touched if one.standing == "later"]
    head = (
        "| School | Verdict | Risk | Devices changing | Lines (running to intended) | Findings |",
        "|---|---|---|---|---|---|",
    )
    for rows in _chunks([_row(one) for one in touched if one not in later]):
        yield Block("\n".join((*head, *rows)))
    if touched:
        yield Block(_next(touched, about))
    if later:
        yield from _why(f"{_many(len(later), 'school')} touched, and not planned with this change", later)
    others = [one for one in schools if not one.touched]
    if others:
        yield from _why(f"{_many(len(others), 'school')} not touched, and why", others)
    elif not schools:
        yield Block("The review holds no school at all. That is no success: see why the pipeline found none.")


def _named(schools: Sequence[str]) -> str:
    if len(schools) == 1:
        return f"{prose(schools[0])} is"
    return f"{_many(len(schools), 'school')} are"


def _next(touched: Sequence[Reviewed], about: About) -> str:
    """What whoever reads this is to do."""
    if touched[0].standing in {"unplanned", "blocked", "undecided", "not judged"}:
        return "**Next:** put right what is named below and push again; everything is then planned anew."
    if all(one.standing == "nothing to do" for one in touched):
        return "**Next:** a review of the change itself; no device would change."
    if not about.deploys or not any(one.deploys and one.plan is not None for one in touched):
        return "**Next:** a review of the change itself; there is no plan to approve."
    names = ", ".join(code(name) for name in _people(touched, about))
    return f"**Next:** approval by somebody other than {names}; then the merge."


def _people(schools: Iterable[Reviewed], about: About) -> list[str]:
    """Who may not approve, by name: addresses are nobody's business here."""
    known = {*about.authors, *(one.plan.author for one in schools if one.plan is not None)}
    return sorted({name.partition(" <")[0].strip() or name for name in known})


def _row(one: Reviewed) -> str:
    if one.plan is None:
        return (
            f"| {prose(one.school)} | {_WORDS[one.standing]} | not known | not known | not known | {_findings(one)} |"
        )
    plus, minus = one.lines
    count = f"{one.changing} of {len(one.plan.devices)}"
    risk = _RISKS[one.risk]
    return f"| {prose(one.school)} | {_WORDS[one.standing]} | {risk} | {count} | +{plus} -{minus} | {_findings(one)} |"


def _findings(one: Reviewed) -> str:
    counts = counted(items((one,)))
    words = {"open": "open", "unread": "not looked at", "waived": "waived", "noted": "noted"}
    told = [f"{count} {words[standing]}" for standing, count in counts.items() if count]
    return ", ".join(told) or f"none, {_many(rules_checked(one), 'rule')} looked"


def _why(summary: str, schools: Sequence[Reviewed]) -> Iterator[Block]:
    why: dict[str, list[str]] = {}
    for one in schools:
        why.setdefault("; ".join(one.reasons) or "no reason was given", []).append(one.school)
    rows = [
        f"- {', '.join(prose(name) for name in names)}: {prose(reason)}"
        for reason, every in sorted(why.items())
        for names in _chunks(every)
    ]
    for some in _chunks(rows):
        yield Block(details(summary, "\n".join(some)))


# ---- one school ----


def _heading(one: Reviewed) -> str:
    return f"### {prose(one.school)}: {_WORDS[one.standing]}"


def _school(one: Reviewed, heading: str, room: int, about: About) -> Iterator[Block]:
    yield Block(_opening(one), school=one.school, heading=heading)
    found = items((one,))
    yield from _listed("Keeps the gate closed", [item for item in found if item.standing == "open"], heading, room)
    yield from _listed("Could not be looked at", [item for item in found if item.standing == "unread"], heading, room)
    if one.plan is not None:
        for rows in _chunks([f"- {prose(warning)}" for warning in one.plan.warnings]):
            yield Block(
                details("To acknowledge by approving", "\n".join(rows), unfolded=True),
                school=one.school,
                heading=heading,
                findings=len(rows),
            )
        for number, block in enumerate(changes.blocks(one.plan, heading, room - size(_CHANGES))):
            yield block if number else replace(block, text=f"{_CHANGES}{block.text}")
    yield from _waived(one, [item for item in found if item.standing == "waived"], heading, room)
    yield from _listed("Noted", [item for item in found if item.standing == "noted"], heading, room, unfolded=False)
    yield Block(_bound(one, about), school=one.school, heading=heading)


def _opening(one: Reviewed) -> str:
    why = f"Touched because {'; '.join(prose(reason) for reason in one.reasons) or 'no reason was given'}."
    plan = one.plan
    if plan is None:
        return f"{why} There is no plan, so nothing is known of what would happen."
    if plan.empty:
        told = f"As intended already: {_many(len(plan.devices), 'device')}."
    else:
        plus, minus = one.lines
        minutes = -(-plan.budget.worst_case_s // 60)
        told = (
            f"{one.changing} of {_many(len(plan.devices), 'device')} {'changes' if one.changing == 1 else 'change'}, "
            f"+{plus} -{minus} lines, "
            f"risk {one.risk}; at worst {minutes} min with rollback."
        )
        if one.deploys:
            told += _UNITS[plan.unit]
    if not one.deploys:
        told += " **Merging this deploys nothing here:** the school is only judged anew."
    if one.outcome is not None:
        told += f" It was carried out, and ended **{prose(str(one.outcome.get('word', 'unfinished')))}**."
    if not plan.applicable:
        told += " **For reading only: it was made from files, and cannot be carried out.**"
    return f"{why}\n\n{told}"


def _listed(title: str, found: Sequence[Item], heading: str, room: int, *, unfolded: bool = True) -> Iterator[Block]:
    """Findings with rule, source and remedy; one that is the same for many objects stands once."""
    same: dict[tuple[str, str, str], list[Item]] = {}
    for item in found:
        same.setdefault((item.reason.rule, item.reason.message, item.reason.remedy), []).append(item)
    rows = [(_finding(group), len(group)) for every in same.values() for group in _groups(every)]
    for some in _filled(rows, room - 200):
        count = sum(number for _, number in some)
        summary = f"<b>{title}</b>: {_many(count, 'finding')}"
        text = details(summary, "\n".join(row for row, _ in some), unfolded=unfolded)
        yield Block(text, school=found[0].school, heading=heading, findings=count)


def _groups(every: Sequence[Item]) -> Iterator[Sequence[Item]]:
    for at in range(0, len(every), _ROWS):
        yield every[at : at + _ROWS]


def _filled(rows: Sequence[tuple[str, int]], room: int) -> Iterator[list[tuple[str, int]]]:
    some: list[tuple[str, int]] = []
    used = 0
    for row in rows:
        need = size(row[0]) + 1
        if some and used + need > room:
            yield some
            some, used = [], 0
        some.append(row)
        used += need
    if some:
        yield some


def _finding(group: Sequence[Item]) -> str:
    reason = group[0].reason
    objects = ", ".join(code(item.reason.object) for item in group)
    rule = f"**{prose(reason.rule)}**" + (f" {prose(reason.title)}" if reason.title else "")
    source = f" Source: {'; '.join(prose(one) for one in reason.sources)}." if reason.sources else ""
    return (
        f"- {rule} ({reason.severity}): {prose(reason.message)}. **Do:** {prose(reason.remedy)}.{source} At {objects}."
    )


def _waived(one: Reviewed, found: Sequence[Item], heading: str, room: int) -> Iterator[Block]:
    rows = [(_waiver(item, one.plan), 1) for item in found]
    left = [days_left(item.waiver, one.plan) for item in found if item.waiver is not None and one.plan is not None]
    soonest = f", the first for {_days(min(left))}" if left else ""
    for some in _filled(rows, room - 200):
        summary = f"<b>Waived</b>: {_many(len(some), 'finding')}{soonest}"
        text = details(summary, "\n".join(row for row, _ in some))
        yield Block(text, school=one.school, heading=heading, findings=len(some))


def _waiver(item: Item, plan: Plan | None) -> str:
    reason = item.reason
    told = f"- **{prose(reason.rule)}** {code(reason.object)}: {prose(reason.message)}."
    waiver = item.waiver
    if waiver is None:
        return f"{told} Who waived it is in policies/waivers.yaml, and not in the plan."
    left = f" (for {_days(days_left(waiver, plan))})" if plan is not None else ""
    agreed = f", agreed to by {prose(waiver.approver)}," if waiver.approver else ""
    return f"{told} Waived by {prose(waiver.owner)}{agreed} until {waiver.expires}{left}: {prose(waiver.reason)}."


def days_left(waiver: Used, plan: Plan) -> int:
    """Days the waiver still holds on the day the plan was made; 0 on its last day."""
    made: date = instant(plan.made_at).date()
    return (waiver.expires - made).days


def _days(left: int) -> str:
    return f"{_many(left, 'day')} more" if left >= 0 else "no more days: it has expired"


def _bound(one: Reviewed, about: About) -> str:
    """What is only looked up: digests, how to make the plan again, and who may not approve it."""
    told: list[str] = []
    plan = one.plan
    if plan is not None:
        rows = [("plan", short(one.digest)), *((what, short(value)) for what, value in _digests(plan))]
        rows += [(what, short(value)) for what, value in (("base", about.base), ("head", about.head)) if value]
        told += [
            "Bound to these, and to the running configuration of every device as it was read:",
            "\n".join(("| What | Digest |", "|---|---|", *(f"| {what} | {code(value)} |" for what, value in rows))),
            f"Made {plan.made_at}, good until {plan.expires_at}."
            + (f" Saved as {code(one.file)}." if one.file else ""),
        ]
    if one.reproduce:
        told += ["The same again, on your own machine:", fenced(tuple(one.reproduce.split("\n")), "sh")]
    told.append(_approvers(one, about))
    return details("What it is bound to, how to make it again, and who may not approve it", "\n\n".join(told))


def _digests(plan: Plan) -> Iterable[tuple[str, str]]:
    return sorted(plan.digests.model_dump().items())


def _approvers(one: Reviewed, about: About) -> str:
    named = _people((one,), about)
    names = f" ({', '.join(code(name) for name in named)})" if named else ""
    return f"May not approve it: whoever wrote, committed or opened this change, or made the plan{names}."
