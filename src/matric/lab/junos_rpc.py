"""What a NETCONF session may ask a lab Junos device, and how it answers.

Names and elements follow the Junos XML API Explorer and what PyEZ and NAPALM read; nothing here was captured.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from matric.lab import facts, junos_cli, junos_tree
from matric.lab.attached import Heard
from matric.lab.device import Dropped
from matric.lab.junos import Commit, Denied, JunosDevice, Login
from matric.lab.junos_grammar import SCHEMA
from matric.lab.junos_tree import Statement
from matric.lab.junos_view import at
from matric.lab.junos_xml import etree, local
from matric.lab.tree import Invalid, Section

__all__ = ("BASE", "CAPABILITIES", "named", "reply", "run")

BASE = "urn:ietf:params:xml:ns:netconf:base:1.0"
JUNOS = "http://xml.juniper.net/junos/{}/junos"
CAPABILITIES = (
    "urn:ietf:params:netconf:base:1.0",
    "urn:ietf:params:netconf:capability:candidate:1.0",
    "urn:ietf:params:netconf:capability:confirmed-commit:1.0",
    "urn:ietf:params:netconf:capability:validate:1.0",
    "urn:ietf:params:netconf:capability:url:1.0?scheme=http,ftp,file",
    "http://xml.juniper.net/netconf/junos/1.0",
    "http://xml.juniper.net/dmi/system/1.0",
)
DEFAULT_MINUTES = 10
MAX_MINUTES = 65535
SHOWN_COMMENT = 60


def named(call: Any) -> str:
    """A request in words, for the log and for faults: no configuration, which may hold a secret."""
    words = [local(call)]
    if words == ["command"]:
        return " ".join((call.text or "").split())
    keys = ("database", "action", "compare", "rollback", "format")
    words += [f"{key} {call.get(key)}" for key in keys if call.get(key)]
    words += [_worded(child) for child in call if local(child)]
    return " ".join(word for word in words if word)


def _worded(child: Any) -> str:
    tag = local(child)
    if tag.startswith("configuration"):
        return ""
    return tag if tag == "log" or not (child.text or "").strip() else f"{tag} {child.text.strip()[:SHOWN_COMMENT]}"


def reply(device: JunosDevice, attributes: Iterable[tuple[str, str]], inner: str) -> str:
    """An ``<rpc-reply>`` round *inner*."""
    given = "".join(f" {name}={quoteattr(value)}" for name, value in attributes if not name.startswith("{"))
    release = escape(device.spec.os_version or "22.4R3")
    return f'<rpc-reply xmlns="{BASE}" xmlns:junos="{JUNOS.format(release)}"{given}>\n{inner}\n</rpc-reply>\n'


async def run(device: JunosDevice, login: Login, call: Any) -> str:
    """What stands in the reply to *call*; ``Dropped`` where a fault cuts it."""
    words = named(call)
    device.log("commands", user=login.user, commands=[words])
    drop = device.faults.take("drop", "hang", command=words)
    if drop is not None and not drop.flag("execute", default=drop.kind == "drop"):
        device.log("fault", kind=drop.kind)
        raise Dropped("" if drop.kind == "drop" else "hang")
    after = device.before_answer(words)
    if slow := device.slowed(words):
        device.log("fault", kind="slow")
        await device.time.wait(slow.number("seconds", 5))
    try:
        inner = _answer(device, login, call)
    finally:
        if after is not None:
            after()
    if drop is not None:
        device.log("fault", kind=drop.kind)
        raise Dropped(inner[: int(drop.number("at", 0))] if drop.kind == "drop" else "hang")
    return inner


def _answer(device: JunosDevice, login: Login, call: Any) -> str:
    tag = local(call)
    handler = HANDLERS.get(tag)
    if handler is None:
        return _error(f"syntax error, expecting <command>: {tag}", tag="operation-not-supported")
    try:
        return handler(device, login, call)
    except (Denied, Invalid) as error:
        if tag == "load-configuration":
            return f"<load-configuration-results>{_error(str(error))}</load-configuration-results>"
        return _error(str(error))


def _error(message: str, tag: str = "operation-failed") -> str:
    return (
        f"<rpc-error><error-type>application</error-type><error-tag>{tag}</error-tag>"
        f"<error-severity>error</error-severity><error-message>{escape(message)}</error-message></rpc-error>"
    )


def _ok() -> str:
    return "<ok/>"


def _of(call: Any, name: str) -> str | None:
    """The text of *call*'s child *name*; empty where it has none."""
    for child in call:
        if local(child) == name:
            return (child.text or "").strip()
    return None


