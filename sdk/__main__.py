"""Generates clients from openapi.yaml, and tries them.

`python -m sdk generate [LANGUAGE…]` generates clients into build/sdk; `python -m sdk test
[LANGUAGE…]` checks each of them too, by the compiler of its language, and lets each run the
scenario of sdk/scenario against the service at ATTEST_URL, with the key ATTEST_KEY: sdk/served
starts one. Whatever is not on this machine is skipped, and that is said.
"""

import argparse
import os
import re
import subprocess
import sys
from pathlib import Path

from sdk.generate import (
    BUILD,
    LANGUAGES,
    Generated,
    MissingError,
    description,
    generate,
)
from sdk.toolchains import RUN, TOOLCHAINS, Step

STEPS = 12
"""How many steps the scenario has."""

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
        failed |= not tried(made, needed=bool(asked.languages))
    sys.exit(int(failed))


def tried(clients: list[Generated], *, needed: bool) -> bool:
    """Check clients and run their scenarios; print a table, and tell whether all went well.

    A toolchain that is not here is a failure only if its language was asked for by name.
    """
    rows, passed = [], True
    for client in clients:
        check, steps, well = outcome(client, needed=needed)
        passed &= well
        figures = (f"{client.seconds:.0f}", str(client.files), str(client.warnings))
        rows.append((client.language, client.generator, *figures, check, steps))
    widths = [max(map(len, column)) for column in zip(HEADS, *rows, strict=True)]
    for row in (HEADS, *rows):
        say("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
    return passed


def outcome(client: Generated, *, needed: bool) -> tuple[str, str, bool]:
    """Check a client and run its scenario: in words how that went, and whether it did."""
    try:
        toolchain = TOOLCHAINS[client.language]()
    except MissingError as missing:
        return f"not here: {missing}", "-", not needed
    (RUN / client.language).mkdir(parents=True, exist_ok=True)
    for step in toolchain.checks:
        if not done(step, client.language)[0]:
            return f"{toolchain.checked}: FAILED", "-", False
    well, said = done(toolchain.run, client.language)
    steps = len(re.findall(r"^ok \d+ ", said, re.MULTILINE))
    return f"{toolchain.checked}: passed", f"{steps} of {STEPS}", well and steps == STEPS


def done(step: Step, language: str) -> tuple[bool, str]:
    """Carry a step out: whether that went well, and what it said, which is told where not."""
    result = subprocess.run(  # noqa: S603 - a command of ours
        step.command,
        cwd=step.folder,
        env=os.environ | step.more,
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


def say(line: str) -> None:
    """Print a line at once."""
    print(line, flush=True)  # noqa: T201 - what the command is for


if __name__ == "__main__":
    main()
