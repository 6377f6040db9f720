"""Statements as linked data."""

from typing import Any

from schemas.fields.ids import is_id
from schemas.layouts.linked.common import BOUNDS, COMMON, HARM
from schemas.layouts.linked.terms import (
    EDTF,
    Addresses,
    Day,
    LeftOut,
    Node,
    Nodes,
    Record,
    Term,
    Written,
)

TARGETS = {"responsibility": "actors", "location": "locations"}
"""The resource of a claim's value that is an id, by its aspect."""


class Value(Nodes):
    """The value of a claim: a record, a number or bounds of one, a date, or a text."""

    def write(self, value: Any, holder: Node, addresses: Addresses) -> Written:
        """Write the value as its aspect has it."""
        aspect = holder["aspect"]
        if isinstance(value, dict):
            yield self.key, self.node(value, addresses)
        elif aspect in TARGETS and is_id(value):
            yield self.key, addresses.of(TARGETS[aspect], value)
        elif aspect == "date":
            yield self.key, {"@type": EDTF, "@value": value}
        else:
            yield self.key, value


CLAIM = {
    "event_id": Record("schema:about", to="events"),
    "statement_id": Record("schema:about", to="statements"),
    "stance": Term("attest:stance"),
    "aspect": Term("attest:aspect"),
    "value": Value("attest:claimed", members=HARM, kind="QuantitativeValue"),
    "note": Term("attest:note"),
}

CARRIER = {
    "actor_id": Record("attest:actor", to="actors"),
    "label": Term("schema:name"),
    "medium": Term("attest:medium"),
    "date": Day("attest:date"),
}

PASSAGE = {
    "quote": Term("schema:text"),
    "start": Term("attest:start"),
    "end": Term("attest:end"),
    "quote_verified": Term("attest:quote_verified"),
    "document_id": Record("schema:isPartOf", to="documents"),
}

MAKING = {name: Term(f"attest:{name}") for name in ("asserted", "denied", "questioned")}

TERMS = {
    "act": Term("attest:act"),
    "form": Term("attest:form"),
    "text": Term("schema:text"),
    "passage": Nodes("schema:hasPart", members=PASSAGE, kind="Quotation"),
    **dict.fromkeys(
        ("quote", "start", "end", "quote_verified"), LeftOut("It is of the Quotation in `hasPart`.")
    ),
    "language": Term("schema:inLanguage"),
    "speaker_id": Record("schema:author", to="actors"),
    "speaker_label": Term("attest:speaker_label"),
    "speaker_role": Term("attest:speaker_role"),
    "on_behalf_of_id": Record("attest:on_behalf_of", to="actors"),
    "addressee_ids": Record("attest:addressees", to="actors"),
    "medium": Term("attest:medium"),
    "chain": Nodes("attest:chain", None, "@list", members=CARRIER),
    "document_id": Record("schema:appearance", to="documents"),
    "date": Day("attest:date", first="schema:dateCreated"),
    **BOUNDS,
    "date_anchor": Day("attest:date_anchor"),
    "location_id": Record("schema:locationCreated", to="locations"),
    "hedge": Term("attest:hedge"),
    "credibility": Term("attest:credibility"),
    "responds_to_id": Record("attest:responds_to", to="statements"),
    "condition": Term("attest:condition"),
    "events": Record("schema:about", to="events"),
    "statements": Record("schema:about", to="statements"),
    "claims": Nodes("attest:claims", members=CLAIM),
    "attestation": Nodes("attest:attestation", members=MAKING),
    **COMMON,
}


def types(record: Node) -> str:
    """Name its type."""
    del record
    return "Claim"


def grouped(record: Node) -> dict[str, Any]:
    """Group what is quoted, and list what is claimed about, each once."""
    quoted = [record.get(name) for name in ("quote", "start", "end")]
    return {
        **record,
        "passage": record if any(one is not None for one in quoted) else None,
        "events": subjects(record, "event_id"),
        "statements": subjects(record, "statement_id"),
    }


def subjects(record: Node, member: str) -> list[str] | None:
    """List what claims are about, by a member of theirs."""
    found = dict.fromkeys(claim.get(member) for claim in record.get("claims") or ())
    return [one for one in found if one is not None] or None
