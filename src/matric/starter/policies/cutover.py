"""Cut-over: a way back that has been tried, the right devices, the right cables, the right day."""

from collections import defaultdict
from collections.abc import Iterator, Mapping

from matric import Device, Finding, Port, Said, School, Subject, cannot_evaluate, checked, not_applicable
from matric.intent.school import EDGE
from matric.platform.base import Neighbour
from matric.policy import policy
from matric.switch.link import SWITCHES, name_of

from ._heard import hostnames


def _changed(subject: Subject) -> list[Device]:
    """The devices that the plan changes."""
    if subject.steps is None:
        raise cannot_evaluate("the plan's steps")
    keys = {step.device for step in subject.steps if step.action == "arm"}
    return [device for device in subject.school.devices if device.key in keys]


@policy("CUT-01")
def every_configuration_is_backed_up_and_restore_has_been_tried(school: School, subject: Subject) -> Iterator[Said]:
    changed = _changed(subject)
    steps = [(step.device, step.action) for step in subject.steps or ()]
    for device in changed:
        yield checked(1)
        before = steps[: steps.index((device.key, "arm"))]
        if (device.key, "back-up") not in before and ("", "back-up") not in before:
            yield Finding(device.key, "it is changed before it is backed up", "plan again: the backup goes first")
    answer = subject.answer("restore-tried")
    yield checked(1)
    if not answer.answer:
        yield Finding(
            f"{school.slug} restore",
            f"a restore was tried on {answer.at} and did not work ({answer.by})",
            "make a restore work, then record it in answers.yaml",
        )


@policy("CUT-02")
def a_timed_rollback_is_written_for_every_device(school: School, subject: Subject) -> Iterator[Said]:
    changed = _changed(subject)
    if not changed:
        raise not_applicable("no device changes")
    for device in changed:
        yield checked(1)
        net = next(step.net for step in subject.steps or () if step.device == device.key and step.action == "arm")
        accepted = school.standard.nets.get(device.role)
        if not net:
            yield Finding(
                device.key, "nothing takes its change back", "change it by hand, with somebody in front of it"
            )
        elif accepted is not None and net not in accepted:
            yield Finding(
                device.key,
                f"its change is taken back by {net}, and the standard wants {' or '.join(accepted)} on {device.role}",
                "change it by hand, with somebody in front of it, or agree a waiver",
            )
    answer = subject.answer("local-hands")
    if not answer.answer:
        yield Finding(
            f"{school.slug} local hands",
            f"nobody can reach the devices by hand ({answer.by}, {answer.at})",
            "agree a key-holder for the window, then record it in answers.yaml",
        )


@policy("CUT-04")
def the_window_avoids_the_freezes(school: School, subject: Subject) -> Iterator[Said]:
    changed = _changed(subject)
    if subject.calendar is None:
        raise cannot_evaluate("the calendar")
    if not changed:
        raise not_applicable("no device changes")
    yield checked(1)
    if subject.window is None:
        yield Finding(
            f"{school.slug} window",
            "no window of the calendar takes the whole change, rollback included",
            "enter a window in calendar.yaml, or plan fewer devices at once",
        )
        return
    for freeze in subject.calendar.frozen(school.slug, *subject.window):
        yield Finding(f"{school.slug} window", f"it touches a freeze: {freeze}", "choose another window")


@policy("CUT-05")
def the_window_is_outside_the_school_day(school: School, subject: Subject) -> Iterator[Said]:
    changed = _changed(subject)
    if subject.calendar is None:
        raise cannot_evaluate("the calendar")
    if not changed:
        raise not_applicable("no device changes")
    if subject.window is None:
        raise cannot_evaluate("the window: no window of the calendar takes the whole change, rollback included")
    yield checked(1)
    for field in subject.calendar.untold(school.slug, *subject.window):
        yield cannot_evaluate(field)
    for hours in subject.calendar.taught(school.slug, *subject.window):
        yield Finding(
            f"{school.slug} window",
            f"it overlaps {hours}",
            "move the window in calendar.yaml to after the school day, a closure or a holiday",
        )


@policy("CUT-07")
def every_recorded_device_answered_and_matches(school: School, subject: Subject) -> Iterator[Said]:
    for device in school.configured:
        yield checked(1)
        look = subject.looks.get(device.key)
        if device.key not in subject.looks:
            yield cannot_evaluate(f"{device.key}: it was not read")
        elif look is None:
            yield Finding(device.key, "it did not answer", "find it, or correct its status in NetBox")
        else:
            for what, recorded, read in (
                ("serial number", device.serial, look.facts.serial),
                ("model", device.model, look.facts.model),
            ):
                if not _is(recorded, read):
                    yield Finding(
                        f"{device.key} {what}",
                        f"NetBox records {recorded or '(nothing)'}, the device says {read or '(nothing)'}",
                        f"correct the {what} in NetBox, or find the right device",
                    )
    yield from _access_points(school, subject)


