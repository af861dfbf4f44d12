"""`brightline agreement verify`: who signed an agreement, who is missing, and whether it would take effect."""

import time
from pathlib import Path

import click

from brightline.cli.agreement_drafts import draft_in
from brightline.cli.errors import PlaceError
from brightline.cli.moments import utc
from brightline.cli.output import json_option, report
from brightline.domain.errors import BrightlineError
from brightline.gateway.proving import installed_prover
from brightline.policy.draft import Draft
from brightline.policy.errors import PolicyError
from brightline.policy.signing import (
    GenesisTrust,
    InForce,
    SignedDraft,
    TrustedParty,
    accept,
    check_covers,
    read_signed,
    read_trust,
    trust_in,
)
from brightline.policy.signing.counting import holders_of, signers_of
from brightline.policy.signing.trust import MAX_TRUST_CHARACTERS

Row = dict[str, object]
Judge = GenesisTrust | InForce


@click.command("verify")
@click.argument("directory", type=click.Path(), metavar="DIR")
@click.option(
    "--trust", type=click.Path(), default=None, metavar="FILE", help="Judge version 1 by this file of key ids."
)
@click.option("--key-id", "key_ids", multiple=True, metavar="ID", help="Judge version 1 by these key ids; repeatable.")
@click.option(
    "--previous", type=click.Path(), default=None, metavar="DIR", help="Judge by the version before this one."
)
@json_option
def command(directory: str, *, trust: str | None, key_ids: tuple[str, ...], previous: str | None, as_json: bool) -> int:
    """Say who signed an agreement, who is missing, and whether it would take effect now.

    Version 1 is judged by key ids that you read out of band: all of them with `--key-id`, or in a file with `--trust`.
    A later version is judged by the version before it. Without either, the signatures are checked against the keys in
    the agreement itself: compare their ids with the parties before you rely on them.

    \b
    Example:
      brightline agreement verify gate/agreements/1 --trust parties.json
    """
    if sum((trust is not None, bool(key_ids), previous is not None)) > 1:
        raise click.UsageError("give one of `--trust`, `--key-id` and `--previous`")
    place = Path(directory)
    if not place.is_dir():
        raise PlaceError("cli/not-a-directory", path=directory)
    signed = read_signed(place)
    check_covers(signed)
    judge, judged_by = _judge(signed.draft, trust, key_ids, previous)
    now_ms = time.time_ns() // 1_000_000
    rows = _parties(signed, judge)
    how, refusal = _outcome(signed, judge, now_ms)
    lines = [*_head(signed.draft), *_party_lines(rows), f"judged by {judged_by}"]
    lines.append(f"accepted  {how}" if refusal is None else f"refused   {refusal.message} ({refusal.code})")
    if refusal is not None:
        lines.append(f"next      {refusal.hint}")
    result = {
        "agreement": signed.draft.manifest.id,
        "version": signed.draft.manifest.version,
        "digest": signed.draft.digest.hex(),
        "not_before": utc(signed.draft.manifest.not_before_ms),
        "expires": utc(signed.draft.manifest.expires_ms),
        "parties": rows,
        "judged_by": judged_by,
        "accepted": how,
        "refused": None
        if refusal is None
        else {"code": refusal.code, "message": refusal.message, "hint": refusal.hint},
    }
    report(result, lines, as_json=as_json, ok=refusal is None)
    return 0 if refusal is None else 1


def _judge(draft: Draft, trust: str | None, key_ids: tuple[str, ...], previous: str | None) -> tuple[Judge, str]:
    """By whom the agreement is judged, and that in words."""
    if previous is not None:
        before = draft_in(previous)
        return InForce(before), f"version {before.manifest.version} in {previous}"
    if trust is not None:
        with Path(trust).open(encoding="utf-8") as file:
            return read_trust(file.read(MAX_TRUST_CHARACTERS + 1), trust), f"the key ids in {trust}"
    if key_ids:
        return _given(draft, frozenset(key_ids)), f"the {len(key_ids)} key ids that were given"
    return trust_in(draft.manifest), "its own key ids: compare them with the parties before you rely on them"


def _given(draft: Draft, key_ids: frozenset[str]) -> GenesisTrust:
    """The agreement's own parties with those of their keys whose ids were given; raises for an id of nobody's."""
    listed = trust_in(draft.manifest)
    for key_id in sorted(key_ids.difference(*(party.key_ids for party in listed.parties))):
        raise PolicyError("policy/key-not-listed", key=key_id[:64], party="any party")
    return GenesisTrust(
        tuple(TrustedParty(party.name, party.role, party.key_ids & key_ids, party.k) for party in listed.parties)
    )


def _outcome(signed: SignedDraft, judge: Judge, now_ms: int) -> tuple[str | None, BrightlineError | None]:
    """How it would take effect, or why not."""
    highest = (judge.draft.manifest.version, judge.draft.digest) if isinstance(judge, InForce) else None
    prover = installed_prover()
    shows = prover.shows_tightening if prover is not None else None
    try:
        return accept(signed, before=judge, highest=highest, now_ms=now_ms, tightening=shows).how, None
    except PolicyError as error:
        return None, error


def _parties(signed: SignedDraft, judge: Judge) -> list[Row]:
    """Each party of the agreement, and which of its keys signed; raises `PolicyError` for a signature of nobody's."""
    parties = signed.draft.manifest.parties
    judges = judge.draft.manifest.parties if isinstance(judge, InForce) else parties
    signers = signers_of(signed.envelope, holders_of(judges, parties))
    rows: list[Row] = []
    for party in parties:
        by = [signer.key_id for signer in signers if signer.party == party.name]
        rows.append(
            {"party": party.name, "role": party.role, "k": party.k, "keys": sorted(party.keys), "signed_by": by}
        )
    return rows


def _head(draft: Draft) -> list[str]:
    manifest = draft.manifest
    return [
        f"agreement {manifest.id}, version {manifest.version}",
        f"digest    {draft.digest.hex()}",
        f"valid     {utc(manifest.not_before_ms)} to {utc(manifest.expires_ms)}",
    ]


def _party_lines(rows: list[Row]) -> list[str]:
    lines: list[str] = []
    for row in rows:
        by = row["signed_by"]
        lines.append(f"{'signed' if by else 'MISSING':<9} {row['party']} ({row['role']}, needs {row['k']})")
        lines += [f"          by {key}" for key in by] if isinstance(by, list) else []
        if not by:
            lines += [f"          key {key}" for key in row["keys"]] if isinstance(row["keys"], list) else []
    return lines
