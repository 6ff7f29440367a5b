"""A case with a word misspelt changes nothing: it is refused, and never silent."""

from typing import Any

import pytest

from matric.errors import BadInput
from matric.policy import case
from matric.policy.healthy import Healthy

PORT = {"name": "Port-channel1"}


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"netbox": "interfaces", "where": PORT, "set": {"descrption": ""}}, "no descrption in interfaces"),
        ({"netbox": "interfaces", "where": PORT, "custom_field": {}}, "no custom_field behind netbox"),
        ({"netbox": "interface", "where": PORT}, "no interface in the snapshot"),
        ({"look": "sw-02", "silnt": True}, "no silnt behind look; there is hears, set, silent"),
        ({"look": "sw-02", "set": {"userz": []}}, "no userz in a look"),
        ({"answer": "restore-tried", "set": {"anwser": False}}, "no anwser in an answer"),
        ({"rendered": "sw-99", "replace": "a", "by": "b"}, "no sw-99 in oakfield; there is all, core-1"),
        ({"unread": "step"}, "no step in a subject"),
    ],
)
def test_a_change_of_what_there_is_not_is_refused(healthy: Healthy, change: dict[str, Any], says: str) -> None:
    with pytest.raises(BadInput) as refused:
        case.given(healthy, "oakfield", (change,))

    assert says in str(refused.value)
