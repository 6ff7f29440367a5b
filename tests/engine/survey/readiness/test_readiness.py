"""What a readiness report says of a school, and what it never takes for a fit."""

import datetime as dt
import re
import zlib
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from matric import site
from matric.errors import BadInput
from matric.report import readiness_page, readiness_pdf
from matric.survey.model import Survey, Unseen, Vlan
from matric.survey.readiness import Known, Readiness, judge
from matric.survey.readiness.effort import Effort, Hours, Prices, effort
from matric.survey.readiness.facts import Facts
from matric.survey.readiness.graph import graph
from matric.survey.readiness.model import DECIDERS
from matric.survey.support import support
from tests.engine.survey.readiness.old_school import SCHOOL, lldp, surveyed

ROOT = Path(__file__).parents[4]
AT = "2026-11-26T09:00:00Z"


@cache
def trust() -> site.Site:
    return site.load(ROOT)


def known(survey: Survey | None = None, **given: object) -> Known:
    records = trust().snapshot.records
    found = Known(
        survey=survey or surveyed(), standard=trust().standard, records=records, effort=effort(ROOT / "nowhere"),
        support=support(ROOT / "nowhere", records), today=dt.date(2026, 11, 26),
    )  # fmt: skip
    return replace(found, **given)  # type: ignore[arg-type]


def report(survey: Survey | None = None, **given: object) -> Readiness:
    return judge(known(survey, **given), AT)


def kinds(ready: Readiness) -> set[str]:
    return {gap.kind for gap in ready.gaps}


def gap_of(ready: Readiness, kind: str) -> tuple[str, ...]:
    return next(gap.objects for gap in ready.gaps if gap.kind == kind)


def test_addresses_that_another_school_uses_stand_in_the_way_and_are_named_with_whose_they_are() -> None:
    ready = report()

    found = next(gap for gap in ready.gaps if gap.kind == "address-overlap")
    assert found.objects == ("10.48.64.0/22",)
    assert "oakfield" in found.detail
    assert found.when == "before-cut-over"


def test_a_range_nobody_else_uses_changes_on_the_evening() -> None:
    assert gap_of(report(), "address-outside") == ("192.168.1.0/24",)


def test_a_number_that_means_another_network_in_the_trust_is_named_with_both_meanings() -> None:
    vid = next(network.vid for role, network in trust().standard.networks.items() if role == "pupil")
    core = surveyed().devices[0].model_copy(update={"vlans": (Vlan(vid=vid, name="CCTV"),)})
    ready = report(surveyed().model_copy(update={"devices": (core,)}))

    found = next(gap for gap in ready.gaps if gap.kind == "vlan-meaning")
    assert f"VLAN {vid} is CCTV here and {trust().standard.networks['pupil'].name} in the trust" in found.detail


def test_one_network_for_everybody_is_a_gap_and_a_divided_school_has_none() -> None:
    assert "flat-network" in kinds(report())
    assert "flat-network" not in kinds(report(Survey(
        school=SCHOOL, taken_at=AT, how="live", devices=surveyed(messy=False).devices[:1],
    )))  # fmt: skip


def test_both_ends_of_a_cable_are_compared() -> None:
    (wrong,) = gap_of(report(), "native-mismatch")
    assert wrong == "core GigabitEthernet1/0/23 (VLAN 1) and sw-a 1/1/25 (VLAN 20)"


def test_kit_that_the_standard_does_not_run_on_is_to_be_bought_with_as_many_ports() -> None:
    ready = report()

    assert gap_of(ready, "replace-switch") == ("sw-c",)
    assert [(line.item, line.quantity) for line in ready.kit if "24" in line.item] == [
        ("access switch, 24 ports with PoE", 1)
    ]


def test_a_box_on_the_way_takes_what_hangs_on_it_with_it() -> None:
    assert gap_of(report(), "single-uplink") == ("sw-a", "sw-b")
    assert gap_of(report(), "daisy-chain") == ("sw-c",)


def test_several_addresses_on_a_port_without_a_neighbour_have_a_switch_behind_them() -> None:
    assert gap_of(report(), "unmanaged-switch") == ("core GigabitEthernet1/0/5",)


def test_an_open_network_on_the_air_is_a_gap() -> None:
    assert gap_of(report(), "open-wireless") == ("School-Guest",)


def test_power_is_held_against_what_the_model_can_give() -> None:
    (found,) = gap_of(report(), "power-budget")
    assert found == "core: 339 of 370 W"


