"""A plan made from what should be (rendered) and what is (read): pure, so the same inputs give the same plan."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Literal

from matric import canonical, diff
from matric.errors import BadInput, Problem
from matric.intent.school import Device, School
from matric.plan import DevicePlan, Digests, Net, Plan, Risk, Step, backup_token, fingerprint, net, timestamp
from matric.plan.budget import Pace, budget
from matric.plan.lines import Ground, lines_of, tells
from matric.plan.path import PathTree, tree
from matric.platform.base import Look, NetKind, Platform

if TYPE_CHECKING:
    from matric.render import Rendered
    from matric.secret import Vault

__all__ = ("Setting", "back", "build", "steps")

LIFETIME = timedelta(days=7)
NO_PIN = canonical.digest_of_text("")

# Words of both platforms in lines that can lock the engineer out, or take the school down with one device.
_GRAVE = re.compile(
    r"^[-+]\s*(aaa|username|radius|tacacs|ip ssh|management|line |transport input|access-class|ip access-group|"
    r"switchport trunk|channel-group|spanning-tree (mode|vlan|mst)|ip default-gateway|ip route|ip address|shutdown|"
    r"vrf|crypto|hostname)",
    re.MULTILINE,
)
_LIGHT = re.compile(r"^[-+]\s*(description|name|banner|snmp-server (location|contact))\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What a plan rests on beside the school: who makes it, when, and by which digests."""

    digests: Digests
    author: str
    made_at: datetime
    nonce: str
    tool: str
    unit: Literal["school", "device"] = "school"
    lifetime: timedelta = LIFETIME
    consents: Mapping[str, str] = field(default_factory=dict[str, str])
    """Device key -> name of a net that costs people something, and that the plan's author accepts there."""
    pace: Pace = Pace()  # noqa: RUF009 - frozen
    unread: Mapping[str, str] = field(default_factory=dict[str, str])
    """Device key -> why it gave no answer, where one is known."""
    applicable: bool = True
    """False where the looks were made from files."""
    warnings: tuple[str, ...] = ()


def build(  # noqa: PLR0913 - each is another part of the estate
    school: School,
    rendered: "Mapping[str, Rendered]",
    looks: Mapping[str, Look | None],
    *,
    platforms: Mapping[str, Platform],
    pins: Mapping[str, str],
    setting: Setting,
    vault: "Vault | None" = None,
) -> Plan:
    """The plan that brings *school* from what *looks* show to what was *rendered*. BadInput with every obstacle.

    All mappings but *platforms* (by slug) are by device key; *pins* are digests (``matric.pins.digest``). Without a
    *vault* a secret that a device shows counts as different.
    """
    targets = {key: (one.text, one.template, one.secrets) for key, one in rendered.items()}
    return _planned(_Ground(school, school.configured, targets, looks, platforms, pins, setting, tree(school), vault))


def back(  # noqa: PLR0913 - ditto
    school: School,
    backups: Mapping[str, tuple[str, str]],
    looks: Mapping[str, Look | None],
    *,
    platforms: Mapping[str, Platform],
    pins: Mapping[str, str],
    setting: Setting,
    run: str,
) -> Plan:
    """The plan that leads back to the *backups* (by device key: digest and text) of *run*, by the same protocol."""
    targets = {key: (text, backup_token(digest), ()) for key, (digest, text) in backups.items()}
    devices = tuple(device for device in school.configured if device.key in backups)
    return _planned(_Ground(school, devices, targets, looks, platforms, pins, setting, tree(school), reverts=run))


_Targets = Mapping[str, tuple[str, str, tuple[str, ...]]]


@dataclass(frozen=True, slots=True)
class _Ground:
    """Everything a plan is made from."""

    school: School
    devices: tuple[Device, ...]
    targets: _Targets
    """Device key -> text, template or backup token, secret references."""
    looks: Mapping[str, Look | None]
    platforms: Mapping[str, Platform]
    pins: Mapping[str, str]
    setting: Setting
    paths: PathTree
    vault: "Vault | None" = None
    reverts: str = ""


