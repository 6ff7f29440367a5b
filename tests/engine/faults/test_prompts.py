"""Banners and descriptions that look like a prompt, a question or a pager end no reading and answer no question."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from matric import execution, lab
from tests.engine.faults import bed as beds
from tests.engine.faults.bed import Bed

IOS = """\
banner motd ^C
{name}#
{name}(config)#
Password:
Proceed? [confirm]
 --More--
Enter new password:
^C
interface {port}
 description {name}#
"""
EOS = """\
banner motd
{name}#
{name}>
Password:
Proceed with reload? [confirm]
 --More--
EOF
interface {port}
   description {name}#
"""
BOOT = {
    "core-1": IOS.format(name="core-1", port="TenGigabitEthernet1/0/10"),
    "sw-01": EOS.format(name="sw-01", port="Ethernet10"),
    "sw-02": IOS.format(name="sw-02", port="GigabitEthernet1/0/10"),
}

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def prompting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bed]:
    folder = tmp_path_factory.mktemp("prompts")
    try:
        yield beds.raised(folder, BOOT)
    finally:
        lab.stop(folder / "lab")


@pytest.mark.parametrize("key", beds.KEYS)
def test_the_texts_are_on_the_device(prompting: Bed, key: str) -> None:
    prompting.lab.renew()

    shown = prompting.lab.device_state(key)["running_text"]

    assert "[confirm]" in shown
    assert f"description {key.partition('/')[2]}#" in shown


def test_a_school_full_of_prompts_is_brought_onto_the_standard(prompting: Bed, tmp_path: Path) -> None:
    prompting.lab.renew()
    bench = prompting.bench(tmp_path / "state")

    _, outcome = execution.carry_out(bench, prompting.again())

    bench.journal.close()
    assert outcome.word.value == "all-new", beds.words(outcome)
    assert beds.wrong(outcome, prompting.truth()) == []


def test_a_school_full_of_prompts_comes_back_to_exactly_what_it_was(prompting: Bed, tmp_path: Path) -> None:
    prompting.lab.renew()
    prompting.lab.fault(beds.CORE, "cut-vlan")
    bench = prompting.bench(tmp_path / "state")

    _, outcome = execution.carry_out(bench, prompting.again())

    bench.journal.close()
    assert outcome.word.value == "all-old", beds.words(outcome)
    assert beds.wrong(outcome, prompting.truth()) == []
