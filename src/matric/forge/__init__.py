"""GitLab and GitHub: the change under review, who made it, who approved it, and the one comment matric keeps on it.

A change is a merge request or pull request, named ``gitlab:group/project!12`` or ``github:owner/repo#12``.
``connect`` makes the forge of the pipeline that matric runs in. Needs the extra ``matric[forge]``.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from matric.errors import UsageError

__all__ = ("COMMENT_LIMIT", "MARKER_ROOM", "Change", "Forge", "ForgeApproval", "connect")

COMMENT_LIMIT: Mapping[str, int] = {"gitlab": 1_000_000, "github": 65_536}
"""Characters a comment may hold, by forge; matric's own marker comes out of it: see ``Forge.room``."""
MARKER_ROOM = 200
"""Characters kept for the hidden marker at the top of each part."""


@dataclass(frozen=True, slots=True)
class Change:
    """A merge request or pull request, as the forge has it now."""

    id: str
    title: str
    author: str
    """Login of whoever opened it."""
    source_branch: str
    target_branch: str
    head: str
    """Commit it proposes, in full."""
    state: Literal["open", "merged", "closed"]
    web_url: str
    is_fork: bool
    """True where the source is another project: its content is a stranger's."""


@dataclass(frozen=True, slots=True)
class ForgeApproval:
    """An approval that counts: by somebody who may write, of the head the change has now."""

    by: str
    """Login."""
    at: str
    """When, in ISO 8601, as the forge says."""
    head: str
    """The commit that was approved."""


class Forge(Protocol):
    """What matric asks of a forge. Every method raises ForgeUnavailable or ForgeRefused; none takes silence for no."""

    name: str
    """``gitlab`` or ``github``."""

    @property
    def room(self) -> int:
        """Characters one part of a comment may hold."""
        ...

    def change(self, change: str) -> Change:
        """The change now."""
        ...

    def people(self, change: str) -> tuple[str, ...]:
        """Everyone the change is by: who opened it, and each commit's author and committer.

        Login, name and e-mail address each stand by themselves, as far as the forge gives them; sorted.
        """
        ...

    def approvals(self, change: str) -> tuple[ForgeApproval, ...]:
        """The approvals that count for the current head; one per person."""
        ...

    def uncounted(self, change: str) -> tuple[str, ...]:
        """The approvals that do not count, and why, in sentences."""
        ...

    def change_of(self, merge_commit: str) -> str | None:
        """The change that came to its target branch as *merge_commit*; None only where the forge says there is none."""
        ...

    def comment(self, change: str, marker: str, parts: Sequence[str]) -> tuple[str, ...]:
        """Keep one comment of *parts* up to date in place, found by its hidden *marker*; the parts' addresses.

        Only comments by this token's own user are changed. ValueError where a part is longer than ``room``.
        """
        ...

    def propose(  # noqa: PLR0913, PLR0917 - a change has that many parts
        self, branch: str, target: str, title: str, body: str, files: Mapping[str, str | None], message: str
    ) -> str:
        """A change that brings *files* (None removes one) to *target* from *branch*, made or updated; its id.

        Where the branch holds the same already there is no new commit. *branch* begins with ``matric/``.
        NothingToPropose where *target* holds all of it.
        """
        ...

    def raise_issue(self, marker: str, title: str, body: str) -> str:
        """One open issue with this hidden *marker*, made or updated; its address."""
        ...

    def start_pipeline(self, ref: str, variables: Mapping[str, str]) -> str:
        """Ask for a pipeline on *ref* that is told *variables*; where to see it. Asked twice there may be two."""
        ...


def connect(env: Mapping[str, str]) -> Forge:
    """The forge of the pipeline whose variables *env* holds; UsageError where it is none or a part is missing."""
    if env.get("GITLAB_CI") or env.get("CI_PROJECT_PATH"):
        from matric.forge.gitlab import from_environment as gitlab  # noqa: PLC0415 - loaded on use

        return gitlab(env)
    if env.get("GITHUB_REPOSITORY"):
        from matric.forge.github import from_environment as github  # noqa: PLC0415 - loaded on use

        return github(env)
    raise UsageError(
        "no forge is known here: neither CI_PROJECT_PATH (GitLab) nor GITHUB_REPOSITORY is set. "
        "Do: run this in a pipeline, or set them; see docs/reference/forge.md"
    )
