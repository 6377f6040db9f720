"""Linked data as two processors read it, neither of which may ask anybody for anything."""

import json
from warnings import catch_warnings, simplefilter

from pyld import jsonld
from rdflib import Graph
from rdflib.compare import isomorphic

from support.resources import Entries

PREFIXES = """
PREFIX schema: <https://schema.org/>
PREFIX attest: <urn:attest:>
PREFIX prov: <http://www.w3.org/ns/prov#>
"""


def refuse(address, _options):
    """Load nothing: a document brings along all that it needs."""
    raise AssertionError(address)


ALONE = {"documentLoader": refuse}


def read(client, address, **query):
    """Read a document of JSON-LD, and hold it against what a strict processor takes."""
    answer = client.get(address, query_string=query)
    assert answer.status_code == 200, answer.get_json()
    assert answer.headers["Content-Type"] == "application/ld+json"
    return checked(json.loads(answer.get_data()))


def checked(document):
    """Hold a document against its own expansion: it comes back whole, and as the same triples."""
    expanded = jsonld.expand(document, ALONE)
    back = jsonld.compact(expanded, document["@context"], ALONE)
    assert alike(back) == alike(document)
    triples = jsonld.to_rdf(document, {**ALONE, "format": "application/n-quads"})
    assert isomorphic(Graph().parse(data=triples, format="nt"), graph([document]))
    return document


def graph(documents):
    """Read documents into one graph."""
    found = Graph()
    with catch_warnings():
        simplefilter("ignore", DeprecationWarning)  # rdflib's own parser uses what it deprecates
        for document in documents:
            found.parse(data=json.dumps(document), format="json-ld")
    return found


def alike(node):
    """Write one value as a list of it, and values without an order in one."""
    return {name: values(name, value) for name, value in node.items()}


def in_order(value):
    """Write a value so that like ones sort alike."""
    return json.dumps(value, sort_keys=True)


def values(name, value):
    """Write the values of one member of a node."""
    if name in {"@context", "@id", "@value", "@language", "attributes"}:
        return value
    many = value if isinstance(value, list) else [value]
    found = [alike(each) if isinstance(each, dict) else each for each in many]
    return found if name == "chain" else sorted(found, key=in_order)


TRIANGLE = {"type": "Polygon", "coordinates": [[[69, 35], [70, 35], [70, 36], [69, 35]]]}


def whole(records):
    """Give members for a record of each resource that has all members there are."""
    actor, place, event, document, said = (
        records.make(resource)
        for resource in ("actors", "locations", "events", "documents", "statements")
    )
    common = {"tags": ["a", "b"], "attributes": {"a": [1.5]}, "external_ids": {"wikidata": "Q889"}}
    bounds = {"low": 0, "best": 2, "high": 3}
    names = [{"name": "A", "language": "en", "kind": "alias"}, {"name": "F", "kind": "former"}]
    when = {"date": "2021-08-22", "date_text": "on Sunday", "date_anchor": "2021-08-23"}
    harm = {"kind": "injured", "actor_id": actor, **bounds}
    url = "https://example.org/a"
    passage = {"document_id": document, "quote": "a b", "start": 1, "end": 4, "hedge": "reportedly"}
    members = {
        "datasets": {"description": "D", "licence": "L", "citation": "C", "url": url, **common},
        "documents": {
            "kind": "article",
            "publisher_id": actor,
            "url": url,
            "archived_url": url,
            "language": "en",
            "published_on": "2021-08-23",
            "published_note": "Inferred.",
            "text": "The text.",
            "copy_of_id": document,
            "reliability": "B",
            "licence": url,
            "files": [
                {
                    "sha256": "0" * 64,
                    "media_type": "image/jpeg",
                    "bytes": 2**53 - 1,
                    "name": "a.jpg",
                    "url": url,
                    "archived_url": url,
                    "retrieved_at": "2021-08-23T14:05:00Z",
                }
            ],
            **common,
        },
        "actors": {
            "names": names,
            "kind": "organization",
            "sector": "REB",
            "country": "AF",
            "reliability": "B",
            "description": "D",
            "affiliations": [
                {"actor_id": actor, "role": role, "title": "T", "date": "2019/2021-08-15"}
                | {"document_id": document}
                for role in ("leader", "ally_of")
            ],
            **common,
        },
        "locations": {
            "names": names,
            "kind": "area",
            "parent_id": place,
            "borders": [place],
            "country": "AF",
            "point": [69.5, 35],
            "uncertainty_km": 15.5,
            "geometry": TRIANGLE,
            **common,
        },
        "events": {
            "type": "coerce",
            "mode": "restrict",
            "description": "D",
            "contexts": ["territory"],
            "codes": [{"scheme": "cameo", "code": "010", "label": "L"}],
            **when,
            "location_id": place,
            "location_precision": "near",
            "location_text": "there",
            "other_locations": [{"location_id": place, "role": "origin"}],
            "participants": [
                {
                    "label": "men",
                    "role": "target",
                    "side": "a",
                    "certainty": "probable",
                    "note": "N",
                    "size": {**bounds, "text": "some"},
                }
            ],
            "fatalities": bounds,
            "casualties": [
                {**harm, "text": "dozens"},
                {"kind": "missing", "label": "guests"},
                {"kind": "missing", "side": "a"},
            ],
            "part_of_id": event,
            "related": [{"event_id": event, "relation": "follows"}],
            "mentions": [passage],
            "verification": {"level": "confirmed", "note": "N", "document_id": document},
            **common,
        },
        "statements": {
            "act": "deny",
            "form": "partial_quote",
            "language": "fa",
            "speaker_id": actor,
            "speaker_label": "a spokesman",
            "speaker_role": "leader",
            "on_behalf_of_id": actor,
            "addressee_ids": [actor],
            "medium": "interview",
            "chain": [{"label": "press", "medium": "print", "date": "2021-08-22"}],
            "location_id": place,
            "credibility": 2,
            "responds_to_id": said,
            "condition": "if",
            **passage,
            **when,
            "claims": [
                {"event_id": event, "stance": "denies", "aspect": "casualties", "note": "N"}
                | {"value": value}
                for value in (
                    harm,
                    {"kind": "injured", "label": "men"},
                    {"kind": "injured", "side": "a"},
                )
            ],
            **common,
        },
    }
    return Entries("whole() in tests/support/linked.py", members)
