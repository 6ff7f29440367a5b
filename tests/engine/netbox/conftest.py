"""A server that gives, to each request in turn, the answer it was told to give."""

import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from matric.intent import record
from matric.intent.record import Records
from matric.lab.netbox import NetBox, serve
from matric.netbox import Client, Limits

TOKEN = "nbt_canary.3f1c0ffee"  # a canary: it must turn up nowhere


class Answer:
    """One HTTP answer; *cut* sends fewer bytes than its header promises, *drop* closes without a word."""

    def __init__(self, status: int = 200, body: Any = None, *, kind: str = "application/json", cut: int = 0,
                 drop: bool = False, **headers: str) -> None:  # fmt: skip
        self.status, self.kind, self.cut, self.drop, self.headers = status, kind, cut, drop, headers
        self.body = body.encode() if isinstance(body, str) else json.dumps(body).encode()


class Script:
    """The server: ``answers`` are given in turn, the last one again and again."""

    def __init__(self) -> None:
        self.answers: list[Answer] = []
        self.seen: list[tuple[str, str, dict[str, str], Any]] = []
        script = self

        class Handler(BaseHTTPRequestHandler):
            def answer(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                body = json.loads(self.rfile.read(length)) if length else None
                script.seen.append((self.command, self.path, dict(self.headers), body))
                script.give(self, script.answers.pop(0) if len(script.answers) > 1 else script.answers[0])

            do_GET = do_POST = do_PATCH = answer  # noqa: N815 - the base class looks for these names

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class names it so
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}"

    @staticmethod
    def give(handler: BaseHTTPRequestHandler, answer: Answer) -> None:
        handler.close_connection = True
        if answer.drop:
            return
        handler.send_response(answer.status)
        handler.send_header("Content-Type", answer.kind)
        handler.send_header("Content-Length", str(len(answer.body)))
        for name, value in answer.headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(answer.body[: len(answer.body) - answer.cut])

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()


class Waits:
    """A clock whose time passes only by waiting."""

    def __init__(self) -> None:
        self.slept: list[float] = []

    def now(self) -> datetime:
        return datetime(2026, 11, 24, 9, tzinfo=UTC) + timedelta(seconds=self.monotonic())

    def monotonic(self) -> float:
        return sum(self.slept)

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)


@pytest.fixture
def script() -> Iterator[Script]:
    server = Script()
    yield server
    server.stop()


@pytest.fixture
def waits() -> Waits:
    return Waits()


@pytest.fixture
def client(script: Script, waits: Waits) -> Iterator[Client]:
    with Client(script.url, TOKEN, limits=Limits(connect_s=2, read_s=2), clock=waits) as one:
        yield one


@pytest.fixture
def answer() -> type[Answer]:
    return Answer


# ---------------------------------------------------------------------------------------------------------------------
# A small estate in a stand-in NetBox


def small_trust() -> Records:
    """Two schools, each with a switch called sw-01, an access point, a LAG, an address, a wireless LAN."""
    tables: dict[str, list[Any]] = {name: [] for name in Records.model_fields}
    tables["device_types"] = [
        record.DeviceTypeRow(id=1, manufacturer="Arista", model="CCS-720XP-24Y6", slug="ccs-720xp-24y6",
                             custom_fields={"max_vlans": 4094, "poe_budget_w": 720, "support_end": "2038-09-30"}),
        record.DeviceTypeRow(id=2, manufacturer="Cisco", model="C9120AXI-E", slug="c9120axi-e",
                             custom_fields={"support_end": "2036-10-31", "wifi_generation": 6}),
    ]  # fmt: skip
    tables["vrfs"] = [record.VrfRow(id=1, name="oakfield-legacy")]
    tables["prefixes"] = [
        record.PrefixRow(id=9, prefix="192.168.0.0/16", status="deprecated", vrf_id=1, tags=("legacy",))
    ]
    for number, slug in ((1, "fernhill"), (2, "oakfield")):
        _school(tables, number, slug)
    return Records(**{name: tuple(rows) for name, rows in tables.items()})


