"""How a NetBox is spoken to: timeouts, bounded tries, no redirects, nothing but JSON, and every failure explained."""

import random
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any, cast
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter

from matric import clock as clocks
from matric.errors import Problem, SourceError

__all__ = (
    "ADDRESS",
    "AGAIN",
    "Careful",
    "ChangedError",
    "InvalidError",
    "Limits",
    "MissingError",
    "explained",
    "problem",
)

READS = ("GET", "HEAD", "OPTIONS")
AGAIN = "run again; report it to the NetBox administrator if it repeats"
LATER = "try again later; nothing was changed here"
ADDRESS = "check the address of the NetBox"


@dataclass(frozen=True, slots=True)
class Limits:
    """How long to try."""

    connect_s: float = 5.0
    read_s: float = 60.0
    """Longest silence while an answer is read."""
    tries: int = 5
    total_s: float = 60.0
    """Longest time spent on tries of one request."""


class MissingError(SourceError):
    """404: this NetBox has no such address."""


class InvalidError(SourceError):
    """400, 409 or 412: NetBox refuses what was to be written, in its own words."""


class ChangedError(InvalidError):
    """412: the object has changed since it was read, and nothing was written."""


def problem(code: str, thing: str, rule: str, remedy: str, **more: Any) -> Problem:
    """A Problem, in the order in which it is read."""
    return Problem(code=code, thing=thing, rule=rule, remedy=remedy, **more)


class _Trouble(requests.RequestException):
    """What the adapter gave up on; the library wraps it as the cause of its own."""

    def __init__(self, code: str, rule: str, remedy: str, *, missing: bool = False) -> None:
        super().__init__(rule)
        self.code, self.rule, self.remedy, self.missing = code, rule, remedy, missing


def explained(where: str, cause: BaseException | None) -> SourceError:
    if isinstance(cause, _Trouble):
        kind = MissingError if cause.missing else SourceError
        return kind(problem(cause.code, where, cause.rule, cause.remedy))
    if isinstance(cause, requests.HTTPError):
        return _refused(where, cause.response)
    if isinstance(cause, requests.JSONDecodeError | ValueError):
        return SourceError(problem("NB-PARTIAL", where, "the answer is no whole JSON", AGAIN))
    return SourceError(problem("NB-UNAVAILABLE", where, f"the answer broke off ({type(cause).__name__})", LATER))


def _refused(where: str, response: requests.Response) -> SourceError:
    """4xx in JSON."""
    status = response.status_code
    if status == requests.codes.unauthorized or (status == requests.codes.forbidden and where == "GET /api/status/"):
        return SourceError(problem("NB-401", where, "the token is not accepted", "give a valid token of NetBox"))
    if status == requests.codes.forbidden:
        verb, model = ("view", "view") if where.startswith("GET") else ("change", "add and change")
        remedy = f"grant {model} on these objects to the token's user"
        return SourceError(problem("NB-403", where, f"the token may not {verb} these objects", remedy))
    if status == requests.codes.not_found:
        return MissingError(problem("NB-NOT-NETBOX", where, "no such address there", ADDRESS))
    kind = ChangedError if status == requests.codes.precondition_failed else InvalidError
    return kind(problem("NB-INVALID", where, f"NetBox refuses the request ({status})",
                           "correct what its answer names", field="answer", value=_words(response)))  # fmt: skip


def _words(response: requests.Response) -> str:
    """The first complaint in NetBox's answer: one item's ``{}`` means that it was well."""
    try:
        body: Any = response.json()
    except ValueError:
        return response.text[:200]
    if isinstance(body, list):
        items = cast("Iterable[Any]", body)
        said: dict[str, Any] = next(({"item": index, **item} for index, item in enumerate(items) if item), {"item": 0})
        return str(said)
    return str(body)


