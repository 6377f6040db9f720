"""Values of linked data: dates, languages and addresses, each only where it is a valid one."""

import re
from typing import Any

from langcodes import Language

from schemas.vocabularies.iso import is_language_tag

DAY = "xsd:date"

ADDRESS = re.compile(
    r"https?://"
    r"(?:(?:[A-Za-z0-9._~!$&'()*+,;=:-]|%[0-9A-Fa-f]{2})*@)?"
    r"(?:\[[0-9A-Fa-f:.]+\]|(?:[A-Za-z0-9._~!$&'()*+,;=-]|%[0-9A-Fa-f]{2})+)"
    r"(?::[0-9]*)?"
    r"(?:/(?:[A-Za-z0-9._~!$&'()*+,;=:@/-]|%[0-9A-Fa-f]{2})*)?"
    r"(?:\?(?:[A-Za-z0-9._~!$&'()*+,;=:@/?-]|%[0-9A-Fa-f]{2})*)?"
    r"(?:#(?:[A-Za-z0-9._~!$&'()*+,;=:@/?-]|%[0-9A-Fa-f]{2})*)?"
)
"""An address of the web as RFC 3986 writes it: nothing else becomes an IRI."""

EXACT = re.compile(r"([0-9]{4}-(?:0[1-9]|1[0-2])-[0-9]{2})(?:T.+)?")
"""A day, or an instant of one, and nothing that is uncertain of it."""

SCRIPT = re.compile("[A-Za-z]{4}")

SAME_AS = {
    "wikidata": (re.compile(r"Q[1-9][0-9]*"), "http://www.wikidata.org/entity/{}"),
    "geonames": (re.compile(r"[1-9][0-9]*"), "https://sws.geonames.org/{}/"),
    "viaf": (re.compile(r"[1-9][0-9]*"), "http://viaf.org/viaf/{}"),
    "doi": (re.compile(r"10\.[0-9]{4,9}/[A-Za-z0-9._;()/:-]+"), "https://doi.org/{}"),
}
"""Schemes of ids that are IRIs elsewhere: the form of an id, and the IRI."""


def address(text: Any) -> bool:
    """Tell whether a text is an address of the web that any processor takes for an IRI."""
    return isinstance(text, str) and ADDRESS.fullmatch(text) is not None


def days(date: str) -> tuple[str | None, str | None]:
    """Give the days of a date's ends (EDTF) that are known exactly, as they are written.

    Nothing is made up for the others: a month has no first day that anybody has told.
    """
    start, slash, end = date.partition("/")
    first, last = (EXACT.fullmatch(each) for each in (start, end if slash else start))
    return first and first[1], last and last[1]


def number(value: float) -> float:
    """Write a whole number as one: processors disagree on the type of 35.0."""
    return int(value) if float(value).is_integer() else value


def tagged(text: str, language: str | None, script: str | None) -> Any:
    """Give a text its language, and its script where that is not the usual one.

    Tags are in small letters, as processors compare them (RDF 1.1, section 3.3).
    """
    tag = language or "und"
    if script and SCRIPT.fullmatch(script):
        known = Language.get(tag, normalize=False)
        scripted = known.update(Language(script=script.title())).simplify_script().to_tag()
        tag = scripted if is_language_tag(scripted) else tag
    return text if tag == "und" else {"@value": text, "@language": tag.lower()}


def same_as(external_ids: dict[str, str]) -> list[dict[str, str]]:
    """Give the IRIs of what a record is elsewhere."""
    return [
        {"@id": iri.format(external_ids[scheme])}
        for scheme, (form, iri) in SAME_AS.items()
        if scheme in external_ids and form.fullmatch(external_ids[scheme])
    ]
