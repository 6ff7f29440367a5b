"""A pipeline is asked for on both forges: told what it is told, refused in words; no answer is no pipeline."""

import pytest

from matric.errors import ForgeRefused, ForgeUnavailable
from tests.engine.forge.place import TOKEN, Place

TOLD = {"MATRIC_SCHEDULE": "snapshot"}
FLOW = ".github/workflows/matric-schedule.yml"


def test_a_pipeline_is_asked_for_and_told_its_variables(place: Place) -> None:
    place.push("main", {FLOW: "on: {workflow_dispatch: {}}\n"})

    said = place.forge.start_pipeline("main", TOLD)

    assert place.served.state.pipelines == [("main", TOLD)]
    assert said.endswith("/trust/network/-/pipelines/1" if place.gitlab else "matric-schedule.yml on main")


def test_a_branch_that_is_not_there_is_refused_in_words(place: Place) -> None:
    with pytest.raises(ForgeRefused, match=r"Reference not found|No ref found"):
        place.forge.start_pipeline("nowhere", TOLD)


def test_a_token_that_may_not_is_told_what_it_needs(place: Place) -> None:
    place.push("main", {FLOW: "on: {workflow_dispatch: {}}\n"})
    me = place.served.state.by_token(TOKEN)
    assert me is not None
    me.role = "read"

    with pytest.raises(ForgeRefused, match=r"Developer|actions: write"):
        place.forge.start_pipeline("main", TOLD)


def test_an_answer_that_was_lost_is_not_taken_for_a_pipeline(place: Place) -> None:
    place.push("main", {FLOW: "on: {workflow_dispatch: {}}\n"})
    place.served.fault("status", "pipeline|dispatches", status=502)

    with pytest.raises(ForgeUnavailable):
        place.forge.start_pipeline("main", TOLD)
    assert place.served.state.pipelines == []
