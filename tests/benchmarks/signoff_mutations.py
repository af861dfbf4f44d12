"""Changes actions, bindings, statements, proofs and releases, and asks both verifiers: neither may take one.

What counts: changes that either verifier takes (none), and changes of which the two say something else (none). Changed
arguments that are the same value in other bytes are the same action, which both must take; they are counted apart.

The negative control takes out every check of either verifier and must see each: alone, together with those behind it,
or as that without which the verifier breaks off (`signoff_controls`); a full run names those that are not seen alone.
`NAME FILE` keeps what is done in FILE, to go on from there.
"""

import json
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

import rfc8785

from brightline.domain.sign_off.errors import SignOffError
from brightline.domain.sign_off.trust import TrustBundle
from tests.benchmarks.harness import Bar, BenchResult, Options
from tests.benchmarks.signoff_checks import JavaScriptCheck, PythonCheck
from tests.benchmarks.signoff_controls import DEFECT, Attempt, Seen, look_at_javascript, look_at_python
from tests.benchmarks.signoff_mutators import Base, Mutation, Mutator
from tests.releases.ground import GOOD
from tests.releases.second_verifier import Judged, SecondVerifier
from tests.releases.table import ALL, judge_by

SEED = 20261123
MUTATIONS = 100_000
BLOCK = 1_000


@dataclass
class Tally:
    """What was tried, and what went wrong."""

    tried: int = 0
    same_action: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    codes: Counter[str] = field(default_factory=Counter)
    taken: list[str] = field(default_factory=list)
    differing: list[str] = field(default_factory=list)

    def add(self, mutation: Mutation, python: str | None, javascript: str | None, what: str) -> None:
        if python is None and javascript is None and _same_action(mutation):
            self.same_action += 1
            return
        self.tried += 1
        self.kinds[mutation.kind] += 1
        self.codes[str(python)] += 1
        if python is None or javascript is None:
            self.taken.append(
                f"{what}: {mutation.kind}: Python {python or 'takes it'}, JavaScript {javascript or 'takes it'}"
            )
        elif python != javascript or DEFECT in (python, javascript):
            self.differing.append(f"{what}: {mutation.kind}: Python {python}, JavaScript {javascript}")

    def to_json(self) -> dict[str, object]:
        return {
            "tried": self.tried,
            "same_action": self.same_action,
            "kinds": self.kinds,
            "codes": self.codes,
            "taken": self.taken,
            "differing": self.differing,
        }

    def merge(self, found: dict[str, object]) -> None:
        other = Tally(**found)  # type: ignore[arg-type]
        self.tried += other.tried
        self.same_action += other.same_action
        self.kinds.update(other.kinds)
        self.codes.update(other.codes)
        self.taken += other.taken
        self.differing += other.differing


def bases() -> tuple[Base, ...]:
    return tuple(Base(name, *forged.make()) for name, forged in GOOD)


def python_says(release: bytes, judged: Judged) -> str | None:
    """The effector's code, or none; any other error than its own is a defect."""
    try:
        bundle = TrustBundle.parse(judged.bundle)
    except SignOffError:
        return "effector/bad-bundle"
    try:
        return judge_by(bundle, release, judged)
    except Exception:  # noqa: BLE001 (a verifier that breaks is what this looks for)
        return DEFECT


def _same_action(mutation: Mutation) -> bool:
    """Whether the arguments are those that were signed, in other bytes: told by readers of others."""
    signed = json.loads(mutation.release)["binding"]
    try:
        pairs = json.loads(mutation.judged.arguments, object_pairs_hook=_once)
        return rfc8785.dumps(pairs) == rfc8785.dumps(signed["arguments"]) and mutation.judged.tool == signed["tool"]
    except ValueError:
        return False


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    if len(dict(pairs)) != len(pairs):
        raise ValueError("a name twice")
    return dict(pairs)


