"""Whatever text stands in NetBox: it becomes a configuration, or problems that a person can read. Never a traceback."""

from typing import Any

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from matric import onboarding
from matric.errors import BadInput
from matric.intent.record import Records
from matric.site import Site
from matric.snapshot import Snapshot

SCHOOL = "oakfield"

FIELDS = (
    ("sites", "name"),
    ("sites", "time_zone"),
    ("locations", "name"),
    ("devices", "name"),
    ("devices", "serial"),
    ("devices", "role"),
    ("devices", "platform"),
    ("devices", "status"),
    ("interfaces", "name"),
    ("interfaces", "description"),
    ("interfaces", "type"),
    ("interfaces", "custom_fields.port_profile"),
    ("vlans", "name"),
    ("vlans", "role"),
    ("vlans", "custom_fields.filter_policy"),
    ("prefixes", "prefix"),
    ("ip_addresses", "address"),
    ("ip_ranges", "start_address"),
    ("device_types", "model"),
    ("vrfs", "name"),
    ("wireless_lans", "ssid"),
)
CONTROL = "\n\r\t\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029\x00\x03\x1b\u202e\u200b\ufeff"
TEXT = st.one_of(
    st.text(max_size=80),
    st.text(st.sampled_from(CONTROL + "!{}%#^\\ \"'|<>/.:?é0Σ٣²"), max_size=20),
    st.sampled_from(["{{ 7*7 }}", "{% include 'x' %}", "<secret:lab:service>", "^C", "EOF", "no shutdown", "a" * 500]),
    st.sampled_from(["10.01.1.1/24", "fe80::1%eth0/64", "0.0.0.0/0", "10.48.64.1/99", "Ethernet999999", "Vlan", "Po0"]),
)


def written(records: Records, table: str, field: str, back: int, text: str) -> Records:
    """*records* with *text* in one field of a row of *table*; Oakfield's rows are the last."""
    rows: list[Any] = list(getattr(records, table))
    place = max(len(rows) - 1 - back, 0)
    row = rows[place]
    name, _, key = field.partition(".")
    value = {**row.custom_fields, key: text} if key else text
    assert hasattr(row, name), f"{table} has no {name}"
    rows[place] = row.model_copy(update={name: value})
    return records.model_copy(update={table: tuple(rows)})


@given(st.sampled_from(FIELDS), st.integers(0, 60), TEXT)
@example(("devices", "platform"), 17, "0")  # the provider's router, of a platform nobody knows
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_text_in_netbox_ends_in_a_traceback(trust: Site, field: tuple[str, str], back: int, text: str) -> None:
    spoilt = Site(trust.root, trust.folders)
    held = trust.snapshot
    vars(spoilt).update(
        standard=trust.standard, snapshot=Snapshot(written(held.records, *field, back, text), held.manifest)
    )

    try:
        made = onboarding.intended(spoilt, SCHOOL)
        told, texts = made.warnings, [one.text for one in made.rendered.values()]
    except BadInput as refused:
        told, texts = refused.problems, []

    said = [str(problem) for problem in told]
    assert texts or said, "refused without a reason"
    assert all(line.isascii() and line.isprintable() for text in texts for line in text.split("\n"))
    assert all(len(line.splitlines()) == 1 and line.isprintable() for line in said), said
