"""What a device's configuration is to say, as JSON, from every reader that rules have.

Each field is named here one by one: what a reader calls it may change, what it is called outside may not.
"""

from typing import Any

from matric.intent.school import Device
from matric.policy.subject import Subject
from matric.switch import Entry, Interface, Switch, Wireless, guarding, reading
from matric.switch.guard import Guard, Guards
from matric.switch.management import Door, Management, Speech
from matric.switch.management import reading as managing

__all__ = ("configuration",)


def configuration(subject: Subject, device: Device) -> dict[str, Any]:
    """What the configuration of *device* is to say; CannotEvaluate where it was not rendered or cannot be read."""
    return {
        **_switch(reading.intended(subject, device)),
        "protection": _protection(guarding.guards(subject, device)),
        "management": _management(managing.intended(subject, device)),
    }


def _switch(switch: Switch) -> dict[str, Any]:
    return {
        "interfaces": {name: _interface(one) for name, one in switch.interfaces.items()},
        "vlans": [{"vid": vid, "name": name} for vid, name in sorted(switch.vlans.items())],
        "access_lists": {
            name: [_entry(one) for one in entries]
            for name, entries in switch.access_lists.items()
        },
        "accounts": [{"name": one.name, "hash": one.hash} for one in switch.accounts],
        "routes": [{"prefix": str(one.prefix), "next_hop": one.next_hop} for one in switch.routes],
        "spanning_tree": switch.spanning_tree,
        "telnet": switch.telnet,
        "http": switch.http,
        "ssh": switch.ssh,
        "api": switch.api,
        "access_lists_on_ways_in": list(switch.doors),
        "forwards": switch.forwards,
        "wireless": _wireless(switch.wireless),
    }  # fmt: skip


def _interface(one: Interface) -> dict[str, Any]:
    return {
        "enabled": one.enabled,
        "mode": one.mode,
        "access": one.access,
        "voice": one.voice,
        "native": one.native,
        "allowed": sorted(one.allowed) if one.allowed is not None else None,
        "edge": one.edge,
        "bpdu_guard": one.bpdu_guard,
        "dhcp_trusted": one.trusted,
        "lag": one.lag,
        "lacp": one.lacp,
        "vid": one.vid,
        "address": str(one.address) if one.address is not None else None,
        "access_list_in": one.access_list,
        "access_list_out": one.access_list_out,
    }


def _wireless(one: Wireless) -> dict[str, Any]:
    return {
        "countries": list(one.countries),
        "wlans": dict(one.wlans),
        "rf_tags": dict(one.rf_tags),
        "rf_profiles": {tag: dict(bands) for tag, bands in one.rf_profiles.items()},
        "channels": {profile: sorted(channels) for profile, channels in one.channels.items()},
    }


def _entry(one: Entry) -> dict[str, Any]:
    return {
        "permits": one.permits,
        "protocol": one.protocol,
        "source": str(one.source),
        "destination": str(one.destination),
        "source_ports": one.source_ports,
        "rest": one.rest,
    }


# ---- what protects it at layer 2 ----


def _protection(guards: Guards) -> dict[str, Any]:
    return {
        "ports": {name: _guard(one) for name, one in guards.ports.items()},
        "priority": guards.priority,
        "priorities": [{"vids": sorted(vids), "priority": number} for vids, number in guards.priorities],
        "vlan_propagation": list(guards.propagation) if guards.propagation is not None else None,
        "dhcp_snooping": sorted(guards.snooped),
        "arp_inspection": sorted(guards.inspected),
        "dhcp_relays": [{"vid": vid, "servers": sorted(to)} for vid, to in sorted(guards.relays.items())],
    }


def _guard(one: Guard) -> dict[str, Any]:
    return {
        "mode_fixed": one.fixed,
        "negotiates_trunk": one.negotiates,
        "authenticates": one.authenticates,
        "max_macs": one.max_macs,
        "storm_control": one.storm,
        "loop_guard": one.loop,
        "spanning_tree": one.spanning_tree,
        "speed_mbits": one.speed,
        "power": one.power,
    }


# ---- how it is managed ----


def _management(held: Management) -> dict[str, Any]:
    throttle = held.throttle
    return {
        "hostname": held.hostname,
        "doors": [_door(one) for one in held.doors],
        "polls": [_door(one) for one in held.polls],
        "ssh_versions": sorted(held.ssh.versions),
        "login": list(held.login),
        "login_servers": held.servers,
        "idle_s": dict(held.idle_s),
        "throttle": None
        if throttle is None
        else {"attempts": throttle.attempts, "block_s": throttle.block_s, "window_s": throttle.window_s},
        "banner": held.banner,
        # A community is as good as a password: only what it may do is told.
        "snmp_communities": [{"writes": one.writes} for one in held.communities],
        "snmp_users": [{"name": one.name, "auth": one.auth, "priv": one.priv} for one in held.snmp_users],
        "log_collectors": [{"server": server, "severity": level} for server, level in sorted(held.collectors.items())],
        "log_timestamps": held.stamped,
        "clocks": list(held.clocks),
        "time_zone": held.zone,
        "lldp": _speech(held.lldp),
        "cdp": _speech(held.cdp),
    }


def _door(door: Door) -> dict[str, Any]:
    entries = None if door.entries is None else [_entry(one) for one in door.entries]
    return {"name": door.name, "port": door.port, "entries": entries}


def _speech(speech: Speech) -> dict[str, Any]:
    return {"everywhere": speech.everywhere, "ports": dict(speech.named)}
