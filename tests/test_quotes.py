"""Quotes: found and verified by code points, whatever marks they are set in."""

import hashlib
import time

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from support import article

from schemas.fields.quotes import QUOTATION_MARKS, Mismatch, digest, locate, words

DISPATCH = (
    "Reporters 📰 were told of a “general amnesty”\u00a0for ‘all Afghans’. "  # noqa: RUF001
    "It isn’t a siege, he said;  it isn't war. A General\n  Amnesty was named again."  # noqa: RUF001
)


@pytest.mark.parametrize(
    ("quote", "start", "end"),
    [
        ("general amnesty", 28, 43),
        ("“general amnesty”", 27, 44),
        ('"general amnesty"', 27, 44),
        ("«general amnesty»", 27, 44),
        ("'all Afghans'", 49, 62),
        ("isn't", 95, 100),
        ("isn’t", 67, 72),  # noqa: RUF001
        ("isn`t", 67, 72),
        ("📰", 10, 11),
        ("Reporters", 0, 9),
        ("again.", 136, 142),
    ],
)
def test_a_quote_is_found_by_code_points(quote, start, end):
    """The place of a quote counts code points, and prefers the marks that the quote itself has."""
    assert locate(DISPATCH, quote, None, None) == (start, end)


@pytest.mark.parametrize(("start", "end"), [(49, 62), (49, None), (None, 62)])
def test_a_quote_is_verified_where_it_is_said_to_stand(start, end):
    """One offset is enough, since the other follows from the quote's length."""
    assert locate(DISPATCH, '"all Afghans"', start, end) == (49, 62)


@pytest.mark.parametrize(
    ("quote", "start", "end", "nearest", "reason"),
    [
        ("all Afghans", 0, 11, (50, 61), "does not stand at 0-11; it stands at 50-61"),
        ("all Afghans", 49, None, (50, 61), "stands at 50-61"),
        ("all Afghans", None, 500, (50, 61), "the text has 142 code points; it stands at 50-61"),
        ("all Afghans", -11, None, (50, 61), "the text has 142 code points"),
        ("all Afghans", 50, 59, (50, 61), "it has 11 code points, not 9"),
        ("all Afghans", 61, 50, (50, 61), "it has 11 code points, not -11"),
        ('isn"t', 75, 80, (67, 72), "stands at 67-72"),
        ('isn"t', 90, 95, (95, 100), "stands at 95-100"),
        ("ALL afghans", None, None, (50, 61), "at 50-61 case or white space differ"),
        ("all  Afghans", 3, 15, (50, 61), "at 50-61 case or white space differ"),
        ("General Amnesty", None, None, (28, 43), "at 28-43 case or white space differ"),
        ("general amnesty", 110, 125, (28, 43), "stands at 28-43"),
        ("GENERAL  amnesty", 118, None, (108, 125), "at 108-125 case or white space differ"),
        ("'General amnesty' for", None, None, (27, 48), "at 27-48 case or white space differ"),
        ("no Afghans", None, None, None, "stands nowhere in the text"),
        ("no Afghans", 5, 15, None, "stands nowhere in the text"),
        ("", None, None, None, "empty"),
        ("", 0, 0, None, "empty"),
        (" \n", None, None, None, "nowhere"),
        ("all Afghans", 10**30, None, (50, 61), "stands at 50-61"),
    ],
)
def test_a_mismatch_says_where_the_quote_stands(quote, start, end, nearest, reason):
    """What is wrong with a quote's place comes with the nearest place that would be right."""
    with pytest.raises(Mismatch, match=reason) as refusal:
        locate(DISPATCH, quote, start, end)
    assert refusal.value.nearest == nearest


@pytest.mark.parametrize(
    ("text", "quote", "place"),
    [
        ("e\u0301te\u0301", "t", (2, 3)),
        ("e\u0301te\u0301", "e\u0301", (0, 2)),
        ("\U0001f1e6\U0001f1eb says", "says", (3, 7)),
        ("احمد مسعود گفت", "مسعود", (5, 10)),
        ("\U00020000'\U00020001", "″\U00020001", (1, 3)),
    ],
)
def test_every_code_point_counts(text, quote, place):
    """Combining and astral characters count one each, in whatever script."""
    assert locate(text, quote, None, None) == place


@pytest.mark.parametrize(
    ("text", "quote", "nearest"),
    [
        ("İSTANBUL fell", "istanbul", (0, 8)),
        ("in ΟΔΟΣΑ", "οδος", (3, 7)),
        ("STRASSE", "straße", None),
    ],
)
def test_a_variant_in_case_keeps_its_place(text, quote, nearest):
    """Letters are compared one by one, so that no place is shifted by a longer capital."""
    with pytest.raises(Mismatch) as refusal:
        locate(text, quote, None, None)
    assert refusal.value.nearest == nearest


FEW = st.text(st.sampled_from("ab '\"’𝄞\n\u0301"), max_size=30)  # noqa: RUF001


@given(st.text() | FEW, st.text(min_size=1) | FEW, st.text() | FEW)
def test_what_stands_in_a_text_is_found(before, quote, after):
    """A quote that stands in a text is found, at its first place, and verified at its own."""
    assume(quote)
    text = before + quote + after
    start, end = locate(text, quote, None, None)
    assert text[start:end] == quote
    assert start == text.index(quote)
    own = (len(before), len(before) + len(quote))
    assert locate(text, quote, *own) == own


