"""Monitoring: SNMP 3 for the pollers alone, the log at the collector, one clock, and a record of who did what."""

import re
from collections.abc import Iterator

from matric import Device, Finding, Said, Subject, cannot_evaluate
from matric.policy import policy
from matric.switch.management import reading as management
from matric.switch.reading import intended

from ._knock import strangers
from ._left_alone import held, left_alone

COMMUNITIES = frozenset({
    "access", "admin", "all", "arista", "cisco", "community", "default", "guest", "ilmi", "manager", "monitor",
    "network", "openview", "password", "private", "public", "read", "rmon", "router", "secret", "security", "snmp",
    "snmpd", "switch", "system", "test", "tivoli", "write",
})  # fmt: skip
"""SNMP communities that vendors ship or everybody tries first."""
INFORMATIONAL = 6
CLOCKS = 2
ZONES = frozenset({"utc", "etc/utc", "europe/london"})
RECORDED = ("logins", "failed logins", "commands")


@policy("MGT-15")
def no_default_or_inherited_snmp_community(device: Device, subject: Subject) -> Iterator[Said]:
    live = subject.look(device).snmp_communities
    if live is None:
        raise cannot_evaluate("SNMP communities")
    after = {*intended(subject, device).communities, *(live if left_alone(subject, device) else ())}
    school = subject.school
    names = {_plain(name) for name in (school.slug, school.name, school.name.split()[0])}
    for community in sorted(after):
        if community.lower() in COMMUNITIES or _plain(community) in names:
            # The community is as good as a password, so it is not repeated here.
            yield Finding(
                f"{device.key} SNMP community",
                "a community is a vendor's default or the school's name",
                "remove it: SNMPv3 is all there is",
            )


def _plain(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text.lower())


@policy("MGT-16")
def no_snmp_community_may_write(device: Device, subject: Subject) -> Iterator[Said]:
    for side in held(subject, device, management.intended, management.was):
        if any(community.writes for community in side.communities):
            yield Finding(
                f"{device.key} SNMP community",
                "whoever knows a community may change the device",
                "remove it: SNMPv3 is all there is",
            )


@policy("MGT-17")
def snmp_is_version_3_authenticated_and_encrypted(device: Device, subject: Subject) -> Iterator[Said]:
    snmp = management.intended(subject, device)
    for line in snmp.old_snmp:
        yield Finding(f"{device.key} {line}", "SNMP 1 or 2c is in use: it hides nothing", "let SNMP 3 be all there is")
    for group in snmp.loose_groups:
        yield Finding(
            f"{device.key} SNMP group {group}", "it answers requests that are not encrypted", "ask for privacy"
        )
    if not snmp.snmp_users:
        yield Finding(device.key, "it has no user of SNMP 3", "put the standard's user into the template")
    for user in snmp.snmp_users:
        if not (user.auth.startswith("sha") and user.priv.startswith("aes")):
            yield Finding(
                f"{device.key} SNMP user {user.name}",
                f"it is authenticated by {user.auth or 'nothing'} and encrypted by {user.priv or 'nothing'}",
                "use SHA and AES with 128 bits or more",
            )


@policy("MGT-18")
def snmp_answers_the_pollers_only(device: Device, subject: Subject) -> Iterator[Said]:
    pollers = subject.school.standard.services.snmp.managers
    for door in management.intended(subject, device).polls:
        if reason := strangers(door, pollers, "udp"):
            yield Finding(
                f"{device.key} {door.name}",
                f"SNMP answers others than the pollers: {reason}",
                "put a list in front of it that lets in the standard's SNMP managers and nobody else",
            )


@policy("MGT-19")
def logs_reach_the_collector(device: Device, subject: Subject) -> Iterator[Said]:
    log = management.intended(subject, device)
    for server in map(str, subject.school.standard.services.syslog):
        level = log.collectors.get(server)
        if level is None:
            yield Finding(f"{device.key} syslog {server}", "the collector is sent no log", "name it in the template")
        elif level < INFORMATIONAL:
            yield Finding(
                f"{device.key} syslog {server}",
                "the collector is not sent what is only informational: logins and changes",
                "send it everything up to severity informational",
            )
    if not log.stamped:
        yield Finding(device.key, "its log has no times", "put a time stamp on each line of the log")
    if not log.log_source:
        yield Finding(
            device.key, "its log comes from whatever address is nearest", "send it from the management interface"
        )


@policy("MGT-20")
def two_servers_give_the_time_and_its_zone_is_known(device: Device, subject: Subject) -> Iterator[Said]:
    clock = management.intended(subject, device)
    if len(set(clock.clocks)) < CLOCKS:
        yield Finding(
            device.key, f"it asks {len(set(clock.clocks))} NTP servers", f"let it ask the standard's, {CLOCKS} at least"
        )
    if clock.zone.lower() not in ZONES:
        yield Finding(device.key, f"its time zone is {clock.zone}", "use UTC or Europe/London")


@policy("MGT-21")
def logins_and_commands_are_recorded(device: Device, subject: Subject) -> Iterator[Said]:
    recorded = management.intended(subject, device).recorded
    for what in RECORDED:
        if what not in recorded:
            yield Finding(f"{device.key} {what}", f"its {what} are recorded nowhere", "log or account them")
