"""Which lines the lab's Cisco IOS-XE takes, mode by mode; the Catalyst 9800 included.

Source: Cisco IOS-XE 17 command references; what is not here is refused.
"""

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

INTERFACE = """
description =
shutdown =
switchport =
switchport mode =
switchport access vlan =
switchport voice vlan =
switchport trunk native vlan =
switchport trunk allowed vlan =
switchport trunk allowed vlan add =
switchport trunk encapsulation =
switchport trunk pruning vlan =
switchport nonegotiate
switchport port-security
switchport port-security maximum =
switchport port-security violation =
switchport port-security aging type =
switchport port-security aging time =
switchport port-security mac-address
switchport block
switchport protected
channel-group =
channel-protocol =
lacp rate =
lacp port-priority =
ip address =
ip helper-address
ip access-group * in =
ip access-group * out =
ip dhcp snooping trust
ip dhcp snooping limit rate =
ip dhcp relay
ip arp inspection trust
ip arp inspection limit =
ip verify source =
ip verify unicast
ip device tracking
ip redirects =
ip unreachables =
ip proxy-arp =
ip mtu =
ip directed-broadcast
ip nbar
ip flow
ipv6 enable
ipv6 address
ipv6
vrf forwarding =
mtu =
speed =
duplex =
load-interval =
bandwidth =
negotiation auto
power inline =
power inline port priority =
power inline never
mls qos
auto qos
spanning-tree portfast =
spanning-tree bpduguard =
spanning-tree bpdufilter =
spanning-tree guard =
spanning-tree cost =
spanning-tree link-type =
spanning-tree port-priority =
storm-control broadcast level =
storm-control multicast level =
storm-control unicast level =
storm-control action =
authentication
authentication event
authentication event fail
authentication event server
authentication host-mode =
authentication order =
authentication priority =
authentication port-control =
authentication periodic
authentication timer * =
authentication violation =
authentication control-direction =
authentication open
access-session host-mode =
access-session port-control =
access-session closed
access-session control-direction =
access-session
mab =
mab eap
dot1x pae =
dot1x timeout * =
dot1x max-req =
dot1x max-reauth-req =
dot1x
device-tracking =
device-tracking attach-policy
service-policy
service-policy input =
service-policy output =
service-policy type
source template =
subscriber
cdp enable =
lldp transmit =
lldp receive =
lldp med
snmp trap =
logging event
udld port =
macro description =
trust device
standby
keepalive =
carrier-delay
encapsulation
flowcontrol
hold-queue
no-autostate
autostate =
ip source
"""

LINE = """
exec-timeout =
privilege level =
password =
logging synchronous
login =
login authentication =
login local
transport input =
transport output =
transport preferred =
access-class * in =
access-class * out =
authorization exec =
authorization commands
accounting
length =
width =
session-timeout =
stopbits =
history size =
absolute-timeout =
exec =
ip netmask-format
autocommand
monitor
escape-character
logout-warning
refuse-message
"""

POLICY_PROFILE = """
description =
vlan =
shutdown =
accounting-list =
aaa-override
aaa-policy =
nac
central association
central authentication
central dhcp
central switching
session-timeout =
idle-timeout =
exclusionlist timeout =
ipv4
ipv4 acl =
ipv4 dhcp
ipv4 flow monitor
ipv6
dhcp-tlv-caching
http-tlv-caching
radius-profiling
passive-client
peer-blocking
service-policy
static-ip-mobility
call-snoop
wmm
urlfilter
fabric
mobility anchor
client-l2-vnid
"""

WLAN = """
shutdown =
client vlan =
security wpa
security wpa psk
security wpa psk set-key ascii =
security wpa psk set-key hex =
security wpa wpa1
security wpa wpa2
security wpa wpa2 ciphers
security wpa wpa3
security wpa akm
security wpa akm dot1x
security wpa akm psk
security wpa akm sae
security wpa akm owe
security dot1x authentication-list =
security dot1x
security ft
security ft adaptive
security pmf =
security static-wep-key
security web-auth
security
radio
radio policy
band-select
broadcast-ssid
peer-blocking =
load-balance
session-timeout =
ccx
dot11ax
channel-scan
mac-filtering =
assisted-roaming
bss-transition
coverage
exclusionlist
ip
ipv6
media-stream
mbo
mu-mimo
device-analytics
roamed-voice-client
universal-admin
wmm
dtim
max-client
client association
local-auth
okc
sae
anchor
"""

