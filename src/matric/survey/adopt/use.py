"""What each VLAN of a school is for, and so what each of its ports is for in the standard's words."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from ipaddress import ip_interface

from matric.intent.standard import Standard
from matric.survey.adopt.kit import Kit
from matric.survey.meaning import meaning
from matric.survey.model import Port

__all__ = ("Meaning", "Use", "meanings", "port_use", "profile_of")

LEAST = "pupil"
"""Where nothing says what a port is for: the standard's managed zone that reaches least, behind 802.1X."""
_PORT_WORDS: Mapping[str, str] = {
    "access-point": r"\b(ap|aps|wap|wifi|wi-fi|access.?point)[-_ ]?\d*\b",
    "camera": r"\b(cctv|cam|camera|nvr)[-_ ]?\d*\b",
    "printer": r"\b(printer|print|mfd|mfp|copier|photocopier)\b",
    "till": r"\b(till|epos|cashless|kiosk)\b",
    "building": r"\b(bms|boiler|heating|door|access.?control|paxton|alarm|solar|lift.?control|bell)\b",
    "phone": r"\b(phone|voip|dect|handset|lift.?phone)\b",
    "server": r"\b(server|srv|nas|esxi?|hyper-?v|host|backup)\b",
}
"""Port profile -> what people write into a description for it."""
_SPECIFIC = frozenset({"camera", "printer", "till", "building", "voice", "server", "wireless"})
"""Roles that say of a port what is plugged in; the others say only who sits there."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a VLAN id stands for at the school."""

    vid: int
    name: str
    role: str | None
    """Network role of the standard; None where nothing says."""
    why: str


@dataclass(frozen=True, slots=True)
class Use:
    """What a port is for."""

    profile: str
    why: str
    sure: bool = True
    """False where two signs disagree or there is none: somebody has to look."""


def meanings(kits: Iterable[Kit], standard: Standard) -> dict[int, Meaning]:
    """Every VLAN id that any of *kits* names, with what it is for."""
    kits = tuple(kits)
    names: dict[int, str] = {}
    for kit in kits:
        for vlan in kit.seen.vlans or ():
            names[vlan.vid] = names.get(vlan.vid) or vlan.name
        for port in kit.seen.ports or ():
            for vid in (port.access, port.voice, port.native, *(port.tagged or ())):
                if vid is not None:
                    names.setdefault(vid, "")
        for address in kit.seen.addresses or ():
            if address.vid is not None:
                names.setdefault(address.vid, "")
    return {vid: _meaning(vid, names[vid], kits, standard) for vid in sorted(names)}


def _meaning(  # noqa: PLR0911 - one line for each sign, the surest first
    vid: int, name: str, kits: tuple[Kit, ...], standard: Standard
) -> Meaning:
    low = name.casefold()
    if re.search(r"\b(native|unused|black.?hole)\b", low.replace("-", " ").replace("_", " ")):
        return Meaning(vid, name, standard.native, f"it is called {name}")
    if re.search(r"\bpark", low):
        return Meaning(vid, name, standard.parking, f"it is called {name}")
    said = meaning(name)
    if said in standard.networks:
        return Meaning(vid, name, said, f"it is called {name}")
    exact = next((role for role, network in standard.networks.items() if network.name.casefold() == low), None)
    if exact is not None:
        return Meaning(vid, name, exact, f"it is called {name}")
    if any(port.voice == vid for kit in kits for port in kit.seen.ports or ()):
        return Meaning(vid, name, "voice", "telephones are told to use it")
    wlan = next((one for kit in kits for one in kit.seen.wlans or () if one.vid == vid and meaning(one.ssid)), None)
    if wlan is not None and vid != 1:  # on VLAN 1 everything lands that nobody decided about
        return Meaning(vid, name, meaning(wlan.ssid), f"the SSID {wlan.ssid} lands on it")
    if vid != 1 and _manages(vid, kits):
        return Meaning(vid, name, standard.management.network, "the switches have their own addresses in it")
    if vid != 1 and (not name or re.fullmatch(r"vlan[-_ ]?0*\d+", low)):
        role = next((role for role, network in standard.networks.items() if network.vid == vid), None)
        if role is not None:
            return Meaning(vid, name, role, f"the standard's VLAN {vid}, and no name says otherwise")
    return Meaning(vid, name, None, "nothing says what it is for")


def _manages(vid: int, kits: tuple[Kit, ...]) -> bool:
    """More than one device has its management address in it."""
    found = 0
    for kit in kits:
        found += any(
            one.vid == vid and kit.seen.management and one.address.split("/")[0] == kit.seen.management
            for one in kit.seen.addresses or ()
        )
    return found > 1


def profile_of(role: str | None, standard: Standard, *, voice: bool = False) -> str | None:
    """The access profile whose network is *role*; None where the standard has none."""
    found = [
        (bool(profile.voice) != voice, name)
        for name, profile in standard.profiles.items()
        if profile.mode == "access" and profile.network == role
    ]
    return min(found)[1] if found else None


def port_use(  # noqa: PLR0911 - one line for each sign, the surest first
    port: Port | None, known: Mapping[int, Meaning], standard: Standard, *, busy: bool | None, told: str = ""
) -> Use:
    """What an access port is for. *busy*: hosts were seen behind it; *told*: the kind of endpoint seen there."""
    if port is None:
        return Use("unused", "nothing is known of it", sure=False)
    if port.enabled is False:
        return Use("unused", "it is shut")
    vid = port.access if port.mode != "trunk" else port.native
    role = known[vid].role if vid is not None and vid in known else None
    idle = not busy and (port.up is False or (port.up is None and busy is False))  # not seen is not idle
    if idle and not port.description and vid in (None, 1):
        return Use("unused", "nothing is plugged in, and it is set to nothing")
    by_role = profile_of(role, standard, voice=port.voice is not None)
    if told in standard.profiles:
        clash = "" if by_role in (None, told) else f", and VLAN {vid} is for {role}"
        return Use(told, f"a {told.replace('-', ' ')} is seen there{clash}", sure=not clash)
    if role in _SPECIFIC and by_role is not None:
        return Use(by_role, f"VLAN {vid} is for {role}")
    for name, words in _PORT_WORDS.items():
        if name in standard.profiles and re.search(words, port.description, re.IGNORECASE):
            return Use(name, f"its description says {port.description!r}", sure=by_role is None)
    if by_role is not None:
        return Use(by_role, f"VLAN {vid} is for {role}")
    if idle:
        return Use("unused", "nothing is plugged in")
    why = f"VLAN {vid} says nothing the standard has a port for" if vid is not None else "no VLAN of it was seen"
    return Use(LEAST if LEAST in standard.profiles else "unused", why, sure=False)


def addresses_of(kits: Iterable[Kit]) -> dict[int, str]:
    """VLAN id -> prefix that the school has in it, by the addresses of its own devices."""
    found: dict[int, str] = {}
    for kit in kits:
        for one in kit.seen.addresses or ():
            if one.vid is not None and "/" in one.address and ":" not in one.address:
                found.setdefault(one.vid, str(ip_interface(one.address).network))
    return found
