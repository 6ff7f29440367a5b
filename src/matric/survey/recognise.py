"""What a text is: whose, of which kind, the answer to which command, of which device; cut where it is several.

What is seen in the text counts before what its file is called. Nothing is decided by guessing between equals: what
nothing says stays empty.
"""

import re
from dataclasses import dataclass, field, replace
from itertools import pairwise

from matric.survey import recognise_capture, recognise_command, recognise_name, recognise_platform
from matric.survey.model import Kind
from matric.survey.source_text import says

__all__ = ("Piece", "of_file", "pieces")

_STARTS = re.compile(
    r"^(?:Building configuration|Current configuration : \d+|!RANCID-CONTENT-TYPE|; \S+ Configuration Editor; Created"
    r"|!Version A\w+-CX|## Last (?:commit|changed):|! Command: show (?:running|startup)-config|! device: )"
)
_ENDS = re.compile(r"^(?:end|return)\s*$")
_DIRECT = re.compile(
    r"^(?:hostname |interface |vlan \d|sysname |snmp-server |ip |spanning-tree|set (?:system|interfaces|vlans) "
    r"|(?:system|interfaces|vlans) \{| sysname |no |aaa |logging |line |username )",
    re.MULTILINE,
)
_SECTIONS = 3
"""Lines of a configuration's own from which a text without a command is one."""
_LONGEST_LINE = 100_000
"""Characters; certificates and keys are wrapped long before."""
_BEFORE_NAME = re.compile(r"\s*$|[!#;]|(?:version|service|no service|no platform|platform|boot-\S+|upgrade) ?")
"""What stands above a configuration's host name."""
_SIZE = re.compile(r"^Current configuration : (?P<bytes>\d+) bytes", re.MULTILINE)
_JSON = re.compile(r"\s*(?:\{\s*[\"}]|\[\s*[\[{\"\]])")
_XML = re.compile(r"\s*<(?:\?xml|(?P<tag>[A-Za-z][\w:-]*)[^<>]*?(?P<closed>/?)>)")


@dataclass(frozen=True, slots=True)
class Piece:
    """One configuration, or the answer to one command, or what nothing is known of."""

    name: str
    """Of the source."""
    kind: Kind
    platform: str = ""
    command: str = ""
    device: str = ""
    named_by: str = ""
    """prompt, hostname, file, folder; empty where nothing says whose it is."""
    start: int = 0
    """Lines of the source before it."""
    text: str = field(default="", repr=False)
    fault: str = ""
    dated: str = ""
    whole: bool = True
    """False where the file holds more pieces: it is a capture."""


def pieces(name: str, text: str, dated: str = "") -> tuple[Piece, ...]:
    """What the text of source *name* holds, in its order; together every line of it but prompts and headings."""
    path = name.replace("!", "/")
    stem = path.rsplit("/", 1)[-1]
    lines = text.split("\n")
    if not any(map(says, lines)):
        return (Piece(name, "unknown", fault="empty"),)
    if _is_of_a_program(text):
        return (
            Piece(name, "unknown", text=text, fault="JSON or XML: what a program asked for, not what a device shows"),
        )
    if (longest := max(map(len, lines))) > _LONGEST_LINE:
        return (Piece(name, "unknown", fault=f"not text of a device: a line of {longest} characters"),)
    stranger = recognise_platform.stranger_of(text)
    if stranger:
        return (Piece(name, "unknown", text=text, fault=f"{stranger}, which is not read here"),)
    dated = recognise_name.dated(text, stem) or dated
    cut = recognise_capture.cuts(lines)
    if cut:
        return _captured(name, path, cut, dated)
    return tuple(piece for start, part in _parts(lines) for piece in _single(name, path, start, part, dated))


def _is_of_a_program(text: str) -> bool:
    """JSON or XML; ``<sw-01>`` alone is the prompt of a Comware switch."""
    found = _XML.match(text)
    if found is None:
        return _JSON.match(text) is not None
    return found["tag"] is None or bool(found["closed"]) or f"</{found['tag']}>" in text


def _captured(name: str, path: str, cut: tuple[recognise_capture.Cut, ...], dated: str) -> tuple[Piece, ...]:
    devices = list(dict.fromkeys(one.device for one in cut if one.device))
    told, whence = of_file(path)
    platforms: dict[str, str] = {}
    for device in devices or [""]:
        own = "\n".join(
            line for one in cut if one.device == device or not devices for line in (one.command, *one.lines)
        )
        platforms[device] = recognise_platform.platform_of(own, path)
    found: list[Piece] = []
    for one in cut:
        device = one.device or (devices[0] if devices else "")
        platform = platforms.get(device, "")
        body = "\n".join(one.lines)
        if not any(map(says, one.lines)):
            continue
        by = "prompt" if device else whence
        base = Piece(name, "unknown", platform, "", device or told, by, one.start, body, "", dated, whole=False)
        found.append(_answer(base, one.command))
    if not found:
        return (Piece(name, "unknown", fault="prompts alone: no command was answered"),)
    if not devices:
        # Headings name no device; a configuration among the answers does.
        host = next((recognise_name.hostname(one.text) for one in found if one.kind == "configuration"), "")
        if host:
            found = [replace(one, device=host, named_by="hostname") for one in found]
    return tuple(found)


