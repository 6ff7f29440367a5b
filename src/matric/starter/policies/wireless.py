"""Wireless: who may use which WLAN, how it is protected, and where its clients land."""

from collections.abc import Iterator

from matric import Device, Finding, Network, Said, School, Subject, checked, not_applicable
from matric import Wlan as NetBoxWlan
from matric.policy import Severity, policy
from matric.switch import reading
from matric.switch.wlan import Controller, Wlan, intended

from ._wlan import Offered, controllers, managed, offered, people, strangers, unknown

DAY_S = 86_400
"""A guest who was let in yesterday is asked again."""
NEVER = frozenset({"camera", "cctv", "management", "server"})
"""Zones that no SSID leads to, besides those without people's devices."""


@policy("WIF-01")
def managed_devices_use_enterprise_wireless_security(school: School, subject: Subject) -> Iterator[Said]:
    found = list(offered(school, subject))
    own = [one for one in found if managed(school, one)]
    if found and not own:
        raise not_applicable("no SSID carries managed devices")
    for one in own:
        if not one.networks:
            yield unknown(one)
            continue
        yield checked(1)
        if weak := _weak(one.wlan):
            yield Finding(
                one.name,
                f"devices of the trust use it, and it {weak}",
                "offer WPA2 or WPA3 with AES only",
            )
        elif people(school, one) and set(one.wlan.logins) != {"dot1x"}:
            yield Finding(
                one.name,
                "staff or pupils use it, and it lets in who does not log in by 802.1X",
                "offer it with WPA2- or WPA3-Enterprise only",
            )


def _weak(wlan: Wlan) -> str:
    """Why nobody should rely on what the WLAN encrypts; empty where they may."""
    if "wep" in wlan.protocols:
        return "is encrypted by WEP"
    if not wlan.protocols or not wlan.logins:
        return "is open"
    if "wpa" in wlan.protocols:
        return "still takes WPA"
    return "still takes TKIP" if "tkip" in wlan.ciphers else ""


@policy("WIF-02")
def what_is_offered_on_6_ghz_is_wpa3_or_owe_with_protected_frames(school: School, subject: Subject) -> Iterator[Said]:
    high = [one for one in offered(school, subject) if _on_6_ghz(subject, one)]
    if not high:
        raise not_applicable("no SSID on 6 GHz")
    yield checked(high)
    for one in high:
        wlan = one.wlan
        if set(wlan.protocols) != {"wpa3"} or not wlan.logins <= {"dot1x", "sae", "owe"}:
            yield Finding(
                one.name,
                "it is offered on 6 GHz with something older than WPA3",
                "offer WPA3 or OWE alone, or name the bands 2.4 and 5 GHz only",
            )
        elif wlan.pmf != "mandatory":
            yield Finding(
                one.name,
                "it is offered on 6 GHz and does not demand protected management frames",
                "make PMF mandatory on the WLAN",
            )


def _on_6_ghz(subject: Subject, one: Offered) -> bool:
    """It names the band; or it names none, and access points that carry it are given a profile for the band."""
    if one.wlan.bands:
        return "6ghz" in one.wlan.bands
    tags = {tag for tag, _ in one.controller.policies(one.wlan.name)}
    bands = reading.intended(subject, one.device).wireless.rf_profiles
    return any("6ghz" in bands.get(point.rf, ()) for _, point in one.controller.filters if point.policy in tags)


@policy("WIF-03")
def management_frames_are_protected_on_enterprise_ssids(school: School, subject: Subject) -> Iterator[Said]:
    enterprise = [one for one in offered(school, subject) if "dot1x" in one.wlan.logins and one.wlan.protocols]
    if not enterprise:
        raise not_applicable("no WLAN logs people in by 802.1X")
    yield checked(enterprise)
    for one in enterprise:
        if one.wlan.pmf == "off":
            yield Finding(one.name, "its management frames are not protected", "make PMF optional or mandatory")
        elif set(one.wlan.protocols) == {"wpa3"} and one.wlan.pmf != "mandatory":
            yield Finding(one.name, "it is WPA3 alone and does not demand PMF", "make PMF mandatory")


