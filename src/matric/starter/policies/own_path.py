"""The branch the engineer sits on: no step cuts it, and no configuration locks matric out. The trust's own rules."""

from collections.abc import Iterator
from ipaddress import IPv4Network

from matric import Device, Finding, Said, School, Subject, cannot_evaluate, checked
from matric.policy import policy
from matric.switch import Entry, Switch
from matric.switch.management import reading as management
from matric.switch.reading import intended, was
from matric.switch.ways import Cables, Ways, cables

LOGINS = ("aaa authentication login default ", "aaa authorization exec default ")
"""Who may log in, and get a prompt, where no console is at hand."""


@policy(
    "MAT-01",
    title="No step of the plan cuts the way to a device that is not under an armed timer",
    severity="blocker",
    about="way",
    sources=("matric, safety invariant 13: own path",),
)
def no_step_cuts_the_way_to_a_device(school: School, subject: Subject) -> Iterator[Said]:
    if subject.steps is None:
        raise cannot_evaluate("the plan's steps")
    held = {device.name: was(subject, device) for device in school.configured}
    names = {device.key: device for device in school.configured}
    changed = {step.device for step in subject.steps if step.action == "arm"}
    armed: set[str] = set()
    told: set[str] = set()
    cabling = cables(school)
    for step in subject.steps:
        if step.device not in names or step.action not in {"arm", "confirm"}:
            continue
        if step.action == "arm":
            armed.add(step.device)
            held = {**held, names[step.device].name: intended(subject, names[step.device])}
        else:
            armed.discard(step.device)
        yield checked(1)
        ways = Ways(school, held, cabling)
        # Who is under a timer comes back by itself; who is not, and will be touched, must be within reach.
        for key in sorted(changed - armed - told):
            if key in names and (reason := ways.cut(names[key])):
                told.add(key)
                yield _cut(names[key], f"after the step '{step.action} {names[step.device].name}'", reason)
    yield from _in_the_end(subject, told, cabling)


def _in_the_end(subject: Subject, told: set[str], cabling: Cables) -> Iterator[Said]:
    """When all is done, every device is within reach, those that were not touched included."""
    school = subject.school
    ways = Ways(school, {device.name: intended(subject, device) for device in school.configured}, cabling)
    for device in school.configured:
        yield checked(1)
        if device.key not in told and (reason := ways.cut(device)):
            yield _cut(device, "when all devices are as intended", reason)


def _cut(device: Device, when: str, reason: str) -> Finding:
    return Finding(
        device.key,
        f"{when} it cannot be reached: {reason}",
        "keep the management VLAN and its gateway whole along the way, in NetBox and in the order of the steps",
    )


@policy(
    "MAT-02",
    title="The intended configuration lets matric in",
    severity="blocker",
    about="way",
    sources=("matric, safety invariant 13: own path",),
)
def the_intended_configuration_lets_matric_in(device: Device, subject: Subject) -> Iterator[Said]:
    switch = intended(subject, device)
    standard = subject.school.standard
    for door in switch.doors:
        for prefix in standard.trust.operators:
            if not _admits(switch, door, prefix):
                yield Finding(
                    f"{device.key} access list {door}",
                    f"it keeps out {prefix}, which matric and the engineers log in from",
                    "permit every operators prefix of the standard in it",
                )
    if not switch.api:
        yield Finding(device.key, "matric's own way in is closed", "keep SSH (IOS-XE) or the eAPI (EOS) switched on")
    user = standard.management.service_user
    if user not in {account.name for account in switch.accounts}:
        yield Finding(f"{device.key} account {user}", "matric's own account is missing", "put it into the template")
    for missing in management.intended(subject, device).lacks:
        rule = (
            f"without '{missing}' no file is copied to it, or it does not go back by itself: the next change has no net"
        )
        yield Finding(device.key, rule, "put the line into the template")
    for line in subject.intended(device).text.splitlines():
        if line.startswith(LOGINS) and "local" not in line.split():
            rule = f"'{line}' leaves matric's own account out"
            yield Finding(f"{device.key} logins", rule, "end the methods with local, after RADIUS")


def _admits(switch: Switch, door: str, prefix: IPv4Network) -> bool:
    """True where the list lets the whole of *prefix* in; a list that is not written lets nobody in for certain."""
    for entry in switch.access_lists.get(door, ()):
        if entry.source.overlaps(prefix):
            return _whole(entry, prefix)
    return False


def _whole(entry: Entry, prefix: IPv4Network) -> bool:
    return entry.permits and prefix.subnet_of(entry.source)
