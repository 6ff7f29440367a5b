"""Configurations made at random, told to a lab device so that they read as a device shows them."""

from dataclasses import dataclass
from functools import lru_cache

from hypothesis import strategies as st

from matric.switch import Interface, Switch
from tests.engine.ordering import judge

VIDS = (10, 20, 30, 40)
MANAGEMENT = 99
LAG = 1
UPLINKS = (5, 6)


@dataclass(frozen=True)
class Port:
    """How a port, or the LAG, carries VLANs."""

    native: int = 1
    tagged: frozenset[int] = frozenset()
    in_lag: bool = False
    enabled: bool = True
    text: str = ""


@dataclass(frozen=True)
class Made:
    """A configuration of either platform."""

    host: str
    vlans: tuple[tuple[int, str], ...]
    ports: tuple[tuple[int, Port], ...]
    lag: Port | None
    addresses: tuple[tuple[int, str], ...]
    lists: tuple[tuple[str, tuple[tuple[int, str], ...]], ...]
    applied: tuple[tuple[int, str], ...]
    accounts: tuple[tuple[str, str], ...]
    gateway: str
    community: str


ENTRIES = (
    "permit 10.0.10.0/24 10.0.0.0/8",
    "deny any 10.0.0.0/8",
    "permit any any",
    "permit any 10.9.9.9",
    "deny any any",
)


@st.composite
def made(draw: st.DrawFn) -> Made:
    """VLAN 99 with the device's own address is on both uplinks, or on their LAG."""
    vids = sorted(draw(st.sets(st.sampled_from(VIDS))))
    names = draw(st.lists(st.sampled_from(("staff", "pupils", "")), min_size=len(vids), max_size=len(vids)))
    carried = st.frozensets(st.sampled_from(vids or [MANAGEMENT]))
    untagged = st.sampled_from([1, *vids])
    port = st.builds(
        Port, untagged, carried, st.just(value=False), st.booleans(), st.sampled_from(("", "desk", "room 2"))
    )
    ports = {number: draw(port) for number in range(1, 5)}
    bound = draw(st.booleans())
    uplink = Port(draw(untagged), draw(carried) | {MANAGEMENT})
    for number in UPLINKS:
        ports[number] = Port(in_lag=True) if bound else Port(draw(untagged), draw(carried) | {MANAGEMENT})
    addresses = [(vid, f"10.0.{vid}.1") for vid in vids if draw(st.booleans())]
    lists = {name: _entries(draw) for name in sorted(draw(st.sets(st.sampled_from(("A", "B")))))}
    applied = [(vid, draw(st.sampled_from(sorted(lists)))) for vid, _ in addresses if draw(st.booleans()) and lists]
    accounts = {"matric": draw(st.sampled_from(("x1", "x2")))} | draw(
        st.dictionaries(st.sampled_from(("head", "old")), st.sampled_from(("y1", "y2")), max_size=1)
    )
    return Made(
        host=draw(st.sampled_from(("sw-01", "sw-02"))),
        vlans=(*zip(vids, names, strict=True), (MANAGEMENT, "mgmt")),
        ports=tuple((number, _fit(one)) for number, one in ports.items()),
        lag=_fit(uplink) if bound else None,
        addresses=(*addresses, (MANAGEMENT, "10.0.99.5")),
        lists=tuple(sorted(lists.items())),
        applied=tuple(applied),
        accounts=tuple(sorted(accounts.items())),
        gateway=draw(st.sampled_from(("10.0.99.1", "10.0.99.2"))),
        community=draw(st.sampled_from(("public", "other"))),
    )


def _entries(draw: st.DrawFn) -> tuple[tuple[int, str], ...]:
    numbers = sorted(draw(st.sets(st.sampled_from((10, 20, 30, 40)), min_size=2, max_size=3)))
    return tuple(zip(numbers, draw(st.permutations(ENTRIES)), strict=False))


def _fit(port: Port) -> Port:
    return Port(port.native, port.tagged - {port.native}, port.in_lag, port.enabled, port.text)


@lru_cache(maxsize=512)
def text(slug: str, one: Made) -> str:
    """As a device of the platform shows it."""
    return judge.told(slug, _aoscx(one) if slug == "aoscx" else _aoss(one))


