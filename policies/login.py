"""Logins: central accounts first, known local ones behind them, secrets that cannot be read back, and no guessing."""

import re
from collections.abc import Iterator

from matric import Device, Finding, Said, Subject, cannot_evaluate
from matric.policy import Severity, policy
from matric.switch.management import reading as management
from matric.switch.reading import intended

from ._left_alone import left_alone

WEAK = {
    "plain": "is stored in clear text",
    "reversible": "is stored in a form that can be read back",
    "broken": "is stored as Cisco type 4, which is broken",
    "md5": "is stored as MD5, which is quick to guess",
    "unknown": "is stored in a form that no rule knows",
}
FACTORY = frozenset({
    "admin", "administrator", "arista", "aruba", "cisco", "default", "guest", "juniper", "manager", "netadmin",
    "operator", "root", "support", "tech", "user",
})  # fmt: skip
"""Accounts that vendors ship or everybody tries first."""
CENTRAL_SERVERS = 2
LONGEST_IDLE_S = 600
MOST_GUESSES, GUESSING_S = 10, 300
"""So many passwords may be tried in so many seconds."""
TELLING = re.compile(
    r"(?i)\b(?:cisco|catalyst|ios(?:-xe)?|arista|eos|juniper|junos|hpe?|procurve|aruba|aos(?:-(?:cx|s))?)\b"
    r"|\bversion\s+\d|\b\d+\.\d+(?:\.\d+)+\b"
)
"""What a banner gives away: who made the device, its release, an address."""


@policy("MGT-06")
def logins_ask_two_central_servers_and_fall_back_to_the_device(device: Device, subject: Subject) -> Iterator[Said]:
    held = management.intended(subject, device)
    if held.login[:1] != ("central",):
        yield Finding(device.key, "a login does not ask the central servers first", "let RADIUS decide who logs in")
    elif held.servers < CENTRAL_SERVERS:
        yield Finding(
            device.key, f"a login asks {held.servers} central server", f"give it {CENTRAL_SERVERS} in the standard"
        )
    if "local" not in held.login:
        yield Finding(
            device.key, "nobody gets in while no central server answers", "let the local accounts be asked after them"
        )


@policy("MGT-07")
def only_the_expected_accounts_exist(device: Device, subject: Subject) -> Iterator[Said]:
    expected = _expected(subject)
    there = {account.name for account in intended(subject, device).accounts}
    for name in sorted(there - expected - {"enable"}):
        if not name.startswith("line "):
            yield Finding(f"{device.key} account {name}", "nobody expects this account", "take it out of the template")
    break_glass = subject.school.standard.management.break_glass_user
    if break_glass not in there:
        yield Finding(
            f"{device.key} account {break_glass}",
            "the break-glass account is missing",
            "put it into the template",
            "warning",
        )
    users = subject.look(device).users
    if users is None:
        raise cannot_evaluate("local accounts")
    # What the plan replaces is judged by what replaces it; what it leaves alone, by what is there.
    for name in sorted(set(users) - expected) if left_alone(subject, device) else ():
        yield Finding(f"{device.key} account {name}", "the device has this account, and nobody expects it", "remove it")


def _expected(subject: Subject) -> frozenset[str]:
    management = subject.school.standard.management
    return frozenset({management.break_glass_user, management.service_user})


@policy("MGT-08")
def nobody_gets_in_with_what_a_factory_or_a_predecessor_left(device: Device, subject: Subject) -> Iterator[Said]:
    for name in management.intended(subject, device).unguarded:
        yield Finding(
            f"{device.key} account {name}",
            "it lets in whoever knows its name: it has no password",
            "give it a secret, or write the line that removes it",
        )
    users = subject.look(device).users
    if users is None:
        raise cannot_evaluate("local accounts")
    after = {account.name for account in intended(subject, device).accounts if not account.name.startswith("line ")}
    if left_alone(subject, device):
        after |= set(users)
    for name in sorted(after - _expected(subject) - {"enable"}):
        if name.lower() in FACTORY:
            yield Finding(
                f"{device.key} account {name}", "it is an account that vendors ship", "remove it, or rename it"
            )
        elif name in users:
            yield Finding(
                f"{device.key} account {name}", "it is from before the standard, and stays", "remove the account"
            )


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


@policy("MGT-11")
def guessing_passwords_is_slowed_down(device: Device, subject: Subject) -> Iterator[Said]:
    throttle = management.intended(subject, device).throttle
    if throttle is None:
        yield Finding(
            device.key,
            "passwords may be guessed without end",
            "let it refuse logins for a while after a few",
        )
        return
    locked = throttle.locks and throttle.attempts <= MOST_GUESSES
    guesses = throttle.guesses(GUESSING_S)
    if not locked and guesses > MOST_GUESSES:
        yield Finding(
            device.key,
            f"{guesses} passwords can be tried in {GUESSING_S // 60} minutes",
            f"refuse longer or sooner: {MOST_GUESSES} are enough",
        )


@policy("MGT-13")
def idle_sessions_end(device: Device, subject: Subject) -> Iterator[Said]:
    for session, seconds in management.intended(subject, device).idle_s.items():
        if not 0 < seconds <= LONGEST_IDLE_S:
            ends = f"after {seconds // 60} minutes" if seconds else "never"
            yield Finding(
                f"{device.key} {session}",
                f"an idle session ends {ends}",
                f"end it after {LONGEST_IDLE_S // 60} minutes at most",
            )


@policy("MGT-14")
def the_banner_warns_and_gives_nothing_away(device: Device, subject: Subject) -> Iterator[Said]:
    banner = management.intended(subject, device).banner
    if not banner.strip():
        yield Finding(device.key, "no banner is shown before the login", "give the standard a banner")
        return
    if not re.search(r"(?i)\bauthori[sz]ed\b", banner):
        yield Finding(
            device.key, "its banner does not say that only authorised people may use it", "say so in the standard"
        )
    told = TELLING.search(banner)
    model = device.model.split()[0] if device.model else ""
    if told is not None or (model and model.lower() in banner.lower()):
        yield Finding(
            device.key, f"its banner gives away {told[0] if told is not None else model}", "take it out of the banner"
        )