def _school(tables: dict[str, list[Any]], number: int, slug: str) -> None:
    base = number * 100
    scope: dict[str, Any] = {"scope_type": "dcim.site", "scope_id": number}
    tables["sites"].append(record.SiteRow(id=number, name=slug.title(), slug=slug, status="active"))
    tables["locations"] += [
        record.LocationRow(id=base + 1, name="Main", slug="main", site_id=number),
        record.LocationRow(id=base, name="Office", slug="office", site_id=number, parent_id=base + 1),
    ]
    tables["vlan_groups"].append(record.VlanGroupRow(id=number, name=slug.title(), slug=slug, **scope))
    tables["vlans"] += [
        record.VlanRow(id=base + vid, vid=vid, name=role.title(), status="active", site_id=number, group_id=number,
                       role=role, custom_fields={"filter_policy": role} if role == "staff" else {})
        for vid, role in ((10, "staff"), (99, "management"))
    ]  # fmt: skip
    tables["prefixes"] += [
        record.PrefixRow(
            id=base, prefix=f"10.{number}.99.0/24", status="active", vlan_id=base + 99, role="management", **scope
        ),
    ]
    tables["ip_ranges"].append(
        record.IpRangeRow(id=number, start_address=f"10.{number}.10.20/24", end_address=f"10.{number}.10.99/24",
                          status="active", role="staff")
    )  # fmt: skip
    tables["wireless_lans"].append(
        record.WirelessLanRow(id=number, ssid="FLT-Staff", status="active", vlan_id=base + 10, auth_type="wpa-personal",
                              auth_cipher="aes", custom_fields={"psk_ref": "env:STAFF_PSK"}, **scope)
    )  # fmt: skip
    tables["devices"] += [
        record.DeviceRow(id=base, name="sw-01", site_id=number, location_id=base, role="access", device_type_id=1,
                         platform="eos", serial=f"SN{number}", status="active", primary_ip4_id=number),
        record.DeviceRow(id=base + 1, name="ap-01", site_id=number, role="access-point", device_type_id=2,
                         status="active", custom_fields={"ap_location": "indoor"}),
    ]  # fmt: skip
    ports = [
        record.InterfaceRow(id=base + 1, device_id=base, name="Ethernet1", type="2.5gbase-t", mode="access",
                            untagged_vlan_id=base + 10, custom_fields={"port_profile": "access-point"},
                            poe_mode="pse", poe_type="type2-ieee802.3at", speed=1_000_000, mtu=1500),
        record.InterfaceRow(id=base + 2, device_id=base, name="Ethernet25", type="10gbase-x-sfpp", lag_id=base + 3,
                            custom_fields={"port_profile": "uplink"}),
        record.InterfaceRow(id=base + 3, device_id=base, name="Port-Channel1", type="lag", mode="tagged",
                            tagged_vlan_ids=(base + 10, base + 99), custom_fields={"port_profile": "uplink"}),
        record.InterfaceRow(id=base + 4, device_id=base, name="Vlan99", type="virtual"),
        record.InterfaceRow(id=base + 5, device_id=base + 1, name="GigabitEthernet0", type="2.5gbase-t"),
    ]  # fmt: skip
    tables["interfaces"] += ports
    ends = [(record.TerminationRow(object_type="dcim.interface", object_id=base + key),) for key in (1, 5)]
    tables["cables"].append(record.CableRow(id=number, type="cat6", a=ends[0], b=ends[1]))
    tables["ip_addresses"].append(
        record.IpAddressRow(id=number, address=f"10.{number}.99.11/24", status="active", dns_name=f"sw-01.{slug}",
                            assigned_object_type="dcim.interface", assigned_object_id=base + 4)
    )  # fmt: skip


@pytest.fixture
def trust() -> Records:
    return small_trust()


@pytest.fixture
def netbox(trust: Records) -> Iterator[NetBox]:
    """A stand-in that holds the small trust."""
    with serve(trust) as served:
        yield served


@pytest.fixture
def reader(netbox: NetBox, waits: Waits) -> Iterator[Client]:
    """A client of ``netbox`` that may do everything."""
    with Client(netbox.url, netbox.token, limits=Limits(connect_s=2, read_s=2), clock=waits) as one:
        yield one


@pytest.fixture
def empty() -> Iterator[NetBox]:
    """A stand-in as it comes out of the box."""
    with serve(None, prepared=False) as served:
        yield served


@pytest.fixture
def writer(empty: NetBox, waits: Waits) -> Iterator[Client]:
    with Client(empty.url, empty.token, clock=waits) as one:
        yield one
