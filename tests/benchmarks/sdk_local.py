"""Official SDKs on the real local model: the Anthropic SDK's own message tests, and a story per SDK and major.

The negative control is the same suite through an agreement that forbids: every one of its tests must fail there.
`--quick` tells the stories of the newest SDKs and runs the suite's tests of counting tokens, on both gateways.
"""

import tempfile
from pathlib import Path

from tests.benchmarks.harness import Bar, BenchResult, Control, Options
from tests.sdk import sdks
from tests.sdk.anthropic_suite import TESTS, VERSION, SuiteRun, run_suite
from tests.sdk.model_gateway import FORBIDDEN_MISSION, ModelGateway, running

QUICK = "count_tokens"
QUICK_TESTS = 8


def run(options: Options) -> BenchResult:
    """Runs everything and holds it against what must pass: all of it."""
    select, tests = (QUICK, QUICK_TESTS) if options.quick else ("", TESTS)
    notes: list[str] = []
    with tempfile.TemporaryDirectory(prefix="brightline-sdk-") as place:
        (folder := Path(place) / "open").mkdir()
        with running(folder) as gateway:
            stories = [_story(sdk, gateway, notes) for sdk in (sdks.NEWEST if options.quick else sdks.ALL)]
            suite = run_suite(gateway.url, select=select)
        notes += [f"message tests: {suite.seconds:.1f} s", *_why(suite)]
        (folder := Path(place) / "shut").mkdir()
        with running(folder, mission=FORBIDDEN_MISSION) as gateway:
            refused = run_suite(gateway.url, select=select)
    caught = refused.passed == 0 and refused.failed == refused.refused == tests
    return BenchResult(
        bars=(Bar(f"anthropic {VERSION}: own message tests passed", suite.passed, tests, "tests", "high"), *stories),
        controls=(Control("the suite where the agreement forbids", caught, f"{refused.failed} of {tests} failed"),),
        notes=notes,
    )


def _story(sdk: sdks.Sdk, gateway: ModelGateway, notes: list[str]) -> Bar:
    told = sdks.told(sdk, gateway)
    notes += [f"{sdk.label}: {fault}" for fault in told.faults]
    passed = max(0, told.steps - len(told.faults))
    return Bar(f"{sdk.package} {told.version}: steps passed", passed, sdks.STEPS[sdk.package], "steps", "high")


def _why(suite: SuiteRun) -> list[str]:
    return suite.output.splitlines()[-30:] if suite.failed else []
