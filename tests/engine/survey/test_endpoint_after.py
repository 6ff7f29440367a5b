"""After the cut-over: who is back as promised, who is elsewhere, who is missing, and whom nobody could see."""

from pathlib import Path

import pytest

from matric import survey
from matric.errors import BadInput
from matric.survey.endpoint import after
from matric.survey.endpoint.after import Clock, Returned, checked, wait
from matric.survey.endpoint.model import Endpoint, Fate, Fated, Place
from matric.survey.model import Device, Mac, Neighbour, Port, Power, Survey
from tests.engine.survey.school_of_endpoints import TAKEN

DOOR = "00:0b:d6:01:02:03"
PORT = "GigabitEthernet1/0/17"


def was(key: str = DOOR, *, critical: bool = True, **more: object) -> Fated:
    mac = key if ":" in key else ""
    place = Place(how="port", device="sw-02", port=PORT, vids=(1,))
    point = Endpoint.model_validate(
        {"key": key, "mac": mac, "kind": "door", "critical": critical, "place": place, **more}
    )
    return Fated(endpoint=point, fate=Fate(endpoint=key, device="sw-02", port=PORT, vid=80, network="building"))


def now(*devices: Device) -> Survey:
    return Survey(school="oakfield", taken_at="2026-11-25T20:00:00Z", how="live", devices=devices)


def switch(name: str = "sw-02", *macs: Mac, **more: object) -> Device:
    return Device.model_validate({"name": name, "macs": macs, **more})


def state(found: Returned) -> tuple[str, str]:
    (one,) = found.backs
    return one.state, one.why


@pytest.mark.parametrize(
    ("devices", "wanted", "why"),
    [
        ([switch("sw-02", Mac(mac=DOOR, port="Gi1/0/17", vid=80))], "elsewhere", "at sw-02 GigabitEthernet1/0/17"),
        ([switch("sw-02", Mac(mac=DOOR, port=PORT, vid=80))], "back", ""),
        ([switch("sw-02", Mac(mac=DOOR, port=PORT, vid=1))], "elsewhere", "in VLAN 80"),
        ([switch("sw-02", Mac(mac=DOOR, port=PORT))], "could-not-look", "its VLAN was not seen"),
        ([switch("sw-02"), switch("sw-03", Mac(mac=DOOR, port="7", vid=80))], "elsewhere", "at sw-02"),
        ([switch("sw-02")], "missing", "no table holds its address"),
        ([Device(name="sw-02")], "could-not-look", "its table of addresses was not read"),
        ([switch("sw-03")], "could-not-look", "sw-02 was not read"),
        # It is seen on a trunk that nobody knows as one: what hangs on sw-02 shows there.
        ([switch("sw-03", Mac(mac=DOOR, port="7", vid=80))], "could-not-look", "sw-02 was not read"),
        ([Device(name="sw-02"), switch("sw-03", Mac(mac=DOOR, port="7", vid=80))], "could-not-look", "not read"),
        ([switch("sw-02")], "missing", f"it was to be at sw-02 {PORT}"),
        ([], "could-not-look", "sw-02 was not read"),
    ],
)
def test_a_door_is_back_only_where_it_was_seen_as_promised(devices: list[Device], wanted: str, why: str) -> None:
    found, told = state(checked([was()], TAKEN, now(*devices)))

    assert (found, why in told) == (wanted, True)


def test_a_switch_that_has_another_name_by_now_was_read_for_what_nobody_had_placed_as_well() -> None:
    lost = was("00:0b:d6:0a:0b:0c", critical=False, place=Place(how="behind", device="Switch1", port="1", vids=(1,)))
    nowhere = Fated(endpoint=lost.endpoint, fate=Fate(endpoint=lost.endpoint.key))
    beside = was(place=Place(how="port", device="Switch1", port="17", vids=(1,)))

    found = checked([beside, nowhere], TAKEN, now(switch("sw-02")))

    assert {one.why.rpartition(", and ")[2] for one in found.backs} == {"no table holds its address"}


