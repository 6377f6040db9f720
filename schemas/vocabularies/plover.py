"""Types, modes, contexts and sectors of PLOVER 2.0, and what it has no type for."""

EVENT_TYPES = (
    *("agree", "consult", "support", "concede", "cooperate", "aid", "retreat", "request"),
    *("accuse", "reject", "threaten", "protest", "sanction", "mobilize", "coerce", "assault"),
    *("control", "other"),
)
"""Types of events: PLOVER 2.0, chapter 3, from cooperation to conflict; `control` and `other`.

Who holds a place is a state and no act, which PLOVER has no type for: `control` is this service's
own.
"""

MODES: dict[str, tuple[str, ...]] = {
    "agree": (),
    "consult": ("visit", "third-party", "multilateral", "phone"),
    "support": (),
    "concede": (),
    "cooperate": (),
    "aid": (),
    "retreat": ("withdraw", "release", "disarm", "ceasefire", "access", "resign"),
    "request": ("assist", "change", "yield", "meet"),
    "accuse": ("disapprove", "investigate", "allege"),
    "reject": ("assist", "change", "yield", "meet"),
    "threaten": ("restrict", "arrest", "relations", "expel", "territory", "violence"),
    "protest": ("demo", "riot", "strike", "hunger", "boycott", "obstruct", "vandalize"),
    "sanction": ("convict", "expel", "withdraw", "discontinue"),
    "mobilize": ("troops", "weapons", "police", "militia"),
    "coerce": (
        *("seize", "restrict", "censor", "curfew", "martial-law", "arrest", "deport"),
        *("withhold", "misinformation", "cyber"),
    ),
    "assault": (
        *("abduct", "beat", "torture", "sexual", "targeted", "destroy", "primitive", "firearms"),
        *("explosives", "suicide-attack", "aerial", "drone", "heavy-weapons", "crowd-control"),
        "unconventional",
    ),
    "control": (),
    "other": (),
}
"""How it was done, by type of event: PLOVER 2.0, tables 3.1 to 3.11, hyphens as there."""

ALL_MODES = tuple(sorted({mode for modes in MODES.values() for mode in modes}))
"""The modes of all types."""

CONTEXTS = (
    *("military", "intelligence", "executive", "legislative", "election"),
    *("political_institutions", "pro_democracy", "pro_autocracy", "economic", "legal"),
    *("reparations", "human_rights", "rights_freedoms", "repression", "human_security"),
    *("gender", "lgbt", "religion_ethnicity", "inequality", "diplomatic", "territory"),
    *("peacekeeping", "health", "asylum", "migration", "disasters", "natural_resource"),
    *("environment", "technology", "terrorism", "cbrn", "cyber", "misinformation", "crime"),
    *("corruption", "illegal_drugs", "trafficking"),
)
"""Contexts of events: PLOVER 2.0, table 2.1, underscores for its spaces."""

SECTORS = (
    *("COP", "GOV", "JUD", "LEG", "MIL", "PRM", "PTY", "REB", "SPY", "UAF", "UNK"),
    *("AGR", "BUS", "CRM", "CVL", "EDU", "ELI", "JRN", "LAB", "MED", "REF", "OPP", "PRE"),
    *("REL", "SOC", "IGO", "UNO", "EUR", "NGO", "ISM", "IMG", "MNC"),
)
"""Which part of society an actor belongs to: PLOVER 2.0, table 5.2.

From `IGO` on they are its international actors, table 5.1, which it puts in the place of a country.
"""