def _is(recorded: str, read: str) -> bool:
    """True where they are the same; some devices tell their part number, which stands in brackets in NetBox's model."""
    recorded, read = recorded.casefold(), read.casefold()
    return bool(read) and (recorded == read or recorded.endswith(f"({read})"))


def _access_points(school: School, subject: Subject) -> Iterator[Said]:
    """An access point has answered when a switch hears it; its serial number is not heard."""
    points = [device for device in school.devices if device.role == "access-point" and device.status == "active"]
    heard: set[str] = set()
    for device in (one for one in school.configured if one.role in SWITCHES and points):
        neighbours = _neighbours(subject, device)
        if neighbours is None:
            # What nobody listened for has not been found missing.
            raise cannot_evaluate(f"{device.key}: LLDP neighbours, and with them the access points behind it")
        heard |= {neighbour.device for neighbour in neighbours}
    yield checked(points)
    for point in points:
        if point.name not in heard:
            yield Finding(point.key, "no switch hears it", "find it, or correct its status in NetBox")


def _neighbours(subject: Subject, device: Device) -> tuple[Neighbour, ...] | None:
    look = subject.looks.get(device.key)
    return look.neighbours if look is not None else None


@policy("CUT-08")
def lldp_neighbours_equal_the_recorded_cabling(school: School, subject: Subject) -> Iterator[Said]:
    known = {device.name: device for device in school.devices}
    called = hostnames(subject)
    for device in (one for one in school.configured if one.role in SWITCHES):
        neighbours = _neighbours(subject, device)
        if neighbours is None:
            yield cannot_evaluate(f"{device.key}: LLDP neighbours")
            continue
        # A hub in the cable lets one port hear two: each of them is to be who is recorded.
        heard: defaultdict[str, list[Neighbour]] = defaultdict(list)
        for neighbour in neighbours:
            heard[_port(neighbour.port)].append(neighbour)
        for port in device.ports:
            there = heard.get(_port(port.name), ())
            if port.peer is not None or there:
                yield checked(1)
                for one in there or (None,):
                    yield from _differs(device, port, one, known, called)
                    yield from _ambiguous(device, port, one, called)


def _ambiguous(
    device: Device, port: Port, heard: Neighbour | None, called: Mapping[str, tuple[str, ...]]
) -> Iterator[Said]:
    """Where several devices announce one name, it does not tell which of them is at the other end."""
    names = called.get(heard.device, ()) if heard is not None else ()
    if heard is not None and port.peer is not None and port.peer.device in names and len(names) > 1:
        yield cannot_evaluate(
            f"{name_of(device, port.name)}: {' and '.join(sorted(names))} both call themselves {heard.device}, so "
            "nobody can tell which of them it hears. Do: give each a name of its own"
        )


def _differs(
    device: Device,
    port: Port,
    heard: Neighbour | None,
    known: dict[str, Device],
    called: Mapping[str, tuple[str, ...]],
) -> Iterator[Finding]:
    peer = port.peer
    # A switch that has yet to be renamed announces its old name: whose that is, was read from the switch itself.
    names = called.get(heard.device, (heard.device,)) if heard is not None else ()
    if peer is None:
        stranger = next((known[name] for name in names if name in known), None)
        if stranger is not None:
            yield _mismatch(device, port, "no cable", stranger.name, between=stranger.role in SWITCHES)
        return
    if heard is None:
        # The router is the provider's and the controller may be silent: nothing is known of them.
        if peer.device_role in SWITCHES or peer.device_role == "access-point":
            yield _mismatch(device, port, f"{peer.device} {peer.port}", "nothing", between=peer.device_role in SWITCHES)
        return
    if peer.device_role in EDGE and not any(name in known for name in names):
        return  # a camera calls itself by its model, as the next one does: only what is somebody else's is wrong
    other_port = peer.device_role in SWITCHES and _port(heard.remote_port) != _port(peer.port)
    if peer.device not in names or other_port:
        switch = any(name in known and known[name].role in SWITCHES for name in names)
        between = peer.device_role in SWITCHES or switch
        yield _mismatch(
            device, port, f"{peer.device} {peer.port}", f"{heard.device} {heard.remote_port}", between=between
        )


def _mismatch(device: Device, port: Port, recorded: str, heard: str, *, between: bool) -> Finding:
    return Finding(
        name_of(device, port.name),
        f"NetBox records {recorded}, the switch hears {heard}",
        "correct the cable in NetBox, or move it in the cabinet",
        None if between else "warning",
    )


def _port(name: str) -> str:
    """A port's name in a form that does not depend on how short a device writes it."""
    kind = name.rstrip("0123456789/.:")
    return f"{kind[:2].lower()}{name[len(kind) :]}"
