"""Introductions to the sections of the description, each with a page that says more."""

from typing import Any, NamedTuple

from schemas.resources import complete


class Introduction(NamedTuple):
    """The purpose of a section, in two sentences, and a page that says more."""

    text: str
    about: str
    url: str


INTRODUCTIONS = {
    "datasets": Introduction(
        "A dataset holds records that belong together, and says how they are cited and licensed. "
        "Make one first: every other record is in a dataset.",
        "Names of licences",
        "https://spdx.org/licenses/",
    ),
    "documents": Introduction(
        "A document is one published report, with its publisher, its text and its files. "
        "Statements point at it, and quotes are checked against its text.",
        "Dates that are not exact (EDTF)",
        "https://www.loc.gov/standards/datetime/",
    ),
    "actors": Introduction(
        "An actor does, suffers or says something: a person, an organization, a state, a crowd. "
        "It can be found by its names in any spelling and script, and merged with another that "
        "turns out to be the same.",
        "Tags for the languages of names (BCP 47)",
        "https://www.rfc-editor.org/info/bcp47",
    ),
    "locations": Introduction(
        "A location is a place where things happen or are said, in a hierarchy of places. It can "
        "be found by name, by bounding box, by distance, and by the places around it.",
        "Geometries (GeoJSON)",
        "https://www.rfc-editor.org/info/rfc7946",
    ),
    "events": Introduction(
        "An event is something that happened, is said to have happened, or might happen: who did "
        "what to whom, where and when. Its status is derived from the statements about it, and can "
        "be explained.",
        "Types of events (PLOVER)",
        "https://github.com/openeventdata/PLOVER",
    ),
    "statements": Introduction(
        "A statement is what somebody said: in which words, where it is reported, and what it "
        "claims of which event. Each claim has a stance, so that reports and denials stand side by "
        "side.",
        "Claims in schema.org",
        "https://schema.org/Claim",
    ),
    "exports": Introduction(
        "All matching records as a file, read in one snapshot and without a maximum (except for "
        "workbooks). Use exports for tables, maps and data frames, and lists for pages.",
        "Data dictionaries (Table Schema)",
        "https://specs.frictionlessdata.io/table-schema/",
    ),
    "assessments": Introduction(
        "Anyone with a key can mark a record right, wrong or undecidable. The latest assessment "
        "of each key counts, for the version that it was made of.",
        "Reviews of claims in schema.org",
        "https://schema.org/ClaimReview",
    ),
    "bundles": Introduction(
        "A whole article with all its records, in one request that is stored completely or not "
        "at all. Use it where new records refer to each other.",
        "JSON Schema",
        "https://json-schema.org/",
    ),
    "changes": Introduction(
        "Every change, once and in order: by pages, by long polling, or as a stream. Follow it "
        "to keep a copy or an index up to date.",
        "Server-sent events",
        "https://html.spec.whatwg.org/multipage/server-sent-events.html",
    ),
    "releases": Introduction(
        "A release names an instant, with checksums of the records of that time. Send the name "
        "as `as_of` to read the data that a paper cites.",
        "Instants (RFC 3339)",
        "https://www.rfc-editor.org/info/rfc3339",
    ),
    "keys": Introduction(
        "A key identifies who writes and by which method, and limits what it may do. Create one "
        "for each program and each person, so that revisions name them and each can be revoked "
        "separately.",
        "Bearer tokens (RFC 6750)",
        "https://www.rfc-editor.org/info/rfc6750",
    ),
    "problems": Introduction(
        "Every refusal is a problem whose `type` is an address here, and each of its faults has "
        "a code listed here: what happened, and what to do about it.",
        "Problem details (RFC 9457)",
        "https://www.rfc-editor.org/info/rfc9457",
    ),
    "service": Introduction(
        "The entry points, this description, and probes for operators. None of them needs a key.",
        "API catalogs (RFC 9727)",
        "https://www.rfc-editor.org/info/rfc9727",
    ),
}
"""By section: its introduction."""

complete("INTRODUCTIONS in api/description/sections.py", INTRODUCTIONS)


def introduced(section: str) -> dict[str, Any]:
    """Describe a section as a tag."""
    text, about, url = INTRODUCTIONS[section]
    more = {"description": about, "url": url}
    return {"name": section, "description": text, "externalDocs": more}
