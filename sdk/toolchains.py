"""Toolchains: how the client of a language is checked, and how its scenario is run."""

import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from sdk.generate import BUILD, HERE, ROOT, MissingError, generator_jar

RUN = BUILD / "run"
"""Where scenarios are compiled to."""

TYPESCRIPT = "typescript@5.9.3"

JAKARTA = Path("/usr/share/java/jakarta-annotation-api.jar")


class Step(NamedTuple):
    """A command, and what it needs in its environment."""

    command: list[str]
    folder: Path = ROOT
    more: dict[str, str] = {}


class Toolchain(NamedTuple):
    """How a client is checked, in the words of a report, and how its scenario is run."""

    checked: str
    checks: list[Step]
    run: Step


def found(program: str, package: str) -> str:
    """Find a program, or say which package of Debian has it."""
    path = shutil.which(program)
    if path is None:
        raise MissingError(f"{program} is not here: apt-get install {package}")
    return path


def there(path: Path, package: str) -> str:
    """Give a file, or say which package of Debian has it."""
    if not path.exists():
        raise MissingError(f"{path} is not here: apt-get install {package}")
    return str(path)


def sources(folder: Path, ending: str) -> list[str]:
    """List the sources below a folder."""
    return sorted(str(each) for each in folder.rglob(f"*{ending}"))


def python() -> Toolchain:
    """Check with mypy."""
    scenario = str(HERE / "scenario" / "python" / "scenario.py")
    paths = {"MYPYPATH": str(BUILD / "python"), "PYTHONPATH": str(BUILD / "python")}
    cache = ["--cache-dir", str(RUN / "mypy"), "--config-file", ""]
    check = [sys.executable, "-m", "mypy", "--strict", *cache, "-p", "attest_api"]
    again = [sys.executable, "-m", "mypy", "--strict", *cache, scenario]
    return Toolchain(
        "mypy --strict",
        [Step(check, more=paths), Step(again, more=paths)],
        Step([sys.executable, scenario], more=paths),
    )


def typescript() -> Toolchain:
    """Check and compile with tsc."""
    npx, node = found("npx", "npm"), found("node", "nodejs")
    scenario = "sdk/scenario/typescript/scenario.ts"
    out = RUN / "typescript"
    options = ["--strict", "--target", "es2022", "--lib", "es2022,dom", "--module", "commonjs"]
    options += ["--rootDir", str(ROOT), "--outDir", str(out)]
    command = [npx, "--yes", "-p", TYPESCRIPT, "tsc", *options, scenario]
    run = Step([node, str(out / scenario.replace(".ts", ".js"))])
    return Toolchain(f"tsc --strict ({TYPESCRIPT.partition('@')[2]})", [Step(command)], run)


def java() -> Toolchain:
    """Compile with javac, against the libraries in the jar of the generator."""
    javac, runtime = found("javac", "default-jdk-headless"), found("java", "default-jdk-headless")
    jars = [str(generator_jar()), there(JAKARTA, "libjakarta-annotation-api-java")]
    out = RUN / "java"
    code = sources(BUILD / "java" / "src" / "main", ".java")
    code += sources(HERE / "scenario" / "java", ".java")
    command = [javac, "-nowarn", "-proc:none", "-d", str(out), "-cp", ":".join(jars), *code]
    run = Step([runtime, "-cp", ":".join([str(out), *jars]), "Scenario"])
    return Toolchain("javac", [Step(command)], run)


def go() -> Toolchain:
    """Compile and vet with go, which fetches nothing."""
    program = found("go", "golang-go")
    offline = {"GOFLAGS": "-mod=mod", "GOPROXY": "off", "GOWORK": "off"}
    folder, out = HERE / "scenario" / "go", RUN / "go"
    checks = [
        Step([program, "vet", "."], BUILD / "go", offline),
        Step([program, "build", "-o", str(out / "scenario"), "."], folder, offline),
    ]
    return Toolchain("go build, go vet", checks, Step([str(out / "scenario")]))


def r() -> Toolchain:
    """Install the package."""
    script, out = found("Rscript", "r-base-core"), RUN / "r"
    for package in ("R6", "base64enc", "httr2", "jsonlite", "stringr"):
        there(Path("/usr/lib/R/site-library") / package, f"r-cran-{package.lower()}")
    out.mkdir(parents=True, exist_ok=True)
    command = [
        "R",
        "CMD",
        "INSTALL",
        "--no-docs",
        "--no-byte-compile",
        f"--library={out}",
        str(BUILD / "r"),
    ]
    scenario = str(HERE / "scenario" / "r" / "scenario.R")
    return Toolchain(
        "R CMD INSTALL", [Step(command)], Step([script, scenario], more={"R_LIBS": str(out)})
    )


def csharp() -> Toolchain:
    """Say why there is none: Debian has no .NET, and what Mono has beside it is of 2014."""
    raise MissingError(
        ".NET is in no package of Debian, whose Newtonsoft.Json (6.0) is too old for Mono to do"
    )


TOOLCHAINS: dict[str, Callable[[], Toolchain]] = {
    "python": python,
    "typescript": typescript,
    "java": java,
    "go": go,
    "r": r,
    "csharp": csharp,
}
"""The toolchain of each language, or MissingError."""
