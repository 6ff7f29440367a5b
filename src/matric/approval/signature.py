"""SSH signatures as git makes them: who may sign is said by a reviewed file, and ssh-keygen is the judge.

The file is ``inventory/allowed_signers`` in ssh-keygen's own format, read as a commit of the protected branch has it
and never from a working tree: a change cannot name its own signers. What is signed is ``text_of``, in the namespace
``matric-plan``, so that no signature made for something else (a commit, a mail, another plan) passes for an approval.

All names on one line are one person, and so are lines that share a name or a key. Times in the file count as UTC.

Errors: SignatureError where ssh-keygen cannot be run. A signature that does not hold is no error but a sentence, and so
is a list that cannot be read: nobody is on it.
"""

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from matric.change import repository
from matric.errors import GitError, SignatureError, escaped
from matric.plan import Plan

__all__ = ("NAMESPACE", "PATH", "PROTECTED", "Signers", "command", "sign", "text_of", "trusted")

NAMESPACE = "matric-plan"
PATH = "inventory/allowed_signers"
PROTECTED = "refs/remotes/origin/main"
"""In full: a tag could be called ``origin/main``."""

MOST_BYTES = 1 << 16
"""Of a signature: the largest of any kind of key is a tenth of it."""
TIMEOUT_S = 30
PERSON_S = 180
"""For whoever signs: a passphrase, a touch of the key."""

_KIND = re.compile(r"^(?:ssh-|ecdsa-|sk-)[a-z0-9@.-]+$")
_PATTERN = re.compile(r"[*?!\"]")
_NO_AUTHORITY = "a certificate authority names people who stand in no reviewed file. Do: give each person's key a line"
_NO_PATTERN = "a pattern would let one key sign as anybody. Do: write out whose key it is"


@dataclass(frozen=True, slots=True)
class _Line:
    """One line that can be used."""

    number: int
    names: frozenset[str]
    key: str
    text: str


@dataclass(frozen=True, slots=True)
class Signers:
    """Who may sign, as one commit of the protected branch says."""

    lines: tuple[_Line, ...] = ()
    unused: tuple[str, ...] = ()
    """Lines that count for nothing, and why, in sentences."""
    unknown: str = ""
    """Why nothing is known of who may sign; empty where it is."""

    @classmethod
    def none(cls, why: str) -> "Signers":
        """Nobody, because the list could not be read: no signature counts, and *why* is told."""
        return cls(unknown=why)

    @classmethod
    def read(cls, raw: bytes, where: str = PATH) -> "Signers":
        """The list in *raw*; *where* is for messages."""
        lines: list[_Line] = []
        unused: list[str] = []
        for number, text in enumerate(raw.decode("utf-8", "replace").splitlines(), 1):
            bare = text.strip()
            if bare and not bare.startswith("#"):
                found = _line(number, bare)
                if isinstance(found, _Line):
                    lines.append(found)
                else:
                    unused.append(f"{where} line {number}: {found}")
        return cls(tuple(lines), tuple(unused))

    def names_of(self, name: str) -> frozenset[str]:
        """Every name of the person called *name*, in lower case; *name* alone where the list has no such person."""
        known = {name.strip().casefold()}
        keys: set[str] = set()
        while True:
            met = [one for one in self.lines if one.names & known or one.key in keys]
            names, found = known.union(*(one.names for one in met)), {one.key for one in met}
            if names == known and found == keys:
                return frozenset(known)
            known, keys = names, found

    def principal(self, signature: str) -> str:
        """Whose key made *signature*, or empty where no line has that key. It may still not hold."""
        with _folder(signature) as folder:
            self._write(folder)
            find = ("-Y", "find-principals", "-f", str(folder / "signers"), "-s", str(folder / "signature"))
            done = _keygen(*find)
        return done.stdout.decode("utf-8", "replace").split("\n")[0].split(",")[0] if done.returncode == 0 else ""

    def refusal(self, text: bytes, signature: str, principal: str, *moments: datetime) -> str:
        """Why *signature* is none of *principal* over *text* at one of *moments*; empty where it holds at each."""
        if self.unknown:
            return f"nobody is known who may sign: {self.unknown}"
        name = principal.strip().casefold()
        if not any(name in line.names for line in self.lines):
            shown = f" ({'; '.join(self.unused)})" if self.unused else ""
            return f"{escaped(principal)} is not in {PATH} of the protected branch{shown}"
        with _folder(signature) as folder:
            self._write(folder)
            for moment in moments:
                at = moment.astimezone(UTC).strftime("%Y%m%d%H%M%S")
                verify = ("-Y", "verify", "-f", str(folder / "signers"), "-I", name, "-n", NAMESPACE)
                done = _keygen(*verify, "-s", str(folder / "signature"), "-O", f"verify-time={at}", given=text)
                if done.returncode != 0:
                    return f"the signature of {escaped(principal)} does not hold: {_said(done)}"
        return ""

    def _write(self, folder: Path) -> None:
        (folder / "signers").write_text("".join(f"{one.text}\n" for one in self.lines), encoding="utf-8")


