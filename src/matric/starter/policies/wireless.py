"""Wireless: lawful in Great Britain, and RADIUS works before anybody depends on it."""

from collections.abc import Iterator

from matric import Device, Finding, Said, School, Subject, cannot_evaluate, checked, not_applicable
from matric.policy import policy
from matric.switch import Wireless
from matric.switch.reading import intended

OUTDOOR = frozenset(range(100, 141, 4))
"""5 GHz channels that may be used outdoors in Great Britain (5470-5725 MHz)."""


@policy("WIF-09")
def every_access_point_has_the_gb_regulatory_domain(school: School, subject: Subject) -> Iterator[Said]:
    yield checked(_access_points(school))
    for device in _controllers(school):
        countries = intended(subject, device).wireless.countries
        if set(countries) != {"GB"}:
            yield Finding(
                device.key,
                f"its access points get the regulatory domain {', '.join(countries) or '(none)'}",
                "set the country GB, and no other, on the controller",
            )


@policy("WIF-10")
def channels_are_lawful_where_the_access_point_is(school: School, subject: Subject) -> Iterator[Said]:
    points = _access_points(school)
    said = [intended(subject, device).wireless for device in _controllers(school)]
    for point in points:
        match point.custom.get("ap_location"):
            case "indoor":
                yield checked(1)
            case "outdoor":
                yield checked(1)
                yield from _outdoors(point, said)
            case _:
                yield cannot_evaluate(f"{point.key}: ap_location in NetBox (indoor or outdoor)")


def _access_points(school: School) -> list[Device]:
    points = [device for device in school.devices if device.role == "access-point" and device.status == "active"]
    if not points:
        raise not_applicable("no access point")
    return points


def _controllers(school: School) -> list[Device]:
    controllers = [device for device in school.configured if device.role == "wireless-controller"]
    if not controllers:
        raise cannot_evaluate(f"{school.slug}: no wireless controller that matric configures")
    return controllers


def _outdoors(point: Device, said: list[Wireless]) -> Iterator[Finding]:
    """An access point outdoors has an RF tag whose 5 GHz profile names outdoor channels, and no 6 GHz."""
    for wireless in said:
        tag = wireless.rf_tags.get(point.name, "")
        bands = wireless.rf_profiles.get(tag, {})
        channels = wireless.channels.get(bands.get("5ghz", ""), frozenset())
        if not channels or not channels <= OUTDOOR:
            yield Finding(
                point.key,
                f"it is outdoors and may use 5 GHz channels {_shown(channels - OUTDOOR) or 'of its own choice'}",
                "give it an RF tag whose 5 GHz profile names channels 100 to 140 only",
            )
        if "6ghz" in bands:
            yield Finding(point.key, "it is outdoors and uses 6 GHz", "take the 6 GHz profile off its RF tag")


def _shown(channels: frozenset[int]) -> str:
    return ", ".join(map(str, sorted(channels)))


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
