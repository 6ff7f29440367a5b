"""Configurations of the kind Cisco began: IOS, IOS-XE (Catalyst 9800 included) and EOS.

Sources: Cisco IOS 12.2 to IOS-XE 17 command references; Arista EOS user manual.
"""

# ruff: noqa: ARG001, FBT003 - every action of a rule takes the same three values

import re
from typing import Any

from matric.platform import eos_rules, ios_rules
from matric.survey.configuration.draft import AddressDraft, Draft, PortDraft, WlanDraft, ipv4, length, mac, vid, vids
from matric.survey.configuration.grammar import Grammar, Rule, Scope
from matric.survey.configuration.silent import table
from matric.survey.model import Lease
from matric.survey.show.words import port as long_name
from matric.survey.unread import guarded

__all__ = ("EOS_GRAMMAR", "IOS_GRAMMAR")

Match = re.Match[str]
LONGEST_RANGE = 100
"""Ports in one range: one that somebody mistyped must not fill the memory."""


# ---- the top ----


def _hostname(draft: Draft, _: Any, found: Match) -> None:
    draft.name = guarded(found[1].strip('"'))


def _version(draft: Draft, _: Any, found: Match) -> None:
    draft.os_version = found[1]


def _eos_head(draft: Draft, _: Any, found: Match) -> None:
    draft.model, draft.os_version = found[1], found[2]


def _gateway(draft: Draft, _: Any, found: Match) -> None:
    draft.gateway = draft.gateway or ipv4(found[1])


def _vlan(draft: Draft, _: Any, found: Match) -> Scope:
    numbers = vids(found[1])
    draft.vlan(numbers)
    return Scope("vlan", numbers)


def _vlan_name(draft: Draft, target: Any, found: Match) -> None:
    draft.vlan(target, found[1].strip('"'))


def _interface(draft: Draft, _: Any, found: Match) -> Scope:
    name = long_name(draft.platform, found[1])
    if svi := re.fullmatch(r"(?i)vlan(\d+)", name):
        return Scope("svi", draft.address(f"Vlan{svi[1]}", vid(svi[1])))
    if name.lower().startswith(("loopback", "tunnel", "bdi", "bvi", "null", "management", "mgmt", "wlan-")):
        return Scope("svi", draft.address(name))
    unit = re.fullmatch(r"(.+)\.(\d+)", name)
    if unit is not None:
        return Scope("svi", draft.address(name))
    return Scope("port", (draft.port(name),))


def _range(draft: Draft, _: Any, found: Match) -> Scope:
    return Scope("port", tuple(draft.port(long_name(draft.platform, one)) for one in _names(found[1])))


def _names(text: str) -> list[str]:
    """``GigabitEthernet1/0/1 - 4 , Gi1/0/9`` as names; ValueError where it is no range."""
    names: list[str] = []
    for part in text.split(","):
        ends = re.fullmatch(r"([A-Za-z-]+ ?(?:\d+/)*)(\d+)(?:\s*-\s*(?:\S*[/A-Za-z])?(\d+))?", part.strip())
        if ends is None or int(ends[3] or ends[2]) - int(ends[2]) > LONGEST_RANGE:
            raise ValueError("no range of ports")
        names += [f"{ends[1].replace(' ', '')}{number}" for number in range(int(ends[2]), int(ends[3] or ends[2]) + 1)]
    return names


# ---- ports ----


def _set(field: str, value: Any) -> Any:
    """An action that sets *field* of each port."""

    def act(draft: Draft, target: tuple[PortDraft, ...], found: Match) -> None:
        for one in target:
            setattr(one, field, value)

    return act


def _number(field: str) -> Any:
    def act(draft: Draft, target: tuple[PortDraft, ...], found: Match) -> None:
        for one in target:
            setattr(one, field, vid(found[1]))

    return act


def _description(draft: Draft, target: tuple[PortDraft, ...], found: Match) -> None:
    for one in target:
        one.description = guarded(found[1].strip('"'))


def _mode(draft: Draft, target: tuple[PortDraft, ...], found: Match) -> None:
    for one in target:
        one.dynamic = found[1].startswith("dynamic")
        one.phone = found[1] == "trunk phone"
        one.mode = "access" if one.phone or one.dynamic else found[1]


def _allowed(draft: Draft, target: tuple[PortDraft, ...], found: Match) -> None:
    verb, _, rest = found[1].partition(" ")
    for one in target:
        match verb:
            case "add":
                one.allowed = (one.allowed or frozenset()) | vids(rest)
            case "remove":
                one.allowed = (vids("all") if one.allowed is None else one.allowed) - vids(rest)
            case "except":
                one.allowed = vids("all") - vids(rest)
            case "all":
                one.allowed = None
            case _:
                one.allowed = vids(found[1])


