"""What `matric init` lays out, and how a repository is brought along: nothing of the trust's is ever lost."""

import hashlib
import json
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from matric import layout
from matric.errors import UsageError

Ship = Callable[..., None]


def git(folder: Path, *arguments: str) -> str:
    who = ["-c", "user.name=T. Rust", "-c", "user.email=t.rust@trust.example", "-c", "commit.gpgsign=false"]
    done = subprocess.run(["git", "-C", folder, *who, *arguments], capture_output=True, text=True, check=True)
    return done.stdout


def commit(folder: Path) -> None:
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--allow-empty", "-m", "As it is")


@pytest.fixture
def wheel(tmp_path: Path) -> Path:
    """A file that passes for a wheel of matric."""
    path = tmp_path / "matric-9.9.9-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("matric/__init__.py", "")
    return path


@pytest.fixture
def trust(tmp_path: Path, wheel: Path) -> Path:
    """A trust's repository as it was laid out, and committed."""
    folder = tmp_path / "trust"
    layout.lay_out(folder, "both", layout.pin(wheel))
    git(folder.parent, "init", "--quiet", "-b", "main", str(folder))
    commit(folder)
    return folder


@pytest.fixture
def ship(monkeypatch: pytest.MonkeyPatch) -> Ship:
    """Let matric ship other texts from now on; None: it ships that file no more."""
    real = layout.pieces

    def anew(texts: dict[str, str | None]) -> None:
        def pieces(forges: layout.Forges, pinned: layout.Pin | None) -> dict[str, bytes]:
            whole = real(forges, pinned) | {path: text.encode() for path, text in texts.items() if text is not None}
            return {path: text for path, text in whole.items() if texts.get(path, "") is not None}

        monkeypatch.setattr(layout, "pieces", pieces)

    return anew


def moves(folder: Path) -> dict[str, str]:
    return {one.path: one.move for one in layout.steps(folder, None, None) if one.path != layout.MANIFEST}


def brought_along(folder: Path) -> None:
    layout.take(folder, layout.steps(folder, None, None))


def template_of(folder: Path) -> tuple[str, list[str]]:
    """A template with enough lines to change two places of it."""
    path = next(
        str(one.relative_to(folder))
        for one in sorted((folder / "templates").rglob("*.j2"))
        if len(one.read_text().splitlines()) > 20
    )
    return path, (folder / path).read_text().splitlines(keepends=True)


def test_both_forges_pipelines_are_laid_out(trust: Path) -> None:
    assert (trust / ".gitlab-ci.yml").is_file()
    assert (trust / "ci" / "matric.yml").is_file()
    assert sorted(path.name for path in (trust / ".github" / "workflows").iterdir()) == [
        "matric-deploy.yml",
        "matric-plan.yml",
        "matric-review.yml",
        "matric-schedule.yml",
    ]


@pytest.mark.parametrize(
    ("forge", "there", "absent"),
    [("gitlab", ".gitlab-ci.yml", ".github"), ("github", ".github", ".gitlab-ci.yml")],
)
def test_one_forges_pipeline_alone_is_laid_out(tmp_path: Path, forge: layout.Forges, there: str, absent: str) -> None:
    layout.lay_out(tmp_path / "trust", forge, None)

    assert (tmp_path / "trust" / there).exists()
    assert not (tmp_path / "trust" / absent).exists()


def test_the_pipeline_gets_matric_by_the_hash_of_the_wheel_that_was_given(trust: Path, wheel: Path) -> None:
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()

    lines = (trust / "requirements.txt").read_text().splitlines()

    assert f"./vendor/{wheel.name} --hash=sha256:{digest}" in lines
    assert "-r requirements.lock" in lines
    assert (trust / "vendor" / wheel.name).read_bytes() == wheel.read_bytes()


def test_no_address_of_a_registry_is_laid_out(trust: Path) -> None:
    lock = (trust / "requirements.lock").read_text()

    assert "==" in lock
    assert "://" not in lock + (trust / "requirements.txt").read_text()
    assert '"resolved"' not in (trust / "package-lock.json").read_text()


