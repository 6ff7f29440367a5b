"""How many sections of configuration come, change and go: what forges count that know plans as numbers only."""

from matric.plan import Plan
from matric.report.folding import sections

__all__ = ("counts",)


def counts(plan: Plan) -> dict[str, int]:
    """``create``, ``update`` and ``delete``, in outermost sections over all devices.

    A section is a line at the left margin with all below it. One that comes with its head is created, one that goes
    with its head is deleted, one in which lines change is updated.
    """
    found = {"create": 0, "update": 0, "delete": 0}
    for device in plan.devices:
        changed: dict[str, None] = {}
        for section in sections(device.diff):
            if section.heads and section.sign == " ":
                changed[section.heads[0]] = None
            else:
                sign = section.sign if section.sign != " " else section.lines[0][0]
                found["create" if sign == "+" else "delete"] += 1
        found["update"] += len(changed)
    return found
