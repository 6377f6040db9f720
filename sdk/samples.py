"""Code samples of the description: the steps of the scenario in four languages.

python -m sdk.samples writes api/description/samples.json, which the description takes them from.
python -m sdk.samples --run sends them to the service at ATTEST_URL, with ATTEST_KEY.
"""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from sdk.collections.__main__ import VALUES
from sdk.collections.description import ROOT, Operation, operations
from sdk.collections.postman import headers
from sdk.collections.requests import Request
from sdk.collections.scenario import scenario

SAMPLES = ROOT / "api" / "description" / "samples.json"

EVENT = "0197b2c4-5d1e-7004-8000-000000000001"
"""The event that samples are about."""

FOUND = re.compile(r"{{(\w+)_(\w+)}}")
"""What an earlier step has found."""

CALLS = {
    "events.search": "for event in client.events.list({query}):\n    print(event.title)",
    "events.read": "event = client.events.get({id})",
    "events.create": "event = client.events.create({body})",
    "events.change": "event = client.events.patch({id}, {body}, if_match={if_match}, "
    "comment={comment})",
    "events.withdraw": "client.events.delete({id}, if_match={if_match})",
    "events.attestation": "explanation = client.events.attestation({id})",
    "actors.match": "found = client.actors.match({queries})",
    "exports.events_csv": 'client.export("events", "events.csv", {query})',
    "bundles.create": "with client.bundle({dataset}, {query}) as bundle:\n{records}",
}
"""By operation: how the Python client is called."""


def steps() -> Iterator[tuple[Operation, Request]]:
    """Give the first step of each operation that is not refused, about the example."""
    known = operations()
    places = {(each.method, each.path): each for each in known.values()}
    seen = set()
    for request in scenario(known).requests():
        path = FOUND.sub("{id}", request.path)
        operation = places[request.method, path]
        if operation.id not in seen:
            seen.add(operation.id)
            yield operation, request


def filled(value: str) -> str:
    """Fill in the example where an earlier step has found something."""
    return FOUND.sub(lambda found: "*" if found[2] == "etag" else EVENT, value)


def sent(request: Request) -> dict[str, str]:
    """Give the headers of a request."""
    return {each.name: filled(each.value) for each in headers(request)}


def address(request: Request) -> str:
    """Write the address of a request."""
    query = "&".join(f"{each.name}={each.value}" for each in request.query)
    return f"{VALUES['baseUrl']}{filled(request.path)}{'?' if query else ''}{query}"


def needs_key(operation: Operation) -> bool:
    """Tell whether a request needs a key where reading is open to everybody."""
    return operation.method != "GET" and operation.verb != "match"


def curl(operation: Operation, request: Request) -> str:
    """Write a request for curl."""
    lines = [f"curl {shlex.quote(address(request))}"]
    if request.method not in {"GET", "POST"}:
        lines[0] = f"curl -X {request.method} {shlex.quote(address(request))}"
    if needs_key(operation):
        lines.append(f"-H 'Authorization: Bearer {VALUES['key']}'")
    lines += [f"-H {shlex.quote(f'{name}: {value}')}" for name, value in sent(request).items()]
    if request.body is not None:
        lines.append(f"-d {shlex.quote(json.dumps(request.body, ensure_ascii=False))}")
    return " \\\n  ".join(lines)


def python(operation: Operation, request: Request) -> str:
    """Write a request for attest-client."""
    written = {
        "id": repr(EVENT),
        "body": repr(request.body),
        "if_match": repr(sent(request).get("If-Match")),
        "comment": repr(sent(request).get("Edit-Comment")),
        "query": ", ".join(f"{each.name}={argument(each.value)}" for each in request.query),
        "queries": ", ".join(map(repr, (request.body or {}).get("queries", ()))),
        "dataset": repr((request.body or {}).get("dataset")),
        "records": "\n".join(added(request.body)) if operation.resource == "bundles" else "",
    }
    call = re.sub(r"{(\w+)}", lambda found: written[found[1]], CALLS[operation.id])
    made = f'client = Client("{VALUES["baseUrl"]}", "{VALUES["key"]}")'
    written_out = f"from attest_client import Client\n\n{made}\n{call}"
    formatted = [sys.executable, "-m", "ruff", "format", "--isolated", "-"]
    return subprocess.run(  # noqa: S603 - the text is our own
        formatted, input=written_out, capture_output=True, text=True, check=True
    ).stdout.rstrip("\n")


def added(bundle: Mapping[str, Any]) -> Iterator[str]:
    """Write the records of a bundle as calls; those that others refer to have a name."""
    for resource, records in bundle.items():
        if resource == "dataset":
            continue
        for record in records:
            named = f"{record['ref']} = " if "ref" in record else ""
            members = ", ".join(
                f"{name}={value!r}" for name, value in record.items() if name != "ref"
            )
            members = re.sub(r"'@(\w+)'", r"\1", members)
            yield f"    {named}bundle.{resource.removesuffix('s')}({members})"


def argument(value: str) -> str:
    """Write a parameter's value as an argument."""
    several = value.split(",")
    if value.isdigit() or value in {"true", "false"}:
        return value.capitalize()
    return repr(value if len(several) == 1 else several)


