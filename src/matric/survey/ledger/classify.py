"""What becomes of each line of one device: against what the standard has, what is known, what was decided."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from matric.config import PATH, matcher
from matric.platform.base import ConfigRules
from matric.survey.ledger import set_form
from matric.survey.ledger.decision import Decision
from matric.survey.ledger.model import Class, Entry
from matric.survey.ledger.reading import INHERITED, PLAIN, Read, lines
from matric.survey.ledger.table import COMMENTS, Row, Table, table

__all__ = ("STAYS", "Inherited", "Intended", "Ruling", "classified")

Node = tuple[str, ...]


@dataclass(frozen=True)
class Intended:
    """What the standard has in the device's place."""

    text: str
    """Rendered, secrets as references."""
    origins: tuple[str, ...]
    """Template and line, for each line of the text."""
    rules: ConfigRules
    agreed: Mapping[int, str] = field(default_factory=dict[int, str])
    """VLAN that the school keeps its own way -> who agreed, and until when."""

    @property
    def as_set(self) -> "Intended":
        """The same as Junos' set lines."""
        flat = tuple(set_form.rows(self.reads))
        origins = tuple(self.origins[at - 1] if at <= len(self.origins) else "" for _, at in flat)
        return Intended("".join(f"{row}\n" for row, _ in flat), origins, set_form.RULES, self.agreed)

    @cached_property
    def reads(self) -> tuple[Read, ...]:
        return tuple(one for one in lines(self.text, self.rules) if not one.comment)

    @cached_property
    def nodes(self) -> dict[Node, str]:
        """Place in the tree -> template line; of a block its first."""
        found: dict[Node, str] = {}
        for one in self.reads:
            at = one.number - 1
            found.setdefault(one.node, self.origins[at] if at < len(self.origins) else "")
        return found

    @cached_property
    def below(self) -> dict[Node, tuple[Read, ...]]:
        """Heads -> what stands directly below them; a block by its first line."""
        found: dict[Node, dict[Node, Read]] = {}
        for one in self.reads:
            found.setdefault(one.node[:-1], {}).setdefault(one.node, one)
        return {heads: tuple(under.values()) for heads, under in found.items()}


@dataclass(frozen=True)
class Inherited:
    """One device as it was found."""

    name: str
    platform: str
    text: str
    """Its configuration, redacted."""
    intended: Intended | None
    """None where the standard has nothing in its place."""
    why: str = ""
    """Why that is so."""
    as_set: bool = False
    """It is Junos' set lines."""
    replaced: bool = False
    """The standard has another box in its place: what stands on this one goes with it."""
    waits: bool = False
    """Nobody can say yet what the standard has in its place."""

    @cached_property
    def rules(self) -> ConfigRules:
        return self.intended.rules if self.intended is not None else _rules(self.platform)

    @cached_property
    def reads(self) -> tuple[Read, ...]:
        return tuple(lines(self.text, self.rules, COMMENTS.get(self.platform, "!")))


def _rules(platform: str) -> ConfigRules:
    from matric.platform import PLATFORMS  # noqa: PLC0415 - a platform is imported when it is asked for

    return PLATFORMS[platform].rules if platform in PLATFORMS else INHERITED.get(platform, PLAIN)


@dataclass(frozen=True, slots=True)
class Ruling:
    """A decision that counts."""

    decision: Decision

    @property
    def words(self) -> str:
        until = f", until {self.decision.review}" if self.decision.review else ""
        who = f"{self.decision.owner}, by word of {self.decision.by}" if self.decision.owner else self.decision.by
        return f"{who} on {self.decision.on}{until}"


VOLATILE = "the device or the format writes it; nobody means anything by it"
VLAN = re.compile(r"\bvlan[ -]?(\d+)\b", re.IGNORECASE)


def classified(device: Inherited, rulings: Mapping[Node, Ruling]) -> tuple[Entry, ...]:
    """An entry for each line of *device* that is not blank. *rulings* are by path: heads, first line of the text."""
    return tuple(_Sorter(device, rulings).entries())


