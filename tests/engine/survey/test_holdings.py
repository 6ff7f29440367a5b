"""What a trust is told of what it holds."""

import datetime as dt
from pathlib import Path

from matric import site
from matric.intent import build
from matric.policy.agreement import Agreement
from matric.report import holdings_page
from matric.survey.holdings import Holdings, SchoolHeld, Told, holdings
from matric.survey.model import Neighbour, Survey
from matric.survey.support import support
from tests import estate
from tests.engine.survey.readiness.old_school import SCHOOL, surveyed

ROOT = Path(__file__).parents[3]
AT = "2026-11-26T09:00:00Z"


def held(
    *agreements: Agreement,
    findings: tuple[str, ...] = (),
    joining: bool = True,
    more: dict[str, Told] | None = None,
) -> Holdings:
    records = estate.flawless()
    standard = site.load(ROOT).standard
    return holdings(
        standard, build.schools(records, standard), {SCHOOL: surveyed()} if joining else {},
        {"oakfield": Told(failing=2, undecided=1, waivers=3, objects=findings), **(more or {})}, agreements,
        support(ROOT / "nowhere", records), AT,
    )  # fmt: skip


def agreed(school: str, what: str) -> Agreement:
    return Agreement(
        school=school, area="vlan", object=f"{school} {what}", owner="head of ICT", approver="trust", reason="tablets",
        review=dt.date(2027, 7, 1),
    )  # fmt: skip


def test_a_joining_school_stands_beside_those_that_have_joined() -> None:
    rows = {one.school: one for one in held().schools}

    assert rows[SCHOOL].joining
    assert not rows["oakfield"].joining
    assert (rows[SCHOOL].spare_ports, rows[SCHOOL].ports_measured) == (23, True)
    assert rows[SCHOOL].poe_measured
    assert not rows["oakfield"].ports_measured


def test_a_survey_from_before_a_school_joined_measures_nothing_of_what_it_has_today() -> None:
    records, standard = estate.flawless(), site.load(ROOT).standard
    schools = build.schools(records, standard)
    old = surveyed().model_copy(update={"school": "oakfield"})
    core = next(school for school in schools if school.slug == "oakfield").configured[0].name
    new = old.model_copy(update={"devices": (old.devices[0].model_copy(update={"name": core}),)})

    def row(survey: Survey) -> SchoolHeld:
        found = holdings(standard, schools, {"oakfield": survey}, {}, (), support(ROOT / "nowhere", records), AT)
        return next(one for one in found.schools if one.school == "oakfield")

    assert (row(old).ports_measured, row(old).poe_measured) == (False, False)
    assert (row(new).ports_measured, row(new).spare_ports, row(new).ports, row(new).poe_used_w) == (True, 7, 22, 338.8)


def test_a_trust_without_a_school_has_a_page_that_says_so() -> None:
    found = holdings(site.load(ROOT).standard, (), {}, {}, (), support(ROOT / "nowhere", estate.flawless()), AT)

    assert (found.schools, found.models, found.roles) == ((), (), ())
    assert "No school stands in this trust" in holdings_page.page(found)
    assert holdings_page.outstanding(found) == ()


def test_a_trust_that_knows_one_joining_school_alone_has_its_access_points_and_their_support() -> None:
    point = Neighbour(
        port="GigabitEthernet1/0/7", protocol="lldp", name="ap-hall", platform="Ruckus R500 Multimedia Hotzone",
        capabilities=("bridge", "wlan-access-point"),
    )  # fmt: skip
    old = surveyed()
    core = old.devices[0].model_copy(update={"neighbours": (*(old.devices[0].neighbours or ()), point)})
    found = holdings(
        site.load(ROOT).standard, (), {SCHOOL: old.model_copy(update={"devices": (core,)})}, {}, (),
        support(ROOT / "nowhere", estate.flawless()), AT,
    )  # fmt: skip

    (row,) = found.schools
    assert (row.devices, row.access_points, row.wireless, row.past_support) == (2, 1, "1 x R500", 1)
    assert [(one.model, one.support_end) for one in found.models if one.role == "access-point"] == [
        ("R500", "2024-04-30")
    ]
    assert SCHOOL in holdings_page.page(found)


def test_what_no_rule_was_asked_about_has_no_findings_rather_than_none() -> None:
    rows = {one.school: one for one in held().schools}

    assert (rows["oakfield"].failing, rows["oakfield"].undecided) == (2, 1)
    assert rows["fernhill"].failing is None


def test_every_device_of_the_trust_is_counted_once_among_the_models() -> None:
    found = held()
    assert sum(one.count for one in found.models) == sum(one.devices for one in found.schools)


