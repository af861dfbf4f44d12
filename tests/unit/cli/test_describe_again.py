import json

SAID = {
    "attention": 1200,
    "describer": "ab" * 32,
    "evidence": [],
    "leaf": "surveillance.person",
    "scores": {"surveillance.person": 1100, "work.code": -400},
    "state": "scored",
}
TOLD = {
    "entry": 7,
    "kind": "intent",
    "describer": "ab" * 32,
    "recorded": SAID,
    "again": SAID,
    "differing": [],
    "words": [{"word": "whom", "weight": 310}],
    "opening": 9,
}


def test_says_what_the_words_are_for_and_that_the_record_agrees(run, gateway, data_dir) -> None:
    gateway.answer(TOLD)
    done = run("describe", "again", "7", "--data", data_dir)
    assert done.exit_code == 0
    assert done.stdout.splitlines() == [
        "entry 7, intent: described as surveillance.person, attention +1.20",
        "  +1.10  surveillance.person",
        "  -0.40  work.code",
        'words that weigh most: "whom" +0.31',
        f"describer {'ab' * 32}",
        "opened by entry 9 of the ledger",
        "the record says the same",
    ]
    assert gateway.asked == [{"command": "uses.describe", "args": {"index": 7}}]


def test_a_difference_ends_with_one(run, gateway, data_dir) -> None:
    gateway.answer(
        {**TOLD, "recorded": {**SAID, "attention": -9000, "leaf": ""}, "differing": ["attention", "leaf"], "words": []}
    )
    done = run("describe", "again", "7", "--data", data_dir)
    assert done.exit_code == 1
    assert done.stdout.splitlines()[-2:] == [
        "THE RECORD SAYS SOMETHING ELSE: attention, leaf",
        "  it says unknown, attention -9.00",
    ]
    machine = run("describe", "again", "7", "--data", data_dir, "--json")
    assert (machine.exit_code, json.loads(machine.stdout)["ok"]) == (1, False)


def test_what_was_hidden_and_what_is_unknown_is_said(run, gateway, data_dir) -> None:
    unknown = {**SAID, "leaf": "", "state": "unknown", "attention": 0, "scores": {}, "evidence": ["base64", "reversed"]}
    gateway.answer({**TOLD, "recorded": unknown, "again": unknown, "words": []})
    lines = run("describe", "again", "7", "--data", data_dir).stdout.splitlines()
    assert lines[:2] == [
        "entry 7, intent: described as unknown, as parts of it cannot be read, attention +0.00",
        "done to hide words: base64, reversed",
    ]


def test_an_entry_is_a_number(run, gateway, data_dir) -> None:
    assert run("describe", "again", "x", "--data", data_dir).exit_code == 2
