"""Builds the docs: Markdown read by MyST, laid out by furo, nothing fetched while building or reading."""

import brightline

project = "Brightline"
author = "the Brightline authors"
copyright = "2026, the Brightline authors"  # noqa: A001 - the name that Sphinx reads
release = version = brightline.__version__

extensions = ["myst_parser"]
source_suffix = {".md": "markdown"}
exclude_patterns = ["_build"]
nitpicky = True
myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3

html_theme = "furo"
html_title = "Brightline"
html_copy_source = False
html_show_sourcelink = False
html_show_sphinx = False
