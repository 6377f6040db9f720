"""The code lists, and what is made of a word that is in none of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.fields.words import near
from schemas.vocabularies import iso, own, plover
from schemas.vocabularies.alpha3 import ALPHA3
from schemas.vocabularies.iso import is_language_tag

LISTS = {
    name: codes
    for module in (iso, own, plover)
    for name, codes in vars(module).items()
    if name.isupper() and isinstance(codes, tuple)
}
"""Every code list, by its name."""

FIELDS = ("event_id", "starts_on", "ends_on", "location_id", "title", "type")
"""Names such as a schema has them."""


@pytest.mark.parametrize("name", LISTS)
def test_no_code_stands_twice(name):
    """A code list has each of its codes once, and at least one."""
    assert LISTS[name]
    assert len(set(LISTS[name])) == len(LISTS[name])


def test_every_country_has_a_code():
    """The countries are the 249 of ISO 3166-1, and Kosovo."""
    assert len(iso.COUNTRIES) == 249 + 1
    assert all(len(code) == 2 and code.isascii() and code.isupper() for code in iso.COUNTRIES)
    assert {"AF", "SA", "SS", "XK"} <= set(iso.COUNTRIES)
    assert not {"UK", "EU", "SU", "YU", "AN"} & set(iso.COUNTRIES)


def test_every_country_has_one_code_of_three_letters():
    """Each country has a code of three letters, but for `CS`, which was two."""
    assert {*iso.ALL_COUNTRIES} - {*ALPHA3} == {"CS"}
    assert {*ALPHA3} <= {*iso.ALL_COUNTRIES}
    assert len(ALPHA3) == 249 + 1 + 31
    assert len({*ALPHA3.values()}) == len(ALPHA3) - 1  # FQ and TF are ATF, one after the other
    assert all(len(code) == 3 and code.isascii() and code.isupper() for code in ALPHA3.values())
    assert (ALPHA3["AF"], ALPHA3["XK"], ALPHA3["SU"], ALPHA3["CSHH"]) == (
        *("AFG", "KOS", "SUN"),
        "CSK",
    )


def test_modes_are_listed_for_every_type_of_event():
    """Each type of event has its own modes, which may be none, without repeats."""
    assert tuple(plover.MODES) == plover.EVENT_TYPES
    for modes in plover.MODES.values():
        assert len(set(modes)) == len(modes)


@pytest.mark.parametrize(
    ("kind", "mode"),
    [
        ("coerce", "restrict"),
        ("mobilize", "troops"),
        ("mobilize", "militia"),
        ("threaten", "violence"),
    ],
)
def test_the_reference_case_can_be_coded(kind, mode):
    """The modes that the reference case needs are there."""
    assert mode in plover.MODES[kind]


def test_both_scales_of_the_admiralty_code_have_six_steps():
    """Reliability runs from A to F, credibility from 1 to 6."""
    assert "".join(own.RELIABILITIES) == "ABCDEF"
    assert list(own.CREDIBILITIES) == list(range(1, 7))


@pytest.mark.parametrize(
    ("word", "known", "meant"),
    [
        ("assualt", plover.EVENT_TYPES, "assault"),
        ("Assault", plover.EVENT_TYPES, "assault"),
        ("organisation", own.ACTOR_KINDS, "organization"),
        ("telephone-interview", own.MEDIA, "telephone_interview"),
        ("heavy_weapons", plover.MODES["assault"], "heavy-weapons"),
        ("Press Release", own.DOCUMENT_KINDS, "press_release"),
        ("deny", own.STANCES, "denies"),
        ("gov", plover.SECTORS, "GOV"),
        ("af", iso.COUNTRIES, "AF"),
        ("start_on", FIELDS, "starts_on"),
        ("eventId", FIELDS, "event_id"),
        ("pineapple", FIELDS, None),
        ("", FIELDS, None),
        ("type", (), None),
        ("type" * 1_000_000, FIELDS, None),
    ],
)
def test_the_word_meant_is_guessed_only_where_one_is_near(word, known, meant):
    """A slip of spelling, case or hyphen leads to the known word, another word to none."""
    assert near(word, iter(known)) == meant


@pytest.mark.parametrize(
    ("tag", "valid"),
    [
        ("en", True),
        ("en-GB", True),
        ("EN-gb", True),
        ("prs", True),
        ("fa-AF", True),
        ("ps-Arab-AF", True),
        ("zh-Hant-TW", True),
        ("mul", True),
        ("und", True),
        ("en_GB", False),
        ("english", False),
        ("xx", False),
        ("en-", False),
        ("en GB", False),
        ("en\n", False),
        ("", False),
        ("\uff45\uff4e", False),
        ("\ud800", False),
        ("x" + "-a" * 100_000, False),
    ],
)
def test_a_language_is_a_registered_tag(tag, valid):
    """A language is a tag of BCP 47 that means something, not merely one of its shape."""
    assert is_language_tag(tag) is valid


@given(st.text(st.characters()) | st.text("aexzuENU019-_", max_size=40))
def test_any_text_is_a_language_tag_or_none(tag):
    """Whatever is sent, the answer is true or false, and nothing is raised."""
    assert is_language_tag(tag) in (True, False)
    assert near(tag, FIELDS) in (*FIELDS, None)
