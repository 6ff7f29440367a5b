"""Files that are whole or not there, on disk when the call returns, and for their owner only."""

import os
from pathlib import Path

__all__ = ("private", "sync_folder", "write_durably")


def private(folder: Path) -> None:
    """Make *folder*, for its owner only, with those above it."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)


def write_durably(path: Path, text: str) -> None:
    """Write *text* for its owner only: whole or not at all, and on disk when this returns."""
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    try:
        with os.fdopen(os.open(partial, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "wb") as file:
            file.write(text.encode("utf-8"))
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make the names in *folder* durable."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
