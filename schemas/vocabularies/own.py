"""The code lists: which words may be sent where, and who defined them."""

from collections.abc import Iterable
from difflib import get_close_matches

from langcodes import tag_is_valid

EVENT_TYPES = (
    *("agree", "consult", "support", "concede", "cooperate", "aid", "retreat", "request"),
    *("accuse", "reject", "threaten", "protest", "sanction", "mobilize", "coerce", "assault"),
    "other",
)
"""What kind of event it is: PLOVER 2.0, chapter 3, from cooperation to conflict, and `other`."""

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
    "other": (),
}
"""How it was done, by type of event: PLOVER 2.0, tables 3.1 to 3.11, hyphens as there."""

CONTEXTS = (
    *("military", "intelligence", "executive", "legislative", "election"),
    *("political_institutions", "pro_democracy", "pro_autocracy", "economic", "legal"),
    *("reparations", "human_rights", "rights_freedoms", "repression", "human_security"),
    *("gender", "lgbt", "religion_ethnicity", "inequality", "diplomatic", "territory"),
    *("peacekeeping", "health", "asylum", "migration", "disasters", "natural_resource"),
    *("environment", "technology", "terrorism", "cbrn", "cyber", "misinformation", "crime"),
    *("corruption", "illegal_drugs", "trafficking"),
)
"""What it was about: PLOVER 2.0, table 2.1, underscores for its spaces."""

SECTORS = (
    *("COP", "GOV", "JUD", "LEG", "MIL", "PRM", "PTY", "REB", "SPY", "UAF", "UNK"),
    *("AGR", "BUS", "CRM", "CVL", "EDU", "ELI", "JRN", "LAB", "MED", "REF", "OPP", "PRE"),
    *("REL", "SOC", "IGO", "UNO", "EUR", "NGO", "ISM", "IMG", "MNC"),
)
"""Which part of society an actor belongs to: PLOVER 2.0, table 5.2.

From `IGO` on they are its international actors, table 5.1, which it puts in the place of a country.
"""

MODALITIES = ("actual", "planned", "hypothetical")
"""Whether an event happened, was planned, or is thought of: this service's own."""

LOCATION_PRECISIONS = ("exact", "near", "admin2", "admin1", "region", "country", "unknown")
"""How precisely a place is known, finest first: this service's own, after UCDP's `where_prec`."""

PARTICIPANT_ROLES = ("initiator", "target", "participant", "victim", "mediator")
"""As what an actor takes part in an event: this service's own, wider than PLOVER's two sides."""

EVENT_RELATIONS = ("follows", "responds_to", "same_as", "causes")
"""What an event is to another: this service's own."""

VERIFICATION_LEVELS = ("confirmed", "refuted")
"""What a curator can judge of an event: this service's own."""

STATUSES = (
    *("retracted", "hypothetical", "refuted", "confirmed", "disputed", "denied", "corroborated"),
    *("claimed", "reported", "unattested"),
)
"""How well an event is attested, the first that fits: this service's own."""

ACTOR_KINDS = ("person", "organization", "collective")
"""What an actor is: this service's own."""

NAME_KINDS = ("primary", "alias", "former", "acronym", "transliteration")
"""What kind of name it is: this service's own."""

AFFILIATION_ROLES = (
    *("member", "leader", "commander", "spokesperson", "official", "founder", "faction_of"),
    *("ally_of", "opponent_of", "parent_of", "child_of", "successor_of", "other"),
)
"""What an actor is to another: this service's own."""

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
"""What a location is: this service's own."""

DOCUMENT_KINDS = ("article", "post", "broadcast", "press_release", "official_paper", "other")
"""What a document is: this service's own."""

RELIABILITIES = ("A", "B", "C", "D", "E", "F")
"""How reliable a source is, best first, `F` where that cannot be judged: the Admiralty code."""

CREDIBILITIES = (1, 2, 3, 4, 5, 6)
"""How credible what was said is, best first, 6 where that cannot be judged: the Admiralty code."""

ACTS = (
    *("assert", "deny", "demand", "refuse", "threaten", "offer", "promise", "appeal", "predict"),
    *("justify", "assess", "accept_responsibility", "deny_responsibility"),
)
"""What a speaker does by saying it: this service's own."""

FORMS = ("direct_quote", "partial_quote", "paraphrase", "narration")
"""How a document gives what was said: this service's own."""

