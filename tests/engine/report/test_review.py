"""The comment: as expected for each case, the same for the same review, and whole whatever the limit."""

import os
import random
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from markdown_it import MarkdownIt

from matric.gate import Allowed, Blocked, Reason
from matric.report.folding import sections
from matric.report.markdown import size, visible
from matric.report.review import comment
from matric.report.reviewed import About, Review, Reviewed
from matric.secret import redact

CASES = Path(__file__).parents[2] / "cases" / "review"
FOLDERS = sorted(path.parent for path in CASES.glob("*/case.yaml"))
EVERY_CASE = pytest.mark.parametrize("folder", FOLDERS, ids=[path.name for path in FOLDERS])
Case = Callable[[str], Review]


def whole(review: Review, limit: int = 10**9, **more: Any) -> tuple[str, ...]:
    return comment(review.schools, limit=limit, artefact="plan/", about=review.about, **more)


@EVERY_CASE
def test_the_comment_reads_as_it_was_reviewed(folder: Path, case: Case) -> None:
    (text,) = whole(case(folder.name))

    if os.environ.get("MATRIC_UPDATE"):
        (folder / "comment.md").write_text(text, encoding="utf-8")
    assert text == (folder / "comment.md").read_text(encoding="utf-8")


@EVERY_CASE
def test_the_order_in_which_a_review_comes_changes_no_byte(folder: Path, case: Case) -> None:
    review = case(folder.name)
    shuffled = list(review.schools)
    random.Random(7).shuffle(shuffled)

    def turned(one: Reviewed) -> Reviewed:
        if one.plan is None:
            return one
        plan = one.plan.model_copy(update={"devices": one.plan.devices[::-1], "results": one.plan.results[::-1]})
        return replace(one, plan=plan, waivers=one.waivers[::-1])

    assert whole(replace(review, schools=tuple(turned(one) for one in shuffled[::-1]))) == whole(review)


# ---- nothing is lost ----


PLACES = re.compile(r"<code>(.*?)</code>")


def spread(run: str) -> list[str]:
    """The interfaces that a run like Ethernet1-4 stands for."""
    found = re.fullmatch(r"(.*?)(\d+)-(\d+)", run)
    return [run] if found is None else [f"{found[1]}{at}" for at in range(int(found[2]), int(found[3]) + 1)]


def told(part: str) -> Counter[tuple[str, str, str]]:
    """(device, outermost head, changed line) as often as a reader of the comment would count it."""
    found: Counter[tuple[str, str, str]] = Counter()
    folds = (
        r"<details><summary>(?:(?!</summary>).)*</summary>\n\n((?:On|- ).*?)\n\n(`{3,})diff\n(.*?)\n\2\n\n</details>"
    )
    for where, _, fence in re.findall(folds, part, re.DOTALL):
        places: list[tuple[str, str]] = []
        for line in where.splitlines():
            devices, _, interfaces = line.partition(": ")
            runs = [unescape(one) for one in PLACES.findall(interfaces)]
            names = [name for run in runs for name in spread(run)] or [""]
            places += [(unescape(device), name) for device in PLACES.findall(devices) for name in names]
        head = ""
        for row in fence.splitlines():
            sign, text = row[:1], row[1:]
            if text and not text.startswith(" "):
                head = text
            if sign in "+-":
                for device, interface in places:
                    above = f"interface {interface}" if interface and "<each of these>" in head else head
                    shown = above if "<each of these>" in text else text.strip()
                    found[device, above, sign + shown] += 1
    return found


def meant(review: Review) -> Counter[tuple[str, str, str]]:
    """The same, from the plans and without any folding."""
    found: Counter[tuple[str, str, str]] = Counter()
    for one in review.schools:
        for device in one.plan.devices if one.plan is not None else ():
            head = ""
            for row in device.diff.splitlines()[2:]:
                sign, text = row[:1], visible(row[1:])
                if text and not text.startswith(" "):
                    head = text
                if sign in "+-":
                    found[device.name, head, sign + text.strip()] += 1
    return found


@EVERY_CASE
def test_every_changed_line_of_every_device_can_be_read_in_the_comment(folder: Path, case: Case) -> None:
    review = case(folder.name)

    read = sum((told(part) for part in whole(review)), Counter[tuple[str, str, str]]())

    assert read == meant(review)


def large(given: Any, devices: int, ports: int) -> Review:
    """A school where every port of every device says something of its own, and something that all say."""

    def diff(at: int) -> str:
        rows = ["--- running\n+++ intended\n"]
        for port in range(1, ports + 1):
            rows += [f" interface Ethernet{port}\n- description old {at} {port}\n+ description room {at}-{port}\n"]
            rows += ["+ spanning-tree bpduguard enable\n"] if port % 2 else []
        rows += [f"+vlan {20 + at % 3}\n+ name pupils\n", f"-ntp server 10.0.0.{at}\n", "+ntp server 10.1.1.1\n"]
        return "".join(rows)

    plan = given.plan("oakfield", tuple(given.device(f"oakfield/sw-{at:02}", diff(at)) for at in range(1, devices + 1)))
    one = Reviewed("oakfield", touched=True, reasons=("all of it",), plan=plan, verdict=Allowed(3))
    return Review(About("git:x", "a" * 40, "b" * 40), (one,))


