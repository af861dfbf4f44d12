"""`python -m brightline.cli`: the same as `brightline`."""

from brightline.cli import main

main()
