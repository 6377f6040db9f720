"""Linked data as two processors read it, neither of which may ask anybody for anything."""

import json
from warnings import catch_warnings, simplefilter

from pyld import jsonld
from rdflib import Graph
from rdflib.compare import isomorphic

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
