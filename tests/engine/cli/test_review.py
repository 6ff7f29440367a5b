"""Touched and propose as typed, in a git repository, on one lab of Oakfield: what a change may and may not do."""

import json
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from matric import journal, plan
from matric.change import proposal

CHANGE = "git:topic"
EOS = "templates/eos/access.j2"
VALID = (
    "waivers:\n  - {rule: SAF-01, object: oakfield vlan 45, owner: P. Adeyemi, approver: J. Okafor, "
    "ends_when: it is mended, reason: Until half term, expiry: "
)


class Repository:
    """A trust in git: its main branch, a topic branch being worked on, and a shell in it."""

    def __init__(self, shell: Any, state: Path) -> None:
        self.shell, self.folder, self.state = shell, shell.folder, state
        self.git("init", "-q", "-b", "main")
        self.commit("Ada Mensah")
        self.git("switch", "-q", "-c", "topic")

    def git(self, *arguments: str) -> str:
        done = subprocess.run(
            ["git", "-c", "commit.gpgsign=false", *arguments],
            cwd=self.folder, capture_output=True, text=True, timeout=60, check=True,
        )  # fmt: skip
        return done.stdout.strip()

    def commit(self, by: str = "Bea Okafor") -> str:
        mail = f"{by.partition(' ')[0].lower()}@trust.example"
        self.git("add", "-A")
        self.git("-c", f"user.name={by}", "-c", f"user.email={mail}", "commit", "-q", "-m", "A change")
        return self.git("rev-parse", "HEAD")

    def edit(self, path: str, old: str, new: str) -> None:
        place = self.folder / path
        text = place.read_text(encoding="utf-8")
        assert old in text
        place.write_text(text.replace(old, new, 1), encoding="utf-8")

    def write(self, path: str, text: str) -> None:
        place = self.folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, encoding="utf-8")

    def touched(self, *more: str | Path) -> dict[str, Any]:
        ended = self.shell("touched", "--base", "main", "--json", *more)
        assert ended.code == 0, ended.err
        return {one["school"]: one for one in ended.value}

    def propose(self, *more: str | Path, out: str = "review", change: str = CHANGE) -> Any:
        return self.shell("propose", "--change", change, "--base", "main", "--out", self.state.parent / out, *more)

    def review(self, out: str = "review") -> dict[str, Any]:
        body = json.loads((self.state.parent / out / "review.json").read_bytes())
        body["schools"] = {one["school"]: one for one in body["schools"]}
        return dict(body)

    def proposals(self, *states: Any) -> tuple[proposal.Proposal, ...]:
        opened = journal.open_state(self.state)
        try:
            return proposal.of(opened.shelf(proposal.KIND), states=states or proposal.OPEN)
        finally:
            opened.close()

    def kept_review(self) -> dict[str, Any] | None:
        opened = journal.open_state(self.state)
        try:
            return opened.shelf("review").get(CHANGE)
        finally:
            opened.close()


def _repository(shell: Any, tmp_path: Path) -> Repository:
    folder = Path(shutil.copytree(shell.folder, tmp_path / "trust", ignore=shutil.ignore_patterns(".matric", ".git")))
    state = tmp_path / "state"
    return Repository(type(shell)(folder, {**shell.environment, "MATRIC_STATE": str(state)}), state)


@pytest.fixture
def here_in_git(here: Any, tmp_path: Path) -> Repository:
    """Without a lab: for what contacts nothing."""
    return _repository(here, tmp_path)


@pytest.fixture
def lab(estate: Any, tmp_path: Path) -> Repository:
    """With Oakfield in the lab."""
    return _repository(estate, tmp_path)


@pytest.fixture
def rendered(tmp_path: Path) -> Callable[[Repository], Path]:
    """What a job without secrets hands over for the topic branch."""

    def hand_over(repository: Repository) -> Path:
        repository.touched("--rendered", tmp_path / "rendered")
        return tmp_path / "rendered"

    return hand_over


