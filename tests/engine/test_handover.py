"""Configurations taken as data: exactly the school's devices, and no secret that is not the school's."""

from collections.abc import Callable
from pathlib import Path

import pytest

from matric.change import handover
from matric.errors import BadInput
from matric.intent.school import School
from matric.render import Renderer
from matric.site import Site

CANARY = "canary-of-the-runner"


@pytest.fixture(scope="module")
def school(trust: Site) -> School:
    return trust.school("oakfield")


@pytest.fixture(scope="module")
def texts(trust: Site, school: School) -> dict[str, str]:
    return {one.device_key: one.text for one in Renderer(trust.templates).school(school)}


@pytest.fixture(scope="module")
def allowed(trust: Site) -> frozenset[str]:
    return handover.lent(trust, "oakfield")


@pytest.fixture
def folder(tmp_path: Path, texts: dict[str, str]) -> Path:
    (tmp_path / "rendered" / "oakfield").mkdir(parents=True)
    for key, text in texts.items():
        (tmp_path / "rendered" / f"{key}.conf").write_text(text, encoding="utf-8")
    return tmp_path / "rendered"


def refused(folder: Path, school: School, allowed: frozenset[str]) -> str:
    with pytest.raises(BadInput) as told:
        handover.read(folder, school, allowed)
    assert CANARY not in str(told.value)
    return " ".join(problem.code for problem in told.value.problems)


def test_what_another_job_rendered_is_what_this_one_would_render(
    folder: Path, trust: Site, school: School, allowed: frozenset[str]
) -> None:
    found = handover.read(folder, school, allowed)

    assert found == {one.device_key: one for one in Renderer(trust.templates).school(school)}


@pytest.mark.parametrize(
    ("added", "code"),
    [
        ("username eve secret 9 <secret:env:MATRIC_FORGE_TOKEN>", "SECRET-FOREIGN"),
        ("username eve secret 9 <secret:lab:fernhill/radius>", "SECRET-FOREIGN"),
        ("username eve secret 9 <secret:file:/etc/shadow>", "SECRET-FOREIGN"),
        ("username eve secret 9 <secret:file:oakfield/../fernhill>", "SECRET-FOREIGN"),
        ("username eve secret 9 <secret:lab:service", "SECRET-FOREIGN"),
        ("<backup:sha256:00>", "SECRET-FOREIGN"),
        ("snmp-server location <secret:lab:service>", "SECRET-PLACE"),
        ("banner motd ^C\n<secret:lab:service>\n^C", "SECRET-PLACE"),
        ("interface GigabitEthernet1/0/1\n description <secret:lab:service>", "SECRET-PLACE"),
    ],
)
def test_text_that_asks_for_a_secret_it_may_not_have_or_would_show_one_is_refused(
    folder: Path, school: School, allowed: frozenset[str], added: str, code: str
) -> None:
    core = folder / "oakfield" / "core-1.conf"
    core.write_text(f"{added}\n{core.read_text(encoding='utf-8')}", encoding="utf-8")

    assert code in refused(folder, school, allowed)


def test_a_secret_under_the_school_s_own_prefix_may_be_asked_for(
    folder: Path, school: School, allowed: frozenset[str]
) -> None:
    core = folder / "oakfield" / "core-1.conf"
    text = f"username door secret 9 <secret:env:OAKFIELD_DOOR>\n{core.read_text(encoding='utf-8')}"
    core.write_text(text, encoding="utf-8")

    assert "env:OAKFIELD_DOOR" in handover.read(folder, school, allowed)["oakfield/core-1"].secrets


def _missing(place: Path) -> None:
    (place / "sw-02.conf").unlink()


def _stranger(place: Path) -> None:
    (place / "sw-99.conf").write_text("end\n", encoding="utf-8")


def _link(place: Path) -> None:
    outside = place.parents[1] / "secret"
    outside.write_text(f"{CANARY}\n", encoding="utf-8")
    _missing(place)
    (place / "sw-02.conf").symlink_to(outside)


def _folder(place: Path) -> None:
    _missing(place)
    (place / "sw-02.conf").mkdir()


def _large(place: Path) -> None:
    (place / "sw-02.conf").write_text("a" * (handover.LONGEST_BYTES + 1), encoding="utf-8")


def _bytes(place: Path) -> None:
    (place / "sw-02.conf").write_bytes(b"hostname \xff\n")


def _nothing(place: Path) -> None:
    place.rename(place.with_name("elsewhere"))


def _linked_folder(place: Path) -> None:
    _nothing(place)
    place.symlink_to(place.with_name("elsewhere"))


@pytest.mark.parametrize(
    "spoil", [_missing, _stranger, _link, _folder, _large, _bytes, _nothing, _linked_folder], ids=lambda of: of.__name__
)
def test_a_folder_that_is_not_exactly_the_school_in_plain_files_is_refused(
    folder: Path, school: School, allowed: frozenset[str], spoil: Callable[[Path], None]
) -> None:
    spoil(folder / "oakfield")

    assert "RENDERED-FILE" in refused(folder, school, allowed)


@pytest.mark.parametrize(
    "text", ["hostname a\x1b[2J\nend\n", "hostname sm\u00f8rrebr\u00f8d\n", "", "hostname a\x00\n"]
)
def test_text_that_a_device_cannot_take_is_refused(
    folder: Path, school: School, allowed: frozenset[str], text: str
) -> None:
    (folder / "oakfield" / "sw-02.conf").write_text(text, encoding="utf-8")

    assert "TPL-OUTPUT" in refused(folder, school, allowed)


@pytest.mark.parametrize(
    ("ref", "slug", "whose"),
    [
        ("file:oak/radius", "oak", True),
        ("file:oak-field/radius", "oak", False),
        ("file:/oak/radius", "oak", False),
        ("env:OAK_RADIUS", "oak", True),
        ("env:OAK_FIELD_RADIUS", "oak", False),
        ("env:OAK_FIELD_RADIUS", "oak-field", True),
        ("env:CI_JOB_TOKEN", "ci", False),
        ("file:oak/../oak-field/radius", "oak", False),
    ],
)
def test_a_prefix_is_one_school_s_and_the_longer_name_wins(ref: str, slug: str, whose: bool) -> None:  # noqa: FBT001
    assert handover.own(ref, slug, ("oak", "oak-field", "ci")) is whose
