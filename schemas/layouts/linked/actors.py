"""Actors as linked data."""

from typing import Any

from schemas.layouts.linked.common import COMMON, Names
from schemas.layouts.linked.terms import Day, Node, Nodes, Record, Term

TYPES = {"person": "Person", "organization": "Organization"}
"""The type of each kind that has one; a collective is no organization, and so a Thing."""

BELONGING = {
    *("member", "leader", "commander", "spokesperson", "official", "founder", "faction_of"),
}
"""Roles that make an actor belong to another; all others are relations, and perhaps hostile."""

ROLE = {
    "role": Term("schema:roleName"),
    "title": Term("attest:title"),
    "date": Day("attest:date", first="schema:startDate", last="schema:endDate"),
    "document_id": Record("attest:document", to="documents"),
}

AFFILIATION = {**ROLE, "actor_id": Record("schema:affiliation", to="actors")}
RELATION = {**ROLE, "actor_id": Record("attest:related_to", to="actors")}

TERMS = {
    "name": Term("schema:name"),
    "names": Names("schema:alternateName"),
    "kind": Term("attest:kind"),
    "sector": Term("attest:sector"),
    "country": Term("attest:country"),
    "reliability": Term("attest:reliability"),
    "description": Term("schema:description"),
    "affiliations": Nodes("schema:affiliation", members=AFFILIATION, kind="Role"),
    "relations": Nodes("attest:related_to", members=RELATION, kind="Role"),
    **COMMON,
}


def types(record: Node) -> tuple[str, str]:
    """Name its type, by its kind; whatever it is, it acts."""
    return TYPES.get(record.get("kind") or "", "Thing"), "prov:Agent"


def grouped(record: Node) -> dict[str, Any]:
    """Part those that it belongs to from its other relations."""
    every = record.get("affiliations")
    if every is None:
        return dict(record)
    belongs = [one for one in every if one["role"] in BELONGING]
    others = [one for one in every if one["role"] not in BELONGING]
    if others:  # who only has those is not known to belong to nobody
        return {**record, "affiliations": belongs or None, "relations": others}
    return {**record, "affiliations": belongs}
