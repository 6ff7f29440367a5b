"""Time of every policy over a trust of 60 schools and 1,020 switches, and of judging one school again after a change.

    .venv/bin/python benchmarks/policies.py [--schools 60] [--switches 17] [--top 15]

The schools are copies of the reference trust's Oakfield under other slugs, ids, names and addresses, each with more of
its access switches, cabled to its core. Every device answered and holds what is intended, so that every rule that
can look does. All in memory, one process, school after school; 0 real switches. CPU seconds.
"""

import argparse
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from ipaddress import IPv4Interface, IPv4Network
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.review import PATTERN, block, copies, slug  # noqa: E402

from matric import policy, site  # noqa: E402
from matric.intent import build  # noqa: E402
from matric.intent.record import Records  # noqa: E402
from matric.intent.standard import Standard  # noqa: E402
from matric.platform import get as platform  # noqa: E402
from matric.policy.healthy import Healthy  # noqa: E402
from matric.policy.subject import Subject, configuration  # noqa: E402
from matric.switch import reading  # noqa: E402

TRUST = site.load(ROOT)
STEP = 10_000
"""Ids of one copied switch begin this far after those of the one before."""
CONTROLLER = "wireless-controller"


def grown(records: Records, switches: int) -> Records:
    """The rows of the whole trust, with so many switches at the pattern school."""
    home = next(row.id for row in records.sites if row.slug == PATTERN)
    here = [row for row in records.devices if row.site_id == home]
    core = next(row for row in here if row.name == "core-1")
    models = [row for row in here if row.name in {"sw-01", "sw-02"}]
    have = sum(row.platform is not None and row.role != CONTROLLER for row in here)
    tables: dict[str, Any] = {name: list(rows) for name, rows in records.tables()}
    for number in range(switches - have):
        add(tables, records, models[number % len(models)], core, number)
    return records.model_copy(update={name: tuple(rows) for name, rows in tables.items()})


def add(tables: dict[str, list[Any]], records: Records, model: Any, core: Any, number: int) -> None:
    """One more of *model*, its first uplink cabled to a port of the core that was free."""
    off = STEP * (number + 1)
    own = {row.id for row in records.interfaces if row.device_id == model.id}
    theirs = {row.id: row for row in records.interfaces if row.device_id == core.id}
    more = {"id": model.id + off, "name": f"{model.name}-{number}", "serial": f"{model.serial}{number:02}"}
    tables["devices"].append(model.model_copy(update={**more, "primary_ip4_id": model.primary_ip4_id + off}))
    for row in records.interfaces:
        if row.id in own:
            ids = {"id": row.id + off, "device_id": row.device_id + off}
            tables["interfaces"].append(row.model_copy(update={**ids, "lag_id": row.lag_id and row.lag_id + off}))
    for held in records.ip_addresses:
        if held.assigned_object_id in own:
            address = IPv4Interface(held.address)
            moved = f"{address.network.network_address + 100 + number}/{address.network.prefixlen}"
            ids = {"id": held.id + off, "assigned_object_id": (held.assigned_object_id or 0) + off}
            tables["ip_addresses"].append(held.model_copy(update={**ids, "address": moved, "dns_name": ""}))
    cable, near, far = next(
        (cable, a.object_id, b.object_id)
        for cable in records.cables
        for a, b in ((cable.a[0], cable.b[0]), (cable.b[0], cable.a[0]))
        if a.object_id in own and b.object_id in theirs
    )
    like = theirs[far]
    lag = next(row for row in theirs.values() if row.id == like.lag_id)
    tables["interfaces"].append(lag.model_copy(update={"id": lag.id + off, "name": f"lag{20 + number}"}))
    place = next(
        at
        for at, row in enumerate(tables["interfaces"])
        if row.name == f"1/1/{9 + number}" and row.device_id == core.id
    )
    port = tables["interfaces"][place]
    tables["interfaces"][place] = like.model_copy(update={"id": port.id, "name": port.name, "lag_id": lag.id + off})
    ends = {
        "a": cable.a[0].model_copy(update={"object_id": near + off}),
        "b": cable.b[0].model_copy(update={"object_id": port.id}),
    }
    tables["cables"].append(cable.model_copy(update={"id": cable.id + off, "a": (ends["a"],), "b": (ends["b"],)}))


def standard(schools: int) -> Standard:
    """The trust's standard, with an address block for each copy."""
    blocks = {slug(number): IPv4Network(f"{block(number)}/18") for number in range(schools)}
    plan = TRUST.standard.addresses.model_copy(update={"schools": blocks})
    return TRUST.standard.model_copy(update={"addresses": plan})


def timed(what: Callable[[], Any]) -> float:
    began = time.process_time()
    what()
    return time.process_time() - began


def read(subject: Subject) -> None:
    for device in subject.school.configured:
        reading.intended(subject, device)


def changed(subject: Subject) -> Subject:
    """One access switch is to hold another line."""
    device = next(one for one in subject.school.configured if one.role == "access")
    text = subject.rendered[device.key].text.replace("sw-01", "sw-01x", 1)
    one = {device.key: configuration(text, platform(device.platform or "").rules)}
    held = {**subject.rendered, **one}
    return replace(subject, rendered=held, running=held)


def main() -> None:
    arguments = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    arguments.add_argument("--schools", type=int, default=60)
    arguments.add_argument("--switches", type=int, default=17, help="of each school, its controller not counted")
    arguments.add_argument("--top", type=int, default=15)
    asked = arguments.parse_args()
    records = copies(grown(TRUST.snapshot.records, asked.switches), asked.schools)
    wanted = standard(asked.schools)
    healthy = Healthy(TRUST)
    spent: Counter[str] = Counter()
    outcomes: Counter[str] = Counter()
    made = read_s = switches = 0.0
    subject: Subject | None = None
    for number in range(asked.schools):
        began = time.process_time()
        subject = healthy.of(build.school(records, wanted, slug(number)), records)
        made += time.process_time() - began
        switches += sum(one.role != CONTROLLER for one in subject.school.configured)
        one = subject
        read_s += timed(lambda one=one: read(one))  # type: ignore[misc]
        for rule in TRUST.rules:
            began = time.process_time()
            outcomes[str(rule.judge(subject).outcome)] += 1
            spent[rule.id] += time.process_time() - began  # type: ignore[assignment]
    assert subject is not None
    rules = sum(spent.values())
    print(f"{asked.schools} schools, {switches:.0f} switches, {len(TRUST.rules)} rules, {dict(outcomes)}")
    print(
        f"built and rendered {made:.1f} s, read {read_s:.1f} s, judged {rules:.1f} s; {rules / switches * 1000:.1f} ms a switch"
    )
    for name, seconds in spent.most_common(asked.top):
        print(
            f"{name:<10}{seconds:>8.2f} s {100 * seconds / rules:>5.1f} % {seconds / asked.schools * 1000:>8.1f} ms a school"
        )
    again = timed(lambda: policy.check(TRUST.rules, subject))
    after = timed(lambda: policy.check(TRUST.rules, changed(subject)))
    print(f"one school again {again:.2f} s; again with one device changed {after:.2f} s (no result is kept)")


if __name__ == "__main__":
    main()
