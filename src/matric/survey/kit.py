"""What a neighbour is, by what is told of it: a switch or router, an access point, or something at the edge.

A survey from files and one over the network ask here, so that both list the same as not seen.
"""

import re
from typing import TYPE_CHECKING, Literal

from matric.survey.model import Neighbour

if TYPE_CHECKING:
    from matric.survey.endpoint.kind import Source

__all__ = ("Sort", "network_maker", "platform_in", "sort_of")

Sort = Literal["switch", "wireless", "edge", ""]
"""Empty: nothing says what it is."""

_SIGNS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (slug, re.compile(sign))
    for slug, sign in (
        ("ios", r"\bCisco IOS\b"),
        ("eos", r"(?m)^\s*Arista\b"),
        ("junos", r"(?im)^junos:|\bJUNOS\b|\bJuniper Networks\b"),
        ("aoscx", r"\bArubaOS-CX\b|\bAOS-CX\b"),
        ("comware", r"\bComware\b"),
        ("icx", r"\bBrocade\b|\bFoundry\b|\bICX\d{4}|\bIronWare\b|\bCopyright .*\bRuckus\b"),
        ("aoss", r"\bImage stamp\b|\bArubaOS-Switch\b|\bProCurve\b"),
    )
)
_FORWARDS = frozenset({"bridge", "router", "switch", "repeater"})
_ENDS = frozenset({"telephone", "phone", "station", "station-only", "docsis-cable-device"})
_GENERAL = re.compile(
    r"\b(?:linux|windows|debian|ubuntu|red ?hat|centos|rocky|almalinux|fedora|suse|free-?bsd|openbsd|darwin|mac ?os"
    r"|vmware|esxi?|proxmox|hyper-v|truenas|idrac|ilo ?\d)\b",
    re.IGNORECASE,
)
"""Systems of computers. Their bridges lead to virtual machines, and nobody's switch is behind them."""
_KIT = re.compile(
    r"\b(?:switch|usw|us-\d+|edge(?:switch|router|os)|unifi|cumulus|sonic|openwrt|vyos|routeros|router|firewall|gateway"
    r"|pfsense|opnsense|smoothwall|sophos|watchguard)\b",
    re.IGNORECASE,
)
"""Network equipment that names the system of computers it is built on."""
_ENOUGH = 40
"""Points of its signs (``endpoint/kinds.yaml``) from which a thing that names no capability is taken for one of a kind:
a maker of little else."""
_MAKERS = re.compile(
    r"(?:cisco systems|arista networks|juniper networks|brocade|foundry|(?:new |hangzhou )?h3c)\b", re.IGNORECASE
)
"""Makers whose addresses stand for network equipment. Not HP, Aruba or Ruckus: of theirs are printers, servers and
access points too."""


def platform_in(text: str) -> str:
    """Slug of the platform that *text* (a system description, the answer to "show version") names; empty: none."""
    return next((slug for slug, sign in _SIGNS if sign.search(text)), "")


def network_maker(mac: str) -> str:
    """The maker of what has the MAC address *mac*, where it is one of network equipment; else empty."""
    from matric.survey.endpoint.maker import maker  # noqa: PLC0415 - it reads two megabytes

    name = maker(mac) if mac else ""
    return name if _MAKERS.match(name) else ""


def sort_of(near: Neighbour) -> Sort:
    """What *near* is: by its capabilities, unless its description knows better; without any by its description, name
    and maker.

    A telephone bridges to the computer behind it and says so (IEEE 802.1AB, 8.5.8), and so does a computer with
    virtual machines: neither is a switch.
    """
    told = frozenset(one.lower() for one in near.capabilities)
    if any("access-point" in one for one in told):
        return "wireless"
    if told & _ENDS:
        return "edge"
    if platform_in(near.platform):
        return "switch"
    general = _GENERAL.search(near.platform) and not _KIT.search(near.platform)
    if kind := "computer" if general else _kind(near, by_name=not told):
        return "wireless" if kind == "access-point" else "edge"
    if told:
        return "switch" if told & _FORWARDS else "edge"
    return "switch" if platform_in(near.name) else ""


def _kind(near: Neighbour, *, by_name: bool) -> str:
    """The kind of endpoint that what *near* says of itself, or its name and maker, are signs of; empty: none."""
    from matric.survey.endpoint.kind import signs_of  # noqa: PLC0415 - its table is read on use
    from matric.survey.endpoint.maker import maker  # noqa: PLC0415 - it reads two megabytes

    if platform_in(near.name):
        return ""
    seen: dict[Source, str] = {"system": near.platform}
    if by_name:
        seen |= {"name": near.name, "maker": maker(near.mac) if near.mac else ""}
    points: dict[str, int] = {}
    for one in signs_of(seen):
        points[one.kind] = points.get(one.kind, 0) + one.points
    kind = max(points, key=lambda one: (points[one], one), default="")
    return kind if kind != "network" and points.get(kind, 0) >= _ENOUGH else ""
