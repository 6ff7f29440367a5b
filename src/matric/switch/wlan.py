"""What a wireless controller (Catalyst 9800) says of its WLANs, their policies and the access points' profiles.

Apart from ``Switch``, which proofs build thousands of times: only rules about wireless read this.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from matric.config import Config, Line
from matric.intent.school import Device
from matric.policy.subject import CannotEvaluate, Configuration, Subject

__all__ = ("Controller", "Point", "PolicyProfile", "Wlan", "intended", "read")

DEFAULT_POLICY_TAG = "default-policy-tag"
DEFAULT_SITE_TAG = "default-site-tag"
DEFAULT_AP_PROFILE = "default-ap-profile"


@dataclass(frozen=True, slots=True)
class Wlan:
    """One WLAN. What the configuration does not say has the value the controller falls back to."""

    name: str
    ssid: str
    offered: bool
    """Not shut; a WLAN is born shut."""
    hidden: bool
    protocols: frozenset[str]
    """wep, wpa, wpa2, wpa3; none where the WLAN is open."""
    ciphers: frozenset[str]
    logins: frozenset[str]
    """dot1x, psk, sae, owe."""
    pmf: str
    """mandatory, optional or off: whether management frames are protected."""
    isolated: bool
    """What clients send one another is dropped."""
    bands: frozenset[str]
    """24ghz, 5ghz, 6ghz as named; empty where none is named, which means every band."""
    portal: bool
    """People log in on a page."""
    by_address: bool
    """RADIUS is asked about each device's address (and may give each a key of its own)."""

    def on(self, band: str) -> bool:
        """True where the WLAN may be offered on *band*."""
        return not self.bands or band in self.bands


@dataclass(frozen=True, slots=True)
class PolicyProfile:
    """What happens to the clients of a WLAN."""

    vlan: str
    """Name or id; empty where none is written."""
    offered: bool
    """Not shut; a policy profile is born shut."""
    central: bool
    """False where the access point itself puts clients on the wire."""
    session_s: int | None
    """Seconds after which clients log in again; 0 is never, None where it is not written."""


@dataclass(frozen=True, slots=True)
class Point:
    """The tags of an access point."""

    policy: str
    rf: str
    site: str


@dataclass(frozen=True, slots=True)
class Controller:
    """A whole wireless controller."""

    wlans: Mapping[str, Wlan]
    profiles: Mapping[str, PolicyProfile]
    tags: Mapping[str, Mapping[str, str]]
    """Policy tag -> WLAN -> policy profile."""
    filters: tuple[tuple[str, Point], ...]
    """(pattern of names, tags) that access points get theirs by, the first that fits before the others."""
    ap_profiles: Mapping[str, str]
    """Site tag -> profile that its access points join with."""
    flex_vlans: Mapping[str, Mapping[str, str]]
    """Site tag -> name of a VLAN -> its id, where access points switch by themselves."""
    unwatched: frozenset[str]
    """Join profiles whose access points look for no rogues."""

    def policies(self, wlan: str) -> tuple[tuple[str, PolicyProfile], ...]:
        """Each policy tag that carries *wlan*, and what it does with the clients."""
        nothing = PolicyProfile("", offered=False, central=True, session_s=None)
        return tuple((tag, self.profiles.get(held[wlan], nothing)) for tag, held in self.tags.items() if wlan in held)

    def point(self, name: str) -> Point | None:
        """The tags of the access point *name*; None where no filter fits, and it gets the controller's own."""
        return next((point for pattern, point in self.filters if re.search(pattern, name)), None)

    def lands(self, wlan: str) -> frozenset[str]:
        """The VLANs, by name or id, that clients of *wlan* land on; empty where no policy tag carries it."""
        return frozenset(vlan for tag, profile in self.policies(wlan) for vlan in self._lands(tag, profile))

    def _lands(self, tag: str, profile: PolicyProfile) -> Iterator[str]:
        sites = {point.site for _, point in self.filters if point.policy == tag}
        if profile.central or not sites:
            yield profile.vlan
            return
        # The access point knows VLANs by the names of its flex profile; a name it does not know is taken as it is.
        yield from (self.flex_vlans.get(site, {}).get(profile.vlan, profile.vlan) for site in sites)


def intended(subject: Subject, device: Device) -> Controller:
    """What the controller *device* is to hold; CannotEvaluate where it was not rendered, or cannot be read."""
    if device.platform != "ios":
        raise CannotEvaluate(f"{device.key}: no rule can read a wireless controller of the platform {device.platform}")
    return _read(subject.intended(device))


@lru_cache(maxsize=64)
def _read(configuration: Configuration) -> Controller:
    return read(configuration.tree)