# ---- touched ----


def test_touched_says_for_every_school_why_or_why_not(here_in_git: Repository) -> None:
    here_in_git.edit(EOS, "no ip routing", "no ip routing\nlldp timer 20")
    here_in_git.write("docs/more.md", "words\n")
    here_in_git.commit()

    found = here_in_git.touched()

    assert {slug: one["touched"] for slug, one in found.items()} == {"fernhill": True, "oakfield": True}
    assert found["oakfield"]["devices"] == ["oakfield/sw-01", "oakfield/sw-03"]
    shown = here_in_git.shell("touched", "--base", "main")
    assert "2 of 2 schools touched" in shown.out
    assert "templates/eos/access.j2 changed" in shown.out


def test_touched_takes_commits_and_not_what_lies_about(here_in_git: Repository) -> None:
    here_in_git.edit(EOS, "no ip routing", "no ip routing\nlldp timer 20")

    assert not any(one["touched"] for one in here_in_git.touched().values())


def test_touched_writes_what_it_had_to_render_and_no_more(here_in_git: Repository, tmp_path: Path) -> None:
    here_in_git.edit("templates/eos/core.j2", "ip routing", "ip routing\nlldp timer 20")
    here_in_git.commit()

    found = here_in_git.touched("--rendered", tmp_path / "rendered")

    assert {slug: one["touched"] for slug, one in found.items()} == {"fernhill": True, "oakfield": False}
    assert [path.name for path in (tmp_path / "rendered").iterdir()] == ["fernhill"]
    assert len(list((tmp_path / "rendered" / "fernhill").iterdir())) == 13


def test_touched_writes_what_a_waiver_or_a_rule_asks_for_too(here_in_git: Repository, tmp_path: Path) -> None:
    here_in_git.edit("policies/waivers.yaml", "waivers: []\n", f'{VALID}"2027-02-01"}}\n')
    here_in_git.commit()

    found = here_in_git.touched("--rendered", tmp_path / "rendered")

    assert {slug: one["touched"] for slug, one in found.items()} == {"fernhill": False, "oakfield": True}
    assert [path.name for path in (tmp_path / "rendered").iterdir()] == ["oakfield"]


def test_a_school_that_went_has_nothing_to_render(here_in_git: Repository) -> None:
    here_in_git.edit("inventory/standard.yaml", "    oakfield: 10.48.64.0/18\n", "")
    here_in_git.commit()

    found = here_in_git.touched()

    assert found["oakfield"]["touched"]
    assert not found["oakfield"]["renders"]


def test_a_base_that_is_no_commit_is_told_and_nothing_is_touched_by_it(here_in_git: Repository) -> None:
    ended = here_in_git.shell("touched", "--base", "nowhere")

    assert ended.code != 0
    assert "nowhere" in ended.err


# ---- propose ----


def test_a_change_is_planned_for_the_schools_it_touches_and_only_those(lab: Repository) -> None:
    lab.edit("inventory/standard.yaml", "oakfield: 10.48.64.0/18", "oakfield: 10.48.64.0/18 # its block")
    lab.edit("templates/ios/core.j2", "ip routing", "ip routing\nlldp timer 20")
    head = lab.commit()

    ended = lab.propose("--unit", "device", "--author", "c.opener")

    assert ended.code == 0, ended.err
    body = lab.review()
    assert body["head"] == head
    assert body["base"] == lab.git("rev-parse", "main")
    assert body["authors"] == ["Bea Okafor <bea@trust.example>", "c.opener"]
    assert body["deploys"] is True
    school = body["schools"]["oakfield"]
    assert school["devices"] == ["oakfield/core-1"]
    assert school["verdict"]["verdict"] in {"allowed", "blocked", "undecided"}
    assert school["problems"] == []
    assert f"git switch --detach {head} && matric plan oakfield --unit device" == school["reproduce"]
    made = plan.load(lab.state.parent / "review" / school["file"])
    assert (made.digest, made.unit, made.author) == (school["plan"], "device", "c.opener")
    assert body["schools"]["fernhill"]["plan"] is None
    assert not body["schools"]["fernhill"]["touched"]
    (kept,) = lab.proposals()
    assert (kept.change, kept.school, kept.head, kept.plan) == (CHANGE, "oakfield", head, made)
    assert "c.opener" in kept.authors


