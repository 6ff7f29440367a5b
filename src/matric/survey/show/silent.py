"""Lines of answers that say nothing a survey needs, and that the template does not name: data for a reader to check."""

from collections.abc import Mapping

__all__ = ("SILENT",)

_DESCRIPTION = (
    # Further lines of what a neighbour says of its software.
    r"\s*(?:Technical Support:|Copyright \(c\)|Compiled |All rights reserved|rights reserved|Release \S+|RELEASE)",
    r"\s*(?:Cisco |Juniper Networks|HPE? |H3C |ArubaOS|Aruba |Linux \d|Arista |Ruckus |Brocade |ZULTYS |Polycom )",
    r"\s*(?:\S* ?Co\., ?Ltd|l rights|\. Co)",
)
_IOS_VERSION = (
    r"Cisco IOS XE Software|IOS XE Version|Model Number|System Serial Number|Current\s+Type",
    r"(?:network|dna)-(?:adv|ess)",
    r"Technical Support:|Copyright \(c\)|Compiled |All rights reserved|Image text-base|BOOTLDR|ROM:|Last reset from",
    r"This product contains|States and local|use\. Delivery",
    r"third-party authority|Importers, exporters|compliance with U",
    r"agree to comply|to comply with|A summary of U\.S\.|http://",
    r"https://|If you require|export@cisco|\(http|\S+@\S+\.com",
    r"licensed under the GNU|software code licensed|with ABSOLUTELY NO",
    r"GPL code under|documentation or |or the applicable",
    r"software\.$|Cisco IOS-XE software|Uptime for this control",
    r"License |Next reload license|Smart Licensing|Technology",
    r"\d+K bytes of|[\w .-]*K bytes of|\d+ .*[Ii]nterfaces?(?:\(s\))?$",
    r"\d+ (?:Serial|terminal|Subscriber)|.*CPU at \d",
    r"The password-recovery|Hobgoblin|Base Ethernet MAC|Motherboard ",
    r"Power supply|Model [Rr]evision|Top Assembly|Version ID",
    r"CLEI Code|Hardware Board Revision|Daughterboard|Switch +Ports",
    r"\*? +\d+ +\d+ +\S+|Switch 0\d|Switch Uptime|Switch uptime",
    r"Configuration register|Suite |Package |cisco .*processor",
    r"Processor board|.*bytes of memory|\s*\S+ uptime is|Last reload",
    r"Current ?(?:Type|License)|ipbasek9|ipservicesk9|securityk9",
    r"uck9|datak9|appxk9|AdvUCSuite|Installation mode|\s*MAC Address",
    r"Model number|Motherboard|System serial|DRAM|Bridging software",
    r"X\.25|TN3270|SuperLAT|Backplane|Configuration Register",
    r"FastEthernet|SNMP|Package|Device#|\*0|Load for |Time source|cisco Systems|Cisco IOS Software|Serial number",
)

