"""Code lists of this service's own, and the Admiralty code."""

MODALITIES = ("actual", "planned", "hypothetical")
"""Whether an event happened, was planned, or is thought of: this service's own."""

LOCATION_PRECISIONS = ("exact", "near", "admin2", "admin1", "region", "country", "unknown")
"""How precisely a place is known, finest first: this service's own, after UCDP's `where_prec`."""

PARTICIPANT_ROLES = ("initiator", "target", "participant", "victim", "mediator")
"""As what an actor takes part in an event: this service's own, wider than PLOVER's two sides."""

CERTAINTIES = ("certain", "probable", "possible", "reported")
"""How certain it is that somebody took part: this service's own."""

EVENT_RELATIONS = ("follows", "responds_to", "same_as", "causes")
"""Relations of events: this service's own."""

VERIFICATION_LEVELS = ("confirmed", "refuted")
"""Judgements of a curator: this service's own."""

STATUSES = (
    *("retracted", "hypothetical", "refuted", "confirmed", "disputed", "denied", "corroborated"),
    *("claimed", "reported", "unattested"),
)
"""How well an event is attested, the first that fits: this service's own."""

METHODS = ("human", "model", "import")
"""How records and assessments are made, as the key says that they are written with."""

VERDICTS = ("agree", "disagree", "unsure")
"""Verdicts of assessments: this service's own."""

ACTOR_KINDS = ("person", "organization", "collective")
"""Kinds of actors: this service's own."""

NAME_KINDS = ("primary", "alias", "former", "acronym", "transliteration")
"""Kinds of names: this service's own."""

AFFILIATION_ROLES = (
    *("member", "leader", "commander", "spokesperson", "official", "founder", "faction_of"),
    *("ally_of", "opponent_of", "parent_of", "child_of", "successor_of", "other"),
)
"""Roles of affiliations: this service's own."""

LOCATION_KINDS = (
    "country",
    "admin1",
    "admin2",
    "admin3",
    "populated_place",
    "area",
    "facility",
    "other",
)
"""Kinds of locations: this service's own."""

DOCUMENT_KINDS = (
    *("article", "post", "broadcast", "press_release", "official", "image", "video", "audio"),
    *("dataset", "other"),
)
"""Kinds of documents: this service's own."""

FORMER_DOCUMENT_KINDS = {"official_paper": "official"}
"""Words that were kinds of documents once, and which ones they are now."""

CASUALTY_KINDS = ("killed", "injured", "missing", "abducted", "detained", "displaced")
"""Kinds of harm to people: this service's own."""

RELIABILITIES = ("A", "B", "C", "D", "E", "F")
"""How reliable a source is, best first, `F` where that cannot be judged: the Admiralty code."""

CREDIBILITIES = (1, 2, 3, 4, 5, 6)
"""How credible what was said is, best first, 6 where that cannot be judged: the Admiralty code."""

ACTS = (
    *("assert", "deny", "demand", "refuse", "threaten", "offer", "promise", "appeal", "predict"),
    *("justify", "assess", "accept_responsibility", "deny_responsibility"),
)
"""Speech acts: this service's own."""

FORMS = ("direct_quote", "partial_quote", "paraphrase", "narration")
"""How a document gives what was said: this service's own."""

MEDIA = (
    *("interview", "telephone_interview", "press_conference", "press_release", "social_media"),
    *("broadcast", "speech", "letter", "print", "other"),
)
"""Through what it was said or carried: this service's own."""

STANCES = ("asserts", "denies", "questions", "projects")
"""Stances of claims: this service's own."""

ASPECTS = (
    "occurrence",
    "responsibility",
    "location",
    "date",
    "fatalities",
    "casualties",
    "intent",
    "degree",
)
"""Aspects of events: this service's own."""