def test_what_was_not_looked_at_is_a_gap_of_its_own_and_never_a_fit() -> None:
    ready = report()

    assert gap_of(ready, "unseen-device") == ("icx-hall",)
    assert ready.seen.unseen == 1
    assert any(line.startswith("What becomes of every line") for line in ready.not_judged)


def test_a_school_of_which_nothing_was_seen_fits_in_nothing() -> None:
    ready = report(Survey(school=SCHOOL, taken_at=AT, how="folder"))

    assert ready.fits == ()
    assert "No switch was read that the standard runs on" in ready.not_judged


def test_what_only_some_devices_told_is_no_fit() -> None:
    clean = surveyed(messy=False)
    plain = tuple(one.model_copy(update={"vlans": (Vlan(vid=1, name="default"),)}) for one in clean.devices)
    clean = clean.model_copy(update={"devices": plain})
    hidden = Unseen(what="device", name="sw-hall", why="no answer on SSH")
    points = Unseen(what="wireless", name="ap-1", why="its controller was not looked at")
    silent = (*clean.devices[:-1], clean.devices[-1].model_copy(update={"addresses": None, "vlans": None}))
    whole = "No range of its addresses", "None of its network numbers", "No wireless network is open"

    def fits(**changed: object) -> list[bool]:
        told = report(clean.model_copy(update=changed)).fits
        return [any(one.startswith(words) for one in told) for words in whole]

    assert fits() == [True, True, True]
    assert fits(unseen=(hidden,)) == [False, False, True]
    assert fits(devices=silent) == [False, False, True]
    assert fits(unseen=(points,)) == [True, True, False]


def test_a_school_without_the_mess_has_none_of_its_gaps() -> None:
    clean = kinds(report(surveyed(messy=False)))

    assert not clean & {"address-overlap", "native-mismatch", "replace-switch", "daisy-chain", "unmanaged-switch",
                        "open-wireless", "power-budget", "slow-uplink", "unseen-device"}  # fmt: skip


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (Facts(), "broadband-unknown"),
        (Facts(phase="primary", broadband_down_mbps=80, broadband_up_mbps=20), "broadband"),
        (Facts(phase="secondary", broadband_down_mbps=500), "broadband"),
        (
            Facts(phase="primary", broadband_down_mbps=300, broadband_up_mbps=100, broadband_full_fibre=False),
            "broadband",
        ),
        (Facts(phase="primary", broadband_down_mbps=100, broadband_up_mbps=30, broadband_full_fibre=True), None),
    ],
)
def test_broadband_is_held_against_the_phase_and_silence_is_no_fit(said: Facts, expected: str | None) -> None:
    found = {kind for kind in kinds(report(facts=said)) if kind.startswith("broadband")}
    assert found == ({expected} if expected else set())


def test_hours_are_the_trusts_where_it_has_written_its_own(tmp_path: Path) -> None:
    (tmp_path / "effort.yaml").write_text("format_version: 1\nhours:\n  flat-network: {once: 99}\n", encoding="utf-8")

    ready = report(effort=effort(tmp_path))
    assert next(gap.hours for gap in ready.gaps if gap.kind == "flat-network") == 99
    assert next(gap.hours for gap in ready.gaps if gap.kind == "replace-switch") > 0


def test_hours_nobody_can_mean_are_refused(tmp_path: Path) -> None:
    (tmp_path / "effort.yaml").write_text("format_version: 1\nhours:\n  flat-network: {once: -1}\n", encoding="utf-8")

    with pytest.raises(BadInput):
        effort(tmp_path)


def test_every_gap_has_its_hours_and_every_hour_a_gap() -> None:
    shipped = effort(ROOT / "nowhere")
    sources = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "src/matric/survey/readiness").glob("*.py"))

    assert [kind for kind in shipped.hours if f'"{kind}"' not in sources] == []
    assert [gap.kind for gap in report(surveyed()).gaps if gap.kind not in shipped.hours] == []


def test_there_is_no_sum_in_pounds_while_the_list_lacks_an_item() -> None:
    few = Prices(format_version=1, hour=50, items={})
    whole = Prices(format_version=1, hour=50, items={line.item: 100 for line in report().kit})

    assert judge(known(), AT, few).cost is None
    assert judge(known(), AT, few).unpriced
    full = judge(known(), AT, whole)
    assert full.cost == pytest.approx(full.hours * 50 + sum(line.quantity for line in full.kit) * 100)


