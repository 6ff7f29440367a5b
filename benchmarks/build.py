"""CPU per device of building a 48-port access switch's whole configuration: matric and its peers, in one run.

    .venv/bin/python benchmarks/build.py [--devices 100] [--peers FOLDER]

Each peer runs in a virtual environment of its own below FOLDER (default .matric/peers), made on the first run:
pyavd, ansible-core, and nornir with nornir-jinja2 as shipped. Figures are CPU milliseconds (user + system, children
included), not wall time; ratios of one run are what counts.
"""

import argparse
import importlib
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE / "peers"))
PEERS = {"pyavd": ["pyavd"], "ansible": ["ansible-core"], "nornir-jinja2": ["nornir", "nornir-jinja2"]}


def environment(folder: Path, name: str) -> Path:
    """The bin folder of *name*'s environment, made if it is not there."""
    made = folder / name
    if not (made / "bin" / "python").exists():
        print(f"making {made}", file=sys.stderr)
        subprocess.run([sys.executable, "-m", "venv", made], check=True)
        subprocess.run([made / "bin" / "pip", "install", "-q", "--compile", *PEERS[name]], check=True)
    return made / "bin"


def clean() -> dict[str, str]:
    """The environment without what keeps Python from its compiled files."""
    return {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}


def children_cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def peer(python: Path, script: str, devices: int) -> dict[str, float]:
    ran = subprocess.run(
        [python, HERE / "peers" / script, str(devices)], capture_output=True, text=True, check=True, env=clean()
    )
    found: dict[str, float] = json.loads(ran.stdout.splitlines()[-1])
    return found


def ansible(bin_folder: Path, devices: int) -> dict[str, float]:
    """The playbook over *devices* hosts; its start-up, about two seconds, is shared by them all."""
    switch = importlib.import_module("switch_data")  # beside the peers

    with tempfile.TemporaryDirectory() as out:
        hosts: dict[str, dict[str, str]] = {f"sw-{number:03}": {} for number in range(devices)}
        given = {
            "all": {
                "hosts": hosts,
                "vars": {
                    "ansible_python_interpreter": str(bin_folder / "python"),
                    "out": out,
                    "vlans": switch.vlans(),
                    "ports": switch.ports(),
                    "servers": switch.servers(),
                },
            }
        }
        inventory = Path(out) / "inventory.json"
        inventory.write_text(json.dumps(given), encoding="utf-8")
        before = children_cpu()
        subprocess.run(
            [bin_folder / "ansible-playbook", "-i", inventory, HERE / "peers" / "ansible_build.yml"],
            capture_output=True, check=True, env=clean() | {"ANSIBLE_LOCALHOST_WARNING": "0", "PATH": f"{bin_folder}:{os.environ['PATH']}"},
        )  # fmt: skip
        spent = children_cpu() - before
        lines = sum(path.read_text(encoding="utf-8").count("\n") for path in Path(out).glob("*.cfg"))
    return {"devices": devices, "cpu_ms_per_device": 1000 * spent / devices, "lines_per_device": lines / devices}


def ours(devices: int) -> dict[str, float]:
    """From snapshot to text: the school is built once and charged to its devices, as many switches as asked are rendered.

    Every switch has another name, so that nothing is looked up.
    """
    from matric import site  # noqa: PLC0415 - only this builder needs it
    from matric.intent import build  # noqa: PLC0415 - ditto
    from matric.render import Renderer  # noqa: PLC0415 - ditto

    trust = site.load(HERE.parent)
    records, standard = trust.snapshot.records, trust.standard
    renderer = Renderer(trust.templates)
    renderer.school(trust.school("fernhill"))
    started = time.process_time()
    school = build.school(records, standard, "fernhill")
    shared = (time.process_time() - started) / len(school.configured)
    switch = max((one for one in school.configured if one.role == "access"), key=lambda one: len(one.ports))
    started = time.process_time()
    texts = [renderer.render(school, replace(switch, name=f"sw-{number:03}")).text for number in range(devices)]
    spent = time.process_time() - started + shared * devices
    lines = sum(text.count("\n") for text in texts)
    return {"devices": devices, "cpu_ms_per_device": 1000 * spent / devices, "lines_per_device": lines / devices}


def main() -> None:
    arguments = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    arguments.add_argument("--devices", type=int, default=100)
    arguments.add_argument("--peers", type=Path, default=HERE.parent / ".matric" / "peers")
    asked = arguments.parse_args()
    folder = asked.peers.resolve()
    figures = {
        "matric": ours(asked.devices),
        "pyavd": peer(environment(folder, "pyavd") / "python", "pyavd_build.py", asked.devices),
        "nornir-jinja2": peer(environment(folder, "nornir-jinja2") / "python", "nornir_jinja2_build.py", asked.devices),
        "ansible": ansible(environment(folder, "ansible"), asked.devices),
    }
    mine = figures["matric"]["cpu_ms_per_device"]
    print(f"{'builder':<16}{'devices':>8}{'lines each':>12}{'CPU ms each':>13}{'x matric':>10}")
    for name, figure in figures.items():
        spent = figure["cpu_ms_per_device"]
        print(f"{name:<16}{figure['devices']:>8}{figure['lines_per_device']:>12.0f}{spent:>13.2f}{spent / mine:>10.1f}")


if __name__ == "__main__":
    main()