def read(tree: Config) -> Controller:
    """What *tree* says."""
    sites = tree.find(r"^wireless tag site \S+$")
    flex = {_name(line): dict(_flex_vlans(line)) for line in tree.find(r"^wireless profile flex \S+$")}
    return Controller(
        wlans={one.name: one for one in map(_wlan, tree.find(r"^wlan \S+ \d+(?: |$)"))},
        profiles={_name(line): _profile(line) for line in tree.find(r"^wireless profile policy \S+$")},
        tags={_name(line): dict(_carried(line)) for line in tree.find(r"^wireless tag policy \S+$")},
        filters=tuple(_filters(tree)),
        ap_profiles={_name(line): _said(line, r"^ap-profile (\S+)$", DEFAULT_AP_PROFILE) for line in sites},
        flex_vlans={_name(line): flex.get(_said(line, r"^flex-profile (\S+)$", ""), {}) for line in sites},
        unwatched=frozenset(
            _name(line) for line in tree.find(r"^ap profile \S+$") if line.find(r"^no rogue detection(?: enable)?$")
        ),
    )


def _name(line: Line) -> str:
    return line.text.split()[-1]


def _said(line: Line, pattern: str, otherwise: str) -> str:
    """Group 1 of *pattern* in the last line below *line* that it finds."""
    found = [match[1] for child in line.children if (match := re.search(pattern, child.text))]
    return found[-1] if found else otherwise


def _on(line: Line, text: str, *, otherwise: bool) -> bool:
    """Whether *text* is said below *line*, or ``no`` to it: the last counts."""
    said = [child.text for child in line.children if child.text in (text, f"no {text}")]
    return said[-1] == text if said else otherwise


def _wlan(line: Line) -> Wlan:
    _, name, _, *ssid = line.text.split(" ", 3)
    return Wlan(
        name=name,
        ssid=ssid[0].strip('"') if ssid else name,
        offered=not _on(line, "shutdown", otherwise=True),
        hidden=not _on(line, "broadcast-ssid", otherwise=True),
        protocols=frozenset(_protocols(line)),
        ciphers=frozenset(_ciphers(line)),
        logins=frozenset(_logins(line)),
        pmf=_pmf(line),
        isolated=_said(line, r"^peer-blocking (\S+)$", "") == "drop" and not line.find(r"^no peer-blocking"),
        bands=frozenset(child.text.split()[-1] for child in line.find(r"^radio policy dot11 \S+$")),
        portal=_on(line, "security web-auth", otherwise=False),
        by_address=bool(line.find(r"^mac-filtering \S+$")),
    )


def _protocols(line: Line) -> Iterator[str]:
    if line.find(r"^security static-wep-key "):
        yield "wep"
    if not _on(line, "security wpa", otherwise=True):
        return
    for word, said, otherwise in (("wpa", "wpa1", False), ("wpa2", "wpa2", True), ("wpa3", "wpa3", False)):
        if _on(line, f"security wpa {said}", otherwise=otherwise):
            yield word


def _ciphers(line: Line) -> Iterator[str]:
    """AES stands by itself for WPA2; TKIP only where it is written, but always where WPA is."""
    if _on(line, "security wpa wpa2 ciphers aes", otherwise=True):
        yield "aes"
    if line.find(r"^security wpa wpa[12] ciphers (?:.* )?tkip(?: |$)"):
        yield "tkip"


def _logins(line: Line) -> Iterator[str]:
    if not _on(line, "security wpa", otherwise=True):
        return
    if _on(line, "security wpa akm dot1x", otherwise=True) or line.find(
        r"^security wpa akm (?:ft dot1x|suiteb|dot1x-)"
    ):
        yield "dot1x"
    for login in ("psk", "sae", "owe"):
        if line.find(rf"^security wpa akm (?:ft )?{login}(?:-sha256)?$"):
            yield login


def _pmf(line: Line) -> str:
    said = [child.text for child in line.find(r"^(?:no )?security pmf(?: |$)")]
    return said[-1].split()[-1] if said and not said[-1].startswith("no ") else "off"


def _profile(line: Line) -> PolicyProfile:
    session = _said(line, r"^session-timeout (\d+)$", "")
    return PolicyProfile(
        vlan=_said(line, r"^vlan (.+)$", ""),
        offered=not _on(line, "shutdown", otherwise=True),
        central=_on(line, "central switching", otherwise=True),
        session_s=int(session) if session else 0 if line.find(r"^no session-timeout") else None,
    )


def _carried(line: Line) -> Iterator[tuple[str, str]]:
    for child in line.find(r"^wlan \S+ policy \S+$"):
        _, name, _, profile = child.text.split()
        yield name, profile


def _filters(tree: Config) -> Iterator[tuple[str, Point]]:
    """Filters in the order of their priorities; one without does nothing."""
    written = {_name(line): line for line in tree.find(r"^ap filter name \S+$")}
    order = [line.text.split() for line in tree.find(r"^ap filter priority \d+ filter-name \S+$")]
    for words in sorted(order, key=lambda one: int(one[3])):
        line = written.get(words[-1])
        if line is not None and (pattern := _said(line, r"^ap name-regex (\S+)$", "")):
            yield pattern, _point(line)


def _point(line: Line) -> Point:
    return Point(
        policy=_said(line, r"^tag policy (\S+)$", DEFAULT_POLICY_TAG),
        rf=_said(line, r"^tag rf (\S+)$", ""),
        site=_said(line, r"^tag site (\S+)$", DEFAULT_SITE_TAG),
    )


def _flex_vlans(line: Line) -> Iterator[tuple[str, str]]:
    for child in line.find(r"^vlan-name \S+$"):
        yield _name(child), _said(child, r"^vlan-id (\d+)$", "")
