"""Records: lists and pages, reading, writing, versions, and what comes after."""

from datetime import UTC, date, datetime
from uuid import UUID, uuid4

import pytest

from attest_client import (
    BadRequest,
    Client,
    Gone,
    Invalid,
    NotFound,
    NotInThePast,
    PreconditionFailed,
    Unauthorized,
    Unversioned,
    known,
)
from attest_client.models import EventInput, EventType

DATASET = "panjshir-2021"
RESOURCES = ("datasets", "documents", "actors", "locations", "events", "statements")
TALIBAN = "0197b2c4-5d1e-7002-8000-000000000001"


@pytest.fixture(scope="module")
def mine(client):
    """Give a dataset of these tests' own."""
    return client.datasets.create({"id": f"records-{uuid4().hex[:8]}", "name": "Records"}).id


@pytest.fixture
def event(client, mine):
    """Give an event that was just created."""
    return client.events.create(EventInput(dataset=mine, type_=EventType.PROTEST, title="A march"))


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"type": EventType.COERCE},
        {"type": ["coerce", EventType.ASSAULT], "actor": [TALIBAN]},
        {"datetime": "2021-08-15/2021-08-22", "datetime_match": "certain"},
        {"filter": "type = 'coerce'", "filter_lang": "cql2-text"},
        {"bbox": "69,34,71,36", "fatalities_min": 1},
        {"q": "siege", "sort": "-starts_on"},
    ],
)
def test_an_iterator_has_all_pages(client, asked):
    """However small the pages are, all that match come, in one order and once."""
    together = [each.id for each in client.events.list(dataset=DATASET, **asked)]
    by_two = [each.id for each in client.events.list(dataset=DATASET, limit=2, **asked)]
    page = client.events.page(dataset=DATASET, total="exact", **asked)
    assert by_two == together
    assert len(set(together)) == len(together) == page.total


@pytest.mark.parametrize(
    "asked",
    [
        {"type": EventType.COERCE, "sort": "-starts_on"},
        {"bbox": "69,34,71,36", "filter": "type = 'coerce'", "filter_lang": "cql2-text"},
        {"as_of": "example", "highlight": True, "q": "siege", "fields": ["id", "title"]},
    ],
)
def test_there_is_room_for_many_values(client, asked):
    """Filters too long for an address are sent in a body, and find the same, page by page."""
    many = [TALIBAN, *(uuid4() for _ in range(900))]
    found = list(client.events.list(actor=many, limit=2, **asked))
    assert found == list(client.events.list(actor=TALIBAN, limit=2, **asked)) != []


def test_pages_are_read_as_they_are_wanted(client):
    """A list can be gone on with by its cursor, in another process too."""
    listed = client.events.list(dataset=DATASET, limit=3)
    first = next(iter(listed.pages()))
    assert next(iter(listed)) == first[0]
    rest = client.events.list(dataset=DATASET, limit=3, cursor=listed.cursor)
    everything = [each.id for each in client.events.list(dataset=DATASET)]
    assert [each.id for each in [*first, *rest]] == everything


@pytest.mark.parametrize("name", RESOURCES)
def test_every_resource_is_listed_and_exported(client, tmp_path, name):
    """An iterator, the total of a page and the lines of an export are as many."""
    resource = getattr(client, name)
    path = resource.export(tmp_path / "all.ndjson", as_of="example")
    listed = list(resource.list(as_of="example"))
    total = resource.page(as_of="example", total="exact", limit=1).total
    assert len(listed) == total == path.read_text().count("\n") - 1 > 0
    read = resource.get(listed[0].id, as_of="example")
    assert (read.id, read.version) == (listed[0].id, listed[0].version)


def test_rows_are_plain(client):
    """Paths in `fields`, which leave out what models require, are read as JSON."""
    listed = client.events.list(
        dataset=DATASET, external_id="seed:E1", fields=["title", "participants.actor.name"]
    )
    with pytest.raises(ValueError, match="rows"):
        list(listed)
    [row] = listed.rows()
    assert row["participants"][0] == {"actor": {"id": TALIBAN, "name": "Taliban"}}


def test_values_with_commas_and_quotes_are_found(client, mine):
    """Each value is looked for as it is, whatever stands in it."""
    tags = ['a, "b"', '"c"', "d"]
    for tag in tags:
        client.events.create({"dataset": mine, "type": "protest", "tags": [tag]})
    found = client.events.list(dataset=mine, tag=tags)
    assert sorted(each.tags[0] for each in found) == sorted(tags)


