"""Approvals that count: of this plan or one with the same commands, proven, and by nobody whose change it is."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from matric import approval, canonical, platform
from matric.approval import approvals, approve, approve_signed, from_forge, missing
from matric.approval.signature import Signers, text_of
from matric.change import proposal
from matric.change.proposal import Proposal
from matric.errors import GateBlocked, StalePlan
from matric.forge import Change, ForgeApproval
from matric.journal import Journal
from matric.plan import Digests, Plan, draft, instant, timestamp
from matric.plan.draft import Setting
from matric.platform.base import Facts, Look
from matric.render import Rendered
from matric.site import Site
from tests.engine.test_signature import NOW, Key, key, listed, public, signed

__all__ = ("key",)

ANY = canonical.digest_of_text("any")
SETTING = Setting(
    digests=Digests(snapshot=ANY, standard=ANY, templates=ANY, policies=ANY),
    author="a.khan",
    made_at=NOW,
    nonce="0" * 32,
    tool="0.1.0",
)
PLATFORMS = {slug: platform.get(slug) for slug in ("eos", "ios")}
LATER = NOW + timedelta(hours=1)
CHANGE = "gitlab:fernhill/network!12"
PAGE = "https://forge.example/12"
HEAD, NEWER = "a" * 40, "b" * 40
Make = Callable[..., Plan]


@pytest.fixture(scope="module")
def make(trust: Site) -> Make:
    """A plan of Oakfield whose devices get one more line, or another."""
    devices = trust.school("oakfield").configured

    @cache
    def made(*, vlan: int = 20, again: int = 0, author: str = "a.khan", changes: bool = True) -> Plan:
        shall = {one.key: f"hostname {one.name}\nvlan {vlan}\n   name pupil\n" for one in devices}
        holds = {one.key: f"hostname {one.name}\nvlan 1\n   name legacy\n" for one in devices} if changes else shall
        setting = replace(SETTING, nonce=f"{again:032}", author=author, made_at=NOW + timedelta(minutes=again))
        looks: dict[str, Look | None] = {
            one.key: Look(Facts("any", "any", one.serial, "any", 1.0), holds[one.key], holds[one.key])
            for one in devices
        }
        rendered = {key: Rendered(key, text, "any.j2", ()) for key, text in shall.items()}
        pins = dict.fromkeys(rendered, ANY)
        return draft.build(trust.school("oakfield"), rendered, looks, platforms=PLATFORMS, pins=pins, setting=setting)

    return made


class StillClock:
    """Half an hour after the plan was made, for as long as it takes."""

    def now(self) -> datetime:
        return NOW + timedelta(minutes=30)

    def monotonic(self) -> float:
        return 0.0

    def sleep(self, seconds: float) -> None:
        del seconds


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    opened = Journal(tmp_path / "state", StillClock())
    yield opened
    opened.close()


@pytest.fixture
def signers(key: Key) -> Signers:
    """Ada (two addresses and a login), Bo and Cy."""
    return listed(
        f"ada@fernhill.example,ada@home.example,adm {public(key('ada'))}",
        f"bo@fernhill.example {public(key('bo'))}",
        f"cy@fernhill.example {public(key('cy'))}",
    )


def records(journal: Journal) -> dict[str, dict[str, Any]]:
    return dict(journal.shelf(approval.KIND).items())


# -- a name, as people at a terminal give it


def test_somebody_else_approves(make: Make, journal: Journal) -> None:
    plan = make()

    approve(journal, plan, "b.jones", NOW, "seen")

    assert missing(journal, plan, NOW) == ()
    assert approval.told(journal, plan) == ("b.jones, 2026-11-25T18:00:00Z: seen",)


@pytest.mark.parametrize("name", ["a.khan", "A.Khan", " a.khan ", "a.khan@fernhill.example", "A Khan"])
def test_nobody_approves_their_own_plan(make: Make, journal: Journal, name: str) -> None:
    with pytest.raises(GateBlocked, match="cannot approve"):
        approve(journal, make(), name, NOW)

    assert missing(journal, make(), NOW)


@pytest.mark.parametrize("name", ["", "  ", "@", "b\njones"])
def test_who_approves_has_a_name(make: Make, journal: Journal, name: str) -> None:
    with pytest.raises(GateBlocked, match="has a name"):
        approve(journal, make(), name, NOW)


def test_one_person_approving_twice_is_one_approval(make: Make, journal: Journal) -> None:
    plan = make()
    for name in ("b.jones", "B.Jones", "b.jones@fernhill.example", "B Jones"):
        approve(journal, plan, name, NOW)

    assert len(approvals(journal, plan, NOW)) == 1
    assert missing(journal, plan, NOW, needed=2)
    approve(journal, plan, "c.brown", NOW)
    assert missing(journal, plan, NOW, needed=2) == ()


def test_a_record_that_cannot_be_read_is_no_approval(make: Make, journal: Journal) -> None:
    plan = make()
    approve(journal, plan, "b.jones", NOW)
    ((name, body),) = records(journal).items()

    for wrong in ({}, {**body, "at": "2026-99-99T00:00:00Z"}, {**body, "format_version": 1}, {**body, "more": 1}):
        journal.shelf(approval.KIND).put(name, wrong)
        assert missing(journal, plan, NOW), wrong


def test_a_plan_of_nothing_is_not_approved(make: Make, journal: Journal) -> None:
    with pytest.raises(GateBlocked, match="nothing to approve"):
        approve(journal, make(changes=False), "b.jones", NOW)


def test_a_plan_that_has_expired_is_not_approved(make: Make, journal: Journal) -> None:
    plan = make()

    with pytest.raises(StalePlan, match="expired"):
        approve(journal, plan, "b.jones", instant(plan.expires_at) + timedelta(seconds=1))


def test_a_typed_name_is_no_proof_where_a_merge_deploys(make: Make, journal: Journal) -> None:
    plan = make()
    approve(journal, plan, "b.jones", NOW)

    (_, reason) = missing(journal, plan, NOW, kinds=approval.PROVEN)

    assert "a typed name is no proof" in reason


# -- what an approval is bound to


def test_an_approval_carries_over_to_a_plan_made_anew_with_the_same_commands(make: Make, journal: Journal) -> None:
    approve(journal, make(), "b.jones", NOW)
    anew = make(again=7)

    assert anew.digest != make().digest
    assert anew.commands == make().commands
    assert missing(journal, anew, LATER) == ()


def test_an_approval_is_none_of_a_plan_that_differs_in_one_line(make: Make, journal: Journal) -> None:
    approve(journal, make(), "b.jones", NOW)
    plan = make(again=7)
    first = plan.devices[0]
    for other in (
        make(again=7, vlan=21),
        plan.model_copy(
            update={"devices": (first.model_copy(update={"diff": f"{first.diff}+x\n"}), *plan.devices[1:])}
        ),
        plan.model_copy(update={"devices": (first.model_copy(update={"serial": "other"}), *plan.devices[1:])}),
        plan.model_copy(update={"devices": (first.model_copy(update={"base_digest": ANY}), *plan.devices[1:])}),
        plan.model_copy(
            update={"devices": (first.model_copy(update={"pin_digest": text_digest()}), *plan.devices[1:])}
        ),
        plan.model_copy(update={"devices": (first.model_copy(update={"target": "x"}), *plan.devices[1:])}),
        plan.model_copy(update={"order": plan.order[1:]}),
        plan.model_copy(update={"budget": plan.budget.model_copy(update={"worst_case_s": 1})}),
        plan.model_copy(update={"order": plan.order[::-1]}),
        plan.model_copy(update={"unit": "device"}),
        plan.model_copy(update={"school": "fernhill"}),
        plan.model_copy(update={"reverts": "20261125-180000-abcd"}),
    ):
        assert missing(journal, other, LATER)


def text_digest() -> str:
    return canonical.digest_of_text("another key")


def test_a_record_that_only_claims_the_same_commands_is_none(make: Make, journal: Journal) -> None:
    """Whoever can write to the state still cannot make the approval of one plan one of another."""
    approve(journal, make(), "b.jones", NOW)
    other = make(vlan=21, again=7)
    ((name, body),) = records(journal).items()

    journal.shelf(approval.KIND).put(name, {**body, "commands": other.commands})
    assert missing(journal, other, LATER)
    assert missing(journal, make(), LATER)

    journal.shelf(approval.PLANS).put(make().digest, other.model_dump(mode="json"))
    assert missing(journal, other, LATER)
    journal.shelf(approval.PLANS).put(make().digest, {"no": "plan"})
    assert missing(journal, other, LATER)


def carried_out(journal: Journal, plan: Plan) -> None:
    run = journal.start(plan, "cutover")
    journal.begin(run, "Stage", plan.order[0], {})
    journal.finish(run, {"word": "all-old", "exit_code": 5})


def test_an_approval_is_used_up_by_the_run_of_its_commands(make: Make, journal: Journal) -> None:
    approve(journal, make(), "b.jones", NOW)
    carried_out(journal, make())

    assert "used up" in missing(journal, make(again=7), LATER)[1]
    approve(journal, make(again=7), "b.jones", LATER)
    assert missing(journal, make(again=7), LATER) == ()


def test_an_approval_that_carried_over_is_used_up_as_well(make: Make, journal: Journal) -> None:
    approve(journal, make(), "b.jones", NOW)
    assert missing(journal, make(again=7), LATER) == ()
    carried_out(journal, make(again=7))

    assert "used up" in missing(journal, make(again=8), LATER)[1]
    assert "used up" in missing(journal, make(), LATER)[1]


def test_the_run_of_a_plan_asks_for_its_own_approval_while_it_runs(make: Make, journal: Journal) -> None:
    plan = make()
    approve(journal, plan, "b.jones", NOW)
    applied = make(again=7).model_copy(update={"reviewed": plan.digest})
    run = journal.start(applied, "cutover")
    journal.begin(run, "Stage", plan.order[0], {})

    assert missing(journal, plan, LATER) == ()


def test_an_approval_from_before_the_plan_was_made_does_not_count(make: Make, journal: Journal) -> None:
    plan = make()
    approve(journal, plan, "b.jones", NOW)
    ((name, body),) = records(journal).items()

    for at in (NOW - timedelta(seconds=1), LATER + timedelta(seconds=1)):
        journal.shelf(approval.KIND).put(name, {**body, "at": timestamp(at)})
        assert "before its plan was made" in missing(journal, plan, LATER)[1]


def test_a_record_copied_to_another_school_is_none_there(make: Make, journal: Journal) -> None:
    approve(journal, make(), "b.jones", NOW)
    ((name, body),) = records(journal).items()
    other = make().model_copy(update={"school": "fernhill"})

    for copied in (
        {**body, "school": "fernhill"},
        {**body, "school": "fernhill", "commands": other.commands},
        {**body, "commands": other.commands},
        {**body, "plan_digest": other.digest},
    ):
        journal.shelf(approval.KIND).put(name.replace("oakfield", "fernhill"), copied)
        assert missing(journal, other, LATER), copied
    journal.shelf(approval.KIND).put(name, {**body, "school": "fernhill"})
    assert any("it is of fernhill" in reason for reason in missing(journal, make(), LATER))


def test_what_was_approved_for_one_folder_is_not_approved_for_another(make: Make, journal: Journal) -> None:
    """After an approval, any project of the change could be planned and applied: runatlantis/atlantis#1508."""
    approve(journal, make(), "b.jones", NOW)

    later_plan = make(vlan=21, again=3, author="b.jones")

    assert missing(journal, later_plan, LATER)
    assert missing(journal, make(), LATER) == ()


