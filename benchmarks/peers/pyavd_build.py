"""CPU per device of pyavd building 48-port access switches (l2leaf, one fabric of N), in its own environment.

Run by benchmarks/build.py; prints one JSON line.
"""

import json
import sys
import time

import pyavd

COUNT = int(sys.argv[1])
VLANS = {10: "staff", 20: "pupil", 30: "voice", 40: "guest", 50: "printer", 60: "camera", 70: "till", 99: "management"}


def inputs(number: int) -> dict[str, object]:
    """One access switch: 48 ports with data and voice VLAN, two uplinks to a pair that is not built."""
    name = f"sw-{number:03}"
    return {
        "fabric_name": "BENCH",
        "type": "l2leaf",
        "mgmt_gateway": "10.0.0.1",
        "ntp": {"servers": [{"name": "10.0.0.2"}, {"name": "10.0.0.3"}]},
        "l2leaf": {
            "defaults": {"spanning_tree_mode": "rstp"},
            "nodes": [{"name": f"sw-{n:03}", "id": n, "mgmt_ip": f"10.0.{n // 250}.{n % 250 + 4}/16"} for n in range(1, COUNT + 1)],
        },
        "tenants": [{"name": "SCHOOL", "l2vlans": [{"id": vid, "name": label} for vid, label in VLANS.items()]}],
        "port_profiles": [
            {
                "profile": "desk", "mode": "trunk phone", "native_vlan": 10, "phone_vlan": 30, "phone_trunk_mode": "tagged",
                "spanning_tree_portfast": "edge", "spanning_tree_bpduguard": "enabled",
                "storm_control": {"broadcast": {"level": "1", "unit": "percent"}, "multicast": {"level": "1", "unit": "percent"}},
            }
        ],
        "servers": [
            {"name": f"desk-{port}", "adapters": [{"switches": [name], "switch_ports": [f"Ethernet{port}"], "profile": "desk"}]}
            for port in range(1, 49)
        ],
    }  # fmt: skip


def main() -> None:
    all_inputs = {f"sw-{number:03}": inputs(number) for number in range(1, COUNT + 1)}
    started = time.process_time()
    for name, given in list(all_inputs.items()):
        checked = pyavd.validate_inputs(given)
        if checked.validation_result.violations:
            sys.exit(str(checked.validation_result.violations[:3]))
        all_inputs[name] = checked.validated_data
    facts = pyavd.get_avd_facts(all_inputs)
    lines = 0
    for name, given in all_inputs.items():
        structured = pyavd.get_device_structured_config(name, given, avd_facts=facts)
        lines += pyavd.get_device_config(structured).count("\n")
    spent = time.process_time() - started
    print(json.dumps({"devices": COUNT, "cpu_ms_per_device": 1000 * spent / COUNT, "lines_per_device": lines / COUNT}))


main()