def test_one_school_that_cannot_be_planned_stops_no_other_and_is_named(lab: Repository) -> None:
    lab.edit(EOS, "no ip routing", "no ip routing\nlldp timer 20")
    lab.commit()

    ended = lab.propose()

    # The lab is of Oakfield alone: Fernhill has no devices here.
    assert ended.code == 7
    body = lab.review()
    assert body["schools"]["oakfield"]["plan"] is not None
    assert "is of oakfield" in body["schools"]["fernhill"]["problems"][0]
    assert "not planned: fernhill" in body["says"]
    assert [one.school for one in lab.proposals()] == ["oakfield"]


def test_no_school_touched_is_said_and_is_no_approval(lab: Repository) -> None:
    lab.write("README.md", "words\n")
    lab.commit()

    ended = lab.propose()

    assert ended.code == 0, ended.err
    body = lab.review()
    assert body["says"].startswith("0 schools touched, because: README.md: documentation")
    assert "approves nothing" in body["says"]
    assert body["says"] in ended.out
    assert all(one["plan"] is None and one["verdict"] is None for one in body["schools"].values())
    assert lab.proposals() == ()
    assert not list((lab.state.parent / "review").glob("plan-*.json"))


def test_a_school_that_a_later_head_no_longer_touches_is_withdrawn(lab: Repository) -> None:
    lab.edit("templates/ios/core.j2", "ip routing", "ip routing\nlldp timer 20")
    lab.commit()
    assert lab.propose().code == 0
    assert [one.school for one in lab.proposals()] == ["oakfield"]
    lab.edit("templates/ios/core.j2", "ip routing\nlldp timer 20", "ip routing")
    lab.write("README.md", "words\n")
    lab.commit()

    assert lab.propose().code == 0

    assert lab.proposals() == ()
    assert [one.school for one in lab.proposals("withdrawn")] == ["oakfield"]
    assert not list((lab.state.parent / "review").glob("plan-*.json"))


def test_a_newer_plan_takes_the_place_of_the_older_which_is_kept(lab: Repository) -> None:
    lab.edit("templates/ios/core.j2", "ip routing", "ip routing\nlldp timer 20")
    lab.commit()
    assert lab.propose().code == 0
    (first,) = lab.proposals()
    lab.edit("templates/ios/core.j2", "lldp timer 20", "lldp timer 25")
    lab.commit()
    assert lab.propose().code == 0

    (second,) = lab.proposals()

    assert second.plan.digest != first.plan.digest
    assert [one.plan.digest for one in lab.proposals("superseded")] == [first.plan.digest]


def test_python_together_with_what_deploys_is_refused_whole(lab: Repository) -> None:
    lab.edit("templates/ios/core.j2", "ip routing", "ip routing\nlldp timer 20")
    lab.commit()
    assert lab.propose().code == 0
    lab.edit("policies/vlans.py", '"""', '"""Another word. ')
    lab.commit()

    ended = lab.propose()

    assert ended.code == 3
    assert "policies and tasks merge alone" in ended.err
    assert lab.proposals() == ()
    body = lab.review()
    assert body["deploys"] is False
    assert all(one["plan"] is None for one in body["schools"].values())
    assert "PYTHON-ALONE" in body["schools"]["oakfield"]["problems"][0]
    assert lab.kept_review() is None


