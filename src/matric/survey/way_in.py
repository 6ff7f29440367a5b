"""The way in to a joining school's switches: what is typed on each before the cut-over, by hand, adding only.

matric logs in with the trust's account at the new management address, and changes nothing it cannot come back to. So
that account, the management network along the cables towards the core, and the core's link to the trust's router have
to stand before a plan is carried out, with the old addresses still answering. What each switch lacks for that is worked
out here, from the survey and from the school as the standard wants it; how a platform writes it stands in its
``way-in.j2``. Nothing here proves that it was typed: rule MAT-01 does, from the plan.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Interface
from typing import TYPE_CHECKING

from matric.errors import BadInput, Problem
from matric.survey.adopt.facts import Facts, network_of
from matric.survey.transition.gateway import gateway, place

if TYPE_CHECKING:
    from pathlib import Path

    from matric.intent.school import Device, School
    from matric.render import Renderer
    from matric.render.view import View
    from matric.site import Site
    from matric.survey.adopt.kit import Kit
    from matric.survey.model import Port

__all__ = ("Link", "Preparation", "Sheet", "TakenOver", "Trunk", "sheets", "ways", "write")


@dataclass(frozen=True, slots=True)
class Trunk:
    """A port or LAG towards another switch, which the management network is added to."""

    port: str
    turned: bool = False
    """It is an access port today, and becomes a trunk that keeps its VLAN untagged."""
    native: int = 1
    carried: str = ""
    """All VLANs a turned port is to carry: ``1,99``."""


@dataclass(frozen=True, slots=True)
class Link:
    """The core's port to the trust's router."""

    name: str
    description: str
    address: IPv4Interface
    vid: int = 0
    """On platforms that route between VLANs only: the VLAN it is written as."""


@dataclass(frozen=True, slots=True)
class TakenOver:
    """The address of a router that is unplugged, which hosts go on using: the core answers for it from then on."""

    interface: str
    vid: int
    address: IPv4Interface


@dataclass(frozen=True, slots=True)
class Preparation:
    """What ``way`` is in a ``way-in.j2``; the rest of it is the device's view."""

    vlan_name: str
    address: IPv4Interface
    trunks: tuple[Trunk, ...]
    routes: bool
    """Its default route is a route, and no ``default-gateway``."""
    old_next_hop: str
    """Of the default route that goes; empty where there is none, or the new line replaces it."""
    link: Link | None = None
    takes_over: TakenOver | None = None


@dataclass(frozen=True, slots=True)
class Sheet:
    """What is typed on one switch."""

    device: str
    """Its name in NetBox."""
    seen: str
    """Its name today."""
    platform: str
    old: str
    """The address it answers at today; empty where none was seen."""
    new: str
    """The address matric will log in at."""
    lines: tuple[str, ...]
    """Secrets are references still: type the password in place of ``<secret:...>``."""
    notes: tuple[str, ...]
    """What is done, or known, beside the lines."""


def sheets(site: "Site", slug: str) -> tuple[tuple[Sheet, ...], tuple[str, ...]]:
    """(sheets, the core first and then outwards; what gets none, and why) of the joining school *slug*.

    UsageError where the school was not surveyed; BadInput lists what is in the way: a VLAN number or name that means
    something else on a switch, a range that overlaps, a port towards the core that nobody saw.
    """
    from matric import survey  # noqa: PLC0415 - loaded on use
    from matric.intent import build  # noqa: PLC0415 - ditto
    from matric.render import Renderer  # noqa: PLC0415 - ditto
    from matric.survey import adopt  # noqa: PLC0415 - ditto
    from matric.survey.adopt.facts import facts  # noqa: PLC0415 - ditto
    from matric.survey.wanted import rows  # noqa: PLC0415 - ditto

    taken = survey.load(site.inventory, slug)
    records, standard = rows(site, slug)
    known = facts(taken, standard, records, adopt.load(survey.folder(site.inventory, slug), slug))
    return ways(known, build.school(records, standard, slug), Renderer(site.templates))


def ways(known: Facts, school: "School", renderer: "Renderer") -> tuple[tuple[Sheet, ...], tuple[str, ...]]:
    """The same of what is *known*, and of the *school* as it is to be."""
    made = _Ways(known, school, renderer)
    found = tuple(made.sheets())
    if made.problems:
        raise BadInput(made.problems)
    return found, tuple(made.without)


