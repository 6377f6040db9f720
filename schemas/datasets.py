"""Datasets: what belongs together, from whom, on which terms."""

from typing import Any

from marshmallow import ValidationError, validates_schema

from schemas.fields.ids import Address, Slug
from schemas.fields.parameters import sorts
from schemas.fields.values import Reason, Text
from schemas.lists import Filter, Page, members_of
from schemas.record import RecordSchema

OWN_ADDRESSES = ("queryables", "search")
"""Paths beside those of datasets, which no dataset may be called."""

OWN_ENDINGS = (".jsonld",)
"""Ends of paths under which a dataset is shown in another form: no dataset is called so."""


class DatasetSchema(RecordSchema):
    """A dataset: records that belong together, and how to cite them."""

    id = Slug(  # type: ignore[assignment]
        "Its name in addresses and in `dataset`.", "panjshir-2021", required=True
    )
    dataset = Slug("Its own id.", "panjshir-2021", dump_only=True, nullable=False)
    name = Text("Its name.", "Panjshir, August 2021")
    description = Text("What the dataset contains.", "One news report, coded.", longest=20_000)
    licence = Text("The licence it may be used under.", "CC-BY-4.0")
    citation = Text("How to cite it.", "Attest (2026): Panjshir, August 2021.")
    url = Address("A page that describes it.", "https://example.org/panjshir")

    @validates_schema
    def named_apart(self, record: dict[str, Any], **_: Any) -> None:
        """Refuse a name under which the service has something else."""
        name = record.get("id") or ""
        if name in OWN_ADDRESSES or name.endswith(OWN_ENDINGS):
            reason = Reason("This is an address of the service's own.", "reserved")
            raise ValidationError({"id": [reason]})


class DatasetFilter(Filter):
    """Filters of datasets."""

    record = DatasetSchema


class DatasetQuery(DatasetFilter, Page):
    """A list of datasets."""

    sort = sorts("created_at", "updated_at", "id")
    members = members_of(DatasetSchema)
