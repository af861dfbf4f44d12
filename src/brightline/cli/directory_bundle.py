"""`brightline directory bundle`: write the trust bundle that one effector is given by hand."""

from pathlib import Path

import click

from brightline.cli.bounded_file import read_bounded
from brightline.cli.output import data_option, json_option, report
from brightline.cli.perform import perform
from brightline.cli.whole_file import write_whole
from brightline.crypto.keyfiles import load_key
from brightline.crypto.party_keys import ED25519, PublicKey, create
from brightline.domain.sign_off.errors import SignOffError
from brightline.domain.sign_off.trust import MAX_SKEW_MS, MAX_WINDOW_MS
from brightline.oversight.bundling import (
    DEFAULT_SKEW_MS,
    DEFAULT_WINDOW_MS,
    MAX_TOOLS_BYTES,
    Trusted,
    make_bundle,
    read_tools,
)
from brightline.oversight.directory import DIRECTORY_NAME, MAX_DIRECTORY_BYTES, Directory

_RELEASE_KEY = Path("keys", "release.key")


@click.command("bundle")
@click.option("--audience", required=True, help="The effector's id, as the effector register names it.")
@click.option("--tools", required=True, type=click.Path(), metavar="FILE", help="What it demands of each of its tools.")
@click.option(
    "--agreement", "agreements", multiple=True, metavar="DIGEST", help="Trust this earlier version too; repeatable."
)
@click.option("--out", required=True, type=click.Path(), metavar="FILE", help="Where to write the bundle.")
@click.option(
    "--longest-window-seconds",
    "window",
    type=click.IntRange(1, MAX_WINDOW_MS // 1000),
    default=DEFAULT_WINDOW_MS // 1000,
    help="The longest life of a release, and how long a new replay store refuses (default: an hour).",
)
@click.option(
    "--clock-skew-ms",
    "skew",
    type=click.IntRange(0, MAX_SKEW_MS),
    default=DEFAULT_SKEW_MS,
    help="How far its clock may be off.",
)
@data_option
@json_option
def command(data: str, *, audience: str, tools: str, out: str, as_json: bool, **terms: object) -> None:
    """Write the trust bundle of one effector.

    It names the log, the keys of the gateway and of the directory, the agreement in force, and what the effector
    demands of each of its tools. There is none for an id that a version it would trust reserves for decoys. Carry it to
    the machine by hand, with a revocation list: whoever can change it on the way decides whom the machine obeys.

    \b
    Example:
      brightline directory bundle --data gate --audience valve-7.example --tools tools.json --out bundle.json
    """
    demanded = read_tools(read_bounded(tools, MAX_TOOLS_BYTES))
    directory = _directory(Path(data))
    standing = perform(data, "status", {})
    agreements, window, skew = terms["agreements"], terms["window"], terms["skew"]
    assert isinstance(agreements, tuple)
    assert isinstance(window, int)
    assert isinstance(skew, int)
    trusted = Trusted(
        origin=str(standing["origin"]),
        vkeys=(str(standing["vkey"]),),
        gateway=_release_key(Path(data)),
        agreements=(str(standing["agreement_digest"]), *agreements),
    )
    perform(data, "agreement.audience", {"audience": audience, "agreements": list(trusted.agreements)})
    bundle = make_bundle(audience, trusted, directory, demanded, longest_window_ms=window * 1000, clock_skew_ms=skew)
    write_whole(Path(out), bundle.canonical)
    result = {"file": out, "audience": audience, "sha256": bundle.digest.hex(), "tools": sorted(bundle.tools)}
    lines = [
        f"bundle of {audience}: {', '.join(sorted(bundle.tools))}",
        f"digest  {bundle.digest.hex()}",
        f"wrote   {out}",
    ]
    report(result, lines, as_json=as_json)


def _directory(data: Path) -> Directory:
    """The data directory's people; raises `SignOffError` where it names none."""
    path = data / DIRECTORY_NAME
    if not path.exists():
        raise SignOffError("signoff/no-directory")
    return Directory.parse(read_bounded(str(path), MAX_DIRECTORY_BYTES))


def _release_key(data: Path) -> PublicKey:
    """The public half of the key with which the gateway signs releases; raises `KeyFileError`."""
    seed = load_key(data / _RELEASE_KEY)
    return create(ED25519, lambda _: seed).public
