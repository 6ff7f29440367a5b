"""Files that a person named: where one cannot be written, the person is told which, and what to do."""

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from matric.errors import UsageError

__all__ = ("writing",)


@contextmanager
def writing(folder: Path, option: str = "--out") -> Generator[Path]:
    """*folder*, made where it is not there; UsageError where it, or what is written into it, cannot be written."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        yield folder
    except OSError as error:
        what = error.filename or folder
        raise UsageError(
            f"{what} cannot be written ({error.strerror}). Do: name another folder with {option}"
        ) from error
