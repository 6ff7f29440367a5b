"""The evidence pack: every control, what is known of it and what that rests on; what cannot be shown is not claimed."""

import json
import re
import sys
import zlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from html.parser import HTMLParser
from typing import Any

import pytest

from matric import canonical, onboarding
from matric.errors import StalePlan, UsageError
from matric.onboarding import Intended
from matric.plan import Digests
from matric.policy import Finding, Policy, Said, checked, controls, not_applicable, policy
from matric.policy.subject import Answer, Answers, Subject
from matric.policy.waiver import Waiver
from matric.report import evidence
from matric.report.evidence_page import page
from matric.report.evidence_pdf import pdf
from matric.report.pack import OUTCOMES, Bound, Evidence, Judged, Stand, summed
from matric.secret import Vault
from matric.site import Site

NOW = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)
VALUE = "kAn4ry-Ev1d3nc3"
STAND = Stand(
    "Oakfield Primary",
    "oakfield",
    "Fernhill",
    "2026-11-26T09:00:00Z",
    "2026-11-26T09:00:00Z",
    (),
    "No device was asked.",
)


def asks(question: str) -> Policy:
    def rule(subject: Subject) -> Iterator[Said]:
        subject.answer(question)
        yield checked(1)

    return policy("SAF-03")(rule)


def breaks(message: str = "it is open", name: str = "MGT-01") -> Policy:
    def rule(subject: Subject) -> Iterator[Said]:
        del subject
        yield Finding("oakfield/sw-01", message, "close it")

    return policy(name, title="Doors are shut", severity="blocker", sources=("the trust",))(rule)


def never(subject: Subject) -> Iterator[Said]:
    del subject
    yield not_applicable("no guest network")


def said(by: str = "S. Mistry", at: date = date(2026, 11, 18), days: int = 60) -> Answer:
    return Answer(question="hands", school="oakfield", by=by, at=at, answer=True, valid_days=days)


def waiver(expiry: date = date(2027, 2, 19), **more: Any) -> Waiver:
    agreed: dict[str, Any] = {"approver": "J. Okafor", **more}
    return Waiver("MGT-01", "oakfield/sw-01", "P. Adeyemi", "mended at half term", expiry, **agreed)


@pytest.fixture(scope="module")
def wanted(trust: Site) -> Intended:
    return onboarding.intended(trust, "oakfield")


@pytest.fixture
def made(wanted: Intended) -> Callable[..., Evidence]:
    def pack(
        *rules: Policy, answers: tuple[Answer, ...] = (), waivers: tuple[Waiver, ...] = (), **more: Any
    ) -> Evidence:
        held = Answers(answers=answers)
        subject = replace(onboarding.subject(wanted, now=NOW), answers=held)
        return evidence.of_school(
            replace(STAND, **more), rules, evidence.heard(rules, subject), answers=held, waivers=waivers,
            today=NOW.date(), judged=NOW, bound=(Bound("input", "snapshot", canonical.digest("x")),),
        )  # fmt: skip

    return pack


@pytest.fixture(scope="module")
def whole(trust: Site, wanted: Intended) -> Evidence:
    return evidence.assembled(trust, onboarding.subject(wanted, now=NOW), onboarding.digests(wanted), NOW)


def of(pack: Evidence, name: str) -> Judged:
    return next(one for one in (*pack.controls, *pack.own) if one.id == name)


# ---- what is claimed ----


def test_every_control_of_the_catalogue_is_in_the_pack_once(whole: Evidence) -> None:
    assert sorted(one.id for one in whole.controls) == sorted(controls.catalogue())
    assert {one.outcome for one in whole.controls} <= set(OUTCOMES)
    assert sum(whole.counts.values()) == len(whole.controls)


def test_a_control_that_no_rule_looks_at_is_not_decided(made: Callable[..., Evidence]) -> None:
    pack = made(breaks())

    assert of(pack, "SEG-06").outcome == "not-decided"
    # The gate itself decides about waivers, and there are none.
    known = {"fail": 1, "not-applicable": 1, "not-decided": len(pack.controls) - 2}
    assert pack.counts == dict.fromkeys(OUTCOMES, 0) | known


def test_a_rule_that_could_not_look_is_no_control_that_holds(made: Callable[..., Evidence]) -> None:
    one = of(made(asks("hands")), "SAF-03")

    assert one.outcome == "cannot-evaluate"
    assert "hands" in one.missing[0]


def test_what_does_not_apply_says_why(made: Callable[..., Evidence]) -> None:
    one = of(made(policy("SEG-03")(never)), "SEG-03")

    assert (one.outcome, one.reason) == ("not-applicable", "no guest network")


def test_what_rests_on_somebody_s_word_names_who_and_until_when(made: Callable[..., Evidence]) -> None:
    one = of(made(asks("hands"), answers=(said(),)), "SAF-03")

    assert one.outcome == "answered"
    assert [(said.by, said.at, said.until) for said in one.attested] == [("S. Mistry", "2026-11-18", "2027-01-17")]


