"""What a device is called in a survey: the same whatever came first, and no two the same."""

from hypothesis import given, settings
from hypothesis import strategies as some

from matric.survey import naming
from matric.survey.model import Address, Device
from matric.survey.naming import Found

ADDRESSES = some.lists(
    some.integers(1, 6).map(lambda last: Address(interface="Vlan1", address=f"10.1.1.{last}/24")), max_size=2
).map(tuple)
DEVICES = some.builds(
    Device,
    name=some.just(""),
    serial=some.sampled_from(["", "A1", "B2"]),
    mac=some.sampled_from(["", "02:00:00:00:00:01"]),
    management=some.sampled_from(["", "10.1.1.1", "10.1.1.2"]),
    addresses=some.one_of(some.none(), ADDRESSES),
)
SCHOOLS = some.lists(
    some.tuples(some.sampled_from(["HP-2920", "hp-2920", "hp-2920.school.local", "core"]), DEVICES), max_size=6
).map(lambda all_: [Found(host, device, f"{at}.cfg") for at, (host, device) in enumerate(all_)])


@settings(max_examples=60, deadline=None)
@given(SCHOOLS, some.randoms())
def test_the_order_of_files_and_of_visits_never_changes_a_name(school: list[Found], chance: object) -> None:
    shuffled = list(school)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]

    first = dict(zip((one.place for one in school), naming.names(school), strict=True))
    second = dict(zip((one.place for one in shuffled), naming.names(shuffled), strict=True))

    assert first == second
    assert len({*first.values()}) == len(school)
    assert [naming.host_of(first[one.place]) for one in school] == [one.host for one in school]


def test_a_device_of_a_name_of_its_own_has_no_mark_whoever_else_is_there() -> None:
    twins = [Found("sw", Device(name="", management=f"10.1.1.{last}")) for last in (1, 2)]

    assert naming.names([*twins, Found("core", Device(name=""))]) == ("sw (10.1.1.1)", "sw (10.1.1.2)", "core")


def test_an_address_that_two_devices_have_tells_them_not_apart_and_their_serial_number_does() -> None:
    default = (Address(interface="Vlan1", address="192.168.0.1/24"),)
    twins = [Found("Switch", Device(name="", addresses=default, serial=one)) for one in ("A1", "B2")]

    assert naming.names(twins) == ("Switch (A1)", "Switch (B2)")
