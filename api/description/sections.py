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
        "It is found by its names in any spelling and script, and merged where two turn out to be "
        "one.",
        "Tags for the languages of names (BCP 47)",
        "https://www.rfc-editor.org/info/bcp47",
    ),
    "locations": Introduction(
        "A location is somewhere that things happen or are said, in a hierarchy of places around "
        "it. It can be found by name, by box, by distance, and by what it lies in.",
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
        "The model of claims that schema.org has",
        "https://schema.org/Claim",
    ),
    "exports": Introduction(
        "All that filters match, as a file of one instant, without a cap (but for workbooks). Take "
        "these for tables, maps and data frames, and the lists for pages.",
        "The form of data dictionaries (Table Schema)",
        "https://specs.frictionlessdata.io/table-schema/",
    ),
    "assessments": Introduction(
        "Whoever has a key can say whether a record is right, wrong, or cannot be told. The "
        "newest word of each key counts, about the version that it was said of.",
        "The model of reviews that schema.org has",
        "https://schema.org/ClaimReview",
    ),
    "bundles": Introduction(
        "A whole article with all that it says, in one request that is stored whole or not at all. "
        "Take it where records refer to each other that are not there yet.",
        "JSON Schema",
        "https://json-schema.org/",
    ),
    "changes": Introduction(
        "Every change, once and in order, by pages, by waiting, or as a stream. Follow it to keep "
        "a copy or an index up to date.",
        "Server-sent events",
        "https://html.spec.whatwg.org/multipage/server-sent-events.html",
    ),
    "releases": Introduction(
        "A release gives an instant a name, with checksums of what stood then. Give the name as "
        "`as_of`, and a paper can be read on the data that it cites.",
        "Instants (RFC 3339)",
        "https://www.rfc-editor.org/info/rfc3339",
    ),
    "keys": Introduction(
        "A key says who writes, by which method, and what it may do. Make one for each program and "
        "each person, so that revisions name them and one can be revoked alone.",
        "Bearer tokens (RFC 6750)",
        "https://www.rfc-editor.org/info/rfc6750",
    ),
    "problems": Introduction(
        "Every refusal is a problem whose `type` is an address here, and each of its faults has a "
        "code that is listed here. Read what happened, and what to do about it.",
        "Problem details (RFC 9457)",
        "https://www.rfc-editor.org/info/rfc9457",
    ),
    "service": Introduction(
        "Where things are, this description, and probes for whoever runs the service. None of it "
        "needs a key.",
        "The catalog of APIs (RFC 9727)",
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
