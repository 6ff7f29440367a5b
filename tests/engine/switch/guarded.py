"""One guarded office port and one bare port on each platform, and what stands around them."""

__all__ = ("OFFICE", "SECOND", "TEXTS")

IOS = """\
aaa new-model
aaa authentication dot1x default group radius
vtp mode off
mvrp global
dot1x system-auth-control
ip dhcp snooping vlan 10,20-22
ip dhcp snooping
ip arp inspection vlan 20
spanning-tree mode rapid-pvst
spanning-tree loopguard default
spanning-tree vlan 1-4094 priority 8192
spanning-tree vlan 20 priority 0
radius server one
 address ipv4 10.63.1.40 auth-port 1812 acct-port 1813
 key 7 00
interface GigabitEthernet1/0/1
 description Office
 switchport access vlan 10
 switchport mode access
 switchport nonegotiate
 switchport port-security maximum 3
 switchport port-security
 authentication event server dead action authorize vlan 40
 authentication event fail action authorize vlan 998
 authentication open
 authentication port-control auto
 storm-control broadcast level 1.00
 power inline never
 speed 100
interface GigabitEthernet1/0/2
 switchport access vlan 10
 authentication event server dead action authorize vlan 40
 spanning-tree bpdufilter enable
 spanning-tree guard none
interface Vlan10
 ip address 10.48.76.1 255.255.252.0
 ip helper-address 10.63.1.10
 ip helper-address 10.63.1.11
 no ip proxy-arp
 ip directed-broadcast
interface Vlan20
 ip address 10.48.80.1 255.255.248.0
"""

EOS = """\
aaa authentication dot1x default group radius
dot1x system-auth-control
dot1x
   aaa unresponsive action traffic allow vlan 40
ip dhcp snooping
ip dhcp snooping vlan 10,20-22
ip arp inspection vlan 20
spanning-tree mode mstp
spanning-tree mst 0 priority 4096
radius-server host 10.63.1.40 timeout 3 retransmit 2 key 7 00
interface Ethernet1
   description Office
   switchport access vlan 10
   switchport port-security violation protect
   switchport port-security mac-address maximum 3
   dot1x port-control auto
   storm-control all level 1
   speed forced 1000full
   poe disabled
interface Ethernet2
   spanning-tree bpdufilter enable
   spanning-tree guard loop
interface Vlan10
   ip address 10.48.76.1/22
   ip helper-address 10.63.1.10
   ip helper-address 10.63.1.11
   ip proxy-arp
"""

AOSCX = """\
port-access role OPEN
    vlan access 40
radius-server host 10.63.1.40 key plaintext x
aaa authentication port-access dot1x authenticator
    enable
aaa authentication port-access mac-auth
vlan 1
vlan 10,20-22
    dhcpv4-snooping
vlan 20
    arp inspection
mvrp
dhcpv4-snooping
spanning-tree
spanning-tree mode rpvst
spanning-tree vlan 1-4094 priority 2
spanning-tree vlan 20 priority 0
spanning-tree priority 1
port-access port-security enable
interface lag 1
    spanning-tree loop-guard
interface 1/1/1
    description Office
    vlan access 10
    port-access port-security
        client-limit 3
        enable
    aaa authentication port-access critical-role OPEN
    aaa authentication port-access reject-role NAMELESS
    aaa authentication port-access dot1x authenticator
        enable
    no power-over-ethernet
    rate-limit broadcast 10000 kbps
    loop-protect
    speed 1000-full
interface 1/1/2
    vlan access 10
    aaa authentication port-access mac-auth
        enable
    spanning-tree bpdu-filter
interface vlan 10
    ip address 10.48.76.1/22
    ip helper-address 10.63.1.10
    ip helper-address 10.63.1.11
    ip proxy-arp
"""

