"""Numbers that are known within bounds."""

from itertools import pairwise
from typing import Any

from marshmallow import ValidationError, validates_schema

from schemas.fields.values import Integer, Reason
from schemas.record import Strict


class RangeSchema(Strict):
    """A number that is known within bounds; null is *not known*, never zero."""

    low = Integer("The lowest estimate.", 3)
    best = Integer("The best estimate.", 5)
    high = Integer("The highest estimate.", 12)

    @validates_schema(skip_on_field_errors=False)
    def ordered(self, numbers: dict[str, Any], **_: Any) -> None:
        """Refuse bounds that contradict each other."""
        known = [(n, numbers[n]) for n in ("low", "best", "high") if numbers.get(n) is not None]
        for (_earlier, smaller), (later, larger) in pairwise(known):
            if smaller > larger:
                reason = Reason("low, best and high must not decrease in this order.", "order")
                raise ValidationError({later: [reason]})
