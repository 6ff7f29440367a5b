"""Secrets: references in data and text, values only at the last moment and only in memory, redaction by value.

A reference is ``env:NAME``, ``file:PATH``, ``keyring:SERVICE/NAME`` or ``lab:NAME``. In rendered text it stands as
``<secret:REF>`` or ``<secret:REF|FORM>``; the form says how the device keeps it:

    (none)            as it is                     type7             Cisco type 7, reversible
    type8             IOS type 8 (PBKDF2)          sha512            EOS and Junos sha512
    juniper           Junos $9$, reversible
    psk               as it is, checked as a key   sha:ENGINE        SNMPv3 key localised to that engine id
                      of a wireless network        aes:ENGINE        the same, 16 bytes
    sha256            AOS-S SHA-256, no salt

A hash gets a salt derived from device and reference, so the same input always gives the same text, and the device
shows what it was sent. ``lab:`` values are derived from the lab's seed and exist nowhere else.
"""

import base64
import hashlib
import hmac
import json
import os
import re
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Any, cast
from urllib.parse import quote

from matric.config import PATH, Config, Line
from matric.errors import BadInput, Problem
from matric.platform.base import ConfigRules
from matric.secret import juniper, password
from matric.secret.wireless_key import key_problems

__all__ = (
    "TOKEN",
    "Vault",
    "concealed",
    "faults",
    "guarded",
    "lab_value",
    "misplaced",
    "redact",
    "references",
    "referred",
    "resolve",
    "sealed",
    "token",
    "vault",
)

Resolver = Callable[[str], str | None]
"""From the part of a reference after the colon to the value; None where there is none."""

TOKEN = re.compile(
    r"<secret:(?P<ref>[A-Za-z][A-Za-z0-9_-]*:[A-Za-z0-9_./-]+)(?:\|(?P<form>[a-z0-9]+)(?::(?P<engine>[0-9a-f]+))?)?>"
)
REFERENCE = re.compile(r"[A-Za-z][A-Za-z0-9_-]*:[A-Za-z0-9_./-]+")
HOSTNAME = re.compile(r"^hostname (\S+)$", re.MULTILINE)
SALT_LENGTH = 14


def token(ref: str, form: str = "") -> str:
    """The placeholder that stands for *ref* in text."""
    return f"<secret:{ref}|{form}>" if form else f"<secret:{ref}>"


def references(text: str) -> tuple[str, ...]:
    """Every reference *text* holds, once each, sorted."""
    return tuple(sorted({found["ref"] for found in TOKEN.finditer(text)}))


# ---- where values come from ----


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
        _KNOWN.add(ref, value)
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
    _KNOWN.sent(sent, clear, ref)
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


# ---- comparing what a device shows with what it was sent ----

TYPED = re.compile(r"^(?P<kind>[05789]|sha512|ascii \d|plaintext|ciphertext) (?P<value>.+)$")
LOCKED = frozenset({"ciphertext"})
"""Kinds that a device encrypts with a key of its own: nobody else can tell what is in it, so its form is compared."""


def concealed(running: Config, intended: Config, rules: ConfigRules, vault: Vault | None) -> tuple[Config, Config]:
    """Both configurations without a secret in them: equal where the device's secret is the one that is wanted.

    A secret of *running* becomes what *intended* has in its place where both are the same; else it becomes
    ``<secret changed>``, or ``<secret not compared>`` where *intended* has a reference and there is no vault.
    """
    patterns = tuple(re.compile(pattern) for pattern in rules.secret)
    wanted: dict[str, tuple[str, ...]] = {}

    def hide(heads: tuple[str, ...], line: Line) -> str:
        masked, values = masked_line(heads, line.text, patterns)
        if not values:
            return line.text
        wanted[PATH.join((*heads, masked))] = values
        return filled_line(masked, tuple(value if TOKEN.search(value) else "<secret>" for value in values))

    def compare(heads: tuple[str, ...], line: Line) -> str:
        masked, values = masked_line(heads, line.text, patterns)
        if not values:
            return line.text
        asked = wanted.get(PATH.join((*heads, masked)), ())
        pairs = zip(values, asked or ("",) * len(values), strict=False)
        return filled_line(masked, tuple(compared(shown, want, vault) for shown, want in pairs))

    hidden = Config(_mapped(intended.lines, (), hide))
    return Config(_mapped(running.lines, (), compare)), hidden


