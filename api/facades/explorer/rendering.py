"""Templates, filled: the words and addresses that all of them have."""

from hashlib import sha256
from pathlib import Path
from typing import Any

from flask import g, request
from jinja2 import Environment, PackageLoader

from api.description import openapi
from api.facades import manual
from api.facades.explorer import addresses, dates, words

HERE = Path(__file__).parent


def fingerprint() -> str:
    """Give a short text that changes with the templates, the pictures and what fills them."""
    digest = sha256(openapi.VERSION.encode())
    for file in sorted(HERE.rglob("*")):
        if file.is_file() and file.suffix != ".pyc":
            digest.update(file.read_bytes())
    return digest.hexdigest()[:12]


VERSION = fingerprint()
"""The version of the pages."""

TEMPLATES = Environment(
    loader=PackageLoader("api.facades.explorer"),
    autoescape=True,
    trim_blocks=True,
    lstrip_blocks=True,
)
"""The templates, which escape all that they are given."""

TEMPLATES.globals |= {
    "link": addresses.link,
    "linking": addresses.linking,
    "change": addresses.change,
    "dates": dates,
    "words": words,
    "plain": words.plain,
    "wording": words.wording,
    "dated": dates.dated,
    "version": VERSION,
}


def thousands(value: int) -> str:
    """Write a number with separators."""
    return f"{value:,}"


def plural(number: int, noun: str, nouns: str | None = None) -> str:
    """Write how many there are of something."""
    return f"{number:,} {noun if number == 1 else nouns or noun + 's'}"


TEMPLATES.filters |= {"thousands": thousands, "plural": plural}


def render(template: str, **given: Any) -> str:
    """Fill a template with what it is given."""
    return TEMPLATES.get_template(template).render(
        request=request,
        as_of=g.get("as_of"),
        instant=g.get("instant"),
        reader=g.get("key"),
        manual=manual.is_built(),
        **given,
    )
