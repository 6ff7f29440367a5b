"""The whole story: a template edit goes from a merge request to two schools, with a colleague's hand in between."""

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from matric.lab.forge import stand
from tests.pipeline.conftest import GitLab, git
from tests.pipeline.story import SCHOOLS, TOKEN, Trust, raised

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1500)]

GUARD = " spanning-tree bpduguard enable\n"
EDGE = {
    "templates/eos/_links.j2": (f"  {GUARD}", f"  {GUARD}   load-interval 60\n"),
    "templates/ios/_links.j2": (GUARD, f"{GUARD} load-interval 60\n"),
}
MOVED = "oakfield/sw-01"
HAND_EDIT = "interface Ethernet7\n   description lift phone, moved by hand\n"


@pytest.fixture
def trust(gitlab: GitLab, clone: Path) -> Iterator[Trust]:
    # A socket's path is short by law; pytest's folders are not.
    with tempfile.TemporaryDirectory(prefix="matric-") as short:
        served = stand("gitlab", clone.parent / "origin.git", token=TOKEN)
        served.person("ada", "write")
        served.person("ben", "maintain")
        with served.start(), raised(clone, Path(short), served, gitlab) as found:
            yield found


def test_a_merge_request_plans_a_merge_deploys_what_was_reviewed_and_names_what_moved(trust: Trust) -> None:
    # Nobody pushes to the protected branch.
    git(trust.folder, "commit", "--quiet", "--allow-empty", "-m", "Past every reviewer")
    with pytest.raises(AssertionError, match="main is protected"):
        git(trust.folder, "push", "--quiet", "origin", "main")
    git(trust.folder, "reset", "--quiet", "--hard", "origin/main")

    # Plans are refused by the device here.
    first = trust.change("by-device", "Plans by the device", {".gitlab-ci.yml": ("unit: school", "unit: device")})
    trust.merge(first)

    # A merge request changes the edge-port template; its pipeline plans both schools and says so in one comment.
    number = trust.change("edge-ports", "Edge ports: averages over a minute", EDGE)
    plans = trust.review(number)
    (comment,) = trust.comments(number)
    assert all(school in comment for school in SCHOOLS)
    assert "load-interval 60" in comment
    assert {plan.unit for plan in (one.plan for one in trust.proposals("open").values())} == {"device"}

    # Pushed again, the comment is the same one.
    trust.review(number)
    assert len(trust.comments(number)) == 1

    # Not approved, it is not deployed; Ada cannot approve her own.
    with pytest.raises(AssertionError, match=r"(?s)author|cannot approve"):
        trust.matric("approve", plans / "plan-oakfield.json", "--by", "ada")
    for school in SCHOOLS:
        trust.sign(plans / f"plan-{school}.json")

    # A colleague changes one switch by hand.
    trust.lab("oakfield").fault(MOVED, "edit", text=HAND_EDIT, save=True)

    # The merge deploys to every device but that one, names it, and the journal says so.
    commit = trust.merge(number)
    said = trust.deploy(commit, code=4)
    assert f"left out {MOVED}" in said
    assert "its running configuration moved" in said
    assert "lift phone, moved by hand" in said
    assert "moved by hand" in trust.running(MOVED)
    assert "load-interval 60" not in trust.running(MOVED)
    planned = trust.proposals("carried-out")
    assert set(planned) == set(SCHOOLS)
    for school in SCHOOLS:
        for key in planned[school].plan.order:
            if key != MOVED:
                assert "load-interval 60" in trust.running(key), key
        last = trust.runs(school)[-1]
        assert (last.plan.reviewed, last.word) == (planned[school].plan.digest, "all-new")
    assert trust.runs("oakfield")[-1].left_out == (MOVED,)

    # Asked again, nothing is sent again.
    runs = {school: len(trust.runs(school)) for school in SCHOOLS}
    trust.deploy(commit, code=4)
    assert {school: len(trust.runs(school)) for school in SCHOOLS} == runs

    # Nobody finds the secret of anybody in what the pipeline left behind.
    for path in trust.folder.glob("plan/**/*"):
        assert not path.is_file() or TOKEN.encode() not in path.read_bytes(), path


def test_with_a_plan_by_school_the_same_hand_edit_refuses_the_whole_school(trust: Trust) -> None:
    number = trust.change("edge-ports", "Edge ports: averages over a minute", EDGE)
    plans = trust.review(number)
    for school in SCHOOLS:
        trust.sign(plans / f"plan-{school}.json")
    trust.lab("oakfield").fault(MOVED, "edit", text=HAND_EDIT, save=True)
    before = {key: trust.running(key) for key in trust.proposals("open")["oakfield"].plan.order}

    said = trust.deploy(trust.merge(number), code=4)

    assert "its unit is the school, so nothing is applied" in said
    assert {key: trust.running(key) for key in before} == before
    assert all(
        "load-interval 60" in trust.running(key) for key in trust.proposals("carried-out")["fernhill"].plan.order
    )
    assert len(trust.runs("oakfield")) == 1

    # Somebody finds it in the nightly drift and decides that it goes; the decision is a merge request of its own.
    seen = json.loads(trust.in_lab("oakfield", "--json", "drift", "oakfield"))
    (cause,) = [one for one in seen["causes"] if "moved by hand" in json.dumps(one)]
    words = ("--decide", cause["id"], "--revert", "--by", "ada", "--reason", "Nobody knows it")
    number = trust.change(
        "revert",
        "sw-01 goes back to what NetBox says",
        {},
        decide=lambda: trust.in_lab("oakfield", "drift", "oakfield", *words),
    )
    plans = trust.review(number)
    (comment,) = trust.comments(number)
    assert "moved by hand" in comment
    trust.sign(plans / "plan-oakfield.json")

    trust.deploy(trust.merge(number), code=0)

    assert "moved by hand" not in trust.running(MOVED)
    assert "load-interval 60" in trust.running(MOVED)
    assert trust.runs("oakfield")[-1].word == "all-new"
    assert json.loads(trust.in_lab("oakfield", "--json", "drift", "oakfield"))["causes"] == []
