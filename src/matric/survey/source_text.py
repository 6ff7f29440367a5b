"""Bytes as text, line for line: what an editor, a terminal's log or a TFTP server made of a device's output.

The number of lines never changes on the way, so a line's number is the one an editor shows.
"""

import codecs
import re
from dataclasses import dataclass, field

__all__ = ("Text", "says", "text_of")

MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"), (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"),
)  # fmt: skip
BINARY = (
    (b"%PDF", "a PDF"), (b"\x89PNG", "a picture"), (b"\xff\xd8\xff", "a picture"), (b"GIF8", "a picture"),
    (b"7z\xbc\xaf", "a 7z archive"), (b"Rar!", "a RAR archive"), (b"\xd0\xcf\x11\xe0", "an Office file"),
    (b"BZh", "a bzip2 archive"), (b"\xfd7zXZ", "an xz archive"), (b"SQLite format", "a database"),
    (b"\x7fELF", "a program"), (b"MZ\x90", "a program"), (b"\xd4\xc3\xb2\xa1", "a packet capture"),
    (b"\x0a\x0d\x0d\x0a", "a packet capture"),
)  # fmt: skip
ESCAPES = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[()][A-Za-z0-9]|\x1b[=>78A-Za-z]")
BARE = re.compile(r"\[(?:\d+;\d+[HRfr]|\?\d+[hl]|[0-2][JK]|\d{1,2}(?:;\d{1,2})*m|[mK](?!\w))(?!\])")
"""The same where whoever kept the log dropped the escape alone, as some terminals' "printable output" does."""
PAGERS = re.compile(
    r"(?:-- ?)?<?-{2,5} ?[Mm](?:ore|ORE) ?-{2,5}>?"
    r"(?:, next page: Space, next line: (?:Enter|Return key), quit: Control-[Cc]| or \(q\)uit)?"
    r"|---\(more(?: \d+%)?\)---|[Pp]ress any key to continue \([Qq] to quit\)"
)
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
ENDS = re.compile(r"\r+\n|\r")
SAYS = re.compile(r"[^\s!#;*=\-_~+|.{}]")
NOT_TEXT = 0.1
"""Share of control characters from which a file is no text."""
SAMPLE = 2**16
WIDE_SHARE = 0.35
"""Share of NUL bytes at the even, or at the odd places from which bytes are UTF-16 without a mark."""


@dataclass(frozen=True, slots=True)
class Text:
    """A text whose lines end with a line feed and hold no control characters."""

    text: str = field(repr=False)
    fault: str = ""
    """Why it is no text, or not whole."""


def says(line: str) -> bool:
    """Whether *line* says something: it is not blank and not made of separators (``!``, ``#``, ruled lines) alone."""
    return SAYS.search(line) is not None


def text_of(data: bytes) -> Text:
    """*data* as text, whatever its encoding and line ends. A fault where it is none; what is damaged is still read."""
    if any(data.startswith(mark) for mark, _ in MARKS):
        encoding = next(name for mark, name in MARKS if data.startswith(mark))
        return _cleaned(data.decode(encoding, "replace"), damaged="the encoding is damaged")
    named = next((what for mark, what in BINARY if data.startswith(mark)), "")
    if named:
        return Text("", f"not text: {named}")
    wide = _wide(data[:SAMPLE])
    if wide:
        return _cleaned(data.decode(wide, "replace"), damaged="the encoding is damaged")
    stripped = data.rstrip(b"\x00\xff\x1a")
    sample = stripped[:SAMPLE].decode("latin-1")
    odd = len(CONTROL.findall(ESCAPES.sub("", sample).replace("\x08", "")))
    if sample and odd > NOT_TEXT * len(sample):
        return Text("", "not text")
    return _cleaned(_narrow(stripped), damaged="")


def _wide(sample: bytes) -> str:
    half = len(sample) // 2
    if half < 2:  # noqa: PLR2004 - two characters tell nothing
        return ""
    if sample[1::2].count(0) > WIDE_SHARE * half and sample[::2].count(0) < half // 20 + 1:
        return "utf-16-le"
    if sample[::2].count(0) > WIDE_SHARE * half and sample[1::2].count(0) < half // 20 + 1:
        return "utf-16-be"
    return ""


def _narrow(data: bytes) -> str:
    """UTF-8; each byte that is none in Windows' code page 1252, or where that has no character in Latin-1.

    A file may hold both: a description typed on an old console in a configuration that is saved as UTF-8.
    """
    return data.decode("utf-8", "matric-1252")


def _one_byte(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    wrong = error.object[error.start : error.end]
    said = "".join(bytes([one]).decode("cp1252", "ignore") or chr(one) for one in wrong)
    return said, error.end


codecs.register_error("matric-1252", _one_byte)


def _cleaned(text: str, damaged: str) -> Text:
    fault = damaged if damaged and "\ufffd" in text else ""
    text = ENDS.sub("\n", text.removeprefix("\ufeff"))
    if "\x1b" in text:
        text = ESCAPES.sub("", text)
    if "[24;1H" in text or "[m" in text or "[2K" in text:
        text = BARE.sub("", text)
    if "more" in text or "More" in text or "MORE" in text or "any key" in text:
        text = PAGERS.sub("", text)
    if CONTROL.search(text):
        # A backspace comes after a pager's own words, which are gone: it has nothing left to take back. Where a person
        # typed it, it takes back a letter.
        if "\x08" in text:
            text = "\n".join(_typed(line) if "\x08" in line else line for line in text.split("\n"))
        nulls = text.count("\x00")
        fault = fault or (f"{nulls} NUL bytes in it" if nulls else "")
        text = CONTROL.sub("", text.replace("\x03", "^C"))
    # Characters at which Python and editors end lines differently, and which the kept file must hold.
    text = text.translate(LINE_ENDS)
    return Text(text.encode("utf-8", "replace").decode("utf-8"), fault)


LINE_ENDS = {0x85: " ", 0x2028: " ", 0x2029: " "}


def _typed(line: str) -> str:
    kept: list[str] = []
    for one in line:
        if one != "\x08":
            kept.append(one)
        elif kept:
            kept.pop()
    return "".join(kept)
