"""The history of what devices hold: no secret in it, a change of one still shows, and it is never half."""

import fcntl
import os
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matric import secret
from matric.change import repository
from matric.drift import history
from matric.drift.history import Kept, kept, keyed, record
from matric.errors import GitError, Locked, UsageError
from matric.platform.eos_rules import RULES as EOS
from matric.platform.ios_rules import RULES as IOS

KEY = b"k" * 32
NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
DEVICES = {"oakfield": ("oakfield/sw-01", "oakfield/sw-02")}


@pytest.fixture
def trust(tmp_path: Path) -> Path:
    """A trust's own repository, with a remote."""
    folder = tmp_path / "trust"
    folder.mkdir()
    git(folder, "init", "-q", "-b", "main")
    git(folder, "remote", "add", "origin", "git@git.example:fernhill/network.git")
    return folder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "history"


def git(folder: Path, *arguments: str) -> str:
    return subprocess.run(["git", "-C", str(folder), *arguments], check=True, capture_output=True, text=True).stdout


def write(folder: Path, trust: Path, texts: dict[str, str], *, key: bytes = KEY) -> history.Recorded:
    found = {device: Kept(text, text) for device, text in texts.items()}
    return record(folder, trust, found, DEVICES, key=key, now=NOW)


def shown(text: str, *, rules: Any = IOS, intended: str = "", key: bytes = KEY, vault: Any = None) -> str:
    return kept(text, intended, rules, vault or secret.vault("seed"), key=key, device="oakfield/sw-01")


# ---- what is kept ----


def test_what_changes_by_itself_is_not_kept() -> None:
    first = "! Last configuration change at 02:00:01 UTC\nversion 17.9\nhostname sw\nntp clock-period 17179860\nend\n"
    later = "! Last configuration change at 03:00:01 UTC\nversion 17.9\nhostname sw\nntp clock-period 17179999\nend\n"

    assert shown(first) == shown(later) == "hostname sw\n"


SECRETS = (
    "username eve privilege 15 secret 9 $9$saltsalt$CANARY",
    "username eve password 0 CANARY",
    "enable secret 5 $1$salt$CANARY",
    "enable password CANARY",
    "snmp-server community CANARY RO",
    "snmp-server host 10.1.1.1 CANARY",
    "snmp-server host 10.1.1.1 version 2c CANARY",
    "snmp-server host 10.1.1.1 vrf mgmt version 2c CANARY",
    "radius-server key 7 CANARY",
    "radius server one\n key 7 CANARY",
    "tacacs server one\n key CANARY",
    "line vty 0 4\n password 7 CANARY",
    "key chain ospf\n key 1\n  key-string 7 CANARY",
    "ntp authentication-key 1 md5 CANARY 7",
    "interface Vlan1\n ip ospf message-digest-key 1 md5 7 CANARY",
    "interface Vlan1\n standby 1 authentication md5 key-string CANARY",
    "router bgp 65000\n neighbor 10.1.1.1 password 7 CANARY",
    "crypto isakmp key CANARY address 10.1.1.1",
    "crypto ikev2 keyring a\n peer b\n  pre-shared-key local CANARY",
    "wlan a 1 b\n security wpa psk set-key ascii 0 CANARY",
    "aaa group server ldap x\n shared-secret 7 CANARY",
)


@pytest.mark.parametrize("line", SECRETS)
def test_a_secret_nobody_knows_is_not_kept_and_its_change_shows(line: str) -> None:
    before, after = shown(line), shown(line.replace("CANARY", "CANARX"))

    assert "CANAR" not in before
    assert before != after
    assert before == shown(line)
    assert before.splitlines()[0].split()[0] == line.split(maxsplit=1)[0]


def test_a_secret_of_eos_is_not_kept_either() -> None:
    text = "username eve privilege 15 secret sha512 $6$salt$CANARY\nsnmp-server community CANARY ro\n"

    assert "CANARY" not in shown(text, rules=EOS)


