"""What one port will give or ask that it does not today: power, a login, another speed, another purpose."""

import re
from collections.abc import Iterator, Mapping

from matric.intent.school import Network, Port
from matric.survey.endpoint import kind
from matric.survey.endpoint.model import Change, Endpoint, Word
from matric.survey.model import Device
from matric.survey.model import Port as OldPort

__all__ = ("a", "an", "guard", "hidden", "login", "power", "profile", "speed", "unread")

SPEEDS: Mapping[str, int] = {
    "100base-tx": 100,
    "1000base-t": 1000,
    "2.5gbase-t": 2500,
    "5gbase-t": 5000,
    "10gbase-t": 10000,
}
"""Highest speed in Mbit/s of NetBox's copper port types."""
TEN = 10
"""Mbit/s: what ports of 2.5 Gbit/s and more no longer speak (IEEE 802.3bz names 100 Mbit/s as the lowest)."""


_INSPECTS = re.compile(
    r"arp inspection(?! (trust|validate|limit))|arp-protect vlan|arp-inspection|arp detection", re.IGNORECASE
)
"""How IOS, EOS and AOS-CX, AOS-S, Junos and ICX, and Comware write that ARP is inspected."""


def unread(one: Endpoint) -> bool:
    """True where a switch stands between, and nobody has seen its table of addresses."""
    return one.place.how == "behind" and one.place.blind


def hidden(one: Endpoint) -> Change:
    return Change(
        what="place", old="not known", new="not known", weight="at-risk",
        reason=f"nobody can say which port: it is behind {one.place.behind}",
        do="survey that switch, or say in endpoints.yaml where it will hang (to)",
    )  # fmt: skip


def power(one: Endpoint, old: OldPort, port: Port) -> Iterator[Change]:
    off = port.profile.poe == "off"
    if one.watts and off:
        yield Change(
            what="power", old="on", new="off", weight="lost",
            reason=f"it takes {one.watts:g} W from the port, which will give none",
            do="give the port a profile with power in NetBox, or give it a supply of its own",
        )  # fmt: skip
    elif one.watts is None and off and old.poe is not False and kind.kinds()[one.kind].needs_power:
        yield Change(
            what="power", old="not seen", new="off", weight="at-risk",
            reason="it may take its power from the port, which will give none",
            do="see whether it has a supply of its own",
        )  # fmt: skip
    elif old.poe is False and not off:
        yield Change(what="power", old="off", new=port.profile.poe, weight="stays", reason="the port will offer power")


def login(one: Endpoint, old: OldPort, port: Port) -> Iterator[Change]:
    asks = port.profile
    if not (asks.dot1x or asks.mab) or old.dot1x:
        return
    can = kind.kinds()[one.kind].login
    known = one.kind != "unknown"
    was = "not seen" if old.dot1x is None else "no"
    weight: Word
    if asks.dot1x and can:
        weight, do = "changes", "see that it has the trust's certificate or account before the cut-over"
    elif asks.mab:
        weight, do = "at-risk", f"enter {one.mac or 'its address'} for logins by address on the RADIUS servers"
    else:
        weight, do = ("lost" if known else "at-risk"), "give the port a profile without 802.1X in NetBox"
    how = " or ".join(filter(None, ("802.1X" if asks.dot1x else "", "its address" if asks.mab else "")))
    reason = f"the port will ask it to log in by {how}"
    if asks.dot1x and not can:
        reason += f", and {a(one)} {'usually cannot by 802.1X' if known else 'may not be able to'}"
    yield Change(what="login", old=was, new=how, weight=weight, reason=reason, do=do)


def guard(one: Endpoint, old: Device | None, network: Network | None) -> Iterator[Change]:
    """ARP inspection believes leases alone: where it is new, a host with an address set by hand is cut off."""
    # Where clients get their addresses by relay, templates turn ARP inspection on, but in no old network beside.
    if network is None or not network.arp_inspected or one.addressing in {"dhcp", "reserved"}:
        return
    before = old.configuration if old is not None else ""
    if _INSPECTS.search(before) or not (before or one.addressing):
        return
    by_hand = one.addressing == "static"
    if_so = "its address is set by hand, and" if by_hand else "should its address be set by hand,"
    yield Change(
        what="guard", old="none", new="ARP inspection", weight="at-risk" if by_hand else "changes",
        reason=f"{if_so} ARP inspection drops what it says until a binding is there",
        do="give it a lease, or have a static binding added for it",
    )  # fmt: skip


def speed(old: OldPort, port: Port) -> Iterator[Change]:
    today = old.speed_mbps
    if not today:
        return
    most = SPEEDS.get(port.type)
    if most is not None and today > most:
        yield Change(
            what="speed", old=f"{today} Mbit/s", new=f"{most} Mbit/s", weight="changes",
            reason=f"its link slows from {today} to {most} Mbit/s",
        )  # fmt: skip
    slow = today <= TEN and (most or 0) > SPEEDS["1000base-t"]
    glass = today <= SPEEDS["100base-tx"] and ("sfp" in port.type or port.type.endswith("x-qsfp"))
    if slow or glass:
        yield Change(
            what="speed", old=f"{today} Mbit/s", new=port.type, weight="at-risk",
            reason=f"its link runs at {today} Mbit/s, which a {port.type} port may not speak",
            do="plug it into a port of 1 Gbit/s on copper",
        )  # fmt: skip


def profile(one: Endpoint, network: str, port: Port) -> Iterator[Change]:
    """Advice: where it stands is not where its kind belongs. That is no change of what it has."""
    belongs = kind.kinds()[one.kind].networks
    firm = one.confidence in {"confirmed", "sure", "likely"}
    if firm and belongs and network and network not in belongs and port.profile.mode == "access":
        yield Change(
            what="profile", old=network, new=belongs[0], weight="stays",
            reason=f"{a(one)} belongs in {' or '.join(belongs)}, and the port is for {port.profile_name}",
            do=f"look at the port's profile in NetBox: {belongs[0]}?",
        )  # fmt: skip


def a(one: Endpoint) -> str:
    return "it" if one.kind == "unknown" else an(kind.label(one.kind))


def an(words: str) -> str:
    return f"{'an' if words[:1].lower() in 'aeiou' else 'a'} {words}"
