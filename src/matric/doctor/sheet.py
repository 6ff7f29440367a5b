"""What every platform promises, as tables for docs/platforms.md, made from the platforms' own data."""

from collections.abc import Callable, Iterator, Mapping

from matric.doctor.point import POINTS, unproven
from matric.platform.base import Capability, Platform

__all__ = ("BEGIN", "END", "placed", "sheet")

BEGIN = "<!-- made by script/platforms: -->"
END = "<!-- :made by script/platforms -->"
_HOUR_S = 3600
_MINUTE_S = 60


def sheet(platforms: Mapping[str, Platform]) -> str:
    """Three parts: capabilities, nets with what is unproven of them, and what each point is to prove."""
    found = tuple(platforms[slug] for slug in sorted(platforms))
    return "\n".join((*_capabilities(found), "", *_nets(found), "", *_points(found)))


def placed(page: str, platforms: Mapping[str, Platform]) -> str:
    """*page* with the sheet between its marks."""
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n\n{sheet(platforms)}\n\n{END}{after}"


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def _capabilities(platforms: tuple[Platform, ...]) -> Iterator[str]:
    yield "### What the operating system is taken to promise"
    yield ""
    yield _row("", *(f"{one.title} (`{one.slug}`)" for one in platforms))
    yield _row(*("---" for _ in range(len(platforms) + 1)))
    for words, told in _ROWS.items():
        yield _row(words, *(told(one.capability) for one in platforms))
    yield _row("nets, best first", *(", ".join(net.name for net in one.nets) or "none" for one in platforms))


def _yes(value: bool) -> str:  # noqa: FBT001 - it is all there is
    return "yes" if value else "not counted on"


def _time(seconds: int) -> str:
    if seconds >= _HOUR_S and seconds % _HOUR_S == 0:
        return f"{seconds // _HOUR_S} h"
    return f"{seconds // _MINUTE_S} min" if seconds % _MINUTE_S == 0 else f"{seconds} s"


def _timer(can: Capability) -> str:
    return f"{_time(can.timer_min_s)} to {_time(can.timer_max_s)}, in steps of {_time(can.timer_step_s)}"


_ROWS: Mapping[str, Callable[[Capability], str]] = {
    "the whole configuration is put in place at once": lambda can: _yes(can.atomic_replace),
    "a timer takes an unconfirmed change back": lambda can: _yes(can.timer_revert),
    "whose the timer is": lambda can: f"the {can.timer_owner}'s" if can.timer_owner != "nobody" else "nobody's",
    "length of the timer": _timer,
    "the timer runs on when the session is dropped": lambda can: _yes(can.survives_session_drop),
    "a restart inside the window brings the old back": lambda can: _yes(can.survives_reboot),
    "somebody else's commit may confirm ours": lambda can: "yes" if can.other_commits_confirm else "no",
}


def _nets(platforms: tuple[Platform, ...]) -> Iterator[str]:
    yield "### Which net, and what nobody of ours has seen of it on a real switch"
    yield ""
    yield _row(
        "Platform", "Net", "What takes a change back", "Unproven on real hardware", "`matric doctor` tries it by"
    )
    yield _row(*("---" for _ in range(5)))
    for one in platforms:
        tried = dict(unproven(one))
        for net in one.nets:
            consent = " (only by consent in the plan)" if net.consent else ""
            own = net.unproven or ("nothing by name; no point below was tried on a real switch",)
            for at, words in enumerate(own):
                head = (one.title, f"{net.name}{consent}", net.words) if at == 0 else ("", "", "")
                points = ", ".join(tried.get(words, ())) if words in tried else "every point"
                yield _row(*head, words, points or "nothing: it stays unproven")


def _points(platforms: tuple[Platform, ...]) -> Iterator[str]:
    yield "### What each point of `matric doctor` is to prove"
    yield ""
    yield _row("Point", "Takes", "What matric counts on", "Where")
    yield _row(*("---" for _ in range(4)))
    takes = {"read": "reads", "change": "a change under a timer", "power": "a person at the plug"}
    for point in POINTS:
        words: dict[str, list[str]] = {}
        for one in platforms:
            words.setdefault(point.rests(one), []).append(one.title)
        for at, (rests, titles) in enumerate(words.items()):
            head = (f"`{point.slug}`: {point.title}", takes[point.kind]) if at == 0 else ("", "")
            yield _row(*head, rests, "everywhere" if len(titles) == len(platforms) else ", ".join(titles))
