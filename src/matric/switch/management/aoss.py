"""What an HPE Aruba AOS-S configuration says about its management.

Sources: ArubaOS-Switch 16.x guides "Access Security" and "Management and Configuration". AOS-S speaks SSH 2 only, logs
each login by itself, listens to CDP and never sends it.
"""

import re
from collections.abc import Iterator
from ipaddress import IPv4Network

from matric.config import Config
from matric.intent.port_list import expanded
from matric.switch import ANYWHERE, Entry, Switch
from matric.switch.management import (
    BY_DEFAULT,
    HTTPS,
    SILENCE,
    SNMP,
    SSH,
    Community,
    Door,
    Management,
    SnmpUser,
    Speech,
    Ssh,
    Throttle,
)
from matric.switch.management.words import first, last, plain, severity, words, zone

__all__ = ("read",)

ON_BY_ITSELF = {
    "the TFTP server": r"^no tftp server$",
    "taking its configuration from DHCP": r"^no dhcp config-file-update$",
}
"""What nobody uses -> the line without which it is on."""


def read(tree: Config, switch: Switch) -> Management:
    """What *tree* says."""
    del switch  # authorised managers have no list, and stand in no other place
    login, servers = _login(tree)
    tries = int(last(tree, r"^aaa authentication num-attempts (\d+)$", "3"))
    delay = int(last(tree, r"^aaa authentication lockout-delay (\d+)$", "0"))
    wait = int(last(tree, r"^ip ssh timeout (\d+)$", "120"))
    level = severity(last(tree, r"^logging severity (\S+)$", "debug"))
    return Management(
        hostname=plain(first(tree, r"^hostname (\S+)$")),
        doors=tuple(_doors(tree)),
        polls=() if tree.find(r"^no snmp-server enable$") else (Door("snmp-server", SNMP, _managers(tree, "snmp")),),
        ssh=Ssh(frozenset({2}), wait, tries),
        login=login,
        servers=servers,
        unguarded=() if tree.find(r"^password manager\b") else ("manager",),
        idle_s=dict(_idle(tree)),
        throttle=Throttle(tries, delay) if delay else None,
        banner=last(tree, r'^banner motd "?(.+?)"?$'),
        communities=tuple(
            Community(plain(line.text.split()[2]), writes=line.text.endswith(" unrestricted"))
            for line in tree.find(r"^snmp-server community \S+")
        ),
        old_snmp=() if tree.find(r"^snmpv3 only$") else ("the missing line snmpv3 only",),
        snmp_users=tuple(_users(tree)),
        loose_groups=tuple(words(tree, r"^snmpv3 group (\S*noauth) ")),
        collectors=dict.fromkeys(words(tree, r"^logging (\d+\.\d+\.\d+\.\d+)\b"), level),
        stamped=True,
        log_source=last(tree, r"^ip source-interface (?:all|syslog) (.+)$"),
        clocks=tuple(_clocks(tree)),
        zone=zone(
            int(last(tree, r"^time timezone (-?\d+)$", "0")),
            last(tree, r"^time daylight-time-rule (\S+)$").replace("none", ""),
        ),
        recorded=frozenset(
            ("logins", "failed logins", *(("commands",) if tree.find(r"^aaa accounting commands ") else ()))
        ),
        needless=tuple(name for name, off in ON_BY_ITSELF.items() if not tree.find(off)),
        lldp=_lldp(tree),
        med=BY_DEFAULT,
        cdp=SILENCE,
        lacks=() if tree.find(r"^ip ssh filetransfer$") else ("ip ssh filetransfer",),
    )


def _doors(tree: Config) -> Iterator[Door]:
    if not tree.find(r"^no ip ssh$"):
        yield Door("ip ssh", SSH, _managers(tree, "ssh"))
    if tree.find(r"^web-management ssl\b"):
        yield Door("web-management ssl", HTTPS, _managers(tree, "web"))


def _managers(tree: Config, method: str) -> tuple[Entry, ...] | None:
    """Who may come by *method*: ``ip authorized-managers 10.0.0.0 255.0.0.0 access manager access-method ssh``."""
    found: list[Entry] = []
    for text in words(tree, r"^ip authorized-managers (.+)$"):
        said = re.search(r" access-method (\S+)", text)
        if said is None or said[1] in {method, "all"}:
            address, _, rest = text.partition(" ")
            mask = rest.split()[0] if rest[:1].isdecimal() else "255.255.255.255"
            source = IPv4Network(f"{address}/{mask}", strict=False)
            found.append(
                Entry(permits=True, protocol="ip", source=source, destination=ANYWHERE, text=f"authorized {text}")
            )
    return tuple(found) or None


def _login(tree: Config) -> tuple[tuple[str, ...], int]:
    said = last(tree, r"^aaa authentication ssh login (.+)$", "local").split()
    group = plain(said[said.index("server-group") + 1]) if "server-group" in said else ""
    order = [word for word in said if word != "server-group" and plain(word) != group]
    kind = next((word for word in order if word in {"radius", "tacacs", "peap-mschapv2"}), "")
    servers = (
        rf'^aaa server-group \S+ "?{re.escape(group)}"? host '
        if group
        else rf"^{'tacacs' if kind == 'tacacs' else 'radius'}-server host "
    )
    count = len(tree.find(servers)) if kind else 0
    return tuple("central" if word == kind else word for word in order), count


def _clocks(tree: Config) -> Iterator[str]:
    """Servers of the one protocol that the switch takes its time by; NTP has to be on as well."""
    if last(tree, r"^timesync (\S+)$") != "ntp":
        yield from words(tree, r"^sntp server priority \d+ (\S+)")
    elif tree.find(r"^ntp enable$"):
        yield from words(tree, r"^ntp server (\S+)")


def _idle(tree: Config) -> Iterator[tuple[str, int]]:
    """One timeout for every session, and one of its own for the serial port, where it is given."""
    yield "console idle-timeout", int(last(tree, r"^console idle-timeout (\d+)$", "0"))
    serial = last(tree, r"^console idle-timeout serial-usb (\d+)$")
    if serial:
        yield "console idle-timeout serial-usb", int(serial)


def _users(tree: Config) -> Iterator[SnmpUser]:
    for line in tree.find(r"^snmpv3 user \S+"):
        auth = re.search(r" auth (?:(md5|sha) )?", line.text)
        priv = re.search(r" priv (?:(des|aes) )?", line.text)
        yield SnmpUser(
            plain(line.text.split()[2]), (auth[1] or "md5") if auth else "", (priv[1] or "des") if priv else ""
        )


def _lldp(tree: Config) -> Speech:
    if tree.find(r"^no lldp run$"):
        return SILENCE
    quiet = words(tree, r"^lldp admin-status (\S+) (?:disable|txonly|rxonly)$")
    return Speech(everywhere=True, named={port: False for ports in quiet for port in expanded(ports)})