def test_a_secret_that_is_known_is_kept_as_its_reference_whatever_its_salt() -> None:
    vault = secret.vault("seed")
    clear = vault.get("lab:admin")
    intended = "hostname sw\nusername admin secret 8 <secret:lab:admin|type8>\n"
    first, second = (
        secret.resolve(intended.replace("hostname sw", f"hostname {name}"), vault) for name in ("sw", "other")
    )

    assert first.splitlines()[1] != second.splitlines()[1]
    for sent in (first, second):
        assert "<secret:lab:admin|type8>" in shown(sent, intended=intended, vault=vault)
    moved = f"snmp-server location {clear}\n"
    assert shown(moved, intended=intended, vault=vault) == "snmp-server location <secret:lab:admin>\n"


def test_a_known_secret_stays_known_where_the_rest_of_its_line_was_edited() -> None:
    vault = secret.vault("seed")
    intended = "hostname sw\nusername admin secret 8 <secret:lab:admin|type8>\n"
    sent = secret.resolve(intended, vault).replace("username admin", "username admin privilege 15")

    shows = shown(sent, intended=intended, vault=vault)

    assert "username admin privilege 15 secret 8 <secret:lab:admin|type8>" in shows


def test_without_its_value_a_reference_proves_nothing_and_the_device_s_own_is_sealed() -> None:
    intended = "username admin secret 8 <secret:env:MATRIC_NOT_SET|type8>\n"

    assert "<secret-keyed-" in shown("username admin secret 8 $8$salt$hash\n", intended=intended)


@given(st.text(min_size=1), st.text(min_size=1), st.binary(min_size=16), st.text())
def test_the_token_tells_two_values_apart_and_never_shows_one(one: str, other: str, key: bytes, place: str) -> None:
    assert (keyed(one, key, place) == keyed(other, key, place)) == (one == other)
    assert keyed(one, key, place) != keyed(one, key + b"x", place)
    assert keyed(one, key, place) != keyed(one, key, f"{place}x")


# ---- the repository ----


def test_the_first_run_makes_a_repository_for_its_owner_only(folder: Path, trust: Path) -> None:
    made = write(folder, trust, {"oakfield/sw-01": "hostname sw-01\n"})

    assert made.changed == ("oakfield/sw-01",)
    assert git(folder, "symbolic-ref", "HEAD") == "refs/heads/main\n"
    assert git(folder, "show", "HEAD:oakfield/sw-01/running.conf") == "hostname sw-01\n"
    for path in (folder, *folder.rglob("*")):
        assert path.stat().st_mode & 0o077 == 0, path


def test_a_commit_names_schools_and_devices_and_nothing_changed_is_no_commit(folder: Path, trust: Path) -> None:
    write(folder, trust, {"oakfield/sw-01": "a\n", "oakfield/sw-02": "a\n"})
    again = write(folder, trust, {"oakfield/sw-01": "a\n", "oakfield/sw-02": "a\n"})
    changed = write(folder, trust, {"oakfield/sw-01": "a\n", "oakfield/sw-02": "b\n"})

    assert (again.commit, again.changed) == ("", ())
    assert changed.changed == ("oakfield/sw-02",)
    assert git(folder, "log", "-1", "--format=%B").strip() == "oakfield: sw-02\n\noakfield/sw-02: running and startup"
    assert (
        git(folder, "log", "--format=%an <%ae> %aI %cI").splitlines()
        == ["matric <matric@localhost> 2026-11-24T02:00:00+00:00 2026-11-24T02:00:00+00:00"] * 2
    )


def test_a_device_that_was_silent_keeps_its_file(folder: Path, trust: Path) -> None:
    write(folder, trust, {"oakfield/sw-01": "a\n", "oakfield/sw-02": "a\n"})
    write(folder, trust, {"oakfield/sw-01": "b\n"})
    nobody = write(folder, trust, {})

    assert git(folder, "show", "HEAD:oakfield/sw-02/running.conf") == "a\n"
    assert (nobody.commit, git(folder, "rev-list", "--count", "HEAD")) == ("", "2\n")


