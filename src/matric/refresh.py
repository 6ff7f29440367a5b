"""NetBox read anew and put before a reviewer: the new snapshot as a change of its own, never as a push.

The snapshot the site has is not touched. A read that fails, is short or has lost much proposes nothing; where NetBox
says what the snapshot says, nothing is proposed and nothing that is open is closed.
"""

import re
import shutil
import tempfile
from collections.abc import Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from matric import snapshot
from matric.change import repository
from matric.errors import BadInput, GitError, NothingToPropose, Problem, SourceError, UsageError, on_one_line
from matric.intent.record import Records
from matric.netbox import Client, Progress, pull_into
from matric.secret import redact
from matric.snapshot import MANIFEST, Snapshot

if TYPE_CHECKING:
    from matric.forge import Forge

__all__ = ("BRANCH", "Proposed", "folded", "propose")

BRANCH = "matric/snapshot"
PLACE = "inventory/snapshot"
SHOWN = 300
"""Lines of the description; the whole of it is the change itself."""
NAMED_SCHOOLS = 3
FOLDED_FROM = 3
"""So many like changes become one line."""


@dataclass(frozen=True, slots=True)
class Proposed:
    """What came of it."""

    change: str
    """The change that is open now; empty where NetBox says what the snapshot says."""
    changes: tuple[str, ...]
    """What has changed, in words of the estate, one sentence each."""
    taken: Snapshot


def propose(  # noqa: PLR0913 - each is a choice of its own
    site: Path,
    client: Client,
    forge: "Forge",
    target: str,
    *,
    allow_shrink: bool = False,
    known: Collection[str] = (),
    on_progress: Progress | None = None,
) -> Proposed:
    """Read *client*'s NetBox; where it has moved, open or bring along the change that brings it to branch *target*.

    *known* are requests of matric's own. SourceError where NetBox was not read whole; UsageError where the snapshot in
    *site* is not the committed one.
    """
    prefix = repository.git(site, "rev-parse", "--show-prefix").strip()
    if repository.git(site, "status", "--porcelain", "--untracked-files=no", "--", PLACE).strip():
        raise UsageError(f"{PLACE} holds changes that are not committed. Do: commit them or 'git restore {PLACE}'")
    folder = site / PLACE
    try:
        before = snapshot.load(folder)
    except BadInput:
        before = None  # whether that is well is for the read to say: it has the same folder before it
    with tempfile.TemporaryDirectory(prefix="matric-") as above:
        copy = Path(above) / "snapshot"
        if folder.is_dir():
            shutil.copytree(folder, copy)
        taken = pull_into(copy, client, allow_shrink=allow_shrink, known=known, on_progress=on_progress)
        _refuse_empty(taken)
        if before is not None and before.digest == taken.digest:
            return Proposed("", (), taken)
        files = {path.name: path.read_text(encoding="utf-8") for path in sorted(copy.glob("*.json"))}
    files[MANIFEST] = _as_proposed(site, taken) or files[MANIFEST]
    changes = snapshot.difference(before.records if before else Records(), taken.records)
    changes = tuple(redact(on_one_line(line)) for line in changes)
    title = _title(changes, taken)
    new: dict[str, str | None] = {f"{prefix}{PLACE}/{name}": text for name, text in files.items()
                                  if not _holds(folder / name, text)}  # fmt: skip
    try:
        change = forge.propose(BRANCH, target, title, _body(changes, before, taken), new, title)
    except NothingToPropose:
        # The target branch is ahead of this checkout, and has it.
        return Proposed("", (), taken)
    return Proposed(change, changes, taken)


def _refuse_empty(taken: Snapshot) -> None:
    lacking = [name for name, rows in taken.records.tables() if name in ("sites", "devices") and not rows]
    if lacking:
        rule = f"it has no {' and no '.join(lacking)}: an empty estate is taken for a fault of the read"
        remedy = "see that the token may view everything"
        raise SourceError(Problem("NB-PARTIAL", taken.manifest.source, rule, remedy))


def _holds(path: Path, text: str) -> bool:
    try:
        return path.read_text(encoding="utf-8") == text
    except OSError:
        return False


def _as_proposed(site: Path, taken: Snapshot) -> str | None:
    """The manifest that is proposed already for the same rows: a second reading of them is no new commit."""
    with suppress(GitError, ValueError):
        there = repository.show(site, f"refs/remotes/origin/{BRANCH}", f"{PLACE}/{MANIFEST}")
        if there is not None and snapshot.Manifest.model_validate_json(there).digest == taken.digest:
            return there.decode()
    return None


# ---------------------------------------------------------------------------------------------------------------------
# In words


def _title(changes: tuple[str, ...], taken: Snapshot) -> str:
    slugs = sorted(row.slug for row in taken.records.sites)
    named = [one for one in slugs if any(re.search(rf"(?<![\w-]){re.escape(one)}(?![\w-])", line) for line in changes)]
    count = f"{len(changes)} change{'' if len(changes) == 1 else 's'}"
    if not named:
        return f"NetBox: {count}"
    where = ", ".join(named) if len(named) <= NAMED_SCHOOLS else f"{len(named)} schools"
    return f"NetBox: {count} at {where}"


def _body(changes: tuple[str, ...], before: Snapshot | None, taken: Snapshot) -> str:
    lines = list(folded(changes))
    more = len(lines) - SHOWN
    shown = [*lines[:SHOWN], *([f"and {more} more lines: 'matric snapshot diff' says them all"] if more > 0 else [])]
    # What NetBox holds was typed by anybody: in a fence nothing of it is a command, a mention or a picture.
    fenced = "\n".join(shown).replace("`", "'")
    manifest = taken.manifest
    was = f"It was {before.digest}." if before else "There was none."
    return (
        f"NetBox {manifest.netbox_version} says something else than the snapshot in this repository:\n\n"
        f"````text\n{fenced or 'rows have changed in what no word is for'}\n````\n\n"
        f"The new snapshot is `{taken.digest}`, {sum(manifest.counts.values())} rows. {was}\n\n"
        f"What it does to each school, its plan says. The branch `{BRANCH}` is matric's own: "
        "`matric snapshot propose` writes it anew; correct NetBox, not the branch.\n"
    )


def folded(changes: tuple[str, ...]) -> Iterator[str]:
    """*changes*, like ones on one line: ``48 ports: PoE mode none -> pse (oakfield/sw-01 Gi1/0/1 ... and 45 more)``."""
    groups: dict[tuple[str, str], list[str]] = {}
    for line in changes:
        thing, colon, what = line.partition(": ")
        kind = _kind(thing) if colon else ""
        groups.setdefault((kind, what) if kind else ("", line), []).append(thing)
    for (kind, what), things in groups.items():
        if not kind:
            yield what
        elif len(things) < FOLDED_FROM:
            yield from (f"{thing}: {what}" for thing in things)
        else:
            yield f"{len(things)} {kind}: {what} ({', '.join(things[:2])} and {len(things) - 2} more)"


def _kind(thing: str) -> str:
    """What many of them are called, or empty for what is not folded."""
    if re.fullmatch(r"[\w-]+/\S+ \S.*", thing):
        return "ports"
    return "devices" if re.fullmatch(r"[\w-]+/\S+", thing) else ""
