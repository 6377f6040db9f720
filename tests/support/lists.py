"""Lists, walked from page to page in every order."""

from collections.abc import Iterator
from urllib.parse import parse_qsl, urlsplit

from support.parameters import parameters
from support.resources import RESOURCES


def choices(resource, name):
    """Give what a parameter of a list can be, as it is described."""
    schema = parameters(resource).get(name, {}).get("schema", {})
    return schema.get("items", schema).get("enum", [])


SORTS = [(resource, sort) for resource in RESOURCES for sort in choices(resource, "sort")]
"""Every sort of every resource, both ways."""


TARGETS = {
    "copy_of": "documents",
    "addressee": "actors",
    "border": "locations",
    "on_behalf_of": "actors",
    "parent": "locations",
    "part_of": "events",
    "related": "events",
    "publisher": "actors",
    "responds_to": "statements",
    "speaker": "actors",
}
"""The resource that a member `<name>_id` or `<name>_ids` points at, if not `<name>s`."""


def target(name):
    """Give the resource that a member, or what is embedded beside it, is of; None if of none."""
    plain = name.removesuffix("_ids").removesuffix("_id").removesuffix("s")
    return TARGETS.get(plain, f"{plain}s" if f"{plain}s" in RESOURCES else None)


def walk(client, path) -> Iterator[list]:
    """Follow the Link headers from page to page, and give the records of each."""
    while path:
        answer = client.get(path)
        assert answer.status_code == 200, answer.get_data(as_text=True)
        body = answer.get_json()
        yield body["items"]
        link = answer.headers.get("Link")
        assert (link is None) == (body["next_cursor"] is None)
        if link is None:
            return
        target, _, relation = link.partition("; ")
        assert relation == 'rel="next"'
        following = urlsplit(target.strip("<>"))
        assert (following.scheme, following.netloc) == ("http", "localhost")
        asked = dict(parse_qsl(following.query, keep_blank_values=True, strict_parsing=True))
        assert asked.pop("cursor") == body["next_cursor"]
        before = dict(parse_qsl(urlsplit(path).query, keep_blank_values=True))
        before.pop("cursor", None)
        assert asked == before
        path = f"{following.path}?{following.query}"
