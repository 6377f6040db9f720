"""Linked data over HTTP: every record as JSON-LD, read by two processors of it."""

import json
import re
from warnings import catch_warnings, simplefilter

import pytest
from marshmallow import Schema
from rdflib.namespace import GEO, PROV, SDO
from support.linked import PREFIXES, TRIANGLE, graph, read, whole
from support.problems import is_problem
from support.records import STAR, Records
from support.resources import MERGED, NOBODY, RECORDS, RESOURCES, Entries
from support.service import ROOT

from schemas.fields.values import List, Nested
from schemas.layouts.linked.common import Names
from schemas.layouts.linked.record import LAYOUTS
from schemas.layouts.linked.terms import LeftOut, Nodes
from schemas.selection import embedded

GROUPED = {
    "actors": {"page", "relations"},
    "locations": {"page", "address", "geo"},
    "statements": {"page", "passage", "events", "statements"},
}
"""Groups of members, which are no members themselves."""

KNOWN = {"schema": SDO, "prov": PROV, "geosparql": GEO}
"""Vocabularies of which every term is known."""


@pytest.fixture
def records(client):
    """Give a service with a dataset and nothing in it."""
    return Records(client)


def every(terms):
    """Walk through terms and those inside their values."""
    for term in terms.values():
        yield term
        if isinstance(term, Nodes):
            yield from every(term.members or {})


def missing(schema: Schema, terms, where=""):
    """Find members of a schema that have no term and are not left out, at any depth."""
    for name, field in schema.fields.items():
        if name not in terms:
            yield f"{where}{name}"
            continue
        inner = field.inner if isinstance(field, List) else field
        if isinstance(inner, Nested) and not isinstance(terms[name], (LeftOut, Names)):
            yield from missing(inner.schema, terms[name].members, f"{where}{name}.")


@pytest.mark.parametrize("resource", RESOURCES)
def test_every_member_has_a_term(resource):
    """A member is written by its term, or it is said why it is not."""
    terms, schema = LAYOUTS[resource].terms, embedded(resource)()
    assert [*missing(schema, {**terms, "assessments": terms["page"].members["assessments"]})] == []
    assert terms.keys() - schema.fields.keys() == GROUPED.get(resource, {"page"})
    reasons = [term.iri for term in terms.values() if isinstance(term, LeftOut)]
    assert all(reason.endswith(".") for reason in reasons)


@pytest.mark.parametrize("resource", RESOURCES)
def test_terms_are_what_they_are_elsewhere(resource):
    """Terms of other vocabularies are known there, and no word of JSON means two of them."""
    meanings = {}
    for term in every(LAYOUTS[resource].terms):
        if isinstance(term, LeftOut):
            continue
        for iri in filter(None, (term.iri, getattr(term, "first", ""), getattr(term, "last", ""))):
            prefix, _, name = iri.partition(":")
            assert prefix == "attest" or name in KNOWN[prefix], iri
            assert meanings.setdefault(name, iri) == iri
        kind = (term.type, term.container)
        assert meanings.setdefault((term.key,), kind) == kind


def words(value):
    """Collect the words of a document that are names of members."""
    if isinstance(value, list):
        return set().union(*map(words, value))
    if not isinstance(value, dict):
        return set()
    inside = (words(each) for name, each in value.items() if name != "attributes")
    return {name for name in value if name[:1] != "@"}.union(*inside)


UNSAID = {
    "documents": {"actor"},  # whose grade it is: the publisher's
    "statements": {"description", "quote_verified"},  # no text of a number; nothing to verify
}
"""Words that no record of a resource has together with all the others."""


@pytest.mark.parametrize("resource", RESOURCES)
def test_whole_records(records, resource):
    """A record that has all members there are is written whole, by every term there is."""
    members = whole(records)[resource]
    record = records.make(resource, **members)
    if resource != "datasets":
        records.retract(resource, record, superseded_by=records.make(resource))
    records.change(resource, record, tags=["changed"])
    found = read(records.client, f"/v1/{resource}/{record}.jsonld")
    terms = {term.key for term in every(LAYOUTS[resource].terms) if not isinstance(term, LeftOut)}
    extra = {"sameAs", "propertyID", "former_name", "startDate", "endDate"}
    extra |= {"datePublished", "dateCreated"} | ({"value"} - terms)
    if resource == "datasets":
        terms -= {each.key for each in every({"": LAYOUTS[resource].terms["retraction"]})}
        terms -= {"isPartOf", "creativeWorkStatus"}
    if resource == "locations":
        assert json.loads(found["hasGeometry"]["asGeoJSON"]) == TRIANGLE
        extra |= {"asGeoJSON"}
    said = words({name: value for name, value in found.items() if name != "@context"})
    assert said - extra == terms - UNSAID.get(resource, set())


