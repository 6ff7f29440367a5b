"""A VLAN's own interface is known by the name that its platform gives it."""

import pytest

from matric.intent import check
from matric.intent.limit import vid_of_svi
from matric.intent.record import InterfaceRow, Records
from matric.intent.standard import Standard
from tests.engine.mixed import as_model

MODELS = {
    "aoscx": "6300M-24SFP+ (JL658A)",
    "aoss": "5406R (J9821A)",
    "junos": "EX4600",
}
NAMES = {"aoscx": "vlan77", "aoss": "vlan77", "junos": "irb.77"}


@pytest.fixture(params=sorted(MODELS))
def slug(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def school(trust: Records, slug: str) -> Records:
    """The trust, with Oakfield's core on this platform."""
    return as_model(trust, "oakfield/core-1", MODELS[slug])


def _said(records: Records, standard: Standard) -> set[tuple[str, str]]:
    return {(one.code, one.thing.split(" (")[0]) for one in check.problems(records, standard, "oakfield")}


def _core(records: Records) -> int:
    school = next(site.id for site in records.sites if site.slug == "oakfield")
    return next(row.id for row in records.devices if row.name == "core-1" and row.site_id == school)


def test_a_vlan_interface_without_its_vlan_is_named(school: Records, standard: Standard, slug: str) -> None:
    name = NAMES[slug]
    row = InterfaceRow.model_validate({"id": 9901, "device_id": _core(school), "name": name, "type": "virtual"})

    said = _said(school.model_copy(update={"interfaces": (*school.interfaces, row)}), standard)

    assert ("VLAN-UNDEFINED", f"core-1/{name}") in said


def test_an_address_outside_the_prefix_of_its_vlan_is_named(school: Records, standard: Standard, slug: str) -> None:
    moved = tuple(
        row.model_copy(update={"address": "10.48.80.7/21"}) if row.address == "10.48.76.1/22" else row
        for row in school.ip_addresses
    )

    said = _said(school.model_copy(update={"ip_addresses": moved}), standard)

    assert ("IP-NOT-IN-PFX", f"core-1/{NAMES[slug].replace('77', '10')}") in said


@pytest.mark.parametrize(
    ("name", "vid"),
    [
        ("Vlan99", 99),
        ("vlan 99", 99),
        ("irb.99", 99),
        ("irbx99", None),
        ("ae1", None),
        ("Vlan", None),
        ("vlan99a", None),
    ],
)
def test_the_name_says_the_vlan_or_nothing(name: str, vid: int | None) -> None:
    assert vid_of_svi(name) == vid