def test_an_answer_that_has_run_out_is_named_and_holds_nothing(made: Callable[..., Evidence]) -> None:
    pack = made(asks("hands"), answers=(said(days=3),))

    one = of(pack, "SAF-03")
    assert one.outcome == "cannot-evaluate"
    assert [said.until for said in one.attested] == ["2026-11-21"]
    assert pack.soon == ("the answer of S. Mistry to hands ran out on 2026-11-21",)


def test_a_finding_under_a_waiver_still_does_not_hold_and_names_its_owner(made: Callable[..., Evidence]) -> None:
    pack = made(breaks(), waivers=(waiver(),))

    one = of(pack, "MGT-01")
    assert one.outcome == "fail"
    assert one.findings[0].waiver is not None
    assert (one.findings[0].waiver.owner, one.findings[0].waiver.until) == ("P. Adeyemi", "2027-02-19")
    assert pack.todo == ()


def test_a_waiver_that_has_run_out_covers_nothing_and_is_told(made: Callable[..., Evidence]) -> None:
    pack = made(breaks(), waivers=(waiver(date(2026, 11, 1)),))

    assert ("MGT-01", "oakfield/sw-01") in {
        (control.id, broken.object) for control, found in pack.todo for broken in found
    }
    assert "expired 2026-11-01" in pack.waivers[0].fault
    assert any("expired 2026-11-01" in line for line in pack.soon)


def test_another_school_s_waiver_stays_out(made: Callable[..., Evidence]) -> None:
    other = replace(waiver(), object="fernhill/sw-01")

    assert made(breaks(), waivers=(other,)).waivers == ()


def test_a_rule_of_the_trust_s_own_stands_beside_the_catalogue(made: Callable[..., Evidence]) -> None:
    pack = made(breaks(name="FLT-01"))

    assert [one.id for one in pack.own] == ["FLT-01"]
    assert pack.counts["fail"] == 0
    assert [control.id for control, _ in pack.todo] == ["FLT-01"]


def test_the_first_words_count_what_holds_and_what_is_not_known(whole: Evidence) -> None:
    text = " ".join(summed(whole))

    assert whole.counts["not-decided"] == 0
    for outcome in ("fail", "cannot-evaluate"):
        assert re.search(rf"\b{whole.counts[outcome]}\b", text)
    assert {scheme.name for scheme in whole.schemes} >= {"Cyber Essentials", "Risk Protection Arrangement"}
    assert all(scheme.total for scheme in whole.schemes)


# ---- what it rests on ----


def test_everything_judged_has_its_digest_in_the_pack(whole: Evidence, wanted: Intended) -> None:
    held = {(one.kind, one.name): one.digest for one in whole.bound}

    for name in ("snapshot", "standard", "templates", "policies", "answers.yaml", "waivers.yaml", "controls"):
        assert held["input", name].startswith("sha256:")
    for key, one in wanted.rendered.items():
        assert held["intended configuration", key] == canonical.digest_of_text(one.text)


def test_of_a_plan_the_rules_say_what_they_said_with_the_devices_read(
    trust: Site, wanted: Intended, given: Any
) -> None:
    result = given.result("MGT-07", title="Known accounts only")
    digests = onboarding.digests(wanted)
    made = given.plan("oakfield", (given.device("oakfield/sw-01", ""),), results=(result,), digests=digests)
    subject = onboarding.subject(wanted, now=NOW)

    pack = evidence.assembled(trust, subject, digests, NOW, plan=made)

    assert of(pack, "MGT-07").outcome == "pass"
    assert of(pack, "SEG-06").outcome == "not-decided"
    assert ("plan", made.digest) in {(one.kind, one.digest) for one in pack.bound}
    assert "plan: running as read" in {one.kind for one in pack.bound}


def test_a_plan_of_another_day_s_standard_is_no_evidence(trust: Site, wanted: Intended, given: Any) -> None:
    made = given.plan("oakfield", (given.device("oakfield/sw-01", ""),))
    subject = onboarding.subject(wanted, now=NOW)

    with pytest.raises(StalePlan, match=r"policies, snapshot, standard, templates\. Do: .* check out the commit"):
        evidence.assembled(trust, subject, onboarding.digests(wanted), NOW, plan=made)


def test_a_plan_of_another_school_is_no_evidence(trust: Site, wanted: Intended, given: Any) -> None:
    made = given.plan("fernhill", (given.device("fernhill/sw-01", ""),))
    digests: Digests = onboarding.digests(wanted)

    with pytest.raises(UsageError, match="of fernhill"):
        evidence.assembled(trust, onboarding.subject(wanted, now=NOW), digests, NOW, plan=made)


# ---- how it looks ----