AOSS = """\
radius-server host 10.63.1.40 key "x"
gvrp
trunk 25-26 trk1 lacp
ip directed-broadcast
interface 1
   name "Office"
   no power-over-ethernet
   rate-limit bcast in percent 1
   speed-duplex 1000-full
   exit
vlan 10
   name "Staff"
   untagged 1-3
   tagged Trk1
   ip address 10.48.76.1 255.255.252.0
   ip helper-address 10.63.1.10
   ip helper-address 10.63.1.11
   ip proxy-arp
   exit
aaa port-access authenticator 1-2
aaa port-access authenticator 1 unauth-vid 40
aaa port-access 2 critical-auth user-role "OPEN"
aaa port-access authenticator active
port-security 1 learn-mode limited-continuous address-limit 3 action send-alarm
port-security 2 learn-mode continuous
dhcp-snooping
dhcp-snooping vlan 10 20-22
arp-protect
arp-protect vlan 20
spanning-tree
spanning-tree priority 1
spanning-tree 1 admin-edge-port
spanning-tree 2 bpdu-filter
spanning-tree 3 admin-edge-port
loop-protect 1
"""

JUNOS = """\
interfaces {
    ge-0/0/0 {
        description "The office";
        ether-options {
            speed 1g;
        }
        unit 0 {
            family ethernet-switching {
                interface-mode access;
                vlan {
                    members Staff;
                }
                storm-control STORM-1;
            }
        }
    }
    ge-0/0/1 {
        unit 0 {
            family ethernet-switching {
                vlan {
                    members Staff;
                }
                storm-control STORM-2;
            }
        }
    }
    ge-0/0/2 {
        unit 0 {
            family ethernet-switching;
        }
    }
    irb {
        unit 10 {
            proxy-arp restricted;
            family inet {
                targeted-broadcast;
                address 10.48.76.1/22;
            }
        }
    }
}
forwarding-options {
    storm-control-profiles STORM-1 {
        all {
            bandwidth-percentage 1;
        }
    }
    storm-control-profiles STORM-2 {
        all {
            no-broadcast;
        }
    }
    dhcp-relay {
        server-group {
            TRUST {
                10.63.1.10;
                10.63.1.11;
            }
        }
        active-server-group TRUST;
        group USERS {
            interface irb.10;
        }
    }
}
access {
    profile TRUST-RADIUS {
        radius {
            authentication-server [ 10.63.1.40 10.63.1.41 ];
        }
    }
}
protocols {
    dot1x {
        authenticator {
            authentication-profile-name TRUST-RADIUS;
            interface {
                ge-0/0/0.0 {
                    guest-vlan Guests;
                    server-reject-vlan 998;
                    server-fail permit;
                }
            }
        }
    }
    inactive: mvrp {
        interface all;
    }
    vstp {
        interface ge-0/0/0 {
            edge;
        }
        interface ge-0/0/1 {
            bpdu-timeout-action {
                block;
            }
        }
        vlan Staff {
            bridge-priority 0;
        }
        vlan all {
            bridge-priority 4k;
        }
    }
}
switch-options {
    interface ge-0/0/0.0 {
        interface-mac-limit {
            3;
            packet-action drop;
        }
    }
}
vlans {
    Staff {
        vlan-id 10;
        l3-interface irb.10;
        forwarding-options {
            dhcp-security {
                arp-inspection;
            }
        }
    }
    Guests {
        vlan-id 40;
        forwarding-options {
            dhcp-security;
        }
    }
}
poe {
    interface all;
    interface ge-0/0/0 {
        disable;
    }
}
"""

TEXTS = {"ios": IOS, "eos": EOS, "aoscx": AOSCX, "aoss": AOSS, "junos": JUNOS}
OFFICE = {"ios": "GigabitEthernet1/0/1", "eos": "Ethernet1", "aoscx": "1/1/1", "aoss": "1", "junos": "ge-0/0/0"}
SECOND = {"ios": "GigabitEthernet1/0/2", "eos": "Ethernet2", "aoscx": "1/1/2", "aoss": "2", "junos": "ge-0/0/2"}
