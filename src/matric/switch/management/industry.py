"""What IOS, IOS-XE and EOS say about their management.

Sources: Cisco IOS-XE 17 command references (security, SNMP, network management); Arista EOS user manual, chapters
"Device management" and "SNMP".
"""

import re
from collections.abc import Iterator

from matric.config import Config, Line
from matric.switch import Entry, Switch
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
from matric.switch.management.words import first, last, severity, words, zone

__all__ = ("read",)

NEEDLESS = {
    "source routing": r"^ip source-route$",
    "PAD": r"^service pad$",
    "finger": r"^(?:ip|service) finger(?: |$)",
    "BOOTP": r"^ip bootp server$",
    "the small TCP servers": r"^service tcp-small-servers(?: |$)",
    "the small UDP servers": r"^service udp-small-servers(?: |$)",
    "loading its configuration from the network": r"^service config$",
    "Smart Install": r"^vstack$",
    "the FTP server": r"^ftp-server enable$",
    "the TFTP server": r"^tftp-server ",
    "remote shell": r"^ip rcmd r(?:sh|cp)-enable$",
}
"""What nobody uses any more -> the line that switches it on."""


def read(slug: str, tree: Config, switch: Switch) -> Management:
    """What *tree* says, in the dialect of platform *slug*: ``ios`` or ``eos``."""
    ios = slug == "ios"
    # IOS heeds no line about AAA until the new model is on: logins then ask the password of the line.
    login, servers = _login(tree) if not ios or tree.find(r"^aaa new-model$") else (("local",), 0)
    return Management(
        hostname=first(tree, r"^hostname (\S+)$"),
        doors=tuple(_ios_doors(tree, switch) if ios else _eos_doors(tree, switch)),
        polls=tuple(_ios_polls(tree, switch) if ios else _eos_polls(tree, switch)),
        ssh=_ios_ssh(tree) if ios else Ssh(frozenset({2}), _eos_wait(tree)),
        login=login,
        servers=servers,
        unguarded=tuple(_unguarded(tree, factory="" if ios else "admin")),
        idle_s=dict(_ios_idle(tree) if ios else _eos_idle(tree)),
        throttle=_ios_throttle(tree) if ios else _eos_throttle(tree),
        banner="\n".join(filter(None, map(_shown, tree.find(r"^banner (?:login|motd)\b")))),
        communities=tuple(
            Community(line.text.split()[2], writes=bool(re.search(r" rw(?: |$)", line.text, re.IGNORECASE)))
            for line in tree.find(r"^snmp-server community \S+")
        ),
        old_snmp=tuple(_old(tree)),
        snmp_users=tuple(_users(tree)),
        loose_groups=tuple(words(tree, r"^snmp-server group (\S+) v3 (?:noauth|auth)\b")),
        collectors=dict.fromkeys(
            words(tree, r"^logging (?:vrf \S+ )?(?:host )?(\d+\.\d+\.\d+\.\d+)\b"),
            severity(last(tree, r"^logging trap (\S+)$", "informational")),
        ),
        stamped=bool(tree.find(r"^service timestamps log ")) if ios else True,
        log_source=last(tree, r"^logging (?:vrf \S+ )?source-interface (\S+)"),
        clocks=tuple(words(tree, r"^ntp server (?:vrf \S+ )?(\S+)")),
        zone=_ios_zone(tree) if ios else last(tree, r"^clock timezone (.+)$", "UTC"),
        recorded=frozenset(_ios_recorded(tree) if ios else _eos_recorded(tree)),
        needless=tuple(_needless(tree)) if ios else None,
        lldp=_speech(tree, r"^lldp run$" if ios else r"", r"^no lldp (?:transmit|receive)$", r"^no lldp run$"),
        med=BY_DEFAULT,
        cdp=_speech(tree, r"", r"^no cdp enable$", r"^no cdp run$") if ios else SILENCE,
        lacks=tuple(_lacks(tree)) if ios else (),
    )


def _number(tree: Config, pattern: str, *heads: str) -> int | None:
    found = [re.search(pattern, line.text) for line in tree.find(*heads, pattern)]
    return int(found[-1][1]) if found and found[-1] else None


def _entries(switch: Switch, name: str) -> tuple[Entry, ...] | None:
    """The entries of the list *name*; None where it is not named or not written, which lets everybody in."""
    return switch.access_lists.get(name) if name else None


# ---- ways in ----


