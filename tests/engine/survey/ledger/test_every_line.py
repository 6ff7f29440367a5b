"""Every line has exactly one entry, and what is said of it comes true when the plan's change is applied."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matric import secret
from matric.config import Config, Line, normalised, parse
from matric.diff import apply, candidate, difference
from matric.platform import PLATFORMS
from matric.platform.base import ConfigRules
from matric.render import Renderer
from matric.render.origin import Tracer
from matric.site import Site
from matric.survey.ledger import Ledger, build
from matric.survey.ledger.classify import Inherited, Intended, classified
from matric.survey.ledger.decision import Decisions
from matric.survey.ledger.reading import lines
from tests.engine.survey.ledger.conftest import TODAY, inherited, seen

SCHOOLS = [
    ("own_trust", "oakfield"),
    pytest.param("own_trust", "fernhill", marks=pytest.mark.slow),
    ("trust", "oakfield"),
]
PIECES = st.sampled_from([
    "hostname old", "interface Gi1", " description x", " no shutdown", "!", "! comment", "", "   ", "vlan 7", " name x",
    "banner motd ^C", "hello", "^C", "ntp server 10.1.1.1", "  deep", "ntp clock-period 1", "username a password 0 b",
    "switch 1 provision x", "license smart url x", "ip routing", "no ip routing", "line vty 0 4", " login", "end",
])  # fmt: skip
WANTED = "hostname new\ninterface Gi1\n description y\nbanner motd ^C\nhello\n^C\nntp server 10.2.2.2\nend\n"


def whole(text: str) -> list[tuple[int, str]]:
    return [(at, row.strip()) for at, row in enumerate(text.replace("\x03", "^C").split("\n"), 1) if row.strip()]


def paths(config: Config) -> set[tuple[str, ...]]:
    return {(*heads, line.text) for heads, line in config.walk()}


def tree(text: str, rules: ConfigRules) -> Config:
    """The tree that the numbered lines make, of which the reading of configurations knows another way."""
    order = [one.node for one in lines(text, rules) if not one.comment and len(one.heads) < len(one.node)]

    def below(at: int, depth: int) -> tuple[tuple[Line, ...], int]:
        made: list[Line] = []
        while at < len(order) and len(order[at]) > depth:
            text_here = order[at][-1]
            children, at = below(at + 1, depth + 1)
            made.append(Line(text_here, children))
        return tuple(made), at

    return Config(below(0, 0)[0])


def holds(device: Inherited, rules: ConfigRules) -> None:
    """The law for one device."""
    entries = classified(device, {})
    assert [(one.number, one.text) for one in entries] == whole(device.text)
    assert device.intended is not None
    running = parse(device.text, rules)
    wanted = parse(candidate(device.text, device.intended.text, rules), rules)
    after = paths(apply(running, difference(running, wanted)))
    assert after == paths(wanted)
    nodes = {one.number: one.node for one in lines(device.text, rules)}
    plain = paths(normalised(running, rules))
    for one in entries:
        node = nodes[one.number]
        if one.kind in ("removed", "replaced"):
            assert node not in after, one
        if one.kind in ("owned", "kept") and not one.lost:
            # What the platform does anyway is written nowhere, and is no less so afterwards.
            assert node in after or node not in plain, one


@pytest.mark.parametrize(("which", "slug"), SCHOOLS)
def test_what_the_ledger_says_comes_true_when_the_change_is_applied(
    which: str, slug: str, request: pytest.FixtureRequest
) -> None:
    trust: Site = request.getfixturevalue(which)

    for device, _ in inherited(trust, seen(trust, slug)):
        holds(device, device.rules)


@given(rows=st.lists(PIECES, max_size=25))
def test_whatever_a_configuration_holds_each_line_has_one_entry_and_one_fate(rows: list[str]) -> None:
    rules = PLATFORMS["ios"].rules

    holds(Inherited("sw-1", "ios", "\n".join(rows), Intended(WANTED, (), rules)), rules)


@given(rows=st.lists(PIECES, max_size=25))
def test_lines_with_numbers_make_the_same_tree_as_the_reading_of_configurations(rows: list[str]) -> None:
    rules = PLATFORMS["ios"].rules

    assert tree("\n".join(rows), rules) == parse("\n".join(rows), rules)


@pytest.mark.parametrize(("which", "slug"), SCHOOLS)
def test_the_line_of_a_template_is_known_of_every_line_it_writes(
    which: str, slug: str, request: pytest.FixtureRequest
) -> None:
    trust: Site = request.getfixturevalue(which)
    school = trust.school(slug)
    renderer, tracer = Renderer(trust.templates), Tracer(trust.templates)

    for device in school.configured:
        text, origins = renderer.render(school, device).text, tracer.origins(school, device)
        assert len(origins) == text.count("\n")
        for row, origin in zip(text.split("\n"), origins, strict=False):
            name, _, number = origin.rpartition(":")
            written = (trust.templates / name).read_text("utf-8").split("\n")[int(number) - 1]
            bare = written.split("{")[0].strip()
            assert row.strip().startswith(bare), (row, origin, written)


def test_an_owned_line_names_the_template_that_writes_it(trust: Site) -> None:
    found: Ledger = build.built(seen(trust, "oakfield"), inherited(trust, seen(trust, "oakfield")), Decisions(), TODAY)

    one = next(entry for entry in found.of("owned") if entry.path == "vlan 99")
    assert one.template.startswith(("ios/_vlans.j2:", "eos/_vlans.j2:"))


def test_no_secret_is_in_an_entry() -> None:
    text = (
        "username old password 7 0822455D0A16\nsnmp-server community Tr0ubad0ur RO\nradius-server key Hunter22\n"
        "banner motd ^C\nthe password is Summer2014\n^C\nenable secret 5 $1$mERr$hx5rVt7rPNoS4wqbXKX7m0\n"
    )
    rules = PLATFORMS["ios"].rules

    told = repr(classified(Inherited("sw-1", "ios", secret.guarded(text), Intended(WANTED, (), rules)), {}))

    for word in ("0822455D0A16", "Tr0ubad0ur", "Hunter22", "hx5rVt7rPNoS4wqbXKX7m0"):
        assert word not in told