def test_every_package_of_the_pipeline_is_pinned_as_in_the_lock_matric_is_tested_with() -> None:
    root = Path(__file__).parents[2]

    def pins(path: Path) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        name = ""
        for line in path.read_text().splitlines():
            if line and not line.startswith((" ", "#")):
                name = line.removesuffix(" \\").partition(" ;")[0]  # an extra may need it where matric alone does not
            elif "--hash=" in line:
                found.setdefault(name, []).append(line.strip(" \\"))
        return found

    ours, tested = pins(root / "src/matric/pipeline/requirements.lock"), pins(root / "requirements.lock")

    assert len(ours) > 50
    assert {name: hashes for name, hashes in ours.items() if tested.get(name) != hashes} == {}, "run script/lock"


@pytest.mark.parametrize("name", ["matric-1.0.zip", "other-1.0-py3-none-any.whl", "matric-1.0-py3-none-any.whl"])
def test_what_is_no_wheel_of_matric_is_not_pinned(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"PK")

    with pytest.raises(UsageError, match="wheel"):
        layout.pin(tmp_path / name)


def test_the_manifest_is_committed_and_the_rest_of_its_folder_is_not(trust: Path) -> None:
    (trust / ".matric" / "state").mkdir()
    (trust / ".matric" / "state" / "journal.sqlite").write_text("mine")

    assert layout.MANIFEST in git(trust, "ls-files").splitlines()
    assert git(trust, "status", "--porcelain") == ""


def test_the_manifest_names_every_file_but_the_trusts_data_as_git_does(trust: Path) -> None:
    names = json.loads((trust / layout.MANIFEST).read_text())["files"]
    tracked = {
        path: blob
        for line in git(trust, "ls-files", "--stage").splitlines()
        for (_, blob, _), path in [(line.split("\t")[0].split(), line.split("\t")[1])]
        if not path.startswith("inventory/") and path != layout.MANIFEST
    }

    assert {path: one["blob"] for path, one in names.items()} == tracked


def test_as_laid_out_there_is_nothing_to_bring_along(trust: Path) -> None:
    assert layout.steps(trust, None, None) == ()


def test_what_the_trust_did_not_touch_is_replaced(trust: Path, ship: Ship) -> None:
    ship({".gitlab-ci.yml": "anew\n"})

    assert moves(trust) == {".gitlab-ci.yml": "replace"}
    brought_along(trust)

    assert (trust / ".gitlab-ci.yml").read_text() == "anew\n"
    assert layout.steps(trust, None, None) == ()


def test_changes_of_both_sides_in_different_places_are_merged_with_the_old_text_from_git(
    trust: Path, ship: Ship
) -> None:
    path, lines = template_of(trust)
    (trust / path).write_text("".join(["! of the trust\n", *lines]))
    commit(trust)
    ship({path: "".join([*lines, "! of matric\n"])})

    assert moves(trust) == {path: "merge"}
    brought_along(trust)

    assert (trust / path).read_text() == "".join(["! of the trust\n", *lines, "! of matric\n"])


def test_changes_of_both_sides_in_one_place_leave_the_trusts_text_and_put_the_new_one_beside_it(
    trust: Path, ship: Ship
) -> None:
    path, lines = template_of(trust)
    (trust / path).write_text("".join(["! of the trust\n", *lines[1:]]))
    commit(trust)
    ship({path: "".join(["! of matric\n", *lines[1:]])})

    assert moves(trust) == {path: "beside"}
    brought_along(trust)

    assert (trust / path).read_text().startswith("! of the trust\n")
    assert (trust / f"{path}.new").read_text().startswith("! of matric\n")
    assert moves(trust) == {}


def test_what_the_trust_removed_stays_removed(trust: Path, ship: Ship) -> None:
    path, _ = template_of(trust)
    (trust / path).unlink()
    commit(trust)
    ship({path: "anew\n"})

    assert moves(trust) == {path: "leave"}
    brought_along(trust)

    assert not (trust / path).exists()
    ship({path: "anew again\n"})
    assert moves(trust) == {path: "leave"}


def test_the_trusts_own_change_is_left_where_matric_changed_nothing(trust: Path) -> None:
    path, _ = template_of(trust)
    (trust / path).write_text("of the trust\n")
    commit(trust)

    assert moves(trust) == {}


