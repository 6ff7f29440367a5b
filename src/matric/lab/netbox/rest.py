"""The REST API without HTTP: a request's parts in, status, body and headers out."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, cast
from urllib.parse import urlencode

from matric.lab.netbox import available, query, rule
from matric.lab.netbox.access import Access, Denied
from matric.lab.netbox.body import Complaint, values
from matric.lab.netbox.catalogue import BY_NAME, BY_PATH, MODELS
from matric.lab.netbox.model import Model, Row
from matric.lab.netbox.shape import Shape
from matric.lab.netbox.store import Store

__all__ = ("VERSION", "Answer", "Request", "allowed", "answer")

VERSION = "4.6.8"
CHANGES = "core/object-changes"
TYPES = "core/object-types"
Params = dict[str, list[str]]
NOT_FILTERS = ("limit", "offset", "start", "ordering", "brief", "fields", "omit", "exclude", "format")


@dataclass(frozen=True, slots=True)
class Request:
    """What of an HTTP request the API looks at."""

    method: str
    path: str
    """Below /api/, without slashes at its ends."""
    params: Params
    body: Any = None
    if_match: str | None = None
    access: Access = field(default_factory=Access)
    base: str = ""
    """Scheme, host and port the client used."""
    id: str = ""
    """What NetBox calls it, in the change log and in X-Request-ID of the answer; one that is sent is not heard."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What NetBox says."""

    status: int
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict[str, str])


LIST_ALLOW = {"Allow": "GET, POST, PUT, PATCH, DELETE, HEAD, OPTIONS"}
ONE_ALLOW = {"Allow": "GET, PUT, PATCH, DELETE, HEAD, OPTIONS"}
READ_ALLOW = {"Allow": "GET, HEAD, OPTIONS"}


def answer(store: Store, request: Request) -> Answer:
    """NetBox's answer; what it refuses is an answer too."""
    stem, key = _split(request.path)
    allow = allowed(request.path)
    try:
        return _answer(store, request, stem, key, allow)
    except Complaint as complaint:
        return Answer(400, complaint.said, allow)
    except Denied as denied:
        return Answer(denied.status, {"detail": denied.said}, allow)


def _split(path: str) -> tuple[str, str]:
    """The list's address, and what comes after it."""
    parts = path.split("/")
    return "/".join(parts[:2]), "/".join(parts[2:])


def allowed(path: str) -> Mapping[str, str]:
    """The Allow header of an address below /api/."""
    stem, key = _split(path)
    if stem in ("status", CHANGES, TYPES):
        return READ_ALLOW
    allow = (ONE_ALLOW if key else LIST_ALLOW)["Allow"]
    # An interface has a trace/ below it, and NetBox shows that here.
    return {"Allow": f"{allow}, TRACE" if stem == "dcim/interfaces" else allow}


def _answer(  # noqa: PLR0911 - one line per kind of address
    store: Store, request: Request, stem: str, key: str, allow: Mapping[str, str]
) -> Answer:
    shape = Shape(store, request.base)
    if request.path == "status":
        return Answer(200, _status(), allow)
    if stem in (CHANGES, TYPES) and request.method not in ("GET", "HEAD"):
        return Answer(405, {"detail": f'Method "{request.method}" not allowed.'}, allow)
    if stem == CHANGES:
        return _changes(store, request, shape, key)
    if stem == TYPES:
        return Answer(200, _listed(request, query.page(_types(request), request.params)), allow)
    model = BY_PATH.get(stem)
    if model is None:
        return Answer(404, "", {"Content-Type": "text/html; charset=utf-8"})
    action = {"GET": "view", "HEAD": "view", "POST": "add", "PATCH": "change", "PUT": "change", "DELETE": "delete"}
    request.access.demand(action[request.method], model.name)
    if not key:
        return _many(store, request, shape, model)
    inner = re.fullmatch(r"(\d+)/available-prefixes", key)
    if (
        inner
        and stem == "ipam/prefixes"
        and request.method in ("GET", "POST")
        and _seen(store, request, model, int(inner[1]))
    ):
        return _available(store, request, shape, model, int(inner[1]))
    if not re.fullmatch(r"\d+", key) or not _seen(store, request, model, int(key)):
        verbose = model.verbose[:1].upper() + model.verbose[1:]
        return Answer(404, {"detail": f"No {verbose} matches the given query."}, allow)
    return _one(store, request, shape, model, int(key))


def _status() -> Row:
    return {
        "django-version": "6.0.8", "hostname": "lab", "installed_apps": {}, "netbox-full-version": VERSION,
        "netbox-version": VERSION, "plugins": {}, "python-version": "3.12.1", "rq-workers-running": 1,
    }  # fmt: skip


def _seen(store: Store, request: Request, model: Model, key: int) -> bool:
    return key in store.tables[model.name] and request.access.sees(model.name, key)


# Reading.