def test_a_device_the_trust_no_longer_has_is_named_and_keeps_its_file(folder: Path, trust: Path) -> None:
    write(folder, trust, {"oakfield/sw-01": "a\n", "oakfield/sw-02": "a\n"})
    found = {"oakfield/sw-01": Kept("b\n", "b\n")}

    made = record(folder, trust, found, {"oakfield": ("oakfield/sw-01",)}, key=KEY, now=NOW)

    assert made.left == ("oakfield/sw-02",)
    assert (folder / "oakfield" / "sw-02" / "running.conf").exists()


def test_another_key_is_said_in_the_commit(folder: Path, trust: Path) -> None:
    write(folder, trust, {"oakfield/sw-01": "a\n"})
    made = write(folder, trust, {"oakfield/sw-01": "b\n"}, key=b"j" * 32)

    assert made.rekeyed
    assert "key is a new one" in git(folder, "log", "-1", "--format=%B")
    assert KEY.decode() not in git(folder, "log", "-p")


# ---- a folder that must not be it ----


def test_the_trust_s_own_repository_is_refused_and_so_is_what_lies_in_it_or_around_it(trust: Path) -> None:
    for wrong in (trust, trust / "history", trust / ".matric" / "history", trust.parent):
        with pytest.raises(UsageError, match=r"trust's own folder"):
            write(wrong, trust, {"oakfield/sw-01": "a\n"})
    assert not (trust / "history").exists()


def test_a_site_in_a_part_of_its_repository_is_protected_whole(trust: Path) -> None:
    site = trust / "network"
    site.mkdir()

    with pytest.raises(UsageError, match=r"trust's own folder"):
        write(trust / "history", site, {"oakfield/sw-01": "a\n"})


def test_a_work_tree_of_the_trust_s_repository_is_refused(trust: Path, tmp_path: Path) -> None:
    (trust / "a").write_text("a")
    git(trust, "add", "a")
    git(trust, "-c", "user.name=a", "-c", "user.email=a@b", "commit", "-q", "-m", "a")
    git(trust, "worktree", "add", "-q", "--detach", str(tmp_path / "tree"))

    with pytest.raises(UsageError, match="part of another repository"):
        write(tmp_path / "tree", trust, {"oakfield/sw-01": "a\n"})


@pytest.mark.parametrize(
    "url",
    [
        "git@git.example:fernhill/network.git",
        "ssh://git@git.example/fernhill/network",
        "https://user:token@git.example/fernhill/network.git/",
        "ssh://git@GIT.example:22/fernhill/Network.git",
    ],
)
@pytest.mark.parametrize("what", ["url", "pushurl"])
def test_a_remote_that_is_the_trust_s_is_refused_however_it_is_written(
    folder: Path, trust: Path, url: str, what: str
) -> None:
    write(folder, trust, {"oakfield/sw-01": "a\n"})
    git(folder, "remote", "add", "origin", "git@git.example:fernhill/history.git")
    assert write(folder, trust, {"oakfield/sw-01": "b\n"}).commit
    git(folder, "config", f"remote.origin.{what}", url)

    with pytest.raises(UsageError, match="trust's own remote") as caught:
        write(folder, trust, {"oakfield/sw-01": "c\n"})

    assert "token" not in str(caught.value)
    assert git(folder, "show", "HEAD:oakfield/sw-01/running.conf") == "b\n"


def test_somebody_else_s_repository_or_folder_is_not_written_to(trust: Path, tmp_path: Path) -> None:
    theirs = tmp_path / "theirs"
    theirs.mkdir()
    (theirs / "thesis.tex").write_text("years of work")
    with pytest.raises(UsageError, match="not empty"):
        write(theirs, trust, {"oakfield/sw-01": "a\n"})
    git(theirs, "init", "-q", "-b", "main")
    with pytest.raises(UsageError, match="no history has"):
        write(theirs, trust, {"oakfield/sw-01": "a\n"})
    git(theirs, "add", "thesis.tex")
    git(theirs, "-c", "user.name=a", "-c", "user.email=a@b", "commit", "-q", "-m", "a")

    with pytest.raises(UsageError, match=r"no history of matric's"):
        write(theirs, trust, {"oakfield/sw-01": "a\n"})

    assert (theirs / "thesis.tex").read_text() == "years of work"
    assert not (theirs / "oakfield").exists()


