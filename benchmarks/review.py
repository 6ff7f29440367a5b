"""Time from a change to its comment in a trust of 60 schools: where one is touched, and where all are.

    .venv/bin/python benchmarks/review.py [--schools 60]

The schools are copies of the reference trust's Oakfield with names, ids and addresses of their own. What is timed is
what the pipeline does, without its installation, the devices' own time and the forge's: which schools are touched (both
snapshots read from disk, compared, candidates rendered at base and head); then the plan of each touched school, from
configurations in files, its gate, the review, and the comment in parts.
"""

import argparse
import shutil
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from matric import canonical, fleet, onboarding, site, snapshot
from matric import plan as plans
from matric.change import review, touch
from matric.forge import COMMENT_LIMIT
from matric.gate import Verdict
from matric.intent.record import Records, Row
from matric.plan import Plan
from matric.report import review as comments
from matric.report import reviewed
from matric.site import Site

ROOT = Path(__file__).parents[1]
PATTERN = "oakfield"
STEP = 1_000_000
"""Ids of one school begin this far after those of the one before."""


def laid_out(folder: Path, schools: int) -> Path:
    """A trust of *schools* copies."""
    shutil.copy(ROOT / "pyproject.toml", folder)
    for name in ("inventory", "templates", "tasks", "policies", "runbooks"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("lab", "__pycache__"))
    before = snapshot.load(folder / "inventory" / "snapshot")
    snapshot.save(folder / "inventory" / "snapshot", copies(before.records, schools), before.manifest)
    standard = folder / "inventory" / "standard.yaml"
    text = standard.read_text(encoding="utf-8")
    blocks = "".join(f"    {slug(number)}: {block(number)}/18\n" for number in range(schools))
    text = text.replace("    fernhill: 10.48.0.0/18\n    oakfield: 10.48.64.0/18\n", blocks)
    standard.write_text(text, encoding="utf-8")
    return folder


def slug(number: int) -> str:
    return f"school-{number:02}"


def block(number: int) -> str:
    return f"10.{48 + number // 4}.{64 * (number % 4)}.0"


def copies(records: Records, schools: int) -> Records:
    """The rows of the pattern, once for each school."""
    site_id = next(row.id for row in records.sites if row.slug == PATTERN)
    devices = {row.id for row in records.devices if row.site_id == site_id}
    interfaces = {row.id for row in records.interfaces if row.device_id in devices}
    vlans = {row.id for row in records.vlans if row.site_id == site_id or row.group_id in groups(records, site_id)}
    mine: dict[str, Callable[[Any], bool]] = {
        "sites": lambda row: row.id == site_id,
        "locations": lambda row: row.site_id == site_id,
        "devices": lambda row: row.id in devices,
        "interfaces": lambda row: row.id in interfaces,
        "cables": lambda row: all(end.object_id in interfaces for end in (*row.a, *row.b)),
        "vlan_groups": lambda row: row.id in groups(records, site_id),
        "vlans": lambda row: row.id in vlans,
        "prefixes": lambda row: row.vlan_id in vlans or row.scope_id == site_id,
        "ip_ranges": lambda row: row.start_address.startswith(tuple(f"10.48.{n}." for n in range(64, 128))),
        "ip_addresses": lambda row: row.assigned_object_id in interfaces,
        "wireless_lans": lambda row: row.scope_id == site_id,
    }
    tables: dict[str, Any] = {name: rows for name, rows in records.tables() if name in ("device_types", "vrfs")}
    for name, rows in records.tables():
        if name in mine:
            own = [row for row in rows if mine[name](row)]
            tables[name] = tuple(moved(row, number) for number in range(schools) for row in own)
    return Records(**tables)


def groups(records: Records, site_id: int) -> set[int]:
    return {row.id for row in records.vlan_groups if row.scope_id == site_id}


def moved(row: Row, number: int) -> Row:
    """*row* as the school *number* has it."""
    given = row.model_dump()
    for name, value in given.items():
        relation = name == "id" or (name.endswith("_id") and name != "device_type_id")
        if relation and isinstance(value, int):
            given[name] = value + number * STEP
        elif isinstance(value, str):
            given[name] = renamed(value, number)
    for side in ("a", "b"):
        for end in given.get(side, ()):
            end["object_id"] += number * STEP
    if "tagged_vlan_ids" in given:
        given["tagged_vlan_ids"] = tuple(one + number * STEP for one in given["tagged_vlan_ids"])
    if given.get("serial"):
        given["serial"] = f"{given['serial']}{number:02}"
    return type(row).model_validate(given)


def renamed(text: str, number: int) -> str:
    found = text.replace(PATTERN, slug(number)).replace("Oakfield", f"School {number:02}")
    for third in range(64, 128):
        start = f"10.48.{third}."
        if found.startswith(start):
            return f"10.{48 + number // 4}.{64 * (number % 4) + third - 64}.{found.removeprefix(start)}"
    return found


