"""Statements over HTTP: who said what, through whom, in which words, and of which events."""

from typing import Final

import pytest
from support import article
from support.answers import faults, names
from support.resources import MADE
from support.service import example, world

CURRENT: Final = {"If-Match": "*"}

MISSING: Final = "0197b2c4-5d1e-7c3a-9f00-2b6d7a8e9c01"


TEXT: Final = (
    "“We do not want a war,” Massoud said. Taliban units 'are stationed near Panjshir', he added; "
    "a war would come. Ahmad Massoud's men wait."
)

HELD: Final = {
    "chief": [("movement", "leader", "2019/2021-08-20")],
    "recruit": [("movement", "member", "2021-08-21/..")],
    "envoy": [("movement", "spokesperson", None)],
    "minister": [("state", "official", "2010/..")],
    "agency": [],
    "press": [],
}


def make(client, name, resource="statements", **fields):
    """Make a record that is known by its name, and give it."""
    own = {"external_ids": {"test": name}}
    if resource == "statements":
        own |= {"act": "assert", "form": "paraphrase"}
    elif resource == "events":
        own |= {"type": "other"}
    elif resource != "documents":
        own |= {"name": name}
    answer = client.post(f"/v1/{resource}", json={"dataset": "statements", **own, **fields})
    assert answer.status_code == 201, answer.get_json()
    return answer.get_json()


def change(client, statement, **patch):
    """Change a statement, and give it."""
    answer = client.patch(f"/v1/statements/{statement['id']}", json=patch, headers=CURRENT)
    assert answer.status_code == 200, answer.get_json()
    return answer.get_json()


def seeds(*numbers):
    """Name statements of the reference article by their numbers."""
    return {f"S{number}" for number in numbers}


@pytest.fixture
def statements(client):
    """Give a client of a service with a dataset for statements."""
    client.put("/v1/datasets/statements", json={})
    return client


@pytest.fixture(scope="module")
def sayings(server, template, settings):
    """Give a client that only reads statements of all kinds, and the ids of all records."""
    with world(server, template, settings) as client:
        client.put("/v1/datasets/sayings", json={})
        client.put("/v1/datasets/hearsay", json={})
        ids = {}

        def add(name, resource="statements", **fields):
            own = {"dataset": "sayings"}
            ids[name] = make(client, name, resource, **own | fields)["id"]

        add("movement", "actors")
        add("state", "actors")
        for name, held in HELD.items():
            affiliations = [
                {"actor_id": ids[of], "role": role, "date": date} for of, role, date in held
            ]
            add(name, "actors", affiliations=affiliations)
        add("land", "locations")
        add("valley", "locations", parent_id=ids["land"])
        add("town", "locations", parent_id=ids["land"])
        add("siege", "events", location_id=ids["valley"])
        add("talks", "events", location_id=ids["town"])
        add("paper", "documents", text=TEXT)
        add("post", "documents")

        def claims(*each):
            return [
                {"event_id": ids[event], "stance": stance, "aspect": aspect}
                for event, stance, aspect in each
            ]

        add(
            "boast",
            act="threaten",
            medium="social_media",
            speaker_id=ids["chief"],
            on_behalf_of_id=ids["movement"],
            addressee_ids=[ids["minister"], ids["press"]],
            document_id=ids["paper"],
            date="2021-08-20",
            location_id=ids["valley"],
            claims=claims(("siege", "asserts", "occurrence"), ("talks", "denies", "date")),
            tags=["loud"],
        )
        add(
            "denial",
            act="deny",
            form="direct_quote",
            quote="are stationed near Panjshir",
            speaker_id=ids["recruit"],
            chain=[
                {"actor_id": ids["agency"], "medium": "print"},
                {"label": "a neighbour"},
                {"actor_id": ids["press"]},
            ],
            document_id=ids["paper"],
            date="2021-08-20",
            location_id=ids["land"],
            claims=claims(("siege", "denies", "occurrence"), ("talks", "asserts", "degree")),
        )
        add(
            "rumour",
            speaker_label="local press",
            chain=[{"actor_id": ids["press"]}],
            hedge="reportedly",
            date="2021-08",
            claims=claims(("talks", "questions", "occurrence")),
            tags=["quiet"],
        )
        add(
            "undated",
            act="demand",
            medium="letter",
            form="partial_quote",
            quote="not to be verified",
            speaker_id=ids["chief"],
            document_id=ids["post"],
            hedge="it is said",
            claims=[],
        )
        add("report", form="narration", document_id=ids["paper"], date="2021-08-22/..")
        add(
            "spokesman",
            speaker_id=ids["envoy"],
            date="1999",
            addressee_ids=[ids["agency"]],
            location_id=ids["town"],
        )
        add("foreign", act="offer", dataset="hearsay", speaker_id=ids["minister"], date="2009/2010")
        yield client, ids


