"""Terms of what several resources have: numbers in bounds, names, ids elsewhere, the record."""

from typing import Any

from schemas.layouts.linked.terms import (
    INSTANT,
    Addresses,
    LeftOut,
    Node,
    Nodes,
    Record,
    Term,
    Written,
)
from schemas.layouts.linked.values import same_as, tagged

QUANTITY = {
    "low": Term("schema:minValue"),
    "best": Term("schema:value"),
    "high": Term("schema:maxValue"),
    "text": Term("schema:description"),
}
"""Terms of a number that is known within bounds."""

HARM = {
    **QUANTITY,
    "kind": Term("attest:kind"),
    "actor_id": Record("attest:actor", to="actors"),
    "label": Term("schema:name"),
    "side": Term("attest:side"),
}
"""Terms of people harmed."""

BOUNDS = {
    "starts_on": Term("attest:starts_on", "xsd:date"),
    "ends_on": Term("attest:ends_on", "xsd:date"),
    "date_precision": Term("attest:date_precision"),
    "date_text": Term("attest:date_text"),
}
"""Terms of the days that a date may mean, and of its words."""


class Names(Term):
    """All names: those of today in a language as `alternateName`, others as `former_name`."""

    former = Term("attest:former_name")

    def definitions(self) -> Written:
        """Define both."""
        yield from super().definitions()
        yield from self.former.definitions()

    def write(self, value: Any, holder: Node, addresses: Addresses) -> Written:
        """Write each name as a text of its language and script."""
        del holder, addresses
        for name in value:
            term = self.former if name.get("kind") == "former" else self
            yield term.key, [tagged(name["name"], name.get("language"), name.get("script"))]


class Identifiers(Term):
    """Ids in other systems; those that are IRIs there also as `sameAs`."""

    def write(self, value: Any, holder: Node, addresses: Addresses) -> Written:
        """Write each id with its scheme."""
        del holder, addresses
        for scheme, text in value.items():
            node = {"@type": "PropertyValue", "propertyID": scheme, "value": text}
            yield self.key, [node]
        if found := same_as(value):
            yield "sameAs", found


class Superseding(Term):
    """The record that takes a retracted one's place, which is of the same resource."""

    def write(self, value: Any, holder: Node, addresses: Addresses) -> Written:
        """Refer to it."""
        yield self.key, addresses.of(holder["resource"], value)


RETRACTION = {
    "reason": Term("attest:reason"),
    "retracted_at": Term("attest:retracted_at", INSTANT),
    "superseded_by": Superseding("attest:superseded_by"),
}

ASSESSMENTS = {name: Term(f"attest:{name}") for name in ("agree", "disagree", "unsure", "outdated")}


class Before(Term):
    """The revision before, by its number."""

    def write(self, value: Any, holder: Node, addresses: Addresses) -> Written:
        """Refer to it."""
        yield self.key, addresses.revision(holder["resource"], holder["id"], value)


PAGE = {
    "dataset": Record("schema:isPartOf", to="datasets"),
    "version": Term("schema:version"),
    "created_at": Term("attest:created_at", INSTANT),
    "updated_at": Term("prov:generatedAtTime", INSTANT),
    "before": Before("prov:wasRevisionOf"),
    "status": Term("schema:creativeWorkStatus"),
    "tags": Term("schema:keywords"),
    "assessments": Nodes("attest:assessments", members=ASSESSMENTS),
}
"""Terms of the record itself."""


class Page(Nodes):
    """The record itself, as it now stands: a revision that was made of the one before."""

    def node(self, value: Node, addresses: Addresses) -> dict[str, Any]:
        """Write it under the address of the revision."""
        own = addresses.revision(value["resource"], value["id"], value["version"])
        return {**own, **super().node(value, addresses)}


COMMON = {
    "page": Page("schema:mainEntityOfPage", members=PAGE, kind=("CreativeWork", "prov:Entity")),
    "retraction": Nodes("attest:retraction", members=RETRACTION),
    "external_ids": Identifiers("schema:identifier"),
    "attributes": Term("attest:attributes", "@json"),
    **dict.fromkeys(
        ("created_at", "updated_at", "version", "tags", "dataset", "assessments"),
        LeftOut("It is told of the record, in `mainEntityOfPage`."),
    ),
    "id": LeftOut("It is in `@id`."),
}
"""Terms of what every record has; its `page` is what is known of the record as such."""


def paged(resource: str, record: Node) -> dict[str, Any]:
    """Group what a record tells of itself as a record, apart from what it is about."""
    own = {name: record.get(name) for name in PAGE}
    version, retraction = record["version"], record.get("retraction")
    page = {
        **own,
        "resource": resource,
        "id": record["id"],
        "before": version - 1 or None,
        "status": "Retracted" if retraction else None,
        "tags": record.get("tags") or None,
        "dataset": record["dataset"] if resource != "datasets" else None,
    }
    return {
        **record,
        "page": page,
        "retraction": retraction and {**retraction, "resource": resource},
        "attributes": record.get("attributes") or None,
    }
