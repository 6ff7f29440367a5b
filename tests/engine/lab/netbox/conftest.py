"""A small school in a stand-in, and a plain client for it."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests

from matric.intent.record import (
    CableRow,
    DeviceRow,
    DeviceTypeRow,
    InterfaceRow,
    IpAddressRow,
    PrefixRow,
    Records,
    SiteRow,
    TerminationRow,
    VlanGroupRow,
    VlanRow,
)
from matric.lab.netbox import NetBox, serve

Ask = Callable[..., requests.Response]


@pytest.fixture
def records() -> Records:
    """Two switches of one school with a cable between them, and a school without any."""
    ports = tuple(
        InterfaceRow(id=10 * device + port, device_id=device, name=f"Gi1/0/{port}", type="1000base-t",
                     mode="tagged", tagged_vlan_ids=(5,), untagged_vlan_id=5 if port == 2 else None,
                     custom_fields={"port_profile": "uplink"}, tags=("legacy",))
        for device in (1, 2) for port in (1, 2, 3)
    )  # fmt: skip
    svi = InterfaceRow(id=99, device_id=1, name="Vlan20", type="virtual")
    ends = (
        TerminationRow(object_type="dcim.interface", object_id=11),
        TerminationRow(object_type="dcim.interface", object_id=21),
    )
    return Records(
        sites=(SiteRow(id=1, name="Oakfield", slug="oakfield", status="active"),
               SiteRow(id=2, name="Fernhill", slug="fernhill", status="planned")),
        device_types=(DeviceTypeRow(id=1, manufacturer="Arista", model="720XP", slug="720xp"),),
        devices=tuple(DeviceRow(id=number, name=f"sw-0{number}", site_id=1, role="access", device_type_id=1,
                                platform="eos", status="active", primary_ip4_id=1 if number == 1 else None)
                      for number in (1, 2)),
        interfaces=(*ports, svi),
        cables=(CableRow(id=7, a=(ends[0],), b=(ends[1],)),),
        vlan_groups=(VlanGroupRow(id=3, name="Oakfield", slug="oakfield", scope_type="dcim.site", scope_id=1),),
        vlans=(VlanRow(id=5, vid=20, name="pupil", status="active", group_id=3, role="pupil"),),
        prefixes=(PrefixRow(id=1, prefix="10.20.20.0/24", status="active", vlan_id=5, scope_type="dcim.site",
                            scope_id=1),),
        ip_addresses=(IpAddressRow(id=1, address="10.20.20.1/24", status="active",
                                   assigned_object_type="dcim.interface", assigned_object_id=99),),
    )  # fmt: skip


@pytest.fixture
def netbox(records: Records) -> Iterator[NetBox]:
    with serve(records) as served:
        yield served


@pytest.fixture
def ask(netbox: NetBox) -> Ask:
    """Ask it as its administrator; ``token=`` for another user, None for nobody."""

    def asked(method: str, path: str, *, token: str | None = netbox.token, **more: Any) -> requests.Response:
        headers = {**more.pop("headers", {}), **({"Authorization": f"Bearer {token}"} if token else {})}
        return requests.request(method, f"{netbox.url}/{path}", headers=headers, allow_redirects=False,
                                timeout=more.pop("timeout", 30), **more)  # fmt: skip

    return asked
