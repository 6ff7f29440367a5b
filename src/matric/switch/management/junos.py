"""What a Junos configuration says about its management.

Sources: Junos OS user guides "User Access and Authentication", "Network Management and Monitoring" and "Time
Management". What stands in front of the device itself is the filter of lo0.
"""

from collections.abc import Iterator

from matric.config import Config
from matric.switch import Entry, Switch
from matric.switch.junos_part import Part, active, words_of
from matric.switch.management import (
    HTTP,
    HTTPS,
    NETCONF,
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
from matric.switch.management.words import severity

__all__ = ("read",)

CENTRAL = {"radius", "tacplus"}
NEEDLESS = {
    "finger": "finger",
    "ftp": "the FTP server",
    "rlogin": "remote login",
    "tftp-server": "the TFTP server",
    "xnm-clear-text": "the XML protocol in clear text",
}
INFO = 6


def read(tree: Config, switch: Switch) -> Management:
    """What *tree* says; CannotEvaluate where it says something by groups, which only the device itself unfolds."""
    top = Part(tuple(active(tree.lines)))
    system, snmp = top.at("system"), top.at("snmp")
    login, services = system.at("login"), system.at("services")
    order = _order(system)
    retry = login.at("retry-options")
    tries = retry.value("tries-before-disconnect")
    lock = retry.value("lockout-period")
    syslog = system.at("syslog")
    guard = _guard(top, switch)
    return Management(
        hostname=system.value("host-name"),
        doors=tuple(_doors(services, guard)),
        polls=(Door("snmp", SNMP, guard),) if top.has("snmp") else (),
        ssh=Ssh(
            frozenset(int(version[1:]) for version in services.at("ssh").values("protocol-version")) or frozenset({2}),
            tries=int(tries) if tries else None,
        ),
        login=order,
        servers=sum(
            part.has("secret")
            for kind in CENTRAL & set(system.values("authentication-order"))
            for _, part in system.at(f"{'radius' if kind == 'radius' else 'tacplus'}-server").parts()
        ),
        unguarded=() if system.has("root-authentication") else ("root",),
        idle_s=dict(_idle(login)),
        throttle=Throttle(int(tries or 10), int(lock) * 60) if lock else None,
        banner=login.value("message"),
        communities=tuple(
            Community(name, writes=part.value("authorization") == "read-write")
            for name, part in snmp.parts("community")
        ),
        old_snmp=(
            *(("community",) if snmp.has("community") else ()),
            *(f"trap-group {name}" for name, _ in snmp.parts("trap-group")),
        ),
        snmp_users=tuple(_users(snmp)),
        loose_groups=tuple(_loose(snmp)),
        collectors={
            name: severity(part.value("any") or "none") for name, part in syslog.parts("host") if name[:1].isdecimal()
        },
        stamped=True,
        log_source=syslog.value("source-address"),
        clocks=tuple(name for name, _ in system.at("ntp").parts("server")),
        zone=system.value("time-zone") or "UTC",
        recorded=frozenset(_recorded(syslog)),
        needless=tuple(name for word, name in NEEDLESS.items() if services.has(word)),
        lldp=_speech(top.at("protocols"), "lldp"),
        med=_speech(top.at("protocols"), "lldp-med"),
        cdp=SILENCE,
    )


def _guard(top: Part, switch: Switch) -> tuple[Entry, ...] | None:
    """The filter in front of the device itself."""
    name = top.at("interfaces", "lo0", "unit 0", "family inet", "filter").value("input")
    return switch.access_lists.get(name) if name else None


def _doors(services: Part, guard: tuple[Entry, ...] | None) -> Iterator[Door]:
    web = services.at("web-management")
    every = (
        ("ssh", SSH, services.has("ssh")),
        ("netconf ssh", NETCONF, services.at("netconf").has("ssh")),
        ("web-management http", HTTP, web.has("http")),
        ("web-management https", HTTPS, web.has("https")),
    )
    return (Door(name, port, guard) for name, port, there in every if there)


def _order(system: Part) -> tuple[str, ...]:
    said = system.values("authentication-order")
    order = ["central" if word in CENTRAL else "local" for word in said]
    # Where no server answers, the accounts of the device are asked, named here or not.
    return tuple(order if "local" in order else (*order, "local"))


def _idle(login: Part) -> Iterator[tuple[str, int]]:
    """By class; those that Junos brings along end no session."""
    classes = dict(login.parts("class"))
    for _, user in login.parts("user"):
        name = user.value("class")
        if name != "unauthorized":
            yield f"class {name}", int(classes.get(name, Part()).value("idle-timeout") or 0) * 60


def _users(snmp: Part) -> Iterator[SnmpUser]:
    for name, part in snmp.at("v3", "usm", "local-engine").parts("user"):
        said = {word for word, _ in part.parts()} | {words_of(line.text)[0] for line in part.lines if line.text != "}"}
        kinds = {kind: sorted(word for word in said if word.startswith(kind)) for kind in ("authentication", "privacy")}
        auth, priv = (next(iter(found), "").partition("-")[2] for found in kinds.values())
        yield SnmpUser(name, auth.replace("none", ""), priv.replace("none", ""))


def _loose(snmp: Part) -> Iterator[str]:
    for name, part in snmp.at("v3", "vacm", "access").parts("group"):
        levels = {
            level
            for context in part.lines
            for model in context.children
            for level, _ in Part(model.children).parts("security-level")
        }
        if levels - {"privacy"}:
            yield name


def _recorded(syslog: Part) -> Iterator[str]:
    for _, host in syslog.parts("host"):
        every = severity(host.value("any") or "none")
        if max(every, severity(host.value("authorization") or "none")) >= INFO:
            yield from ("logins", "failed logins")
        if max(every, severity(host.value("interactive-commands") or "none")) >= INFO:
            yield "commands"


def _speech(protocols: Part, word: str) -> Speech:
    here = protocols.at(word)
    if not protocols.has(word) or here.has("disable"):
        return SILENCE
    named = {name.removesuffix(".0"): not part.has("disable") for name, part in here.parts("interface")}
    return Speech(named.pop("all", False), named)
