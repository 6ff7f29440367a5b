"""A school surveyed from what people hand over: devices put together, everything else named, nothing lost."""

import zipfile
from itertools import permutations
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matric import canonical
from matric.survey import coverage, merge, offline, source_text
from matric.survey.model import Device, Neighbour, Port, Source, Survey
from matric.survey.source import Raw
from matric.survey.told import Told
from tests.engine.survey import corpus

CONFIG = """\
version 15.2
hostname {name}
vlan 10
 name Staff
interface GigabitEthernet1/0/1
 description {note}
 switchport access vlan 10
 switchport mode access
interface Vlan10
 ip address {address} 255.255.255.0
line vty 0 4
end
"""
VLANS = (
    "VLAN Name                             Status    Ports\n10   Staff                            active    Gi1/0/1\n"
)
MACS = "Vlan    Mac Address       Type        Ports\n  10    0011.2233.4455    DYNAMIC     Gi1/0/1\n"
CDP = """\
-------------------------
Device ID: {name}
Entry address(es):
  IP address: 10.9.9.9
Platform: cisco WS-C2960,  Capabilities: {says}
Interface: GigabitEthernet1/0/{port},  Port ID (outgoing port): GigabitEthernet0/1
Holdtime : 141 sec

Version :
Cisco IOS Software, C2960 Software (C2960-LANBASEK9-M), Version 15.0(2)SE4, RELEASE SOFTWARE (fc1)

advertisement version: 2
Duplex: full

"""


def config(name: str, address: str = "10.1.10.2", note: str = "Room 1") -> str:
    return CONFIG.format(name=name, address=address, note=note)


def surveyed(root: Path, files: dict[str, str | bytes], at: str = "") -> Survey:
    for name, data in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(data if isinstance(data, bytes) else data.encode())
    return offline.survey("thornfield", [root], at=at, now=lambda: "2026-11-02T09:00:00Z")


def test_a_configuration_a_log_and_a_list_of_macs_of_one_switch_are_one_device(tmp_path: Path) -> None:
    found = surveyed(tmp_path, {
        "backup/sw-01.cfg": config("sw-01"),
        "visit/putty.log": "SW-01#show vlan brief\n" + VLANS + "SW-01#\n",
        "visit/sw-01_show_mac_address-table.txt": MACS,
    })  # fmt: skip

    (device,) = found.devices
    assert device.name in ("sw-01", "SW-01")
    assert [one.mac for one in device.macs or ()] == ["00:11:22:33:44:55"]
    assert [one.access for one in device.ports or () if one.name == "GigabitEthernet1/0/1"] == [10]
    assert device.configured_from is not None
    assert device.configured_from.source == "backup/sw-01.cfg"
    assert {one.device for one in found.sources} == {device.name}


def test_the_newest_configuration_is_taken_and_the_others_are_named(tmp_path: Path) -> None:
    found = surveyed(tmp_path, {
        "sw-01-2024-01-05.cfg": config("sw-01", note="old"),
        "sw-01-2025-03-01.cfg": config("sw-01", note="newer"),
        "sw-01-2025-06-01.cfg": "Building configuration...\n" + config("sw-01", note="cut")[:60],
    })  # fmt: skip

    (device,) = found.devices
    assert "newer" in device.configuration
    assert {one.name: one.set_aside for one in found.sources} == {
        "sw-01-2024-01-05.cfg": "sw-01-2025-03-01.cfg",
        "sw-01-2025-03-01.cfg": "",
        "sw-01-2025-06-01.cfg": "sw-01-2025-03-01.cfg",
    }
    assert found.taken_at == "2025-06-01T00:00:00Z"


def test_two_switches_with_one_name_stay_two(tmp_path: Path) -> None:
    found = surveyed(tmp_path, {"a.cfg": config("sw-01"), "b.cfg": config("sw-01", address="10.7.10.2")})

    assert [one.name for one in found.devices] == ["sw-01 (10.1.10.2)", "sw-01 (10.7.10.2)"]
    (same,) = (one for one in found.unseen if one.what == "network")
    assert same.name == "sw-01"
    assert "2 devices are called so" in same.why


@pytest.mark.parametrize("names", [*permutations(("a.cfg", "old/b.cfg", "zz.log"))])
def test_what_files_are_called_never_changes_what_devices_are_called(tmp_path: Path, names: tuple[str, ...]) -> None:
    texts = [
        config(host, address) for host, address in (("sw-01", "10.1.1.2"), ("SW-01", "10.7.1.2"), ("hall", "10.1.1.4"))
    ]

    found = surveyed(tmp_path, dict(zip(names, texts, strict=True)))

    assert {one.management: one.name for one in found.devices} == {
        "10.1.1.2": "sw-01 (10.1.1.2)", "10.7.1.2": "SW-01 (10.7.1.2)", "10.1.1.4": "hall",
    }  # fmt: skip


