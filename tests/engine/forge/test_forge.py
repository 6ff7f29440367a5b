"""What matric asks of a forge, on both: the change, its people, approvals, merges, comments, proposals, issues."""

import pytest

from matric.errors import ForgeError, ForgeRefused, ForgeUnavailable, NothingToPropose, UsageError
from matric.forge import COMMENT_LIMIT
from matric.secret import vault
from tests.engine.forge.place import Place

PART = "school-a: 12 switches"


def test_a_change_is_told_as_the_forge_has_it(place: Place) -> None:
    change = place.opened({"templates/edge.j2": "spanning-tree bpduguard enable\n"})

    found = place.forge.change(change)

    assert (found.id, found.title, found.author, found.state) == (change, "Edge ports", "ada", "open")
    assert (found.source_branch, found.target_branch, found.is_fork) == ("edge-ports", "main", False)
    assert found.head == place.head("edge-ports")
    place.merge()
    assert place.forge.change(change).state == "merged"


def test_a_stranger_s_copy_is_told_as_one(place: Place) -> None:
    change = place.opened({"a": "b\n"})
    place.served.state.merges[1].fork = True

    assert place.forge.change(change).is_fork


def test_the_people_of_a_change_are_its_opener_and_all_authors_and_committers(place: Place) -> None:
    change = place.opened({"a": "b\n"})
    base = place.head("edge-ports")
    tree = place.git.tree_with(base, {"c": ("100644", place.git.blob("d"))})
    sha = place.git.commit_tree(tree, (base,), "more", ("Cy", "cy@trust.example"), ("Dee", "dee@trust.example"))
    place.git.point("refs/heads/edge-ports", sha)

    found = place.forge.people(change)

    assert {"ada", "ada@trust.example", "Cy", "cy@trust.example", "Dee", "dee@trust.example"} <= set(found)
    assert "ben" not in found


def test_every_commit_s_people_are_found_however_many_pages_there_are(place: Place) -> None:
    change = place.opened({"a": "0\n"})
    for number in range(260):
        base = place.head("edge-ports")
        tree = place.git.commit(base).tree
        sha = place.git.commit_tree(tree, (base,), f"{number}", (f"Person {number}", f"p{number}@trust.example"))
        place.git.point("refs/heads/edge-ports", sha)

    found = place.forge.people(change)

    assert {f"p{number}@trust.example" for number in range(260)} <= set(found)


def test_a_list_that_comes_short_is_an_error_and_no_shorter_list(place: Place) -> None:
    change = place.opened({"a": "b\n"})
    place.push("edge-ports", {"c": "d\n"})
    place.served.fault("short", "GET .*/commits", times=None)

    with pytest.raises(ForgeUnavailable, match="Do: run again"):
        place.forge.people(change)


def test_an_approval_of_the_head_counts(place: Place) -> None:
    change = place.opened({"a": "b\n"})
    place.approve("ben")

    (given,) = place.forge.approvals(change)

    assert (given.by, given.head) == ("ben", place.head("edge-ports"))
    assert given.at
    assert place.forge.uncounted(change) == ()


def test_an_approval_before_the_last_push_does_not_count_and_says_why(place: Place) -> None:
    change = place.opened({"a": "b\n"})
    place.approve("ben")
    place.push("edge-ports", {"a": "something else\n"})

    assert place.forge.approvals(change) == ()
    (why,) = place.forge.uncounted(change)
    assert "ben" in why
    assert "head" in why


@pytest.mark.parametrize("role", ["read", "none"])
def test_an_approval_by_somebody_who_may_not_write_does_not_count(place: Place, role: str) -> None:
    change = place.opened({"a": "b\n"})
    place.served.person("stranger", role)
    place.approve("stranger")
    place.served.person("stranger", role)

    assert place.forge.approvals(change) == ()
    assert "stranger" in place.forge.uncounted(change)[0]


def test_nobody_s_approval_counts_while_their_standing_cannot_be_asked(place: Place) -> None:
    change = place.opened({"a": "b\n"})
    place.approve("ben")
    place.served.fault("status", "GET .*/(members/all|collaborators)/", status=403, times=None)

    with pytest.raises(ForgeRefused):
        place.forge.approvals(change)


def test_a_merge_leads_to_its_change_and_a_commit_of_no_merge_to_none(place: Place) -> None:
    change = place.opened({"a": "b\n"})
    middle = place.head("edge-ports")
    place.push("edge-ports", {"c": "d\n"})

    merged = place.merge()

    assert place.forge.change_of(merged) == change
    assert place.forge.change_of(middle) is None
    assert place.forge.change_of(place.push("main", {"direct": "push\n"})) is None