@pytest.fixture(scope="module")
def example(panjshir_world):
    """Give the whole example as linked data."""
    found = []
    for resource in RESOURCES:
        items = panjshir_world.get(f"/v1/{resource}?limit=1000&fields=id").get_json()["items"]
        found += [read(panjshir_world, f"/v1/{resource}/{one['id']}.jsonld") for one in items]
    return found


def test_the_example_is_one_graph(example):
    """Each record is the node that has its address, and whatever is referred to is there."""
    own = {document["@id"] for document in example}
    assert len(own) == len(example) == 77
    found = graph(example)
    assert {str(one) for one in found.subjects() if "/v1/" in str(one)} == {
        *own,
        *(document["mainEntityOfPage"]["@id"] for document in example),
    }
    pointed = {str(one) for one in found.objects() if str(one).startswith("http://localhost/v1/")}
    assert {one.partition("/revisions/")[0] for one in pointed} == own
    types = {str(one) for one in found.objects(None, SDO.mainEntityOfPage / PROV.wasRevisionOf)}
    assert types == set()


WHO_DENIES = f"""{PREFIXES}
SELECT DISTINCT ?who ?what WHERE {{
    ?statement a schema:Claim ; schema:author / schema:name ?who ; attest:claims ?claim .
    ?claim attest:stance "denies" ; attest:aspect "occurrence" ; schema:about / schema:name ?what .
}}
"""


def test_who_denies_which_event(panjshir, example):
    """A question in SPARQL is answered as the service answers it."""
    found = {(str(who), str(what)) for who, what in graph(example).query(WHO_DENIES)}
    asked = "/v1/statements?stance=denies&aspect=occurrence&expand=speaker,claims.event"
    expected = {
        (statement["speaker"]["name"], claim["event"]["title"])
        for statement in panjshir.get(asked).get_json()["items"]
        for claim in statement["claims"]
        if (claim["stance"], claim["aspect"]) == ("denies", "occurrence") and claim["event"]
    }
    assert found == expected
    assert ("Ahmad Massoud", "Siege of the Panjshir Valley") in found


def days(written):
    """Give what is written of a date: the ends alone."""
    return written.get("startDate"), written.get("endDate")


@pytest.mark.parametrize(
    ("date", "ends"),
    [
        (None, (None, None)),
        ("2021-08-22", ("2021-08-22", "2021-08-22")),
        ("2021-08-22/2021-08-23", ("2021-08-22", "2021-08-23")),
        ("2021-08", (None, None)),
        ("2021-08-22?", (None, None)),
        ("2021-08-XX", (None, None)),
        ("2021-21", (None, None)),
        ("198X", (None, None)),
        ("2021-08/2021-08-23", (None, "2021-08-23")),
        ("2021-08-22/..", ("2021-08-22", None)),
        ("/2021-08-23~", (None, None)),
        ("2021-08-22T14:30:00+04", ("2021-08-22", "2021-08-22")),
        ("2021-08-22T14:30:00/2021-08-23", ("2021-08-22", "2021-08-23")),
        ("2016-12-31T23:59:60Z", ("2016-12-31", "2016-12-31")),
    ],
)
def test_days_are_told_where_they_are_known(records, date, ends):
    """The date stands as it was recorded; its ends only where they are exact."""
    event = records.make("events", date=date)
    written = read(records.client, f"/v1/events/{event}.jsonld")
    assert days(written) == ends
    assert written.get("date") == date
    said = read(records.client, f"/v1/statements/{records.make('statements', date=date)}.jsonld")
    assert said.get("dateCreated") == (None if "/" in (date or "") else ends[0])


