"""`python -m tests.benchmarks NAME [--quick] [-- ARGUMENTS]`: run one benchmark, or `all`.

Exit code: 0 when every bar held, 1 when one fell short, 3 when the machine was too noisy to tell, 2 for bad usage.
"""

import argparse
import importlib
import sys
import time
from collections.abc import Mapping, Sequence

from tests.benchmarks.harness import EXIT_CODES, HELD, SHORT, TOO_NOISY, BenchResult, Options

# Imported only when asked for, so that one benchmark's needs are not another's.
BENCHMARKS: Mapping[str, str] = {
    "kills": "tests.benchmarks.kills",
    "faults": "tests.benchmarks.faults",
    "tamper": "tests.benchmarks.tamper",
    "offline": "tests.benchmarks.offline",
    "gateway-speed": "tests.benchmarks.gateway_speed",
    "flat-cost": "tests.benchmarks.flat_cost",
    "sdk-local": "tests.benchmarks.sdk_local",
    "decide": "tests.benchmarks.decide",
    "cedar-corpus": "tests.benchmarks.cedar_corpus",
    "policy-differential": "tests.benchmarks.policy_differential",
    "policy-speed": "tests.benchmarks.policy_speed",
    "agreement-attacks": "tests.benchmarks.agreement_attacks",
    "redline-mutants": "tests.benchmarks.redline_mutants",
    "wordings": "tests.benchmarks.wordings",
    "signoff-mutations": "tests.benchmarks.signoff_mutations",
    "decoys": "tests.benchmarks.decoys",
    "browser-signoff": "tests.benchmarks.browser_signoff",
    "replay": "tests.benchmarks.replay",
    "effector-speed": "tests.benchmarks.effector_speed",
    "open-holds": "tests.benchmarks.open_holds",
    "unheld-cost": "tests.benchmarks.unheld_cost",
    "meters": "tests.benchmarks.meters",
    "rotation": "tests.benchmarks.rotation",
    "surveillance": "tests.benchmarks.surveillance",
    "use-speed": "tests.benchmarks.use_speed",
    "describer": "tests.benchmarks.describer",
    "obfuscation": "tests.benchmarks.obfuscation",
}


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="nox -s bench --", description="Run a benchmark against its bars.")
    parser.add_argument("name", nargs="?", choices=[*BENCHMARKS, "all"])
    parser.add_argument("--quick", action="store_true", help="a look in seconds; not a figure")
    parser.add_argument("arguments", nargs="*", help="passed on to the benchmark")
    parsed = parser.parse_args(arguments)
    if parsed.name is None:
        print("\n".join([*BENCHMARKS, "all"]))
        return 0
    options = Options(quick=parsed.quick, arguments=tuple(parsed.arguments))
    names = list(BENCHMARKS) if parsed.name == "all" else [parsed.name]
    verdicts = [_run(name, options) for name in names]
    for verdict in (SHORT, TOO_NOISY):
        if verdict in verdicts:
            return EXIT_CODES[verdict]
    return EXIT_CODES[HELD]


def _run(name: str, options: Options) -> str:
    print(f"{name}{' (quick)' if options.quick else ''}", flush=True)
    started = time.monotonic()
    result: BenchResult = importlib.import_module(BENCHMARKS[name]).run(options)
    *body, last = result.lines(name)
    print("\n".join([*body, f"  took {time.monotonic() - started:.1f} s", last]), flush=True)
    return result.verdict


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
