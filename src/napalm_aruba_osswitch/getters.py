"""NAPALM's getters for AOS-S, from show commands only."""

import re
from abc import abstractmethod
from typing import Any, cast

from napalm.base import models  # noqa: TID251 - this is a driver
from napalm.base.base import NetworkDriver  # noqa: TID251 - this is a driver

from napalm_aruba_osswitch import reading
from napalm_aruba_osswitch.config import Config

__all__ = ("Getters",)


class Getters(NetworkDriver):
    """What a switch says of itself; whoever holds the connection says how it is asked."""

    @abstractmethod
    def _show(self, command: str) -> str:
        """The answer to a show command."""

    @abstractmethod
    def _try_show(self, command: str) -> str | None:
        """The answer to a show command this firmware may not have."""

    @abstractmethod
    def _running(self) -> str:
        """What runs, without the job of a pending commit."""

    def get_facts(self) -> models.FactsDict:
        system, running = self._show("show system"), self._running()
        name = reading.field(system, "System Name")
        domain = re.search(r'(?m)^ip dns domain-name "?([^\s"]+)', running)
        model = re.search(r"(?m)^; (\S+) Configuration Editor", running)
        members = dict.fromkeys(re.findall(r'(?m)^\s+member \d+ type "?([^\s"]+)', running))
        return {
            "vendor": "HPE Aruba",
            "model": ",".join(members) or (model[1] if model else ""),
            "serial_number": reading.field(system, "Serial Number"),
            "os_version": reading.field(system, "Software revision") or reading.release(self._show("show version")),
            "hostname": name,
            "fqdn": f"{name}.{domain[1]}" if domain else name,
            "uptime": reading.seconds(reading.field(system, "Up Time")),
            "interface_list": [row[0] for row in self._brief()],
        }

    def _brief(self) -> list[tuple[str, bool, bool, float]]:
        """(port, enabled, up, Mbit/s or -1)."""
        found: list[tuple[str, bool, bool, float]] = []
        for row in reading.table(self._show("show interfaces brief")):
            speed = re.match(r"(\d+)(G?)", row[5])
            mbit = float(speed[1]) * (1000 if speed[2] else 1) if speed else -1.0
            up = row[4] == "Up"
            port = re.sub(r"(?i)-trk\d+$", "", row[0])
            found.append((port, row[3] == "Yes", up, mbit if up else -1.0))
        return found

    def get_interfaces(self) -> dict[str, models.InterfaceDict]:
        """Ports; MTU and MAC address are not in the device's table of ports and are given as -1 and empty."""
        names = Config(self._running())
        labels = {
            head.split()[1]: line
            for head, line in names.lines
            if head.startswith("interface ") and line.startswith("name ")
        }
        return {
            port: {
                "is_up": up,
                "is_enabled": enabled,
                "description": labels.get(port, "").removeprefix("name ").strip('"'),
                "last_flapped": -1.0,
                "mtu": -1,
                "speed": speed,
                "mac_address": "",
            }
            for port, enabled, up, speed in self._brief()
        }

    def get_interfaces_ip(self) -> dict[str, models.InterfacesIPDict]:
        found: dict[str, Any] = {}
        for head, line in Config(self._running()).lines:
            match = re.fullmatch(r"ip address (\d+(?:\.\d+){3})(?:/(\d+)| (\d+(?:\.\d+){3}))", line)
            if match is None or not head.startswith("vlan "):
                continue
            length = int(match[2]) if match[2] else sum(int(part).bit_count() for part in match[3].split("."))
            name = f"VLAN{head.split()[1]}"
            found.setdefault(name, {"ipv4": {}})["ipv4"][match[1]] = {"prefix_length": length}
        return found

    def get_lldp_neighbors(self) -> dict[str, list[models.LLDPNeighborDict]]:
        return {
            port: [{"hostname": row["remote_system_name"], "port": row["remote_port"]} for row in rows]
            for port, rows in self.get_lldp_neighbors_detail().items()
        }

    def get_lldp_neighbors_detail(self, interface: str = "") -> models.LLDPNeighborsDetailDict:
        """From the detail of each port: the table cuts names short."""
        ports = (
            [interface]
            if interface
            else list(dict.fromkeys(row[0] for row in reading.table(self._show("show lldp info remote-device"))))
        )
        found: dict[str, list[models.LLDPNeighborDetailDict]] = {}
        for port in ports:
            for block in re.split(r"(?m)^(?=[ ]*Local Port *:)", self._show(f"show lldp info remote-device {port}"))[
                1:
            ]:
                found.setdefault(reading.field(block, "Local Port"), []).append(_neighbour(block))
        return found

    def get_vlans(self) -> dict[str, models.VlanDict]:
        """With the ports that are members now, whoever put them there (802.1X, GVRP)."""
        found: dict[str, models.VlanDict] = {}
        for row in reading.table(self._show("show vlans")):
            ports = [cells[0] for cells in reading.table(self._show(f"show vlans {row[0]}"))]
            found[row[0]] = {"name": row[1], "interfaces": ports}
        return found

    def get_mac_address_table(self) -> list[models.MACAdressTable]:
        return [
            {
                "mac": reading.mac(row[0]),
                "interface": row[1],
                "vlan": int(row[2]) if row[2].isdecimal() else 0,
                "static": False,
                "active": True,
                "moves": -1,
                "last_move": -1.0,
            }
            for row in reading.table(self._show("show mac-address"))
        ]

    def get_arp_table(self, vrf: str = "") -> list[models.ARPTableDict]:
        if vrf:
            raise NotImplementedError("AOS-S has no VRFs")
        return [
            {"interface": row[3], "mac": reading.mac(row[1]), "ip": row[0], "age": -1.0}
            for row in reading.table(self._show("show arp"))
        ]

    def get_environment(self) -> models.EnvironmentDict:
        """Processor, memory, and the PoE budget as ``power``; fans and sensors have no table all models share."""
        system = self._show("show system")
        poe = self._try_show("show power-over-ethernet brief") or ""
        total, free = (reading.amount(_after_word(system, word)) for word in ("Total", "Free"))
        power: dict[str, models.PowerDict] = {}
        if "Available" in poe:
            capacity, used = reading.watts(poe, "Available"), reading.watts(poe, "Used")
            power["PoE"] = {"status": True, "capacity": capacity, "output": used}
        usage = reading.field(system, "CPU Util (%)")
        return {
            "fans": {},
            "temperature": {},
            "power": power,
            "cpu": {0: {"%usage": float(usage) if usage.isdecimal() else -1.0}},
            "memory": {"available_ram": total, "used_ram": total - free},
        }

    def get_ntp_servers(self) -> dict[str, models.NTPServerDict]:
        lines = [line for head, line in Config(self._running()).lines if not head]
        found = (
            re.match(r"(?:sntp server (?:priority \d+ )?|ntp server )(\d[\d.]+|[0-9a-f:]+:[0-9a-f:]*)", line)
            for line in lines
        )
        return {match[1]: cast("models.NTPServerDict", {}) for match in found if match is not None}

    def get_snmp_information(self) -> models.SNMPDict:
        serial = reading.field(self._show("show system"), "Serial Number")
        found: Any = {"chassis_id": serial, "contact": "", "location": "", "community": {}}
        for head, line in Config(self._running()).lines:
            words = line.split()
            if head or words[:1] != ["snmp-server"] or len(words) < 3:  # noqa: PLR2004 - snmp-server WHAT VALUE
                continue
            if words[1] in {"contact", "location"}:
                found[words[1]] = line.split(maxsplit=2)[2].strip('"')
            elif words[1] == "community":
                mode = "rw" if "unrestricted" in words else "ro"
                found["community"][words[2]] = {"acl": "N/A", "mode": mode}
        return cast("models.SNMPDict", found)


def _neighbour(block: str) -> models.LLDPNeighborDetailDict:
    def capabilities(which: str) -> list[str]:
        return [word for word in re.split(r"[,\s]+", reading.field(block, f"System Capabilities {which}")) if word]

    return {
        "parent_interface": "",
        "remote_port": reading.mac(reading.whole(block, "PortId")),
        "remote_chassis_id": reading.mac(reading.whole(block, "ChassisId")),
        "remote_port_description": reading.whole(block, "PortDescr"),
        "remote_system_name": reading.whole(block, "SysName"),
        "remote_system_description": reading.whole(block, "System Descr"),
        "remote_system_capab": capabilities("Supported"),
        "remote_system_enable_capab": capabilities("Enabled"),
    }


def _after_word(text: str, word: str) -> str:
    found = re.search(rf"{word}\s*: *([\d,]+)", text)
    return found[1] if found is not None else ""
