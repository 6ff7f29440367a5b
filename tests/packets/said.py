"""What matric wrote for a switch that 802.1X needs, read from the text itself: servers, keys, source, ports, VLANs."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from ipaddress import IPv4Address

from matric import platform
from matric.config import parse
from matric.intent.port_list import expanded
from matric.secret import juniper
from matric.secret.password import undisguise
from matric.switch import Switch, reading

Ports = Callable[[str], frozenset[str]]


@dataclass(frozen=True)
class Said:
    """What a switch's configuration says that 802.1X needs."""

    name: str
    switch: Switch
    servers: tuple[IPv4Address, ...]
    keys: tuple[str, ...] = field(repr=False)
    source: IPv4Address
    dot1x: frozenset[str]
    """Ports that ask a person."""
    mab: frozenset[str]
    """Ports that ask for a device by its address."""
    bypass: str
    """How they ask for it: pap, chap or eap-md5."""

    def named(self, vlan: str) -> int | None:
        """The VLAN a server means by *vlan*, or None where the switch has none such."""
        if vlan.isdecimal():
            return int(vlan) if int(vlan) in self.switch.vlans else None
        return next((vid for vid, name in self.switch.vlans.items() if name == vlan), None)


@dataclass(frozen=True)
class Words:
    """How a platform says it, as patterns on the whole text."""

    server: str
    clear: Callable[[str], str | None]
    """From the key as shown to the key."""
    source: str
    """The interface, or the address, that the switch asks from."""
    dot1x: Ports
    mab: Ports
    bypass: str
    """Where the text does not say: the vendor's default."""
    name: str = r"^hostname \"?([\w-]+)\"?$"


def _inside(line: str, text: str) -> frozenset[str]:
    """Ports whose section has *line*."""
    sections = re.findall(r"^interface (\S+)\n((?: .*\n)*)", text, re.MULTILINE)
    return frozenset(name for name, body in sections if re.search(rf"^ +(?:{line})$", body, re.MULTILINE))


def _listed(word: str, text: str) -> frozenset[str]:
    """Ports in the list behind *word*, a line of its own."""
    found = re.findall(rf"^aaa port-access {word} ([\w,-]*\d)$", text, re.MULTILINE)
    return frozenset(port for ports in found for port in expanded(ports))


def _junos(line: str, text: str) -> frozenset[str]:
    """Ports below dot1x whose braces hold *line*."""
    ports = re.findall(r"^ {16}([\w/-]+)\.0 \{\n((?: {17}.*\n)*) {16}\}$", text, re.MULTILINE)
    return frozenset(name for name, body in ports if re.search(rf"^ +{line}", body, re.MULTILINE))


WORDS: Mapping[str, Words] = {
    "eos": Words(
        server=r"^radius-server host (\S+) timeout \d+ retransmit \d+ key 7 (\S+)$",
        clear=undisguise,
        source=r"^ip radius source-interface (\S+)$",
        dot1x=partial(_inside, r"dot1x pae authenticator"),
        mab=partial(_inside, r"dot1x mac based authentication"),
        bypass="pap",
    ),
    "ios": Words(
        server=r"^radius server \S+\n address ipv4 (\S+) auth-port 1812 .*\n(?: .*\n)*? key 7 (\S+)$",
        clear=undisguise,
        source=r"^ ip radius source-interface (\S+)$",
        dot1x=partial(_inside, r"dot1x pae authenticator"),
        mab=partial(_inside, r"mab"),
        bypass="pap",
    ),
    "aoscx": Words(
        server=r"^radius-server host (\S+) key plaintext (\S+)$",
        clear=str,
        source=r"^ip source-interface all interface (\S+)$",
        dot1x=partial(_inside, r"aaa authentication port-access dot1x authenticator"),
        mab=partial(_inside, r"aaa authentication port-access mac-auth"),
        bypass="chap",
    ),
    "aoss": Words(
        server=r'^radius-server host (\S+) key "(\S+)"$',
        clear=str,
        source=r"^ip source-interface radius (vlan \d+)$",
        dot1x=partial(_listed, "authenticator"),
        mab=partial(_listed, "mac-based"),
        bypass="chap",
    ),
    "junos": Words(
        server=r'^ {8}(\S+) \{\n {12}secret "(\S+)"; ## SECRET-DATA$',
        clear=juniper.undisguise,
        source=r"^ {12}source-address (\S+);$",
        dot1x=partial(_junos, r"transmit-period"),
        mab=partial(_junos, r"mac-radius"),
        bypass="eap-md5",
        name=r"^    host-name (\S+);$",
    ),
}


def said(slug: str, text: str) -> Said:
    """What *text* of the platform *slug*, secrets resolved, says."""
    words = WORDS[slug]
    switch = reading.read(slug, parse(text, platform.get(slug).rules))
    servers = dict(re.findall(words.server, text, re.MULTILINE))
    keys = tuple(clear for shown in servers.values() if (clear := words.clear(shown)) is not None)
    assert servers
    assert len(keys) == len(servers)
    (source,) = set(re.findall(words.source, text, re.MULTILINE))
    return Said(
        name=re.findall(words.name, text, re.MULTILINE)[0],
        switch=switch,
        servers=tuple(IPv4Address(one) for one in servers),
        keys=keys,
        source=_address(switch, source.replace(" ", "")),
        dot1x=words.dot1x(text),
        mab=words.mab(text),
        bypass=words.bypass,
    )


def _address(switch: Switch, source: str) -> IPv4Address:
    """*source*, or the address of the interface it names."""
    interface = switch.interfaces.get(source)
    if interface is None:
        return IPv4Address(source)
    assert interface.address is not None
    return interface.address.ip