MODES = {
    "top": TOP,
    "interface": INTERFACE,
    "line": LINE,
    "vlan": "name =\nstate =\nshutdown =\nremote-span\nmtu\nprivate-vlan\nmedia",
    "vlan-configuration": "device-tracking\nip\nipv6",
    "acl": "permit\ndeny\nremark\n#",
    "aaa-group": "server\nserver name\nserver-private\nip radius source-interface =\nip tacacs source-interface =\n"
    "deadtime =\nload-balance\nip vrf forwarding =\nmac-delimiter\nsubscriber mac-filtering\nattribute",
    "dynamic-author": "client\nserver-key\nport =\nauth-type =\nignore",
    "radius": "address =\nkey =\ntimeout =\nretransmit =\nautomate-tester =\npac key =\nbackoff\ndtls\nnon-standard",
    "tacacs": "address =\nkey =\ntimeout =\nsingle-connection",
    "archive": "path =\nwrite-memory\nmaximum =\ntime-period =\nlog config > log-config\nrollback",
    "log-config": "logging enable\nlogging size =\nhidekeys\nnotify syslog\nnotify syslog contenttype\nrecord rc",
    "vrf": "rd =\naddress-family ipv4 > address-family\naddress-family ipv6 > address-family\ndescription =",
    "address-family": "exit-address-family\nroute-target",
    "trustpoint": "enrollment =\nsubject-name =\nrevocation-check =\nrsakeypair =\neckeypair =\nhash =\nusage =\n"
    "fqdn =\nserial-number\nip-address\nauto-enroll",
    "certificate-chain": "certificate",
    "mst": "name =\nrevision =\ninstance",
    "device-tracking": "tracking\nsecurity-level =\nno\nlimit\nprotocol\ntrusted-port\ndevice-role =\ndestination-glean",
    "redundancy": "mode =\nmain-cpu\nkeepalive",
    "transceiver": "monitoring",
    "class-map": "match\ndescription =",
    "policy-map": "class\nclass class-default\npolice\npriority\nset\nbandwidth\ntrust\nevent\n*",
    "service-template": "vlan =\nvoice vlan\naccess-group =\nabsolute-timer =\ninactivity-timer =\ndescription =\n"
    "linksec\ntag",
    "parameter-map": "type\nvirtual-ip\nbanner\ntrustpoint =\nwebauth-http-enable\nsecure-webauth-disable\nredirect\n"
    "timeout\nmax-http-conns\nintercept-https-enable\ncustom-page\nmap\nconsent",
    "control-plane": "service-policy input =\nservice-policy",
    "dhcp-pool": "network =\ndefault-router =\ndns-server =\nlease =\noption\ndomain-name =\nimport\nhost\nclient-id",
    "telemetry": "encoding =\nfilter\nsource-address\nstream\nupdate-policy\nreceiver",
    "call-home": "contact-email-addr =\nprofile\nactive\ndestination\nno http",
    "applet": "event\naction",
    "policy-tag": "description =\nwlan * policy =\nwlan\nremote-lan",
    "site-tag": "description =\nap-profile =\nlocal-site =\nflex-profile =\nimage-download-profile\nfabric",
    "rf-tag": "description =\n24ghz-rf-policy =\n5ghz-rf-policy =\n6ghz-rf-policy =\ndot11",
    "policy-profile": POLICY_PROFILE,
    "flex-profile": "description =\nacl-policy\nnative-vlan-id =\nvlan-name * > flex-vlan\narp-caching\nip\nhttp-proxy",
    "flex-vlan": "vlan-id =\nacl",
    "wlan": WLAN,
    "ap-profile": "description =\nmgmtuser =\nmgmtuser username =\ncapwap\nsyslog host =\nsyslog\nssh =\nled\nlink-latency\n"
    "statistics\ntelnet\nntp\ndot1x\nlldp\ncdp\nhyperlocation\ntcp-adjust-mss\nlag\nrogue\nicap\nawips\ncountry =\n"
    "console\npackage\npreferred-mode =\nconsole-baud-rate\nmesh-profile\noeap\nnetconf\npower\nusb\njumbo-mtu",
    "rf-profile": "description =\ntx-power\ntxpower\nrate\nband-select\nchannel\ncoverage\nhigh-density\nload-balancing\n"
    "shutdown =\nairtime-fairness\ndot11n-only\nrx-sop\ntrap",
    "ap-band": "shutdown =\nrrm\nrate\ncac\nchannel",
    "ap": "policy-tag =\nsite-tag =\nrf-tag =\nname =\nlocation =\nflex\nnvram",
    "ap-filter": "ap name-regex =\ntag policy =\ntag site =\ntag rf =",
    "network-policy": "voice\nvoice-signaling",
    "flow": "description =\nmatch\ncollect\ndestination =\nsource =\ntransport\ntemplate\nexporter =\nrecord =\ncache\nexport-protocol",
}

GRAMMAR = Grammar(
    modes={name: rules(text) for name, text in MODES.items()},
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
