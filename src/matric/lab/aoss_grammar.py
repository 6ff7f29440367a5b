"""Which lines the lab's AOS-S (ProCurve line) takes, mode by mode; what is not here is refused.

Source: HPE ArubaOS-Switch 16.x guides (basic operation, management and configuration, access security, multicast
and routing, advanced traffic management).
"""

from matric.lab.tree import Grammar, rules

__all__ = ("GRAMMAR", "RANKS")

TOP = """
hostname =
module * type =
max-vlans =
include-credentials
encrypt-credentials
console idle-timeout =
console idle-timeout serial-usb =
console
dhcp-snooping
dhcp-snooping vlan =
dhcp-snooping option 82 =
dhcp-snooping authorized-server
dhcp-snooping trust
dhcp config-file-update
dhcp image-file-update
dhcp tr69-acs-url
arp-protect
arp-protect vlan =
arp-protect trust
arp-protect validate =
trunk
logging
logging severity =
logging facility =
fault-finder
telnet-server
web-management
web-management ssl
tftp server
tftp client
timesync =
sntp
sntp server priority *
sntp unicast
sntp server
ntp
ntp server
ntp unicast
ntp enable
time timezone =
time daylight-time-rule =
time
ip default-gateway =
ip routing
ip route
ip dns domain-name =
ip dns server-address priority * =
ip ssh
ip ssh filetransfer
ip ssh cipher
ip ssh mac
ip ssh timeout =
ip source-interface
ip source-interface * =
ip icmp
ip source-lockdown
ip authorized-managers
ip access-list extended * > acl
ip access-list standard * > acl
ip client-tracker
ip igmp lookup-mode =
ip timep
ip udp-bcast-forward
ipv6 ra-guard
ipv6
interface * > interface
vlan * > vlan
snmp-server community * =
snmp-server contact =
snmp-server location =
snmp-server host * =
snmp-server enable traps =
snmp-server
snmpv3 enable
snmpv3 only
snmpv3 restricted-access
snmpv3 group
snmpv3 user * =
snmpv3 engineid =
snmpv3 params * =
snmpv3 targetaddress * =
snmpv3 notify * =
snmpv3 group * user * =
snmpv3
aaa authentication login privilege-mode
aaa authentication num-attempts =
aaa authentication lockout-delay =
aaa authentication local-user * =
aaa authentication * login =
aaa authentication * enable =
aaa authentication port-access =
aaa authentication mac-based =
aaa authentication
aaa authorization
aaa accounting
aaa accounting exec =
aaa accounting network =
aaa accounting commands =
aaa accounting update =
aaa server-group
aaa port-access authenticator
aaa port-access authenticator active
aaa port-access authenticator * tx-period =
aaa port-access authenticator * client-limit =
aaa port-access authenticator * quiet-period =
aaa port-access authenticator * reauth-period =
aaa port-access mac-based * addr-limit =
aaa port-access mac-based * logoff-period =
aaa port-access * auth-order =
aaa port-access * auth-priority =
aaa port-access * controlled-direction =
aaa port-access mac-based
aaa port-access
aaa port-access gvrp-vlans
radius-server host * =
radius-server key =
radius-server timeout =
radius-server retransmit =
radius-server dead-time =
radius-server
tacacs-server host * =
tacacs-server key =
spanning-tree
spanning-tree mode =
spanning-tree priority =
spanning-tree config-name =
spanning-tree config-revision =
spanning-tree force-version =
spanning-tree instance
spanning-tree * priority =
spanning-tree vlan * priority =
spanning-tree * path-cost =
spanning-tree * auto-edge-port
spanning-tree * tcn-guard
spanning-tree * point-to-point-mac
spanning-tree * admin-edge-port
spanning-tree * bpdu-protection
spanning-tree * root-guard
spanning-tree bpdu-protection-timeout =
loop-protect
loop-protect * receiver-action =
loop-protect trap loop-detected
loop-protect transmit-interval =
loop-protect disable-timer =
lldp run
lldp admin-status * =
lldp config
lldp refresh-interval =
lldp
cdp
primary-vlan =
management-vlan =
mirror
oobm > oobm
password manager =
password operator =
password
aruba-central
activate
allow-unsupported-transceiver
autorun
power-over-ethernet
job * =
alias * =
banner motd =
banner exec =
qos
rate-limit
device-profile name * > profile
device-profile type * > profile
device-profile
port-security * learn-mode =
port-security *
crypto
stack-management
stacking > stacking
no
"""

