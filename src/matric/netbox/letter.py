"""Letters to NetBox: written on the journal's shelf when a run has ended, sent when NetBox is there, each once.

A letter is marked as tried, durably, before it is sent. One that is found so has perhaps arrived: it is looked for at
NetBox before it is sent again. What NetBox calls each request is kept, so that matric knows its own writes again.
Letters hold no secret, and are written with a token of their own that reads no snapshot.
"""

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from pydantic import ValidationError

from matric.clock import Clock, system
from matric.cutover.outcome import Outcome
from matric.errors import JournalError, MatricError, UsageError
from matric.journal import process
from matric.netbox.client import Client
from matric.netbox.note import Letter, of_run
from matric.netbox.note import under_way as on_its_way
from matric.netbox.reading import CHANGES, version
from matric.netbox.transport import ChangedError, InvalidError, Limits
from matric.plan import Plan, instant, nonce, timestamp
from matric.secret import redact, vault

if TYPE_CHECKING:
    from matric.journal import Journal, RunRecord
    from matric.journal.book import Shelf

__all__ = ("Sent", "deliver", "ended", "known", "send", "under_way", "write", "writer")

KIND = "letter"
"""The shelf's kind."""
ROUND = "letter-round"
"""The shelf that says who is sending."""
LONGEST_ROUND = timedelta(minutes=10)
KEPT = timedelta(days=400)
"""How long a sent letter is remembered: longer than NetBox keeps its change log (90 days unless set otherwise)."""
TOKEN = "MATRIC_NETBOX_WRITE_TOKEN"  # noqa: S105 - the name of a variable
ENTRIES = "extras/journal-entries/"
FAR = {"planned": 0, "staging": 1, "active": 2}
"""A school goes forward only; a status that is not here is a person's decision and stays."""
PATIENCE = Limits(connect_s=5, read_s=30, tries=2, total_s=20)
"""A run does not wait long for a NetBox that is away."""


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of the letters."""

    sent: int
    kept: int
    """Still on the shelf, for later."""
    refused: int
    """NetBox will not have them: each is named in ``why``."""
    why: tuple[str, ...] = ()
    """Why letters are kept or refused, in sentences."""


# ---------------------------------------------------------------------------------------------------------------------
# Writing them


def write(journal: "Journal", record: "RunRecord", outcome: Outcome, plan: Plan, now: datetime) -> None:
    """Put what NetBox is to hear of a run on the shelf; done twice it is done once."""
    _put_new(journal, of_run(record, outcome, plan, now))


def under_way(journal: "Journal", plan: Plan, now: datetime) -> None:
    """Put on the shelf that the school of *plan* goes from planned to staging: the plan is merged, or begun."""
    if not plan.reverts:
        _put_new(journal, (on_its_way(plan, now),))


def _put_new(journal: "Journal", letters: Iterable[Letter]) -> None:
    shelf = journal.shelf(KIND)
    for letter in letters:
        if shelf.get(letter.key) is None:
            shelf.put(letter.key, letter.model_dump(mode="json"))


def _letters(journal: "Journal") -> list[Letter]:
    """Every letter, in the order in which they were written."""
    return sorted((_read(*item) for item in journal.shelf(KIND).items()), key=lambda one: (one.at, one.about, one.key))


def _read(key: str, body: dict[str, Any]) -> Letter:
    try:
        return Letter.model_validate(body)
    except ValidationError as error:
        raise JournalError(f"letter {key!r} cannot be read. Do: use the matric that wrote it") from error


def known(journal: "Journal") -> frozenset[str]:
    """What NetBox calls the requests that matric made itself: their changes are no edits."""
    return frozenset(one.request_id for one in _letters(journal) if one.request_id)


# ---------------------------------------------------------------------------------------------------------------------
# Sending them


def writer(env: Mapping[str, str], ca: Path | None = None, clock: Clock | None = None) -> Client | None:
    """The NetBox that *env* names, with the token for writing; None where it names no such token."""
    url, token = env.get("MATRIC_NETBOX_URL", ""), env.get(TOKEN, "")
    if not url or not token:
        return None
    if token == env.get("MATRIC_NETBOX_TOKEN", ""):
        raise UsageError(f"{TOKEN} is the token that reads. Do: give writing a token, and a user, of its own")
    vault(env=env.get).get(f"env:{TOKEN}")  # from now on it is known, and taken out of whatever is printed
    named = env.get("MATRIC_NETBOX_CA", "")
    return Client(url, token, ca=ca or (Path(named) if named else None), limits=PATIENCE, clock=clock)


def ended(
    journal: "Journal", run_id: str, outcome: Outcome, env: Mapping[str, str], clock: Clock | None = None
) -> Sent | None:
    """A run has ended: its letters are written, and they and those that were left are sent. None where *env* names no
    NetBox that is to hear. No MatricError leaves it: how the run ended does not hang on who hears of it.
    """
    if not (env.get("MATRIC_NETBOX_URL") and env.get(TOKEN)):
        return None
    clock = clock or system()
    try:
        write(journal, journal.run(run_id), outcome, journal.plan(run_id), clock.now())
    except MatricError as error:
        return Sent(0, 0, 0, (redact(f"run {run_id}: NetBox will not hear of it: {error}"),))
    return deliver(journal, env, clock)


def deliver(journal: "Journal", env: Mapping[str, str], clock: Clock | None = None) -> Sent:
    """``send`` to the NetBox that *env* names. Whatever stands in the way, the letters stay and the reason is told."""
    why: tuple[str, ...] = ()
    try:
        client = writer(env, clock=clock or system())
        if client is not None:
            with client:
                return send(journal, client)
    except MatricError as error:
        why = (redact(str(error)),)
    try:
        return _counted(journal, 0, why)
    except MatricError as error:
        return Sent(0, 0, 0, (*why, redact(str(error))))


def send(journal: "Journal", client: Client, *, again: bool = False) -> Sent:
    """Send every letter that waits, oldest first; *again* also those that were refused.

    A NetBox that is away, or will not let the token in, ends the round and keeps the rest.
    """
    shelf = journal.shelf(ROUND)
    me = nonce()
    if not _begin(shelf, me, client.clock.now()):
        return _counted(journal, 0, ("another process is sending them. Do: nothing, or try again in ten minutes",))
    try:
        return _send(journal, client, again=again)
    finally:
        if (shelf.get(ROUND) or {}).get("by") == me:
            shelf.drop(ROUND)


def _begin(shelf: "Shelf", me: str, now: datetime) -> bool:
    """True where nobody else is sending."""
    held = shelf.get(ROUND)
    if held is not None:
        by = process.Process(**held["process"])
        if now - instant(held["at"]) < LONGEST_ROUND and not by.dead:
            return False
    mine = {"at": timestamp(now), "by": me, "process": dataclasses.asdict(process.this())}
    return shelf.swap(ROUND, held, mine)


def _send(journal: "Journal", client: Client, *, again: bool) -> Sent:
    letters = _letters(journal)
    _prune(journal.shelf(KIND), letters, client.clock.now())
    wanted = ("waiting", "tried", "refused") if again else ("waiting", "tried")
    waiting = [one for one in letters if one.state in wanted]
    work = _Round(client, journal.shelf(KIND))
    why: list[str] = []
    try:
        if waiting:
            version(client)
        for about in dict.fromkeys((one.about, one.school) for one in waiting):
            work.group([one for one in waiting if (one.about, one.school) == about])
    except MatricError as error:
        if isinstance(error, JournalError):
            raise
        why.append(redact(str(error)))
        work.explain([one for one in waiting if one.key not in work.done], why[0])
    return _counted(journal, work.sent, tuple(why))


def _prune(shelf: "Shelf", letters: list[Letter], now: datetime) -> None:
    for one in letters:
        if one.state == "sent" and now - instant(one.at) > KEPT:
            shelf.drop(one.key)


def _counted(journal: "Journal", sent: int, why: tuple[str, ...]) -> Sent:
    letters = _letters(journal)
    refused = [one for one in letters if one.state == "refused"]
    kept = [one for one in letters if one.state in ("waiting", "tried")]
    words = [*why, *(f"{one.thing}, run {one.about}: refused: {one.why}" for one in refused)]
    words += [one.why for one in kept if one.why]
    return Sent(sent, len(kept), len(refused), tuple(dict.fromkeys(words)))


@dataclass
class _Round:
    """One round of sending."""

    client: Client
    shelf: "Shelf"
    sent: int = 0
    done: set[str] = field(default_factory=set[str])
    """Letters that need no more sending: sent or refused."""

    def group(self, letters: list[Letter]) -> None:
        """The letters of one run: its entries in one request, then how far the school is."""
        school = letters[0].school
        site = next((row for row in self.client.rows("dcim/sites/", slug=school) if row["slug"] == school), None)
        if site is None:
            for one in letters:
                self._refused(one, f"NetBox has no site {school}")
            return
        self._entries([one for one in letters if one.kind], site)
        for one in letters:
            if one.status:
                self._status(one, int(site["id"]))

    def explain(self, letters: list[Letter], why: str) -> None:
        """Keep *letters*, with the reason."""
        for one in letters:
            body = self.shelf.get(one.key)
            if body is not None:
                self._put(_read(one.key, body), why=why)

    # Journal entries.

    def _entries(self, letters: list[Letter], site: dict[str, Any]) -> None:
        places: dict[str, tuple[str, int]] = {}
        devices = self._devices(str(site["slug"])) if any(one.device for one in letters) else {}
        for one in letters:
            if not one.device:
                places[one.key] = ("dcim.site", int(site["id"]))
            elif one.device in devices:
                places[one.key] = ("dcim.device", devices[one.device])
            else:
                self._refused(one, f"NetBox has no device {one.device} at {one.school}")
        unsent = [one for one in letters if one.key in places and not self._arrived(one, *places[one.key])]
        if not unsent:
            return
        try:
            self._create(unsent, places)
        except ChangedError:
            raise
        except InvalidError as error:
            # Nothing of it was written; one by one shows which it will not have.
            for one in unsent:
                try:
                    self._create([one], places) if len(unsent) > 1 else self._refused(one, str(error))
                except InvalidError as own:
                    self._refused(one, str(own))

    def _devices(self, school: str) -> dict[str, int]:
        """Name -> id now: a device that was made anew has another id than the plan knew."""
        rows = self.client.rows("dcim/devices/", site=school, fields="id,name,site")
        return {str(row["name"]): int(row["id"]) for row in rows if row["site"]["slug"] == school}

    def _create(self, letters: list[Letter], places: Mapping[str, tuple[str, int]]) -> None:
        """One request, all of it or nothing."""
        given: list[dict[str, Any]] = []
        for one in letters:
            kind, key = places[one.key]
            given.append({"assigned_object_type": kind, "assigned_object_id": key, "kind": one.kind,
                          "comments": one.text, "changelog_message": one.message})  # fmt: skip
        tried = [self._put(one, state="tried") for one in letters]
        try:
            _, request_id = self.client.written("POST", ENTRIES, given)
        except InvalidError:
            for one in tried:
                self._put(one, state="waiting")
            raise
        for one in tried:
            self._sent(one, request_id)

    def _arrived(self, letter: Letter, kind: str, key: int) -> bool:
        """Whether an entry that was tried is there; then it is sent."""
        if letter.state != "tried":
            return False
        rows = self.client.rows(ENTRIES, assigned_object_type=kind, assigned_object_id=key)
        found = [
            row
            for row in rows
            if (row["assigned_object_type"], row["assigned_object_id"]) == (kind, key)
            and str(row["comments"]).rstrip().endswith(letter.mark)
        ]
        if found:
            self._sent(letter, self._request_of("extras.journalentry", int(found[0]["id"]), letter.message))
        return bool(found)

    def _request_of(self, model: str, key: int, message: str) -> str:
        """What NetBox calls the request of matric's that changed the object; empty where its log no longer says."""
        rows = self.client.rows(CHANGES, changed_object_type=model, changed_object_id=key)
        ours = (
            str(row["request_id"])
            for row in rows
            if (row["changed_object_type"], row["changed_object_id"]) == (model, key) and row["message"] == message
        )
        return next(ours, "")

    # How far the school is.

    def _status(self, letter: Letter, key: int) -> None:
        path = f"dcim/sites/{key}/"
        site, mark = self.client.marked(path)
        status: Any = site.get("status")
        now = str(cast("dict[str, Any]", status).get("value")) if isinstance(status, dict) else ""
        if now not in FAR or FAR[now] >= FAR[letter.status]:
            tried = letter.state == "tried"
            self._sent(letter, self._request_of("dcim.site", key, letter.message) if tried else "")
            return
        tried_one = self._put(letter, state="tried")
        try:
            given = {"status": letter.status, "changelog_message": letter.message}
            _, request_id = self.client.written("PATCH", path, given, only_at=mark)
        except ChangedError:
            self._put(tried_one, state="waiting")
            raise
        except InvalidError as error:
            self._refused(tried_one, str(error))
            return
        self._sent(tried_one, request_id)

    # The shelf.

    def _put(self, letter: Letter, **changes: Any) -> Letter:
        changed = letter.model_copy(update=changes)
        self.shelf.put(changed.key, changed.model_dump(mode="json"))
        return changed

    def _sent(self, letter: Letter, request_id: str) -> None:
        self._put(letter, state="sent", request_id=request_id, text="", why="")
        self.sent += 1
        self.done.add(letter.key)

    def _refused(self, letter: Letter, why: str) -> None:
        self._put(letter, state="refused", why=redact(why))
        self.done.add(letter.key)
