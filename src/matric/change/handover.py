"""Configurations that another job rendered, taken as data: ``FOLDER/<school>/<device>.conf``.

A job without secrets and devices renders what a change wants; the job that has them must not run the change's
templates, so it reads their text, and trusts none of it. Exactly the school's devices, plain files of bounded size and
of characters a device takes; secrets only by references that the trusted content lets this school have, and only where
a configuration keeps a secret: a banner or a description would show it.

Errors: BadInput with every problem (RENDERED-FILE, TPL-OUTPUT, SECRET-FOREIGN, SECRET-PLACE).
"""

import stat
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from matric import platform
from matric.errors import BadInput, Problem, UsageError
from matric.policy.subject import configuration
from matric.render import Rendered, Renderer, tidied
from matric.secret import TOKEN, misplaced, references, referred

if TYPE_CHECKING:
    from matric.intent.school import Device, School
    from matric.site import Site

__all__ = ("LONGEST_BYTES", "foreign", "lent", "own", "read")

LONGEST_BYTES = 4_000_000
"""As long as a rendered configuration may be."""
KEPT_ENVIRONMENT = ("MATRIC_", "CI_", "GITHUB_", "GITLAB_", "RUNNER_", "GIT_")
"""Names that belong to the pipeline, whatever a school is called."""


def read(folder: Path, school: "School", allowed: Collection[str]) -> dict[str, Rendered]:
    """Device key -> what *folder* has for each device of *school*; *allowed* are the references it may use."""
    found: dict[str, Rendered] = {}
    place = folder / school.slug
    wanted = {f"{device.name}.conf": device for device in school.configured}
    try:
        if not stat.S_ISDIR(place.lstat().st_mode):
            raise NotADirectoryError
        there = {path.name: path for path in place.iterdir()}
    except OSError as error:
        rule = f"there is no folder of {school.slug}'s configurations ({type(error).__name__})"
        raise BadInput([_file(place, rule, "render the school, and hand the folder over")]) from error
    problems = [
        _file(there[name], "it is of no device of the school that matric configures", "remove it")
        for name in sorted(there.keys() - wanted.keys())
    ]
    for name, device in wanted.items():
        if name not in there:
            problems.append(_file(place / name, "it is missing", f"render {device.key} too"))
            continue
        try:
            found[device.key] = _one(there[name], device, school, allowed)
        except BadInput as error:
            problems.extend(error.problems)
    if problems:
        raise BadInput(problems)
    return found


def lent(trusted: "Site", slug: str) -> frozenset[str]:
    """The references that *trusted* lets the school use: those of its own rendering there, and those of the standard.

    Of the standard's, the key of a wireless network that only other schools have, and what lies under another school's
    prefix, are not among them.
    """
    standard = trusted.standard
    others_keys = {
        profile.psk
        for profile in standard.wlans.values()
        if profile.psk is not None and _elsewhere_only(trusted, slug, profile.ssid)
    }
    schools = standard.addresses.schools
    shared = {
        ref
        for ref in referred(standard.model_dump(mode="json"))
        if ref not in others_keys and not any(own(ref, other, schools) for other in schools if other != slug)
    }
    try:
        rendered = Renderer(trusted.templates).school(trusted.school(slug)) if slug in schools else ()
    except (BadInput, UsageError):
        rendered = ()  # a school that cannot be rendered there uses nothing yet
    return frozenset(shared.union(*(one.secrets for one in rendered)))


def foreign(refs: Collection[str], slug: str, allowed: Collection[str], schools: Collection[str]) -> tuple[str, ...]:
    """Those of *refs* that the school may not have."""
    return tuple(sorted(ref for ref in refs if ref not in allowed and not own(ref, slug, schools)))


def own(ref: str, slug: str, schools: Collection[str]) -> bool:
    """True where *ref* lies under the school's own prefix: ``file:oakfield/radius``, ``env:OAKFIELD_RADIUS``.

    A longer slug wins: what is ``oak-field``'s is not ``oak``'s.
    """
    scheme, _, name = ref.partition(":")
    if ".." in name.split("/"):
        return False
    if scheme != "env":
        return name.startswith(f"{slug}/")
    if name.startswith(KEPT_ENVIRONMENT):
        return False
    owners = [other for other in {*schools, slug} if name.startswith(f"{other.upper().replace('-', '_')}_")]
    return bool(owners) and max(owners, key=len) == slug


def _elsewhere_only(trusted: "Site", slug: str, ssid: str) -> bool:
    rows = trusted.snapshot.records
    sites = {row.id: row.slug for row in rows.sites}
    used = {sites.get(row.scope_id or 0, "") for row in rows.wireless_lans if row.ssid == ssid}
    return bool(used) and slug not in used and "" not in used


def _one(path: Path, device: "Device", school: "School", allowed: Collection[str]) -> Rendered:
    text = tidied(_text(path), str(path))
    refs = references(text)
    problems = list(_secret_problems(path, text, device, school, allowed))
    if problems:
        raise BadInput(problems)
    return Rendered(device.key, text, f"{device.platform}/{device.role}.j2", refs)


def _text(path: Path) -> str:
    """What the file holds; a link is not followed: it may lead to what only this job can read."""
    try:
        about = path.lstat()
        if not stat.S_ISREG(about.st_mode):
            raise BadInput([_file(path, "it is no plain file", "hand the text over itself")])
        if about.st_size > LONGEST_BYTES:
            raise BadInput([_file(path, f"it is larger than {LONGEST_BYTES} bytes", "render it again")])
        return path.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput([_file(path, f"it cannot be read: {type(error).__name__}", "render it again")]) from error


def _secret_problems(
    path: Path, text: str, device: "Device", school: "School", allowed: Collection[str]
) -> Iterator[Problem]:
    if text.count("<secret") != len(TOKEN.findall(text)) or "<backup:" in text:
        yield Problem("SECRET-FOREIGN", str(path), "it holds what only looks like a reference", "write a whole one")
    schools = school.standard.addresses.schools
    for ref in foreign(references(text), school.slug, allowed, schools):
        rule = f"{ref} is no secret that the protected branch lets {school.slug} have"
        remedy = (
            "use one under the school's own prefix, or let a change that only names it in standard.yaml merge first"
        )
        yield Problem("SECRET-FOREIGN", str(path), rule, remedy)
    rules = platform.get(device.platform or "").rules
    for ref in misplaced(configuration(text, rules).tree, rules):
        rule = f"{ref} stands where a configuration keeps no secret, so it would be shown"
        yield Problem("SECRET-PLACE", str(path), rule, "put it where the platform keeps a secret")


def _file(path: Path, rule: str, remedy: str) -> Problem:
    return Problem("RENDERED-FILE", str(path), rule, remedy)
