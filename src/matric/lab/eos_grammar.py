"""Which lines the lab's Arista EOS takes, mode by mode. Source: EOS user manual; what is not here is refused."""

from matric.lab.tree import Grammar, rules

__all__ = ("GRAMMAR", "RANKS")

TOP = """
hostname =
dns domain =
ip name-server
ip domain-name =
ip domain lookup
clock timezone =
ntp server
ntp local-interface =
ntp authenticate =
ntp authentication-key * =
ntp trusted-key =
logging host
logging host * =
logging
logging console =
logging trap =
logging buffered =
logging source-interface =
logging level * =
logging monitor =
logging format
logging on
logging facility =
snmp-server
snmp-server community * =
snmp-server contact =
snmp-server location =
snmp-server engineID local =
snmp-server chassis-id =
snmp-server ipv4 access-list
snmp-server view
snmp-server group
snmp-server user
snmp-server host
snmp-server enable traps
snmp-server vrf
username * =
enable password =
enable secret =
aaa root =
aaa authentication login default =
aaa authentication login console =
aaa authentication enable default =
aaa authentication dot1x default =
aaa authentication policy
aaa authorization exec default =
aaa authorization commands * default =
aaa authorization console =
aaa authorization serial-console =
aaa authorization policy local =
aaa accounting exec default =
aaa accounting commands * default =
aaa accounting dot1x default =
aaa accounting system default =
aaa group server radius * > aaa-group
aaa group server tacacs+ * > aaa-group
radius-server host * =
radius-server key =
radius-server timeout =
radius-server retransmit =
radius-server deadtime =
radius-server dynamic-authorization port =
radius-server attribute
tacacs-server host * =
tacacs-server key =
tacacs-server timeout =
ip radius source-interface =
ip tacacs source-interface =
ip ssh source-interface =
spanning-tree mode =
spanning-tree priority =
spanning-tree mst * priority =
spanning-tree mst configuration > mst
spanning-tree vlan-id * priority =
spanning-tree vlan-id
spanning-tree edge-port bpduguard default
spanning-tree edge-port bpdufilter default
spanning-tree portfast bpduguard default
spanning-tree guard loop default
spanning-tree bpduguard rate-limit default
spanning-tree root super
vlan * > vlan
vlan internal order =
interface * > interface
ip routing =
ip route * *
ip route vrf
ip access-list standard * > acl
ip access-list * > acl
ipv6 access-list * > acl
mac access-list * > acl
ipv6 unicast-routing
ip dhcp snooping
ip dhcp snooping vlan =
ip dhcp snooping information option =
ip dhcp snooping bridging
ip dhcp relay information option
ip dhcp relay always-on
dhcp relay > dhcp-relay
dhcp server > dhcp-server
ip arp inspection vlan =
ip arp inspection logging
address locking > address-locking
ip source binding
ip virtual-router mac-address =
ip prefix-list * > acl
route-map * * * > route-map
router bgp * > router
router ospf * > router
router general > router
vrf instance * > vrf
vrf definition * > vrf
dot1x > dot1x
dot1x system-auth-control
dot1x protocol lldp bypass
dot1x dynamic-authorization
dot1x system-auth-control delay
lldp run =
lldp timer =
lldp holdtime =
lldp tlv transmit
lldp management-address =
errdisable detect cause
errdisable recovery cause
errdisable recovery interval =
mac address-table aging-time =
banner login =
banner motd =
management api http-commands > management
management api gnmi > management
management api netconf > management
management ssh > management
management telnet > management
management console > management
management security > management
management accounts > management
management http-server > management
management defaults > management
management cvx > management
control-plane > control-plane
system control-plane > control-plane
class-map type * match-any * > class-map
policy-map type * * > policy-map
service routing protocols model =
service unsupported-transceiver =
service interface inactive port-id allocation disabled
transceiver qsfp default-mode =
switchport default mode =
boot system =
platform
hardware
queue-monitor
daemon * > daemon
event-handler * > event-handler
event-monitor
alias * =
prompt =
ip igmp snooping
ip http client
ip icmp redirect =
ip icmp
ip hardware
load-interval default =
monitor session
mlag configuration > mlag
port-channel load-balance
poe > poe
privilege
role * > role
schedule * =
sflow =
tcp
ptp
qos
"""

