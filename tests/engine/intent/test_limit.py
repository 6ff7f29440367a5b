"""Bounds of hardware and operating systems, and names of ports."""

import pytest

from matric import platform
from matric.intent.limit import HARDWARE, LIMITS, canonical, speed_of_type


@pytest.mark.parametrize("slug", ["eos", "ios"])
def test_the_checks_and_the_platform_know_the_same_bounds(slug: str) -> None:
    limit, promised = LIMITS[slug], platform.get(slug)

    assert limit.vlan_name == promised.name_limit
    assert limit.description == promised.description_limit
    assert limit.reserved_vids == promised.reserved_vids


@pytest.mark.parametrize(
    ("short", "long"),
    [
        ("Gi1/0/1", "GigabitEthernet1/0/1"),
        ("te1/1/4", "TenGigabitEthernet1/1/4"),
        ("Et49", "Ethernet49"),
        ("Po1", "Port-Channel1"),
        ("Vl99", "Vlan99"),
        ("Gi 1/0/1", "GigabitEthernet1/0/1"),
    ],
)
def test_a_short_and_a_long_name_are_one_port(short: str, long: str) -> None:
    assert canonical(short) == canonical(long)


def test_two_ports_are_two_ports() -> None:
    names = [name for hardware in HARDWARE.values() for name in {canonical(one) for one in hardware.names()}]

    assert len(names) == sum(len(hardware.names()) for hardware in HARDWARE.values())


@pytest.mark.parametrize(
    ("kind", "speed"),
    [("100base-tx", 100_000), ("1000base-t", 1_000_000), ("2.5gbase-t", 2_500_000), ("10gbase-x-sfpp", 10_000_000),
     ("virtual", None), ("ieee802.11ax", None)],
)  # fmt: skip
def test_the_speed_of_a_netbox_type_is_in_its_name(kind: str, speed: int | None) -> None:
    assert speed_of_type(kind) == speed
