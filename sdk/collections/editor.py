"""The same requests as text for editors: `.http` files, as VS Code and JetBrains send them."""

import json
import re
from collections.abc import Iterator, Mapping
from urllib.parse import quote

from sdk.collections.postman import headers
from sdk.collections.requests import Folder, Request


def text(values: Mapping[str, str], folders: list[Folder]) -> str:
    """Write all requests, one behind the other."""
    lines = [f"@{name} = {value}" for name, value in values.items()]
    sources: dict[str, str] = {}
    for folder in folders:
        lines += ["", f"# {folder.name}. {folder.description}"]
        for request in folder.requests():
            lines += ["", *written(request, sources)]
    return "\n".join(lines) + "\n"


def written(request: Request, sources: dict[str, str]) -> Iterator[str]:
    """Write a request, and remember where later ones find what it keeps."""
    name = None
    yield f"### {request.name}"
    if request.keeps:
        name = "from_" + "_".join(sorted(request.keeps))
        yield f"# @name {name}"
    query = "&".join(
        f"{each.name}={quote(each.value, safe=',/:{}')}"
        for each in request.query
        if each.sent and each.value
    )
    address = f"{{{{baseUrl}}}}{request.path}{'?' if query else ''}{query}"
    yield filled(f"{request.method} {address}", sources)
    yield "Authorization: Bearer {{key}}"
    for header in headers(request):
        yield filled(f"{header.name}: {header.value}", sources)
    if request.body is not None:
        yield ""
        yield filled(json.dumps(request.body, ensure_ascii=False, indent=2), sources)
    for kept, place in request.keeps.items():
        sources[kept] = f"{name}.response." + (
            "headers.ETag" if place == "ETag" else f"body.${path(place)}"
        )


def filled(text: str, sources: Mapping[str, str]) -> str:
    """Write a variable as the answer that it is of."""
    return re.sub(r"{{(\w+)}}", lambda found: f"{{{{{sources.get(found[1], found[1])}}}}}", text)


def path(pointer: str) -> str:
    """Write a JSON pointer as a JSONPath."""
    steps = pointer.split("/")[1:]
    return "".join(f"[{step}]" if step.isdigit() else f".{step}" for step in steps)