@given(FEW, FEW, FEW, st.sampled_from(QUOTATION_MARKS))
def test_marks_do_not_move_a_quote(before, quote, after, mark):
    """A quote stands where it stands, whichever quotation marks are put for its own."""
    assume(quote)
    start, end = len(before), len(before) + len(quote)
    marked = "".join(mark if letter in QUOTATION_MARKS else letter for letter in quote)
    assert locate(before + quote + after, marked, start, None) == (start, end)
    assert locate(quote, marked, None, None) == (0, len(quote))


@given(FEW, st.text("ab'", min_size=1, max_size=3), st.integers(-5, 40))
def test_the_nearest_place_is_the_nearest(text, quote, start):
    """No other place of the quote lies nearer to where it was said to stand."""
    plain = text.translate(dict.fromkeys(map(ord, '"’'), "'"))  # noqa: RUF001
    places = [place for place in range(len(plain)) if plain.startswith(quote, place)]
    assume(start not in places)
    with pytest.raises(Mismatch) as refusal:
        locate(text, quote, start, None)
    nearest = refusal.value.nearest
    if places:
        assert nearest is not None
        assert nearest[0] in places
        assert abs(nearest[0] - start) == min(abs(place - start) for place in places)
    elif nearest is not None:
        assert "".join(text[slice(*nearest)].split()) != ""


@given(st.text(), st.text(), st.none() | st.integers(), st.none() | st.integers())
def test_a_quote_is_located_or_refused(text, quote, start, end):
    """Whatever is sent, the answer is a place inside the text or a Mismatch, and nothing else."""
    try:
        place = locate(text, quote, start, end)
    except Mismatch as refusal:
        place = refusal.nearest or (0, 0)
    assert 0 <= place[0] <= place[1] <= len(text)


@pytest.mark.parametrize(
    ("text", "quote"),
    [
        ("a" * 1_000_000, "a" * 5_000 + "b"),
        ("a" * 1_000_000, "b" + "a" * 5_000),
        ("a " * 500_000, "A " * 2_500 + "b"),
        ("ab" * 500_000, "ab" * 2_500 + "b"),
        (" " * 1_000_000, "a b"),
        ("'" * 1_000_000, "’" * 5_000 + "x"),  # noqa: RUF001
    ],
)
def test_a_long_text_is_searched_in_linear_time(text, quote):
    """A megabyte made to be slow is refused within seconds, where quadratic time takes minutes."""
    started = time.perf_counter()
    with pytest.raises(Mismatch):
        locate(text, quote, 500_000, None)
    assert time.perf_counter() - started < 5


def test_a_digest_is_the_hash_of_the_bytes_in_utf_8():
    """Anybody can compute the same digest from the text."""
    assert digest("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert digest("Panjšir") == hashlib.sha256(b"Panj\xc5\xa1ir").hexdigest()


@pytest.mark.parametrize(
    ("quote", "same"),
    [
        ("“General  Amnesty”", "general amnesty"),
        ("general-amnesty…", "general amnesty"),
        ("It isn’t war.", "it isnt war"),  # noqa: RUF001
        ("It isn't\nwar!", "it isnt war"),
        ("ﬁve men", "five men"),
        ("STRASSE", "strasse"),
        ("Straße", "strasse"),
        ("e\u0301te\u0301", "ete"),
        ("می\u200cشود", "میشود"),
        ("हिन्दी", "हिनदी"),
        ("قَالَ", "قال"),
        ("他说。我们,不会 离开", "他说我们不会离开"),
        ("เราจะไม่ ไป", "เราจะไมไป"),
        ("…", ""),
        ("", ""),
    ],
)
def test_the_same_words_are_known_in_any_setting(quote, same):
    """Case, marks, combining marks, punctuation and spacing do not make other words."""
    assert words(quote) == words(same) == same


@given(st.text() | FEW)
def test_words_are_a_normal_form(quote):
    """Words of words are the same words."""
    assert words(words(quote)) == words(quote)


@pytest.mark.parametrize(
    "report", [pytest.param(report, id=name) for name, report in article.REPORTS]
)
def test_a_report_is_counted_in_code_points(report):
    """Offsets in a report count its code points, not its bytes nor units of UTF-16."""
    assert len(report.text) < len(report.text.encode())
    start, end = report.spans["S25"]
    quote = report.text[start:end]
    assert locate(report.text, quote, None, None) == (start, end)
    assert locate(report.text, quote, start, end) == (start, end)
    with pytest.raises(Mismatch) as refusal:
        locate(report.text, quote, end - 3, None)
    assert refusal.value.nearest == (start, end)


@pytest.mark.parametrize(
    "report", [pytest.param(report, id=name) for name, report in article.REPORTS]
)
@pytest.mark.parametrize(
    "fragment", ["general amnesty", "all Afghans", "brutality", "are stationed near Panjshir"]
)
def test_fragments_of_a_report_stand_in_it(report, fragment):
    """The fragments that the example quotes are verbatim."""
    start, end = locate(report.text, fragment, None, None)
    assert report.text[start:end] == fragment


def test_the_first_of_two_passages_is_meant_unless_offsets_say_otherwise():
    """Words that a report has twice are found where they stand first, or where they are said to."""
    text = article.report().text
    quote = "We do not want a war"
    first, second = text.index(quote), text.rindex(quote)
    assert first < second
    assert locate(text, quote, None, None) == (first, first + len(quote))
    assert locate(text, quote, second, None) == (second, second + len(quote))