# -- whose change it is


@pytest.mark.parametrize(
    "author",
    ["Bo Jones <b.jones@fernhill.example>", "b.jones", "B. JONES", "b.jones+work@elsewhere.example", "Jones B"],
)
def test_nobody_approves_a_change_they_had_a_hand_in(make: Make, journal: Journal, author: str) -> None:
    plan = make(author="pipeline")
    with pytest.raises(GateBlocked, match="is an author of the change"):
        approve(journal, plan, "b.jones", NOW, authors=("Ada", author))
    approve(journal, plan, "b.jones", NOW)

    assert missing(journal, plan, NOW) == ()
    lack, reason = missing(journal, plan, NOW, authors=("Ada", author))

    assert "other than pipeline, Ada" in lack
    assert "is an author of the change" in reason


def test_a_proposal_says_who_the_authors_of_a_plan_are(make: Make, journal: Journal) -> None:
    put(journal, make(author="pipeline"))

    assert approval.authors_of(journal, make(author="pipeline", again=5)) == ("ada@fernhill.example", "dee")
    assert approval.authors_of(journal, make(author="pipeline", vlan=21)) == ()


def test_who_made_the_approved_plan_does_not_approve_it_by_having_it_planned_anew(make: Make, journal: Journal) -> None:
    approve(journal, make(author="ada"), "b.jones", NOW)

    assert missing(journal, make(author="b.jones", again=2), LATER)
    ((name, body),) = records(journal).items()
    journal.shelf(approval.KIND).put(name, {**body, "approver": "Ada", "author": "pipeline"})
    assert "is an author" in missing(journal, make(author="pipeline", again=2), LATER)[1]


