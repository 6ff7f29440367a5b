"""How HPE Aruba AOS-CX writes its configuration, as data.

Sources: AOS-CX 10.x command-line reference (6100, 6200, 6300); hier_config's experimental driver for the platform.
Nothing here was read from a switch of ours.
"""

from matric.platform.base import ConfigRules

__all__ = ("RULES",)

RULES = ConfigRules(
    hier_config="ARUBA_AOSCX",
    volatile=(
        r"^Current configuration:$",
        r"^Startup configuration:$",
    ),
    device_owned=(
        r"^vsf member \d+$",
        r"^interface mgmt$",
    ),
    secret=(
        r"^user \S+ group \S+ password (?P<secret>(?:ciphertext|plaintext) \S+)$",
        r"^radius-server host \S+ .*\bkey (?P<secret>(?:ciphertext|plaintext) \S+)",
        r"^radius-server key (?P<secret>(?:ciphertext|plaintext) \S+)$",
        r"^tacacs-server host \S+ .*\bkey (?P<secret>(?:ciphertext|plaintext) \S+)",
        r"^snmp-server community (?P<secret>\S+)",
        r"^snmpv3 user \S+ auth \S+ auth-pass (?P<secret>(?:ciphertext|plaintext) \S+)",
        r"^snmpv3 user \S+ auth \S+ auth-pass \S+ \S+ priv \S+ priv-pass (?P<secret>(?:ciphertext|plaintext) \S+)",
    ),
    defaults=(
        r"^interface vlan \d+ > no shutdown$",
        r"^vlan \d+ > no shutdown$",
    ),
    unordered=(
        r"^$",
        r"^interface ",
        r"^vlan ",
    ),
)
