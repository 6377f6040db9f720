"""Generates clients from openapi.yaml, and tries them.

`python -m sdk generate [LANGUAGE…]` generates clients into build/sdk; `python -m sdk test
[LANGUAGE…]` checks each of them too, by the compiler of its language, and lets each run the
scenario of sdk/scenario against a service with the example. Whatever is not on this machine is
skipped, and that is said.
"""

import argparse
import os
import re
import secrets
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sdk.generate import (
    BUILD,
    LANGUAGES,
    ROOT,
    Generated,
    MissingError,
    description,
    generate,
)
from sdk.toolchains import RUN, TOOLCHAINS, Step

STEPS = 12
"""How many steps the scenario has."""

START_SECONDS = 120
"""How long a service may take to start, which makes a database first."""

HEADS = ("language", "generator", "seconds", "files", "warnings", "check", "steps passed")


def main() -> None:
    """Generate what is asked for, and try it where that is asked for too."""
    parser = argparse.ArgumentParser(prog="python -m sdk", description=__doc__)
    parser.add_argument("what", choices=("generate", "test"))
    parser.add_argument("languages", nargs="*", metavar="LANGUAGE", help=", ".join(LANGUAGES))
    asked = parser.parse_args()
    if unknown := {*asked.languages} - {*LANGUAGES}:
        parser.error(f"No client is made for {min(unknown)}: there are {', '.join(LANGUAGES)}.")
    described = description()
    failed, made = False, []
    for language in asked.languages or LANGUAGES:
        try:
            client = generate(language, described)
        except MissingError as missing:
            say(str(missing))
            failed = True
        else:
            told = f"{client.files} files in {client.seconds:.0f} s by {client.generator}"
            say(f"build/sdk/{language}: {told}")
            made.append(client)
    if asked.what == "test":
        failed |= not tried(made)
    sys.exit(int(failed))


def tried(clients: list[Generated]) -> bool:
    """Check clients and run their scenarios; print a table, and tell whether all went well."""
    rows, passed = [], True
    with tempfile.TemporaryDirectory() as folder, service(Path(folder)) as reached:
        for client in clients:
            check, steps, well = outcome(client, reached)
            passed &= well
            figures = (f"{client.seconds:.0f}", str(client.files), str(client.warnings))
            rows.append((client.language, client.generator, *figures, check, steps))
    widths = [max(map(len, column)) for column in zip(HEADS, *rows, strict=True)]
    for row in (HEADS, *rows):
        say("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
    return passed


def outcome(client: Generated, reached: dict[str, str]) -> tuple[str, str, bool]:
    """Check a client and run its scenario: in words how that went, and whether it did."""
    try:
        toolchain = TOOLCHAINS[client.language]()
    except MissingError as missing:
        return f"not here: {missing}", "-", True
    (RUN / client.language).mkdir(parents=True, exist_ok=True)
    for step in toolchain.checks:
        if not done(step, client.language, {})[0]:
            return f"{toolchain.checked}: FAILED", "-", False
    well, said = done(toolchain.run, client.language, reached)
    steps = len(re.findall(r"^ok \d+ ", said, re.MULTILINE))
    return f"{toolchain.checked}: passed", f"{steps} of {STEPS}", well and steps == STEPS


def done(step: Step, language: str, reached: dict[str, str]) -> tuple[bool, str]:
    """Carry a step out: whether that went well, and what it said, which is told where not."""
    result = subprocess.run(  # noqa: S603 - a command of ours
        step.command,
        cwd=step.folder,
        env=os.environ | step.more | reached,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    with (BUILD / "logs" / f"{language}.log").open("a", encoding="utf-8") as log:
        log.write(f"$ {' '.join(step.command)[:1000]}\n{result.stdout}")
    if result.returncode:
        say(f"{language}: {Path(step.command[0]).name} failed:\n{result.stdout[-3000:]}")
    return result.returncode == 0, result.stdout


@contextmanager
def service(folder: Path) -> Iterator[dict[str, str]]:
    """Start a service with the example; give where it is, and a key that may do everything."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    url, key = f"http://127.0.0.1:{port}", secrets.token_urlsafe(32)
    settings = {
        "ATTEST_ADMIN_KEY": key,
        "ATTEST_DATA_DIR": str(folder / "data"),
        "ATTEST_PORT": str(port),
        "ATTEST_WORKERS": "1",
    }
    with (folder / "log").open("w+", encoding="utf-8") as log:
        process = subprocess.Popen(  # noqa: S603 - as above
            [str(ROOT / ".venv" / "bin" / "attest"), "run"],
            env=os.environ | settings,
            stdout=log,
            stderr=log,
        )
        try:
            await_answer(f"{url}/readyz", process)
            yield {"ATTEST_URL": url, "ATTEST_KEY": key}
        except TimeoutError:
            log.seek(0)
            say(log.read()[-3000:])
            raise
        finally:
            process.terminate()
            process.wait()


def await_answer(url: str, process: subprocess.Popen[bytes]) -> None:
    """Wait until something answers; TimeoutError where it ends, or does not in time."""
    for _ in range(START_SECONDS * 4):
        try:
            with urllib.request.urlopen(url):  # noqa: S310 - an address of ours
                return
        except (urllib.error.URLError, ConnectionError):
            if process.poll() is not None:
                break
            time.sleep(0.25)
    raise TimeoutError("The service did not start.")


def say(line: str) -> None:
    """Print a line at once."""
    print(line, flush=True)  # noqa: T201 - what the command is for


if __name__ == "__main__":
    main()
