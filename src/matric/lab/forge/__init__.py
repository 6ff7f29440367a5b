"""Stand-ins for GitLab and GitHub: a bare git repository, and what a forge keeps beside it, over HTTP on this machine.

``serve("gitlab", repository)`` runs one in the background of a test; ``python -m matric.lab.forge gitlab --port N
--repository BARE.git --token T`` in the foreground. People act through the forge's own API with tokens of their own
(approve, merge, comment), or push to the bare repository with git. Needs the extra ``matric[lab]``.
"""

from pathlib import Path

from matric.errors import UsageError
from matric.lab.forge.fault import KINDS, Fault
from matric.lab.forge.github import GitHub
from matric.lab.forge.gitlab import GitLab
from matric.lab.forge.repository import Repository
from matric.lab.forge.server import Api, Seen, Stand
from matric.lab.forge.state import State

__all__ = ("KINDS", "Fault", "GitHub", "GitLab", "Repository", "Seen", "Stand", "stand")

OWN = {"gitlab": "matric-bot", "github": "matric-bot"}


def stand(
    forge: str,
    repository: Path,
    *,
    token: str = "lab-forge-token",
    project: str = "trust/network",
    actions: bool = False,
) -> Stand:
    """A stand-in, not yet started; *token* is matric's own. *actions* gives it to GitHub Actions' own user."""
    state = State(Repository(repository), project)
    api: Api
    if forge == "gitlab":
        api = GitLab(state)
    elif forge == "github":
        api = GitHub(state)
    else:
        raise UsageError(f"no forge is called {forge}. Do: say gitlab or github")
    state.admit("github-actions[bot]" if actions else OWN[forge], token, "write", bot=actions)
    return Stand(api, state)
