"""Intent to text: the complete configuration of one device, secrets still references.

Rendered once, from frozen values, by templates that decide nothing. The same school and templates always give the
same bytes, so a text is looked up instead of made where nothing it depends on has moved (``key``).
"""

import hashlib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from matric.errors import BadInput, Problem
from matric.intent.school import Device, Network, Peer, School
from matric.render.view import View, view
from matric.sandbox import confined
from matric.secret import references

__all__ = ("Rendered", "Renderer", "data_problems", "key", "tidied")

LONGEST_TIME_S = 5.0
LONGEST_BANNER = 2000
"""Characters; IOS takes no more in one banner."""
JINJA = re.compile(r"\{\{|\{%|\{#")


@dataclass(frozen=True, slots=True)
class Rendered:
    """One device's configuration."""

    device_key: str
    text: str
    template: str
    """Name under templates/: ``ios/access.j2``."""
    secrets: tuple[str, ...]
    """References in the text, sorted."""


class Renderer:
    """The template set, compiled once. ``trusted=False`` for templates from a change nobody has reviewed yet.

    Those run in Jinja's sandbox, each in a process of its own; with ``apart=False`` in this one, which is faster and
    for a job that holds no secret. Nothing compiled is kept then: the folder is a checkout that goes away.
    """

    def __init__(
        self,
        templates: Path,
        *,
        trusted: bool = True,
        apart: bool = True,
        cache: Path | None = None,
        seconds: float = LONGEST_TIME_S,
    ) -> None:
        from matric.render.template import Templates, digest  # noqa: PLC0415 - jinja2 costs 70 ms

        self.digest = digest(templates)
        self._text: Callable[[str, str, dict[str, Any]], str]
        if trusted or not apart:
            self._text = Templates(templates, trusted=trusted, cache=cache, seconds=seconds, keep=apart).text
        else:
            self._text = lambda name, thing, context: confined(templates, name, thing, context, seconds)
        self._kept: dict[bytes, Rendered] = {}
        self._parts: dict[int, tuple[School, bytes]] = {}

    def render(self, school: School, device: Device) -> Rendered:
        """The configuration of *device*; looked up where it was made before from the same input."""
        name = key(school, device, self.digest, self._parts)
        found = self._kept.get(name)
        if found is None:
            found = self._kept[name] = self._made(school, device)
        return found

    def school(self, school: School) -> tuple[Rendered, ...]:
        """Every device matric writes; BadInput holds the problems of all of them."""
        done: list[Rendered] = []
        problems: list[Problem] = []
        for device in school.configured:
            try:
                done.append(self.render(school, device))
            except BadInput as error:
                problems.extend(problem for problem in error.problems if problem not in problems)
        if problems:
            raise BadInput(problems)
        return tuple(done)

    def _made(self, school: School, device: Device) -> Rendered:
        thing = f"{device.name} (#{device.id})"
        if device.platform is None:
            rule = "has no platform, so it has no configuration"
            raise BadInput((Problem("TPL-PATH", thing, rule, "set its platform in NetBox", "platform", ""),))
        name = f"{device.platform}/{device.role}.j2"
        seen = view(school, device)
        problems = tuple(_banner_problems(school, seen))
        if problems:
            raise BadInput(problems)
        raw = self._text(name, thing, _context(seen))
        text = tidied(raw, f"{name} for {thing}")
        return Rendered(device.key, text, name, references(text))

    def way_in(self, school: School, device: Device, way: object) -> str:
        """What is typed on *device* before its cut-over (``survey.way_in``), secrets still references."""
        name, thing = f"{device.platform}/way-in.j2", f"{device.name} (#{device.id})"
        raw = self._text(name, thing, {**_context(view(school, device)), "way": way})
        return tidied(raw, f"{name} for {thing}")


VIEW_FIELDS = tuple(field.name for field in fields(View))


def _context(seen: View) -> dict[str, Any]:
    """The view's own fields are the template's names: ``{{ hostname }}``."""
    return {name: getattr(seen, name) for name in VIEW_FIELDS}


def tidied(raw: str, thing: str) -> str:
    """Line ends and trailing blanks made one way; what a device cannot take refuses."""
    text = "\n".join(line.rstrip() for line in raw.replace("\r\n", "\n").replace("\t", " ").split("\n"))
    text = text.strip("\n") + "\n"
    if not text.strip():
        rule = "empty config for an active device"
        raise BadInput((Problem("TPL-OUTPUT", thing, rule, "check the role mapping"),))
    if not text.isascii() or not text.replace("\n", "").isprintable():
        rule = "a character beyond printable ASCII in the template"
        raise BadInput((Problem("TPL-OUTPUT", thing, rule, "write the template in ASCII"),))
    return text


