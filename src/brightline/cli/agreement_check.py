"""`brightline agreement check`: list all faults of an agreement at once."""

from collections.abc import Mapping
from pathlib import Path

import click

from brightline.cli.errors import PlaceError
from brightline.cli.faulty_line import fault_lines, faulty_line
from brightline.cli.output import json_option, report
from brightline.domain.agreement import AgreementRef
from brightline.policy import Examined, Fault, examine, load_agreement
from brightline.policy.lint_exact import lint_exact
from brightline.policy.proof.solver import SolverPool


@click.command("check")
@click.argument("directory", type=click.Path(), metavar="DIR", default="agreement")
@click.option("--enclave", default=None, metavar="NAME", help="Also load it as a gateway in this enclave would.")
@click.option("--solver", is_flag=True, help="Also ask a solver which policies have no effect (needs `[prove]`).")
@json_option
def command(directory: str, enclave: str | None, *, solver: bool, as_json: bool) -> int:
    """List all faults of an agreement at once, with file, line, column and the faulty line.

    DIR is the agreement's directory, with its manifest in it (default: `agreement`). Warnings are what may be meant as
    it stands; they refuse nothing.

    \b
    Example:
      brightline agreement check gate/agreements/1 --enclave field
    """
    place = Path(directory)
    if not place.is_dir():
        raise PlaceError("cli/not-a-directory", path=directory)
    found = examine(place)
    if solver and found.draft is not None:
        with SolverPool() as pool:
            found = _with(found, lint_exact(found.draft, pool))
    ref = load_agreement(place, enclave).ref if enclave is not None and not found.faults else None
    _show(directory, found, ref, as_json=as_json)
    return 1 if found.faults else 0


def _with(found: Examined, more: tuple[Fault, ...]) -> Examined:
    """`found` with what a solver finds besides: once told is enough."""
    told = {(one.file, one.line, one.code) for one in found.warnings}
    new = [one for one in more if (one.file, one.line, one.code) not in told]
    faults = [one for one in new if not one.warning]
    warnings = sorted([*found.warnings, *(one for one in new if one.warning)])
    return found._replace(draft=None if faults else found.draft, faults=tuple(sorted(faults)), warnings=tuple(warnings))


def _show(directory: str, found: Examined, ref: AgreementRef | None, *, as_json: bool) -> None:
    lines = [line for one in (*found.faults, *found.warnings) for line in fault_lines(one, found.texts)]
    result: dict[str, object] = {
        "directory": directory,
        "faults": [_row(one, found.texts) for one in found.faults],
        "warnings": [_row(one, found.texts) for one in found.warnings],
    }
    told = _counted(found)
    if ref is not None:
        told += f": {ref.id}, version {ref.version}, in enclave {ref.enclave}"
        result |= {"agreement": ref.id, "version": ref.version, "digest": ref.digest.hex(), "enclave": ref.enclave}
    lines.append(told)
    if ref is not None:
        lines.append(f"digest {ref.digest.hex()}")
        lines.append("signatures are not looked at here: `brightline agreement verify` does")
    report(result, lines, as_json=as_json, ok=not found.faults)


def _counted(found: Examined) -> str:
    """How many faults and warnings there are, in words."""
    faults, warnings = len(found.faults), len(found.warnings)
    words = f"{faults} {'fault' if faults == 1 else 'faults'}" if faults else "no faults"
    return f"{words}, {warnings} {'warning' if warnings == 1 else 'warnings'}" if warnings else words


def _row(fault: Fault, texts: Mapping[str, str]) -> dict[str, object]:
    row = {name: getattr(fault, name) for name in ("file", "line", "column", "code", "text", "hint")}
    return {**row, "source": faulty_line(fault, texts)}
