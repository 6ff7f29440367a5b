"""CPU of comparing running with intended configurations of about 1,500 lines, and of their remediation by hier_config.

    .venv/bin/python benchmarks/diff.py [--configs 2000]            hier_config 3.7
    .venv-hier4/bin/python benchmarks/diff.py [--configs 2000]      hier_config 4.0

Configurations are the widest IOS-XE switch of the reference trust, padded with VLANs, each with its own seeded edits.
Prints CPU seconds (user + system) of each step for all of them, on one core.
"""

import argparse
import random
import time
from importlib.metadata import version
from pathlib import Path

from matric import diff, platform, site
from matric.render import Renderer

ROOT = Path(__file__).parents[1]
LINES = 1500


def intended() -> str:
    trust = site.load(ROOT)
    school = trust.school("fernhill")
    switch = max((one for one in school.configured if one.platform == "ios"), key=lambda one: len(one.ports))
    text = Renderer(trust.templates).render(school, switch).text.removesuffix("end\n")
    missing = max(0, LINES - text.count("\n") - 1)
    return text + "".join(f"vlan {2000 + n}\n name pad-{n}\n" for n in range(missing // 2)) + "end\n"


def edited(text: str, seed: int) -> str:
    """*text* with a few descriptions changed, an access VLAN moved and a line lost, as drift does."""
    chance = random.Random(seed)
    lines = text.splitlines()
    spots = [at for at, line in enumerate(lines) if line.startswith(" description")]
    for at in chance.sample(spots, 5):
        lines[at] = f" description changed {seed}-{at}"
    vlans = [at for at, line in enumerate(lines) if line.startswith(" switchport access vlan")]
    for at in chance.sample(vlans, min(3, len(vlans))):
        lines[at] = " switchport access vlan 998"
    del lines[chance.choice([at for at, line in enumerate(lines) if line.startswith("logging host")])]
    return "\n".join(lines) + "\n"


def main() -> None:
    arguments = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    arguments.add_argument("--configs", type=int, default=2000)
    count = arguments.parse_args().configs
    rules = platform.get("ios").rules
    wanted = intended()
    running = [edited(wanted, seed) for seed in range(count)]

    started = time.process_time()
    changes = [diff.planned(text, wanted, rules) for text in running]
    compared = time.process_time()
    remedies = [diff.remediation(rules, text, wanted) for text in running]
    remedied = time.process_time()

    assert not any(change.empty for change in changes)
    assert all(remedies)
    print(f"{count} configurations of {wanted.count(chr(10))} lines, hier_config {version('hier-config')}")
    print(
        f"matric diff               {compared - started:8.1f} CPU s  {1000 * (compared - started) / count:7.2f} ms each"
    )
    print(
        f"hier_config remediation   {remedied - compared:8.1f} CPU s  {1000 * (remedied - compared) / count:7.2f} ms each"
    )


if __name__ == "__main__":
    main()