@pytest.mark.parametrize("limit", [4000, 6000, 65_536])
def test_parts_keep_to_the_limit_and_together_hold_every_line(given: Any, limit: int) -> None:
    review = large(given, devices=12, ports=8)

    parts = whole(review, limit, most=1000)

    assert all(size(part) <= limit for part in parts)
    assert sum((told(part) for part in parts), Counter[tuple[str, str, str]]()) == meant(review)
    assert "Not shown" not in "".join(parts)
    if limit < 65_536:
        assert len(parts) > 1


def test_a_section_longer_than_a_part_and_a_line_at_more_devices_than_a_part_can_name_are_cut_and_whole(
    given: Any,
) -> None:
    rules = "".join(f"+ {at} permit ip host 10.0.{at // 250}.{at % 250} any\n" for at in range(400))
    long = f"--- running\n+++ intended\n+ip access-list MGMT\n{rules} ip access-list OLD\n{rules}+!\n+!\n"
    short = "--- running\n+++ intended\n interface Ethernet1\n+ shutdown\n interface Ethernet2\n+ shutdown\n+!\n"
    devices = (
        given.device("oakfield/core-1", long),
        *(given.device(f"oakfield/building-{at % 7}-sw-{at:03}", short) for at in range(300)),
    )
    one = Reviewed("oakfield", touched=True, plan=given.plan("oakfield", devices), verdict=Allowed(3))
    review = Review(About(), (one,))

    parts = whole(review, 4000, most=1000)

    assert all(size(part) <= 4000 for part in parts)
    assert sum((told(part) for part in parts), Counter[tuple[str, str, str]]()) == meant(review)
    assert "Not shown" not in "".join(parts)


def test_each_part_is_complete_in_itself(given: Any) -> None:
    parts = whole(large(given, devices=12, ports=8), 6000, most=1000)

    for number, part in enumerate(parts, 1):
        assert part.startswith("## matric: 1 of 1 school touched")
        assert f"Part {number} of {len(parts)}." in part
        assert part.count("<details") == part.count("</details>")
        assert len(re.findall(r"^`{3,}", part, re.MULTILINE)) % 2 == 0
        if "<b>" in part:
            assert "### oakfield" in part


def test_what_does_not_fit_in_ten_parts_is_counted_exactly_and_said_to_be_in_the_artefact(given: Any) -> None:
    review = large(given, devices=60, ports=24)

    parts = whole(review, 6000)

    assert len(parts) == 10
    assert all(size(part) <= 6000 for part in parts)
    shown = sum((told(part) for part in parts), Counter[tuple[str, str, str]]())
    missing = meant(review) - shown
    assert not shown - meant(review)
    counted = re.search(
        r"Not shown above, and whole in the artefact <code>plan/</code>:.*?(\d+) changed lines", parts[-1], re.DOTALL
    )
    assert counted is not None
    assert int(counted[1]) == missing.total() > 0


def test_one_line_longer_than_a_comment_is_left_out_and_counted(given: Any) -> None:
    diff = f"--- running\n+++ intended\n+banner {'x' * 9000}\n+ntp server 10.0.0.1\n"
    plan = given.plan("oakfield", (given.device("oakfield/sw-01", diff),))
    review = Review(About(), (Reviewed("oakfield", touched=True, plan=plan, verdict=Allowed(1)),))

    parts = whole(review, 6000)

    assert all(size(part) <= 6000 for part in parts)
    assert "1 changed line on 1 device" in parts[-1]
    assert "+ntp server 10.0.0.1" in "".join(parts)


def test_a_comment_of_a_few_words_is_refused() -> None:
    with pytest.raises(ValueError, match="at least"):
        comment((), limit=100, artefact="plan/")


@pytest.mark.parametrize("word", ["touched", "untouched"])
def test_sixty_schools_are_a_line_each_and_fit(given: Any, word: str) -> None:
    plan = given.plan("x", (given.device("x/sw-01", "--- running\n+++ intended\n+ntp server 10.0.0.1\n"),))
    schools = tuple(
        Reviewed(f"school-{at:02}", touched=word == "touched", reasons=("the standard",), plan=plan, verdict=Allowed(3))
        for at in range(60)
    )

    parts = comment(schools, limit=65_536, artefact="plan/")

    assert len(parts) == 1 or word == "touched"
    assert all(f"school-{at:02}" in "".join(parts) for at in range(60))