@policy("WIF-05")
def guests_are_let_in_one_by_one_and_for_a_limited_time(school: School, subject: Subject) -> Iterator[Said]:
    guests = [one for one in offered(school, subject) if strangers(school, one) and _guest(one)]
    if not guests:
        raise not_applicable("no SSID for guests")
    for one in guests:
        yield checked(1)
        if one.wlan.logins & {"psk", "sae"} and not one.wlan.by_address:
            yield Finding(
                one.name,
                "everybody who uses it shares one key",
                "let guests in by OWE and a page, by 802.1X, or by a key of their own",
            )
        elif "dot1x" not in one.wlan.logins and not (one.wlan.portal or one.wlan.by_address):
            yield from _elsewhere(subject, one)
        for tag, profile in one.controller.policies(one.wlan.name):
            if profile.session_s is not None and not 0 < profile.session_s <= DAY_S:
                lasts = f"{profile.session_s} s" if profile.session_s else "for ever"
                yield Finding(
                    f"{one.name} policy tag {tag}",
                    f"who was let in once stays {lasts}",
                    f"set the session timeout of its policy profile to {DAY_S} s or less",
                )


def _guest(one: Offered) -> bool:
    """Strangers without an account: BYOD logs in by 802.1X, unless it is called guest."""
    names = {word for network in one.networks for word in (network.role, network.zone or "")}
    return "dot1x" not in one.wlan.logins or any("guest" in name for name in names)


def _elsewhere(subject: Subject, one: Offered) -> Iterator[Said]:
    """The controller asks nobody who they are: a page at the filter may, and only a person can say so."""
    answer = subject.answer("guest-login")
    if not answer.answer:
        yield Finding(
            one.name,
            f"nothing asks a guest who they are, by {answer.by} on {answer.at}",
            "let guests in by a page at the filter or the controller, then record it in answers.yaml",
        )


@policy("WIF-06")
def clients_are_isolated_on_guest_and_byod(school: School, subject: Subject) -> Iterator[Said]:
    shared = [one for one in offered(school, subject) if strangers(school, one)]
    if not shared:
        raise not_applicable("no SSID for guests or BYOD")
    yield checked(shared)
    for one in shared:
        if not one.wlan.isolated:
            severity: Severity = "blocker" if _guest(one) else "warning"
            yield Finding(one.name, "its clients reach one another", "drop what clients send to each other", severity)


@policy("WIF-07")
def every_ssid_leads_to_the_vlan_that_netbox_names(school: School, subject: Subject) -> Iterator[Said]:
    if not school.wlans:
        raise not_applicable("no wireless LAN")
    for wlan in school.wlans:
        yield from _forbidden(school, wlan)
    for device in controllers(school, subject):
        yield checked(school.wlans)
        controller = intended(subject, device)
        for wlan in school.wlans:
            yield from _landing(device, controller, wlan)
        yield from _without_ssids(school, controller)
        for one in controller.wlans.values():
            if one.offered and one.name not in {wlan.profile_name for wlan in school.wlans}:
                yield Finding(
                    f"{device.key} WLAN {one.name}",
                    f"it offers {one.ssid}, which NetBox does not know",
                    "take it off the controller, or bring it into NetBox and the standard",
                )


def _without_ssids(school: School, controller: Controller) -> Iterator[Finding]:
    """Access points that get no policy tag which brings SSIDs: they hang there and are silent."""
    for device in school.devices:
        if device.role == "access-point" and device.status == "active":
            point = controller.point(device.name)
            if point is None or not controller.tags.get(point.policy):
                yield Finding(
                    device.key,
                    "the controller gives it no policy tag with the school's SSIDs",
                    "name it in a filter of the controller, with a priority",
                )


def _forbidden(school: School, wlan: NetBoxWlan) -> Iterator[Finding]:
    zone = school.standard.zones.get(wlan.network.zone or "")
    if zone is None or not zone.users or {wlan.network.zone, wlan.network.role} & NEVER:
        yield Finding(
            f"{school.slug} SSID {wlan.ssid}",
            f"it leads to {wlan.network.name}, where nobody's device may come by wireless",
            "give the wireless LAN a VLAN of its own in NetBox",
        )


