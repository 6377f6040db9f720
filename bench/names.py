"""How names are found: real variants of real names, asked over HTTP among tens of thousands.

`.venv/bin/python -m bench.names` makes a database of its own, fills it through
`POST /v1/bundles`, asks, prints a table in Markdown, and deletes it all.
"""

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from flask.testing import FlaskClient

from api.app import create_app
from api.service.settings import read
from bench.people import people
from models.database import connections, embedded, migrating

REFERENCES = {
    "Ahmad Massoud": ["احمد مسعود"],
    "Ahmad Shah Massoud": ["احمد شاه مسعود"],
    "Khalil Ur-Rahman Haqqani": [],
    "Zabihullah Mujahid": [],
    "Amrullah Saleh": [],
    "Gulbuddin Hekmatyar": [],
    "Abdul Ghani Baradar": [],
    "Muammar Gaddafi": [],
    "Bashar al-Assad": [],
    "Hassan Nasrallah": [],
    "Osama bin Laden": [],
    "Mohammed bin Salman": [],
    "Yasser Arafat": [],
    "Vladimir Putin": [],
    "Volodymyr Zelensky": [],
    "Dzhokhar Dudayev": [],
    "Ramzan Kadyrov": [],
    "Benjamin Netanyahu": [],
    "Xi Jinping": [],
    "Kim Jong-un": [],
    "Narendra Modi": [],
    "Kyriakos Mitsotakis": [],
    "Abdullah Öcalan": [],
    "Recep Tayyip Erdoğan": [],
    "Slobodan Milošević": [],
    "National Resistance Front of Afghanistan": ["NRF"],
}
"""Real names, each with what its record has besides: nearly all have nothing."""

VARIANTS = {
    "Ahmad Massoud": (
        *(
            "Masoud",
            "Ahmad Masoud",
            "Ahmad Masood",
            "Ahmad Mas'ud",
            "Ahmad Massud",
            "Massoud Ahmad",
        ),
        *("Ahmed Masʿūd", "Akhmad Masud", "احمد مسعود", "أحمد مسعود", "Ахмад Масуд", "אחמד מסעוד"),
        *("Αχμάντ Μασούντ", "अहमद मसूद", "艾哈迈德·马苏德", "A. Massoud"),
    ),
    "Ahmad Shah Massoud": ("Ahmed Shah Masood", "احمدشاه مسعود", "Ахмад Шах Масуд"),
    "Khalil Ur-Rahman Haqqani": (
        *("Khalilur Rahman Haqqani", "Khalil al-Rahman Haqqani", "خلیل الرحمن حقانی"),
        *("Халил-ур-Рахман Хаккани", "Haqqani, Khalilurrahman"),  # noqa: RUF001 - as it is written
    ),
    "Zabihullah Mujahid": ("Zabiullah Mojahed", "ذبیح‌الله مجاهد", "Забихулла Муджахид"),
    "Amrullah Saleh": ("Amrollah Saleh", "امرالله صالح", "Амрулла Салех"),
    "Gulbuddin Hekmatyar": ("Golboddin Hikmatyar", "گلبدین حکمتیار", "Гульбеддин Хекматияр"),
    "Abdul Ghani Baradar": ("Abdulghani Baradar", "عبدالغنی برادر", "Абдул Гани Барадар"),
    "Muammar Gaddafi": ("Moammar Qadhafi", "Mouammar Kadhafi", "معمر القذافي", "Муаммар Каддафи"),
    "Bashar al-Assad": ("Bachar el-Assad", "بشار الأسد", "Башар Асад", "בשאר אל-אסד"),
    "Hassan Nasrallah": ("Hasan Nasrullah", "حسن نصر الله", "Хасан Насралла", "חסן נסראללה"),
    "Osama bin Laden": ("Usama Ben Ladin", "أسامة بن لادن", "Усама бен Ладен"),
    "Mohammed bin Salman": ("Muhammad bin Salmān", "محمد بن سلمان", "Мухаммед ибн Салман"),
    "Yasser Arafat": ("Yasir Arafat", "ياسر عرفات", "Ясир Арафат"),
    "Vladimir Putin": (
        "Wladimir Putin",
        "Путин Владимир",
        "بوتين",
        "ولادیمیر پوتین",
        "ולדימיר פוטין",
    ),
    "Volodymyr Zelensky": ("Wolodymyr Selenskyj", "Володимир Зеленський", "Vladimir Zelenskiy"),
    "Dzhokhar Dudayev": ("Djokhar Doudaïev", "Джохар Дудаев", "Dschochar Dudajew"),
    "Ramzan Kadyrov": ("Ramsan Kadyrow", "Рамзан Кадыров", "رمضان قديروف"),
    "Benjamin Netanyahu": ("Binyamin Netanyahu", "בנימין נתניהו", "بنيامين نتنياهو", "Нетаньяху"),
    "Xi Jinping": ("习近平", "Jinping Xi", "Xí Jìnpíng"),
    "Kim Jong-un": ("김정은", "Kim Jongun", "Kim Jeong Eun"),
    "Narendra Modi": ("नरेन्द्र मोदी", "Нарендра Моди"),
    "Kyriakos Mitsotakis": ("Κυριάκος Μητσοτάκης", "Kiriakos Micotakis"),
    "Abdullah Öcalan": ("Abdullah Ocalan", "Абдулла Оджалан", "عبد الله أوجلان"),
    "Recep Tayyip Erdoğan": ("Recep Tayyip Erdogan", "Reccep Tayip Erdogan", "رجب طيب أردوغان"),
    "Slobodan Milošević": ("Slobodan Milosevic", "Слободан Милошевић", "Slobodan Miloschewitsch"),
    "National Resistance Front of Afghanistan": ("Afghan National Resistance Front", "NRF"),
}
"""How others write them."""

