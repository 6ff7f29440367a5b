"""How Cisco IOS and IOS-XE (Catalyst 9800 included) write their configuration, as data.

Sources: Cisco IOS-XE 17 command references; the forms of secrets are those of ``show running-config``.
"""

from matric.platform.base import ConfigRules

__all__ = ("RULES",)

RULES = ConfigRules(
    hier_config="CISCO_IOS",
    volatile=(
        r"^end$",
        r"^Building configuration",
        r"^Current configuration : \d+ bytes",
        r"^Using \d+ out of \d+ bytes",
        r"^ntp clock-period ",
        r"^version \d",
    ),
    device_owned=(
        r"^crypto pki trustpoint (?:TP-self-signed-|SLA-TrustPoint)",
        r"^crypto pki certificate chain (?:TP-self-signed-|SLA-TrustPoint)",
        r"^switch \d+ provision ",
        r"^license (?:udi|boot|smart) ",
        r"^boot-(?:start|end)-marker$",
        r"^boot system ",
        r"^diagnostic bootup level ",
        r"^memory free low-watermark ",
        r"^interface (?:GigabitEthernet0/0|AppGigabitEthernet\S+|Bluetooth0/4)$",
        r"^vrf definition Mgmt-vrf$",
        r"^platform ",
        r"^control-plane$",
        r"^(?:class-map match-any|policy-map) system-cpp-",
    ),
    secret=(
        r"^username \S+ .*(?:secret|password) (?P<secret>(?:\d )?\S+)$",
        r"^enable (?:secret|password) (?P<secret>(?:\d )?\S+)$",
        r"^(?:radius server|tacacs server) \S+ > key (?P<secret>(?:\d )?\S+)$",
        r"^(?:radius|tacacs)-server (?:host .* )?key (?P<secret>(?:\d )?\S+)$",
        r"^wlan .* > security wpa psk set-key ascii (?P<secret>\d \S.*)$",
        r"^line .* > password (?P<secret>(?:\d )?\S+)$",
        r"^snmp-server community (?P<secret>\S+)",
        r"^snmp-server user \S+ \S+ v3 auth sha (?P<secret>\S+) priv aes 128 \S+$",
        r"^snmp-server user \S+ \S+ v3 auth sha \S+ priv aes 128 (?P<secret>\S+)$",
    ),
    hidden=(r"^snmp-server user ",),
    defaults=(
        r"^interface \S+ > no shutdown$",
        r"^interface \S+ > switchport$",
        r"^interface \S+ > switchport access vlan 1$",
        r"^interface \S+ > power inline auto$",
        r"^ip ssh version 2$",
        r"^no ip routing$",
        r"^lldp transmit$",
        r"^no service pad$",
        r"^vlan \S+ > state active$",
        r"^snmp-server engineID ",
        r"^line con 0 > stopbits 1$",
        r"^line vty .* > login$",
    ),
    heredocs=(
        r"^banner (?:motd|login|exec|incoming) (?P<end>\^C|\x03)",
        r"^certificate (?:self-signed |ca |rollover )?[0-9A-Fa-f]+$(?P<quit>)",
    ),
    unordered=(
        r"^$",
        r"^interface ",
        r"^vlan ",
        r"^line ",
        r"^archive$",
        r"^log config$",
        r"^wlan ",
        r"^wireless ",
        r"^radius server ",
        r"^ap [0-9a-f.]+$",
    ),
    ordered=(
        r"^(access-list \S+) ",
        r"^(aaa authentication login) ",
    ),
)
