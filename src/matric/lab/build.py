"""A lab's description from a school as the snapshot knows it."""

from pathlib import Path

from matric.intent.limit import HARDWARE
from matric.intent.school import Device, School
from matric.intent.standard import Standard
from matric.lab.spec import CableSpec, DeviceSpec, LabSpec
from matric.secret import lab_value, resolve, vault

__all__ = ("credentials", "lab")

SERVICE = "service"
"""Name of the lab secret the service user logs in with, where the standard refers to something else."""
RELEASES = {
    "aoscx": ("FL.10.10.1110", "FL.10.13.1040"),
    "aoss": ("YA.16.11.0012",),
    "eos": ("4.31.2F", "4.32.2F"),
    "ios": ("17.09.04a", "17.12.03"),
    "junos": ("22.4R3",),
}
"""EOS changed the shape of its session detail in 4.32: a lab has both."""


def lab(school: School, boot: Path, seed: str) -> LabSpec:
    """Everything *school*'s lab needs."""
    management = school.standard.management
    vlan = school.standard.networks[management.network].vid
    devices: list[DeviceSpec] = []
    for device in school.configured:
        number = sum(1 for other in devices if other.platform == device.platform)
        devices.append(_device(device, boot, seed, number))
    return LabSpec(
        school=school.slug,
        seed=seed,
        entry=school.entry,
        routers=tuple(device.name for device in school.devices if device.role == "router"),
        devices=tuple(devices),
        cables=tuple(_cables(school)),
        users=credentials(school.standard, seed),
        vlan=vlan,
    )


def credentials(standard: Standard, seed: str) -> dict[str, str]:
    """Who may log in to every device of the lab, by the standard."""
    management = standard.management
    return {
        management.service_user: _value(management.service_secret, seed, SERVICE),
        management.break_glass_user: _value(management.break_glass_secret, seed, "break-glass"),
    }


def _value(ref: str, seed: str, otherwise: str) -> str:
    scheme, _, name = ref.partition(":")
    return lab_value(seed, name if scheme == "lab" else otherwise)


def _device(device: Device, boot: Path, seed: str, number: int) -> DeviceSpec:
    platform = str(device.platform)
    path = boot / f"{device.name}.conf"
    text = path.read_text(encoding="utf-8") if path.exists() else f"hostname {device.name}\n"
    releases = RELEASES.get(platform, ("",))
    return DeviceSpec(
        key=device.key,
        name=device.name,
        platform=platform,
        role=device.role,
        model=device.model,
        serial=device.serial,
        os_version=releases[number % len(releases)],
        management=str(device.management.ip) if device.management is not None else "",
        ports=tuple(port.name for port in device.ports),
        boot=resolve(text, vault(seed), device.key),
        poe_w=float((HARDWARE[device.model].poe_budget_w if device.model in HARDWARE else 0) or 0),
    )


def _cables(school: School) -> list[CableSpec]:
    found: dict[int, CableSpec] = {}
    for device in school.devices:
        for port in device.ports:
            if port.peer is not None:
                cable = CableSpec(device.name, port.name, port.peer.device, port.peer.port)
                found.setdefault(port.peer.cable_id, cable)
    return list(found.values())