# -- signatures


def test_a_signature_by_somebody_else_counts_where_a_merge_deploys(
    make: Make, journal: Journal, key: Key, signers: Signers
) -> None:
    plan = make()
    given = approve_signed(journal, plan, signed(key("bo"), text_of(plan)), "bo@fernhill.example", NOW, signers=signers)

    assert given.kind == "ssh"
    assert missing(journal, plan, LATER, signers=signers, kinds=approval.PROVEN) == ()
    assert missing(journal, make(again=9), LATER, signers=signers, kinds=approval.PROVEN) == ()
    assert missing(journal, make(again=9, vlan=21), LATER, signers=signers, kinds=approval.PROVEN)
    assert approval.told(journal, plan) == ("bo@fernhill.example, 2026-11-25T18:00:00Z, signed",)


def test_a_signature_is_held_against_the_list_as_it_is_now(
    make: Make, journal: Journal, key: Key, signers: Signers
) -> None:
    plan = make()
    approve_signed(journal, plan, signed(key("bo"), text_of(plan)), "bo@fernhill.example", NOW, signers=signers)

    def why(now: Signers) -> str:
        return missing(journal, plan, LATER, signers=now)[1]

    assert "is not in inventory/allowed_signers" in why(listed(f"cy@fernhill.example {public(key('cy'))}"))
    assert "does not hold" in why(listed(f"bo@fernhill.example {public(key('cy'))}"))
    assert "nobody is known who may sign: git fell over" in why(Signers.none("git fell over"))
    assert "was not looked at" in missing(journal, plan, LATER)[1]
    expired = f'bo@fernhill.example valid-before="20261125183000" {public(key("bo"))}'
    assert missing(journal, plan, NOW, signers=listed(expired)) == ()
    assert "expired" in why(listed(expired))
    late = f'bo@fernhill.example valid-after="20261125183000" {public(key("bo"))}'
    assert "not yet valid" in why(listed(late))