def test_switches_that_nobody_named_are_told_apart_by_what_they_alone_have(tmp_path: Path) -> None:
    found = surveyed(tmp_path, {"library.cfg": config("Switch"), "office.cfg": config("Switch", "10.1.10.3")})

    assert [one.name for one in found.devices] == ["Switch (10.1.10.2)", "Switch (10.1.10.3)"]


def test_a_backup_and_a_log_of_one_switch_that_nobody_named_are_one_device(tmp_path: Path) -> None:
    files = {name: config("Switch", address) for name, address in (("a.cfg", "10.1.10.2"), ("b.cfg", "10.1.10.3"))}
    log = f"Switch#show run\n{config('Switch', '10.1.10.3')}Switch#show mac address-table\n{MACS}Switch#\n"

    found = surveyed(tmp_path, {**files, "putty.log": log})

    held = [(one.name, len(one.macs or ())) for one in found.devices]
    assert held == [("Switch (10.1.10.2)", 0), ("Switch (10.1.10.3)", 1)]


def test_a_switch_that_says_nothing_of_itself_is_told_apart_by_its_file(tmp_path: Path) -> None:
    bare = CONFIG.replace(" ip address {address} 255.255.255.0\n", "")
    found = surveyed(tmp_path, {name: bare.format(name="Switch", note=name) for name in ("hall.cfg", "office.cfg")})

    assert [one.name for one in found.devices] == ["Switch (hall)", "Switch (office)"]


def test_the_answers_of_two_switches_of_one_name_stay_with_their_own_configuration(tmp_path: Path) -> None:
    def log(address: str, mac: str) -> str:
        macs = MACS.replace("0011.2233.4455", mac)
        return f"sw-01#show run\n{config('sw-01', address)}sw-01#show mac address-table\n{macs}sw-01#\n"

    first, second = log("10.1.10.2", "0011.2233.4455"), log("10.7.10.2", "0011.2233.4466")
    for files in ({"a.log": first, "b.log": second}, {"both.log": first + second}):
        found = surveyed(tmp_path / str(len(files)), dict(files))

        held = [(one.name, [two.mac[-2:] for two in one.macs or ()]) for one in found.devices]
        assert held == [("sw-01 (10.1.10.2)", ["55"]), ("sw-01 (10.7.10.2)", ["66"])]


def test_a_neighbour_at_the_address_of_a_device_of_another_name_is_said(tmp_path: Path) -> None:
    found = surveyed(tmp_path, {
        "sw-01.cfg": config("sw-01"), "core.cfg": config("core", "10.9.9.9"),
        "sw-01-show_cdp_neighbors_detail.txt": CDP.format(name="attic", port=24, says="Router Switch IGMP"),
    })  # fmt: skip

    (attic,) = (one for one in found.unseen if one.what == "device")
    assert (attic.name, attic.why) == ("attic", "10.9.9.9 is core's, by its own texts")


def test_a_file_called_after_an_address_goes_to_the_switch_that_has_it(tmp_path: Path) -> None:
    found = surveyed(tmp_path, {"sw-01.cfg": config("sw-01"), "10.1.10.2-show_vlan.txt": VLANS})

    assert [one.name for one in found.devices] == ["sw-01"]


@pytest.mark.parametrize("end", ["end\n", ""])
def test_two_configurations_in_one_file_are_two_devices(tmp_path: Path, end: str) -> None:
    both = "".join(
        config(name, address).replace("end\n", end) for name, address in (("a", "10.1.1.2"), ("b", "10.1.1.3"))
    )

    found = surveyed(tmp_path, {"all.cfg": both})

    assert [(one.name, one.management) for one in found.devices] == [("a", "10.1.1.2"), ("b", "10.1.1.3")]
    assert all("version 15.2" in one.configuration for one in found.devices)


def test_a_line_without_an_end_is_named_and_costs_no_time(tmp_path: Path) -> None:
    found = surveyed(tmp_path, {"x.txt": "x" * 2_000_000, "sw-01.cfg": config("sw-01")})

    assert [one.name for one in found.devices] == ["sw-01"]
    assert [one.why for one in found.unseen] == ["not text of a device: a line of 2000000 characters"]


def test_answers_in_files_of_one_nickname_go_to_the_switch_whose_configuration_has_it_too(tmp_path: Path) -> None:
    found = surveyed(tmp_path, {
        "library.cfg": config("SW-17"), "library_show_vlan.txt": VLANS, "library_show_mac_address-table.txt": MACS,
        "2025/hall.cfg": config("SW-2", "10.1.1.4"), "2024/hall.cfg": config("SW-3", "10.1.1.5"),
        "hall_show_vlan.txt": VLANS,
    })  # fmt: skip

    assert [(one.name, len(one.macs or ())) for one in found.devices] == [
        ("SW-17", 1), ("SW-2", 0), ("SW-3", 0), ("hall", 0),  # which of the two hall is, nobody says
    ]  # fmt: skip