POINT, MIDDLE = [69.46, 35.31], {"@type": "GeoCoordinates", "latitude": 35.31, "longitude": 69.46}


@pytest.mark.parametrize(
    ("location", "geo"),
    [
        ({}, None),
        ({"point": POINT, "kind": "facility"}, MIDDLE),
        ({"point": POINT, "kind": "populated_place"}, MIDDLE),
        ({"point": POINT, "kind": "area"}, {"@type": "GeoCircle", "geoMidpoint": MIDDLE}),
        (
            {"point": [69.0, -0.0], "kind": "facility"},
            {"@type": "GeoCoordinates", "latitude": 0, "longitude": 69},
        ),
        ({"point": POINT}, {"@type": "GeoCircle", "geoMidpoint": MIDDLE}),
        ({"point": POINT, "kind": "area", "uncertainty_km": 0}, MIDDLE),
        (
            {"point": POINT, "kind": "facility", "uncertainty_km": 15.5},
            {"@type": "GeoCircle", "geoMidpoint": MIDDLE, "geoRadius": 15_500},
        ),
    ],
)
def test_the_middle_of_an_area_is_no_place(records, location, geo):
    """Coordinates are those of a place only where it is there; others are a circle's middle."""
    place = records.make("locations", **location)
    assert read(records.client, f"/v1/locations/{place}.jsonld").get("geo") == geo


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ({}, "N"),
        ({"language": "fa", "script": "Arab"}, {"@value": "N", "@language": "fa"}),
        ({"language": "ps", "script": "Latn"}, {"@value": "N", "@language": "ps-latn"}),
        ({"language": "fa-AF", "script": "cyrl"}, {"@value": "N", "@language": "fa-cyrl-af"}),
        ({"script": "Arab"}, {"@value": "N", "@language": "und-arab"}),
        ({"script": 'a"b<'}, "N"),
        ({"language": "en", "script": "Zzz9"}, {"@value": "N", "@language": "en"}),
        ({"language": "en", "script": "Qqqq"}, {"@value": "N", "@language": "en"}),
    ],
)
def test_names_have_their_language_and_script(records, name, written):
    """A name is a text of a language and, where that is not usual, in a script."""
    for resource in ("actors", "locations"):
        names = [{"name": "N", **name}, {"name": "F", "kind": "former"}]
        record = records.make(resource, names=names)
        found = read(records.client, f"/v1/{resource}/{record}.jsonld")
        assert (found["alternateName"], found["former_name"]) == ([written], ["F"])


def test_who_belongs_to_whom_is_not_who_fights_whom(records):
    """Only who belongs to another is affiliated with it, as schema.org has it."""
    one, other = records.make("actors"), records.make("actors")
    actor = records.make(
        "actors",
        kind="person",
        affiliations=[
            {"actor_id": one, "role": "leader", "title": "head", "date": "2019-01-01/.."},
            {"actor_id": other, "role": "opponent_of"},
        ],
    )
    found = read(records.client, f"/v1/actors/{actor}.jsonld")
    address = "http://localhost/v1/actors/{}".format
    assert found["@type"] == ["Person", "prov:Agent"]
    assert found["affiliation"] == [
        {
            "@type": "Role",
            "roleName": "leader",
            "title": "head",
            "date": "2019-01-01/..",
            "startDate": "2019-01-01",
            "affiliation": {"@id": address(one)},
        }
    ]
    assert found["related_to"] == [
        {"@type": "Role", "roleName": "opponent_of", "related_to": {"@id": address(other)}}
    ]


@pytest.mark.parametrize(
    ("roles", "written"),
    [
        (None, (None, None)),
        ([], (0, None)),
        (["member"], (1, None)),
        (["ally_of", "parent_of"], (None, 2)),
        (["other", "faction_of"], (1, 1)),
    ],
)
def test_none_is_told_only_where_it_is_a_finding(records, roles, written):
    """An empty list stays one; who has only other relations is not said to belong to nobody."""
    other = records.make("actors")
    held = None if roles is None else [{"actor_id": other, "role": role} for role in roles]
    actor = records.make("actors", affiliations=held)
    found = read(records.client, f"/v1/actors/{actor}.jsonld")
    counts = (found.get("affiliation"), found.get("related_to"))
    assert tuple(None if each is None else len(each) for each in counts) == written


