"""What a survey remembers between two runs: the keys it has met, and which logins were refused where.

A survey meets devices for the first time. The key that answers first is believed and written down with its
fingerprint (trust on first use, RFC 4251 section 4.1); another key at that address, in this run or a later one, gets no
password.
"""

import os
import tempfile
import threading
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

from pydantic import Field

from matric import pins, yaml_file
from matric.errors import BadInput, Problem, StrangerError
from matric.intent.base import Model

__all__ = ("KEYS", "LOGINS", "Memory", "given")

KEYS, LOGINS = "keys.yaml", "logins.yaml"


class _Key(Model):
    key: pins.PinText
    fingerprint: str
    seen_at: str


class _Keys(Model):
    format_version: Literal[1] = 1
    keys: dict[str, _Key] = Field(default_factory=dict[str, _Key])


class _Refusal(Model):
    address: str
    fingerprint: str = ""
    refused: list[str] = Field(default_factory=list[str])
    """Names of credentials."""
    locked: str = ""
    """Why it is not tried again; empty: it may be."""
    at: str = ""


class _Logins(Model):
    format_version: Literal[1] = 1
    logins: list[_Refusal] = Field(default_factory=list[_Refusal])


def given(path: Path) -> dict[str, str]:
    """Address -> key, from a file in OpenSSH's known_hosts form (sshd(8)): addresses, type, key.

    BadInput (SURVEY-PIN) where a line is none; hashed names cannot be read.
    """
    found: dict[str, str] = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        words = line.split()
        if not words or words[0].startswith("#"):
            continue
        if len(words) < 3 or words[0].startswith(("|", "@")):  # noqa: PLR2004 - addresses, type, key
            rule = "it is no line of known_hosts with addresses in the clear"
            raise BadInput((Problem("SURVEY-PIN", f"{path}:{number}", rule, "write ADDRESS TYPE KEY"),))
        for name in words[0].split(","):
            found[name.lstrip("[").partition("]")[0]] = f"{words[1]} {words[2]}"
    return found


class Memory:
    """The two files in *folder*; written after each change, whole or not at all. Safe to use from several threads."""

    def __init__(self, folder: Path, pinned: dict[str, str], now: Callable[[], str]) -> None:
        self._folder = folder
        self._pinned = pinned
        self._now = now
        self._lock = threading.Lock()
        self._keys = yaml_file.model(folder / KEYS, _Keys) if (folder / KEYS).is_file() else _Keys()
        self._logins = yaml_file.model(folder / LOGINS, _Logins) if (folder / LOGINS).is_file() else _Logins()

    # ---- keys ----

    def met(self, address: str, key: str) -> bool:
        """*address* shows *key*: True where that is new. StrangerError where another is known; nothing is sent then."""
        fresh = pins.fingerprint(key)
        with self._lock:
            known = self._pinned.get(address)
            kept = self._keys.keys.get(address)
            if known is None and kept is not None:
                known = kept.key
            if known is not None and pins.digest(known) != pins.digest(key):
                raise StrangerError(
                    f"{address} shows {fresh}, and {pins.fingerprint(known)} is on record; no password was sent. "
                    f"Do: find out what answers there; if it was replaced, take it out of {self._folder / KEYS}"
                )
            if kept is None:
                self._keys.keys[address] = _Key(key=key, fingerprint=fresh, seen_at=self._now())
                _write(self._folder / KEYS, "Keys met by a survey, believed at first sight.", self._keys)
            return known is None

    # ---- refused logins ----

    def locked(self, address: str, fingerprint: str) -> str:
        """Why the device is not to be tried again; empty where it may be."""
        with self._lock:
            return next((one.locked for one in self._about(address, fingerprint) if one.locked), "")

    def refused(self, address: str, fingerprint: str) -> frozenset[str]:
        """Credentials it has refused, at any of its addresses."""
        with self._lock:
            return frozenset(name for one in self._about(address, fingerprint) for name in one.refused)

    def refuse(self, address: str, fingerprint: str, name: str) -> None:
        with self._changed(address, fingerprint) as one:
            one["refused"] = [*one["refused"], name]

    def lock(self, address: str, fingerprint: str, why: str) -> None:
        with self._changed(address, fingerprint) as one:
            one["locked"] = why

    def _about(self, address: str, fingerprint: str) -> Iterator[_Refusal]:
        for one in self._logins.logins:
            if one.address == address or (fingerprint and one.fingerprint == fingerprint):
                yield one

    @contextmanager
    def _changed(self, address: str, fingerprint: str) -> Generator[dict[str, Any]]:
        with self._lock:
            rows = self._logins.logins
            found = next((one for one in rows if one.address == address), _Refusal(address=address))
            values: dict[str, Any] = {**found.model_dump(), "fingerprint": fingerprint, "at": self._now()}
            yield values
            kept = [one for one in rows if one.address != address]
            self._logins = _Logins(logins=sorted([*kept, _Refusal(**values)], key=lambda one: one.address))
            words = "Logins that were refused, so that nobody is locked out: delete an entry to have it tried again."
            _write(self._folder / LOGINS, words, self._logins)


def _write(path: Path, words: str, value: Model) -> None:
    import yaml  # noqa: PLC0415 - read on use

    path.parent.mkdir(parents=True, exist_ok=True)
    text = f"# {words}\n{yaml.safe_dump(value.model_dump(mode='json'), sort_keys=False, width=1000)}"
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.stem}.")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
