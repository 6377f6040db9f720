"""Names in Latin letters, as other languages spell them: found over HTTP, and matched."""

import pytest

LIKE = 0.75
"""Minimum score of a name that is spelled as in another language."""

# ruff: noqa: E501, RUF001 - a table, of letters that look like others

# In English, French, German, Turkish and Polish.
HEADS = """
Vladimir Putin | Vladimir Poutine | Wladimir Putin | Vladimir Putin | Władimir Putin
Boris Yeltsin | Boris Eltsine | Boris Jelzin | Boris Yeltsin | Borys Jelcyn
Mikhail Gorbachev | Mikhaïl Gorbatchev | Michail Gorbatschow | Mihail Gorbaçov | Michaił Gorbaczow
Nikita Khrushchev | Nikita Khrouchtchev | Nikita Chruschtschow | Nikita Hruşçov | Nikita Chruszczow
Leonid Brezhnev | Léonid Brejnev | Leonid Breschnew | Leonid Brejnev | Leonid Breżniew
Dmitry Medvedev | Dmitri Medvedev | Dmitri Medwedew | Dmitri Medvedev | Dmitrij Miedwiediew
Volodymyr Zelensky | Volodymyr Zelensky | Wolodymyr Selenskyj | Volodimir Zelenski | Wołodymyr Zełenski
Petro Poroshenko | Petro Porochenko | Petro Poroschenko | Petro Poroşenko | Petro Poroszenko
Viktor Yanukovych | Viktor Ianoukovytch | Wiktor Janukowytsch | Viktor Yanukoviç | Wiktor Janukowycz
Alexander Lukashenko | Alexandre Loukachenko | Alexander Lukaschenko | Aleksandr Lukaşenko | Alaksandr Łukaszenka
Nursultan Nazarbayev | Noursoultan Nazarbaïev | Nursultan Nasarbajew | Nursultan Nazarbayev | Nursułtan Nazarbajew
Kassym-Jomart Tokayev | Kassym-Jomart Tokaïev | Qassym-Schomart Toqajew | Kasım Cömert Tokayev | Kasym-Żomart Tokajew
Shavkat Mirziyoyev | Chavkat Mirzioïev | Schawkat Mirsijojew | Şevket Mirziyoyev | Szawkat Mirzijojew
Gurbanguly Berdimuhamedow | Gourbangouly Berdimouhamedov | Gurbanguly Berdimuhamedow | Gurbanguli Berdimuhammedov | Gurbanguły Berdimuhamedow
Mikheil Saakashvili | Mikheil Saakachvili | Micheil Saakaschwili | Mihail Saakaşvili | Micheil Saakaszwili
Eduard Shevardnadze | Edouard Chevardnadzé | Eduard Schewardnadse | Eduard Şevardnadze | Eduard Szewardnadze
Dzhokhar Dudayev | Djokhar Doudaïev | Dschochar Dudajew | Cahar Dudayev | Dżochar Dudajew
Ilham Aliyev | Ilham Aliev | Ilham Alijew | İlham Aliyev | Ilham Alijew
Slobodan Milošević | Slobodan Milosevic | Slobodan Miloschewitsch | Slobodan Miloşeviç | Slobodan Miloszević
Muammar Gaddafi | Mouammar Kadhafi | Muammar al-Gaddafi | Muammer Kaddafi | Mu’ammar al-Kaddafi
Saddam Hussein | Saddam Hussein | Saddam Hussein | Saddam Hüseyin | Saddam Husajn
Bashar al-Assad | Bachar el-Assad | Baschar al-Assad | Beşar Esad | Baszszar al-Asad
Abdel Fattah el-Sisi | Abdel Fattah al-Sissi | Abd al-Fattah as-Sisi | Abdülfettah es-Sisi | Abd al-Fattah as-Sisi
Hosni Mubarak | Hosni Moubarak | Husni Mubarak | Hüsnü Mübarek | Husni Mubarak
Yasser Arafat | Yasser Arafat | Jassir Arafat | Yaser Arafat | Jasir Arafat
Ali Khamenei | Ali Khamenei | Ali Chamenei | Ali Hamaney | Ali Chamenei
Mahmoud Ahmadinejad | Mahmoud Ahmadinejad | Mahmud Ahmadinedschad | Mahmud Ahmedinejad | Mahmud Ahmadineżad
Hamid Karzai | Hamid Karzaï | Hamid Karsai | Hamid Karzai | Hamid Karzaj
Ashraf Ghani | Achraf Ghani | Aschraf Ghani | Eşref Gani | Aszraf Ghani
Recep Tayyip Erdogan | Recep Tayyip Erdoğan | Recep Tayyip Erdoğan | Recep Tayyip Erdoğan | Recep Tayyip Erdoğan
Yevgeny Prigozhin | Evgueni Prigojine | Jewgeni Prigoschin | Yevgeni Prigojin | Jewgienij Prigożyn
"""

