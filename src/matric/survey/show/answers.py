"""Per platform and command: which template reads its answer, and what it is about."""

from collections.abc import Mapping
from dataclasses import dataclass

__all__ = ("ANSWERS", "Answer")


@dataclass(frozen=True, slots=True)
class Answer:
    """How one answer is read."""

    topic: str
    """As in ``topics.TOPICS``."""
    template: str = ""
    """Of ntc-templates, without its ending; empty where ``rows.ROWS`` reads it."""


ANSWERS: Mapping[str, Mapping[str, Answer]] = {
    "ios": {
        "show version": Answer("system", "cisco_ios_show_version"),
        "show inventory": Answer("inventory", "cisco_ios_show_inventory"),
        "show vlan brief": Answer("vlans", "cisco_ios_show_vlan"),
        "show interfaces status": Answer("ports", "cisco_ios_show_interfaces_status"),
        "show interfaces description": Answer("ports", "cisco_ios_show_interfaces_description"),
        "show interfaces switchport": Answer("switchports", "cisco_ios_show_interfaces_switchport"),
        "show ip interface brief": Answer("addresses", "cisco_ios_show_ip_interface_brief"),
        "show etherchannel summary": Answer("lags", "cisco_ios_show_etherchannel_summary"),
        "show lldp neighbors": Answer("lldp", "cisco_ios_show_lldp_neighbors"),
        "show lldp neighbors detail": Answer("lldp", "cisco_ios_show_lldp_neighbors_detail"),
        "show cdp neighbors": Answer("cdp", "cisco_ios_show_cdp_neighbors"),
        "show cdp neighbors detail": Answer("cdp", "cisco_ios_show_cdp_neighbors_detail"),
        "show mac address-table": Answer("macs", "cisco_ios_show_mac-address-table"),
        "show ip arp": Answer("arps", "cisco_ios_show_ip_arp"),
        "show power inline": Answer("power", "cisco_ios_show_power_inline"),
        "show ip dhcp snooping binding": Answer("leases", "cisco_ios_show_ip_dhcp_snooping_binding"),
        "show ip dhcp binding": Answer("leases", "cisco_ios_show_ip_dhcp_binding"),
        "show spanning-tree root": Answer("nothing", "cisco_ios_show_spanning-tree_root"),
        "show wlan summary": Answer("wlans"),
        "show license": Answer("licences", "cisco_ios_show_license"),
        "show license summary": Answer("licences"),
    },
    "eos": {
        "show version": Answer("system", "arista_eos_show_version"),
        "show hostname": Answer("system", "arista_eos_show_hostname"),
        "show inventory": Answer("inventory", "arista_eos_show_inventory"),
        "show vlan": Answer("vlans", "arista_eos_show_vlan"),
        "show interfaces status": Answer("ports", "arista_eos_show_interfaces_status"),
        "show interfaces description": Answer("ports", "arista_eos_show_interfaces_description"),
        "show ip interface brief": Answer("addresses", "arista_eos_show_ip_interface_brief"),
        "show port-channel summary": Answer("lags", "arista_eos_show_port-channel_summary"),
        "show lldp neighbors": Answer("lldp", "arista_eos_show_lldp_neighbors"),
        "show lldp neighbors detail": Answer("lldp"),
        "show mac address-table": Answer("macs", "arista_eos_show_mac_address-table"),
        "show ip arp": Answer("arps", "arista_eos_show_ip_arp"),
        "show poe": Answer("power"),
        "show spanning-tree root": Answer("nothing"),
    },
    "junos": {
        "show version": Answer("system", "juniper_junos_show_version"),
        "show chassis hardware": Answer("system", "juniper_junos_show_chassis_hardware"),
        "show vlans": Answer("vlans", "juniper_junos_show_vlans"),
        "show interfaces terse": Answer("terse"),
        "show lacp interfaces": Answer("lags", "juniper_junos_show_lacp_interfaces"),
        "show lldp neighbors": Answer("lldp"),
        "show lldp neighbors interface": Answer("lldp"),
        "show ethernet-switching table": Answer("macs"),
        "show arp no-resolve": Answer("arps", "juniper_junos_show_arp_no-resolve"),
        "show poe interface": Answer("power"),
        "show dhcp-security binding": Answer("leases"),
        "show spanning-tree bridge": Answer("nothing"),
        "show system license": Answer("licences"),
    },
    "aoscx": {
        "show version": Answer("system"),
        "show system": Answer("system", "aruba_aoscx_show_system"),
        "show vlan": Answer("vlans", "aruba_aoscx_show_vlan"),
        "show interface brief": Answer("ports"),
        "show lacp interfaces": Answer("lags"),
        "show lldp neighbor-info detail": Answer("lldp", "aruba_aoscx_show_lldp_neighbors-info_detail"),
        "show cdp neighbor-info": Answer("cdp"),
        "show mac-address-table": Answer("macs", "aruba_aoscx_show_mac-address-table"),
        "show arp all-vrfs": Answer("arps", "aruba_aoscx_show_arp_all-vrfs"),
        "show power-over-ethernet": Answer("power"),
        "show dhcpv4-snooping binding": Answer("leases"),
        "show spanning-tree": Answer("nothing"),
    },
    "aoss": {
        "show version": Answer("system"),
        "show system": Answer("system", "hp_procurve_show_system"),
        "show vlans": Answer("vlans", "hp_procurve_show_vlans"),
        "show interfaces brief": Answer("ports", "hp_procurve_show_interfaces_brief"),
        "show interfaces status": Answer("ports", "hp_procurve_show_interfaces_status"),
        "show trunks": Answer("lags", "hp_procurve_show_trunks"),
        "show lldp info remote-device": Answer("lldp", "hp_procurve_show_lldp_info_remote-device"),
        "show lldp info remote-device detail": Answer("lldp", "hp_procurve_show_lldp_info_remote-device_detail"),
        "show cdp neighbors detail": Answer("cdp", "hp_procurve_show_cdp_neighbors_detail"),
        "show mac-address": Answer("macs", "hp_procurve_show_mac-address"),
        "show arp": Answer("arps", "hp_procurve_show_arp"),
        "show power-over-ethernet brief": Answer("power"),
        "show dhcp-snooping binding": Answer("leases"),
        "show spanning-tree": Answer("nothing"),
    },
    "comware": {
        "display version": Answer("system"),
        "display device manuinfo": Answer("system", "hp_comware_display_device_manuinfo"),
        "display vlan brief": Answer("vlans", "hp_comware_display_vlan_brief"),
        "display vlan all": Answer("vlans", "hp_comware_display_vlan_all"),
        "display interface brief": Answer("ports", "hp_comware_display_interface_brief"),
        "display link-aggregation verbose": Answer("lags", "hp_comware_display_link-aggregation_verbose"),
        "display lldp neighbor-information verbose": Answer("lldp"),
        "display lldp neighbor-information list": Answer("lldp", "hp_comware_display_lldp_neighbor-information_list"),
        "display mac-address": Answer("macs", "hp_comware_display_mac-address"),
        "display arp": Answer("arps", "hp_comware_display_arp"),
        "display poe interface": Answer("power"),
        "display dhcp snooping binding": Answer("leases"),
        "display stp root": Answer("nothing"),
    },
    "icx": {
        "show version": Answer("system", "ruckus_fastiron_show_version"),
        "show vlan": Answer("vlans", "ruckus_fastiron_show_vlan"),
        "show interfaces brief": Answer("ports", "ruckus_fastiron_show_interfaces_brief"),
        "show lag brief": Answer("lags", "brocade_fastiron_show_lag_brief"),
        "show lldp neighbors": Answer("lldp", "brocade_fastiron_show_lldp_neighbors"),
        "show lldp neighbors detail": Answer("lldp"),
        "show mac-address": Answer("macs", "ruckus_fastiron_show_mac-address"),
        "show arp": Answer("arps", "ruckus_fastiron_show_arp"),
        "show inline power": Answer("power"),
        "show ip dhcp snooping info": Answer("leases"),
        "show span": Answer("nothing", "brocade_fastiron_show_span"),
    },
}
"""Platform -> command in full -> how its answer is read. Configurations are read by ``survey.configuration``."""
