"""Who is there, and that nobody is left out, mixed up or reached by name."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from nornir import InitNornir
from nornir.core import Nornir
from nornir.core.task import Task

from matric import fleet, site, snapshot
from matric.errors import DeviceError, StrangerError, UsageError
from matric.intent.record import DeviceRow, DeviceTypeRow, IpAddressRow, Records, SiteRow
from tests import estate

ACCESS = """\
format_version: 1
platforms:
  eos: {user: matric, secret: "env:MATRIC_TEST_PASSWORD", port: 443, timeout_s: 30}
  ios: {user: matric, secret: "env:MATRIC_TEST_PASSWORD", port: 22, timeout_s: 60}
"""


def device(
    number: int, name: str, school: int, *, platform: str | None = "eos", role: str = "access", address: bool = True
) -> DeviceRow:
    return DeviceRow(
        id=number,
        name=name,
        site_id=school,
        role=role,
        device_type_id=1,
        platform=platform,
        serial=f"S{number}",
        status="active",
        primary_ip4_id=number if address else None,
    )


def records(*devices: DeviceRow) -> Records:
    return Records(
        sites=(
            SiteRow(id=1, name="Ash", slug="ash", status="active"),
            SiteRow(id=2, name="Elm", slug="elm", status="active"),
        ),
        device_types=(DeviceTypeRow(id=1, manufacturer="x", model="x", slug="x"),),
        devices=devices,
        ip_addresses=tuple(
            IpAddressRow(id=row.id, address=f"127.0.{row.site_id}.{row.id}/24", status="active") for row in devices
        ),
    )


TWO_SCHOOLS = records(
    device(11, "sw-01", 1),
    device(12, "sw-02", 1, platform="ios", role="core"),
    device(13, "ap-01", 1, platform=None, role="access-point"),
    device(21, "sw-01", 2),
)

Trust = Callable[[Records], Path]


@pytest.fixture
def trust(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Trust:
    monkeypatch.delenv("MATRIC_LAB", raising=False)
    monkeypatch.setenv("MATRIC_TEST_PASSWORD", "correct-horse-battery")

    def trust(rows: Records) -> Path:
        root = tmp_path / "trust"
        (root / "inventory").mkdir(parents=True)
        (root / "pyproject.toml").write_text("[tool.matric]\n")
        (root / "inventory" / "access.yaml").write_text(ACCESS)
        snapshot.save(root / "inventory" / "snapshot", rows, snapshot.Manifest())
        return root

    return trust


def nornir(root: Path, school: str | None = None, lab: Path | None = None) -> Nornir:
    return fleet.start(site.load(root), school, lab)


def test_two_switches_of_one_name_in_two_schools_are_two_hosts(trust: Trust) -> None:
    hosts = nornir(trust(TWO_SCHOOLS)).inventory.hosts

    assert sorted(hosts) == ["ash/sw-01", "ash/sw-02", "elm/sw-01"]
    assert hosts["ash/sw-01"]["id"] != hosts["elm/sw-01"]["id"]
    assert hosts["ash/sw-01"].hostname == "127.0.1.11"


def test_a_school_can_be_chosen_and_a_misspelt_one_is_an_error(trust: Trust) -> None:
    root = trust(TWO_SCHOOLS)

    assert list(nornir(root, "elm").inventory.hosts) == ["elm/sw-01"]
    with pytest.raises(UsageError, match="not in the snapshot"):
        nornir(root, "oak")


def test_hosts_are_grouped_by_school_role_and_platform(trust: Trust) -> None:
    host = nornir(trust(TWO_SCHOOLS)).inventory.hosts["ash/sw-02"]

    assert [group.name for group in host.groups] == ["school/ash", "role/core", "platform/ios"]


def test_the_same_name_twice_in_one_school_is_an_error(trust: Trust) -> None:
    root = trust(records(device(11, "sw-01", 1), device(14, "sw-01", 1)))

    with pytest.raises(UsageError, match="#11 and #14"):
        nornir(root)


def test_a_school_with_nothing_to_configure_is_an_error_and_not_an_empty_fleet(trust: Trust) -> None:
    root = trust(records(device(13, "ap-01", 1, platform=None, role="access-point")))

    with pytest.raises(UsageError, match="no device of the trust"):
        nornir(root)


def test_a_platform_without_a_login_is_an_error(trust: Trust) -> None:
    root = trust(records(device(11, "sw-01", 1, platform="junos")))

    with pytest.raises(UsageError, match="no platform junos"):
        nornir(root)


def test_a_device_without_an_address_is_never_reached_by_its_name(trust: Trust) -> None:
    host = nornir(trust(records(device(11, "localhost", 1, address=False)))).inventory.hosts["ash/localhost"]

    with pytest.raises(DeviceError, match="no primary IPv4 address"):
        fleet.address(host)


def test_a_device_that_was_never_enrolled_is_a_stranger(trust: Trust) -> None:
    host = nornir(trust(TWO_SCHOOLS)).inventory.hosts["ash/sw-01"]

    with pytest.raises(StrangerError, match="matric enrol ash"):
        fleet.address(host)


def test_the_password_is_in_no_dump_of_the_inventory(trust: Trust) -> None:
    inventory = nornir(trust(TWO_SCHOOLS)).inventory

    assert "correct-horse-battery" not in json.dumps(inventory.dict())


def test_the_nornir_file_works_from_any_folder(trust: Trust, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = trust(TWO_SCHOOLS)
    file = root / "inventory" / "nornir.yaml"
    file.write_text(f"inventory:\n  plugin: MatricInventory\n  options: {{root: '{root}', school: elm}}\n")
    monkeypatch.chdir(tmp_path)

    hosts = InitNornir(config_file=str(file), logging={"enabled": False}).inventory.hosts

    assert list(hosts) == ["elm/sw-01"]


def test_the_reference_trust_is_an_inventory_for_anyones_script(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MATRIC_LAB", raising=False)
    monkeypatch.chdir(estate.standing())

    hosts = InitNornir(config_file="inventory/nornir.yaml").inventory.hosts

    assert {"fernhill/sw-01", "oakfield/sw-01"} <= set(hosts)
    assert {host.platform for host in hosts.values()} == {"eos", "ios"}


def lab_json(folder: Path) -> Path:
    folder.mkdir()
    there = {"host": "127.0.0.1", "port": 40001, "platform": "eos", "pin": "PIN"}
    state = {"school": "ash", "control": "x", "secret_seed": "seed-of-the-lab", "devices": {"ash/sw-01": there}}
    (folder / "lab.json").write_text(json.dumps(state))
    return folder


def test_a_lab_says_where_its_devices_are(trust: Trust, tmp_path: Path) -> None:
    host = nornir(trust(TWO_SCHOOLS), lab=lab_json(tmp_path / "lab")).inventory.hosts["ash/sw-01"]

    assert (host.hostname, host.port, host["pin"]) == ("127.0.0.1", 40001, "PIN")


def test_the_environment_moves_anyones_script_into_the_lab(
    trust: Trust, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MATRIC_LAB", str(lab_json(tmp_path / "lab")))

    assert nornir(trust(TWO_SCHOOLS)).inventory.hosts["ash/sw-01"].port == 40001


def test_what_a_lab_does_not_have_is_not_contacted_for_real(trust: Trust, tmp_path: Path) -> None:
    host = nornir(trust(TWO_SCHOOLS), lab=lab_json(tmp_path / "lab")).inventory.hosts["elm/sw-01"]

    with pytest.raises(DeviceError, match="is not contacted"):
        fleet.address(host)


def test_a_lab_that_does_not_run_is_an_error(trust: Trust, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no lab runs there"):
        nornir(trust(TWO_SCHOOLS), lab=tmp_path / "nothing")


def key(task: Task) -> str:
    return task.host.name


def name(task: Task) -> str:
    if task.host.name == "ash/sw-02":
        raise DeviceError("ash/sw-02 gives no answer")
    return task.host.name


def test_every_device_in_scope_has_an_answer_or_a_reason(trust: Trust) -> None:
    answers = fleet.ask(nornir(trust(TWO_SCHOOLS)), name)

    assert answers.told == {"ash/sw-01": "ash/sw-01", "elm/sw-01": "elm/sw-01"}
    assert list(answers.silent) == ["ash/sw-02"]
    with pytest.raises(DeviceError, match="ash/sw-02"):
        answers.all()


def test_a_device_that_failed_is_asked_again_and_never_skipped(trust: Trust) -> None:
    asked = nornir(trust(TWO_SCHOOLS))
    fleet.ask(asked, name)

    again = fleet.ask(asked, key)

    assert sorted(again.told) == ["ash/sw-01", "ash/sw-02", "elm/sw-01"]


def test_asking_nobody_is_an_error(trust: Trust) -> None:
    nobody = nornir(trust(TWO_SCHOOLS)).filter(platform="junos")

    with pytest.raises(UsageError, match="no device matches"):
        fleet.ask(nobody, name)


def test_choosing_a_device_that_is_not_there_is_an_error(trust: Trust) -> None:
    with pytest.raises(UsageError, match="ash/sw-99"):
        fleet.only(nornir(trust(TWO_SCHOOLS)), "ash/sw-01", "ash/sw-99")
