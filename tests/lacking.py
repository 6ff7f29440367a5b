"""What a test does where something it needs is not there."""

import os
from typing import NoReturn

import pytest

__all__ = ("skip",)


def skip(why: str) -> NoReturn:
    """Skip with the reason; fail under ``script/test --all`` and in CI, where everything is to be tested."""
    if os.environ.get("MATRIC_TEST") == "all" or os.environ.get("CI") == "true":
        pytest.fail(why)
    pytest.skip(why)
