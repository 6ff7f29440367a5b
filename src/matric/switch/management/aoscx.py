"""What an HPE Aruba AOS-CX configuration says about its management.

Sources: AOS-CX 10.10 to 10.13 guides "Fundamentals", "Security", "SNMP/MIB" and "Monitoring". AOS-CX speaks SSH 2 only,
logs each login by itself, listens to CDP and never sends it.
"""

import re
from collections.abc import Iterator

from matric.config import Config
from matric.switch import Entry, Switch
from matric.switch.management import (
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
from matric.switch.management.words import first, last, severity, words

__all__ = ("read",)


def read(tree: Config, switch: Switch) -> Management:
    """What *tree* says."""
    login, servers = _login(tree)
    communities = tuple(_communities(tree))
    tries = last(tree, r"^ssh maximum-auth-attempts (\d+)$")
    limit = re.search(r"(\d+) lockout-time (\d+)", last(tree, r"^aaa authentication limit-login-attempts (.+)$"))
    return Management(
        hostname=first(tree, r"^hostname (\S+)$"),
        doors=tuple(_doors(tree, switch)),
        polls=tuple(
            Door(line.text, SNMP, _list(tree, switch, line.text.split()[-1]))
            for line in tree.find(r"^snmp-server vrf \S+$")
        ),
        ssh=Ssh(frozenset({2}), tries=int(tries) if tries else None),
        login=login,
        servers=servers,
        unguarded=tuple(
            line.text.split()[1]
            for line in tree.find(r"^user \S+ group ")
            if not re.search(r" password (?:ciphertext|plaintext) \S", line.text)
        ),
        # Every session of a command line, the console's too; half an hour without a word about it.
        idle_s={"cli-session": int(next(_below(tree, r"^cli-session$", r"^timeout (\d+)$"), "30")) * 60},
        throttle=Throttle(int(limit[1]), int(limit[2])) if limit else None,
        banner="\n".join("\n".join(line.text.split("\n")[1:-1]) for line in tree.find(r"^banner motd ")),
        communities=communities,
        # Without that line it answers versions 1 and 2c, to "public" where no community is written.
        old_snmp=() if tree.find(r"^snmp-server snmpv3-only$") else ("the missing line snmp-server snmpv3-only",),
        snmp_users=tuple(_users(tree)),
        loose_groups=(),
        collectors={
            address: severity(last(tree, rf"^logging {re.escape(address)} .*\bseverity (\S+)", "info"))
            for address in words(tree, r"^logging (\d+\.\d+\.\d+\.\d+)\b")
        },
        stamped=True,
        log_source=last(tree, r"^ip source-interface (?:all|syslog) (?:interface )?(\S+)"),
        clocks=tuple(words(tree, r"^ntp server (\S+)")),
        zone=last(tree, r"^clock timezone (\S+)$", "UTC"),
        recorded=frozenset(
            ("logins", "failed logins", *(("commands",) if tree.find(r"^aaa accounting all-mgmt ") else ()))
        ),
        needless=None,
        lldp=_speech(tree, r"^no lldp (?:transmit|receive)$"),
        med=_speech(tree, r"^no lldp med\b"),
        cdp=SILENCE,
    )


def _below(tree: Config, *patterns: str) -> Iterator[str]:
    return (found[1] for line in tree.find(*patterns) if (found := re.search(patterns[-1], line.text)))


def _list(tree: Config, switch: Switch, vrf: str) -> tuple[Entry, ...] | None:
    """The list on the control plane of *vrf*; None where there is none."""
    name = last(tree, rf"^apply access-list ip (\S+) control-plane vrf {re.escape(vrf)}$")
    return switch.access_lists.get(name) if name else None


def _doors(tree: Config, switch: Switch) -> Iterator[Door]:
    for line in tree.find(r"^(?:ssh server|https-server) vrf \S+$"):
        port = SSH if line.text.startswith("ssh") else HTTPS
        yield Door(line.text, port, _list(tree, switch, line.text.split()[-1]))


def _login(tree: Config) -> tuple[tuple[str, ...], int]:
    every = last(tree, r"^aaa authentication login default (.+)$", "local")
    said = last(tree, r"^aaa authentication login ssh (.+)$", every).split()
    order: list[str] = []
    servers = 0
    for at, word in enumerate(said):
        if word == "group":
            continue
        group = at > 0 and "group" in said[:at] and word != "local"
        order.append("central" if group else word)
        servers += _servers(tree, word) if group else 0
    return tuple(order), servers


def _servers(tree: Config, group: str) -> int:
    if group in {"radius", "tacacs"}:
        return len(tree.find(rf"^{group}-server host "))
    return len(tree.find(rf"^aaa group server \S+ {re.escape(group)}$", r"^server "))


def _communities(tree: Config) -> Iterator[Community]:
    for line in tree.find(r"^snmp-server community \S+"):
        yield Community(line.text.split()[2], writes=bool(line.find(r"^access-level rw$")))


def _users(tree: Config) -> Iterator[SnmpUser]:
    for line in tree.find(r"^snmpv3 user \S+"):
        auth, priv = (re.search(rf" {word} (\S+) {word}-pass ", line.text) for word in ("auth", "priv"))
        yield SnmpUser(line.text.split()[2], auth[1] if auth else "", priv[1] if priv else "")


def _speech(tree: Config, off: str) -> Speech:
    on = not tree.find(r"^no lldp$")
    named = {"".join(line.text.split()[1:]): False for line in tree.find(r"^interface ") if line.find(off)}
    return Speech(on, named if on else {})