def _banner_problems(school: School, seen: View) -> Iterator[Problem]:
    whole = "\n".join(seen.banner)

    def problem(at: int, rule: str) -> Problem:
        return Problem("BANNER-TEXT", f"{school.name} banner (char {at + 1})", rule, "remove it")

    for mark in ("^C", "\x03"):
        if mark in whole:
            yield problem(whole.index(mark), f"holds the delimiter '{mark}'")
    at = 0
    for line in seen.banner:
        if line.strip() == "EOF":
            yield problem(at, "holds the delimiter 'EOF' on a line of its own")
        if not line.isascii() or not line.isprintable():
            yield problem(at, "holds a character beyond printable ASCII")
        at += len(line) + 1
    if len(whole) > LONGEST_BANNER:
        yield problem(LONGEST_BANNER, f"is longer than {LONGEST_BANNER} characters")


def data_problems(school: School) -> tuple[Problem, ...]:
    """Template syntax in text that people typed: kept as text, and worth a look (warnings)."""
    rule, remedy = "template syntax in data, kept as text", "retype if not meant"
    return tuple(
        Problem("TPL-IN-DATA", f"{thing} (#{number})", rule, remedy, field, text, warning=True)
        for thing, number, field, text in _texts(school)
        if JINJA.search(text)
    )


def _texts(school: School) -> Iterator[tuple[str, int, str, str]]:
    yield school.slug, school.id, "name", school.name
    for network in school.networks:
        yield f"{school.slug} vlan {network.vid}", network.id, "name", network.name
    for wlan in school.wlans:
        yield f"{school.slug} wlan {wlan.profile_name}", wlan.id, "ssid", wlan.ssid
    for device in school.devices:
        yield device.key, device.id, "name", device.name
        yield device.key, device.id, "location", device.location
        for port in device.ports:
            yield f"{device.key}/{port.name}", port.id, "description", port.description
        for lag in device.lags:
            yield f"{device.key}/{lag.name}", lag.id, "description", lag.description


# ---- what a text depends on ----


def key(
    school: School, device: Device, template_digest: str, known: dict[int, tuple[School, bytes]] | None = None
) -> bytes:
    """Names the text of *device*: the same key, the same bytes. *known* remembers the part all devices share."""
    part = known.get(id(school)) if known is not None else None
    shared = part[1] if part is not None else _shared(school)
    if known is not None and part is None:
        known[id(school)] = (school, shared)  # the school is held, so its id cannot be taken by another
    whole = hashlib.blake2b(shared, digest_size=20)
    whole.update(template_digest.encode())
    whole.update(_own(device).encode())
    return whole.digest()


def _shared(school: School) -> bytes:
    """Standard, networks, SSIDs, access points and what lies at the far end of routed ports."""
    others = [(ap.name, ap.location, ap.status) for ap in school.devices if ap.role in ("access-point", "router")]
    routed = [
        (device.name, port.name, str(port.address))
        for device in school.devices
        for port in device.ports
        if port.address is not None
    ]
    text = repr((school.id, school.name, school.slug, school.networks, school.wlans, school.legacy, others, routed))
    return hashlib.blake2b((text + school.standard.model_dump_json()).encode(), digest_size=20).digest()


def _vid(network: Network | None) -> int:
    return network.vid if network is not None else 0


def _vids(networks: tuple[Network, ...]) -> list[int]:
    return [network.vid for network in networks]


def _end(peer: Peer | None) -> str:
    return f"{peer.device!r}{peer.port!r}" if peer is not None else ""


def _own(device: Device) -> str:
    """Every field of the device a template can see; networks by what the device may know otherwise than the school."""
    ports = [
        f"{port.name!r}{port.type}{port.enabled}{port.profile_name!r}{port.description!r}{_vid(port.access)}"
        f"|{_vid(port.voice)}|{_vid(port.native)}|{_vids(port.allowed) if port.allowed else 0}{port.lag}"
        f"{_end(port.peer)}{port.address}"
        for port in device.ports
    ]
    lags = [
        f"{lag.name!r}{lag.number}{lag.profile_name!r}{lag.description!r}{_vid(lag.native)}{_vids(lag.allowed)}"
        f"{lag.members}{_end(lag.peer)}"
        for lag in device.lags
    ]
    svis = [f"{svi.name!r}{svi.address}{svi.network.role!r}{svi.network.name!r}" for svi in device.svis]
    vlans = [f"{network.vid}{network.name!r}{network.dhcp_relay}{network.arp_inspected}" for network in device.vlans]
    rest = (
        f"{device.id}{device.key!r}{device.role!r}{device.platform}{device.status}{device.location!r}"
        f"{device.management_gateway}|{device.poe_budget_w}"
    )
    return "\n".join((*ports, *lags, *svis, *vlans, rest))