def sealed(running: Config, intended: Config, rules: ConfigRules, vault: Vault, seal: Callable[[str, str], str]) -> str:
    """*running* as text without a secret in it, in which a secret that changes still shows as a change.

    A secret that *intended* refers to becomes that reference where it is proven the same, whatever its salt; any other
    value known to this process its own reference; what nobody knows becomes ``seal(value, place)``, the place being its
    line with the heads above it. Over-careful: what only looks like a secret is sealed too.
    """
    patterns = tuple(re.compile(pattern) for pattern in rules.secret)
    wanted: dict[str, tuple[str, ...]] = {}
    for heads, line in intended.walk():
        masked, values = masked_line(heads, line.text, patterns)
        if values:
            wanted[PATH.join((*heads, masked))] = values
    tokens = tuple(sorted({value for values in wanted.values() for value in values if TOKEN.search(value)}))

    def keep(heads: tuple[str, ...], line: Line) -> str:
        masked, values = masked_line(heads, line.text, patterns)
        if not values:
            return line.text
        place = PATH.join((*heads, masked))
        asked = wanted.get(place, ("",) * len(values))
        return filled_line(
            masked,
            tuple(
                _referred(shown, (want, *tokens), vault) or seal(shown, place)
                for shown, want in zip(values, asked, strict=False)
            ),
        )

    def net(found: "re.Match[str]") -> str:
        if found["hash"]:
            return seal(found["hash"], "")
        return found[0] if found["value"] in WORDS else f"{found['keep']}{seal(found['value'], found['keep'])}"

    def wide(found: "re.Match[str]") -> str:
        return f"{found['keep']}{seal(found['value'], found['keep'])}"

    text = _KNOWN.redact(Config(_mapped(running.lines, (), keep)).text())
    return NET.sub(net, WIDE.sub(wide, text))


def _referred(shown: str, wants: tuple[str, ...], vault: Vault) -> str:
    """The first of the references *wants* whose value *shown* is proven to be; else empty."""
    if _typed(shown)[0] in LOCKED:
        return ""
    for want in wants:
        if not TOKEN.search(want):
            continue
        try:
            if compared(shown, want, vault) == want:
                return want
        except BadInput:
            # Without its value nothing can be proven of it: the secret on the device is one that nobody knows.
            continue
    known = _KNOWN.redact(shown)
    return known if TOKEN.fullmatch(_typed(known)[1]) else ""


def misplaced(config: Config, rules: ConfigRules) -> tuple[str, ...]:
    """The references in *config* that stand where the platform keeps no secret: in a banner, in a description."""
    patterns = tuple(re.compile(pattern) for pattern in rules.secret)
    found: set[str] = set()

    def look(heads: tuple[str, ...], line: Line) -> str:
        found.update(references(masked_line(heads, line.text, patterns)[0]))
        return line.text

    _mapped(config.lines, (), look)
    return tuple(sorted(found))


def referred(value: object) -> Iterator[str]:
    """Every text in plain data that has the form of a reference, whatever its scheme."""
    match value:
        case str():
            if REFERENCE.fullmatch(value):
                yield value
        case dict():
            for part in cast("dict[str, object]", value).values():
                yield from referred(part)
        case list():
            for part in cast("list[object]", value):
                yield from referred(part)
        case _:
            pass


def _mapped(
    lines: tuple[Line, ...], heads: tuple[str, ...], of: Callable[[tuple[str, ...], Line], str]
) -> tuple[Line, ...]:
    return tuple(
        Line(of(heads, line), _mapped(line.children, (*heads, line.text), of) if line.children else ())
        for line in lines
    )