def test_claims_of_every_kind(records):
    """What is claimed is written as its aspect has it, and unknown numbers are not there."""
    actor, place, event = (records.make(each) for each in ("actors", "locations", "events"))
    earlier = records.make("statements", speaker_label="a spokesman")
    claimed = [
        ("responsibility", actor, {"@id": f"http://localhost/v1/actors/{actor}"}),
        ("location", place, {"@id": f"http://localhost/v1/locations/{place}"}),
        ("fatalities", 0, 0),
        ("fatalities", {"low": 3}, {"@type": "QuantitativeValue", "minValue": 3}),
        (
            "casualties",
            {"kind": "injured", "actor_id": actor, "best": 0},
            {
                "@type": "QuantitativeValue",
                "value": 0,
                "kind": "injured",
                "actor": {"@id": f"http://localhost/v1/actors/{actor}"},
            },
        ),
        ("date", "2021-08~", {"@type": "edtf:EDTF", "@value": "2021-08~"}),
        ("degree", NOBODY, NOBODY),
    ]
    statement = records.make(
        "statements",
        quote="no signs",
        chain=[{"actor_id": actor}, {"label": "local press"}, {"actor_id": actor}],
        claims=[
            *(
                {"event_id": event, "stance": "asserts", "aspect": aspect, "value": value}
                for aspect, value, _ in claimed
            ),
            {"statement_id": earlier, "stance": "denies", "aspect": "occurrence"},
        ],
    )
    found = read(records.client, f"/v1/statements/{statement}.jsonld")
    assert [claim.get("claimed") for claim in found["claims"]] == [
        *(written for _, _, written in claimed),
        None,
    ]
    assert found["about"] == [
        {"@id": f"http://localhost/v1/events/{event}"},
        {"@id": f"http://localhost/v1/statements/{earlier}"},
    ]
    assert found["hasPart"] == {"@type": "Quotation", "text": "no signs"}
    assert [one.get("name") for one in found["chain"]] == [None, "local press", None]


HOSTILE = 'x</script><!--\u2028\u202e\x1b\x7f"\\ {"@id": "javascript:alert(1)"} %00 \U0001f4a3'


def test_hostile_texts_stay_texts(records):
    """Whatever a text has in it, it ends no script of a page, and becomes no name of a thing."""
    free = {"@id": "javascript:alert(1)", "@context": {"name": "urn:x"}, "n": 1.5, HOSTILE: [None]}
    common = {"attributes": free, "tags": [HOSTILE], "external_ids": {"a": HOSTILE}}
    made = {
        "documents": {"title": HOSTILE, "text": HOSTILE, "licence": HOSTILE},
        "actors": {"name": HOSTILE, "names": [{"name": HOSTILE, "script": "<<>>"}]},
        "locations": {"name": HOSTILE},
        "events": {"title": HOSTILE, "participants": [{"label": HOSTILE, "role": "victim"}]},
        "statements": {"text": HOSTILE, "quote": HOSTILE, "speaker_label": HOSTILE},
    }
    texts = Entries("made in tests/test_linked.py", made)
    for resource in RECORDS:
        record = records.make(resource, **common, **texts[resource])
        address = f"/v1/{resource}/{record}.jsonld"
        assert b"<" not in records.client.get(address).get_data()
        found = read(records.client, address)
        assert found["attributes"] == free
        assert found["identifier"][0]["value"] == HOSTILE
        things = {str(one) for one in graph([found]).all_nodes() if "javascript" in str(one)}
        assert things
        assert all('"' in one for one in things)  # they are texts that have more in them


@pytest.mark.parametrize(
    ("url", "is_address"),
    [
        ("https://example.org/a?b=c#d", True),
        ("https://example.org:8443/%D8%A7", True),
        ("http://[2001:db8::1]/a", True),
        ("https://example.org/%zz", False),
        ("https://example.org/[a]", False),
        ("https://[", False),
        ("https://exa[mple.org/", False),
        ("https://example.org:port/", False),
        ("https:///a", False),
    ],
)
def test_only_addresses_become_names(records, url, is_address):
    """An address that is none, though it looks like one, stays a text."""
    document = records.make("documents", url=url, files=[{"sha256": "0" * 64, "url": url}])
    found = read(records.client, f"/v1/documents/{document}.jsonld")
    written = {"@id": url} if is_address else url
    assert found["url"] == found["associatedMedia"][0]["contentUrl"] == written


