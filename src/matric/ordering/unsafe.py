"""A change for which no safe order was found."""

from matric.errors import MatricError

__all__ = ("Unsafe",)


class Unsafe(MatricError):
    """No order of the lines keeps every way: names the line, what it would cut, and what to do."""

    def __init__(self, line: str, cuts: tuple[str, ...], remedy: str) -> None:
        from matric.secret import guarded  # noqa: PLC0415 - needed with this only

        self.line = guarded(line)
        self.cuts = tuple(guarded(one) for one in cuts)
        self.remedy = guarded(remedy)
        why = "; ".join(self.cuts)
        super().__init__(f"{self.line!r} cannot be sent at any point of the change: {why}. Do: {self.remedy}")
