"""Whatever a row holds, a school is built or refused with reasons: never a traceback."""

from collections.abc import Callable
from typing import Any

import pytest
from pydantic import ValidationError

from matric.errors import BadInput
from matric.intent import build
from matric.intent.record import Records
from matric.intent.standard import Standard

Row = dict[str, Any]
Tables = dict[str, list[Row]]

TEXTS = ("", " ", "a\nb", "\u202e", "10.01.1.1/24", "fe80::1/64", "999.1.1.1/99", "Vlan", "Port-Channel", "vlan99999")
FIELDS: tuple[Row, ...] = (
    {"port_profile": 7, "poe_budget_w": "many", "max_vlans": None, "ap_location": None, "filter_policy": 4},
    {"default_gateway": "nowhere"},
    {"default_gateway": 5},
)
ODD: tuple[Any, ...] = (None, *TEXTS, 0, -1, 99_999, True, (), (99_999,), *FIELDS)


@pytest.mark.slow
@pytest.mark.parametrize("back", [1, 2, 40])
@pytest.mark.parametrize("table", list(Records.model_fields))
def test_an_odd_value_in_any_field_is_refused_or_lived_with(
    table: str, back: int, tables: Tables, trust: Records, build_or_refuse: Callable[[Records], bool]
) -> None:
    place = max(len(tables[table]) - back, 0)  # Oakfield is written last
    judged = 0
    for field in tables[table][place]:
        for odd in ODD:
            rows = [dict(row) for row in tables[table]]
            rows[place][field] = odd
            try:
                moved = Records.model_validate({table: tuple(rows)}, strict=True)
            except ValidationError:
                continue  # the snapshot would not have been read
            build_or_refuse(trust.model_copy(update={table: getattr(moved, table)}))
            judged += 1
    assert judged > 0


@pytest.mark.parametrize("odd", [0, "", "a\nb", "fe80::1/64", None, {"default_gateway": "nowhere"}], ids=repr)
def test_an_odd_value_in_the_last_address_device_or_port_is_refused_or_lived_with(
    odd: object, tables: Tables, trust: Records, build_or_refuse: Callable[[Records], bool]
) -> None:
    judged = 0
    for table in ("ip_addresses", "devices", "interfaces", "vlans"):
        for field in tables[table][-1]:
            rows = [dict(row) for row in tables[table][:-1]]
            rows.append({**tables[table][-1], field: odd})
            try:
                moved = Records.model_validate({table: tuple(rows)}, strict=True)
            except ValidationError:
                continue
            build_or_refuse(trust.model_copy(update={table: getattr(moved, table)}))
            judged += 1
    assert judged > 0


@pytest.mark.parametrize("table", list(Records.model_fields))
def test_a_table_that_is_empty_is_no_school_without_trouble(
    table: str, trust: Records, build_or_refuse: Callable[[Records], bool]
) -> None:
    built = build_or_refuse(trust.model_copy(update={table: ()}))

    # A school may do without VRFs, pools or SSIDs, and a group is only where its VLANs are kept.
    assert built == (table in {"vrfs", "ip_ranges", "wireless_lans", "vlan_groups"})


@pytest.fixture
def build_or_refuse(standard: Standard) -> Callable[[Records], bool]:
    def attempt(records: Records) -> bool:
        """True if the school was built, False if it was refused with reasons."""
        try:
            build.school(records, standard, "oakfield")
        except BadInput as refused:
            if not refused.problems:
                raise
            return False
        return True

    return attempt
