"""Radio: lawful in Great Britain, away from the weather radars, not crowded, and looking for strangers."""

from collections import Counter
from collections.abc import Iterator

from matric import Device, Finding, Said, School, Subject, cannot_evaluate, checked
from matric.policy import policy
from matric.switch import Wireless, wlan
from matric.switch.reading import intended

from ._wlan import access_points, controllers

OUTDOOR = frozenset(range(100, 141, 4))
"""5 GHz channels that may be used outdoors in Great Britain (5470-5725 MHz)."""
WEATHER_RADAR = frozenset({120, 124, 128})
"""5600-5650 MHz: a radar heard there silences the channel for half an hour, and long listening comes before."""
MOST_SSIDS = 5
"""Each SSID costs every radio air time, whether anybody uses it or not."""
BANDS = {"24ghz": "2.4 GHz", "5ghz": "5 GHz", "6ghz": "6 GHz"}


@policy("WIF-09")
def every_access_point_has_the_gb_regulatory_domain(school: School, subject: Subject) -> Iterator[Said]:
    yield checked(access_points(school))
    for device in controllers(school, subject):
        countries = intended(subject, device).wireless.countries
        if set(countries) != {"GB"}:
            yield Finding(
                device.key,
                f"its access points get the regulatory domain {', '.join(countries) or '(none)'}",
                "set the country GB, and no other, on the controller",
            )


@policy("WIF-10")
def channels_are_lawful_where_the_access_point_is(school: School, subject: Subject) -> Iterator[Said]:
    points = access_points(school)
    said = [intended(subject, device).wireless for device in controllers(school, subject)]
    for point in points:
        match point.custom.get("ap_location"):
            case "indoor":
                yield checked(1)
            case "outdoor":
                yield checked(1)
                yield from _outdoors(point, said)
            case _:
                yield cannot_evaluate(f"{point.key}: ap_location in NetBox (indoor or outdoor)")


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


@policy("WIF-11")
def no_access_point_uses_the_channels_of_weather_radars(school: School, subject: Subject) -> Iterator[Said]:
    points = access_points(school)
    for device in controllers(school, subject):
        said = intended(subject, device).wireless
        tags = {said.rf_tags[point.name] for point in points if said.rf_tags.get(point.name)}
        if len(tags) == 0:
            yield cannot_evaluate(f"{device.key}: which RF tags its access points have")
        # Without a tag of its own an access point takes the controller's default, which no line shows.
        for point in points if tags else ():
            if not said.rf_tags.get(point.name):
                yield cannot_evaluate(f"{point.key}: which RF tag {device.name} gives it")
        for tag in sorted(tags):
            profile = said.rf_profiles.get(tag, {}).get("5ghz", "")
            channels = said.channels.get(profile)
            if channels is None:
                yield cannot_evaluate(f"{device.key} RF tag {tag}: the channels of its 5 GHz profile")
                continue
            yield checked(1)
            if channels & WEATHER_RADAR:
                yield Finding(
                    f"{device.key} RF profile {profile}",
                    f"access points may choose channels {_shown(channels & WEATHER_RADAR)}, where weather radars are",
                    "take channels 120, 124 and 128 out of the profile",
                )


@policy("WIF-12")
def no_radio_carries_more_than_five_ssids(school: School, subject: Subject) -> Iterator[Said]:
    access_points(school)
    for device in controllers(school, subject):
        controller = wlan.intended(subject, device)
        for tag, held in controller.tags.items():
            yield checked(1)
            carried = [controller.wlans[name] for name in held if name in controller.wlans]
            counts = Counter(band for one in carried if one.offered for band in BANDS if one.on(band))
            crowded = [f"{counts[band]} on {BANDS[band]}" for band in BANDS if counts[band] > MOST_SSIDS]
            if crowded:
                yield Finding(
                    f"{device.key} policy tag {tag}",
                    f"its access points offer too many SSIDs: {', '.join(crowded)}",
                    f"offer at most {MOST_SSIDS} on each band: merge SSIDs, or name the bands of each WLAN",
                )


@policy("WIF-16")
def every_access_point_looks_for_rogues(school: School, subject: Subject) -> Iterator[Said]:
    points = access_points(school)
    for device in controllers(school, subject):
        controller = wlan.intended(subject, device)
        tagged = [controller.point(point.name) for point in points]
        tags = [point.site if point is not None else wlan.DEFAULT_SITE_TAG for point in tagged]
        profiles = {controller.ap_profiles.get(tag, wlan.DEFAULT_AP_PROFILE) for tag in tags}
        yield checked(profiles)
        for name in sorted(profiles & controller.unwatched):
            yield Finding(
                f"{device.key} AP profile {name}",
                "access points that join with it look for no rogues",
                "switch rogue detection on in the profile, where it is by default",
            )
