"""CPU of rendering 2,000 switches again of which none, or one, has changed.

    .venv/bin/python benchmarks/replan.py [--devices 2000]

The schools are the reference trust's, repeated under other names.
"""

import argparse
import time
from dataclasses import replace
from pathlib import Path

from matric import site
from matric.intent.school import School
from matric.render import Renderer

ROOT = Path(__file__).parents[1]


def trust_of(devices: int) -> tuple[School, ...]:
    whole = site.load(ROOT).school("fernhill")
    schools = -(-devices // len(whole.configured))
    return tuple(
        replace(
            whole,
            slug=f"school-{number}",
            devices=tuple(replace(one, school=f"school-{number}") for one in whole.devices),
        )
        for number in range(schools)
    )


def main() -> None:
    arguments = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    arguments.add_argument("--devices", type=int, default=2000)
    schools = trust_of(arguments.parse_args().devices)
    renderer = Renderer(ROOT / "templates")
    count = sum(len(school.configured) for school in schools)

    def spent(given: tuple[School, ...]) -> float:
        started = time.process_time()
        for school in given:
            renderer.school(school)
        return time.process_time() - started

    first = spent(schools)
    again = spent(schools)
    changed = schools[0].configured[0]
    moved = replace(
        schools[0],
        devices=tuple(replace(one, location="moved") if one is changed else one for one in schools[0].devices),
    )
    one_moved = spent((moved, *schools[1:]))
    print(f"{count} devices of {len(schools)} schools")
    for what, seconds in (("all new", first), ("nothing changed", again), ("one changed", one_moved)):
        print(
            f"{what:<16}{seconds:8.3f} CPU s  {1000 * seconds / count:8.3f} ms each  {count / seconds:10.0f} devices/s"
        )


if __name__ == "__main__":
    main()
