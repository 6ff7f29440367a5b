"""Every line of every inherited configuration, accounted for once.

of(site, school, today) -> Ledger    from the kept survey, the standard and what people decided
"""

from matric.survey.ledger.build import counterparts, inherited, ledger, of
from matric.survey.ledger.model import CLASSES, RESIDUES, Account, Class, Entry, Fault, Ledger, Residue, counted

__all__ = (
    "CLASSES",
    "RESIDUES",
    "Account",
    "Class",
    "Entry",
    "Fault",
    "Ledger",
    "Residue",
    "counted",
    "counterparts",
    "inherited",
    "ledger",
    "of",
)
