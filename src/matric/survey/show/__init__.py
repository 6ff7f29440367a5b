"""What a device answered to a show command, as values."""

from matric.survey.show.commands import COMMANDS, canonical_command
from matric.survey.show.leases import leases
from matric.survey.show.reading import read

__all__ = ("COMMANDS", "canonical_command", "leases", "read")
