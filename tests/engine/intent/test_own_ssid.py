"""A school may call a wireless LAN of the standard by a name of its own, and nothing else about it is its own."""

from collections.abc import Callable
from typing import Any

import pytest

from matric.errors import BadInput
from matric.intent import build
from matric.intent.record import Records
from matric.intent.standard import AgreedArea, AgreementTerms, Standard
from matric.policy import asked

Change = Callable[[list[dict[str, Any]]], Records]


def named(changed: Change, ssid: str, name: str, **more: Any) -> Records:
    return changed([{"table": "wireless_lans", "where": {"ssid": ssid, "scope_id": 2}, "set": {"ssid": name, **more}}])


def allowing(standard: Standard, *areas: AgreedArea) -> Standard:
    return standard.model_copy(update={"agreements": AgreementTerms(may=areas)})


def test_the_tablets_own_ssid_has_vlan_security_and_isolation_of_the_one_it_stands_for(
    changed: Change, standard: Standard
) -> None:
    school = build.school(named(changed, "FLT-Pupil", "Oak Tablets"), allowing(standard, "ssid"), "oakfield")
    (own,) = (one for one in school.wlans if one.ssid == "Oak Tablets")

    meant = standard.wlans["pupil"]
    assert own.network.role == meant.network
    assert (own.profile.security, own.profile.isolate_clients) == (meant.security, meant.isolate_clients)
    assert own.profile.wlan_id not in {one.wlan_id for one in standard.wlans.values()}
    assert f"radius-login-{own.profile_name}" in {one.id for one in asked.questions(school)}


def test_two_names_for_one_wireless_lan_are_told_apart(changed: Change, standard: Standard) -> None:
    rows = changed(
        [
            {
                "table": "wireless_lans",
                "copy": {"ssid": "FLT-Pupil", "scope_id": 2},
                "set": {"id": 900 + number, "ssid": name},
            }
            for number, name in enumerate(("Oak Tablets", "Oak Music"))
        ]
    )

    school = build.school(rows, allowing(standard, "ssid"), "oakfield")

    pupils = [one for one in school.wlans if one.network.role == "pupil"]
    assert {one.ssid for one in pupils} == {"FLT-Pupil", "Oak Tablets", "Oak Music"}
    assert len({one.profile_name for one in pupils}) == len({one.profile.wlan_id for one in pupils}) == 3


@pytest.mark.parametrize(
    ("ssid", "more", "areas"),
    [
        ("FLT-Pupil", {}, ()),
        ("FLT-Things", {}, ("ssid",)),
        ("FLT-Pupil", {"vlan_id": None}, ("ssid",)),
    ],
    ids=["the standard allows none", "it would share the trust's key", "on no VLAN"],
)
def test_a_name_that_stands_for_nothing_of_the_standard_is_refused(
    changed: Change, standard: Standard, ssid: str, more: dict[str, Any], areas: tuple[AgreedArea, ...]
) -> None:
    with pytest.raises(BadInput) as told:
        build.school(named(changed, ssid, "Oak Own", **more), allowing(standard, *areas), "oakfield")

    assert "SSID-UNKNOWN" in {problem.code for problem in told.value.problems}


def test_an_open_ssid_does_not_pass_for_the_pupils_own(changed: Change, standard: Standard) -> None:
    rows = named(changed, "FLT-Pupil", "Oak Tablets", auth_type="open")

    with pytest.raises(BadInput) as told:
        build.school(rows, allowing(standard, "ssid"), "oakfield")

    assert "WLAN-AUTH" in {problem.code for problem in told.value.problems}