@pytest.mark.parametrize(
    "wrong", ["another namespace", "another plan", "another school", "another key", "not listed", "garbage"]
)
def test_a_signature_that_does_not_hold_is_refused_and_is_no_approval(
    make: Make, journal: Journal, key: Key, signers: Signers, wrong: str
) -> None:
    plan = make()
    text, namespace, owner, principal = text_of(plan), "matric-plan", "bo", "bo@fernhill.example"
    if wrong == "another namespace":
        namespace = "git"
    elif wrong == "another plan":
        text = text_of(make(again=1))
    elif wrong == "another school":
        text = text.replace(b"oakfield", b"fernhill")
    elif wrong == "another key":
        owner = "cy"
    elif wrong == "not listed":
        owner, principal = "eve", "eve@fernhill.example"
    made = "garbage" if wrong == "garbage" else signed(key(owner), text, namespace)

    with pytest.raises(GateBlocked, match="not approved"):
        approve_signed(journal, plan, made, principal, NOW, signers=signers)
    assert not records(journal)

    good = approve_signed(journal, plan, signed(key("bo"), text_of(plan)), "bo@fernhill.example", NOW, signers=signers)
    planted = {**good.model_dump(mode="json"), "signature": made, "approver": principal}
    journal.shelf(approval.KIND).put(good.key, planted)
    assert "does not count" in missing(journal, plan, LATER, signers=signers)[1]


