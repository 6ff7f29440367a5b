"""How a forge is spoken to: bounded tries, waits that it asks for, nothing but JSON, and every failure explained.

A request that may have been carried out is asked again only where that does no harm. Else ``LostError`` says so, and
whoever asked reads back before trying again.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from ipaddress import ip_address
from typing import Any, TypeVar, cast
from urllib.parse import urlsplit

from matric import clock as clocks
from matric import secret
from matric.errors import ForgeRefused, ForgeUnavailable, UsageError, on_one_line

__all__ = (
    "Answer",
    "Asker",
    "CutError",
    "LostError",
    "Patience",
    "cut",
    "rows_of",
    "safe_address",
    "token_of",
    "whole",
)

T = TypeVar("T")
LATER = "try again later; nothing is known about what was asked"
PAGES = 1000
"""Most pages of one list, of 100 rows each."""
WORDS = 300
"""Most characters of a forge's own words that are shown."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to try."""

    timeout_s: float = 30.0
    """Longest wait for a connection, and longest silence while an answer is read."""
    tries: int = 5
    total_s: float = 120.0
    """Longest time spent on one request, its waits included."""
    longest_wait_s: float = 60.0
    """A forge that asks to wait longer is not waited for."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; header names in small letters."""

    status: int
    headers: Mapping[str, str]
    text: str


class CutError(Exception):
    """No whole answer: whether the request was carried out is not known."""


class LostError(ForgeUnavailable):
    """The answer to a request that must not be sent twice did not come."""


Send = Callable[[str, str, Mapping[str, Any], Any], Answer]
"""Method, path, query, body -> answer; CutError where none came."""
Remedy = Callable[[int, str], str]
"""Status and ``METHOD /path`` -> what to do about it."""
Onward = Callable[[int, Mapping[str, str]], str]
"""A page's number and its answer's headers -> the number of the page after it; empty where it is the last."""