def test_every_field_of_a_statement_is_kept(statements):
    """What is sent of a statement is what is read, member by member, beside what is derived."""
    actor, other = make(statements, "actor", "actors"), make(statements, "other", "actors")
    place, event = make(statements, "place", "locations"), make(statements, "event", "events")
    document = make(statements, "document", "documents", text=TEXT)
    answered = make(statements, "answered")
    claim = {"event_id": event["id"], "statement_id": None, "note": None}
    about = {"event_id": None, "statement_id": answered["id"], "note": None}
    sent = {
        "dataset": "statements",
        "act": "deny_responsibility",
        "form": "direct_quote",
        "text": "There is no siege.",
        "quote": "We do not want a war",
        "start": 1,
        "end": 21,
        "language": "fa",
        "speaker_id": actor["id"],
        "speaker_label": "a spokesman",
        "speaker_role": "leader of the NRF",
        "on_behalf_of_id": other["id"],
        "addressee_ids": [other["id"], actor["id"]],
        "medium": "telephone_interview",
        "chain": [
            {
                "actor_id": other["id"],
                "label": "Reuters",
                "medium": "telephone_interview",
                "date": "2021-08-22",
            },
            {"actor_id": None, "label": "local press", "medium": None, "date": None},
        ],
        "document_id": document["id"],
        "date": "2021-08-22?",
        "date_text": "on Sunday",
        "date_anchor": "2021-08-23",
        "location_id": place["id"],
        "hedge": "reportedly",
        "credibility": 6,
        "responds_to_id": answered["id"],
        "condition": "if the Taliban refuse dialogue",
        "claims": [
            {**claim, "stance": "asserts", "aspect": "occurrence", "value": None, "note": "weak"},
            {**claim, "stance": "denies", "aspect": "responsibility", "value": actor["id"]},
            {**claim, "stance": "denies", "aspect": "location", "value": place["id"]},
            {**claim, "stance": "asserts", "aspect": "fatalities", "value": 0},
            {**claim, "stance": "questions", "aspect": "date", "value": "2021-08"},
            {**claim, "stance": "asserts", "aspect": "degree", "value": "three sides"},
            {**claim, "stance": "projects", "aspect": "intent", "value": "to stay"},
            {**about, "stance": "denies", "aspect": "occurrence", "value": None},
        ],
        "external_ids": {"seed": "S1"},
        "tags": ["denial"],
        "attributes": {"coder": None, "n": 0, "list": []},
    }
    created = statements.post("/v1/statements", json=sent)
    assert created.status_code == 201, created.get_json()
    read = statements.get(created.headers["Location"]).get_json()
    assert read == created.get_json()
    assert {name: read[name] for name in sent} == sent
    made = {"starts_on", "ends_on", "date_precision", "quote_verified", "attestation"}
    assert read.keys() - sent.keys() == made | MADE
    derived = ("starts_on", "ends_on", "date_precision", "quote_verified")
    assert [read[name] for name in derived] == ["2021-08-22", "2021-08-22", "day", True]
    [listed] = statements.get("/v1/statements?external_id=seed:S1").get_json()["items"]
    assert listed == read


@pytest.mark.parametrize("field", ["addressee_ids", "chain", "claims"])
def test_none_is_not_the_same_as_not_recorded(statements, field):
    """An empty list is a finding, null is none; both stay what they are."""
    assert make(statements, "unknown")[field] is None
    statement = make(statements, "none", **{field: []})
    assert statement[field] == []
    assert change(statements, statement, **{field: None})[field] is None


def test_what_is_not_sent_is_not_known(statements):
    """No member is given a value that nobody recorded."""
    sent = {"dataset": "statements", "act": "assert", "form": "paraphrase"}
    read = statements.post("/v1/statements", json=sent).get_json()
    assert {name for name, value in read.items() if value is not None} == {
        *("id", "dataset", "act", "form", "external_ids", "tags", "attributes"),
        *("created_at", "updated_at", "version", "assessments", "attestation"),
    }
    assert read["attestation"] == {"asserted": 0, "denied": 0, "questioned": 0}


CLAIM: Final = {"event_id": MISSING, "stance": "asserts", "aspect": "occurrence"}


