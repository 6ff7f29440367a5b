"""The edge of a school that is on the standard: read over pinned logins of matric's own, by show commands only.

Unlike a walk this asks devices that are enrolled, so that no password is shown to whoever happens to answer.
"""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from matric import fleet
from matric.errors import UsageError
from matric.platform.edge import Answer
from matric.survey import merge, show
from matric.survey.model import Device, Source, Survey, Unseen
from matric.switch.link import SWITCHES
from matric.walk.taken import told

if TYPE_CHECKING:
    from matric.fleet import Nornir
    from matric.site import Site

__all__ = ("edge",)

VLANS = "show vlans"
_ROW = re.compile(r"^[ \t]*(?P<name>\S+)(?=[ \t]+(?:[0-9a-f]{2}:){5}[0-9a-f]{2}\b)", re.MULTILINE)


def edge(trust: "Site", nornir: "Nornir", school: str, taken_at: str) -> Survey:
    """What hangs on the switches of *school* (slug) now, *taken_at* (ISO 8601, UTC).

    A switch that does not answer is ``unseen``; what one does not say stays None. UsageError where the trust's
    content has no task for it.
    """
    if "edge" not in trust.tasks:
        raise UsageError("tasks/edge.py is not there, and nothing else reads a port. Do: take it from 'matric init'")
    keys = [key for key, host in nornir.inventory.hosts.items() if host.data["role"] in SWITCHES]
    found = fleet.ask(fleet.only(nornir, *keys), trust.tasks["edge"])
    devices: list[Device] = []
    sources: list[Source] = []
    for key, answers in sorted(found.told.items()):
        host = nornir.inventory.hosts[key]
        platform = host.platform or ""
        parts = [_part(platform, host.data["name"], one) for one in _numbered(platform, answers) if not one.fault]
        device, read = merge.device(host.data["name"], parts)
        devices.append(
            device.model_copy(
                update={"platform": platform, "serial": host.data["serial"], "management": host.hostname or ""}
            )
        )
        sources.extend(read)
        sources.extend(_source(platform, host.data["name"], one) for one in answers if one.fault)
    unseen = tuple(
        Unseen(what="device", name=key.partition("/")[2], why=str(error) or type(error).__name__)
        for key, error in sorted(found.silent.items())
    )
    made = Survey(
        school=school, taken_at=taken_at, how="live", devices=tuple(devices), sources=tuple(sources), unseen=unseen
    )
    return merge.sorted_survey(made)


def _numbered(platform: str, answers: tuple[Answer, ...]) -> Iterable[Answer]:
    """*answers* with VLANs by number, where a table names them (Junos): ``Pupils`` becomes ``v20``."""
    if platform != "junos":
        return answers
    vlans = next((show.read(platform, one.command, one.text).vlans for one in answers if one.command == VLANS), None)
    numbers = {vlan.name: vlan.vid for vlan in vlans or ()}

    def number(found: re.Match[str]) -> str:
        vid = numbers.get(found["name"])
        return found[0] if vid is None else found[0].replace(found["name"], f"v{vid}", 1)

    return [replace(one, text=_ROW.sub(number, one.text)) for one in answers]


def _part(platform: str, name: str, one: Answer) -> merge.Part:
    read = told(platform, one.command, one.text)
    source = _source(platform, name, one)
    return merge.Part(source=source.model_copy(update={"lines": read.lines, "understood": read.understood}), told=read)


def _source(platform: str, name: str, one: Answer) -> Source:
    return Source(
        name=f"live {name}",
        kind="show",
        platform=platform,
        command=one.command,
        device=name,
        digest=hashlib.sha256(one.text.encode()).hexdigest() if not one.fault else "",
        fault=one.fault,
    )