class Outside(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [f"{name}={value}" for name, value in attrs if name in {"src", "href", "srcset", "action"}]
        if tag in {"script", "link", "iframe", "img"}:
            self.found.append(tag)


def text_of(document: bytes) -> str:
    """Every stream of a PDF, unpacked."""
    streams = re.findall(rb"stream\n(.*?)\nendstream", document, re.DOTALL)
    return b"".join(zlib.decompress(one) for one in streams).decode("latin-1")


def test_the_page_fetches_nothing_and_data_never_becomes_markup(made: Callable[..., Evidence]) -> None:
    outside = Outside()
    text = page(made(breaks("<script>alert(1)</script>"), school="<b>Oak</b>"))

    outside.feed(text)

    assert outside.found == []
    assert "<script" not in text
    assert "<b>Oak" not in text


def test_the_page_of_the_run_and_the_pack_share_one_look(whole: Evidence) -> None:
    assert "prefers-color-scheme:dark" in page(whole)


def test_the_same_input_gives_the_same_bytes(whole: Evidence, trust: Site, wanted: Intended) -> None:
    again = evidence.assembled(trust, onboarding.subject(wanted, now=NOW), onboarding.digests(wanted), NOW)

    assert page(again) == page(whole)
    assert canonical.json_bytes(again.as_json) == canonical.json_bytes(whole.as_json)
    assert pdf(again) == pdf(whole)


def test_the_document_says_what_the_page_says(whole: Evidence) -> None:
    text = text_of(pdf(whole))

    for one in whole.controls:
        assert f"({one.id} " in text


def test_letters_that_the_document_has_no_font_for_lose_their_marks_and_nothing_else(
    made: Callable[..., Evidence],
) -> None:
    pack = made(breaks(), school="Ysgol G\u0175yr \u4e2d")

    assert "Ysgol Gwyr ?" in text_of(pdf(pack))
    assert "Ysgol G\u0175yr \u4e2d" in page(pack)


def test_without_the_extra_the_document_names_it(whole: Evidence, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "fpdf", None)

    with pytest.raises(UsageError, match=re.escape("pip install 'matric[pdf]'")):
        pdf(whole)


def test_no_secret_gets_into_a_pack(made: Callable[..., Evidence]) -> None:
    """One value that the vault has given in this process, and others that only look like secrets."""
    Vault({"env": lambda name: VALUE if name == "CANARY" else None}).get("env:CANARY")
    held = replace(waiver(), reason=VALUE, owner=VALUE)
    answer = said(by=VALUE).model_copy(update={"note": f"the password Uns33n-5 and {VALUE}"})
    own = breaks(f"shows {VALUE}", "FLT-01")
    own = replace(own, title=f"No {VALUE}", sources=(VALUE,))
    shown = breaks("snmp-server community Uns33n-6 ro is there")

    pack = made(shown, own, asks("hands"), waivers=(held,), answers=(answer,), school=VALUE, basis=VALUE)

    for text in (page(pack), json.dumps(pack.as_json), text_of(pdf(pack))):
        for secret in (VALUE, "Uns33n-5", "Uns33n-6"):
            assert secret not in text
    assert "env:CANARY" in page(pack)


def test_a_waiver_names_who_agreed_to_it_and_what_else_ends_it(made: Callable[..., Evidence]) -> None:
    held = waiver(approver="D. Lindqvist", ends_when="the new firewall is in")

    pack = made(breaks(), waivers=(held,))

    told = "P. Adeyemi, agreed by D. Lindqvist, until 2027-02-19, or when the new firewall is in: mended at half term"
    assert pack.waivers[0].words == told
    assert told in page(pack)


@pytest.mark.parametrize(
    ("held", "outcome"),
    [((), "not-applicable"), ((waiver(),), "pass"), ((waiver(date(2026, 11, 1)),), "fail")],
    ids=["none", "good", "expired"],
)
def test_what_the_gate_decides_without_a_rule_is_decided_here_too(
    made: Callable[..., Evidence], held: tuple[Waiver, ...], outcome: str
) -> None:
    assert of(made(breaks(), waivers=held), "CUT-19").outcome == outcome


def test_a_question_stands_in_full_beside_its_answer(whole: Evidence) -> None:
    said = [one for control in whole.controls for one in control.attested]

    assert said
    assert all(one.asks for one in said)
    assert said[0].asks in page(whole).replace("&#39;", "'")


def test_every_source_says_how_well_it_was_read(whole: Evidence) -> None:
    for one in whole.controls:
        assert len(one.cited) == len(one.sources) > 0
        assert {source.confidence for source in one.cited} <= set("ABCD")


def test_a_control_weighs_in_the_pack_what_its_rule_weighs_at_the_gate(made: Callable[..., Evidence]) -> None:
    pack = made(policy("SAF-07", severity="info")(never))
    assert of(pack, "SAF-07").severity == "info"
    assert of(pack, "SAF-03").severity == "blocker"
