"""S10: one device's part in the school as a whole, over the new paths."""

from nornir.core.task import Task

from matric import Device, School
from matric.cutover.effects import Checked
from matric.fleet import login


def site_check(task: Task, school: School) -> Checked:
    """Its name, and that every switch, controller and access point cabled to it is seen by LLDP on its port."""
    host = task.host
    here = school.by_name[host.data["name"]]
    with login(host) as device:
        name, seen = device.facts().hostname, device.look().neighbours
    cabled = {
        (port.name, port.peer.device, port.peer.port): f"{host.name} {port.name} reaches {port.peer.device}"
        for port in here.ports
        if port.peer is not None and port.enabled and _heard(school.by_name.get(port.peer.device))
    }
    passed = [f"{host.name} answers"]
    failed: list[str] = []
    if name != here.name and not name.startswith(f"{here.name}."):
        failed.append(f"{host.name} calls itself {name}")
    if seen is None:
        return Checked(passed=tuple(passed), failed=tuple(failed), unread=tuple(cabled.values()))
    found = {(one.port, one.device, one.remote_port) for one in seen}
    for cable, line in cabled.items():
        (passed if cable in found else failed).append(line if cable in found else f"{line}: not seen by LLDP")
    return Checked(passed=tuple(passed), failed=tuple(failed))


def _heard(device: Device | None) -> bool:
    """True where the device speaks LLDP: what matric configures, and access points. Equipment is no device of ours."""
    return device is not None and (device.configured or (device.role == "access-point" and device.status == "active"))