GRAMMAR = Grammar(
    modes={
        name: rules(text)
        for name, text in {
            "top": TOP,
            "interface": "name =\ndisable =\nenable =\nspeed-duplex =\npower-over-ethernet =\npoe-allocate-by =\n"
            "poe-value =\npoe-lldp-detect =\nflow-control =\nmdix-mode =\narp-protect trust\ndhcp-snooping trust\n"
            "untagged vlan\ntagged vlan\nip access-group * in =\nip access-group * out =\nlacp =\nqos\n"
            "rate-limit all =\nrate-limit bcast =\nrate-limit mcast =\nrate-limit\nbroadcast-limit =\nlink-keepalive\n"
            "loop-protect\nlldp\nunknown-vlans =\n"
            "ipv6\nservice-policy\ngvrp\nno\nuse\nenergy-efficient-ethernet",
            "vlan": "name =\nuntagged =\ntagged =\nforbid =\nip address\nip address dhcp-bootp =\nip helper-address\n"
            "ip access-group * in =\nip access-group * out =\nip access-group * vlan-in =\n"
            "ip access-group * vlan-out =\n"
            "ip igmp\nip igmp querier\nip proxy-arp\nip\nipv6 enable\nipv6 address\nipv6\nvoice\njumbo\nqos\n"
            "dhcp-snooping\narp-protect\nmanagement-vlan\nprimary-vlan\nprotocol\nconnection-rate-filter\ndisable\n"
            "dhcp-server\nservice-policy\nmonitor",
            "acl": "#\npermit\ndeny\nremark",
            "oobm": "ip address =\nip default-gateway =\ndisable\nenable\nipv6",
            "profile": "untagged-vlan =\ntagged-vlan =\npoe-priority =\npoe-max-power =\ncos =\nassociate =\nenable =\n"
            "ingress-bandwidth =\negress-bandwidth =\nallow-jumbo-frames",
            "stacking": "member * type =\nmember * priority =\nmember",
        }.items()
    },
    kept_no=(
        "telnet-server",
        "web-management",
        "tftp server",
        "tftp client",
        "autorun",
        "dhcp",
        "lldp run",
        "lldp",
        "cdp",
        "ip ssh$",
        "ip ssh cipher",
        "ip ssh mac",
        "aruba-central",
        "allow-unsupported-transceiver",
        "power-over-ethernet$",
        "energy-efficient-ethernet",
        "ip address",
        "ip icmp",
        "stack-management",
        "dhcp-snooping option",
        "snmp-server enable",
    ),
    stays=("acl",),
)

RANKS = (
    "hostname",
    "module",
    "stacking",
    "include-credentials",
    "max-vlans",
    "console",
    "dhcp-snooping",
    "arp-protect",
    "trunk",
    "logging",
    "ip access-list",
    "radius-server",
    "timesync",
    "sntp",
    "ntp",
    "no telnet-server",
    "time",
    "no web-management",
    "web-management",
    "ip",
    "interface",
    "snmp-server",
    "snmpv3",
    "aaa",
    "oobm",
    "job",
    "vlan",
    "device-profile",
    "spanning-tree",
    "loop-protect",
    "no tftp",
    "no autorun",
    "no dhcp",
    "password",
)
"""The order AOS-S shows its sections in, as the guides' examples have it; the rest comes before ``password``."""
