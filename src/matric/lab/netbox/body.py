"""A request's body as values of a row, or NetBox's complaint about each field."""

import re
from collections.abc import Callable
from ipaddress import ip_interface, ip_network
from typing import Any, cast

from matric.lab.netbox.model import SLUG, Field, Kind, Model, Row
from matric.lab.netbox.store import Store

__all__ = ("Complaint", "values")

BLANK = "This field may not be blank."
NO_DICTIONARY = (
    "Invalid data format. Custom field data must be passed as a dictionary mapping field names to their values."
)
NULL = "This field may not be null."
MISSING = "This field is required."
NUMBER = {Kind.INTEGER: "A valid integer is required.", Kind.NUMBER: "A valid number is required."}
FIELD_TYPES: dict[str, tuple[type, ...]] = {
    "integer": (int,), "decimal": (int, float), "boolean": (bool,), "multiselect": (list,)
}  # fmt: skip


class Complaint(Exception):
    """What is wrong, by field, as NetBox answers it."""

    def __init__(self, said: Any) -> None:
        super().__init__(str(said))
        self.said = said


def values(store: Store, model: Model, given: Any, before: Row | None, may: Callable[[str], bool]) -> Row:
    """The row's values that *given* sets; all of them for a new object (*before* None)."""
    if not isinstance(given, dict):
        raise Complaint({"non_field_errors": ["Invalid data. Expected a dictionary, but got str."]})
    body = cast("Row", given)
    read: Row = {}
    wrong: dict[str, Any] = {}
    for field in model.fields:
        if field.name not in body and before is not None:
            continue
        try:
            read[field.name] = _value(store, field, body[field.name], may) if field.name in body else _default(field)
        except Complaint as complaint:
            wrong[field.name] = complaint.said
    for name, reader in (("tags", _tags), ("custom_fields", _custom_fields)):
        if getattr(model, name) and (name in body or before is None):
            try:
                read[name] = reader(store, model, body, before)
            except Complaint as complaint:
                wrong[name] = complaint.said
    if wrong:
        raise Complaint(wrong)
    return read


def _default(field: Field) -> Any:
    if field.required:
        raise Complaint([MISSING])
    return field.default


def _value(store: Store, field: Field, given: Any, may: Callable[[str], bool]) -> Any:
    if field.kind is Kind.ABSENT:
        return field.default
    if given is None:
        if field.kind is Kind.CHOICE and not field.null:
            raise Complaint([BLANK])
        if not field.null:
            raise Complaint([NULL])
        return None
    return READERS[field.kind](store, field, given, may)


def _text(_store: Store, field: Field, given: Any, _may: Any) -> str:
    if isinstance(given, bool) or not isinstance(given, str | int | float):
        raise Complaint(["Not a valid string."])
    said = str(given).strip()
    if not said and (field.required or field.kind is Kind.SLUG):
        raise Complaint([BLANK])
    if field.longest and len(said) > field.longest:
        raise Complaint([f"Ensure this field has no more than {field.longest} characters."])
    if field.kind is Kind.SLUG and not re.fullmatch(SLUG, said):
        raise Complaint(['Enter a valid "slug" consisting of letters, numbers, underscores or hyphens.'])
    return said


def _number(_store: Store, field: Field, given: Any, _may: Any) -> float | int:
    whole = field.kind is Kind.INTEGER
    try:
        value = int(str(given)) if whole else float(str(given))
    except (TypeError, ValueError):
        raise Complaint([NUMBER[field.kind]]) from None
    if field.least is not None and value < field.least:
        raise Complaint([f"Ensure this value is greater than or equal to {field.least}."])
    if field.most is not None and value > field.most:
        raise Complaint([f"Ensure this value is less than or equal to {field.most}."])
    return value


def _boolean(_store: Store, _field: Field, given: Any, _may: Any) -> bool:
    if given in (True, "true", "True", 1):
        return True
    if given in (False, "false", "False", 0):
        return False
    raise Complaint(["Must be a valid boolean."])


def _choice(_store: Store, field: Field, given: Any, _may: Any) -> str | None:
    if isinstance(given, dict | list):
        raise Complaint(['Value must be passed directly (e.g. "foo": 123); do not use a dictionary or list.'])
    if given == "":
        if field.null:
            return None
        raise Complaint([BLANK])
    if given not in field.choices:
        raise Complaint([f"{given} is not a valid choice."])
    return str(given)