@dataclass
class Asker:
    """One forge's line: *send* carries a request, *remedy* knows what helps against a refusal, *onward* turns pages."""

    name: str
    send: Send
    remedy: Remedy
    onward: Onward
    patience: Patience = field(default_factory=Patience)
    clock: clocks.Clock = field(default_factory=clocks.system)

    def get(self, path: str, **query: Any) -> Any:
        """The JSON at *path*."""
        return self.ask("GET", path, query)[0]

    def row(self, path: str, *wanted: str) -> dict[str, Any]:
        """The object at *path*, which has every key *wanted*."""
        return whole(f"{self.name}: GET {path}", self.get(path), *wanted)

    def pages(
        self, path: str, /, *, key: str = "id", within: str = "", count: Callable[[], int] | None = None, **query: Any
    ) -> list[dict[str, Any]]:
        """Every row of the list at *path*, each once by its *key*, and as many as the forge counts.

        *within* is where an answer holds its rows. *count* asks how many there are; else the header ``x-total`` says,
        where there is one. Raises ForgeUnavailable where the list does not come whole.
        """
        total: int | None = None
        found: list[dict[str, Any]] = []
        for _look in range(3):  # a list may grow while it is read
            found, total = self._read(path, query, within)
            total = count() if count else total
            if len({str(row[key]) for row in found}) == len(found) and total in (None, len(found)):
                return found
        counted = "some of them twice" if total is None else f"{total} counted"
        raise ForgeUnavailable(f"{self.name}: GET {path}: {len(found)} rows came, {counted}. Do: run again")

    def _read(self, path: str, query: Mapping[str, Any], within: str) -> tuple[list[dict[str, Any]], int | None]:
        """The rows of every page, and how many the last one's headers count."""
        where = f"{self.name}: GET {path}"
        found: list[dict[str, Any]] = []
        for number in range(1, PAGES + 1):
            data, headers = self.ask("GET", path, {**query, "per_page": 100, "page": number})
            rows = rows_of(where, whole(where, data, within)[within] if within else data)
            found += rows
            after, counted = self.onward(number, headers), headers.get("x-total", "")
            if not after:
                return found, int(counted) if counted.isdecimal() else None
            if after != str(number + 1) or not rows:
                break
        raise ForgeUnavailable(f"{where}: its pages do not follow each other. Do: run again")

    def post(self, path: str, body: Mapping[str, Any]) -> Any:
        """Make something: not sent twice unless it was turned away."""
        return self.ask("POST", path, body=body, again=False)[0]

    def ask(
        self, method: str, path: str, query: Mapping[str, Any] | None = None, body: Any = None, *, again: bool = True
    ) -> tuple[Any, Mapping[str, str]]:
        """JSON and headers of the answer. *again* says that a request carried out twice is as one.

        Raises ForgeRefused, ForgeUnavailable, or LostError where not *again* and nobody knows what became of it.
        """
        where = f"{self.name}: {method} {path}"
        started = self.clock.monotonic()
        pause, trouble = 0.5, ""
        for number in range(1, self.patience.tries + 1):
            wait: float | None = None
            try:
                answer = self.send(method, path, query or {}, body)
                if answer.status < 300:  # noqa: PLR2004 - HTTP's own
                    return _json(answer), answer.headers
                limited = _limited(answer)
                if answer.status < 500 and not limited:  # noqa: PLR2004 - HTTP's own
                    raise self._refused(where, answer)
                trouble = "asks for fewer requests" if limited else f"answers {answer.status}"
                wait = _wait(answer, self.clock)
            except CutError as error:
                limited, trouble = False, str(error)
            if not (again or limited):
                raise LostError(f"{where}: {trouble}. Do: {LATER}") from None
            pause = min(pause * 2, 30.0)
            self._pause(where, trouble, started, pause if wait is None else wait, last=number == self.patience.tries)
        raise AssertionError(where)

    def _pause(self, where: str, trouble: str, started: float, wait: float, *, last: bool) -> None:
        """Wait, or give up where the bounds are reached."""
        spent = self.clock.monotonic() - started
        if wait > self.patience.longest_wait_s:
            raise ForgeUnavailable(f"{where}: {trouble}, and to wait {wait:.0f} s. Do: run again after that")
        if last or spent + wait > self.patience.total_s:
            raise ForgeUnavailable(f"{where}: {trouble}; given up after {spent:.0f} s. Do: {LATER}")
        self.clock.sleep(wait)

    def surely(self, create: Callable[[], T], find: Callable[[], T | None]) -> tuple[T, bool]:
        """What *create* makes, once: where its answer is lost, *find* looks before it is tried again.

        True beside it where an answer was lost, so that a late second one may have to be looked for.
        """
        lost = False
        for number in range(self.patience.tries):
            try:
                return create(), lost
            except LostError:
                lost = True
                self.clock.sleep(float(2**number))
                found = find()
                if found is not None:
                    return found, lost
                if number == self.patience.tries - 1:
                    raise
        raise AssertionError(self.name)

    def _refused(self, where: str, answer: Answer) -> ForgeRefused:
        said = secret.redact(on_one_line(_words(answer)))[:WORDS]
        if 300 <= answer.status < 400:  # noqa: PLR2004 - HTTP's redirects
            said, remedy = "it leads elsewhere, which is not followed with a token", "give the address it has now"
        else:
            remedy = self.remedy(answer.status, where)
        return ForgeRefused(f"{where} is refused ({answer.status}): {said}. Do: {remedy}", answer.status)


def _json(answer: Answer) -> Any:
    if answer.status == 204 or not answer.text.strip():  # noqa: PLR2004 - no content
        return None
    try:
        return json.loads(answer.text)
    except ValueError:
        kind = answer.headers.get("content-type", "").partition(";")[0]
        raise CutError(f"the answer is no whole JSON ({kind or 'no content type'})") from None


def _limited(answer: Answer) -> bool:
    """Whether the forge turned it away for their number: it was not carried out."""
    spent = answer.headers.get("x-ratelimit-remaining") == "0" or "retry-after" in answer.headers
    return answer.status == 429 or (answer.status == 403 and spent)  # noqa: PLR2004 - HTTP's, and GitHub's way