def _aoscx(one: Made) -> str:
    rows = [f"hostname {one.host}", "ssh server vrf default"]
    rows += [f"user {name} group administrators password ciphertext {value}" for name, value in one.accounts]
    rows += [row for vid, name in one.vlans for row in (f"vlan {vid}", *([f" name {name}"] if name else []))]
    for name, entries in one.lists:
        rows.append(f"access-list ip {name}")
        rows += [f" {number} {entry.split()[0]} any {_side(entry, 1)} {_side(entry, 2)}" for number, entry in entries]
    if one.lag:
        rows += [f"interface lag {LAG}", " no shutdown", *_trunk(one.lag), " lacp mode active"]
    for number, port in one.ports:
        rows += [f"interface 1/1/{number}", " no shutdown" if port.enabled else " shutdown"]
        rows += [f" description {port.text}"] if port.text else []
        rows += [f" lag {LAG}"] if port.in_lag else _trunk(port)
    for vid, address in one.addresses:
        rows += [f"interface vlan {vid}", f" ip address {address}/24"]
        rows += [f" apply access-list ip {name} routed-in" for at, name in one.applied if at == vid]
    rows += [f"snmp-server community {one.community}", f"ip route 0.0.0.0/0 {one.gateway}"]
    return "\n".join(rows)


def _side(entry: str, at: int) -> str:
    return entry.split()[at]


def _trunk(port: Port) -> list[str]:
    if not port.tagged:
        return [f" vlan access {port.native}"]
    vids = ",".join(str(vid) for vid in sorted({*port.tagged, port.native}))
    return [f" vlan trunk allowed {vids}", f" vlan trunk native {port.native}"]


def _aoss(one: Made) -> str:
    rows = [f'hostname "{one.host}"']
    rows += [f"trunk {UPLINKS[0]}-{UPLINKS[-1]} trk{LAG} lacp"] if one.lag else []
    rows += [row for vid, name in one.vlans for row in (f"vlan {vid}", *([f' name "{name}"'] if name else []))]
    carrying = [(str(number), port) for number, port in one.ports if not port.in_lag]
    carrying += [(f"Trk{LAG}", one.lag)] if one.lag else []
    for name, port in carrying:
        for vid in sorted(port.tagged):
            rows += [f"vlan {vid}", f" tagged {name}"]
        rows += [f"vlan {port.native}", f" untagged {name}"]
    for number, port in one.ports:
        rows += [f"interface {number}", f' name "{port.text}"'] if port.text else []
        rows += [f"interface {number}", " disable"] if not port.enabled else []
    for name, entries in one.lists:
        rows.append(f'ip access-list extended "{name}"')
        rows += [f" {number} {entry.split()[0]} ip {_wild(entry, 1)} {_wild(entry, 2)}" for number, entry in entries]
    for vid, address in one.addresses:
        rows += [f"vlan {vid}", f" ip address {address} 255.255.255.0"]
        rows += [f' ip access-group "{name}" vlan-in' for at, name in one.applied if at == vid]
    rows += [f"spanning-tree {number} admin-edge-port" for number, port in one.ports if not port.tagged]
    rows += [f"loop-protect {number}" for number, port in one.ports if port.text]
    rows += [f"dhcp-snooping vlan {vid}" for vid, name in one.vlans if name == "pupils"]
    rows += [f'snmp-server community "{one.community}" unrestricted', f"ip default-gateway {one.gateway}"]
    rows += [
        f'password {"manager" if name == "matric" else "operator"} user-name "{name}" sha1 "{value}"'
        for name, value in one.accounts
    ]
    return "\n".join(rows)


def _wild(entry: str, at: int) -> str:
    side, _, length = entry.split()[at].partition("/")
    if side == "any":
        return "0.0.0.0 255.255.255.255"
    return f"{side} {({'24': '0.0.0.255', '8': '0.255.255.255'}).get(length, '0.0.0.0')}"


def cut(switch: Switch) -> tuple[str, ...]:
    """The VLANs that do not leave by an uplink, and the device's own address where it does not answer."""
    names = [name for name in switch.interfaces if name.removeprefix("1/1/") in {str(one) for one in UPLINKS}]
    ends = [(switch.interfaces[name], switch.carrier(name)) for name in names]
    open_ = [end for port, end in ends if end is not None and port.enabled and end.enabled]
    broken = [
        f"VLAN {vid} to the core: no uplink carries it"
        for vid in (*VIDS, MANAGEMENT)
        if vid not in switch.vlans or not any(_carries(end, vid) for end in open_)
    ]
    own = next((one for one in switch.interfaces.values() if one.address and str(one.address.ip) == "10.0.99.5"), None)
    if own is None or not own.enabled or own.vid != MANAGEMENT or any(one.startswith("VLAN 99 ") for one in broken):
        broken.append("the device: it does not answer at its address")
    return tuple(broken)


def _carries(end: Interface, vid: int) -> bool:
    if end.mode == "access":
        return end.access == vid
    return end.mode == "trunk" and (end.allowed is None or vid in end.allowed)
