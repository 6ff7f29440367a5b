"""What the checkpoints of an AOS-CX switch say of a change that waits: nothing on the switch says it outright."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from matric.errors import Refused
from matric.platform import aoscx_text as text
from matric.platform.aoscx_text import Checkpoint, waiting
from matric.platform.reading import clock

SESSION = "matric-20261125-221500-ab12"
KEPT, NEW = f"{SESSION}-10m", f"{SESSION}-new"
THEN = datetime(2026, 11, 25, 22, 15, tzinfo=UTC)
UP_S = 30 * 86400.0
DAY_S = 86400.0


def after(seconds: float) -> datetime:
    return THEN + timedelta(seconds=seconds)


def kept(name: str = KEPT, seconds: float = 0) -> Checkpoint:
    return Checkpoint(name, user=True, when=after(seconds))


def auto(seconds: float) -> Checkpoint:
    return Checkpoint(f"AUTO{after(seconds):%Y%m%d%H%M%S}", user=False, when=after(seconds))


def runs(*names: str) -> Callable[[str], bool]:
    """What runs is what these checkpoints hold."""
    return lambda name: name in names


ARMED = (kept(), kept(NEW, 5))


def test_an_armed_change_waits_for_the_rest_of_its_minutes() -> None:
    found = waiting(ARMED, after(60), UP_S, runs(NEW))

    assert found is not None
    assert (found.session, found.checkpoint, found.left_s) == (SESSION, KEPT, 540)


def test_without_a_checkpoint_of_ours_nothing_waits() -> None:
    assert waiting((), after(60), UP_S, runs()) is None
    assert waiting((kept("before-summer"), auto(10)), after(60), UP_S, runs()) is None


def test_a_name_like_ours_that_the_switch_kept_is_none_of_ours() -> None:
    assert waiting((Checkpoint(KEPT, user=False, when=THEN),), after(60), UP_S, runs()) is None


@pytest.mark.parametrize("seconds", [60, 700, DAY_S])
def test_what_has_gone_back_does_not_wait(seconds: float) -> None:
    assert waiting(ARMED, after(seconds), UP_S, runs(KEPT)) is None


def test_a_timer_that_may_run_though_not_one_line_came_to_pass_is_waited_for() -> None:
    """Its arming, or a line, was sent, and the answer lost: what was there before runs all the same."""
    begun = (kept(),)

    found = waiting(begun, after(60), UP_S, runs(KEPT))

    assert found is not None
    assert (found.gone, found.done, found.left_s) == (True, False, 540)
    assert waiting(begun, after(621), UP_S, runs(KEPT)) is None
    assert waiting((*begun, auto(30)), after(60), UP_S, runs(KEPT)) is None
    assert waiting(begun, after(300), 120, runs(KEPT)) is None, "it has started since"


def test_a_confirmation_by_anybody_ends_it() -> None:
    assert waiting((*ARMED, auto(90)), after(120), UP_S, runs(NEW)) is None


@pytest.mark.parametrize("seconds", [-3600, 0])
def test_a_confirmation_before_it_is_of_another_change(seconds: float) -> None:
    assert waiting((auto(seconds), *ARMED), after(120), UP_S, runs(NEW)) is not None


def test_a_change_that_is_half_done_waits_as_long_as_its_timer_may_run() -> None:
    half = (kept(),)

    assert waiting(half, after(300), UP_S, runs()) is not None
    late = waiting(half, after(660), UP_S, runs())
    assert late is not None
    assert late.left_s == 0
    assert waiting(half, after(721), UP_S, runs()) is None


def test_hands_on_a_change_that_waits_do_not_end_its_timer() -> None:
    assert waiting(ARMED, after(300), UP_S, runs()) is not None
    assert waiting(ARMED, after(DAY_S), UP_S, runs()) is None, "by now the timer is past, and hands were on it since"


def test_a_timer_that_never_fired_leaves_a_change_that_waits() -> None:
    found = waiting(ARMED, after(DAY_S), UP_S, runs(NEW))

    assert found is not None
    assert found.left_s == 0


@pytest.mark.parametrize("seconds", [-7200, 7200])
def test_a_clock_that_steps_neither_hides_it_nor_adds_to_its_time(seconds: float) -> None:
    found = waiting(ARMED, after(seconds), UP_S, runs(NEW))

    assert found is not None
    assert 0 <= found.left_s <= 600


def test_a_switch_that_started_since_has_no_timer() -> None:
    assert waiting((kept(),), after(400), 200, runs()) is None
    assert waiting((kept(),), after(100), 60, runs()) is not None, "the uptime is told in whole minutes"


def test_the_last_of_several_runs_counts() -> None:
    other = "matric-20261125-220000-cd34"
    old = (kept(f"{other}-20m", -900), kept(f"{other}-new", -890))

    found = waiting((*ARMED, *old), after(60), UP_S, runs(NEW))

    assert found is not None
    assert found.session == SESSION
    assert text.names_of(other, (*ARMED, *old)) == (f"{other}-20m", f"{other}-new")


BARS = (
    "|NAME    |TYPE        |WRITER |DATE                |HARDWARE |IMAGE VERSION |\n"
    f"|{KEPT:<30}|checkpoint  |User   |2026-11-25 22:15:00 |         |FL.10.13.1040 |\n"
    "|AUTO20261125221700              |checkpoint  |System |2026-11-25 22:17:00 |         |FL.10.13.1040 |\n"
)
BLANKS = (
    "NAME                         TYPE        WRITER  DATE(YYYY/MM/DD)      IMAGE VERSION\n"
    f"{KEPT}   latest      User    2026-11-25T22:15:00Z  GL.10.08.1021\n"
    "AUTO20261125221700           latest      System  2026-11-25T22:17:00Z  GL.10.08.1021\n"
)


@pytest.mark.parametrize("table", [BARS, BLANKS], ids=["bars", "blanks"])
def test_the_list_of_checkpoints_is_read_in_both_forms(table: str) -> None:
    assert text.checkpoints("ash/sw-05", table) == (kept(), auto(120))


def test_a_list_that_is_none_is_not_taken_for_an_empty_one() -> None:
    assert text.checkpoints("ash/sw-05", "NAME TYPE WRITER DATE IMAGE VERSION\n") == ()
    with pytest.raises(Refused, match="could not be read"):
        text.checkpoints("ash/sw-05", "Internal error")


def test_a_name_the_switch_would_not_take_is_never_sent() -> None:
    assert text.before_name(SESSION, 60) == f"{SESSION}-60m"
    for session in ("matric-r1 x", f"{SESSION}-and-more"):
        with pytest.raises(ValueError, match="no name of a checkpoint"):
            text.before_name(session, 10)


def test_a_community_that_is_no_default_is_not_repeated() -> None:
    assert text.communities("snmp-server community public\nsnmp-server community sunflower\n") == (
        "public",
        "<9 characters>",
    )


def test_routes_are_read() -> None:
    shown = (
        "\nDisplaying ipv4 routes selected for forwarding\n\n"
        "0.0.0.0/0, vrf default\n\tvia  10.48.64.1,  [1/0],  static\n"
        "10.48.64.0/24, vrf default\n\tvia  vlan99,  [0/0],  connected\n"
    )

    assert text.routes(shown) == ("0.0.0.0/0 via 10.48.64.1", "10.48.64.0/24 via vlan99")


def test_the_switch_s_clock_is_read_in_utc_and_in_british_time() -> None:
    moment = datetime(2026, 6, 3, 12, 22, 3, tzinfo=UTC)

    assert clock("Wed Jun 3 12:22:03 UTC 2026\nSystem is configured for timezone : UTC") == moment
    assert clock("Wed Jun 3 13:22:03 BST 2026\nSystem is configured for timezone : Europe/London") == moment
    assert clock("Wed Jun 3 13:22:03 CEST 2026") is None
