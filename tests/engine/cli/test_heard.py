"""NetBox hears how a run ended; where it is away the run ends all the same, and what it was to hear is kept."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest

from matric import snapshot
from matric.journal import open_state
from matric.lab.netbox import NetBox, serve
from matric.netbox.letter import KIND

pytestmark = pytest.mark.slow


@pytest.fixture
def netbox(estate: Any) -> Iterator[NetBox]:
    """A NetBox that holds what the estate's snapshot says."""
    with serve(snapshot.load(estate.folder / "inventory" / "snapshot").records) as served:
        yield served


def told(served: NetBox) -> list[tuple[str, str]]:
    """(kind, what it is about) of each journal entry."""
    found: list[tuple[str, str]] = []
    for _, path, body in served.bodies:
        if path == "/api/extras/journal-entries/":
            entries = cast("list[dict[str, str]]", body if isinstance(body, list) else [body])
            found += [(one["kind"], one["assigned_object_type"]) for one in entries]
    return found


def test_netbox_hears_of_a_cut_over_at_the_site_and_at_each_device(
    estate: Any, approved: Path, netbox: NetBox, tmp_path: Path
) -> None:
    heard = {"MATRIC_NETBOX_URL": netbox.url, "MATRIC_NETBOX_WRITE_TOKEN": netbox.token}

    ended = estate("cutover", approved, **heard)

    assert ended.code == 0, ended.err
    assert "yet to hear" not in ended.err
    assert told(netbox).count(("success", "dcim.site")) == 1
    assert told(netbox).count(("success", "dcim.device")) == 6
    # Its own writes make no plan of its own stale.
    assert estate("plan", "oakfield", "--out", tmp_path / "after.json", "--json").value["empty"]


def test_a_netbox_that_is_away_fails_no_run_and_hears_later(estate: Any, approved: Path, netbox: NetBox) -> None:
    away = {"MATRIC_NETBOX_URL": "http://127.0.0.1:9", "MATRIC_NETBOX_WRITE_TOKEN": netbox.token}

    ended = estate("cutover", approved, **away)

    assert ended.code == 0, ended.err
    assert "NetBox has yet to hear of it" in ended.err
    assert "matric netbox send" in ended.err
    journal = open_state(Path(estate.environment["MATRIC_LAB"]) / "state")
    waiting = len(journal.shelf(KIND).items())
    journal.close()
    assert waiting >= 7

    heard = {"MATRIC_NETBOX_URL": netbox.url, "MATRIC_NETBOX_WRITE_TOKEN": netbox.token}
    assert estate("netbox", "send", **heard).code == 0
    assert len(told(netbox)) >= 7
