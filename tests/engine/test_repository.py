"""What git says of a change, on real repositories: an error is an error, and never "nothing changed"."""

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from matric.change import repository
from matric.change.repository import Person
from matric.errors import GitError

Git = Callable[..., str]
IDENTITY = {
    "GIT_AUTHOR_NAME": "Ada Mensah",
    "GIT_AUTHOR_EMAIL": "ada@fernhill.example",
    "GIT_COMMITTER_NAME": "Ada Mensah",
    "GIT_COMMITTER_EMAIL": "ada@fernhill.example",
}


def git(folder: Path, *arguments: str, **more: str) -> str:
    """Run git as a user would, with no settings of this machine."""
    kept = {name: os.environ[name] for name in ("PATH",)}
    env = {**kept, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", **IDENTITY, **more}
    done = subprocess.run(["git", *arguments], cwd=folder, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def put(folder: Path, path: str, text: str) -> None:
    place = folder / path
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(text, encoding="utf-8")


def committed(folder: Path, message: str = "a change", **more: str) -> str:
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "--allow-empty", "-m", message, **more)
    return git(folder, "rev-parse", "HEAD")


@pytest.fixture
def trust(tmp_path: Path) -> Path:
    """A repository whose branch ``change`` parts from ``main``, which has gone on since."""
    folder = tmp_path / "trust"
    folder.mkdir()
    git(folder, "init", "-q", "-b", "main")
    put(folder, "inventory/standard.yaml", "trust: fernhill\n")
    put(folder, "templates/ios/access.j2", "hostname {{ name }}\n" * 10)
    committed(folder, "first")
    git(folder, "switch", "-q", "-c", "change")
    put(folder, "inventory/standard.yaml", "trust: fernhill\nntp: 10.0.0.1\n")
    committed(folder)
    git(folder, "switch", "-q", "main")
    put(folder, "README.md", "elsewhere\n")
    committed(folder, "main goes on")
    git(folder, "switch", "-q", "change")
    return folder


def test_a_change_is_compared_with_where_it_parted_and_not_with_what_main_did_since(trust: Path) -> None:
    base = repository.merge_base(trust, "main", "change")

    assert base == git(trust, "rev-parse", "main~1")
    assert repository.changed(trust, base, "change") == ("inventory/standard.yaml",)
    assert repository.is_ancestor(trust, base, "change")
    assert not repository.is_ancestor(trust, "main", "change")


def test_a_renamed_path_counts_under_both_its_names_and_an_odd_one_as_it_is(trust: Path) -> None:
    git(trust, "mv", "templates/ios/access.j2", "templates/ios/edge.j2")
    put(trust, "inventory/a b\té\n.yaml", "odd: true\n")
    committed(trust)

    paths = repository.changed(trust, "change~1", "change")

    assert paths == ("inventory/a b\té\n.yaml", "templates/ios/access.j2", "templates/ios/edge.j2")


def test_a_path_that_is_not_text_is_an_error_and_not_left_out(trust: Path) -> None:
    (Path(os.fsdecode(os.fsencode(trust) + b"/\xff.yaml"))).write_text("odd: true\n")
    committed(trust)

    with pytest.raises(GitError, match="is not UTF-8"):
        repository.changed(trust, "main", "change")


def test_everyone_in_a_change_is_named_committers_and_co_authors_too(trust: Path) -> None:
    committed(
        trust,
        "shared work\n\nCo-authored-by: Bo Lindqvist <bo@fernhill.example>\nco-Authored-By:Cy <cy@x.example>\n\nend",
        GIT_COMMITTER_NAME="Dee Park",
        GIT_COMMITTER_EMAIL="dee@fernhill.example",
    )

    found = repository.people(trust, "main", "change")

    assert found == (
        Person("Ada Mensah", "ada@fernhill.example"),
        Person("Bo Lindqvist", "bo@fernhill.example"),
        Person("Cy", "cy@x.example"),
        Person("Dee Park", "dee@fernhill.example"),
    )


def test_a_mailmap_in_the_change_makes_nobody_somebody_else(trust: Path) -> None:
    put(trust, ".mailmap", "Nobody <nobody@x.example> <ada@fernhill.example>\n")
    committed(trust)

    assert {one.email for one in repository.people(trust, "main", "change")} == {"ada@fernhill.example"}


def test_a_file_is_shown_as_a_commit_has_it_and_not_as_it_lies_in_the_folder(trust: Path) -> None:
    put(trust, "inventory/standard.yaml", "trust: somebody else's\n")

    assert repository.show(trust, "main", "inventory/standard.yaml") == b"trust: fernhill\n"
    assert repository.show(trust, "main", "inventory/allowed_signers") is None
    for wrong in ("inventory", "../x", "/etc/passwd", "."):
        with pytest.raises(GitError):
            repository.show(trust, "main", wrong)


def test_a_link_in_a_change_leads_nowhere(trust: Path) -> None:
    (trust / "inventory" / "link.yaml").symlink_to("/etc/hostname")
    committed(trust)

    with pytest.raises(GitError, match="no plain file"):
        repository.show(trust, "change", "inventory/link.yaml")
    with repository.worktree(trust, "change") as place:
        link = place / "inventory" / "link.yaml"
        assert not link.is_symlink()
        assert link.read_text(encoding="utf-8") == "/etc/hostname"


def test_a_work_tree_is_gone_afterwards_whatever_happens(trust: Path) -> None:
    seen: list[Path] = []

    def fail_inside() -> None:
        with repository.worktree(trust, "main") as place:
            seen.append(place)
            assert (place / "README.md").exists()
            put(place, "inventory/left.yaml", "left: behind\n")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_inside()

    assert not seen[0].exists()
    assert not seen[0].parent.exists()
    assert len(git(trust, "worktree", "list").splitlines()) == 1
    assert git(trust, "status", "--porcelain") == ""


def test_a_site_below_the_top_of_its_repository_counts_paths_from_itself(trust: Path) -> None:
    put(trust, "estate/inventory/standard.yaml", "trust: inner\n")
    committed(trust)
    site = trust / "estate"

    assert repository.changed(site, "change~1", "change") == ("inventory/standard.yaml",)
    assert "../inventory/standard.yaml" in repository.changed(site, "main", "change")
    assert repository.show(site, "change", "inventory/standard.yaml") == b"trust: inner\n"
    with repository.worktree(site, "change") as place:
        assert (place / "inventory" / "standard.yaml").read_text(encoding="utf-8") == "trust: inner\n"


@pytest.mark.parametrize("rev", ["", "-h", "--all", ":/first", "nowhere", "main..change", "main:README.md", "a\nb"])
def test_what_names_no_commit_is_an_error(trust: Path, rev: str) -> None:
    with pytest.raises(GitError, match="names no commit"):
        repository.commit(trust, rev)


def test_a_tag_called_like_the_protected_branch_is_not_taken_for_it(trust: Path, tmp_path: Path) -> None:
    git(tmp_path, "clone", "-q", str(trust), "clone")
    clone = tmp_path / "clone"
    whole = git(clone, "rev-parse", "refs/remotes/origin/main")
    assert repository.commit(clone, "origin/main") == whole
    git(clone, "tag", "origin/main", "origin/change")

    with pytest.raises(GitError, match="more than one thing"):
        repository.commit(clone, "origin/main")
    assert repository.commit(clone, "refs/remotes/origin/main") == whole


def test_a_shallow_clone_says_to_fetch_more_and_never_that_nothing_is_there(trust: Path, tmp_path: Path) -> None:
    git(tmp_path, "clone", "-q", "--depth=1", "--no-single-branch", trust.as_uri(), "clone")
    clone = tmp_path / "clone"

    for ask in (
        lambda: repository.merge_base(clone, "origin/main", "origin/change"),
        lambda: repository.is_ancestor(clone, "origin/main", "origin/change"),
        lambda: repository.people(clone, "origin/main", "origin/change"),
    ):
        with pytest.raises(GitError, match="fetch more"):
            ask()


def test_a_common_commit_that_only_a_shallow_clone_takes_for_the_nearest_is_refused(trust: Path) -> None:
    git(trust, "switch", "-q", "-c", "side", "main~1")
    committed(trust, "side")
    git(trust, "switch", "-q", "change")
    git(trust, "rebase", "-q", "main")
    cut = git(trust, "rev-parse", "change")
    git(trust, "merge", "-q", "--no-edit", "side")
    assert repository.merge_base(trust, "main", "change") == git(trust, "rev-parse", "main")

    (trust / ".git" / "shallow").write_text(f"{cut}\n", encoding="utf-8")

    with pytest.raises(GitError, match="not fetched whole"):
        repository.merge_base(trust, "main", "change")


def test_a_shallow_clone_that_reaches_below_the_merge_base_is_enough(trust: Path, tmp_path: Path) -> None:
    put(trust, "README.md", "more\n")
    committed(trust)
    git(tmp_path, "clone", "-q", "--depth=3", "--no-single-branch", trust.as_uri(), "clone")
    clone = tmp_path / "clone"

    base = repository.merge_base(clone, "origin/main", "origin/change")

    assert base == git(trust, "rev-parse", "main~1")
    assert len(repository.people(clone, base, "origin/change")) == 1


def test_histories_without_a_common_commit_and_folders_without_git_are_errors(trust: Path, tmp_path: Path) -> None:
    git(trust, "switch", "-q", "--orphan", "other")
    committed(trust)
    bare = tmp_path / "nothing"
    bare.mkdir()

    with pytest.raises(GitError, match="no commit in common"):
        repository.merge_base(trust, "main", "other")
    with pytest.raises(GitError, match="no git repository"):
        repository.commit(bare, "main")
    with pytest.raises(GitError, match="is not there"):
        repository.commit(tmp_path / "absent", "main")


def test_neither_the_user_s_environment_nor_the_repository_s_settings_change_an_answer(
    trust: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran = tmp_path / "ran"
    hook = tmp_path / "hooks" / "post-checkout"
    put(tmp_path, "hooks/post-checkout", f"#!/bin/sh\ntouch {ran}\n")
    hook.chmod(0o755)
    git(trust, "config", "core.hooksPath", str(hook.parent))
    git(trust, "config", "core.fsmonitor", str(hook))
    git(trust, "config", "diff.external", str(hook))
    git(trust, "config", "log.showSignature", "true")
    git(trust, "replace", "change", "main")
    put(tmp_path, "gitconfig", "[diff]\n\trenames = copies\n[log]\n\tmailmap = true\n")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "gitconfig"))
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "elsewhere"))

    with repository.worktree(trust, "change") as place:
        assert "ntp" in (place / "inventory" / "standard.yaml").read_text(encoding="utf-8")
    assert repository.changed(trust, "main~1", "change") == ("inventory/standard.yaml",)
    assert len(repository.people(trust, "main", "change")) == 1
    assert not ran.exists()


def test_git_that_is_missing_or_hangs_is_an_error(trust: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path, "bin/git", "#!/bin/sh\nexec sleep 5\n")
    (tmp_path / "bin" / "git").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/usr/bin:/bin")
    monkeypatch.setattr(repository, "TIMEOUT_S", 0.2)
    with pytest.raises(GitError, match="nothing is known"):
        repository.commit(trust, "main")

    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(GitError, match="not installed"):
        repository.commit(trust, "main")
