"""`brightline init`: make a data directory."""

import os
from pathlib import Path

import click

from brightline.cli.data_directory import make_data_directory, read_files
from brightline.cli.model_cache import cache_dir
from brightline.cli.output import json_option, report
from brightline.cli.settings_file import Places, needs_weights
from brightline.domain.agreement import AgreementRef
from brightline.providers.weights import FILE_NAME
from brightline.sample import agreement_files

SAMPLE_ENCLAVE = "demo"


@click.command("init")
@click.argument("directory", type=click.Path(), metavar="DIR")
@click.option("--operator", default="operator.example", show_default=True, help="Your name; it is part of the log's.")
@click.option("--agreement", type=click.Path(), default=None, metavar="DIR", help="An agreement (default: the sample).")
@click.option("--enclave", default=SAMPLE_ENCLAVE, show_default=True, help="The enclave this gateway stands in.")
@json_option
def command(directory: str, operator: str, agreement: str | None, enclave: str, *, as_json: bool) -> None:
    """Make a data directory, with fresh keys and a copy of the agreement.

    DIR must not be there yet, or be empty. Nothing is asked, and nothing is ever overwritten.

    \b
    Example:
      brightline init gate --operator operator.example
    """
    ref, deployments = make_data_directory(
        Path(directory).absolute(),
        agreement=read_files(Path(agreement)) if agreement is not None else agreement_files(),
        enclave=enclave,
        operator=operator,
        places=Places(weights=cache_dir(os.environ) / FILE_NAME),
    )
    result = {
        "directory": str(Path(directory).absolute()),
        "agreement": ref.id,
        "version": ref.version,
        "enclave": enclave,
        "deployments": [deployment.id for deployment in deployments],
    }
    report(result, _lines(directory, ref, local=needs_weights(deployments)), as_json=as_json)


def _lines(directory: str, ref: AgreementRef, *, local: bool) -> list[str]:
    lines = [f"made {directory}: agreement {ref.id}, version {ref.version}, enclave {ref.enclave}, four fresh keys"]
    return [
        *lines,
        f"keep a copy of {directory}/keys apart: without it no record can be opened and no log signed",
        "next:",
        f"  look at {directory}/brightline.toml: where each deployment is, and where its key comes from",
        *(["  brightline model pull"] if local else []),
        f"  brightline serve --data {directory}",
        f"  brightline key add --data {directory} --help",
    ]
