"""Forms: what they send is brought to the API's own parameters."""

from collections.abc import Iterator

from flask import request

from api.facades.explorer.asking import address_of, ask

DEFAULTS = {"datetime_match": "possible", "sort": "-starts_on"}
"""Values that the API takes where nothing is said."""


def canonical(resource: str, **helpers: tuple[str, str]) -> str | None:
    """Give the address with the API's own parameters; None if it is that already.

    `helpers` are parameters of forms that name records, each with the resource in which to look and
    the parameter that takes the id. `from` and `to` are the ends of `datetime`.
    """
    sent = request.args.to_dict(flat=False)
    now = {name: ",".join(dict.fromkeys(filled(values))) for name, values in sent.items()}
    unknown = [*resolve(now, helpers)]
    ends = now.pop("from", ""), now.pop("to", "")
    if any(ends):
        now["datetime"] = ends[0] if ends[0] == ends[1] else f"{ends[0] or '..'}/{ends[1] or '..'}"
    if unknown:
        now["not_found"] = ",".join(unknown)
    if not now.get("datetime"):
        now.pop("datetime_match", None)
    left = {name: value for name, value in now.items() if value and DEFAULTS.get(name) != value}
    if {name: [value] for name, value in left.items()} == sent:
        return None
    return address_of(f"/{resource}", **left)


def filled(values: list[str]) -> Iterator[str]:
    """Yield values without the spaces around them, except empty ones."""
    yield from (value.strip() for value in values if value.strip())


def resolve(now: dict[str, str], helpers: dict[str, tuple[str, str]]) -> Iterator[str]:
    """Replace names by the ids of the records that are called most like it; yield unknown names."""
    for helper, (resource, parameter) in helpers.items():
        if not (name := now.pop(helper, "")):
            continue
        found = ask(resource, name=one_name(name), limit=1, fields="name")["items"]
        if found:
            now[parameter] = found[0]["id"]
        else:
            yield name


def one_name(text: str) -> str:
    """Quote a name for a parameter that takes several, separated by commas."""
    return '"' + text.replace('"', '""') + '"' if "," in text or '"' in text else text
