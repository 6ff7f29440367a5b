"""What the rules see of a school, as one JSON document: for policy engines and scripts that are not Python.

Everything is vendor-neutral; nobody has to read a vendor's configuration. The shape is ``facts.schema.json`` beside
this file. A field is only ever added under one ``format_version``; taking one away or giving it another meaning makes
the next. No secret is in it: configurations hold references, and every text is redacted once more.
"""

from collections.abc import Mapping
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from typing import Any, cast

from matric.intent.school import Device, Lag, Network, Port, School
from matric.policy.subject import CannotEvaluate, Subject
from matric.report.facts_configuration import configuration
from matric.secret import guarded

__all__ = ("FORMAT_VERSION", "SCHEMA", "of_subject", "schema_text")

FORMAT_VERSION = 1

SCHEMA = "facts.schema.json"
"""Name of the JSON Schema, in this package and beside what is written."""


@cache
def schema_text() -> str:
    """The JSON Schema (draft 2020-12) that every document keeps."""
    return files("matric.report").joinpath(SCHEMA).read_text(encoding="utf-8")


def of_subject(subject: Subject) -> dict[str, Any]:
    """The facts of the subject's school."""
    school = subject.school
    facts = {
        "format_version": FORMAT_VERSION,
        "matric": version("matric"),
        "school": _school(school),
        "zones": {
            name: {"description": one.description, "users": one.users, "managed": one.managed,
                   "internet": one.internet, "reaches": list(one.reaches)}
            for name, one in school.standard.zones.items()
        },
        "networks": [_network(one) for one in school.networks],
        "wlans": [
            {"name": one.profile_name, "ssid": one.ssid, "vid": one.network.vid, "network": one.network.role,
             "security": one.profile.security, "hidden": one.profile.hidden,
             "isolate_clients": one.profile.isolate_clients}
            for one in school.wlans
        ],
        "devices": [_device(subject, one) for one in school.devices],
    }  # fmt: skip
    return cast("dict[str, Any]", _clean(facts))


def _school(school: School) -> dict[str, Any]:
    return {
        "id": school.id,
        "name": school.name,
        "slug": school.slug,
        "block": str(school.block),
        "legacy": [str(one) for one in school.legacy],
        "foreign": [{"school": slug, "prefix": str(prefix)} for slug, prefix in school.foreign],
        "entry": school.entry,
        "time_zone": school.time_zone,
        "custom": dict(school.custom),
    }


def _network(one: Network) -> dict[str, Any]:
    return {
        "id": one.id,
        "vid": one.vid,
        "name": one.name,
        "role": one.role,
        "zone": one.zone,
        "prefix": _text(one.prefix),
        "gateway": _text(one.gateway),
        "dhcp_relay": one.dhcp_relay,
        "filter_policy": one.filter_policy,
    }


def _device(subject: Subject, device: Device) -> dict[str, Any]:
    told: dict[str, Any] = {
        "key": device.key,
        "id": device.id,
        "name": device.name,
        "role": device.role,
        "platform": device.platform,
        "model": device.model,
        "serial": device.serial,
        "status": device.status,
        "location": device.location,
        "management": _text(device.management),
        "management_gateway": _text(device.management_gateway),
        "configured": device.configured,
        "custom": dict(device.custom),
        "model_custom": dict(device.model_custom),
        "vlans": [one.vid for one in device.vlans],
        "ports": [_port(one) for one in device.ports],
        "lags": [_lag(one) for one in device.lags],
        "svis": [{"name": one.name, "vid": one.network.vid, "address": str(one.address)} for one in device.svis],
        "configuration": None,
        "unread": "matric does not configure it",
    }
    if device.configured:
        try:
            told |= {"configuration": configuration(subject, device), "unread": ""}
        except CannotEvaluate as gap:
            told["unread"] = str(gap)
    return told


def _port(port: Port) -> dict[str, Any]:
    peer = port.peer
    return {
        "id": port.id,
        "name": port.name,
        "type": port.type,
        "enabled": port.enabled,
        "profile": port.profile_name,
        "description": port.description,
        "access": _vid(port.access),
        "voice": _vid(port.voice),
        "native": _vid(port.native),
        "allowed": [one.vid for one in port.allowed],
        "lag": port.lag,
        "address": _text(port.address),
        "peer": {"device": peer.device, "role": peer.device_role, "port": peer.port} if peer is not None else None,
    }


def _lag(lag: Lag) -> dict[str, Any]:
    return {
        "id": lag.id,
        "name": lag.name,
        "number": lag.number,
        "profile": lag.profile_name,
        "description": lag.description,
        "members": list(lag.members),
        "native": _vid(lag.native),
        "allowed": [one.vid for one in lag.allowed],
    }


def _vid(network: Network | None) -> int | None:
    return network.vid if network is not None else None


def _text(value: object) -> str | None:
    return str(value) if value is not None else None


def _clean(value: object) -> object:
    """*value* with every text in it redacted, names of fields from outside included."""
    if isinstance(value, str):
        return guarded(value)
    if isinstance(value, Mapping):
        return {guarded(name): _clean(one) for name, one in cast("Mapping[str, object]", value).items()}
    if isinstance(value, list):
        return [_clean(one) for one in cast("list[object]", value)]
    return value