def _ios_doors(tree: Config, switch: Switch) -> Iterator[Door]:
    for line in tree.find(r"^line vty "):
        if last(line, r"^transport input (.+)$", "all") != "none":
            yield Door(line.text, SSH, _entries(switch, last(line, r"^access-class (\S+) in\b")))
    for line in tree.find(r"^ip http (?:secure-)?server$"):
        yield Door(line.text, HTTPS, _entries(switch, last(tree, r"^ip http access-class (?:ipv4 )?(\S+)$")))


def _eos_doors(tree: Config, switch: Switch) -> Iterator[Door]:
    if not tree.find(r"^management ssh$", r"^shutdown$"):
        # Without a word about it, SSH is on.
        server = next(iter(tree.find(r"^management ssh$")), Line("management ssh"))
        yield Door(server.text, SSH, _entries(switch, last(server, r"^ip access-group (\S+)")))
    for api in tree.find(r"^management api http-commands$"):
        if api.find(r"^no shutdown$"):
            served = [one for one in api.find(r"^vrf \S+$") if one.find(r"^no shutdown$")]
            for one in served or [api]:
                name = f"{api.text} {one.text}" if served else api.text
                yield Door(name, HTTPS, _entries(switch, last(one, r"^ip access-group (\S+)")))


def _ios_polls(tree: Config, switch: Switch) -> Iterator[Door]:
    for line in tree.find(r"^snmp-server group \S+ "):
        found = re.search(r" access (?:ipv6 \S+ )?(\S+)$", line.text)
        name = " ".join(line.text.split()[:3])
        yield Door(name, SNMP, _entries(switch, found[1] if found else ""))
    for line in tree.find(r"^snmp-server community \S+"):
        found = re.search(r"(?i) r[ow] (\S+)$", line.text)
        yield Door("snmp-server community", SNMP, _entries(switch, found[1] if found else ""))


def _eos_polls(tree: Config, switch: Switch) -> Iterator[Door]:
    if tree.find(r"^snmp-server (?:user|community) "):
        listed = last(tree, r"^snmp-server ipv4 access-list (\S+)")
        yield Door("snmp-server", SNMP, _entries(switch, listed))


def _ios_ssh(tree: Config) -> Ssh:
    version = last(tree, r"^ip ssh version (\d)$", "1.99")
    return Ssh(
        # Without a word about it, an older release speaks both.
        versions={"1": frozenset({1}), "2": frozenset({2})}.get(version, frozenset({1, 2})),
        wait_s=int(last(tree, r"^ip ssh time-out (\d+)$", "120")),
        tries=int(last(tree, r"^ip ssh authentication-retries (\d+)$", "3")),
    )


def _eos_wait(tree: Config) -> int:
    return _number(tree, r"^login timeout (\d+)$", r"^management ssh$") or 120


# ---- who gets in ----


def _lacks(tree: Config) -> Iterator[str]:
    """A candidate is copied by SCP, and the rollback timer goes back to what the archive holds."""
    if not tree.find(r"^ip scp server enable$"):
        yield "ip scp server enable"
    if not tree.find(r"^archive$", r"^path \S"):
        yield "archive, path"


def _login(tree: Config) -> tuple[tuple[str, ...], int]:
    said = last(tree, r"^aaa authentication login default (.+)$", "local").split()
    order: list[str] = []
    servers = 0
    while said:
        word = said.pop(0)
        if word == "group" and said:
            order.append("central")
            servers += _servers(tree, said.pop(0))
        else:
            order.append("local" if word in {"local", "local-case", "enable", "line"} else word)
    return tuple(order), servers


def _servers(tree: Config, group: str) -> int:
    if group in {"radius", "tacacs+"}:
        kind = group.removesuffix("+")
        return len(tree.find(rf"^{kind}[ -]server (?!dead|vsa|attribute|source|timeout|retransmit|key)\S+"))
    named = (one.text for line in tree.find(rf"^aaa group server \S+ {re.escape(group)}$") for one in line.children)
    return sum(_usable(tree, text) for text in named)


def _usable(tree: Config, text: str) -> bool:
    """A server that a group names counts where the device knows its address, and a key it shares with it."""
    if text.startswith("server-private "):
        return " key " in text
    if not text.startswith("server "):
        return False
    name = text.removeprefix("server name ").removeprefix("server ").split()[0]
    common = bool(tree.find(r"^(?:radius|tacacs)-server key \S"))
    hosts = tree.find(rf"^(?:radius|tacacs)-server host {re.escape(name)}(?: |$)")
    if hosts:
        return common or any(" key " in line.text for line in hosts)
    return any(
        line.find(r"^address ") and (common or line.find(r"^key "))
        for line in tree.find(rf"^(?:radius|tacacs) server {re.escape(name)}$")
    )


