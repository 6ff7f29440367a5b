"""An access switch that passes real frames: Open vSwitch in user space, inside a namespace, with a database of its own.

Open vSwitch swallows what is addressed to a bridge itself (EAPOL, LLDP), as a switch does, and leaves it to whoever
listens on the port.
"""

from dataclasses import dataclass
from pathlib import Path

from tests.packets.stand import Namespace, Stand, until

BRIDGE = "acc"
SCHEMA = "/usr/share/openvswitch/vswitch.ovsschema"


@dataclass(frozen=True)
class AccessSwitch:
    """The bridge, and the namespace its ports are in."""

    stand: Stand
    namespace: Namespace
    folder: Path

    def vsctl(self, *command: str) -> str:
        return self.namespace.run("ovs-vsctl", f"--db=unix:{self.folder}/db.sock", "--timeout=10", *command)

    def host(self, port: str, vid: int, address: str) -> Namespace:
        """A host behind the access port *port* in VLAN *vid*."""
        there = self.stand.namespace()
        self.plug(port, vid, there)
        there.run("ip", "address", "add", address, "dev", "eth0")
        return there

    def plug(self, port: str, vid: int, there: Namespace, mac: str = "") -> None:
        """The cable of *there* into the access port *port* in VLAN *vid*."""
        self.stand.join(self.namespace, port, there, mac=mac)
        self.vsctl("add-port", BRIDGE, port, "--", "set", "port", port, "vlan_mode=access", f"tag={vid}")

    def move(self, port: str, vid: int) -> None:
        self.vsctl("set", "port", port, f"tag={vid}")

    def vid(self, port: str) -> int:
        return int(self.vsctl("get", "port", port, "tag"))


def access_switch(stand: Stand) -> AccessSwitch:
    """One that runs."""
    folder = stand.folder / "ovs"
    folder.mkdir()
    namespace = stand.namespace()
    found = AccessSwitch(stand, namespace, folder)
    more = {"OVS_RUNDIR": str(folder), "OVS_LOGDIR": str(folder), "OVS_DBDIR": str(folder)}
    namespace.run("ovsdb-tool", "create", f"{folder}/conf.db", SCHEMA)
    served = (f"--remote=punix:{folder}/db.sock", f"--unixctl={folder}/ovsdb.ctl", f"--pidfile={folder}/ovsdb.pid")
    stand.start(("ovsdb-server", f"{folder}/conf.db", *served), within=namespace, more=more)
    until((folder / "db.sock").exists, "the database of Open vSwitch")
    found.vsctl("--no-wait", "init")
    switched = (f"unix:{folder}/db.sock", f"--unixctl={folder}/vswitchd.ctl", f"--pidfile={folder}/vswitchd.pid")
    stand.start(("ovs-vswitchd", *switched), within=namespace, more=more)
    found.vsctl("add-br", BRIDGE, "--", "set", "bridge", BRIDGE, "datapath_type=netdev", "fail_mode=standalone")
    return found