@pytest.mark.parametrize(
    ("fields", "pointer", "code"),
    [
        ({"act": None}, "/act", "null"),
        ({"act": "denies"}, "/act", "unknown"),
        ({"form": "quote"}, "/form", "unknown"),
        ({"medium": "tweet"}, "/medium", "unknown"),
        ({"language": "farsi"}, "/language", "language"),
        ({"credibility": 0}, "/credibility", "invalid"),
        ({"credibility": 7}, "/credibility", "invalid"),
        ({"credibility": "2"}, "/credibility", "invalid"),
        ({"date": "Sunday"}, "/date", "edtf"),
        ({"start": -1}, "/start", "invalid"),
        ({"start": 5, "end": 5}, "/end", "order"),
        ({"start": 5, "end": 4}, "/end", "order"),
        ({"addressee_ids": [None]}, "/addressee_ids/0", "null"),
        ({"chain": [{"medium": "post"}]}, "/chain/0/medium", "unknown"),
        ({"chain": [{"date": "2021-99"}]}, "/chain/0/date", "edtf"),
        ({"claims": [{**CLAIM, "stance": "deny"}]}, "/claims/0/stance", "unknown"),
        ({"claims": [{**CLAIM, "aspect": "place"}]}, "/claims/0/aspect", "unknown"),
        ({"claims": [{"event_id": MISSING, "stance": "denies"}]}, "/claims/0/aspect", "required"),
        ({"claims": [{**CLAIM, "weight": 1}]}, "/claims/0/weight", "unknown"),
        ({"claims": {}}, "/claims", "invalid"),
        ({"quote_verified": True}, "/quote_verified", "read_only"),
        ({"starts_on": "2021-08-22"}, "/starts_on", "read_only"),
        ({"date_precision": "day"}, "/date_precision", "read_only"),
        ({"version": 1}, "/version", "read_only"),
        ({"words": "x"}, "/words", "unknown"),
        ({"speaker_id": MISSING}, "/speaker_id", "not_found"),
        ({"speaker_id": "@massoud"}, "/speaker_id", "ref"),
        ({"on_behalf_of_id": MISSING}, "/on_behalf_of_id", "not_found"),
        ({"addressee_ids": [MISSING]}, "/addressee_ids/0", "not_found"),
        ({"chain": [{"actor_id": MISSING}]}, "/chain/0/actor_id", "not_found"),
        ({"document_id": MISSING}, "/document_id", "not_found"),
        ({"location_id": MISSING}, "/location_id", "not_found"),
        ({"responds_to_id": MISSING}, "/responds_to_id", "not_found"),
        ({"claims": [CLAIM]}, "/claims/0/event_id", "not_found"),
        (
            {"claims": [{**CLAIM, "aspect": "responsibility", "value": MISSING}]},
            "/claims/0/value",
            "not_found",
        ),
        (
            {"claims": [{**CLAIM, "aspect": "location", "value": MISSING}]},
            "/claims/0/value",
            "not_found",
        ),
    ],
)
def test_a_wrong_member_is_named(sayings, fields, pointer, code):
    """A member that cannot be taken is refused by its pointer."""
    client, _ = sayings
    sent = {"dataset": "sayings", "act": "assert", "form": "paraphrase", **fields}
    answer = client.post("/v1/statements?dry_run=true", json=sent)
    assert (pointer, code) in faults(answer)


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("speaker_id", "valley"),
        ("location_id", "chief"),
        ("document_id", "siege"),
        ("responds_to_id", "siege"),
    ],
)
def test_a_reference_leads_to_its_own_resource(sayings, field, wrong):
    """The id of a record of another kind is as good as none."""
    client, ids = sayings
    sent = {"dataset": "sayings", "act": "assert", "form": "paraphrase", field: ids[wrong]}
    assert faults(client.post("/v1/statements", json=sent)) == {(f"/{field}", "not_found")}


