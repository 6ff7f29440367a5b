"""The evidence pack as one self-contained HTML page: light and dark, on a telephone, and on paper."""

from matric.policy.controls import AREAS, CONFIDENCE
from matric.report.html import template
from matric.report.pack import OUTCOMES, OWN, Evidence, Judged, summed

__all__ = ("areas", "page")


def page(pack: Evidence) -> str:
    """The page. Every text in it is escaped: nothing from a device, NetBox or a person becomes markup."""
    return template("evidence.html.j2").render(
        stand=pack.stand,
        sentences=summed(pack),
        outcomes=OUTCOMES,
        counts=pack.counts,
        schemes=pack.schemes,
        todo=pack.todo,
        soon=pack.soon,
        areas=areas(pack),
        waivers=pack.waivers,
        bound=pack.bound,
        grades=CONFIDENCE,
    )


def areas(pack: Evidence) -> list[tuple[str, list[Judged]]]:
    """The controls of each area, in the order of their ids; the trust's own rules come last."""
    found: dict[str, list[Judged]] = {name: [] for name in (*AREAS.values(), OWN)}
    for one in (*pack.controls, *pack.own):
        found[one.area].append(one)
    return [(area, controls) for area, controls in found.items() if controls]
