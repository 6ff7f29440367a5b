"""One self-contained HTML page per run: opens from a file, without a network, in light and dark, on a telephone."""

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from matric.policy import Outcome
from matric.report.model import DeviceReport, Moment, RunReport
from matric.report.topology import drawn

if TYPE_CHECKING:
    from jinja2 import Template

__all__ = ("page", "template")


def page(report: RunReport) -> str:
    """The page. Every text in it is escaped: nothing from a device or NetBox becomes markup."""
    from markupsafe import Markup  # noqa: PLC0415 - only reports need Jinja2

    span = max((moment.ended_s or moment.began_s for moment in report.moments), default=0.0) or 1.0
    return template("page.html.j2").render(
        report=report,
        # Made by matric.report.topology, which escapes every name itself.
        topology=Markup(drawn(report.nodes, report.links)),  # noqa: S704
        lanes=_lanes(report),
        span=span,
        groups=_groups(report.devices),
        counts={outcome: sum(result.outcome is outcome for result in report.results) for outcome in Outcome},
        findings=[result for result in report.results if result.outcome in {Outcome.FAIL, Outcome.CANNOT_EVALUATE}],
        silent=[result for result in report.results if result.outcome in {Outcome.PASS, Outcome.NOT_APPLICABLE}],
    )


@cache
def template(name: str) -> "Template":
    """The template *name* of this package; every page has the same look, ``style.css``."""
    from jinja2 import Environment, StrictUndefined  # noqa: PLC0415 - only reports need Jinja2
    from markupsafe import Markup  # noqa: PLC0415 - ditto

    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.filters["clock"] = _clock
    ours = files("matric.report")
    style = Markup(ours.joinpath("style.css").read_text(encoding="utf-8"))  # noqa: S704 - shipped beside this file
    return environment.from_string(ours.joinpath(name).read_text(encoding="utf-8"), globals={"style": style})


def _clock(seconds: float) -> str:
    """Seconds since the start as people read them: 4.2 s, 12:05."""
    return f"{seconds:.1f} s" if seconds < 60 else f"{int(seconds // 60)}:{int(seconds % 60):02d} min"  # noqa: PLR2004


def _lanes(report: RunReport) -> list[tuple[str, list[Moment]]]:
    """The moments of the school as a whole, then of each device, in the order they began."""
    lanes: dict[str, list[Moment]] = {}
    for moment in sorted(report.moments, key=lambda moment: (moment.device != "", moment.began_s)):
        lanes.setdefault(moment.device, []).append(moment)
    return [(name or "the school", moments) for name, moments in lanes.items()]


def _groups(devices: tuple[DeviceReport, ...]) -> list[tuple[DeviceReport, list[str]]]:
    """Devices with one and the same difference are shown once, with all their names."""
    groups: dict[str, tuple[DeviceReport, list[str]]] = {}
    for device in devices:
        groups.setdefault(device.diff or device.key, (device, []))[1].append(device.name)
    return list(groups.values())
