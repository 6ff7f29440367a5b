"""Where the values of secrets come from, and the last moment at which they take the place of their references."""

import hashlib
import hmac
import os
import re
from collections.abc import Callable, Iterator, Mapping
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Any, cast

from matric.errors import BadInput, Problem
from matric.secret import juniper, password
from matric.secret.redaction import KNOWN
from matric.secret.reference import TOKEN, references, token
from matric.secret.wireless_key import key_problems

__all__ = ("Resolver", "Vault", "faults", "formed", "lab_value", "resolve", "vault")

Resolver = Callable[[str], str | None]
"""From the part of a reference after the colon to the value; None where there is none."""

HOSTNAME = re.compile(r"^hostname (\S+)$", re.MULTILINE)
SALT_LENGTH = 14


def lab_value(seed: str, name: str) -> str:
    """The value of ``lab:NAME`` in the lab whose seed is *seed*: 32 hexadecimal digits."""
    return hmac.new(seed.encode(), name.encode(), hashlib.sha256).hexdigest()[:32]


def from_environment(name: str) -> str | None:
    return os.environ.get(name)


def from_file(name: str) -> str | None:
    """The file's text less its last line end."""
    try:
        return Path(name).read_text(encoding="utf-8").removesuffix("\n")
    except FileNotFoundError:
        return None


def from_keyring(name: str) -> str | None:
    """``SERVICE/NAME`` in the operating system's keyring."""
    import keyring  # noqa: PLC0415 - slow, and asks the desktop

    service, _, user = name.rpartition("/")
    ask = cast("Callable[[str, str], str | None]", cast("Any", keyring).get_password)
    return ask(service, user)


class Vault:
    """Gives values by reference, and remembers each so that ``redact`` knows it. Never shows one."""

    def __init__(self, resolvers: Mapping[str, Resolver]) -> None:
        self._resolvers = dict(resolvers)

    def __repr__(self) -> str:
        return f"Vault({', '.join(sorted(self._resolvers))})"

    @property
    def schemes(self) -> frozenset[str]:
        """What a reference may begin with here."""
        return frozenset(self._resolvers)

    def get(self, ref: str) -> str:
        """The value of *ref*; BadInput (SECRET-REF) where there is none."""
        scheme, _, name = ref.partition(":")
        resolver = self._resolvers.get(scheme)
        if resolver is None:
            raise BadInput((_missing(ref, f"no source of secrets is called {scheme} here"),))
        try:
            value = resolver(name)
        except Exception as error:  # noqa: BLE001 - whoever wrote the source may raise anything
            # Its own words are not shown: they may hold the secret.
            rule = f"its source could not be asked ({type(error).__name__})"
            raise BadInput((Problem("SECRET-REF", ref, rule, "open the source, then try again"),)) from None
        if not value:
            raise BadInput((_missing(ref, "not found" if value is None else "empty"),))
        KNOWN.add(ref, value)
        return value


def _missing(ref: str, rule: str) -> Problem:
    return Problem("SECRET-REF", ref, rule, "create the secret or correct the reference")


def vault(lab_seed: str | None = None, **more: Resolver) -> Vault:
    """The usual sources, and those of installed packages; ``lab:`` only where a lab gives its seed.

    A package gives a source (a vault, say) by an entry point of the group ``matric.secrets``: its name is the scheme,
    its object takes the part of the reference after the colon and gives the value, or None where there is none.
    """
    built_in: dict[str, Resolver] = {"env": from_environment, "file": from_file, "keyring": from_keyring}
    resolvers: dict[str, Resolver] = {**_plugged_in(), **built_in, **more}
    if lab_seed is not None:
        seed = lab_seed
        resolvers["lab"] = lambda name: lab_value(seed, name)
    return Vault(resolvers)


def _plugged_in() -> dict[str, Resolver]:
    """Scheme -> resolver of every installed package that gives one; loaded when first asked."""

    def late(entry: EntryPoint) -> Resolver:
        def ask(name: str) -> str | None:
            return cast("Resolver", entry.load())(name)

        return ask

    return {entry.name: late(entry) for entry in entry_points(group="matric.secrets")}


# ---- late resolution ----


def resolve(text: str, vault: Vault, device: str = "") -> str:
    """*text* with every reference replaced by its value in the form asked for. Only a cut-over does this, in memory.

    *device* (its key) salts the hashes; without it the hostname in *text* does. Raises BadInput with every problem.
    """
    salted = device or next(iter(HOSTNAME.findall(text)), "")
    problems = [problem for ref in references(text) for problem in faults(ref, vault, psk=token(ref, "psk") in text)]
    if problems:
        raise BadInput(problems)
    return TOKEN.sub(lambda found: _formed(found, vault, salted), text)


def faults(ref: str, vault: Vault, *, psk: bool = False) -> tuple[Problem, ...]:
    """What keeps the secret *ref* from being sent: it is not there, or cannot be typed. No value is shown."""
    try:
        return tuple(_unfit(ref, vault.get(ref), psk=psk))
    except BadInput as error:
        return error.problems


def _formed(found: "re.Match[str]", vault: Vault, salted: str) -> str:
    ref, form = found["ref"], found["form"] or ""
    clear = vault.get(ref)
    sent = formed(clear, form, found["engine"] or "", source=f"{salted} {ref}")
    KNOWN.sent(sent, clear, ref)
    return sent


def formed(  # noqa: PLR0911 - one return for each form
    clear: str, form: str, engine: str, *, source: str
) -> str:
    """*clear* as the device keeps it, salted by *source*."""
    match form:
        case "" | "psk":
            return clear
        case "type7":
            return password.disguise(clear, hashlib.blake2b(source.encode(), digest_size=1).digest()[0] % 16)
        case "juniper":
            return juniper.disguise(clear, source)
        case "type8":
            return password.type8(clear, password.salt(source, SALT_LENGTH))
        case "sha512":
            return password.sha512(clear, password.salt(source, SALT_LENGTH))
        case "sha256":
            return hashlib.sha256(clear.encode()).hexdigest()
        case "sha":
            return password.localised(clear, engine)
        case "aes":
            return password.localised(clear, engine, 16)
        case _:
            problem = Problem("SECRET-REF", f"form {form}", "no form of a secret has this name", "correct the template")
            raise BadInput((problem,))


def _unfit(ref: str, value: str, *, psk: bool) -> Iterator[Problem]:
    """What keeps *value* from being typed at a command line; it is never shown."""
    printable = value.isascii() and value.isprintable()
    if psk:
        yield from key_problems(f"secret {ref}", ref, value)
    elif not printable or any(character in value for character in ' ?"'):
        rule = "holds a character that no command line can take (space, ?, quote or beyond ASCII)"
        yield Problem("SECRET-CHAR", ref, rule, "generate a new secret from letters, digits and -_.:!")
