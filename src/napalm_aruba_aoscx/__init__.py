"""NAPALM driver for HPE Aruba AOS-CX switches: ``napalm.get_network_driver("aruba_aoscx")``."""

from napalm_aruba_aoscx.driver import AOSCXDriver

__all__ = ("AOSCXDriver",)