def trusted(folder: Path, rev: str = PROTECTED) -> Signers:
    """Who may sign, as *rev* of the site's repository says; nobody, with the reason, where it cannot be read."""
    try:
        raw = repository.show(folder, rev, PATH)
    except GitError as error:
        return Signers.none(str(error))
    if raw is None:
        return Signers.none(f"{rev} has no {PATH}. Do: add it there, one line for each who may approve")
    return Signers.read(raw)


def text_of(plan: Plan) -> bytes:
    """What is signed: the plan by its name, and the school."""
    return f"matric-plan-v1\n{plan.digest}\n{plan.school}\n".encode()


def command(plan: Plan, out: str) -> str:
    """What to type, where ssh-keygen is and matric need not be, for a signature of *plan* in the file *out*."""
    words = f"'matric-plan-v1\\n%s\\n%s\\n' {plan.digest} {plan.school}"
    return f"printf {words} | ssh-keygen -Y sign -f ~/.ssh/id_ed25519 -n {NAMESPACE} > {out}"


def sign(plan: Plan, key: Path) -> str:
    """A signature of *plan* by the private *key* (or, by its public half, the agent); may ask for a passphrase."""
    if not key.is_file():
        raise SignatureError(f"{key} is no file. Do: name your private key, or its .pub where an agent holds it")
    # Its owner's environment: the agent, and the program that asks for the passphrase.
    done = _keygen("-Y", "sign", "-f", str(key), "-n", NAMESPACE, given=text_of(plan), within_s=PERSON_S, own=True)
    if done.returncode != 0:
        raise SignatureError(f"{key} does not sign: {_said(done)}. Do: try it with 'ssh-keygen -y -f {key}'")
    return done.stdout.decode("ascii", "replace")


def _line(number: int, text: str) -> "_Line | str":
    """The line, or why it cannot be used."""
    words = list(_words(text))
    kinds = [at for at, word in enumerate(words[:3]) if at and _KIND.match(word)]
    if not kinds or len(words) < kinds[0] + 2:
        return "no names, type and key are on it. Do: write NAME[,NAME] [options] TYPE KEY"
    names, at = words[0], kinds[0]
    if _PATTERN.search(names):
        return _NO_PATTERN
    if at > 1 and "cert-authority" in words[1].casefold():
        return _NO_AUTHORITY
    found = frozenset(name.casefold() for name in names.split(",") if name)
    if not found:
        return "it names nobody. Do: write whose key it is"
    # Names in lower case: an address means the same person however it is written, and ssh-keygen tells them apart.
    kept = " ".join((",".join(sorted(found)), *words[1 : at + 2]))
    return _Line(number, found, f"{words[at]} {words[at + 1]}", kept)


def _words(text: str) -> Iterator[str]:
    """*text* at its blanks, quoted ones left whole."""
    return (found[0] for found in re.finditer(r'(?:"[^"]*"|[^\s"])+', text))


class _folder:  # noqa: N801 - used as a function
    """A private folder that holds one signature, removed afterwards."""

    def __init__(self, signature: str) -> None:
        self._signature = signature
        self._above = tempfile.TemporaryDirectory(prefix="matric-")

    def __enter__(self) -> Path:
        folder = Path(self._above.__enter__())
        (folder / "signature").write_text(self._signature[:MOST_BYTES], encoding="utf-8")
        return folder

    def __exit__(self, *_: object) -> None:
        self._above.cleanup()


def _keygen(
    *arguments: str, given: bytes = b"", within_s: float = TIMEOUT_S, own: bool = False
) -> "subprocess.CompletedProcess[bytes]":
    program = shutil.which("ssh-keygen")
    if program is None:
        raise SignatureError("ssh-keygen is not installed, or not on PATH. Do: install OpenSSH's client")
    # UTC, so that a time in the list means the same on every machine.
    plain = {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C", "TZ": "UTC"}
    env = {**os.environ, "LC_ALL": "C"} if own else plain
    try:
        return subprocess.run(  # noqa: S603 - no shell
            [program, *arguments], input=given, env=env, capture_output=True, timeout=within_s, check=False
        )
    except subprocess.TimeoutExpired:
        raise SignatureError(f"ssh-keygen did not end within {within_s:.0f} s: nothing is known. Do: again") from None
    except (OSError, ValueError) as error:
        raise SignatureError(f"ssh-keygen cannot be run: {error}. Do: mend that") from error


def _said(done: "subprocess.CompletedProcess[bytes]") -> str:
    """What ssh-keygen said, on one line, without the names of temporary files."""
    lines = [line.strip() for line in (done.stderr + done.stdout).decode("utf-8", "replace").splitlines()]
    told = "; ".join(dict.fromkeys(re.sub(r"\S*/matric-\S+", PATH, line) for line in lines if line))
    return escaped(told.rstrip("."), 240) or f"ssh-keygen ended with {done.returncode}"
