"""The trust's RADIUS server: FreeRADIUS, which asks people for a password (PEAP) and knows devices by their address.

Its accounts and VLANs are those a test gives it; its address, its port and the key it shares with a switch are the
standard's. Its configuration is whole and its own: nothing of /etc/freeradius is read.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Address
from pathlib import Path

from matric.lab import identity
from tests.packets.stand import Namespace, Stand, until

PORT = 1812

CONFIGURATION = """\
prefix = /usr
name = radius
confdir = {folder}
run_dir = {folder}
logdir = {folder}
libdir = /usr/lib/freeradius
pidfile = {folder}/radius.pid
log {{
    destination = stdout
    auth = yes
}}
thread pool {{
    start_servers = 1
    max_servers = 2
    min_spare_servers = 1
    max_spare_servers = 2
}}
client switch {{
    ipaddr = {switch}
    secret = {key}
}}
modules {{
    pap {{
    }}
    chap {{
    }}
    mschap {{
    }}
    files people {{
        filename = {folder}/people
    }}
    files devices {{
        filename = {folder}/devices
    }}
    eap {{
        default_eap_type = peap
        tls-config common {{
            certificate_file = {folder}/server.pem
            private_key_file = {folder}/server.pem
            ca_file = {folder}/server.pem
            tls_min_version = "1.2"
            tls_max_version = "1.2"
        }}
        md5 {{
        }}
        mschapv2 {{
        }}
        peap {{
            tls = common
            default_eap_type = mschapv2
            use_tunneled_reply = yes
            virtual_server = tunnel
        }}
    }}
}}
server outside {{
    listen {{
        type = auth
        ipaddr = {address}
        port = {port}
    }}
    authorize {{
        devices
        chap
        eap
        pap
    }}
    authenticate {{
        pap
        chap
        eap
    }}
}}
server tunnel {{
    authorize {{
        people
        mschap
        eap {{
            ok = return
        }}
    }}
    authenticate {{
        mschap
        eap
    }}
}}
"""


@dataclass(frozen=True)
class Account:
    """Who may come in, and to which VLAN (an id or a name); None where the reply names none."""

    password: str = field(repr=False)
    vlan: str | None


@dataclass(frozen=True)
class Radius:
    """The server, which runs."""

    stand: Stand
    name: str
    address: IPv4Address
    certificate: Path
    """Its own, which a supplicant trusts."""

    @property
    def log(self) -> str:
        return self.stand.log("freeradius")


def radius(
    stand: Stand,
    there: Namespace,
    name: str,
    address: IPv4Address,
    *,
    switch: IPv4Address,
    key: str,
    people: Mapping[str, Account],
    devices: Mapping[str, str | None],
) -> Radius:
    """One that runs in *there*, for the one *switch* that shares *key*; *devices* are MAC addresses with their VLAN."""
    folder = stand.folder / "radius"
    folder.mkdir(mode=0o700)
    made = identity.certificate(name)
    (folder / "server.pem").write_text(made.pem, encoding="ascii")
    (folder / "trusted.pem").write_text(made.pin, encoding="ascii")
    (folder / "people").write_text("".join(_person(*one) for one in people.items()), encoding="ascii")
    (folder / "devices").write_text("".join(_device(*one) for one in devices.items()), encoding="ascii")
    (folder / "dictionary").write_text("$INCLUDE /usr/share/freeradius/dictionary\n", encoding="ascii")
    told = CONFIGURATION.format(folder=folder, switch=switch, key=key, address=address, port=PORT)
    (folder / "radiusd.conf").write_text(told, encoding="ascii")
    stand.start(("freeradius", "-f", "-d", str(folder), "-n", "radiusd", "-l", "stdout"), within=there)
    found = Radius(stand, name, address, folder / "trusted.pem")
    until(lambda: "Ready to process requests" in found.log, f"FreeRADIUS ({found.log})")
    return found


def _person(name: str, account: Account) -> str:
    return f'{name} Cleartext-Password := "{account.password}"\n{_reply(account.vlan)}'


def _device(mac: str, vlan: str | None) -> str:
    """MAC authentication bypass: the address is name and password, and the service type says that it is one. Switches
    send it as PAP, as CHAP or as EAP-MD5."""
    bare = mac.replace(":", "").lower()
    return f'{bare} Cleartext-Password := "{bare}", Service-Type == Call-Check, EAP-Type := MD5\n{_reply(vlan)}'


def _reply(vlan: str | None) -> str:
    """RFC 3580, 3.31: three attributes, and the VLAN as text."""
    if vlan is None:
        return "\n"
    return f'\tTunnel-Type = VLAN, Tunnel-Medium-Type = IEEE-802, Tunnel-Private-Group-Id = "{vlan}"\n\n'
