"""`brightline agreement prove`: prove an agreement's red lines and write the certificate."""

import json
from pathlib import Path

import click

from brightline.cli.errors import PlaceError
from brightline.cli.output import json_option, report
from brightline.policy.draft import Draft, read_draft
from brightline.policy.errors import AgreementFaultsError
from brightline.policy.proof.certificate import EVERY_CHART, FILE, Certificate
from brightline.policy.proof.failures import Failure, ProofFailedError
from brightline.policy.proof.prove import Progress, Step, prove
from brightline.policy.proof.solver import Limits

SECONDS = 30.0


@click.command("prove")
@click.argument("directory", type=click.Path(), metavar="DIR", default="agreement")
@click.option(
    "--seconds",
    type=click.FloatRange(0.1, 86_400),
    default=SECONDS,
    show_default=True,
    help="How long one question to one solver may take.",
)
@json_option
def command(directory: str, seconds: float, *, as_json: bool) -> int:
    """Prove the red lines and write the certificate, `certificate.json`.

    DIR is the agreement's directory (default: `agreement`). A red line that does not hold is shown by a request that
    both engines decided; then no certificate is written and the exit code is 1. Needs the extra `[prove]`.

    \b
    Example:
      brightline agreement prove draft
    """
    draft = draft_in(directory)
    try:
        certificate = prove(draft, limits=Limits(seconds), progress=shown(as_json=as_json))
    except ProofFailedError as error:
        _show_failures(directory, error.failures, as_json=as_json)
        return 1
    path = _write(Path(directory), certificate)
    _show_proved(path, certificate, as_json=as_json)
    return 0


def draft_in(directory: str) -> Draft:
    """The agreement in `directory`; raises `PlaceError` or `AgreementFaultsError`."""
    place = Path(directory)
    if not place.is_dir():
        raise PlaceError("cli/not-a-directory", path=directory)
    draft, faults = read_draft(place)
    if draft is None:
        raise AgreementFaultsError(faults)
    return draft


def shown(*, as_json: bool) -> Progress:
    """Says each step as it ends, to people only."""

    def say(step: Step) -> None:
        if not as_json:
            click.echo(f"{step.name}: {step.outcome}")

    return say


def certificate_words(certificate: Certificate) -> list[str]:
    """What a certificate says, in short."""
    every = sum(row.chart == EVERY_CHART for row in certificate.claims)
    signed = len(certificate.claims) - every
    solvers = ", ".join(f"{name} {version}" for name, version in sorted(certificate.solvers.items()))
    return [
        f"{every} claims hold for every possible organisation chart, {signed} for the chart as signed",
        f"{len(certificate.witnesses)} witnesses, each decided by both engines",
        f"solvers: {solvers}",
        *(f"assumed: {words}" for words in certificate.assumptions),
    ]


def _write(directory: Path, certificate: Certificate) -> Path:
    """Put the certificate in its place; one that was cut short by a crash is refused by whoever reads it."""
    path = directory / FILE
    path.write_text(certificate.to_json(), encoding="utf-8")
    return path


def _show_proved(path: Path, certificate: Certificate, *, as_json: bool) -> None:
    result = {
        "certificate": str(path),
        "subject": certificate.subject,
        "solvers": dict(certificate.solvers),
        "claims": [{"claim": row.claim, "words": row.words, "chart": row.chart} for row in certificate.claims],
        "witnesses": [
            {"red_line": each.red_line, "kind": each.kind, "words": each.words, "request": dict(each.request)}
            for each in certificate.witnesses
        ],
        "assumptions": list(certificate.assumptions),
    }
    lines = [*certificate_words(certificate), f"proved: {path}"]
    report(result, lines, as_json=as_json)


def _show_failures(directory: str, failures: tuple[Failure, ...], *, as_json: bool) -> None:
    lines: list[str] = []
    for failure in failures:
        lines += ["", f"{failure.text} ({failure.code})", f"    next: {failure.hint}"]
        if failure.request is not None:
            lines += ["    the request:", *(f"    {line}" for line in request_lines(failure))]
    count = len(failures)
    lines += ["", f"not proved: {count} {'failure' if count == 1 else 'failures'}; no certificate was written"]
    rows = [
        {
            "code": failure.code,
            "text": failure.text,
            "hint": failure.hint,
            "request": None if failure.request is None else dict(failure.request),
            "reasons": list(failure.reasons),
        }
        for failure in failures
    ]
    report({"directory": directory, "failures": rows}, lines, as_json=as_json, ok=False)


def request_lines(failure: Failure) -> list[str]:
    """The request of `failure` as JSON, without the entities: those are the agreement's own."""
    request = {name: part for name, part in (failure.request or {}).items() if name != "entities"}
    return json.dumps(request, indent=2, ensure_ascii=False).splitlines()
