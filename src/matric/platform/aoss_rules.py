"""How HPE Aruba AOS-S (2530, 2540, 2930F, 5400R) writes its configuration, as data.

Membership belongs to VLANs: ``untagged 1-24,Trk1`` below ``vlan 20``. What the device adds of its own accord (the ports
VLAN 1 has lost, ``no ip address``, ``exit`` after a section) says nothing.
Sources: HPE ArubaOS-Switch 16.x guides (basic operation, management and configuration, access security, advanced
traffic management, multicast and routing). Nothing here was read from a switch of ours.
"""

from matric.platform.base import ConfigRules

__all__ = ("RULES",)

RULES = ConfigRules(
    hier_config="HP_PROCURVE",
    volatile=(
        r"^;",
        r"^exit$",
        r"^vlan 1 > no untagged ",
        # A dead-man's job is no part of what anybody wants: Driver.pending tells of it.
        r"^job matric-",
    ),
    device_owned=(
        r"^(?:flexible-)?module \S+ type ",
        r"^stacking$",
        r"^max-vlans ",
        r"^crypto ",
        r"^activate ",
        r"^aruba-central ",
        r"^no (?:activate|aruba-central) ",
    ),
    secret=(
        r'^password (?:manager|operator|port-access) .*?(?:plaintext|sha1|sha256) "?(?P<secret>[^\s"]+)"?$',
        r'^aaa authentication local-user \S+ group \S+ password (?:plaintext|sha1|sha256) "?(?P<secret>[^\s"]+)"?$',
        r'^(?:radius|tacacs)-server (?:host \S+ .*?)?(?:encrypted-)?key "?(?P<secret>[^\s"]+)"?',
        # The factory's names are no secrets, and a line that takes one away has to name it.
        r'^snmp-server community "?(?P<secret>(?!(?:public|private)\b)[^\s"]+)"?',
        r'^snmp-server host \S+ (?:\S+ )*?community "?(?P<secret>(?!(?:public|private)\b)[^\s"]+)"?',
        r'^snmpv3 user \S+ auth (?:(?:md5|sha) )?"?(?P<secret>[^\s"]+)"?',
        r'^snmpv3 user \S+ auth .* priv (?:(?:des|aes) )?"?(?P<secret>[^\s"]+)"?$',
        r'^snmpv3 community index \S+ name "?(?P<secret>(?!(?:public|private)\b)[^\s"]+)"?',
        r' (?:encrypted-key|key-value|key-string|secret|auth(?:entication)?-key) "?(?P<secret>[^\s"]+)"?',
    ),
    defaults=(
        r"^vlan \d+ > no ip address$",
        r'^vlan 1 > name "?DEFAULT_VLAN"?$',
        r"^spanning-tree priority 8$",
        r"^spanning-tree mode mstp$",
        r"^ip ssh$",
        r"^telnet-server$",
        r"^dhcp-snooping option 82$",
        r"^aaa port-access authenticator \S+ tx-period 30$",
        r"^aaa port-access mac-based \S+ (?:addr-limit 1|logoff-period 300)$",
    ),
    unordered=(
        r"^$",
        r"^interface ",
        r"^vlan \d",
        r"^oobm$",
    ),
)
