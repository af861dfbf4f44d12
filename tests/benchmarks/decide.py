"""Describe + decide at 30 policies in three layers and 4 tools, beside what cedarpy takes in the same run."""

import json
import tempfile
from collections.abc import Callable
from pathlib import Path

import cedarpy

from brightline.domain.call import Call, Dialect, Operation, ToolOffer
from brightline.domain.principal import Principal
from brightline.policy import Agreement, load_agreement
from brightline.sample import ENCLAVE
from brightline.testing.uncounted import uncounted_sample
from brightline.use import describe
from tests.benchmarks.harness import Bar, BenchResult, Control, Options, calibrate, cpu_ms

POLICIES = 30
BAR_US = 150
TOOLS = ("search_documents", "read_report", "draft_note", "get_weather")
LAYERS = ("law", "vendor", "operator")
WHO = Principal("k1", "p", "example-command", "analysis", frozenset({"analyst"}), "app", frozenset({"reporting"}), None)
CALL = Call(
    Dialect.OPENAI_CHAT,
    Operation.GENERATE,
    "analyst",
    stream=True,
    body=b"x" * 2_000,
    tools=tuple(ToolOffer(tool) for tool in TOOLS),
    message_count=3,
    max_output_tokens=500,
)


def _rule(index: int) -> str:
    """A prohibition that looks at several facts before it finds that it does not hold."""
    return (
        f'@id("bench-{index}") forbid (principal, action in Action::"call", resource)\n'
        f'when {{ context.fact.input_bytes > {index} && !context.fact.roles.contains("r{index}") &&\n'
        'context.fact.effects.containsAny([Effect::"write", Effect::"control"]) &&\n'
        f'context.fact.mission == "m{index}" }}\n'
        f'unless {{ context.fact.app like "*app{index}*" }};\n'
    )


def _write(directory: Path) -> int:
    """The sample agreement filled up to `POLICIES` policies over three layers; how many there are."""
    files = uncounted_sample()
    count = sum(text.count(b"@id(") for name, text in files.items() if name.endswith(".cedar"))
    for name, content in files.items():
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    for index in range(count, POLICIES):
        (directory / LAYERS[index % 3] / f"bench{index}.cedar").write_text(_rule(index), encoding="utf-8")
    return max(count, POLICIES)


def _ours(agreement: Agreement) -> Callable[[], object]:
    deployment = agreement.resolve(CALL.model, CALL.dialect).deployments[0]

    def once() -> object:
        use = describe(
            CALL,
            use_id=bytes(16),
            principal=WHO,
            mission="reporting",
            deployment=deployment,
            effect_of=agreement.effect_of,
        )
        return agreement.decide(use)

    return once


def _theirs(directory: Path, *, handles: bool) -> Callable[[], object]:
    """The same policies decided by cedarpy, over parsed handles or over text."""
    text = "\n".join(path.read_text(encoding="utf-8") for path in sorted(directory.glob("*/*.cedar")))
    unit = {"type": "Unit", "id": "example-command/analysis"}
    organisation = {"type": "Organisation", "id": "example-command"}
    deployment, enclave = {"type": "Deployment", "id": "smollm2-local"}, {"type": "Enclave", "id": ENCLAVE}
    call, generate = {"type": "Action", "id": "call"}, {"type": "Action", "id": "generate"}
    parents = [(unit, organisation), (deployment, enclave), (generate, call)]
    entities = json.dumps([{"uid": uid, "attrs": {}, "parents": [parent]} for uid, parent in parents])
    fact = {
        "mission": "reporting",
        "app": "app",
        "roles": ["analyst"],
        "input_bytes": 2_000,
        "message_count": 3,
        "remote_urls": False,
        "acting": False,
        "max_output_tokens": 500,
        "effects": [{"__entity": {"type": "Effect", "id": effect}} for effect in ("read", "write")],
        "modalities": [{"__entity": {"type": "Modality", "id": "text"}}],
    }
    request = {"principal": unit, "action": generate, "resource": deployment, "context": {"fact": fact, "claimed": {}}}
    policies = cedarpy.PolicySet.from_str(text) if handles else text
    store = cedarpy.Entities.from_json_str(entities) if handles else entities
    return lambda: cedarpy.is_authorized(request, policies, store)


def _best_us(action: Callable[[], object], *, repeats: int, calls: int) -> float:
    def many() -> None:
        for _ in range(calls):
            action()

    many()
    return min(cpu_ms(many) for _ in range(repeats)) * 1_000 / calls


def run(options: Options) -> BenchResult:
    """Measure; the bar is microseconds of CPU on the reference machine."""
    repeats, calls = (3, 200) if options.quick else (15, 2_000)
    calibration = calibrate()
    with tempfile.TemporaryDirectory() as folder:
        directory = Path(folder)
        count = _write(directory)
        agreement = load_agreement(directory, ENCLAVE)
        decided = _ours(agreement)()
        ours = _best_us(_ours(agreement), repeats=repeats, calls=calls) * calibration.scale
        handles = _best_us(_theirs(directory, handles=True), repeats=3, calls=50) * calibration.scale
        text = _best_us(_theirs(directory, handles=False), repeats=3, calls=10) * calibration.scale
    return BenchResult(
        bars=[
            Bar(f"describe + decide, {count} policies, {len(TOOLS)} tools", ours, BAR_US, "us"),
        ],
        controls=[Control("cedarpy over text, every call", text > BAR_US, f"{text:,.0f} us")],
        notes=[
            calibration.line(),
            f"the decision measured: {decided!r:.120}",
            f"cedarpy over handles: {handles:,.0f} us",
        ],
        noisy=calibration.noisy,
    )
