"""The scenario, by the Python client: a line for each of its steps."""

import json
import os
import sys
from http import HTTPStatus
from uuid import UUID, uuid4

from attest_api import AuthenticatedClient
from attest_api.api.actors import create, delete, get, match, patch
from attest_api.api.bundles import create as create_bundle
from attest_api.api.events import attestation
from attest_api.api.events import create as create_event
from attest_api.api.events import get as get_event
from attest_api.api.events import list_ as list_events
from attest_api.api.exports import events_ndjson
from attest_api.models import (
    Act,
    ActorInput,
    ActorKind,
    ActorLikeInput,
    ActorMatchInput,
    ActorPatch,
    Aspect,
    Bundle,
    ClaimInBundle,
    Country,
    DocumentInBundle,
    EventInBundle,
    EventInput,
    EventSort,
    EventType,
    Form,
    Problem,
    Stance,
    StatementInBundle,
    TotalPrecision,
)

SIEGE = UUID("0197b2c4-5d1e-7004-8000-000000000001")
PUBLISHER = "0197b2c4-5d1e-7002-8000-000000000012"
DATASET = "panjshir-2021"


def ok(number: int, name: str, *, when: bool = True) -> None:
    """Tell that a step went well, or end."""
    if not when:
        sys.exit(f"{number} {name} went otherwise.")
    print(f"ok {number} {name}")


def main() -> None:
    """Take the twelve steps."""
    client = AuthenticatedClient(os.environ["ATTEST_URL"], os.environ["ATTEST_KEY"])
    mine = f"scenario-{uuid4()}"

    found = list_events.sync(
        client=client,
        dataset=[DATASET],
        type_=[EventType.COERCE, EventType.ASSAULT],
        sort=EventSort.CREATED_AT_DESC,
        total=TotalPrecision.EXACT,
        limit=1,
    )
    assert found is not None
    assert not isinstance(found, Problem)
    ok(1, "list", when=len(found.items) == 1 and isinstance(found.next_cursor, str))

    after = list_events.sync(
        client=client,
        dataset=[DATASET],
        type_=[EventType.COERCE, EventType.ASSAULT],
        sort=EventSort.CREATED_AT_DESC,
        limit=1,
        cursor=str(found.next_cursor),
    )
    assert after is not None
    assert not isinstance(after, Problem)
    ok(2, "page", when=after.items[0].id != found.items[0].id)

    siege = get_event.sync_detailed(SIEGE, client=client)
    same = get_event.sync_detailed(SIEGE, client=client, if_none_match=siege.headers["ETag"])
    ok(3, "read", when=same.status_code == HTTPStatus.NOT_MODIFIED)

    person = ActorInput(DATASET, "Somebody", kind=ActorKind.PERSON, country=Country.AF)
    created = create.sync_detailed(client=client, body=person)
    assert created.parsed is not None
    assert not isinstance(created.parsed, Problem)
    actor, tag = created.parsed.id, created.headers["ETag"]
    ok(4, "create", when=created.status_code == HTTPStatus.CREATED)

    changes = ActorPatch(description="Changed.", country=None)
    changed = patch.sync_detailed(actor, client=client, body=changes, if_match=tag)
    assert changed.parsed is not None
    assert not isinstance(changed.parsed, Problem)
    ok(5, "patch", when=changed.parsed.country is None and changed.parsed.kind == "person")

    stale = patch.sync_detailed(actor, client=client, body=changes, if_match=tag)
    ok(6, "stale", when=stale.status_code == HTTPStatus.PRECONDITION_FAILED)

    document = DocumentInBundle(ref="report", title=mine, publisher_id=PUBLISHER)
    event = EventInBundle(EventType.CONSULT, ref="talks", title=mine, date="2021-08-25")
    claim = ClaimInBundle(Stance.ASSERTS, Aspect.OCCURRENCE, event_id="@talks")
    statement = StatementInBundle(
        Act.ASSERT, Form.NARRATION, text=mine, document_id="@report", claims=[claim]
    )
    bundle = Bundle(DATASET, documents=[document], events=[event], statements=[statement])
    stored = create_bundle.sync_detailed(client=client, body=bundle)
    assert stored.parsed is not None
    assert not isinstance(stored.parsed, Problem)
    talks = stored.parsed.ids.additional_properties["talks"]
    ok(7, "bundle", when=stored.parsed.created.additional_properties["events"] == 1)

    wrong = create_event.sync(
        client=client, body=EventInput(DATASET, EventType.ASSAULT, date="2021-13-45")
    )
    assert isinstance(wrong, Problem)
    assert wrong.errors
    ok(8, "fault", when=wrong.status == 422 and wrong.errors[0].pointer == "/date")

    attested = attestation.sync(talks, client=client)
    assert attested is not None
    assert not isinstance(attested, Problem)
    ok(9, "attestation", when=attested.status == "reported")

    asked = ActorMatchInput([ActorLikeInput(name="Ahmed Masoud"), ActorLikeInput(name="طالبان")])
    matched = match.sync(client=client, body=asked)
    assert matched is not None
    assert not isinstance(matched, Problem)
    ok(10, "match", when=all(each.candidates for each in matched.results))

    lines = events_ndjson.sync_detailed(client=client, type_=[EventType.CONSULT])
    end = json.loads(lines.content.splitlines()[-1])
    ok(11, "export", when=end["end"] is True and end["rows"] >= 1)

    gone = delete.sync_detailed(actor, client=client, if_match=changed.headers["ETag"])
    left = get.sync(actor, client=client)
    assert isinstance(left, Problem)
    ok(12, "withdraw", when=gone.status_code == HTTPStatus.NO_CONTENT and left.status == 410)


main()
