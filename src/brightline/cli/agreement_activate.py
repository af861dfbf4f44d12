"""`brightline agreement activate`: take a version of the agreement into force."""

from pathlib import Path

import click

from brightline.cli.agreement_current import statement_in
from brightline.cli.output import data_option, json_option, report
from brightline.cli.perform import perform


@click.command("activate")
@click.argument("directory", type=click.Path(), metavar="DIR")
@click.option("--current", type=click.Path(), default=None, metavar="FILE", help="A statement that it is current.")
@data_option
@json_option
def command(directory: str, current: str | None, data: str, *, as_json: bool) -> None:
    """Take a version of the agreement into force, in a running gateway or in a data directory that none holds.

    DIR is the next version with its certificate and signatures. Every party must have signed it, as the version in
    force names them; one party alone may tighten where the agreement lets it, and the solvers must then show that
    nothing more is permitted. Uses in flight end under the version they began under. It is an entry of the ledger.

    \b
    Example:
      brightline agreement activate next --current current.json --data gate
    """
    asked: dict[str, object] = {"path": str(Path(directory).absolute())}
    if current is not None:
        asked["statement"] = statement_in(current)
    result = perform(data, "agreement.activate", asked)
    signers = result["signers"]
    lines = [
        f"in force: agreement {result['agreement']}, version {result['version']}, in enclave {result['enclave']}",
        f"digest    {result['digest']}",
        f"accepted  {'signed by all parties' if result['how'] == 'all-parties' else 'a tightening by one party'}",
        *(f"signed    {signer}" for signer in (signers if isinstance(signers, list) else [])),
        f"expires   {result['expires']}",
        f"stated    current until {result['current_until']}",
        f"recorded  as entry {result['entry']} of the ledger",
    ]
    report(result, lines, as_json=as_json)
