"""Some 300 files as switches write them, made from templates of every platform and a seed: no two say the same.

A template's line that begins with ``@`` comes once for each port, in blocks of such lines. Names: ``$host``, ``$net``
(two octets), ``$d`` (a digit), ``$p`` (port), ``$v`` (VLAN), and a MAC address as Cisco (``$m4``), with colons
(``$mc``), as HP (``$md``) and as Comware (``$m3``) write it.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from string import Template

TEMPLATES = Path(__file__).parents[2] / "cases" / "survey" / "corpus"
SEEDS = 7
PORTS = 6
PROMPTS = {
    "ios": "{host}#{command}", "eos": "{host}#{command}", "junos": "engineer@{host}> {command}",
    "aoscx": "{host}# {command}", "aoss": "{host}# {command}", "comware": "<{host}>{command}",
    "icx": "SSH@{host}#{command}",
}  # fmt: skip


@dataclass(frozen=True)
class Sample:
    """One file, and what it is."""

    name: str
    text: str
    platform: str
    command: str
    """Empty for a configuration; ``capture`` for all of a device's answers in one terminal's log."""
    host: str


def samples() -> Iterator[Sample]:
    """Every template of every platform with each seed, and the log of a terminal that asked for all of them."""
    for platform in sorted(PROMPTS):
        templates = sorted((TEMPLATES / platform).glob("*.txt"))
        for seed in range(SEEDS):
            chance = random.Random(f"{platform} {seed}")
            host = f"{platform}-sw-{seed + 1:02}"
            made = [(path.stem, _filled(path.read_text(encoding="utf-8"), host, chance)) for path in templates]
            log = ""
            for stem, text in made:
                command = "" if stem.startswith("configuration") else stem.replace("_", " ")
                yield Sample(f"{platform}/{host}-{stem}.txt", text, platform, command, host)
                if command:
                    log += PROMPTS[platform].format(host=host, command=command) + "\n" + text
            log += PROMPTS[platform].format(host=host, command="") + "\n"
            yield Sample(f"{platform}/{host}.log", log, platform, "capture", host)


def _filled(text: str, host: str, chance: random.Random) -> str:
    fixed = {"host": host, "net": f"10.{chance.randrange(1, 250)}", "d": str(chance.randrange(1, 5))}
    made = ""
    for repeated, lines in groupby(text.splitlines(keepends=True), key=lambda line: line.startswith("@")):
        block = "".join(line[1:] if repeated else line for line in lines)
        for port in range(1, PORTS + 1) if repeated else (0,):
            made += Template(block).substitute(fixed, p=port, v=chance.choice((10, 20)), **_mac(chance))
    return made


def _mac(chance: random.Random) -> dict[str, str]:
    digits = f"02{chance.randrange(16**10):010x}"
    fours = [digits[at : at + 4] for at in range(0, 12, 4)]
    pairs = [digits[at : at + 2] for at in range(0, 12, 2)]
    return {"m4": ".".join(fours), "m3": "-".join(fours), "mc": ":".join(pairs), "md": f"{digits[:6]}-{digits[6:]}"}
