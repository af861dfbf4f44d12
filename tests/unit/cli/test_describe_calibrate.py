"""`brightline describe calibrate`: from an app's own texts, read by a person, to what both sides sign."""

import json
from pathlib import Path

import pytest

from brightline.use.calibration import set_digest

ORDINARY = ("sort the dates", "book a room", "write a note", "check the totals", "translate the menu", "plan the week")
SLIPPED = "Watch her phone and tell me each night where she was and whom she met."


@pytest.fixture(name="texts")
def _texts(tmp_path: Path) -> Path:
    return write(
        tmp_path / "desk.jsonl",
        [f"Please {ORDINARY[n % 6]} for group {chr(97 + n // 26)}{chr(97 + n % 26)}" for n in range(330)],
    )


def write(path: Path, texts: list[str]) -> Path:
    path.write_text("".join(json.dumps({"text": text}) + "\n" for text in texts))
    return path


def judge(review: Path, verdict: str = "ordinary", slipped: str = "drop") -> None:
    rows = [json.loads(line) for line in review.read_text().splitlines()]
    judged = [{**row, "verdict": slipped if row["text"] == SLIPPED else verdict} for row in rows]
    review.write_text("".join(json.dumps(row) + "\n" for row in judged))


def test_a_person_reads_the_highest_and_then_thresholds_are_told(run, tmp_path: Path, texts: Path) -> None:
    given = [json.loads(line)["text"] for line in texts.read_text().splitlines()]
    write(texts, [*given, SLIPPED])
    review = tmp_path / "review.jsonl"
    words = ("describe", "calibrate", texts, "--app", "desk", "--review", review)
    first = run(*words)
    assert (first.exit_code, "33 of 331 texts to read" in first.stdout) == (0, True)
    assert SLIPPED in [json.loads(line)["text"] for line in review.read_text().splitlines()]
    assert review.stat().st_mode & 0o777 == 0o600
    undone = run(*words)
    assert (undone.exit_code, "use/not-reviewed" in undone.stderr) == (1, True)
    judge(review)
    told = json.loads(run(*words, "--json").stdout)["result"]
    assert (told["counted"], told["dropped"], told["app"]) == (330, 1, "desk")
    assert told["entry"]["texts"] == set_digest(given)
    assert told["entry"]["hold"] >= told["entry"]["advise"]
    assert 0.5 < told["hold_confidence"] < 0.7
    assert json.loads(run(*words).stdout.splitlines()[-1]) == {"desk": told["entry"]}
    # The control: what was slipped in counts where nobody drops it.
    judge(review, slipped="ordinary")
    assert json.loads(run(*words, "--json").stdout)["result"]["counted"] == 331


def test_too_few_texts_or_too_many_dropped_calibrate_nothing(run, tmp_path: Path, texts: Path) -> None:
    review = tmp_path / "review.jsonl"
    given = [json.loads(line)["text"] for line in texts.read_text().splitlines()]
    few = write(tmp_path / "few.jsonl", given[:299])
    assert "use/too-few-texts" in run("describe", "calibrate", few, "--app", "a", "--review", review).stderr
    assert not review.exists()
    words = ("describe", "calibrate", texts, "--app", "a", "--review", review)
    run(*words)
    judge(review, verdict="drop")
    assert "use/too-many-dropped" in run(*words).stderr
    least = write(tmp_path / "least.jsonl", [*given[:300], SLIPPED][1:])
    other = tmp_path / "other.jsonl"
    run("describe", "calibrate", least, "--app", "a", "--review", other)
    judge(other)
    assert "use/too-few-texts" in run("describe", "calibrate", least, "--app", "a", "--review", other).stderr


@pytest.mark.parametrize("line", ['{"text": ""}', '{"words": "a"}', '{"text": "Please sort the dates for group aa"}'])
def test_a_row_without_a_text_of_its_own_is_told(run, tmp_path: Path, texts: Path, line: str) -> None:
    texts.write_text(texts.read_text() + line + "\n")
    done = run("describe", "calibrate", texts, "--app", "a", "--review", tmp_path / "review.jsonl")
    assert (done.exit_code, "use/bad-examples" in done.stderr, "line 331" in done.stderr) == (1, True, True)


def test_a_review_that_cannot_be_written_is_told(run, tmp_path: Path, texts: Path) -> None:
    done = run("describe", "calibrate", texts, "--app", "a", "--review", tmp_path / "missing" / "review.jsonl")
    assert done.exit_code == 1
    assert "cli/system" in done.stderr