CHUNK = 1_000
"""So many actors are sent in a bundle."""

BATCH = 500
"""So many actors are matched at once."""

HEADERS = ("asked", "meant", "rank", "score", "found", "milliseconds")


def main() -> None:
    """Ask for every variant, and tell at which rank the right record came."""
    parser = argparse.ArgumentParser(prog="python -m bench.names", description=main.__doc__)
    parser.add_argument("--actors", type=int, default=60_000)
    arguments = parser.parse_args()
    with client_of(arguments.actors) as client:
        rows = [
            ask(client, variant, meant)
            for meant, variants in VARIANTS.items()
            for variant in variants
        ]
        matched = match(client, arguments.actors)
    say(f"| {' | '.join(HEADERS)} |\n|---|---|---|---|---|---|")
    for row in rows:
        say(f"| {' | '.join(map(str, row))} |")
    ranks = [rank for _, _, rank, *_ in rows]
    times = [taken for *_, taken in rows]
    say(
        f"\n{len(rows)} variants among {arguments.actors + len(REFERENCES):,} actors:"
        f" {ranks.count(1)} came first, {sum(rank != '-' for rank in ranks)} were found;"
        f" median {statistics.median(times):.1f} ms, worst {max(times):.1f} ms."
        f"\n\n{BATCH} actors of them, matched at once: {matched:.1f} s."
    )


def match(client: FlaskClient, count: int) -> float:
    """Match as many of the actors as may be at once; give the seconds that it takes."""
    step = max(1, count // BATCH)
    queries = [{"name": actor["name"], "kind": actor["kind"]} for actor in people(count)]
    start = time.perf_counter()
    answer = client.post("/v1/actors/match", json={"queries": queries[::step][:BATCH]})
    taken = time.perf_counter() - start
    if not all(result["candidates"] for result in answer.get_json()["results"]):
        raise RuntimeError("Who is stored is not found.")
    return taken


def say(text: str) -> None:
    """Print a line."""
    sys.stdout.write(f"{text}\n")


@contextmanager
def client_of(count: int) -> Iterator[FlaskClient]:
    """Give a client of a service that holds so many invented actors, and the real names."""
    with tempfile.TemporaryDirectory(prefix="attest-names-") as folder:
        Path(folder).chmod(0o755)  # as root, PostgreSQL runs as somebody else
        place = Path(folder) / "data"
        place.mkdir()
        url = embedded.start(place, durable=False)
        try:
            migrating.migrate(url)
            settings = {**read({}), "public_read": True, "public_write": True}
            pool = connections.pool(url, size=2, statement_timeout=30_000, patience=10)
            pool.open(wait=True)
            client = create_app(pool, settings).test_client()
            fill(client, count)
            with psycopg.connect(url, autocommit=True) as connection:
                connection.execute("VACUUM (ANALYZE)")
            yield client
            pool.close()
        finally:
            embedded.stop(place)


def fill(client: FlaskClient, count: int) -> None:
    """Store the actors."""
    actors = [*people(count)]
    actors += [
        {"name": name, "names": [{"name": alias, "kind": "alias"} for alias in aliases]}
        for name, aliases in REFERENCES.items()
    ]
    for start in range(0, len(actors), CHUNK):
        bundle = {"dataset": "people", "actors": actors[start : start + CHUNK]}
        answer = client.post("/v1/bundles", json=bundle)
        if not answer.status_code < 300:  # noqa: PLR2004 - stored
            raise RuntimeError(answer.get_data(as_text=True))


def ask(client: FlaskClient, variant: str, meant: str) -> tuple[object, ...]:
    """Ask for a variant once, as the first to do so: variant, meant, rank, score, found, time."""
    start = time.perf_counter()
    answer = client.get("/v1/actors", query_string={"name": variant})
    taken = (time.perf_counter() - start) * 1_000
    items = answer.get_json()["items"]
    found = next(
        ((rank, item) for rank, item in enumerate(items, 1) if item["name"] == meant), None
    )
    total = client.get("/v1/actors", query_string={"name": variant, "limit": 1, "total": "exact"})
    number = total.get_json()["total"]
    rank, score = (found[0], found[1]["score"]) if found else ("-", "-")
    return variant, meant, rank, score, number, round(taken, 1)


if __name__ == "__main__":
    main()
