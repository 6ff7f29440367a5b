"""Thornfield joins: surveyed, given addresses, its choices made, written into NetBox, pulled, checked, and planned."""

import re
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from matric import snapshot, yaml_file
from matric.intent.standard import Standard
from matric.lab.netbox import NetBox, serve
from matric.survey.adopt import Choices, load
from tests.engine.cli.conftest import Ended, Shell

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[3]
CREDENTIALS = """\
format_version: 1
credentials:
  admin: {user: admin, secret: "lab:thornfield-admin"}
  provider: {user: netsupport, secret: "lab:thornfield-provider"}
  kitchen: {user: caterer, secret: "lab:thornfield-kitchen"}
"""
PROPOSALS = ("name", "management", "meaning", "prefix", "profile", "ap_location", "room", "wireless")
KEYS = {f"thornfield/{name}" for name in ("core-1", "sw-01", "sw-02", "sw-03", "sw-04", "sw-05")}
NETS = ("--consent", "thornfield/sw-01=reload", "--consent", "thornfield/sw-02=reload")


@dataclass
class Joined:
    """What each step came to."""

    shell: Shell
    netbox: NetBox
    steps: dict[str, Ended] = field(default_factory=dict[str, Ended])

    @property
    def folder(self) -> Path:
        return self.shell.folder / "inventory" / "joining" / "thornfield"

    def run(self, name: str, *arguments: str | Path) -> Ended:
        self.steps[name] = self.shell(*arguments)
        return self.steps[name]


@pytest.fixture(scope="module")
def joined(laid_out: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Joined]:
    """The whole way, once, for every test here."""
    folder = Path(shutil.copytree(laid_out, tmp_path_factory.mktemp("joining") / "trust"))
    _put_lab(folder / "inventory")
    records = snapshot.load(folder / "inventory" / "snapshot").records
    with tempfile.TemporaryDirectory(prefix="matric-") as short, serve(records) as netbox:
        shell = Shell(
            folder,
            {
                "MATRIC_LAB": str(Path(short) / "lab"),
                "MATRIC_NETBOX_URL": netbox.url,
                "MATRIC_NETBOX_TOKEN": netbox.token,
            },
        )
        assert shell("lab", "up", "thornfield", "--seed", "of the tests").code == 0
        try:
            yield _gone(Joined(shell, netbox))
        finally:
            shell("lab", "down", "thornfield")


def _put_lab(inventory: Path) -> None:
    """The lab's school, prepared as an engineer would: matric's account, and the one line that shows a secret gone."""
    there = Path(shutil.copytree(ROOT / "inventory" / "lab" / "thornfield", inventory / "lab" / "thornfield"))
    for path in there.glob("*.conf"):
        text = "".join(
            line
            for line in path.read_text(encoding="utf-8").splitlines(keepends=True)
            if "snmp-server host" not in line
        )
        for name, secret in (("netsupport", "thornfield-provider"), ("caterer", "thornfield-kitchen")):
            found = re.search(rf"(?ms)^        user {name} \{{.*?^        \}}\n|^[^\n]*\b{name}\b[^\n]*\n", text)
            if found is not None:
                own = found[0].replace(name, "matric").replace(secret, "service")
                text = text.replace(found[0], found[0] + own, 1)
                break
        path.write_text(text, encoding="utf-8")
    home = inventory / "joining" / "thornfield"
    home.mkdir(parents=True)
    (home / "credentials.yaml").write_text(CREDENTIALS, encoding="utf-8")


def _gone(way: Joined) -> Joined:
    way.run(
        "survey", "survey", "thornfield", "--seed", "192.168.1.2", "--yes", "--rate", "50", "--max-failed-logins", "5"
    )
    way.run("too early", "adopt", "thornfield", "--write")
    way.run("allocate", "allocate", "thornfield", "--json")
    way.run("propose", "adopt", "thornfield", "--propose")
    taken = [word for name in PROPOSALS for word in ("--accept", name)]
    way.run("accept", "adopt", "thornfield", *taken)
    _decide(way.folder / "choices.yaml")
    way.run("dry", "adopt", "thornfield", "--json")
    before = len(way.netbox.store.changes)
    way.run("write", "adopt", "thornfield", "--write", "--json")
    assert len(way.netbox.store.changes) > before, way.steps["write"].err
    way.run("again", "adopt", "thornfield", "--write", "--json")
    way.run("pull", "snapshot", "pull")
    way.run("check", "check", "thornfield", "--json")
    way.run("render", "render", "thornfield", "--out", way.shell.folder / "rendered")
    way.run("plan", "plan", "thornfield", *NETS, "--out", way.shell.folder / "plan.json", "--json")
    return way


