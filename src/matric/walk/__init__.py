"""A read-only look at a network nobody has documented: from a few addresses to whoever they name as a neighbour.

Nothing is sent but show commands on a list (``sent``), no address is asked that nobody named or that lies outside the
school's prefixes (``frontier``), and no account is tried so often that it is locked (``ration``).
"""

from matric.walk.credential import Account, accounts, trusts_own
from matric.walk.door import Door, Doors, lab_doors, real_doors
from matric.walk.frontier import Scope, Word, scope
from matric.walk.memory import Memory, given
from matric.walk.ration import Ration
from matric.walk.run import Walked, walked
from matric.walk.setup import Ready, placed, prepared
from matric.walk.visit import Answer, Rules, Visit

__all__ = (
    "Account",
    "Answer",
    "Door",
    "Doors",
    "Memory",
    "Ration",
    "Ready",
    "Rules",
    "Scope",
    "Visit",
    "Walked",
    "Word",
    "accounts",
    "given",
    "lab_doors",
    "placed",
    "prepared",
    "real_doors",
    "scope",
    "trusts_own",
    "walked",
)
