"""How `make docs` builds the manual: the pages as they are in the repository, with Sphinx."""

import re
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.errors import ThemeError

project = "Attest"
html_title = "Attest: the manual"
root_doc = "docs/index"
extensions = ["myst_parser"]
include_patterns = [
    "README.md",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "clients/python/README.md",
    "docs/**.md",
]
exclude_patterns = [".*", "bench", "build", "data", "dist", "tests", "**/.venv"]
myst_heading_anchors = 4
suppress_warnings = [
    "misc.highlighting_failure",  # a block may show a request and its answer
    "myst.header",  # a changelog may go from a release to its parts
]

html_theme = "furo"
html_favicon = "static/icon.svg"
html_static_path = ["static"]
html_css_files = ["manual.css"]
html_extra_path = ["root"]
templates_path = ["templates"]
html_copy_source = False
html_show_copyright = False
html_show_sphinx = False
html_use_index = False
html_theme_options = {"top_of_page_buttons": []}
pygments_style = "a11y-high-contrast-light"
pygments_dark_style = "a11y-high-contrast-dark"

CORRECTIONS = {
    '<script>\n      document.body.dataset.theme = localStorage.getItem("theme") || "auto";\n'
    "    </script>": '<script src="{root}_static/theme.js"></script>',
    'style="display: none;"': "hidden",
    ' style="opacity: 50%"': ' opacity="0.5"',
    ' role="heading">': ' role="heading" aria-level="2">',
}
"""Texts that the theme writes into each page, and their substitutes: its scripts and styles are
files, so that a browser can refuse all that is inside a page, and its headings have a level.
"""

REFUSED = re.compile(
    r"<script(?![^>]*\bsrc=)|<style|<[^>]+\s(?:style|on[a-z]+)=|"
    r"<(?:script|img|iframe)[^>]+\bsrc=\"(?:https?:)?//|<link[^>]+\bhref=\"(?:https?:)?//"
)
"""Markup that a browser would refuse to run, or ask for elsewhere."""


def navigation(_app: Sphinx, page: str, source: list[str]) -> None:
    """Make the navigation of the lists on the first page: a group for each heading."""
    if page != root_doc:
        return
    for heading, text in re.findall(r"^## (.*)\n((?:(?!## ).*\n)*)", source[0], re.MULTILINE):
        pages = re.findall(r"^- \[.*?\]\((.*?)\.md\)", text, re.MULTILINE)
        source[0] += "\n".join(["", "```{toctree}", f":caption: {heading}", ":hidden:", ""])
        source[0] += "\n".join(["", *pages, "```", ""])


def correct(app: Sphinx, error: Exception | None) -> None:
    """Correct what the theme has written, and refuse what browsers would refuse."""
    folder = Path(app.outdir)
    for path in [] if error else sorted(folder.rglob("*.html")):
        text = path.read_text()
        if "data-content_root" not in text:
            continue
        root = "../" * len(path.relative_to(folder).parents[:-1])
        for inside, instead in CORRECTIONS.items():
            if inside not in text:
                raise ThemeError(f"The theme writes no longer: {inside}")
            text = text.replace(inside, instead.format(root=root))
        # What is wider than the page can be scrolled by keys.
        text = text.replace("<pre>", '<pre tabindex="0">')
        text = text.replace('<div class="table-wrapper', '<div tabindex="0" class="table-wrapper')
        if refused := REFUSED.search(text):
            raise ThemeError(f"{path} has {refused[0]}")
        path.write_text(text)


def setup(app: Sphinx) -> None:
    """Take part in the build."""
    app.connect("source-read", navigation)
    app.connect("build-finished", correct)
