"""`brightline oversight report`: how people decide about what is held, in numbers."""

from collections.abc import Iterator, Mapping

import click

from brightline.cli.output import data_option, json_option, report, rows_of
from brightline.cli.perform import perform


@click.command("report")
@data_option
@json_option
def command(data: str, *, as_json: bool) -> int:
    """Say how people decide: what they catch, how long they look, what they open, how much they have to do.

    The catch rate is of decoys, wrong proposals made on purpose, with the interval in which the true rate lies with
    95 % confidence. Whoever stays below 70 % with that confidence is flagged, and the exit code is 1.

    The exit code is 1 too where a hold cannot be read, or where the log says more of a hold than the store does: then
    somebody changed the store, and nothing of that hold passes.

    \b
    Example:
      brightline oversight report --data gate
    """
    result = perform(data, "oversight.report", {})
    approvers = rows_of(result, "approvers")
    lines = [*_whole(result), *[line for row in approvers for line in _approver(row)], *_faults(result)]
    fine = not any(row["flagged"] for row in approvers) and not result["damaged"] and not result["store_differs"]
    report(result, lines, as_json=as_json, ok=fine)
    return 0 if fine else 1


def _whole(result: Mapping[str, object]) -> Iterator[str]:
    if not result["votes"]:
        yield "nobody has voted yet"
        return
    yield f"{result['votes']} votes on {result['holds']} holds"
    yield from _shares(result)
    bits, most = _number(result["pair_bits"]), _number(result["most_pair_bits"])
    yield f"  who allows with whom     {bits:.2f} of {most:.2f} bits"
    overdue = result.get("reviews_overdue")
    if overdue:
        yield f"  reviews overdue          {overdue}, of broken glass: nobody may break it until they are done"
    yield "times and opened evidence are what approvers' own pages say"


def _faults(result: Mapping[str, object]) -> Iterator[str]:
    for hold in _ids(result, "damaged"):
        yield f"hold {hold} CANNOT BE READ, and is not counted"
    for hold in _ids(result, "store_differs"):
        yield f"hold {hold} DIFFERS: the log says more of it than the store; verify the log and restore from a backup"


def _ids(result: Mapping[str, object], name: str) -> list[str]:
    found = result[name]
    assert isinstance(found, list)
    return [str(each) for each in found]


def _approver(row: Mapping[str, object]) -> Iterator[str]:
    mark = "  FLAGGED: does not look" if row["flagged"] else ""
    yield f"{row['person']}: {row['votes']} votes, at most {row['busiest_hour']} in an hour{mark}"
    yield from _shares(row)
    yield f"  time with the action     {_number(row['dwell_ms']) / 1000:.1f} s (median)"


def _shares(row: Mapping[str, object]) -> Iterator[str]:
    catches = _group(row, "catches")
    bounds = f", 95 % interval {_percent(catches['low'])} to {_percent(catches['high'])}" if catches["total"] else ""
    yield f"  decoys caught            {_share(catches)}{bounds}"
    yield f"  actions allowed          {_share(_group(row, 'allows'))}"
    yield f"  allowed below the floor  {_share(_group(row, 'under_floor'))}"
    yield f"  evidence opened          {_share(_group(row, 'evidence'))}"


def _share(found: Mapping[str, object]) -> str:
    return f"{found['hits']} of {found['total']}" + (f" ({_percent(found['share'])})" if found["total"] else "")


def _percent(value: object) -> str:
    return f"{_number(value):.0%}".replace("%", " %")


def _number(value: object) -> float:
    assert isinstance(value, int | float)
    return value


def _group(row: Mapping[str, object], name: str) -> Mapping[str, object]:
    found = row[name]
    assert isinstance(found, dict)
    return found
