"""One decision for each field in which a joining school and its trust differ, kept in ``choices.yaml``.

Four ways: *adopt* what is there into NetBox; *impose* what the standard (or NetBox) says, by the cut-over; *agree* that
the school keeps it as its own; *defer* it to a day, until when nothing is written.
"""

from collections.abc import Iterable
from datetime import date
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, model_validator

from matric import yaml_file
from matric.intent.base import Model
from matric.intent.limit import HARDWARE
from matric.intent.standard import AgreedArea

__all__ = ("FILE", "Choice", "Choices", "Way", "load")

FILE = "choices.yaml"
Way = Literal["adopt", "impose", "agree", "defer"]
ONE_OF = "one of: "
MOVED = "netbox school"
"""The field of a device that NetBox has at another school."""
IMPOSED = frozenset({"address", "management", "meaning", "port", "prefix", "profile", "ssid"})
"""Fields in which what a school has is never the trust's answer by itself."""
Day = Annotated[date, Field(strict=False)]


class Choice(Model):
    """One field of one thing, what each side says of it, and what was decided."""

    thing: str
    """What it is of: ``sw-02``, ``sw-02 GigabitEthernet1/0/3``, ``VLAN 20``, ``SSID Thornfield``, ``site``."""
    field: str
    """Which of its fields: name, model, serial, role, meaning, profile, management, prefix, ssid, description, ..."""
    here: str = ""
    """What the school has; empty: not seen."""
    there: str = ""
    """What the standard wants, or what NetBox holds."""
    propose: Way | None = None
    """None: only a person can say."""
    value: str = ""
    """What comes of it: the name, role, profile or address that NetBox is given. Before a decision, the proposal's."""
    why: str = ""
    """Why it is proposed."""
    area: AgreedArea | None = None
    """What kind of agreement would be needed; None where the standard lets no school keep such a thing."""
    was: str = ""
    """What was decided while the facts were others: it is asked again."""
    needs: bool = False
    """Its value is needed and nobody can guess it: nothing is written before somebody gives it."""
    decide: Way | None = None
    """What was decided; None: nothing yet."""
    until: Day | None = None
    """Of *defer*: the day. Of *agree*: the day on which it is looked at again."""
    owner: str = ""
    """Of *agree*: who answers for it."""
    approver: str = ""
    """Of *agree*: who agreed for the trust; somebody else."""

    @property
    def key(self) -> tuple[str, str]:
        return self.thing, self.field

    @property
    def way(self) -> Way | None:
        """What holds: the decision, else the proposal."""
        return self.decide or self.propose

    @property
    def open(self) -> str:
        """Why nothing may be written yet; empty where it may."""
        if self.decide is None:
            return "is not decided"
        if self.decide == "defer":
            return f"is deferred until {self.until}"
        if self.decide == "agree" and self.area is None:
            return "cannot be agreed: the standard lets no school keep it its own way"
        if self.decide == "adopt" and self.field in IMPOSED:
            return "cannot be adopted: it is for the trust to say (impose it, agree it, or defer it)"
        if self.decide == "impose" and self.field == MOVED:
            return "cannot be imposed: the device answers here (adopt moves it in NetBox; defer leaves it for a day)"
        return self._unfit()

    def _unfit(self) -> str:
        """Why the value is none that can be taken; empty where it is one."""
        if self.decide == "agree" and self.field == "meaning":
            return "" if self.value else "needs the zone it is treated as in value"
        left_out = self.field == "device" and self.decide == "impose"
        if self.needs and not self.value and not left_out:
            return "needs a value"
        known = self.there.removeprefix(ONE_OF).split(", ") if self.there.startswith(ONE_OF) else ()
        taken = self.decide == "impose" or (self.decide == "adopt" and self.propose == "adopt")
        if taken and self.value and known and self.value not in known:
            return f"has the value {self.value}, which is not {self.there}"
        if self.decide == "impose" and self.field == "model" and self.value not in HARDWARE:
            return f"has the value {self.value}, and matric knows no such model (docs/reference/data-contract.md)"
        if self.decide == "impose" and self.field == "management" and not _inside(self.value, self.there):
            return f"has the value {self.value}, which is not {self.there}"
        return ""

    def same_as(self, other: "Choice") -> bool:
        """Whether both are about the same facts; what *other* leaves out, and a mere list of words, is no fact."""
        facts = [(self.here, other.here), (self.why, other.why)]
        if not self.there.startswith(ONE_OF):
            facts.append((self.there, other.there))
        return all(old in ("", new) for new, old in facts)

    @property
    def told(self) -> str:
        """``sw-02 model``: how a message names it."""
        return f"{self.thing}: {self.field}"

    @model_validator(mode="after")
    def _whole(self) -> "Choice":
        if self.decide == "defer" and self.until is None:
            raise ValueError("is deferred without a day: give until")
        if self.decide == "agree" and not (self.owner and self.approver and self.until):
            raise ValueError("is agreed without owner, approver and until: give all three")
        if self.decide == "agree" and _person(self.owner) == _person(self.approver):
            raise ValueError("is agreed by its owner alone: approver has to be somebody else")
        return self


