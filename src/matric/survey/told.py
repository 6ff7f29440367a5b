"""What one text tells of a device, and which of its lines were understood."""

from matric.intent.base import Model
from matric.survey.model import Address, Arp, Lease, Licence, Mac, Neighbour, Port, Power, Unread, Vlan, Wlan

__all__ = ("Told",)


class Told(Model):
    """The fields of ``matric.survey.model.Device`` that one text gives; None, or an empty text, where it gives none.

    ``lines == understood + len(unread)`` always: each line that says something is understood, or is kept in ``unread``.
    """

    name: str = ""
    """Host name."""
    vendor: str = ""
    model: str = ""
    serial: str = ""
    os_version: str = ""
    mac: str = ""
    """Base MAC address, ``aa:bb:cc:dd:ee:ff``."""
    vlans: tuple[Vlan, ...] | None = None
    addresses: tuple[Address, ...] | None = None
    gateway: str = ""
    ports: tuple[Port, ...] | None = None
    neighbours: tuple[Neighbour, ...] | None = None
    macs: tuple[Mac, ...] | None = None
    arps: tuple[Arp, ...] | None = None
    leases: tuple[Lease, ...] | None = None
    power: tuple[Power, ...] | None = None
    power_budget_w: float | None = None
    """What the power supplies of the device can give to ports in all, in watts."""
    wlans: tuple[Wlan, ...] | None = None
    licences: tuple[Licence, ...] | None = None
    lines: int = 0
    """Lines that say something: not blank, and no separator of the format (``!``, ``#``, ruled lines)."""
    understood: int = 0
    """Of these, the lines that became values or are known to say nothing a survey needs."""
    unread: tuple[Unread, ...] = ()
    """The others, one each, redacted; line numbers are of the text that was read, the source is left empty."""
