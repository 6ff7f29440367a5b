"""Reviews as plain text: a folder under tests/cases/review/ with case.yaml, differences, and the expected comment."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, cast

import pytest
import yaml

from matric import canonical, gate
from matric.diff import HEADER
from matric.plan import DevicePlan, Digests, Net, Plan
from matric.plan.budget import Budget, Pace
from matric.policy import Finding, Outcome, Result
from matric.policy.waiver import Waiver
from matric.report.reviewed import About, Review, Reviewed, Used

CASES = Path(__file__).parents[2] / "cases" / "review"
MADE = datetime(2026, 11, 25, 14, 0, tzinfo=UTC)


def digest(word: str) -> str:
    return canonical.digest_of_text(word)


def used(told: dict[str, Any]) -> Used:
    fields: dict[str, Any] = {**told, "expires": date.fromisoformat(told["expires"])}
    return Used(**fields)


class Given:
    """Makes what a review is made of."""

    def device(
        self, key: str, diff: str, *, role: str = "access", risk: str = "low", target: str = "", platform: str = "eos"
    ) -> DevicePlan:
        rows = diff.removeprefix(HEADER).splitlines()
        return DevicePlan.model_validate(
            {
                "key": key, "netbox_id": 1, "name": key.partition("/")[2], "role": role, "platform": platform,
                "model": "720XP", "serial": f"S-{key}", "pin_digest": digest(f"pin {key}"),
                "base_digest": digest(f"base {key}"), "startup_digest": digest(f"base {key}"),
                "target_digest": digest(f"target {key}"), "changes": bool(diff), "diff": diff,
                "added": sum(row.startswith("+") for row in rows), "removed": sum(row.startswith("-") for row in rows),
                "target": target, "template": f"{role}.j2", "secrets": (), "risk": risk, "above": (),
                "net": Net(owner="device", revert_after_s=600, survives_reboot=True) if diff else None,
            }
        )  # fmt: skip

    def plan(self, school: str, devices: tuple[DevicePlan, ...], **more: Any) -> Plan:
        moved = {word: digest(word) for word in ("snapshot", "standard", "templates", "policies")}
        return Plan.model_validate(
            {
                "tool": "0.1.0", "school": school, "unit": "school", "author": "ci-planner",
                "made_at": "2026-11-25T14:00:00Z", "expires_at": "2026-12-02T14:00:00Z", "nonce": "0" * 32,
                "digests": Digests(**moved), "devices": devices,
                "order": tuple(device.key for device in devices if device.changes), "steps": (),
                "budget": Budget(pace=Pace(), worst_case_s=1260), **more,
            }
        )  # fmt: skip

    def result(self, rule: str, **more: Any) -> Result:
        findings = tuple(Finding(**one) for one in more.pop("findings", ()))
        missing = tuple(more.pop("missing", ()))
        outcome = Outcome.FAIL if findings else Outcome.CANNOT_EVALUATE if missing else Outcome.PASS
        outcome = Outcome(more.pop("outcome", outcome))
        checked = 0 if outcome is Outcome.NOT_APPLICABLE else 12
        known: dict[str, Any] = {"title": f"Rule {rule} holds", "severity": "blocker", "checked": checked, **more}
        known["sources"] = tuple(known.get("sources", ()))
        return Result(rule=rule, outcome=outcome, findings=findings, missing=missing, **known)

    def school(self, folder: Path, told: dict[str, Any]) -> Reviewed:
        name = str(told["school"])
        made: Plan | None = None
        verdict: gate.Verdict | None = None
        held = tuple(told.get("waivers", ()))
        if "devices" in told:
            devices = tuple(device for one in told["devices"] for device in self._devices(folder, name, one))
            results = tuple(self.result(**one) for one in told.get("results", ()))
            more = {key: told[key] for key in ("unit", "applicable") if key in told}
            made = self.plan(name, devices, results=results, warnings=tuple(told.get("warnings", ())), **more)
            waivers = tuple(
                Waiver(one["rule"], one["object"], one["owner"], one["reason"], date.fromisoformat(one["expires"]))
                for one in held
            )
            if told.get("judged", True):
                verdict = gate.verdict(results, waivers, MADE.date(), school=name)
        return Reviewed(
            school=name,
            touched=bool(told["touched"]),
            reasons=tuple(told.get("reasons", ())),
            plan=made,
            verdict=verdict,
            problems=tuple(told.get("problems", ())),
            waivers=tuple(used(one) for one in held),
            reproduce=str(told.get("reproduce", "")),
            file=f"plan-{name}.json" if made is not None else "",
            wanted=bool(told.get("plans", True)),
            deploys=bool(told.get("deploys", True)),
        )

    def _devices(self, folder: Path, school: str, told: dict[str, Any]) -> list[DevicePlan]:
        diff = (folder / told["diff"]).read_text(encoding="utf-8") if "diff" in told else ""
        target = (folder / told["target"]).read_text(encoding="utf-8") if "target" in told else ""
        known = {key: told[key] for key in ("role", "risk", "platform") if key in told}
        return [self.device(f"{school}/{name}", diff, target=target, **known) for name in told["names"]]

    def case(self, name: str) -> Review:
        """The review in the folder called *name*."""
        folder = CASES / name
        told = yaml.safe_load((folder / "case.yaml").read_text(encoding="utf-8"))
        fields: dict[str, Any] = {
            key: tuple(cast("list[str]", value)) if isinstance(value, list) else value
            for key, value in told["about"].items()
        }
        about = About(**fields)
        return Review(about, tuple(self.school(folder, one) for one in told["schools"]))


@pytest.fixture
def given() -> Given:
    return Given()


@pytest.fixture
def case(given: Given) -> Callable[[str], Review]:
    return given.case
