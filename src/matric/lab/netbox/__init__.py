"""A stand-in for NetBox 4.6: REST and GraphQL over one store, with the faults a client has to survive.

``serve(records)`` runs it in the background of a test or a demo, ``main(...)`` in the foreground of
``matric lab netbox``. Needs the extra ``matric[lab]``.
"""

from matric.lab.netbox.access import READ_ONLY, Access
from matric.lab.netbox.fault import Fault
from matric.lab.netbox.server import NetBox, main, serve
from matric.lab.netbox.store import Store

__all__ = ("READ_ONLY", "Access", "Fault", "NetBox", "Store", "main", "serve")
