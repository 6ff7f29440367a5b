"""Run the fault matrix and write docs/reference/fault-matrix.md: the same results, the same page.

Usage: script/fault-matrix             run every platform's matrix (an hour on two cores), then write
       script/fault-matrix RESULTS...  write from results that such runs left (JSON lines, MATRIC_FAULT_RESULTS)
"""

import json
import os
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "src")]

from tests.engine.faults.cells import OTHERS, PLATFORMS, Cell, case_of, cells  # noqa: E402

EVERY = (*PLATFORMS, *OTHERS)
"""The platforms with a matrix; those of ``PLATFORMS`` share one file, of each other one the file is its own."""
PAGE = ROOT / "docs" / "reference" / "fault-matrix.md"
STEPS = {
    "F": "plan, approval, preflight",
    "T": "stage",
    "C": "commit armed",
    "V": "verify",
    "K": "confirm",
    "W": "save and clean",
}
OLD = {"all-old", "unstaged", "refused", "GateBlocked", "StalePlan"}
NAMED = {"split", "hands"}
Result = dict[str, Any]


def main() -> int:
    found = results([Path(name) for name in sys.argv[1:]]) if sys.argv[1:] else run()
    text = page(found)
    PAGE.write_text(text, encoding="utf-8")
    print(PAGE.relative_to(ROOT))
    return 0


def run() -> dict[str, Result]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "results.jsonl"
        files = [f"tests/engine/faults/test_matrix_{platform}.py" for platform in EVERY]
        command = [sys.executable, "-m", "pytest", "-q", "-n", "2", "--dist", "loadfile", *files]
        subprocess.run(command, cwd=ROOT, env={**os.environ, "MATRIC_FAULT_RESULTS": str(path)}, check=True)
        return results([path])


def results(paths: list[Path]) -> dict[str, Result]:
    """The last result of each cell; an error where a cell has none."""
    rows = [json.loads(line) for path in paths for line in path.read_text(encoding="utf-8").splitlines()]
    found = {f"{row['row']:02}-{row['step']}-{row['name']}-{row['platform']}": row for row in rows}
    wanted = [cell.id for platform in EVERY for cell in cells(platform)]
    missing = [one for one in wanted if one not in found]
    if missing:
        sys.exit(f"fault-matrix: no result of {', '.join(missing)}. Do: run script/fault-matrix without arguments")
    return {one: found[one] for one in wanted}


def kind(cell: Cell, result: Result) -> str:
    """all-old, all-new or named: what the devices were when the run (or, where it died, its recovery) had ended."""
    word = str(result["said"] if "kill" not in cell.do else result["then"]).split()[0]
    if word in {"JournalError", "Locked"}:
        word = str(result["then"]).split()[0]
    return "named" if word in NAMED else "all-old" if word in OLD else "all-new"


def page(found: dict[str, Result]) -> str:
    every = {platform: cells(platform) for platform in EVERY}
    lines = [
        "# The fault matrix",
        "",
        "Made by `script/fault-matrix` from the results of `tests/engine/faults`; do not edit.",
        "Each cell is a test: a cut-over of three devices in the lab, and one fault at one step;",
        "`tests/cases/faults/matrix.yaml` says which for EOS and IOS, and a file of its own for each other platform:",
        "there one switch of the three is of that platform, and its core is an IOS switch.",
        "Whether a device is old or new is read from the lab's devices, never from matric.",
        "A device that is neither, and that the run does not name, is *silent*. No real switch was used.",
        "",
        "| platform | faults injected | ended all-old | ended all-new | each device named | silent |",
        "|---|---|---|---|---|---|",
        *(summary(platform, every[platform], found) for platform in EVERY),
        "",
        "All-old counts runs that were refused or unstaged too: nothing was active. Named counts SPLIT and HANDS.",
        "After the word stands the exit code: 0 done, 1 error, 3 blocked, 4 stale, 5 rolled back, 6 split or hands.",
        "*Then* is what `matric recover` comes to once the fault is gone.",
        "",
    ]
    for number, title in case_of(PLATFORMS[0])["rows"].items():
        lines += section(int(number), title, every, found)
    return "\n".join(lines)


def summary(platform: str, of: list[Cell], found: dict[str, Result]) -> str:
    counts = Counter(kind(cell, found[cell.id]) for cell in of)
    silent = sum(bool(found[cell.id]["silent"]) for cell in of)
    ends = " | ".join(str(counts[word]) for word in ("all-old", "all-new", "named"))
    return f"| {platform} | {len(of)} | {ends} | {silent} |"


def section(number: int, title: str, every: dict[str, list[Cell]], found: dict[str, Result]) -> list[str]:
    lines = [f"## {number}. {title[0].upper()}{title[1:]}", ""]
    names: dict[tuple[str, str], dict[str, str]] = {}
    for platform in EVERY:
        for cell in every[platform]:
            if cell.row == number:
                names.setdefault((cell.step, cell.name), {})[platform] = told(found[cell.id])
    if names:
        lines += [f"| step | fault | {' | '.join(EVERY)} |", f"|---|---|{'---|' * len(EVERY)}"]
        lines += [
            f"| {STEPS[step]} | {name.replace('-', ' ')} | {' | '.join(ends.get(one, '') for one in EVERY)} |"
            for (step, name), ends in sorted(names.items(), key=lambda one: [*STEPS].index(one[0][0]))
        ]
        lines.append("")
    return lines + reasons(number)


def reasons(number: int) -> list[str]:
    """Why there is no cell; where not all files say the same, of which platforms it is said."""
    said: dict[str, list[str]] = {}
    for platform in EVERY:
        case = case_of(platform)
        for row in case["elsewhere"]:
            if row["row"] == number:
                said.setdefault(f"At {steps(row)}: `{row['by']}`; {row['why']}.", []).append(platform)
        for row in case["none"]:
            if row["row"] == number:
                said.setdefault(f"No cell at {steps(row)}: {row['why']}.", []).append(platform)
    lines: list[str] = []
    for line, of in said.items():
        lines += [line if len(of) == len(EVERY) else f"On {', '.join(of)}: {line[0].lower()}{line[1:]}", ""]
    return lines


def told(result: Result) -> str:
    then = f", then {result['then']}" if result["then"] else ""
    return f"{result['said']}{then}{' SILENT' if result['silent'] else ''}"


def steps(row: dict[str, Any]) -> str:
    return "; ".join(STEPS[step] for step in row["steps"])


if __name__ == "__main__":
    sys.exit(main())
