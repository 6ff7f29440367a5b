"""Secrets that only a device holds are named in a plan by their place, and typed from what the device shows."""

from dataclasses import replace

import pytest

from matric import secret
from matric.config import parse
from matric.platform import get
from matric.secret import held

RULES = replace(get("ios").rules, secret=(r"^snmp-server community (?P<secret>\S+)", r"^ key (?P<secret>\S+)$"))
RUNNING = "snmp-server community public RO\nsnmp-server community hunter2 RO\nhostname a\n"
WANTED = "hostname a\nsnmp-server community <secret:lab:read> RO\n"


def test_no_secret_of_the_device_is_in_what_a_plan_compares() -> None:
    shown, _ = held.named(parse(RUNNING, RULES), parse(WANTED, RULES), RULES, None)

    assert "public" not in shown.text()
    assert "hunter2" not in shown.text()


def test_a_line_that_names_a_place_is_typed_with_what_stands_there() -> None:
    running, wanted = parse(RUNNING, RULES), parse(WANTED, RULES)
    shown, _ = held.named(running, wanted, RULES, None)
    lines = tuple(f"no {line.text}" for line in shown.lines if line.text.startswith("snmp"))

    assert held.filled(lines, running, wanted, RULES) == (
        "no snmp-server community public RO",
        "no snmp-server community hunter2 RO",
    )


def test_the_order_in_which_the_device_shows_its_lines_does_not_count() -> None:
    wanted = parse(WANTED, RULES)
    shown, _ = held.named(parse(RUNNING, RULES), wanted, RULES, None)
    turned = parse("".join(reversed(RUNNING.splitlines(keepends=True))), RULES)
    line = next(line.text for line in shown.lines if line.text.startswith("snmp"))

    assert held.filled((line,), turned, wanted, RULES) == ("snmp-server community public RO",)


def test_a_place_that_is_gone_is_not_filled_with_something_else() -> None:
    wanted = parse(WANTED, RULES)
    shown, _ = held.named(parse(RUNNING, RULES), wanted, RULES, None)
    line = next(line.text for line in shown.lines if line.text.startswith("snmp"))

    with pytest.raises(KeyError):
        held.filled((line,), parse("hostname a\n", RULES), wanted, RULES)


def test_the_secret_that_is_wanted_stands_as_its_reference_on_both_sides() -> None:
    vault = secret.vault("seed")
    has = parse(f"snmp-server community {vault.get('lab:read')} RO\n", RULES)
    shown, hidden = held.named(has, parse(WANTED, RULES), RULES, vault)

    assert shown.lines[0].text == hidden.find("^snmp")[0].text == "snmp-server community <secret:lab:read> RO"


def test_a_backup_s_secrets_are_named_too_and_equal_ones_alike() -> None:
    shown, kept = held.named(parse(RUNNING, RULES), parse("snmp-server community hunter2 RO\n", RULES), RULES, None)

    assert "hunter2" not in kept.text()
    assert kept.lines[0].text.startswith("snmp-server community <kept:")
    assert kept.lines[0].text in {line.text for line in shown.lines}


def test_the_number_within_a_place_is_the_same_in_every_process() -> None:
    words = [f"community{letter}" for letter in "hbdacgef"]
    running = parse("".join(f"snmp-server community {word} RO\n" for word in words), RULES)

    shown, _ = held.named(running, parse("hostname a\n", RULES), RULES, None)

    numbers = [int(line.text.split(".")[1].split(">")[0]) for line in shown.lines]
    assert numbers == [sorted(words).index(word) for word in words]