@pytest.mark.parametrize("squash", [True, False])
def test_a_merge_by_squash_or_without_a_merge_commit_leads_to_its_change_too(place: Place, *, squash: bool) -> None:
    change = place.opened({"a": "b\n"})
    linear = "ff" if place.gitlab else "rebase"

    assert place.forge.change_of(place.merge(method="squash" if squash else linear)) == change


def test_a_commit_the_forge_does_not_know_is_an_error_and_not_without_a_change(place: Place) -> None:
    with pytest.raises(ForgeRefused):
        place.forge.change_of("0" * 40)
    with pytest.raises(UsageError):
        place.forge.change_of("main")


# ---- the one comment ----


def test_the_comment_is_one_and_is_changed_in_place(place: Place) -> None:
    change = place.opened({"a": "b\n"})

    first = place.forge.comment(change, "review", [PART])
    again = place.forge.comment(change, "review", [f"{PART}, changed"])

    assert first == again
    (body,) = place.comments()
    assert body == f"<!-- matric:review part 1 -->\n{PART}, changed"


def test_the_same_comment_again_writes_nothing(place: Place) -> None:
    change = place.opened({"a": "b\n"})
    place.forge.comment(change, "review", [PART, "two"])
    before = place.writes()

    place.forge.comment(change, "review", [PART, "two"])

    assert place.writes() == before


def test_parts_come_and_go_and_other_markers_stay(place: Place) -> None:
    change = place.opened({"a": "b\n"})
    place.forge.comment(change, "deploy", ["another"])

    assert len(place.forge.comment(change, "review", ["one", "two", "three"])) == 3
    place.forge.comment(change, "review", ["one"])

    assert [body.partition("\n")[2] for body in place.comments()] == ["another", "one"]


def test_a_stranger_s_comment_with_our_marker_is_never_touched(place: Place) -> None:
    change = place.opened({"a": "b\n"})
    forged = "<!-- matric:review part 1 -->\nall is well"
    place.served.state.comment(place.served.state.merges[1], place.ben, forged)

    place.forge.comment(change, "review", [PART])
    place.forge.comment(change, "review", [f"{PART}!"])

    assert place.comments()[0] == forged
    assert len(place.comments()) == 2


def test_our_comment_is_found_behind_many_others(place: Place) -> None:
    change = place.opened({"a": "b\n"})
    place.forge.comment(change, "review", [PART])
    merge = place.served.state.merges[1]
    for number in range(230):
        place.served.state.comment(merge, place.ben, f"remark {number}")
    merge.comments.append(merge.comments.pop(0))

    place.forge.comment(change, "review", ["new"])

    assert len(merge.comments) == 231


def test_a_part_that_is_too_long_is_an_error_of_the_program(place: Place) -> None:
    change = place.opened({"a": "b\n"})

    with pytest.raises(ValueError, match="part 2"):
        place.forge.comment(change, "review", ["short", "x" * (COMMENT_LIMIT[place.forge.name] + 1)])
    with pytest.raises(ValueError, match="at least one"):
        place.forge.comment(change, "review", [])
    assert place.comments() == []


def test_a_part_as_long_as_there_is_room_is_taken(place: Place) -> None:
    change = place.opened({"a": "b\n"})

    place.forge.comment(change, "review", ["x" * place.forge.room])

    assert len(place.comments()) == 1


@pytest.mark.parametrize("marker", ["", "a-->b", "two\nlines", "x" * 300, "<b>", "a--b"])
def test_a_marker_that_could_end_its_comment_is_refused(place: Place, marker: str) -> None:
    change = place.opened({"a": "b\n"})

    with pytest.raises(ValueError, match="marker"):
        place.forge.comment(change, marker, ["text"])


# ---- proposals ----

SNAPSHOT = "inventory/snapshot/vlans.json"


def propose(place: Place, files: dict[str, str | None], title: str = "New snapshot") -> str:
    found: str = place.forge.propose("matric/snapshot", "main", title, "NetBox has moved.", files, "Snapshot of NetBox")
    return found


def test_a_proposal_is_a_branch_with_one_commit_and_a_change(place: Place) -> None:
    change = propose(place, {SNAPSHOT: "vlan 20\n", "new/deep/file": "text\n", "README": None})

    assert change == place.id(1)
    head = place.head("matric/snapshot")
    assert place.git.commit(head).parents == (place.head("main"),)
    assert place.git.text(head, SNAPSHOT) == "vlan 20\n"
    assert place.git.text(head, "new/deep/file") == "text\n"
    assert place.git.text(head, "README") is None
    assert place.forge.change(change).title == "New snapshot"


def test_the_same_proposal_again_changes_nothing(place: Place) -> None:
    propose(place, {SNAPSHOT: "vlan 20\n"})
    head, before = place.head("matric/snapshot"), place.writes()

    assert propose(place, {SNAPSHOT: "vlan 20\n"}) == place.id(1)

    assert place.head("matric/snapshot") == head
    assert place.writes() == before


