"""Management: one way in, encrypted, with known accounts and secrets that cannot be read back."""

import re
from collections.abc import Iterator

from matric import Device, Finding, Said, Subject, cannot_evaluate
from matric.policy import Severity, policy
from matric.switch.reading import intended

COMMUNITIES = frozenset({
    "access", "admin", "all", "arista", "cisco", "community", "default", "guest", "ilmi", "manager", "monitor",
    "network", "openview", "password", "private", "public", "read", "rmon", "router", "secret", "security", "snmp",
    "snmpd", "switch", "system", "test", "tivoli", "write",
})  # fmt: skip
"""SNMP communities that vendors ship or everybody tries first."""
WEAK = {
    "plain": "is stored in clear text",
    "reversible": "is stored in a form that can be read back",
    "broken": "is stored as Cisco type 4, which is broken",
    "md5": "is stored as MD5, which is quick to guess",
    "unknown": "is stored in a form that no rule knows",
}


@policy("MGT-01")
def telnet_is_off(device: Device, subject: Subject) -> Iterator[Said]:
    switch = intended(subject, device)
    if switch.telnet:
        yield Finding(device.key, "it lets people in by Telnet", "let only SSH in on every line")
    if not switch.ssh:
        yield Finding(device.key, "it lets nobody in by SSH", "let SSH in on every line")


@policy("MGT-03")
def plain_http_management_is_off(device: Device, subject: Subject) -> Iterator[Said]:
    if intended(subject, device).http:
        yield Finding(device.key, "it serves its management by plain HTTP", "switch the HTTP server off")


@policy("MGT-07")
def only_the_expected_accounts_exist(device: Device, subject: Subject) -> Iterator[Said]:
    management = subject.school.standard.management
    expected = {management.break_glass_user, management.service_user}
    there = {account.name for account in intended(subject, device).accounts}
    for name in sorted(there - expected - {"enable"}):
        if not name.startswith("line "):
            yield Finding(f"{device.key} account {name}", "nobody expects this account", "take it out of the template")
    if management.break_glass_user not in there:
        yield Finding(
            f"{device.key} account {management.break_glass_user}",
            "the break-glass account is missing",
            "put it into the template",
            "warning",
        )
    users = subject.look(device).users
    if users is None:
        raise cannot_evaluate("local accounts")
    # What the plan replaces is judged by what replaces it; what it leaves alone, by what is there.
    for name in sorted(set(users) - expected) if not _armed(subject, device) else ():
        yield Finding(f"{device.key} account {name}", "the device has this account, and nobody expects it", "remove it")


@policy("MGT-09")
def stored_secrets_are_strong_one_way_hashes(device: Device, subject: Subject) -> Iterator[Said]:
    for account in intended(subject, device).accounts:
        if account.hash in WEAK:
            severity: Severity | None = "warning" if account.hash == "md5" else None
            yield Finding(
                f"{device.key} account {account.name}",
                f"what it logs in with {WEAK[account.hash]}",
                "render it as type 8 or 9 (IOS-XE), sha512 (EOS, Junos) or sha256 (AOS-S)",
                severity,
            )


@policy("MGT-15")
def no_default_or_inherited_snmp_community(device: Device, subject: Subject) -> Iterator[Said]:
    live = subject.look(device).snmp_communities
    if live is None:
        raise cannot_evaluate("SNMP communities")
    after = {*intended(subject, device).communities, *(() if _armed(subject, device) else live)}
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


def _armed(subject: Subject, device: Device) -> bool:
    """True where the plan changes *device*; without a plan, every device is taken to become what is intended."""
    return subject.steps is None or any(step.device == device.key and step.action == "arm" for step in subject.steps)
