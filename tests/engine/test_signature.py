"""Signatures made and verified by the real ssh-keygen: what the list of signers says, and what it cannot be made to."""

import subprocess
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from matric.approval import signature
from matric.approval.signature import Signers
from matric.errors import SignatureError
from tests.engine.test_repository import committed, git, put

NOW = datetime(2026, 11, 25, 18, 0, tzinfo=UTC)
TEXT = b"matric-plan-v1\nsha256:ab\noakfield\n"
Key = Callable[[str], Path]


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> Key:
    """A key by its owner's name, made once."""
    folder = tmp_path_factory.mktemp("keys")

    def made(name: str) -> Path:
        path = folder / name
        if not path.exists():
            make = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", str(path)]
            subprocess.run(make, check=True, capture_output=True)
        return path

    return made


def public(path: Path) -> str:
    return " ".join(path.with_suffix(".pub").read_text(encoding="utf-8").split()[:2])


def signed(path: Path, text: bytes = TEXT, namespace: str = signature.NAMESPACE) -> str:
    typed = ["ssh-keygen", "-Y", "sign", "-f", str(path), "-n", namespace]
    return subprocess.run(typed, input=text, check=True, capture_output=True).stdout.decode()


def listed(*lines: str) -> Signers:
    return Signers.read("".join(f"{line}\n" for line in lines).encode())


def test_a_signature_by_a_listed_key_holds(key: Key) -> None:
    signers = listed("# who may approve", "", f"bo@fernhill.example {public(key('bo'))} Bo's laptop")

    assert signers.refusal(TEXT, signed(key("bo")), "bo@fernhill.example", NOW) == ""
    assert signers.refusal(TEXT, signed(key("bo")), " Bo@Fernhill.Example", NOW) == ""
    assert signers.principal(signed(key("bo"))) == "bo@fernhill.example"


def test_a_signature_of_anything_else_does_not(key: Key) -> None:
    signers = listed(f"bo@x {public(key('bo'))}", f"cy@x {public(key('cy'))}")
    good = signed(key("bo"))

    for text, made, principal in (
        (TEXT.replace(b"ab", b"cd"), good, "bo@x"),
        (TEXT.replace(b"oakfield", b"fernhill"), good, "bo@x"),
        (TEXT, signed(key("bo"), namespace="git"), "bo@x"),
        (TEXT, signed(key("bo"), namespace="file"), "bo@x"),
        (TEXT, signed(key("dee")), "bo@x"),
        (TEXT, good, "cy@x"),
        (TEXT, "", "bo@x"),
        (TEXT, "not a signature", "bo@x"),
        (TEXT, good.replace("A", "B"), "bo@x"),
    ):
        assert "does not hold" in signers.refusal(text, made, principal, NOW)
    assert "is not in inventory/allowed_signers" in signers.refusal(TEXT, good, "eve@x", NOW)
    assert signers.principal(signed(key("dee"))) == ""


