"""Fields: each says what it means, shows an example, and refuses in words."""

import re
import unicodedata
from typing import Any, Self

from marshmallow import ValidationError, fields
from marshmallow.validate import Length, Range

MAX_COUNT = 2_147_483_647
"""The largest whole number that is taken where something is counted."""


class Reason(str):  # noqa: SLOT000 - a str cannot have slots of its own and be subclassed
    """A sentence that says what is wrong, with a stable code for programs."""

    code: str

    def __new__(cls, sentence: str, code: str) -> Self:
        """Make the sentence carry `code`."""
        reason = super().__new__(cls, sentence)
        reason.code = code
        return reason


def refusal(code: str, sentence: str) -> ValidationError:
    """Make marshmallow's error from a code and a sentence."""
    return ValidationError([Reason(sentence, code)])


class Field(fields.Field[Any]):
    """A field with its meaning, an example, and null for *not known*."""

    default_error_messages = {
        "required": "This is needed.",
        "null": "This may not be null.",
        "type": "This must be an object.",
    }

    def __init__(
        self,
        description: str,
        example: object = None,
        *,
        required: bool = False,
        nullable: bool | None = None,
        **more: Any,
    ) -> None:
        """Take null, and give it where nothing was sent, unless `required` or not `nullable`."""
        nullable = not required if nullable is None else nullable
        if nullable and not required and not more.get("dump_only"):
            more.setdefault("load_default", None)
        metadata = {"description": description} | more.pop("metadata", {})
        if example is not None:
            metadata["example"] = example
        super().__init__(required=required, allow_none=nullable, metadata=metadata, **more)

    def make_error(self, key: str, **values: Any) -> ValidationError:
        """Give marshmallow's own message the code it is known by."""
        return refusal(key, str(super().make_error(key, **values).messages[0]))


TEXT: dict[str, Any] = {"invalid": "This must be a text.", "invalid_utf8": "This must be a text."}


FILLERS = "\u115f\u1160\u2800\u3164\uffa0"
"""Letters, by their category, that show nothing."""


def is_visible(text: str) -> bool:
    """Tell whether a text shows anything: not spaces, control and format characters alone."""
    return any(
        letter not in FILLERS and unicodedata.category(letter)[0] not in "CZ" for letter in text
    )


class Text(Field, fields.String):
    """A text of one code point at least, unless `shortest` says otherwise; it shows something.

    White space at both ends is left out.
    """

    default_error_messages = TEXT | {"blank": "This text shows nothing."}

    def __init__(
        self,
        description: str,
        example: object = None,
        *,
        longest: int = 2_000,
        shortest: int = 1,
        **more: Any,
    ) -> None:
        """Take texts of `shortest` to `longest` code points."""
        error = "This has {min} to {max} characters."
        bounds = Length(min=shortest, max=longest, error=error)
        super().__init__(description, example, validate=bounds, **more)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **more: Any) -> Any:
        text: str = super()._deserialize(value, attr, data, **more)
        if text and "\0" not in text and not is_visible(text):
            raise self.make_error("blank")
        return self.trimmed(text)

    def trimmed(self, text: str) -> str:
        """Leave out the white space at both ends."""
        return text.strip()


class Verbatim(Text):
    """A text that is kept as it is sent, for places in it are counted."""

    def trimmed(self, text: str) -> str:
        """Leave out nothing."""
        return text


class Composed(Text):
    """A text to find by: in the Unicode form NFC, so that those that look alike are the same."""

    def trimmed(self, text: str) -> str:
        """Compose letters with their marks."""
        return unicodedata.normalize("NFC", text.strip())


class Line(Text):
    """A text of one line, in which nothing controls what shows it."""

    controls = re.compile("[\0-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff]")
    default_error_messages = {"control": "This takes no control characters and no line breaks."}

    def trimmed(self, text: str) -> str:
        """Refuse what would break the line, or turn its direction."""
        if self.controls.search(text.strip()):
            raise self.make_error("control")
        return text.strip()


class Raw(Field, fields.Raw):
    """Any JSON value."""