HOLE = "\x00"


@lru_cache(maxsize=16)
def _hint(patterns: tuple["re.Pattern[str]", ...]) -> "re.Pattern[str]":
    """Finds every line that one of *patterns* may find, in one go: most lines hold no secret."""
    ends = (pattern.pattern.rsplit(PATH, 1)[-1].replace("?P<secret>", "?:") for pattern in patterns)
    return re.compile("|".join(f"(?:{end})" for end in ends))


def masked_line(
    heads: tuple[str, ...], text: str, patterns: tuple["re.Pattern[str]", ...]
) -> tuple[str, tuple[str, ...]]:
    """*text* with a hole for each secret in it, and the secrets in order."""
    if not _hint(patterns).search(text):
        return text, ()
    whole = PATH.join((*heads, text))
    start = len(whole) - len(text)
    spans: set[tuple[int, int]] = set()
    for pattern in patterns:
        found = pattern.search(whole if PATH in pattern.pattern else text)
        if found:
            offset = start if PATH in pattern.pattern else 0
            spans.add((found.start("secret") - offset, found.end("secret") - offset))
    values: list[str] = []
    masked, at = "", 0
    for begin, end in sorted(spans):
        if begin >= at:
            masked += text[at:begin] + HOLE
            values.append(text[begin:end])
            at = end
    return masked + text[at:], tuple(values)


def filled_line(masked: str, values: tuple[str, ...]) -> str:
    parts = masked.split(HOLE)
    return "".join(part + value for part, value in zip(parts, (*values, ""), strict=True))


def compared(shown: str, want: str, vault: Vault | None) -> str:
    found = TOKEN.search(want)
    if found is None:
        return "<secret>" if not want or _agree(shown, want) else "<secret changed>"
    if vault is None:
        return "<secret not compared>"
    kind, value = _typed(shown)
    if kind in LOCKED:
        return want
    clear = vault.get(found["ref"])
    if found["form"] in ("sha", "aes", "sha256"):
        want_value = formed(clear, found["form"], found["engine"], source="")
        return want if hmac.compare_digest(value.encode(), want_value.encode()) else "<secret changed>"
    return want if _is(kind, value, clear) else "<secret changed>"


def _agree(shown: str, sent: str) -> bool:
    """Both are resolved: the same text, or another salt of a value sent by this process."""
    if hmac.compare_digest(shown.encode(), sent.encode()):
        return True
    if _typed(shown)[0] in LOCKED and _typed(sent)[0] == "plaintext":
        return True
    clear = _KNOWN.clear(_typed(sent)[1])
    return clear is not None and _is(*_typed(shown), clear)


def _typed(text: str) -> tuple[str, str]:
    found = TYPED.match(text)
    return (found["kind"], found["value"]) if found else ("", text)


def _is(kind: str, value: str, clear: str) -> bool:
    if kind == "7":
        return password.undisguise(value) == clear
    if value.startswith("$9$") and value.count("$") == 2:  # noqa: PLR2004 - Junos; type 9 of IOS has three
        return juniper.undisguise(value) == clear
    return password.verified(value, clear)


# ---- redaction ----

