"""Dates as people write them, and the days that they may mean."""

import json
from datetime import date
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from support.article import DATA

from schemas.fields.dates import MAX_DATE_CHARACTERS, PRECISIONS, Span, parse

SUITE = Path(DATA or "", "suite-dates-rfc3339-edtf")

READ_OTHERWISE = {
    "2010-24": "a winter runs to the end of February, not of December",
    "/2006": "an unknown start is no bound, not ten years earlier",
    "2004-06-01/": "an unknown end is no bound, not ten years later",
    "1984-06-02?/": "an unknown end is no bound, not ten years later",
}
"""Cases of the suite that are read here as well, with other bounds, and why."""

OUT_OF_RANGE = {
    *("-0999", "0000", "-2005/-1999-02", "-01XX", "-0275~", "-0001~", "0000~", "-01XX~"),
    *("Y170000002", "Y-170000002", "Y17E7", "Y-17E7"),
}
"""Cases of the suite whose years lie before 0001 or after 9999, which a date cannot hold."""

LEVEL_2 = {
    *("2004?-06-11", "2004-06~-11", "2004-06-~11", "2004-%06", "2004-?06-?11", "2004?-06-~11"),
    *("?2004-%06", "2004?-%06", "2004?-~06-~04", "2011-~06-~04", "2004-06-~01/2004-06-~20"),
    *("1XXX", "1XXX~", "156X-12-25", "15XX-12-25", "1560-XX-25", "15XX-12-XX", "XXXX-XX-23"),
    *("[1667, 1668, 1670..1672]", "[..1760-12-03]", "[1760-12..]", "[1760-01, 1760-02, 1760-12..]"),
    *("[1667, 1760-12]", "[1774-11..1774-12]", "[1785-07-30..1785-08-06]"),
    *("[1667, 1912-03..1912-05]", "{1667,1668, 1670..1672}", "{1960, 1961-12}"),
    *("{1912-03..1912-05}", "1950S2", "1953S2", "1953S3", "Y17101E4S3", "Y3388E2S3"),
    *("Y171010000S3", "2001-29", "2001-34"),
}
"""Cases of the suite that belong to EDTF level 2, which is not supported."""

OTHER_NOTATIONS = {
    "1963-06-19t08:30:06.283185z": "EDTF writes T and Z as capitals",
    "1985-04-12T23:20:50+01": "EDTF level 0 has offsets of whole hours",
    "2020-11-28T23:55:45Z": "an instant is no date in RFC 3339, but it is one in EDTF",
}
"""Cases in which RFC 3339 and EDTF disagree, and why."""


@pytest.fixture(scope="module")
def suite():
    """Read the suite's EDTF cases."""
    path = SUITE / "edtf_cases.json"
    if not path.exists():
        pytest.skip("The suite of EDTF cases is not there.")
    return json.loads(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("text", "starts_on", "ends_on", "precision"),
    [
        ("2021", "2021-01-01", "2021-12-31", "year"),
        ("2021-08", "2021-08-01", "2021-08-31", "month"),
        ("2021-08-22", "2021-08-22", "2021-08-22", "day"),
        ("2020-02", "2020-02-01", "2020-02-29", "month"),
        ("2020-02-29", "2020-02-29", "2020-02-29", "day"),
        ("1900-02", "1900-02-01", "1900-02-28", "month"),
        ("0001", "0001-01-01", "0001-12-31", "year"),
        ("9999-12-31", "9999-12-31", "9999-12-31", "day"),
        ("2021-08-22T10:00:00Z", "2021-08-22", "2021-08-22", "instant"),
        ("2021-08-22T10:00:00+04:30", "2021-08-22", "2021-08-22", "instant"),
        ("2021-08-22T10:00:00.123456-08:00", "2021-08-22", "2021-08-22", "instant"),
        ("2021-08-22T10:00:00+05", "2021-08-22", "2021-08-22", "instant"),
        ("2021-08-22T10:00:00", "2021-08-22", "2021-08-22", "instant"),
        ("1998-12-31T15:59:60-08:00", "1998-12-31", "1998-12-31", "instant"),
        ("2001-21", "2001-03-01", "2001-05-31", "season"),
        ("2001-22", "2001-06-01", "2001-08-31", "season"),
        ("2001-23", "2001-09-01", "2001-11-30", "season"),
        ("2001-24", "2001-12-01", "2002-02-28", "season"),
        ("2003-24", "2003-12-01", "2004-02-29", "season"),
        ("2001-21~", "2001-03-01", "2001-05-31", "season"),
        ("198X", "1980-01-01", "1989-12-31", "decade"),
        ("19XX", "1900-01-01", "1999-12-31", "century"),
        ("2004-XX", "2004-01-01", "2004-12-31", "year"),
        ("1985-04-XX", "1985-04-01", "1985-04-30", "month"),
        ("1985-XX-XX", "1985-01-01", "1985-12-31", "year"),
        ("1984?", "1984-01-01", "1984-12-31", "year"),
        ("2004-06~", "2004-06-01", "2004-06-30", "month"),
        ("2004-06-11%", "2004-06-11", "2004-06-11", "day"),
        ("198X?", "1980-01-01", "1989-12-31", "decade"),
        ("1985-04-XX~", "1985-04-01", "1985-04-30", "month"),
    ],
)
def test_a_date_spans_the_days_that_it_may_mean(text, starts_on, ends_on, precision):
    """A date reaches from its first to its last day, and a doubt about it widens nothing."""
    assert parse(text) == Span(
        date.fromisoformat(starts_on), date.fromisoformat(ends_on), precision
    )


