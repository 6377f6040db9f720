"""Control of an event's place, as said, and whether by the speaker."""

from typing import LiteralString

from models.lists.conditions import BELONGING

SAID: LiteralString = """
    controls.type = 'control' AND NOT controls.withdrawn AND controls.ends_on > '-infinity'
    AND controls.status NOT IN ('retracted', 'hypothetical', 'refuted', 'denied')
"""
"""Control events that count."""

THEN: LiteralString = """
    claimed.ends_on > '-infinity'
    AND controls.starts_on <= claimed.ends_on AND controls.ends_on >= claimed.starts_on
"""
"""Whether that may have been so on the days of an event."""

COVERED: LiteralString = f"""
    SELECT DISTINCT claimed.id FROM events AS controls
    JOIN event_places ON event_places.location_id = controls.location_id
        AND event_places.begins < controls.ends_on + 1
    JOIN events AS claimed ON claimed.id = event_places.event_id
    WHERE {SAID} AND {THEN}
"""
"""Events at places that somebody is said to hold then, and perhaps some beside them."""

HELD: LiteralString = f"""
    SELECT holders.actor_id, claimed.starts_on, claimed.ends_on, rank() OVER (
        ORDER BY array_position(locations.id || locations.ancestors, controls.location_id)
    ) AS distance
    FROM events AS claimed
    JOIN locations ON locations.id = claimed.location_id
    JOIN events AS controls ON controls.location_id = ANY(locations.id || locations.ancestors)
    LEFT JOIN participants AS holders
        ON holders.event_id = controls.id AND holders.role = 'initiator'
    WHERE claimed.id = claims.event_id AND {SAID} AND {THEN}
"""
"""Who may hold the place of a claim's event on its days, or what that lies in, by its distance."""

SPEAKER: LiteralString = (
    "array_remove(ARRAY[statements.speaker_id, statements.on_behalf_of_id], NULL)"
)
"""Who speaks, and whom for."""

OWN: LiteralString = f"""
    CASE WHEN {SPEAKER} <> '{{}}' AND held.actor_id IS NOT NULL THEN
        held.actor_id = ANY({SPEAKER}) OR EXISTS (
            SELECT FROM affiliations
            WHERE (affiliations.actor_id = ANY({SPEAKER}) AND affiliations.of_id = held.actor_id
                OR affiliations.actor_id = held.actor_id AND affiliations.of_id = ANY({SPEAKER}))
                AND affiliations.role IN {BELONGING}
                AND affiliations.starts_on <= held.ends_on
                AND affiliations.ends_on >= held.starts_on
        )
    END
"""
"""Whether a holder is the speaker, whom he speaks for, or belongs to one of them or they to it.

Null where nobody knows who holds it, or who speaks.
"""

SPEAKER_HOLDS: LiteralString = f"""
    claims.event_id = ANY(ARRAY({COVERED})) AND (
        SELECT CASE WHEN bool_or(own.holds) THEN true
            WHEN bool_and(own.holds IS NOT NULL) THEN false END
        FROM ({HELD}) AS held, LATERAL (SELECT {OWN}) AS own (holds)
        WHERE held.distance = 1
    ) = %(speaker_holds)s
"""
"""A claim on an event whose place the speaker is said to hold then, or only others are.

Whoever holds the nearest place that the event lies in holds its place; of two who are both said
to, each does. The events come first, once for all claims, for there may be few or none.
"""
