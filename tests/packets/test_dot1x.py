"""Real 802.1X on a wire: what matric writes for a staff port, played by hostapd, asks a real FreeRADIUS, and frames say
where the port went. No real switch was used: Open vSwitch passes the frames, and the test moves its port.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network

import pytest

from matric import secret
from matric.intent import build
from matric.intent.school import Device, School
from matric.render import Renderer
from matric.site import Site
from tests.engine.mixed import as_model
from tests.packets.access_switch import BRIDGE, AccessSwitch, access_switch
from tests.packets.authenticator import Authenticator, authenticator
from tests.packets.radius import Account, Radius, radius
from tests.packets.said import Said, said
from tests.packets.stand import Namespace, Stand, needed, standing, until
from tests.packets.supplicant import Supplicant, supplicant

pytestmark = pytest.mark.root

PROGRAMS = {
    "ovs-vswitchd": "openvswitch-switch",
    "hostapd": "hostapd",
    "wpa_supplicant": "wpasupplicant",
    "freeradius": "freeradius",
    "radclient": "freeradius-utils",
    "ethtool": "ethtool",
    "ping": "iputils-ping",
}
PROFILE = "staff"
OTHERS = {"aoscx": "6200F-24G-PoE (JL725A)", "aoss": "2930F-24G-PoE+ (JL255A)", "junos": "EX3400-24P"}
ONE = pytest.mark.parametrize("wire", ["ios"], indirect=True)
"""What the server and the accounts decide is tried on one platform."""
PRINTER, STRANGER = "02:00:00:00:00:50", "02:00:00:00:00:66"


@dataclass
class Wire:
    """An access switch with its RADIUS server behind it, a pupil's and a teacher's device in their VLANs."""

    stand: Stand
    school: School
    access: AccessSwitch
    said: Said
    server: Radius
    role: str
    """The port of the configuration that is played."""
    plugged: int = 0

    def vid(self, network: str) -> int:
        return self.school.standard.networks[network].vid

    @property
    def parking(self) -> int:
        return self.vid(self.school.standard.parking)

    def prefix(self, network: str) -> IPv4Network:
        (found,) = (one.prefix for one in self.school.networks if one.role == network)
        assert found is not None
        return found

    def client(self, mac: str = "") -> tuple[Namespace, Authenticator]:
        """A device with an address in every VLAN, so that only the VLAN decides whom it reaches; and its port."""
        self.plugged += 1
        there, port = self.stand.namespace(), f"port{self.plugged}"
        self.access.plug(port, self.parking, there, mac)
        for network in ("pupil", "staff"):
            prefix = self.prefix(network)
            there.run("ip", "address", "add", f"{prefix[100 + self.plugged]}/{prefix.prefixlen}", "dev", "eth0")
        return there, authenticator(self.access, self.said, port, self.role, self.parking)

    def laptop(self, user: str, password: str) -> tuple[Supplicant, Authenticator]:
        there, port = self.client()
        return supplicant(self.stand, there, self.server, user, password), port

    def reached(self, there: Namespace) -> set[str]:
        """Whose devices answer."""
        return {network for network in ("pupil", "staff") if there.pings(str(self.prefix(network)[10]))}


def _switch(trust: Site, platform: str) -> tuple[School, Device]:
    """An access switch of *platform* with ports for staff and for pupils, so with both VLANs: oakfield's own, or the
    one that takes its place."""
    records = trust.snapshot.records
    if platform in OTHERS:
        records = as_model(records, "oakfield/sw-01", OTHERS[platform])
    school = build.school(records, trust.standard, "oakfield")
    found = (one for one in school.configured if one.platform == platform and one.role == "access")
    return school, next(found)


@pytest.fixture(scope="module", params=["eos", "ios", "aoscx", "aoss", "junos"])
def wire(request: pytest.FixtureRequest, trust: Site) -> Iterator[Wire]:
    needed(PROGRAMS)
    platform = str(request.param)
    school, device = _switch(trust, platform)
    vault = secret.vault("packets")
    words = said(platform, secret.resolve(Renderer(trust.templates).render(school, device).text, vault))
    with standing() as stand:
        access = access_switch(stand)
        there = _behind_the_core(access, device, words.servers[0])
        standard, networks = school.standard, school.standard.networks
        first = standard.services.radius[0]
        server = radius(
            stand,
            there,
            f"{first.name}.{standard.trust.domain}",
            first.address,
            switch=words.source,
            key=vault.get(first.key),
            people={
                "pupil": Account("a-pupils-word", str(networks["pupil"].vid)),
                "teacher": Account("a-teachers-word", networks["staff"].name),
                "technician": Account("a-technicians-word", None),
                "visitor": Account("a-visitors-word", str(networks["guest"].vid)),
            },
            devices={PRINTER: networks["pupil"].name},
        )
        role = next(port.name for port in device.ports if port.enabled and port.profile_name == PROFILE)
        found = Wire(stand, school, access, words, server, role)
        for network in ("pupil", "staff"):
            prefix = found.prefix(network)
            access.host(f"{network}10", found.vid(network), f"{prefix[10]}/{prefix.prefixlen}")
        yield found


def _behind_the_core(access: AccessSwitch, device: Device, server: IPv4Address) -> Namespace:
    """Where the trust's servers are: over the management VLAN, past its gateway; the switch asks from its own SVI."""
    (svi,) = device.svis
    there = access.stand.namespace()
    access.plug("uplink", svi.network.vid, there)
    there.run("ip", "address", "add", f"{device.management_gateway}/{svi.address.network.prefixlen}", "dev", "eth0")
    there.run("ip", "address", "add", f"{server}/32", "dev", "lo")
    own = f"vlan{svi.network.vid}"
    access.vsctl("add-port", BRIDGE, own, f"tag={svi.network.vid}", "--", "set", "interface", own, "type=internal")
    access.namespace.run("ip", "link", "set", own, "up")
    access.namespace.run("ip", "address", "add", str(svi.address), "dev", own)
    access.namespace.run("ip", "route", "add", "default", "via", str(device.management_gateway))
    return there


