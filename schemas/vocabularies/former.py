"""Countries that are no more: ISO 3166-3, each with the dates between which it was."""

from typing import NamedTuple


class FormerCountry(NamedTuple):
    """A country that is no more: its code, its name, and from when to when it was (EDTF)."""

    code: str
    name: str
    valid: str


FORMER = (
    FormerCountry("AIDJ", "French Afars and Issas", "1967/1977-06-26"),
    FormerCountry("AN", "Netherlands Antilles", "1954-12-15/2010-10-09"),
    FormerCountry("BQAQ", "British Antarctic Territory", "1962/1979"),
    FormerCountry("BU", "Burma", "1948-01-04/1989-06-17"),
    FormerCountry("BYAA", "Byelorussian SSR", "1919/1991-09-18"),
    FormerCountry("CSHH", "Czechoslovakia", "1918-10-28/1992-12-31"),
    FormerCountry("CSXX", "Serbia and Montenegro", "2003-02-04/2006-06-05"),
    FormerCountry("CT", "Canton and Enderbury Islands", "1939/1984"),
    FormerCountry("DD", "German Democratic Republic", "1949-10-07/1990-10-02"),
    FormerCountry("DY", "Dahomey", "1958/1975-11-29"),
    FormerCountry("FQ", "French Southern and Antarctic Territories", "1955/1979"),
    FormerCountry("FX", "Metropolitan France", "1993/1997-07-14"),
    FormerCountry("GEHH", "Gilbert and Ellice Islands", "1916/1979"),
    FormerCountry("HV", "Upper Volta", "1958/1984-08-03"),
    FormerCountry("JT", "Johnston Island", "../1986"),
    FormerCountry("MI", "Midway Islands", "../1986"),
    FormerCountry("NH", "New Hebrides", "1906/1980-07-29"),
    FormerCountry("NQ", "Dronning Maud Land", "1939/1983"),
    FormerCountry("NT", "Neutral Zone between Iraq and Saudi Arabia", "1922/1993"),
    FormerCountry("PC", "Trust Territory of the Pacific Islands", "1947/1986"),
    FormerCountry("PU", "United States Miscellaneous Pacific Islands", "../1986"),
    FormerCountry("PZ", "Panama Canal Zone", "1904/1980"),
    FormerCountry("RH", "Southern Rhodesia", "1923/1980-04-17"),
    FormerCountry("SKIN", "Sikkim", "../1975-05-15"),
    FormerCountry("SU", "Soviet Union", "1922-12-30/1991-12-26"),
    FormerCountry("TP", "East Timor", "../2002-05-19"),
    FormerCountry("VD", "Democratic Republic of Viet-Nam", "1945-09-02/1976-07-01"),
    FormerCountry("WK", "Wake Island", "../1986"),
    FormerCountry("YD", "Democratic Yemen", "1967-11-30/1990-05-21"),
    FormerCountry("YU", "Yugoslavia", "1918-12-01/2003-02-03"),
    FormerCountry("ZR", "Zaire", "1971-10-27/1997-05-16"),
)
"""The entries of ISO 3166-3, by their former alpha-2 code; where another country has it now or had
it too, by their code of four letters.

The dates are those of the country, as common reference works give them, and a year where only that
matters; where it goes on under another code, they end when ISO withdrew this one.
"""

SHARED: dict[str, tuple[str, ...]] = {"CS": ("CSHH", "CSXX")}
"""Former alpha-2 codes that two countries had, and which."""

FORMER_COUNTRIES = tuple(sorted([*SHARED, *(each.code for each in FORMER)]))
"""Codes of countries that are no more; `CS` is either of the two that had it."""
