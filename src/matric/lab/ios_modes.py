"""The lines the lab's Cisco IOS-XE takes below the top, mode by mode."""

__all__ = ("MODES",)

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
    "device-tracking": "tracking\nsecurity-level =\nno\nlimit\nprotocol\ntrusted-port\n"
    "device-role =\ndestination-glean",
    "redundancy": "mode =\nmain-cpu\nkeepalive",
    "transceiver": "monitoring",
    "class-map": "match\ndescription =",
    "policy-map": "class\nclass class-default\npolice\npriority\nset\nbandwidth\ntrust\nevent\n"
    "* class\n* activate\n* authenticate\n* authorize\n* terminate\n* restart\n* pause",
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
    "ap-profile": "description =\nmgmtuser =\nmgmtuser username =\ncapwap\nsyslog host =\nsyslog\nssh =\nled\n"
    "link-latency\nstatistics\ntelnet\nntp\ndot1x\nlldp\ncdp\nhyperlocation\ntcp-adjust-mss\nlag\nrogue\n"
    "icap\nawips\ncountry =\nconsole\npackage\npreferred-mode =\nconsole-baud-rate\n"
    "mesh-profile\noeap\nnetconf\npower\nusb\njumbo-mtu",
    "rf-profile": "description =\ntx-power\ntxpower\nrate\nband-select\nchannel\ncoverage\nhigh-density\n"
    "load-balancing\nshutdown =\nairtime-fairness\ndot11n-only\nrx-sop\ntrap",
    "ap-band": "shutdown =\nrrm\nrate\ncac\nchannel",
    "ap": "policy-tag =\nsite-tag =\nrf-tag =\nname =\nlocation =\nflex\nnvram",
    "ap-filter": "ap name-regex =\ntag policy =\ntag site =\ntag rf =",
    "network-policy": "voice\nvoice-signaling",
    "flow": "description =\nmatch\ncollect\ndestination =\nsource =\ntransport\ntemplate\n"
    "exporter =\nrecord =\ncache\nexport-protocol",
}
