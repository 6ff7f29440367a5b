"""What is plugged in: bridges, cables, hosts, the router; and how it is brought in line with the switches' words.

All of Open vSwitch's links lie in one namespace. A switch's own interfaces lie in its namespace: one veth per VLAN in
which it has an address, an access port of its bridge at the other end. A routed port is an access port in a VLAN of its
own, as inside real switches. Spanning tree does not run: a link that would close a loop carries nothing.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Interface

from matric.errors import UsageError
from matric.lab.facts import mac
from matric.lab.packets import filters
from matric.lab.packets.host import Host
from matric.lab.packets.layout import Layout, Membership, Svi
from matric.lab.packets.openvswitch import OpenVSwitch, membership, port
from matric.lab.packets.space import Space
from matric.lab.spec import LabSpec
from matric.switch import ANYWHERE, Switch

__all__ = ("Plant",)

FABRIC, ROUTER, NOC = "fabric", "router", "noc"
STRICT = ("conf/all/rp_filter=0", "conf/default/rp_filter=0", "conf/all/arp_ignore=1", "conf/all/arp_announce=2")
"""An address answers ARP on its own interface only, and a way back may be another one: as on a switch."""


@dataclass(frozen=True, slots=True)
class _Carried:
    """A port of a bridge as it is now."""

    bridge: str
    links: tuple[str, ...]
    member: Membership
    lacp: bool

    @property
    def made(self) -> tuple[str, tuple[str, ...], bool]:
        """What cannot be changed without making the port anew."""
        return self.bridge, self.links, self.lacp


class Plant:
    """The cables of a lab."""

    def __init__(self, spec: LabSpec, hosts: Sequence[Host], space: Space, switch: OpenVSwitch) -> None:
        self.spec = spec
        self.hosts = hosts
        self.space = space
        self.switch = switch
        self.bridges = {one.name: f"b{at}" for at, one in enumerate(spec.devices)}
        self._links: dict[tuple[str, str], str] = {}
        """(device, port) -> its link in the namespace of Open vSwitch."""
        self._far: dict[tuple[str, str], tuple[str, str]] = {}
        self._carried: dict[str, _Carried] = {}
        self._svis: dict[str, tuple[Svi, ...]] = dict.fromkeys(self.bridges, ())
        self._up: dict[str, bool] = {}
        self._numbers: dict[tuple[str, str], int] = {}
        self._rules: dict[str, str] = {}
        self._forwards: dict[str, bool] = {}
        self._routes: dict[str, tuple[str, ...]] = {}

    def ports(self, device: str) -> dict[str, str]:
        """Port -> link, where something is plugged in."""
        return {name: link for (owner, name), link in self._links.items() if owner == device}

    # ---- once ----

    def build(self, entry: Switch, engineer: IPv4Interface, beyond: Sequence[str]) -> None:
        """Everything that stays: bridges, cables, hosts, the router and the NOC."""
        words: list[str] = []
        for name, bridge in self.bridges.items():
            self.space.make(f"sw-{name}", *STRICT)
            words += ["--", "add-br", bridge, "--", "set", "bridge", bridge, "datapath_type=netdev"]
            words += ["fail_mode=standalone", "other_config:mac-table-size=4096"]
        self.switch.ask(*words[1:])
        rows = list(self._cables())
        for at, host in enumerate(self.hosts):
            if (host.device, host.port) in self._links or host.device not in self.bridges:
                raise UsageError(f"{host.name}: {host.device} {host.port} is taken or not there")
            self.space.make(f"host-{host.name}")
            self._links[host.device, host.port] = f"h{at}"
            rows.append(self._plug(f"h{at}", f"host-{host.name}", "eth0", host.name))
        rows += self._router()
        self.space.ip(FABRIC, rows)
        self._plain(FABRIC, sorted(self._links.values()))
        for host in self.hosts:
            self._address(f"host-{host.name}", "eth0", host.address, [f"route add default via {host.way_out}"])
        self._way_in(entry, engineer, beyond)

    def _cables(self) -> Iterator[str]:
        for at, cable in enumerate(self.spec.cables):
            ends = (cable.a_device, cable.a_port), (cable.b_device, cable.b_port)
            if not all(name in self.bridges for name, _ in ends):
                continue
            for (here, there), side in ((ends, "a"), (ends[::-1], "b")):
                self._links[here] = f"c{at}{side}"
                self._far[here] = there
            yield f"link add name c{at}a type veth peer name c{at}b"

    def _plug(self, link: str, place: str, name: str, seed: str) -> str:
        there = self.space.name(place)
        return f"link add name {link} type veth peer name {name} address {mac(seed)} netns {there}"

    def _router(self) -> list[str]:
        self.space.make(ROUTER, "ip_forward=1", *STRICT)
        self.space.make(NOC)
        for at, (device, name) in enumerate(self._egress()):
            self._links[device, name] = f"r{at}"
            return [self._plug(f"r{at}", ROUTER, "school", "router")]
        raise UsageError(f"no cable leads from {self.spec.entry} to the school's router")

    def _egress(self) -> Iterator[tuple[str, str]]:
        for cable in self.spec.cables:
            ends = (cable.a_device, cable.a_port), (cable.b_device, cable.b_port)
            for (device, name), (other, _) in (ends, ends[::-1]):
                if device == self.spec.entry and other in self.spec.routers:
                    yield device, name

    def _way_in(self, entry: Switch, engineer: IPv4Interface, beyond: Sequence[str]) -> None:
        """The router as the provider left it: it never follows what the school's entry says later."""
        hops = [IPv4Address(route.next_hop) for route in entry.defaults if route.next_hop[0].isdigit()]
        near = next((one for hop in hops if (one := entry.beside(hop)) is not None), None)
        if near is None or near.address is None:
            raise UsageError(f"{self.spec.entry} has no default route to the router when the packets start")
        own = IPv4Interface(f"{hops[0]}/{near.address.network.prefixlen}")
        self._address(ROUTER, "school", own, [f"route add default via {near.address.ip}"])
        gateway = IPv4Interface(f"{engineer.network.network_address + 1}/{engineer.network.prefixlen}")
        self.space.ip(ROUTER, [self._plug("noc", NOC, "eth0", "noc")])
        self._address(ROUTER, "noc", gateway, [f"addr add {one}/32 dev lo" for one in beyond])
        self._address(NOC, "eth0", engineer, [f"route add default via {gateway.ip}"])

    def _address(self, place: str, name: str, address: IPv4Interface, more: Sequence[str]) -> None:
        self.space.ip(place, [f"addr add {address} dev {name}", f"link set {name} up", *more])
        self._plain(place, [name])

    def _plain(self, place: str, names: Sequence[str]) -> None:
        """Frames with whole checksums."""
        if names:
            self.space.at(place, "sh", "-c", "; ".join(f"ethtool -K {name} tx off >/dev/null" for name in names))

    # ---- at each moment ----

    def carry(self, layouts: Mapping[str, Layout]) -> None:
        """Bring ports, links, addresses, routes and rules in line with *layouts*."""
        wanted = self._wanted(layouts)
        renumbered = self._interfaces(layouts)
        lacp = self._ports(wanted)
        moved = self._plugs(layouts)
        for name, layout in layouts.items():
            if layout.switch is not None:
                self._own(name, layout, layout.switch)
        if renumbered:
            self._forget()
        if lacp or moved:
            self.switch.agree(self._partners(wanted))

    def _plugs(self, layouts: Mapping[str, Layout]) -> bool:
        """Links of ports that are shut go down, so that the far end sees it too."""
        up = {link: name in layouts[device].up for (device, name), link in self._links.items()}
        changed = {link: state for link, state in up.items() if self._up.get(link) != state}
        self.space.ip(FABRIC, [f"link set {link} {'up' if state else 'down'}" for link, state in changed.items()])
        self._up |= changed
        return bool(changed)

    def _wanted(self, layouts: Mapping[str, Layout]) -> dict[str, _Carried]:
        found: dict[str, _Carried] = {}
        blocked = self._blocked(layouts)
        for device, layout in layouts.items():
            bridge = self.bridges[device]
            for bundle in layout.bundles:
                links = tuple(self._links[device, name] for name in bundle.links if (device, name) not in blocked)
                if not links:
                    continue
                if bundle.lacp and len(links) == 1:
                    # A bond of Open vSwitch has two links; without one, LACP is not asked who may send.
                    links = (*links, self._stub(device, bundle.name))
                name = f"p{self._number(device, bundle.name)}"
                found[name] = _Carried(bridge, links, bundle.member, bundle.lacp)
            for svi in layout.svis:
                link = self._svi_link(device, svi)
                found[f"p{link}"] = _Carried(bridge, (link,), Membership("access", svi.vid), lacp=False)
        return found

    def _ports(self, wanted: Mapping[str, _Carried]) -> bool:
        """One transaction from what is to what is wanted; True where a LAG came or went."""
        words: list[str] = []
        lacp = False
        for name, old in self._carried.items():
            after = wanted.get(name)
            if after is None or after.made != old.made:
                words += ["--", "--if-exists", "del-port", old.bridge, name]
                lacp = lacp or old.lacp
        for name, new in wanted.items():
            before = self._carried.get(name)
            if before is None or before.made != new.made:
                words += port(new.bridge, name, new.links, new.member, lacp=new.lacp)
                lacp = lacp or new.lacp
            elif new.member != before.member:
                words += ["--", "set", "port", name, *membership(new.member)]
        if words:
            self.switch.ask(*words[1:])
        self._carried = dict(wanted)
        return lacp

    def _partners(self, wanted: Mapping[str, _Carried]) -> dict[str, bool]:
        """Link that speaks LACP -> whether something at its other end does too: what LACP will come to."""
        speaks = {link for one in wanted.values() if one.lacp for link in one.links if self._up.get(link)}
        pairs = ((self._links[here], self._links[there]) for here, there in self._far.items())
        return {a: b in speaks for a, b in pairs if a in speaks}

    def _blocked(self, layouts: Mapping[str, Layout]) -> frozenset[tuple[str, str]]:
        """Ports whose link would close a loop: the later one of the cabling, as spanning tree would hold it."""
        root = {name: name for name in self.bridges}

        def top(name: str) -> str:
            while root[name] != name:
                name = root[name]
            return name

        bundled = {
            (device, port): (device, bundle.name, bundle.lag, bundle.lacp)
            for device, layout in layouts.items()
            for bundle in layout.bundles
            for port in bundle.links
        }
        blocked: set[tuple[str, str]] = set()
        joined: set[frozenset[object]] = set()
        for here, there in self._far.items():
            a, b = bundled.get(here), bundled.get(there)
            # A LAG that speaks LACP to something that does not carries nothing.
            if a is None or b is None or a[3] != b[3] or frozenset((a, b)) in joined:
                continue
            if top(here[0]) == top(there[0]):
                blocked |= {here, there}
                continue
            root[top(here[0])] = top(there[0])
            joined.add(frozenset((a, b)))
        return frozenset(blocked)

    def _number(self, device: str, name: str) -> int:
        return self._numbers.setdefault((device, name), len(self._numbers))

    def _stub(self, device: str, name: str) -> str:
        """A link with nothing at its other end."""
        link = f"x{self._number(device, name)}"
        if link not in self._up:
            self.space.ip(FABRIC, [f"link add name {link} type veth peer name {link}e"])
            self._up[link] = False
        return link

    def _svi_link(self, device: str, svi: Svi) -> str:
        return f"s{list(self.bridges).index(device)}v{svi.vid}"

    # ---- the switch's own interfaces ----

    def _forget(self) -> None:
        """What a neighbour's address was is asked anew: an old answer would outlive the address for minutes."""
        for place in (ROUTER, *(f"sw-{name}" for name in self.bridges)):
            self.space.ip(place, ["neigh flush all"], force=True)

    def _interfaces(self, layouts: Mapping[str, Layout]) -> bool:
        """A veth for each VLAN in which a switch has an address; True where one changed."""
        renumbered = False
        for device, layout in layouts.items():
            place = f"sw-{device}"
            old = {one.vid: one for one in self._svis[device]}
            new = {one.vid: one for one in layout.svis}
            gone = [f"link delete {self._svi_link(device, old[vid])}" for vid in old.keys() - new.keys()]
            self.space.ip(FABRIC, gone, force=True)
            made = sorted(new.keys() - old.keys())
            links = {vid: self._svi_link(device, new[vid]) for vid in made}
            self.space.ip(
                FABRIC, [self._plug(link, place, f"vlan{vid}", f"{device} {vid}") for vid, link in links.items()]
            )
            self.space.ip(FABRIC, [f"link set {link} up" for link in links.values()])
            self._plain(FABRIC, list(links.values()))
            rows: list[str] = []
            for vid in sorted(new):
                if vid in old and old[vid].address == new[vid].address:
                    continue
                rows += [
                    f"addr flush dev vlan{vid}",
                    f"addr add {new[vid].address} dev vlan{vid}",
                    f"link set vlan{vid} up",
                ]
            self.space.ip(place, rows)
            self._plain(place, [f"vlan{vid}" for vid in made])
            if rows or gone:
                self._routes.pop(device, None)
                renumbered = True
            self._svis[device] = layout.svis
        return renumbered

    def _own(self, device: str, layout: Layout, switch: Switch) -> None:
        place = f"sw-{device}"
        routes = tuple(
            f"route replace {'default' if route.prefix == ANYWHERE else route.prefix} via {route.next_hop}"
            for route in reversed(switch.routes)
            if route.next_hop[:1].isdigit()
        )
        if self._routes.get(device) != routes:
            self.space.ip(place, ["route flush proto boot"], force=True)
            # A next hop that nothing leads to is no route on a switch either.
            self.space.ip(place, routes, force=True)
            self._routes[device] = routes
        if self._forwards.get(device) != switch.forwards:
            self.space.at(place, "sh", "-c", f"echo {int(switch.forwards)} > /proc/sys/net/ipv4/ip_forward")
            self._forwards[device] = switch.forwards
        inwards = [(f"vlan{svi.vid}", svi.access_list) for svi in layout.svis if svi.access_list]
        outwards = [(f"vlan{svi.vid}", svi.access_list_out) for svi in layout.svis if svi.access_list_out]
        rules = filters.ruleset(switch.access_lists, inwards, outwards)
        if self._rules.get(device) != rules:
            self.space.at(place, "nft", "-f", "-", given=rules)
            self._rules[device] = rules