@pytest.mark.parametrize(
    ("external_ids", "same"),
    [
        ({"wikidata": "Q889"}, "http://www.wikidata.org/entity/Q889"),
        ({"geonames": "1149361"}, "https://sws.geonames.org/1149361/"),
        ({"doi": "10.7910/DVN/AJGVIT"}, "https://doi.org/10.7910/DVN/AJGVIT"),
        ({"wikidata": "Q889> <urn:x"}, None),
        ({"wikidata": "q889"}, None),
        ({"wikidata": "Q\uff11"}, None),
        ({"doi": "10.1234/a b"}, None),
        ({"homepage": "javascript:alert(1)"}, None),
        ({"homepage": "https://example.org/"}, None),
    ],
)
def test_ids_elsewhere(records, external_ids, same):
    """Every id elsewhere is told; only those of known schemes and forms are names there."""
    actor = records.make("actors", external_ids=external_ids)
    found = read(records.client, f"/v1/actors/{actor}.jsonld")
    assert found.get("sameAs") == ([{"@id": same}] if same else None)
    [(scheme, value)] = external_ids.items()
    assert found["identifier"] == [{"@type": "PropertyValue", "propertyID": scheme, "value": value}]


@pytest.mark.parametrize("resource", RESOURCES)
def test_revisions(records, resource):
    """The record itself is a revision made of the one before, and what it was can be read."""
    record = records.make(resource)
    before = records.read(resource, record)["updated_at"]
    records.change(resource, record, tags=["new"])
    address = f"/v1/{resource}/{record}"
    page = read(records.client, f"{address}.jsonld")["mainEntityOfPage"]
    now = records.read(resource, record)
    assert page["@id"] == f"http://localhost{address}/revisions/2"
    assert page["wasRevisionOf"] == {"@id": f"http://localhost{address}/revisions/1"}
    assert (page["version"], page["generatedAtTime"]) == (2, now["updated_at"])
    assert (page["created_at"], page["keywords"]) == (now["created_at"], ["new"])
    then = read(records.client, f"{address}.jsonld", as_of=before)["mainEntityOfPage"]
    assert (then["version"], then.get("keywords"), "wasRevisionOf" in then) == (1, None, False)


@pytest.mark.parametrize("resource", RECORDS)
def test_retracted_records_say_so(records, resource):
    """A retracted record is still read, with why it no longer stands."""
    record, other = records.make(resource), records.make(resource)
    records.retract(resource, record, reason="wrong", superseded_by=other)
    found = read(records.client, f"/v1/{resource}/{record}.jsonld")
    assert found["mainEntityOfPage"]["creativeWorkStatus"] == "Retracted"
    assert found["retraction"]["reason"] == "wrong"
    assert found["retraction"]["superseded_by"] == {
        "@id": f"http://localhost/v1/{resource}/{other}"
    }
    records.lift(resource, record)
    assert "retraction" not in read(records.client, f"/v1/{resource}/{record}.jsonld")


FORMS = [(resource, ".jsonld") for resource in RESOURCES] + [("events", ".plover.json")]


@pytest.mark.parametrize(("resource", "form"), FORMS)
def test_it_is_answered_as_by_the_record_itself(records, resource, form):
    """Unchanged, changed, refused, never there, withdrawn: as for the record's own address."""
    record, client = records.make(resource), records.client
    address = f"/v1/{resource}/{record}{form}"
    first = client.get(address)
    tag = first.headers["ETag"]
    version = records.client.get(f"/v1/{resource}/{record}").headers["ETag"].strip('"')
    assert tag.startswith(f'"{version}-')
    known = client.get(address, headers={"If-None-Match": tag})
    assert (known.status_code, known.headers["ETag"]) == (304, tag)
    assert client.get(address, headers={"If-Match": tag}).status_code == 200
    head = client.head(address)
    assert (head.status_code, head.headers["ETag"]) == (200, tag)
    is_problem(client.get(address, headers={"Accept": "text/html"}), 406)
    assert is_problem(client.get(f"{address}?expand=x"), 400)["errors"][0]["parameter"] == "expand"
    is_problem(client.delete(address, checked=False), 404 if resource == "datasets" else 405)
    records.change(resource, record, tags=["new"])
    changed = client.get(address, headers={"If-None-Match": tag})
    assert changed.status_code == 200
    is_problem(client.get(address, headers={"If-Match": tag}), 412)
    records.withdraw(resource, record)
    assert is_problem(client.get(address), 410)["tombstone"]["id"] == record
    nobody = "nobody" if resource == "datasets" else NOBODY
    is_problem(client.get(f"/v1/{resource}/{nobody}{form}"), 404)


