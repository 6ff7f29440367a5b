"""What a neighbour is: judged alike for a walk and for a folder of files."""

from typing import Any

import pytest

from matric.survey import kit, merge
from matric.survey.model import Device, Neighbour

RUCKUS, YEALINK, HIKVISION, RICOH, HP = (
    "f8:e7:1e:5c:c3:f8",
    "80:5e:c0:69:13:14",
    "c0:56:e3:ae:f6:46",
    "00:26:73:48:36:e8",
    "3c:a8:2a:00:00:01",
)


@pytest.mark.parametrize(
    ("told", "sort"),
    [
        ({"capabilities": ("bridge", "router")}, "switch"),
        ({"capabilities": ("bridge", "telephone")}, "edge"),
        ({"capabilities": ("bridge", "wlan-access-point", "router")}, "wireless"),
        ({"capabilities": ("bridge", "router"), "platform": "Debian GNU/Linux 12 (bookworm) Linux 6.1.0"}, "edge"),
        ({"capabilities": ("bridge",), "platform": "VMware ESXi 8.0.2"}, "edge"),
        ({"capabilities": ("bridge",), "platform": "Cisco IOS Software, Linux Software (X86_64)"}, "switch"),
        ({"capabilities": ("station", "bridge"), "platform": "HIKVISION NVR"}, "edge"),
        ({"capabilities": ("bridge",), "platform": "USW-24-PoE, 6.5.59, Linux 3.6.5"}, "switch"),
        ({"capabilities": ("router",), "platform": "pfSense Plus router FreeBSD 14.0"}, "switch"),
        ({"capabilities": ("bridge",), "platform": "Cisco SG350-28P 28-Port Gigabit PoE Managed Switch"}, "switch"),
        ({"capabilities": ("bridge",), "platform": "HPE OfficeConnect Switch 1920S 24G"}, "switch"),
        ({"capabilities": ("bridge",), "platform": "RICOH IM C3000 1.21"}, "edge"),
        # A table that tells no capability, as that of Junos.
        ({"name": "RuckusAP-office", "mac": RUCKUS}, "wireless"),
        ({"name": "ICX7150-MOBILE", "mac": RUCKUS}, "switch"),
        ({"name": "reception", "mac": YEALINK}, "edge"),
        ({"name": "DS-2CD2143G2", "mac": HIKVISION}, "edge"),
        ({"name": "staffroom", "mac": RICOH}, "edge"),
        ({"name": "THORN-DC1"}, "edge"),
        ({"name": "HP-2920", "mac": HP}, ""),
        ({"name": "attic"}, ""),
    ],
)
def test_a_neighbour_is_judged_by_what_is_told_of_it(told: dict[str, object], sort: str) -> None:
    assert kit.sort_of(Neighbour.model_validate({"port": "1", "protocol": "lldp", **told})) == sort


@pytest.mark.parametrize(
    ("port", "mac", "unseen"),
    [("2", HP, 1), ("1", "", 0), ("2", RUCKUS, 0)],
    ids=["another thing", "said by two protocols", "one thing at two ports"],
)
def test_a_computer_called_as_a_switch_is_does_not_hide_the_switch(port: str, mac: str, unseen: int) -> None:
    told: dict[str, Any] = {"protocol": "lldp", "name": "localhost"}
    near = (
        Neighbour(port="1", mac=RUCKUS, capabilities=("bridge",), **told),
        Neighbour(port=port, mac=mac, capabilities=("station",), **told),
    )

    found = merge.unseen_neighbours([Device(name="core-1", neighbours=near)], lambda _: ("why", "do"))

    assert [one.told_by for one in found] == [("core-1 1",)] * unseen
