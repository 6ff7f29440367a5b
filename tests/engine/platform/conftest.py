"""Three devices on the wire, reachable whatever they say: EOS of either shape, and IOS."""

from collections.abc import Callable, Iterator

import pytest

from matric import lab, platform
from matric.lab.client import Lab
from matric.lab.spec import DeviceSpec, LabSpec
from matric.platform.base import Address, Driver

USER, PASSWORD = "matric", "correct-horse-battery-staple"

EOS = """\
hostname {name}
vlan 20
   name Pupils
interface Ethernet1
   description uplink
   switchport mode trunk
username matric privilege 15 secret 0 something-else
snmp-server community public ro
end
"""

IOS = """\
hostname sw-03
archive
 path flash:archive
 maximum 10
ip scp server enable
lldp run
vlan 20
 name Pupils
interface GigabitEthernet1/0/1
 description uplink
 switchport mode trunk
username matric privilege 15 secret 0 something-else
snmp-server community public RO
end
"""

DEVICES = (
    DeviceSpec("ash/sw-01", "sw-01", "eos", serial="E1", os_version="4.31.2F", boot=EOS.format(name="sw-01")),
    DeviceSpec("ash/sw-02", "sw-02", "eos", serial="E2", os_version="4.32.2F", boot=EOS.format(name="sw-02")),
    DeviceSpec("ash/sw-03", "sw-03", "ios", model="C9300-48P", serial="I3", os_version="17.09.04a", boot=IOS),
)
KEYS = tuple(device.key for device in DEVICES)

Login = Callable[..., Driver]


@pytest.fixture(scope="session")
def running_lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    state = tmp_path_factory.mktemp("lab")
    yield lab.launch(LabSpec(school="ash", seed="seed", devices=DEVICES, users={USER: PASSWORD}), state)
    lab.stop(state)


@pytest.fixture(params=KEYS)
def key(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def ash(running_lab: Lab) -> Iterator[Lab]:
    """The lab, without faults."""
    running_lab.clear()
    running_lab.sleep(1)  # a device that was cut off is back a moment later
    yield running_lab
    running_lab.clear()


@pytest.fixture
def login(ash: Lab) -> Iterator[Login]:
    """Opens a new login each time it is called; all are closed afterwards."""
    drivers: list[Driver] = []

    def login(key: str, *, password: str = PASSWORD, pin: str = "", timeout_s: float = 15) -> Driver:
        there = ash.devices[key]
        address = Address(
            key, there["host"], there["port"], USER, password, pin or there["pin"], timeout_s, ash.clock().now
        )
        driver = platform.get(there["platform"]).driver(address)
        drivers.append(driver)
        driver.open()
        return driver

    yield login
    for driver in drivers:
        driver.close()
