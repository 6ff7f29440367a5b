"""What has been done, durably: the journal's book, its records beside the events, and where they are kept."""

from matric.journal.book import LEASE, Event, Holder, Journal, Run, RunRecord, Shelf
from matric.journal.state import in_database, open_state

__all__ = ("LEASE", "Event", "Holder", "Journal", "Run", "RunRecord", "Shelf", "in_database", "open_state")
