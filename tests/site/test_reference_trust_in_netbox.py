"""The reference trust goes into a NetBox and comes back as it was."""

from pathlib import Path

from matric import contract, snapshot
from matric.lab.netbox import serve
from matric.netbox import Client, pull, push

ROOT = Path(__file__).parents[2]


def test_the_reference_trust_survives_a_netbox() -> None:
    trust = snapshot.load(ROOT / "inventory" / "snapshot").records
    with serve(None, prepared=False) as netbox, Client(netbox.url, netbox.token) as client:
        said = push(client, trust).writes
        written = push(client, trust, dry_run=False).writes
        again = push(client, trust, dry_run=False).writes
        back = pull(client).records

    assert written == said
    assert len(written) > sum(len(rows) for _, rows in trust.tables())
    assert again == ()
    (ids_only,) = snapshot.difference(trust, back)
    assert ids_only.endswith("rows have other NetBox ids than before")


def test_the_reference_trust_keeps_the_data_contract() -> None:
    assert contract.gaps(snapshot.load(ROOT / "inventory" / "snapshot").records) == ()