def _unguarded(tree: Config, factory: str) -> Iterator[str]:
    """Accounts without a password; *factory* is the one that is there until a line says otherwise."""
    for line in tree.find(r"^username \S+"):
        if not re.search(r" (?:secret|password|ssh-?key|sshkey) ", line.text) or " nopassword" in line.text:
            yield line.text.split()[1]
    if factory and not tree.find(rf"^(?:no )?username {factory}\b"):
        yield factory


def _ios_idle(tree: Config) -> Iterator[tuple[str, int]]:
    for line in tree.find(r"^line "):
        if line.find(r"^no exec$"):
            continue
        said = last(line, r"^(?:no )?exec-timeout ?(.*)$", "10 0")
        minutes, _, seconds = said.partition(" ")
        yield line.text, int(minutes or 0) * 60 + int(seconds or 0)


def _eos_idle(tree: Config) -> Iterator[tuple[str, int]]:
    for head in ("management console", "management ssh"):
        yield head, (_number(tree, r"^idle-timeout (\d+)$", rf"^{head}$") or 0) * 60


def _ios_throttle(tree: Config) -> Throttle | None:
    if found := re.search(r"block-for (\d+) attempts (\d+) within (\d+)", last(tree, r"^login (block-for .+)$")):
        return Throttle(int(found[2]), int(found[1]), int(found[3]), locks=False)
    most = last(tree, r"^aaa local authentication attempts max-fail (\d+)$")
    # It stays locked until somebody opens it.
    return Throttle(int(most), 366 * 24 * 3600) if most else None


def _eos_throttle(tree: Config) -> Throttle | None:
    said = last(tree, r"^aaa authentication policy lockout (.+)$")
    found = re.search(r"failure (\d+)(?: window (\d+))? duration (\d+)", said)
    return Throttle(int(found[1]), int(found[3]), int(found[2]) if found[2] else None) if found else None


def _shown(line: Line) -> str:
    return "\n".join(line.text.split("\n")[1:-1]) or line.text.partition("^C")[2].rstrip("^C")


# ---- SNMP ----


def _old(tree: Config) -> Iterator[str]:
    if tree.find(r"^snmp-server community "):
        yield "snmp-server community"
    for line in tree.find(r"^snmp-server group \S+ v(?:1|2c)\b"):
        yield line.text
    for line in tree.find(r"^snmp-server host \S+ "):
        if " version 3 " not in line.text:
            yield " ".join(line.text.split()[:3])


def _users(tree: Config) -> Iterator[SnmpUser]:
    for line in tree.find(r"^snmp-server user \S+ \S+ v3\b"):
        auth = re.search(r" auth (\S+) ", line.text)
        priv = re.search(r" priv (\S+) ", line.text)
        yield SnmpUser(line.text.split()[2], auth[1].lower() if auth else "", priv[1].lower() if priv else "")


# ---- the rest ----


def _ios_zone(tree: Config) -> str:
    said = last(tree, r"^clock timezone \S+ (-?\d+(?: \d+)?)$", "0 0")
    hours, _, minutes = said.partition(" ")
    return zone(int(hours) * 60 + int(minutes or 0), last(tree, r"^clock summer-time (\S+)"))


def _ios_recorded(tree: Config) -> Iterator[str]:
    if tree.find(r"^login on-success log\b"):
        yield "logins"
    if tree.find(r"^login on-failure log\b"):
        yield "failed logins"
    if tree.find(r"^aaa accounting commands 15 ") or tree.find(r"^archive$", r"^log config$", r"^logging enable$"):
        yield "commands"


def _eos_recorded(tree: Config) -> Iterator[str]:
    if tree.find(r"^aaa authentication policy on-success log$"):
        yield "logins"
    if tree.find(r"^aaa authentication policy on-failure log$"):
        yield "failed logins"
    if tree.find(r"^aaa accounting commands (?:all|15) default (?!none)"):
        yield "commands"


def _needless(tree: Config) -> Iterator[str]:
    for name, pattern in NEEDLESS.items():
        if tree.find(pattern):
            yield name
    if not tree.find(r"^(?:no )?ip source-route$"):
        yield "source routing"  # on until a line says otherwise


def _speech(tree: Config, run: str, off: str, never: str) -> Speech:
    """A protocol that needs the line *run* (empty where it is on by itself) and is off at ports with the line *off*."""
    on = (not run or bool(tree.find(run))) and not tree.find(never)
    named = {line.text.removeprefix("interface "): False for line in tree.find(r"^interface ") if line.find(off)}
    return Speech(on, named if on else {})