def test_what_is_new_in_matric_is_added_and_never_over_a_file_of_the_trust(trust: Path, ship: Ship) -> None:
    (trust / "policies" / "mine.py").write_text("# of the trust\n")
    commit(trust)
    ship({"policies/mine.py": "# of matric\n", "policies/anew.py": "# of matric\n"})

    assert moves(trust) == {"policies/anew.py": "add", "policies/mine.py": "beside"}
    brought_along(trust)

    assert (trust / "policies" / "mine.py").read_text() == "# of the trust\n"
    assert (trust / "policies" / "anew.py").read_text() == "# of matric\n"


def test_what_ships_no_more_goes_only_where_the_trust_did_not_touch_it(trust: Path, ship: Ship) -> None:
    untouched, touched = sorted(str(one.relative_to(trust)) for one in (trust / "policies").glob("*.py"))[:2]
    (trust / touched).write_text("# of the trust\n")
    commit(trust)
    ship({untouched: None, touched: None})

    assert moves(trust) == {untouched: "remove", touched: "leave"}
    brought_along(trust)

    assert not (trust / untouched).exists()
    assert (trust / touched).read_text() == "# of the trust\n"


def test_the_trusts_data_is_never_looked_at(trust: Path, ship: Ship) -> None:
    ship({"inventory/standard.yaml": "anew\n", "inventory/other.yaml": "anew\n"})

    assert moves(trust) == {}


def test_the_matric_of_the_pipeline_changes_only_with_another_wheel(trust: Path, tmp_path: Path) -> None:
    other = tmp_path / "matric-9.9.10-py3-none-any.whl"
    with zipfile.ZipFile(other, "w") as archive:
        archive.writestr("matric/__init__.py", "# anew")

    todo = layout.steps(trust, None, layout.pin(other))
    layout.take(trust, todo)

    assert {one.path: one.move for one in todo if one.path != layout.MANIFEST} == {
        "requirements.txt": "replace",
        "vendor/matric-9.9.10-py3-none-any.whl": "add",
        "vendor/matric-9.9.9-py3-none-any.whl": "remove",
    }
    assert layout.steps(trust, None, None) == ()


def test_text_that_git_does_not_have_is_never_written_over(trust: Path, ship: Ship) -> None:
    path, _ = template_of(trust)
    (trust / f"{path}.new").write_text("notes of somebody\n")
    (trust / path).write_text("of the trust\n")
    git(trust, "add", path)
    git(trust, "commit", "--quiet", "-m", "Own way")
    ship({path: "anew\n", ".gitlab-ci.yml": "anew\n"})

    with pytest.raises(UsageError, match="commit it first"):
        brought_along(trust)

    assert (trust / f"{path}.new").read_text() == "notes of somebody\n"
    assert (trust / ".gitlab-ci.yml").read_text() != "anew\n"


def test_without_git_nothing_is_written(tmp_path: Path, ship: Ship) -> None:
    layout.lay_out(tmp_path / "trust", "both", None)
    ship({".gitlab-ci.yml": "anew\n"})

    with pytest.raises(UsageError, match="had back from git"):
        brought_along(tmp_path / "trust")

    assert (tmp_path / "trust" / ".gitlab-ci.yml").read_text() != "anew\n"


def test_a_repository_older_than_manifests_loses_nothing(trust: Path, ship: Ship) -> None:
    (trust / layout.MANIFEST).unlink()
    commit(trust)
    ship({".gitlab-ci.yml": "anew\n"})

    assert moves(trust)[".gitlab-ci.yml"] == "beside"
    brought_along(trust)

    assert (trust / ".gitlab-ci.yml").read_text() != "anew\n"
    assert (trust / ".gitlab-ci.yml.new").read_text() == "anew\n"


@pytest.mark.parametrize(
    "body",
    ["not JSON", "[]", '{"format_version": 2, "forges": "both", "files": {}}',
     '{"format_version": 1, "forges": "both", "files": {"../out": {"sha256": "", "blob": ""}}}'],
)  # fmt: skip
def test_a_manifest_that_cannot_be_read_stops_everything(trust: Path, body: str) -> None:
    (trust / layout.MANIFEST).write_text(body)

    with pytest.raises(UsageError, match="take it back from git"):
        layout.steps(trust, None, None)