class _Sorter:
    """One device being sorted out."""

    def __init__(self, device: Inherited, rulings: Mapping[Node, Ruling]) -> None:
        self.device, self.rulings = device, rulings
        self.table: Table = table(device.platform, as_set=device.as_set)
        self.off = set_form.off(device.reads) if device.as_set else ()
        self.volatile = matcher(device.rules.volatile)
        self.carried = matcher(device.rules.device_owned)
        self.default = matcher(device.rules.defaults)
        self.said: dict[Node, Entry] = {}
        """What was said of each line that has lines below it."""

    def entries(self) -> Iterator[Entry]:
        for one in self.device.reads:
            entry = self._entry(one)
            self.said[(*one.heads, one.text)] = entry
            yield entry

    def _entry(self, one: Read) -> Entry:
        head = self.said.get(one.heads)
        plain = Entry(self.device.name, one.number, one.heads, one.text, "unknown")
        if one.comment:
            return replace(plain, kind="volatile", what="comment or separator", why=VOLATILE)
        inner = len(one.heads) + 1 > len(one.node)
        if inner and head is not None:  # of a banner or certificate: one thing, said of its first line
            return replace(head, number=one.number, heads=one.heads, text=one.text)
        heads = one.node[:-1]
        row = self.table.row(heads, one.text)
        ruled = self.rulings.get((*one.heads, one.text))
        if self.volatile(heads, one.text) or (row is not None and row.volatile):
            what = row.what if row is not None else "the device's own note"
            return replace(plain, kind="volatile", what=what, why=VOLATILE)
        found = self._known(plain, one, row)
        if found is not None:
            return self._kept(found, ruled)
        return self._open(plain, one, row, head, ruled)

    # ---- what the standard says ----

    def _known(self, plain: Entry, one: Read, row: Row | None) -> Entry | None:
        """The entry of what the device keeps, what the standard has too, and what the platform does anyway."""
        heads, what = one.node[:-1], row.what if row is not None else ""
        intended = self.device.intended
        if self.device.intended is not None and self._carried(one) and one.node not in self.device.intended.nodes:
            if row is not None and (row.residue is not None or row.decide):
                return None  # it goes on working: somebody has to know
            return replace(plain, kind="volatile", what=what or "the device's own", why=CARRIED, carried=True)
        if intended is None:
            return None
        if one.node in intended.nodes:
            return self._same(replace(plain, what=what), one, intended)
        if self.default(heads, one.text) and self._stands(heads) and not self._beside(one, row):
            why = "it is what the platform does where nothing is written, and the standard writes nothing"
            return replace(plain, kind="owned", what=what, why=why)
        return None

    def _same(self, plain: Entry, one: Read, intended: Intended) -> Entry:
        """The entry of what the standard writes too."""
        if self.off and f"{one.text} ".startswith(self.off):
            why = "it is switched off there (deactivate), and the standard has it on"
            return replace(plain, kind="replaced", why=why, new=(one.text,))
        vid = VLAN.search(one.node[0])
        word = intended.agreed.get(int(vid[1])) if vid is not None else None
        template = intended.nodes[one.node]
        if word:
            return replace(plain, kind="kept", why="agreed as the school's own", by=word, template=template)
        return replace(plain, kind="owned", why="the standard has it too", template=template)

    def _carried(self, one: Read) -> bool:
        """True where the cut-over carries the line over: it belongs to the device, and what is above it stays."""
        at = next((at for at in range(len(one.node)) if self.carried(one.node[:at], one.node[at])), None)
        return at is not None and (self.device.intended is None or self._stands(one.node[:at]))

    def _stands(self, heads: Node) -> bool:
        return self.device.intended is not None and (not heads or heads in self.device.intended.nodes)

    @staticmethod
    def _kept(found: Entry, ruled: "Ruling | None") -> Entry:
        if ruled is not None and ruled.decision.decision == "keep" and found.kind == "owned":
            return replace(found, kind="kept", why=ruled.decision.reason, by=ruled.words)
        return found

    # ---- what it does not say ----

    def _open(self, plain: Entry, one: Read, row: Row | None, head: Entry | None, ruled: "Ruling | None") -> Entry:
        intended = self.device.intended
        what, risk = (row.what, row.risk) if row is not None else ("", "")
        plain = replace(plain, what=what, risk=risk, residue=row.residue if row is not None else None)
        if intended is None:
            return self._alone(plain, row, head, ruled)
        if self._carried(one):
            if ruled is not None and ruled.decision.decision == "keep":
                return replace(plain, kind="kept", why=ruled.decision.reason, by=ruled.words, carried=True)
            return replace(plain, why=STAYS, carried=True)
        if ruled is not None:
            return self._ruled(plain, ruled)
        if row is not None and row.decide:
            return replace(plain, why=row.why or "somebody has to say what becomes of it")
        return self._unclaimed(plain, one, row, head)

    def _unclaimed(self, plain: Entry, one: Read, row: Row | None, head: Entry | None) -> Entry:
        """The entry of what nobody has decided and nobody has to."""
        above = head if not self._stands(one.heads) else None
        if above is not None and above.kind == "unknown":
            return self._under(plain, above)
        if new := self._instead(one, row):
            if any(HIDDEN.sub("", other) == HIDDEN.sub("", one.text) for other in new):
                return replace(
                    plain, kind="replaced", why="the same, with the trust's own secret", new=new, residue=None
                )
            return replace(plain, kind="replaced", why="the standard says it with another value", new=new)
        if row is not None and row.why:
            return replace(plain, kind="removed", why=row.why)
        if above is not None and above.kind in ("removed", "replaced"):
            return self._under(plain, above)
        return replace(plain, why="nothing here knows it" if row is None else "nobody has said what becomes of it")

    def _under(self, plain: Entry, head: Entry) -> Entry:
        """A line nothing is known of goes the way of the line above it."""
        if head.kind == "unknown":
            return replace(plain, why=f"it stands below {head.text.splitlines()[0]!r}, of which nobody has decided")
        why = f"it goes with {head.text.splitlines()[0]!r}: {head.why}"
        return replace(plain, kind="removed", why=why, what=plain.what or head.what)

    def _alone(self, plain: Entry, row: Row | None, head: Entry | None, ruled: "Ruling | None") -> Entry:
        """The standard's configuration does not take this one's place: a person says what becomes of the whole of it.

        Where another box does, its lines go with it, but for those of which somebody has to say who does it then.
        """
        plain = replace(plain, stays=not self.device.waits)
        gone = self.device.replaced
        if ruled is not None:
            kind: Class = KINDS[ruled.decision.decision]
            return replace(plain, kind=kind, why=ruled.decision.reason, by=ruled.words, lost=gone and kind == "kept")
        if gone and row is not None and row.decide:
            return replace(plain, why=f"{self.device.why}; somebody has to say what becomes of it")
        if gone and head is not None and head.kind == "unknown":
            return self._under(plain, head)
        return replace(plain, kind="removed" if gone else "unknown", why=self.device.why)

    @staticmethod
    def _ruled(plain: Entry, ruled: "Ruling") -> Entry:
        verdict = ruled.decision.decision
        return replace(plain, kind=KINDS[verdict], why=ruled.decision.reason, by=ruled.words, lost=verdict == "keep")

    def _instead(self, one: Read, row: Row | None) -> tuple[str, ...]:
        """The standard's lines that say the same thing with another value, at the same place or in its own words."""
        found = self._beside(one, row)
        if row is not None and self.device.intended is not None:
            for pattern in row.by:
                found.update(self._anywhere(pattern, self.device.intended))
        return tuple(found.values())

    def _beside(self, one: Read, row: Row | None) -> dict[Node, str]:
        """The standard's lines at the same place that say the same thing with another value."""
        if self.device.intended is None:
            return {}
        if self.device.as_set:
            return {other.node: other.text for other in self._places.get(set_form.place(one.text), ())}
        if row is None:
            return {}
        heads = one.node[:-1]
        key = Table.key(row, heads, one.text)
        return {
            other.node: other.node[-1]
            for other in self.device.intended.below.get(heads, ())
            if self.table.row(heads, other.text) is row and Table.key(row, heads, other.text) == key
        }

    def _anywhere(self, pattern: str, intended: Intended) -> dict[Node, str]:
        if pattern not in self._by:
            search = re.compile(pattern).search
            found = {
                other.node: PATH.join(other.node)
                for under in intended.below.values()
                for other in under
                if search(PATH.join(other.node)) and not self.volatile(other.node[:-1], other.text)
            }
            # A section says nothing that the lines in it do not say.
            plain = {node: text for node, text in found.items() if node not in intended.below}
            self._by[pattern] = plain or found
        return self._by[pattern]

    @cached_property
    def _places(self) -> dict[str, list[Read]]:
        """What the standard's set lines are about -> those lines."""
        found: dict[str, list[Read]] = {}
        for one in self.device.intended.reads if self.device.intended is not None else ():
            found.setdefault(set_form.place(one.text), []).append(one)
        return found

    @cached_property
    def _by(self) -> dict[str, dict[Node, str]]:
        return {}


HIDDEN = re.compile(r"<secret[^>]*>")
KINDS: Mapping[str, Class] = {"remove": "removed", "keep": "kept", "volatile": "volatile"}
CARRIED = "it belongs to the device, and the cut-over carries it over"
STAYS = (
    "it belongs to the device, so the cut-over carries it over. Do: take it off by hand and survey again, or decide to "
    "keep it"
)
