"""A school of the trust on the lab, in packets: hosts at its ports, matric run from where the engineer sits."""

import os
import subprocess
import sys
from collections.abc import Generator, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from ipaddress import IPv4Interface
from pathlib import Path

import pytest

from matric import lab, site, snapshot
from matric.intent.record import Records
from matric.intent.school import School
from matric.lab import packets
from matric.lab.packets import NOC, Fabric, Host
from matric.render import Renderer
from matric.site import Site
from tests import lacking

__all__ = ("OPEN", "Standing", "hosts_of", "many", "needed", "rendered", "standing", "write_site")

MATRIC = Path(sys.executable).parent / "matric"
OPEN = """\
format_version: 1
windows:
  - {school: all, days: [mon, tue, wed, thu, fri, sat, sun], start: "00:00", end: "23:59"}
closed:
  - {name: Nobody is taught here, first: "2020-01-01", last: "2099-12-31", schools: all}
"""
BEYOND = ("10.63.1.10", "198.51.100.7")
"""Behind the router: a name server of the trust, something on the internet."""


def needed() -> None:
    """Skip with the reason where packets cannot be sent; fail where everything is to be tested."""
    why = packets.missing()
    if not why:
        return
    if os.geteuid() == 0:
        lacking.skip(why)
    pytest.skip(why)


def write_site(folder: Path, records: Records) -> None:
    """The rows of the site in *folder*, and a calendar that is always open."""
    (folder / "inventory" / "calendar.yaml").write_text(OPEN, encoding="utf-8")
    manifest = snapshot.Manifest(source="tests", taken_at="2026-11-02T09:00:00Z")
    snapshot.save(folder / "inventory" / "snapshot", records, manifest)


@dataclass
class Standing:
    """The lab, its packets, and the site that wants it otherwise."""

    root: Path
    school: School
    lab: lab.Lab
    fabric: Fabric

    @property
    def site(self) -> Site:
        return site.load(self.root)

    def matric(self, *words: str, expect: int = 0) -> str:
        """Run matric at the NOC, as a person would."""
        environment = {key: value for key, value in os.environ.items() if not key.startswith("MATRIC")}
        ran = self.fabric.run(
            NOC, str(MATRIC), *words, cwd=self.root, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=240,
            env={**environment, "MATRIC_LAB": str(self.fabric.state)}, stdin=subprocess.DEVNULL,
        )  # fmt: skip
        assert ran.returncode == expect, f"matric {' '.join(words)} ended with {ran.returncode}:\n{ran.stdout}"
        return str(ran.stdout)

    def cut_over(self, *, expect: int = 0) -> str:
        """Plan, approve and carry out, all over the network itself."""
        self.matric("plan", self.school.slug, "--out", "plan.json")
        self.matric("approve", "plan.json", "--by", "j.okafor")
        return self.matric("cutover", "plan.json", expect=expect)

    def held(self) -> dict[str, str]:
        """Device -> digest of its running configuration, by the lab."""
        return {key: str(self.lab.device_state(key)["running"]) for key in self.lab.devices}


@contextmanager
def standing(
    root: Path, slug: str, state: Path, *, hosts: Iterable[Host] | None = None, boot: Path | None = None
) -> Generator[Standing, None, None]:
    """School *slug* of the site in *root*, on the lab and in packets; it boots with what lies in *boot*."""
    found = site.load(root)
    school = found.school(slug)
    running = lab.start(school, state, boot or root / "inventory" / "lab" / slug, seed="a seed of the packets")
    try:
        plugged = tuple(hosts_of(school) if hosts is None else hosts)
        with packets.fabric(running, plugged, beyond=BEYOND) as fabric:
            yield Standing(root, school, running, fabric)
    finally:
        lab.stop(state)


def hosts_of(school: School, *, per_network: int = 2) -> tuple[Host, ...]:
    """A host in each network that has ports for one, on as many as *per_network* switches; names: pupil-1, pupil-2."""
    counts: dict[str, int] = {}
    found: list[Host] = []
    for device in school.configured:
        here: set[str] = set()
        for port in device.ports:
            net = port.access
            if net is None or net.prefix is None or not port.enabled or port.peer is not None or port.lag:
                continue
            if port.profile.mode != "access" or net.role in here or counts.get(net.role, 0) >= per_network:
                continue
            here.add(net.role)
            counts[net.role] = number = counts.get(net.role, 0) + 1
            address = IPv4Interface(f"{net.prefix.network_address + 200 + number}/{net.prefix.prefixlen}")
            found.append(Host(f"{net.role}-{number}", device.name, port.name, address))
    return tuple(found)


Question = tuple[str, str, str, int]
"""Source, destination, protocol, port."""


def many(fabric: Fabric, asked: Iterable[Question]) -> Mapping[Question, bool]:
    """Whether each is reached, asked side by side."""
    questions = tuple(dict.fromkeys(asked))

    def ask(question: Question) -> bool:
        return fabric.reaches(*question)

    with ThreadPoolExecutor(max_workers=64) as pool:
        return dict(zip(questions, pool.map(ask, questions), strict=True))


def rendered(root: Path, slug: str, folder: Path) -> Path:
    """What the standard wants of school *slug*, as configurations to boot with."""
    found = site.load(root)
    school = found.school(slug)
    renderer = Renderer(root / "templates", cache=folder / "cache")
    boot = folder / "boot"
    boot.mkdir(parents=True)
    for device in school.configured:
        (boot / f"{device.name}.conf").write_text(renderer.render(school, device).text, encoding="utf-8")
    return boot
