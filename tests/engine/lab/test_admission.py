"""Where a MAC address stands for whoever is plugged in, on every platform of the lab."""

import importlib

import pytest

from matric.config import parse
from matric.lab.admission import by_address
from matric.platform.base import ConfigRules

IOS = "interface GigabitEthernet1/0/1\n mab\ninterface GigabitEthernet1/0/2\n dot1x pae authenticator\n"
EOS = "interface Ethernet1\n   dot1x mac based authentication\ninterface Ethernet2\n   dot1x pae authenticator\n"
AOSS = "aaa port-access authenticator 1-4\naaa port-access mac-based 2-3\naaa port-access mac-based 3 addr-limit 2\n"
AOSCX = """\
aaa authentication port-access mac-auth
    enable
interface 1/1/1
    aaa authentication port-access mac-auth
        enable
interface 1/1/2
    aaa authentication port-access dot1x authenticator
        enable
"""
JUNOS = """\
protocols {
    dot1x {
        authenticator {
            interface {
                ge-0/0/1.0 {
                    supplicant multiple;
                    mac-radius;
                }
                ge-0/0/2.0 {
                    supplicant single;
                }
            }
        }
    }
}
"""


def told(platform: str, text: str) -> frozenset[str]:
    rules: ConfigRules = importlib.import_module(f"matric.platform.{platform}_rules").RULES
    return by_address(platform, parse(text, rules))


@pytest.mark.parametrize(
    ("platform", "text", "ports"),
    [
        ("ios", IOS, {"gigabitethernet1/0/1"}),
        ("eos", EOS, {"ethernet1"}),
        ("aoss", AOSS, {"2", "3"}),
        ("aoscx", AOSCX, {"1/1/1"}),
        ("junos", JUNOS, {"ge-0/0/1"}),
    ],
)
def test_a_port_that_asks_about_addresses_is_told_from_one_that_only_hears_802_1x(
    platform: str, text: str, ports: set[str]
) -> None:
    assert told(platform, text) == ports


def test_a_port_asks_nobody_while_the_switch_has_the_method_off() -> None:
    assert told("aoscx", AOSCX.replace("aaa authentication port-access mac-auth\n    enable\n", "", 1)) == frozenset()
