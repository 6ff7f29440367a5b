"""A joining primary by hand: one flat network, a chain of switches, an open guest network, kit of four makers."""

from matric.survey.model import (
    Address,
    Device,
    Mac,
    Neighbour,
    Port,
    Power,
    Source,
    Survey,
    Unseen,
    Vlan,
    Wlan,
)

__all__ = ("SCHOOL", "surveyed")

SCHOOL = "thornfield"


def port(number: int, prefix: str = "GigabitEthernet1/0/", **given: object) -> Port:
    fields = {"enabled": True, "up": number % 3 != 0, "mode": "access", "access": 1, "speed_mbps": 1000, **given}
    return Port.model_validate({"name": f"{prefix}{number}", **fields})


def lldp(name: str, near: str, far: str, **given: object) -> Neighbour:
    fields = {"port": near, "protocol": "lldp", "name": name, "remote_port": far, "capabilities": ("bridge",), **given}
    return Neighbour.model_validate(fields)


def uplink(number: int, prefix: str, native: int = 1, **given: object) -> Port:
    return port(number, prefix, mode="trunk", access=None, native=native, up=True, **given)


def surveyed(*, messy: bool = True) -> Survey:
    """The school's survey; without its mess where *messy* is False."""
    gi, cx, hp = "GigabitEthernet1/0/", "1/1/", ""
    core = Device(
        name="core", platform="ios", vendor="Cisco", model="C9200L-24P-4X", serial="A1", os_version="17.12.03",
        configuration="hostname core\n", addresses=(
            Address(interface="Vlan1", address="192.168.1.1/24" if messy else "10.99.0.1/24", vid=1),
            Address(interface="Vlan20", address="10.48.64.1/22" if messy else "10.99.4.1/24", vid=20),
        ),
        vlans=(Vlan(vid=1, name="default"), Vlan(vid=40 if messy else 500, name="CCTV"), Vlan(vid=20, name="Office")),
        ports=(
            *(port(n, access=1 if messy else 10 * (n % 4 + 1)) for n in range(1, 23)), uplink(23, gi), uplink(24, gi),
        ),
        neighbours=(lldp("sw-a", f"{gi}23", "1/1/25"), lldp("icx-hall", f"{gi}24", "1/2/1")),
        macs=tuple(Mac(mac=f"00:11:22:33:44:{n:02x}", port=f"{gi}5", vid=1) for n in range(5 if messy else 1)),
        power=tuple(Power(port=f"{gi}{n}", watts=15.4 if messy else 4.0) for n in range(1, 23)), wlans=(),
    )  # fmt: skip
    a = Device(
        name="sw-a", platform="aoscx", vendor="Aruba", model="JL725A", os_version="FL.10.13.1040",
        configuration="hostname sw-a\n", vlans=(Vlan(vid=1),), addresses=(),
        ports=(*(port(n, cx) for n in range(1, 13)), uplink(25, cx, 20 if messy else 1), uplink(26, cx, 1)),
        neighbours=(lldp("core", "1/1/25", f"{gi}23"), lldp("sw-b", "1/1/26", "25")), macs=(),
        wlans=(Wlan(ssid="School-Guest", vid=1, security="open" if messy else "enterprise"),),
    )  # fmt: skip
    b = Device(
        name="sw-b", platform="aoss", vendor="HP", model="J9773A", os_version="YA.16.11.0012",
        configuration="hostname b\n",
        ports=(*(port(n, hp) for n in range(1, 13)), uplink(25, hp, speed_mbps=100 if messy else 1000), uplink(26, hp)),
        neighbours=(lldp("sw-a", "25", "1/1/26"), *((lldp("sw-c", "26", "GigabitEthernet1/0/25"),) if messy else ())),
        macs=(), addresses=(), vlans=(Vlan(vid=1),),
    )  # fmt: skip
    c = Device(
        name="sw-c", platform="comware", vendor="HPE", model="5130", configuration="sysname sw-c\n",
        ports=(*(port(n) for n in range(1, 25)), uplink(25, gi)), macs=(), addresses=(), vlans=(),
        neighbours=(lldp("sw-b", "GigabitEthernet1/0/25", "26"),),
    )  # fmt: skip
    unseen = Unseen(
        what="device", name="icx-hall", told_by=(f"core {gi}24",), why="no credential was accepted (3 tried)"
    )
    return Survey(
        school=SCHOOL, taken_at="2026-11-20T10:00:00Z", how="live", devices=(core, a, b, *((c,) if messy else ())),
        sources=(Source(name="live 10.1.1.1", kind="configuration", lines=400, understood=390),),
        unseen=(unseen,) if messy else (),
    )  # fmt: skip
