"""Events as linked data."""

from schemas.layouts.linked.common import BOUNDS, COMMON, HARM, QUANTITY
from schemas.layouts.linked.terms import Day, Node, Nodes, Record, Term

PARTICIPANT = {
    "actor_id": Record("attest:actor", to="actors"),
    "label": Term("schema:name"),
    "role": Term("schema:roleName"),
    "side": Term("attest:side"),
    "size": Nodes("attest:size", members=QUANTITY, kind="QuantitativeValue"),
    "certainty": Term("attest:certainty"),
    "note": Term("attest:note"),
}

MENTION = {
    "document_id": Record("schema:isPartOf", to="documents"),
    "quote": Term("schema:text"),
    "start": Term("attest:start"),
    "end": Term("attest:end"),
    "hedge": Term("attest:hedge"),
}

CODE = {
    "scheme": Term("schema:inDefinedTermSet"),
    "code": Term("schema:termCode"),
    "label": Term("schema:name"),
}

PLACE = {
    "location_id": Record("schema:location", to="locations"),
    "role": Term("schema:roleName"),
}

RELATION = {
    "event_id": Record("attest:event", to="events"),
    "relation": Term("attest:relation"),
}

VERIFICATION = {
    "level": Term("attest:level"),
    "note": Term("attest:note"),
    "document_id": Record("attest:document", to="documents"),
}

ATTESTATION = {
    name: Term(f"attest:{name}")
    for name in (
        *("status", "asserted_by", "denied_by", "questioned_by", "origins", "documents", "rule"),
    )
}

TERMS = {
    "title": Term("schema:name"),
    "description": Term("schema:description"),
    "type": Term("attest:type"),
    "mode": Term("attest:mode"),
    "contexts": Term("attest:contexts"),
    "codes": Nodes("attest:codes", members=CODE, kind="DefinedTerm"),
    "modality": Term("attest:modality"),
    "date": Day("attest:date", first="schema:startDate", last="schema:endDate"),
    **BOUNDS,
    "date_anchor": Day("attest:date_anchor"),
    "location_id": Record("schema:location", to="locations"),
    "location_precision": Term("attest:location_precision"),
    "location_text": Term("attest:location_text"),
    "other_locations": Nodes("attest:other_locations", members=PLACE, kind="Role"),
    "participants": Nodes("attest:participants", members=PARTICIPANT, kind="Role"),
    "fatalities": Nodes("attest:fatalities", members=QUANTITY, kind="QuantitativeValue"),
    "casualties": Nodes("attest:casualties", members=HARM, kind="QuantitativeValue"),
    "part_of_id": Record("schema:superEvent", to="events"),
    "related": Nodes("attest:related", members=RELATION),
    "mentions": Nodes(
        "schema:subjectOf",
        members=MENTION,
        kind=lambda mention: "Quotation" if mention.get("quote") else "CreativeWork",
    ),
    "verification": Nodes("attest:verification", members=VERIFICATION),
    "attestation": Nodes("attest:attestation", members=ATTESTATION),
    **COMMON,
}


def types(record: Node) -> str:
    """Name its type."""
    del record
    return "Event"
