"""The reference trust as rules see it: healthy in every way, but for what a case changes about it."""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import pytest

from matric import policy, site
from matric.policy import case
from matric.policy.healthy import Healthy
from matric.policy.subject import Subject
from tests import estate

Change = Mapping[str, Any]


@cache
def standing() -> Healthy:
    return Healthy(site.load(estate.standing()))


@pytest.fixture
def healthy() -> Healthy:
    return standing()


@pytest.fixture
def rules() -> tuple[policy.Policy, ...]:
    return standing().trust.rules


@pytest.fixture
def subject() -> Callable[[str, tuple[Change, ...]], Subject]:
    """What the rules see of a school once *changes* were made to it."""

    def made(slug: str, changes: tuple[Change, ...] = ()) -> Subject:
        return case.given(standing(), slug, changes)

    return made