def test_python_alone_deploys_nothing_and_names_who_is_planned_anew(lab: Repository) -> None:
    lab.edit("policies/vlans.py", '"""', '"""Another word. ')
    lab.commit()

    ended = lab.propose()

    assert ended.code == 0, ended.err
    body = lab.review()
    assert body["deploys"] is False
    assert body["anew"] == ["fernhill", "oakfield"]
    assert "deploys nothing" in body["says"]
    assert all(one["plan"] is None and not one["plans"] for one in body["schools"].values())
    assert lab.proposals() == ()
    assert (lab.kept_review() or {})["deploys"] is False


def test_a_waiver_is_judged_anew_and_nothing_is_proposed(lab: Repository) -> None:
    lab.edit("policies/waivers.yaml", "waivers: []\n", f'{VALID}"2027-02-01"}}\n')
    lab.commit()

    ended = lab.propose()

    assert ended.code == 0, ended.err
    school = lab.review()["schools"]["oakfield"]
    assert school["touched"]
    assert school["verdict"] is not None
    assert lab.proposals() == ()
    assert not lab.review()["schools"]["fernhill"]["touched"]


def test_what_an_earlier_head_s_review_said_is_gone_once_a_later_one_is_begun(lab: Repository) -> None:
    lab.write("README.md", "words\n")
    lab.commit()
    assert lab.propose().code == 0
    assert lab.kept_review() is not None
    lab.write("pyproject.toml", "no site\n")
    lab.commit()

    assert lab.propose().code == 7

    assert lab.kept_review() is None
    assert not (lab.state.parent / "review" / "review.json").exists()


def test_the_same_change_gives_the_same_document_but_for_the_plan_s_own_name(lab: Repository) -> None:
    lab.edit("templates/ios/core.j2", "ip routing", "ip routing\nlldp timer 20")
    lab.commit()
    lab.shell = replace(lab.shell, cold=True)  # each by a hash seed of its own
    documents: list[str] = []
    for out in ("one", "two"):
        assert lab.propose(out=out).code == 0
        body = lab.review(out)
        text = (lab.state.parent / out / "review.json").read_text(encoding="utf-8")
        documents.append(text.replace(body["schools"]["oakfield"]["plan"], "sha256:x"))

    assert documents[0] == documents[1]


# ---- with a trusted branch ----


def test_the_change_s_own_python_and_templates_never_run_beside_credentials(
    lab: Repository, tmp_path: Path, rendered: Callable[[Repository], Path]
) -> None:
    lab.edit("templates/ios/core.j2", "ip routing", "ip routing\nlldp timer 20")
    lab.commit()
    handed = rendered(lab)
    mark = tmp_path / "ran"
    hostile = f"from pathlib import Path\nPath({str(mark)!r}).write_text('ran')\n"
    for path in ("tasks/look.py", "policies/vlans.py", "policies/fresh.py"):
        place = lab.folder / path
        lab.write(path, hostile + (place.read_text(encoding="utf-8") if place.exists() else ""))
    lab.edit("templates/ios/core.j2", "ip routing", "{{ 1 / 0 }}ip routing")
    lab.commit()

    refused = lab.propose("--trusted", "main", "--rendered", handed)

    assert refused.code == 3
    assert not mark.exists()

    # Even where the Python is said to be data: nothing but the template and it changed, and no rule of it is asked.
    lab.git("checkout", "-q", "main", "--", "tasks", "policies/vlans.py")
    (lab.folder / "policies" / "fresh.py").unlink()
    lab.commit()
    ended = lab.propose("--trusted", "main", "--rendered", handed)
    assert ended.code == 0, ended.err
    assert not mark.exists()
    assert lab.review()["schools"]["oakfield"]["devices"] == ["oakfield/core-1"]


def test_python_of_the_change_is_not_run_for_a_change_of_python_alone(lab: Repository, tmp_path: Path) -> None:
    mark = tmp_path / "ran"
    lab.write("policies/fresh.py", f"from pathlib import Path\nPath({str(mark)!r}).write_text('ran')\n")
    lab.commit()

    assert lab.propose("--trusted", "main", "--rendered", tmp_path / "rendered").code == 0

    assert not mark.exists()


