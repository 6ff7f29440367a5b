"""NAPALM's own tests of the getters this driver has, on the output of a stack of 2930F written by hand."""

import importlib
from typing import Any

import pytest

BaseTestGetters: Any = importlib.import_module("napalm.base.test.getters").BaseTestGetters  # it has no types


@pytest.mark.usefixtures("set_device_parameters")
class TestGetters:
    """Only what AOS-S has: NAPALM would skip the rest."""

    test_method_signatures = BaseTestGetters.test_method_signatures
    test_is_alive = BaseTestGetters.test_is_alive
    test_get_facts = BaseTestGetters.test_get_facts
    test_get_interfaces = BaseTestGetters.test_get_interfaces
    test_get_interfaces_ip = BaseTestGetters.test_get_interfaces_ip
    test_get_lldp_neighbors = BaseTestGetters.test_get_lldp_neighbors
    test_get_lldp_neighbors_detail = BaseTestGetters.test_get_lldp_neighbors_detail
    test_get_vlans = BaseTestGetters.test_get_vlans
    test_get_mac_address_table = BaseTestGetters.test_get_mac_address_table
    test_get_arp_table = BaseTestGetters.test_get_arp_table
    test_get_environment = BaseTestGetters.test_get_environment
    test_get_config = BaseTestGetters.test_get_config
    test_get_config_filtered = BaseTestGetters.test_get_config_filtered
    test_get_config_sanitized = BaseTestGetters.test_get_config_sanitized
    test_get_ntp_servers = BaseTestGetters.test_get_ntp_servers
    test_get_snmp_information = BaseTestGetters.test_get_snmp_information
