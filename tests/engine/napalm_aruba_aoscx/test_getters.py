"""NAPALM's own getter tests, with device output we wrote: no switch was asked.

What the driver does not read, NAPALM's helpers skip as not implemented.
"""

import pytest
from napalm.base.test.getters import BaseTestGetters


@pytest.mark.usefixtures("set_device_parameters")
class TestGetters(BaseTestGetters):
    """Every getter NAPALM knows."""