def test_an_answer_without_a_name_goes_to_the_one_device_of_its_folder(tmp_path: Path) -> None:
    found = surveyed(
        tmp_path, {"lib/running.txt": config("lib-sw"), "lib/show vlan.txt": VLANS, "x/b.cfg": config("b", "10.2.0.1")}
    )

    assert sorted((one.name, one.device) for one in found.sources) == [
        ("lib/running.txt", "lib-sw"), ("lib/show vlan.txt", "lib-sw"), ("x/b.cfg", "b"),
    ]  # fmt: skip


def test_a_switch_that_a_neighbour_names_and_nobody_gave_is_unseen_and_a_phone_is_not(tmp_path: Path) -> None:
    found = surveyed(tmp_path, {
        "sw-01.cfg": config("sw-01"),
        "sw-01-show_cdp_neighbors_detail.txt": CDP.format(name="core-1.fern.local", port=24, says="Router Switch IGMP")
        + CDP.format(name="SEP001122334455", port=3, says="Host Phone"),
    })  # fmt: skip

    devices = [one for one in found.unseen if one.what == "device"]
    assert [(one.name.split(".")[0], one.told_by) for one in devices] == [("core-1", ("sw-01 GigabitEthernet1/0/24",))]


def test_a_device_in_the_backup_tool_s_list_without_a_backup_is_unseen(tmp_path: Path) -> None:
    found = surveyed(tmp_path, {"router.db": "sw-01:ios\nsw-02:procurve\n", "configs/sw-01": config("sw-01")})

    assert [(one.name, one.told_by) for one in found.unseen if one.what == "device"] == [("sw-02", ("router.db",))]


def test_what_cannot_be_read_is_named_and_the_rest_is_read(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "old.zip", "w") as archive:
        archive.writestr("plan.pdf", b"%PDF-1.4")
        archive.writestr("sw-02.cfg", config("sw-02", "10.1.10.3"))
    found = surveyed(
        tmp_path, {"sw-01.cfg": config("sw-01"), "photo.jpg": b"\xff\xd8\xff\xe0", "half.cfg.gz": b"\x1f\x8b\x08"}
    )

    assert [one.name for one in found.devices] == ["sw-01", "sw-02"]
    assert {one.name: one.why for one in found.unseen}.keys() == {
        "half.cfg.gz!half.cfg",
        "old.zip!plan.pdf",
        "photo.jpg",
    }
    assert len(found.sources) == 5


def test_a_list_of_leases_belongs_to_no_switch(tmp_path: Path) -> None:
    windows = '"IPAddress","ScopeId","ClientId","HostName","AddressState"\n'
    windows += '"10.1.20.9","10.1.20.0","00-11-22-33-44-55","PC-1","ActiveReservation"\n'
    dnsmasq = "1700000000 00:11:22:33:44:66 10.1.20.10 pc-2 01:00:11:22:33:44:66\n"
    isc = 'lease 10.1.20.11 {\n  hardware ethernet 00:11:22:33:44:77;\n  client-hostname "pc-3";\n}\n'

    found = surveyed(tmp_path, {"dhcp.csv": windows, "dhcp.leases": dnsmasq, "dhcpd.leases": isc})

    assert [(one.ip, one.mac[-2:], one.hostname, one.reserved) for one in found.leases] == [
        ("10.1.20.10", "66", "pc-2", False), ("10.1.20.11", "77", "pc-3", False), ("10.1.20.9", "55", "PC-1", True),
    ]  # fmt: skip
    assert found.devices == ()


def test_the_same_files_give_the_same_survey_byte_for_byte(tmp_path: Path) -> None:
    files = {f"{one.name}": one.text for one in corpus.samples() if one.host.endswith("-01")}

    first = surveyed(tmp_path / "a", dict(files))
    second = surveyed(tmp_path / "b", dict(reversed(files.items())))

    assert canonical.pretty_text(first.model_dump(mode="json")) == canonical.pretty_text(second.model_dump(mode="json"))
    assert len({one.name for one in first.devices}) == len(first.devices)


def test_the_day_is_the_newest_the_files_give_or_the_one_that_is_said(tmp_path: Path) -> None:
    assert surveyed(tmp_path, {"a.cfg": config("a")}).taken_at == "2026-11-02T09:00:00Z"
    assert surveyed(tmp_path, {"a.cfg": config("a")}, at="2025-01-01T00:00:00Z").taken_at == "2025-01-01T00:00:00Z"


