"""A template that asks for what nothing gives is told every such name in one pass."""

from collections.abc import Callable
from pathlib import Path

import pytest

from matric.errors import BadInput
from matric.render.template import Templates

Rendered = Callable[..., list[str]]


@pytest.fixture
def refused(tmp_path: Path) -> Rendered:
    """What is said of a template, line by line."""

    def say(text: str, **context: object) -> list[str]:
        (tmp_path / "a.j2").write_text(text)
        templates = Templates(tmp_path, trusted=True, cache=None, seconds=5, keep=False)
        with pytest.raises(BadInput) as caught:
            templates.text("a.j2", "sw-03 (#203)", context)
        return [f"{problem.code} {problem.thing} {problem.value}" for problem in caught.value.problems]

    return say


def test_every_name_in_vain_is_told_with_its_line(refused: Rendered) -> None:
    text = "hostname {{ name }}\n{{ one }}\n{% if two %}x{% endif %}\n{% for item in three %}y{% endfor %}\n"
    text += "{% for vlan in vlans %}\n{{ vlan.four }} {{ vlan.five.six }}\n{% endfor %}\n"

    assert refused(text, name="sw-03", vlans=(1, 2)) == [
        "TPL-UNDEF a.j2:2 for sw-03 (#203) one",
        "TPL-UNDEF a.j2:3 for sw-03 (#203) two",
        "TPL-UNDEF a.j2:4 for sw-03 (#203) three",
        "TPL-UNDEF a.j2:6 for sw-03 (#203) int.four",
        "TPL-UNDEF a.j2:6 for sw-03 (#203) int.five",
    ]


def test_what_is_asked_whether_it_is_there_is_no_fault(refused: Rendered) -> None:
    assert refused("{% if one is defined %}{{ one }}{% endif %}{{ two | default('') }}{{ three }}\n") == [
        "TPL-UNDEF a.j2:1 for sw-03 (#203) three"
    ]


def test_a_fault_of_another_kind_on_the_way_does_not_hide_what_was_found(refused: Rendered) -> None:
    assert refused("{{ one }}\n{{ two }}\n{{ 1 // 0 }}\n{{ three }}\n") == [
        "TPL-UNDEF a.j2:1 for sw-03 (#203) one",
        "TPL-UNDEF a.j2:2 for sw-03 (#203) two",
    ]


def test_a_loop_over_what_is_missing_ends(refused: Rendered) -> None:
    text = "{% for a in range(4000) %}{{ vlans[0].no_such }}{% endfor %}\n"

    assert refused(text, vlans=(1,)) == ["TPL-UNDEF a.j2:1 for sw-03 (#203) int.no_such"]


def test_any_other_fault_of_a_template_is_a_problem_with_its_line_and_no_traceback(refused: Rendered) -> None:
    assert refused("x\n{{ 1 // 0 }}\n") == ["TPL-FAULT a.j2:2 for sw-03 (#203) "]
    assert refused("x\n{{ 'a' + 1 }}\n") == ["TPL-FAULT a.j2:2 for sw-03 (#203) "]
