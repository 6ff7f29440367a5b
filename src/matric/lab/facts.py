"""What a device's running configuration says, in the words of the estate: VLANs, ports, SVIs, routes, accounts."""

import hashlib
import re
from dataclasses import dataclass
from ipaddress import IPv4Interface, IPv4Network
from typing import TYPE_CHECKING

from matric.config import natural
from matric.lab import aoss_view, junos_view
from matric.lab.tree import Section

if TYPE_CHECKING:
    from matric.lab.device import Device

__all__ = (
    "PortState",
    "gateway",
    "interfaces",
    "listed",
    "mac",
    "ports",
    "routes",
    "seen",
    "shut",
    "svis",
    "unanswered",
    "users",
    "vlans",
)

LAST_VID = 4094


def mac(of: str) -> str:
    """A locally administered MAC address, always the same for one name."""
    digest = hashlib.sha256(of.encode()).hexdigest()
    return ":".join(("02", *(digest[at : at + 2] for at in range(0, 10, 2))))


def listed(text: str) -> frozenset[int]:
    """The VLAN ids of ``10,20,30-32``; all for ``all``, none for ``none``."""
    if text == "all":
        return frozenset(range(1, LAST_VID + 1))
    found: set[int] = set()
    for part in text.split(","):
        if match := re.fullmatch(r"\s*(\d+)(?:-(\d+))?\s*", part):
            found.update(range(int(match[1]), int(match[2] or match[1]) + 1))
    return frozenset(found)


def seen(device: "Device") -> Section:
    """What runs on *device*, in the words reachability is computed in."""
    if device.spec.platform == "aoss":
        return aoss_view.seen(device.running, device.spec.ports)
    return junos_view.seen(device.running) if device.spec.platform == "junos" else device.running


def interfaces(tree: Section) -> dict[str, Section]:
    """Name in lower case -> what is configured on it."""
    return {
        entry.text.removeprefix("interface ").replace(" ", "").lower(): entry.below
        for entry in tree.find("interface")
        if entry.below is not None
    }


def shut(section: Section) -> bool:
    return any(entry.text == "shutdown" for entry in section.entries.values())


def vlans(tree: Section) -> dict[int, str]:
    """VLAN id -> name; VLAN 1 always exists."""
    found = {1: "default"}
    for entry in tree.find("vlan"):
        if entry.below is None or entry.below.mode != "vlan":
            continue
        for vid in listed(entry.text.removeprefix("vlan ")):
            found[vid] = entry.below.value("name") or f"VLAN{vid:04}"
    return found


def svis(tree: Section) -> dict[str, IPv4Interface]:
    """Interface -> its address, where it has one and is not shut."""
    found: dict[str, IPv4Interface] = {}
    for entry in tree.find("interface"):
        section = entry.below
        given = section.value("ip address") if section is not None else None
        if section is None or not given or shut(section):
            continue
        words = given.split()
        text = words[0] if "/" in words[0] else "/".join(words[:2])
        try:
            found[entry.text.removeprefix("interface ").replace(" ", "")] = IPv4Interface(text)
        except ValueError:
            continue
    return found


def _statics(tree: Section) -> list[tuple[IPv4Network, str]]:
    found: list[tuple[IPv4Network, str]] = []
    for entry in tree.find("ip route"):
        words = entry.text.split()[2:]
        try:
            if "/" in words[0]:
                found.append((IPv4Network(words[0]), words[1]))
            else:
                found.append((IPv4Network(f"{words[0]}/{words[1]}"), words[2]))
        except (ValueError, IndexError):
            continue
    return found


def gateway(tree: Section) -> str | None:
    """Where everything without a better route goes."""
    for network, hop in _statics(tree):
        if network.prefixlen == 0:
            return hop
    return tree.value("ip default-gateway")


def routes(device: "Device") -> tuple[tuple[str, str, str], ...]:
    """(prefix, next hop or empty, interface)."""
    connected = {(str(address.network), "", name) for name, address in svis(seen(device)).items()}
    found: set[tuple[str, str, str]] = set(connected)
    addresses = svis(seen(device))
    for network, hop in _statics(seen(device)):
        port = next((name for name, address in addresses.items() if _inside(hop, address)), "")
        found.add((str(network), hop, port))
    return tuple(sorted(found, key=lambda row: natural(row[0])))


def _inside(hop: str, address: IPv4Interface) -> bool:
    try:
        return IPv4Interface(hop).ip in address.network
    except ValueError:
        return False


def unanswered(platform: str, tree: Section) -> str:
    """Why the device has no service matric could log in to; empty if it has."""
    if platform == "eos":
        api = next((entry.below for entry in tree.find("management api http-commands")), None)
        texts = {entry.text for entry in api.entries.values()} if api is not None else set[str]()
        if "no shutdown" not in texts:
            return "eAPI is shut down"
        return "eAPI has no HTTPS" if "no protocol https" in texts else ""
    if platform == "aoscx":
        return "" if tree.find("ssh server vrf default") else "SSH is not on in the default VRF"
    if platform in _UNANSWERED:
        return _UNANSWERED[platform](tree)
    for entry in tree.find("line vty"):
        given = entry.below.value("transport input") if entry.below is not None else None
        if given is None or {"ssh", "all"} & set(given.split()):
            return ""
    return "no vty line takes SSH"


_UNANSWERED = {"aoss": aoss_view.unanswered, "junos": junos_view.unanswered}
"""Platforms whose configuration is not of IOS's kind."""


def users(device: "Device") -> tuple[str, ...]:
    """Local account names."""
    return tuple(dict.fromkeys(entry.text.split()[1] for entry in seen(device).find("username")))


@dataclass(frozen=True, slots=True)
class PortState:
    """A port as show commands list it."""

    name: str
    description: str
    shut: bool
    up: bool


def ports(device: "Device") -> tuple[PortState, ...]:
    """Every port the device has or configures."""
    configured = {
        entry.text.removeprefix("interface ").replace(" ", ""): entry.below for entry in seen(device).find("interface")
    }
    linked = device.lab.seen(device).links
    found: list[PortState] = []
    for name in sorted({*configured, *device.spec.ports}, key=natural):
        section = configured.get(name) or Section("interface")
        down = shut(section)
        up = not down and (name.lower() in linked or name.lower().startswith(("vlan", "port-channel")))
        found.append(PortState(name, section.value("description") or "", down, up))
    return tuple(found)
