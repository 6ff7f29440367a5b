"""Secrets as other people's configurations hold them: none gets into what a plan shows, types or keeps."""

import pytest

from matric import diff, secret
from matric.config import parse
from matric.ordering import ordered
from matric.plan import draft
from matric.plan.lines import tells
from matric.platform import get
from matric.secret import held

VALUE = "w1ldv4lue"
WILD = {
    "aoscx": (
        "snmp-server host 192.0.2.9 trap version v2c community {}",
        "snmp-server host 192.0.2.9 inform version v2c community {} port 5000",
        "snmp-server community {}",
        "radius-server host 192.0.2.5 key plaintext {} timeout 5",
        "radius-server tracking user-name probe password ciphertext {}",
        "tacacs-server key ciphertext {}",
        "user bob group operators password ciphertext {}",
        "snmpv3 user mon auth sha auth-pass ciphertext Xy priv aes priv-pass ciphertext {}",
        "ntp authentication-key 1 sha1 ciphertext {}",
        "ntp authentication-key 1 md5 {}",
        "interface vlan 3\n    ip ospf message-digest-key 1 md5 ciphertext {}",
        "interface vlan 3\n    ip ospf authentication-key {}",
    ),
    "aoss": (
        'snmp-server host 192.0.2.9 community "{}" trap-level critical',
        'snmp-server host 192.0.2.9 informs community "{}"',
        'snmp-server community "{}" unrestricted',
        'snmpv3 community index "1" name "{}" sec-name "mon"',
        'snmpv3 user "mon" auth sha "{}" priv aes "Xy"',
        'snmpv3 user "mon" auth sha "Xy" priv aes "{}"',
        'snmpv3 user "mon" auth "Xy" priv "{}"',
        'radius-server host 192.0.2.5 encrypted-key "{}"',
        'radius-server host 192.0.2.5 auth-port 1645 acct-port 1646 key "{}"',
        'tacacs-server encrypted-key "{}"',
        'password manager user-name "admin" sha1 "{}"',
        'password operator plaintext "{}"',
        'sntp authentication key-id 1 authentication-mode md5 encrypted-key "{}"',
        'ntp authentication key-id 1 authentication-mode sha1 key-value "{}" trusted',
        'key-chain "k" key 1 key-string "{}"',
        'aaa port-access supplicant 1 secret "{}"',
        'vlan 3\n   ip ospf authentication-key "{}"',
    ),
    "junos": (
        'system {{\n    ntp {{\n        authentication-key 1 type md5 value "{}";\n    }}\n}}',
        'system {{\n    archival {{\n        archive-sites "ftp://bob:{}@192.0.2.1/x";\n    }}\n}}',
        'system {{\n    radius-server {{\n        192.0.2.5 secret "{}";\n    }}\n}}',
        "snmp {{\n    community {} {{\n        authorization read-only;\n    }}\n}}",
        "snmp {{\n    trap-group {} {{\n        version v2;\n    }}\n}}",
        'snmp {{\n    v3 {{\n        snmp-community i {{\n            community-name "{}";\n        }}\n    }}\n}}',
        'protocols {{\n    ospf {{\n        authentication {{\n            simple-password "{}"; }}\n    }}\n}}',
    ),
}
CASES = [(slug, wild) for slug, wilds in WILD.items() for wild in wilds]
BY_LINE = [case for case in CASES if case[0] != "junos"]


@pytest.mark.parametrize(("slug", "wild"), CASES)
def test_no_diff_and_no_kept_history_shows_a_secret_that_nobody_referred_to(slug: str, wild: str) -> None:
    rules, running, intended = get(slug).rules, wild.format(VALUE) + "\n", ""

    shown = draft.redacted(diff.planned(running, intended, rules, None).text())
    kept = secret.sealed(
        parse(running, rules), parse(intended, rules), rules, secret.Vault({}), lambda _value, _place: "<sealed>"
    )

    assert len(shown.splitlines()) > 2
    assert VALUE not in shown
    assert VALUE not in kept


@pytest.mark.parametrize(("slug", "wild"), BY_LINE)
@pytest.mark.parametrize("back", [False, True], ids=["forward", "back"])
def test_no_line_of_a_plan_holds_a_secret_of_the_device_or_the_plan_is_refused(
    slug: str, wild: str, *, back: bool
) -> None:
    platform = get(slug)
    old, new = f"hostname a\n{wild.format(VALUE)}\n", "hostname a\n"
    sides = (new, old) if back else (old, new)

    running, intended = (parse(side, platform.rules) for side in sides)
    shown, wanted = held.named(running, intended, platform.rules, None)
    lines = ordered(platform, shown.text(), wanted.text(), cut=lambda _held: ()).lines

    assert lines
    for line in lines:
        assert VALUE not in line or tells(line, of_device=back)


@pytest.mark.parametrize(
    "line",
    [
        "no snmp-server community public",
        'no snmp-server community "<held:0123456789ab.0>" unrestricted',
        "no snmp-server host 192.0.2.9 trap version v2c",
        "no password operator",
        "no radius-server key",
        " no description door key 7 in the office",
        "radius-server host 192.0.2.5 key plaintext <secret:lab:radius-1>",
    ],
)
def test_a_line_without_a_secret_is_not_refused(line: str) -> None:
    assert not tells(line, of_device=False)