def _lag(draft: Draft, target: tuple[PortDraft, ...], found: Match) -> None:
    word = "Port-Channel" if draft.platform == "eos" else "Port-channel"
    for one in target:
        one.lag = f"{word}{found[1]}"
        draft.port(one.lag)


def _speed(draft: Draft, target: tuple[PortDraft, ...], found: Match) -> None:
    for one in target:
        one.speed = int(found[1]) * (1000 if found[2] else 1)


def _routed_address(draft: Draft, target: tuple[PortDraft, ...], found: Match) -> None:
    for one in target:
        _take(draft.address(one.name), found)


def _relay(draft: Draft, target: tuple[PortDraft, ...], found: Match) -> None:
    for one in target:
        draft.address(one.name).relays[ipv4(found[1])] = None


# ---- SVIs and other interfaces with an address ----


def _address(draft: Draft, target: AddressDraft, found: Match) -> None:
    _take(target, found)


def _take(target: AddressDraft, found: Match) -> None:
    text = found[1]
    target.addresses.append(ipv4(text if "/" in text else f"{text.split()[0]}/{length(text.split()[1])}"))


def _shared(draft: Draft, target: AddressDraft, found: Match) -> None:
    """An address of several devices together: what hosts have as their gateway. Most are written without a length."""
    target.addresses.append(ipv4(found[1]))


def _svi_relay(draft: Draft, target: AddressDraft, found: Match) -> None:
    target.relays[ipv4(found[1])] = None


def _encapsulation(draft: Draft, target: AddressDraft, found: Match) -> None:
    target.vid = vid(found[1])


# ---- hosts with a fixed lease ----


def _pool(draft: Draft, _: Any, found: Match) -> Scope:
    return Scope("pool", {})


def _host(draft: Draft, target: dict[str, str], found: Match) -> None:
    target["ip"] = ipv4(found[1])
    _lease(draft, target)


def _client(draft: Draft, target: dict[str, str], found: Match) -> None:
    digits = re.sub(r"[.:-]", "", found[1])
    # A client id begins with the kind of hardware: 01 is Ethernet (RFC 2132, 9.14).
    target["mac"] = mac(digits[2:] if len(digits) == 14 else digits)  # noqa: PLR2004 - seven bytes
    _lease(draft, target)


def _lease(draft: Draft, target: dict[str, str]) -> None:
    if "ip" in target and "mac" in target:
        draft.leases.append(Lease(ip=target["ip"], mac=target["mac"], reserved=True))


# ---- the wireless controller ----


def _wlan(draft: Draft, _: Any, found: Match) -> Scope:
    one = draft.wlans.setdefault(
        found[1], WlanDraft(guarded(found[2].strip('"')), enabled=False, security="enterprise")
    )
    return Scope("wlan", one)


def _wlan_security(draft: Draft, target: WlanDraft, found: Match) -> None:
    kind = {"psk": "wpa2-psk", "sae": "wpa3-sae", "dot1x": "enterprise"}.get(found[1].split("-")[-1], "enterprise")
    target.security = "wpa3-sae" if kind == "wpa3-sae" else "wpa2-psk" if kind == "wpa2-psk" else "enterprise"


def _wlan_open(draft: Draft, target: WlanDraft, found: Match) -> None:
    target.security = "open"


def _wlan_up(draft: Draft, target: WlanDraft, found: Match) -> None:
    target.enabled = True


def _policy(draft: Draft, _: Any, found: Match) -> Scope:
    return Scope("wireless policy", found[1])


def _policy_vlan(draft: Draft, target: str, found: Match) -> None:
    draft.policies[target] = found[1].strip('"')


def _tag(draft: Draft, _: Any, found: Match) -> Scope:
    return Scope("wireless tag", None)


def _tag_wlan(draft: Draft, _: Any, found: Match) -> None:
    draft.spare.setdefault("tags", {})[found[1]] = found[2]


def _nothing(draft: Draft, _: Any, found: Match) -> None:
    """The line says what is so without it."""


# ---- all together ----


def _finish(draft: Draft) -> None:
    for one in draft.ports.values():
        one.mode = one.mode or "access"
        one.enabled = one.enabled is not False
        one.dot1x = bool(one.dot1x)
        if one.mode == "access":
            one.access = (one.native if one.phone else one.access) or 1
        one.native = one.native or 1
    for name, policy in draft.spare.get("tags", {}).items():
        if name in draft.wlans:
            draft.wlans[name].profile = policy


