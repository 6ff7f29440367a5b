"""One school, from NetBox to a verified cut-over, on the embedded lab. Every line of output is matric's own.

Each command is one you can type yourself; the folder it runs in is kept, so that you can look round afterwards.
"""

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import requests

ROOT = Path(__file__).parents[1]
MATRIC = ROOT / ".venv" / "bin" / "matric"
PLACE = ROOT / ".matric" / "demo"
TRUST = PLACE / "trust"
LAB = TRUST / ".matric" / "lab" / "oakfield"
COLOUR = sys.stdout.isatty()


class Demo:
    """The story's state: where NetBox is, and how long everything took."""

    def __init__(self) -> None:
        self.environment = {**os.environ, "MATRIC_LAB": str(LAB)}
        self.netbox: subprocess.Popen[str] | None = None
        self.session = requests.Session()

    # -- telling

    def say(self, text: str) -> None:
        print(f"\n\033[1;36m{text}\033[0m" if COLOUR else f"\n# {text}", flush=True)

    def run(self, *arguments: str, expect: int = 0, shown: int = 60) -> None:
        """Run matric as a person would, and stop the demo if it does not end as it should."""
        command = f"$ matric {' '.join(arguments)}"
        print(f"\033[2m{command}\033[0m" if COLOUR else command, flush=True)
        live = COLOUR and arguments[0] in {"cutover", "snapshot"}
        done = subprocess.run(
            [MATRIC, *arguments], cwd=TRUST, env=self.environment, text=True, check=False,
            stdout=None if live else subprocess.PIPE, stderr=None if live else subprocess.STDOUT,
        )  # fmt: skip
        lines = (done.stdout or "").splitlines()
        for line in lines[:shown]:
            print(f"  {line}")
        if len(lines) > shown:
            print(f"  ... {len(lines) - shown} more lines: matric {' '.join(arguments)}")
        if done.returncode != expect:
            sys.exit(f"demo: 'matric {' '.join(arguments)}' ended with {done.returncode}, expected {expect}")

    def told(self, *arguments: str) -> Any:
        """The JSON that matric prints."""
        ran = subprocess.run(
            [MATRIC, "--json", *arguments], cwd=TRUST, env=self.environment, text=True, check=True, capture_output=True
        )
        return json.loads(ran.stdout)

    # -- NetBox, as somebody at a browser would change it

    def start_netbox(self) -> None:
        self.netbox = subprocess.Popen(
            [MATRIC, "--json", "lab", "netbox", "--port", "0"], cwd=TRUST, env=self.environment, text=True,
            stdout=subprocess.PIPE,
        )  # fmt: skip
        assert self.netbox.stdout is not None
        text = ""
        while not text.rstrip().endswith("}"):
            line = self.netbox.stdout.readline()
            if not line:
                sys.exit("demo: the lab's NetBox did not start")
            text += line
        serving = json.loads(text)
        self.environment |= {"MATRIC_NETBOX_URL": serving["url"], "MATRIC_NETBOX_TOKEN": serving["token"]}
        self.session.headers["Authorization"] = f"Token {serving['token']}"
        print(f"  a NetBox holding the trust serves {serving['url']}")

    def get(self, path: str, **filters: Any) -> list[dict[str, Any]]:
        answer = self.session.get(f"{self.environment['MATRIC_NETBOX_URL']}/api/{path}", params=filters, timeout=30)
        answer.raise_for_status()
        found: list[dict[str, Any]] = answer.json()["results"]
        return found

    def patch(self, path: str, **fields: Any) -> None:
        print(f"  NetBox: PATCH /api/{path} {json.dumps(fields)}")
        answer = self.session.patch(f"{self.environment['MATRIC_NETBOX_URL']}/api/{path}", json=fields, timeout=30)
        answer.raise_for_status()

    def fill_the_gap(self) -> None:
        vlan = next(one for one in self.get("ipam/vlans/", vid=40, limit=100) if "oakfield" in json.dumps(one["group"]))
        self.patch(f"ipam/vlans/{vlan['id']}/", custom_fields={"filter_policy": "guest"})

    def move_two_rooms(self) -> None:
        """Two classrooms become offices: their ports are to be staff ports, which give phones their power."""
        for name in ("sw-03", "sw-04"):
            device = next(
                one for one in self.get("dcim/devices/", name=name, limit=100) if one["site"]["slug"] == "oakfield"
            )
            ports = self.get("dcim/interfaces/", device_id=device["id"], limit=100)
            room = [one for one in ports if one["custom_fields"].get("port_profile") == "pupil"][:2]
            for port in room:
                self.patch(
                    f"dcim/interfaces/{port['id']}/",
                    custom_fields={"port_profile": "staff"},
                    poe_mode="pse",
                    poe_type="type2-ieee802.3at",
                )

    # -- the end

    def close(self) -> None:
        subprocess.run(
            [MATRIC, "lab", "down", "oakfield"], cwd=TRUST, env=self.environment, capture_output=True, check=False
        )
        if self.netbox is not None:
            self.netbox.terminate()
            self.netbox.wait(10)