def _decide(path: Path) -> None:
    """What only a person can say: which switch is in the office, where nobody could read it; who is behind a port."""
    text = path.read_text(encoding="utf-8")
    for thing, name, value in (
        ("OFFICE-SW", "model", "EX2300-24P"),
        ("OFFICE-SW", "serial", "HV3619010004"),
        ("Switch1 GigabitEthernet1/0/45", "profile", "pupil"),
        ("HP-2920 22", "profile", "pupil"),
    ):
        head = f'- thing: "{thing}"\n    field: {name}\n'
        if head not in text:
            continue  # the survey saw it
        start = text.index(head)
        end = text.index("decide:", start)
        entry = re.sub(r'value: ".*"', f'value: "{value}"', text[start:end])
        way = "adopt" if name == "serial" else "impose"
        text = f"{text[:start]}{entry}decide: {way}{text[text.index(chr(10), end) :]}"
    path.write_text(text, encoding="utf-8")


def test_nothing_is_written_before_everything_is_decided(joined: Joined) -> None:
    refused = joined.steps["too early"]

    assert refused.code == 7
    assert "CHOICE-OPEN" in refused.err
    assert "Do: matric allocate thornfield" in refused.err


def test_the_block_is_the_first_free_one_and_stands_in_the_standard(joined: Joined) -> None:
    given = joined.steps["allocate"].value

    assert given == {"school": "thornfield", "block": "10.48.128.0/18", "new": True, "kept_clear": []}
    schools = yaml_file.load(joined.shell.folder / "inventory" / "standard.yaml")
    assert isinstance(schools, dict)
    assert schools["addresses"]["schools"]["thornfield"] == "10.48.128.0/18"


def test_every_choice_was_made_and_stands_in_the_file(joined: Joined) -> None:
    choices: Choices = load(joined.folder, "thornfield")

    assert choices.choices
    assert {one.decide for one in choices.choices} <= {"adopt", "impose"}
    assert joined.steps["dry"].value["obstacles"] == []


def test_what_is_written_is_what_the_dry_run_said_and_a_second_run_writes_nothing(joined: Joined) -> None:
    dry, done, again = (joined.steps[name].value for name in ("dry", "write", "again"))

    assert done["written"] == dry["written"]
    assert all(done["requests"])
    assert again["written"] == []


def test_the_school_that_is_pulled_is_the_one_that_was_surveyed(joined: Joined) -> None:
    records = snapshot.load(joined.shell.folder / "inventory" / "snapshot").records
    site = next(row.id for row in records.sites if row.slug == "thornfield")
    serials = {row.name: row.serial for row in records.devices if row.site_id == site and row.platform}

    assert joined.steps["pull"].code == 0
    assert serials == {
        "core-1": "FCW2347G0TK", "sw-01": "SG9AJL2001", "sw-02": "CN51FP3002", "sw-03": "JPE21120003",
        "sw-04": "HV3619010004", "sw-05": "CN0AKW5005",
    }  # fmt: skip


def test_the_checks_of_the_input_find_nothing_to_refuse(joined: Joined) -> None:
    assert joined.steps["check"].code in (0, 3), joined.steps["check"].err


def test_every_switch_has_its_configuration(joined: Joined) -> None:
    assert joined.steps["render"].code == 0, joined.steps["render"].err
    assert len(list((joined.shell.folder / "rendered").rglob("*.conf"))) == len(KEYS)


def test_the_plan_changes_every_switch_of_the_lab_under_the_name_it_has_there(joined: Joined) -> None:
    plan = joined.steps["plan"]

    assert plan.code == 0, plan.err
    assert set(re.findall(r"thornfield/[a-z0-9-]+", plan.out)) >= KEYS


def test_two_schools_that_ask_at_once_get_two_blocks_and_both_stand_in_the_standard(own: Shell) -> None:
    records = snapshot.load(own.folder / "inventory" / "snapshot").records
    with serve(records) as netbox:
        shell = Shell(own.folder, {"MATRIC_NETBOX_URL": netbox.url, "MATRIC_NETBOX_TOKEN": netbox.token})
        asking = [shell.start("allocate", school) for school in ("ashby", "birch")]
        codes = [one.wait(timeout=60) for one in asking]
        for one in asking:
            one.communicate()
    standard = yaml_file.model(own.folder / "inventory" / "standard.yaml", Standard)
    blocks = [standard.addresses.schools[school] for school in ("ashby", "birch")]

    assert codes == [0, 0]
    assert not blocks[0].overlaps(blocks[1])


def test_a_school_that_was_not_surveyed_cannot_be_adopted(here: Shell) -> None:
    ended = here("adopt", "ashby", "--propose")

    assert ended.code == 7
    assert "ashby was not surveyed. Do: matric survey ashby" in ended.err


def test_without_a_netbox_nothing_is_allocated(here: Shell) -> None:
    ended = here("allocate", "ashby")

    assert ended.code == 7
    assert "no NetBox is named" in ended.err
