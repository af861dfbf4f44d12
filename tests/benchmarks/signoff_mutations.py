"""Changes actions, bindings, statements, proofs and releases, and asks both verifiers: neither may take one.

What counts: changes that either verifier takes (none), and changes of which the two say something else (none). Changed
arguments that are the same value in other bytes are the same action, which both must take; they are counted apart.

The negative control takes out every check of either verifier, one at a time, and must see it: as a release that is
taken, or as a word that differs from the other verifier's. `NAME FILE` keeps what is done in FILE, to go on from there.
"""

import json
import random
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

import rfc8785

from brightline.domain.sign_off.errors import SignOffError
from brightline.domain.sign_off.trust import TrustBundle
from tests.benchmarks.harness import Bar, BenchResult, Control, Options
from tests.benchmarks.signoff_checks import JavaScriptCheck, PythonCheck, javascript_checks, python_checks
from tests.benchmarks.signoff_mutators import Base, Mutation, Mutator
from tests.releases.ground import GOOD
from tests.releases.second_verifier import Judged, SecondVerifier
from tests.releases.table import ALL, judge_by

SEED = 20261123
MUTATIONS = 100_000
BLOCK = 1_000
# Every so many checks of each verifier are taken out for a look.
LOOK_AT_EVERY = 17
# What a verifier has done whose own code broke: it refused, but did not say why.
DEFECT = "defect"
# Checks behind which another one refuses with the same word, so that nothing is seen when they are taken out: why.
BEHIND_PYTHON = {
    "its key does not sign with ES256": "the algorithm was held against the key before",
    "its numbers lie outside of the group": "the library refuses such numbers too",
    "a leaf has": "the form holds the number of bytes",
    "signoff/too-large": "it bounds the work, not the meaning",
    "is not an object": "what reads the fields refuses it too",
    "is missing": "the number of fields is held too",
    "signoff/too-deep": "what writes the value again refuses it too",
    "signoff/lone-surrogate": "what writes the value again refuses it too",
    "signoff/number-range": "what writes the value again refuses it too",
    "signoff/not-json": "what writes the value again refuses it too",
}
BEHIND_JAVASCRIPT = {
    "signoff/too-large": "it bounds the work, not the meaning",
    "signoff/not-json": "nothing was read, and so it has no form",
    "bad(isObject(value));": "what is no object has no fields",
    "Object.hasOwn(value, name)": "the number of fields is held too",
    "A-Za-z0-9+/]{4}": "it is held against its own encoding too",
    "options.at(-1)": "no kind of that name is found",
}


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
    controls = [_python_control(options), _javascript_control(options)]
    kinds = ", ".join(f"{kind} {count:,}" for kind, count in tally.kinds.most_common())
    codes = ", ".join(f"{code.removeprefix('effector/')} {count:,}" for code, count in tally.codes.most_common())
    return BenchResult(
        bars=[
            Bar("changes tried", tally.tried, (blocks - 1) * BLOCK, "", "high"),
            Bar("changes that a verifier takes", len(tally.taken), 0, ""),
            Bar("changes of which the verifiers say another word", len(tally.differing), 0, ""),
            Bar("attacks signed as they should be, told otherwise", _attacks(), 0, ""),
        ],
        controls=controls,
        notes=[
            f"seed {SEED}, {blocks} blocks of {BLOCK:,}; {len(ALL)} attacks with everything signed anew",
            f"the same action in other bytes, taken by both: {tally.same_action:,}",
            f"changed: {kinds}",
            f"refused: {codes}",
            *(f"taken: {what}" for what in tally.taken[:10]),
            *(f"another word: {what}" for what in tally.differing[:10]),
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


def _attacks() -> int:
    """How many attacks either verifier takes, or refuses with another code than the table's."""
    made = _made()
    with SecondVerifier() as second:
        answers = list(second.verify_all((release, judged) for _, release, judged in made))
    pairs = zip(made, answers, strict=True)
    return sum(
        (python_says(release, judged), answer["code"]) != (code, code) for (code, release, judged), answer in pairs
    )


@dataclass
class Seen:
    """How the checks were seen that were taken out."""

    taken: int = 0
    differed: int = 0
    behind: int = 0
    unseen: list[str] = field(default_factory=list)

    def add(self, check: PythonCheck | JavaScriptCheck, verdicts: Iterator[tuple[str | None, str | None]]) -> None:
        """Count a check by the pairs of what should be said and what was said without it."""
        behind = BEHIND_PYTHON if isinstance(check, PythonCheck) else BEHIND_JAVASCRIPT
        differed = False
        for should, said in verdicts:
            if should is not None and said is None:
                self.taken += 1
                return
            differed = differed or should != said
        if differed:
            self.differed += 1
        elif any(part in check.text for part in behind):
            self.behind += 1
        else:
            self.unseen.append(check.name)

    def control(self, name: str, count: int) -> Control:
        seen = (
            f"{self.taken} of {count} let an attack through, {self.differed} changed a verdict, "
            f"{self.behind} have another behind them" + "".join(f"; NOT SEEN: {each}" for each in self.unseen)
        )
        return Control(f"each check of {name} taken out", not self.unseen and self.taken > count // 3, seen)


def _python_control(options: Options) -> Control:
    checks: Sequence[PythonCheck] = python_checks()[:: LOOK_AT_EVERY if options.quick else 1]
    made, seen = _made(), Seen()
    for check in checks:
        with check.taken_out():
            seen.add(check, ((code, python_says(release, judged)) for code, release, judged in made))
    return seen.control("the effector", len(checks))


def _javascript_control(options: Options) -> Control:
    checks = javascript_checks()[:: LOOK_AT_EVERY if options.quick else 1]
    made, seen = _made(), Seen()
    with tempfile.TemporaryDirectory() as directory:
        for check in checks:
            with SecondVerifier(check.copy_without(Path(directory))) as broken:
                answers = broken.verify_all((release, judged) for _, release, judged in made)
                codes = (None if answer["code"] is None else str(answer["code"]) for answer in answers)
                seen.add(check, zip((code for code, _, _ in made), codes, strict=False))
    return seen.control("the verifier in JavaScript", len(checks))