INTERFACE = """
description =
shutdown =
mtu =
speed =
duplex =
load-interval =
logging event
switchport =
switchport mode =
switchport access vlan =
switchport trunk native vlan =
switchport trunk allowed vlan =
switchport trunk group
switchport phone vlan =
switchport phone trunk =
switchport port-security =
switchport port-security mac-address maximum =
switchport port-security violation =
switchport nonegotiate
switchport voice vlan =
channel-group * =
lacp rate =
lacp timer =
lacp port-priority =
port-channel min-links =
port-channel lacp =
mlag =
ip address =
ip address virtual =
ip virtual-router address
ip helper-address
ip dhcp snooping trust
ip dhcp relay
ip arp inspection trust
ip arp inspection limit =
ip access-group * in =
ip access-group * out =
ip access-group =
ip verify unicast =
ip igmp snooping
ip proxy-arp
ip attached-host
ipv6 enable
ipv6 address
ipv6 nd
mac access-group =
address locking =
address locking ipv4
address locking ipv6
no-autostate
autostate =
vrf =
vrf forwarding =
spanning-tree portfast =
spanning-tree bpduguard =
spanning-tree bpdufilter =
spanning-tree guard =
spanning-tree cost =
spanning-tree link-type =
spanning-tree port-priority =
storm-control broadcast level =
storm-control multicast level =
storm-control all level =
storm-control unknown-unicast level =
storm-control
dot1x pae authenticator
dot1x port-control =
dot1x host-mode =
dot1x authentication =
dot1x reauthentication
dot1x reauthorization
dot1x timeout * =
dot1x mac based authentication
dot1x mac based access-list
dot1x eapol =
dot1x eapol disabled
dot1x unauthorized
dot1x max-reauth-req
dot1x authentication failure
poe =
poe disabled
poe priority =
poe limit =
poe reboot =
poe link down =
poe shutdown =
poe negotiation =
poe legacy
lldp transmit =
lldp receive =
lldp med
lldp tlv
qos trust =
qos
service-policy
sflow enable
error-correction
flowcontrol
l2-protocol
pvlan mapping
multicast
snmp trap
"""

ACL = """
permit
deny
remark
statistics per-entry
counters per-entry
seq
#
"""

MANAGEMENT = """
shutdown =
protocol
protocol http =
protocol https =
protocol http localhost =
protocol unix-socket =
protocol https ssl profile =
protocol https certificate =
idle-timeout =
session timeout =
authentication mode =
authentication protocol =
authentication empty-passwords =
password minimum length =
password encryption
connection limit =
connection per-host =
connection timeout =
ip access-group =
ipv6 access-group =
cipher =
key-exchange =
mac hmac
hostkey =
hostkey server =
hostkey client
login timeout =
log-level =
server-alive
known-hosts
entropy source
ssl profile * > ssl-profile
session default-group =
cors
default-services
qos dscp =
vrf * > management-vrf
transport
lockout
trusted-key
client-alive interval =
client-alive count-max =
fips restrictions
logging
"""

MODES = {
    "top": TOP,
    "interface": INTERFACE,
    "vlan": "name =\nstate =\ntrunk group\nprivate-vlan =\nshutdown =\nmac address",
    "acl": ACL,
    "management": MANAGEMENT,
    "management-vrf": "shutdown =\nip access-group =",
    "ssl-profile": "certificate =\ntls =\ncipher-list =\ntrust certificate\nchain",
    "aaa-group": "server",
    "dot1x": "aaa\naaa unresponsive\naaa accounting\nradius av-pair\nradius\nmac based authentication\n"
    "mac-based-auth\nmac based\nvlan assignment\ndynamic-authorization\nsupplicant\ncaptive-portal\n"
    "address lookup\nstatistics",
    "address-locking": "disabled\ndhcp server\nlease\nlocal-interface\nlocked-address\nlocked-address expiration =",
    "dhcp-relay": "server\nalways-on\ntunnel\nall-subnets",
    "dhcp-server": "subnet\nlease\ndns\ndisabled",
    "vrf": "rd =\ndescription =",
    "mst": "name =\nrevision =\ninstance",
    "router": "router-id =\nneighbor\nnetwork\nmaximum-paths =\nvlan\nredistribute\npassive-interface\nip routing",
    "route-map": "match\nset\ndescription =",
    "control-plane": "ip access-group =\nip access-group * in =\nipv6 access-group =\nservice-policy",
    "class-map": "match",
    "policy-map": "class",
    "daemon": "exec =\nshutdown =\noption",
    "event-handler": "trigger\naction\ndelay =\nasynchronous",
    "mlag": "domain-id =\nlocal-interface =\npeer-address =\npeer-link =\nreload-delay =\nprimary-priority =",
    "poe": "reboot\nlink\npriority\nshutdown",
    "role": "* permit\n* deny",
}

GRAMMAR = Grammar(
    modes={name: rules(text) for name, text in MODES.items()},
    kept_no=(
        "shutdown",
        "switchport",
        "ip routing",
        "aaa root",
        "spanning-tree vlan-id",
        "logging console",
        "lldp run",
        "lldp transmit",
        "lldp receive",
        "ip domain lookup",
        "protocol http",
        "protocol https",
        "ip icmp redirect",
        "service interface inactive port-id allocation disabled",
        "autostate",
        "ip dhcp snooping information option",
        "poe",
        "snmp-server vrf",
        "switchport phone",
    ),
    stays=("acl", "route-map", "policy-map", "router"),
)

RANKS = (
    "boot system",
    "no aaa root",
    "aaa root",
    "transceiver",
    "service",
    "logging",
    "hostname",
    "dns",
    "ip name-server",
    "ntp",
    "snmp-server",
    "spanning-tree",
    "aaa",
    "radius-server",
    "username",
    "enable",
    "clock",
    "vlan",
    "vrf",
    "interface Port-Channel",
    "interface Ethernet",
    "interface Management",
    "interface Vlan",
    "interface",
    "ip access-list",
    "ip routing",
    "ip route",
    "ip",
    "banner",
    "dot1x",
    "management",
)
"""The order EOS shows its sections in; what is not named comes before ``management``."""
