"""Bundles: records that refer to each other as Python objects."""

from uuid import uuid4

import pytest

from attest_client import UNSET, Invalid

TEXT = "The harbour master said on Friday that two ferries had been turned back."


@pytest.fixture
def dataset():
    """Name a dataset that is new."""
    return f"bundles-{uuid4().hex[:8]}"


def coded(bundle, quote="two ferries had been turned back"):
    """Add a document, an actor, an event and a statement to a bundle."""
    report = bundle.document(title="Ferries", text=TEXT, external_ids={"mine": "D1"})
    master = bundle.actor(name="Harbour master", kind="person")
    event = bundle.event(
        type="sanction",
        title="Ferries are turned back",
        participants=[{"actor_id": master, "role": "initiator"}],
    )
    claim = bundle.statement(
        act="assert",
        form="direct_quote",
        speaker_id=master,
        document_id=report,
        quote=quote,
        claims=[{"event_id": event, "stance": "asserts", "aspect": "occurrence"}],
    )
    return master, event, claim


def test_records_have_ids_once_they_are_sent(client, dataset):
    """At the end of the block all are stored, and refer to each other."""
    with client.bundle(dataset, comment="Coded by a test.") as bundle:
        master, event, claim = coded(bundle)
        with pytest.raises(ValueError, match="once its bundle was sent"):
            _ = event.id
    stored = client.events.get(event.id)
    assert stored.participants[0].actor_id == master.id
    assert client.statements.get(claim.id).quote_verified is True
    assert bundle.result.created.additional_properties["events"] == 1


def test_a_dry_run_keeps_nothing(client, dataset):
    """It is checked as a whole, and the same bundle can be sent behind it."""
    with client.bundle(dataset, dry_run=True) as bundle:
        coded(bundle)
    assert not list(client.datasets.list(dataset=dataset))
    bundle = client.bundle(dataset)
    coded(bundle)
    assert bundle.check().ids
    assert bundle.result is None
    assert bundle.send().created.additional_properties["statements"] == 1


def test_a_quote_that_is_not_there_is_refused(client, dataset):
    """The fault leads to the record that was added."""
    bundle = client.bundle(dataset)
    _, _, claim = coded(bundle, quote="three ferries sank")
    with pytest.raises(Invalid) as refused:
        bundle.check()
    [fault] = refused.value.errors
    assert fault.code == "mismatch"
    assert bundle.at(fault.pointer) is claim


def test_nothing_is_sent_of_a_block_that_fails(client, dataset):
    """An exception within the block is the caller's, and nothing is stored."""
    bundle = client.bundle(dataset)
    with pytest.raises(ZeroDivisionError):
        fail_in(bundle)
    assert bundle.result is None
    assert not list(client.datasets.list(dataset=dataset))


def fail_in(bundle):
    """Fail once everything was added."""
    with bundle:
        coded(bundle)
        _ = 1 / 0


def test_records_of_another_bundle_are_refused(client, dataset):
    """Their names may well be those of this bundle's own."""
    other = client.bundle(dataset)
    stranger = other.actor(name="Somebody")
    bundle = client.bundle(dataset)
    bundle.actor(name="Somebody else")
    bundle.event(type="protest", participants=[{"actor_id": stranger, "role": "target"}])
    with pytest.raises(ValueError, match="another bundle"):
        bundle.send()


def test_faults_are_told_by_what_is_known_of_a_record(client, dataset):
    """The record of a fault is named as people know it, though it was given no `ref`."""
    bundle = client.bundle(dataset)
    wrong = {"kind": "news"}
    told = [
        bundle.actor(ref="mine", name="A", **wrong),
        bundle.actor(name="Jabhat al-Nusra", external_ids={"ucdp": "No. 412/a"}, **wrong),
        bundle.actor(name="Ahmad Massoud", **wrong),
        bundle.actor(name="أحمد", **wrong),
    ]
    with pytest.raises(Invalid) as refused:
        bundle.check()
    assert [bundle.at(each.pointer) for each in refused.value.errors] == told
    assert told == ["@mine", "@actors.2.ucdp-No.-412-a", "@actors.3.Ahmad-Massoud", "@actors.4"]
    assert bundle.at(UNSET) is None
