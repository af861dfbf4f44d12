"""Agreements with red lines for the mutation bench: the sample, the packs, and sets that are generated from a seed.

A generated set defends its red lines in one of four manners: by prohibitions, by guards inside its permits, by
prohibitions with exceptions that others close, or by holds. Written out as Cedar and read as every agreement is.
"""

import random
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from brightline.packs import agreement_around, packs
from brightline.policy.draft import own_schema, read_draft
from brightline.policy.layers import read_layers
from brightline.policy.proof.subject import Subject, subject_of
from brightline.policy.redlines import layer_texts, read_red_lines
from brightline.sample import AGREEMENT_DIRECTORY

NOTES = '@clause("bench") @source("bench") @reason("bench")'
SCOPE = 'principal, action in Action::"call", resource'
MISSIONS = ("reporting", "supply", "training", "translation")
_EFFECTS = ("read", "write", "communicate", "purchase", "control", "surveil", "kinetic", "unknown")
_PATTERNS = ("ops-*", "*-lab", "field-*-kit", "*probe*")


class PolicySet(NamedTuple):
    """One agreement to mutate, by a name for the report."""

    name: str
    subject: Subject


def sample_set() -> PolicySet:
    return PolicySet("sample", _drafted(AGREEMENT_DIRECTORY))


def pack_sets() -> Iterator[PolicySet]:
    """Each pack that has red lines, in the small agreement around it."""
    for pack in packs():
        files = {**agreement_around(pack.name), "schema.json": own_schema().encode()}
        with tempfile.TemporaryDirectory() as folder:
            for name, content in files.items():
                path = Path(folder) / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)
            subject = _drafted(Path(folder))
        if subject.red_lines:
            yield PolicySet(f"pack {pack.name}", subject)


def _drafted(directory: Path) -> Subject:
    draft, faults = read_draft(directory)
    if draft is None:
        raise RuntimeError(f"an agreement of the bench has faults: {faults[0]}")
    return subject_of(draft)


def generated_sets(seed: int) -> Iterator[PolicySet]:
    """Sets without end, always the same for one `seed`."""
    base = sample_set().subject
    chance = random.Random(seed)
    number = 0
    while True:
        manner = ("forbids", "guards", "exceptions", "holds")[number % 4]
        yield PolicySet(f"{manner} {number}", _subject(_written(chance, manner), base))
        number += 1


def _subject(texts: Mapping[str, str], base: Subject) -> Subject:
    rules, faults = read_layers(layer_texts(texts))
    red_lines, more = read_red_lines(texts)
    if faults or more:
        raise RuntimeError(f"a set of the bench has faults: {(*faults, *more)[0]}")
    return Subject(own_schema(), rules, red_lines, base.entities)


def _permit(name: str, conditions: str) -> str:
    return f'@id("{name}") {NOTES}\npermit ({SCOPE}) {conditions};\n'


def _forbid(name: str, conditions: str, *, hold: str = "") -> str:
    held = f'@hold("{hold}") ' if hold else ""
    return f'@id("{name}") {held}{NOTES}\nforbid ({SCOPE}) {conditions};\n'


def _written(chance: random.Random, manner: str) -> dict[str, str]:
    """The files of one set: two red lines, defended, beside rules that have nothing to do with them."""
    lines = [[_atom(chance) for _ in range(chance.randint(1, 3))] for _ in range(2)]
    hold = "officer, 2" if manner == "holds" else ""
    written = [_forbid(f"line-{index}", f"when {{ {_all(atoms)} }}", hold=hold) for index, atoms in enumerate(lines)]
    if manner == "guards":
        law = _forbid("law-links", "when { context.fact.remote_urls && context.fact.stream }")
        guards = [" ".join(_guard(chance, atoms) for atoms in lines) for _ in MISSIONS]
    else:
        law = "".join(_DEFENCES[manner](chance, atoms, f"law-{index}") for index, atoms in enumerate(lines))
        guards = [""] * len(MISSIONS)
    noise = "".join(_forbid(f"noise-{index}", f"when {{ {_atom(chance)} && {_atom(chance)} }}") for index in range(2))
    granted = [
        _permit(f"operator-{mission}", f'when {{ context.fact.mission == "{mission}" }} {guard}')
        for mission, guard in zip(MISSIONS, guards, strict=True)
    ]
    return {
        "law/law.cedar": law,
        "vendor/vendor.cedar": _permit("vendor-open", "") + noise,
        "operator/operator.cedar": "".join(granted),
        "redlines/lines.cedar": "".join(written),
    }


def _all(atoms: list[str]) -> str:
    return " && ".join(atoms)


def _guard(chance: random.Random, atoms: list[str]) -> str:
    """A clause of a permit that lets nothing pass for which `atoms` hold together, in one of three shapes."""
    none = " || ".join(f"!({atom})" for atom in atoms)
    return chance.choice((f"unless {{ {_all(atoms)} }}", f"when {{ !({_all(atoms)}) }}", f"when {{ {none} }}"))


def _by_forbids(chance: random.Random, atoms: list[str], name: str) -> str:
    """One prohibition, or two that split the cases between them."""
    line = _all(atoms)
    if chance.random() < 0.4:
        return _forbid(name, f"when {{ {line} }}")
    other = "context.fact.stream"
    return _forbid(f"{name}-a", f"when {{ {line} && {other} }}") + _forbid(
        f"{name}-b", f"when {{ {line} && !{other} }}"
    )


def _by_exceptions(chance: random.Random, atoms: list[str], name: str) -> str:
    """A wider prohibition with an exception, and a second one that closes the exception."""
    kept = " && ".join(atoms[: max(1, len(atoms) - 1)])
    role = chance.choice(("inspector", "medic"))
    exempt = chance.choice((f'context.fact.roles.contains("{role}")', f'context.fact.app like "{role}-*"'))
    closing = _forbid(f"{name}-closing", f"when {{ {exempt} && {' && '.join(atoms)} }}")
    return _forbid(name, f"when {{ {kept} }} unless {{ {exempt} }}") + closing


def _by_holds(chance: random.Random, atoms: list[str], name: str) -> str:
    asked = chance.choice(("officer, 2", "officer, 3"))
    return _forbid(name, f"when {{ {' && '.join(atoms)} }}", hold=asked)


_DEFENCES: Mapping[str, Callable[[random.Random, list[str], str], str]] = {
    "forbids": _by_forbids,
    "exceptions": _by_exceptions,
    "holds": _by_holds,
}


def _atom(chance: random.Random) -> str:
    """One condition about a fact."""
    number = chance.choice((10, 1_000, 4_000_000))
    effect, other = chance.sample(_EFFECTS, 2)
    pattern, role = chance.choice(_PATTERNS), chance.choice(("analyst", "clinician"))
    sign = chance.choice((">", ">=", "<", "<="))
    return chance.choice(
        (
            f'context.fact.effects.contains(Effect::"{effect}")',
            f'context.fact.effects.containsAny([Effect::"{effect}", Effect::"{other}"])',
            f"context.fact.input_bytes {sign} {number}",
            f"context.fact.message_count * {chance.choice((3, 4096))} > {number}",
            f'context.fact.app like "{pattern}"',
            f'!(context.fact.app like "{pattern}")',
            f'!context.fact.roles.contains("{role}")',
            f"context.fact has max_output_tokens && context.fact.max_output_tokens {sign} {number}",
            f'context.fact.purpose != Purpose::"{chance.choice(("training", "general"))}"',
            'context.fact.subjects.contains(Subject::"domestic")',
            "!context.fact.individual_basis",
        )
    )