def test_what_the_service_makes_may_be_sent_back(statements):
    """A statement may be PUT as it was read; what is derived cannot be set to something else."""
    document = make(statements, "document", "documents", text=TEXT)
    read = make(statements, "a", document_id=document["id"], quote="a war", date="2021-08")
    address = f"/v1/statements/{read['id']}"
    answer = statements.put(address, json=read, headers=CURRENT)
    assert answer.status_code == 200, answer.get_json()
    assert answer.get_json() == read
    answer = statements.put(address, json=read | {"hedge": "reportedly"}, headers=CURRENT)
    assert answer.status_code == 200, answer.get_json()
    replaced = answer.get_json()
    assert (replaced["hedge"], replaced["quote"], replaced["version"]) == ("reportedly", "a war", 2)
    answer = statements.put(address, json=replaced | {"quote_verified": False}, headers=CURRENT)
    assert faults(answer) == {("/quote_verified", "read_only")}


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("speaker={chief}", {"boast", "undated"}),
        ("speaker={chief},{envoy}", {"boast", "undated", "spokesman"}),
        ("speaker={movement}", set()),
        ("on_behalf_of={movement}", {"boast"}),
        ("speaker_affiliated_with={movement}", {"boast", "undated", "spokesman"}),
        ("speaker_affiliated_with={state}", {"foreign"}),
        ("speaker_affiliated_with={movement},{state}&act=offer", {"foreign"}),
        ("addressee={minister}", {"boast"}),
        ("addressee={press}", {"boast"}),
        ("addressee={minister},{agency}", {"boast", "spokesman"}),
        ("carrier={press}", {"denial", "rumour"}),
        ("carrier={agency}", {"denial"}),
        ("carrier={agency},{press}&hedged=true", {"rumour"}),
        ("carrier={chief}", set()),
        ("act=deny", {"denial"}),
        ("act=deny,demand", {"denial", "undated"}),
        ("form=narration", {"report"}),
        ("form=direct_quote,partial_quote", {"denial", "undated"}),
        ("medium=social_media,letter", {"boast", "undated"}),
        ("document={paper}", {"boast", "denial", "report"}),
        ("document={paper}&act=assert", {"report"}),
        ("event={siege}", {"boast", "denial"}),
        ("event={talks}", {"boast", "denial", "rumour"}),
        ("event={siege},{talks}&hedged=true", {"rumour"}),
        ("stance=denies", {"boast", "denial"}),
        ("stance=denies,questions", {"boast", "denial", "rumour"}),
        ("aspect=degree", {"denial"}),
        ("event={siege}&stance=denies", {"denial"}),
        ("event={siege}&stance=asserts", {"boast"}),
        ("event={talks}&stance=denies", {"boast"}),
        ("event={siege}&aspect=degree", set()),
        ("stance=denies&aspect=date", {"boast"}),
        ("stance=asserts&aspect=date", set()),
        ("event={talks}&stance=asserts,denies&aspect=degree,date", {"boast", "denial"}),
        ("event={talks}&stance=asserts&aspect=date", set()),
        ("event_location={valley}", {"boast", "denial"}),
        ("event_location={town}", {"boast", "denial", "rumour"}),
        ("event_location={land}", {"boast", "denial", "rumour"}),
        ("event_location={valley}&stance=denies", {"denial"}),
        ("event_location={town}&stance=denies", {"boast"}),
        ("event_location={town}&event={siege}", set()),
        ("location={valley}", {"boast"}),
        ("location={land}", {"boast", "denial", "spokesman"}),
        ("location={valley},{town}", {"boast", "spokesman"}),
        ("hedged=true", {"rumour", "undated"}),
        ("hedged=false", {"boast", "denial", "report", "spokesman", "foreign"}),
        ("quote_verified=true", {"denial"}),
        ("quote_verified=false", set()),
        ("datetime=2021-08-20", {"boast", "denial", "rumour"}),
        ("datetime=2021-08-22", {"rumour", "report"}),
        ("datetime=../2010-06-01", {"spokesman", "foreign"}),
        ("datetime=2035", {"report"}),
        ("datetime=../..", {"boast", "denial", "rumour", "report", "spokesman", "foreign"}),
        ("tag=loud,quiet", {"boast", "rumour"}),
        ("dataset=hearsay", {"foreign"}),
        ("external_id=test:boast,test:report", {"boast", "report"}),
        ("retracted=only", set()),
    ],
)
def test_statements_are_found(sayings, query, found):
    """Filters narrow each other, values with commas widen one; what is not known is not found.

    What is asked of a claim - of which event, in which stance, on which aspect - is asked of one
    and the same. Who spoke belonged to an actor at that time, or is not known not to have.
    """
    client, ids = sayings
    assert names(client, f"/v1/statements?{query.format(**ids)}") == found


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("act=denies", "act"),
        ("form=quote", "form"),
        ("medium=tweet", "medium"),
        ("stance=deny", "stance"),
        ("aspect=place", "aspect"),
        ("event=siege", "event"),
        ("speaker=massoud", "speaker"),
        ("hedged=maybe", "hedged"),
        ("hedged=1", "hedged"),
        ("quote_verified=null", "quote_verified"),
        ("datetime=sunday", "datetime"),
        ("sort=speaker", "sort"),
        ("speeker=x", "speeker"),
    ],
)
def test_a_wrong_question_is_refused(sayings, query, parameter):
    """A parameter that makes no sense is an error that names it, never ignored."""
    client, _ = sayings
    answer = client.get(f"/v1/statements?{query}")
    assert answer.status_code == 400
    assert {fault["parameter"] for fault in answer.get_json()["errors"]} == {parameter}


@pytest.mark.parametrize(
    ("date", "found"),
    [
        ("2021-08-20", True),
        ("2021-08-21", False),
        ("2018", False),
        ("2019", True),
        ("2021-08", True),
        ("2021-08-20/..", True),
        ("2021-08-21/..", False),
        ("../2018-12-31", False),
        ("/2019-01-01", True),
        (None, True),
    ],
)
def test_who_spoke_belonged_to_it_at_that_time(statements, date, found):
    """An affiliation counts if it can have held when the words can have been said."""
    movement = make(statements, "movement", "actors")
    held = [{"actor_id": movement["id"], "role": "leader", "date": "2019/2021-08-20"}]
    chief = make(statements, "chief", "actors", affiliations=held)
    make(statements, "a", speaker_id=chief["id"], date=date)
    query = f"/v1/statements?speaker_affiliated_with={movement['id']}"
    assert names(statements, query) == ({"a"} if found else set())