# -- configuration --------------------------------------------------------------------------------------------------


def _get_configuration(device: JunosDevice, login: Login, call: Any) -> str:  # noqa: ARG001 - all handlers take three
    committed = call.get("database") == "committed"
    tree = device.running if committed else device.candidate
    if call.get("compare") == "rollback":
        rows = junos_tree.compared(device.rolled(int(call.get("rollback", "0"))), tree, SCHEMA)
        shown = "\n".join(rows)
        return (
            "<configuration-information><configuration-output>\n"
            f"{escape(shown)}{chr(10) if rows else ''}</configuration-output></configuration-information>"
        )
    return _shown(device, tree, call.get("format", "xml"))


def _shown(device: JunosDevice, tree: Section, form: str) -> str:
    if form == "text":
        return f"<configuration-text>{escape(_head(device) + device.text(tree))}</configuration-text>"
    if form == "set":
        lines = "".join(f"{line}\n" for line in junos_tree.set_lines(tree))
        return f"<configuration-set>{escape(lines)}</configuration-set>"
    if form == "xml":
        return str(etree.tostring(junos_tree.element(tree, SCHEMA), encoding="unicode"))
    raise Denied(f"the lab does not show configuration as {form}")


def _head(device: JunosDevice) -> str:
    last = device.history[0]
    return f"\n## Last commit: {_stamp(last.epoch)} by {last.user}\n"


def _stamp(epoch: float) -> str:
    return f"{datetime.fromtimestamp(epoch, UTC):%Y-%m-%d %H:%M:%S} UTC"


def _load_configuration(device: JunosDevice, login: Login, call: Any) -> str:
    if (number := call.get("rollback")) is not None:
        device.load_rollback(login, int(number))
    else:
        action = call.get("action", "merge")
        if action not in ("merge", "replace", "override", "set"):
            raise Denied(f"the lab does not load with action {action}")
        device.load(login, _given(call, action), override=action == "override")
    return "<load-configuration-results><ok/></load-configuration-results>"


def _given(call: Any, action: str) -> list[Statement]:
    for child in call:
        tag = local(child)
        if tag in ("configuration-text", "configuration-set"):
            form = "set" if action == "set" or tag == "configuration-set" else "text"
            return list(junos_tree.statements(child.text or "", form))
        if tag == "configuration":
            return list(junos_tree.from_xml(child, SCHEMA))
    raise Denied("the lab loads text, set and xml only")


def _commit_configuration(device: JunosDevice, login: Login, call: Any) -> str:
    if _of(call, "check") is not None:
        device.check(login)
        return (
            "<commit-results><routing-engine><name>re0</name><commit-check-success/></routing-engine></commit-results>"
        )
    minutes: int | None = None
    given = _of(call, "confirm-timeout")
    if _of(call, "confirmed") is not None or given is not None:
        minutes = int(given or DEFAULT_MINUTES)
        if not 1 <= minutes <= MAX_MINUTES:
            raise Denied(f"confirm-timeout {minutes}: must be 1..{MAX_MINUTES}")
    device.commit(login, _of(call, "log") or "", minutes)
    return (
        "<commit-results><routing-engine><name>re0</name><commit-success/>"
        f"<commit-revision-information><new-db-revision>{device.history[0].revision}</new-db-revision>"
        "</commit-revision-information></routing-engine></commit-results><ok/>"
    )


def _lock(device: JunosDevice, login: Login, call: Any) -> str:  # noqa: ARG001
    device.take(login)
    return _ok()


def _unlock(device: JunosDevice, login: Login, call: Any) -> str:  # noqa: ARG001
    device.unlock(login)
    return _ok()


