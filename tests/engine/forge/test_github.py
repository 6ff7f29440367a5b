"""What is GitHub's alone: the last word of a reviewer, who a workflow's token is, more commits than it lists."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from matric.errors import ForgeRefused, ForgeUnavailable, UsageError
from matric.forge import connect
from matric.forge.github import GitHub
from tests.engine.forge.place import TOKEN, Place, Waits, client, prepared

WORKFLOW = {"GITHUB_REPOSITORY": "trust/network", "GITHUB_TOKEN": TOKEN}


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    with prepared("github", tmp_path).start() as served:
        waits = Waits()
        yield Place(served, client(served, waits), waits)


@pytest.mark.parametrize(("words", "counts"), [
    (["approved"], True),
    (["approved", "commented"], True),
    (["approved", "changes_requested"], False),
    (["approved", "dismissed"], False),
    (["dismissed"], False),
    (["changes_requested", "approved"], True),
    (["commented"], False),
    (["changes_requested"], False),
])  # fmt: skip
def test_the_last_word_of_a_reviewer_decides(place: Place, words: list[str], *, counts: bool) -> None:
    change = place.opened({"a": "b\n"})
    for word in words:
        place.approve("ben", state=word)

    assert [one.by for one in place.forge.approvals(change)] == (["ben"] if counts else [])
    assert bool(place.forge.uncounted(change)) == (not counts and bool({"approved", "dismissed"} & set(words)))


def test_an_approval_of_another_commit_than_the_head_names_both(place: Place) -> None:
    change = place.opened({"a": "b\n"})
    old = place.head("edge-ports")
    place.approve("ben")
    new = place.push("edge-ports", {"a": "c\n"})

    (why,) = place.forge.uncounted(change)

    assert old[:12] in why
    assert new[:12] in why


def test_each_person_approves_once(place: Place) -> None:
    change = place.opened({"a": "b\n"})
    for _twice in range(2):
        place.approve("ben")

    assert len(place.forge.approvals(change)) == 1


def test_a_workflow_s_own_token_knows_its_comments_though_it_may_not_ask_who_it_is(tmp_path: Path) -> None:
    with prepared("github", tmp_path, actions=True).start() as served:
        waits = Waits()
        place = Place(served, client(served, waits), waits)
        change = place.opened({"a": "b\n"})
        place.served.state.comment(place.served.state.merges[1], place.ben, "<!-- matric:review part 1 -->\nforged")

        first = place.forge.comment(change, "review", ["one"])

        assert place.forge.comment(change, "review", ["two"]) == first
        assert len(place.comments()) == 2


def test_a_wrong_token_is_not_taken_for_a_workflow_s(place: Place) -> None:
    place.served.state.people["matric-bot"].token = "another"

    with pytest.raises(ForgeRefused, match="valid token"):
        place.forge.comment(place.id(1), "review", ["one"])

    assert not place.served.asked("POST", "graphql")


def test_a_comment_that_is_missing_from_the_list_is_an_error_and_no_second_comment(place: Place) -> None:
    change = place.opened({"a": "b\n"})
    place.forge.comment(change, "review", ["one"])
    place.served.fault("short", "GET .*/comments", times=None)

    with pytest.raises(ForgeUnavailable, match="counted"):
        place.forge.comment(change, "review", ["two"])

    assert len(place.comments()) == 1


def test_a_tree_that_github_cuts_is_an_error(place: Place) -> None:
    place.served.fault("status", "GET .*/git/trees", status=200,
                       body={"sha": "1", "url": "u", "tree": [], "truncated": True}, times=None)  # fmt: skip

    with pytest.raises(ForgeUnavailable, match="too large"):
        place.forge.propose("matric/x", "main", "t", "b", {"a": "c\n"}, "m")


def test_a_file_keeps_its_mode(place: Place) -> None:
    main = place.head("main")
    tree = place.git.tree_with(main, {"run": ("100755", place.git.blob("#!/bin/sh\n"))})
    place.git.point("refs/heads/main", place.git.commit_tree(tree, (main,), "run", place.ada.who))

    place.forge.propose("matric/x", "main", "t", "b", {"run": "#!/bin/bash\n"}, "m")

    rows = place.git.tree(place.head("matric/x")) or ()
    assert [row.mode for row in rows if row.path == "run"] == ["100755"]


def test_a_workflow_s_own_variables_are_enough(place: Place) -> None:
    change = place.opened({"a": "b\n"})

    assert connect({**WORKFLOW, "GITHUB_API_URL": place.served.url}).change(change).author == "ada"


@pytest.mark.parametrize("lacking", ["GITHUB_TOKEN", "GITHUB_REPOSITORY"])
def test_what_is_not_set_is_named(lacking: str) -> None:
    env = dict(WORKFLOW)
    del env[lacking]

    with pytest.raises(UsageError, match=lacking):
        connect(env)


@pytest.mark.parametrize("address", ["http://github.example", "github.example", "https://u:p@github.example"])
def test_no_token_goes_where_it_could_be_read(address: str) -> None:
    with pytest.raises(UsageError):
        GitHub(address, "trust/network", TOKEN)


@pytest.mark.parametrize("project", ["", "network", "a/b/c", "../x", "a b/c"])
def test_what_is_no_repository_is_refused(project: str) -> None:
    with pytest.raises(UsageError, match="OWNER/REPOSITORY"):
        GitHub("https://api.github.com", project, TOKEN)


def test_a_missing_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "github", None)

    with pytest.raises(UsageError, match=r"pip install 'matric\[forge\]'"):
        GitHub("https://api.github.com", "trust/network", TOKEN)
