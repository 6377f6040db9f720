"""Finding by words: the filter `q`, the order it puts a list in, and where the words stand."""

from collections.abc import Mapping
from hashlib import blake2b
from typing import Any

from marshmallow import ValidationError, post_load, validates_schema

from schemas.fields.search import FullText
from schemas.fields.values import Boolean, Reason
from schemas.lists import Page, Query


class Searched(Query):
    """The filter by words, of every resource but datasets."""

    q = FullText(
        "Records whose texts contain these words: all of them, or any with `OR` between; exact "
        '`"phrases"`; and no word after a minus. Case, accents, and endings in the record\'s '
        "language are ignored (`attack` finds *attacks*); in scripts without spaces, two or more "
        "letters are matched.",
        'siege "Panjshir Valley" -Kabul',
    )


class BestFirst(Page):
    """A list with the best first if it is found by name or words, and no order is asked for."""

    highlight = Boolean(
        "Add `highlights` to each record: the occurrences of the words of `q`.",
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
        """Tell the order, and which one it is if the best come first."""
        best_first = {"best_first": self.order_of(query)} if self.ranked_by(query) else {}
        return {"sort": self.fields["sort"].metadata["enum"][0], **query, **best_first}

    def order_of(self, query: Mapping[str, Any]) -> str:
        """Name the order: which ones are the best depends on the words that are asked for."""
        by = self.ranked_by(query)
        if by is None:
            return super().order_of(query)
        return f"{by} {blake2b(repr(query[by]).encode(), digest_size=8).hexdigest()}"

    @staticmethod
    def ranked_by(query: Mapping[str, Any]) -> str | None:
        """Name the parameter whose best matches come first, if they do."""
        return None if "sort" in query else next((by for by in ("name", "q") if by in query), None)