SILENT: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("ios", "show version"): _IOS_VERSION,
    ("ios", "show lldp neighbors"): (r"Capability codes|\s*\([A-Z]\)|Device ID\s|Total entries|\s*\(\w\)",),
    ("ios", "show lldp neighbors detail"): (
        *_DESCRIPTION,
        r"\s*\d+(?:base|BASE)|\s*(?:Symm|Asym|Other|unknown)\b|MED (?:Codes|Information)|\s*\((?:NP|LI|PS|PD|IN|EM)",
        r"\s*(?:Inventory|Capabilities:|Device type|Network Polic|Power )",
        r"\s*(?:Location|PD device|PSE device|Vlan ID|Manufacturer)",
        r"\s*(?:F/W|H/W|S/W|Serial|Model|Asset)",
    ),
    ("ios", "show cdp neighbors"): (r"Capability Codes:|\s+[A-Za-z] - |Device ID\s|Total cdp entries",),
    ("ios", "show cdp neighbors detail"): (
        *_DESCRIPTION,
        r"Holdtime|advertisement version|Protocol Hello|VTP ",
        r"Native VLAN|Duplex|Management address|\s+IP(?:v6)? address",
        r"Power |Total cdp|Unidirectional|Second Port|Spare Pair|PSE |Physical location|Version ?:|Peer MAC|\s+IPv6",
    ),
    ("ios", "show etherchannel summary"): (r"Flags:|\s+[A-Za-z](?:/\w+)? - |Number of |Group\s+Port-channel",),
    ("ios", "show mac address-table"): (
        r"[\w ()-]*Count:|Total M|\s*Mac Address Table|Legend:",
        r"\s+(?:age|n/a|[A-Z#]) - |Displaying|Unicast Entries|Non-static",
        r"\s*vlan\s+mac address|Multicast Entries|\s*\*? *\S+\s+(?:ffff\.ffff\.ffff|01\S\S\.\S+)\s",
        r"\s+(?:(?:[A-Z][a-z]\d\S*|Switch|Router|CPU),?)+$",
    ),
    ("ios", "show ip interface brief"): (r"Interface\s+IP-Address",),
    ("ios", "show ip arp"): (r"Protocol\s+Address",),
    ("ios", "show spanning-tree root"): (r"\s+Root\s+Hello|Vlan\s+Root ID",),
    ("ios", "show vlan brief"): (
        r"\d+\s+(?:enet|fddi|tr|fdnet|trnet)\s|Remote SPAN|Primary Secondary|VLAN (?:Type|Name)",
    ),
    ("ios", "show power inline"): (r"Available:",),
    ("eos", "show inventory"): (
        r"System information|\s+Model\s+Description|\s+HW Version",
        r"System has|\s+(?:Slot|Port|Management|Switched|Sub)",
        r"\s+DCS-|\s+\d\d\.\d\d|\s+CCS-",
    ),
    ("eos", "show ip interface brief"): (r"Interface\s+IP Address|\s+Address",),
    ("eos", "show lldp neighbors"): (r"Last table change|Number of table|Port\s+Neighbor",),
    ("eos", "show lldp neighbors detail"): (
        r"\s+(?:Auto-negotiation|Advertised Capabilities|Operational MAU)",
        r"\s+(?:\d+(?:\.\d)?G?BASE-|(?:[0-9a-fA-F]{2} ?)+$)",
    ),
    ("aoscx", "show dhcpv4-snooping binding"): (r"DHCPv4 snooping is disabled",),
    ("eos", "show poe"): (r"\s*PSE\s+Power",),
    ("aoscx", "show arp all-vrfs"): (r"Total Number Of ARP|IPv4 Address\s+MAC|ARP IPv4",),
    ("icx", "show arp"): (r"Total number|No\.\s+IP|Entries in|\s*No\.\s",),
    ("icx", "show lag brief"): (r"Total number|LACP |Number of|LAG\s+Type",),
    ("icx", "show mac-address"): (r"Total (?:active|entries)|MAC[ -]Address\s+Port",),
    ("icx", "show span"): (
        r"\s*(?:Global STP|VLAN\s+Root|ID\s+ID|Hex|Port STP|Port\s+Prio|Num\s+rity|Spanning-tree|VLAN \d+ )",
        r"\s*\d+(?:/\d+){0,2}\s+[0-9A-Fa-f]{2}\s+\d+\s+[A-Z]+\s",
        r"\s*(?:Bridge|Port)\s+",
    ),
    ("icx", "show version"): (
        r"\s*(?:show version|Copyright|\(\d+ bytes\)|Boot-Monitor)",
        r"\s*(?:Compressed|License:|P-ENGINE|\d+ [KM]B? |The system)",
        r"\s*(?:Serial|HW:|UNIT|SW:|Internal|STACKID|SL |[=]+|Active Managment)",
        r"\s*(?:Current|\(LID|Boot Image|\d+ MHz|BootROM|My stack)",
    ),
    ("comware", "display arp"): (r"\s*Type:|\s*IP [Aa]ddress",),
    ("comware", "display interface brief"): (
        r"(?:Aux|Cellular|MP|NULL|Loop|InLoop|REG|Vlan|M-GE|MGE|E-Ch|Tun|Dialer)\S*\s+\S+\s",
    ),
    ("comware", "display link-aggregation verbose"): (
        r"\s*(?:Port Status:|Port:|Flags:|[A-Z] -- |Management VLANs|System ID|Loadsharing|Local:|Remote:|Actor)",
        r"\s*\S*\d+/\d+\S*\s+(?:[SUI]\s+)?\d+\s+\d+\s",
    ),
    ("comware", "display mac-address"): (r"MAC A(?:ddress|DDR)",),
    ("comware", "display vlan brief"): (r"Brief information|Supported (?:Min|Max)|Default VLAN|\s+\S+\d+/\d+/\d+",),
    ("junos", "show lacp interfaces"): (
        r"\s*\S+\s+(?:Actor|Partner)\s|Aggregated interface|\s*LACP (?:state|protocol)",
    ),
    ("aoss", "show power-over-ethernet brief"): (r"\s*Status and Counters",),
    ("aoss", "show dhcp-snooping binding"): (r"\s*DHCP [Ss]nooping is not enabled",),
    ("aoss", "show system"): (r"\s*System (?:Contact|Location|Name)\s*:\s*$",),
    ("aoss", "show mac-address"): (r"\s*Status and Counters|\s*MAC Address\s+Port",),
    ("aoss", "show vlans"): (r"\s*(?:Status and Counters|Maximum VLANs|Primary VLAN|Management VLAN|VLAN ID)",),
}
"""Platform and command -> how such lines begin."""
