"""Fields of the query string: what is written there as text, and what it means."""

import base64
import binascii
import re
import unicodedata
from collections.abc import Mapping
from typing import Any

import orjson
from marshmallow import ValidationError, fields

from schemas.fields.ids import SCHEME, Reference, example_id
from schemas.fields.values import Composed, Field, Text, refusal
from schemas.fields.words import Country, Word
from schemas.vocabularies import former, iso

VALUE = re.compile(r'(?:"((?:[^"]|"")*)"|((?!")[^,]*))(,|\Z)')
"""A value as it stands among others: in double quotes, or without a comma in it."""


class Each(list[Any]):
    """Values of a parameter that are told apart already, as in a body: each as it is."""


class CommaSeparated(Field, fields.Field[Any]):
    """Values, any of which may fit: with commas between them, or given one after the other.

    A value with a comma in it stands in double quotes, and one with such a quote at its beginning
    too; inside, double quotes are doubled.
    """

    default_error_messages = {
        "empty": "A value is missing between the commas.",
        "quotes": "A value that begins with a double quote ends with one, and one inside is "
        "doubled.",
    }

    def __init__(
        self, inner: fields.Field[Any], description: str, example: object, **more: Any
    ) -> None:
        """Read each value as `inner` does."""
        super().__init__(description, example, nullable=False, **more)
        self.inner = inner

    def _deserialize(self, value: Any, attr: str | None, data: Any, **more: Any) -> Any:
        del attr, data, more
        if isinstance(value, Each):
            return self.each(value)
        given = value if isinstance(value, list) else [value]
        parts = [part for text in given for part in self.parts(str(text))]
        if not all(parts):
            raise self.make_error("empty")
        return [self.inner.deserialize(part) for part in dict.fromkeys(parts)]

    def each(self, values: Each) -> list[Any]:
        """Read values one by one; ValidationError tells which ones are faulty."""
        found, faults = [], dict[int, Any]()
        for number, value in enumerate(values):
            try:
                found.append(self.inner.deserialize(value))
            except ValidationError as error:
                faults[number] = error.messages
        if faults:
            raise ValidationError(faults)
        return [*dict.fromkeys(found)]

    def parts(self, text: str) -> list[str]:
        """Take the values of a text apart."""
        if '"' not in text:
            return text.split(",")
        parts, place, separator = [], 0, ","
        while separator:
            found = VALUE.match(text, place)
            if found is None:
                raise self.make_error("quotes")
            quoted, plain, separator = found.groups()
            parts.append(plain if quoted is None else quoted.replace('""', '"'))
            place = found.end()
        return parts


class Whole(Text):
    """One value as it is, commas and quotes too."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **more: Any) -> Any:
        return [super()._deserialize(value, attr, data, **more)]

    def _validate(self, value: list[str]) -> None:
        super()._validate(value[0])


class Numbers(Field, fields.Field[Any]):
    """A fixed count of numbers with commas between them."""

    def __init__(self, count: int, description: str, example: object, **more: Any) -> None:
        """Take `count` numbers, longitudes and latitudes in turn."""
        super().__init__(description, example, nullable=False, **more)
        self.count = count

    def _deserialize(self, value: Any, attr: str | None, data: Any, **more: Any) -> Any:
        del attr, data, more
        parts = str(value).split(",")
        try:
            numbers = [float(part) for part in parts if part.strip() == part and "_" not in part]
        except ValueError:
            numbers = []
        if len(numbers) != self.count or len(parts) != self.count:
            raise refusal("numbers", f"This takes {self.count} numbers with commas between them.")
        for number, limit in zip(numbers, [180.0, 90.0] * 2, strict=False):
            if not abs(number) <= limit:
                sentence = "Longitudes lie between -180 and 180, latitudes between -90 and 90."
                raise refusal("degrees", sentence)
        if self.count == 4 and numbers[1] > numbers[3]:  # noqa: PLR2004 - west, south, east, north
            raise refusal("bbox", "South lies north of north: west,south,east,north is the order.")
        return numbers


class Scheme(Field, fields.Field[Any]):
    """A value in a scheme, written `scheme:value`."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **more: Any) -> Any:
        del attr, data, more
        scheme, colon, code = str(value).partition(":")
        if not colon or not code or not scheme:
            raise refusal("scheme", "This has the form scheme:value.")
        return unicodedata.normalize("NFC", f"{scheme}:{code.strip()}")


class ExternalId(Scheme):
    """An id elsewhere, written `scheme:value`."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **more: Any) -> Any:
        found = super()._deserialize(value, attr, data, **more)
        if not SCHEME.fullmatch(found.partition(":")[0]):
            raise refusal("scheme", "The name of a scheme has a-z, 0-9 and . _ - inside.")
        return found


FOREIGN = "This is no cursor of this service, or not of this sort or these words."


class Cursor(Field, fields.Field[Any]):
    """Where a page ends: opaque to clients; a sort, its last key, and the last id."""

    default_error_messages = {"cursor": FOREIGN}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **more: Any) -> Any:
        del attr, data, more
        try:
            sort, key, last = orjson.loads(base64.urlsafe_b64decode(str(value).encode()))
            if all(isinstance(part, str) for part in (sort, key, last)):
                return sort, key, last
        except (binascii.Error, ValueError, TypeError) as error:
            raise self.make_error("cursor") from error
        raise self.make_error("cursor")


def cursor(sort: str, key: str, last: str) -> str:
    """Write a cursor: the sort, the key of the page's last record as text, and its id."""
    return base64.urlsafe_b64encode(orjson.dumps([sort, key, last])).decode()


def one_of(
    description: str, known: tuple[str, ...], former: Mapping[str, str] | None = None
) -> CommaSeparated:
    """Filter by words of a code list, or by those that stood there formerly."""
    return CommaSeparated(
        Word("A word of the list.", known[0], known=known, former=former, nullable=False),
        description,
        known[0],
    )


def ids(to: str, description: str) -> CommaSeparated:
    """Filter by ids of records of the resource `to`."""
    example = example_id(to)
    return CommaSeparated(Reference(to, "An id.", example, nullable=False), description, example)


class Countries(CommaSeparated):
    """Countries; a code that two of them had is that of either."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **more: Any) -> Any:
        found = super()._deserialize(value, attr, data, **more)
        meant = (code for each in found for code in (each, *former.SHARED.get(each, ())))
        return [*dict.fromkeys(meant)]


def countries(description: str) -> Countries:
    """Filter by countries, those that are no more too."""
    country = Country("A country.", nullable=False)
    return Countries(country, description, iso.COUNTRIES[0])


def texts(description: str, example: str) -> CommaSeparated:
    """Filter by words that no code list holds."""
    return CommaSeparated(Composed("A text.", example, nullable=False), description, example)


def sorts(*names: str, best_first: str = "") -> Word:
    """Choose an order among the names, each also the other way round.

    Where the best come first with some parameters, there is no default: which order it is depends
    on what is asked for.
    """
    known = tuple(name for each in names for name in (f"-{each}", each))
    otherwise = f" By default the best first with {best_first}, else `{known[0]}`."
    default: dict[str, Any] = {} if best_first else {"load_default": known[0]}
    return Word(
        f"The order; `-` is descending. Ties are broken by id.{otherwise if best_first else ''}",
        known[0],
        known=known,
        nullable=False,
        **default,
    )
