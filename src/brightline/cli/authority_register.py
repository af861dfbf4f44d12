"""`brightline authority register`: take a signed authority."""

import base64

import click

from brightline.cli.bounded_file import read_bounded
from brightline.cli.output import data_option, json_option, report
from brightline.cli.perform import perform
from brightline.domain.authority import MAX_AUTHORITY_BYTES
from brightline.domain.sign_off.rendering import shown


@click.command("register")
@click.argument("file", type=click.Path())
@data_option
@json_option
def command(file: str, data: str, *, as_json: bool) -> None:
    """Take a signed authority: it covers its persons from now on, for uses that name it.

    A use names it in the header `brightline-authority`. What was counted before stays counted.

    \b
    Example:
      brightline authority register warrant-17.signed.json --data gate
    """
    signed = base64.b64encode(read_bounded(file, MAX_AUTHORITY_BYTES)).decode()
    result = perform(data, "authority.register", {"signed": signed})
    said = f"{shown(str(result['id']))} covers {result['persons']} persons from entry {result['entry']} on"
    report(result, [said], as_json=as_json)
