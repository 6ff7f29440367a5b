"""The second tier of the lab, which nobody here wrote: running configurations drive real Open vSwitch ports.

    with packets.fabric(lab, hosts=[Host("pupil", "sw-01", "Ethernet11", IPv4Interface("10.48.80.50/21"))]) as fabric:
        fabric.reaches("pupil", "10.48.70.20", "tcp", 9100)

Every switch is a bridge, every cable a veth pair, every host a network namespace; SVIs, routes and access lists run in
a namespace per switch, in Linux and nftables. Needs root, Open vSwitch, nftables, iproute2, ping and ethtool:
``missing()`` says what is not there.
"""

from matric.lab.packets.fabric import NOC, Fabric, fabric, missing
from matric.lab.packets.host import Host

__all__ = ("NOC", "Fabric", "Host", "fabric", "missing")
