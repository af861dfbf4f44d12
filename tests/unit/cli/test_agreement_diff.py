import json
from collections.abc import Callable
from pathlib import Path

import pytest

from brightline.cli import agreement_diff
from brightline.domain.decision import Decision, Effect, Layer, Reason
from brightline.policy.proof.differences import Cause, Change, Diff, Group, Verdict
from brightline.policy.written import WrittenRequest, read_request_file
from brightline.sample import agreement_files

REQUEST = WrittenRequest(("Unit", "o/u"), ("Action", "generate"), ("Deployment", "d"), {"fact": {"mission": "m"}})
GROUP = Group(
    change=Change.PERMITTED,
    before=Decision(Effect.FORBID, "policy/forbidden", (Reason("law-1", Layer.LAW, "no"),)),
    after=Decision(Effect.PERMIT, "", ()),
    causes=(Cause("law-1", "removed", Layer.LAW, True, "no", "law/law.cedar:1"),),
    request=REQUEST,
    chosen=(),
    fewest=False,
)
Found = Callable[..., list[dict[str, object]]]


def diff_of(verdict: Verdict, *groups: Group) -> Diff:
    return Diff("version 1", "version 2", (), False, groups, verdict, "", ("cvc5", "z3"), ())


@pytest.fixture
def agreement(tmp_path: Path) -> Path:
    place = tmp_path / "agreement"
    for name, content in agreement_files().items():
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).write_bytes(content)
    return place


@pytest.fixture
def finding(monkeypatch: pytest.MonkeyPatch) -> Found:
    """Has the search find what a test tells it to; keeps what it was asked."""

    def set_up(found: Diff) -> list[dict[str, object]]:
        asked: list[dict[str, object]] = []

        def diff(*drafts: object, **options: object) -> Diff:
            asked.append(options)
            progress = options["progress"]
            assert callable(progress)
            progress("looking")
            return found

        monkeypatch.setattr(agreement_diff, "diff", diff)
        return asked

    return set_up


def test_refuses_a_directory_that_is_in_use(agreement: Path, tmp_path: Path, run, finding: Found) -> None:
    finding(diff_of(Verdict.DIFFERENT, GROUP))
    result = run("agreement", "diff", agreement, agreement, "--requests", agreement)
    assert result.exit_code == 1
    assert "cli/not-empty" in result.output
    taken = tmp_path / "file"
    taken.touch()
    assert run("agreement", "diff", agreement, agreement, "--requests", taken).exit_code == 1


def test_what_was_not_settled_is_no_success(agreement: Path, run, finding: Found) -> None:
    finding(diff_of(Verdict.NOT_PROVED))
    assert run("agreement", "diff", agreement, agreement).exit_code == 1
    finding(diff_of(Verdict.CUT, GROUP))
    assert run("agreement", "diff", agreement, agreement).exit_code == 1


def test_shows_sentences_and_writes_requests(agreement: Path, tmp_path: Path, run, finding: Found) -> None:
    asked = finding(diff_of(Verdict.DIFFERENT, GROUP))
    place = tmp_path / "examples"
    result = run("agreement", "diff", agreement, agreement, "--requests", place, "--most", 3, "--seconds", 7)
    assert result.exit_code == 0
    assert "1. version 2 would permit: a caller of unit `o/u`" in result.stdout
    assert "A request with fewer choices in it may show the same." in result.stdout
    assert asked[0]["most_groups"] == 3
    assert read_request_file(place / "001-newly-permitted.json") == REQUEST
    answer = json.loads(run("agreement", "diff", agreement, agreement, "--json").stdout)
    assert answer["ok"] is True
    assert answer["result"]["groups"][0]["causes"][0]["policy"] == "law-1"


def test_says_on_a_terminal_how_far_it_is(agreement: Path, run, finding: Found, monkeypatch) -> None:
    finding(diff_of(Verdict.EQUIVALENT))
    monkeypatch.setattr(agreement_diff, "on_a_terminal", lambda: True)
    assert "looking" in run("agreement", "diff", agreement, agreement).stderr
