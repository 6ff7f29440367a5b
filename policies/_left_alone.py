"""What becomes of a device: what the plan writes, or what it holds today where the plan leaves it alone."""

from collections.abc import Callable, Iterator
from typing import TypeVar

from matric import Device, Subject

__all__ = ("held", "left_alone")

Value = TypeVar("Value")


def left_alone(subject: Subject, device: Device) -> bool:
    """True where the plan does not write *device*; without a plan, every device becomes what is intended."""
    return subject.steps is not None and not any(
        step.device == device.key and step.action == "arm" for step in subject.steps
    )


def held(
    subject: Subject,
    device: Device,
    intended: Callable[[Subject, Device], Value],
    was: Callable[[Subject, Device], Value],
) -> Iterator[Value]:
    """What *device* is to hold, and what it goes on holding where the plan leaves it alone."""
    yield intended(subject, device)
    if left_alone(subject, device):
        yield was(subject, device)
