"""`brightline key revoke`: let a key fail from the next request on."""

import click

from brightline.cli.output import data_option, json_option, report
from brightline.cli.perform import perform


@click.command("revoke")
@click.argument("key_id")
@data_option
@json_option
def command(key_id: str, data: str, *, as_json: bool) -> None:
    """Let a key fail from the next request on.

    A revoked key never works again; its entries stay in the ledger.

    \b
    Example:
      brightline key revoke 1a2b3c4d --data gate
    """
    key = perform(data, "key.revoke", {"key_id": key_id})
    lines = [f"revoked key {key['key_id']} of {key['name']}", f"recorded as entry {key['entry']} of the ledger"]
    report(key, lines, as_json=as_json)