def typescript(operation: Operation, request: Request) -> str:
    """Write a request for fetch."""
    options: dict[str, Any] = {} if request.method == "GET" else {"method": request.method}
    keyed = {"Authorization": f"Bearer {VALUES['key']}"} if needs_key(operation) else {}
    if found := keyed | sent(request):
        options["headers"] = found
    text = json.dumps(options, ensure_ascii=False, indent=2) if options else ""
    if request.body is not None:
        body = json.dumps(request.body, ensure_ascii=False, indent=2).replace("\n", "\n  ")
        text = text.removesuffix("\n}") + f',\n  "body": JSON.stringify({body})\n}}'
    whole = f", {text}" if text else ""
    shown = {"events.withdraw": "answer.status", "exports.events_csv": "await answer.text()"}
    return (
        f"const answer = await fetch({json.dumps(address(request))}{whole});\n"
        f"console.log({shown.get(operation.id, 'await answer.json()')});"
    )


def r(operation: Operation, request: Request) -> str:
    """Write a request for R, by httr2."""
    lines = [f"request({json.dumps(address(request))})"]
    if request.method not in {"GET", "POST"}:
        lines.append(f'req_method("{request.method}")')
    if needs_key(operation):
        lines.append(f'req_auth_bearer_token("{VALUES["key"]}")')
    found = {name: value for name, value in sent(request).items() if name != "Content-Type"}
    lines += [f"req_headers(`{name}` = {json.dumps(value)})" for name, value in found.items()]
    if request.body is not None:
        text = json.dumps(request.body, ensure_ascii=False)
        lines.append(f'req_body_raw(r"({text})", "{request.media_type}")')
    lines.append("req_perform()")
    if operation.id == "exports.events_csv":
        return f"library(readr)\n\nevents <- read_csv({json.dumps(address(request))})"
    if operation.verb != "withdraw":
        lines.append("resp_body_json()")
    return "library(httr2)\n\nanswer <- " + " |>\n  ".join(lines)


LANGUAGES: dict[str, tuple[str, Callable[[Operation, Request], str]]] = {
    "Shell": ("curl", curl),
    "Python": ("attest-client", python),
    "TypeScript": ("fetch", typescript),
    "R": ("httr2", r),
}
"""By the name of a language: what is called in it, and how."""


def samples() -> dict[str, list[dict[str, str]]]:
    """Write all samples, by the ids of operations."""
    return {
        operation.id: [
            {"lang": language, "label": label, "source": write(operation, request)}
            for language, (label, write) in LANGUAGES.items()
        ]
        for operation, request in steps()
    }


CLIENT = str(ROOT / "clients" / "python" / ".venv" / "bin" / "python")
"""The Python that has attest-client, once `make client` was called."""

RUN = {
    "Shell": ("curl", ["bash", "-euo", "pipefail", "-c"]),
    "Python": (CLIENT, [CLIENT, "-c"]),
    "TypeScript": ("node", ["node", "--input-type=module", "--eval"]),
    "R": ("Rscript", ["Rscript", "-e"]),
}
"""By language: what has to be here, and the command that runs a text."""


def run() -> None:
    """Run the samples in the order of the scenario, each language about an event of its own."""
    written = {
        (sample["lang"], name): sample["source"]
        for name, found in json.loads(SAMPLES.read_text()).items()
        for sample in found
    }
    place = {VALUES["baseUrl"]: os.environ["ATTEST_URL"], VALUES["key"]: os.environ["ATTEST_KEY"]}
    for language, (tool, command) in RUN.items():
        if not shutil.which(tool):
            sys.stdout.write(f"{language}: left out, for what runs it is not here.\n")
            continue
        event = json.loads(answer(written["Shell", "events.create"], RUN["Shell"][1], place))["id"]
        own = {name: text for (written_in, name), text in written.items() if written_in == language}
        for name, text in own.items():
            answer(text, command, place | ({EVENT: event} if name in OWN else {}))
        sys.stdout.write(f"{language}: {len(own)} samples.\n")


def answer(text: str, command: list[str], place: Mapping[str, str]) -> str:
    """Run a sample, about another service or event, and give what it prints."""
    for old, new in place.items():
        text = text.replace(old, new)
    text = text.replace("curl ", "curl --silent --show-error --fail-with-body ", 1)
    with tempfile.TemporaryDirectory() as folder:  # for what they export
        done = subprocess.run(  # noqa: S603 - the texts are our own
            [*command, text], cwd=folder, capture_output=True, text=True, check=False
        )
    if done.returncode or "/problems/" in done.stdout:
        sys.exit(f"{text}\n{done.stdout}{done.stderr}")
    return done.stdout


OWN = {"events.change", "events.withdraw"}
"""Operations that are about an event that was created for them."""


if __name__ == "__main__":
    if sys.argv[1:] == ["--run"]:
        run()
    else:
        text = json.dumps(samples(), ensure_ascii=False, indent=1) + "\n"
        if sys.argv[1:] == ["--print"]:
            sys.stdout.write(text)
        else:
            SAMPLES.write_text(text)
