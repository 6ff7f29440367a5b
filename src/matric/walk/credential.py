"""The accounts a survey may log in with: the school's own, by reference, from ``inventory/joining/<school>``."""

from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path
from typing import Literal

from matric import secret, yaml_file
from matric.errors import BadInput, Problem, UsageError
from matric.intent.base import Model

__all__ = ("FILE", "Account", "Credential", "Credentials", "accounts", "trusts_own", "uncompared")

FILE = "credentials.yaml"


class Credential(Model):
    """One account of the school."""

    user: str
    secret: str
    """Reference to its password."""
    enable: str = ""
    """Reference to the password of privileged mode, where it takes one."""
    given_by: str = ""
    """Who handed it over, and when."""
    within: tuple[str, ...] = ()
    """Prefixes in which it is tried; empty: everywhere the survey goes."""


class Credentials(Model):
    """``credentials.yaml``: name -> account, in the order in which they are tried."""

    format_version: Literal[1]
    credentials: dict[str, Credential]


@dataclass(frozen=True, slots=True)
class Account:
    """A credential with its values: in memory only."""

    name: str
    user: str
    password: str = field(repr=False)
    enable: str = field(default="", repr=False)
    within: tuple[IPv4Network, ...] = ()

    def fits(self, address: str) -> bool:
        """Whether it is tried at *address*."""
        return not self.within or self.closeness(address) > 0

    def closeness(self, address: str) -> int:
        """How closely its prefixes name *address*: the account of one device is tried before that of them all."""
        return max((one.prefixlen for one in self.within if IPv4Address(address) in one), default=0)


def trusts_own(inventory: Path) -> frozenset[str]:
    """Every reference to a secret of the trust: in ``standard.yaml`` and ``access.yaml``."""
    found: set[str] = set()
    for name in ("standard.yaml", "access.yaml"):
        path = inventory / name
        if path.is_file():
            found.update(secret.referred(yaml_file.load(path)))
    return frozenset(found)


def accounts(folder: Path, names: Collection[str], refused: frozenset[str], vault: secret.Vault) -> tuple[Account, ...]:
    """The accounts *names* of the school's file, or all of it, in its order.

    UsageError where there is no file or no such name; BadInput (SURVEY-CREDENTIAL) where one refers to a secret in
    *refused*, or its password is that of one: the trust's own opens every school. Values are compared wherever the
    trust's can be had here; ``uncompared`` names the others.
    """
    path = folder / FILE
    if not path.is_file():
        raise UsageError(f"{path} is not there. Do: write down the school's accounts in it, each with a reference")
    given = yaml_file.model(path, Credentials).credentials
    missing = [name for name in names if name not in given]
    if missing or not given:
        raise UsageError(
            f"{path} has no credential {', '.join(missing) or 'at all'}. Do: use {', '.join(given) or '-'}"
        )
    kept = {name: one for name, one in given.items() if not names or name in names}
    problems = list(_problems(path, kept, refused))
    if problems:
        raise BadInput(problems)
    found = tuple(_account(name, one, vault) for name, one in kept.items())
    held = frozenset(value.strip() for _, value in _held(refused, vault) if value)
    shared = [one.name for one in found if held & ({one.password.strip(), one.enable.strip()} - {""})]
    if shared:
        rule = (
            "its value is that of a secret of the trust, and a survey shows its passwords to switches it has never met"
        )
        raise BadInput(
            [Problem("SURVEY-CREDENTIAL", f"{path}: {name}", rule, "use an account of the school") for name in shared]
        )
    return found


def uncompared(refused: frozenset[str], vault: secret.Vault) -> tuple[str, ...]:
    """References in *refused* whose values could not be had, so that no account was compared with them."""
    return tuple(sorted(ref for ref, value in _held(refused, vault) if not value))


def _held(refused: frozenset[str], vault: secret.Vault) -> Iterator[tuple[str, str]]:
    """Each reference of the trust and its value, as secret under another name; empty where it has none here."""
    for ref in refused:
        value = ""
        with suppress(BadInput):
            value = vault.get(ref)
        yield ref, value


def _problems(path: Path, given: Mapping[str, Credential], refused: frozenset[str]) -> "list[Problem]":
    found: list[Problem] = []
    for name, one in given.items():
        for ref in (one.secret, one.enable):
            if ref in refused:
                rule = "it is a secret of the trust, and a survey shows its passwords to switches it has never met"
                found.append(
                    Problem("SURVEY-CREDENTIAL", f"{path}: {name}", rule, "use an account of the school", value=ref)
                )
            elif ref and not secret.REFERENCE.fullmatch(ref):
                rule = "it is no reference, and no password belongs into a file"
                found.append(Problem("SURVEY-CREDENTIAL", f"{path}: {name}", rule, "write env:, file: or keyring:"))
        for prefix in one.within:
            try:
                IPv4Network(prefix)
            except ValueError:
                found.append(
                    Problem(
                        "SURVEY-CREDENTIAL", f"{path}: {name}", "within: is no IPv4 prefix", "correct it", value=prefix
                    )
                )
    return found


def _account(name: str, one: Credential, vault: secret.Vault) -> Account:
    enable = vault.get(one.enable) if one.enable else ""
    within = tuple(IPv4Network(prefix) for prefix in one.within)
    return Account(name, one.user, vault.get(one.secret), enable, within)
