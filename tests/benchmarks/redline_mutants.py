"""Mutants of red lines' policies that are real holes, as found by search with the evaluator: the prover must find all.

Every hole that the prover reports is replayed on both engines. Two broken provers run beside it as a control.
"""

import random
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain, islice

from brightline.policy.layers import Rule
from tests.benchmarks.harness import Bar, BenchResult, Control, Options
from tests.benchmarks.redline_mutations import Mutant, mutants
from tests.benchmarks.redline_prover import CUT_FORBIDS, SKIPPED_ERRORS, Found, Provers
from tests.benchmarks.redline_search import Searcher
from tests.benchmarks.redline_sets import PolicySet, generated_sets, pack_sets, sample_set

SEED = 20_261_123
REAL_HOLES, QUICK_REAL_HOLES = 600, 40
# Of one line, so that no set fills the count alone; and the sets that are made at most.
HOLES_PER_LINE, HOLES_PER_OPERATOR, QUIET_PER_LINE = 12, 5, 3
MOST_SETS, QUICK_SETS = 400, 30
CONTROL_SETS = 12


@dataclass(slots=True)
class Tally:
    """What was seen so far."""

    sets: int = 0
    lines: int = 0
    tried: int = 0
    real: int = 0
    found: int = 0
    beyond: int = 0
    quiet: int = 0
    wrong: list[str] = field(default_factory=list)
    operators: Counter[str] = field(default_factory=Counter)
    found_by_cut: int = 0
    alarms: int = 0


def run(options: Options) -> BenchResult:
    """Mutate, search and prove until there are enough real holes; `-- SEED` takes another seed."""
    seed = int(options.arguments[0]) if options.arguments else SEED
    wanted = QUICK_REAL_HOLES if options.quick else REAL_HOLES
    tally = Tally()
    chance = random.Random(seed)
    started = time.monotonic()
    with Provers() as provers:
        # A quick look takes one line of each set that is not generated: each costs as much as ten that are.
        for policies in _sets(seed, quick=options.quick):
            for red_line in policies.subject.red_lines[: 1 if options.quick else None]:
                _line(provers, policies, red_line, chance, tally)
            tally.sets += 1
            if tally.real >= wanted:
                break
        for policies in islice(generated_sets(seed), CONTROL_SETS):
            tally.alarms += any(provers.false_alarm(policies.subject, line) for line in policies.subject.red_lines)
    return _result(seed, wanted, tally, time.monotonic() - started)


def _sets(seed: int, *, quick: bool) -> Iterator[PolicySet]:
    return chain([sample_set()], pack_sets(), islice(generated_sets(seed), QUICK_SETS if quick else MOST_SETS))


def _line(provers: Provers, policies: PolicySet, red_line: Rule, chance: random.Random, tally: Tally) -> None:
    """Mutate the policies of one red line, and put what the search finds to the provers."""
    name = f"{policies.name}, {red_line.reason.policy_id}"
    if provers.judge(policies.subject, red_line, policies.subject.rules) is not Found.HOLDS:
        # A red line that does not hold to begin with tells nothing about mutants.
        tally.wrong.append(f"{name}: not proved before any mutation")
        return
    tally.lines += 1
    searcher = Searcher(policies.subject, red_line, chance)
    order = list(mutants(policies.subject.rules))
    chance.shuffle(order)
    holes: Counter[str] = Counter()
    quiet = 0
    for mutant in order:
        if holes.total() >= HOLES_PER_LINE:
            return
        if holes[mutant.operator] >= HOLES_PER_OPERATOR:
            continue
        tally.tried += 1
        if searcher.hole(mutant.rules) is not None:
            holes[mutant.operator] += 1
            _real(provers, policies, red_line, mutant, tally)
        elif quiet < QUIET_PER_LINE:
            quiet += 1
            _quiet(provers, policies, red_line, mutant, tally)


def _real(provers: Provers, policies: PolicySet, red_line: Rule, mutant: Mutant, tally: Tally) -> None:
    """A hole that the evaluator shows: the prover must find one, and that is replayed."""
    tally.real += 1
    tally.operators[mutant.operator] += 1
    found = provers.judge(policies.subject, red_line, mutant.rules)
    tally.found += found is Found.HOLE
    if found is not Found.HOLE:
        where = f"{policies.name}, {red_line.reason.policy_id}, {mutant.policy_id}"
        tally.wrong.append(f"{where}: {mutant.operator}: the prover says {found.value}")
    tally.found_by_cut += provers.cut(policies.subject, red_line, mutant.rules)


def _quiet(provers: Provers, policies: PolicySet, red_line: Rule, mutant: Mutant, tally: Tally) -> None:
    """A mutant for which the search found nothing: if the prover finds a hole, it is a replayed one."""
    tally.quiet += 1
    tally.beyond += provers.judge(policies.subject, red_line, mutant.rules) is Found.HOLE


def _result(seed: int, wanted: int, tally: Tally, seconds: float) -> BenchResult:
    operators = ", ".join(f"{count} {name}" for name, count in sorted(tally.operators.items()))
    share = 100 * tally.found / tally.real if tally.real else 0.0
    return BenchResult(
        bars=[
            Bar("real holes that the search found", tally.real, wanted, "", better="high"),
            Bar("of them found by the prover and replayed", share, 100, "%", better="high"),
            Bar("red lines not proved before mutation, or holes missed", len(tally.wrong), 0, ""),
        ],
        controls=[
            Control(
                f"a prover with {CUT_FORBIDS}",
                tally.found_by_cut < tally.real,
                f"finds {tally.found_by_cut} of {tally.real}",
            ),
            Control(
                f"a prover with {SKIPPED_ERRORS}",
                tally.alarms > 0,
                f"sees {tally.alarms} holes where the engines refuse",
            ),
        ],
        notes=[
            f"seed {seed}; {tally.sets} agreements, {tally.lines} red lines, {tally.tried} mutants in {seconds:.0f} s",
            f"real holes: {operators}",
            f"{tally.quiet} mutants without a hole for the search were proved too: {tally.beyond} have one, replayed",
            *tally.wrong[:20],
        ],
    )
