"""What a rule says that asks a person: it holds where somebody says so by name, until the day the answer runs out."""

from collections.abc import Iterator

from matric.policy.controls import Question
from matric.policy.said import Finding, NotApplicable, Said, Severity
from matric.policy.subject import Answer, CannotEvaluate, Subject

__all__ = ("refuse_before", "vouched")


def vouched(subject: Subject, question: Question, weight: Severity | None = None) -> Iterator[Said]:
    """What people say to *question* about the school; a no is a finding, of *weight* where it is not the rule's own.

    CannotEvaluate where nobody has said it, and before a cut-over where it is asked after one.
    """
    # Deferred: the package itself says what a rule is, and this is one of the words it gives to rules.
    from matric.policy import checked  # noqa: PLC0415 - would go round in a circle

    if question.when == "after":
        refuse_before(subject)
    answer = subject.answer(question.id)
    yield checked(1)
    if not answer.answer:
        yield Finding(
            f"{subject.school.slug} {question.id}",
            _told(answer),
            f"make it so, then 'matric attest {subject.school.slug} {question.id}'",
            weight,
        )


def refuse_before(subject: Subject) -> None:
    """End the rule where a change is still to be made: what is asked after it must keep none from beginning."""
    if subject.steps is None:
        raise CannotEvaluate("the plan's steps")
    if any(step.action == "arm" for step in subject.steps):
        raise NotApplicable("it is asked once the cut-over is done")


def _told(answer: Answer) -> str:
    note = " ".join(answer.note.split()).rstrip(".")
    return f"{answer.by} said on {answer.at} that it is not so" + (f": {note}" if note else "")
