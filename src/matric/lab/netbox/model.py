"""What a NetBox model is, as far as a client can tell: its fields, its names, how it is shown when it is a relation."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matric.lab.netbox.store import Store

__all__ = (
    "SLUG",
    "Field",
    "Kind",
    "Model",
    "Row",
    "absent",
    "boolean",
    "choice",
    "integer",
    "many",
    "number",
    "plain",
    "relation",
    "slug",
    "text",
)

Row = dict[str, Any]
"""One object: a relation is an id, a choice its value, tags are ids."""
STEMS = {
    "dcim.virtualchassis": "virtual_chassis", "ipam.prefix": "prefix", "ipam.ipaddress": "ip_address",
    "extras.journalentry": "journal_entry", "dcim.macaddress": "mac_address",
}  # fmt: skip
"""Words of which GraphQL's name is not the path without its s."""
SLUG = r"[-a-zA-Z0-9_]+"


class Kind(Enum):
    """How a field is written and shown."""

    TEXT = auto()
    SLUG = auto()
    INTEGER = auto()
    NUMBER = auto()
    BOOLEAN = auto()
    CHOICE = auto()
    RELATION = auto()
    MANY = auto()
    PLAIN = auto()
    """Any JSON, kept as it is."""
    ABSENT = auto()
    """A field of NetBox that this stand-in shows and never fills."""
    ADDRESS = auto()
    NETWORK = auto()


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a model."""

    name: str
    kind: Kind
    required: bool = False
    null: bool = False
    default: Any = None
    longest: int | None = None
    """Characters."""
    least: float | None = None
    most: float | None = None
    choices: Mapping[str, str] = field(default_factory=dict[str, str])
    bare: bool = False
    """A choice that REST shows without its label."""
    target: str = ""
    """The model a relation leads to."""
    nested: bool = False
    """Shown in the shorter form that has a display_url."""
    cascade: bool = False
    """Deleted with what it leads to; else emptied if it may be null, else it holds the other."""


@dataclass(frozen=True, slots=True)
class Model:
    """One model: dcim.interface at dcim/interfaces."""

    name: str
    path: str
    graphql: str
    """Stem of its GraphQL names: VLAN gives VLANType and VLANFilter."""
    verbose: str
    """NetBox's own name for one, as its messages say it."""
    fields: tuple[Field, ...]
    brief: tuple[str, ...]
    """Keys when it is shown as a relation."""
    short: tuple[str, ...] = ()
    """Keys when it is shown nested."""
    display: Callable[["Store", Row], str] = lambda _, row: str(row["name"])
    computed: Mapping[str, Callable[["Store", Row], Any]] = field(default_factory=dict[str, Any])
    briefly: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """What NetBox shows in a relation in place of a count."""
    unique: tuple[tuple[str, ...], ...] = ()
    order: tuple[str, ...] = ("name",)
    tags: bool = True
    custom_fields: bool = True
    scoped: bool = False
    sequential: bool = False
    """Bulk creates stop at the first that is bad, and NetBox answers with its complaint only."""
    page: str = ""
    """Address of its web pages where that is not ``path``."""

    def field(self, name: str) -> Field | None:
        """The field of that name."""
        return next((one for one in self.fields if one.name == name), None)

    @property
    def app(self) -> str:
        """``dcim``."""
        return self.name.partition(".")[0]

    @property
    def stem(self) -> str:
        """``vlan_group``, as in the GraphQL query ``vlan_group_list``."""
        return STEMS.get(self.name) or self.path.rpartition("/")[2].replace("-", "_").removesuffix("s")


def text(name: str, longest: int | None = None, **more: Any) -> Field:
    """Text; empty where it is not required."""
    default = None if more.get("null") else ""
    return Field(name, Kind.TEXT, longest=longest, default=default, **more)


def slug() -> Field:
    """The slug every named model has."""
    return Field("slug", Kind.SLUG, required=True, longest=100)


def integer(name: str, least: float, most: float, *, default: int | None = None, required: bool = False) -> Field:
    """A whole number within bounds, null where it has no default."""
    null = default is None and not required
    return Field(name, Kind.INTEGER, least=least, most=most, default=default, null=null, required=required)


def number(name: str, least: float = -1e12, most: float = 1e12, *, default: float | None = None) -> Field:
    """A number within bounds."""
    return Field(name, Kind.NUMBER, least=least, most=most, default=default, null=default is None)


def boolean(name: str, *, default: bool = False) -> Field:
    """Yes or no."""
    return Field(name, Kind.BOOLEAN, default=default)


def choice(name: str, choices: Mapping[str, str], default: str | None = None, **more: Any) -> Field:
    """One of NetBox's choices; null where it has no default and is not required."""
    null = default is None and not more.get("required")
    return Field(name, Kind.CHOICE, choices=choices, default=default, null=null, **more)


def relation(name: str, target: str, **more: Any) -> Field:
    """An object of another model."""
    return Field(name, Kind.RELATION, target=target, null=not more.get("required"), **more)


def many(name: str, target: str) -> Field:
    """Objects of another model."""
    return Field(name, Kind.MANY, target=target, default=[])


def plain(name: str, default: Any = None, **more: Any) -> Field:
    """Any JSON."""
    return Field(name, Kind.PLAIN, default=default, null=default is None, **more)


def absent(*names: str, shown: Any = None) -> tuple[Field, ...]:
    """Fields that are always *shown* so."""
    return tuple(Field(name, Kind.ABSENT, default=shown, null=True) for name in names)
