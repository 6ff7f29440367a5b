"""How lines begin that say nothing a survey needs, per platform and by topic: data for a reader to check.

A survey asks who a device is, its VLANs, ports, addresses and networks in the air. What is below one of these heads
belongs to the same topic. What is not here, and became no value, is not understood: dynamic routing, address
translation, tunnels, a DHCP server's scopes, first-hop redundancy.
"""

from collections.abc import Mapping

from matric.survey.configuration.grammar import Silent

__all__ = ("AOSCX", "AOSS", "COMWARE", "EOS", "ICX", "IOS", "JUNOS")

Table = Mapping[str, tuple[Silent, ...]]

_INDUSTRY_TOP: tuple[Silent, ...] = (
    ("boot", r"(?:no )?boot(?:-|\b)|license|(?:no )?platform |diagnostic |redundancy$|hw-module |memory |system "),
    ("boot", r"switch \d+ provision |stack-|transceiver |queue-monitor|load-interval|hardware |errdisable |no errdisable"),
    ("service", r"(?:no )?service |no ip gratuitous-arps|(?:no )?ip (?:subnet-zero|classless|cef|finger|source-route|bootp)"),
    ("clock", r"(?:no )?clock |ntp |sntp |no ntp|system clock"),
    ("names", r"(?:no )?ip (?:domain|name-server|host )|(?:no )?dns |ip domain-"),
    ("log", r"(?:no )?logging |archive$|(?:no )?event |snmp-server |no snmp-server|snmp |ip sla|sflow|flow "),
    ("accounts", r"(?:no )?username |(?:no )?enable |(?:no )?aaa |radius|tacacs|ip (?:radius|tacacs) |role |user "),
    ("accounts", r"password |privilege |login |security |key chain |key config-key|(?:no )?parser |alias "),
    ("access", r"line |management |ip ssh|no ip ssh|ip scp |(?:no )?ip http |(?:no )?ip (?:telnet|ftp|tftp)|netconf|restconf"),
    ("access", r"(?:no )?ip forward-protocol |banner |crypto |ssh |telnet |vstack|no vstack|daemon |transport |call-home"),
    ("access", r"(?:no )?device-sensor|service-template |class-map type control |policy-map type control|gnmi|telemetry"),
    ("filters", r"ip access-list|access-list |ipv6 access-list|mac access-list|ip prefix-list|arp access-list|control-plane"),
    ("filters", r"(?:no )?(?:ip )?dhcp snooping|(?:no )?ip dhcp snooping|(?:no )?ip arp inspection|ip source|ip device"),
    ("filters", r"device-tracking|dot1x|no dot1x|authentication |access-session |mab |epm |ip admission|address locking"),
    ("loops", r"(?:no )?spanning-tree|loopdetect|no loopdetect|udld|no udld|storm-control|port-channel |lacp |link state"),
    ("quality", r"(?:no )?mls |(?:no )?qos |class-map |policy-map |auto qos|wrr-queue|table-map|priority-queue|macro "),
    ("neighbours", r"(?:no )?(?:cdp|lldp) |(?:no )?lldp$|(?:no )?cdp$"),
    ("vlans", r"(?:no )?vtp |vlan (?:internal|dot1q|accounting|configuration)|no vlan |vlan group|system mtu"),
    ("multicast", r"(?:no )?ip (?:igmp|multicast|pim)|(?:no )?ipv6 (?:mld|nd|unicast)|no ipv6|multicast"),
    ("routing", r"(?:no )?ip routing$|no ip route-cache|vrf (?:definition|instance) "),
    ("text", r"Building configuration|Current configuration|Using \d+ out of|Command: show |Last configuration|NVRAM config"),
    ("text", r"end$|exit$"),
)
_INDUSTRY_PORT: tuple[Silent, ...] = (
    ("loops", r"(?:no )?spanning-tree|storm-control|no storm-control|udld|no udld|loopdetect|errdisable|link state group"),
    ("filters", r"(?:no )?ip dhcp snooping|(?:no )?ip arp inspection|(?:no )?ip verify|(?:no )?ip (?:device|access-group)"),
    ("filters", r"device-tracking|switchport port-security|ipv6 |mac access-group|switchport block|switchport protected"),
    ("filters", r"(?:no )?ip source|address locking|switchport port-security"),
    ("access", r"authentication (?!port-control)|dot1x (?!port-control)|access-session (?!port-control)|webauth|ip admission"),
    ("access", r"service-policy type control|subscriber |no macro auto"),
    ("quality", r"service-policy|mls qos|auto qos|srr-queue|priority-queue|queue-set|wrr-queue|qos |trust |rcv-queue|no mls"),
    ("log", r"(?:no )?logging event|(?:no )?snmp|load-interval|sflow|ip flow|flow |carrier-delay|phy "),
    ("link", r"(?:no )?negotiation|duplex|speed (?:auto|nonegotiate)|mdix|media-type|(?:no )?keepalive|flowcontrol|mtu "),
    ("link", r"bandwidth |lacp |channel-protocol|port-channel |error-correction|carrier|hold-queue|traffic-loopback"),
    ("neighbours", r"(?:no )?cdp |(?:no )?lldp |voice vlan|network-policy"),
    ("vlans", r"(?:no )?switchport nonegotiate|switchport host|switchport trunk (?:encapsulation|group) |macro |source-template"),
    ("vlans", r"switchport (?:phone|priority)|no switchport trunk|switchport trunk pruning|switchport vlan mapping$"),
    ("power", r"power inline (?:police|consumption|port|four-pair)|poe |power efficient"),
    ("routing", r"no ip (?:address|route-cache|mroute-cache|redirects|proxy-arp|unreachables|directed-broadcast)|no ipv6"),
    ("multicast", r"(?:no )?ip (?:igmp|pim|multicast)|no mop|arp timeout|vrf forwarding |ip vrf forwarding |mlag \d"),
)
_INDUSTRY_SVI: tuple[Silent, ...] = (
    ("text", r"description |(?:no )?shutdown|mtu |load-interval|bandwidth |autostate|no autostate|(?:no )?lldp"),
    ("routing", r"no ip|ip route-cache|vrf |ip vrf |ip mtu|ip tcp|arp |ip proxy-arp|ip redirects|ip directed-broadcast"),
    ("routing", r"ip address dhcp|ip unreachables|ip local-proxy|no ipv6|ipv6 |no mop|negotiation|speed |duplex|media-type"),
    ("filters", r"ip access-group |ip verify|ip arp|service-policy|ip dhcp (?:relay|snooping)|ip flow|logging event"),
    ("multicast", r"(?:no )?ip (?:igmp|pim|multicast)|standby version|no keepalive|snmp trap"),
)
IOS: Table = {
    "": (
        *_INDUSTRY_TOP,
        ("access", r"ip nbar|nmsp|wsma |sdm |mac (?:address-table|-address-table)|mac-address-table |no mac|template |mmi"),
        ("access", r"ap (?:dot11|profile|filter|country|name|tag|auth|cisco|remote|led)|ap |wireless |avc |location |fabric "),
        ("boot", r"file prompt|version |power |facility-alarm|subscriber|multilink|network-clock|no aaa|upgrade|ethernet|cisp|identity"),
    ),
    "port": _INDUSTRY_PORT,
    "svi": _INDUSTRY_SVI,
    "vlan": (("vlans", r"state |shutdown$|no shutdown$|mtu |remote-span|private-vlan|exit$"),),
    "wlan": (
        ("air", r"security |no security |radio |client |band-select|channel-scan|load-balance|no |broadcast-ssid|shutdown$"),
        ("air", r"dtim|ccx|wmm|mac-filtering|session-timeout|exclusionlist|peer-blocking|media-stream|assisted|multicast"),
    ),
    "wireless policy": (
        ("air", r"description |no |central |shutdown|aaa-|accounting|session-timeout|idle-timeout|ipv4 |ip |radius|nac"),
        ("air", r"autoqos|service-policy|mdns|exclusionlist|dhcp-|http-|device-|passive|static-ip|umbrella|calea|et-"),
    ),
    "wireless tag": (("air", r"description |remote-lan |ras "),),
}
EOS: Table = {
    "": (
        *_INDUSTRY_TOP,
        ("boot", r"agent |no aaa root|schedule |terminal |prompt |queue |monitor |tap |platform|mac address-table|maintenance"),
        ("boot", r"ip virtual-router mac|mlag configuration|hostname$|zerotouch|no zerotouch|patch |router path|traffic-loopback"),
        ("air", r"peer-filter |trident |phone|switchport default|poe$|interface defaults|link tracking|ip nat synch"),
    ),
    "port": _INDUSTRY_PORT,
    "svi": _INDUSTRY_SVI,
    "vlan": (("vlans", r"state |trunk group |no |private-vlan|exit$|mac address learning|l2-protocol"),),
}

