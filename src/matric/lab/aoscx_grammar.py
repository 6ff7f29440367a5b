"""Which lines the lab's AOS-CX takes, mode by mode, and the order it shows them in.

Source: AOS-CX 10.x command-line reference for the 6100, 6200 and 6300; what is not here is refused.
"""

from matric.lab.tree import Grammar, rules

__all__ = ("CHILD_RANKS", "GRAMMAR", "RANKS")

TOP = """
hostname =
banner motd =
banner exec =
user * =
user-group * > user-group
allow-unsupported-transceiver
clock timezone =
clock datetime =
ntp server * =
ntp enable
ntp vrf =
ntp authentication
cli-session > cli-session
logging facility =
logging console =
logging persistent-storage
logging * =
radius-server host * =
radius-server key =
radius-server timeout =
radius-server retries =
radius-server auth-type =
radius-server tracking
radius dyn-authorization enable
radius dyn-authorization client
tacacs-server host * =
tacacs-server key =
aaa group server radius * > aaa-group
aaa group server tacacs * > aaa-group
aaa authentication login * =
aaa authentication limit-login-attempts =
aaa authentication console-login-attempts =
aaa authentication allow-fail-through
aaa authentication port-access dot1x authenticator > port-access-method
aaa authentication port-access mac-auth > port-access-method
aaa authorization commands * =
aaa accounting all-mgmt * =
aaa accounting port-access =
ssh server vrf *
ssh ciphers =
ssh macs =
ssh key-exchange-algorithms =
ssh host-key
ssh maximum-auth-attempts =
ssh password-authentication
https-server vrf *
https-server rest access-mode =
https-server session
vrf * > vrf
vsf member # > vsf
vsf secondary-member =
ip dns
ip dns domain-name =
ip route
ip source-interface
ip icmp
ip source-lockdown
dhcpv4-snooping
dhcpv4-snooping authorized-server
dhcpv4-snooping option
lldp
lldp timer =
lldp holdtime =
lldp management-ipv4-address =
cdp
loop-protect
loop-protect re-enable-timer =
loop-protect transmit-interval =
spanning-tree
spanning-tree mode =
spanning-tree priority =
spanning-tree config-name =
spanning-tree config-revision =
spanning-tree instance
spanning-tree vlan
spanning-tree bpdu-guard timeout =
spanning-tree hello-time =
spanning-tree forward-delay =
errdisable
apply access-list ip * control-plane vrf
apply access-list ipv6 * control-plane vrf
access-list ip * > acl
access-list ipv6 * > acl
access-list mac * > acl
class ip * > class
policy * > policy
port-access port-security enable
port-access role * > port-access-role
port-access lldp-group * > lldp-group
port-access device-profile * > device-profile
port-access policy * > policy
qos
snmp-server vrf =
snmp-server snmpv3-only
snmp-server community * > snmp-community
snmp-server host
snmp-server system-location =
snmp-server system-contact =
snmp-server system-description =
snmp-server trap
snmpv3
snmpv3 context
snmpv3 user * =
vlan # > vlan
interface lag # > interface
interface vlan # > svi
interface loopback # > svi
interface mgmt > mgmt
interface * > interface
router ospf # > ospf
power-over-ethernet
power-over-ethernet threshold =
usb
"""

INTERFACE = """
shutdown =
description =
mtu =
speed =
lag =
lacp mode =
lacp rate =
routing =
vrf attach =
vlan access =
vlan trunk native =
vlan trunk allowed =
ip address =
ip dhcp
apply access-list ip * in =
apply access-list ip * out =
apply policy * in =
arp inspection trust
dhcpv4-snooping trust
dhcpv4-snooping max-bindings =
lldp
lldp med
lldp transmit =
lldp receive =
cdp
loop-protect
loop-protect action =
loop-protect vlan
spanning-tree port-type =
spanning-tree port-priority =
spanning-tree cost =
spanning-tree bpdu-guard =
spanning-tree rpvst-guard =
spanning-tree bpdu-filter =
spanning-tree root-guard =
spanning-tree loop-guard =
spanning-tree tcn-guard =
spanning-tree link-type =
power-over-ethernet =
power-over-ethernet priority =
power-over-ethernet allocate-by =
power-over-ethernet assigned-class =
port-access
port-access onboarding-method =
port-access port-security > port-security
port-access client-limit =
port-access fallback-role =
aaa authentication port-access client-limit =
aaa authentication port-access auth-mode =
aaa authentication port-access critical-role =
aaa authentication port-access reject-role =
aaa authentication port-access auth-role =
aaa authentication port-access dot1x authenticator > port-access-method
aaa authentication port-access mac-auth > port-access-method
rate-limit broadcast =
rate-limit multicast =
rate-limit unknown-unicast =
rate-limit icmp =
flow-control =
qos trust =
persona =
"""

