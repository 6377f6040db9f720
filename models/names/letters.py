"""Letters of other scripts that anyascii does not write as they sound."""

# ruff: noqa: RUF001 - letters of other scripts look like others, and are what this is about

import re

ABJAD = str.maketrans(
    {
        # Arabic and Persian, where what anyascii says of a letter is true of one language only.
        **dict.fromkeys("ضظذ", "dh"),
        "ث": "th",
        **dict.fromkeys("أإآٱ", "ا"),
        "ى": "y",
        "ة": "h",
        **dict.fromkeys("ـ\u064b\u064c\u064d\u064e\u064f\u0650\u0651\u0652\u0670"),
        "\u200c": " ",  # Persian writes two words as one with it
        # Hebrew, whose vav is mostly a vowel and whose yod and final letters are as the others.
        "ו": "w",
        **dict.fromkeys("צץ", "tz"),
        # Devanagari and Bengali: a nasal before another consonant.
        **dict.fromkeys("ंঁংँ", "n"),
    }
)
"""Letters that are replaced before anyascii sees them; marks that stand for vowels go."""

EITHER = (("ב", "bv", "b", "v"), ("פ", "fp", "f", "p"))
"""Hebrew letters that are one sound or another within a word: how they are written, and the two."""

FIRST = {"ا": "a", "ع": "a", "א": "a", "ע": "a", "פ": "p", "ב": "b", "כ": "k", "و": "w"}
"""Letters that sound otherwise where a word begins with them."""

BEGINNING = re.compile(rf"\b[{''.join(FIRST)}]")

ACCENTS = str.maketrans("άέήίόύώϊϋΐΰ", "αεηιουωιυιυ")
"""Greek vowels with accents, which would hide that two of them write one sound."""

GREEK = (
    ("μπ", "b"),
    ("ντ", "d"),
    ("γκ", "g"),
    ("γγ", "ng"),
    ("τζ", "j"),
    ("ου", "u"),
    ("αυ", "av"),
    ("ευ", "ev"),
    ("χ", "h"),
)
"""Greek letters that together write one sound."""

SURNAMES = {"이": "lee", "박": "park", "최": "choi", "노": "roh", "임": "lim"}
"""Korean surnames that nobody writes as they are heard."""

KOREAN = re.compile(rf"^([{''.join(SURNAMES)}])(?=[가-힣]{{2}}$)")
"""The surname in a Korean name, if it has two syllables more."""

ARTICLE = re.compile(r"ال(?=\w{3})")
"""The Arabic article, written as one with its word."""

DOT = frozenset("·・‧")
"""Separators of the words of a foreign name in Chinese, whose syllables belong together."""

SILENT = re.compile(r"['`’‘ʼʻʿʾ′´׳]")
"""Apostrophes, and what stands for ayn and hamza."""

GERESH = {"ג": "j", "ז": "zh", "צ": "ch", "ץ": "ch"}
"""Hebrew letters that an apostrophe makes others."""

HEBREW = re.compile(rf"([{''.join(GERESH)}]){SILENT.pattern}")
"""Such a letter with its apostrophe."""
