"""The inspector's verifier: checks a log directory with nothing in hand but the log's public key.

`python brightline-verify.pyz LOG_DIRECTORY --vkey KEY`. Of Brightline it holds `domain`, `crypto` and
`ledger.verify` only; beside it, the interpreter needs the `cryptography` package.
"""

import argparse
import json
import sys
from pathlib import Path

from brightline.domain.errors import BrightlineError
from brightline.ledger.verify import DirectoryReader, verify_directory


def main() -> int:
    """Prints what the log holds, or the entry or file that is wrong."""
    parser = argparse.ArgumentParser(prog="brightline-verify", description="Verify a Brightline log directory.")
    parser.add_argument("directory", type=Path)
    parser.add_argument("--vkey", required=True, help="the log's public key, as the operator published it")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    asked = parser.parse_args()
    try:
        found = verify_directory(DirectoryReader(asked.directory), asked.vkey)
    except BrightlineError as error:
        if asked.json:
            told = {"code": error.code, "message": error.message, "hint": error.hint}
            print(json.dumps({"ok": False, "error": told}))
        print(f"does not verify: {error.message} ({error.code})\nnext: {error.hint}", file=sys.stderr)
        return 1
    counts = {kind.name.lower(): count for kind, count in found.counts.items() if count}
    if asked.json:
        result = {"origin": found.origin, "size": found.size, "root": found.root_hex, "counts": counts}
        print(json.dumps({"ok": True, "result": result}))
        return 0
    held = ", ".join(f"{count} {kind}" for kind, count in counts.items())
    print(f"verified: {found.origin}, {found.size} entries ({held}), root {found.root_hex}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
