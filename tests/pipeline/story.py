"""A trust with a forge, two schools in the lab, and the people who work on it: the stage of the story."""

from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from matric import journal
from matric.change import proposal
from matric.lab.client import Lab
from matric.lab.forge import Stand
from matric.plan import Plan
from tests.pipeline.conftest import GitLab, git, ran

ADA = ("-c", "user.name=Ada Mensah", "-c", "user.email=ada@trust.example")
ALWAYS = """\
format_version: 1
windows:
  - {school: all, days: [mon, tue, wed, thu, fri, sat, sun], start: "00:00", end: "23:59"}
closed:
  - {name: Nobody is taught here, first: "2020-01-01", last: "2099-12-31", schools: all}
"""
SCHOOLS = ("fernhill", "oakfield")
TOKEN = "canary-7d2b-forge-token"  # a canary: it must turn up nowhere


@dataclass(frozen=True)
class Came:
    """A run that has ended."""

    plan: Plan
    word: str
    left_out: tuple[str, ...]


@dataclass(frozen=True)
class Trust:
    """The trust's repository, as one engineer has it cloned, and all that stands around it."""

    folder: Path
    labs: Path
    state: Path
    keys: Path
    served: Stand
    gitlab: GitLab

    @property
    def settings(self) -> dict[str, str]:
        """What the protected runner has in its environment."""
        return {
            "MATRIC_LAB": str(self.labs),
            "MATRIC_STATE": str(self.state),
            "MATRIC_FORGE_TOKEN": TOKEN,
            "CI_SERVER_URL": self.served.url,
            "CI_API_V4_URL": f"{self.served.url}/api/v4",
            "CI_PROJECT_PATH": "trust/network",
        }

    def matric(self, *arguments: str | Path, code: int | None = 0) -> str:
        return ran("matric", *arguments, cwd=self.folder, code=code, more=self.settings)

    def lab(self, school: str) -> Lab:
        return Lab(self.labs / school)

    def running(self, key: str) -> str:
        """What a device holds, asked of the lab and never of matric."""
        return str(self.lab(key.partition("/")[0]).device_state(key)["running_text"])

    def in_lab(self, school: str, *arguments: str | Path, code: int | None = 0) -> str:
        """matric where only the lab of *school* is."""
        more = {**self.settings, "MATRIC_LAB": str(self.labs / school)}
        return ran("matric", *arguments, cwd=self.folder, code=code, more=more)

    # -- people

    def change(
        self, branch: str, title: str, edits: Mapping[str, tuple[str, str]], decide: Callable[[], object] | None = None
    ) -> int:
        """Ada edits files on *branch* (path -> before, after), pushes it and opens a merge request; its number."""
        git(self.folder, "switch", "--quiet", "main")
        git(self.folder, "pull", "--quiet", "origin", "main")
        git(self.folder, "switch", "--quiet", "-c", branch)
        for path, (before, after) in edits.items():
            place = self.folder / path
            place.parent.mkdir(parents=True, exist_ok=True)
            text = place.read_text(encoding="utf-8") if place.exists() else ""
            assert before in text, path
            place.write_text(text.replace(before, after, 1) if before else after, encoding="utf-8")
        if decide is not None:
            decide()
        git(self.folder, "add", "--all")
        git(self.folder, *ADA, "commit", "--quiet", "-m", title)
        git(self.folder, "push", "--quiet", "origin", branch)
        with self.served.lock:
            self.served.state.refresh()
            return self.served.state.open_merge(self.served.person("ada"), branch, "main", title, "").number

    def sign(self, plan: Path) -> str:
        """Ben signs the plan as he read it in the artefact."""
        return self.matric("approve", plan, "--sign", self.keys / "ben", "--as", "ben@trust.example", "--signers",
                           "refs/remotes/origin/main")  # fmt: skip

    def merge(self, number: int) -> str:
        """Ben merges it in the forge; the merge commit."""
        with self.served.lock:
            self.served.state.refresh()
            return self.served.state.merge(self.served.state.merges[number], self.served.person("ben"), "merge")

    def comments(self, number: int) -> list[str]:
        return [one.body for one in self.served.state.merges[number].comments]

    # -- the pipeline

    def review(self, number: int) -> Path:
        """The merge request's pipeline, really run; the folder of its plans."""
        merge = self.served.state.merges[number]
        given = {
            "CI_PIPELINE_SOURCE": "merge_request_event",
            "CI_MERGE_REQUEST_PROJECT_ID": "1",
            "CI_MERGE_REQUEST_SOURCE_PROJECT_ID": "1",
            "CI_MERGE_REQUEST_IID": str(number),
            "CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "main",
            "CI_MERGE_REQUEST_DIFF_BASE_SHA": git(self.folder, "merge-base", "origin/main", merge.source),
            "CI_SERVER_URL": self.served.url,
            "CI_API_V4_URL": f"{self.served.url}/api/v4",
            "CI_MERGE_REQUEST_SOURCE_BRANCH_SHA": git(self.folder, "rev-parse", merge.source),
        }
        git(self.folder, "switch", "--quiet", merge.source)
        ended = self.gitlab(self.folder, variables=given, more=self.settings)
        assert ended.code == 0, ended.out
        return self.folder / "plan"

    def deploy(self, commit: str, code: int) -> str:
        """The deploy job of the push that the merge made, step for step as the pipeline has it."""
        git(self.folder, "switch", "--quiet", "main")
        git(self.folder, "pull", "--quiet", "origin", "main")
        said = self.matric("merged", "--commit", commit)
        return said + self.matric("deploy", "--merge", commit, code=code)

    # -- what was kept

    def runs(self, school: str) -> list[Came]:
        """Every run of a school, oldest first, and what it came to."""
        opened = journal.open_state(self.state)
        try:
            return [
                Came(opened.plan(one.id), one.outcome["word"], tuple(end["device"] for end in one.outcome["refused"]))
                for one in opened.runs(school)
                if one.outcome is not None
            ]
        finally:
            opened.close()

    def proposals(self, *states: proposal.State) -> dict[str, proposal.Proposal]:
        opened = journal.open_state(self.state)
        try:
            return {one.school: one for one in proposal.of(opened.shelf(proposal.KIND), states=states)}
        finally:
            opened.close()