def test_an_estimate_of_nothing_counts_nothing() -> None:
    nothing = Effort(format_version=1, hours={"flat-network": Hours()})
    assert report(effort=nothing).hours == 0


def test_the_stages_hold_every_gap_once() -> None:
    ready = report()
    assert sorted(place for stage in ready.stages for place in stage.gaps) == list(range(len(ready.gaps)))


def test_the_same_survey_gives_the_same_report_whatever_the_order_of_its_devices() -> None:
    old = surveyed()
    turned = old.model_copy(update={"devices": tuple(reversed(old.devices))})
    first, second = report(old), report(turned)

    assert [(gap.kind, sorted(gap.objects)) for gap in first.gaps] == [
        (gap.kind, sorted(gap.objects)) for gap in second.gaps
    ]


def test_a_cable_that_both_ends_tell_of_is_one_cable() -> None:
    joins = {(join.a, join.b): join for join in graph(surveyed()).joins}

    assert len(joins["core", "sw-a"].ports) == 1
    assert joins["core", "sw-a"].both
    assert not joins["core", "icx-hall"].both


def test_of_two_switches_of_one_name_a_cable_leads_to_the_one_whose_address_its_neighbour_gives() -> None:
    old = surveyed()
    core = old.devices[0].model_copy(
        update={
            "neighbours": (
                lldp("HP", "GigabitEthernet1/0/23", "25", address="10.0.0.2"),
                lldp("HP", "GigabitEthernet1/0/24", "25", mac="02:00:00:00:00:01"),
                lldp("HP", "GigabitEthernet1/0/22", "25"),
            )
        }
    )
    one = old.devices[1].model_copy(update={"name": "HP (10.0.0.1)", "mac": "02:00:00:00:00:01", "neighbours": ()})
    two = old.devices[2].model_copy(update={"name": "HP (10.0.0.2)", "management": "10.0.0.2", "neighbours": ()})
    found = graph(old.model_copy(update={"devices": (core, one, two)}))

    assert {(join.a, join.b): [far or near for near, far in join.ports] for join in found.joins}.keys() == {
        ("HP (10.0.0.1)", "core"),
        ("HP (10.0.0.2)", "core"),
        ("HP", "core"),
    }
    assert found.told == {"HP"}


def test_the_page_says_it_all_and_nothing_in_it_becomes_markup() -> None:
    old = surveyed()
    nasty = old.devices[0].model_copy(update={"model": "<script>alert(1)</script>"})
    survey = old.model_copy(update={"devices": (nasty, *old.devices[1:])})
    ready = report(survey)
    page = readiness_page.page(ready, survey)

    assert "<script" not in page
    assert [gap.title for gap in ready.gaps if gap.title.split("'")[0] not in page] == []
    assert page.count("<svg") == 3


def test_paper_is_the_same_bytes_for_the_same_report_and_starts_with_the_decision() -> None:
    ready = report()
    paper = readiness_pdf.pdf(ready, surveyed())

    assert paper.startswith(b"%PDF")
    assert paper == readiness_pdf.pdf(ready, surveyed())


def test_what_the_old_provider_left_is_counted_by_kind_and_the_command_that_names_each_can_be_typed() -> None:
    left = ("local account: username a (sw-01)", "local account: username b (sw-01)", "DNS server: 10.1.1.1 (core)")
    found = next(gap for gap in report(residue=left).gaps if gap.kind == "residue")

    assert found.detail == "local account: 2; DNS server: 1"
    assert found.objects == left
    assert f"matric ledger {surveyed().school} --residue" in found.remedy


def test_the_hours_of_the_gaps_are_the_hours_of_the_stages_and_of_the_whole_on_paper_and_page() -> None:
    ready = report(residue=("local account: a (sw-01)",) * 7, unaccounted=13)
    page, text = readiness_page.page(ready, surveyed()), _text(readiness_pdf.pdf(ready, surveyed()))

    assert ready.hours == sum(gap.hours for gap in ready.gaps) == sum(stage.hours for stage in ready.stages)
    assert all((gap.hours * 4).is_integer() for gap in ready.gaps)
    assert f"<b>{ready.hours:g}</b>" in page
    assert f"{ready.hours:g} hours of an engineer's work" in text
    assert all(f"about {gap.hours:g} hour" in text for gap in ready.gaps)


