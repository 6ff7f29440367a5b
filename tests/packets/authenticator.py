"""A switch's 802.1X, played by hostapd from what matric wrote for a real one.

What the switch's configuration says of RADIUS and of a port is read from its text (``said.py``); hostapd asks the
server and lets the port in or not; the VLAN is the one in the Access-Accept that hostapd received, looked up as a
switch does it: by id or by name among the VLANs the configuration makes, and where there is none the port stays closed.
A closed port is in the parking VLAN here, for Open vSwitch has no closed port.
"""

import re
from dataclasses import dataclass

from tests.packets.access_switch import AccessSwitch
from tests.packets.said import Said
from tests.packets.stand import until

CONFIGURATION = """\
interface={port}
driver=wired
ieee8021x=1
use_pae_group_addr=1
eap_reauth_period=0
logger_stdout=-1
logger_stdout_level=0
ctrl_interface={folder}
nas_identifier={name}
own_ip_addr={source}
radius_client_addr={source}
auth_server_addr={server}
auth_server_port=1812
auth_server_shared_secret={key}
"""
"""No ``dynamic_vlan``: with the wired driver the station would not be let in at all."""


@dataclass
class Authenticator:
    """One port, named *port* in the namespace, that plays *role* of the configuration."""

    access: AccessSwitch
    said: Said
    port: str
    role: str
    parking: int
    folder: str

    def turn(self) -> int:
        """Do once what a switch does all the time: bring the port where what is known puts it. The VLAN it is in."""
        self.access.move(self.port, self._due())
        return self.access.vid(self.port)

    def _due(self) -> int:
        return self._allowed(self.accepted()) if "[AUTHORIZED]" in self._stations() else self.parking

    def _allowed(self, vlan: str | None) -> int:
        """Where a server that named *vlan* puts the port."""
        own = self.said.switch.interfaces[self.role].access
        found = own if vlan is None else self.said.named(vlan)
        return self.parking if found is None else found

    def _stations(self) -> str:
        return self.access.namespace.run("hostapd_cli", "-p", self.folder, "-i", self.port, "all_sta")

    def accepted(self) -> str | None:
        """The VLAN in the last Access-Accept that came."""
        accept = self.log.rpartition("RADIUS message: code=2 (Access-Accept)")[2]
        message = accept.partition("RADIUS message:")[0]
        found = re.search(r"Attribute 81 \(Tunnel-Private-Group-Id\).*\n\s+Value: ([0-9a-f]+)$", message, re.MULTILINE)
        return bytes.fromhex(found[1]).decode() if found else None

    @property
    def log(self) -> str:
        return self.access.stand.log(f"hostapd-{self.port}")

    def bypass(self, mac: str) -> int:
        """MAC authentication bypass, for which hostapd's wired driver has no hook (it knows ``macaddr_acl`` only for
        Wi-Fi): FreeRADIUS' own client asks as the switch does, and the port goes where the answer says."""
        bare = mac.replace(":", "").lower()
        asked = f"User-Name={bare},Service-Type=Call-Check,Calling-Station-Id={mac},NAS-Port-Type=Ethernet,"
        asked += f"NAS-IP-Address={self.said.source},Packet-Src-IP-Address={self.said.source},{_proof(self.said, bare)}"
        request = self.access.stand.folder / f"mab-{bare}"
        request.write_text(asked + "\n", encoding="ascii")
        client = "radeapclient" if self.said.bypass == "eap-md5" else "radclient"
        options = ("-x", "-r", "1", "-t", "3", "-f", str(request))
        server = (str(self.said.servers[0]), "auth", self.said.keys[0])
        told = self.access.namespace.ask(client, *options, *server).stdout
        allowed = self.role in self.said.mab and "Received Access-Accept" in told
        assert "Received Access-" in told, told
        named = re.search(r'Tunnel-Private-Group-Id:0 = "(.*)"', told)
        self.access.move(self.port, self._allowed(named[1] if named else None) if allowed else self.parking)
        return self.access.vid(self.port)


def _proof(words: Said, bare: str) -> str:
    """The address as a password, in the form the switch sends it."""
    match words.bypass:
        case "pap":
            return f"User-Password={bare}"
        case "chap":
            return f"CHAP-Password={bare}"
        case _:
            identity = "EAP-Code=Response,EAP-Id=1,EAP-Type-Identity"
            return f"{identity}={bare},Cleartext-Password={bare},Message-Authenticator=0x00"


def authenticator(access: AccessSwitch, words: Said, port: str, role: str, parking: int) -> Authenticator:
    """hostapd on *port*, which is as the configuration says that *role* is."""
    assert role in words.dot1x, f"{role} asks nobody"
    folder = access.stand.folder / f"hostapd-{port}"
    folder.mkdir(mode=0o700)
    told = CONFIGURATION.format(
        port=port,
        folder=folder,
        name=words.name,
        source=words.source,
        server=words.servers[0],
        key=words.keys[0],
    )
    (folder / "hostapd.conf").write_text(told, encoding="ascii")
    found = Authenticator(access, words, port, role, parking, str(folder))
    access.stand.start(("hostapd", "-dd", str(folder / "hostapd.conf")), within=access.namespace, log=f"hostapd-{port}")
    until((folder / port).exists, f"hostapd on {port} ({found.log[-500:]})")
    return found
