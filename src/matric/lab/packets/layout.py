"""From what a switch says to ports of Open vSwitch and interfaces of Linux: values only."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Interface

from matric.switch import Interface, Switch

__all__ = ("Bundle", "Layout", "Membership", "Svi", "laid_out")

LAST_VID = 4094
NOTHING = (4095,)
"""Open vSwitch takes an empty list of VLANs for all of them; no frame is of this one."""


@dataclass(frozen=True, slots=True)
class Membership:
    """The VLANs of a port, in the words of Open vSwitch."""

    mode: str
    """access, native-untagged, or trunk (which takes no untagged frame)."""
    tag: int | None
    trunks: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Bundle:
    """A port of a bridge: one link, or several that are a LAG."""

    name: str
    links: tuple[str, ...]
    """Names of the physical ports in it."""
    member: Membership
    lag: bool = False
    lacp: bool = False


@dataclass(frozen=True, slots=True)
class Svi:
    """An interface of the switch itself, and the VLAN by which it is joined to the bridge."""

    name: str
    vid: int
    address: IPv4Interface
    access_list: str = ""
    access_list_out: str = ""


@dataclass(frozen=True, slots=True)
class Layout:
    """One switch."""

    bundles: tuple[Bundle, ...] = ()
    up: frozenset[str] = frozenset()
    """Physical ports that are not shut."""
    svis: tuple[Svi, ...] = ()
    switch: Switch | None = None
    """None while it has no power."""


def laid_out(switch: Switch, ports: Mapping[str, object]) -> Layout:
    """*switch* with something plugged into *ports*."""
    inside = _internal(switch)
    up = frozenset(name for name in ports if _named(switch, name).enabled)
    bundles = tuple(_bundles(switch, sorted(up), inside))
    return Layout(bundles, up, tuple(_svis(switch, inside)), switch)


def _named(switch: Switch, name: str) -> Interface:
    """What *switch* says of *name*; of a port it does not mention, what it falls back to."""
    lower = name.lower()
    found = (one for key, one in switch.interfaces.items() if key.lower() == lower)
    return next(found, Interface(name))


def _internal(switch: Switch) -> dict[str, int]:
    """Routed port -> a VLAN of its own, from those that nobody uses: as switches do inside."""
    free = (vid for vid in range(LAST_VID, 0, -1) if vid not in switch.vlans)
    routed = sorted(name for name, one in switch.interfaces.items() if _routed(one))
    return {name.lower(): next(free) for name in routed}


def _routed(one: Interface) -> bool:
    return one.mode == "routed" and one.vid is None and one.address is not None


def _bundles(switch: Switch, ports: list[str], inside: Mapping[str, int]) -> Iterator[Bundle]:
    lags: dict[str, list[Interface]] = {}
    for name in ports:
        one = _named(switch, name)
        if one.lag is None:
            member = _member(switch, one, inside)
            if member is not None:
                yield Bundle(name, (name,), member)
        else:
            carrier = switch.carrier(one.name) or Interface(f"lag {one.lag}")
            lags.setdefault(carrier.name, []).append(one if one.name == name else Interface(name, lacp=one.lacp))
    for lag, members in lags.items():
        carrier = _named(switch, lag)
        member = _member(switch, carrier, inside)
        if member is not None and carrier.enabled:
            lacp = any(one.lacp for one in members)
            yield Bundle(lag, tuple(one.name for one in members), member, lag=True, lacp=lacp)


def _member(switch: Switch, one: Interface, inside: Mapping[str, int]) -> Membership | None:
    """How *one* takes part in switching; None where it does not, as with a VLAN that does not exist."""
    if one.name.lower() in inside:
        return Membership("access", inside[one.name.lower()])
    known = switch.vlans.keys()
    if one.mode == "trunk":
        carried = tuple(sorted(known if one.allowed is None else known & one.allowed))
        if one.native in carried:
            return Membership("native-untagged", one.native, carried)
        return Membership("trunk", None, carried or NOTHING)
    if one.mode == "routed" or one.access not in known:
        return None
    if one.voice is not None and one.voice in known:
        return Membership("native-untagged", one.access, (one.voice,))
    return Membership("access", one.access)


def _svis(switch: Switch, inside: Mapping[str, int]) -> Iterator[Svi]:
    for one in switch.interfaces.values():
        vid = inside.get(one.name.lower(), one.vid)
        if one.address is None or not one.enabled or vid is None:
            continue
        if vid in switch.vlans or one.vid is None:
            yield Svi(one.name, vid, one.address, one.access_list, one.access_list_out)
