"""In a fresh interpreter, imports what an inspector runs and fails when that loads more than he reads.

DESIGN: `ledger.verify` loads no Brightline module outside `domain`, `crypto` and its own files (the package's
`__init__` re-exports lazily). The import contract sees what is written; this sees what is loaded.
"""

import subprocess
import sys

ENTRY = "brightline.ledger.verify"
ALLOWED = ("brightline.domain", "brightline.crypto", "brightline.ledger.verify")
BARE = frozenset({"brightline", "brightline.ledger"})
PROBE = f"import sys, {ENTRY}; print(*sorted(name for name in sys.modules if name.split('.')[0] == 'brightline'))"


def strangers(loaded: list[str]) -> list[str]:
    """The loaded modules that an inspector has not been told to read; `verify_*.py` beside `verify.py` are its own."""
    return [name for name in loaded if name not in BARE and not name.startswith(ALLOWED)]


def main() -> int:
    """Prints what was loaded."""
    done = subprocess.run([sys.executable, "-I", "-c", PROBE], check=True, capture_output=True, text=True)
    loaded = done.stdout.split()
    found = strangers(loaded)
    print(f"{ENTRY} loads {len(loaded)} modules of Brightline")
    for name in found:
        print(f"it must not load {name}")
    return 1 if found or ENTRY not in loaded else 0


if __name__ == "__main__":
    sys.exit(main())
