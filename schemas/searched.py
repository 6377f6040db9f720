"""Finding by words: the filter `q`, the order it puts a list in, and where the words stand."""

from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, post_load, validates_schema

from schemas.fields.search import FullText
from schemas.fields.values import Boolean, Reason
from schemas.lists import Query


class Searched(Query):
    """The filter by words, of every resource but datasets."""

    q = FullText(
        "Records with these words in what people have written in them: all words, or else "
        '`OR` between them, `"phrases"` as they stand, and none of those behind a minus. Case '
        "and accents do not count, nor endings in the record's language (`attack` finds "
        "*attacks*); of scripts without spaces, two letters and more are found.",
        'siege "Panjshir Valley" -Kabul',
    )


class BestFirst(Query):
    """A list with the best first if it is found by name or words, and no order is asked for."""

    highlight = Boolean(
        "Show with each record where the words of `q` stand in it: its `highlights`.",
        example=True,
        nullable=False,
    )

    @validates_schema(skip_on_field_errors=False, pass_original=True)
    def highlight_what(self, query: Mapping[str, Any], sent: Mapping[str, Any], **_: Any) -> None:
        """Refuse to show where nothing stands."""
        if query.get("highlight") and "q" not in sent:
            raise ValidationError({"q": [Reason("highlight needs q.", "required")]})

    @post_load
    def order(self, query: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Tell whether the best come first, and the order otherwise."""
        ranked = not {"name", "q"}.isdisjoint(query) and "sort" not in query
        best_first = {"best_first": True} if ranked else {}
        return {"sort": self.fields["sort"].metadata["enum"][0], **query, **best_first}