def _planned(on: _Ground) -> Plan:
    school, setting = on.school, on.setting
    obstacles = [problem for device in on.devices for problem in _obstacles(on, device)]
    if problems := [*_no_devices(on), *_vain_consents(on), *obstacles]:
        raise BadInput(problems)

    drafts = {device.key: _device(on, device) for device in on.devices}
    changed = on.paths.farthest_first(tuple(draft.name for draft in drafts.values() if draft.changes))
    order = tuple(f"{school.slug}/{name}" for name in changed)
    capabilities = {key: on.platforms[draft.platform].capability for key, draft in drafts.items()}
    lines = _lines(on, order, drafts)
    timers, budgeted = budget(order, setting.pace, capabilities, {key: len(found) for key, found in lines.items()})
    if problems := [problem for key in order for problem in _no_net(on, drafts[key], timers[key])]:
        raise BadInput(problems)

    nets = {key: _net(on, drafts[key], timers[key]) for key in order}
    away_s = max((one.away_s for one in nets.values()), default=0)
    budgeted = budgeted.model_copy(update={"worst_case_s": budgeted.worst_case_s + away_s})
    return Plan(
        tool=setting.tool,
        school=school.slug,
        unit=setting.unit,
        author=setting.author,
        made_at=timestamp(setting.made_at),
        expires_at=timestamp(setting.made_at + setting.lifetime),
        nonce=setting.nonce,
        digests=setting.digests,
        devices=tuple(
            drafts[key].model_copy(update={"net": nets.get(key), "lines": lines.get(key, ())}) for key in sorted(drafts)
        ),
        order=order,
        steps=steps(order, nets),
        warnings=(*setting.warnings, *net.accepted(nets)),
        budget=budgeted,
        applicable=setting.applicable,
        reverts=on.reverts,
    )


def steps(order: tuple[str, ...], nets: Mapping[str, Net]) -> tuple[Step, ...]:
    """What a cut-over will do, in order; nothing where nothing changes."""
    if not order:
        return ()
    found = [Step(device=key, action="preflight", detail="identity, base digest, no foreign session") for key in order]
    found += [
        Step(device=key, action="back-up", detail="running and startup, kept before anything is sent") for key in order
    ]
    found += [
        Step(device=key, action="stage", detail="candidate loaded and read back; nothing active") for key in order
    ]
    found += [
        Step(
            device=key,
            action="arm",
            detail=f"active, and back by itself after {nets[key].revert_after_s} s: {nets[key].kind}",
            revert_after_s=nets[key].revert_after_s,
            net=nets[key].kind,
        )
        for key in order
    ]
    found += [
        Step(device=key, action="probe", detail="new login over the new path; running is as planned") for key in order
    ]
    found.append(Step(device="", action="site-check", detail="the school as a whole, over the new paths"))
    found += [Step(device=key, action="confirm", detail="the timer is stopped for good") for key in reversed(order)]
    found += [Step(device=key, action="save", detail="running to startup, read back") for key in reversed(order)]
    found += [Step(device=key, action="clean", detail="nothing of the run is left") for key in order]
    return tuple(found)


def _no_devices(on: _Ground) -> list[Problem]:
    if on.devices:
        return []
    thing = f"school {on.school.slug}"
    return [Problem("PLAN-NO-DEVICES", thing, "has no device to configure", "check the school's name and its devices")]


def _obstacles(on: _Ground, device: Device) -> list[Problem]:
    thing = f"{device.key} (#{device.id})"
    look = on.looks.get(device.key)
    found: list[Problem] = []
    if device.key not in on.targets:
        found.append(Problem("PLAN-NO-TARGET", thing, "has no rendered configuration", "render the whole school"))
    if device.name not in on.paths.parents:
        rule = f"no cable path leads to it from {on.school.entry or 'the router'}"
        found.append(Problem("PLAN-PATH", thing, rule, "record its uplink cable in NetBox"))
    if look is None:
        why = redacted(on.setting.unread.get(device.key, ""))
        rule = f"could not be read: {why}" if why else "could not be read"
        found.append(Problem("PLAN-UNREAD", thing, rule, "make it reachable, then plan again"))
    elif on.setting.applicable and look.facts.serial != device.serial:
        rule, remedy = "the device has another serial number than NetBox", "find out which box this is"
        found.append(Problem("PLAN-SERIAL", thing, rule, remedy, field="serial", value=look.facts.serial))
    if on.setting.applicable and device.key not in on.pins:
        remedy = f"run 'matric enrol {on.school.slug}'"
        found.append(Problem("PLAN-PIN", thing, "its host key or certificate is not pinned", remedy))
    return found


def _device(on: _Ground, device: Device) -> DevicePlan:
    look = on.looks[device.key]
    if look is None or device.platform is None:
        raise ValueError(f"{device.key}: judged before it was looked at")
    text, named, references = on.targets[device.key]
    rules = on.platforms[device.platform].rules
    change = diff.planned(look.running, text, rules, on.vault)
    shown = redacted(change.text())
    signs = [line[:1] for line in shown.splitlines() if not line.startswith(("---", "+++"))]
    return DevicePlan(
        key=device.key,
        netbox_id=device.id,
        name=device.name,
        role=device.role,
        platform=device.platform,
        model=device.model,
        serial=look.facts.serial,
        pin_digest=on.pins.get(device.key, NO_PIN),
        base_digest=fingerprint(look.running, rules),
        startup_digest=fingerprint(look.startup, rules),
        target_digest=canonical.digest_of_text(text),
        changes=not change.empty,
        diff=shown,
        added=signs.count("+"),
        removed=signs.count("-"),
        target=named if on.reverts else text,
        carried=tuple(redacted(line) for line in diff.carried(look.running, rules)),
        template="" if on.reverts else named,
        secrets=references,
        risk=_risk(shown, leads_on=device.name in on.paths.parents.values()),
        above=tuple(f"{device.school}/{name}" for name in on.paths.above(device.name)),
        net=None,
    )


