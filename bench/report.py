"""What was measured, told: a table on the terminal, and docs/performance.md with its plots."""

import json
import re
from collections.abc import Iterator, Mapping
from itertools import takewhile
from pathlib import Path
from statistics import median
from typing import Any

import matplotlib as mpl
from matplotlib.figure import Figure

from bench.peers.servers import THREADS, WORKERS

NAMES = {
    "postgresql": "PostgreSQL",
    "attest": "Attest",
    "fastapi": "FastAPI",
    "flask": "Flask + marshmallow",
    "datasette": "datasette",
    "hello": "Flask's hello",
}
"""What the contenders are called."""

COLOURS = {
    "postgresql": "#999999",
    "attest": "#0072b2",
    "fastapi": "#009e73",
    "flask": "#d55e00",
    "datasette": "#cc79a7",
    "hello": "#e69f00",
}
"""Colours that can be told apart by everybody (Okabe and Ito)."""

GROWS = 1.5
"""So many times may a read cost among all events what it costs among the fewest compared."""

PAST = 3
"""So many times may a list as of an instant cost what it costs today."""

FEWEST = 100_000
"""The number of events that growth is compared with."""

Results = Mapping[str, Any]


def printed(results: Results) -> str:
    """Write the table of a measurement for a terminal."""
    rows = [HEAD, *(line(case, results) for case in results["cases"])]
    widths = [max(len(row[number]) for row in rows) for number in range(len(HEAD))]
    lines = [
        "  ".join(
            cell.ljust(width) if number == 0 else cell.rjust(width)
            for number, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]
    told = [f"{said}: {'reached' if reached else 'MISSED'}" for said, reached in goals(results)]
    return "\n".join([*lines, "", *told])


HEAD = (
    "requests a second",
    "PostgreSQL",
    "Attest (least-most)",
    "FastAPI",
    "Flask",
    "datasette",
    "/ PostgreSQL",
    "/ FastAPI",
    "/ Flask",
    "/ datasette",
    "ms",
)
"""The columns of the table; those with / are Attest's rate divided by another's."""


def line(case: Mapping[str, Any], results: Results) -> tuple[str, ...]:
    """Write a case as a row of the table."""
    del results
    found = case["results"]
    ours = found["attest"]

    def rate(name: str) -> str:
        return f"{found[name]['rate']:,.0f}" if name in found else "-"

    def ratio(name: str) -> str:
        return f"{ours['rate'] / found[name]['rate']:.2f}" if name in found else "-"

    return (
        case["title"],
        rate("postgresql"),
        f"{ours['rate']:,.0f} ({ours['least']:,.0f}-{ours['most']:,.0f})",
        rate("fastapi"),
        rate("flask"),
        rate("datasette"),
        *(ratio(name) for name in ("postgresql", "fastapi", "flask", "datasette")),
        f"{ours['p50'] / 1000:.1f}",
    )


def goals(results: Results) -> Iterator[tuple[str, bool]]:
    """Tell what each case has to reach, and whether it does."""
    rates = {case["name"]: case["results"]["attest"]["rate"] for case in results["cases"]}
    for case in results["cases"]:
        ours = rates[case["name"]]
        for name, least in case["goals"].items():
            if name in case["results"]:
                ratio = ours / case["results"][name]["rate"]
                said = f"{case['title']}: {ratio:.2f} x {NAMES[name]}, at least {least:g} asked for"
                yield said, ratio >= least
        if case["base"] in rates:
            times = rates[case["base"]] / ours
            said = (
                f"{case['title']}: {times:.2f} x the cost of “{case['base']}”,"
                f" at most {case['within']:g} asked for"
            )
            yield said, times <= case["within"]


def written(
    results: Results | None, growth: Results | None, past: Results | None, docs: Path
) -> Path:
    """Write docs/performance.md and its plots from what was measured.

    Each part stands between two comments; what is written around them by hand stays.
    """
    file, plots = docs / "performance.md", docs / "performance"
    plots.mkdir(parents=True, exist_ok=True)
    text = file.read_text(encoding="utf-8") if file.exists() else "# Performance\n"
    if results:
        text = placed(text, "peers", "\n".join(compared(results)))
        draw_rates(results, plots / "rates.svg")
    if growth:
        text = placed(text, "growth", "\n".join(grown(growth)))
        draw_growth(growth, plots / "growth.svg")
    if past:
        text = placed(text, "past", "\n".join(gone(past)))
    file.write_text(text, encoding="utf-8")
    return file


def placed(text: str, part: str, said: str) -> str:
    """Put a part between its comments, or behind all others."""
    begin, end = f"<!-- measured: {part} -->", f"<!-- /measured: {part} -->"
    fresh = f"{begin}\n{said}\n{end}"
    pattern = re.compile(f"{re.escape(begin)}.*?{re.escape(end)}", re.DOTALL)
    if pattern.search(text):
        return pattern.sub(lambda _: fresh, text)
    return f"{text.rstrip()}\n\n{fresh}\n"


METHOD = """\
Every pair of a question and a contender is visited once a round, in {rounds} rounds of {seconds:g}
seconds each, the order of one round being the reverse of the one before: a slow minute of the
machine strikes all of them. Shown are medians of the rounds; the least and the most stand beside
Attest's. Differences below 25 % are noise: the {cores} cores are shared by the load generator, the
service and PostgreSQL. {clients} connections are kept open by wrk (one thread); where one answer is
refused, the whole run is given up. Before anything is measured, the answers of all contenders to
each question are parsed and compared member by member, and no difference is let pass but those
stated below. What is written is written to a copy of the database, which is dropped afterwards."""
"""How it was measured."""

SOURCES = {
    "fastapi": "fastapi_app.py",
    "flask": "flask_app.py",
    "datasette": "sqlite.py",
    "hello": "hello_app.py",
}
"""The files in bench/peers."""

WHAT = {
    "postgresql": (
        (
            "pgbench sends the very statements that the service sends, taken from its own"
            " connection while it answers the same request, and does nothing with the rows"
        ),
        "`--protocol=prepared`, {clients} clients on one thread",
    ),
    "attest": (
        "this service, by `attest serve`",
        (
            "its own defaults: gunicorn, {workers} workers of {threads} threads; unlike the others,"
            " it logs every request, and everybody may write, as with the peers"
        ),
    ),
    "fastapi": (
        "FastAPI, asyncpg, a pydantic response model",
        (
            "uvicorn with uvloop and httptools, {workers} workers, no access log; a pool of"
            " {threads} connections per worker (asyncpg's own 10 were no faster), prepared"
            " statements, no reset of sessions that nothing changes; JSON columns read by orjson;"
            " the response model lets pydantic write the JSON, which FastAPI's documentation says"
            " is fastest"
        ),
    ),
    "flask": (
        "Flask, psycopg 3, marshmallow's `dump`, `jsonify`",
        (
            "gunicorn as Attest's; a connection for each thread, autocommit, statements prepared at"
            " once; members left unsorted, no access log"
        ),
    ),
    "datasette": (
        "datasette's JSON of a copy in SQLite",
        (
            "one process, as it is made; the file immutable, its rows counted beforehand by"
            " `datasette inspect`; no counts, facets or suggestions in the answers, an index for"
            " each list"
        ),
    ),
    "hello": ("Flask's hello, with nothing behind it", "gunicorn as Attest's"),
}
"""What each contender is, and how it is tuned."""

SCHEMA = """\
FastAPI and Flask read a schema of their own in the same database, normalised and indexed for these
very questions ([schema.sql](../bench/peers/schema.sql)), and put participants together in the same
statement ([queries.py](../bench/peers/queries.py)): two statements were slower. It has the columns
that the questions need, and nothing of what else Attest keeps."""
"""What the first two peers read."""


def contenders(results: Results) -> Iterator[str]:
    """Write what each contender is."""
    yield "| contender | what it is | how it is tuned |"
    yield "|---|---|---|"
    for name, (what, tuned) in WHAT.items():
        file = SOURCES.get(name)
        more = f" ([{file}](../bench/peers/{file}))" if file else ""
        settings = tuned.format(workers=WORKERS, threads=THREADS, **results)
        yield f"| {NAMES[name]} | {what}{more} | {settings} |"
    yield ""
    yield SCHEMA


def compared(results: Results) -> Iterator[str]:
    """Write the part on the peers."""
    known = results["machine"]
    yield "## Beside others"
    yield ""
    yield (
        f"{results['events']:,} events, measured on {results['measured_on']} on"
        f" {known['cores']} shared cores with {known['memory_gib']:g} GiB ({known['system']},"
        f" {known['architecture']}), Python {known['python']}. Ratios count, not figures."
        " `python -m bench` measures it anew."
    )
    yield ""
    yield "Columns that begin with / are Attest's rate divided by that of others; ms is the time"
    yield "within which half of Attest's answers came."
    yield ""
    yield from table(results)
    yield ""
    yield "![Requests a second, by question and contender](performance/rates.svg)"
    yield ""
    yield "### What had to be reached"
    yield ""
    yield "| what | reached |"
    yield "|---|---|"
    for said, reached in goals(results):
        yield f"| {said} | {'yes' if reached else '**no**'} |"
    yield ""
    yield "### How it was measured"
    yield ""
    yield METHOD.format(**results, cores=known["cores"])
    yield ""
    yield from contenders(results)
    yield ""
    yield "### What differs in the answers"
    yield ""
    yield "| contender | difference | bytes of one record | bytes of the plain list |"
    yield "|---|---|---:|---:|"
    sizes = {case["name"]: case["bytes"] for case in results["cases"]}
    one, plain = sizes.get("one", {}), sizes.get("list", {})
    for name in one:
        said = results["differences"].get(name, "")
        many = f"{plain[name]:,}" if name in plain else "-"
        yield f"| {NAMES[name]} | {said} | {one[name]:,} | {many} |"
    yield ""
    yield "### Memory"
    yield ""
    yield "Proportional set size (PSS) of each process after the run, in MiB; the parent's first."
    yield ""
    yield "| contender | processes | together |"
    yield "|---|---|---:|"
    for name, found in results["memory"].items():
        each = ", ".join(f"{size / 1024:.0f}" for size in found)
        yield f"| {NAMES[name]} | {each} | {sum(found) / 1024:.0f} |"
    yield ""
    yield "### Versions and settings"
    yield ""
    yield ", ".join(f"{name} {number}" for name, number in results["versions"].items()) + "."
    yield ""
    settings = results["postgresql"].items()
    yield "PostgreSQL: " + ", ".join(f"`{name} = {value}`" for name, value in settings) + "."


def table(results: Results) -> Iterator[str]:
    """Write the table of a measurement as Markdown."""
    yield "| " + " | ".join(HEAD) + " |"
    yield "|---" + "|---:" * (len(HEAD) - 1) + "|"
    for case in results["cases"]:
        yield "| " + " | ".join(line(case, results)) + " |"


def gone(past: Results) -> Iterator[str]:
    """Write the part on lists as of an instant."""
    known, when = past["machine"], past["instants"]
    yield "## As of an instant"
    yield ""
    yield (
        f"{past['events']:,} events, of which {past['revised']['events']:.0%} were revised once,"
        f" and {past['revised']['statements']:.0%} of the statements; measured on"
        f" {past['measured_on']} on {known['cores']} shared cores, in {past['rounds']} rounds."
        " `make bench WHAT=past` measures it anew. Every question is asked today; as of"
        f" {when['midst']}, in the midst of the revisions (*midst*); as of {when['tenth']}, when a"
        " tenth of the events had been recorded (*tenth*); and as of a day before all of them"
        " (*before*). Shown is how many times as long that takes as today, the median of the rounds"
        f" with the least and the most; lists in the midst have to stay below {PAST:g}."
    )
    yield ""
    yield (
        "In PostgreSQL it is the statements alone; through the service, whole requests, with the"
        " transaction and the settings that a read as of an instant needs. One client asks in turn,"
        " and the best tenth of its times counts."
    )
    yield ""
    yield (
        "| question | PostgreSQL today, µs | midst | tenth | before | service today, µs | midst |"
    )
    yield "|---" + "|---:" * 6 + "|"
    for case in past["cases"].values():
        cells = []
        for way, names in (("postgresql", when), ("service", ["midst"])):
            taken = case[way]
            cells.append(f"{median(taken['today']):,.0f}")
            cells += [ratios(taken.get(name), taken["today"]) for name in names]
        yield f"| {case['title']} | " + " | ".join(cells) + " |"


def ratios(ones: list[float] | None, others: list[float] | None) -> str:
    """Write how many times as much ones are as others, round by round."""
    if ones is None or others is None:
        return "-"
    found = [one / other for one, other in zip(ones, others, strict=True)]
    return f"{median(found):.2f} ({min(found):.2f}-{max(found):.2f})"


def grown(growth: Results) -> Iterator[str]:
    """Write the part on growth."""
    sizes = growth["sizes"]
    counts = [size["events"] for size in sizes]
    first = next((size for size in sizes if size["events"] >= FEWEST), sizes[0])
    last = sizes[-1]
    yield "## How it grows"
    yield ""
    yield (
        f"The same questions to databases of {', '.join(f'{count:,}' for count in counts)}"
        f" events, one client, measured on {growth['measured_on']}: microseconds of"
        f" {growth['executions']} executions of the service's own statements through"
        " psycopg, and of requests through the service (medians). The ratios divide what it takes"
        f" among {last['events']:,} events by what it takes among {first['events']:,};"
        f" indexed reads have to stay below {GROWS:g}. Sums and words (`summary-…`, `dyads-…`,"
        " `words`) cost as much as there is to count."
    )
    yield ""
    heads = [
        f"{way}, {count:,}" if number == 0 else f"{count:,}"
        for way in ("PostgreSQL", "service")
        for number, count in [*enumerate(counts), (-1, 0)]
    ]
    heads = ["ratio" if head == "0" else head for head in heads]
    yield "| question | " + " | ".join(heads) + " |"
    yield "|---" + "|---:" * len(heads) + "|"
    for name in last["cases"]:
        yield growing(sizes, first, last, name)
    yield ""
    yield "![Time of a read, by the number of events](performance/growth.svg)"
    yield ""
    yield "### What an event takes of the disk"
    yield ""
    yield (
        f"Bytes per event, of the {last['events']:,}: tables with what they store out of line, and"
        " indexes. Used are those that the questions above have used since statistics began."
    )
    yield ""
    yield "| relation | kind | MiB | bytes per event | used |"
    yield "|---|---|---:|---:|---:|"
    everything = sum(one["bytes"] for one in last["relations"])
    for one in last["relations"]:
        if one["bytes_per_event"] >= 1:
            scans = f"{one['scans']:,}" if one.get("scans") is not None else ""
            of = "" if one["kind"] == "table" else f" of {one['table']}"
            yield (
                f"| {one['name']} | {one['kind']}{of} | {one['bytes'] / 2**20:,.1f} |"
                f" {one['bytes_per_event']:,.0f} | {scans} |"
            )
    yield f"| together | | {everything / 2**20:,.1f} | {everything / last['events']:,.0f} | |"


def told(growth: Results) -> str:
    """Write the table of growth for a terminal."""
    return "\n".join(takewhile(lambda said: said[:1] != "!", [*grown(growth)][4:]))


def growing(sizes: list[Any], first: Any, last: Any, name: str) -> str:
    """Write a row of the table of growth."""
    cells = []
    for way in ("postgresql", "service"):
        times = [taken(size, name, way) for size in sizes]
        cells += ["-" if time is None else f"{time:,.0f}" for time in times]
        start, end = taken(first, name, way), taken(last, name, way)
        cells.append("-" if start is None or end is None else f"{end / start:.2f}")
    return f"| {name} | " + " | ".join(cells) + " |"


def taken(size: Any, name: str, way: str) -> float | None:
    """Give the microseconds that a read took in a database."""
    case = size["cases"].get(name)
    if case is None:
        return None
    found = case[way]
    return float(found["p50"] if isinstance(found, dict) else found)


def styled() -> None:
    """Let the same results be drawn as the same bytes, with letters as letters."""
    mpl.rcParams.update(
        {
            "svg.hashsalt": "attest",
            "svg.fonttype": "none",
            "font.family": "sans-serif",
            "font.size": 9,
            "axes.spines.top": False,
            "axes.spines.right": False,
        }
    )


def draw_rates(results: Results, file: Path) -> None:
    """Draw each contender's rate for each question, with its least and most."""
    styled()
    asked = results["cases"][::-1]
    figure = Figure(figsize=(9, 1.2 + 0.34 * len(asked)), layout="constrained")
    axes = figure.subplots()
    for name, label in NAMES.items():
        found = [
            (row, case["results"][name])
            for row, case in enumerate(asked)
            if name in case["results"]
        ]
        if not found:
            continue
        rates = [one["rate"] for _, one in found]
        spread = [
            [one["rate"] - one["least"] for _, one in found],
            [one["most"] - one["rate"] for _, one in found],
        ]
        axes.errorbar(
            rates,
            [row for row, _ in found],
            xerr=spread,
            fmt="o",
            markersize=5,
            color=COLOURS[name],
            label=label,
        )
    axes.set_xscale("log")
    axes.set_yticks(range(len(asked)), [case["title"] for case in asked])
    axes.grid(visible=True, axis="x", which="major", alpha=0.3)
    axes.set_xlabel(
        f"requests a second, {results['events']:,} events, {results['clients']} clients"
    )
    figure.legend(loc="outside upper center", ncols=len(NAMES), frameon=False)
    figure.savefig(file, format="svg", metadata={"Date": None})


def draw_growth(growth: Results, file: Path) -> None:
    """Draw how long each read takes, by the number of events."""
    styled()
    sizes = growth["sizes"]
    figure = Figure(figsize=(9, 4.5), layout="constrained")
    ways = {"postgresql": "in PostgreSQL", "service": "through the service"}
    for axes, (way, label) in zip(figure.subplots(1, 2), ways.items(), strict=True):
        for number, name in enumerate(sizes[-1]["cases"]):
            found = [(size["events"], time) for size in sizes if (time := taken(size, name, way))]
            axes.plot(
                *zip(*found, strict=True),
                marker="o",
                markersize=3,
                linewidth=1,
                color=mpl.colormaps["tab20"](number % 20),
                linestyle="-" if number < 20 else "--",  # noqa: PLR2004 - colours of tab20
                label=name if way == "postgresql" else None,
            )
        axes.set_xscale("log")
        axes.set_yscale("log")
        axes.minorticks_off()
        axes.set_xlabel("events")
        axes.set_ylabel(f"microseconds {label}")
        axes.grid(visible=True, alpha=0.3)
    figure.legend(loc="outside right upper", frameon=False, fontsize=7)
    figure.savefig(file, format="svg", metadata={"Date": None})


def latest(folder: Path, pattern: str) -> Results | None:
    """Read the latest results of a kind; of several of one day, those of the most events."""
    found = [json.loads(file.read_text(encoding="utf-8")) for file in folder.glob(pattern)]
    return max(found, key=lambda one: (one["measured_on"], one.get("events", 0)), default=None)