GRAMMAR = Grammar(
    modes={
        name: rules(text)
        for name, text in {
            "top": TOP,
            "interface": INTERFACE,
            "svi": "shutdown =\ndescription =\nip address =\nip dhcp\nip helper-address\nip mtu =\nvrf attach =\n"
            "apply access-list ip * routed-in =\napply access-list ip * routed-out =\nip igmp\nip ospf\nipv6 address\n"
            "arp\nactive-gateway\nipv6",
            "mgmt": "shutdown =\nip static =\nip dhcp\ndefault-gateway =\nnameserver =\nlldp",
            "vlan": "name =\ndescription =\nshutdown =\nvoice\ndhcpv4-snooping\narp inspection\nip igmp snooping\n"
            "apply access-list ip * in =\napply access-list ip * out =\nclient track ip =",
            "acl": "permit\ndeny\ncomment\n# =",
            "class": "match\nignore\n#",
            "policy": "class\n#",
            "aaa-group": "server",
            "port-security": "enable\nclient-limit =\nmac-address\nsticky-learn",
            "port-access-method": "enable\ncached-reauth\ncached-reauth-period =\nquiet-period =\nreauth\n"
            "reauth-period =\nmax-eapol-requests =\nmax-retries =\neapol-timeout =\n"
            "initial-auth-response-timeout =\ndiscovery-period =\n"
            "radius server-group =\nauth-method =\naddr-format =",
            "port-access-role": "description =\nvlan access =\nvlan trunk native =\nvlan trunk allowed =\nauth-mode =\n"
            "poe-priority =\nreauth-period =\nassociate policy =\nassociate\nmtu =\ntrust-mode =\n"
            "stp-admin-edge-port\nsession-timeout =",
            "lldp-group": "match\nignore\n#",
            "device-profile": "enable\nassociate role =\nassociate",
            "cli-session": "timeout =\nmax-per-user =\ntracking-range =",
            "vrf": "rd =\nroute-target\naddress-family ipv4 unicast\nexit-address-family",
            "vsf": "type =\nlink # =\nlink",
            "snmp-community": "access-level =\nview =",
            "user-group": "permit\ndeny\ninclude\n#",
            "ospf": "router-id =\narea\npassive-interface\nredistribute\ndefault-information\nmax-metric",
        }.items()
    },
    kept_no=(
        "shutdown",
        "routing",
        "lldp",
        "cdp",
        "ip icmp",
        "ip dhcp",
        "usb",
        "power-over-ethernet$",
        "dhcpv4-snooping option 82",
        "spanning-tree$",
    ),
    stays=("acl", "class", "policy", "lldp-group", "user-group"),
)

RANKS = (
    "hostname",
    "banner",
    "user-group",
    "user",
    "allow-unsupported-transceiver",
    "clock",
    "ntp",
    "cli-session",
    "logging",
    "vrf",
    "aaa accounting",
    "radius-server",
    "tacacs-server",
    "radius",
    "aaa group",
    "aaa authentication login",
    "aaa authentication limit-login-attempts",
    "aaa authentication console-login-attempts",
    "aaa authentication allow-fail-through",
    "aaa authorization",
    "ssh",
    "vsf",
    "access-list",
    "apply",
    "class",
    "policy",
    "vlan",
    "port-access",
    "aaa authentication port-access",
    "spanning-tree",
    "no spanning-tree",
    "interface mgmt",
    "interface lag",
    "interface",
    "interface vlan",
    "interface loopback",
    "snmp-server",
    "snmpv3",
    "ip dns",
    "ip route",
    "ip",
    "no ip",
    "loop-protect",
    "dhcpv4-snooping",
    "lldp",
    "no lldp",
    "cdp",
    "no cdp",
    "router",
    "https-server",
)
"""The order AOS-CX shows its sections in; what is not named comes before ``https-server``."""

CHILD_RANKS = (
    "shutdown",
    "no shutdown",
    "mtu",
    "name",
    "description",
    "lag",
    "no routing",
    "routing",
    "vrf attach",
    "vlan access",
    "vlan trunk native",
    "vlan trunk allowed",
    "speed",
    "ip",
    "default-gateway",
    "apply",
    "lacp",
    "spanning-tree",
    "loop-protect",
)
"""The order inside a section; what is not named follows, sorted."""
