"""`brightline describe train`: train a describer on labelled texts."""

from collections.abc import Iterable
from pathlib import Path

import click

from brightline.cli.output import json_option, report
from brightline.use.describer import write
from brightline.use.training import Example, train
from brightline.use.training_data import examples_in


@click.command("train")
@click.argument("data", nargs=-1, required=True, type=click.Path(), metavar="DATA...")
@click.option("--out", required=True, type=click.Path(), metavar="DIR", help="Where the describer is written.")
@click.option("--without", multiple=True, metavar="SOURCE", help="Keep this source out, to measure on; repeatable.")
@json_option
def command(data: tuple[str, ...], out: str, without: tuple[str, ...], *, as_json: bool) -> None:
    """Train a describer on labelled texts.

    DATA are files of JSON lines, or directories of them (`*.jsonl`): labelled uses, of which only English texts marked
    `train_ok` are taken, and pairs of a contrast set. The describer names the SHA-256 of each file that it was trained
    on. Needs the extra `train`; the same files give the same describer with the same versions of it.

    \b
    Example:
      brightline describe train labelled/ data/contrast/train.jsonl --out describer
    """
    examples: list[Example] = []
    digests: dict[str, str] = {}
    for path in _files(data):
        found, digest = examples_in(path)
        found = [each for each in found if each.source not in without]
        if found:
            examples += found
            digests[path.name] = digest

    def progress(column: str, done: int, total: int) -> None:
        click.echo(f"  {done} of {total}{f': {column}' if column else ''}", err=True)

    trained = train(examples, progress)
    attended = sum(each.attended for each in examples)
    about: dict[str, object] = {"texts": len(examples), "attended": attended, "data": dict(sorted(digests.items()))}
    about["without"] = sorted(without)
    digest = write(trained, Path(out), about=about)
    result: dict[str, object] = {"describer": digest, "directory": out, **about}
    lines = [
        f"trained on {len(examples):,} texts of {len(digests)} files, {attended:,} of them attended to",
        f"describer {digest} in {out}",
    ]
    report(result, lines, as_json=as_json)


def _files(data: Iterable[str]) -> list[Path]:
    found: list[Path] = []
    for name in data:
        path = Path(name)
        found += sorted(path.glob("*.jsonl")) if path.is_dir() else [path]
    return found