def test_an_empty_clone_may_become_the_history(trust: Path, tmp_path: Path) -> None:
    bare = tmp_path / "bare.git"
    subprocess.run(["git", "init", "-q", "--bare", "-b", "main", bare], check=True)
    subprocess.run(["git", "clone", "-q", bare, tmp_path / "clone"], check=True, capture_output=True)

    assert write(tmp_path / "clone", trust, {"oakfield/sw-01": "a\n"}).commit


# ---- runs that end in the middle ----


def left_by_a_crash(folder: Path) -> None:
    (folder / ".git" / "index.lock").write_text("")
    (folder / ".git" / "refs" / "heads" / "main.lock").write_text("")
    (folder / "oakfield" / "sw-02" / "running.conf").write_text("half of it")
    (folder / "oakfield" / "sw-02" / ".running.conf.77.partial").write_text("half")
    git(folder, "hash-object", "-w", str(folder / "oakfield" / "sw-02" / "running.conf"))


def test_what_a_crash_left_is_put_right_by_the_next_run(folder: Path, trust: Path) -> None:
    write(folder, trust, {"oakfield/sw-01": "a\n", "oakfield/sw-02": "a\n"})
    left_by_a_crash(folder)

    made = write(folder, trust, {"oakfield/sw-01": "b\n"})

    assert made.changed == ("oakfield/sw-01",)
    assert git(folder, "status", "--porcelain") == ""
    assert git(folder, "show", "HEAD:oakfield/sw-02/running.conf") == "a\n"
    assert not list(folder.rglob("*.partial"))


@pytest.mark.parametrize("first", [True, False], ids=["the first run", "a later run"])
@pytest.mark.parametrize("at", ["add", "commit"])
def test_a_run_that_stops_before_its_commit_leaves_nothing_to_the_next(
    folder: Path, trust: Path, monkeypatch: pytest.MonkeyPatch, at: str, *, first: bool
) -> None:
    if not first:
        write(folder, trust, {"oakfield/sw-01": "a\n"})
    real: Callable[..., str] = repository.git

    def stopped(where: Path, *arguments: str, **more: Any) -> str:
        if arguments[0] == at:
            raise KeyboardInterrupt
        return real(where, *arguments, **more)

    with monkeypatch.context() as patch:
        patch.setattr(repository, "git", stopped)
        with pytest.raises(KeyboardInterrupt):
            write(folder, trust, {"oakfield/sw-02": "b\n"})
    made = write(folder, trust, {"oakfield/sw-01": "c\n"})

    assert made.changed == ("oakfield/sw-01",)
    assert git(folder, "status", "--porcelain") == ""
    assert "sw-02" not in git(folder, "ls-files")


def test_two_runs_at_once_are_one_and_a_refusal(folder: Path, trust: Path) -> None:
    write(folder, trust, {"oakfield/sw-01": "a\n"})
    handle = os.open(folder / ".git" / "matric.lock", os.O_RDWR)
    fcntl.flock(handle, fcntl.LOCK_EX)
    try:
        with pytest.raises(Locked, match="another backup"):
            write(folder, trust, {"oakfield/sw-01": "b\n"})
    finally:
        os.close(handle)

    assert write(folder, trust, {"oakfield/sw-01": "b\n"}).commit


def test_a_hook_or_an_ignored_name_of_the_folder_keeps_nothing_out(folder: Path, trust: Path) -> None:
    write(folder, trust, {"oakfield/sw-01": "a\n"})
    hook = folder / ".git" / "hooks" / "pre-commit"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\nexit 1\n")
    hook.chmod(0o755)
    (folder / ".git" / "info").mkdir(exist_ok=True)
    (folder / ".git" / "info" / "exclude").write_text("*.conf\n")

    assert write(folder, trust, {"oakfield/sw-02": "a\n"}).changed == ("oakfield/sw-02",)


def test_an_error_of_git_is_an_error_and_not_nothing_changed(
    folder: Path, trust: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(folder, trust, {"oakfield/sw-01": "a\n"})
    monkeypatch.setenv("PATH", "/nowhere")

    with pytest.raises(GitError):
        write(folder, trust, {"oakfield/sw-01": "a\n"})