@pytest.mark.parametrize("author", ["Ada M. <ADA@fernhill.example>", "ada@home.example", "adm", "Ada"])
def test_an_author_does_not_sign_under_another_of_their_names(
    make: Make, journal: Journal, key: Key, signers: Signers, author: str
) -> None:
    plan = make(author="pipeline")
    made = signed(key("ada"), text_of(plan))

    for principal in ("ada@fernhill.example", "ada@home.example", "adm"):
        with pytest.raises(GateBlocked, match="is an author of the change"):
            approve_signed(journal, plan, made, principal, NOW, signers=signers, authors=(author,))
        given = approve_signed(journal, plan, made, principal, NOW, signers=signers)
        assert missing(journal, plan, NOW, signers=signers, authors=(author,))
        journal.shelf(approval.KIND).drop(given.key)


def test_two_names_of_one_key_are_one_approval(make: Make, journal: Journal, key: Key, signers: Signers) -> None:
    plan = make()
    for principal in ("ada@fernhill.example", "adm"):
        approve_signed(journal, plan, signed(key("ada"), text_of(plan)), principal, NOW, signers=signers)

    assert len(records(journal)) == 2
    assert "1 of 2 approvals" in missing(journal, plan, NOW, needed=2, signers=signers)[0]


def test_a_signature_put_under_another_plan_s_record_proves_nothing(
    make: Make, journal: Journal, key: Key, signers: Signers
) -> None:
    plan, other = make(), make(vlan=21)
    given = approve_signed(journal, plan, signed(key("bo"), text_of(plan)), "bo@fernhill.example", NOW, signers=signers)
    forged = {**given.model_dump(mode="json"), "plan_digest": other.digest, "commands": other.commands}
    journal.shelf(approval.KIND).put("forged", forged)

    assert "does not hold" in missing(journal, other, LATER, signers=signers)[1]


