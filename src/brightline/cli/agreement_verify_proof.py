"""`brightline agreement verify-proof`: check an agreement's certificate without believing it."""

from pathlib import Path

import click

from brightline.cli.agreement_prove import SECONDS, certificate_words, draft_in, shown
from brightline.cli.output import json_option, report
from brightline.policy.directory import MAX_CERTIFICATE_BYTES
from brightline.policy.errors import PolicyError
from brightline.policy.proof.certificate import FILE
from brightline.policy.proof.solver import Limits
from brightline.policy.proof.verify_proof import verify_proof


@click.command("verify-proof")
@click.argument("directory", type=click.Path(), metavar="DIR", default="agreement")
@click.option("--certificate", type=click.Path(), default=None, metavar="FILE", help="Not the directory's own.")
@click.option(
    "--seconds",
    type=click.FloatRange(0.1, 86_400),
    default=SECONDS,
    show_default=True,
    help="How long one question to one solver may take.",
)
@json_option
def command(directory: str, certificate: str | None, seconds: float, *, as_json: bool) -> None:
    """Check the certificate of a proof, offline.

    DIR is the agreement's directory (default: `agreement`). The formulas are made again from its policies, schema and
    red lines, compared with those in the certificate, and solved again by both solvers; the witnesses are decided
    again.

    \b
    Example:
      brightline agreement verify-proof draft
      brightline agreement verify-proof draft --certificate received/certificate.json
    """
    draft = draft_in(directory)
    text = draft.texts.get(FILE) if certificate is None else _read(Path(certificate))
    confirmed = verify_proof(draft, text, limits=Limits(seconds), progress=shown(as_json=as_json))
    result = {
        "directory": directory,
        "subject": confirmed.subject,
        "claims": [row.claim for row in confirmed.claims],
        "made_by": confirmed.made_by,
        "assumptions": list(confirmed.assumptions),
    }
    report(result, [*certificate_words(confirmed), "confirmed: the certificate"], as_json=as_json)


def _read(path: Path) -> str:
    """The text of the certificate at `path`; raises `PolicyError` (`policy/bad-certificate`) and `OSError`."""
    with path.open("rb") as file:
        data = file.read(MAX_CERTIFICATE_BYTES + 1)
    if len(data) > MAX_CERTIFICATE_BYTES:
        raise PolicyError("policy/bad-certificate", why=f"larger than {MAX_CERTIFICATE_BYTES} bytes")
    try:
        return data.decode()
    except UnicodeDecodeError:
        raise PolicyError("policy/bad-certificate", why="not UTF-8") from None