class Boolean(Field, fields.Boolean):
    """True or false, and nothing that merely resembles them."""

    default_error_messages = {"invalid": "This is true or false."}

    truthy = {True, "true"}
    falsy = {False, "false"}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **more: Any) -> Any:
        if not isinstance(value, (bool, str)):  # 1 == True, and so it is in the set
            raise self.make_error("invalid", input=value)
        return super()._deserialize(value, attr, data, **more)


NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?")
"""How a number is written in a query string; Python would take more."""


class Integer(Field, fields.Integer):
    """A whole number; digits in quotes are not one."""

    default_error_messages = {"invalid": "This must be a whole number."}

    def __init__(
        self,
        description: str,
        example: object = None,
        *,
        least: int = 0,
        most: int = MAX_COUNT,
        strict: bool = True,
        **more: Any,
    ) -> None:
        """Take numbers from `least` to `most`; only a query string may write them as text."""
        bounds = Range(min=least, max=most, error="This lies between {min} and {max}.")
        super().__init__(description, example, validate=bounds, strict=strict, **more)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **more: Any) -> Any:
        if isinstance(value, str) and not NUMBER.fullmatch(value):
            raise self.make_error("invalid", input=value)
        if isinstance(value, float) and value.is_integer():
            value = int(value)  # 1.0 is a whole number in JSON
        return super()._deserialize(value, attr, data, **more)


class Float(Field, fields.Float):
    """A finite number; one in quotes is none."""

    default_error_messages = {"invalid": "This must be a number."}

    def __init__(
        self, description: str, example: object = None, *, strict: bool = True, **more: Any
    ) -> None:
        """Take numbers; only a query string may write them as text."""
        super().__init__(description, example, **more)
        self.strict = strict

    def _deserialize(self, value: Any, attr: str | None, data: Any, **more: Any) -> Any:
        is_written = isinstance(value, str) and not self.strict and NUMBER.fullmatch(value)
        if isinstance(value, bool) or not (isinstance(value, int | float) or is_written):
            raise self.make_error("invalid", input=value)
        return super()._deserialize(value, attr, data, **more)


MAX_ITEMS = 10_000
"""Maximum number of items of a list inside a record."""


class List(Field, fields.List[Any]):
    """A list of the values of another field; null is *not recorded*, `[]` is *none*."""

    default_error_messages = {"invalid": "This must be a list."}

    def __init__(
        self, inner: fields.Field[Any], description: str, example: object = None, **more: Any
    ) -> None:
        """Take up to MAX_ITEMS values of `inner`."""
        error = "This has {max} items at the most."
        more.setdefault("validate", Length(max=MAX_ITEMS, error=error))
        inner.allow_none = False
        # fields.List wants the inner field first, Field the description.
        super().__init__(description, example, cls_or_instance=inner, **more)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **more: Any) -> Any:
        if isinstance(value, list):
            self._validate(value)  # too many are refused before any is read, which takes time
        return super()._deserialize(value, attr, data, **more)


class Distinct(List):
    """A list of values each of which stands there once."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **more: Any) -> Any:
        return [*dict.fromkeys(super()._deserialize(value, attr, data, **more))]


class Object(Field, fields.Dict):
    """Any JSON object."""

    default_error_messages = {"invalid": "This must be an object."}


class Map(Field, fields.Dict):
    """An object whose members all have values of another field."""

    default_error_messages = {"invalid": "This must be an object."}


class Nested(Field, fields.Nested):
    """An object of its own schema; where all its members are null, it is null itself."""

    def __init__(self, schema: Any, description: str, example: object = None, **more: Any) -> None:
        """Take objects of `schema`, a class or a function that gives it."""
        super().__init__(description, example, nested=schema, **more)

    def _deserialize(
        self, value: Any, attr: str | None, data: Any, partial: Any = None, **more: Any
    ) -> Any:
        found = super()._deserialize(value, attr, data, partial, **more)
        if self.allow_none and all(member is None for member in found.values()):
            return None
        return found
