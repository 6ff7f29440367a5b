"""Real neighbours: lldpd speaks for every device of a school over the cables NetBox records, and matric's own site
check and rule say whether what it hears is what is recorded. No real switch was used.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial

import pytest

from matric import platform
from matric.cutover.effects import Checked, SiteCheck
from matric.intent.school import School
from matric.perform import Performer
from matric.platform.base import Address, Neighbour
from matric.policy import Outcome, Result
from matric.policy.subject import Subject
from matric.site import Site
from tests.packets import inventory, lldp
from tests.packets.access_switch import BRIDGE, access_switch
from tests.packets.lldp import Box, Cabinet, Cable, Listener, Socket
from tests.packets.stand import needed, standing, until

pytestmark = pytest.mark.root

PROGRAMS = {"lldpd": "lldpd", "lldpcli": "lldpd", "ovs-vswitchd": "openvswitch-switch", "ethtool": "ethtool"}


@dataclass
class Oakfield:
    """The school with every cable where it belongs, and matric's eyes on it."""

    site: Site
    school: School
    cabinet: Cabinet
    cables: tuple[Cable, ...]
    performer: Performer

    def check(self) -> Checked:
        """What the cut-over asks of the school as a whole (S10)."""
        answer = self.performer.perform(SiteCheck(school=self.school.slug, session="matric-lldp"))
        assert isinstance(answer, Checked)
        return answer

    def judge(self) -> Result:
        """What the rule on recorded cabling says before a plan is approved."""
        looks = {one.key: Listener(self.cabinet.boxes[one.name]).look() for one in self.school.configured}
        (rule,) = (one for one in self.site.rules if one.id == "CUT-08")
        return rule.judge(Subject(self.school, datetime.now(UTC), looks=looks))

    def between(self, left: str, right: str) -> tuple[Cable, ...]:
        return tuple(one for one in self.cables if {end.device for end in one} == {left, right})


@pytest.fixture
def oakfield(trust: Site, monkeypatch: pytest.MonkeyPatch) -> Iterator[Oakfield]:
    needed(PROGRAMS)
    monkeypatch.setenv(inventory.SECRET, "not-used")
    school = trust.school("oakfield")
    cables = lldp.cables(school)
    with standing() as stand:
        cabinet = lldp.cabinet(stand, school, cables)
        played = {slug: replace(platform.get(slug), driver=partial(Listener.of, cabinet)) for slug in ("eos", "ios")}
        monkeypatch.setattr(platform, "PLATFORMS", played)
        hosts = {
            Address(one.key, "127.0.0.1", 1, "matric", "", "played"): (one.platform or "", one.role)
            for one in school.configured
        }
        cabinet.settle(cables)
        yield Oakfield(trust, school, cabinet, cables, Performer(trust, inventory.nornir(trust, hosts)))


def test_a_school_cabled_as_recorded_passes(oakfield: Oakfield) -> None:
    checked = oakfield.check()

    assert (checked.failed, checked.unread) == ((), ())
    assert len(checked.passed) > len(oakfield.cables)
    assert "oakfield/sw-01 answers" in checked.passed
    judged = oakfield.judge()
    assert judged.outcome is Outcome.PASS, judged.findings


def test_two_cables_in_each_others_sockets_are_named_at_both_ends(oakfield: Oakfield) -> None:
    """Of the core's two cables to the first switch one now goes to the second, and the other way round."""
    core = oakfield.school.entry
    first, second = oakfield.between(core, "sw-01")[0], oakfield.between(core, "sw-02")[0]
    crossed = (_ends(first, core, second), _ends(second, core, first))
    for cable in (first, second):
        oakfield.cabinet.unplug(cable)
    for cable in crossed:
        oakfield.cabinet.plug(cable)
    oakfield.cabinet.settle((*(one for one in oakfield.cables if one not in (first, second)), *crossed))

    checked = oakfield.check()

    named = {f"oakfield/{end.device} {end.port}" for cable in (first, second) for end in cable}
    assert {" ".join(line.split()[:2]) for line in checked.failed} == named
    assert all(line.endswith("not seen by LLDP") for line in checked.failed)
    judged = oakfield.judge()
    assert {finding.object for finding in judged.findings} == named
    assert any("NetBox records sw-01" in one.message and "hears sw-02" in one.message for one in judged.findings)


def test_a_cable_that_was_pulled_is_named_at_both_ends(oakfield: Oakfield) -> None:
    (cable,) = oakfield.between("sw-02", "ap-04")
    oakfield.cabinet.unplug(cable)
    oakfield.cabinet.settle(one for one in oakfield.cables if one != cable)

    checked = oakfield.check()

    (switch,) = (end for end in cable if end.device == "sw-02")
    assert checked.failed == (f"oakfield/sw-02 {switch.port} reaches ap-04: not seen by LLDP",)


def _ends(cable: Cable, core: str, other: Cable) -> Cable:
    """The core's end of *cable*, with the far end of *other*."""
    (here,) = (end for end in cable if end.device == core)
    (there,) = (end for end in other if end.device != core)
    return here, there


def test_what_open_vswitch_says_of_itself_is_heard_as_the_recorded_switch(trust: Site) -> None:
    """LLDP by other hands at both ends: an EOS switch's uplink, whose name a Linux interface can bear."""
    needed(PROGRAMS)
    school = trust.school("oakfield")
    port = next(
        one for one in school.by_name["sw-01"].ports if one.peer is not None and one.peer.device == school.entry
    )
    assert port.peer is not None
    with standing() as stand:
        access = access_switch(stand)
        cabinet = Cabinet(stand, school, {school.entry: Box(stand.namespace())})
        core = cabinet.boxes[school.entry]
        stand.join(access.namespace, port.name, core.there, core.interface(port.peer.port))
        access.vsctl("add-port", BRIDGE, port.name, "--", "set", "interface", port.name, "lldp:enable=true")
        says = (f"system_name=sw-01.{school.standard.trust.domain}", "system_description=played")
        access.vsctl(
            "--", "--id=@says", "create", "AutoAttach", *says, "--", "set", "bridge", BRIDGE, "auto_attach=@says"
        )
        cabinet.speak()

        heard = until(core.neighbours, f"Open vSwitch to be heard ({stand.log('lldpd-core-1')})", every_s=0.5)

    assert heard == (Neighbour(port.peer.port, "sw-01", port.name),)
    assert Socket("sw-01", port.name) in {end for cable in lldp.cables(school) for end in cable}
