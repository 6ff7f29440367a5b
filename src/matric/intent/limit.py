"""What hardware and operating systems can hold, as data: the bounds that rows of a snapshot are checked against."""

import re
from dataclasses import dataclass

__all__ = ("HARDWARE", "LIMITS", "Hardware", "Limit", "canonical", "speed_of_type", "vid_of_svi")


@dataclass(frozen=True, slots=True)
class Limit:
    """Bounds of one operating system."""

    vlan_name: int
    """Longest VLAN name, characters."""
    description: int
    """Longest interface description, characters."""
    reserved_vids: tuple[tuple[int, int], ...]
    """Inclusive ranges of VLAN ids the platform keeps for itself."""
    lag_numbers: tuple[int, int]
    lag_members: int
    """Most active members of a LAG."""
    lag: str
    """What a LAG's name begins with, before its number."""
    svi: str = "Vlan"
    """What the name of a VLAN's layer-3 interface begins with, before the VLAN id."""


LIMITS = {
    # 1006 on is where EOS allocates internal VLANs for routed ports.
    "eos": Limit(32, 240, ((1006, 1199),), (1, 2000), 16, "Port-Channel"),
    "ios": Limit(32, 200, ((1002, 1005),), (1, 128), 8, "Port-channel"),
    # Sources: AOS-CX 10.x VLAN and link aggregation guides; ArubaOS-Switch 16.x management and configuration guide;
    # Junos OS for EX, "Understanding Bridging and VLANs" and "Aggregated Ethernet".
    "aoscx": Limit(32, 64, (), (1, 256), 8, "lag", "vlan"),
    "aoss": Limit(32, 64, (), (1, 24), 8, "Trk", "vlan"),
    "junos": Limit(64, 900, (), (0, 127), 8, "ae", "irb."),
}

PortRange = tuple[str, int, int, str]
"""(prefix, first, last, NetBox interface type)."""


@dataclass(frozen=True, slots=True)
class Hardware:
    """A model: its ports in order."""

    manufacturer: str
    model: str
    platform: str | None
    ports: tuple[PortRange, ...]
    uplinks: tuple[PortRange, ...] = ()
    poe_budget_w: int | None = None
    max_vlans: int | None = None
    routed_ports: bool = True
    """A physical port can be a layer-3 port."""

    def names(self) -> tuple[str, ...]:
        """Every physical port, in order."""
        return tuple(
            f"{prefix}{index}"
            for prefix, first, last, _ in (*self.ports, *self.uplinks)
            for index in range(first, last + 1)
        )


_GI, _TE, _ETH = "GigabitEthernet1/0/", "TenGigabitEthernet1/1/", "Ethernet"
_MULTI_TE = "TenGigabitEthernet1/0/"
_COPPER, _MULTI, _SFP, _QSFP = "1000base-t", "2.5gbase-t", "10gbase-x-sfpp", "100gbase-x-qsfp28"


def _aruba(model: str, platform: str, copper: int, fibre: int, watts: int | None, vlans: int) -> Hardware:  # noqa: PLR0913, PLR0917 - a row of a data sheet
    """An Aruba switch: copper ports, then SFP+ ports, numbered on."""
    prefix = "1/1/" if platform == "aoscx" else ""
    ports = ((prefix, 1, copper, _COPPER),) if copper else ()
    uplinks = ((prefix, copper + 1, copper + fibre, _SFP),)
    routed = not model.startswith(("6100", "6200"))  # these route between VLANs only
    return Hardware("Aruba", model, platform, ports, uplinks, watts, vlans, routed)


def _juniper(model: str, copper: int, fibre: int, slot: str, watts: int | None, vlans: int) -> Hardware:  # noqa: PLR0913, PLR0917 - ditto
    """A Juniper EX: copper ports from 0, SFP+ ports on their own slot."""
    ports = (("ge-0/0/", 0, copper - 1, _COPPER),) if copper else ()
    return Hardware("Juniper", model, "junos", ports, ((slot, 0, fibre - 1, _SFP),), watts, vlans)


