"""What hangs on its ports, asked of each platform's driver: every question answered, and none that was not asked."""

from collections.abc import Callable

import pytest

from matric import platform
from matric.errors import DeviceError, Refused
from matric.lab.client import Lab
from matric.platform.base import Driver
from matric.platform.edge import EDGE, Shows, answers
from matric.survey import show
from tests.engine.platform import conftest

Login = Callable[..., Driver]


def test_every_platform_says_how_its_edge_is_read_and_may_be_asked_so() -> None:
    assert {*EDGE} == {*platform.PLATFORMS}
    for slug, commands in EDGE.items():
        assert {*commands} <= {*show.COMMANDS[slug]}


def test_a_driver_that_passes_no_words_on_is_told_and_nothing_is_made_up() -> None:
    with pytest.raises(DeviceError, match="nothing reads what hangs on a device of ios"):
        answers(object(), "ios")


@pytest.mark.slow
@pytest.mark.parametrize("key", conftest.EVERY, indirect=True)
def test_each_device_tells_its_edge_in_words_that_are_understood(login: Login, ash: Lab, key: str) -> None:
    slug = str(ash.devices[key]["platform"])

    found = answers(login(key), slug)

    assert [(one.command, one.fault) for one in found] == [(command, "") for command in EDGE[slug]]
    told = [show.read(slug, one.command, one.text) for one in found]
    assert told[0].macs is not None
    assert told[1].neighbours is not None or not found[1].text.strip()  # EOS has no words for nobody
    assert told[3].ports


@pytest.mark.slow
@pytest.mark.parametrize("key", conftest.EVERY, indirect=True)
def test_a_driver_passes_no_command_on_that_is_not_listed(login: Login, key: str) -> None:
    driver = login(key)
    assert isinstance(driver, Shows)

    with pytest.raises(Refused, match="was not sent"):
        driver.shown("show tech-support")