def test_a_plan_from_rendered_text_is_the_plan_that_the_merge_makes(
    lab: Repository, rendered: Callable[[Repository], Path]
) -> None:
    lab.edit("templates/ios/core.j2", "ip routing", "ip routing\nlldp timer 20")
    lab.commit()

    assert lab.propose("--trusted", "main", "--rendered", rendered(lab), out="data").code == 0
    assert lab.propose(out="run").code == 0

    data, run = (plan.load(lab.state.parent / name / "plan-oakfield.json") for name in ("data", "run"))
    assert data.digests == run.digests
    assert data.devices == run.devices


def test_rendered_text_that_asks_for_another_s_secret_is_refused_and_proposes_nothing(
    lab: Repository, rendered: Callable[[Repository], Path]
) -> None:
    lab.edit("templates/ios/core.j2", "ip routing", "ip routing\nlldp timer 20")
    lab.commit()
    handed = rendered(lab)
    core = handed / "oakfield" / "core-1.conf"
    text = core.read_text(encoding="utf-8")
    core.write_text(f"username eve secret 9 <secret:env:MATRIC_FORGE_TOKEN>\n{text}", encoding="utf-8")

    ended = lab.propose("--trusted", "main", "--rendered", handed)

    assert ended.code == 7
    school = lab.review()["schools"]["oakfield"]
    assert school["touched"]
    assert school["plan"] is None
    assert "SECRET-FOREIGN" in school["problems"][0]
    assert lab.proposals() == ()
    assert lab.kept_review() is None


def test_a_rendered_folder_without_one_of_the_devices_is_refused(
    lab: Repository, rendered: Callable[[Repository], Path]
) -> None:
    lab.edit("templates/ios/core.j2", "ip routing", "ip routing\nlldp timer 20")
    lab.commit()
    handed = rendered(lab)
    (handed / "oakfield" / "sw-02.conf").unlink()

    ended = lab.propose("--trusted", "main", "--rendered", handed)

    assert ended.code == 7
    school = lab.review()["schools"]["oakfield"]
    assert school["plan"] is None
    assert "RENDERED-FILE" in school["problems"][0]


def test_a_change_that_names_a_new_secret_has_it_looked_up_nowhere(lab: Repository, tmp_path: Path) -> None:
    lab.edit("inventory/standard.yaml", "service_secret: lab:service", f"service_secret: file:{tmp_path}/secret")
    lab.commit()

    ended = lab.propose("--trusted", "main", "--rendered", tmp_path / "rendered")

    assert ended.code == 7
    assert "new with this change" in lab.review()["schools"]["oakfield"]["problems"][0]


def test_a_login_that_the_change_names_is_not_used(lab: Repository, tmp_path: Path) -> None:
    lab.edit("inventory/access.yaml", "user: matric", "user: eve")
    lab.edit("templates/ios/core.j2", "ip routing", "ip routing\nlldp timer 20")
    lab.commit()
    handed = tmp_path / "rendered"
    lab.touched("--rendered", handed)

    ended = lab.propose("--trusted", "main", "--rendered", handed)

    assert ended.code == 0, (ended.err, lab.review())
    assert lab.review()["schools"]["oakfield"]["plan"] is not None


def test_a_base_that_nobody_reviewed_is_refused(lab: Repository, tmp_path: Path) -> None:
    lab.edit(EOS, "no ip routing", "no ip routing\nlldp timer 20")
    lab.commit()
    lab.git("switch", "-q", "-c", "more")
    lab.write("README.md", "words\n")
    lab.commit()

    ended = lab.shell(
        "propose", "--change", CHANGE, "--base", "topic", "--head", "more", "--trusted", "main",
        "--rendered", tmp_path, "--out", tmp_path / "review",
    )  # fmt: skip

    assert ended.code == 7
    assert "nobody has reviewed it" in ended.err


def test_a_trusted_branch_without_rendered_text_is_a_usage_error(lab: Repository) -> None:
    assert lab.propose("--trusted", "main").code == 7
