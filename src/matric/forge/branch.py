"""A branch of matric's own with one commit on it, brought up to date by any forge."""

import hashlib
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Protocol

from matric import secret
from matric.canonical import digest_of_text
from matric.errors import ForgeError, ForgeRefused, NothingToPropose, UsageError

__all__ = ("OWN", "Branches", "Tip", "blob_id", "bring", "refuse_secrets", "refuse_stranger")

OWN = re.compile(r"matric/[A-Za-z0-9][A-Za-z0-9._-]*(?:/[A-Za-z0-9][A-Za-z0-9._-]*)*")
"""The only branches matric ever writes."""
TRAILER = "Matric-Content"
SHA256_HEX = 64


@dataclass(frozen=True, slots=True)
class Tip:
    """The commit a branch points at."""

    sha: str
    parents: tuple[str, ...]
    message: str

    @property
    def content(self) -> str:
        """The digest matric wrote into its commit; empty where the commit is not matric's."""
        found = re.findall(rf"^{TRAILER}: (\S+)$", self.message, re.MULTILINE)
        return str(found[-1]) if found else ""


class Branches(Protocol):
    """Branches and files, as one forge has them."""

    def tip(self, branch: str) -> Tip | None:
        """None only where the forge says there is no such branch."""
        ...

    def blobs(self, sha: str, paths: Collection[str]) -> Mapping[str, str | None]:
        """The blob of each path at a commit, or None where there is none."""
        ...

    def put(self, branch: str, before: Tip | None, onto: Tip, changes: Mapping[str, str | None], message: str) -> None:
        """Make *branch* one commit on *onto*; LostError where nobody knows whether it is."""
        ...


def refuse_stranger(branch: str) -> None:
    """UsageError unless *branch* is one of matric's own."""
    if not OWN.fullmatch(branch) or ".." in branch or branch.endswith((".lock", ".")):
        raise UsageError(f"matric writes no branch called {branch!r}. Do: name one that begins with matric/")


def refuse_secrets(files: Mapping[str, str | None]) -> None:
    """ForgeError where a file holds the value of a secret that this process resolved."""
    for path, content in files.items():
        if content is None:
            continue
        before, after = secret.TOKEN.findall(content), secret.TOKEN.findall(secret.redact(content))
        if len(after) > len(before):
            raise ForgeError(
                f"{path} holds the value of a secret and is not sent. Do: write its reference in its place"
            )


def blob_id(content: str, like: str = "") -> str:
    """Git's id of a file with this content, by the algorithm of the repository that *like* is an id of."""
    raw = content.encode()
    algorithm = "sha256" if len(like) == SHA256_HEX else "sha1"
    return hashlib.new(algorithm, b"blob %d\0" % len(raw) + raw, usedforsecurity=False).hexdigest()


def bring(  # noqa: PLR0913 - each is a choice of its own
    branches: Branches, branch: str, target: str, files: Mapping[str, str | None], message: str, *, reuse: bool
) -> None:
    """Make *branch* one commit on *target* that holds *files*; leave it where it is that already and *reuse*."""
    onto = branches.tip(target)
    if onto is None:
        raise ForgeRefused(f"there is no branch {target} to propose to. Do: name the branch that changes go to")
    wanted = {path: None if content is None else blob_id(content, onto.sha) for path, content in files.items()}
    there = branches.blobs(onto.sha, wanted)
    changes = {path: files[path] for path in sorted(wanted) if wanted[path] != there[path]}
    if not changes:
        raise NothingToPropose(f"{target} holds all of it already: nothing is proposed. Do: nothing")
    digest = digest_of_text("\n".join(f"{path} {wanted[path]}" for path in sorted(wanted)))
    now = branches.tip(branch)
    if now is not None and not now.content and now.sha != onto.sha:
        raise ForgeRefused(
            f"somebody else has pushed to {branch} (commit {now.sha[:12]}), which matric would undo. "
            f"Do: merge or delete that branch, then run again"
        )
    if reuse and now is not None and _is(branches, now, digest, wanted, there):
        return
    signed = f"{secret.redact(message).rstrip()}\n\n{TRAILER}: {digest}\n"
    branches.put(branch, now, onto, changes, signed)


def _is(
    branches: Branches, now: Tip, digest: str, wanted: Mapping[str, str | None], there: Mapping[str, str | None]
) -> bool:
    """Whether *now* is this proposal, read back, on a base where these files are as the target has them now."""
    if now.content != digest or len(now.parents) != 1:
        return False
    return branches.blobs(now.sha, wanted) == wanted and branches.blobs(now.parents[0], wanted) == there