_MODELS = (
    Hardware("Cisco", "C9200L-24P-4X", "ios", ((_GI, 1, 24, _COPPER),), ((_TE, 1, 4, _SFP),), 370, 1024),
    Hardware("Cisco", "C9200L-48P-4X", "ios", ((_GI, 1, 48, _COPPER),), ((_TE, 1, 4, _SFP),), 740, 1024),
    Hardware("Cisco", "C9300-24UX", "ios", ((_MULTI_TE, 1, 24, "10gbase-t"),), ((_TE, 1, 8, _SFP),), 560, 4094),
    Hardware("Arista", "CCS-720XP-24Y6", "eos", ((_ETH, 1, 24, _MULTI),), ((_ETH, 25, 30, _SFP),), 720, 4094),
    Hardware("Arista", "CCS-720XP-48Y6", "eos", ((_ETH, 1, 48, _MULTI),), ((_ETH, 49, 54, _SFP),), 1440, 4094),
    Hardware("Arista", "DCS-7050SX3-48C8", "eos", (), ((_ETH, 1, 48, _SFP), (_ETH, 49, 56, _QSFP)), None, 4094),
    Hardware(
        "Cisco", "C9800-L-F-K9", "ios",
        (("TwoGigabitEthernet0/0/", 0, 3, _MULTI),), (("TenGigabitEthernet0/1/", 0, 1, _SFP),), None, 4094,
    ),
    _aruba("6100-24G-PoE (JL677A)", "aoscx", 24, 4, 370, 512),
    _aruba("6100-48G-PoE (JL675A)", "aoscx", 48, 4, 370, 512),
    _aruba("6200F-24G-PoE (JL725A)", "aoscx", 24, 4, 370, 2048),
    _aruba("6200F-48G-PoE (JL727A)", "aoscx", 48, 4, 370, 2048),
    _aruba("6300M-24G-PoE (JL662A)", "aoscx", 24, 4, 370, 4094),
    _aruba("6300M-24SFP+ (JL658A)", "aoscx", 0, 28, None, 4094),
    _aruba("2530-24G-PoE+ (J9773A)", "aoss", 24, 4, 195, 512),
    _aruba("2540-24G-PoE+ (JL356A)", "aoss", 24, 4, 370, 512),
    _aruba("2930F-24G-PoE+ (JL255A)", "aoss", 24, 4, 370, 2048),
    _aruba("2930F-48G-PoE+ (JL256A)", "aoss", 48, 4, 370, 2048),
    Hardware(
        "Aruba", "5406R (J9821A)", "aoss",
        (("A", 1, 24, _COPPER), ("B", 1, 24, _COPPER)), (("F", 1, 8, _SFP),), 740, 2048,
    ),
    _juniper("EX2300-24P", 24, 4, "xe-0/1/", 370, 2044),
    _juniper("EX3400-24P", 24, 4, "xe-0/2/", 370, 4093),
    _juniper("EX3400-48P", 48, 4, "xe-0/2/", 740, 4093),
    _juniper("EX4600", 0, 24, "xe-0/0/", None, 4093),
    Hardware("Cisco", "C9120AXI-E", None, (("GigabitEthernet", 0, 0, _MULTI),)),
    Hardware("Cisco", "C1121-8P", None, (("GigabitEthernet0/0/", 0, 1, _COPPER),)),
)  # fmt: skip

HARDWARE = {hardware.model: hardware for hardware in _MODELS}
"""Models whose ports matric knows, by NetBox's device type model."""

_LONG = {
    "gi": "GigabitEthernet",
    "te": "TenGigabitEthernet",
    "tw": "TwoGigabitEthernet",
    "twe": "TwentyFiveGigE",
    "fo": "FortyGigabitEthernet",
    "hu": "HundredGigE",
    "fa": "FastEthernet",
    "et": "Ethernet",
    "eth": "Ethernet",
    "po": "Port-channel",
    "vl": "Vlan",
}
_NAME = re.compile(r"([A-Za-z-]+) ?([0-9][0-9/.:]*)")


def canonical(name: str) -> str:
    """*name* with its full word, in lower case: two names of one port become equal."""
    found = _NAME.fullmatch(name.strip())
    if found is None:
        return name.strip().lower()
    word = _LONG.get(found[1].lower(), found[1])
    return f"{word.lower()}{found[2]}"


_SVI = re.compile(rf"(?:{'|'.join(sorted({re.escape(one.svi.lower()) for one in LIMITS.values()}))}) ?([0-9]+)")


def vid_of_svi(name: str) -> int | None:
    """The VLAN id in an SVI's name (``Vlan99``, ``vlan99``, ``irb.99``); None for other names."""
    found = _SVI.fullmatch(name.lower())
    return int(found[1]) if found else None


_TYPE = re.compile(r"([0-9]+(?:\.[0-9]+)?)(g?)base.*")


def speed_of_type(kind: str) -> int | None:
    """Highest speed of a NetBox interface type, kbit/s; None where the type names none."""
    found = _TYPE.fullmatch(kind)
    return int(float(found[1]) * (1_000_000 if found[2] else 1_000)) if found else None
