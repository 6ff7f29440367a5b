"""How long a timer must run."""

from matric.plan.budget import Pace, arming_s, budget
from matric.platform import get

PACE = Pace()
CAN = {key: get("aoscx").capability for key in ("far", "near")}


def test_a_device_that_takes_its_change_line_by_line_is_given_the_time_for_them() -> None:
    whole, _ = budget(("far", "near"), PACE, CAN)
    by_line, budgeted = budget(("far", "near"), PACE, CAN, {"near": 600})

    assert arming_s(PACE, 600) == PACE.arm_s + 60
    assert {key: by_line[key] - whole[key] for key in CAN} == {"far": 60, "near": 60}
    assert budgeted.worst_case_s > budget(("far", "near"), PACE, CAN)[1].worst_case_s


def test_the_first_to_be_armed_waits_for_all_and_the_last_for_itself() -> None:
    timers, _ = budget(("far", "near"), PACE, CAN, {"far": 600})

    assert timers["far"] > timers["near"]
