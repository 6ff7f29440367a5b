"""NetBox, the source of truth: read whole or refused, checked for moves, prepared and filled.

Only ``matric.netbox.client`` imports netbox-python.
"""

from matric.netbox.client import Client
from matric.netbox.pull import Moved, Progress, check, pull, pull_into, version
from matric.netbox.push import Pushed, push
from matric.netbox.transport import InvalidError, Limits, MissingError

__all__ = (
    "Client",
    "InvalidError",
    "Limits",
    "MissingError",
    "Moved",
    "Progress",
    "Pushed",
    "check",
    "pull",
    "pull_into",
    "push",
    "version",
)
