"""The command line: one file per subcommand, each thin.

A command that works on a data directory speaks to the running gateway over its admin socket, or opens the directory
itself when nothing listens. Every command says what it did in words, or with `--json` in one JSON object.

Face: `main`.
INVARIANT: exit code 0 done, 1 refused or failed, 2 not understood; a secret is printed once, on standard output only.
INVARIANT: importing this package loads nothing that an old Python or a foreign platform could not read.
"""

import platform
import sys

from brightline.cli.platforms import unsupported


def main() -> None:
    """Run the command line and exit."""
    fault = unsupported(sys.platform, platform.mac_ver()[0], sys.version_info[:2])
    if fault:
        sys.stderr.write(fault)
        sys.exit(1)
    # Imported after the check, so that a platform we do not serve gets words and not a traceback.
    from brightline.cli.app import root

    root.main(prog_name="brightline")
