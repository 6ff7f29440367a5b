"""What has been done, durably: the journal's book, its records beside the events, and where they are kept."""

from matric.journal.book import LEASE, Event, Holder, Journal, Run, RunRecord, Shelf

__all__ = ("LEASE", "Event", "Holder", "Journal", "Run", "RunRecord", "Shelf")
