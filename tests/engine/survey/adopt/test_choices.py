"""One decision for each field in which a school and its trust differ; what was written by hand stays."""

from datetime import date
from pathlib import Path

import pytest
from pydantic import ValidationError

from matric import joining
from matric import site as sites
from matric.cli.adopt import folded
from matric.errors import BadInput
from matric.intent.standard import Standard
from matric.survey.adopt import Adoption, Choice, Choices, adoption, file, load
from matric.survey.model import Survey


def decided(made: Adoption, thing: str, field: str, **how: object) -> Choices:
    one = made.choices.of(thing, field)
    assert one is not None
    changed = Choice.model_validate({**one.model_dump(), **how})
    rest = tuple(other for other in made.choices.choices if other.key != one.key)
    return made.choices.model_copy(update={"choices": (*rest, changed)})


def test_a_tag_that_means_another_network_in_the_standard_is_said_to(made: Adoption) -> None:
    one = made.choices.of("VLAN 20", "meaning")

    assert one is not None
    assert (one.here, one.there, one.propose, one.value) == ("20 Admin", "10 staff", "impose", "staff")
    assert "the standard's VLAN 20 is pupil" in one.why


def test_a_network_whose_purpose_nobody_knows_has_no_proposal_and_may_be_agreed(made: Adoption) -> None:
    one = made.choices.of("VLAN 77", "meaning")

    assert one is not None
    assert (one.propose, one.needs, one.area) == (None, True, "vlan")


def test_a_name_that_came_with_the_switch_is_not_kept(made: Adoption) -> None:
    one = made.choices.of("EX2300-24P", "name")

    assert one is not None
    assert (one.propose, one.value) == ("impose", "sw-03")


def test_a_name_that_breaks_the_trusts_custom_is_asked_about(
    made: Adoption, messy: Survey, standard: Standard, trust: sites.Site
) -> None:
    one = made.choices.of("ks2", "name")
    kept = adoption(messy, standard, trust.snapshot.records, decided(made, "ks2", "name", decide="adopt"))

    assert one is not None
    assert (one.value, one.why) == ("sw-02", "the trust numbers such devices, from sw-01 on")
    assert "ks2" in {row.name for row in kept.school_rows.devices}


def test_everything_is_open_until_somebody_decides(made: Adoption) -> None:
    assert made.open == made.choices.choices
    assert made.open


def test_a_decision_changes_the_rows(made: Adoption, messy: Survey, standard: Standard, trust: sites.Site) -> None:
    choices = decided(made, "core 5", "profile", decide="impose", value="till")
    again = adoption(messy, standard, trust.snapshot.records, choices)
    row = next(one for one in again.school_rows.interfaces if one.name == "5" and one.description == "" and one.enabled)

    assert row.custom_fields["port_profile"] == "till"
    assert again.choices.of("core 5", "profile") not in again.open


def test_a_network_that_is_agreed_keeps_its_id_and_gets_an_entry_for_the_agreements(
    made: Adoption, messy: Survey, standard: Standard, trust: sites.Site
) -> None:
    how = {"decide": "agree", "value": "building", "owner": "A. Head, head", "approver": "B. Net, trust",
           "until": "2027-07-01"}  # fmt: skip
    again = adoption(messy, standard, trust.snapshot.records, decided(made, "VLAN 77", "meaning", **how))
    (vlan,) = [one for one in again.school_rows.vlans if one.vid == 77]
    (port,) = [one for one in again.school_rows.interfaces if one.untagged_vlan_id == vlan.id]

    assert (vlan.name, vlan.role, vlan.custom_fields["zone"]) == ("Weather", "weather", "building")
    assert port.name == "6"
    assert [(one.area, one.object) for one in again.agreements()] == [("vlan", "thornfield vlan 77")]
    assert again.problems == ()


def test_what_the_standard_lets_nobody_keep_cannot_be_agreed(made: Adoption) -> None:
    how = {"decide": "agree", "owner": "A. Head", "approver": "B. Net", "until": "2027-07-01"}

    one = decided(made, "VLAN 20", "meaning", **how).of("VLAN 20", "meaning")

    assert one is not None
    assert one.open.startswith("cannot be agreed")


@pytest.mark.parametrize(
    ("how", "told"),
    [
        ({"decide": "defer", "until": "2027-01-08"}, "is deferred until 2027-01-08"),
        ({"decide": "impose", "value": "teachers"}, "has the value teachers, which is not one of"),
        ({"decide": "adopt"}, "cannot be adopted"),
    ],
    ids=["deferred", "a value there is not", "adopted"],
)
def test_a_decision_that_decides_nothing_leaves_it_open(made: Adoption, how: dict[str, object], told: str) -> None:
    one = decided(made, "VLAN 77", "meaning", **how).of("VLAN 77", "meaning")

    assert one is not None
    assert one.open.startswith(told)


