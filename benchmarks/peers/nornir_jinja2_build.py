"""CPU per device of nornir with nornir-jinja2 as shipped (a new Environment per host), in its own environment.

Run by benchmarks/build.py; prints one JSON line.
"""

import json
import logging
import sys
import time
from pathlib import Path

from nornir.core import Nornir
from nornir.core.configuration import Config
from nornir.core.inventory import Defaults, Host, Hosts, Inventory
from nornir.core.task import Result, Task
from nornir.plugins.runners import SerialRunner
from nornir_jinja2.plugins.tasks import template_file
from switch_data import ports, servers, vlans

COUNT = int(sys.argv[1])
HERE = Path(__file__).parent


def build(task: Task) -> Result:
    text = task.run(
        template_file,
        template="switch.j2",
        path=str(HERE),
        severity_level=logging.DEBUG,
        vlans=vlans(),
        ports=ports(),
        servers=servers(),
    )
    return Result(task.host, result=text.result.count("\n"))


def main() -> None:
    hosts = Hosts({f"sw-{number:03}": Host(f"sw-{number:03}") for number in range(COUNT)})
    nornir = Nornir(Inventory(hosts, {}, Defaults()), Config(), runner=SerialRunner())
    started = time.process_time()
    results = nornir.run(build)
    spent = time.process_time() - started
    lines = sum(result[0].result for result in results.values())
    print(json.dumps({"devices": COUNT, "cpu_ms_per_device": 1000 * spent / COUNT, "lines_per_device": lines / COUNT}))


main()
