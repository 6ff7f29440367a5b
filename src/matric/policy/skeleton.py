"""A rule to begin with: a file that runs, and two cases that hold. Its author replaces what is in it line by line.

Until its last line is taken out it cannot be evaluated: under a title that promises something no example may pass.
"""

import json
import re

from matric.errors import UsageError
from matric.intent.school import Device
from matric.policy import Severity, controls

__all__ = ("case_texts", "rule_text", "topic_of")

_ID = re.compile(r"[A-Z][A-Z0-9]*-[0-9]+")

_RULE = '''\
"""{title}."""

from collections.abc import Iterator

from matric import Device, Finding, Said, Subject, cannot_evaluate
from matric.policy import policy

# An example that runs. Make it yours: the annotations below say what the rule is given (School, Device, Subject),
# matric's page "Write a policy" what each of them knows. Then make the two cases yours as well:
#   {cases}
#   matric policy test {id}
GONE = frozenset({{"leaver"}})


@policy({head})
def nobody_who_has_left_has_an_account(device: Device, subject: Subject) -> Iterator[Said]:
    users = subject.look(device).users
    if users is None:
        raise cannot_evaluate("local accounts")
    for name in sorted(GONE & set(users)):
        yield Finding(f"{{device.key}} account {{name}}", "somebody who has left can log in", "remove the account")
    # An example proves nothing about its title: take this line out once the rule is yours.
    yield cannot_evaluate("this rule is an example still")
'''


def topic_of(name: str) -> str:
    """The file of rule *name* where nobody says another: ``TST-01`` is in ``tst_01.py``."""
    if not _ID.fullmatch(name):
        raise UsageError(f"{name} is no id of a rule. Do: write capitals, a dash and a number, as in TST-01")
    return name.lower().replace("-", "_")


def rule_text(name: str, *, title: str, severity: Severity | None, cases: str) -> str:
    """The file of a new rule. A control of matric's brings title, severity and sources, unless they are given."""
    control, title = controls.find(name), " ".join(title.split())
    given = {
        "title": title or ("" if control else "Nobody who has left has an account"),
        "severity": severity or ("" if control else "warning"),
    }
    lines = [f"    {what}={json.dumps(value, ensure_ascii=False)},\n" for what, value in given.items() if value]
    if control is None:
        lines.append('    sources=("The trust\'s own network standard",),\n')
    head = f"\n    {json.dumps(name)},\n{''.join(lines)}" if lines else json.dumps(name)
    said = (title or (control.title if control else given["title"])).rstrip(".")
    return _RULE.format(title=said.replace("\\", "\\\\").replace('"', "'"), id=name, cases=cases, head=head)


def case_texts(device: Device) -> dict[str, str]:
    """Name of a case's folder -> its ``case.yaml``; *device* is the one that breaks the rule in one of them."""
    return {
        "fires-example": (
            f"school: {device.school}\n"
            "outcome: fail\n"
            "objects:\n"
            f"  - {device.key} account leaver\n"
            "given:\n"
            f"  - {{look: {json.dumps(device.name)}, set: {{users: [leaver]}}}}\n"
        ),
        "silent-example": (
            f"school: {device.school}\n"
            "# Once the rule is yours: pass.\n"
            "outcome: cannot-evaluate\n"
            "words:\n"
            "  - this rule is an example still\n"
        ),
    }
