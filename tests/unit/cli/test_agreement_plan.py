import json
from collections.abc import Callable
from pathlib import Path

import pytest

from brightline.cli import agreement_plan
from brightline.cli.agreement_drafts import draft_in
from brightline.domain.call import Call, Dialect, Operation, ToolOffer
from brightline.domain.principal import Principal
from brightline.policy.attributes import actions_of, put
from brightline.policy.facts_record import facts_of, recorded_json
from brightline.policy.proof.differences import Diff, Verdict
from brightline.policy.typical import Typical, registers_of
from brightline.sample import agreement_files

EQUIVALENT = Diff("version 1", "version 2", (), False, (), Verdict.EQUIVALENT, "", ("cvc5", "z3"), ())
WHO = Principal("k", "ana", "example-command", "analysis", frozenset(), "app", frozenset(), None)
Finding = Callable[[Diff], None]


def write(place: Path, *, without: str = "") -> Path:
    for name, content in agreement_files().items():
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        text = content.decode()
        if without and without in text and name.endswith(".cedar"):
            text = "\n".join(piece for piece in text.split("\n\n") if without not in piece)
        (place / name).write_text(text, encoding="utf-8")
    return place


def line(*tools: str) -> str:
    offers = tuple(ToolOffer(tool) for tool in tools)
    call = Call(Dialect.OPENAI_CHAT, Operation.GENERATE, "any", stream=False, body=b"", tools=offers)
    groups = {
        "who": {"app": "app", "key": "k", "organisation": "example-command", "unit": "analysis"},
        "mission": {"mission": "reporting"},
        "decision": {"enclave": "demo", "facts": facts_of(call, WHO)},
        "model": {"deployment": "smollm2-local", "dialect": "openai-chat", "tools": list(tools)},
    }
    return json.dumps(recorded_json(entry=9, time_ms=1, effect="permit", groups=groups)) + "\n"


@pytest.fixture
def finding(monkeypatch: pytest.MonkeyPatch) -> Finding:
    def set_up(found: Diff) -> None:
        monkeypatch.setattr(agreement_plan, "compare", lambda *words, **options: found)

    set_up(EQUIVALENT)
    return set_up


@pytest.fixture
def two(tmp_path: Path) -> tuple[Path, Path]:
    return write(tmp_path / "old"), write(tmp_path / "new", without='@id("vendor-no-purchases")')


def test_moments_belong_to_a_gateway(two: tuple[Path, Path], run, finding: Finding) -> None:
    assert run("agreement", "plan", *two, "--from", "2026-11-01").exit_code == 2


def test_nothing_widens(two: tuple[Path, Path], run, finding: Finding) -> None:
    result = run("agreement", "plan", two[0], two[0])
    assert result.exit_code == 0
    assert "no recorded uses were given" in result.stdout
    assert result.stdout.endswith("nothing widens\n")


def test_a_doubt_is_no_success(two: tuple[Path, Path], run, finding: Finding) -> None:
    finding(Diff("a", "b", ("a row differs",), True, (), Verdict.CUT, "", (), ()))
    result = run("agreement", "plan", two[0], two[0])
    assert result.exit_code == 1
    assert "WIDENS: a register is not the same" in result.stdout
    assert "WIDENS: not ruled out: there are more groups than were shown" in result.stdout


def test_recorded_uses_that_would_change(two: tuple[Path, Path], tmp_path: Path, run, finding: Finding) -> None:
    uses = tmp_path / "uses.jsonl"
    uses.write_text(line("order_supplies") + line("get_weather") + line(), encoding="utf-8")
    result = run("agreement", "plan", *two, "--uses", uses)
    assert result.exit_code == 1
    assert "3 recorded uses, 1 of them decided otherwise" in result.stdout
    assert "  forbid -> permit: 1" in result.stdout
    assert "entry 9: a call of unit `example-command/analysis` to `smollm2-local` with the tools `order_supplies`" in (
        result.stdout
    )
    assert "WIDENS: 1 recorded uses would be permitted, or held, that were not" in result.stdout
    answer = json.loads(run("agreement", "plan", *two, "--uses", uses, "--json").stdout)
    assert answer["ok"] is False
    assert answer["result"]["recorded"]["changed"][0]["entry"] == 9
    back = run("agreement", "plan", two[1], two[0], "--uses", uses)
    assert back.exit_code == 0
    assert "permit -> forbid" in back.stdout
    assert "vendor-no-purchases" in back.stdout


def test_requests_are_uses_too(two: tuple[Path, Path], tmp_path: Path, run, finding: Finding, monkeypatch) -> None:
    draft = draft_in(str(two[0]))
    generate = next(action for action in actions_of(draft.schema) if action.id == "generate")
    asked = Typical(
        generate,
        registers_of((draft.manifest,)),
        [],
        [],
        permitted=lambda one: (
            one.principal[1].endswith("analysis")
            and one.resource[1] == "smollm2-local"
            and one.context["fact"]["mission"] == "reporting"
        ),
    ).plain
    purchase = [{"__entity": {"type": "Effect", "id": "purchase"}}]
    asked = asked._replace(context=put(asked.context, ("fact", "effects"), purchase))
    path = tmp_path / "requests.jsonl"
    path.write_text((json.dumps(asked.as_json()) + "\n") * 2, encoding="utf-8")
    monkeypatch.setattr("brightline.policy.plan.MOST_SHOWN", 1)
    result = run("agreement", "plan", *two, "--uses", path)
    assert "offers a tool with the effect `purchase`" in result.stdout
    assert "the first 1 are shown" in result.stdout
    answer = json.loads(run("agreement", "plan", *two, "--uses", path, "--json").stdout)
    assert answer["result"]["recorded"]["changed"][0]["request"]["principal"]["type"] == "Unit"


def test_takes_the_uses_of_a_gateway(two: tuple[Path, Path], run, finding: Finding, monkeypatch) -> None:
    asked: list[tuple[str, str, dict[str, object]]] = []

    def perform(data: str, command: str, args: dict[str, object]) -> dict[str, object]:
        asked.append((data, command, args))
        Path(str(args["path"])).write_text(line("order_supplies"), encoding="utf-8")
        return {}

    monkeypatch.setattr(agreement_plan, "perform", perform)
    result = run("agreement", "plan", *two, "--data", "gate", "--from", "2026-11-01", "--to", "2026-11-02T00:00:01Z")
    assert "1 recorded uses, 1 of them decided otherwise" in result.stdout
    ((data, command, args),) = asked
    assert (data, command) == ("gate", "uses.export")
    assert args["until_ms"] - args["from_ms"] == 86_401_000
    run("agreement", "plan", *two, "--data", "gate")
    assert (asked[1][2]["from_ms"], asked[1][2]["until_ms"]) == (0, 2**63 - 1)
