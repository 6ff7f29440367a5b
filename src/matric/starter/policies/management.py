"""Management: one way in, encrypted and for the trust alone, and nothing that nobody needs."""

import re
from collections.abc import Iterator
from ipaddress import IPv4Network

from matric import Device, Finding, Port, Said, School, Subject, cannot_evaluate, not_applicable
from matric.policy import policy
from matric.switch.link import SWITCHES, name_of
from matric.switch.management import Ssh
from matric.switch.management import reading as management
from matric.switch.management.written import written
from matric.switch.reading import intended

from ._knock import strangers
from ._left_alone import left_alone

INFRASTRUCTURE = SWITCHES | {"wireless-controller", "access-point"}
"""Roles of devices that are the trust's, at the other end of a cable."""
LONGEST_WAIT_S, MOST_TRIES = 60, 3
PLACEHOLDER = re.compile(
    r"(?i:\b(?:TODO|FIXME|TBD|TBC|CHANGE[-_ ]?ME|REPLACE[-_ ]?(?:ME|THIS)|PLACEHOLDER|FILL[-_ ]?IN|X{3,})\b)"
    r"|\{\{|\}\}|\{%|%\}|<(?!secret:)[A-Za-z][\w -]*>|(?<!\S)(?:None|Undefined)(?=;?$)",
    re.MULTILINE,
)
"""What somebody, or a template, left for later."""
PROSE = ("description ", "name ", "banner ", "message ", "location ", "snmp-server location ")
"""Lines in people's words, in which None is one."""


@policy("MGT-01")
def telnet_is_off(device: Device, subject: Subject) -> Iterator[Said]:
    switch = intended(subject, device)
    if switch.telnet:
        yield Finding(device.key, "it lets people in by Telnet", "let only SSH in on every line")
    if not switch.ssh:
        yield Finding(device.key, "it lets nobody in by SSH", "let SSH in on every line")


@policy("MGT-02")
def ssh_is_version_2_and_does_not_wait(device: Device, subject: Subject) -> Iterator[Said]:
    ssh = management.intended(subject, device).ssh
    if 1 in ssh.versions:
        yield Finding(device.key, "its SSH server speaks version 1", "let it speak version 2 only", "blocker")
    yield from _patient(device, ssh)


def _patient(device: Device, ssh: Ssh) -> Iterator[Finding]:
    if ssh.wait_s is not None and not 1 <= ssh.wait_s <= LONGEST_WAIT_S:
        yield Finding(
            device.key, f"its SSH server waits {ssh.wait_s} s for a login", f"let it wait {LONGEST_WAIT_S} s at most"
        )
    if ssh.tries is not None and ssh.tries > MOST_TRIES:
        yield Finding(
            device.key,
            f"its SSH server takes {ssh.tries} passwords in one connection",
            f"let it take {MOST_TRIES} at most",
        )


@policy("MGT-03")
def plain_http_management_is_off(device: Device, subject: Subject) -> Iterator[Said]:
    if intended(subject, device).http:
        yield Finding(device.key, "it serves its management by plain HTTP", "switch the HTTP server off")


@policy("MGT-04")
def logins_are_taken_from_the_trusts_management_only(
    device: Device, school: School, subject: Subject
) -> Iterator[Said]:
    trusted = (*school.standard.trust.operators, *_management_prefixes(school))
    for door in management.intended(subject, device).doors:
        if reason := strangers(door, trusted, "tcp"):
            yield Finding(
                f"{device.key} {door.name}",
                f"a login is taken from outside the trust's management: {reason}",
                "put a list in front of it that lets in the operators' networks and nobody else",
            )


def _management_prefixes(school: School) -> tuple[IPv4Network, ...]:
    role = school.standard.management.network
    return tuple(network.prefix for network in school.networks if network.role == role and network.prefix is not None)