def main() -> None:
    started = time.monotonic()
    down = [MATRIC, "--lab", LAB, "lab", "down", "oakfield"]
    subprocess.run(down, cwd=TRUST if TRUST.exists() else ROOT, capture_output=True, check=False)
    shutil.rmtree(PLACE, ignore_errors=True)
    PLACE.mkdir(parents=True)
    subprocess.run([MATRIC, "init", str(TRUST)], check=True, capture_output=True)
    demo = Demo()
    try:
        story(demo)
    finally:
        demo.close()
    reports = sorted((LAB / "state" / "reports").glob("*.html"), key=lambda path: path.stat().st_mtime)
    print(f"\n{time.monotonic() - started:.0f} s. The report of the last run: {reports[-1]}")


def story(demo: Demo) -> None:
    demo.say("Oakfield Primary joins the Fernhill Learning Trust. Its switches are as the last provider left them.")
    demo.start_netbox()
    demo.run("snapshot", "pull")
    demo.run("lab", "up", "oakfield")

    demo.say("What would the trust's standard change? Only show commands are sent. Each line ends with its net.")
    demo.run("plan", "oakfield", "--out", "plan.json")
    demo.run("show", "plan.json", "--device", "sw-01", shown=34)

    demo.say("May it be done? The gate says no: the rule, the object, the remedy.")
    demo.run("gate", "plan.json", expect=3)

    demo.say("It is mended in NetBox, and pulled.")
    demo.fill_the_gap()
    demo.run("snapshot", "check", "--detailed-exitcode", expect=2)
    demo.run("snapshot", "pull")

    demo.say("The new plan passes, and somebody else approves it.")
    demo.run("plan", "oakfield", "--out", "plan.json")
    demo.run("gate", "plan.json")
    demo.run("approve", "plan.json", "--by", "j.okafor")

    demo.say("The cut-over: a net under every device, nothing kept before it was reached by a new login.")
    demo.run("cutover", "plan.json", shown=90)

    demo.say("Later, two classrooms become offices. This time the change cuts sw-04 off: its uplink loses VLAN 99.")
    before = {one["key"]: one["base_digest"] for one in plan_devices(demo)}
    demo.move_two_rooms()
    demo.run("snapshot", "pull")
    demo.run("plan", "oakfield", "--out", "rooms.json")
    demo.run("gate", "rooms.json")
    demo.run("approve", "rooms.json", "--by", "j.okafor")
    demo.run("lab", "fault", "oakfield", "sw-04", "cut-vlan")
    demo.run("cutover", "rooms.json", expect=5, shown=90)

    demo.say("It came back by itself. Is it exactly what it was?")
    after = {one["key"]: one["base_digest"] for one in plan_devices(demo)}
    if before != after:
        sys.exit("demo: a device is not what it was before the run")
    print(f"  {len(after)} of {len(after)} running configurations have the fingerprint they had before the run")

    demo.say("Nothing is wrong with the change itself: planned again, it succeeds.")
    demo.run("plan", "oakfield", "--out", "rooms.json")
    demo.run("approve", "rooms.json", "--by", "j.okafor")
    demo.run("cutover", "rooms.json", shown=90)

    demo.say("And a plan after it is empty.")
    demo.run("plan", "oakfield", "--out", "after.json", "--detailed-exitcode")


def plan_devices(demo: Demo) -> list[dict[str, Any]]:
    """The devices of a fresh plan, read by show commands only."""
    demo.told("plan", "oakfield", "--out", "look.json")
    devices: list[dict[str, Any]] = json.loads((TRUST / "look.json").read_text(encoding="utf-8"))["plan"]["devices"]
    return devices


if __name__ == "__main__":
    main()
