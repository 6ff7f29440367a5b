"""What a device shows of its secrets, compared with what it was sent; neither is ever shown."""

import hmac
import re
from collections.abc import Callable
from functools import lru_cache

from matric.config import PATH, Config, Line
from matric.errors import BadInput
from matric.platform.base import ConfigRules
from matric.secret import juniper, password
from matric.secret.redaction import KNOWN, NET, WIDE, WORDS
from matric.secret.reference import TOKEN, references
from matric.secret.source import Vault, formed

__all__ = ("compared", "concealed", "filled_line", "masked_line", "misplaced", "sealed")

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

    text = KNOWN.redact(Config(_mapped(running.lines, (), keep)).text())
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
    known = KNOWN.redact(shown)
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
    clear = KNOWN.clear(_typed(sent)[1])
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
