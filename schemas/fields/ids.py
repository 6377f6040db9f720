"""Ids and addresses: of records, datasets, documents, and elsewhere."""

import re
from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, fields, validate

from schemas.fields.values import TEXT, Composed, Field, Raw, Reason, Text, refusal

SLUG = re.compile(r"[a-z0-9](?:[a-z0-9._-]{0,62}[a-z0-9])?")
"""Names of datasets: lower case, digits, and dots, dashes, underscores inside; 64 at most."""

UUID = re.compile(r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")
"""The one form of a UUID that is taken (RFC 9562, section 4)."""

URL = re.compile(r"https?://[!#-;=?-\[\]_a-z~]+")
"""Addresses of the web, absolute and in ASCII (RFC 3986)."""

MAX_CODE_POINTS = 2_000
"""Maximum number of code points of a text of some form."""


EXAMPLES = ("documents", "actors", "locations", "events", "statements")
"""Resources of which the example has records, in the order in which these are numbered."""


def example_id(resource: str, number: int = 1) -> str:
    """Give the id of one of the example's records: those of a resource are counted from 1."""
    return f"0197b2c4-5d1e-7{EXAMPLES.index(resource) + 1:03x}-8000-{number:012x}"


class Pattern(Field, fields.String):
    """A text of one form, told by a regular expression that must match it whole."""

    form: re.Pattern[str]
    default_error_messages = TEXT | {"form": "This does not have the form {form}."}

    def __init__(self, description: str, example: object = None, **more: Any) -> None:
        """Publish the form as the pattern."""
        published = {"pattern": f"^{self.form.pattern}$", "maxLength": MAX_CODE_POINTS}
        super().__init__(description, example, metadata=published, **more)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **more: Any) -> Any:
        text = super()._deserialize(value, attr, data, **more)
        if len(text) > MAX_CODE_POINTS or not self.form.fullmatch(text):
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


class AnySha256(Pattern):
    """A SHA-256 digest, kept in small letters however its digits were written."""

    form = re.compile(r"[0-9A-Fa-f]{64}")
    default_error_messages = {"form": "A SHA-256 digest has 64 hexadecimal digits."}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **more: Any) -> Any:
        return super()._deserialize(value, attr, data, **more).lower()


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
        example: object = None,
        **more: Any,
    ) -> None:
        """Point at a record of the resource `to` (its name in the URL)."""
        example = example_id(to) if example is None and to in EXAMPLES else example
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


class Id(Text):
    """The id of a record or a key in an answer: a UUID."""

    def __init__(self, description: str, example: object = None, **more: Any) -> None:
        """Publish the format, by which clients compare ids with each other."""
        super().__init__(description, example, metadata={"format": "uuid"}, **more)


class Finding(Raw):
    """The value of a claim: a number, a date, a text, or the id of a record."""

    targets = {"responsibility": "actors", "location": "locations"}

    parts = {"casualties": {"actor_id": "actors"}}
    """Members of a value that is an object, by its aspect, which point at records."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **more: Any) -> Any:
        value = super()._deserialize(value, attr, data, **more)
        return value.lower() if isinstance(data, Mapping) and self.target(data) else value

    def target(self, holder: Mapping[str, Any]) -> str | None:
        """Say which resource a claim's value points at, if it looks like an id at all."""
        value, aspect = holder.get("value"), holder.get("aspect")
        pointing = isinstance(value, str) and (value.startswith("@") or UUID.fullmatch(value))
        return self.targets.get(aspect) if pointing and isinstance(aspect, str) else None

    def inside(self, holder: Mapping[str, Any]) -> dict[str, str]:
        """Say which members of a claim's value point at which resource."""
        value, aspect = holder.get("value"), holder.get("aspect")
        members = self.parts.get(aspect, {}) if isinstance(aspect, str) else {}
        if not isinstance(value, Mapping):
            return {}
        return {name: to for name, to in members.items() if isinstance(value.get(name), str)}


class ClaimedValue(Text):
    """The value of a claim as it is asked for: perhaps an id, which is put in small letters."""

    def trimmed(self, text: str) -> str:
        """Write an id as it is stored."""
        return text.lower() if is_id(text) else text.strip()


SCHEME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
"""The name of a scheme of external ids."""

MAX_EXTERNAL_IDS = 100
"""Maximum number of external ids of a record."""


def limited(external_ids: Mapping[str, Any]) -> None:
    """Refuse more external ids than anybody needs."""
    if len(external_ids) > MAX_EXTERNAL_IDS:
        raise refusal("length", f"This has {MAX_EXTERNAL_IDS} members at the most.")


class ExternalIds(Field, fields.Dict):
    """Ids that a record has elsewhere: scheme -> id."""

    default_error_messages = {"invalid": "This must be an object."}

    def __init__(self, description: str, example: object, **more: Any) -> None:
        """Take names of schemes, and texts as they are written there."""
        more.setdefault("metadata", {"maxProperties": MAX_EXTERNAL_IDS})
        super().__init__(
            description,
            example,
            keys=fields.String(validate=validate.Regexp(re.compile(f"{SCHEME.pattern}\\Z"))),
            values=Composed(
                "The id in that scheme, as a text.", "412", longest=500, nullable=False
            ),
            **more,
        )

    def _deserialize(self, value: Any, attr: str | None, data: Any, **more: Any) -> Any:
        if not isinstance(value, dict):
            raise self.make_error("invalid")
        limited(value)  # too many are refused before any is read, which takes time
        try:
            return super()._deserialize(value, attr, data, **more)  # type: ignore[no-untyped-call]
        except ValidationError as error:
            # marshmallow files faults of keys and values under {"key": …, "value": …}.
            found = {
                scheme: where.get("value", [])
                + [Reason("A scheme has a-z, 0-9 and . _ - inside.", "scheme")] * ("key" in where)
                for scheme, where in error.messages.items()  # type: ignore[union-attr]
            }
            raise ValidationError(found) from error


def is_id(text: str) -> bool:
    """Tell whether a text is a UUID."""
    return UUID.fullmatch(text) is not None
