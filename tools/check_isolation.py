"""In a fresh interpreter, imports what an inspector or a machine runs and fails when that loads more than they read.

DESIGN: `ledger.verify` loads no Brightline module outside `domain`, `crypto` and its own files (the package's
`__init__` re-exports lazily), and neither does the effector check. The import contract sees what is written; this sees
what is loaded.
"""

import subprocess
import sys
from collections.abc import Mapping

READ_BY_ALL = ("brightline.domain", "brightline.crypto")
# What each entry may load beside `READ_BY_ALL`: names, and the names that begin with them.
ENTRIES: Mapping[str, tuple[str, ...]] = {
    "brightline.ledger.verify": ("brightline.ledger.verify",),
    "brightline.oversight.effector": (
        "brightline.oversight.effector",  # and `effector_ports`
        "brightline.oversight.errors",
        "brightline.oversight.trusted_keys",
    ),
    "brightline.oversight.carriage": (
        "brightline.oversight.carriage",
        "brightline.oversight.errors",
    ),
    "brightline.oversight.machine_state": (
        "brightline.oversight.errors",
        "brightline.oversight.hold_errors",
        "brightline.oversight.machine_state",
    ),
    "brightline.oversight.replay_store": (
        "brightline.oversight.effector_ports",
        "brightline.oversight.errors",
        "brightline.oversight.replay_store",
    ),
}
BARE = frozenset({"brightline", "brightline.ledger", "brightline.oversight"})
# What a machine that acts need not have installed, for neither the check nor the store asks for it.
UNWANTED = frozenset(
    {"apsw", "cedarpy", "click", "jinja2", "pkcs11", "socket", "starlette", "uvicorn", "webauthn", "z3"}
)
PROBE = "import sys, {entry}; print(*sorted(sys.modules))"


def strangers(loaded: list[str], own: tuple[str, ...]) -> list[str]:
    """The loaded modules that its reader has not been told to read; `verify_*.py` beside `verify.py` are its own."""
    allowed = (*READ_BY_ALL, *own)
    ours = [name for name in loaded if name.split(".")[0] == "brightline"]
    return [name for name in ours if name not in BARE and not name.startswith(allowed)]


def unwanted(loaded: list[str]) -> list[str]:
    """The loaded modules that speak to a network, to a store or to people."""
    return sorted(UNWANTED & set(loaded))


def check(entry: str) -> bool:
    """Prints what `entry` loads; whether it is what its reader was told."""
    probe = PROBE.format(entry=entry)
    done = subprocess.run([sys.executable, "-I", "-c", probe], check=True, capture_output=True, text=True)
    loaded = done.stdout.split()
    found = strangers(loaded, ENTRIES[entry]) + unwanted(loaded)
    print(f"{entry} loads {sum(name.startswith('brightline') for name in loaded)} modules of Brightline")
    for name in found:
        print(f"it must not load {name}")
    return not found and entry in loaded


def main() -> int:
    """Checks every entry."""
    held = [check(entry) for entry in ENTRIES]
    return 0 if all(held) else 1


if __name__ == "__main__":
    sys.exit(main())