def redacted(text: str) -> str:
    """*text* of a device without any secret: by value, then by pattern, in the wider net."""
    from matric.secret import guarded  # noqa: PLC0415 - pulls in hashlib's slow forms

    return guarded(text)


def _risk(shown: str, *, leads_on: bool) -> Risk:
    lines = [line for line in shown.splitlines() if line[:1] in "+-" and not line.startswith(("---", "+++"))]
    if all(_LIGHT.match(line) for line in lines):
        return "low"
    if leads_on or _GRAVE.search(shown):
        return "high"
    return "medium"


def _no_net(on: _Ground, draft: DevicePlan, timer_s: int) -> list[Problem]:
    platform = on.platforms[draft.platform]
    can = platform.capability
    thing = f"{draft.key} (#{draft.netbox_id})"
    if _kind(on, draft) is None:
        costly = [kind.name for kind in net.kinds(platform, on.looks[draft.key])]
        rule = f"{platform.title} has nothing of its own that takes a change back"
        if costly:
            remedy = f"accept what it costs with --consent {draft.key}={costly[0]}, or change it by hand, on site"
            return [Problem("PLAN-NO-NET", thing, f"{rule} but {', '.join(costly)}", remedy)]
        return [Problem("PLAN-NO-NET", thing, rule, "change it by hand, on site")]
    if timer_s > can.timer_max_s:
        rule = f"the timer would have to run {timer_s} s; the device takes {can.timer_max_s} s at most"
        return [Problem("PLAN-TIMER", thing, rule, "plan fewer devices at once")]
    return []


def _kind(on: _Ground, draft: DevicePlan) -> NetKind | None:
    consent = on.setting.consents.get(draft.key)
    return net.chosen(on.platforms[draft.platform], on.looks[draft.key], consent)


def _net(on: _Ground, draft: DevicePlan, timer_s: int) -> Net:
    kind = _kind(on, draft)
    if kind is None:
        raise ValueError(f"{draft.key}: judged to have a net, and has none")
    return net.under(on.platforms[draft.platform], kind, timer_s)


def _lines(on: _Ground, order: tuple[str, ...], drafts: Mapping[str, DevicePlan]) -> dict[str, tuple[str, ...]]:
    """Device key -> its ordered lines, where its net is not atomic; BadInput with every order that is not safe."""
    by_line = [key for key in order if (kind := _kind(on, drafts[key])) is not None and not kind.atomic]
    if not by_line:
        return {}
    from matric.ordering import Unsafe  # noqa: PLC0415 - hier_config costs a quarter of a second of CPU

    devices = {device.key: device for device in on.devices}
    texts = {key: text for key, (text, _, _) in on.targets.items()}
    ground = Ground(on.school, on.platforms, on.looks, texts, order)
    found: dict[str, tuple[str, ...]] = {}
    problems: list[Problem] = []
    for key in by_line:
        look = on.looks[key]
        if look is None:
            raise ValueError(f"{key}: its lines are asked for before it was looked at")
        thing = f"{key} (#{drafts[key].netbox_id})"
        try:
            found[key] = lines_of(ground, devices[key], look.running, texts[key], on.vault)
        except Unsafe as unsafe:
            rule = f"no order of its lines is safe: {redacted(unsafe.line)!r} cuts {'; '.join(unsafe.cuts)}"
            problems.append(Problem("PLAN-ORDER", thing, rule, redacted(unsafe.remedy)))
            continue
        if telling := next((line for line in found[key] if tells(line, of_device=bool(on.reverts))), ""):
            rule = f"a line of the change would hold a secret of the device: {redacted(telling.strip())!r}"
            problems.append(Problem("PLAN-SECRET", thing, rule, "take that line away by hand, then plan again"))
    if problems:
        raise BadInput(problems)
    return found


def _vain_consents(on: _Ground) -> list[Problem]:
    """Consents that no device can be held to: a wrong word must not fall back to another net."""
    platforms = {device.key: on.platforms[device.platform or ""] for device in on.devices}
    found: list[Problem] = []
    for key, name in on.setting.consents.items():
        if key not in platforms:
            rule = f"--consent names it, and it is no device of {on.school.slug} that matric configures"
            found.append(Problem("PLAN-CONSENT", key, rule, "name a device as school/name"))
            continue
        look = on.looks.get(key)
        held = [one.name for one in net.kinds(platforms[key], look)]
        if look is not None and name not in held:
            remedy = f"consent to one of {', '.join(held) or 'none'}"
            found.append(Problem("PLAN-CONSENT", key, f"it cannot hold the net {name}", remedy))
    return found