def _landing(device: Device, controller: Controller, wlan: NetBoxWlan) -> Iterator[Finding]:
    """How the controller's WLAN differs from NetBox's."""
    name = f"{device.key} WLAN {wlan.profile_name}"
    held = controller.wlans.get(wlan.profile_name)
    lands = controller.lands(wlan.profile_name)
    profiles = [profile for _, profile in controller.policies(wlan.profile_name)]
    if held is None or not lands:
        yield Finding(name, "the controller does not offer it", "bring the WLAN into the controller's template")
        return
    if not held.offered or not all(profile.offered for profile in profiles):
        yield Finding(name, "it is shut, or its policy profile is", "open both: they are born shut")
    if held.ssid != wlan.ssid:
        yield Finding(name, f"its SSID is {held.ssid}, not {wlan.ssid}", "correct the controller's template")
    for vlan in sorted(lands - {wlan.network.name, str(wlan.network.vid)}):
        yield Finding(
            name,
            f"the controller puts its clients on VLAN {vlan or '(none)'}, not {wlan.network.name}",
            "correct the policy profile in the controller's template",
        )


@policy("WIF-18")
def radius_works_from_the_site_before_devices_move(school: School, subject: Subject) -> Iterator[Said]:
    classes = [wlan.profile_name for wlan in school.wlans if wlan.profile.security.endswith("-enterprise")]
    if not classes:
        raise not_applicable("no WLAN logs people in by RADIUS")
    for name in classes:
        yield checked(1)
        answer = subject.answer(f"radius-login-{name}")
        if not answer.answer:
            yield Finding(
                f"{school.slug} RADIUS {name}",
                f"a test login of this class failed on {answer.at} ({answer.by})",
                "make the login work from the site, then record it in answers.yaml",
            )


@policy("WIF-20")
def things_with_a_shared_key_are_kept_apart(school: School, subject: Subject) -> Iterator[Said]:
    keyed = [one for one in offered(school, subject) if one.wlan.logins & {"psk", "sae"}]
    things = [one for one in keyed if not strangers(school, one) and not people(school, one)]
    if not things:
        raise not_applicable("no SSID with a shared key for things")
    for one in things:
        yield checked(1)
        if not one.wlan.isolated:
            yield Finding(one.name, "things that use it reach one another", "drop what clients send to each other")
        if not one.networks:
            yield unknown(one)
        for network in one.networks:
            zone = school.standard.zones.get(network.zone or "")
            reached = zone.reaches if zone is not None else ()
            if reached:
                yield Finding(
                    one.name,
                    f"who knows its key is on {network.name}, and reaches {', '.join(reached)}",
                    "land it on a network whose zone reaches nothing",
                )


@policy("WIF-21")
def eduroam_follows_the_federation_s_rules(school: School, subject: Subject) -> Iterator[Said]:
    named = [one for one in offered(school, subject) if "eduroam" in one.wlan.ssid.lower()]
    if not named:
        raise not_applicable("no SSID of eduroam")
    for one in named:
        yield checked(1)
        if one.wlan.ssid != "eduroam":
            yield Finding(
                one.name, f"its SSID {one.wlan.ssid} uses the name eduroam", "call it eduroam, or something else"
            )
            continue
        if _other_than_enterprise(one.wlan):
            yield Finding(
                one.name,
                "eduroam is offered otherwise than by WPA2- or WPA3-Enterprise with AES",
                "offer it by 802.1X with AES only",
            )
        yield from _own_network(school, one)
    member = subject.answer("eduroam-member")
    if not member.answer:
        yield Finding(
            f"{school.slug} SSID eduroam",
            f"the school is no member of the federation, by {member.by} on {member.at}",
            "join the federation, or take the SSID down",
        )


def _other_than_enterprise(wlan: Wlan) -> bool:
    return set(wlan.logins) != {"dot1x"} or not wlan.protocols <= {"wpa2", "wpa3"} or set(wlan.ciphers) != {"aes"}


def _own_network(school: School, one: Offered) -> Iterator[Said]:
    others = {wlan.network.vid for wlan in school.wlans if wlan.profile_name != one.wlan.name}
    if not one.networks:
        yield unknown(one)
    for network in one.networks:
        if network.vid in others:
            yield Finding(one.name, f"eduroam shares {network.name} with another SSID", "give eduroam its own VLAN")
        if not _filtered(school, network):
            yield Finding(
                one.name, f"{network.name} names no filtering policy", "set the VLAN's filter_policy in NetBox"
            )


def _filtered(school: School, network: Network) -> bool:
    zone = school.standard.zones.get(network.zone or "")
    return zone is not None and zone.internet == "filtered" and bool(network.filter_policy)