def test_every_line_to_order_names_what_it_closes_and_where_and_no_piece_is_ordered_twice() -> None:
    old = surveyed()
    aged = old.devices[2].model_copy(update={"vendor": "Cisco", "model": "WS-C2960-24TC-L", "platform": "ios"})
    ready = report(old.model_copy(update={"devices": (*old.devices[:2], aged, old.devices[3])}))
    text = _text(readiness_pdf.pdf(ready, old))

    (line,) = (one for one in ready.kit if "24" in one.item)
    assert line.where == ("sw-b", "sw-c")
    assert line.quantity == 2
    assert {ready.gaps[at].kind for at in line.closes} == {"replace-old", "replace-switch"}
    assert all(one.closes and (one.where or one.licence) for one in ready.kit)
    assert "What has to be ordered, for what and where" in text
    assert [one.item for one in ready.kit if one.item.split(",")[0] not in text] == []


def test_a_switch_that_nobody_could_read_is_ordered_anew_where_its_neighbour_says_what_it_is() -> None:
    old = surveyed()
    near = lldp("icx-hall", "GigabitEthernet1/0/24", "1/2/1", platform="Ruckus Wireless, Inc. ICX7150-48-POE, IronWare")
    core = old.devices[0].model_copy(update={"neighbours": (*(old.devices[0].neighbours or ())[:1], near)})
    ready = report(old.model_copy(update={"devices": (core, *old.devices[1:])}))

    assert gap_of(ready, "replace-switch") == ("sw-c", "icx-hall")
    assert ("access switch, 48 ports with PoE", ("icx-hall, on core GigabitEthernet1/0/24",)) in [
        (line.item, line.where) for line in ready.kit
    ]


def test_support_that_ends_within_two_years_goes_into_the_next_budget_and_not_onto_the_evening() -> None:
    old = surveyed()
    aged = old.devices[2].model_copy(update={"vendor": "Cisco", "model": "WS-C2960X-24TS-L", "platform": "ios"})
    found = next(gap for gap in report(old.model_copy(update={"devices": (aged,)})).gaps if gap.kind == "replace-soon")

    assert (found.when, found.decides, found.objects) == ("later", "business", ("sw-b",))
    assert "EOL13603" in found.detail
    assert "look it up before money is spent" in found.detail


def test_an_access_point_is_as_old_as_its_neighbour_says() -> None:
    old = surveyed()
    point = lldp("ap-hall", "7", "eth0", capabilities=("wlan-access-point",), platform="Ruckus R500 Multimedia Hotzone")
    hall = old.devices[2].model_copy(update={"neighbours": (point,)})
    found = next(gap for gap in report(old.model_copy(update={"devices": (hall,)})).gaps if gap.kind == "replace-old")

    assert found.objects == ("ap-hall",)
    assert [(line.item, line.where) for line in found.kit] == [("wireless access point", ("sw-b 7",))]


def test_the_verdict_is_one_sentence_with_the_first_day_that_is_possible() -> None:
    ready = report()

    assert ready.verdict.startswith("Not ready yet: ")
    assert ready.earliest == "2026-12-26"
    assert "26 December 2026" in ready.verdict
    assert ready.verdict.count(". ") == 0


def test_a_school_of_which_nothing_was_read_is_never_called_ready() -> None:
    nothing = Survey(school=SCHOOL, taken_at=AT, how="folder")

    assert report(nothing).verdict.startswith("Nobody can say yet")
    assert report(nothing).earliest == ""


def test_what_matters_most_is_what_is_due_first_or_puts_people_at_risk() -> None:
    ready = report()
    first = [ready.gaps[at] for at in ready.first]

    assert len(first) == 5
    assert "flat-network" in {gap.kind for gap in first}
    assert not any(gap.when == "later" for gap in first)


def test_everybody_who_has_to_decide_is_told_what() -> None:
    ready = report()
    told = dict(readiness_page.deciders(ready))

    assert {name.lower() for name in told} == {DECIDERS[gap.decides].lower() for gap in ready.gaps}
    assert "must be replaced" in told["The school's business manager"]
    assert "without a password" in told["The head teacher"]


def _text(pdf: bytes) -> str:
    """The words of a PDF as fpdf2 writes them, spaces for line breaks."""
    found: list[str] = []
    for packed in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL):
        try:
            plain = zlib.decompress(packed)
        except zlib.error:
            continue
        found += [
            re.sub(rb"\\([()\\])", rb"\1", one).decode("latin-1")
            for one in re.findall(rb"\((.*?)(?<!\\)\) ?T[jJ]", plain, re.DOTALL)
        ]
    return " ".join(found)
