"""Fields: each says what it means, shows an example, and refuses in words."""

import re
from collections.abc import Mapping
from typing import Any, Self

from marshmallow import ValidationError, fields
from marshmallow.validate import Length, Range

from schemas.fields import dates
from schemas.vocabularies import own

SLUG = re.compile(r"[a-z0-9](?:[a-z0-9._-]{0,62}[a-z0-9])?")
"""Names of datasets: lower case, digits, and dots, dashes, underscores inside; 64 at most."""

UUID = re.compile(r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")
"""The one form of a UUID that is taken (RFC 9562, section 4)."""

URL = re.compile(r"https?://[!#-;=?-\[\]_a-z~]+")
"""Addresses of the web, absolute and in ASCII (RFC 3986)."""

FEW = 40
"""So many words of a code list are named when another one is sent."""

LONGEST = 2_000
"""So many code points a text of some form has at the most."""

COUNT = 2_147_483_647
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
    """What every field here shares: its meaning, an example, and null for *not known*."""

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


class Text(Field, fields.String):
    """A text of one code point at least, unless `shortest` says otherwise."""

    default_error_messages = TEXT

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
        most: int = COUNT,
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
    """A finite number."""

    default_error_messages = {"invalid": "This must be a number."}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **more: Any) -> Any:
        if isinstance(value, str) and not NUMBER.fullmatch(value):
            raise self.make_error("invalid", input=value)
        return super()._deserialize(value, attr, data, **more)


class List(Field, fields.List[Any]):
    """A list of the values of another field; null is *not recorded*, `[]` is *none*."""

    default_error_messages = {"invalid": "This must be a list."}

    def __init__(
        self, inner: fields.Field[Any], description: str, example: object = None, **more: Any
    ) -> None:
        """Take up to 10,000 values of `inner`."""
        more.setdefault("validate", Length(max=10_000, error="This has {max} items at the most."))
        inner.allow_none = False
        # fields.List wants the inner field first, Field the description.
        super().__init__(description, example, cls_or_instance=inner, **more)


class Object(Field, fields.Dict):
    """Any JSON object."""

    default_error_messages = {"invalid": "This must be an object."}


class Map(Field, fields.Dict):
    """An object whose members all have values of another field."""

    default_error_messages = {"invalid": "This must be an object."}


class Nested(Field, fields.Nested):
    """An object of its own schema."""

    def __init__(self, schema: Any, description: str, example: object = None, **more: Any) -> None:
        """Take objects of `schema`, a class or a function that gives it."""
        super().__init__(description, example, nested=schema, **more)


class Word(Field, fields.String):
    """One word of a code list, given as its `known` words; with none, any word."""

    default_error_messages = TEXT | {"unknown": "{input} is not among the known: {known}.{meant}"}

    def __init__(
        self,
        description: str,
        example: object = None,
        *,
        known: tuple[str, ...] = (),
        **more: Any,
    ) -> None:
        """Take one of `known`."""
        metadata = {"enum": [*known]} if known else {}
        super().__init__(description, example, metadata=metadata, **more)
        self.known = known
        if self.allow_none and known:
            self.metadata["enum"].append(None)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **more: Any) -> Any:
        word = super()._deserialize(value, attr, data, **more)
        if self.known and word not in self.known:
            raise self.make_error(
                "unknown",
                input=f"“{word[:80]}”",
                known=", ".join(self.known)
                if len(self.known) <= FEW
                else f"{len(self.known)} codes",
                meant=meant(word, self.known),
            )
        return word


def meant(word: str, known: tuple[str, ...]) -> str:
    """Say which known word was probably meant, or nothing."""
    near = own.near(word, known)
    return f" Did you mean {near}?" if near else ""


