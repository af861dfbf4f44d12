"""Builds the docs: Markdown read by MyST, laid out by furo, nothing fetched while building or reading."""

import sys
from pathlib import Path

from sphinx.application import Sphinx

import brightline

HERE = Path(__file__).parent

project = "Brightline"
author = "the Brightline authors"
copyright = "2026, the Brightline authors"  # noqa: A001 - the name that Sphinx reads
release = version = brightline.__version__

extensions = ["myst_parser"]
source_suffix = {".md": "markdown"}
exclude_patterns = ["_build", "_generated"]
nitpicky = True
myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3

html_theme = "furo"
html_title = "Brightline"
html_copy_source = False
html_show_sourcelink = False
html_show_sphinx = False


def setup(app: Sphinx) -> None:
    """Have the pages that the tool itself writes made anew, before any page is read."""
    sys.path[:0] = [str(HERE), str(HERE.parent)]
    app.connect("builder-inited", lambda _: __import__("_pages").write())
