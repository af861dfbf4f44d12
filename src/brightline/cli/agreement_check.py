"""`brightline agreement check`: list all faults of an agreement at once."""

from pathlib import Path

import click

from brightline.cli.errors import PlaceError
from brightline.cli.output import json_option, report
from brightline.domain.agreement import AgreementRef
from brightline.policy import Fault, check, load_agreement


@click.command("check")
@click.argument("directory", type=click.Path(), metavar="DIR", default="agreement")
@click.option("--enclave", default=None, metavar="NAME", help="Also load it as a gateway in this enclave would.")
@json_option
def command(directory: str, enclave: str | None, *, as_json: bool) -> int:
    """List all faults of an agreement at once, with file, line and column.

    DIR is the agreement's directory, with its manifest in it (default: `agreement`).

    \b
    Example:
      brightline agreement check gate/agreement --enclave field
    """
    place = Path(directory)
    if not place.is_dir():
        raise PlaceError("cli/not-a-directory", path=directory)
    faults = check(place)
    if faults:
        return _show_faults(directory, faults, as_json=as_json)
    ref = load_agreement(place, enclave).ref if enclave is not None else None
    _show_sound(directory, ref, as_json=as_json)
    return 0


def _show_faults(directory: str, faults: tuple[Fault, ...], *, as_json: bool) -> int:
    lines = [line for fault in faults for line in _lines(fault)]
    lines.append(f"{len(faults)} {'fault' if len(faults) == 1 else 'faults'}")
    result = {"directory": directory, "faults": [_row(fault) for fault in faults]}
    report(result, lines, as_json=as_json, ok=False)
    return 1


def _show_sound(directory: str, ref: AgreementRef | None, *, as_json: bool) -> None:
    result: dict[str, object] = {"directory": directory, "faults": []}
    if ref is None:
        report(result, ["no faults"], as_json=as_json)
        return
    lines = [f"no faults: {ref.id}, version {ref.version}, in enclave {ref.enclave}", f"digest {ref.digest.hex()}"]
    lines.append("who signed it is not looked at here: `brightline agreement verify` does")
    words = {"agreement": ref.id, "version": ref.version, "digest": ref.digest.hex(), "enclave": ref.enclave}
    report({**result, **words}, lines, as_json=as_json)


def _lines(fault: Fault) -> list[str]:
    return [str(fault), f"    next: {fault.hint}"] if fault.hint else [str(fault)]


def _row(fault: Fault) -> dict[str, object]:
    return {name: getattr(fault, name) for name in ("file", "line", "column", "code", "text", "hint")}