def _answer(base: Piece, typed: str) -> Piece:
    """*base* as the answer to what was typed."""
    if not typed:
        return replace(base, fault="")
    command = recognise_command.in_full(base.platform, typed)
    if recognise_command.is_configuration(command) and "| i" not in command and "| s" not in command:
        return replace(base, kind="configuration", command=command, fault=_cut_short(base, base.platform))
    if re.match(r"(?:show|display) \w", command):
        return replace(base, kind="show", command=command)
    return replace(base, command=command)


def _parts(lines: list[str]) -> list[tuple[int, list[str]]]:
    """*lines* by device, where a file holds the configurations of several: each has a host name of its own."""
    hosts = {host for line in lines if (host := recognise_name.hostname(line))}
    if len(hosts) < 2:  # noqa: PLR2004 - one device has one name
        return [(0, lines)]
    starts = {at for at, line in enumerate(lines) if _STARTS.match(line)}
    starts |= {at + 1 for at, line in enumerate(lines) if _ENDS.match(line) and at + 1 < len(lines)}
    if not starts - {0}:  # without headings and ends, a host name begins the next
        starts = {_begin(lines, at) for at, line in enumerate(lines) if recognise_name.hostname(line)}
    bounds = [0, *sorted(starts - {0}), len(lines)]
    found: list[tuple[int, list[str]]] = []
    seen = ""
    for first, last in pairwise(bounds):
        block = lines[first:last]
        host = recognise_name.hostname("\n".join(block))
        if found and (not host or not seen or host == seen):
            found[-1][1].extend(block)
        else:
            found.append((first, list(block)))
        seen = host or seen
        if len(found) > 1 and not recognise_name.hostname("\n".join(found[-1][1])) and not any(map(says, found[-1][1])):
            found[-2][1].extend(found.pop()[1])
    return found


def _begin(lines: list[str], at: int) -> int:
    """The line from which what is above the host name in line *at* belongs to it."""
    while at and _BEFORE_NAME.match(lines[at - 1]):
        at -= 1
    return at


def _single(name: str, path: str, start: int, lines: list[str], dated: str) -> tuple[Piece, ...]:
    text = "\n".join(lines)
    platform = recognise_platform.platform_of(text, path)
    stem = path.rsplit("/", 1)[-1]
    host = recognise_name.hostname(text)
    prompt = recognise_capture.named(lines[:3])
    device, by = (host, "hostname") if host else (prompt, "prompt") if prompt else of_file(path)
    base = Piece(name, "unknown", platform, "", device, by, start, text, "", recognise_name.dated(text, stem) or dated,
                 whole=start == 0)  # fmt: skip
    command, _ = recognise_command.in_name(platform, _stem(stem))
    if command and recognise_command.is_configuration(command):
        return (replace(base, kind="configuration", command=command, fault=_cut_short(base, platform)),)
    shape = len(_DIRECT.findall(text)) >= _SECTIONS or bool(_STARTS.search(text)) or (bool(host) and bool(platform))
    if command and not (host and shape):
        return (replace(base, kind="show", command=command, platform=platform),)
    if not platform:
        return (replace(base, fault="nothing says which platform wrote it"),)
    answer = recognise_command.answered(platform, text)
    if answer and not shape:
        return (replace(base, kind="show", command=answer),)
    if shape or not answer:
        looks = shape or bool(_DIRECT.search(text))
        if looks or recognise_name.suffix(stem) or re.search(r"conf|run|start|\bcfg", stem.lower()):
            return (replace(base, kind="configuration", fault=_cut_short(base, platform)),)
    return (replace(base, fault="nothing says which command it answers"),)


def _stem(name: str) -> str:
    return re.sub(r"\.(?:txt|log|raw|text|out|cfg|conf)$", "", name, flags=re.IGNORECASE)


def of_file(path: str) -> tuple[str, str]:
    """The device that the file, or else its folder, is named after, and which of the two it was."""
    *folders, last = path.split("/")
    _, before = recognise_command.in_name("", _stem(last))
    own = recognise_name.by_file(before)
    if own and not re.fullmatch(r"(?:show|sh|display|tech|running|startup|config\w*|confg|run|log|\W)+", own.lower()):
        return own, "file"
    folder = recognise_name.by_file(folders[-1]) if folders else ""
    return folder, "folder" if folder else ""


def _cut_short(piece: Piece, platform: str) -> str:
    """Why the configuration is not whole: its end is missing, or it has fewer bytes than it says; empty where it is."""
    text = piece.text.rstrip()
    last = piece.start + text.count("\n") + 1
    said = _SIZE.search(text)
    if said and platform == "ios":
        body = text[said.end() :].strip("\n")
        if not re.search(r"^end\s*$", text, re.MULTILINE) or len(body) + 200 < int(said["bytes"]) * 0.9:
            return f"cut short at line {last}: it has {len(body)} of {said['bytes']} bytes"
    if platform == "junos" and "{" in text and not re.match(r"\s*set ", text):
        opened = len(re.findall(r"\{\s*(?:/\*.*\*/|## .*)?$", text, re.MULTILINE))
        closed = len(re.findall(r"^[ \t]*\}", text, re.MULTILINE))
        if closed < opened:
            return f"cut short at line {last}: {opened - closed} sections are not closed"
    begun = _STARTS.search(text) is not None or text.count("\n") > _LONG
    ends = {"ios": "end", "eos": "end", "comware": "return", "icx": "end"}
    if platform in ends and begun and not re.search(rf"^{ends[platform]}\s*$", text[-4000:], re.MULTILINE):
        return f"cut short at line {last}: its '{ends[platform]}' is missing"
    return ""


_LONG = 60
"""A configuration of more lines is a whole one, not an example: its last line is expected."""