@pytest.mark.parametrize("zone", ["", "Z"])
def test_a_key_counts_from_and_until_the_times_on_its_line_in_utc(
    key: Key, zone: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    options = f'valid-after="20261120000000{zone}",valid-before="20261125190000{zone}"'
    signers = listed(f"bo@x {options} {public(key('bo'))}")
    made, hour = signed(key("bo")), timedelta(hours=1)

    assert signers.refusal(TEXT, made, "bo@x", NOW) == ""
    assert "expired" in signers.refusal(TEXT, made, "bo@x", NOW, NOW + 2 * hour)
    assert "not yet valid" in signers.refusal(TEXT, made, "bo@x", NOW - 10 * 24 * hour)


def test_a_key_listed_for_other_namespaces_signs_no_plan(key: Key) -> None:
    signers = listed(f'bo@x namespaces="git,file" {public(key("bo"))}')

    assert signers.refusal(TEXT, signed(key("bo")), "bo@x", NOW)


@pytest.mark.parametrize("names", ["*@x", "bo@*", "b?@x", "!eve@x,*", '"bo@x"'])
def test_a_line_that_would_let_one_key_sign_as_anybody_counts_for_nothing(key: Key, names: str) -> None:
    signers = listed(f"{names} {public(key('bo'))}")

    refusal = signers.refusal(TEXT, signed(key("bo")), "bo@x", NOW)

    assert "line 1" in refusal
    assert not signers.lines


def test_a_certificate_authority_counts_for_nothing(key: Key) -> None:
    signers = listed(f"bo@x cert-authority {public(key('bo'))}", f"cy@x {public(key('cy'))}")

    assert "certificate authority" in signers.refusal(TEXT, signed(key("bo")), "bo@x", NOW)
    assert signers.refusal(TEXT, signed(key("cy")), "cy@x", NOW) == ""


@pytest.mark.parametrize(
    "line", ["nonsense", "bo@x", "bo@x ssh-ed25519", "bo@x nope AAAA", "\x00\x01", "bo@x ssh-rsa !!"]
)
def test_a_line_that_cannot_be_read_takes_nobody_else_s_place(key: Key, line: str) -> None:
    signers = listed(line, f"cy@x {public(key('cy'))}")

    assert signers.refusal(TEXT, signed(key("cy")), "cy@x", NOW) == ""
    assert signers.refusal(TEXT, signed(key("bo")), "bo@x", NOW)


def test_all_names_on_a_line_and_all_lines_of_a_key_are_one_person(key: Key) -> None:
    signers = listed(
        f"bo@x,bo.l {public(key('bo'))}", f"bo@y {public(key('bo'))}", f"bo@y,b-l {public(key('bo-2'))}",
        f"cy@x {public(key('cy'))}",
    )  # fmt: skip

    assert signers.names_of("B-L") == {"bo@x", "bo.l", "bo@y", "b-l"}
    assert signers.names_of("cy@x") == {"cy@x"}
    assert signers.names_of("Eve") == {"eve"}


def test_the_list_is_read_from_the_protected_branch_and_never_from_the_change(key: Key, tmp_path: Path) -> None:
    origin, clone = tmp_path / "origin", tmp_path / "clone"
    origin.mkdir()
    git(origin, "init", "-q", "-b", "main")
    put(origin, signature.PATH, f"bo@x {public(key('bo'))}\n")
    committed(origin)
    git(tmp_path, "clone", "-q", str(origin), "clone")
    git(clone, "switch", "-q", "-c", "change")
    put(clone, signature.PATH, f"bo@x {public(key('bo'))}\neve@x {public(key('eve'))}\n")
    committed(clone)
    git(clone, "branch", "-f", "main", "change")
    put(clone, signature.PATH, f"eve@x {public(key('eve'))}\n")

    signers = signature.trusted(clone)

    assert signers.refusal(TEXT, signed(key("bo")), "bo@x", NOW) == ""
    assert "is not in" in signers.refusal(TEXT, signed(key("eve")), "eve@x", NOW)


def test_a_list_that_cannot_be_read_lets_nobody_sign_and_says_why(key: Key, tmp_path: Path) -> None:
    nowhere = signature.trusted(tmp_path)
    git(tmp_path, "init", "-q", "-b", "main")
    committed(tmp_path)
    without = signature.trusted(tmp_path, "main")

    assert "no git repository" in nowhere.refusal(TEXT, signed(key("bo")), "bo@x", NOW)
    assert "has no inventory/allowed_signers" in without.refusal(TEXT, signed(key("bo")), "bo@x", NOW)


def test_without_ssh_keygen_nothing_is_known(key: Key, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    signers, made = listed(f"bo@x {public(key('bo'))}"), signed(key("bo"))
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(SignatureError, match="not installed"):
        signers.refusal(TEXT, made, "bo@x", NOW)