@pytest.mark.parametrize(
    ("resource", "form"), [(resource, form) for resource, form in FORMS if resource in MERGED]
)
def test_a_merged_record_leads_to_the_same_form_of_its_survivor(records, resource, form):
    """The redirect keeps the form that was asked for, and what was asked."""
    one, into = records.make(resource), records.make(resource)
    records.merge(resource, one, into)
    answer = records.client.get(f"/v1/{resource}/{one}{form}?as_of=2020-01-01T00:00:00Z")
    is_problem(answer, 404)
    answer = records.client.get(f"/v1/{resource}/{one}{form}")
    assert is_problem(answer, 308)["merged_into"] == into
    assert answer.headers["Location"] == f"/v1/{resource}/{into}{form}"


def test_addresses_are_those_that_were_asked(records):
    """Names of records begin as the address that was asked, and differ by it in their tags."""
    event = records.make("events")
    address = f"/v1/events/{event}.jsonld"
    here = records.client.get(address)
    there = records.client.get(address, base_url="https://attest.example:8443")
    found = json.loads(there.get_data())
    assert found["@id"] == f"https://attest.example:8443/v1/events/{event}"
    assert found["mainEntityOfPage"]["isPartOf"] == {
        "@id": "https://attest.example:8443/v1/datasets/d"
    }
    assert here.headers["ETag"] != there.headers["ETag"]


@pytest.mark.parametrize("name", ["d.jsonld", ".jsonld", "d.jsonld.jsonld"])
def test_no_dataset_is_called_like_another_in_this_form(records, name):
    """The end of a name that means a form is none that a dataset may have."""
    client = records.client
    for answer in (
        client.post("/v1/datasets", json={"id": name}),
        client.post("/v1/bundles", json={"dataset": name}),
        client.put(f"/v1/datasets/{name}", json={}, checked=False),
    ):
        assert is_problem(answer, 422)["errors"][0]["code"] in {"reserved", "form"}
    for other in ("jsonld", "d.jsonl", "d.jsonld.x"):
        records.expect(201, client.put(f"/v1/datasets/{other}", json={}))
        assert records.read("datasets", other)["id"] == other
    client.delete("/v1/datasets/d.jsonl", headers=STAR)


PAGE = (ROOT / "docs" / "linked-data.md").read_text()


def test_the_page_answers_its_question(panjshir, example, tmp_path, monkeypatch, capsys):
    """What the page does with files answers who denies which event."""
    for number, document in enumerate(example):
        (tmp_path / f"{number}.jsonld").write_text(json.dumps(document))
    [lines] = re.findall(r"^```python\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    monkeypatch.chdir(tmp_path)
    with catch_warnings():
        simplefilter("ignore", DeprecationWarning)
        exec(compile(lines, "linked-data.md", "exec"), {})  # noqa: S102 - our own page
    printed = capsys.readouterr().out.splitlines()
    assert "Ahmad Massoud denies: Siege of the Panjshir Valley" in printed
    assert len(printed) == len({(str(a), str(b)) for a, b in graph(example).query(WHO_DENIES)})


@pytest.mark.parametrize("resource", RESOURCES)
def test_the_page_has_every_term(resource):
    """Each term that is not this service's own stands on the page."""
    terms = every(LAYOUTS[resource].terms)
    borrowed = {
        term.key
        for term in terms
        if not isinstance(term, LeftOut) and not term.iri.startswith("attest:")
    }
    assert {name for name in borrowed if not re.search(rf"`(prov:)?{name}`", PAGE)} == set()