@pytest.mark.parametrize(
    ("sort", "found"),
    [
        ("-starts_on", ["report", "denial", "boast", "rumour", "foreign", "spokesman", "undated"]),
        ("starts_on", ["undated", "spokesman", "foreign", "rumour", "boast", "denial", "report"]),
        ("created_at", ["boast", "denial", "rumour", "undated", "report", "spokesman", "foreign"]),
        ("-updated_at", ["foreign", "spokesman", "report", "undated", "rumour", "denial", "boast"]),
    ],
)
def test_statements_are_sorted(sayings, sort, found):
    """A list comes in the order asked for, ties by id; page by page it is the same."""
    client, _ = sayings
    query = f"/v1/statements?sort={sort}"
    items = client.get(query).get_json()["items"]
    assert [item["external_ids"]["test"] for item in items] == found
    walked, cursor = [], ""
    while cursor is not None:
        page = client.get(f"{query}&limit=2" + (f"&cursor={cursor}" if cursor else "")).get_json()
        walked += [item["external_ids"]["test"] for item in page["items"]]
        cursor = page["next_cursor"]
    assert walked == found


@pytest.mark.parametrize(
    ("given", "place"),
    [
        ({"quote": "We do not want a war"}, (1, 21)),
        ({"quote": "a war", "start": 16}, (16, 21)),
        ({"quote": "a war", "end": 98}, (93, 98)),
        ({"quote": "a war", "start": 93, "end": 98}, (93, 98)),
        ({"quote": '"We do not want a war,"'}, (0, 23)),
        ({"quote": "'We do not want a war,'", "start": 0}, (0, 23)),
        ({"quote": "“are stationed near Panjshir”"}, (52, 81)),
        ({"quote": "Ahmad Massoud\u2019s men"}, (111, 130)),
    ],
)
def test_a_quote_is_found_in_its_document(statements, given, place):
    """Words that stand there are verified, at their offsets or wherever they are found.

    Quotation marks and apostrophes, straight or curly, are the same; the quote is kept as sent.
    """
    document = make(statements, "document", "documents", text=TEXT)
    statement = make(statements, "a", document_id=document["id"], **given)
    assert (statement["start"], statement["end"]) == place
    assert statement["quote_verified"] is True
    assert statement["quote"] == given["quote"]
    assert statements.get(f"/v1/statements/{statement['id']}").get_json() == statement


@pytest.mark.parametrize(
    ("given", "pointer", "told"),
    [
        ({"quote": "we DO not want a war"}, "/quote", "at 1-21 case or white space differ"),
        ({"quote": "a war", "start": 90, "end": 95}, "/quote", "it stands at 93-98"),
        ({"quote": "a war", "start": 20, "end": 25}, "/quote", "it stands at 16-21"),
        ({"quote": "a war", "start": 16, "end": 22}, "/quote", "has 5 code points, not 6"),
        ({"quote": "a war", "start": 9_000}, "/quote", "it stands at 93-98"),
        ({"quote": "a peace"}, "/quote", "stands nowhere in the text"),
        ({"start": 0, "end": 900}, "/end", "136 code points"),
    ],
)
def test_a_quote_that_does_not_stand_there_is_refused(statements, given, pointer, told):
    """Words that are elsewhere, or nowhere, are refused, and the nearest place is named."""
    document = make(statements, "document", "documents", text=TEXT)
    sent = {
        "dataset": "statements",
        "act": "assert",
        "form": "direct_quote",
        "document_id": document["id"],
        **given,
    }
    answer = statements.post("/v1/statements", json=sent)
    assert answer.status_code == 422
    [fault] = answer.get_json()["errors"]
    assert fault["pointer"] == pointer
    assert told in fault["detail"]


@pytest.mark.parametrize(
    "given",
    [
        {"quote": "anything"},
        {"quote": "anything", "start": 3, "end": 11},
        {"start": 3, "end": 11},
        {},
    ],
)
@pytest.mark.parametrize("where", ["a document without text", "no document"])
def test_without_a_text_nothing_is_verified(statements, given, where):
    """Where there is no text to check against, a quote is neither true nor false."""
    document = make(statements, "document", "documents")
    document_id = document["id"] if where == "a document without text" else None
    statement = make(statements, "a", document_id=document_id, **given)
    assert statement["quote_verified"] is None
    kept = {name: statement[name] for name in ("quote", "start", "end")}
    assert kept == {"quote": None, "start": None, "end": None} | given


def test_offsets_count_code_points(statements):
    """Astral and combining characters count one each, whatever the script."""
    text = "🇦🇫 e\u0301 «احمد مسعود» said"
    document = make(statements, "document", "documents", text=text)
    statement = make(statements, "a", document_id=document["id"], quote="احمد مسعود")
    assert text[statement["start"] : statement["end"]] == "احمد مسعود"
    assert statement["start"] == 7


