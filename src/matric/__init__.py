"""What brings a school onto its trust's network; the vocabulary that content imports.

The decorator is imported from its own module, ``from matric.policy import policy``: here the name is the module's.
Nothing is imported until it is asked for.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matric.intent.school import Device, Lag, Network, Port, School, Svi, Wlan
    from matric.policy import Finding, Question, Said, cannot_evaluate, checked, not_applicable
    from matric.policy.subject import Configuration, Subject
    from matric.policy.vouched import vouched

__all__ = (
    "Configuration",
    "Device",
    "Finding",
    "Lag",
    "Network",
    "Port",
    "Question",
    "Said",
    "School",
    "Subject",
    "Svi",
    "Wlan",
    "cannot_evaluate",
    "checked",
    "not_applicable",
    "vouched",
)

_HOMES = {
    "matric.intent.school": ("Device", "Lag", "Network", "Port", "School", "Svi", "Wlan"),
    "matric.policy": ("Finding", "Question", "Said", "cannot_evaluate", "checked", "not_applicable"),
    "matric.policy.subject": ("Configuration", "Subject"),
    "matric.policy.vouched": ("vouched",),
}


if not TYPE_CHECKING:  # a checker is to see the names above and no others

    def __getattr__(name: str) -> object:
        for home, names in _HOMES.items():
            if name in names:
                return getattr(import_module(home), name)
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
