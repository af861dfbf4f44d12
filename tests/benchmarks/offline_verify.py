"""`offline_verify.py DATA BRIGHTLINE VERIFIER`: checks the demo's log as an operator and as an inspector would.

Runs in the fresh environment that the wheelhouse made. Asks the store for the log's place and key, then verifies with
the whole program and with the inspector's file alone; the two must find the same root.
"""

import json
import subprocess
import sys
from pathlib import Path


def ask(*command: str) -> dict[str, object]:
    done = subprocess.run(command, check=False, stdout=subprocess.PIPE, text=True)
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)} gave {done.returncode}: {done.stdout}")
    answer: dict[str, dict[str, object]] = json.loads(done.stdout)
    return answer["result"]


def main(data: str, brightline: str, verifier: str) -> None:
    shown = ask(brightline, "ledger", "show", "--data", data, "--json")
    log, vkey = str(Path(data) / str(shown["directory"])), str(shown["vkey"])
    whole = ask(brightline, "ledger", "verify", log, "--vkey", vkey, "--json")
    alone = ask(sys.executable, verifier, log, "--vkey", vkey, "--json")
    if not whole["size"] or (whole["size"], whole["root"]) != (alone["size"], alone["root"]):
        sys.exit(f"the two verifiers differ: {whole} and {alone}")
    print(f"both verifiers: {whole['size']} entries, root {whole['root']}")


if __name__ == "__main__":
    main(*sys.argv[1:])