def _discard(device: JunosDevice, login: Login, call: Any) -> str:  # noqa: ARG001
    device.load_rollback(login, 0)
    return _ok()


def _rollback_information(device: JunosDevice, login: Login, call: Any) -> str:  # noqa: ARG001
    tree = device.rolled(int(_of(call, "rollback") or 0))
    if (other := _of(call, "compare")) is not None:
        rows = junos_tree.compared(device.rolled(int(other)), tree, SCHEMA)
        inner = f"<configuration-output>{escape(chr(10).join(rows))}</configuration-output>"
    else:
        text = _shown(device, tree, _of(call, "format") or "text")
        inner = text.replace("configuration-text>", "configuration-output>")
    return (
        f"<rollback-information><configuration-information>{inner}</configuration-information></rollback-information>"
    )


def _database_status(device: JunosDevice, login: Login, call: Any) -> str:  # noqa: ARG001
    holder = device.lock
    if holder is not None:
        return _user_status(holder.user, holder.terminal, holder.pid, holder.since, "<exclusive/>")
    if device.edited_by:
        return _user_status(device.edited_by, "pts/1", 3, _stamp(device.clock.timestamp()), "")
    return "<database-status-information/>"


def _user_status(user: str, terminal: str, pid: int, since: str, exclusive: str) -> str:
    return (
        f"<database-status-information><database-status><user>{escape(user)}</user>"
        f"<terminal>{escape(terminal)}</terminal><pid>{pid}</pid><start-time>{since}</start-time>{exclusive}"
        "<edit-path>[edit]</edit-path></database-status></database-status-information>"
    )


# -- history --------------------------------------------------------------------------------------------------------


def _history(device: JunosDevice, login: Login, call: Any) -> str:  # noqa: ARG001
    rows = "".join(
        f"<commit-history><sequence-number>{number}</sequence-number>{_entry(one)}"
        f"{'' if number or device.timer is None else '<commit-confirmed>rollback pending</commit-confirmed>'}"
        "</commit-history>"
        for number, one in enumerate(device.history)
    )
    return f"<commit-information>{rows}</commit-information>"


def _entry(one: Commit) -> str:
    comment = f"<comment>{escape(one.comment)}</comment>" if one.comment else ""
    log = f"<log>{escape(one.log)}</log>" if one.log else ""
    return (
        f"<user>{escape(one.user)}</user><client>{one.client}</client>"
        f'<date-time junos:seconds="{int(one.epoch)}">{_stamp(one.epoch)}</date-time>{comment}{log}'
    )


def _revision(device: JunosDevice, login: Login, call: Any) -> str:  # noqa: ARG001
    one = device.history[0]
    inner = f"<revision>{one.revision}</revision>{_entry(one)}"
    return f"<commit-revision-information>{inner}</commit-revision-information>"


# -- what it is -----------------------------------------------------------------------------------------------------


def _software(device: JunosDevice, login: Login, call: Any) -> str:  # noqa: ARG001
    model = escape(device.spec.model.lower() or "ex2300-48p")
    return (
        f"<software-information><host-name>{escape(device.hostname)}</host-name><product-model>{model}</product-model>"
        f"<product-name>{model}</product-name><junos-version>{escape(device.spec.os_version)}</junos-version>"
        "</software-information>"
    )


def _inventory(device: JunosDevice, login: Login, call: Any) -> str:  # noqa: ARG001
    model = escape(device.spec.model or "EX2300-48P")
    return (
        "<chassis-inventory><chassis><name>Chassis</name>"
        f"<serial-number>{escape(device.spec.serial)}</serial-number><description>{model}</description>"
        "</chassis></chassis-inventory>"
    )


def _uptime(device: JunosDevice, login: Login, call: Any) -> str:  # noqa: ARG001
    now = device.clock.timestamp()
    up = int(device.uptime)
    return (
        f'<system-uptime-information><current-time><date-time junos:seconds="{int(now)}">{_stamp(now)}</date-time>'
        f'</current-time><system-booted-time><date-time junos:seconds="{int(now) - up}">{_stamp(now - up)}</date-time>'
        f'<time-length junos:seconds="{up}">{up // 86400}d</time-length></system-booted-time>'
        "</system-uptime-information>"
    )


