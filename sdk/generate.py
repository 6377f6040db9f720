"""Generating a client: the generator of a language, run on the description."""

import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from sdk.mending import mend
from sdk.names import methods, operations

ROOT = Path(__file__).absolute().parents[1]
HERE = ROOT / "sdk"
BUILD = ROOT / "build" / "sdk"
BIN = Path(sys.executable).parent

LANGUAGES = ("python", "typescript", "java", "go", "r", "csharp")

ALWAYS = {
    "globalProperties": {
        "apiDocs": "false",
        "apiTests": "false",
        "modelDocs": "false",
        "modelTests": "false",
    },
    "skipOperationExample": True,
}
"""Options of openapi-generator for every language: code alone, without tests that say TODO."""

FAULTS = re.compile(r"^.*\b(?:WARN(?:ING)?|ERROR)\b.*$", re.MULTILINE)
"""Lines in which a generator complains."""

BETA = "OpenAPI 3.1 support is still in beta"
"""The warning that openapi-generator gives for every description in OpenAPI 3.1."""


class MissingError(Exception):
    """Something that is needed is not on this machine."""


class Generated(NamedTuple):
    """A client that was generated."""

    language: str
    generator: str
    seconds: float
    files: int
    warnings: int

    @property
    def folder(self) -> Path:
        """Where it is."""
        return BUILD / self.language


def description() -> dict[str, Any]:
    """Read the description."""
    read: dict[str, Any] = yaml.load(
        (ROOT / "openapi.yaml").read_text(encoding="utf-8"), Loader=yaml.CSafeLoader
    )
    return read


def generate(language: str, described: Mapping[str, Any]) -> Generated:
    """Generate the client of a language anew into build/sdk."""
    folder = BUILD / language
    shutil.rmtree(folder, ignore_errors=True)
    (BUILD / "logs").mkdir(parents=True, exist_ok=True)
    options = yaml.safe_load((HERE / f"{language}.yaml").read_text(encoding="utf-8"))
    make = with_python_client if language == "python" else with_generator
    began = time.monotonic()
    command, generator = make(language, options, described)
    done = subprocess.run(  # noqa: S603 - a command of ours
        command,
        capture_output=True,
        text=True,
        check=False,
        cwd=BUILD,
        env=os.environ | {"PATH": os.pathsep.join((str(BIN), os.environ["PATH"]))},
    )
    seconds = time.monotonic() - began
    said = done.stdout + done.stderr
    (BUILD / "logs" / f"{language}.log").write_text(said, encoding="utf-8")
    if done.returncode:
        raise RuntimeError(f"{generator} failed for {language}:\n{said[-2000:]}")
    mend(language, folder)
    warnings = {line for line in FAULTS.findall(said) if BETA not in line}
    files = sum(each.is_file() for each in folder.rglob("*"))
    return Generated(language, generator, seconds, files, len(warnings))


def with_generator(
    language: str, options: dict[str, Any], described: Mapping[str, Any]
) -> tuple[list[str], str]:
    """Give the command of openapi-generator, with the names of all methods."""
    java = shutil.which("java")
    if java is None:
        raise MissingError(
            "openapi-generator needs a Java runtime (11 or newer) to generate "
            f"{language}: none is in PATH. On Debian: apt-get install default-jre-headless."
        )
    jar = generator_jar()
    config = BUILD / "logs" / f"{language}.json"
    config.write_text(
        json.dumps(
            {
                **ALWAYS,
                **options,
                "inputSpec": str(ROOT / "openapi.yaml"),
                "outputDir": str(BUILD / language),
                "operationIdNameMappings": methods(described, language),
            }
        ),
        encoding="utf-8",
    )
    name = f"openapi-generator {version('openapi-generator-cli')}, {options['generatorName']}"
    return [java, "-jar", str(jar), "generate", "--config", str(config)], name


def with_python_client(
    language: str, options: dict[str, Any], described: Mapping[str, Any]
) -> tuple[list[str], str]:
    """Give the command of openapi-python-client, for the description with the names of methods."""
    del options
    names = methods(described, language)
    called = json.loads(json.dumps(described, default=str))
    for operation in operations(called):
        operation["operationId"] = names[operation["operationId"]]
    document = BUILD / "logs" / f"{language}.json"
    document.write_text(json.dumps(called), encoding="utf-8")
    command = [str(BIN / "openapi-python-client"), "generate", "--path", str(document)]
    command += ["--config", str(HERE / f"{language}.yaml"), "--output-path", str(BUILD / language)]
    return command, f"openapi-python-client {version('openapi-python-client')}"


def generator_jar() -> Path:
    """Find the jar of openapi-generator, which its package brings."""
    found = find_spec("openapi_generator_cli")
    if found is None or found.origin is None:
        raise MissingError("openapi-generator-cli is not installed: see make sdk.")
    [jar] = Path(found.origin).parent.glob("*.jar")
    return jar


def version(package: str) -> str:
    """Tell the version of a package that is installed here."""
    return metadata.version(package)