def test_a_new_quote_is_looked_for_anew(statements):
    """A patch of the quote or the document leaves the old offsets behind; one of both must fit."""
    document = make(statements, "document", "documents", text=TEXT)
    other = make(statements, "other", "documents", text=f"Indeed: {TEXT}")
    statement = make(statements, "a", document_id=document["id"], quote="a war")
    moved = change(statements, statement, quote="are stationed near Panjshir")
    assert (moved["start"], moved["end"], moved["quote_verified"]) == (53, 80, True)
    moved = change(statements, statement, document_id=other["id"])
    assert (moved["start"], moved["end"], moved["quote_verified"]) == (61, 88, True)
    address = f"/v1/statements/{statement['id']}"
    wrong = {"quote": "a war", "start": 1}
    answer = statements.patch(address, json=wrong, headers=CURRENT)
    assert faults(answer) == {("/quote", "mismatch")}
    freed = change(statements, statement, document_id=None)
    assert freed["quote_verified"] is None


def test_a_quote_that_was_lost_does_not_freeze_its_statement(statements):
    """After its document has changed, what does not touch the quote can be changed all the same."""
    document = make(statements, "document", "documents", text=TEXT)
    statement = make(statements, "a", document_id=document["id"], quote="a war")
    patch = {"text": "Nothing."}
    answer = statements.patch(f"/v1/documents/{document['id']}", json=patch, headers=CURRENT)
    assert answer.status_code == 200
    changed = change(statements, statement, hedge="reportedly")
    assert (changed["quote_verified"], changed["hedge"]) == (False, "reportedly")
    address = f"/v1/statements/{statement['id']}"
    answer = statements.patch(address, json={"quote": "war"}, headers=CURRENT)
    assert faults(answer) == {("/quote", "mismatch")}
    assert change(statements, statement, quote="Nothing")["quote_verified"] is True


def test_what_others_refer_to_cannot_be_withdrawn(statements):
    """A statement is held by the answers to it, which are named."""
    statement = make(statements, "a")
    answer_ = make(statements, "b", responds_to_id=statement["id"])
    address = f"/v1/statements/{statement['id']}"
    refused = statements.delete(address, headers=CURRENT)
    assert refused.status_code == 409
    [fault] = refused.get_json()["errors"]
    assert f"/v1/statements/{answer_['id']} " in fault["detail"]
    statements.delete(f"/v1/statements/{answer_['id']}", headers=CURRENT)
    assert statements.delete(address, headers=CURRENT).status_code == 204
    assert statements.get(address).status_code == 410
    sent = {"dataset": "statements", "act": "deny", "form": "paraphrase"}
    answer = statements.post("/v1/statements", json=sent | {"responds_to_id": statement["id"]})
    assert faults(answer) == {("/responds_to_id", "not_found")}


def test_a_withdrawn_statement_is_found_by_nothing(statements):
    """What a statement was found by, its parts included, finds it no more once it is withdrawn."""
    actor, event = make(statements, "actor", "actors"), make(statements, "event", "events")
    claim = {"event_id": event["id"], "stance": "denies", "aspect": "intent"}
    statement = make(
        statements,
        "a",
        speaker_id=actor["id"],
        addressee_ids=[actor["id"]],
        chain=[{"actor_id": actor["id"]}],
        claims=[claim],
    )
    queries = [f"{name}={actor['id']}" for name in ("speaker", "addressee", "carrier")]
    queries += [f"event={event['id']}", "stance=denies", "aspect=intent", "act=assert"]
    for query in queries:
        assert names(statements, f"/v1/statements?{query}") == {"a"}
    statements.delete(f"/v1/statements/{statement['id']}", headers=CURRENT)
    for query in queries:
        assert names(statements, f"/v1/statements?{query}") == set()
    for resource, record in (("actors", actor), ("events", event)):
        answer = statements.delete(f"/v1/{resource}/{record['id']}", headers=CURRENT)
        assert answer.status_code == 204


def test_a_change_is_found_and_what_it_replaced_is_not(statements):
    """Addressees, carriers and claims that are replaced are found by no filter any more."""
    one, other = make(statements, "one", "actors"), make(statements, "other", "actors")
    event = make(statements, "event", "events")

    def said(actor, stance):
        claim = {"event_id": event["id"], "stance": stance, "aspect": "occurrence"}
        return {
            "addressee_ids": [actor["id"]],
            "chain": [{"actor_id": actor["id"]}],
            "claims": [claim],
            "hedge": "reportedly" if stance == "denies" else None,
        }

    statement = make(statements, "a", **said(one, "denies"))
    change(statements, statement, **said(other, "asserts"))
    for name in ("addressee", "carrier"):
        assert names(statements, f"/v1/statements?{name}={one['id']}") == set()
        assert names(statements, f"/v1/statements?{name}={other['id']}") == {"a"}
    assert names(statements, "/v1/statements?stance=denies") == set()
    assert names(statements, "/v1/statements?hedged=false") == {"a"}


def test_an_external_id_has_one_holder(statements):
    """A conflict names the statement that holds the id."""
    holder = make(statements, "a")
    sent = {"dataset": "statements", "act": "deny", "form": "paraphrase"}
    answer = statements.post("/v1/statements", json=sent | {"external_ids": {"test": "a"}})
    assert answer.status_code == 409
    [fault] = answer.get_json()["errors"]
    assert fault["pointer"] == "/external_ids/test"
    assert f"/v1/statements/{holder['id']} " in fault["detail"]


