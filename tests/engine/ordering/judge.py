"""The lab's devices as judges: what a device holds after each line, by code that shares nothing with the order's."""

from collections.abc import Iterator
from typing import Any, cast

from matric.config import parse, without
from matric.lab import aoscx_text, aoss_tree
from matric.lab.tree import Section
from matric.platform import aoscx_rules, aoss_rules
from matric.platform.base import Capability, ConfigRules, Platform
from matric.switch import Switch, aoscx, aoss

PORTS = tuple(str(number) for number in range(1, 29))
RULES = {"aoscx": aoscx_rules.RULES, "aoss": aoss_rules.RULES}
READERS = {"aoscx": aoscx.read, "aoss": aoss.read}


def platform(slug: str, rules: ConfigRules | None = None) -> Platform:
    """As much of a platform as an order needs."""

    def none(_address: object) -> object:
        raise AssertionError("nobody speaks to a device here")

    capability = Capability(
        atomic_replace=False, timer_revert=True, timer_owner="device", survives_reboot=True, survives_session_drop=True,
        timer_min_s=60, timer_max_s=3600, timer_step_s=60, other_commits_confirm=True,
    )  # fmt: skip
    return Platform(
        slug=slug, title=slug, capability=capability, rules=rules or RULES[slug], name_limit=32, description_limit=64,
        reserved_vids=(), ascii_only=True, show_commands=(), driver=cast("Any", none),
    )  # fmt: skip


AOSCX = platform("aoscx")
AOSS = platform("aoss")


def told(slug: str, lines: str) -> str:
    """What a new device shows after *lines*, none of which it may refuse."""
    *_, last = shown(slug, "", tuple(line for line in lines.split("\n") if line.strip()))
    return last


def shown(slug: str, running: str, lines: tuple[str, ...]) -> Iterator[str]:
    """What a device that holds *running* shows before the first of *lines*, and after each."""
    return _aoscx(running, lines) if slug == "aoscx" else _aoss(running, lines)


def _aoscx(running: str, lines: tuple[str, ...]) -> Iterator[str]:
    tree = Section("top")
    aoscx_text.AoscxPosition(tree).apply("vlan 1")
    assert not aoscx_text.take(tree, running)
    yield aoscx_text.show(tree)
    position = aoscx_text.AoscxPosition(tree)
    for line in lines:
        if not line.startswith(" "):
            position.top()
        position.apply(line.strip())
        yield aoscx_text.show(tree)


def _aoss(running: str, lines: tuple[str, ...]) -> Iterator[str]:
    tree = aoss_tree.factory(PORTS)
    assert not aoss_tree.load(running, aoss_tree.AossPosition(tree, PORTS, orphans=True))
    yield aoss_tree.DIALECT.show(tree)
    position = aoss_tree.AossPosition(tree, PORTS)
    for line in lines:
        if not line.startswith(" "):
            position.top()
        position.apply(line.strip())
        yield aoss_tree.DIALECT.show(tree)


def switch(slug: str, text: str) -> Switch:
    """What *text* says."""
    return READERS[slug](without(parse(text, RULES[slug]), RULES[slug].volatile))
