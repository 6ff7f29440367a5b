"""Accounts: whose they may be, how often they are tried, and what is remembered of them."""

import os
import threading
from pathlib import Path

import pytest

from matric import walk
from matric.errors import BadInput, StrangerError, UsageError
from matric.secret import Vault, vault
from matric.walk.credential import uncompared
from matric.walk.ration import IN_A_ROW

KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJdD7y3aLq454yWBdwLWbieU1ebz9/cu7/QEXn9OIeZJ"
OTHER = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIA6rWI3G1sz07DnfFlrouTcysQlj2P+jpNSOEWD9OJ3X"
FILE = """\
format_version: 1
credentials:
  office: {{user: admin, secret: "{secret}", given_by: "the bursar, 3 November", within: [192.168.1.0/24]}}
  provider: {{user: support, secret: "env:PROVIDER"}}
"""


def written(folder: Path, secret: str = "env:OFFICE") -> Path:
    (folder / "credentials.yaml").write_text(FILE.format(secret=secret), encoding="utf-8")
    return folder


@pytest.fixture(autouse=True)
def known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OFFICE", "office-horse-battery")
    monkeypatch.setenv("PROVIDER", "provider-horse-battery")


def test_accounts_come_by_name_in_the_order_of_the_file(tmp_path: Path) -> None:
    found = walk.accounts(written(tmp_path), (), frozenset(), vault())

    assert [one.name for one in found] == ["office", "provider"]
    assert "horse" not in repr(found)
    assert found[0].fits("192.168.1.9")
    assert not found[0].fits("192.168.2.9")
    assert found[0].closeness("192.168.1.9") > found[1].closeness("192.168.1.9")


def test_a_secret_of_the_trust_is_never_shown_to_a_school_s_network(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="a secret of the trust"):
        walk.accounts(written(tmp_path), (), frozenset({"env:OFFICE"}), vault())


def test_a_secret_of_the_trust_is_refused_under_another_name_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRUST", "office-horse-battery")

    with pytest.raises(BadInput, match="that of a secret of the trust") as caught:
        walk.accounts(written(tmp_path), (), frozenset({"env:TRUST", "env:NOT_SET"}), vault())

    assert "horse" not in str(caught.value)
    assert "provider" not in str(caught.value)


def test_a_secret_of_the_trust_is_refused_wherever_both_are_kept(tmp_path: Path) -> None:
    kept = {"trust/service": "office-horse-battery", "closed": None}
    safe = {"service": "provider-horse-battery"}
    own = Vault({"env": os.environ.get, "keyring": kept.get, "safe": lambda name: safe[name]})
    refused = frozenset({"keyring:trust/service", "keyring:closed", "safe:nowhere", "safe:service"})

    with pytest.raises(BadInput) as caught:
        walk.accounts(written(tmp_path), (), refused, own)

    assert [problem.thing.rpartition(" ")[2] for problem in caught.value.problems] == ["office", "provider"]
    assert "horse" not in str(caught.value)
    assert uncompared(refused, own) == ("keyring:closed", "safe:nowhere")


def test_a_password_in_the_file_is_refused_and_not_repeated(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no password belongs into a file") as caught:
        walk.accounts(written(tmp_path, "summer holidays"), (), frozenset(), vault())

    assert "summer" not in str(caught.value)


def test_a_name_that_nobody_wrote_down_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no credential office2"):
        walk.accounts(written(tmp_path), ("office2",), frozenset(), vault())


def test_the_trust_s_own_secrets_are_those_its_files_refer_to() -> None:
    inventory = Path(__file__).parents[3] / "inventory"

    assert {"lab:service", "lab:break-glass"} <= walk.trusts_own(inventory)


# ---- rations ----


def test_an_account_rests_after_too_many_refusals_in_a_row() -> None:
    ration = walk.Ration(threading.Event(), 0)

    for _ in range(IN_A_ROW):
        assert ration.take("office")
        ration.told("office", accepted=False)

    assert not ration.take("office")
    assert ration.resting() == ("office",)


def test_a_success_in_between_starts_the_count_again() -> None:
    ration = walk.Ration(threading.Event(), 0)

    for outcome in (False, False, False, True, False, False, False):
        assert ration.take("office")
        ration.told("office", accepted=outcome)

    assert ration.take("office")
    assert ration.order(("provider", "office")) == ("office", "provider")


def test_logins_under_way_count_as_refused_until_they_are_not() -> None:
    ration = walk.Ration(threading.Event(), 0)
    for _ in range(IN_A_ROW):
        assert ration.take("office")
    through = threading.Event()

    def one_more() -> None:
        ration.take("office")
        through.set()

    waiting = threading.Thread(target=one_more, daemon=True)
    waiting.start()
    assert not through.wait(0.2)
    ration.told("office", accepted=True)

    assert through.wait(5)


# ---- what is remembered ----


def test_the_first_key_is_believed_and_another_one_never(tmp_path: Path) -> None:
    assert walk.Memory(tmp_path, {}, lambda: "now").met("10.1.1.1", KEY)

    later = walk.Memory(tmp_path, {}, lambda: "later")

    assert not later.met("10.1.1.1", KEY)
    with pytest.raises(StrangerError, match="no password was sent"):
        later.met("10.1.1.1", OTHER)
    assert "fingerprint: SHA256:" in (tmp_path / "keys.yaml").read_text(encoding="utf-8")


def test_a_key_known_before_is_the_only_one_that_is_believed(tmp_path: Path) -> None:
    file = tmp_path / "known_hosts"
    file.write_text(f"# from the school\n[10.1.1.1]:22,10.1.1.2 {KEY}\n", encoding="utf-8")
    memory = walk.Memory(tmp_path, walk.given(file), lambda: "now")

    assert not memory.met("10.1.1.2", KEY)
    with pytest.raises(StrangerError):
        memory.met("10.1.1.1", OTHER)


def test_hashed_names_of_known_hosts_are_refused_with_their_line(tmp_path: Path) -> None:
    file = tmp_path / "known_hosts"
    file.write_text(f"|1|abc=|def= {KEY}\n", encoding="utf-8")

    with pytest.raises(BadInput, match="SURVEY-PIN"):
        walk.given(file)


def test_what_was_refused_at_one_address_holds_at_another_of_the_same_device(tmp_path: Path) -> None:
    walk.Memory(tmp_path, {}, lambda: "now").refuse("10.1.1.1", "SHA256:same", "office")

    memory = walk.Memory(tmp_path, {}, lambda: "later")

    assert memory.refused("10.1.1.9", "SHA256:same") == {"office"}
    assert not memory.refused("10.1.1.9", "SHA256:other")
