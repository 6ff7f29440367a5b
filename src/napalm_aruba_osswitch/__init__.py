"""NAPALM driver for HPE Aruba AOS-S (2530, 2540, 2930F, 5400R): ``get_network_driver("aruba_osswitch")``.

NAPALM's loader takes the first driver class it finds in this module: nothing else may stand here.
"""

from napalm_aruba_osswitch.driver import ArubaOSSwitchDriver

__all__ = ("ArubaOSSwitchDriver",)
