"""NetBox, the source of truth: read whole or refused, checked for moves, prepared and filled.

Only ``matric.netbox.client`` imports netbox-python.
"""

from matric.netbox.adopting import Adopted, adopt
from matric.netbox.allocating import allocate
from matric.netbox.client import Client
from matric.netbox.reading import Moved, Progress, check, pull, pull_into, version
from matric.netbox.transport import InvalidError, Limits, MissingError
from matric.netbox.writing import Pushed, push

__all__ = (
    "Adopted",
    "Client",
    "InvalidError",
    "Limits",
    "MissingError",
    "Moved",
    "Progress",
    "Pushed",
    "adopt",
    "allocate",
    "check",
    "pull",
    "pull_into",
    "push",
    "version",
)