def test_what_nobody_had_placed_and_is_behind_a_switch_nobody_could_ask_is_not_elsewhere() -> None:
    lost = was("00:0b:d6:0a:0b:0c", critical=False)
    nowhere = Fated(endpoint=lost.endpoint, fate=Fate(endpoint=lost.endpoint.key))
    uplink = Neighbour(port="23", name="sw-02", capabilities=("bridge",), protocol="lldp")
    core = switch("core-1", Mac(mac=lost.endpoint.mac, port="23", vid=20), neighbours=(uplink,))

    assert state(checked([nowhere], TAKEN, now(core))) == ("could-not-look", "it is behind sw-02, which was not read")
    assert state(checked([nowhere], TAKEN, now(core, Device(name="sw-02")))) == (
        "could-not-look", "it is behind sw-02, whose table of addresses was not read",
    )  # fmt: skip


def test_a_port_that_is_written_short_is_the_port_that_was_promised() -> None:
    there = switch("sw-02", Mac(mac=DOOR, port="Gi1/0/17", vid=80), ports=(Port(name=PORT),))

    assert state(checked([was()], TAKEN, now(there)))[0] == "back"


@pytest.mark.parametrize(
    ("more", "device", "wanted"),
    [
        ({"watts": 5.0}, switch(power=(Power(port=PORT, watts=5.2),)), "back"),
        ({"watts": 5.0}, switch(power=()), "missing"),
        ({"watts": 5.0}, switch(), "could-not-look"),
        ({}, switch(ports=(Port(name=PORT, up=True),)), "back"),
        ({}, switch(ports=(Port(name=PORT, up=False),)), "missing"),
        ({}, switch(ports=(Port(name=PORT),)), "could-not-look"),
        ({}, switch(), "could-not-look"),
    ],
)
def test_what_shows_no_address_is_back_by_its_power_or_its_link(
    more: dict[str, float], device: Device, wanted: str
) -> None:
    assert state(checked([was(f"sw-02 {PORT}", watts=more.get("watts"))], TAKEN, now(device)))[0] == wanted


def test_what_people_depend_on_is_told_first_and_the_missing_before_the_rest() -> None:
    laptop, till = "a0:8c:fd:00:00:01", "00:07:81:00:00:01"
    there = now(switch("sw-02", Mac(mac=till, port=PORT, vid=80)))

    found = checked([was(laptop, critical=False), was(till), was()], TAKEN, there)

    assert [(one.endpoint, one.state) for one in found.backs] == [
        (DOOR, "missing"),
        (till, "back"),
        (laptop, "missing"),
    ]
    assert not found.complete


class Time:
    """A clock that moves when somebody waits."""

    def __init__(self) -> None:
        self.s = 0.0

    def pause(self, seconds: float) -> None:
        self.s += seconds

    @property
    def clock(self) -> Clock:
        return Clock(lambda: self.s, self.pause)


def test_it_waits_until_everything_is_back_and_no_longer() -> None:
    looks = iter([now(switch()), now(switch()), now(switch("sw-02", Mac(mac=DOOR, port=PORT, vid=80)))])
    heard: list[int] = []
    time = Time()

    found = wait(
        lambda: checked([was()], TAKEN, next(looks)), 10, time.clock, lambda one: heard.append(len(one.of("back")))
    )

    assert found.complete
    assert (heard, time.s) == ([0, 0, 1], 40)


def test_it_gives_up_when_the_time_is_over_and_says_what_it_saw_last() -> None:
    time = Time()

    found = wait(lambda: checked([was()], TAKEN, now(switch())), 1, time.clock, lambda _one: None)

    assert (state(found)[0], time.s) == ("missing", 60)


def test_what_was_found_is_kept_beside_the_survey_and_read_again(tmp_path: Path) -> None:
    survey.folder(tmp_path, "oakfield").mkdir(parents=True)
    found = checked([was()], TAKEN, now(switch()))

    path = after.keep(tmp_path, found)

    assert after.kept(tmp_path, "oakfield") == found
    assert after.kept(tmp_path, "fernhill") is None
    path.write_text("{}", encoding="utf-8")
    with pytest.raises(BadInput, match="AFTER-FORM"):
        after.kept(tmp_path, "oakfield")
