"""A small school on the lab, and a reviewed, merged plan for it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from matric import fleet, lab, onboarding
from matric.change import proposal
from matric.change.proposal import Proposal
from matric.plan import timestamp
from tests.engine.faults import bed as beds
from tests.engine.faults.bed import SCHOOL, Bed

CHANGE = "gitlab:fernhill/network!12"


@pytest.fixture(scope="module")
def raised(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bed]:
    folder = tmp_path_factory.mktemp("deployment")
    try:
        yield beds.raised(folder)
    finally:
        lab.stop(folder / "lab")


@pytest.fixture
def bed(raised: Bed) -> Bed:
    """The school as it was before anybody came."""
    raised.lab.renew()
    raised.lab.clear()
    return raised


@pytest.fixture
def state(tmp_path: Path) -> Path:
    return tmp_path / "state"


Reviewed = Callable[..., Proposal]


@pytest.fixture
def reviewed(bed: Bed, state: Path) -> Reviewed:
    """A plan made for review, as its pipeline puts it into the state; merged, unless it is told otherwise."""

    def made(unit: str = "school", word: str = "merged") -> Proposal:
        bench = bed.bench(state)
        try:
            wanted = onboarding.intended(bench.site, SCHOOL)
            nornir = fleet.start(bench.site, SCHOOL, bed.state)
            plan = onboarding.planned(
                wanted,
                onboarding.looked(bench.site, nornir),
                nornir,
                now=bed.lab.time(),
                author="a.mensah",
                unit="device" if unit == "device" else "school",
            )
            one = Proposal.model_validate(
                {
                    "change": CHANGE, "base": "b" * 40, "head": "a" * 40, "school": SCHOOL, "plan": plan,
                    "authors": ("a.mensah",), "state": word, "merged": "c" * 40 if word == "merged" else "",
                    "at": timestamp(bed.lab.time()),
                }
            )  # fmt: skip
            proposal.put(bench.journal.shelf(proposal.KIND), one)
        finally:
            bench.journal.close()
        return one

    return made
