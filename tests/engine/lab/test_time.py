"""Lab time jumps while all only wait, and not while anything works."""

import asyncio
import gc
import time
from pathlib import Path
from types import SimpleNamespace
from typing import cast

from matric.lab.device import Surroundings
from matric.lab.eos import EosDevice
from matric.lab.spec import LabSpec
from matric.lab.time import LabTime


def test_a_sleep_of_ten_minutes_takes_no_time_and_fires_every_timer_on_its_way() -> None:
    async def school() -> tuple[list[float], float, float]:
        lab = LabTime()
        fired: list[float] = []
        lab.after(60, lambda: fired.append(lab.monotonic()))
        lab.after(300, lambda: fired.append(lab.monotonic()))
        started = time.monotonic()
        await lab.sleep(600)
        return fired, lab.monotonic(), time.monotonic() - started

    fired, at, took = asyncio.run(school())
    assert [round(moment) for moment in fired] == [60, 300]
    assert round(at) == 600
    assert took < 5


def test_time_does_not_jump_while_a_device_works() -> None:
    async def school() -> float:
        lab = LabTime()
        sleeper = asyncio.create_task(lab.sleep(600))
        await asyncio.sleep(0)
        with lab.busy():
            await asyncio.sleep(0.1)
            passed = lab.monotonic()
        await sleeper
        return passed

    assert asyncio.run(school()) < 60


def test_a_cancelled_timer_never_fires() -> None:
    async def school() -> list[str]:
        lab = LabTime()
        fired: list[str] = []
        lab.after(60, lambda: fired.append("cancelled")).cancel()
        lab.after(61, lambda: fired.append("kept"))
        await lab.sleep(120)
        return fired

    assert asyncio.run(school()) == ["kept"]


def test_time_runs_at_the_clocks_pace_while_nobody_sleeps() -> None:
    async def school() -> float:
        lab = LabTime()
        lab.after(3600, lambda: None)
        await asyncio.sleep(0.1)
        return lab.monotonic()

    assert asyncio.run(school()) < 5


def test_an_action_that_raises_stops_no_clock() -> None:
    async def school() -> list[str]:
        told: list[str] = []
        asyncio.get_running_loop().set_exception_handler(lambda _, context: told.append(str(context["exception"])))
        clock = LabTime()

        def broken() -> None:
            raise RuntimeError("the wire was gone")

        clock.after(5, broken)
        await asyncio.wait_for(clock.sleep(10), 5)
        return told

    assert asyncio.run(school()) == ["the wire was gone"]


def test_a_session_that_hangs_keeps_what_it_holds_until_the_fault_is_healed(tmp_path: Path, spec: LabSpec) -> None:
    """Also when Python collects what nobody refers to: else its lock would go at a time nobody knows."""

    async def hung() -> tuple[bool, bool]:
        lab = SimpleNamespace(time=LabTime(), folder=tmp_path, changed=lambda: None)
        device = EosDevice(spec.devices[0], cast("Surroundings", lab))
        ended: list[str] = []

        async def session() -> None:
            try:
                with device.time.busy():
                    await device.hang()
            finally:
                ended.append("its lock goes")

        task = asyncio.create_task(session())
        await asyncio.sleep(0)
        del task
        gc.collect()
        await asyncio.sleep(0)
        before = bool(ended)
        device.heal()
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        return before, bool(ended)

    assert asyncio.run(hung()) == (False, True)
