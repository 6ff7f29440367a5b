"""Until when makers support what schools have: the days that are shipped, and whose word counts."""

from datetime import date
from pathlib import Path

import pytest

from matric.errors import BadInput
from matric.survey.support import Ends, Support, shipped, support
from tests import estate

SHIPPED = shipped()
LOOKED_UP = date(2026, 11, 26)


def end(vendor: str, model: str) -> str:
    found = Support((), SHIPPED, {}).of(vendor, model)
    return str(found.end) if found is not None else "nobody said"


def test_every_day_that_is_shipped_has_a_document_of_the_maker_an_address_and_the_day_it_was_looked_up() -> None:
    for row in SHIPPED:
        assert row.url, row
        assert row.known in {"read", "quoted"}, row
        assert row.looked_up is not None, row
        assert row.looked_up <= LOOKED_UP, row
        assert row.sold_until is None or row.end is None or row.sold_until < row.end, row


def test_no_model_stands_in_two_rows_that_are_shipped() -> None:
    named = [(row.maker.casefold(), model.casefold()) for row in SHIPPED for model in row.models]
    assert sorted(named) == sorted(set(named))


@pytest.mark.parametrize(
    ("vendor", "model", "expected"),
    [
        ("Cisco", "WS-C2960-24TC-L", "2019-10-31"),
        ("Cisco", "WS-C2960X-24TS-L", "2027-10-31"),
        ("Cisco", "WS-C2960XR-24PD-I", "nobody said"),
        ("Cisco", "WS-C2960CG-8TC-L", "2021-10-31"),
        ("Cisco", "WS-C3850-48P", "2025-10-31"),
        ("Cisco", "WS-C3850-24S-S", "nobody said"),
        ("Juniper", "ex2200-24p-4g", "2024-06-30"),
        ("Juniper", "ex2300-24p", "nobody said"),
        ("HPE Aruba", "6200F-24G-PoE (JL725A)", "2032-07-31"),
        ("HPE", "JL725A", "2032-07-31"),
        ("Ruckus", "R510", "2028-12-31"),
        ("", "R510", "nobody said"),
        ("Somebody Else", "R510", "nobody said"),
        ("Cisco", "", "nobody said"),
    ],
)
def test_a_day_is_that_of_the_models_its_document_names_and_of_no_sister(
    vendor: str, model: str, expected: str
) -> None:
    assert end(vendor, model) == expected


def test_what_a_neighbour_says_of_itself_names_its_model() -> None:
    found = Support((), SHIPPED, {}).told("Ruckus", "Ruckus R510 Multimedia Hotzone Wireless AP/SW Version: 200.12")

    assert found is not None
    assert found.end == date(2028, 12, 31)


def test_until_when_something_is_sold_is_not_until_when_it_is_supported() -> None:
    found = Support((), SHIPPED, {}).of("HPE", "5130-24G-4SFP+ EI")

    assert found is not None
    assert (found.sold_until, found.end) == (date(2022, 4, 30), None)


def test_a_whole_name_says_more_than_a_wildcard_and_a_long_wildcard_more_than_a_short_one() -> None:
    rows = tuple(
        Ends(maker="Acme", models=(glob,), end=date(2030, 1, day), source="notice")
        for day, glob in enumerate(("X1*", "X100-24*", "X100-24P", "X100-24P*"), 1)
    )
    for order in (rows, rows[::-1]):
        days = [Support((), order, {}).of("Acme", model) for model in ("X100-24P", "X100-24T", "X12")]
        assert [one.end.day for one in days if one is not None and one.end is not None] == [3, 2, 1]


def test_netbox_counts_before_the_trusts_file_and_that_before_what_is_shipped(tmp_path: Path) -> None:
    (tmp_path / "support.yaml").write_text(
        "format_version: 1\n"
        'support:\n  - {maker: Cisco, models: ["WS-C2960X-*"], end: "2031-01-01", source: our reseller}\n',
        encoding="utf-8",
    )
    model = next(row for row in estate.flawless().device_types if row.model == "C9120AXI-E")
    records = estate.flawless().model_copy(
        update={"device_types": (model.model_copy(update={"model": "WS-C2960X-24TS-L"}),)}
    )
    trust = support(tmp_path, records)

    netbox, ours, theirs = (trust.of("Cisco", f"WS-C{name}") for name in ("2960X-24TS-L", "2960X-48TS-L", "2960-8TC"))
    assert netbox is not None
    assert "NetBox" in netbox.source
    assert ours is not None
    assert (ours.end, ours.source) == (date(2031, 1, 1), "our reseller")
    assert theirs is not None
    assert "EOL9449" in theirs.source
    assert "look it up before money is spent" in theirs.told


@pytest.mark.parametrize(
    ("entry", "word"),
    [
        ('models: [R510], sold_until: "2030-01-01", end: "2029-01-01"', "support ends before the sale does"),
        ("models: [R510]", "neither sold_until nor end"),
        ('models: ["*"], end: "2029-01-01"', "names every model"),
        ('models: [], end: "2029-01-01"', "models"),
    ],
)
def test_a_day_that_cannot_be_or_that_is_of_everything_is_refused(tmp_path: Path, entry: str, word: str) -> None:
    (tmp_path / "support.yaml").write_text(
        f"format_version: 1\nsupport:\n  - {{maker: Ruckus, source: us, {entry}}}\n", encoding="utf-8"
    )
    with pytest.raises(BadInput, match=word):
        support(tmp_path, estate.flawless())
