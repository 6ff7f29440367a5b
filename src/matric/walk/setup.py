"""A walk of one school from what somebody asked for: its accounts, its memory, and where its devices are."""

import threading
from dataclasses import dataclass, replace
from pathlib import Path

from matric import survey
from matric.clock import Clock
from matric.secret import Vault
from matric.walk.credential import Account, accounts, trusts_own, uncompared
from matric.walk.door import Doors, lab_doors, real_doors
from matric.walk.frontier import Scope, scope
from matric.walk.memory import Memory, given
from matric.walk.ration import Pace, Ration
from matric.walk.visit import Place, Rules

__all__ = ("Ready", "placed", "prepared")

_LAB_TIMEOUT_S = 10.0
_LAB_FASTER = 50.0
"""A lab's devices are not worn down, and its accounts lock nobody out."""


@dataclass(frozen=True, slots=True)
class Ready:
    """A walk that has not sent anything yet."""

    place: Place
    scope: Scope
    seeds: tuple[str, ...]
    uncompared: tuple[str, ...] = ()
    """Secrets of the trust whose values could not be had here: whether an account has one of them is not known."""

    @property
    def accounts(self) -> tuple[Account, ...]:
        return self.place.accounts

    @property
    def words(self) -> str:
        """What is about to happen to passwords, for whoever says yes to it."""
        names = ", ".join(f"{one.name} ({one.user})" for one in self.accounts)
        where = ", ".join(str(one) for one in self.scope.within)
        return f"The passwords of {names} will be shown to whatever looks like a switch in {where}"

    @property
    def caution(self) -> str:
        """What was not compared with the accounts; empty where everything was."""
        count = len(self.uncompared)
        return f"{count} secrets of the trust cannot be had here: that no account has one is not known" if count else ""


def prepared(  # noqa: PLR0913 - what a walk may be told
    inventory: Path,
    school: str,
    clock: Clock,
    vault: Vault,
    *,
    seeds: tuple[str, ...],
    within: tuple[str, ...] = (),
    exclude: tuple[str, ...] = (),
    credentials: tuple[str, ...] = (),
    pinned: Path | None = None,
    rules: Rules | None = None,
    lab: Path | None = None,
) -> Ready:
    """Everything but the walk. UsageError or BadInput where something is missing; nothing was contacted then.

    *pinned* is a file in known_hosts form. In *lab*, addresses are those its devices would have.
    """
    found = scope(seeds, within, exclude)
    folder = survey.folder(inventory, school)
    refused = trusts_own(inventory)
    given_accounts = accounts(folder, credentials, refused, vault)
    rules = rules or Rules()
    doors: Doors = real_doors
    if lab is not None:
        folder, doors, rules = lab / "survey", lab_doors(lab), _in_lab(rules)  # its keys are new each time it starts
    memory = Memory(folder, given(pinned) if pinned else {}, lambda: clock.now().strftime("%Y-%m-%dT%H:%M:%SZ"))
    return Ready(placed(rules, given_accounts, doors, memory), found, seeds, uncompared(refused, vault))


def placed(rules: Rules, given_accounts: tuple[Account, ...], doors: Doors, memory: Memory) -> Place:
    """What every visit of a walk needs."""
    ends = threading.Event()
    return Place(rules, given_accounts, doors, memory, Ration(ends, rules.rest_s), Pace(rules.logins_per_s, ends), ends)


def _in_lab(rules: Rules) -> Rules:
    return replace(
        rules,
        logins_per_s=rules.logins_per_s * _LAB_FASTER,
        commands_per_s=rules.commands_per_s * _LAB_FASTER,
        rest_s=rules.rest_s / _LAB_FASTER,
        timeout_s=min(rules.timeout_s, _LAB_TIMEOUT_S),
    )
