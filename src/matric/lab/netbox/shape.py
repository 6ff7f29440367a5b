"""How REST shows an object: whole, as a relation (brief), or nested; fields= and omit= leave parts out."""

from collections.abc import Collection
from typing import Any

from matric.lab.netbox.catalogue import BY_NAME
from matric.lab.netbox.counting import cabled
from matric.lab.netbox.model import Field, Kind, Model, Row
from matric.lab.netbox.store import Store

__all__ = ("Shape",)

ACTIONS = {"create": "Created", "update": "Updated", "delete": "Deleted"}
CABLED = ("cable", "cable_end", "link_peers", "link_peers_type", "connected_endpoints", "connected_endpoints_type",
          "connected_endpoints_reachable", "_occupied")  # fmt: skip


MORE = {
    "dcim.interface": (*CABLED, "bridge_interfaces"), "dcim.device": ("primary_ip",),
    "ipam.ipaddress": ("assigned_object",), "dcim.macaddress": ("assigned_object",),
    "extras.customfield": ("data_type",), "extras.journalentry": ("assigned_object",),
}  # fmt: skip
DATA_TYPES = {
    "boolean": "boolean", "integer": "integer", "decimal": "decimal", "multiselect": "array", "json": "object",
    "object": "object", "multiobject": "array",
}  # fmt: skip


class Shape:
    """The objects of one store at one address."""

    def __init__(self, store: Store, base: str) -> None:
        self.store, self.base = store, base

    def whole(self, model: Model, row: Row, only: Collection[str] | None = None) -> Row:
        """Everything REST shows, or *only* these keys of it."""
        return {key: self.part(model, row, key) for key in self.keys(model) if only is None or key in only}

    def brief(self, name: str, key: int | None) -> Row | None:
        """As a relation."""
        if key is None:
            return None
        model = BY_NAME[name]
        return self._some(model, self.store.get(name, key), model.brief, inner=False)

    def nested(self, name: str, key: int | None) -> Row | None:
        """As a relation of the shorter form."""
        if key is None:
            return None
        model = BY_NAME[name]
        return self._some(model, self.store.get(name, key), model.short or model.brief, inner=True)

    def _some(self, model: Model, row: Row, keys: tuple[str, ...], *, inner: bool) -> Row:
        return {
            key: model.briefly[key] if key in model.briefly else self.part(model, row, key, inner=inner) for key in keys
        }

    def keys(self, model: Model) -> list[str]:
        """Everything REST shows of a model."""
        keys = ["id", "url", "display_url", "display", *(field.name for field in model.fields), *model.computed]
        if model.tags:
            keys.append("tags")
        if model.custom_fields:
            keys.append("custom_fields")
        if model.scoped:
            keys.append("scope")
        return [*keys, *MORE.get(model.name, ()), "created", "last_updated"]

    def part(self, model: Model, row: Row, key: str, *, inner: bool = False) -> Any:  # noqa: PLR0911 - one line per key
        """One key of an object."""
        if key in ("id", "created", "last_updated"):
            return row[key]
        if key == "url":
            return f"{self.base}/api/{model.path}/{row['id']}/"
        if key == "display_url":
            return f"{self.base}/{model.page or model.path}/{row['id']}/"
        if key == "display":
            return model.display(self.store, row)
        if key in model.computed:
            return model.computed[key](self.store, row)
        field = model.field(key)
        if field and not (model.name == "dcim.cable" and key.endswith("_terminations")):
            return self._field(field, row, inner=inner)
        return self._special(model, row, key)

    def _field(self, field: Field, row: Row, *, inner: bool) -> Any:
        value = row[field.name]
        if field.kind is Kind.RELATION:
            nested = field.nested or (inner and field.target == "dcim.device" and field.name == "device")
            return self.nested(field.target, value) if nested else self.brief(field.target, value)
        if field.kind is Kind.MANY:
            return [self.brief(field.target, one) for one in value]
        if field.kind is Kind.CHOICE and not field.bare:
            return None if value in (None, "") else {"value": value, "label": field.choices[value]}
        if field.kind is Kind.PLAIN and field.name == "extra_choices":
            return [list(one) for one in value]
        return value

    def _special(self, model: Model, row: Row, key: str) -> Any:  # noqa: PLR0911 - one line per field
        if key == "tags":
            tags = sorted((self.store.get("extras.tag", tag) for tag in row["tags"]), key=lambda tag: tag["name"])
            return [self.nested("extras.tag", tag["id"]) for tag in tags]
        if key == "custom_fields":
            return {name: row["custom_fields"].get(name) for name in self.store.custom_fields(model.name)}
        if key == "scope":
            return self.generic(row["scope_type"], row["scope_id"])
        if key == "primary_ip":
            return self.brief("ipam.ipaddress", row["primary_ip6"] or row["primary_ip4"])
        if key == "assigned_object":
            return self.generic(row["assigned_object_type"], row["assigned_object_id"])
        if key == "bridge_interfaces":
            bridged = self.store.leading("dcim.interface", "bridge", row["id"])
            return [self.nested("dcim.interface", one) for one in bridged]
        if key == "data_type":
            return DATA_TYPES.get(row["type"], "string")
        if key.endswith("_terminations"):
            return [{**end, "object": self.generic(end["object_type"], end["object_id"])} for end in row[key]]
        return self._cabled(row, key)

    def generic(self, model: str | None, key: int | None) -> Row | None:
        """An object of whatever model, as a relation; null for a model this stand-in has none of."""
        return self.brief(model, key) if model in BY_NAME else None

    def _cabled(self, row: Row, key: str) -> Any:
        found = cabled(self.store, row)
        peers: list[int] = found["peers"]
        if key == "cable":
            return self.brief("dcim.cable", found["cable"])
        if key in ("link_peers", "connected_endpoints"):
            shown = [self.brief("dcim.interface", peer) for peer in peers]
            return shown if shown or key == "link_peers" else None
        return {
            "cable_end": found["cable_end"],
            "link_peers_type": "dcim.interface" if peers else None,
            "connected_endpoints_type": "dcim.interface" if peers else None,
            "connected_endpoints_reachable": bool(peers) and found["reachable"],
            "_occupied": found["cable"] is not None or row["mark_connected"],
        }[key]

    def change(self, row: Row) -> Row:
        """One entry of the change log."""
        user, name = row["user"]
        model = BY_NAME[row["changed_object_type"]]
        there = row["changed_object_id"] in self.store.tables[model.name]
        app, verbose = {"dcim": "DCIM", "ipam": "IPAM"}.get(model.app, model.app.capitalize()), model.verbose
        told = f"{app} | {verbose} {row['object_repr']} {ACTIONS[row['action']].lower()} by {name}"
        return {
            "id": row["id"], "url": f"{self.base}/api/core/object-changes/{row['id']}/",
            "display_url": f"{self.base}/core/changelog/{row['id']}/", "display": told, "time": row["time"],
            "user": {"id": user, "url": f"{self.base}/api/users/users/{user}/", "display": name, "username": name},
            "user_name": name, "request_id": row["request_id"],
            "action": {"value": row["action"], "label": ACTIONS[row["action"]]},
            "changed_object_type": model.name, "changed_object_id": row["changed_object_id"],
            "changed_object": self.brief(model.name, row["changed_object_id"]) if there else None,
            "object_repr": row["object_repr"], "message": row["message"],
            "prechange_data": row["prechange_data"] or {}, "postchange_data": row["postchange_data"] or {},
        }  # fmt: skip
