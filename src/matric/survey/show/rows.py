"""Answers that ntc-templates has no template for, or whose template leaves out what a survey needs.

Sources: the vendors' command references named in ``commands``. Group names are the names of values in ntc-templates.
"""

from collections.abc import Mapping

from matric.survey.show.machine import Rows

__all__ = ("ROWS",)

_MAC = r"(?P<MAC_ADDRESS>[0-9A-Fa-f]{2,6}(?:[:.-][0-9A-Fa-f]{2,6}){1,5})"
_HEX = r"[0-9A-Fa-f]{2}(?::[0-9A-Fa-f]{2}){5}"
_IP = r"(?P<IP_ADDRESS>\d+\.\d+\.\d+\.\d+)"
_RULED = r"\s*[-=+ ]{3,}$"

ROWS: Mapping[tuple[str, str], Rows] = {
    ("ios", "show power inline"): Rows(
        start=(r"\s*\d+\s+(?P<BUDGET>\d+\.\d+)\s+\d+\.\d+\s+\d+\.\d+\s*$", r"Available:(?P<BUDGET>\d+(?:\.\d+)?)\(w\)"),
    ),
    ("ios", "show wlan summary"): Rows(
        start=(
            r"\s*\d+\s+\S+\s{2,}(?P<SSID>\S+(?: \S+)*?)\s{2,}(?P<STATUS>UP|DOWN)\s+(?P<SECURITY>\S.*)$",
            r"\s*\d+\s+\S+\s+(?P<SSID>\S+)\s+(?P<STATUS>UP|DOWN)\s*(?P<SECURITY>\S.*)?$",
        ),
        silent=(r"Number of WLANs", r"ID\s+Profile Name", _RULED),
    ),
    ("ios", "show license summary"): Rows(
        start=(r"\s*(?P<FEATURE>\S.*?)?\s*\((?P<TAG>.+)\)\s+(?P<USED>\d+)\s+(?P<STATE>[A-Z][A-Z ]+?)\s*$",),
        silent=(
            r"\s*Smart Account: (?P<HOLDER>[^<\s].*?)(?: As of .*)?$",
            r"\s*(?:Account Information|License (?:Usage|Authorization)|License\s+Entitlement|Registration):?",
            r"\s*(?:Smart Licensing is|(?:Smart|Virtual) Account|Status|Export-Controlled|No licenses in use)",
            r"\s*(?:Initial Registration|(?:Last|Next) (?:Renewal|Communication)|Evaluation Period|Transport)",
            r"\s*(?:Utility|License Conversion|Callhome|Failure reason|Reporting|Serial Number|Authorization Expires)",
            _RULED,
        ),
    ),
    ("eos", "show lldp neighbors detail"): Rows(
        start=(r"\s+Neighbor (?P<MAC_ADDRESS>\S+?)/(?P<NEIGHBOR_INTERFACE>\"[^\"]*\"|\S+), age ",),
        more=(
            r"\s+Chassis ID\s+: (?P<CHASSIS_ID>.+)$",
            r"\s+- System Name: \"(?P<NEIGHBOR_NAME>.*)\"$",
            r"\s+- System Description: \"(?P<NEIGHBOR_DESCRIPTION>[^\"]*)\"?$",
            r"\s+Enabled Capabilities: (?P<CAPABILITIES>.*)$",
            r"\s+Management Address\s+: (?P<MGMT_ADDRESS>\S+)$",
        ),
        silent=(
            r"Interface (?P<LOCAL_INTERFACE>\S+) detected \d+ LLDP neighbors",
            r"\s+Discovered ",
            r"\s+- (?:Chassis ID type|Port ID type|Time To Live|Port Desc|System Cap|Management Address)",
            r"\s+- (?:IEEE802|LLDP-MED|MED|Unknown|Auto-negotiation|Power)",
            r"\s+(?:Port ID|Interface Number(?: Subtype)?|OID String|Link Aggregation Status)\s*:",
            r"\s+(?:Capability Support|Device Type)",
            r"\s+(?:Power (?:Type|Source|Priority|Value)|Application Type|Vlan|Tagged)",
        ),
    ),
    ("eos", "show poe"): Rows(
        start=(
            (
                r"\s*(?P<INTERFACE>Et\S+|\d\S*)\s+(?P<ADMIN_STATUS>\S+)\s+\S+\s+\S+\s+(?P<OPERATIONAL_STATUS>[a-z-]+)\s+"
                r"(?:class|Class)?\s*(?P<CLASS>\d|N/A|n/a|-)\s+(?P<POWER>[\d.]+)\s*W?"
            ),
        ),
        silent=(r"Port\s+", _RULED),
    ),
    ("eos", "show spanning-tree root"): Rows(
        start=(r"\s*(?P<INSTANCE>(?:MST|VL)?\d+)\s+(?P<ROOT_PRIORITY>\d+)\s+" + _MAC + r"\s",),
        silent=(r"\s+Root ID\s+Root", r"Instance\s+Priority", _RULED),
    ),
    ("junos", "show interfaces terse"): Rows(
        start=(
            (
                r"(?P<INTERFACE>\S+)\s+(?P<ADMIN_STATUS>up|down)\s+(?P<LINK>up|down)(?:\s+inet\s+(?P<IP_ADDRESS>\d\S+))?"
                r"(?:\s+aenet\s+--> (?P<LAG>ae\d+))?"
            ),
        ),
        silent=(r"Interface\s+Admin\s+Link", r"\s{20,}\S", r"\{master"),
    ),
    ("junos", "show ethernet-switching table"): Rows(
        start=(
            # A VLAN is told by name; where the name is "Vlan10" or "vlan-10" its number is in it.
            rf"\s*(?:(?:Vlan|vlan|v|BD)-?(?P<VLAN_ID>\d+)|\S+)\s+{_MAC}\s+[A-Z][\w,]*\s+\S+\s+(?P<INTERFACE>\w+-\S+|ae\S+)",
            rf"\s*\S+\s+{_MAC}\s+(?:Learn|Static)\s+\S+\s+(?:All-members\s+)?(?P<INTERFACE>\w+-\S+|ae\S+)",
        ),
        silent=(
            r"MAC flags|\s*SE - |Ethernet[- ]switching table|Routing instance|\s*(?:Vlan|VLAN)\s+MAC|\s*name\s+address",
            r"\{master|\s*\S+\s+\*\s+Flood|\s*\S+\s+\S+\s+(?:Static|Learn)\s+\S+\s+Router",
        ),
    ),
    ("junos", "show lldp neighbors"): Rows(
        start=(
            (
                rf"(?P<LOCAL_INTERFACE>(?:ge|xe|et|mge|fe|me|em)-?\d\S*)\s+(?:-|ae\d\S*)?\s+(?P<CHASSIS_ID>{_HEX})\s+"
                # A port's name that fills its column leaves one blank before the next.
                r"(?P<NEIGHBOR_INTERFACE>(?=\S{18,} \S+\s*$)\S+|\S+(?: \S+)*?)"
                r"(?:\s(?:(?<=\S{18}\s)|\s+)(?P<NEIGHBOR_NAME>\S+))?\s*$"
            ),
        ),
        silent=(r"Local Interface\s", r"\{master"),
    ),
    ("junos", "show lldp neighbors interface"): Rows(
        start=(r"\s*Local Interface\s*: (?P<LOCAL_INTERFACE>\S+)",),
        more=(
            rf"\s*Chassis ID\s*: (?P<CHASSIS_ID>{_HEX})",
            r"\s*Port description\s*: (?P<NEIGHBOR_INTERFACE>\S.*)$",
            r"\s*System name\s*: (?P<NEIGHBOR_NAME>\S.*)$",
            r"\s*System Description\s*: (?P<NEIGHBOR_DESCRIPTION>\S.*)$",
            r"\s*Enabled\s*: (?P<CAPABILITIES>\S.*)$",
            r"\s*Address\s*: (?P<MGMT_ADDRESS>\d+\.\d+\.\d+\.\d+)\s*$",
        ),
        silent=(
            r"\{master|LLDP Neighbor Information|\s*(?:Local|Neighbou?r) Information",
            r"\s*(?:Index|Parent Interface|Local Port ID|Ageout Count|Chassis (?:type|ID))\b",
            r"\s*Port (?:type|ID|description)\b",
            r"\s*(?:System (?:name|capabilities)|Supported|Enabled|Management (?:Info|address)|Type|Address|Subtype)\b",
            r"\s*(?:Interface (?:Subtype|number)|OID|Media endpoint class|MED |Organization Info|Info|Age|Time )",
            r"(?:Technical Support|Copyright|Compiled|Cisco IOS Software|Software)\b|\(c\) ",
        ),
    ),
    ("junos", "show poe interface"): Rows(
        start=(
            (
                r"\s*(?P<INTERFACE>\S+-\d+/\d+/\d+)\s+(?P<ADMIN_STATUS>Enabled|Disabled)\s+(?P<OPERATIONAL_STATUS>\S+)\s+"
                r"(?P<MAX>[\d.]+)W?(?:\([LC]\))?\s+\S+\s+(?P<POWER>[\d.]+)W?\s+(?P<CLASS>\S+)"
            ),
        ),
        silent=(r"\s*Interface\s+", r"\s*status\s+", r"\s*max\s+", r"\{master", r"\s*\(L\)|\s*\(C\)"),
    ),
    ("junos", "show dhcp-security binding"): Rows(
        start=(rf"\s*{_IP}\s+{_MAC}\s+(?P<VLAN_NAME>\S+)\s+\S+\s+(?P<TYPE>\S+)\s+(?P<INTERFACE>\S+)",),
        silent=(r"\s*IP address\s+MAC", r"\{master"),
    ),
    ("junos", "show system license"): Rows(
        start=(
            (
                r"\s+(?P<FEATURE>[\w-][\w .()/-]*?)\s+(?P<USED>\d+)\s+(?P<COUNT>\d+)\s+(?P<NEEDED>\d+)\s+"
                r"(?P<EXPIRY>\S.*)$"
            ),
        ),
        silent=(
            r"License usage|Licenses installed|\s+Licenses\s+Licenses|\s+Feature name|\{master",
            r"\s+(?:License|Software|Valid for|Order|Customer|Features|Validity|Count|Serial|Group|Reference)\b.*:",
            r"\s+\S+\s+-\s|\s+(?:permanent|date-based|count-down|commercial)\b",
        ),
    ),
    ("junos", "show spanning-tree bridge"): Rows(
        start=(r"\s*Root ID\s*: (?P<ROOT_ID>\S+)",),
        silent=(
            r"STP bridge parameters",
            r"\{master",
            r"\s*(?:Routing instance name|Enabled protocol|Context ID|Root cost|Root port|Hello time|Maximum age)",
            r"\s*(?:Forward delay|Message age|Number of topology)",
            r"\s*(?:Time since|Local parameters|Bridge ID|Extended system)",
            r"\s*(?:Topology change|STP bridge|CIST|MSTI|Path cost|Internal)",
        ),
    ),
    ("aoscx", "show version"): Rows(
        start=(r"Version\s+: (?P<VERSION>\S+)",),
        silent=(
            r"ArubaOS-CX$|AOS-CX$",
            r"\(c\) Copyright|\(C\) Copyright",
            r"(?:Build Date|Build ID|Build SHA|Hot Patches|Active Image|Service OS Version|BIOS Version)\s*:",
            _RULED,
        ),
    ),
    ("aoscx", "show interface brief"): Rows(
        start=(
            (
                r"(?P<INTERFACE>(?:\d+/\d+/\d+|lag\d+|mgmt)\S*)\s+(?P<VLAN_ID>\d+|--)\s+(?P<MODE>access|trunk|routed|--)\s+"
                r"(?P<TYPE>\S+(?: \S+)*?)\s+(?P<ENABLED>yes|no|--)\s+(?P<LINK>up|down)\s{1,3}(?P<REASON>.{1,26}?)\s+"
                r"(?P<SPEED>\d+|--|auto)(?:\s+(?P<DESCRIPTION>\S.*))?$"
            ),
            r"(?P<INTERFACE>vlan\d+|loopback\d+)\s+(?:--|\d+)\s+(?:\S+\s+){2}(?P<ENABLED>yes|no|--)\s+(?P<LINK>up|down)",
        ),
        silent=(r"Port\s+Native\s+Mode", r"\s+VLAN\s+", _RULED),
    ),
    ("aoscx", "show lacp interfaces"): Rows(
        start=(r"(?P<MEMBER_INTERFACE>\d+/\d+/\d+)\s+(?P<BUNDLE_NAME>lag\d+)(?:\(\S*\))?\s",),
        silent=(
            r"State abbreviations|(?:Actor|Partner) details of all|Intf\s+Aggr|\s+Name\s+Id",
            r"[A-Z] - ",
            r"\d+/\d+/\d+\s",
            _RULED,
        ),
    ),
    ("aoscx", "show cdp neighbor-info"): Rows(
        start=(
            r"(?P<LOCAL_INTERFACE>\d+/\d+/\d+)\s+(?P<NEIGHBOR_NAME>\S+)\s+(?P<PLATFORM>\S.*?)\s{2,}(?P<CAPABILITIES>.+)$",
        ),
        silent=(r"Port\s+Device ID", _RULED),
    ),
    ("aoscx", "show power-over-ethernet"): Rows(
        start=(
            (
                r"\s*(?P<INTERFACE>\d+/\d+/\d+)\s+(?P<ADMIN_STATUS>Yes|No)\s.*?(?P<POWER>\d+\.\d+)\s*W?\s+"
                r"(?P<OPERATIONAL_STATUS>[A-Z][A-Za-z]+)\s+(?P<CLASS>\d|N/A|-)"
            ),
            r"\s*(?:Total )?Available Power\s*:?\s*(?P<BUDGET>[\d.]+)\s*W",
        ),
        silent=(
            r"\s*(?:Port|PoE|Power|Member|System|Total|Status|Ena|Redundan|Quick|Always|Failover|Remaining)",
            _RULED,
        ),
    ),
    ("aoscx", "show dhcpv4-snooping binding"): Rows(
        start=(rf"\s*{_MAC}\s+{_IP}\s+(?P<VLAN_ID>\d+)\s+(?P<INTERFACE>\S+)",),
        silent=(r"\s*(?:MacAddress|MAC)", _RULED),
    ),
    ("aoscx", "show spanning-tree"): Rows(
        start=(r"\s*Root ID\s+Priority\s*:\s*(?P<ROOT_PRIORITY>\d+)",),
        silent=(
            r"Spanning tree status|\s*(?:Bridge ID|MAC-Address|Address|This bridge is|Hello time|Extended|Operation)",
            r"\s*(?:Port\s+Role|Number of topology|Last topology|Timers|VLAN\d+|MST\d+|#+)",
            r"(?:\d+/\d+/\d+|lag\d+)\s+\S+\s+\S+",
            _RULED,
        ),
    ),
    ("aoss", "show version"): Rows(
        start=(r"\s+(?P<VERSION>[A-Z]{1,3}\.\d+\.\d+\S*)\s*$",),
        silent=(r"Image stamp:|\s+[A-Z][a-z]{2} +\d+ \d{4}|\s+\d+\s*$|Boot Image:|Boot ROM Version:|Active Boot ROM:",),
    ),
    ("aoss", "show power-over-ethernet brief"): Rows(
        start=(
            # What is drawn stands before the state, whichever columns a release has before it.
            (
                r"\s+(?P<INTERFACE>[A-Z]?\d\S*)\s[\s|]*(?P<ADMIN_STATUS>Yes|No)\s.*?(?P<POWER>\d+(?:\.\d+)?)\s*W?\s+"
                r"(?P<OPERATIONAL_STATUS>[A-Z][A-Za-z]+)\s+(?P<CLASS>\d|N/A)"
            ),
            r"\s*Available:\s*(?P<BUDGET>[\d.]+)\s*W",
        ),
        silent=(
            r"\s*Status and Configuration",
            r"\s*(?:PoE|Port|Power|Enable|Available|Class|Detect|Used|Remaining|Member|Pre)",
            _RULED,
        ),
    ),
    ("aoss", "show dhcp-snooping binding"): Rows(
        start=(rf"\s*{_MAC}\s+{_IP}\s+(?P<VLAN_ID>\d+)\s+(?P<INTERFACE>\S+)",),
        silent=(r"\s*(?:MacAddress|MAC)", _RULED),
    ),
    ("aoss", "show spanning-tree"): Rows(
        start=(r"\s*CST Root MAC Address\s*: (?P<ROOT_ID>\S+)", r"\s*Root MAC Address\s*: (?P<ROOT_ID>\S+)"),
        silent=(
            r"\s*(?:Multiple|Rapid) Spanning Tree|\s*STP Enabled|\s*Force Version|\s*(?:IST|CST|CIST|Root)\s",
            r"\s*(?:Switch |MSTP|Max |Topology|Time Since|Protocol)",
            r"\s*(?:Hello|Forward|RSTP|TCN|BPDU|Filtered|PVST|Loop|Auto)",
            r"\s*\|\s*Prio|\s*Port\s+Type|\s*(?:[A-Z]?\d+|Trk\d+)\s+\S+\s*\|",
            _RULED,
        ),
    ),
    ("comware", "display version"): Rows(
        start=(r"(?:HPE?|H3C) Comware (?:Platform )?Software, Version (?P<VERSION>\S+, \S+ \S+|\S+)",),
        more=(r"(?:HPE?|H3C) (?P<MODEL>\S.*?) (?:Switch )?(?:uptime is|with \d)",),
        silent=(
            r"Copyright|Boot image|System image|Boot image version|System image version|Last reboot|Compiled|Uptime",
            r"\s*(?:Slot \d|Uptime|BOARD TYPE|DRAM|FLASH|PCB|Bootrom)",
            r"\s*(?:BootRom|CPLD|Release|Patch|Reboot|\[SubSlot|Hardware)",
            r"\s*(?:\S.* with \d+ Processor|\d+[MK] bytes|\d+M\s|Config Register|CPU ID)",
        ),
    ),
    ("comware", "display poe interface"): Rows(
        start=(
            (
                r"\s*(?P<INTERFACE>\S*\d+/\d+/\d+)\s+(?P<ADMIN_STATUS>Enabled|Disabled|enabled|disabled|enable|disable)\s+\S+\s+"
                r"(?P<POWER>[\d.]+)\s+(?P<OPERATIONAL_STATUS>\S+)\s+\S+\s+(?P<CLASS>\S+)"
            ),
            (
                r"\s*(?P<INTERFACE>\S*\d+/\d+/\d+)\s+(?P<ADMIN_STATUS>Enabled|Disabled|enabled|disabled|enable|disable)\s+\S+\s+"
                r"(?P<POWER>[\d.]+)\s+(?P<OPERATIONAL_STATUS>\S+)\s+(?P<CLASS>\d)"
            ),
        ),
        silent=(r"\s*(?:Interface|IF|INTERFACE)\s", r"\s*---", r"\s+(?:Priority|\(W\))", _RULED),
    ),
    ("comware", "display dhcp snooping binding"): Rows(
        start=(rf"\s*(?:[DSR]\s+)?{_IP}\s+{_MAC}\s+\S+\s+(?P<VLAN_ID>\d+)\s+\S+\s+(?P<INTERFACE>\S+)",),
        silent=(r"\s*(?:\d+ DHCP snooping|IP [Aa]ddress|DHCP Snooping|The client binding|Type\s)", _RULED, r"\s*=+"),
    ),
    ("comware", "display stp root"): Rows(
        start=(r"\s*\d+\s+(?P<ROOT_ID>\d+\.\S+)\s+\d+",),
        silent=(r"\s*MST ?ID\s+Root",),
    ),
    ("comware", "display lldp neighbor-information verbose"): Rows(
        start=(r"LLDP neighbor-information of port \d+\s*\[(?P<LOCAL_INTERFACE>\S+)\]",),
        more=(
            r"\s*Chassis ID\s*:\s*(?P<CHASSIS_ID>\S+)",
            r"\s*Port ID\s*:\s*(?P<NEIGHBOR_INTERFACE>\S.*)$",
            r"\s*System name\s*:\s*(?P<NEIGHBOR_NAME>\S.*)$",
            r"\s*System description\s*:\s*(?P<NEIGHBOR_DESCRIPTION>\S.*)$",
            r"\s*System capabilities enabled\s*:\s*(?P<CAPABILITIES>\S.*)$",
            r"\s*Management address\s*:\s*(?P<MGMT_ADDRESS>\d\S*)",
        ),
        silent=(
            r"\s*(?:Neighbor index|Update time|Chassis type|Chassis ID/sub)",
            r"\s*(?:Port ID type|Port ID/sub|Time to live|Port desc)",
            r"\s*(?:System capabilities supported|Management address)",
            r"\s*(?:Port VLAN|Port and protocol|VLAN |Link aggregation)",
            r"\s*(?:Aggregation|Auto-negotiation|OperMau|Power |Port power)",
            r"\s*(?:PSE |Maximum frame|Media |LLDP agent|LLDP neighbor)",
            r"\s*(?:Location|PoE |HardwareRev|FirmwareRev|SoftwareRev)",
            r"\s*(?:SerialNum|Manufacturer|Model name|Asset|Device class)",
            r"\s*(?:Copyright|All rights|rights reserved|Release \S+)",
            r"\s*(?:H3C |HPE? |New H3C|Transmitted|Age|CDP|\S.*Co\., Ltd)",
        ),
    ),
    ("icx", "show lldp neighbors detail"): Rows(
        start=(r"\s*Neighbor:\s+(?P<MAC_ADDRESS>\S+), TTL",),
        more=(
            r"\s*\+ Chassis ID \([^)]*\)\s*:\s*\"?(?P<CHASSIS_ID>[^\"]+)",
            r"\s*\+ Port ID \([^)]*\)\s*:\s*\"?(?P<NEIGHBOR_PORT_ID>[^\"]+)",
            r"\s*\+ System name\s*:\s*\"(?P<NEIGHBOR_NAME>[^\"]*)",
            r"\s*\+ Port description\s*:\s*\"(?P<NEIGHBOR_INTERFACE>[^\"]*)",
            r"\s*\+ System description\s*:\s*\"(?P<NEIGHBOR_DESCRIPTION>[^\"]*)",
            r"\s*Enabled capabilities\s*:\s*(?P<CAPABILITIES>\S.*)$",
            r"\s*\+ Management address \(IPv4\)\s*:\s*(?P<MGMT_ADDRESS>\S+)",
        ),
        silent=(
            r"Local port:\s+(?P<LOCAL_INTERFACE>\S+)",
            r"\s*\+ (?:Time to live|System capabilities|802\.|Link agg|Max|Port VLAN|Management|VLAN|M[Ee][Dd])",
            r"\s*(?:Advertised capabilities|Operational MAU|Power |Device type|MED |Network|Link)",
            r"\s+\S.*\\$|\s+\S.*\"$",
        ),
    ),
    ("icx", "show inline power"): Rows(
        start=(
            (
                r"\s*(?P<INTERFACE>\d+/\d+/\d+)\s+(?P<ADMIN_STATUS>On|Off)\s+(?P<OPERATIONAL_STATUS>\S+)\s+"
                r"(?P<MILLIWATTS>\d+)\s+\d+\s+(?P<TYPE>\S+(?: \S+)*?)\s+(?P<CLASS>Class \d|\d|n/a|--)"
            ),
            r"\s*Power Capacity:\s*Total is (?P<BUDGET_MILLIWATTS>\d+) mWatts",
        ),
        silent=(
            r"\s*(?:Port\s|State\s|Consumed|Power (?:Capacity|Allocations)|Total\s)",
            r"\s+---(?:Power|Admin)",
            _RULED,
        ),
    ),
    ("icx", "show ip dhcp snooping info"): Rows(
        start=(
            rf"\s*{_IP}\s+{_MAC}\s+(?P<INTERFACE>(?:e )?\d\S*)\s+(?P<VLAN_ID>\d+)",
            rf"\s*{_IP}\s+{_MAC}\s+(?P<VLAN_ID>\d+)\s+(?P<INTERFACE>\S+)",
        ),
        silent=(r"\s*(?:IP Address|Dhcp snooping|Total|Learnt)", _RULED),
    ),
}
"""Platform and command -> how its answer is read."""