@pytest.mark.parametrize(
    ("query", "answered"),
    [
        pytest.param("event={E1}&stance=denies", seeds(23), id="1"),
        pytest.param("event={E1}&stance=asserts&aspect=occurrence", seeds(1, 5, 8), id="2"),
        pytest.param("event={E1}&aspect=degree", seeds(8), id="2-degree"),
        pytest.param("event={E1}&aspect=intent", seeds(13), id="2-intent"),
        pytest.param("form=narration", seeds(2, 12, 30), id="5"),
        pytest.param("hedged=true", seeds(4, 10, 21, 22, 30), id="6"),
        pytest.param("event={E6}&stance=denies&aspect=responsibility", seeds(31), id="7-denies"),
        pytest.param("event={E6}&stance=asserts&aspect=responsibility", seeds(32), id="7-blames"),
        pytest.param("speaker={unnamed-spokesman}&addressee={al-hadath}", seeds(14), id="9"),
        pytest.param("carrier={al-hadath}", seeds(14), id="9-carrier"),
        pytest.param(
            "speaker={ahmad-massoud}",
            seeds(11, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 31, 32),
            id="10",
        ),
        pytest.param(
            "speaker={ahmad-massoud}&medium=telephone_interview", seeds(17, 18), id="10-medium"
        ),
        pytest.param(
            "quote_verified=true", seeds(7, 9, 14, 17, 18, 20, 22, 26, 27, 29, 32), id="11"
        ),
        pytest.param("quote_verified=false", set(), id="11-false"),
        pytest.param("location={panjshir}", seeds(17, 18), id="12"),
        pytest.param("location={afghanistan}", seeds(17, 18), id="12-inside"),
        pytest.param("carrier={local-press}", seeds(10, 21, 22), id="13"),
        pytest.param("event={E4}", seeds(10, 11), id="15"),
        pytest.param("event={E10}&stance=projects", seeds(14, 22), id="16"),
        pytest.param("event={E10}&stance=questions", seeds(18, 25), id="18"),
        pytest.param(
            "event={E16}&stance=projects&speaker_affiliated_with={taliban}", seeds(6, 9), id="17"
        ),
        pytest.param("event={E16}&speaker={taliban}", seeds(6), id="17-itself"),
        pytest.param(
            "event={E16}&speaker={ahmad-massoud}&aspect=occurrence",
            seeds(15, 17),
            id="17-other-side",
        ),
        pytest.param(
            "event={E16}&speaker={ahmad-massoud}&aspect=intent", seeds(21), id="17-to-what-end"
        ),
        pytest.param("datetime=../2021-08-22", seeds(1, 3, 4, 10, 11, 12, 26, 27, 28, 29), id="25"),
        pytest.param(
            "event_location={panjshir-province}&stance=denies", seeds(23, 24), id="28-denied"
        ),
        pytest.param("event_location={baghlan}&stance=asserts", seeds(30, 32), id="28-asserted"),
    ],
)
def test_questions_about_the_article(panjshir, found, query, answered):
    """The reference article answers the questions that `coding.md` numbers."""
    ids = {
        seed: found(resource, seed)["id"]
        for resource, wanted in {
            "events": ("E1", "E4", "E6", "E10", "E16"),
            "actors": (
                *("unnamed-spokesman", "al-hadath", "ahmad-massoud", "local-press", "taliban"),
            ),
            "locations": ("panjshir", "afghanistan", "panjshir-province", "baghlan"),
        }.items()
        for seed in wanted
        if f"{{{seed}}}" in query
    }
    assert names(panjshir, f"/v1/statements?{query.format(**ids)}") == answered


def test_which_words_are_conditional(panjshir, found):
    """Questions 6, 12 and 16: hedges, places and conditions are kept in the words used."""
    assert found("statements", "S14")["condition"].startswith("if mutual understanding")
    assert found("statements", "S22")["condition"] == "if the Taliban refuse dialogue"
    assert found("statements", "S4")["hedge"] == "reports emerged"
    for said in (found("statements", "S17"), found("statements", "S18")):
        assert said["location_id"] == found("locations", "panjshir")["id"]
        assert said["medium"] == "telephone_interview"


def test_who_is_blamed_for_baghlan(found):
    """Question 7: a denial of responsibility and an accusation name actors as what is claimed."""
    blamed = {
        seed: [
            claim["value"]
            for claim in found("statements", seed)["claims"]
            if claim["aspect"] == "responsibility"
        ]
        for seed in ("S31", "S32")
    }
    assert blamed == {
        "S31": [found("actors", "ahmad-massoud")["id"]],
        "S32": [found("actors", "local-militia-groups")["id"]],
    }


