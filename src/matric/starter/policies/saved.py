"""What is meant, what runs and what a restart would bring back: the same three times."""

import re
from collections import Counter
from collections.abc import Iterator

from matric import Device, Finding, Said, Subject, cannot_evaluate, checked, diff, plan, platform
from matric.policy import policy

from ._left_alone import left_alone

SECRET = re.compile(r"(?:\bascii )?(?:\b(?:\d|sha1|sha256|sha512|plaintext|ciphertext) )?\"?<secret[^<>]*>\"?")
"""A secret with how it is stored. Whether it is the one that is wanted is told where there is a vault: by plans and by
'matric drift'."""
SHOWN = 3


@policy("CUT-03")
def rendered_running_and_saved_configuration_agree(device: Device, subject: Subject) -> Iterator[Said]:
    if subject.steps is None:
        raise cannot_evaluate("the plan's steps")
    rules = platform.get(device.platform or "").rules
    running = subject.was(device)
    saved = subject.look(device).startup
    if not saved.strip():
        raise cannot_evaluate(f"{device.key}: startup configuration")
    yield checked(1)
    alone = left_alone(subject, device)
    if plan.fingerprint(running.text, rules) != plan.fingerprint(saved, rules):
        yield Finding(
            f"{device.key} startup",
            "what it would start with is not what runs: the next power cut changes it",
            "save what is right, or undo it",
            # A device that is to be changed is refused by the cut-over itself, and alone where the unit is the device.
            None if alone else "info",
        )
    if alone:
        odd = _unlike(diff.planned(running.text, subject.intended(device).text, rules))
        if odd:
            more = f" and {len(odd) - SHOWN} lines more" if len(odd) > SHOWN else ""
            yield Finding(
                f"{device.key} running",
                f"it does not hold what is intended, and nothing changes that: {'; '.join(odd[:SHOWN])}{more}",
                f"see 'matric drift {subject.school.slug}', then plan again",
            )


def _unlike(change: diff.Change) -> list[str]:
    """The lines in which the two differ, secrets aside: ``-`` what is held, ``+`` what is meant."""
    gone, come = (
        Counter((edit.heads, SECRET.sub("<secret>", row[1:])) for edit in edits for row in edit.text().splitlines())
        for edits in (change.removes, change.adds)
    )
    return [
        f"{sign}{' > '.join((*heads, row.strip()))}"
        for sign, left in (("-", gone - come), ("+", come - gone))
        for heads, row in left.elements()
    ]
