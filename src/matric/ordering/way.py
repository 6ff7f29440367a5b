"""The ways into a school while one device of it changes."""

from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet

from matric.intent.school import Device, School
from matric.switch import Switch
from matric.switch.ways import Ways, cables

__all__ = ("plan_cut",)


def plan_cut(school: School, device: Device, held: Mapping[str, Switch]) -> Callable[[Switch], tuple[str, ...]]:
    """From what *device* holds to the devices of *school* that cannot be reached then, each with the reason.

    *held*: what the others hold meanwhile, by name. A device that nobody read is unreachable throughout.
    """
    others = {name: switch for name, switch in held.items() if name != device.name}
    known = others.keys() | {device.name}
    cabling = {
        name: tuple(end for end in ends if end[1] in known) for name, ends in cables(school).items() if name in known
    }

    def cut(switch: Switch) -> tuple[str, ...]:
        ways = Ways(school, {**others, device.name: switch}, cabling)
        found = ((one.key, _why(ways, one, known)) for one in school.configured)
        return tuple(f"{key}: {why}" for key, why in found if why)

    return cut


def _why(ways: Ways, device: Device, known: AbstractSet[str]) -> str:
    return ways.cut(device) if device.name in known else "nobody read what it holds"