SHORTEST_REDACTED = 4
NET = re.compile(
    r"(?P<keep>(?:(?<!<)\b(?:password(?: (?:manager|operator|port-access)(?: user-name \S+)?)?|secret|key|community"
    r"|passphrase|set-key|auth (?:sha|md5)|priv aes(?: 128)?"
    r"|(?:auth|priv)-pass)(?: (?:[05-9]|sha512|ascii \d|plaintext|ciphertext|sha1|sha256))?) \"?)"
    r"(?P<value>(?!\"?<(?:secret|held|kept)|changed>|not compared>|(?:manager|operator|port-access)\b|user-name "
    r"|(?:auth|priv)-pass |(?:[05-9]|128|sha512|ascii|plaintext|ciphertext|sha1|sha256) )(?:[^\s\"]|\"(?=\S))+)"
    r"|(?P<hash>\$(?:1|5|6|8|9)\$[^\s$]+\$[^\s\"',]+|\$9\$[^\s\"',;$]+)"
)
WIDE = re.compile(
    r"(?P<keep>(?:\b(?:key-string|key-value|encrypted-key|community-name|trap-group|ciphertext|plaintext)"
    r"|\b(?:message-digest|authentication)-key \d+ (?:type )?\w+(?: value)?|\bpre-shared-key(?: local| remote)?"
    r"|\b(?:shared|client)-secret|\bpsk(?: ascii| hex)?|\bauthentication (?:text|mode md5 key-string)"
    r"|\bsnmpv3 community index \S+ name|\b(?:auth|priv)(?: (?:md5|sha|des|aes))?(?= \")"
    r"|^[-+ ]*(?:no )?snmp-server host \S+(?: vrf \S+)?(?: traps?| informs?)?(?: version v?(?:1|2c))?)"
    r"(?: (?:[05-9]|ciphertext|plaintext))? |://[^\s/:@\"]+:(?=[^\s/@]+@))"
    r"(?P<value>(?!\"?<(?:secret|held|kept)|(?:[05-9]|version|vrf|traps?|informs?|community|user|set-key|ascii|hex|local"
    r"|remote|ciphertext|plaintext) )\S+)",
    re.MULTILINE,
)
"""More of what may hold a secret than one would take out of a text for people."""
WORDS = frozenset({
    "authentication", "chain", "generate", "ipv4", "encryption", "hash", "reference", "references", "];",
})  # fmt: skip


class _Known:
    """Every value resolved in this process, in each form it may show up in."""

    def __init__(self) -> None:
        self._shown: dict[str, str] = {}
        self._clear: dict[str, str] = {}
        self._net: re.Pattern[str] | None = None

    def add(self, ref: str, value: str) -> None:
        if value in self._clear and value in self._shown:
            return
        self._clear[value] = value
        if len(value) < SHORTEST_REDACTED:
            # Nothing hides a secret of one letter: its encoded forms would only take harmless words out of texts.
            return
        raw = value.encode()
        forms = {value, base64.b64encode(raw).decode(), raw.hex(), raw.hex().upper(), quote(value, safe="")}
        forms |= {json.dumps(value)[1:-1], base64.b64encode(raw).decode().rstrip("=")}
        forms |= {password.disguise(value, offset) for offset in range(16)}
        for form in forms:
            self._remember(form, ref)

    def sent(self, sent: str, clear: str, ref: str) -> None:
        """*sent* is a form of *clear*: both to be known again."""
        self._clear[sent] = clear
        self._remember(sent, ref)

    def clear(self, sent: str) -> str | None:
        return self._clear.get(sent)

    def _remember(self, form: str, ref: str) -> None:
        if len(form) >= SHORTEST_REDACTED and form not in self._shown:
            self._shown[form] = ref
            self._net = None

    def redact(self, text: str) -> str:
        if self._shown and self._net is None:
            longest_first = sorted(self._shown, key=lambda form: (-len(form), form))
            self._net = re.compile("|".join(re.escape(form) for form in longest_first))
        return text if self._net is None else self._net.sub(lambda found: token(self._shown[found[0]]), text)


_KNOWN = _Known()


def redact(text: str) -> str:
    """*text* without any value resolved in this process, in any usual encoding, nor anything that looks like one."""
    return NET.sub(_netted, _KNOWN.redact(text))


def guarded(text: str) -> str:
    """*text* redacted with the wider net: for what a device holds and what then leaves for a forge or a kept file.

    It may take out what only looks like a secret, which ``redact`` may not: that one is for prose as well.
    """
    return redact(WIDE.sub(lambda found: f"{found['keep']}<secret>", text))


def _netted(found: "re.Match[str]") -> str:
    if found["hash"]:
        return "<secret>"
    return found[0] if found["value"] in WORDS else f"{found['keep']}<secret>"