def write(folder: "Path", found: tuple[Sheet, ...]) -> "tuple[Path, ...]":
    """A text per switch, and ``order.md``, which says what comes first and what is done beside the lines."""
    folder.mkdir(parents=True, exist_ok=True)
    order = [
        "# The way in",
        "",
        "Type each sheet at its switch, in this order; then log in to its new address, and save.",
        "",
    ]
    paths: list[Path] = []
    for number, one in enumerate(found, 1):
        order.append(f"{number}. **{one.device}** ({one.seen}), today {one.old or 'unknown'}, then {one.new}")
        order += [f"    - {note}" for note in one.notes]
        paths.append(folder / f"{one.device}.txt")
        paths[-1].write_text("\n".join(one.lines) + "\n", encoding="utf-8", newline="\n")
    paths.append(folder / "order.md")
    paths[-1].write_text("\n".join(order) + "\n", encoding="utf-8", newline="\n")
    return tuple(paths)


class _Ways:
    def __init__(self, known: Facts, school: "School", renderer: "Renderer") -> None:
        self.facts, self.school, self.renderer = known, school, renderer
        network = school.standard.networks[school.standard.management.network]
        self.vid, self.name = network.vid, network.name
        self.problems: list[Problem] = []
        self.without: list[str] = []

    def sheets(self) -> Iterator[Sheet]:
        """Outwards: a switch whose default route is the core's new address needs the core to have it."""
        for kit in sorted(self.facts.kits, key=lambda kit: (self._far(kit.name), kit.name)):
            device = self.school.by_name.get(kit.name)
            if kit.replaced_by is not None:
                self.without.append(f"{kit.name}: another device takes its place; prepare that one on the bench")
            elif kit.platform is None:
                self.without.append(f"{kit.name}: matric writes no {kit.seen.platform or 'unknown platform'}")
            elif device is None or device.management is None:
                self.without.append(f"{kit.name}: NetBox has no management address for it; adopt it first")
            else:
                yield self._sheet(kit, device, device.management)

    def _far(self, name: str) -> int:
        steps, parent = 0, self.facts.wires.parent
        if self.facts.core is not None and name != self.facts.core.name and name not in parent:
            return len(parent) + 1  # nobody knows how it is reached: last
        while name in parent and steps <= len(parent):
            name, steps = parent[name], steps + 1
        return steps

    def _sheet(self, kit: "Kit", device: "Device", address: IPv4Interface) -> Sheet:
        from matric.render.view import view  # noqa: PLC0415 - loaded on use

        seen = view(self.school, device)
        self._in_the_way(kit, address)
        over = self._taken_over(kit)
        link = self._link(seen)
        routes = seen.routes or bool(re.search(r"^ip routing$", kit.seen.configuration, re.MULTILINE))
        old = kit.seen.gateway if kit.seen.gateway not in ("", str(seen.next_hop)) else ""
        way = Preparation(
            vlan_name=self.name, address=address, trunks=tuple(self._trunks(kit)), routes=routes,
            old_next_hop=old, link=link, takes_over=over,
        )  # fmt: skip
        text = self.renderer.way_in(self.school, device, way)
        return Sheet(
            device=kit.name, seen=kit.seen.name, platform=kit.platform or "", old=kit.seen.management,
            new=str(address.ip), lines=tuple(text.splitlines()), notes=tuple(self._notes(kit, way)),
        )  # fmt: skip

    def _in_the_way(self, kit: "Kit", address: IPv4Interface) -> None:
        def problem(rule: str, remedy: str) -> None:
            self.problems.append(Problem("WAY-IN", f"{self.school.slug}/{kit.name}", rule, remedy))

        names = {vlan.vid: vlan.name for vlan in kit.seen.vlans or ()}
        for one in kit.seen.addresses or ():
            held = network_of(one.address)
            if held is not None and held.overlaps(address.network) and one.vid != self.vid:
                problem(f"{one.interface} has {one.address}, which overlaps {address.network}",
                        "give the school another block (matric allocate)")  # fmt: skip
            if one.vid == self.vid and held is not None and held != address.network:
                problem(f"VLAN {self.vid} has {one.address} today, and is to be {self.name}",
                        f"renumber the old VLAN {self.vid} by hand first")  # fmt: skip
        if self.vid in names and names[self.vid].casefold() != self.name.casefold():
            ports = [port.name for port in kit.seen.ports or () if self.vid in (port.access, port.voice, port.native)]
            if ports:
                problem(f"VLAN {self.vid} is {names[self.vid] or 'in use'} today, on {', '.join(ports[:3])}",
                        f"move those ports to another VLAN by hand first: {self.vid} is to be {self.name}")  # fmt: skip
        for vid, name in names.items():
            if vid != self.vid and name.casefold() == self.name.casefold():
                problem(f"VLAN {vid} is called {name} today; two of one name are refused",
                        f"give VLAN {vid} another name by hand first")  # fmt: skip

    def _trunks(self, kit: "Kit") -> Iterator[Trunk]:
        """The ports towards other surveyed switches that do not carry the management network yet."""
        done: set[str] = set()
        for own in sorted(port for name, port in self.facts.cabled if name == kit.name):
            whole = kit.seen_ports.get(own)
            if whole is not None and whole.lag:  # a LAG that has no row of its own carries what its members do
                whole = kit.seen.port(whole.lag) or whole.model_copy(update={"name": whole.lag})
            if whole is None or whole.mode not in ("access", "trunk", "member"):
                rule = f"{own} leads to another switch, and what it carries was not seen"
                remedy = f"look at it, and have it carry VLAN {self.vid} tagged"
                self.problems.append(Problem("WAY-IN", f"{self.school.slug}/{kit.name}", rule, remedy))
            elif whole.name not in done and (kit.platform == "aoss" or not self._carries(whole)):
                done.add(whole.name)
                yield self._trunk(whole)

    def _carries(self, port: "Port") -> bool:
        return port.mode == "trunk" and (port.tagged is None or self.vid in port.tagged)

    def _trunk(self, port: "Port") -> Trunk:
        if port.mode != "access":
            return Trunk(port.name, native=port.native or 1)
        vids = sorted({port.access or 1, self.vid, *((port.voice,) if port.voice else ())})
        return Trunk(port.name, turned=True, native=port.access or 1, carried=",".join(str(vid) for vid in vids))

    def _link(self, seen: "View") -> Link | None:
        found = next((link for link in seen.links if link.is_routed and link.address is not None), None)
        if found is None or found.address is None:
            return None
        vids = [vlan.vid for vlan in seen.vlan_members if vlan.svi is not None and vlan.svi.address == found.address]
        return Link(found.name, found.description, found.address, vids[0] if vids else 0)

    def _taken_over(self, kit: "Kit") -> TakenOver | None:
        """Where the old router's port becomes the link to the trust's, the hosts behind it lose their gateway."""
        if kit is not self.facts.core:
            return None
        for one in kit.seen.addresses or ():
            held = network_of(one.address)
            found = gateway(self.facts, one.vid or 0, str(held or ""))
            if found.address is None or found.core:
                continue
            at = place(self.facts, str(found.address.ip), ())
            router = self.facts.wires.router
            if at == ("", "") and router is not None and str(found.address.ip) == kit.seen.gateway:
                at = (kit.name, router[0])  # no table holds it: where the core goes out is its router
            if at == (kit.name, self.facts.router_port):
                return TakenOver(one.interface, one.vid or 0, found.address)
        return None

    def _notes(self, kit: "Kit", way: Preparation) -> Iterator[str]:
        yield from self._not_seen(kit, way)
        if way.link is not None:
            yield f"plug {way.link.name} into the trust's router"
        if way.takes_over is not None and way.link is not None:
            yield (
                f"unplug the school's old router from {way.link.name}: the core answers for its address "
                f"{way.takes_over.address.ip} from here on, in place of its own. Type this at the console"
            )
            yield (
                "what the old router did ends with it (broadband, address translation, perhaps DHCP): have the trust's "
                f"router lead {way.takes_over.address.network} to {way.link.address.ip}"
            )
        for trunk in way.trunks:
            if trunk.turned:
                yield f"{trunk.port} turns into a trunk: do its other end in the same minute"
        if re.search(r"^ *access-class", kit.seen.configuration, re.MULTILINE):
            yield "its lines have an access class: see that it lets the trust's operators in"
        if re.search(r"^\s*(aaa authentication login|aaa authentication ssh)", kit.seen.configuration, re.MULTILINE):
            yield "its log-in asks AAA servers: see that the local account is tried too"

    def _not_seen(self, kit: "Kit", way: Preparation) -> Iterator[str]:
        """What nobody looked at, and has to be looked at before these lines are typed."""
        if kit.seen.vlans is None:
            yield f"its VLANs were not seen: look first that {self.vid} and {self.name} are free"
        if kit.seen.addresses is None:
            yield f"its addresses were not seen: look first that none overlaps {way.address.network}"
        if not kit.seen.gateway:
            yield "its default route was not seen: take the old one out by hand"
        if kit is self.facts.core:
            if way.link is None:
                yield "no port is known to lead to the trust's router: without one nothing here is reached"
        elif not any(name == kit.name for name, _ in self.facts.cabled):
            yield f"nobody saw which port leads to the core: have that one carry VLAN {self.vid} tagged, at both ends"
