"""Who asks, and what they may: tokens of both kinds, and permissions on models."""

from collections.abc import Mapping
from dataclasses import dataclass, field

__all__ = ("READ_ONLY", "V1", "V2", "Access", "Denied", "recognised")

V1 = "0123456789abcdef0123456789abcdef01234567"
V2 = "nbt_LabNetBox000.LabNetBoxTokenOfNoValue0000000000000000000"
"""Tokens of a lab that is reached on this machine only; they open nothing else."""


class Denied(Exception):
    """401 or 403, and what NetBox says."""

    def __init__(self, status: int, said: str) -> None:
        super().__init__(said)
        self.status, self.said = status, said


@dataclass(frozen=True, slots=True)
class Access:
    """A user behind a token."""

    user: tuple[int, str] = (1, "admin")
    permissions: Mapping[str, frozenset[str]] | None = None
    """Model -> view, add, change, delete; None may do everything."""
    hidden: Mapping[str, frozenset[int]] = field(default_factory=dict[str, frozenset[int]])
    """Model -> ids a constraint of the permission leaves out."""

    def may(self, action: str, model: str) -> bool:
        """Whether the user has the permission."""
        return self.permissions is None or action in self.permissions.get(model, ())

    def sees(self, model: str, key: int) -> bool:
        """Whether the object is within what the user may view."""
        return self.may("view", model) and key not in self.hidden.get(model, ())

    def demand(self, action: str, model: str) -> None:
        """Denied unless the user has the permission."""
        if not self.may(action, model):
            raise Denied(403, "You do not have permission to perform this action.")


READ_ONLY = frozenset({"view"})


def recognised(header: str | None, tokens: Mapping[str, Access]) -> Access:
    """The user whose token the Authorization header holds; NetBox looks at the value, not at Token or Bearer."""
    words = (header or "").split()
    if not words or words[0].lower() not in ("token", "bearer"):
        raise Denied(403, "Authentication credentials were not provided.")
    if len(words) != 2:  # noqa: PLR2004 - keyword and token
        raise Denied(403, "Invalid authorization header: Must be in the form 'Bearer <key>.<token>' or 'Token <token>'")
    token = words[1]
    if token not in tokens:
        raise Denied(403, f"Invalid v{2 if token.startswith('nbt_') else 1} token")
    return tokens[token]
