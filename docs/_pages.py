"""Writes what the pages `packs` and `wordings` include: by reading the packs, and by comparing them with the solver.

Nothing here is written by hand but headings: sentences, requests and verdicts are the tool's own. `conf.py` calls
`write` before a build; the files are not kept in version control.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path

from brightline.packs import PackInfo, packs
from brightline.policy.proof.differences import Diff, Group
from brightline.policy.proof.sentences import conclusion, request_json, sentences
from brightline.policy.proof.wording import described
from tests.benchmarks.wordings import STEPS, Wording, bought, compare, draft_of

# Objects and lists with nothing but one entity in them read better on one line.
FOLDED = re.compile(r'(?:\[\s*)?\{\s*"__entity": \{[^{}]*\}\s*\}(?:\s*\])?|\{\s*"id": [^{}]*\}')
GENERATED = Path(__file__).parent / "_generated"


def write() -> None:
    """Write both files anew."""
    GENERATED.mkdir(exist_ok=True)
    (GENERATED / "packs.md").write_text("\n".join(_packs()) + "\n", encoding="utf-8")
    (GENERATED / "wordings.md").write_text("\n".join(_wordings()) + "\n", encoding="utf-8")


def _packs() -> Iterator[str]:
    yield "| pack | kind | date | |"
    yield "|---|---|---|---|"
    for pack in packs():
        yield f"| [`{pack.name}`](#pack-{pack.name}) | {pack.kind} | {pack.date} | {pack.title} |"
    for pack in packs():
        yield from _pack(pack)


def _pack(pack: PackInfo) -> Iterator[str]:
    yield from ("", f"(pack-{pack.name})=", f"## {pack.title}", "")
    yield f"`brightline agreement packs {pack.name}` · {pack.kind} · {pack.date} · for the layer `{pack.layers[0]}`"
    yield from ("", f"**{pack.disclaimer}**", "", pack.summary, "", "Rests on:", "")
    for source in pack.sources:
        yield f"- {source.publisher}, *{source.title}*, {source.date}. Read **{source.read}**: {source.address}."
    yield from ("", f"Facts it needs: {', '.join(f'`{fact}`' for fact in pack.facts)}.", "", "Made to be edited:", "")
    yield from (f"- {line}" for line in pack.parameters)
    yield from ("", "How the text was read:", "")
    yield from (f"- {line}" for line in pack.readings)
    yield from ("", "Not encoded:", "")
    yield from (f"- {item.what}: *{item.why}*" for item in pack.not_encoded)


def _wordings() -> Iterator[str]:
    first, *others = [(step, compare(*step)) for step in STEPS]
    (old, new), found = first
    example, *_ = bought(found, draft_of(old), draft_of(new))
    yield from ("## The request that the two wordings treat differently", "")
    yield from (f"> {sentence}" for sentence in sentences(found, example)[:1])
    yield from ("", *sentences(found, example)[1:], "")
    yield "The request itself, as the tool wrote it:"
    yield from ("", "```json", _request(found, example), "```", "")
    yield f"## Everything that changes from {old.name} to {new.name}"
    yield from _step(old, new, found)
    for (before, after), compared in others:
        yield from ("", f"## Everything that changes from {before.name} to {after.name}")
        yield from _step(before, after, compared)


def _step(old: Wording, new: Wording, found: Diff) -> Iterator[str]:
    yield from ("", f"`{' + '.join(old.packs)}` → `{' + '.join(new.packs)}`", "")
    for sentence in found.registers:
        yield f"{sentence}."
    for number, group in enumerate(found.groups, 1):
        first, *rest = sentences(found, group)
        yield from (f"{number}. **{group.change.value.replace('-', ' ')}.** {first}", *[f"   {line}" for line in rest])
        chosen = "; ".join(described(one.name, one.value) for one in group.chosen)
        yield from ("", f"   Chosen in the request: {chosen}.", "")
    yield from (f"**{line[:1].upper()}{line[1:]}.**" for line in conclusion(found))


def _request(found: Diff, group: Group) -> str:
    """The group's request without the chart it was found in, which is long and in the agreement anyway."""
    written = {name: value for name, value in request_json(found, group).items() if name != "entities"}
    return FOLDED.sub(lambda found: re.sub(r"\s+", " ", found[0]), json.dumps(written, indent=2, sort_keys=True))