def test_a_record_is_written_by_its_version(client, event):
    """A change is about the record as it was read; that of an older object is refused."""
    changed = client.events.patch(event, {"title": "A larger march"}, comment="Counted again.")
    assert (changed.title, changed.version) == ("A larger march", 2)
    with pytest.raises(PreconditionFailed) as refused:
        client.events.patch(event, {"title": "No march"})
    assert refused.value.current["title"] == "A larger march"
    replaced = client.events.replace(
        changed, {"dataset": event.dataset, "type": "protest", "title": "March"}
    )
    back = client.events.revert(replaced, 1)
    assert back.title == "A march"
    revisions = list(client.events.revisions(event.id))
    assert {each.number: each.comment for each in revisions}[2] == "Counted again."
    assert client.events.revision(event.id, 2).record.title == "A larger march"
    assert {"op": "replace", "path": "/title", "value": "A larger march"} in client.events.diff(
        event.id, 2
    )
    client.events.delete(back)
    with pytest.raises(Gone) as gone:
        client.events.get(event.id)
    assert gone.value.tombstone["id"] == str(event.id)


def test_a_version_is_known_however_it_was_sent(client, mine):
    """A long record comes compressed, one of some members by another ETag: both can be changed."""
    made = client.documents.create({"dataset": mine, "title": "Long", "text": "word " * 5000})
    read = client.documents.get(made.id)
    read = client.documents.patch(read, {"title": "Longer"})
    some = client.documents.get(made.id, fields=["title"], expand=["publisher"])
    assert client.documents.etag(some) != client.documents.etag(read)
    assert client.documents.patch(some, {"title": "Longest"}).version == 3


def test_a_record_of_a_list_has_to_be_as_it_was(client, event):
    """Lists tell no ETags: the record is looked at before it is changed, by its version."""
    [listed] = [each for each in client.events.list(dataset=event.dataset) if each.id == event.id]
    assert client.events.etag(listed) is None
    client.events.patch(event, {"title": "Another"})
    with pytest.raises(PreconditionFailed):
        client.events.patch(listed, {"title": "Mine"})
    [listed] = [each for each in client.events.list(dataset=event.dataset) if each.id == event.id]
    assert client.events.patch(listed, {"title": "Mine"}).title == "Mine"


def test_an_id_says_no_version(client, event):
    """Whoever has an id alone says what may be overwritten."""
    with pytest.raises(Unversioned, match="if_match"):
        client.events.patch(event.id, {"title": "Mine"})
    assert client.events.patch(event.id, {"title": "Mine"}, if_match="*").title == "Mine"


def test_put_creates_once(client, mine):
    """An id of one's own is never overwritten by `put`."""
    id_ = uuid4()
    made = client.actors.put(id_, {"dataset": mine, "name": "Somebody"})
    assert made.id == id_
    with pytest.raises(PreconditionFailed):
        client.actors.put(id_, {"dataset": mine, "name": "Somebody else"})


def test_nothing_is_kept_of_a_dry_run(client, mine):
    """It is answered the same, and is not there."""
    made = client.events.create({"dataset": mine, "type": "protest"}, dry_run=True)
    with pytest.raises(NotFound):
        client.events.get(made.id)


def test_all_faults_are_told(client, mine):
    """An exception has every fault: where it is, a code for programs, a text for people."""
    with pytest.raises(Invalid) as refused:
        client.events.create({"dataset": mine, "type": "protst", "location_id": uuid4()})
    found = {each.pointer: each.code for each in refused.value.errors}
    assert found == {"/type": "unknown", "/location_id": "not_found"}
    assert "/type: “protst” is not among the known" in str(refused.value)
    with pytest.raises(BadRequest) as refused:
        client.events.page(cuntry="AF", limit=0)
    assert {each.parameter for each in refused.value.errors} == {"cuntry", "limit"}
    assert refused.value.request_id


def test_without_a_key_one_reads(url):
    """Reading is open here; writing is not."""
    with Client(url) as anybody:
        assert anybody.datasets.get(DATASET).id == DATASET
        with pytest.raises(Unauthorized):
            anybody.datasets.create({"id": "nobody", "name": "Nobody"})


def test_questions_that_only_some_answer(client):
    """Attestation, sums, dyads, networks, timelines, matching."""
    [siege] = client.events.list(external_id="seed:E1")
    assert client.events.attestation(siege.id).status == "disputed"
    assert client.events.summary(dataset=DATASET, by="type").total.count > 0
    assert client.statements.summary(dataset=DATASET, by="stance").items
    assert client.events.dyads(dataset=DATASET).items
    assert client.actors.network(TALIBAN).nodes
    assert list(client.actors.timeline(TALIBAN))
    assert list(client.actors.dependents(TALIBAN))
    [best, *_], none = client.actors.match({"name": "Taleban"}, {"name": "Zzyzx"}, threshold=0.6)
    assert (str(best.id), none) == (TALIBAN, [])
    assert client.events.jsonld(siege.id)["@id"]
    assert client.events.queryables()["properties"]
    assert client.request("GET", "/v1/events/{id}.plover.json", id=siege.id)


