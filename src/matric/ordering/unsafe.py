"""A change for which no safe order was found."""

from matric.errors import MatricError

__all__ = ("Unsafe",)


class Unsafe(MatricError):
    """No order of the lines keeps every way: names the line, what it would cut, and what to do."""

    def __init__(self, line: str, cuts: tuple[str, ...], remedy: str) -> None:
        self.line = line
        self.cuts = cuts
        self.remedy = remedy
        super().__init__(f"{line!r} cannot be sent at any point of the change: {'; '.join(cuts)}. Do: {remedy}")