def _relation(store: Store, field: Field, given: Any, may: Callable[[str], bool]) -> int:
    if isinstance(given, dict):
        wanted = cast("Row", given)
        if list(wanted) == ["id"]:
            return _relation(store, field, wanted["id"], may)
        known = store.rows(field.target) if may(field.target) else []
        found = [row["id"] for row in known if all(row.get(key) == value for key, value in wanted.items())]
        if len(found) != 1:
            said = "Multiple objects match" if found else "Related object not found using"
            raise Complaint([f"{said} the provided attributes: {wanted}"])
        return int(found[0])
    try:
        key = int(given)
    except (TypeError, ValueError):
        said = "Related objects must be referenced by numeric ID or by dictionary of attributes. "
        raise Complaint([f"{said}Received an unrecognized value: {given}"]) from None
    if key not in store.tables[field.target]:
        raise Complaint([f"Related object not found using the provided numeric ID: {key}"])
    return key


def _many(store: Store, field: Field, given: Any, may: Callable[[str], bool]) -> list[int]:
    if not isinstance(given, list):
        raise Complaint([f'Expected a list of items but got type "{type(given).__name__}".'])
    asked: list[Any] = given  # pyright: ignore[reportUnknownVariableType]
    for one in asked:
        if isinstance(one, int) and one not in store.tables[field.target]:
            raise Complaint([f'Invalid pk "{one}" - object does not exist.'])
    return sorted({_relation(store, field, one, may) for one in asked})


def _plain(_store: Store, field: Field, given: Any, _may: Any) -> Any:
    if field.name.endswith("_terminations"):
        ends = cast("list[Row]", given if isinstance(given, list) else [])
        return [{"object_type": end.get("object_type"), "object_id": end.get("object_id")} for end in ends]
    return given


def _address(_store: Store, field: Field, given: Any, _may: Any) -> str:
    try:
        parsed = ip_interface(str(given))
    except ValueError:
        word = "prefix" if field.kind is Kind.NETWORK else "address"
        raise Complaint([f"Invalid IP {word} format: {given}"]) from None
    if field.kind is Kind.NETWORK and parsed.ip != parsed.network.network_address:
        raise Complaint([f"{given} is not a valid prefix. Did you mean {parsed.network}?"])
    return str(ip_network(str(given))) if field.kind is Kind.NETWORK else str(parsed)


READERS: dict[Kind, Callable[..., Any]] = {
    Kind.TEXT: _text, Kind.SLUG: _text, Kind.INTEGER: _number, Kind.NUMBER: _number, Kind.BOOLEAN: _boolean,
    Kind.CHOICE: _choice, Kind.RELATION: _relation, Kind.MANY: _many, Kind.PLAIN: _plain, Kind.ADDRESS: _address,
    Kind.NETWORK: _address,
}  # fmt: skip


def _tags(store: Store, _model: Model, body: Row, _before: Row | None) -> list[int]:
    """Tags are named by {"name", "slug"}, {"id"} or an id."""
    field = Field("tags", Kind.RELATION, target="extras.tag")
    return [_relation(store, field, one, lambda _: True) for one in body.get("tags", ())]


def _custom_fields(store: Store, model: Model, body: Row, before: Row | None) -> Row:
    known = store.custom_fields(model.name)
    given = body.get("custom_fields", {})
    if not isinstance(given, dict):
        raise Complaint([NO_DICTIONARY])
    data = cast("Row", given)
    strangers = {
        name: [f"Custom field '{name}' does not exist for this object type."] for name in sorted(set(data) - set(known))
    }
    if strangers:
        raise Complaint({name: said[0] for name, said in strangers.items()})
    for name, value in data.items():
        _check_custom(store, known[name], value)
    kept = before["custom_fields"] if before else {name: row["default"] for name, row in known.items()}
    return {**kept, **data}


def _check_custom(store: Store, field: Row, value: Any) -> None:
    if value in (None, "", []):
        if field["required"]:
            raise Complaint([f"Required field '{field['name']}' cannot be empty."])
        return
    fault = None
    if not isinstance(value, FIELD_TYPES.get(field["type"], (str,))) and field["type"] not in (
        "json",
        "object",
        "multiobject",
    ):
        fault = f"Value must be of type {field['type']}."
    elif field["type"] in ("select", "multiselect") and field["choice_set"]:
        allowed = {one[0] for one in store.get("extras.customfieldchoiceset", field["choice_set"])["extra_choices"]}
        chosen: list[Any] = value if isinstance(value, list) else [value]  # pyright: ignore[reportUnknownVariableType]
        if set(chosen) - allowed:
            name = store.display("extras.customfieldchoiceset", field["choice_set"])
            fault = f"Invalid choice ({value}) for choice set {name}."
    if fault:
        raise Complaint([f"Invalid value for custom field '{field['name']}': {fault}"])