def _only(request: Request, model: Model) -> set[str] | None:
    """The keys asked for; a name NetBox does not know is ignored."""
    if request.params.get("brief", [""])[0].lower() in ("true", "1"):
        return set(model.brief)
    asked = ",".join(request.params.get("fields", []))
    return set(asked.split(",")) if asked else None


def _omitted(request: Request) -> set[str]:
    return set(",".join([*request.params.get("omit", []), *request.params.get("exclude", [])]).split(","))


def _shown(request: Request, shape: Shape, model: Model, row: Row) -> Row:
    only = _only(request, model)
    omitted = _omitted(request)
    keys = [key for key in shape.keys(model) if (only is None or key in only) and key not in omitted]
    return shape.whole(model, row, keys)


def _many(store: Store, request: Request, shape: Shape, model: Model) -> Answer:
    if request.method == "POST":
        return _create(store, request, shape, model)
    if request.method in ("PATCH", "PUT"):
        return _update_many(store, request, shape, model)
    if request.method == "DELETE":
        return _delete_many(store, request, model)
    filters = {name: wanted for name, wanted in request.params.items() if name not in NOT_FILTERS}
    rows = [row for row in store.rows(model.name) if request.access.sees(model.name, row["id"])]
    rows = query.selected(store, model, filters, rows)
    rows = query.ordered(rows, request.params.get("ordering", [""])[0], model.order)
    page = query.page(rows, request.params)
    shown = [_shown(request, shape, model, row) for row in page.rows]
    return Answer(200, _listed(request, query.Page(shown, page.count, page.next, page.previous)), allowed(request.path))


def _listed(request: Request, page: query.Page) -> Row:
    def link(at: Mapping[str, int] | None) -> str | None:
        if at is None:
            return None
        kept = {name: wanted for name, wanted in request.params.items() if name not in ("limit", "offset", "start")}
        asked = sorted({**kept, **{name: [str(value)] for name, value in at.items()}}.items())
        asked = [one for one in asked if one != ("offset", ["0"])]
        return f"{request.base}/api/{request.path}/?{urlencode(asked, doseq=True)}"

    return {"count": page.count, "next": link(page.next), "previous": link(page.previous), "results": page.rows}


def _changes(store: Store, request: Request, shape: Shape, key: str) -> Answer:
    request.access.demand("view", "core.objectchange")
    if key:
        found = [row for row in store.changes if str(row["id"]) == key]
        return Answer(200, shape.change(found[0])) if found else Answer(404, {"detail": "Not found."}, READ_ALLOW)
    rows = query.change_rows(store.changes, request.params)
    rows = query.ordered(rows, request.params.get("ordering", [""])[0], ("-time", "-id"))
    page = query.page(rows, request.params)
    shown = [shape.change(row) for row in page.rows]
    asked = ",".join(request.params.get("fields", []))
    if asked:
        shown = [{name: value for name, value in row.items() if name in asked.split(",")} for row in shown]
    return Answer(200, _listed(request, query.Page(shown, page.count, page.next, page.previous)), READ_ALLOW)


def _types(request: Request) -> list[Row]:
    wanted = request.params.get("app_label", []), request.params.get("model", [])
    rows = [_type(request, number, model) for number, model in enumerate(MODELS, 1)]
    return [row for row in rows if row["app_label"] in (wanted[0] or [row["app_label"]])
            and row["model"] in (wanted[1] or [row["model"]])]  # fmt: skip


def _type(request: Request, number: int, model: Model) -> Row:
    app, name = model.name.split(".")
    app_name = {"dcim": "DCIM", "ipam": "IPAM"}.get(app, app.capitalize())
    features = [
        "change_logging",
        *(["custom_fields"] if model.custom_fields else []),
        *(["tags"] if model.tags else []),
    ]
    return {
        "id": number, "url": f"{request.base}/api/{TYPES}/{number}/",
        "display": f"{app_name} > {model.verbose.capitalize()}",
        "app_label": app, "app_name": app_name, "model": name, "model_name": model.verbose,
        "model_name_plural": f"{model.verbose}s", "public": True, "features": features, "is_plugin_model": False,
        "rest_api_endpoint": f"/api/{model.path}/", "description": "",
    }  # fmt: skip


def _etag(row: Row) -> dict[str, str]:
    return {"ETag": f'W/"{row["last_updated"].replace("Z", "+00:00")}"'}


def _one(store: Store, request: Request, shape: Shape, model: Model, key: int) -> Answer:
    row = store.get(model.name, key)
    headers = {**allowed(request.path), **_etag(row)}
    if request.method in ("GET", "HEAD"):
        return Answer(200, _shown(request, shape, model, row), headers)
    if request.if_match and request.if_match != "*" and headers["ETag"] not in request.if_match:
        return Answer(412, {"detail": "Precondition failed."}, headers)
    if request.method == "DELETE":
        message = request.body.get("changelog_message", "") if isinstance(request.body, dict) else ""  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
        return _deleted(store, request, model, [(key, str(message))])  # pyright: ignore[reportUnknownArgumentType]
    with store.transaction(request.access.user, request.id):
        row = _changed(store, request, model, key, request.body)
    return Answer(200, shape.whole(model, row), {**allowed(request.path), **_etag(row)})


