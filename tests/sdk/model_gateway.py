"""A real gateway on the real local model, as a child process, with the agreement that the SDKs' suites need.

`running` makes a data directory, starts the provider simulator (for refusals and tool calls that a small model cannot
be asked for) and `brightline serve`, waits until it is ready, and stops both; the log that is left must verify, with
every use in it closed.
"""

import json
import os
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import msgspec

from brightline.cli.data_directory import Beginning, make_data_directory, read_files
from brightline.cli.model_cache import cache_dir
from brightline.cli.output import rows_of
from brightline.cli.settings_file import Places
from brightline.cli.story.children import await_ready, start_gateway, start_simulator
from brightline.cli.story.scenery import HOST, free_port
from brightline.ledger.verify import DirectoryReader, verify_directory
from brightline.providers.weights import find_weights
from brightline.testing.parties import parties_of

AGREEMENT = Path(__file__).parent / "agreement"
ENCLAVE = "tests"
SUITE_KEY = "my-anthropic-api-key"  # what the Anthropic SDK's own tests send; they cannot be told another
MISSION = "trials"
FORBIDDEN_MISSION = "idleness"  # the agreement permits it to nobody
READY_SECONDS = 90.0
COMMAND_SECONDS = 60.0


class Entry(msgspec.Struct, frozen=True):
    """One entry of the ledger: of an outcome, `reference` is its intent's index."""

    index: int
    reference: int | None
    outcome: str


@dataclass(frozen=True, slots=True)
class ModelGateway:
    """A gateway that runs: `url` without `/v1`, and its data directory."""

    url: str
    data: Path

    def command(self, *words: str) -> Mapping[str, object]:
        """What `brightline WORDS --json` says of this gateway; raises `CalledProcessError`."""
        return command(self.data, *words)

    def entries(self) -> list[Entry]:
        """Its ledger's last entries, 1,000 at most."""
        return [
            msgspec.convert(row, Entry) for row in rows_of(self.command("ledger", "show", "--last", "1000"), "entries")
        ]


def command(data: Path, *words: str) -> Mapping[str, object]:
    """What `brightline WORDS --json` says of the data directory `data`; raises `CalledProcessError`."""
    line = [sys.executable, "-m", "brightline.cli", *words, "--data", str(data), "--json"]
    done = subprocess.run(line, check=True, capture_output=True, text=True, timeout=COMMAND_SECONDS)
    said: Mapping[str, Mapping[str, object]] = json.loads(done.stdout)
    return said["result"]


def import_suite_key(data: Path, place: Path, mission: str) -> None:
    """Import the suite's key for `mission`; its secret lies in `place` for the moment."""
    secret = place / "suite.secret"
    secret.touch(mode=0o600)
    secret.write_text(SUITE_KEY, encoding="ascii")
    grant = ["--name", "sdk-suites", "--organisation", "example-tests", "--unit", "suites", "--app", "sdk"]
    words = ["key", "import", "--secret-file", str(secret), "--weak", *grant, "--mission", mission]
    command(data, *words)
    secret.unlink()


@contextmanager
def running(place: Path, *, mission: str = MISSION) -> Iterator[ModelGateway]:
    """A gateway in the empty folder `place`, its key for `mission`; raises `WeightsError` without weights."""
    weights = find_weights(cache_dir(os.environ))
    data, port = place / "gate", free_port()
    simulator, simulator_port = start_simulator(place / "simulator.log")
    try:
        _make(data, weights=weights, simulator=f"http://{HOST}:{simulator_port}")
        import_suite_key(data, place, mission)
        gateway = start_gateway(data, port, place / "gateway.log")
        try:
            url = f"http://{HOST}:{port}"
            await_ready(gateway, lambda: _ready(url), seconds=READY_SECONDS, step="the gateway")
            running_gateway = ModelGateway(url, data)
            standing = running_gateway.command("ledger", "show")
            yield running_gateway
        finally:
            gateway.stop()
        _check_log(standing)
    finally:
        simulator.stop()


def _make(data: Path, *, weights: Path, simulator: str) -> None:
    files = read_files(AGREEMENT)
    parties = parties_of(files)
    signed = parties.sign(files)
    _, deployments = make_data_directory(
        data,
        Beginning(files=signed.files, trust=signed.trust, statement=parties.state(signed.draft, ENCLAVE)),
        enclave=ENCLAVE,
        operator="tests.example",
        places=Places(weights=weights),
    )
    lines = ["format = 1", "[enclave]", f'name = "{ENCLAVE}"', "[ledger]", 'operator = "tests.example"']
    for deployment in deployments:
        lines += ["[[deployment]]", f'id = "{deployment.id}"']
        if deployment.model == "smollm2":
            # The SDKs' own tests offer tools whose schemas are none; only a model that takes no tools passes over them.
            template = 'chat_template = "weights"'
            lines += ['provider = "local"', f"weights = {json.dumps(str(weights))}", template]
        else:
            lines += [f'base_url = "{simulator}"', 'auth = "none"']
    (data / "brightline.toml").write_text("\n".join([*lines, ""]), encoding="utf-8")


def _check_log(standing: Mapping[str, object]) -> None:
    verified = verify_directory(DirectoryReader(Path(str(standing["directory"]))), str(standing["vkey"]))
    assert verified.open_intents == (), verified.open_intents


def _ready(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/readyz", timeout=5) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False
