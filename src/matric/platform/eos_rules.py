"""How Arista EOS writes its configuration, as data. Source: EOS user manual, and practice."""

from matric.platform.base import ConfigRules

__all__ = ("RULES",)

RULES = ConfigRules(
    hier_config="ARISTA_EOS",
    volatile=(
        r"^end$",
        r"^Command: show ",
        r"^boot system ",
    ),
    device_owned=(
        r"^transceiver qsfp default-mode ",
        r"^service routing protocols model ",
        r"^boot system ",
    ),
    secret=(
        r"^username \S+ .*secret (?P<secret>(?:sha512|5|0) \S+)",
        r"^enable password (?P<secret>(?:sha512|5|0) \S+)",
        r"^radius-server host .* key (?P<secret>(?:[07] )?\S+)$",
        r"^snmp-server user \S+ \S+ v3 .*auth sha (?P<secret>\S+) priv aes \S+$",
        r"^snmp-server user \S+ \S+ v3 .*priv aes (?P<secret>\S+)$",
        r"^tacacs-server (?:host .* )?key (?P<secret>(?:[07] )?\S+)$",
        r"^snmp-server community (?P<secret>\S+)",
        r"^enable secret (?P<secret>(?:sha512|5|0) \S+)",
    ),
    hidden=(r"^no username admin$",),
    defaults=(
        r"^no ip routing$",
        r"^no aaa root$",
        r"^interface (?:Ethernet|Port-Channel|Management)\S+ > no shutdown$",
        r"^interface Vlan\d+ > no shutdown$",
        r"^interface (?:Ethernet|Port-Channel)\S+ > switchport mode access$",
        r"^interface (?:Ethernet|Port-Channel)\S+ > switchport access vlan 1$",
        r"^interface (?:Ethernet|Port-Channel)\S+ > switchport$",
        r"^vlan \S+ > state active$",
        r"^lldp run$",
        r"^management api http-commands > protocol https$",
        r"^management api http-commands > no protocol http$",
    ),
    heredocs=(r"^banner (?:login|motd)$(?P<EOF>)",),
    unordered=(
        r"^$",
        r"^interface ",
        r"^vlan ",
        r"^management ",
        r"^dot1x$",
        r"^aaa group server radius ",
        r"^logging ",
        r"^vrf ",
        r"^address locking$",
        r"^ip dhcp snooping$",
        r"^errdisable ",
    ),
)