@pytest.mark.parametrize(
    ("text", "starts_on", "ends_on"),
    [
        ("2021-08-16/2021-08-22", "2021-08-16", "2021-08-22"),
        ("2021-08-22/2021-08-22", "2021-08-22", "2021-08-22"),
        ("2021-08-22/..", "2021-08-22", None),
        ("2021-08-22/", "2021-08-22", None),
        ("../2021-08-22", None, "2021-08-22"),
        ("/2021-08-22", None, "2021-08-22"),
        ("1984~/2004-06?", "1984-01-01", "2004-06-30"),
        ("2004-02-01/2005", "2004-02-01", "2005-12-31"),
        ("198X/2001-24", "1980-01-01", "2002-02-28"),
        ("2004-06-XX/2004-07-03", "2004-06-01", "2004-07-03"),
        ("2021-08/2021-08-05", "2021-08-01", "2021-08-05"),
        ("2021/2021", "2021-01-01", "2021-12-31"),
        ("2021-08-22T10:00:00Z/2021-08-23", "2021-08-22", "2021-08-23"),
        ("2021-08-22T10:00:00Z/2021-08-22T10:00:00.0Z", "2021-08-22", "2021-08-22"),
        ("2021-08-22T10:00:00/2021-08-22T09:00:00Z", "2021-08-22", "2021-08-22"),
        ("2021-08-22T10:00:00+04:30/..", "2021-08-22", None),
    ],
)
def test_an_interval_spans_both_of_its_dates(text, starts_on, ends_on):
    """An interval reaches from the first day of its start to the last of its end, if known."""
    assert parse(text) == Span(
        starts_on and date.fromisoformat(starts_on),
        ends_on and date.fromisoformat(ends_on),
        "interval",
    )


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "empty"),
        ("/", "its start, its end or both"),
        ("2021/2022/2023", "one slash"),
        ("2021//2022", "one slash"),
        ("2021-08-22/2021-08-16", "after it ends"),
        ("2022/2021", "after it ends"),
        ("2021-08-22T10:00:00Z/2021-08-22T09:00:00Z", "after it ends"),
        ("2021-08-22T10:00:00.5Z/2021-08-22T10:00:00.49Z", "after it ends"),
        ("2021-08-22T23:00:00-05:00/2021-08-23T01:00:00+04:30", "after it ends"),
        ("2021-02-30", "2021-02 has no day 30"),
        ("2021-02-29", "2021-02 has no day 29"),
        ("2021-08-00", "2021-08 has no day 00"),
        ("2021-13", "no month 13"),
        ("2021-00-10", "no month 00"),
        ("2021-13-XX", "no month 13"),
        ("2001-21-05", "no month 21"),
        ("2001-21-XX", "no month 21"),
        ("2001-25", "no month 25"),
        ("2021-02-30T10:00:00Z", "2021-02 has no day 30"),
        ("0000", "outside the years supported"),
        ("0000-01-01", "outside the years supported"),
        ("000X", "outside the years supported"),
        ("9999-24", "10000 lies outside the years supported"),
        ("-0001", "years supported"),
        ("-0044-03-15", "years supported"),
        ("Y17E7", "years supported"),
        ("Y-170000002", "years supported"),
        ("[1667,1668]", "Sets"),
        ("{1960..1961}", "Sets"),
        ("1950S2", "Significant digits"),
        ("2004-06~-11", "at the end"),
        ("?2004", "at the end"),
        ("2004?~", "at the end"),
        ("1984-06-02?/2004-06~-08", "at the end"),
        ("2021-08-22T10:00:00Z?", "no qualifier"),
        ("156X-12-25", "last digits"),
        ("1XXX", "last digits"),
        ("1985-XX-12", "last digits"),
        ("2004-1X", "last digits"),
        ("198x", "capitals"),
        ("2021-08-22t10:00:00Z", "capitals"),
        ("2021-08-22T10:00:00z", "capitals"),
        ("2021-08-22T24:00:00Z", "A time runs"),
        ("2021-08-22T10:60:00Z", "A time runs"),
        ("2021-08-22T10:00:61Z", "A time runs"),
        ("2021-08-22T10:00Z", "A time has its seconds too"),
        ("2021-08-22T10:00:00+24:00", "A time runs"),
        ("2021-08-22T10:00:00,5Z", "A time runs"),
        ("2021-08-22T23:58:60Z", "61st second"),
        (" 2021", "white space"),
        ("2021\n", "white space"),
        ("2021-08-22 10:00:00Z", "white space"),
        ("last August", "white space"),
        ("\uff12\uff10\uff12\uff11", "ASCII"),
        ("202\u0661", "ASCII"),
        ("2021-0\u00b2", "ASCII"),
        ("2021\u201308\u201322", "ASCII"),
        ("\ud800", "ASCII"),
        ("20210822", "is written as"),
        ("2021-8-22", "is written as"),
        ("22/08/2021", "is written as"),
        ("2021-W33", "is written as"),
        ("2021-08-22\0", "is written as"),
        ("2021" * MAX_DATE_CHARACTERS, "at most"),
    ],
)
def test_what_is_no_date_is_refused_with_the_reason(text, reason):
    """A text that is no date of levels 0 and 1 is refused, in words that say why."""
    with pytest.raises(ValueError, match=reason) as refusal:
        parse(text)
    assert str(refusal.value).endswith(".")


