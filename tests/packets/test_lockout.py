"""A cut-over that loses its management VLAN on an uplink: out of reach in packets, and back by itself."""

import threading
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import pytest

from matric.intent.record import Records
from matric.intent.school import School
from tests import estate
from tests.engine.mixed import as_model
from tests.packets import school
from tests.packets.school import Standing

pytestmark = [pytest.mark.root, pytest.mark.slow]

SLUG, LOST = "oakfield", "sw-04"
"""The switch at the end of the longest way: behind another one."""
MODELS = ("", "2930F-24G-PoE+ (JL255A)", "EX3400-24P", "6200F-24G-PoE (JL725A)")
"""What it is; empty: the IOS-XE switch that stands there."""


@pytest.mark.timeout(600)
@pytest.mark.parametrize("model", MODELS)
def test_a_switch_cut_off_by_its_change_is_lost_in_packets_and_comes_back_as_it_was(tmp_path: Path, model: str) -> None:
    school.needed()
    root = estate.laid_out(tmp_path / "trust")
    records = as_model(estate.flawless(), f"{SLUG}/{LOST}", model) if model else estate.flawless()
    school.write_site(root, records)
    boot = school.rendered(root, SLUG, tmp_path)
    with school.standing(root, SLUG, root / "lab", boot=boot) as standing:
        # Two classrooms become offices; the switch's uplink loses the management VLAN on the way.
        school.write_site(root, offices(records, standing.school))
        before = standing.held()
        pupil, other = "pupil-1", str(standing.fabric.hosts["pupil-2"].address.ip)
        assert standing.fabric.reaches(pupil, other)
        standing.lab.fault(f"{SLUG}/{LOST}", "cut-vlan")

        with watched(standing) as seen:
            said = standing.cut_over(expect=5)
        standing.fabric.settle()

        assert seen == [True, False, True]
        assert "ALL-OLD" in said
        assert standing.held() == before
        assert {device.name: standing.fabric.manages(device.name) for device in standing.school.configured} == {
            device.name: True for device in standing.school.configured
        }
        assert standing.fabric.reaches(pupil, other)
        # Nothing was wrong with the change itself.
        standing.cut_over()
        assert standing.held() != before


def offices(records: Records, found: School) -> Records:
    """Two ports of pupils on the last two switches are to be ports of staff."""
    moved = {
        port.id
        for name in ("sw-03", LOST)
        for port in [one for one in found.by_name[name].ports if one.profile_name == "pupil"][:1]
    }
    assert len(moved) == 2
    staff, power = {"port_profile": "staff"}, {"poe_mode": "pse", "poe_type": "type2-ieee802.3at"}
    rows = tuple(
        one.model_copy(update={"custom_fields": {**one.custom_fields, **staff}, **power}) if one.id in moved else one
        for one in records.interfaces
    )
    return records.model_copy(update={"interfaces": rows})


@contextmanager
def watched(standing: Standing) -> Generator[list[bool], None, None]:
    """Whether the lost switch answers the engineer, each time that changed."""
    seen: list[bool] = []
    done = threading.Event()

    def look() -> None:
        while not done.is_set():
            now = standing.fabric.manages(LOST)
            if seen[-1:] != [now]:
                seen.append(now)
            done.wait(0.1)

    thread = threading.Thread(target=look, daemon=True)
    thread.start()
    try:
        yield seen
    finally:
        done.set()
        thread.join(30)
        now = standing.fabric.manages(LOST)
        if seen[-1:] != [now]:
            seen.append(now)
