"""Pictures of a real run: the demo's own output as SVG, the page it ended with as PNG. Nothing is staged."""

import io
import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

from rich._export_format import CONSOLE_SVG_FORMAT
from rich.console import Console
from rich.text import Text

ROOT = Path(__file__).parents[1]
IMAGES = ROOT / "docs" / "images"
REPORTS = ROOT / ".matric" / "demo" / "trust" / ".matric" / "lab" / "oakfield" / "state" / "reports"
WIDTH = 112

SHOWN: tuple[tuple[str, int], ...] = (
    ("# What would the trust's standard change", 0),
    ("$ matric plan oakfield", 9),
    ("# May it be done?", 0),
    ("$ matric gate plan.json", 3),
    ("# Later, two classrooms", 0),
    ("$ matric cutover rooms.json", 40),
    ("# It came back by itself", 1),
)
"""Which parts of the demo stand in the picture: where each begins, and at most how many lines follow."""

COLOURS = (
    (r"^# .*", "bold cyan"),
    (r"^\$ .*", "bold"),
    (r"\+\d+", "green"),
    (r"(?<= )-\d+", "red"),
    (r"risk high|the gate is closed.*|gave no answer.*", "red"),
    (r"ALL-OLD|ALL-NEW", "bold blue"),
    (r"(?<=  )(as planned for|kept|staged, read back|armed, .*|running .*|done|clean|as intended)$", "green"),
    (r"[A-Z]{3}-\d\d", "bold red"),
    (r"Do:", "bold"),
)


def parts(text: str) -> Iterator[str]:
    """The lines of the picture, as the demo printed them; a left-out part is an ellipsis."""
    lines = text.replace(f"{ROOT}/", "").splitlines()
    at = 0
    for start, most in SHOWN:
        found = next((number for number in range(at, len(lines)) if lines[number].startswith(start)), None)
        if found is None:
            sys.exit(f"script/picture: the demo printed no line that begins with '{start}'")
        if start.startswith("#") and at:
            yield ""
        at = found + 1
        yield lines[found]
        for line in lines[at : at + most]:
            if not line.startswith("  "):
                break
            yield line if len(line) <= WIDTH else line[: WIDTH - 3] + "..."
            at += 1


def drawn(lines: Iterator[str]) -> str:
    """The lines as SVG, with no font from elsewhere."""
    console = Console(record=True, width=WIDTH, file=io.StringIO(), force_terminal=True)
    for line in lines:
        text = Text(line)
        for pattern, style in COLOURS:
            text.highlight_regex(pattern, style)
        console.print(text, soft_wrap=True)
    frame = re.sub(r"@font-face \{\{.*?\}\}\n?", "", CONSOLE_SVG_FORMAT, flags=re.DOTALL)
    return console.export_svg(title="script/demo", code_format=frame, unique_id="demo")


def photographed(report: Path) -> None:
    """The report as a browser shows it, light and dark."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - needed only here

    chromium = shutil.which("chromium")
    if chromium is None:
        sys.exit("script/picture: chromium is missing. Install it, e.g. apt-get install chromium")
    flags = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync"]
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium, args=flags)
        for scheme in ("light", "dark"):
            page = browser.new_context(color_scheme=scheme, viewport={"width": 1100, "height": 980}).new_page()
            page.goto(report.as_uri())
            page.screenshot(path=str(IMAGES / f"report-{scheme}.png"))
        browser.close()


def main() -> None:
    IMAGES.mkdir(parents=True, exist_ok=True)
    picture = drawn(parts(Path(sys.argv[1]).read_text(encoding="utf-8")))
    (IMAGES / "demo.svg").write_text(picture, encoding="utf-8")
    reports = sorted(REPORTS.glob("*.html"), key=lambda path: path.stat().st_mtime)
    if not reports:
        sys.exit("script/picture: the demo left no report. Run script/demo")
    # The first run is the school's joining: every device changes.
    photographed(reports[0])
    print(f"wrote {', '.join(sorted(str(path.relative_to(ROOT)) for path in IMAGES.iterdir()))}")


if __name__ == "__main__":
    main()
