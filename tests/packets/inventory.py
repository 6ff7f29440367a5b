"""Nornir hosts for tests whose devices are neither NetBox's nor the lab's."""

from collections.abc import Mapping

from nornir.core import Nornir
from nornir.core.configuration import Config
from nornir.core.inventory import Defaults, Groups, Host, Hosts, Inventory
from nornir.plugins.runners import SerialRunner

from matric.platform.base import Address
from matric.site import Site

SECRET = "MATRIC_TEST_PACKETS"
"""Variable of the password, which nobody uses here but must be there."""


def nornir(trust: Site, hosts: Mapping[Address, tuple[str, str]]) -> Nornir:
    """Address -> (platform, role), asked one after the other."""
    made = {
        there.key: Host(
            there.key,
            hostname=there.host,
            port=there.port,
            username=there.user,
            platform=platform,
            data={
                "id": number,
                "school": there.key.partition("/")[0],
                "name": there.key.partition("/")[2],
                "role": role,
                "serial": there.key,
                "root": str(trust.root),
                "lab": None,
                "secret": f"env:{SECRET}",
                "timeout_s": there.timeout_s,
                "pin": there.pin,
            },
        )
        for number, (there, (platform, role)) in enumerate(hosts.items(), start=1)
    }
    return Nornir(inventory=Inventory(Hosts(made), Groups(), Defaults()), runner=SerialRunner(), config=Config())