class Pattern(Field, fields.String):
    """A text of one form, told by a regular expression that must match it whole."""

    form: re.Pattern[str]
    default_error_messages = TEXT | {"form": "This does not have the form {form}."}

    def __init__(self, description: str, example: object = None, **more: Any) -> None:
        """Publish the form as the pattern."""
        published = {"pattern": f"^{self.form.pattern}$", "maxLength": LONGEST}
        super().__init__(description, example, metadata=published, **more)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **more: Any) -> Any:
        text = super()._deserialize(value, attr, data, **more)
        if len(text) > LONGEST or not self.form.fullmatch(text):
            raise self.make_error("form", form=self.form.pattern)
        return text


class Slug(Pattern):
    """The name of a dataset."""

    form = SLUG
    default_error_messages = {
        "form": "A slug has lower-case letters, digits and . _ - inside, 64 characters at most."
    }


class Address(Pattern):
    """An absolute web address."""

    form = URL
    default_error_messages = {"form": "This is not an absolute http(s) address."}


class Sha256(Pattern):
    """A SHA-256 digest in lower-case hexadecimal."""

    form = re.compile(r"[0-9a-f]{64}")
    default_error_messages = {"form": "A SHA-256 digest has 64 lower-case hexadecimal digits."}


class Country(Word):
    """A country: ISO 3166-1 alpha-2, plus XK."""

    def __init__(self, description: str, example: object = "AF", **more: Any) -> None:
        """Take the officially assigned codes, and XK."""
        super().__init__(description, example, known=own.COUNTRIES, **more)


class Language(Field, fields.String):
    """A language tag (BCP 47)."""

    default_error_messages = TEXT | {"language": "This is not a BCP 47 language tag."}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **more: Any) -> Any:
        tag = super()._deserialize(value, attr, data, **more)
        if not own.is_language_tag(tag):
            raise self.make_error("language")
        return tag


class Edtf(Field, fields.String):
    """A date as of the Extended Date/Time Format, kept as written."""

    default_error_messages = TEXT

    def __init__(self, description: str, example: object = "2021-08-22", **more: Any) -> None:
        """Take levels 0 and 1 of EDTF, as `schemas.fields.dates` reads them."""
        super().__init__(description, example, **more)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **more: Any) -> Any:
        text = super()._deserialize(value, attr, data, **more)
        try:
            dates.parse(text)
        except ValueError as error:
            raise refusal("edtf", str(error)) from error
        return text


class Reference(Field, fields.String):
    """The id of another record; a bundle has put ids in the place of its `@refs` by now."""

    default_error_messages = TEXT | {
        "uuid": "This is not a UUID.",
        "ref": "{input} names none of the {to} sent along.",
    }

    def __init__(
        self,
        to: str,
        description: str,
        example: object = "0197b2c4-5d1e-7c3a-9f00-2b6d7a8e9c01",
        **more: Any,
    ) -> None:
        """Point at a record of the resource `to` (its name in the URL)."""
        published = {"format": "uuid", "x_refers_to": to}
        super().__init__(description, example, metadata=published, **more)
        self.to = to

    def _deserialize(self, value: Any, attr: str | None, data: Any, **more: Any) -> Any:
        text = super()._deserialize(value, attr, data, **more)
        if text.startswith("@"):
            raise self.make_error("ref", input=text[:80], to=self.to)
        if not UUID.fullmatch(text):
            raise self.make_error("uuid")
        return text.lower()

    def target(self, holder: Mapping[str, Any]) -> str | None:
        """Say which resource the value in `holder` points at."""
        del holder
        return self.to


class Finding(Raw):
    """What a claim says of one aspect: a number, a date, a text, or the id of a record."""

    targets = {"responsibility": "actors", "location": "locations"}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **more: Any) -> Any:
        value = super()._deserialize(value, attr, data, **more)
        return value.lower() if isinstance(data, Mapping) and self.target(data) else value

    def target(self, holder: Mapping[str, Any]) -> str | None:
        """Say which resource a claim's value points at, if it looks like an id at all."""
        value, aspect = holder.get("value"), holder.get("aspect")
        pointing = isinstance(value, str) and (value.startswith("@") or UUID.fullmatch(value))
        return self.targets.get(aspect) if pointing and isinstance(aspect, str) else None


SCHEME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
"""The name of a scheme of external ids."""
