"""`brightline init`: make a data directory."""

import os
import time
from collections.abc import Sequence
from pathlib import Path

import click

from brightline.cli.data_directory import Beginning, make_data_directory, read_files
from brightline.cli.errors import PlaceError
from brightline.cli.model_cache import cache_dir
from brightline.cli.output import json_option, report
from brightline.cli.sample_parties import read_texts, sign_as_all
from brightline.cli.sample_people import PEOPLE_NAME, make_people
from brightline.cli.settings_file import Places, needs_weights
from brightline.domain.agreement import AgreementRef
from brightline.gateway.proving import installed_prover
from brightline.policy.errors import PolicyError
from brightline.policy.manifest import Manifest
from brightline.policy.signing import GenesisTrust, TrustedParty, read_trust
from brightline.providers.weights import FILE_NAME
from brightline.sample import agreement_files

SAMPLE_ENCLAVE = "demo"
# What `--sample` puts in the place of a directory; no path can be it.
_SAMPLE = "sample:"


@click.command("init")
@click.argument("directory", type=click.Path(), metavar="DIR")
@click.option("--operator", default="operator.example", show_default=True, help="Your name; it is part of the log's.")
@click.option(
    "--agreement", "agreement", type=click.Path(), default=None, metavar="DIR", help="The agreement, signed: version 1."
)
@click.option(
    "--trust", multiple=True, metavar="NAME=KEYID", help="A party's key, read out of band; once for each key."
)
@click.option("--trust-file", type=click.Path(), default=None, metavar="FILE", help="The parties' keys, in a file.")
@click.option("--current", type=click.Path(), default=None, metavar="FILE", help="A statement that it is current.")
@click.option(
    "--sample", "agreement", flag_value=_SAMPLE, help="Take the sample agreement, and sign it as both parties."
)
@click.option("--enclave", default=SAMPLE_ENCLAVE, show_default=True, help="The enclave this gateway stands in.")
@json_option
def command(
    directory: str,
    *,
    operator: str,
    agreement: str | None,
    trust: tuple[str, ...],
    trust_file: str | None,
    current: str | None,
    enclave: str,
    as_json: bool,
) -> None:
    """Make a data directory, with fresh keys, under an agreement that its parties have signed.

    DIR must not be there yet, or be empty. Nothing is asked, and nothing is ever overwritten. Read the parties' key ids
    (`brightline agreement key show`) from the parties themselves: whoever can change them on the way can sign.

    \b
    Example:
      brightline init gate --sample
      brightline init gate --agreement signed --trust "Acme Labs=3f2a…" --trust "Command=9c41…" --current current.json
    """
    sample = agreement == _SAMPLE
    beginning = _sample(enclave) if sample else _begun(agreement, trust, trust_file, current)
    ref, deployments = make_data_directory(
        Path(directory).absolute(),
        beginning,
        enclave=enclave,
        operator=operator,
        places=Places(weights=cache_dir(os.environ) / FILE_NAME),
        prover=None if sample else installed_prover(),
    )
    if sample:
        make_people(now_ms=time.time_ns() // 1_000_000, random=os.urandom).write(Path(directory).absolute())
    result = {
        "directory": str(Path(directory).absolute()),
        "agreement": ref.id,
        "version": ref.version,
        "digest": ref.digest.hex(),
        "enclave": enclave,
        "sample": sample,
        "stated_current": beginning.statement is not None,
        "deployments": [deployment.id for deployment in deployments],
    }
    lines = _lines(directory, ref, beginning, sample=sample, local=needs_weights(deployments))
    report(result, lines, as_json=as_json)


def _sample(enclave: str) -> Beginning:
    """The sample agreement, signed as both parties."""
    now_ms = time.time_ns() // 1_000_000
    return sign_as_all(agreement_files(), enclave=enclave, now_ms=now_ms, random=os.urandom)[0]


def _begun(agreement: str | None, trust: tuple[str, ...], trust_file: str | None, current: str | None) -> Beginning:
    """An agreement of the operator's own, with whom to trust for it; raises `BrightlineError`."""
    if agreement is None or (not trust and trust_file is None):
        raise PlaceError("cli/no-agreement")
    files = read_files(Path(agreement))
    given = _read(trust_file).decode("utf-8", "replace") if trust_file is not None else None
    trusted = read_trust(given, str(trust_file)) if given is not None else _named(read_texts(files).manifest, trust)
    return Beginning(files=files, trust=trusted, statement=None if current is None else _read(current))


def _read(path: str) -> bytes:
    try:
        with Path(path).open("rb") as file:
            return file.read(1024 * 1024)
    except OSError as error:
        why = (error.strerror or type(error).__name__).lower()
        raise PlaceError("cli/unreadable", path=path, why=why) from error


def _named(manifest: Manifest, words: Sequence[str]) -> GenesisTrust:
    """The trust that `NAME=KEYID` words state; what a party's part is, and how many must sign, says the manifest.

    Raises `PolicyError` (`policy/no-such-party`) for a name that is no party's.
    """
    keys: dict[str, set[str]] = {}
    for word in words:
        name, _, key = word.rpartition("=")
        keys.setdefault(name.strip(), set()).add(key.strip().lower())
    parties = {party.name: party for party in manifest.parties}
    for name in keys:
        if name not in parties:
            raise PolicyError("policy/no-such-party", party=name, known=", ".join(sorted(parties)))
    return GenesisTrust(
        tuple(
            TrustedParty(name, parties[name].role, frozenset(listed), parties[name].k)
            for name, listed in sorted(keys.items())
        )
    )


def _lines(directory: str, ref: AgreementRef, beginning: Beginning, *, sample: bool, local: bool) -> list[str]:
    lines = [f"made {directory}: agreement {ref.id}, version {ref.version}, enclave {ref.enclave}, five fresh keys"]
    lines += [f"signed by {party.name} ({party.role})" for party in beginning.trust.parties]
    if sample:
        lines.append(f"you play both parties here: their keys lie in {directory}/parties, and prove nothing to others")
        lines.append(f"and all who sign for actions: {directory}/{PEOPLE_NAME}; let the gateway know them with")
        lines.append(f"  brightline approver import --data {directory} {directory}/{PEOPLE_NAME}/*.json")
    if beginning.statement is None:
        lines.append("NOTHING IS PERMITTED YET: nobody states that the agreement is current")
        lines.append(f"  brightline agreement state-current … and put it at {directory}/current.json")
    return [
        *lines,
        f"keep a copy of {directory}/keys apart: without it no record can be opened and no log signed",
        "next:",
        f"  look at {directory}/brightline.toml: where each deployment is, and where its key comes from",
        *(["  brightline model pull"] if local else []),
        f"  brightline serve --data {directory}",
        f"  brightline key add --data {directory} --help",
    ]
