"""What is GitLab's alone: quick actions, times of approvals, its headers, its variables in a pipeline."""

import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from matric.errors import ForgeRefused, ForgeUnavailable, UsageError
from matric.forge import connect
from matric.forge.gitlab import GitLab, from_environment, without_actions
from matric.lab.forge import GitLab as Api
from tests.engine.forge.place import TOKEN, Place, Waits, client, prepared

PIPELINE = {"GITLAB_CI": "true", "CI_PROJECT_PATH": "trust/network", "MATRIC_FORGE_TOKEN": TOKEN}


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    with prepared("gitlab", tmp_path).start() as served:
        waits = Waits()
        yield Place(served, client(served, waits), waits)


@pytest.mark.parametrize("text", ["/merge", "  /approve", "text\n/close", "> /merge", "a\r\n/merge\r\n", "\t/label ~x"])
def test_no_line_of_ours_is_one_of_gitlab_s_quick_actions(place: Place, text: str) -> None:
    change = place.opened({"a": "b\n"})

    place.forge.comment(change, "review", [text])
    place.forge.raise_issue("drift", "t", text)
    place.forge.propose("matric/x", "main", "t", text, {"a": "c\n"}, "m")

    said = [*place.comments(), place.served.state.issues[1].body, place.served.state.merges[2].body]
    for body in said:
        assert not [line for line in body.splitlines() if line.lstrip(" \t>").startswith("/")]


def test_a_path_within_a_line_stays_as_it_is() -> None:
    assert without_actions("see /etc/hosts\n10.0.0.0/8\n// no word") == "see /etc/hosts\n10.0.0.0/8\n// no word"


def test_an_approval_without_a_time_does_not_count(place: Place) -> None:
    change = place.opened({"a": "b\n"})
    place.approve("ben")
    api = place.served.api
    assert isinstance(api, Api)
    api.tells_approved_at = False

    assert place.forge.approvals(change) == ()
    assert "does not say when" in place.forge.uncounted(change)[0]


def test_an_approval_at_the_moment_of_the_push_does_not_count(place: Place) -> None:
    change = place.opened({"a": "b\n"})
    place.approve("ben")
    merge = place.served.state.merges[1]
    merge.reviews[0].at = merge.versions[-1].at

    assert place.forge.approvals(change) == ()
    merge.reviews[0].at += timedelta(milliseconds=1)
    assert len(place.forge.approvals(change)) == 1


def test_a_head_pushed_again_after_another_needs_a_new_approval(place: Place) -> None:
    change = place.opened({"a": "b\n"})
    first = place.head("edge-ports")
    place.approve("ben")
    place.push("edge-ports", {"a": "evil\n"})
    place.forge.change(change)
    place.git.point("refs/heads/edge-ports", first)

    assert place.forge.change(change).head == first
    assert place.forge.approvals(change) == ()


def test_versions_that_lag_behind_the_head_count_no_approval(place: Place) -> None:
    change = place.opened({"a": "b\n"})
    place.approve("ben")
    place.served.fault("status", "GET .*/versions", status=200, body=[], times=None)

    assert place.forge.approvals(change) == ()
    assert "cannot be told" in place.forge.uncounted(change)[0]


def test_pages_that_skip_one_are_an_error(place: Place) -> None:
    change = place.opened({"a": "b\n"})
    place.served.fault("status", "GET .*/notes", status=200, body=[], headers={"X-Next-Page": "3"}, times=None)

    with pytest.raises(ForgeUnavailable, match="do not follow each other"):
        place.forge.comment(change, "review", ["x"])


def test_two_changes_with_one_merge_are_told_apart_by_the_default_branch(place: Place) -> None:
    place.push("develop", {"x": "y\n"})
    place.push("edge-ports", {"a": "b\n"})
    state = place.served.state
    state.open_merge(place.ada, "edge-ports", "develop", "First", "")
    came = place.merge(1)
    state.open_merge(place.ada, "develop", "main", "Second", "")
    place.merge(2, "ff")

    assert place.head("main") == came
    assert place.forge.change_of(came) == place.id(2)


def test_a_merge_that_gitlab_has_not_written_down_yet_is_waited_for(place: Place) -> None:
    change = place.opened({"a": "b\n"})
    merged = place.merge()
    place.served.fault("status", "GET .*/commits/.*/merge_requests", status=200, body=[], times=2)

    assert place.forge.change_of(merged) == change
    assert place.waits.slept == [2.0, 5.0]


@pytest.mark.parametrize("more", [{"CI_SERVER_URL": "{url}"}, {"CI_API_V4_URL": "{url}/api/v4"}])
def test_a_pipeline_s_own_variables_are_enough(place: Place, more: dict[str, str]) -> None:
    change = place.opened({"a": "b\n"})
    address = {name: value.format(url=place.served.url) for name, value in more.items()}

    assert connect({**PIPELINE, **address}).change(change).author == "ada"


@pytest.mark.parametrize("lacking", ["CI_SERVER_URL", "CI_PROJECT_PATH", "MATRIC_FORGE_TOKEN"])
def test_what_is_not_set_is_named(lacking: str) -> None:
    env = {**PIPELINE, "CI_SERVER_URL": "https://gitlab.example"}
    del env[lacking]

    with pytest.raises(UsageError, match=lacking):
        connect(env)


def test_a_job_s_own_token_that_may_not_do_it_leads_to_the_one_that_may(place: Place) -> None:
    change = place.opened({"a": "b\n"})
    env = {"CI_PROJECT_PATH": "trust/network", "CI_SERVER_URL": place.served.url, "CI_JOB_TOKEN": TOKEN}

    with pytest.raises(ForgeRefused, match="set MATRIC_FORGE_TOKEN"):
        from_environment(env).change(change)

    assert place.served.seen[-1].by == ""


@pytest.mark.parametrize(
    "address", ["http://gitlab.example", "ftp://x", "gitlab.example", "https://u:p@gitlab.example"]
)
def test_no_token_goes_where_it_could_be_read(address: str) -> None:
    with pytest.raises(UsageError) as caught:
        GitLab(address, "trust/network", TOKEN)

    assert "u:p" not in str(caught.value)


def test_a_missing_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "gitlab", None)

    with pytest.raises(UsageError, match=r"pip install 'matric\[forge\]'"):
        GitLab("https://gitlab.example", "trust/network", TOKEN)


def test_no_pipeline_is_no_forge() -> None:
    with pytest.raises(UsageError, match=r"docs/reference/forge\.md"):
        connect({})
