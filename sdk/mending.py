"""Faults of generators, mended in what they made; one that is no longer made is an error."""

import re
from pathlib import Path
from typing import NamedTuple


class Fault(NamedTuple):
    """A fault of a generator: in which files, what is wrong there, and what is right."""

    files: str
    wrong: str
    right: str


FAULTS = {
    "r": (
        # A parameter that was not given is handed on as NULL, and would be refused for that.
        Fault(
            "R/*_api.R",
            r" +if \(!missing\(`\w+`\) && is\.null\(`\w+`\)\) \{\n +stop\([^\n]+\n +\}\n",
            "",
        ),
        # A header that was not given can be left out of a list, but not of a vector.
        Fault("R/*_api.R", r"header_params <- c\(\)", "header_params <- list()"),
        # Lists that were not given are no empty lists.
        Fault(
            "R/*_api.R",
            r"(?m)^( +)(query_params\[\[\"[\w-]+\"\]\] <- I\(paste\(lapply\((`\w+`), .*)$",
            r"\1if (!is.null(\3)) \2",
        ),
        # R writes FALSE where JSON and query strings have false.
        Fault(
            "R/api_client.R",
            r"( +)(tmp\[\[query_param\]\] <- )(query_params\[\[query_param\]\])",
            r"\1value <- \3\n\1\2if (is.logical(value)) tolower(value) else value",
        ),
        # The words of an enum are known to its class, not to whatever holds one that may be null.
        Fault("R/*.R", r" +if \(!\(`\w+` %in% c\(\)\)\) \{\n +stop\([^\n]+\n +\}\n", ""),
    ),
}
"""What is wrong with the client of a language."""


ADDED = {
    "r": {
        "R/any_type.R": """\
#' Any JSON value, which other classes of this package hold as they came.
#' @export
AnyType <- R6::R6Class("AnyType", public = list(
  value = NULL,
  initialize = function(value = NULL) self$value <- value,
  fromJSON = function(input_json) {
    self$value <- jsonlite::fromJSON(input_json)
    self
  },
  fromJSONString = function(input_json) self$fromJSON(input_json),
  toList = function() self$value,
  toSimpleType = function() self$value,
  toJSONString = function() as.character(jsonlite::toJSON(self$value, auto_unbox = TRUE))
))
""",
    },
}
"""What generators refer to but do not make: files, and what is in them."""


def mend(language: str, folder: Path) -> None:
    """Mend the client of a language; RuntimeError where that is needed no longer."""
    for name, text in ADDED.get(language, {}).items():
        if (folder / name).exists():
            raise RuntimeError(f"{language} has {name} of its own now.")
        (folder / name).write_text(text, encoding="utf-8")
    for fault in FAULTS.get(language, ()):
        count = 0
        for path in sorted(folder.glob(fault.files)):
            text, found = re.subn(fault.wrong, fault.right, path.read_text(encoding="utf-8"))
            if found:
                path.write_text(text, encoding="utf-8")
            count += found
        if not count:
            raise RuntimeError(f"{language} has this fault no longer: {fault.wrong}")