def _lldp(device: JunosDevice, login: Login, call: Any) -> str:  # noqa: ARG001
    if at(device.running, "protocols", "lldp") is None:
        raise Denied("lldp is not configured")
    only = _of(call, "interface-device") or _of(call, "interface-name")
    rows = "".join(_neighbour(one) for one in junos_cli.heard(device) if only in (None, one.port))
    return f"<lldp-neighbors-information>{rows}</lldp-neighbors-information>"


def _neighbour(one: Heard) -> str:
    able = " ".join(word.title() for word in one.capabilities)
    address = f"<lldp-remote-management-address>{one.address}</lldp-remote-management-address>" if one.address else ""
    return (
        f"<lldp-neighbor-information><lldp-local-port-id>{escape(one.port)}</lldp-local-port-id>"
        "<lldp-local-parent-interface-name>-</lldp-local-parent-interface-name>"
        "<lldp-remote-chassis-id-subtype>Mac address</lldp-remote-chassis-id-subtype>"
        f"<lldp-remote-chassis-id>{one.mac}</lldp-remote-chassis-id>"
        f"<lldp-remote-port-id>{escape(one.remote_port)}</lldp-remote-port-id>"
        f"<lldp-remote-port-description>{escape(one.remote_port)}</lldp-remote-port-description>"
        f"<lldp-remote-system-name>{escape(one.name)}</lldp-remote-system-name>"
        "<lldp-system-description>"
        f"<lldp-remote-system-description>{escape(one.description)}</lldp-remote-system-description>"
        "</lldp-system-description>"
        f"<lldp-remote-system-capabilities-supported>{able}</lldp-remote-system-capabilities-supported>"
        f"<lldp-remote-system-capabilities-enabled>{able}</lldp-remote-system-capabilities-enabled>"
        f"{address}</lldp-neighbor-information>"
    )


def _command(device: JunosDevice, login: Login, call: Any) -> str:  # noqa: ARG001
    """``<command>``: a line of the CLI, answered as text."""
    shown = junos_cli.answer(device, (call.text or "").strip())
    if shown is None:
        return _error(f"syntax error: {(call.text or '').strip()}")
    return f"<output>{escape(shown)}</output>"


def _table(device: JunosDevice, login: Login, call: Any) -> str:  # noqa: ARG001
    names = junos_cli.vlan_names(device)
    rows = "".join(
        "<l2ng-l2ald-mac-entry-vlan><l2ng-l2-mac-routing-instance>default-switch</l2ng-l2-mac-routing-instance>"
        f"<l2ng-l2-vlan-id>{one.vid}</l2ng-l2-vlan-id>"
        f"<l2ng-l2-mac-vlan-name>{escape(names.get(one.vid, str(one.vid)))}</l2ng-l2-mac-vlan-name>"
        f"<l2ng-l2-mac-address>{one.mac}</l2ng-l2-mac-address><l2ng-l2-mac-flags>D</l2ng-l2-mac-flags>"
        f"<l2ng-l2-mac-logical-interface>{escape(one.port)}.0</l2ng-l2-mac-logical-interface>"
        "</l2ng-l2ald-mac-entry-vlan>"
        for one in device.lab.seen(device).learnt
    )
    return f"<l2ng-l2ald-rtb-macdb>{rows}</l2ng-l2ald-rtb-macdb>"


def _arp(device: JunosDevice, login: Login, call: Any) -> str:  # noqa: ARG001
    rows = "".join(
        f"<arp-table-entry><mac-address>{one.mac}</mac-address><ip-address>{one.ip}</ip-address>"
        f"<interface-name>irb.{one.vid} [{escape(one.port)}.0]</interface-name>"
        "<arp-table-entry-flags><none/></arp-table-entry-flags></arp-table-entry>"
        for one in device.lab.seen(device).bound
    )
    return f"<arp-table-information>{rows}</arp-table-information>"


