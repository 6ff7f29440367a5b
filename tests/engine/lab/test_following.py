"""Lab time waits for whoever carries the packets, and for nobody else."""

import asyncio
import time

from matric.lab.following import Following
from matric.lab.time import LabTime

FAR_S = 3600.0


def test_time_jumps_only_when_the_follower_has_caught_up() -> None:
    async def story() -> tuple[float, float]:
        clock = LabTime()
        following = Following(clock)
        following.lead()
        following.moved()
        sleeping = asyncio.create_task(clock.sleep(FAR_S))
        await asyncio.sleep(0.2)
        held = clock.monotonic()
        following_on = asyncio.create_task(following.next(following.count))
        await sleeping
        following_on.cancel()
        return held, clock.monotonic()

    held, after = asyncio.run(story())

    assert held < FAR_S
    assert after >= FAR_S


def test_a_follower_hears_of_what_it_has_not_seen_at_once_and_then_waits() -> None:
    async def story() -> tuple[int, bool, int]:
        following = Following(LabTime())
        following.lead()
        following.moved()
        following.moved()
        first = await following.next(-1)
        waiting = asyncio.create_task(following.next(first))
        await asyncio.sleep(0)
        waited = not waiting.done()
        following.moved()
        second = await waiting
        following.leave()
        return first, waited, second

    assert asyncio.run(story()) == (2, True, 3)


def test_whoever_waits_is_let_go_when_nobody_is_to_follow() -> None:
    async def story() -> bool:
        clock = LabTime()
        following = Following(clock)
        following.lead()
        waiting = asyncio.create_task(following.next(following.count))
        await asyncio.sleep(0)
        following.moved()
        following.leave()
        await asyncio.wait_for(waiting, 10)
        started = time.monotonic()
        await asyncio.wait_for(clock.sleep(FAR_S), 10)
        return time.monotonic() - started < FAR_S

    assert asyncio.run(story())
