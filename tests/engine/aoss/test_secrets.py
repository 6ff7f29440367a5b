"""Secrets in lines of AOS-S: redacted, and compared by what they are."""

import pytest

from matric import secret
from matric.config import parse
from matric.platform import aoss_rules


@pytest.mark.parametrize(
    "line",
    [
        'password manager user-name "breakglass" sha256 "{}"',
        "password operator plaintext {}",
        'aaa authentication local-user "matric" group "Level-15" password sha256 "{}"',
        'radius-server host 10.0.0.1 key "{}"',
        'snmpv3 user "m" auth sha "{}" priv aes "{}"',
        'snmp-server community "{}" unrestricted',
    ],
)
def test_a_line_of_aos_s_is_redacted_and_its_references_stay(line: str) -> None:
    assert secret.redact(line.format("sunflower", "sunflower")) == line.format("<secret>", "<secret>")
    reference = line.format("<secret:lab:one|sha256>", "<secret:lab:two>")
    assert secret.redact(reference) == reference
    assert "sunflower" not in secret.redact(line.format('sun"flower', "sunflower"))


def test_a_hash_of_aos_s_is_compared_by_its_value() -> None:
    wanted = 'password manager user-name "x" sha256 "<secret:lab:one|sha256>"\n'
    keys = secret.vault(lab_seed="seed")
    rules = aoss_rules.RULES
    shown = parse(secret.resolve(wanted, keys, "oakfield/sw-02"), rules)
    other = parse(wanted.replace("<secret:lab:one|sha256>", "ab" * 32), rules)

    assert secret.concealed(shown, parse(wanted, rules), rules, keys)[0] == parse(wanted, rules)
    assert "<secret changed>" in secret.concealed(other, parse(wanted, rules), rules, keys)[0].text()