@policy("MGT-05")
def the_management_address_is_in_the_management_network(
    device: Device, school: School, subject: Subject
) -> Iterator[Said]:
    role = school.standard.management.network
    network = next((one for one in school.networks if one.role == role), None)
    if network is None or network.prefix is None:
        raise cannot_evaluate(f"{school.slug}: the prefix of the network {role} in NetBox")
    if device.management is None:
        raise cannot_evaluate(f"{device.key}: the device's primary IPv4 address in NetBox")
    address = device.management.ip
    if not network.prefix.subnet_of(school.block):
        yield Finding(
            device.key,
            f"the management network {network.prefix} is not in the school's block {school.block}",
            "give the school a management prefix of its own in NetBox",
        )
    if address not in network.prefix:
        yield Finding(
            device.key,
            f"its management address {address} is not in the school's management network {network.prefix}",
            f"give it an address of {network.prefix} in NetBox",
        )
        return
    interface = intended(subject, device).holder(address)
    if interface is None:
        yield Finding(device.key, f"no interface has its management address {address}", "put it into the template")
    elif interface.vid != network.vid:
        where = f"VLAN {interface.vid}" if interface.vid is not None else "no VLAN"
        yield Finding(
            name_of(device, interface.name),
            f"the management address is on it, in {where}, and management is VLAN {network.vid}",
            f"put the address on the interface of VLAN {network.vid}",
        )


@policy("MGT-22")
def services_without_a_use_are_off(device: Device, subject: Subject) -> Iterator[Said]:
    needless = management.intended(subject, device).needless
    if needless is None:
        raise not_applicable("the platform has none of these services to switch off")
    for service in needless:
        yield Finding(f"{device.key} {service}", f"{service} is on, and nothing needs it", "switch it off")


@policy("MGT-23")
def lldp_is_on_where_it_is_needed_and_cdp_is_off_at_the_edge(device: Device, subject: Subject) -> Iterator[Said]:
    held, switch = management.intended(subject, device), intended(subject, device)
    for port in device.ports:
        written = switch.interfaces.get(port.name)
        if _joins_infrastructure(port) and not held.lldp.on(port.name):
            yield Finding(name_of(device, port.name), "it does not speak LLDP to the trust's device", "switch LLDP on")
        if written is None or not written.enabled:
            continue
        if written.voice is not None and not (held.lldp.on(port.name) and held.med.on(port.name)):
            yield Finding(
                name_of(device, port.name), "a telephone does not hear its VLAN by LLDP-MED", "switch LLDP-MED on"
            )
        if held.cdp.on(port.name) and written.mode == "access" and not _joins_infrastructure(port):
            yield Finding(
                name_of(device, port.name), "it tells its users by CDP what it is", "switch CDP off on it", "info"
            )


def _joins_infrastructure(port: Port) -> bool:
    return port.peer is not None and port.peer.device_role in INFRASTRUCTURE


@policy("MGT-24")
def the_hostname_is_the_name_in_netbox(device: Device, subject: Subject) -> Iterator[Said]:
    called = management.intended(subject, device).hostname
    if called != device.name:
        yield Finding(
            device.key, f"it is to call itself {called or 'nothing'}, and is not {device.name}", "correct the template"
        )
    if left_alone(subject, device):
        today = subject.look(device).facts.hostname
        # Some devices put their domain behind it.
        if device.name not in {today, today.partition(".")[0]}:
            yield Finding(
                device.key, f"it calls itself {today}, and NetBox {device.name}", "correct NetBox, or plan the device"
            )


@policy("MGT-25")
def nothing_is_left_to_fill_in_and_no_secret_stands_in_clear(device: Device, subject: Subject) -> Iterator[Said]:
    # Line by line only where there is something to find: a plan asks this of every device again and again.
    open_somewhere = PLACEHOLDER.search(subject.intended(device).text) is not None
    for line in written(subject, device):
        if open_somewhere and any(map(_left_open, (line.text, *line.secrets))):
            yield Finding(
                f"{device.key} {line.shown}", "something in this line is still to be filled in", "give it a value"
            )
        elif line.clear:
            # What is in clear is shown to nobody here either.
            yield Finding(
                f"{device.key} {line.shown}",
                "a secret stands in clear in the rendered text",
                "name the secret in the standard, and let the template write a reference to it",
            )


def _left_open(text: str) -> bool:
    return any(
        not (found[0] in {"None", "Undefined"} and text.startswith(PROSE)) for found in PLACEHOLDER.finditer(text)
    )
