"""What readers of several platforms do alike."""

# ruff: noqa: ARG001 - every action of a rule takes the same three values

import re
from typing import Any

from matric.survey.configuration.draft import AddressDraft, Draft, PortDraft, ipv4, length, vid
from matric.survey.configuration.grammar import Action
from matric.survey.unread import guarded

__all__ = ("address", "describe", "gateway", "hostname", "membership", "number", "put", "relay", "silence", "vlan_name")

Match = re.Match[str]
Ports = tuple[PortDraft, ...]


def hostname(draft: Draft, _: Any, found: Match) -> None:
    draft.name = guarded(found[1].strip('";'))


def gateway(draft: Draft, _: Any, found: Match) -> None:
    draft.gateway = draft.gateway or ipv4(found[1])


def silence(draft: Draft, _: Any, found: Match) -> None:
    """The line says what is so without it."""


def put(field: str, value: Any) -> Action:
    """Each port has *value* as its *field*."""

    def act(draft: Draft, target: Ports, found: Match) -> None:
        for one in target:
            setattr(one, field, value)

    return act


def number(field: str) -> Action:
    """Each port has the VLAN that is named as its *field*."""

    def act(draft: Draft, target: Ports, found: Match) -> None:
        for one in target:
            setattr(one, field, vid(found[1]))

    return act


def describe(draft: Draft, target: Ports, found: Match) -> None:
    for one in target:
        one.description = guarded(found[1].strip('"'))


def vlan_name(draft: Draft, target: frozenset[int], found: Match) -> None:
    draft.vlan(target, found[1].strip('"'))


def address(draft: Draft, target: AddressDraft, found: Match) -> None:
    """``10.1.1.1/24`` or ``10.1.1.1 255.255.255.0``, as group 1."""
    text = found[1]
    target.addresses.append(ipv4(text if "/" in text else f"{text.split()[0]}/{length(text.split()[1])}"))


def relay(draft: Draft, target: AddressDraft, found: Match) -> None:
    target.relays[ipv4(found[1])] = None


def membership(draft: Draft) -> None:
    """Modes and VLANs of ports where membership belongs to VLANs.

    A port that is untagged in one VLAN, and tagged in no other but one for telephones, is an access port; any other
    that carries something tagged is a trunk.
    """
    for name in dict.fromkeys((*draft.untagged, *draft.tagged)):
        one = draft.port(name)
        tagged = draft.tagged.get(name, set[int]())
        bare = draft.untagged.get(name)
        if bare is not None and len(tagged) <= 1 and tagged <= draft.voice:
            one.mode, one.access, one.voice = "access", bare, next(iter(tagged), one.voice)
        else:
            one.mode, one.native, one.allowed = "trunk", bare, frozenset(tagged)
    for one in draft.ports.values():
        one.enabled = one.enabled is not False
