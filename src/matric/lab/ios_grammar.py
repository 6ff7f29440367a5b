"""Which lines the lab's Cisco IOS-XE takes, mode by mode; the Catalyst 9800 included.

Source: Cisco IOS-XE 17 command references; what is not here is refused.
"""

from matric.lab.ios_modes import MODES
from matric.lab.tree import Grammar, rules

__all__ = ("GRAMMAR", "RANKS")

TOP = """
version =
hostname =
service
service timestamps debug =
service timestamps log =
service password-encryption
service compress-config
service tcp-keepalives-in
service call-home
service unsupported-transceiver
platform
boot-start-marker
boot-end-marker
boot system
logging host * =
logging
logging console =
logging monitor =
logging buffered =
logging trap =
logging source-interface =
logging origin-id =
logging facility =
logging userinfo
logging on
enable secret =
enable password =
username * =
username * privilege * secret =
aaa new-model
aaa group server radius * > aaa-group
aaa group server tacacs+ * > aaa-group
aaa authentication login * =
aaa authentication enable default =
aaa authentication dot1x * =
aaa authentication fail-message =
aaa authorization console
aaa authorization exec * =
aaa authorization network * =
aaa authorization commands * * =
aaa authorization credential-download * =
aaa accounting update =
aaa accounting dot1x * =
aaa accounting exec * =
aaa accounting commands * * =
aaa accounting identity * =
aaa accounting system default =
aaa local authentication
aaa server radius dynamic-author > dynamic-author
aaa session-id =
aaa common-criteria
clock timezone =
clock summer-time =
clock calendar-valid
switch * provision =
stack-mac persistent timer =
ip routing =
ip domain name =
ip domain-name =
ip domain lookup =
ip domain-lookup =
ip name-server
ip dhcp snooping
ip dhcp snooping vlan =
ip dhcp snooping information option =
ip dhcp snooping database =
ip dhcp snooping verify =
ip dhcp pool * > dhcp-pool
ip dhcp excluded-address
ip dhcp relay
ip arp inspection vlan =
ip arp inspection validate =
ip arp inspection log-buffer
ip device tracking
ip igmp snooping
ip cef
ip multicast-routing
ip source-route =
ip bootp server
ip finger
ip gratuitous-arps
ip http server =
ip http authentication =
ip http secure-server =
ip http client
ip http
ip http access-class =
ip http secure-ciphersuite =
ip http tls-version =
ip http timeout-policy =
ip ssh version =
ip ssh time-out =
ip ssh authentication-retries =
ip ssh source-interface =
ip ssh server
ip ssh server algorithm * =
ip ssh client algorithm * =
ip ssh dh min size =
ip ssh
ip scp server enable
ip tftp source-interface =
ip radius source-interface =
ip tacacs source-interface =
ip forward-protocol
ip default-gateway =
ip route
ip access-list standard * > acl
ip access-list extended * > acl
ip access-list role-based * > acl
ipv6 access-list * > acl
ipv6 unicast-routing
ip sla
access-list
access-session mac-move
access-session
vtp mode =
vtp domain =
vtp version =
vtp password =
udld =
login block-for =
login delay =
login on-success
login on-failure
login quiet-mode access-class =
authentication mac-move
authentication critical
authentication
vrf definition * > vrf
vrf forwarding
crypto pki trustpoint * > trustpoint
crypto pki certificate chain * > certificate-chain
crypto key
crypto
license
diagnostic bootup level =
memory free low-watermark processor =
spanning-tree mode =
spanning-tree portfast default
spanning-tree portfast edge default
spanning-tree portfast bpduguard default
spanning-tree portfast edge bpduguard default
spanning-tree portfast
spanning-tree loopguard default
spanning-tree extend system-id
spanning-tree vlan * priority =
spanning-tree vlan
spanning-tree mst configuration > mst
spanning-tree mst * priority =
spanning-tree logging
spanning-tree pathcost method =
spanning-tree bpduguard
errdisable recovery cause
errdisable recovery interval =
errdisable detect cause
dot1x system-auth-control
dot1x critical
dot1x
device-tracking policy * > device-tracking
device-tracking tracking
device-tracking
device-sensor
lldp run =
lldp timer =
lldp
cdp run =
cdp
archive > archive
file prompt quiet
redundancy > redundancy
transceiver type all > transceiver
vlan internal allocation policy =
vlan dot1q tag native
vlan configuration * > vlan-configuration
vlan * > vlan
vlan group
class-map * * > class-map
class-map * > class-map
policy-map * * > policy-map
policy-map type * * * * > policy-map
policy-map type * * * > policy-map
policy-map * > policy-map
template * > interface
service-template * > service-template
parameter-map type webauth * > parameter-map
parameter-map type * * > parameter-map
parameter-map * > parameter-map
interface * > interface
radius server * > radius
radius-server attribute * =
radius-server attribute
radius-server dead-criteria =
radius-server deadtime =
radius-server host * =
radius-server key =
radius-server timeout =
radius-server retransmit =
radius-server vsa send
radius-server
tacacs server * > tacacs
tacacs-server host * =
tacacs-server key =
snmp-server
snmp-server community * =
snmp-server contact =
snmp-server location =
snmp-server chassis-id =
snmp-server engineID local =
snmp-server view
snmp-server group
snmp-server user
snmp-server host
snmp-server enable traps
snmp-server trap-source =
snmp-server source-interface
snmp-server ifindex persist
control-plane > control-plane
banner motd =
banner login =
banner exec =
banner incoming =
privilege
alias
line con * > line
line aux * > line
line vty * * > line
line vty * > line
ntp server
ntp peer
ntp source =
ntp authenticate
ntp authentication-key * =
ntp trusted-key
ntp clock-period =
ntp access-group
ntp logging
ntp
mac address-table
monitor session
errdisable
power redundancy-mode
power inline
energywise
hw-module
system mtu =
system
port-channel load-balance =
port-channel
lacp system-priority =
mls
netconf-yang
netconf-yang ssh
restconf
telemetry ietf subscription * > telemetry
call-home > call-home
event manager applet * > applet
wireless management interface =
wireless country
wireless wps
wireless tag policy * > policy-tag
wireless tag site * > site-tag
wireless tag rf * > rf-tag
wireless profile policy * > policy-profile
wireless profile flex * > flex-profile
wireless profile fabric * > policy-profile
wireless profile image-download * > policy-profile
wireless multicast
wireless aaa policy * > policy-profile
wireless security
wireless fabric
wireless mobility
wireless client
wireless exclusionlist
wireless broadcast
wireless
wlan * * * > wlan
wlan * > wlan
ap profile * > ap-profile
ap dot11 24ghz rf-profile * > rf-profile
ap dot11 5ghz rf-profile * > rf-profile
ap dot11 24ghz > ap-band
ap dot11 5ghz > ap-band
ap dot11 24ghz
ap dot11 5ghz
ap dot11
ap country =
ap filter name * > ap-filter
ap filter
ap tag-source-priority
ap tag
ap auth-list
ap fra
ap remote-lan
ap upgrade
ap * > ap
vstack =
epm logging
macro
nmsp
lldp med
network-policy profile * > network-policy
avc
flow
flow record * > flow
flow exporter * > flow
flow monitor * > flow
end
"""