def _inside(address: str, there: str) -> bool:
    try:
        return IPv4Address(address.partition("/")[0]) in IPv4Network(there.rpartition(" ")[2])
    except ValueError:
        return False


def _person(text: str) -> str:
    return text.partition(",")[0].casefold().strip()


class Choices(Model):
    """The whole of ``choices.yaml``."""

    format_version: Literal[1] = 1
    school: str
    """Slug."""
    choices: tuple[Choice, ...] = ()

    def of(self, thing: str, field: str) -> Choice | None:
        """The choice about *field* of *thing*."""
        return next((one for one in self.choices if one.key == (thing, field)), None)

    def value(self, thing: str, field: str) -> str:
        """What somebody decided it to be; empty where nobody has, or where it is agreed as the school's own."""
        found = self.of(thing, field)
        if found is None or found.decide not in ("adopt", "impose"):
            return ""
        if found.decide == "adopt" and found.propose == "impose":
            return found.here  # the value is that of the proposal
        return found.value

    def joined(self, found: Iterable[Choice]) -> "Choices":
        """*found* with what was decided here. Decisions on what no longer differs are left out.

        What was decided about other facts than today's is the proposal, and is asked again.
        """
        return self.model_copy(update={"choices": tuple(self._decided(one) for one in found)})

    def _decided(self, one: Choice) -> Choice:
        old = self.of(*one.key)
        if old is None or (old.decide is None and not old.was):
            return one
        if old.decide is None:
            return one.model_copy(update={"propose": old.propose, "value": old.value, "was": old.was})
        if not one.same_as(old):
            return _asked_again(one, old)
        kept = {name: getattr(old, name) for name in ("decide", "until", "owner", "approver")}
        return one.model_copy(update={**kept, "value": old.value or one.value})


def _asked_again(one: Choice, old: Choice) -> Choice:
    """*one*, about which *old* was decided when the facts were others."""
    given = old.here if old.decide == "adopt" and old.propose == "impose" else old.value
    then = "; ".join(filter(None, (old.here, old.there if old.there != one.there else "", old.why)))
    was = f"{old.decide} {given}".strip() + (f", when it was: {then}" if then else "")
    if old.decide not in ("adopt", "impose"):
        return one.model_copy(update={"was": was})  # people agreed to something else: nobody takes that over
    value = one.here if old.decide == "adopt" and old.propose == "impose" else old.value or one.value
    return one.model_copy(update={"propose": old.decide, "value": value, "was": was})


def load(folder: Path, school: str) -> Choices:
    """The choices in a joining school's *folder*; none where there is no file. BadInput where it cannot be read."""
    path = folder / FILE
    return yaml_file.model(path, Choices) if path.is_file() else Choices(school=school)
