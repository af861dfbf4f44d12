"""The verifier in a fresh interpreter: an inspector can read all of what it runs."""

import subprocess
import sys

IMPORTED = """
import sys
import brightline.ledger.verify
for name in sorted(sys.modules):
    if name.split(".")[0] in {"brightline", "apsw", "sqlite3", "asyncio", "socket", "ssl", "uvloop"}:
        print(name)
"""
ALLOWED = ("brightline.domain", "brightline.crypto")


def test_importing_the_verifier_loads_domain_and_crypto_only() -> None:
    run = subprocess.run([sys.executable, "-c", IMPORTED], capture_output=True, text=True, check=True)
    names = set(run.stdout.split())
    assert "brightline.ledger.verify" in names
    rest = {name for name in names if not name.startswith(ALLOWED)}
    assert rest == {"brightline", "brightline.ledger", "brightline.ledger.verify"}
