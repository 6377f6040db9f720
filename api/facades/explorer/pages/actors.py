"""/actors and /actors/{id}: names, affiliations in time, what it did and said, and with whom."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

from werkzeug import Response

from api.facades.explorer.addresses import api
from api.facades.explorer.asking import ask
from api.facades.explorer.counting import times_of, years_with
from api.facades.explorer.lists import shown
from api.facades.explorer.page import page
from api.facades.explorer.pictures.charts import spans
from api.facades.explorer.rendering import render
from schemas.vocabularies import own

MEMBERS = "name,names,kind,sector,country,dataset,description,retraction"
# Maximum numbers of what is read of each kind; links lead to all of it.
MAX_EVENTS = 60
MAX_PER_ROLE = 6
MAX_STATEMENTS = 8
MAX_AFFILIATED = 100
MAX_LINKS = 200
MAX_DRAWN = 12
"""Maximum number of counterparts that are shown, each with its events by year."""


@page("/actors")
def actors() -> str | Response:
    """Show actors that match."""
    return shown(
        "actors",
        {"affiliated_with": "actors"},
        asked={"fields": MEMBERS},
        sort="name",
        kinds=own.ACTOR_KINDS,
    )


@page("/actors/<uuid:record_id>")
def actor(record_id: UUID) -> str:
    """Show an actor."""
    one = str(record_id)
    found = ask(f"actors/{one}", expand="affiliations.actor,affiliations.document")
    events = ask(
        "events",
        actor=one,
        limit=MAX_EVENTS,
        fields="title,date,attestation,participants.role,participants.actor_id",
    )["items"]
    said = ask("statements", speaker=one, **FIRST_STATEMENTS, expand="claims.event")
    for_it = ask("statements", on_behalf_of=one, **FIRST_STATEMENTS, expand="claims.event,speaker")
    affiliations = [*affiliations_of(found), *affiliations_to(one)]
    counterparts = counterparts_of(one)
    most = [each["id"] for each in counterparts[:MAX_DRAWN]]
    return render(
        "actor.html",
        actor=found,
        affiliations=affiliations,
        spans=spans([each["date"] for each in affiliations]),
        multiples=years_with(one, most) if most else None,
        roles=roles_of(one, events),
        counterparts=counterparts,
        said=said,
        for_it=for_it,
        about=about(one, events),
        times=times_of({"actor": one}),
        api=api(),
    )


FIRST_STATEMENTS = {"limit": MAX_STATEMENTS, "total": "exact"}
"""How the statements of an actor are asked for."""


def affiliations_of(actor: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield an actor's own affiliations."""
    for each in actor["affiliations"] or ():
        yield {
            "outward": True,
            "role": each["role"],
            "title": each["title"],
            "date": each["date"],
            "id": each["actor_id"],
            "name": each["actor"]["name"],
        }


def affiliations_to(actor_id: str) -> Iterator[dict[str, Any]]:
    """Yield the affiliations of others to an actor."""
    others = ask(
        "actors",
        affiliated_with=actor_id,
        limit=MAX_AFFILIATED,
        fields="name,affiliations",
    )
    for other in others["items"]:
        for each in other["affiliations"] or ():
            if each["actor_id"] == actor_id:
                yield {
                    "outward": False,
                    "role": each["role"],
                    "title": each["title"],
                    "date": each["date"],
                    "id": other["id"],
                    "name": other["name"],
                }


def roles_of(actor_id: str, events: list[dict[str, Any]]) -> list[tuple[str, int, list[Any]]]:
    """Give for each role how many events the actor has it in, and the newest of these."""
    counted: Counter[str] = Counter()
    for row in ask("events/summary", by="actor_role,status", actor=actor_id)["items"]:
        counted[row["actor_role"]] += row["count"] + row["possible"]
    newest: dict[str, list[Any]] = defaultdict(list)
    for event in events:
        mine = {each["role"] for each in event["participants"] if each["actor_id"] == actor_id}
        for role in mine:
            newest[role].append(event)
    return [
        (role, counted[role], newest[role][:MAX_PER_ROLE])
        for role in own.PARTICIPANT_ROLES
        if counted[role]
    ]


def counterparts_of(actor_id: str) -> list[dict[str, Any]]:
    """List those who take part in events with an actor, and how often each way."""
    network = ask(f"actors/{actor_id}/network", limit=MAX_LINKS)
    names = {node["id"]: node["name"] for node in network["nodes"]}
    found: dict[str, dict[str, Any]] = {}
    for each in network["links"]:
        other = each["target"] if each["source"] == actor_id else each["source"]
        way = "together"
        if each["relation"] == "toward":
            way = "to" if each["source"] == actor_id else "by"
        row = found.setdefault(
            other, {"id": other, "name": names[other], "to": 0, "by": 0, "together": 0}
        )
        row[way] += each["count"] + each["possible"]
    return sorted(found.values(), key=lambda row: -(row["to"] + row["by"] + row["together"]))


def about(actor_id: str, events: list[dict[str, Any]]) -> list[Any]:
    """List what others said of the newest events that an actor took part in."""
    if not events:
        return []
    ids = ",".join(each["id"] for each in events)
    listed = ask("statements", event=ids, limit=40, expand="speaker,on_behalf_of,claims.event")
    return [
        each
        for each in listed["items"]
        if actor_id not in {each["speaker_id"], each["on_behalf_of_id"]}
    ]
