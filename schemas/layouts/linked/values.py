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

_EXACT_DAY = re.compile(r"[0-9]{4}-(?:0[1-9]|1[0-2])-[0-9]{2}")

_EXACT_INSTANT = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-5][0-9](?:\.[0-9]+)?)"
    r"(Z|[+-](?:(?:0[0-9]|1[0-3])(?::[0-5][0-9])?|14(?::00)?))?"
)
"""An instant that XML Schema knows, too: without a leap second, at most 14 hours from UTC."""

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


def days(date: str) -> tuple[Any, Any]:
    """Give the ends of a date (EDTF) that are exact: a day or an instant, without any doubt.

    Nothing is made up for the others: a month has no first day that anybody has told.
    """
    start, slash, end = date.partition("/")
    return exact(start), exact(end if slash else start)


def exact(date: str) -> Any:
    """Give a day, or an instant with its type; None for whatever is less exact."""
    if _EXACT_DAY.fullmatch(date):
        return date
    instant = _EXACT_INSTANT.fullmatch(date)
    if instant is None:
        return None
    offset = instant[2] or ""
    whole = f"{offset}:00" if re.fullmatch("[+-][0-9]{2}", offset) else offset
    return {"@type": "xsd:dateTime", "@value": f"{instant[1]}{whole}"}


def tagged(text: str, language: str | None, script: str | None) -> Any:
    """Give a text its language, and its script where that is not the usual one."""
    tag = language or "und"
    if script and SCRIPT.fullmatch(script):
        known = Language.get(tag, normalize=False)
        scripted = known.update(Language(script=script.title())).simplify_script().to_tag()
        tag = scripted if is_language_tag(scripted) else tag
    return text if tag == "und" else {"@value": text, "@language": tag}


def same_as(external_ids: dict[str, str]) -> list[dict[str, str]]:
    """Give the IRIs of what a record is elsewhere."""
    return [
        {"@id": iri.format(external_ids[scheme])}
        for scheme, (form, iri) in SAME_AS.items()
        if scheme in external_ids and form.fullmatch(external_ids[scheme])
    ]
