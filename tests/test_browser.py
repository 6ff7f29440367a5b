"""The report of a real run on the lab, in a real browser: light and dark, at a desk and on a phone."""

import itertools
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from matric import snapshot

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-sync",
    "--disable-component-update",
]
MATRIC = Path(sys.executable).with_name("matric")
SWITCHES = {"core-1", "sw-01", "sw-02", "sw-03", "sw-04"}
LOOKS = tuple(itertools.product(("light", "dark"), (1100, 390)))

CONTRAST = """() => {
  const lum = ([r, g, b]) => { const f = v => (v /= 255) <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4;
    return .2126 * f(r) + .7152 * f(g) + .0722 * f(b); };
  const parts = text => text.match(/[\\d.]+/g).map(Number);
  const behind = node => { for (; node; node = node.parentElement) {
    const colour = parts(getComputedStyle(node).backgroundColor);
    if (colour.length < 4 || colour[3] > 0) return colour; } return [255, 255, 255]; };
  return [...document.querySelectorAll('h1,h2,p,td,th,b,summary span,code,pre span')]
    .filter(node => node.innerText?.trim())
    .map(node => { const [a, b] = [lum(parts(getComputedStyle(node).color)), lum(behind(node))].sort((x, y) => y - x);
      return [(a + .05) / (b + .05), node.className + ': ' + node.innerText.slice(0, 40)]; });
}"""


@dataclass
class Opened:
    """The page, and what it did while it was open."""

    page: Any
    asked: list[str] = field(default_factory=list[str])
    said: list[str] = field(default_factory=list[str])

    def requested(self, request: Any) -> None:
        self.asked.append(str(request.url))

    def told(self, message: Any) -> None:
        self.said.append(str(message.text))


@pytest.fixture(scope="session")
def run_report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Oakfield cut over on the lab: the page matric wrote."""
    trust = tmp_path_factory.mktemp("browser") / "trust"
    with tempfile.TemporaryDirectory(prefix="matric-") as short:
        lab = Path(short) / "lab"

        def matric(*arguments: str) -> None:
            done = subprocess.run(
                [MATRIC, *arguments], cwd=trust if trust.exists() else trust.parent, capture_output=True, text=True,
                env={**os.environ, "MATRIC_LAB": str(lab)}, timeout=200, check=False,
            )  # fmt: skip
            assert done.returncode == 0, done.stderr

        matric("init", str(trust))
        _open_the_gate(trust / "inventory" / "snapshot")
        matric("lab", "up", "oakfield")
        try:
            matric("plan", "oakfield", "--out", "plan.json")
            matric("approve", "plan.json", "--by", "j.okafor")
            matric("cutover", "plan.json")
            matric("report", "--out", "run.html")
        finally:
            matric("lab", "down", "oakfield")
    return trust / "run.html"


def _open_the_gate(folder: Path) -> None:
    before = snapshot.load(folder)
    named = {"custom_fields": {"filter_policy": "guest"}}
    vlans = tuple(
        one.model_validate({**one.model_dump(), **named}) if one.role == "guest" else one
        for one in before.records.vlans
    )
    snapshot.save(folder, before.records.model_copy(update={"vlans": vlans}), before.manifest)


@pytest.fixture(scope="module")  # while it is open its loop runs in this thread: no other test may see it
def browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - only these tests need it

    with sync_playwright() as play:
        chromium = play.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture(params=LOOKS, ids=lambda look: f"{look[0]}-{look[1]}")
def opened(request: pytest.FixtureRequest, browser: Any, run_report: Path, tmp_path: Path) -> Iterator[Opened]:
    scheme, width = request.param
    context = browser.new_context(color_scheme=scheme, viewport={"width": width, "height": 900})
    found = Opened(context.new_page())
    found.page.on("request", found.requested)
    found.page.on("console", found.told)
    found.page.goto(run_report.as_uri())
    yield found
    found.page.screenshot(path=os.environ.get("MATRIC_SHOTS", str(tmp_path)) + f"/{scheme}-{width}.png", full_page=True)
    context.close()


def test_the_report_fits_the_screen_and_asks_nobody(opened: Opened, run_report: Path) -> None:
    opened.page.eval_on_selector_all("details", "all => all.forEach(one => one.open = true)")

    assert opened.page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0
    assert opened.asked == [run_report.as_uri()]
    assert opened.said == []


def test_the_text_of_the_report_can_be_read(opened: Opened) -> None:
    opened.page.eval_on_selector_all("details", "all => all.forEach(one => one.open = true)")

    weak = [(round(ratio, 2), text) for ratio, text in opened.page.evaluate(CONTRAST) if ratio < 4.5]

    assert weak == []


def test_every_switch_is_on_the_drawing_and_says_how_it_ended(opened: Opened) -> None:
    names = set(opened.page.eval_on_selector_all("svg.topology text", "all => all.map(one => one.textContent.trim())"))

    assert names >= SWITCHES
    assert opened.page.locator("svg.topology rect").count() >= len(SWITCHES)
    assert opened.page.locator("h1 .badge").inner_text().lower() == "all-new"


def test_a_difference_opens_at_a_click_and_with_the_keyboard(opened: Opened) -> None:
    first = opened.page.locator("details", has_text="sw-01").first
    difference = first.locator("pre")
    assert not difference.is_visible()

    first.locator("summary").click()
    assert difference.is_visible()
    assert re.search(r"^\+", difference.inner_text(), re.MULTILINE)

    first.locator("summary").focus()
    opened.page.keyboard.press("Enter")
    assert not difference.is_visible()
