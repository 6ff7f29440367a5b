"""The 48-port access switch the peers' templates are given."""

VLANS = {10: "staff", 20: "pupil", 30: "voice", 40: "guest", 50: "printer", 60: "camera", 70: "till", 99: "management"}


def vlans() -> list[dict[str, object]]:
    return [{"vid": vid, "name": name} for vid, name in VLANS.items()]


def ports() -> list[dict[str, object]]:
    return [{"number": n, "description": f"desk {n}", "vlan": 10, "voice": 30, "poe": "high"} for n in range(1, 49)]


def servers() -> list[str]:
    return ["10.0.0.2", "10.0.0.3"]