def test_a_pupils_account_takes_a_staff_port_to_the_pupil_vlan_until_it_logs_off(wire: Wire) -> None:
    laptop, port = wire.laptop("pupil", "a-pupils-word")
    assert port.turn() == wire.parking
    assert wire.reached(laptop.there) == set()

    until(lambda: laptop.welcome and port.turn() == wire.vid("pupil"), "the port in the pupil VLAN")

    assert port.accepted() == str(wire.vid("pupil"))
    until(lambda: wire.reached(laptop.there) == {"pupil"}, "pupils to answer, and nobody else")

    laptop.log_off()

    until(lambda: port.turn() == wire.parking, "the port closed again")
    assert wire.reached(laptop.there) == set()


@ONE
def test_a_teachers_account_names_its_vlan_in_words(wire: Wire) -> None:
    laptop, port = wire.laptop("teacher", "a-teachers-word")

    until(lambda: port.turn() == wire.vid("staff"), "the port in the staff VLAN")

    assert port.accepted() == wire.school.standard.networks["staff"].name
    until(lambda: wire.reached(laptop.there) == {"staff"}, "staff to answer, and nobody else")


@ONE
def test_an_account_without_a_vlan_gets_the_ports_own(wire: Wire) -> None:
    _laptop, port = wire.laptop("technician", "a-technicians-word")

    until(lambda: port.turn() != wire.parking, "the port open")

    assert port.accepted() is None
    assert port.turn() == wire.vid("staff")


@ONE
def test_a_wrong_password_stays_outside(wire: Wire) -> None:
    laptop, port = wire.laptop("pupil", "not-the-word")

    until(lambda: "EAP authentication failed" in laptop.said, "the refusal")

    assert not laptop.welcome
    assert port.turn() == wire.parking
    assert wire.reached(laptop.there) == set()


@ONE
def test_a_vlan_that_the_switch_was_never_given_keeps_the_port_closed(wire: Wire) -> None:
    assert wire.vid("guest") not in wire.said.switch.vlans
    laptop, port = wire.laptop("visitor", "a-visitors-word")

    until(lambda: laptop.welcome, "the server's yes")

    assert port.accepted() == str(wire.vid("guest"))
    assert port.turn() == wire.parking


def test_a_device_without_802_1x_is_let_in_by_its_address_and_a_strange_one_is_not(wire: Wire) -> None:
    there, port = wire.client(PRINTER)
    _other, strange = wire.client(STRANGER)

    assert port.bypass(PRINTER) == wire.vid("pupil")
    assert strange.bypass(STRANGER) == wire.parking
    until(lambda: wire.reached(there) == {"pupil"}, "pupils to answer, and nobody else")