@pytest.mark.slow
def test_on_every_platform_the_samples_of_a_school_are_understood(tmp_path: Path) -> None:
    for one in corpus.samples():
        (tmp_path / one.name).parent.mkdir(exist_ok=True)
        (tmp_path / one.name).write_text(one.text, encoding="utf-8")

    found = coverage.of_corpus([tmp_path])

    assert found.files > 280
    assert set(found.platforms) == set(corpus.PROMPTS)
    assert {name: of.faults for name, of in found.platforms.items() if of.faults} == {}
    poor = {name: of.percent for name, of in found.platforms.items() if (of.percent or 0) < 85}
    assert not poor


# ---- no line is ever lost ----


def accounted(reads: tuple[offline.Read, ...]) -> None:
    for one in reads:
        assert one.told.lines == one.told.understood + len(one.told.unread)


PIECES = [one.text for one in corpus.samples() if one.host.endswith("-01")]
NOISE = st.text(st.characters(blacklist_categories=["Cs"]), max_size=60)
TEXTS = st.lists(
    st.one_of(st.sampled_from(PIECES), NOISE, st.sampled_from(["sw#show vlan", "<sw>display vlan", "--More--"])),
    max_size=4,
)


@settings(max_examples=40, deadline=None)
@given(TEXTS, st.sampled_from(["utf-8", "utf-16", "cp1252"]), st.integers(0, 4000))
def test_every_line_that_says_something_is_understood_or_unread_or_counted(
    parts: list[str], encoding: str, cut: int
) -> None:
    data = "\n".join(parts).encode(encoding, "replace")
    data = data[: len(data) - min(cut, len(data))]

    reads = offline.read(Raw("sw-01.txt", data))

    accounted(reads)
    text = source_text.text_of(data)
    assert reads
    for one in reads:
        assert not one.piece.text or one.told.lines or not any(map(source_text.says, one.piece.text.split("\n")))
    pieces = [one.piece for one in reads if one.piece.text]
    lines = text.text.split("\n")
    covered = {at for one in pieces for at in range(one.start, one.start + one.text.count("\n") + 1)}
    lost = [lines[at] for at in range(len(lines)) if at not in covered and source_text.says(lines[at])]
    # What no piece holds is a prompt, a heading or a text that was faulted whole.
    assert all("#" in line or ">" in line for line in lost) or any(one.source.fault for one in reads)


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=400))
def test_no_bytes_whatever_stop_a_survey(data: bytes) -> None:
    reads = offline.read(Raw("x", data))

    accounted(reads)
    assert all(one.source.name == "x" for one in reads)


# ---- what a live walk puts together as well ----


def part(name: str, configuration: str = "", dated: str = "", **told: object) -> merge.Part:
    of = Source(name=name, kind="configuration" if configuration else "show", platform="ios")
    return merge.Part(of, Told.model_validate(told), configuration, dated)


def test_a_configuration_says_where_a_port_belongs_and_a_show_command_whether_it_is_up() -> None:
    said = Port(name="Gi1", description="Office", mode="access", access=10)
    shown = Port(name="Gi1", mode="trunk", native=1, up=True, speed_mbps=1000, description="other")

    device, _ = merge.device("a", [part("show", ports=(shown,)), part("cfg", "hostname a", ports=(said,))])

    assert device.ports == (
        Port(name="Gi1", description="Office", mode="access", access=10, up=True, speed_mbps=1000),
    )  # fmt: skip


def test_what_no_source_saw_stays_not_seen() -> None:
    device, _ = merge.device("a", [part("cfg", "hostname a", vlans=())])

    assert device.vlans == ()
    assert (device.macs, device.neighbours, device.ports) == (None, None, None)


@pytest.mark.parametrize("more", [(), ("router",)])
def test_an_access_point_is_named_as_wireless_that_was_not_seen(more: tuple[str, ...]) -> None:
    near = Neighbour(port="1", protocol="lldp", name="ap-hall", capabilities=("bridge", "wlan-access-point", *more))

    (unseen,) = merge.unseen_neighbours([Device(name="sw", neighbours=(near,))], lambda _: ("why", "do"))

    assert (unseen.what, unseen.name, unseen.told_by) == ("wireless", "ap-hall", ("sw 1",))


@pytest.mark.parametrize("how", ["name", "address", "mac"])
def test_a_neighbour_that_was_seen_under_any_of_its_names_is_not_unseen(how: str) -> None:
    other = Device(name="core", management="10.1.1.1", mac="00:11:22:33:44:55")
    told = {"name": {"name": "CORE.school.local"}, "address": {"address": "10.1.1.1"}, "mac": {"mac": other.mac}}[how]
    near = Neighbour(port="24", protocol="lldp", capabilities=("bridge",), **told)

    devices = [Device(name="sw", neighbours=(near,)), other]
    assert merge.unseen_neighbours(devices, lambda _: ("why", "do")) == ()