GRAMMAR = Grammar(
    modes={name: rules(text) for name, text in {"top": TOP, **MODES}.items()},
    kept_no=(
        "service",
        "aaa new-model",
        "ip http server",
        "ip http secure-server",
        "ip domain lookup",
        "ip domain-lookup",
        "ip source-route",
        "ip bootp server",
        "ip gratuitous-arps",
        "ip finger",
        "ip routing",
        "ip redirects",
        "ip unreachables",
        "ip proxy-arp",
        "ip dhcp snooping information option",
        "ip address",
        "cdp run",
        "cdp enable",
        "lldp run",
        "lldp transmit",
        "lldp receive",
        "logging console",
        "logging monitor",
        "vstack",
        "switchport",
        "switchport nonegotiate",
        "shutdown",
        "exec",
        "platform",
        "security",
        "central",
        "telnet",
        "ssh",
        "snmp trap",
        "broadcast-ssid",
        "device-tracking",
        "mab",
        "login",
        "ip ssh",
        "crypto",
        "license",
        "udld",
        "dot1x",
        "wireless",
        "radio",
    ),
    stays=("acl", "policy-map", "applet"),
)

RANKS = (
    "version",
    "service",
    "no service",
    "platform",
    "hostname",
    "boot-start-marker",
    "boot system",
    "boot-end-marker",
    "vrf",
    "logging",
    "enable",
    "aaa",
    "clock",
    "switch",
    "ip routing",
    "no ip domain",
    "ip domain",
    "ip name-server",
    "ip dhcp",
    "login",
    "vtp",
    "crypto",
    "license",
    "diagnostic",
    "spanning-tree",
    "archive",
    "errdisable",
    "username",
    "redundancy",
    "vlan",
    "class-map",
    "policy-map",
    "interface Port-channel",
    "interface GigabitEthernet",
    "interface TwoGigabitEthernet",
    "interface TenGigabitEthernet",
    "interface Vlan",
    "interface",
    "ip default-gateway",
    "ip forward-protocol",
    "ip http",
    "no ip http",
    "ip route",
    "ip ssh",
    "ip",
    "no ip",
    "access-list",
    "snmp-server",
    "radius-server",
    "radius",
    "control-plane",
    "banner",
    "wireless",
    "wlan",
    "ap",
    "line con",
    "line aux",
    "line vty",
    "ntp",
    "end",
)
"""The order IOS shows its sections in; what is not named comes before ``control-plane``."""