def test_retracting_merging_and_judging(client, mine):
    """A retraction is lifted, a merge undone, a judgement taken back."""
    first, second = (client.actors.create({"dataset": mine, "name": name}) for name in "ab")
    retracted = client.actors.retract(first, reason="It was a rumour.")
    assert retracted.retraction.reason == "It was a rumour."
    assert client.actors.reinstate(retracted).retraction is None
    client.actors.merge(second.id, into=first.id)
    assert client.actors.get(second.id).id == first.id
    client.actors.unmerge(second.id)
    second = client.actors.get(second.id)
    assert client.actors.assess(second, "agree", note="So it is.").version == second.version
    assert client.actors.assessment(second.id).verdict == "agree"
    assert [each.note for each in client.actors.assessments(second.id)] == ["So it is."]
    client.actors.unassess(second.id)
    with pytest.raises(NotFound):
        client.actors.assessment(second.id)


def test_the_past_is_read_within_a_block(client, event):
    """Within `as_of`, everything is as it was; what cannot be is refused before it is sent."""
    before = event.updated_at
    client.events.patch(event, {"title": "Another"})
    with client.as_of(before):
        assert client.events.get(event.id).title == "A march"
        listed = client.events.list(dataset=event.dataset)
        with pytest.raises(NotInThePast):
            client.events.patch(event.id, {"title": "Mine"}, if_match="*")
        with pytest.raises(NotInThePast):
            client.events.match({"title": "A march"})
        with pytest.raises(NotInThePast):
            list(client.changes())
    assert "A march" in {each.title for each in listed}
    assert client.events.get(event.id).title == "Another"
    name = f"release-{uuid4().hex[:8]}"
    client.release({"name": name})
    with client.as_of(name):
        assert client.events.get(event.id).title == "Another"
    assert name in {each.name for each in client.releases()}


def test_what_has_not_changed_is_not_sent_again(client, event):
    """A record that was read is read anew only once it has changed."""
    kept = client._transport.cache  # noqa: SLF001
    once = client.events.get(event.id)
    held = kept.get(f"/v1/events/{event.id}")
    assert client.events.get(event.id) == once
    assert kept.get(f"/v1/events/{event.id}") is held
    client.events.patch(event, {"title": "Another"})
    assert client.events.get(event.id).title == "Another"
    assert kept.bytes <= kept.most_bytes


@pytest.fixture
def siege(client):
    """Give the event that the example is about."""
    [found] = client.events.list(external_id="seed:E1")
    return client.events.get(found.id)


def test_ids_of_one_record_are_equal(client, siege):
    """Ids are compared wherever they come from; of a dataset it is its name."""
    query = {"resource": ["events"], "id": [str(siege.id)]}
    assert {change.id for change in client.changes(**query)} == {siege.id}
    assert client.events.attestation(siege.id).event_id == siege.id
    network = client.actors.network(TALIBAN)
    nodes = {node.id for node in network.nodes}
    assert {link.source for link in network.links} | {
        link.target for link in network.links
    } == nodes
    assert UUID(TALIBAN) in nodes
    [first, *_] = client.changes(resource="datasets")
    assert first.id == siege.dataset


def test_ranges_lists_of_lists_and_cql2_are_written(client):
    """Days, instants, CQL2 as JSON and several lists can be asked in the types of Python."""
    days = (date(2021, 8, 15), date(2021, 8, 22))
    listed = [each.id for each in client.events.list(datetime="2021-08-15/2021-08-22")]
    assert [each.id for each in client.events.list(datetime=days)] == listed != []
    instants = (datetime(2021, 8, 15, tzinfo=UTC), None)
    assert [each.id for each in client.events.list(datetime=instants)] == [
        each.id for each in client.events.list(datetime="2021-08-15T00:00:00Z/..")
    ]
    assert client.events.page(datetime=date(2021, 8, 22)).items
    asked = {"op": "=", "args": [{"property": "type"}, "assault"]}
    assaults = {each.id for each in client.events.list(type="assault")}
    for many in ({}, {"document": [str(UUID(int=each)) for each in range(99)]}):
        found = {each.id for each in client.events.list(filter=asked, **many)}
        assert found == (set() if many else assaults)
    found = client.events.summary(by=[["month", "type"], ["country"]])
    assert (found.by, [each.by for each in found.further]) == (["month", "type"], [["country"]])


@pytest.mark.parametrize("call", ["create", "patch", "retract", "merge", "bundle"])
def test_options_that_do_not_exist_are_refused(client, siege, call):
    """A misspelt option is an error in Python, and nothing is sent."""
    calls = {
        "create": lambda: client.events.create({"type": "aid"}, coment="So."),
        "patch": lambda: client.events.patch(siege, {}, ifmatch="*"),
        "retract": lambda: client.events.retract(siege, reason="So.", dryrun=True),
        "merge": lambda: client.events.merge(siege.id, into=siege.id, if_match="*"),
        "bundle": lambda: client.bundle("mine", coment="So."),
    }
    with pytest.raises(TypeError, match=r"There is no option '(coment|ifmatch|dryrun|if_match)'"):
        calls[call]()


def test_known_is_what_is_neither_null_nor_unset(client, siege):
    """One word reads a member that may not have been sent."""
    assert known(siege.title) == siege.title
    assert known(siege.mode) is None or siege.mode
    assert known(client.events.get(siege.id, fields=["title"]).mode) is None
    assert known(0) == 0