# Writing.


def _create(store: Store, request: Request, shape: Shape, model: Model) -> Answer:
    """One object, or a list of them: all or none, with one complaint per item."""
    several = isinstance(request.body, list)
    given: list[Any] = request.body if several else [request.body]  # pyright: ignore[reportUnknownVariableType]
    said: list[Any] = []
    rows: list[Row] = []
    try:
        with store.transaction(request.access.user, request.id):
            for one in given:
                try:
                    rows.append(_created(store, request, model, one))
                    said.append({})
                except Complaint as complaint:
                    if model.sequential:
                        raise
                    said.append(complaint.said)
            _refuse(said, several=several)
    except Complaint as complaint:
        return Answer(400, complaint.said, allowed(request.path))
    shown = [shape.whole(model, row) for row in rows]
    if several:
        last = {"Location": shown[-1]["url"]} if model.sequential and shown else {}
        return Answer(201, shown, {**allowed(request.path), **last})
    return Answer(201, shown[0], {**allowed(request.path), **_etag(rows[0]), "Location": shown[0]["url"]})


def _available(store: Store, request: Request, shape: Shape, model: Model, key: int) -> Answer:
    """What is free inside a prefix, or the next of it."""
    allow = {"Allow": "GET, POST, HEAD, OPTIONS"}
    if request.method == "GET":
        return Answer(200, available.free(store, key), allow)
    made = available.taken(store, key, request.body)
    if made is None:
        return Answer(409, available.SHORT, allow)
    given = made if isinstance(request.body, list) else made[0]
    return _create(store, replace(request, body=given), shape, model)


def _refuse(said: list[Any], *, several: bool) -> None:
    if any(said):
        raise Complaint(said if several else said[0])


def _created(store: Store, request: Request, model: Model, given: Any) -> Row:
    row = values(store, model, given, None, lambda target: request.access.may("view", target))
    if model.name == "extras.journalentry" and "created_by" not in given:
        row["created_by"] = request.access.user[0]
    rule.check(store, model, row, None)
    return store.insert(model.name, row, _message(given))


def _message(given: Any) -> str:
    return str(cast("Row", given).get("changelog_message") or "") if isinstance(given, dict) else ""


def _changed(store: Store, request: Request, model: Model, key: int, given: Any) -> Row:
    before = store.get(model.name, key)
    new = values(store, model, given, before, lambda target: request.access.may("view", target))
    for name, sign in (("add_tags", 1), ("remove_tags", -1)):
        if model.tags and isinstance(given, dict) and name in given:
            named: list[int] = values(store, model, {"tags": given[name]}, before, lambda _: True)["tags"]
            tags: set[int] = {*(new["tags"] if "tags" in new else before["tags"])}
            new["tags"] = sorted(tags | set(named) if sign > 0 else tags - set(named))
    rule.check(store, model, before | new, key)
    return store.update(model.name, key, new, _message(given))


def _named(request: Request) -> list[Row]:
    """The items of a bulk request, each with its id."""
    if not isinstance(request.body, list):
        raise Complaint(
            {"non_field_errors": [f'Expected a list of items but got type "{type(request.body).__name__}".']}
        )
    items: list[Any] = request.body  # pyright: ignore[reportUnknownVariableType, reportUnknownMemberType]
    wrong = [{} if isinstance(item, dict) and "id" in item else {"id": ["This field is required."]} for item in items]
    if any(wrong):
        raise Complaint(wrong)
    return cast("list[Row]", items)


def _update_many(store: Store, request: Request, shape: Shape, model: Model) -> Answer:
    """All or none; the first complaint, without saying whose it is. An id that is not there is passed over."""
    items = [item for item in _named(request) if _seen(store, request, model, int(item["id"]))]
    with store.transaction(request.access.user, request.id):
        rows = [_changed(store, request, model, int(item["id"]), item) for item in items]
    return Answer(200, [shape.whole(model, row) for row in rows], allowed(request.path))


def _delete_many(store: Store, request: Request, model: Model) -> Answer:
    found = [(int(item["id"]), _message(item)) for item in _named(request)]
    return _deleted(store, request, model, [one for one in found if _seen(store, request, model, one[0])])


def _deleted(store: Store, request: Request, model: Model, found: Iterable[tuple[int, str]]) -> Answer:
    found = list(found)
    going = {key for key, _ in found}
    for key, _ in found:
        held = [one for one in store.holding(model.name, key) if one[0] != model.name or one[1] not in going]
        if held:
            names = ", ".join(f"{BY_NAME[name].display(store, store.get(name, one))} ({one})" for name, one in held[:5])
            said = f"Unable to delete object. {len(held)} dependent objects were found: {names}"
            return Answer(409, {"detail": said}, allowed(request.path))
    with store.transaction(request.access.user, request.id):
        for key, message in found:
            if key in store.tables[model.name]:
                store.delete(model.name, key, message)
    return Answer(204, None, allowed(request.path))
