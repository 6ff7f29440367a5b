"""One NetBox over HTTP: netbox-python with its defects fenced off. The only module that imports it.

What is fenced (netbox-python 0.1.8): headers shared between clients, paging that loops, errors without their text, no
timeout, no retry, redirects followed with the token. ``transport.Careful``
is mounted on its session.
"""

from collections.abc import Mapping, Sequence
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Protocol, Self, cast
from urllib.parse import parse_qs, urlsplit

import requests
from netbox_python import NetBoxClient, NetBoxException  # type: ignore[attr-defined] # re-exported without saying so

from matric import clock as clocks
from matric.errors import SourceError, UsageError
from matric.netbox.transport import ADDRESS, AGAIN, Careful, Limits, explained, problem

__all__ = ("PAGE", "Client")

PAGE = 1000
"""NetBox's own largest page; it clamps what is more."""
WRITES = ("POST", "PATCH")


class _Result(Protocol):
    """What of netbox-python's Result is used."""

    data: Any
    pagination: Mapping[str, Any] | None
    response: requests.Response


class _NetBox(Protocol):
    """What of netbox-python's client is used."""

    def request(self, method: str, path: str, **kwargs: Any) -> _Result: ...

    def close(self) -> None: ...


class Client:
    """A NetBox, its token, and the manners to speak to it. Close it, or use it as a context."""

    def __init__(
        self,
        url: str,
        token: str,
        *,
        ca: Path | None = None,
        limits: Limits | None = None,
        clock: clocks.Clock | None = None,
    ) -> None:
        self.url = _safe(url)
        self.clock = clock or clocks.system()
        self.requests = 0
        self.written_as: list[str] = []
        """What NetBox calls each request that wrote, in its change log; empty text where a proxy took that away."""
        self.page = PAGE
        if not (token.isascii() and token.isprintable() and token and " " not in token):
            raise UsageError("the NetBox token is empty or holds characters no token has. Do: set it again")
        # A dict of one's own, and not an empty one: else the library shares one between all clients.
        headers = {"Accept": "application/json", "User-Agent": "matric", "Accept-Encoding": "gzip, deflate"}
        self._netbox = cast("_NetBox", NetBoxClient(base_url=self.url, token=token, headers=headers))
        session: requests.Session = vars(self._netbox)["_session"]  # the library has no other way to it
        session.trust_env = False  # a .netrc would replace the token, a proxy variable would send it elsewhere
        session.verify = str(ca) if ca else True
        careful = Careful(limits or Limits(), self.clock)
        for scheme in ("https://", "http://"):
            session.mount(scheme, careful)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._netbox.close()

    # Reading.

    def get(self, path: str, **params: Any) -> dict[str, Any]:
        """One object, ``get("status/")``."""
        data = self._ask("GET", path, params=params).data
        if not isinstance(data, dict):
            raise SourceError(problem("NB-PARTIAL", f"GET /api/{path}", "the answer is no object", AGAIN))
        return cast("dict[str, Any]", data)

    def marked(self, path: str) -> tuple[dict[str, Any], str]:
        """One object and the mark (ETag) of the state it is in, empty where this NetBox gives none."""
        result = self._ask("GET", path)
        if not _is_object(result.data):
            raise SourceError(problem("NB-PARTIAL", f"GET /api/{path}", "the answer is no object", AGAIN))
        return cast("dict[str, Any]", result.data), result.response.headers.get("ETag", "")

    def count(self, path: str, **params: Any) -> int:
        """How many objects there are, by REST: what the token may not view is refused, not left out."""
        return self._page(path, {"limit": 1, "fields": "id", **params})[1]

    def first(self, path: str, **params: Any) -> dict[str, Any] | None:
        """The first object of a list, None if it is empty."""
        rows, _, _ = self._page(path, {"limit": 1, **params})
        return rows[0] if rows else None

    def page_of(self, path: str, limit: int, **params: Any) -> list[dict[str, Any]]:
        """The first *limit* objects of a list."""
        return self._page(path, {"limit": limit, **params})[0]

    def rows(self, path: str, **params: Any) -> list[dict[str, Any]]:
        """Every object of a list, by id, each once; or an error, never fewer."""
        found: list[dict[str, Any]] = []
        while True:
            asked = {"limit": self.page, "offset": len(found), "ordering": "id", **params}
            rows, count, after = self._page(path, asked)
            found.extend(rows)
            more = len(found) < count
            self._check_next(path, after, len(found) if more else None)
            if more and rows:
                continue
            distinct = len({row["id"] for row in found})
            if distinct != count or len(found) != count:
                rule = f"count={count}, {distinct} distinct ids in {len(found)} rows"
                raise SourceError(problem("NB-PARTIAL", f"GET /api/{path}", rule, AGAIN))
            return found

    def _page(self, path: str, params: dict[str, Any]) -> tuple[list[dict[str, Any]], int, str | None]:
        result = self._ask("GET", path, params=params)
        pages = result.pagination
        rows = result.data
        fault = None
        if pages is None:
            fault = "the answer has no count and results"
        elif not isinstance(pages["count"], int) or isinstance(pages["count"], bool):
            fault = "count is no whole number"
        elif not isinstance(rows, list) or not all(_is_object(row) for row in cast("Sequence[Any]", rows)):
            fault = "results is no list of objects with an id"
        if fault or pages is None:
            raise SourceError(problem("NB-PARTIAL", f"GET /api/{path}", fault or "", AGAIN))
        after = pages["next"]
        return cast("list[dict[str, Any]]", rows), pages["count"], str(after) if after else None

    def _check_next(self, path: str, after: str | None, offset: int | None) -> None:
        """``next`` is never followed, but it has to agree with the page that is asked for next."""
        fault = None
        if (after is None) != (offset is None):
            fault = "count and next do not agree on where the list ends"
        elif after is not None:
            if urlsplit(after).hostname != urlsplit(self.url).hostname:
                fault = "next leaves the host: the proxy before NetBox has to pass on the Host header"
            elif parse_qs(urlsplit(after).query).get("offset") != [str(offset)]:
                fault = "next does not lead to the next page"
        if fault:
            raise SourceError(problem("NB-PARTIAL", f"GET /api/{path}", fault, AGAIN))

    def graphql(self, query: str) -> dict[str, Any]:
        """The data of a GraphQL answer; an error in it is an error, though NetBox answers 200."""
        data = self._ask("POST", "graphql/", url_override=f"{self.url}/graphql/", json={"query": query}).data
        answer = cast("dict[str, Any]", data) if isinstance(data, dict) else {}
        if answer.get("errors") or not isinstance(answer.get("data"), dict):
            errors = cast("list[Any]", answer.get("errors") or [{"message": "no data"}])
            words = str(errors[0].get("message") if isinstance(errors[0], dict) else errors[0])  # pyright: ignore[reportUnknownMemberType, reportUnknownArgumentType]
            raise SourceError(problem("NB-PARTIAL", "POST /graphql/", "an error in place of the data", AGAIN,
                                      field="message", value=words))  # fmt: skip
        return cast("dict[str, Any]", answer["data"])

    def graphql_rows(self, field: str, wanted: str, count: int) -> list[dict[str, Any]]:
        """All *count* objects of ``field``, by id; NetBox clamps a page in silence, so the count decides the end."""
        found: list[dict[str, Any]] = []
        start = 0
        while len(found) < count:
            page = f"pagination:{{start:{start},limit:{self.page}}}"
            rows = cast("Any", self.graphql(f"{{{field}({page}){{{wanted}}}}}").get(field))
            ids = [int(row["id"]) for row in rows] if isinstance(rows, list) else []  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
            if not ids:
                break
            if ids[0] < start or sorted(set(ids)) != ids:
                rule = f"{field}: a page out of order, or an object twice"
                raise SourceError(problem("NB-PARTIAL", "POST /graphql/", rule, AGAIN))
            found.extend(cast("list[dict[str, Any]]", rows))
            start = ids[-1] + 1
        if len(found) != count:
            rule = f"{field}: REST counts {count} objects, {len(found)} came"
            raise SourceError(problem("NB-PARTIAL", "POST /graphql/", rule, AGAIN))
        return found

    # Writing.

    def create(self, path: str, objects: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Create all of *objects* or none, in one request; NetBox's answer, in the same order."""
        data = self._ask("POST", path, json=objects).data
        return self._written("POST", path, objects, data)

    def update(self, path: str, objects: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Change all of *objects* (each with its id) or none, in one request."""
        data = self._ask("PATCH", path, json=objects).data
        return self._written("PATCH", path, objects, data)

    def written(self, method: str, path: str, given: Any, *, only_at: str = "") -> tuple[Any, str]:
        """One write: NetBox's answer, and what NetBox calls the request in its change log.

        NetBox makes the name itself and gives it in X-Request-ID; it is empty where a proxy took that away. With
        *only_at* (an ETag) the write is refused where the object has changed since.
        """
        headers = {"If-Match": only_at} if only_at else {}
        result = self._ask(method, path, json=given, headers=headers)
        return result.data, result.response.headers.get("X-Request-ID", "")

    def _written(self, method: str, path: str, objects: list[dict[str, Any]], data: Any) -> list[dict[str, Any]]:
        rows = cast("list[dict[str, Any]]", data) if isinstance(data, list) else []
        if len(rows) != len(objects):
            rule = f"{len(objects)} objects were sent, {len(rows)} came back"
            raise SourceError(problem("NB-PARTIAL", f"{method} /api/{path}", rule, AGAIN))
        return rows

    # The one way out.

    def _ask(self, method: str, path: str, **given: Any) -> _Result:
        self.requests += 1
        where = f"{method} /{path}" if "url_override" in given else f"{method} /api/{path}"
        try:
            result = self._netbox.request(method, path, **given)
        except NetBoxException as error:
            cause = error.__cause__
        except requests.RequestException as error:  # the body broke off: read outside the library's own try
            cause = error
        else:
            if method in WRITES and "url_override" not in given:
                self.written_as.append(result.response.headers.get("X-Request-ID", ""))
            return result
        raise explained(where, cause) from None  # the cause holds the request, and the request the token


def _is_object(row: Any) -> bool:
    return isinstance(row, dict) and isinstance(cast("dict[str, Any]", row).get("id"), int)


def _safe(url: str) -> str:
    """*url* without a trailing slash, if a token may be sent there."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError as error:
        raise UsageError(f"the address of the NetBox is no URL. Do: {ADDRESS}") from error
    host = parts.hostname or ""
    if parts.username or parts.password:
        raise UsageError("the address of the NetBox holds a credential. Do: give the token by itself")
    if parts.scheme not in ("http", "https") or not host:
        raise UsageError(f"the address of the NetBox is no URL with https://. Do: {ADDRESS}")
    if parts.scheme == "http" and not _this_machine(host):
        raise UsageError(f"http://{host} would carry the token in the clear. Do: use https://")
    return f"{parts.scheme}://{parts.netloc}{parts.path}".rstrip("/").removesuffix("/api")


def _this_machine(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