def run(options: Options) -> BenchResult:
    blocks = 2 if options.quick else MUTATIONS // BLOCK + 1
    kept = Path(options.arguments[0]) if options.arguments else None
    tally, done = _resumed(kept)
    with SecondVerifier() as second:
        for block in range(blocks):
            if block in done:
                continue
            found = run_block(second, block)
            tally.merge(found.to_json())
            if kept:
                with kept.open("a", encoding="utf-8") as file:
                    file.write(json.dumps({"seed": SEED, "block": block, **found.to_json()}) + "\n")
    made = _made()
    python, javascript = _controls(made)
    kinds = ", ".join(f"{kind} {count:,}" for kind, count in tally.kinds.most_common())
    codes = ", ".join(f"{code.removeprefix('effector/')} {count:,}" for code, count in tally.codes.most_common())
    return BenchResult(
        bars=[
            Bar("changes tried", tally.tried, (blocks - 1) * BLOCK, "", "high"),
            Bar("changes that a verifier takes", len(tally.taken), 0, ""),
            Bar("changes of which the verifiers say another word", len(tally.differing), 0, ""),
            Bar("attacks signed as they should be, told otherwise", _attacks(made), 0, ""),
        ],
        controls=[python.control("the effector"), javascript.control("the verifier in JavaScript")],
        notes=[
            f"seed {SEED}, {blocks} blocks of {BLOCK:,}; {len(ALL)} attacks with everything signed anew",
            f"the same action in other bytes, taken by both: {tally.same_action:,}",
            f"changed: {kinds}",
            f"refused: {codes}",
            *(f"taken: {what}" for what in tally.taken[:10]),
            *(f"another word: {what}" for what in tally.differing[:10]),
            *(() if options.quick else (*_told("Python", python), *_told("JavaScript", javascript))),
        ],
    )


def run_block(second: SecondVerifier, block: int) -> Tally:
    """One block of mutations, the same each time."""
    dice = random.Random(f"{SEED}:{block}")
    mutations = list(islice(Mutator(bases(), dice), BLOCK))
    answers = second.verify_all((mutation.release, mutation.judged) for mutation in mutations)
    tally = Tally()
    for at, (mutation, answer) in enumerate(zip(mutations, answers, strict=True)):
        javascript = None if answer["code"] is None else str(answer["code"])
        tally.add(mutation, python_says(mutation.release, mutation.judged), javascript, f"block {block}, number {at}")
    return tally


def _resumed(kept: Path | None) -> tuple[Tally, frozenset[int]]:
    tally, done = Tally(), set()
    if kept and kept.exists():
        for line in kept.read_text(encoding="utf-8").splitlines():
            found = json.loads(line)
            if found.pop("seed") == SEED:
                done.add(found.pop("block"))
                tally.merge(found)
    return tally, frozenset(done)


Made = tuple[str | None, bytes, Judged]


def _made() -> list[Made]:
    """What checks are taken out against: attacks with their codes, and what is as it should be."""
    return [*((code, *forged.make()) for _, code, forged in ALL), *((None, *forged.make()) for _, forged in GOOD)]


def _attacks(made: Sequence[Made]) -> int:
    """How many attacks either verifier takes, or refuses with another code than the table's."""
    with SecondVerifier() as second:
        answers = list(second.verify_all((release, judged) for _, release, judged in made))
    pairs = zip(made, answers, strict=True)
    return sum(
        (python_says(release, judged), answer["code"]) != (code, code) for (code, release, judged), answer in pairs
    )


def _controls(made: Sequence[Made]) -> tuple[Seen[PythonCheck], Seen[JavaScriptCheck]]:
    """How each check of either verifier is seen by the attacks."""
    attempts = [Attempt(release, judged) for code, release, judged in made if code is not None]
    return look_at_python(attempts), look_at_javascript(attempts)


def _told(name: str, seen: Seen[PythonCheck] | Seen[JavaScriptCheck]) -> Iterator[str]:
    """Each check of which something is told by more than an attack that it alone refuses."""
    for pair in seen.pairs():
        yield f"{name}, together: {pair}"
    for stop in seen.stopping():
        yield f"{name}, breaks off: {stop}"