GROUPS = [[name.strip() for name in line.split("|")] for line in HEADS.strip().splitlines()]

# Other languages: Spanish, Italian, Dutch, Czech, Serbian.
OTHERS = {
    "Boris Yeltsin": ["Boris Jeltsin"],
    "Mikhail Gorbachev": ["Mijaíl Gorbachov", "Michail Gorbaciov", "Michail Gorbatsjov"],
    "Nikita Khrushchev": ["Nikita Jrushchov", "Nikita Chroesjtsjov", "Nikita Kruşçev"],
    "Alexander Lukashenko": ["Aljaksandr Lukašenka", "Aleksandr Loekasjenko"],
    "Ali Khamenei": ["Alí Jamenei"],
    "Vladimir Putin": ["Vladimir Poetin"],
    "Kyriakos Mitsotakis": ["Kiriakos Micotakis"],
    "Yevgeny Prigozhin": ["Yevgueni Prigozhin", "Evgenij Prigožin", "Jevgeni Prigozjin"],
    "Dzhokhar Dudayev": ["Dzjochar Doedajev", "Džohar Dudajev"],
}


@pytest.fixture
def stored(client):
    """Give a function that stores actors by their names."""
    client.put("/v1/datasets/names", json={})

    def store(*names):
        for start in range(0, len(names), 100):
            actors = [{"name": name} for name in names[start : start + 100]]
            answer = client.post("/v1/bundles", json={"dataset": "names", "actors": actors})
            assert answer.status_code == 201, answer.get_json()

    return store


def asked(client, name, **more):
    """Find actors by a name: each one's name, and its score."""
    answer = client.get("/v1/actors", query_string={"name": name, **more})
    assert answer.status_code == 200, answer.get_json()
    return [(item["name"], item["score"]) for item in answer.get_json()["items"]]


def test_heads_of_state_in_five_languages(client, stored):
    """However a name is spelled, all spellings of it come first, and no other name before them."""
    stored(*(name for group in GROUPS for name in group))
    for group in GROUPS:
        for name in group:
            first = asked(client, name, limit=len(group))
            assert sorted(found for found, _ in first) == sorted(group), name
            assert min(score for _, score in first) >= LIKE, (name, first)


def test_heads_of_state_are_matched(client, stored):
    """One name in English is matched by all others, asked at once."""
    stored(*(group[0] for group in GROUPS))
    queries = [{"name": name} for group in GROUPS for name in group]
    answer = client.post("/v1/actors/match", json={"queries": queries, "limit": 1})
    meant = [group[0] for group in GROUPS for _ in group]
    results = [result["candidates"] for result in answer.get_json()["results"]]
    assert [candidates[0]["name"] for candidates in results] == meant
    assert min(candidates[0]["score"] for candidates in results) >= LIKE


@pytest.mark.parametrize("name", OTHERS)
def test_other_languages(client, stored, name):
    """Spellings of some more languages cost nothing besides."""
    stored(name, *(group[0] for group in GROUPS if group[0] != name))
    for variant in OTHERS[name]:
        [(found, score), *_] = asked(client, variant)
        assert (found, score >= LIKE) == (name, True), (variant, score)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        *(("Jamil", "Shamil"), ("Najib", "Nasib"), ("Jafar", "Zafar"), ("Jafar", "Safar")),
        *(("Jabir", "Sabir"), ("Jihad", "Shihad"), ("Jasim", "Hashim"), ("Yelena", "Helena")),
        *(("Carter", "Sarter"), ("Cabral", "Sobral"), ("Chernov", "Kernov"), ("Zhou", "Chou")),
        *(("Jalal", "Salal"), ("Majid", "Mashid"), ("Karim", "Harim"), ("Kirov", "Chirow")),
    ],
)
def test_sounds_that_no_language_shares(client, stored, one, other):
    """Names stay apart whose letters are one sound in no language, either way."""
    stored(one, other)
    assert asked(client, one) == [(one, 1)]
    assert asked(client, other) == [(other, 1)]