# ---- what is not known is never well ----


def test_no_school_at_all_is_no_success() -> None:
    (text,) = comment((), limit=10_000, artefact="plan/")

    assert "0 schools" in text
    assert "no success" in text


def test_a_touched_school_without_a_plan_makes_the_whole_change_unfit_to_merge(case: Case) -> None:
    (text,) = whole(case("not-planned"))

    assert "must not be merged" in text.splitlines()[0]
    assert "nobody has judged it" in text


def test_an_open_gate_next_to_a_closed_one_is_a_closed_one(case: Case) -> None:
    closed, open_ = case("gate-closed"), case("bpduguard-on")
    both = (*closed.schools, *(replace(one, school="other") for one in open_.schools if one.touched))

    (text,) = comment(both, limit=10**6, artefact="plan/")

    assert "the gate is closed" in text.splitlines()[0]


# ---- strangers' words ----


class Markup(HTMLParser):
    """Every tag of the page, and the text that a forge would look for mentions and references in."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: Counter[str] = Counter()
        self.attributes: list[tuple[str, str | None]] = []
        self.open: list[str] = []
        self.loose = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] += 1
        self.attributes += attrs
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if not {"code", "pre"} & set(self.open):
            self.loose += data

    def handle_comment(self, data: str) -> None:
        raise AssertionError(f"a hidden comment: {data}")


def rendered(text: str) -> Markup:
    page = Markup()
    page.feed(MarkdownIt("gfm-like", {"html": True, "linkify": False}).render(text))
    assert page.open == []
    return page


@EVERY_CASE
def test_what_strangers_wrote_is_text_to_a_forge(folder: Path, case: Case) -> None:
    (text,) = whole(case(folder.name))

    page = rendered(text)

    ours = {"b", "code", "details", "h2", "h3", "li", "p", "pre", "strong", "summary", "table", "tbody", "td", "th"}
    assert set(page.tags) <= ours | {"thead", "tr", "ul"}
    assert {name for name, _ in page.attributes} <= {"class", "open"}
    assert not re.findall(r"[@#!]\w|\w:\/\/|www\.\w", page.loose)
    assert "<!--" not in text
    assert not [line for line in text.splitlines() if line.startswith("/")]
    assert all(one.isprintable() or one in "\n\u200b" for one in page.loose)


@EVERY_CASE
def test_redacting_a_comment_once_more_changes_nothing(folder: Path, case: Case) -> None:
    (text,) = whole(case(folder.name))

    assert redact(text) == text


@pytest.mark.parametrize("word", ["password", "secret", "SNMP community", "set-key", "auth sha", "priv aes 128"])
def test_a_word_that_a_secret_could_follow_takes_no_markup_with_it(given: Any, word: str) -> None:
    reason = Reason(
        "MGT-09", f"oakfield/sw-01 {word}", f"holds a {word}", f"change the {word}", "blocker", f"No {word}"
    )
    shown = f"--- running\n+++ intended\n-{word} <secret changed>\n+{word} <secret:env:X|type8>\n"
    plan = given.plan(f"{word.partition(' ')[0]}", (given.device("a/sw", shown),), warnings=(f"a {word}",))
    one = Reviewed(plan.school, touched=True, reasons=(word,), plan=plan, verdict=Blocked((reason,), waived=(reason,)))

    (text,) = comment((one,), limit=10**6, artefact="plan/")

    assert redact(text) == text
    assert f"-{word} <secret changed>\n+{word} <secret:env:X|type8>" in text


def test_a_link_to_the_artefact_is_one_only_where_it_is_an_address() -> None:
    huge = tuple(Reviewed(f"s{at}", touched=False, reasons=(f"reason {at} {'x' * 300}",)) for at in range(300))

    linked = comment(huge, limit=4000, artefact="https://forge.example/a?b&c", most=1)[0]
    named = comment(huge, limit=4000, artefact='https://forge.example/"><script>', most=1)[0]

    assert '<a href="https://forge.example/a?b&amp;c">the artefact</a>' in linked
    assert "<script" not in named


def test_the_reader_is_told_how_many_ports_on_how_many_switches(case: Case) -> None:
    (text,) = whole(case("bpduguard-on"))

    summary = (
        "<b>48 access ports and 1 trunk port on 12 access switches</b>: added <code>spanning-tree bpduguard enable"
    )
    assert summary in text
    assert text.count("+ spanning-tree bpduguard enable") == 1


def test_sections_hold_the_lines_of_a_diff_and_nothing_else(case: Case) -> None:
    review = case("bpduguard-on")
    for device in review.schools[0].plan.devices if review.schools[0].plan else ():
        rows = [row for section in sections(device.diff) for row in section.text]

        changed = [row for row in device.diff.splitlines()[2:] if row[:1] in "+-"]
        assert [row for row in rows if row[:1] in "+-"] == changed
