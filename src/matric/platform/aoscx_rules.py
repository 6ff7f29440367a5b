"""How HPE Aruba AOS-CX writes its configuration, as data.

Sources: AOS-CX 10.10 to 10.13 guides for the 6100, 6200 and 6300 ("Fundamentals", "Layer 2 Bridging", "Security",
"ACLs and Classifier Policies", "SNMP/MIB", "Hardening"). Nothing here was read from a switch of ours.

Passwords and keys: the switch encrypts what it is given (``plaintext``) with a key of its own and shows
``ciphertext``. Nobody else can tell what is in it, so matric compares the form: a secret changed by hand is not seen.
"""

from matric.platform.base import ConfigRules

__all__ = ("RULES",)

_KEPT = r"(?P<secret>(?:ciphertext|plaintext) \S+)"

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
        rf"^user \S+ group \S+ password {_KEPT}$",
        rf"^radius-server host \S+ .*\bkey {_KEPT}",
        rf"^radius-server key {_KEPT}$",
        rf"^radius dyn-authorization client \S+ .*\bsecret-key {_KEPT}",
        rf"^tacacs-server host \S+ .*\bkey {_KEPT}",
        rf"^tacacs-server key {_KEPT}$",
        r"^snmp-server host \S+ .*\bcommunity (?!(?:public|private)(?: |$))(?P<secret>\S+)",
        r"^snmp-server community (?!(?:public|private)$)(?P<secret>\S+)",
        rf"^snmpv3 user \S+ auth \S+ auth-pass {_KEPT}",
        rf"^snmpv3 user \S+ auth \S+ auth-pass \S+ \S+ priv \S+ priv-pass {_KEPT}",
        rf" {_KEPT}",  # whatever else it is of: a time server's, a routing protocol's
    ),
    defaults=(
        r"^interface vlan \d+ > no shutdown$",
        r"^vlan \d+ > no shutdown$",
        r"^spanning-tree mode mstp$",
        r"^spanning-tree priority 8$",
        r"^interface \S.* > aaa authentication port-access client-limit 1$",
        r"^interface \S.* > port-access port-security > client-limit 1$",
        r"^interface \S.* > power-over-ethernet(?: priority low)?$",
        r"^radius-server retries 1$",
        r"^dhcpv4-snooping option 82$",
        r"^ip icmp redirect$",
    ),
    heredocs=(r"^banner (?:motd|exec) (?P<end>\S)",),
    unordered=(
        r"^$",
        r"^interface ",
        r"^vlan ",
        r"^aaa group server ",
        r"^aaa authentication port-access ",
        r"^port-access port-security$",
        r"^cli-session$",
        r"^snmp-server community ",
        r"^access-list ",
    ),
)