class Careful(HTTPAdapter):
    """Timeouts, bounded tries, no redirects, and nothing but JSON."""

    def __init__(self, limits: Limits, clock: clocks.Clock) -> None:
        super().__init__(pool_maxsize=4)
        self.limits, self.clock = limits, clock

    def send(  # noqa: PLR0913, PLR0917 - the signature is the base's
        self,
        request: requests.PreparedRequest,
        stream: bool = False,  # noqa: FBT001, FBT002
        timeout: Any = None,
        verify: bool | str = True,  # noqa: FBT001, FBT002
        cert: Any = None,
        proxies: Mapping[str, str] | None = None,
    ) -> requests.Response:
        del timeout  # never the caller's, which is none
        limits = (self.limits.connect_s, self.limits.read_s)
        started, said = self.clock.monotonic(), "no answer"
        for number, wait in enumerate(self._waits(), start=1):
            try:
                response = super().send(request, stream, limits, verify, cert, proxies)
                _ = response.content  # read here, so that a body that breaks off is tried again too
                said, retry_after = f"{response.status_code}", _retry_after(response, self.clock)
                if response.status_code < 500 and response.status_code != requests.codes.too_many_requests:  # noqa: PLR2004
                    return _checked(response, request)
            except requests.exceptions.SSLError:
                raise _Trouble("NB-UNAVAILABLE", "the certificate is not trusted, or TLS failed",
                               "give the authority's certificate (--ca), or renew NetBox's") from None  # fmt: skip
            except _Trouble:
                raise
            except requests.RequestException as error:
                response, retry_after, said = None, None, _kind(error)
            pause = wait if retry_after is None else retry_after
            spent = self.clock.monotonic() - started
            if not _repeatable(request, response) or spent + pause > self.limits.total_s:
                raise _Trouble("NB-UNAVAILABLE", f"{said} after {spent:.0f} s, not tried again", LATER)
            if number < self.limits.tries:
                self.clock.sleep(pause)
        spent = self.clock.monotonic() - started
        raise _Trouble("NB-UNAVAILABLE", f"{said} after {self.limits.tries} tries in {spent:.0f} s", LATER)

    def _waits(self) -> Iterator[float]:
        for number in range(self.limits.tries):
            yield 0.5 * 2**number * random.uniform(0.8, 1.2)  # noqa: S311 - spreads clients, hides nothing


def _repeatable(request: requests.PreparedRequest, response: requests.Response | None) -> bool:
    """A read may be asked twice; a write only if NetBox says that it did not begin."""
    reads = request.method in READS or urlsplit(request.url or "").path.endswith("/graphql/")  # pyright: ignore[reportArgumentType]
    return reads or (response is not None and response.status_code == requests.codes.too_many_requests)


def _kind(error: requests.RequestException) -> str:
    if isinstance(error, requests.Timeout):
        return "no answer in time"
    return "no connection" if isinstance(error, requests.ConnectionError) else "the answer broke off"


def _retry_after(response: requests.Response, clock: clocks.Clock) -> float | None:
    """Seconds that NetBox asks to wait, given as seconds or as a date."""
    given = response.headers.get("Retry-After", "").strip()
    if given.isdecimal():
        return float(given)
    try:
        return max(0.0, (parsedate_to_datetime(given) - clock.now()).total_seconds())
    except (TypeError, ValueError):
        return None


def _checked(response: requests.Response, request: requests.PreparedRequest) -> requests.Response:
    status = response.status_code
    kind = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if 300 <= status < 400:  # noqa: PLR2004 - the range HTTP gives redirects
        target = urlsplit(response.headers.get("Location", ""))
        if "/login" in target.path:
            raise _Trouble("NB-401", "NetBox asks for a login", "give a valid token of NetBox")
        raise _Trouble("NB-UNAVAILABLE", "redirected elsewhere, which is not followed with a token",
                       "give the address it redirects to, with https://")  # fmt: skip
    if kind == "application/json" or (status == requests.codes.no_content and request.method == "DELETE"):
        return response
    if status in (requests.codes.unauthorized, requests.codes.forbidden):
        return response
    raise _Trouble("NB-NOT-NETBOX", f"content-type {kind or 'none'} ({status}): not a NetBox answer", ADDRESS,
                   missing=status == requests.codes.not_found)  # fmt: skip