_PORT: tuple[Rule, ...] = (
    (r"description (.+)", _description),
    (r"shutdown", _set("enabled", False)),
    (r"no shutdown", _set("enabled", True)),
    (r"switchport mode (access|trunk phone|trunk|dynamic \S+)", _mode),
    (r"switchport access vlan (\d+)", _number("access")),
    (r"switchport (?:voice|phone) vlan (\d+)", _number("voice")),
    (r"switchport trunk native vlan (\d+)", _number("native")),
    (r"switchport trunk allowed vlan (.+)", _allowed),
    (r"switchport", _nothing),
    (r"no switchport", _set("mode", "routed")),
    (r"channel-group (\d+)(?: mode \S+)?", _lag),
    (r"speed (?:forced )?(\d+)(g?)(?:full|half)?", _speed),
    (r"ip address (\d\S+/\d+|\d\S+ \d\S+)(?: secondary)?", _routed_address),
    (r"ip helper-address (?:vrf \S+ |global )?(\d\S+)(?: .*)?", _relay),
    (r"(?:authentication|dot1x|access-session) port-control (auto|force-authorized)", lambda draft, target, found: (
        _set("dot1x", found[1] == "auto")(draft, target, found))),
    (r"mab(?: eap)?", _set("dot1x", True)),
    (r"dot1x pae authenticator", _nothing),
    (r"power inline never", _set("poe", False)),
    (r"power inline (?:auto|static)(?: max \d+)?", _set("poe", True)),
    (r"poe disabled", _set("poe", False)),
)  # fmt: skip
_SVI: tuple[Rule, ...] = (
    (r"(?:standby|vrrp) \d+ (?:ip|ipv4|address) (\d\S+)(?: .*)?", _shared),
    (r"ip virtual-router address (\d\S+)", _shared),
    (r"ip address virtual (\d\S+/\d+)(?: secondary)?", _shared),
    (r"ip address (\d\S+/\d+|\d\S+ \d\S+)(?: secondary)?", _address),
    (r"ip helper-address (?:vrf \S+ |global )?(\d\S+)(?: .*)?", _svi_relay),
    (r"encapsulation dot1[qQ](?: vlan)? (\d+)(?: native)?", _encapsulation),
)
_TOP: tuple[Rule, ...] = (
    (r"hostname (\S+)", _hostname),
    (r"interface range (.+)", _range),
    (r"interface (\S+)", _interface),
    (r"vlan (\d[\d,\- ]*)", _vlan),
    (r"ip default-gateway (\d\S+)", _gateway),
    (r"ip route 0\.0\.0\.0(?:/0| 0\.0\.0\.0) (?:\D\S* )?(\d\S+)(?: .*)?", _gateway),
)
_VLAN: tuple[Rule, ...] = ((r"name (.+)", _vlan_name),)

IOS_GRAMMAR = Grammar(
    vendor="Cisco",
    rules={
        "": (
            *_TOP,
            (r"version (\S+)", _version),
            (r"ip dhcp pool (\S.*)", _pool),
            (r"wlan (\S+) \d+ (\S.*)", _wlan),
            (r"wireless profile policy (\S+)", _policy),
            (r"wireless tag policy (\S+)", _tag),
        ),
        "port": _PORT,
        "svi": _SVI,
        "vlan": _VLAN,
        "pool": (
            (r"host (\d\S+)(?: \S+)?", _host),
            (r"(?:client-identifier|hardware-address) (\S+)(?: .*)?", _client),
        ),
        "wlan": (
            (r"security wpa akm ((?:ft-)?(?:psk|sae|dot1x))(?: .*)?", _wlan_security),
            (r"security wpa akm ft (psk|sae|dot1x)", _wlan_security),
            (r"no security wpa(?: wpa2)?", _wlan_open),
            (r"no shutdown", _wlan_up),
        ),
        "wireless policy": ((r"vlan (.+)", _policy_vlan),),
        "wireless tag": ((r"wlan (\S+) policy (\S+)", _tag_wlan),),
    },
    silent=table("ios"),
    finish=_finish,
    heredocs=(
        *ios_rules.RULES.heredocs,
        # Older releases and people choose the delimiter.
        r"^banner (?:motd|login|exec|incoming|prompt-timeout|slip-ppp) (?P<end>\^?\S)",
    ),
    secret=ios_rules.RULES.secret,
)
EOS_GRAMMAR = Grammar(
    vendor="Arista",
    rules={
        "": (
            *_TOP,
            (r"! device: \S+ \(([^,]+), EOS-([^)]+)\)", _eos_head),
        ),
        "port": _PORT,
        "svi": _SVI,
        "vlan": _VLAN,
    },
    silent=table("eos"),
    finish=_finish,
    heredocs=eos_rules.RULES.heredocs,
    secret=eos_rules.RULES.secret,
)