def _wait(answer: Answer, clock: clocks.Clock) -> float | None:
    """Seconds to wait that the answer asks for, as seconds, as a date, or as the time the count begins anew."""
    given = answer.headers.get("retry-after", "").strip()
    if given.isdecimal():
        return float(given)
    try:
        return max(0.0, (parsedate_to_datetime(given) - clock.now()).total_seconds())
    except (TypeError, ValueError):
        pass
    reset = answer.headers.get("x-ratelimit-reset") or answer.headers.get("ratelimit-reset") or ""
    if _limited(answer) and reset.strip().isdecimal():
        return max(1.0, float(reset) - clock.now().timestamp())
    return None


def _words(answer: Answer) -> str:
    """The forge's own words."""
    try:
        body: Any = json.loads(answer.text)
    except ValueError:
        return "its answer is no JSON"
    if not isinstance(body, dict):
        return str(body)
    held = cast("dict[str, Any]", body)
    said = held.get("message") or held.get("error_description") or held.get("error") or "no reason given"
    more = held.get("errors")
    return f"{said} {json.dumps(more)}" if more else str(said)


def cut(error: Exception) -> Exception:
    """What became of a request without a whole answer; never in the library's words, which hold the request."""
    import requests  # noqa: PLC0415 - heavy

    if isinstance(error, requests.exceptions.SSLError):
        return ForgeUnavailable("the forge's certificate is not trusted, or TLS failed. Do: set REQUESTS_CA_BUNDLE to "
                                "a PEM file that holds its authority")  # fmt: skip
    if isinstance(error, requests.Timeout):
        return CutError("no answer in time")
    if isinstance(error, requests.exceptions.ChunkedEncodingError | requests.exceptions.ContentDecodingError):
        return CutError("the answer broke off")
    return CutError("no connection, or it broke")


def rows_of(where: str, data: Any) -> list[dict[str, Any]]:
    """*data* as a list of objects; ForgeUnavailable where it is none."""
    if not isinstance(data, list) or not all(isinstance(row, dict) for row in data):  # pyright: ignore[reportUnknownVariableType]
        raise ForgeUnavailable(f"{where}: the answer is no list of objects. Do: {LATER}")
    return cast("list[dict[str, Any]]", data)


def part(row: Mapping[str, Any], key: str) -> dict[str, Any]:
    """The object that *row* holds under *key*; an empty one where the forge says that there is none."""
    held: Any = row.get(key)
    return cast("dict[str, Any]", held) if isinstance(held, dict) else {}


def whole(where: str, data: Any, *wanted: str) -> dict[str, Any]:
    """*data* as an object that has every key *wanted*; ForgeUnavailable where it is none."""
    row = cast("dict[str, Any]", data) if isinstance(data, dict) else {}
    lacking = [key for key in wanted if key not in row]
    if lacking or not isinstance(data, dict):
        what = f"lacks {', '.join(lacking)}" if lacking else "is no object"
        raise ForgeUnavailable(f"{where}: the answer {what}. Do: check the forge's version, then run again")
    return row


def known(token: str) -> str:
    """*token*, which ``redact`` knows from now on."""
    return secret.Vault({"forge": lambda _name: token}).get("forge:token")


def token_of(env: Mapping[str, str], *names: str) -> tuple[str, str]:
    """The first of *names* that *env* sets, and its value; both empty where none is set."""
    return next(((name, env[name]) for name in names if env.get(name)), ("", ""))


def safe_address(url: str, name: str) -> str:
    """*url* without a trailing slash, if a token may be sent there."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError as error:
        raise UsageError(f"{name} is no URL. Do: give the forge's address, with https://") from error
    if parts.username or parts.password:
        raise UsageError(f"{name} holds a credential. Do: give the token by itself")
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise UsageError(f"{name} is no URL with https://. Do: give the forge's address")
    if parts.scheme == "http" and not _this_machine(parts.hostname):
        raise UsageError(f"{name}: http://{parts.hostname} would carry the token in the clear. Do: use https://")
    return url.rstrip("/")


def _this_machine(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