def main() -> None:
    arguments = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    arguments.add_argument("--schools", type=int, default=60)
    schools = arguments.parse_args().schools
    with tempfile.TemporaryDirectory() as place:
        base = Path(place) / "base"
        base.mkdir()
        laid_out(base, schools)
        trust = site.load(base)
        count = sum(len(trust.school(slug(number)).configured) for number in range(schools))
        print(f"{schools} schools, {count} configured devices, {len(trust.snapshot.records.interfaces)} interfaces")
        print(
            f"{'change':<34}{'touched':>8}{'rendered':>10}{'CPU s':>8}{'wall s':>8}{'comment CPU s':>15}{'wall s':>8}"
        )
        for what, change in CHANGES.items():
            head = Path(shutil.copytree(base, Path(place) / "head"))
            paths = change(head)
            kept: dict[str, Any] = {}
            cpu, wall = time.process_time(), time.monotonic()
            found = touch.touched(site.load(base), site.load(head), paths, kept=kept)
            cpu, wall = time.process_time() - cpu, time.monotonic() - wall
            touched = sum(one.touched for one in found)
            more_cpu, more_wall = time.process_time(), time.monotonic()
            commented(trust, site.load(head), found, Path(place) / "plan")
            more_cpu, more_wall = time.process_time() - more_cpu, time.monotonic() - more_wall
            print(
                f"{what:<34}{touched:>8}{len(kept):>10}{cpu:>8.2f}{wall:>8.2f}{cpu + more_cpu:>15.2f}"
                f"{wall + more_wall:>8.2f}"
            )
            shutil.rmtree(head)


def commented(base: Site, head: Site, touches: Sequence[touch.Touch], out: Path) -> tuple[str, ...]:
    """The plans of what is touched, as if the devices held what the base wants, their review, and its comment."""
    asked = review.Asked("git:benchmark", "b" * 40, "a" * 40, authors=("ada",))
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir()

    def make(name: str) -> tuple[Plan, Verdict]:
        held = out / "held" / name
        held.mkdir(parents=True)
        for key, one in onboarding.intended(base, name).rendered.items():
            (held / f"{key.partition('/')[2]}.conf").write_text(one.text, encoding="utf-8")
        wanted = onboarding.intended(head, name)
        now = datetime(2026, 11, 25, 18, tzinfo=UTC)
        nornir = fleet.start(head, name, None)
        made = onboarding.planned(
            wanted, onboarding.looked_in(held, wanted), nornir, now=now, author="ada", from_files=True
        )
        return made, onboarding.verdict(head, made, now)

    found = list(review.planned(asked, touches, make))
    for one in found:
        if one.plan is not None:
            plans.save(one.plan, out / f"plan-{one.school}.json")
    (out / "review.json").write_bytes(canonical.json_bytes(review.document(asked, found, ())) + b"\n")
    read = reviewed.load(out)
    return comments.comment(read.schools, limit=COMMENT_LIMIT["gitlab"], artefact="plan/review.md", about=read.about)


def a_page(head: Path) -> tuple[str, ...]:
    (head / "README.md").write_text("words\n", encoding="utf-8")
    return ("README.md",)


def a_port(head: Path) -> tuple[str, ...]:
    folder = head / "inventory" / "snapshot"
    before = snapshot.load(folder)
    first = next(row.id for row in before.records.interfaces if row.custom_fields.get("port_profile") == "pupil")
    rows = tuple(
        row.model_copy(update={"description": "Piano room"}) if row.id == first else row
        for row in before.records.interfaces
    )
    snapshot.save(folder, before.records.model_copy(update={"interfaces": rows}), before.manifest)
    return ("inventory/snapshot/interfaces.json", "inventory/snapshot/manifest.json")


EVERYWHERE = "templates/aoscx/_system.j2"
"""A part of a template that some device of every copy of the pattern is rendered from."""


def a_template(head: Path) -> tuple[str, ...]:
    text = (head / EVERYWHERE).read_text(encoding="utf-8")
    changed = text.replace("ntp enable", "ntp enable\nlldp timer 20")
    if changed == text:
        raise SystemExit(f"{EVERYWHERE} no longer has the line that this changes")
    (head / EVERYWHERE).write_text(changed, encoding="utf-8")
    return (EVERYWHERE,)


def a_comment(head: Path) -> tuple[str, ...]:
    text = (head / EVERYWHERE).read_text(encoding="utf-8")
    (head / EVERYWHERE).write_text(f"{{#- words -#}}\n{text}", encoding="utf-8")
    return (EVERYWHERE,)


CHANGES: dict[str, Callable[[Path], tuple[str, ...]]] = {
    "a page of documentation": a_page,
    "one port of one school": a_port,
    "a template of every school": a_template,
    "a comment in that template": a_comment,
}


if __name__ == "__main__":
    main()