def _interfaces(device: JunosDevice, login: Login, call: Any) -> str:  # noqa: ARG001
    return f"<interface-information>{''.join(_physical(device))}</interface-information>"


def _physical(device: JunosDevice) -> Iterator[str]:
    for port in facts.ports(device):
        if port.name.startswith("Vlan"):
            continue
        name = escape(port.name.replace("Port-channel", "ae"))
        up = "up" if port.up else "down"
        described = f"<description>{escape(port.description)}</description>" if port.description else ""
        yield (
            f"<physical-interface><name>{name}</name><admin-status>{'down' if port.shut else 'up'}</admin-status>"
            f"<oper-status>{up}</oper-status>{described}<mtu>1514</mtu><speed>1000mbps</speed>"
            f"<current-physical-address>{facts.mac(device.spec.key + port.name)}</current-physical-address>"
            f"<logical-interface><name>{name}.0</name><mtu>1514</mtu></logical-interface></physical-interface>"
        )


def _vlans(device: JunosDevice, login: Login, call: Any) -> str:  # noqa: ARG001
    rows = "".join(
        f"<l2ng-l2ald-vlan-instance-group><l2ng-l2rtb-name>default-switch</l2ng-l2rtb-name>"
        f"<l2ng-l2rtb-vlan-name>{escape(name)}</l2ng-l2rtb-vlan-name><l2ng-l2rtb-vlan-tag>{vid}</l2ng-l2rtb-vlan-tag>"
        f"{''.join(_vlan_members(device, vid))}</l2ng-l2ald-vlan-instance-group>"
        for vid, name in facts.vlans(facts.seen(device)).items()
    )
    return f"<l2ng-l2ald-vlan-instance-information>{rows}</l2ng-l2ald-vlan-instance-information>"


def _vlan_members(device: JunosDevice, vid: int) -> Iterator[str]:
    tag = "l2ng-l2rtb-vlan-member"
    for name, section in facts.interfaces(facts.seen(device)).items():
        trunk = section.value("switchport trunk allowed vlan")
        carried = facts.listed(trunk) if trunk else {int(section.value("switchport access vlan") or 0)}
        if vid in carried:
            shown = name.replace("port-channel", "ae")
            yield f"<{tag}><{tag}-interface>{shown}.0*</{tag}-interface></{tag}>"


def _routes(device: JunosDevice, login: Login, call: Any) -> str:  # noqa: ARG001
    rows = "".join(
        f"<rt><rt-destination>{prefix}</rt-destination><rt-entry><active-tag>*</active-tag>"
        f"<protocol-name>{'Static' if hop else 'Direct'}</protocol-name><nh>"
        f"{f'<to>{hop}</to>' if hop else ''}<via>{port.replace('Vlan', 'irb.')}</via></nh></rt-entry></rt>"
        for prefix, hop, port in facts.routes(device)
    )
    table = f"<route-table><table-name>inet.0</table-name>{rows}</route-table>"
    return f"<route-information>{table}</route-information>"


Handler = Callable[[JunosDevice, Login, Any], str]
HANDLERS: dict[str, Handler] = {
    "get-configuration": _get_configuration,
    "load-configuration": _load_configuration,
    "commit-configuration": _commit_configuration,
    "lock-configuration": _lock,
    "unlock-configuration": _unlock,
    "discard-changes": _discard,
    "get-rollback-information": _rollback_information,
    "get-database-status-information": _database_status,
    "get-commit-information": _history,
    "get-commit-revision-information": _revision,
    "get-software-information": _software,
    "get-chassis-inventory": _inventory,
    "get-system-uptime-information": _uptime,
    "command": _command,
    "get-lldp-neighbors-information": _lldp,
    "get-lldp-interface-neighbors": _lldp,
    "get-ethernet-switching-table-information": _table,
    "get-arp-table-information": _arp,
    "get-interface-information": _interfaces,
    "get-vlan-information": _vlans,
    "get-ethernet-switching-vlan-information": _vlans,
    "get-route-information": _routes,
    "close-session": lambda _device, _login, _call: _ok(),
}
