"""Where things are: the first page, the description, and whether all is well."""

from hashlib import sha256

import orjson
import psycopg
import structlog
from flask import Response, current_app, request

from api.description import openapi
from api.description.contents import LINKS
from api.description.jsonschema import JSON_SCHEMA
from api.http import conditional
from api.http.context import database
from api.http.operation import Answer, Operation, Section, operation
from api.http.problem_types import ProblemType
from api.http.problems import RETRY_AFTER, problem
from api.http.request import JSON
from models.database.connections import limit
from models.database.migrating import MigrationError, pending
from models.tables import TABLES
from schemas.service import HealthSchema, HomeSchema

log = structlog.get_logger()

blueprint = Section("service", "The service itself.")

PLACES = {
    "releases": "/v1/releases",
    "bundle_schema": "/v1/bundles/schema",
    "changes": "/v1/changes",
    "problems": "/problems",
    "health": "/healthz",
    "readiness": "/readyz",
}
"""Where to find what is no resource: a name and its path."""


def places() -> dict[str, str]:
    """Map names to paths: the description, the resources, and the rest."""
    return {
        "docs": "/docs/",
        "openapi": "/openapi.yaml",
        **{name: f"/v1/{name}" for name in current_app.blueprints if name in TABLES},
        **PLACES,
    }


YAML = "application/yaml"

DESCRIPTION = {304: Answer("The description has not changed.", None, ("ETag",))}
"""How the description is answered to whoever has it."""

PROBE_WAIT_SECONDS = 2
"""How long a probe waits for a connection, and then for each statement."""


@blueprint.get("/")
@operation(
    Operation("service.home", {200: Answer("The entry points.", HomeSchema)}, (400,), scope=None)
)
def home() -> Response:
    """List the entry points.

    Start here if only the address of the service is known. `Accept: text/html` returns the first
    page for people instead, which leads to all others.
    """
    about = "Who did what to whom, where and when - and who says so."
    links = {name: request.root_url.rstrip("/") + path for name, path in places().items()}
    document = {"name": "Attest", "about": about, "version": openapi.VERSION, "links": links}
    return Response(orjson.dumps(document), headers={"Vary": "Accept"}, mimetype=JSON)


@blueprint.get("/healthz")
@operation(
    Operation("service.health", {200: Answer("It is alive.", HealthSchema)}, (400,), scope=None)
)
def health() -> Response:
    """Check that the process is alive.

    If it does not answer, the process has to be restarted. It does not use the database: see
    `/readyz` for that.
    """
    return Response('{"status":"ok"}', mimetype=JSON)


@blueprint.get("/readyz")
@operation(
    Operation("service.readiness", {200: Answer("It is ready.", HealthSchema)}, (400,), scope=None)
)
def readiness() -> Response:
    """Check that the service is ready: its database answers and is fully migrated.

    If it is not, this is 503 with the reason, for load balancers and deployments.
    """
    try:
        connection = database(PROBE_WAIT_SECONDS)
        with connection.transaction():
            limit(connection, PROBE_WAIT_SECONDS * 1000)
            missing = pending(connection)
    except psycopg.ProgrammingError as error:
        log.warning("migrations cannot be read", reason=str(error).strip())
        return problem(
            ProblemType.UNAVAILABLE,
            "The database does not let the service read which migrations it has.",
            headers={"Retry-After": RETRY_AFTER},
        )
    except MigrationError as error:
        return problem(ProblemType.UNAVAILABLE, str(error), headers={"Retry-After": RETRY_AFTER})
    if missing:
        return problem(
            ProblemType.UNAVAILABLE,
            f"Migrations are missing: {', '.join(missing)}.",
            headers={"Retry-After": RETRY_AFTER},
        )
    return Response('{"status":"ok"}', mimetype=JSON)


LINKSET = "application/linkset+json"
"""The media type of a set of links (RFC 9264)."""

PROFILE = f'{LINKSET}; profile="https://www.rfc-editor.org/info/rfc9727"'
"""The same, of a set that is a catalog of APIs."""


@blueprint.get("/.well-known/api-catalog")
@operation(
    Operation(
        "service.catalog",
        {200: Answer("The catalog.", LINKS, ("Link",), LINKSET)},
        (400,),
        scope=None,
    )
)
def catalog() -> Response:
    """List the API of this service for programs that look for one (RFC 9727).

    Its links lead to the description, its documentation, and the readiness probe.
    """
    root = request.root_url.rstrip("/")
    links = {
        "anchor": f"{root}/v1",
        "service-desc": [
            {"href": f"{root}/openapi.yaml", "type": YAML},
            {"href": f"{root}/openapi.json", "type": JSON},
        ],
        "service-doc": [{"href": f"{root}/docs/", "type": "text/html"}],
        "service-meta": [{"href": f"{root}/problems", "type": JSON}],
        "status": [{"href": f"{root}/readyz", "type": JSON}],
    }
    catalogs = {"Link": f'<{root}/.well-known/api-catalog>; rel="api-catalog"'}
    return Response(orjson.dumps({"linkset": [links]}), 200, catalogs, content_type=PROFILE)


@blueprint.get("/openapi.json")
@operation(
    Operation(
        "service.openapi_json",
        DESCRIPTION | {200: Answer("The description.", JSON_SCHEMA, ("ETag",))},
        (400,),
        scope=None,
        headers=("If-None-Match",),
    )
)
def openapi_json() -> Response:
    """Describe the service as OpenAPI 3.1, in JSON.

    The same as `/openapi.yaml`, for tools that do not read YAML. It has an ETag: a client that has
    it already is answered 304.
    """
    return description(JSON)


@blueprint.get("/openapi.yaml")
@operation(
    Operation(
        "service.openapi_yaml",
        DESCRIPTION | {200: Answer("The description.", JSON_SCHEMA, ("ETag",), YAML)},
        (400,),
        scope=None,
        headers=("If-None-Match",),
    )
)
def openapi_yaml() -> Response:
    """Describe the service as OpenAPI 3.1, in YAML.

    Generate clients from it, or import it into tools. It has an ETag: a client that has it already
    is answered 304.
    """
    return description(YAML)


def description(kind: str) -> Response:
    """Answer with the description, which is made once."""
    texts: dict[str, tuple[str, str]] = current_app.extensions.setdefault("descriptions", {})
    if kind not in texts:
        text = openapi.text(current_app) if kind == YAML else openapi.json(current_app)
        texts[kind] = text, sha256(text.encode()).hexdigest()[:32]
    text, tag = texts[kind]
    answer = Response(text, 200, {"ETag": f'"{tag}"'}, mimetype=kind)
    return conditional.unchanged(tag) or answer
