"""What NetBox holds is filled and never emptied; what differs is one choice each."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from matric import site
from matric.estate import difference
from matric.intent.record import CableRow, DeviceRow, InterfaceRow, Records, TerminationRow
from matric.intent.standard import Standard
from matric.survey.adopt import Adoption, Choices, adoption
from matric.survey.model import Survey

ONCE = settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def changed(records: Records, name: str, row: InterfaceRow) -> Records:
    rows = tuple(row if one.id == row.id else one for one in getattr(records, name))
    return records.model_copy(update={name: rows})


@pytest.mark.slow
@ONCE
@given(data=st.data())
def test_whatever_part_of_a_school_netbox_holds_it_comes_to_the_same_school(
    data: st.DataObject, messy: Survey, standard: Standard, made: Adoption, nothing: Choices
) -> None:
    lost = data.draw(st.sets(st.sampled_from(["wireless_lans", "ip_ranges", "cables"])))
    blank = data.draw(st.sets(st.sampled_from([row.id for row in made.school_rows.interfaces]), max_size=40))
    gone: dict[str, tuple[object, ...]] = {
        "interfaces": tuple(
            row.model_copy(update={"description": "", "custom_fields": {}}) if row.id in blank else row
            for row in made.records.interfaces
        )
    }
    for name in lost:
        ours = {row.id for row in getattr(made.school_rows, name)}
        gone[name] = tuple(row for row in getattr(made.records, name) if row.id not in ours)
    held = made.records.model_copy(update=gone)

    again = adoption(messy, standard, held, nothing)

    assert [line for line in difference(made.records, again.records) if "NetBox ids" not in line] == []


@pytest.mark.slow
@ONCE
@given(
    data=st.data(),
    text=st.text(alphabet=st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=20),
)
def test_a_text_that_somebody_typed_is_never_overwritten_unasked(  # noqa: PLR0917 - fixtures
    data: st.DataObject, text: str, messy: Survey, standard: Standard, made: Adoption, nothing: Choices
) -> None:
    row = data.draw(st.sampled_from([one for one in made.school_rows.interfaces if one.description]))
    typed = row.model_copy(update={"description": text})

    again = adoption(messy, standard, changed(made.records, "interfaces", typed), nothing)

    assert next(one for one in again.records.interfaces if one.id == row.id) == typed
    named = [one for one in again.choices.choices if one.field == "netbox description"]
    assert len(named) == (text != row.description)


def test_how_a_port_switches_is_one_choice_and_its_fields_go_together(
    messy: Survey, standard: Standard, made: Adoption, nothing: Choices
) -> None:
    row = next(one for one in made.school_rows.interfaces if one.mode == "access" and one.enabled)
    tagged = tuple(one.id for one in made.school_rows.vlans if one.vid in (10, 20))
    theirs = row.model_copy(update={"mode": "tagged", "tagged_vlan_ids": tagged})
    held = changed(made.records, "interfaces", theirs)

    kept = adoption(messy, standard, held, nothing)
    (asked,) = [one for one in kept.choices.choices if one.field == "netbox mode"]
    decided = Choices(school="thornfield", choices=(asked.model_copy(update={"decide": "adopt"}),))
    again = adoption(messy, standard, held, decided)

    assert next(one for one in kept.records.interfaces if one.id == row.id) == theirs
    assert next(one for one in again.records.interfaces if one.id == row.id) == row
    assert {("interfaces", row.id, "mode"), ("interfaces", row.id, "tagged_vlan_ids")} <= again.chosen


def test_a_device_known_by_its_serial_number_is_not_taken_for_another_of_its_name(
    messy: Survey, standard: Standard, made: Adoption, nothing: Choices
) -> None:
    first, second = (row for row in made.school_rows.devices if row.serial and row.name in ("sw-01", "sw-02"))
    held = made.records.model_copy(
        update={
            "devices": tuple(
                first.model_copy(update={"name": second.name}) if row.id == first.id else row
                for row in made.records.devices
                if row.id != second.id
            ),
            "interfaces": tuple(row for row in made.records.interfaces if row.device_id != second.id),
            "cables": (),
        }
    )

    again = adoption(messy, standard, held, nothing)

    assert next(one.serial for one in again.records.devices if one.id == first.id) == first.serial
    assert second.serial in [one.serial for one in again.records.devices if one.id != first.id]
    assert [one for one in again.choices.choices if one.field == "netbox serial"] == []


def test_a_port_that_netbox_has_open_is_shut_only_where_somebody_chose_that(
    messy: Survey, standard: Standard, made: Adoption, nothing: Choices
) -> None:
    row = next(one for one in made.school_rows.interfaces if not one.enabled)
    held = changed(made.records, "interfaces", row.model_copy(update={"enabled": True}))

    kept = adoption(messy, standard, held, nothing)
    (asked,) = [one for one in kept.choices.choices if one.field == "netbox enabled"]
    decided = Choices(school="thornfield", choices=(asked.model_copy(update={"decide": "adopt"}),))
    again = adoption(messy, standard, held, decided)

    assert asked.propose == "adopt"
    assert next(one for one in kept.records.interfaces if one.id == row.id).enabled
    assert not next(one for one in again.records.interfaces if one.id == row.id).enabled
    assert again.chosen == {("interfaces", row.id, "enabled")}


def in_store(trust: site.Site, made: Adoption, name: str) -> tuple[Records, DeviceRow]:
    """NetBox as it was before the school came, with one of its switches at another school, under another name."""
    held = trust.snapshot.records
    old = next(one for one in made.school_rows.devices if one.name == name)
    other = held.sites[0]
    row = DeviceRow(
        id=9000, name="spare-1", site_id=other.id, location_id=held.locations[0].id, role="access", serial=old.serial,
        device_type_id=held.devices[0].device_type_id, status="inventory",
    )  # fmt: skip
    return held.model_copy(update={"devices": (*held.devices, row)}), row


def test_a_switch_that_netbox_has_at_another_school_is_moved_by_choice_and_never_made_twice(
    messy: Survey, standard: Standard, trust: site.Site, made: Adoption, nothing: Choices
) -> None:
    held, row = in_store(trust, made, "sw-02")

    first = adoption(messy, standard, held, nothing)
    (asked,) = [one for one in first.choices.choices if one.field == "netbox school"]
    decided = Choices(school="thornfield", choices=(asked.model_copy(update={"decide": "adopt"}),))
    again = adoption(messy, standard, held, decided)

    assert [one.id for one in first.records.devices if one.serial == row.serial] == [row.id]
    assert (asked.thing, asked.here, asked.there) == ("sw-02", "thornfield", "fernhill/spare-1")
    assert asked in first.open
    assert first.problems == again.problems == ()
    assert not first.chosen
    assert {("devices", row.id, one) for one in ("site_id", "location_id", "name", "status")} <= again.chosen
    moved = next(one for one in again.records.devices if one.id == row.id)
    assert (moved.name, moved.status) == ("sw-02", "active")
    assert asked.model_copy(update={"decide": "impose"}).open.startswith("cannot be imposed")


def test_a_switch_with_cables_at_another_school_is_not_moved_from_under_them(
    messy: Survey, standard: Standard, trust: site.Site, made: Adoption, nothing: Choices
) -> None:
    held, row = in_store(trust, made, "sw-02")
    port = InterfaceRow(id=90000, device_id=row.id, name="GigabitEthernet1/0/1", type="1000base-t")
    far = next(one for one in held.interfaces if one.type == "1000base-t")
    ends = [(TerminationRow(object_type="dcim.interface", object_id=one.id),) for one in (port, far)]
    cable = CableRow(id=90000, a=ends[0], b=ends[1])
    cabled = held.model_copy(update={"interfaces": (*held.interfaces, port), "cables": (*held.cables, cable)})

    found = adoption(messy, standard, cabled, nothing)

    assert [(one.code, one.thing) for one in found.elsewhere] == [("DEV-ELSEWHERE", "fernhill/spare-1")]
    assert found.elsewhere[0] in found.problems