_HPE_ACCESS = r"radius|tacacs|aaa |ssh |user |password |snmp|snmpv3 |crypto |https|http|web-management|telnet|console|banner "

AOSCX: Table = {
    "": (
        ("text", r"Current configuration:|Startup configuration:|Version (?:ArubaOS-CX|AOS-CX)|export-password|profile "),
        ("boot", r"vsf|vsx|system |module |led |allow-unsupported|allow-unsupported-transceiver|platform|copp|job |schedule "),
        ("clock", r"ntp |no ntp|clock |timezone "),
        ("names", r"ip dns |ip source-interface|domain|hostname$|no ip dns"),
        ("access", rf"{_HPE_ACCESS}|no telnet|no https|session-timeout|cli-session|aruba-central|no aruba-central|no user"),
        ("access", r"port-access |mac-lockout|class-of|(?:no )?dhcpv4-snooping|dhcpv6|arp inspection|no usb|usb|auto-|device-"),
        ("log", r"logging |no logging|sflow|mirror |erps |debug |callhome|event-|nae|ip sla|ip flow|flow|app-recognition"),
        ("filters", r"access-list |apply |class |policy |object-group|control-plane|ip source|nd-snooping|port-security"),
        ("loops", r"spanning-tree|no spanning-tree|loop-protect|lacp|storm|rate-limit|udld|mac-address-table"),
        ("quality", r"qos |apply qos"),
        ("neighbours", r"(?:no )?lldp|(?:no )?cdp"),
        ("multicast", r"ip igmp|ip multicast|no ip icmp|ip icmp|ipv6 |ip route-|no ip|mvrp|bfd|vrf |power-over-ethernet"),
    ),
    "port": (
        ("text", r"exit$|persona |apply |vrf attach|mtu |lacp |flow-control|energy|loop-protect|spanning-tree|no spanning"),
        ("access", r"aaa |port-access |dhcpv4-snooping|dhcpv6|ip source|arp inspection|nd-snooping|mac-|client-limit"),
        ("quality", r"qos |rate-limit|trust |storm|broadcast-limit|multicast-limit|lldp|no lldp|cdp|no cdp|udld|sflow"),
        ("link", r"speed auto|duplex|auto-|mdi|fec|link|power-over-ethernet (?:priority|assigned|allocate|threshold|pd-)"),
        ("multicast", r"ip igmp|ipv6 |ip mtu|ip icmp|ip proxy|arp |no ip|vsx-|bfd|mirror|no portfast|monitor"),
        ("routing", r"routing$|ip static|ip dhcp$|description$|nodefault|default-gateway$|nameserver"),
    ),
    "svi": (
        ("text", r"description |exit$|(?:no )?shutdown|vsx|vrf attach|mtu |ip mtu|apply |arp |ip icmp|no ip|ipv6 |ip dhcp$"),
        ("multicast", r"ip igmp|ip pim|ip local-proxy|ip proxy|ip directed|l3-counters|bfd|ip source|ip neighbor-flood"),
    ),
    "vlan": (
        ("vlans", r"exit$|(?:no )?shutdown|description |vsx-sync|ip igmp|ipv6 |dhcpv4-snooping|dhcpv6|arp inspection|apply"),
        ("vlans", r"no ip|nd-|client|mirror|spanning"),
    ),
}
AOSS: Table = {
    "": (
        ("boot", r"module |flexible-module |max-vlans|stacking|stack |vsf|no stacking|hpStack|fault-finder|no fault|job |alias "),
        ("boot", r"snmp-server (?:contact|location)|allow-unsupported|autorun|no autorun|tftp|no tftp|dhcp (?:config|image)"),
        ("clock", r"time |timesync|sntp|no sntp|ntp|no ntp|no timesync|clock"),
        ("names", r"ip dns|no ip dns|dns|ip source-interface"),
        ("access", rf"(?:no )?(?:{_HPE_ACCESS})|ip ssh|no ip ssh|ip authorized-managers|no telnet-server|include-credentials"),
        ("access", r"encrypt-credentials|no web-management|activate|no activate|aruba-central|no aruba-central|no dhcp|no cwmp"),
        ("access", r"oobm|no rest-interface|rest-interface|no tls|tls|no credentials|device-profile|device-identity|cwmp|idle"),
        ("log", r"logging|no logging|sflow|mirror|debug|fault|rmon|no snmp|arp-protect|rspan|mac-notify|no mac-notify"),
        ("filters", r"(?:no )?dhcp-snooping|port-security|ip access-list|no ip icmp|ip icmp|filter |lockout|arp-|no arp|class |policy"),
        ("loops", r"(?:no )?spanning-tree|loop-protect|no loop-protect|storm|link-keepalive|broadcast|lacp|trunk-load|distributed"),
        ("quality", r"qos|no qos|rate-limit|dscp|bandwidth"),
        ("neighbours", r"(?:no )?lldp|(?:no )?cdp"),
        ("vlans", r"primary-vlan|management-vlan|no gvrp|gvrp|mvrp|no mvrp|mac-age|mac-address-table|static-mac|jumbo"),
        ("multicast", r"ip igmp|ip multicast|ipv6|no ipv6|ip routing$|no ip routing|ip arp|ip directed|ip ttl|ip load|no power"),
        ("text", r"Running configuration:|Startup configuration:|exit$|end$"),
    ),
    "port": (
        ("text", r"exit$|no (?:lacp|flow|cdp|lldp|snmp)|lacp|flow-control|(?:no )?energy|mdix|type |unknown-vlans|gvrp|arp-protect"),
        ("access", r"dhcp-snooping|port-security|ip access-group|aaa |ipv6|ip source|monitor|rate-limit|broadcast-limit|qos"),
        ("power", r"power-over-ethernet (?:critical|high|low)|poe-|speed-duplex auto|lldp|link-keepalive|untagged|bandwidth"),
    ),
    "vlan": (
        ("vlans", r"exit$|no ip|jumbo|(?:no )?ip igmp|ip multicast|ipv6|dhcp-snooping|arp-protect|ip access-group|forbid"),
        ("vlans", r"no untagged|no tagged|ip dhcp-bootp|ip bootp|ip arp|ip proxy|service-policy|qos|management|name$|disable layer3"),
        ("vlans", r"ip address dhcp|no (?:dhcp|jumbo)|ip local|dhcp-server$|no dhcp-server|monitor|ip directed|ip icmp|auto|no auto"),
    ),
}
COMWARE: Table = {
    "": (
        ("boot", r"version |mdc |irf|undo irf|password-recovery|xbar|system-working|dying-gasp|undo dying|job |scheduler |undo "),
        ("boot", r"super|loadbalance|fan|device-|configuration |archive |license|ftp|tftp|link-mode|burst-mode|cpu|memory"),
        ("clock", r"clock |ntp|sntp"),
        ("names", r"dns |ip host"),
        ("access", r"line |user-interface|local-user|user-group|domain|radius|hwtacacs|role |ssh |sftp |scp |telnet |ip http"),
        ("access", r"ip https|public-key|pki|ssl|header |password-control|dot1x|mac-authentication|port-security|netconf"),
        ("access", r"snmp-agent|web |cwmp|portal|aaa|attack|cloud|smartmc|restful"),
        ("log", r"info-center|sflow|mirroring|nqa|netstream|rmon|track|diagnostic"),
        ("filters", r"acl |packet-filter|dhcp snooping|dhcp-snooping|arp |ip source|ipsg|traffic |qos |dhcp enable|time-range"),
        ("loops", r"stp |loopback-detection|lacp|link-aggregation |port-isolate|rrpp|smart-link|monitor-link|mac-address"),
        ("neighbours", r"lldp |cdp"),
        ("multicast", r"igmp|mld|multicast|ipv6|voice-vlan|undo voice|vlan-|poe |tcp |ip ttl|ip redirects|ip unreach"),
        ("text", r"return$|quit$|#"),
    ),
    "port": (
        ("loops", r"stp |undo stp|loopback|storm|broadcast|multicast|unicast|lacp|undo lldp|lldp |link-delay|mac-address"),
        ("access", r"dot1x (?!$)|mac-authentication (?!$)|port-security|dhcp|arp|ip source|ip verify|packet-filter|undo dot1x"),
        ("quality", r"qos |undo |flow|jumboframe|mdi|port link-mode bridge|enable (?:snmp|log)|poe (?:priority|max|pd)"),
        ("link", r"duplex|speed auto|combo|eee|link-aggregation mode|port media|undo port|port auto-power|port bridge|sflow"),
        ("vlans", r"voice-vlan (?:mode|security|qos)|port-isolate|mirroring|port trunk permit$|undo voice|poe legacy"),
        ("power", r"undo poe legacy|undo jumbo|ntp|undo enable"),
    ),
    "svi": (("routing", r"description|undo |arp|dhcp select|ip address dhcp|ipv6|igmp|pim|packet-filter|mtu|ip forwarding"),),
    "vlan": (("vlans", r"description|igmp|mld|dhcp|arp|undo |ip source|port-isolate|supervlan|subvlan|dhcp-snooping"),),
}
ICX: Table = {
    "": (
        ("text", r"Current configuration:|Startup-config|ver |!|end$|exit$|current |running"),
        ("boot", r"stack |module |hitless|boot |chassis|optical|license|jumbo|system-max|no module|stp-|cpu|legacy|manager |no man"),
        ("boot", r"enable (?:skip|telnet|aaa|super|read|port)|banner |console|alias|buffer|service local|no service|unit |sz "),
        ("clock", r"clock |ntp$|ntp |sntp |server "),
        ("names", r"ip dns|hostname$"),
        ("access", r"aaa |no aaa|username |user |password|radius|tacacs|crypto|ip ssh|ip telnet|telnet |no telnet|ssh|web-management"),
        ("access", r"no web-management|snmp|no snmp|authentication|dot1x|mac-auth|no enable|access-list enable|ip http|ip tftp"),
        ("log", r"logging|no logging|sflow|errdisable|fdp|cdp|no cdp|no fdp|lldp|no lldp|link-|loop-detection|port-security"),
        ("filters", r"ip access-list|access-list|mac filter|ip dhcp snooping|ip arp inspection|ip dhcp-client|no ip dhcp-client"),
        ("filters", r"ip source|no ip source|storm|broadcast|global-|ip multicast|ip igmp|ipv6|no ipv6|mld|ip proxy|ip forward"),
        ("loops", r"spanning-tree|no spanning-tree|rapid|qos|no qos|rate|trunk-type|inline power|no inline|ip icmp|flow-control"),
        ("routing", r"ip router-id|ip max|ip ttl|ip redirect|no ip redirect|no ip source-route|vlan (?:max|dynamic)|default-vlan-id"),
    ),
    "port": (
        ("loops", r"spanning-tree|no spanning-tree|stp-|bpdu|root-|loop-detection|broadcast|multicast|unknown|storm|rate|flow"),
        ("access", r"dhcp snooping|arp inspection|ip access-group|dot1x (?!port)|mac-auth|authentication |port security|use-|source"),
        ("link", r"speed-duplex|no flow|gig-default|inline power (?:priority|power|couple)|mtu|ip mtu|sflow|trust|qos|prio|lldp|cdp"),
        ("log", r"no snmp|load-interval|optical|link-error|no cdp|no fdp|fdp|no ip|ipv6|voice|trunk|link-|delay|mac |symmetrical"),
    ),
    "svi": (("routing", r"port-name|ip access-group|no ip|ipv6|ip proxy|ip igmp|ip pim|ip mtu|ip follow|enable|disable|ip redir"),),
    "vlan": (
        ("vlans", r"spanning-tree|no spanning-tree|multicast|ip multicast|router-interface|management-vlan|priority|no untagged"),
        ("vlans", r"exit$|loop-detection|ip dhcp|ip arp|mld|source|uplink-switch|no |default-gateway$|webauth|static-mac|ip acc"),
    ),
    "lag": (("link", r"deploy|primary-port|lacp|trunk|no |disable|enable|monitor|exit$|sflow|port-primary"),),
}
JUNOS: Table = {
    "": (
        ("boot", r"version|apply-groups|chassis|system (?:auto|commit|max|processes|arp|internet-options|kernel|saved|extensions)"),
        ("boot", r"system (?:phone|ports|license|configuration|archival|no-|root-|default|health|diag|scripts|ddos)|virtual-chassis"),
        ("clock", r"system (?:time-zone|ntp)"),
        ("names", r"system (?:name-server|domain|static-host|backup)"),
        ("access", r"system (?:login|services (?!dhcp-local-server)|authentication|radius|tacplus|accounting|user)|access|snmp"),
        ("access", r"security (?:certificates|pki|ssh|authentication)|protocols dot1x (?!authenticator interface)"),
        ("log", r"system (?:syslog|tracing)|event-options|services|forwarding-options (?!dhcp-relay)|accounting-options|protocols sflow"),
        ("filters", r"firewall|policy-options|ethernet-switching-options (?!voip)|switch-options|forwarding-options access|groups"),
        ("loops", r"protocols (?:rstp|mstp|vstp|stp|loop|layer2|lacp|oam|iccp|mclag|l2-)|class-of-service|multi-chassis|redundant"),
        ("neighbours", r"protocols (?:lldp|lldp-med|igmp|igmp-snooping|mld|mld-snooping)"),
        ("vlans", r"vlans \S+ (?:description|forwarding-options|switch-options|no-|filter|mac|dot1q)|poe (?:management|guard|notif)"),
        ("link", r"interfaces \S+ (?:mtu|speed auto|link-mode|no-traps|traps|hold-time|(?:gig)?ether-options (?!802)|unit \S+ desc)"),
        ("link", r"interfaces \S+ (?:aggregated-ether-options|auto-negotiation|no-auto|flexible|encapsulation|vlan-tagging|stacked)"),
        ("link", r"interfaces \S+ unit \S+ family (?:inet6|inet (?:filter|mtu|no-redir|rpf)|ethernet-switching (?:filter|storm|recov))"),
        ("link", r"interfaces \S+ unit \S+ (?:family (?:inet|ethernet-switching)$|proxy-arp)|interfaces \S+ (?:unit \S+)$"),
        ("routing", r"routing-options (?:router-id|autonomous|nonstop|forwarding-table|graceful)|interfaces \S+ apply-"),
    ),
}