@given(st.text(st.characters()) | st.text("0123456789X?~%/.-+TZ:YES[]{},"))
def test_any_text_is_a_date_or_refused(text):
    """Whatever is sent, the answer is a span in order or a ValueError, and nothing else."""
    try:
        span = parse(text)
    except ValueError:
        return
    if text not in {"/..", "../", "../.."}:
        assert_in_order(span)


SIDES = (
    st.sampled_from(["", ".."])
    | st.dates().map(date.isoformat)
    | st.datetimes().map(lambda instant: f"{instant.replace(microsecond=0).isoformat()}Z")
    | st.from_regex(r"[0-9]{2}([0-9]{2}|[0-9]X|XX)(-([0-2][0-9]|XX)){0,2}[?~%]?", fullmatch=True)
)


@given(SIDES, SIDES)
@example("2021-08", "2021-08-05")
def test_an_interval_that_is_read_never_ends_before_it_starts(start, end):
    """Where both bounds of an interval are known, the first is not after the last."""
    try:
        span = parse(f"{start}/{end}")
    except ValueError:
        return
    assert span.precision == "interval"
    if {start, end} <= {"", ".."}:
        assert span == Span(None, None, "interval")
    else:
        assert_in_order(span)


@given(st.dates())
def test_a_day_spans_itself(day):
    """Every day that a date can hold is read as that day."""
    assert parse(day.isoformat()) == Span(day, day, "day")


def test_the_suite_of_edtf_is_read_alike(suite):
    """The suite's dates have the suite's bounds, save those of level 2 and of other years."""
    for text, bounds in suite["EXAMPLES"]:
        if text in OUT_OF_RANGE or text in LEVEL_2:
            with pytest.raises(ValueError, match=r"."):
                parse(text)
        elif text in READ_OTHERWISE:
            assert_in_order(parse(text))
        else:
            # A doubtful date has two more bounds in the suite, widened; a day has one of its own.
            first, last = bounds[0], bounds[1 - len(bounds) % 2]
            span = parse(text)
            assert str(span.starts_on or "-inf") == first, text
            assert str(span.ends_on or "inf") == last, text


def test_the_suite_of_edtf_is_refused_alike(suite):
    """What the suite holds to be no date is none."""
    for text in suite["BAD_EXAMPLES"]:
        if text is not None:
            with pytest.raises(ValueError, match=r"."):
                parse(text)


@pytest.mark.parametrize(("name", "precision"), [("date", "day"), ("date-time", "instant")])
def test_the_suite_of_rfc_3339_is_read_alike(name, precision):
    """Dates and instants of RFC 3339 are dates, and what looks like one and is none is refused."""
    path = SUITE / f"json-schema/{name}.json"
    if not path.exists():
        pytest.skip("The suite of RFC 3339 cases is not there.")
    for group in json.loads(path.read_text(encoding="utf-8")):
        for case in group["tests"]:
            text = case["data"]
            if not isinstance(text, str) or text in OTHER_NOTATIONS:
                continue
            if case["valid"]:
                assert parse(text).precision == precision, text
            else:
                with pytest.raises(ValueError, match=r"."):
                    parse(text)


def assert_in_order(span):
    """Hold a span to what every span keeps: a known precision, bounds in order, one at least."""
    assert span.precision in PRECISIONS
    bounds = [bound for bound in (span.starts_on, span.ends_on) if bound]
    assert bounds
    assert bounds == sorted(bounds)
