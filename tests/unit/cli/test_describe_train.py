"""`brightline describe train`: from labelled texts to a describer that names them."""

import hashlib
import json
from pathlib import Path


def rows(path: Path) -> Path:
    texts = [("follow the man home", "restricted"), ("add up the invoices", "benign")]
    lines = [
        {"text": f"{text} {number}", "label": label, "source": source, "lang": "en", "train_ok": True}
        for number in range(12)
        for text, label in texts
        for source in ("one", "two")
    ]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return path


def test_it_trains_and_names_what_it_was_trained_on(run, tmp_path: Path) -> None:
    path = rows(tmp_path / "uses.jsonl")
    done = run("describe", "train", tmp_path, "--out", tmp_path / "out", "--without", "two", "--json")
    assert done.exit_code == 0, done.stderr
    result = json.loads(done.stdout)["result"]
    assert (result["texts"], result["attended"], result["without"]) == (24, 12, ["two"])
    assert result["data"] == {"uses.jsonl": hashlib.sha256(path.read_bytes()).hexdigest()}
    (tmp_path / "text").write_text("follow the man home")
    explained = run("describe", "explain", tmp_path / "text", "--model", tmp_path / "out", "--json")
    assert json.loads(explained.stdout)["result"]["describer"] == result["describer"]


def test_nothing_to_train_on_is_refused(run, tmp_path: Path) -> None:
    (tmp_path / "uses.jsonl").write_text("")
    done = run("describe", "train", tmp_path / "uses.jsonl", "--out", tmp_path / "out")
    assert done.exit_code == 1
    assert "use/nothing-to-train" in done.stderr
    assert not (tmp_path / "out").exists()
