"""What a wireless controller's configuration says of its WLANs, what it leaves unsaid included."""

from textwrap import dedent

from matric.config import parse
from matric.platform import get as platform
from matric.switch import wlan


def controller(text: str) -> wlan.Controller:
    return wlan.read(parse(dedent(text), platform("ios").rules))


def test_a_wlan_that_says_nothing_is_shut_and_wpa2_enterprise_without_protected_frames() -> None:
    one = controller("wlan staff 1 Oakfield Staff\n").wlans["staff"]

    assert one.ssid == "Oakfield Staff"
    assert not one.offered
    assert [sorted(said) for said in (one.protocols, one.ciphers, one.logins)] == [["wpa2"], ["aes"], ["dot1x"]]
    assert (one.pmf, one.isolated, one.hidden, one.portal) == ("off", False, False, False)
    assert all(one.on(band) for band in ("24ghz", "5ghz", "6ghz"))


def test_a_wlan_without_wpa_is_open_and_asks_nobody_to_log_in() -> None:
    one = controller(
        """\
        wlan old 9 Old
         no security wpa
         no security wpa wpa2
         no security wpa akm dot1x
         no shutdown
        """
    ).wlans["old"]

    assert one.offered
    assert (one.protocols, one.logins) == (frozenset(), frozenset())


def test_the_last_line_of_two_that_contradict_each_other_counts() -> None:
    one = controller(
        """\
        wlan staff 1 Staff
         shutdown
         security pmf mandatory
         no security wpa wpa2
         security wpa wpa2
         security pmf optional
         no shutdown
        """
    ).wlans["staff"]

    assert (one.offered, one.pmf, sorted(one.protocols)) == (True, "optional", ["wpa2"])


def test_each_kind_of_login_and_each_cipher_is_told_apart() -> None:
    one = controller(
        """\
        wlan things 5 Things
         no security wpa akm dot1x
         security wpa wpa1
         security wpa wpa2 ciphers tkip
         security wpa wpa3
         security wpa akm psk
         security wpa akm ft sae
         security wpa akm owe
         security static-wep-key encryption 40 ascii 0 abcde 1
        """
    ).wlans["things"]

    assert one.logins == {"psk", "sae", "owe"}
    assert one.protocols == {"wep", "wpa", "wpa2", "wpa3"}
    assert one.ciphers == {"aes", "tkip"}


def test_named_bands_are_the_only_ones() -> None:
    one = controller("wlan staff 1 Staff\n radio policy dot11 5ghz\n radio policy dot11 6ghz\n").wlans["staff"]

    assert [one.on(band) for band in ("24ghz", "5ghz", "6ghz")] == [False, True, True]


TAGS = """\
wireless profile policy POL
 no central switching
 session-timeout 3600
 vlan Staff
wireless tag policy TAG
 wlan staff policy POL
 wlan lost policy NOWHERE
wireless profile flex FLEX
 vlan-name Staff
  vlan-id 20
wireless tag site HALL
 flex-profile FLEX
wireless tag site OFFICE
 ap-profile OFFICE-AP
ap filter name ap-01
 ap name-regex ^ap-01$
 tag policy TAG
 tag site HALL
 tag rf RF
ap filter name others
 ap name-regex ^ap-
 tag policy TAG
 tag site OFFICE
ap filter name asleep
 ap name-regex .
 tag policy NOBODY
ap filter priority 20 filter-name others
ap filter priority 3 filter-name ap-01
ap profile OFFICE-AP
 no rogue detection
"""


def test_an_access_point_that_switches_by_itself_names_the_vlan_by_its_own_profile() -> None:
    found = controller(TAGS)

    assert found.lands("staff") == {"20", "Staff"}
    assert found.lands("lost") == {""}
    assert found.lands("unheard-of") == frozenset()
    assert found.policies("staff") == (
        ("TAG", wlan.PolicyProfile("Staff", offered=False, central=False, session_s=3600)),
    )


def test_an_access_point_joins_with_the_profile_of_its_site() -> None:
    found = controller(TAGS)

    assert found.point("ap-01") == wlan.Point("TAG", "RF", "HALL")
    assert found.point("ap-02") == wlan.Point("TAG", "", "OFFICE")
    assert found.point("printer") is None
    assert found.ap_profiles == {"HALL": wlan.DEFAULT_AP_PROFILE, "OFFICE": "OFFICE-AP"}
    assert found.unwatched == {"OFFICE-AP"}