def test_another_content_moves_the_branch_and_updates_the_change(place: Place) -> None:
    propose(place, {SNAPSHOT: "vlan 20\n", "gone": "later\n"})

    assert propose(place, {SNAPSHOT: "vlan 30\n"}, "Newer snapshot") == place.id(1)

    head = place.head("matric/snapshot")
    assert place.git.text(head, SNAPSHOT) == "vlan 30\n"
    assert place.git.text(head, "gone") is None
    assert place.git.commit(head).parents == (place.head("main"),)
    assert place.forge.change(place.id(1)).title == "Newer snapshot"


def test_a_target_that_moved_in_these_files_is_proposed_to_anew(place: Place) -> None:
    propose(place, {SNAPSHOT: "vlan 20\n"})
    main = place.push("main", {SNAPSHOT: "vlan 15\n"})

    propose(place, {SNAPSHOT: "vlan 20\n"})

    assert place.git.commit(place.head("matric/snapshot")).parents == (main,)


def test_a_proposal_merged_and_undone_can_be_made_again(place: Place) -> None:
    propose(place, {SNAPSHOT: "vlan 20\n"})
    place.served.state.merges[1].remove_source = False
    place.merge()
    place.push("main", {SNAPSHOT: "vlan 10\n"})

    assert propose(place, {SNAPSHOT: "vlan 20\n"}) == place.id(2)

    assert place.git.commit(place.head("matric/snapshot")).parents == (place.head("main"),)


def test_what_the_target_holds_already_is_not_proposed(place: Place) -> None:
    with pytest.raises(NothingToPropose):
        propose(place, {SNAPSHOT: "vlan 10\n", "not/there": None})

    assert place.writes() == []


@pytest.mark.parametrize(
    "branch", ["main", "feature", "matric", "matric/", "matric/../main", "matric//x", "refs/heads/matric/x"]
)
def test_no_branch_but_matric_s_own_is_ever_written(place: Place, branch: str) -> None:
    with pytest.raises(UsageError, match="matric/"):
        place.forge.propose(branch, "main", "t", "b", {"a": "b"}, "m")

    assert place.served.seen == []


def test_a_colleague_s_commit_on_our_branch_is_not_undone(place: Place) -> None:
    propose(place, {SNAPSHOT: "vlan 20\n"})
    theirs = place.push("matric/snapshot", {"note": "wait\n"}, by="ben")

    with pytest.raises(ForgeRefused, match="somebody else has pushed"):
        propose(place, {SNAPSHOT: "vlan 30\n"})

    assert place.head("matric/snapshot") == theirs


def test_a_file_that_holds_a_secret_s_value_is_not_proposed(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORGE_TEST_KEY", "s3cret-value-of-a-key")
    value = vault().get("env:FORGE_TEST_KEY")

    with pytest.raises(ForgeError, match="holds the value of a secret") as caught:
        propose(place, {SNAPSHOT: f"key {value}\n"})

    assert value not in str(caught.value)
    assert place.writes() == []


# ---- issues ----


def test_an_issue_is_one_per_marker_and_is_updated(place: Place) -> None:
    first = place.forge.raise_issue("drift school-a ntp", "NTP differs", "on 3 switches")
    again = place.forge.raise_issue("drift school-a ntp", "NTP differs", "on 4 switches")
    other = place.forge.raise_issue("drift school-a ntp2", "Another", "cause")

    assert first == again != other
    assert [one.title for one in place.served.state.issues.values()] == ["NTP differs", "Another"]
    assert "on 4 switches" in place.served.state.issues[1].body


def test_an_issue_that_people_closed_is_not_opened_again_but_raised_anew(place: Place) -> None:
    first = place.forge.raise_issue("drift", "NTP differs", "on 3 switches")
    place.served.state.issues[1].state = "closed"

    assert place.forge.raise_issue("drift", "NTP differs", "on 3 switches") != first
    assert place.served.state.issues[1].state == "closed"


def test_a_stranger_s_issue_with_our_marker_is_left_alone(place: Place) -> None:
    place.served.state.issue(place.ben, "mine", "<!-- matric:drift -->\nforged")

    place.forge.raise_issue("drift", "NTP differs", "on 3 switches")

    assert place.served.state.issues[1].title == "mine"


@pytest.mark.parametrize("change", ["gitlab:other/project!1", "github:other/repo#1", "git:branch", "12", ""])
def test_a_change_of_another_project_is_no_change_here(place: Place, change: str) -> None:
    with pytest.raises(UsageError, match="is no change here"):
        place.forge.change(change)