def test_a_model_without_a_data_sheet_has_the_maker_and_the_support_that_netbox_gives_it() -> None:
    flawless = estate.flawless()
    model = next(row for row in flawless.device_types if row.model == "C9120AXI-E")
    other = model.model_copy(update={"model": "R510", "manufacturer": "Ruckus"})
    records = flawless.model_copy(
        update={"device_types": tuple(other if row.id == model.id else row for row in flawless.device_types)}
    )
    standard = site.load(ROOT).standard
    makers = {row.model: row.manufacturer for row in records.device_types}

    found = holdings(
        standard, build.schools(records, standard), {}, {}, (), support(ROOT / "nowhere", records), AT, makers
    )

    (line,) = (one for one in found.models if one.model == "R510")
    assert (line.vendor, line.support_end) == ("Ruckus", model.custom_fields["support_end"])


def test_a_school_that_was_never_surveyed_is_named_as_not_seen() -> None:
    assert any("fernhill" in line and "never surveyed" in line for line in held().not_seen)


def test_one_kind_in_the_whole_trust_leaves_nothing_to_consolidate_and_a_mixture_does() -> None:
    roles = {one.role: one for one in held(joining=False).roles}

    assert roles["wireless-controller"].others == 0
    assert roles["access"].others > 0
    assert roles["access"].makers == 2


def test_what_two_schools_chose_by_themselves_is_worth_asking_about() -> None:
    both = (agreed("oakfield", "vlan 75"), agreed("fernhill", "vlan 75"))
    (way,) = held(*both, more={"fernhill": Told(failing=0, undecided=0, waivers=0)}).ways

    assert way.schools == ("fernhill", "oakfield")
    assert way.worth_a_pilot
    assert "2 schools chose it by themselves" in way.pilot


def test_what_no_rule_was_asked_about_is_no_pilot_however_many_schools_chose_it() -> None:
    (way,) = held(agreed("oakfield", "vlan 75"), agreed("fernhill", "vlan 75")).ways

    assert (way.findings, way.worth_a_pilot) == (None, False)
    assert way.pilot == "not known: no rule was asked about it"


def test_one_schools_way_is_tried_only_where_another_school_has_the_like() -> None:
    (alone,) = held(agreed("oakfield", "vlan 75")).ways
    (joining,) = held(agreed("oakfield", "vlan 20")).ways
    found = Told(failing=1, undecided=0, waivers=0, objects=("fernhill vlan 75 on sw-01",))
    (faulty,) = held(agreed("oakfield", "vlan 75"), more={"fernhill": found}).ways

    assert (alone.worth_a_pilot, alone.candidates) == (False, ())
    assert (joining.worth_a_pilot, joining.candidates) == (True, (SCHOOL,))
    assert (faulty.worth_a_pilot, faulty.candidates) == (True, ("fernhill",))


def test_an_old_network_on_its_way_out_is_nobodys_own_way() -> None:
    records, standard = estate.flawless(), site.load(ROOT).standard
    till = next(row for row in records.vlans if row.site_id == 2 and row.role == "till")
    old = till.model_copy(update={"role": "old-20", "custom_fields": {**till.custom_fields, "zone": "till"}})
    vlans = tuple(old if row is till else row for row in records.vlans)
    schools = build.schools(records.model_copy(update={"vlans": vlans}), standard)
    kept = (agreed("oakfield", f"vlan {till.vid}"), agreed("oakfield", "vlan 75"))
    found = holdings(standard, schools, {}, {}, kept, support(ROOT / "nowhere", records), AT)

    assert [one.what for one in found.ways] == ["vlan 75"]


def test_a_way_whose_review_is_overdue_is_looked_at_before_it_is_tried_elsewhere() -> None:
    late = agreed("oakfield", "vlan 20").model_copy(update={"review": dt.date(2026, 11, 25)})
    (way,) = held(late).ways

    assert not way.worth_a_pilot
    assert "has passed" in way.pilot


def test_a_way_that_rules_find_fault_with_is_no_pilot() -> None:
    (way,) = held(agreed("oakfield", "vlan 75"), findings=("oakfield vlan 75",)).ways
    assert (way.findings, way.worth_a_pilot, way.pilot) == (1, False, "no: 1 finding against it")


def test_a_release_that_the_trust_did_not_approve_is_shown_as_such() -> None:
    software = {(one.platform, one.release): one.approved for one in held().software}

    assert software["ios", "17.12.03"] is True
    assert software["aoscx", "FL.10.13.1040"] is True
    assert set(software.values()) <= {True, False, None}


def test_the_page_names_every_school_and_model_and_makes_no_markup_of_them() -> None:
    page = holdings_page.page(held())

    assert "<script" not in page
    assert [one.name for one in held().schools if one.name not in page] == []
    assert "Devices by the year their support ends" in page
