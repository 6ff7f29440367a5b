"""Banners and descriptions that look like a prompt, a question or a pager end no reading and answer no question."""

import re
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
AOSS = """\
banner motd "{name}# {name}(config)# Password: Do you want to continue [y/n]? Proceed? [confirm] -- MORE --"
interface {port}
   name "{name}#"
   exit
"""
OF_PLATFORM = {
    "eos": EOS.format(name="sw-01", port="Ethernet10"),
    "aoss": AOSS.format(name="sw-01", port="10"),
}
"""What stands on the switch that is another platform's."""
BOOT = {
    "core-1": IOS.format(name="core-1", port="TenGigabitEthernet1/0/10"),
    "sw-02": IOS.format(name="sw-02", port="GigabitEthernet1/0/10"),
}

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module", params=OF_PLATFORM)
def prompting(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bed]:
    folder = tmp_path_factory.mktemp("prompts")
    slug = str(request.param)
    try:
        yield beds.raised(folder, {**BOOT, "sw-01": OF_PLATFORM[slug]}, platform=slug)
    finally:
        lab.stop(folder / "lab")


@pytest.mark.parametrize("key", beds.KEYS)
def test_the_texts_are_on_the_device(prompting: Bed, key: str) -> None:
    prompting.lab.renew()

    shown = prompting.lab.device_state(key)["running_text"]

    assert "[confirm]" in shown
    assert re.search(rf'(description |name "){key.partition("/")[2]}#', shown)


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