@pytest.mark.parametrize(
    "how",
    [
        {"decide": "defer"},
        {"decide": "agree", "owner": "A. Head", "until": "2027-07-01"},
        {"decide": "agree", "owner": "A. Head, head", "approver": "a. head", "until": "2027-07-01"},
    ],
    ids=["deferred without a day", "agreed by nobody", "agreed by its owner"],
)
def test_a_decision_without_what_it_needs_is_refused(made: Adoption, how: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        decided(made, "VLAN 77", "meaning", **how)


# The file.


def test_what_is_written_is_what_is_read(made: Adoption, tmp_path: Path) -> None:
    file.write(tmp_path, made.choices)

    assert load(tmp_path, "thornfield") == made.choices


def test_written_again_comments_and_decisions_stay(made: Adoption, tmp_path: Path) -> None:
    path = file.write(tmp_path, made.choices)
    text = path.read_text(encoding="utf-8")
    before, _, after = text.partition('  - thing: "VLAN 77"')
    entry, _, rest = after.partition("decide:\n")
    by_hand = (
        f'{before}  # the science teacher knows\n  - thing: "VLAN 77"{entry}decide: impose  # told by phone\n{rest}'
    )
    by_hand = by_hand.replace(
        f'"VLAN 77"{entry}', f'"VLAN 77"{entry.replace(chr(34) * 2, chr(34) + "building" + chr(34))}'
    )
    path.write_text(by_hand, encoding="utf-8")

    file.write(tmp_path, made.choices)

    assert path.read_text(encoding="utf-8") == by_hand
    kept = load(tmp_path, "thornfield").of("VLAN 77", "meaning")
    assert kept is not None
    assert (kept.decide, kept.value) == ("impose", "building")


def test_what_no_longer_differs_goes_unless_it_was_decided(made: Adoption, tmp_path: Path) -> None:
    both = decided(made, "VLAN 10", "meaning", decide="impose")
    file.write(tmp_path, both)

    file.write(tmp_path, Choices(school="thornfield"))

    assert [one.told for one in load(tmp_path, "thornfield").choices] == ["VLAN 10: meaning"]


def test_an_agreement_is_put_into_the_file_once(tmp_path: Path, made: Adoption) -> None:
    how = {"decide": "agree", "value": "building", "owner": "A", "approver": "B", "until": "2027-07-01"}
    choices = decided(made, "VLAN 77", "meaning", **how)
    entry = tuple(made.__class__(made.slug, made.standard, made.records, choices, frozenset()).agreements())
    (tmp_path / "agreements.yaml").write_text("# ours\nagreements: []\n", encoding="utf-8")

    assert file.agree(tmp_path, entry) == entry
    assert file.agree(tmp_path, entry) == ()
    assert (tmp_path / "agreements.yaml").read_text(encoding="utf-8").startswith("# ours\n")
    assert entry[0].review == date(2027, 7, 1)


def test_a_block_is_written_into_the_standard_and_nothing_else_moves(trust: sites.Site, tmp_path: Path) -> None:
    before = (trust.inventory / "standard.yaml").read_text(encoding="utf-8")
    path = tmp_path / "standard.yaml"
    path.write_text(before, encoding="utf-8")

    file.allocate(path, "ashby", "10.50.0.0/18")
    added = set(path.read_text(encoding="utf-8").splitlines()) - set(before.splitlines())

    assert added == {"    ashby: 10.50.0.0/18"}
    assert len(path.read_text(encoding="utf-8").splitlines()) == len(before.splitlines()) + 1
    with pytest.raises(BadInput, match=r"has 10\.50\.0\.0/18 there"):
        file.allocate(path, "ashby", "10.51.0.0/18")


@pytest.mark.parametrize("beside", ["", "  # the newest"])
def test_a_block_stands_with_the_other_schools_and_above_the_comment_of_what_comes_next(
    tmp_path: Path, trust: sites.Site, beside: str
) -> None:
    before = trust.inventory.joinpath("standard.yaml").read_text(encoding="utf-8")
    before = before.replace("    oakfield: 10.48.64.0/18\n", f"    oakfield: 10.48.64.0/18{beside}\n")
    path = tmp_path / "standard.yaml"
    path.write_text(before, encoding="utf-8")

    file.allocate(path, "ashby", "10.50.0.0/18")

    last = f"    oakfield: 10.48.64.0/18{beside}\n"
    assert path.read_text(encoding="utf-8") == before.replace(last, f"{last}    ashby: 10.50.0.0/18\n")


def test_what_nobody_has_decided_yet_is_one_problem_that_says_how_to_begin(made: Adoption, messy: Survey) -> None:
    worked = joining.Worked(messy, made, made.records, provisional=False)

    (told,) = (one for one in worked.obstacles if one.code == "CHOICE-OPEN")

    assert told.rule == f"{len(made.open)} choices are not decided"
    assert "matric adopt thornfield --propose" in told.remedy


def test_what_was_decided_and_still_holds_the_school_up_is_named_by_itself(
    made: Adoption, messy: Survey, standard: Standard, trust: sites.Site
) -> None:
    choices = decided(made, "VLAN 20", "meaning", decide="defer", until=date(2030, 1, 1))
    worked = joining.Worked(
        messy, adoption(messy, standard, trust.snapshot.records, choices), made.records, provisional=False
    )

    assert "thornfield VLAN 20: meaning" in {one.thing for one in worked.obstacles}


def test_the_interfaces_of_one_device_are_one_line_for_people() -> None:
    ports = [f"ashby/sw-01 {number}" for number in range(1, 29)]
    some = [
        "ashby/sw-01",
        "ashby/sw-02 1",
        "ashby/sw-02 Trk1",
        "ashby/sw-01: primary_ip4",
        "cable ashby/a 1 to ashby/b 2",
    ]

    macs = [f"MAC address 02:00:00:00:00:0{number} on ashby/sw-01 vlan{number}" for number in range(1, 5)]

    assert list(folded([*ports, *some, *macs[:3]])) == ["ashby/sw-01: 28 interfaces, 1 to 28", *some, *macs[:3]]
    assert list(folded(macs)) == [
        "4 MAC addresses, 02:00:00:00:00:01 on ashby/sw-01 vlan1 to 02:00:00:00:00:04 on ashby/sw-01 vlan4"
    ]


# Facts that have changed since.


def asked(here: str, why: str = "it is called Admin", **more: object) -> Choice:
    told = {"thing": "VLAN 20", "field": "meaning", "there": "10 staff", "propose": "impose", "value": "staff"}
    return Choice.model_validate({**told, "here": here, "why": why, **more})


def written(folder: Path, one: Choice) -> Choice:
    file.write(folder, Choices(school="thornfield", choices=(one,)))
    (found,) = load(folder, "thornfield").choices
    return found


@pytest.mark.parametrize("then", [{"here": "20 Old"}, {"why": "it was called so"}], ids=["another name", "another why"])
def test_a_decision_about_facts_that_have_changed_is_asked_again_and_is_the_proposal(
    tmp_path: Path, then: dict[str, str]
) -> None:
    written(tmp_path, asked(**{"here": "20 Admin", **then}, decide="impose", value="pupil"))

    again = written(tmp_path, asked("20 Admin"))

    assert (again.decide, again.propose, again.value) == (None, "impose", "pupil")
    assert again.was.startswith("impose pupil, when it was: ")
    assert again.open == "is not decided"
    assert written(tmp_path, asked("20 Admin")) == again


def test_decided_again_it_is_decided(tmp_path: Path) -> None:
    written(tmp_path, asked("20 Old", decide="impose"))
    written(tmp_path, asked("20 Admin"))
    text = (tmp_path / "choices.yaml").read_text(encoding="utf-8")
    (tmp_path / "choices.yaml").write_text(text.replace("decide:\n", "decide: impose\n"), encoding="utf-8")

    found = written(tmp_path, asked("20 Admin"))

    assert (found.decide, found.was, found.open) == ("impose", "", "")


def test_what_was_agreed_about_other_facts_nobody_takes_over(tmp_path: Path) -> None:
    how = {"decide": "agree", "owner": "A", "approver": "B", "until": "2027-07-01", "value": "building"}
    written(tmp_path, asked("20 Old", **how))

    again = written(tmp_path, asked("20 Admin"))

    assert (again.decide, again.propose, again.value) == (None, "impose", "staff")
    assert again.was == "agree building, when it was: 20 Old; it is called Admin"


def test_what_the_school_had_then_is_not_what_it_is_proposed_to_keep_now(tmp_path: Path) -> None:
    written(tmp_path, asked("20 Old", decide="adopt"))

    again = written(tmp_path, asked("20 Admin"))

    assert (again.propose, again.value) == ("adopt", "20 Admin")
