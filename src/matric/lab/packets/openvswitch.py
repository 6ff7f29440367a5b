"""An Open vSwitch of our own: a database and a switch in user space, in a private folder and a private namespace.

The commands are those of Open vSwitch's manual pages (ovs-vswitchd.conf.db(5)). Veths need ``tx off``: the userspace
datapath takes frames as they are, without checksums still to be filled in.
"""

import os
import re
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from time import monotonic, sleep

from matric.errors import MatricError
from matric.lab.packets.layout import Membership
from matric.lab.packets.space import Space, done

__all__ = ("OpenVSwitch", "membership", "port")

SCHEMA = "/usr/share/openvswitch/vswitch.ovsschema"
START_S = 15.0
LACP_S = 8.0
"""LACP at its fast rate agrees within three seconds, and gives a silent partner up within six."""


class OpenVSwitch:
    """Two processes. They end with this one, whatever ends it."""

    def __init__(self, folder: Path, space: Space, place: str) -> None:
        self.folder = folder
        self.socket = folder / "db.sock"
        self.control = folder / "switch.ctl"
        self.processes: list[subprocess.Popen[bytes]] = []
        folder.mkdir(parents=True, exist_ok=True)
        database = folder / "conf.db"
        done("ovsdb-tool", "create", str(database), SCHEMA)
        self._start(
            "ovsdb-server", str(database), f"--remote=punix:{self.socket}", f"--unixctl={folder / 'database.ctl'}"
        )
        self._until(self.socket)
        self.ask("--no-wait", "init")
        inside = ("ip", "netns", "exec", space.name(place), "setpriv", "--pdeathsig", "KILL")
        self._start("ovs-vswitchd", f"unix:{self.socket}", f"--unixctl={self.control}", before=inside)
        self._until(self.control)

    def _start(
        self, program: str, *arguments: str, before: tuple[str, ...] = ("setpriv", "--pdeathsig", "KILL")
    ) -> None:
        log = self.folder / f"{program}.log"
        pid = self.folder / f"{program}.pid"
        command = [*before, program, *arguments, f"--log-file={log}", f"--pidfile={pid}", "-vconsole:off"]
        with log.open("ab") as output:
            self.processes.append(
                subprocess.Popen(
                    command, env=self._environment(), stdin=subprocess.DEVNULL, stdout=output, stderr=output
                )
            )

    def _environment(self) -> dict[str, str]:
        here = str(self.folder)
        return {**os.environ, "OVS_RUNDIR": here, "OVS_LOGDIR": here, "OVS_DBDIR": here}

    def _until(self, path: Path) -> None:
        deadline = monotonic() + START_S
        while not path.exists():
            ended = any(one.poll() is not None for one in self.processes)
            if ended or monotonic() > deadline:
                raise MatricError(f"Open vSwitch did not start. Do: read the logs in {self.folder}")
            sleep(0.02)

    def ask(self, *words: str) -> str:
        """One transaction of ovs-vsctl; comes back when the switch has taken it over."""
        return done("ovs-vsctl", f"--db=unix:{self.socket}", "--timeout=20", *words)

    def bundled(self) -> dict[str, bool]:
        """Link of a LAG that speaks LACP -> whether it may carry frames."""
        found: dict[str, bool] = {}
        name = ""
        for line in done("ovs-appctl", "-t", str(self.control), "lacp/show").splitlines():
            if match := re.match(r"member: (\S+?):", line):
                name = match[1]
            elif "may_enable:" in line:
                found[name] = line.endswith("true")
        return found

    def agree(self, wanted: Mapping[str, bool]) -> None:
        """Wait until LACP has come to the end that *wanted* expects of each link, and no longer than it may take."""
        deadline = monotonic() + LACP_S
        while monotonic() < deadline:
            now = self.bundled()
            if all(now.get(link, False) == state for link, state in wanted.items()):
                return
            sleep(0.1)

    def stop(self) -> None:
        """End both; done twice is done once."""
        for process in reversed(self.processes):
            process.terminate()
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(5)
        self.processes.clear()


def port(bridge: str, name: str, links: Sequence[str], member: Membership, *, lacp: bool) -> list[str]:
    """The words of a transaction that gives *bridge* the port *name*."""
    words: list[str] = []
    for link in links:
        words += ["--", f"--id=@{link}", "create", "interface", f"name={link}"]
    ids = ",".join(f"@{link}" for link in links)
    words += ["--", f"--id=@{name}", "create", "port", f"name={name}", f"interfaces=[{ids}]", *membership(member)]
    if len(links) > 1:
        words += ["bond_mode=balance-slb", f"lacp={'active' if lacp else 'off'}", "other_config:lacp-time=fast"]
    return [*words, "--", "add", "bridge", bridge, "ports", f"@{name}"]


def membership(member: Membership) -> list[str]:
    """The columns of a port that say its VLANs."""
    tag = "[]" if member.tag is None else str(member.tag)
    return [f"vlan_mode={member.mode}", f"tag={tag}", f"trunks=[{','.join(map(str, member.trunks))}]"]