MEDIA = (
    *("interview", "telephone_interview", "press_conference", "press_release", "social_media"),
    *("broadcast", "speech", "letter", "print", "other"),
)
"""Through what it was said or carried: this service's own."""

STANCES = ("asserts", "denies", "questions", "projects")
"""What a statement does to what it claims of an event: this service's own."""

ASPECTS = (
    "occurrence",
    "responsibility",
    "location",
    "date",
    "fatalities",
    "intent",
    "degree",
)
"""What of an event a claim is about: this service's own."""

# fmt: off
COUNTRIES = (
    "AD", "AE", "AF", "AG", "AI", "AL", "AM", "AO", "AQ", "AR", "AS", "AT", "AU", "AW", "AX", "AZ",
    "BA", "BB", "BD", "BE", "BF", "BG", "BH", "BI", "BJ", "BL", "BM", "BN", "BO", "BQ", "BR", "BS",
    "BT", "BV", "BW", "BY", "BZ", "CA", "CC", "CD", "CF", "CG", "CH", "CI", "CK", "CL", "CM", "CN",
    "CO", "CR", "CU", "CV", "CW", "CX", "CY", "CZ", "DE", "DJ", "DK", "DM", "DO", "DZ", "EC", "EE",
    "EG", "EH", "ER", "ES", "ET", "FI", "FJ", "FK", "FM", "FO", "FR", "GA", "GB", "GD", "GE", "GF",
    "GG", "GH", "GI", "GL", "GM", "GN", "GP", "GQ", "GR", "GS", "GT", "GU", "GW", "GY", "HK", "HM",
    "HN", "HR", "HT", "HU", "ID", "IE", "IL", "IM", "IN", "IO", "IQ", "IR", "IS", "IT", "JE", "JM",
    "JO", "JP", "KE", "KG", "KH", "KI", "KM", "KN", "KP", "KR", "KW", "KY", "KZ", "LA", "LB", "LC",
    "LI", "LK", "LR", "LS", "LT", "LU", "LV", "LY", "MA", "MC", "MD", "ME", "MF", "MG", "MH", "MK",
    "ML", "MM", "MN", "MO", "MP", "MQ", "MR", "MS", "MT", "MU", "MV", "MW", "MX", "MY", "MZ", "NA",
    "NC", "NE", "NF", "NG", "NI", "NL", "NO", "NP", "NR", "NU", "NZ", "OM", "PA", "PE", "PF", "PG",
    "PH", "PK", "PL", "PM", "PN", "PR", "PS", "PT", "PW", "PY", "QA", "RE", "RO", "RS", "RU", "RW",
    "SA", "SB", "SC", "SD", "SE", "SG", "SH", "SI", "SJ", "SK", "SL", "SM", "SN", "SO", "SR", "SS",
    "ST", "SV", "SX", "SY", "SZ", "TC", "TD", "TF", "TG", "TH", "TJ", "TK", "TL", "TM", "TN", "TO",
    "TR", "TT", "TV", "TW", "TZ", "UA", "UG", "UM", "US", "UY", "UZ", "VA", "VC", "VE", "VG", "VI",
    "VN", "VU", "WF", "WS", "XK", "YE", "YT", "ZA", "ZM", "ZW",
)
# fmt: on
"""Countries: ISO 3166-1 alpha-2, all codes officially assigned, and `XK`, in use for Kosovo."""

LONGEST_WORD = 100
"""Characters beyond which no word is guessed: comparing takes quadratic time."""

LONGEST_TAG = 35
"""Characters that a language tag may have: RFC 5646, section 4.4.1."""


def near(word: str, known: Iterable[str]) -> str | None:
    """Give the known word most probably meant, whatever its case and hyphens; None if none is."""
    if len(word) > LONGEST_WORD:
        return None
    plain = {_plain(name): name for name in known}
    return next((plain[name] for name in get_close_matches(_plain(word), plain, n=1)), None)


def is_language_tag(tag: str) -> bool:
    """Tell whether it is a tag of BCP 47 whose subtags are registered with IANA."""
    # langcodes takes underscores too, and would remember tags of any length.
    return len(tag) <= LONGEST_TAG and "_" not in tag and tag_is_valid(tag)


def _plain(name: str) -> str:
    return name.strip().casefold().replace("-", "_").replace(" ", "_")