@contextmanager
def raised(clone: Path, short: Path, served: Stand, gitlab: GitLab) -> Generator[Trust]:
    """Both schools in the lab and on the standard already, the gate open, Ben's key on the protected branch."""
    keys = short / "keys"
    keys.mkdir()
    ran("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "ben", "-f", str(keys / "ben"), cwd=short)
    public = (keys / "ben.pub").read_text(encoding="utf-8").split()
    (clone / "inventory" / "allowed_signers").write_text(
        f'ben@trust.example namespaces="matric-plan" {public[0]} {public[1]}\n', encoding="utf-8"
    )
    (clone / "inventory" / "calendar.yaml").write_text(ALWAYS, encoding="utf-8")
    _named_policy(clone / "inventory" / "snapshot")
    git(clone, "add", "--all")
    git(clone, "commit", "--quiet", "-m", "Ben signs; guests are filtered")
    git(clone, "push", "--quiet", "origin", "main")
    _protect(clone.parent / "origin.git")
    trust = Trust(clone, short / "labs", short / "state", keys, served, gitlab)
    try:
        for school in SCHOOLS:
            _onboarded(trust, school)
        yield trust
    finally:
        for school in SCHOOLS:
            if (trust.labs / school / "lab.json").exists():
                ran("matric", "lab", "down", school, cwd=clone, more={"MATRIC_LAB": str(trust.labs / school)})


def _protect(bare: Path) -> None:
    """From here on nobody pushes to main: what comes there is merged by the forge."""
    hook = bare / "hooks" / "pre-receive"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\n! grep -q ' refs/heads/main$' || { echo 'main is protected' >&2; exit 1; }\n")
    hook.chmod(0o755)


def _named_policy(folder: Path) -> None:
    """Every guest network has a filtering policy, as somebody would write it in NetBox before a pull."""
    from matric import snapshot  # noqa: PLC0415 - only here

    before = snapshot.load(folder)
    named = {"custom_fields": {"filter_policy": "guest"}}
    vlans = tuple(
        one.model_validate({**one.model_dump(), **named}) if one.role == "guest" else one
        for one in before.records.vlans
    )
    snapshot.save(folder, before.records.model_copy(update={"vlans": vlans}), before.manifest)


def _onboarded(trust: Trust, school: str) -> None:
    ran("matric", "lab", "up", school, cwd=trust.folder, more={"MATRIC_LAB": str(trust.labs / school)})
    plan = trust.keys.parent / f"first-{school}.json"
    trust.matric("plan", school, "--out", plan, "--author", "ada")
    trust.matric("approve", plan, "--by", "ben")
    trust.matric("cutover", plan)