@pytest.mark.parametrize(
    "report", [pytest.param(report, id=name) for name, report in article.REPORTS]
)
def test_the_quotes_of_a_report(panjshir, report):
    """Question 11: each quote stands in the report that was coded, at the offsets of the coding."""
    bundle = article.bundle(example(), report)
    answer = panjshir.post("/v1/bundles", json=bundle)
    assert answer.status_code == 201, answer.get_json()
    query = "/v1/statements?dataset=panjshir-article&quote_verified=true"
    quoted = {
        item["external_ids"]["seed"]: (item["start"], item["end"])
        for item in panjshir.get(query).get_json()["items"]
    }
    forms = {item["external_ids"]["seed"]: item["form"] for item in bundle["statements"]}
    assert quoted == {
        seed: span for seed, span in report.spans.items() if forms[seed] in article.QUOTED
    }


def test_a_quote_of_a_text_that_came_while_a_statement_was_withdrawn(client):
    """A statement that is restored says whether its quote stands in the text that there is now."""
    client.put("/v1/datasets/d", json={})
    document = client.post("/v1/documents", json={"dataset": "d"}).get_json()["id"]
    sent = {"dataset": "d", "act": "assert", "form": "direct_quote", "quote": "so they say"}
    where = client.post("/v1/statements", json={**sent, "document_id": document}).headers[
        "Location"
    ]
    assert client.delete(where, headers=CURRENT).status_code == 204
    text = {"text": "Nobody says so."}
    assert client.patch(f"/v1/documents/{document}", json=text, headers=CURRENT).status_code == 200
    restored = client.post(f"{where}/revert", json={"to": 1})
    assert restored.status_code == 200, restored.get_json()
    assert restored.get_json()["quote_verified"] is False


# What is claimed.


@pytest.mark.parametrize(
    ("aspect", "value", "code"),
    [
        ("occurrence", "yes", "value"),
        ("occurrence", 1, "value"),
        ("date", "2021-02-30", "edtf"),
        ("date", 2021, "invalid"),
        ("fatalities", -3, "invalid"),
        ("fatalities", 2.5, "invalid"),
        ("fatalities", "5", "invalid"),
        ("fatalities", {"low": 5, "best": 3}, "order"),
        ("fatalities", {"most": 5}, "unknown"),
        ("responsibility", "unknown gunmen", "uuid"),
        ("responsibility", 5, "invalid"),
        ("location", "in the hills", "uuid"),
        ("intent", 5, "invalid"),
        ("degree", " ", "blank"),
    ],
)
def test_a_value_is_typed_by_its_aspect(client, aspect, value, code):
    """What is claimed of an aspect is of its type; anything else is a fault of the value."""
    client.put("/v1/datasets/d", json={})
    event = client.post("/v1/events", json={"dataset": "d", "type": "aid"}).get_json()["id"]
    claim = {"event_id": event, "stance": "asserts", "aspect": aspect, "value": value}
    sent = {"dataset": "d", "act": "assert", "form": "paraphrase", "claims": [claim]}
    answer = client.post("/v1/statements", json=sent)
    assert answer.status_code == 422
    [fault] = answer.get_json()["errors"]
    assert fault["pointer"].startswith("/claims/0/value")
    assert fault["code"] == code


def test_statements_are_found_by_what_they_claim(client):
    """All allegations against somebody, and whoever gives a number, by the value of one claim."""
    client.put("/v1/datasets/d", json={})
    event = client.post("/v1/events", json={"dataset": "d", "type": "aid"}).get_json()["id"]
    one, other = (
        client.post("/v1/actors", json={"dataset": "d", "name": name}).get_json()["id"]
        for name in "AB"
    )
    said = {}
    for name, stance, aspect, value in (
        ("accuses", "asserts", "responsibility", one),
        ("acquits", "denies", "responsibility", one),
        ("another", "asserts", "responsibility", other),
        ("five", "asserts", "fatalities", 5),
        ("about five", "asserts", "fatalities", {"low": 4, "best": 5, "high": None}),
        ("a day", "asserts", "date", "2021-08-22"),
    ):
        claims = [
            {"event_id": event, "stance": stance, "aspect": aspect, "value": value},
            {"event_id": event, "stance": "denies", "aspect": "occurrence"},
        ]
        sent = {"dataset": "d", "act": "assert", "form": "paraphrase", "text": name}
        answer = client.post("/v1/statements", json={**sent, "claims": claims})
        said[answer.get_json()["id"]] = name

    def found(**query):
        items = client.get("/v1/statements", query_string=query).get_json()["items"]
        return {said[item["id"]] for item in items}

    assert found(value=one) == {"accuses", "acquits"}
    assert found(value=one.upper(), stance="asserts") == {"accuses"}
    assert found(value=one, aspect="location") == set()
    assert found(value=f"{one},{other}", stance="asserts") == {"accuses", "another"}
    assert found(value="5") == {"five", "about five"}
    assert found(value="2021-08-22", event=event) == {"a day"}
    assert found(value="4") == set()
