"""What a configuration was found to say so far: the only mutable things of the readers, which never leave them."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Literal

from matric.survey.model import Address, Lease, Port, Vlan, Wlan
from matric.survey.unread import guarded

__all__ = ("AddressDraft", "Draft", "PortDraft", "WlanDraft", "ipv4", "length", "mac", "vid", "vids")

LAST = 4094
"""The highest VLAN there is (IEEE 802.1Q)."""
Mode = Literal["access", "trunk", "routed", "member", ""]
Security = Literal["open", "wep", "wpa", "wpa2-psk", "wpa3-sae", "enterprise", ""]


def vid(text: str) -> int:
    """A VLAN's number; ValueError where *text* is none."""
    number = int(text) if text.isascii() and text.isdecimal() and len(text) <= 4 else 0  # noqa: PLR2004 - four digits
    if not 1 <= number <= LAST:
        raise ValueError(f"{text[:10]} is no VLAN")
    return number


def vids(text: str) -> frozenset[int]:
    """``10,20-22``, ``10 20 to 22``, ``none`` or ``all`` as VLANs; ValueError where *text* is no list."""
    if text == "all":
        return frozenset(range(1, LAST + 1))
    found: set[int] = set()
    words = re.sub(r"\s*(?:\bto\b|-)\s*", "-", text).replace(",", " ").split() if text != "none" else ()
    for part in words:
        first, dash, last = part.partition("-")
        found.update(range(vid(first), vid(last if dash else first) + 1))
    return frozenset(found)


def ipv4(text: str) -> str:
    """*text*, an IPv4 address with or without a prefix length; ValueError where it is none."""
    from ipaddress import IPv4Interface  # noqa: PLC0415 - most lines hold no address

    IPv4Interface(text)
    return text


def length(mask: str) -> int:
    """Prefix length of a dotted mask, or of itself; ValueError where *mask* is neither."""
    from ipaddress import IPv4Network  # noqa: PLC0415 - most lines hold no mask

    return IPv4Network(f"0.0.0.0/{mask}").prefixlen


def mac(text: str) -> str:
    """``aa:bb:cc:dd:ee:ff`` of any usual form; ValueError where *text* is no MAC address."""
    digits = re.sub(r"[:.-]", "", text).lower()
    if not re.fullmatch(r"[0-9a-f]{12}", digits):
        raise ValueError("no MAC address")
    return ":".join(digits[at : at + 2] for at in range(0, 12, 2))


@dataclass(slots=True)
class PortDraft:
    """A port or LAG; ``None`` and empty texts are what no line said."""

    name: str
    description: str = ""
    enabled: bool | None = None
    mode: str = ""
    access: int | None = None
    voice: int | None = None
    native: int | None = None
    allowed: frozenset[int] | None = None
    lag: str = ""
    dot1x: bool | None = None
    poe: bool | None = None
    speed: int | None = None
    dynamic: bool = False
    """It may become a trunk if the other end wants to."""
    phone: bool = False
    """A trunk only to a phone (EOS): to everything else an access port of its native VLAN."""

    def port(self) -> Port:
        mode: Any = "member" if self.lag else self.mode
        trunk = mode == "trunk" or self.dynamic
        carried = None if self.allowed is None else tuple(sorted(self.allowed - {self.native}))
        return Port(
            name=self.name,
            description=self.description,
            enabled=self.enabled,
            speed_mbps=self.speed,
            mode="" if self.dynamic and mode != "member" else mode,
            access=self.access if mode in {"access", ""} or self.dynamic else None,
            voice=self.voice,
            native=self.native if trunk else None,
            tagged=carried if trunk else None,
            lag=self.lag,
            dot1x=self.dot1x,
            poe=self.poe,
        )


@dataclass(slots=True)
class AddressDraft:
    interface: str
    vid: int | None = None
    addresses: list[str] = field(default_factory=list[str])
    relays: dict[str, None] = field(default_factory=dict[str, None])

    def values(self) -> tuple[Address, ...]:
        relays = tuple(self.relays)
        return tuple(
            Address(interface=self.interface, address=one, vid=self.vid, relays=relays) for one in self.addresses
        )


@dataclass(slots=True)
class WlanDraft:
    ssid: str
    enabled: bool = True
    security: Security = ""
    vlan: str = ""
    """Number or name."""
    profile: str = ""


@dataclass(slots=True)
class Draft:
    """A whole configuration."""

    platform: str = ""
    vendor: str = ""
    name: str = ""
    model: str = ""
    os_version: str = ""
    gateway: str = ""
    vlans: dict[int, str] = field(default_factory=dict[int, str])
    ports: dict[str, PortDraft] = field(default_factory=dict[str, PortDraft])
    addresses: dict[str, AddressDraft] = field(default_factory=dict[str, AddressDraft])
    wlans: dict[str, WlanDraft] = field(default_factory=dict[str, WlanDraft])
    policies: dict[str, str] = field(default_factory=dict[str, str])
    """Policy profile of a wireless controller -> VLAN."""
    leases: list[Lease] = field(default_factory=list[Lease])
    untagged: dict[str, int] = field(default_factory=dict[str, int])
    tagged: dict[str, set[int]] = field(default_factory=dict[str, set[int]])
    """Where membership belongs to VLANs: port -> VLANs."""
    voice: set[int] = field(default_factory=set[int])
    """VLANs for telephones, where that belongs to VLANs."""
    spare: dict[str, Any] = field(default_factory=dict[str, Any])
    """What one platform remembers between lines."""

    def port(self, name: str) -> PortDraft:
        return self.ports.setdefault(name, PortDraft(name))

    def address(self, interface: str, number: int | None = None) -> AddressDraft:
        found = self.addresses.setdefault(interface, AddressDraft(interface, number))
        found.vid = number if found.vid is None else found.vid
        return found

    def vlan(self, numbers: Iterable[int], name: str = "") -> None:
        for number in numbers:
            self.vlans[number] = name or self.vlans.get(number, "")

    def values(self) -> dict[str, Any]:
        """Fields of ``Told``; what no line told is left out."""
        by_name = {name: number for number, name in self.vlans.items() if name}
        found: dict[str, Any] = {
            "name": self.name,
            "vendor": self.vendor if self.name or self.ports or self.vlans else "",
            "model": self.model,
            "os_version": self.os_version,
            "gateway": self.gateway,
            "vlans": tuple(Vlan(vid=number, name=guarded(name)) for number, name in sorted(self.vlans.items())),
            "ports": tuple(one.port() for one in self.ports.values()),
            "addresses": tuple(one for draft in self.addresses.values() for one in draft.values()),
            "wlans": tuple(self._wlan(one, by_name) for one in self.wlans.values()),
            "leases": tuple(self.leases),
        }
        return {name: value for name, value in found.items() if value}

    def _wlan(self, one: WlanDraft, by_name: dict[str, int]) -> Wlan:
        told = one.vlan or self.policies.get(one.profile, "")
        number = by_name.get(told) if not told.isdecimal() else vid(told)
        return Wlan(ssid=one.ssid, vid=number, security=one.security, enabled=one.enabled)