def test_without_ssh_keygen_a_signature_is_no_approval(
    make: Make, journal: Journal, key: Key, signers: Signers, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = make()
    approve_signed(journal, plan, signed(key("bo"), text_of(plan)), "bo@fernhill.example", NOW, signers=signers)
    monkeypatch.setenv("PATH", "/nowhere")

    assert "cannot be verified: ssh-keygen is not installed" in missing(journal, plan, NOW, signers=signers)[1]


# -- the forge's own approval


@dataclass
class Forge:
    """What a forge says of one change."""

    head: str = HEAD
    given: tuple[ForgeApproval, ...] = ()
    by: tuple[str, ...] = ("ada",)
    name: str = "gitlab"

    def change(self, change: str) -> Change:
        return Change(change, "Edge ports", "ada", "edge", "main", self.head, "open", PAGE, is_fork=False)

    def people(self, change: str) -> tuple[str, ...]:
        del change
        return self.by

    def approvals(self, change: str) -> tuple[ForgeApproval, ...]:
        del change
        return self.given

    def uncounted(self, change: str) -> tuple[str, ...]:
        del change
        return ("eve may only read",)


def put(journal: Journal, plan: Plan, head: str = HEAD) -> None:
    """The plan as a reviewed one of the change."""
    one = Proposal(
        change=CHANGE, base="0" * 40, head=head, school=plan.school, plan=plan,
        authors=("ada@fernhill.example", "dee"), state="open", at=plan.made_at,
    )  # fmt: skip
    proposal.put(journal.shelf(proposal.KIND), one)


def asked(journal: Journal, plan: Plan, forge: Forge, **more: Any) -> tuple[approval.Approval, ...]:
    authors = approval.authors_of(journal, plan)
    return from_forge(journal, plan, CHANGE, forge, LATER, authors=authors, **more)  # type: ignore[arg-type]


def by(who: str, head: str = HEAD, at: str = "2026-11-25T18:20:00.123Z") -> ForgeApproval:
    return ForgeApproval(who, at, head)


def test_the_forge_s_approval_of_the_reviewed_head_is_recorded_with_its_evidence(make: Make, journal: Journal) -> None:
    plan = make(author="pipeline")
    put(journal, plan)

    (given,) = asked(journal, plan, Forge(given=(by("bo"),)))

    assert given.at == "2026-11-25T18:20:00Z"
    assert given.evidence["page"] == PAGE
    assert missing(journal, plan, LATER, kinds=approval.PROVEN, head=HEAD) == ()
    assert missing(journal, plan, LATER, kinds=approval.PROVEN) == ()
    assert missing(journal, make(author="pipeline", again=30), LATER, kinds=approval.PROVEN, head=HEAD) == ()


def test_new_commits_drop_the_forge_s_approval(make: Make, journal: Journal) -> None:
    plan = make(author="pipeline")
    put(journal, plan)
    asked(journal, plan, Forge(given=(by("bo"),)))

    assert "the change is at bbbbbbbbbbbb now" in missing(journal, plan, LATER, head=NEWER)[1]
    with pytest.raises(GateBlocked, match="new commits"):
        asked(journal, plan, Forge(head=NEWER, given=(by("bo", NEWER),)))
    put(journal, make(author="pipeline", again=40, vlan=21), NEWER)
    assert "the change is at bbbbbbbbbbbb now" in missing(journal, plan, LATER)[1]


def test_a_forge_s_approval_of_a_change_that_is_not_known_here_is_none(make: Make, journal: Journal) -> None:
    plan = make(author="pipeline")
    put(journal, plan)
    (given,) = asked(journal, plan, Forge(given=(by("bo"),)))
    journal.shelf(proposal.KIND).drop(f"{CHANGE} oakfield")

    assert "is not known" in missing(journal, plan, LATER)[1]
    journal.shelf(approval.KIND).put(given.key, {**given.model_dump(mode="json"), "head": ""})
    assert "is not known" in missing(journal, plan, LATER)[1]


@pytest.mark.parametrize(
    ("given", "why"),
    [
        (by("ada"), "is an author of the change"),
        (by("Dee"), "is an author of the change"),
        (by("bo", NEWER), "approved bbbbbbbbbbbb"),
        (by("bo", at="2026-11-25T17:59:59Z"), "before the plan was made"),
        (by("bo", at="2026-11-25T19:59:59+02:00"), "before the plan was made"),
        (by("bo", at="2026-11-25T18:20:00"), "cannot be told"),
        (by("bo", at="yesterday"), "cannot be told"),
        (by("bo", at="2027-11-25T18:20:00Z"), "cannot be told"),
    ],
)
def test_a_forge_s_approval_that_does_not_count_is_named(
    make: Make, journal: Journal, given: ForgeApproval, why: str
) -> None:
    plan = make(author="pipeline")
    put(journal, plan)

    with pytest.raises(GateBlocked, match="no approval that counts") as refused:
        asked(journal, plan, Forge(given=(given,)))

    assert why in str(refused.value)
    assert "eve may only read" in str(refused.value)
    assert not records(journal)


def test_who_may_not_approve_does_not_though_the_forge_takes_a_click_from_anybody(make: Make, journal: Journal) -> None:
    """Somebody who was no owner approved the policy: runatlantis/atlantis#4243."""
    plan = make(author="pipeline")
    put(journal, plan)

    with pytest.raises(GateBlocked, match="eve may only read"):
        asked(journal, plan, Forge(given=()))


def test_an_approval_taken_back_at_the_forge_is_taken_back_here(make: Make, journal: Journal) -> None:
    plan = make(author="pipeline")
    put(journal, plan)
    asked(journal, plan, Forge(given=(by("bo"), by("cy"))))
    assert missing(journal, plan, LATER, needed=2) == ()

    asked(journal, plan, Forge(given=(by("cy"),)))
    assert [one.approver for one in approvals(journal, plan, LATER)] == ["cy"]
    with pytest.raises(GateBlocked):
        asked(journal, plan, Forge())
    assert missing(journal, plan, LATER)


def test_a_login_and_an_address_of_one_person_are_joined_by_the_list(
    make: Make, journal: Journal, signers: Signers
) -> None:
    plan = make(author="pipeline")
    put(journal, plan)
    forge = Forge(given=(by("adm"),), by=("somebody",))

    with pytest.raises(GateBlocked, match=r"as ada@fernhill\.example"):
        asked(journal, plan, forge, signers=signers)


def test_the_forge_s_approval_is_of_no_plan_that_it_did_not_show(make: Make, journal: Journal) -> None:
    """Kept though the content changed: what was approved is one commit, and the plan that was made of it."""
    put(journal, make(author="pipeline"))

    with pytest.raises(GateBlocked, match="with these commands"):
        asked(journal, make(author="pipeline", vlan=21), Forge(given=(by("bo"),)))
